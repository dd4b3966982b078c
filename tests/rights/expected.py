"""What each role may do: the rights matrix, to be read and to be tested.

A model, a field, a public method or an address that is not in here fails the test: say
first who may use it.
"""

NO_ROLE = ("portal", "nobody", "settings_admin")
# A Member as such, one who is told of a profile, one who is Admin on it.
MEMBERS = ("member", "member_recipient", "member_admin")
MANAGERS = ("manager", "owner")
EVERYBODY = (*NO_ROLE, *MEMBERS, *MANAGERS)
READERS = ("member_recipient", "member_admin", *MANAGERS)
RENEWERS = ("member_admin", *MANAGERS)
OWNER = ("owner",)
NOBODY = ()

# === RECORDS === #

# model: {role: r(ead), w(rite), c(reate), u(nlink)} for what others made in one's own
# company. Of another company's nobody may do anything.
RECORDS = {
    "social.network": {**dict.fromkeys((*MEMBERS, "manager"), "r"), "owner": "rwcu"},
    "social.app": {**dict.fromkeys((*MEMBERS, "manager"), "r"), "owner": "rwcu"},
    "social.token": dict.fromkeys(MANAGERS, "r"),
    "social.profile": {
        "member_recipient": "r",
        "member_admin": "rw",
        **dict.fromkeys(MANAGERS, "rwcu"),
    },
    "social.profile.feed": {
        "member_recipient": "r",
        **dict.fromkeys(RENEWERS, "rwcu"),
    },
    "social.access": dict.fromkeys(READERS, "r"),
    "social.event": dict.fromkeys(READERS, "r"),
    "social.signal": dict.fromkeys(MANAGERS, "r"),
    "social.notice": dict.fromkeys(MANAGERS, "r"),
    # What an address is guessed from is counted by the engine alone.
    "social.connect.guess": {},
    # Who may have a profile connected sees who was asked to.
    "social.connect.link": dict.fromkeys(RENEWERS, "r"),
    "social.connect.account": dict.fromkeys(RENEWERS, "r"),
    "social.escalation": dict.fromkeys(READERS, "r"),
    # Counted by the engine, and shown as metrics, health and reports alone.
    "social.cycle": {},
    "social.health": {},
    "social.report": {},
    "social.report.wizard": dict.fromkeys(MANAGERS, "c"),
    "social.notice.target": {"owner": "rwcu"},
    "social.notice.outbox": {"owner": "r"},
    # What was voted is counted; who voted is told to nobody.
    "social.help.topic": dict.fromkeys((*MEMBERS, *MANAGERS), "r"),
    "social.help.vote": {},
    # Only one's own.
    "social.calendar.feed": {},
    "social.calendar.wizard": dict.fromkeys((*MEMBERS, *MANAGERS), "c"),
    "social.home": {"owner": "r"},
    # Only one's own; what is typed goes to the company, or to whose role it is.
    "social.settings": {"owner": "c"},
    "social.role.wizard": {"owner": "c"},
    "social.key": {},
    # It tells what an Owner may know of the keys, and holds nothing.
    "social.key.wizard": {"owner": "c"},
    # Only one's own, which people make of what they may renew.
    "social.oauth.request": {},
    "social.renewal.wizard": dict.fromkeys(RENEWERS, "c"),
    "social.renewal.line": {},
    "social.renewal.prerequisite": {},
    "social.renewal.queue": {},
    "social.renewal.login": {},
    "social.renewal.outcome": {},
    # It asks which network, and tells of nothing.
    "social.renewal.choice": dict.fromkeys((*MEMBERS, *MANAGERS), "c"),
    # Without a profile it is about what its maker may see.
    "social.forecast.wizard": dict.fromkeys((*MEMBERS, *MANAGERS), "c"),
    "social.connect.wizard": dict.fromkeys(MANAGERS, "c"),
    "social.disconnect.wizard": dict.fromkeys(RENEWERS, "c"),
    "social.link.wizard": dict.fromkeys(RENEWERS, "c"),
    # Only its button asks for the right to renew.
    "social.take.wizard": dict.fromkeys(READERS, "c"),
    # Who sees a profile may look for somebody who renews it.
    "social.people.wizard": dict.fromkeys(READERS, "c"),
    "social.people.line": {},
    "social.judgement.wizard": dict.fromkeys(MANAGERS, "c"),
    "social.notice.preference": dict.fromkeys(READERS, "c"),
    # One's own, by the dialog at log-in alone.
    "social.notice.snooze": {},
}
# Of no company: there is one of each for all.
SHARED = (
    "social.calendar.wizard",
    "social.connect.guess",
    "social.forecast.wizard",
    "social.help.topic",
    "social.help.vote",
    "social.home",
    "social.key",
    "social.key.wizard",
    "social.network",
    "social.renewal.choice",
)
# A change that would do little harm.
HARMLESS = {
    "social.report.wizard": {"month": "2026-01-01"},
    "social.network": {"sequence": 7},
    "social.app": {"name": "Renamed"},
    "social.profile": {"handle": "@renamed"},
    "social.renewal.wizard": {"step": "start"},
    "social.renewal.line": {"is_chosen": True},
    "social.renewal.prerequisite": {"is_ticked": True},
    "social.renewal.choice": {"network_id": False},
    "social.forecast.wizard": {"capacity": 7},
    "social.key.wizard": {"write_uid": 1},
    "social.profile.feed": {"name": "Renamed"},
    "social.connect.wizard": {"write_uid": 1},
    "social.disconnect.wizard": {"with_others": True},
    "social.link.wizard": {"sends_mail": False},
    "social.notice.target": {"name": "Renamed"},
    "social.take.wizard": {"until": "2026-12-31 12:00:00"},
    "social.people.wizard": {"write_uid": 1},
    "social.judgement.wizard": {"note": "Changed"},
    "social.notice.preference": {"email": False},
}
# What holds others, and has nothing of its own to call.
PARTS = {
    "report.social_token_manager.report_social_month",
    "social.app.budget",
    "social.app.keeping",
    "social.company.settings",
    "social.company.support",
    "social.key.rotation",
    "social.notice.delivery",
    "social.notice.posting",
    "social.notice.sample",
    "social.oauth.identity",
    "social.onboarding",
    "social.profile.consumer",
    "social.profile.coverage",
    "social.profile.disconnect",
    "social.profile.escalation",
    "social.profile.feeding",
    "social.profile.forecast",
    "social.profile.gap",
    "social.profile.health",
    "social.profile.identity",
    "social.profile.live",
    "social.profile.overview",
    "social.profile.people",
    "social.profile.queue",
    "social.profile.risk",
    "social.profile.story",
    "social.profile.subscription",
    "social.profile.succession",
    "social.profile.uptime",
    "social.renewal.guard",
    "social.role",
    "social.secret.mixin",
    "social.token.check",
    "social.token.renewal",
    "social.token.withdrawal",
}

# === FIELDS === #

# Read by nobody, or by these roles alone.
CLOSED = {
    "social.access": {"page_token": NOBODY},
    "social.app": {
        "client_secret": NOBODY,
        "webhook_secret": NOBODY,
        "webhook_token": OWNER,
        # Members may not read tokens.
        "token_ids": MANAGERS,
    },
    "social.help.topic": {"helpful_count": MANAGERS, "unhelpful_count": MANAGERS},
    # Which token is held is for those who may read tokens.
    "social.connect.account": {"token_id": MANAGERS},
    "social.connect.link": {
        "binding_hash": NOBODY,
        "reference": NOBODY,
        "token_hash": NOBODY,
    },
    "social.calendar.feed": {"token_hash": NOBODY},
    "social.notice.outbox": {"lease_owner": NOBODY, "lease_until": NOBODY},
    "social.notice.target": {"address": NOBODY, "signing_secret": NOBODY},
    "social.oauth.request": {
        "binding_hash": NOBODY,
        "redirect_uri": NOBODY,
        "state_hash": NOBODY,
        "token_id": NOBODY,
        "verifier": NOBODY,
    },
    # Members may not read notices.
    "social.profile": {"notice_count": MANAGERS},
    "social.renewal.wizard": {"granted_token_id": NOBODY},
    "social.signal": {"confirmation_code": NOBODY, "event_key": NOBODY},
    "social.token": {"access_token": NOBODY, "refresh_token": NOBODY},
}
# Required: Odoo knows the answer without asking the column.
NEVER_EMPTY = {("social.connect.account", "token_id")}
COMPANY_SETTINGS = """
    social_break_overrides social_escalation social_escalation_days
    social_escalation_link social_escalation_repeat social_journal_days
    social_link_days social_notice_days social_purge social_quiet_rule
    social_strict_renewal social_support_email social_support_end
    social_support_first_day social_support_last_day social_support_phone
    social_support_start social_support_tz social_support_url
"""
# Read by whoever reads the record.
OPEN = {
    "social.access": """
        can_renew company_id granted has_held held_until judge_id listed_since
        missing_scopes native_tasks network_user_id network_user_name note person_id
        profile_id proof proof_text proven_at reason reason_at standing token_id trouble
    """,
    "social.app": """
        active api_url api_version auth_method authorize_url budget_text call_limit
        callback_key check_budget client_id client_secret_input company_id
        deauthorize_url deletion_url failure_count fault fault_at findings findings_text
        has_deauthorize_url host introspect_url is_secret_set is_webhook_secret_set
        issuer name network_ids paused_until profile_handle_path profile_id_path
        profile_image_path profile_name_path profile_url provider redirect_uri
        rest_text revoke_url scopes sends_signals setup_help signal_help
        signal_keys_url tested_at token_url use_pkce webhook_secret_input webhook_url
    """,
    "social.connect.account": "company_id external_id handle link_id name network_id",
    "social.connect.guess": "count source window_at",
    "social.connect.link": """
        account_ids app_id asked_at company_id connected_ids done_at email expires_at
        hint is_open network_icon network_id opened_at partner_id person_id profile_id
        request_ids revoked_at sent_at state user_id wrong_at
    """,
    "social.calendar.feed": "made_at user_id",
    "social.cycle": """
        cycle ended_by known_at profile_id reason since stopped_at until user_id
    """,
    "social.health": "profile_id score week",
    "social.report": "company_id mail_id month partner_id",
    "social.report.wizard": "client_ids has_pdf month partner_id",
    "social.calendar.wizard": "feed_address made_at",
    "social.connect.wizard": "app_id guard_text hidden_text profile_ids",
    "social.disconnect.wizard": """
        ends_at_network has_hidden_others others profile_id removal with_others
    """,
    "social.escalation": """
        company_id cycle level link_id link_tried_at next_at profile_id repeat_count
        taken_by_id taken_count taken_until
    """,
    "social.event": """
        app_id company_id correlation detail former_person_id former_token_id gap_since
        gap_text generation kind person_id profile_id reason reason_text request_id
        token_id user_id
    """,
    "social.forecast.wizard": "capacity headline how plan profile_ids weeks",
    "social.help.topic": """
        body category category_rank code created_on name network_id related_codes
        related_ids revised_on sequence summary table
    """,
    "social.help.vote": "is_helpful revised_on topic_id user_id",
    "social.home": "database instance is_here text uuid",
    "social.judgement.wizard": """
        access_id can_renew network_name note person_id profile_id
    """,
    "social.key": "check_value damaged_count is_lost kid",
    "social.key.wizard": "loss_text source_text uses_text",
    "social.link.wizard": """
        email expires_at lang link_address network_id partner_id person_id profile_id
        replaced_id sends_mail
    """,
    "social.network": """
        active carries_messages code escalation_days history_limit_days icon limits_url
        name native_role notice_days
        prerequisites providers purge_after_days renewal sequence
        validity_from validity_note validity_number validity_text validity_unit
        warn_days
    """,
    "social.notice": """
        channel company_id cycle mail_id person_id profile_id rung rung_text sent_at
        state
    """,
    "social.notice.preference": "email mobile profile_id profile_name user_id",
    "social.notice.snooze": "cycle profile_id rung until user_id",
    "social.notice.outbox": """
        error event key next_at notice_ids payload sent_at state target_id tries
    """,
    "social.notice.target": """
        active address_input company_id error error_at error_detail error_text host
        is_signed kind name outbox_ids sent_at signing_secret_input
        signing_secret_shown state
    """,
    "social.oauth.request": """
        app_id company_id consumed_at expected_text expires_at given_text
        granted_profile_ids happened is_about_known is_success left_out left_out_text
        link_id login_id lost_profile_ids lost_text may_switch offered profile_ids
        prompt purpose remedy result title user_id wizard_id
    """,
    "social.people.line": """
        access_id can_renew has_held name native_tasks person_id proven_at role sequence
        token user_id why wizard_id
    """,
    "social.people.wizard": """
        line_ids lists_people may_judge may_renew native_role profile_id succession
    """,
    "social.profile": """
        access_id access_ids active admin_user_ids cause company_id connect_link_count
        connect_link_ids event_count feed_ids feeds_text has_messages_at_risk loss_at
        loss_text outage_text state_text sync_text coverage cycle days_left
        disconnected_at driving_clock
        escalation_ids escalation_text is_gone outsider_id
        expires_at external_id external_user_name failure_count gap_since gap_text
        gap_until granter_left handle hangs_on_ids has_image has_one_renewer health
        health_text holder_count image
        is_named_by_hand last_message_at last_verified_at lists_people may_renew
        messages_per_day missed_messages missing_fields missing_scopes name native_role
        network_code network_icon network_id partner_id person_id prerequisites purge_at
        purge_text purged_at reason reason_text receive_story_mentions
        receive_story_replies recipient_user_ids remedy renewer_count renewers
        reserve_count status story subscribe_at subscribed_fields
        subscription_checked_at succession token_id user_id
    """,
    "social.profile.feed": "company_id kind name profile_id reference sequence",
    "social.renewal.choice": "available_network_ids network_id open_queue_id",
    "social.renewal.line": """
        days_left expires_at external_id handle has_image is_chosen kind missing_scopes
        name
        network_code network_icon network_id partner_id profile_id reason_text
        receive_story_mentions receive_story_replies result sequence status wizard_id
    """,
    "social.renewal.login": """
        app_id outcome_ids person_name problem profile_count profile_names queue_id
        state tried_at who
    """,
    "social.renewal.outcome": """
        days_left expires_at failure_count generation login_id network_icon network_id
        partner_id profile_id queue_id state status way why
    """,
    "social.renewal.prerequisite": "code found is_ticked wizard_id",
    "social.renewal.queue": """
        done_count has_next is_running left_out_count left_out_text login_ids name
        outcome_ids progress progress_text started_at
    """,
    "social.renewal.wizard": """
        external_user_name guard_text has_lacking has_missing has_stories hidden_text
        is_story_option_off line_ids login_id lost_text may_choose name network_icon
        network_id prerequisite_ids prerequisites problem profile_id profile_ids step
        unticked
    """,
    "social.role.wizard": "role succession_text user_id",
    "social.settings": f"company_id {COMPANY_SETTINGS}",
    "social.signal": """
        app_id company_id concerned detail effect happened_at kind
    """,
    "social.take.wizard": "escalation_text profile_id until",
    "social.token": """
        access_expires_at access_ids app_id checked_at company_id
        data_access_expires_at expires_at external_user_id external_user_name
        failure_count generation granted_at intent_at intent_count issued_at
        last_refreshed_at last_used_at last_verified_at lease_owner lease_until
        never_expires paused_until person_id reason reason_at refresh_expires_at
        renew_at scopes settled_generation unsettled_at verify_at
    """,
}
LOGGED = "create_date create_uid write_date write_uid"
# Fields of a profile that people write, and who; the engine writes all others.
WRITTEN = {
    RENEWERS: """
        feed_ids handle image is_named_by_hand name outsider_id partner_id
        receive_story_mentions receive_story_replies recipient_user_ids user_id
    """,
    MANAGERS: "active admin_user_ids company_id external_id network_id",
}
# What the addon adds to models of Odoo is for Owners, settings admins or not.
ELSEWHERE = {
    "res.company": COMPANY_SETTINGS,
    "res.config.settings": f"""
        {COMPANY_SETTINGS} social_key_source social_key_uses social_renewal_workers
    """,
}
# Fields of users, and who has them; one's own are read whatever the role.
OF_USERS = {
    (*MEMBERS, *MANAGERS): """
        social_by_profile social_email social_login_alert social_mobile
        social_preference_ids social_quiet_end social_quiet_start
    """,
    # Whoever archives a user is warned; names are told to who may see the profiles.
    ("settings_admin", *MANAGERS): "social_succession_text",
    OWNER: "social_role",
}

# Fields of contacts, and who has them; each counts what its reader may see.
OF_PARTNERS = {
    (*MEMBERS, *MANAGERS): """
        social_health social_health_text social_profile_count social_status_text
    """,
    MANAGERS: "social_monthly_report",
}

# === METHODS === #

# Public methods of ours, and who may use them on what others made in the company.
METHODS = {
    "social.app": {"action_connect": MANAGERS, "action_test": OWNER},
    "social.connect.account": {"action_accept": MANAGERS},
    "social.connect.link": {
        "action_new": RENEWERS,
        # Before the others: they end it.
        "action_resend": RENEWERS,
        "action_refuse": RENEWERS,
        "action_revoke": RENEWERS,
    },
    "social.calendar.wizard": {"action_make": NOBODY, "action_revoke": NOBODY},
    "social.connect.wizard": {"action_continue": NOBODY},
    "social.disconnect.wizard": {"action_disconnect": NOBODY},
    "social.forecast.wizard": {"action_start": NOBODY},
    "social.help.topic": {
        "get_help": (*MEMBERS, *MANAGERS),
        "vote": (*MEMBERS, *MANAGERS),
    },
    "social.home": {
        "action_move_here": OWNER,
        "action_open": OWNER,
        "action_wipe": OWNER,
    },
    "social.judgement.wizard": {"action_save": NOBODY},
    "social.key.wizard": {"action_start_anew": NOBODY},
    "social.link.wizard": {"action_make": NOBODY},
    "social.network": {"action_renew_all": RENEWERS},
    "social.notice": {"action_send_sample": MANAGERS},
    "social.notice.target": {"action_make_secret": OWNER, "action_test": OWNER},
    "social.oauth.request": {"action_again": NOBODY, "action_switch": NOBODY},
    "social.people.line": {"action_ask": NOBODY, "action_judge": NOBODY},
    "social.people.wizard": {"action_ask_network": NOBODY},
    "social.profile": {
        "action_invite": RENEWERS,
        "action_renew_all": RENEWERS,
        "action_see_journal": READERS,
        "action_see_links": READERS,
        "action_see_notices": MANAGERS,
        "action_simulate": READERS,
        "action_take": RENEWERS,
        "action_manage_notifications": READERS,
        "snooze_alert": READERS,
        "get_compared": (*MEMBERS, *MANAGERS),
        "get_overview": (*MEMBERS, *MANAGERS),
        "get_risk": (*MEMBERS, *MANAGERS),
        "action_see_managers": READERS,
        "action_disconnect": RENEWERS,
        "action_renew": RENEWERS,
        "action_verify": READERS,
        # The address of a file that is in the addon.
        "get_import_templates": EVERYBODY,
        "get_login_alert": (*MEMBERS, *MANAGERS),
    },
    "social.role.wizard": {"action_save": NOBODY, "action_see_profiles": NOBODY},
    "social.settings": {"execute": NOBODY},
    "social.report.wizard": {"action_download": NOBODY, "action_show": NOBODY},
    "social.take.wizard": {"action_take": NOBODY},
    "social.renewal.choice": {"action_go_on": NOBODY, "action_renew_all": NOBODY},
    "social.renewal.login": {"action_login": NOBODY},
    "social.renewal.queue": {"action_close": NOBODY, "action_next": NOBODY},
    "social.renewal.wizard": dict.fromkeys(
        (
            "action_again",
            "action_back",
            "action_cancel",
            "action_continue",
            "action_finish",
            "action_login",
            "action_start",
        ),
        NOBODY,
    ),
}
# Odoo's own that are overridden: the records above say who may.
OVERRIDDEN = {"create", "default_get", "onchange", "write"}

# === ADDRESSES === #

# Who is let in: with a session, or everybody (what is signed or random answers).
ADDRESSES = {
    "/social/authorize/<int:request_id>": "user",
    "/social/calendar/<string:token>.ics": "public",
    "/social/callback/<string:callback_key>": "public",
    "/social/deletion/<string:code>": "public",
    "/social/connection/<string:reference>": "public",
    "/social/connection/<string:reference>/ask": "public",
    "/social/link/<string:token>": "public",
    "/social/link/<string:token>/ask": "public",
    "/social/renew/<int:profile_id>": "user",
    "/social/webhook/<string:callback_key>": "public",
    "/social/webhook/<string:callback_key>/"
    "<any(deauthorize, deletion):purpose>": "public",
}


def fields_of(model):
    """Return the names of all fields that are expected of a model."""
    return {*OPEN[model].split(), *CLOSED.get(model, ()), *LOGGED.split()}
