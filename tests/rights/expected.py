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
    "social.access": dict.fromkeys(READERS, "r"),
    "social.event": dict.fromkeys(READERS, "r"),
    "social.signal": dict.fromkeys(MANAGERS, "r"),
    "social.notice": dict.fromkeys(MANAGERS, "r"),
    "social.home": {"owner": "r"},
    "social.key": {},
    # One's own, by the dialog at log-in alone.
    "social.notice.snooze": {},
    # Only one's own, which people make of what they may renew.
    "social.oauth.request": {},
    "social.renewal.wizard": dict.fromkeys(RENEWERS, "c"),
    "social.renewal.line": {},
    "social.disconnect.wizard": dict.fromkeys(RENEWERS, "c"),
}
# Of no company: there is one of each for all.
SHARED = ("social.network", "social.home", "social.key")
# A change that would do little harm.
HARMLESS = {
    "social.network": {"sequence": 7},
    "social.app": {"name": "Renamed"},
    "social.profile": {"handle": "@renamed"},
    "social.renewal.wizard": {"step": "start"},
    "social.renewal.line": {"is_chosen": True},
    "social.disconnect.wizard": {"with_others": True},
}
# What holds others, and has nothing of its own to call.
PARTS = {
    "social.profile.consumer",
    "social.profile.disconnect",
    "social.notice.sample",
    "social.profile.gap",
    "social.profile.live",
    "social.profile.risk",
    "social.profile.subscription",
    "social.secret.mixin",
    "social.token.check",
    "social.token.renewal",
    "social.token.withdrawal",
    "social.tried.mixin",
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
    "social.oauth.request": {
        "binding_hash": NOBODY,
        "redirect_uri": NOBODY,
        "state_hash": NOBODY,
        "verifier": NOBODY,
    },
    "social.renewal.wizard": {"granted_token_id": NOBODY},
    "social.signal": {"confirmation_code": NOBODY, "event_key": NOBODY},
    "social.token": {"access_token": NOBODY, "refresh_token": NOBODY},
}
# Read by whoever reads the record.
OPEN = {
    "social.access": """
        can_renew company_id granted missing_scopes native_tasks person_id profile_id
        proven_at reason reason_at token_id
    """,
    "social.app": """
        active api_url api_version auth_method authorize_url call_limit callback_key
        check_budget client_id client_secret_input company_id deauthorize_url
        deletion_url failure_count fault fault_at findings findings_text
        has_deauthorize_url host introspect_url is_secret_set is_webhook_secret_set
        issuer name network_ids paused_until profile_handle_path profile_id_path
        profile_image_path profile_name_path profile_url provider redirect_uri
        revoke_url scopes sends_signals setup_help signal_keys_url tested_at
        token_url use_pkce webhook_secret_input webhook_url
    """,
    "social.disconnect.wizard": """
        ends_at_network has_hidden_others others profile_id removal with_others
    """,
    "social.event": """
        app_id company_id correlation detail gap_since gap_text generation kind
        profile_id reason reason_text request_id token_id user_id
    """,
    "social.home": "database instance is_here text uuid",
    "social.key": "check_value kid",
    "social.network": """
        active code history_limit_days icon limits_url name native_role prerequisites
        providers purge_after_days renewal sequence validity_from validity_note
        validity_number validity_text validity_unit warn_days
    """,
    "social.notice": """
        channel company_id cycle mail_id person_id profile_id rung state
    """,
    "social.oauth.request": """
        app_id company_id consumed_at expires_at granted_profile_ids happened
        is_about_known is_success left_out left_out_text profile_ids prompt purpose
        remedy result title user_id wizard_id
    """,
    "social.profile": """
        access_id access_ids active admin_user_ids company_id cycle days_left
        disconnected_at driving_clock expires_at external_id external_user_name
        failure_count gap_since gap_text gap_until handle has_image image
        is_named_by_hand last_message_at last_verified_at may_renew messages_per_day
        missed_messages missing_fields missing_scopes name native_role network_code
        network_icon network_id partner_id person_id prerequisites purge_at purge_text
        purged_at reason reason_text receive_story_mentions receive_story_replies
        recipient_user_ids remedy renewers status story subscribe_at subscribed_fields
        subscription_checked_at token_id user_id
    """,
    "social.renewal.line": """
        days_left expires_at external_id handle has_image is_chosen kind name
        network_code network_icon network_id partner_id profile_id reason_text
        receive_story_mentions receive_story_replies result sequence status wizard_id
    """,
    "social.renewal.wizard": """
        external_user_name has_missing has_stories is_story_option_off line_ids
        may_choose name network_icon network_id prerequisites problem profile_id
        profile_ids step unticked
    """,
    "social.signal": """
        app_id company_id concerned detail effect happened_at kind
    """,
    "social.token": """
        access_expires_at access_ids app_id checked_at company_id
        data_access_expires_at expires_at external_user_id external_user_name
        failure_count generation granted_at intent_at intent_count issued_at
        last_refreshed_at last_used_at last_verified_at lease_owner lease_until
        never_expires person_id reason reason_at refresh_expires_at renew_at scopes
        settled_generation unsettled_at verify_at
    """,
}
LOGGED = "create_date create_uid write_date write_uid"
# Fields of a profile that people write, and who; the engine writes all others.
WRITTEN = {
    RENEWERS: """
        handle image is_named_by_hand name partner_id receive_story_mentions
        receive_story_replies recipient_user_ids user_id
    """,
    MANAGERS: "active admin_user_ids company_id external_id network_id",
}
# What the addon adds to models of Odoo is for Owners, settings admins or not.
ELSEWHERE = {
    "res.company": "social_journal_days social_purge social_strict_renewal",
    "res.config.settings": """
        social_journal_days social_key_source social_purge social_renewal_workers
        social_strict_renewal
    """,
}

# === METHODS === #

# Public methods of ours, and who may use them on what others made in the company.
METHODS = {
    "social.app": {"action_connect": MANAGERS, "action_test": OWNER},
    "social.disconnect.wizard": {"action_disconnect": NOBODY},
    "social.home": {
        "action_move_here": OWNER,
        "action_open": OWNER,
        "action_wipe": OWNER,
    },
    "social.notice": {"action_send_sample": MANAGERS},
    "social.oauth.request": {"action_again": NOBODY},
    "social.profile": {
        "action_disconnect": RENEWERS,
        "action_renew": RENEWERS,
        "action_verify": READERS,
        # The address of a file that is in the addon.
        "get_import_templates": EVERYBODY,
        "action_manage_notifications": READERS,
        "get_login_alert": (*MEMBERS, *MANAGERS),
        "get_risk": (*MEMBERS, *MANAGERS),
        "snooze_alert": READERS,
    },
    "social.renewal.wizard": dict.fromkeys(
        (
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
OVERRIDDEN = {"create", "onchange", "write"}

# === ADDRESSES === #

# Who is let in: with a session, or everybody (what is signed or random answers).
ADDRESSES = {
    "/social/authorize/<int:request_id>": "user",
    "/social/callback/<string:callback_key>": "public",
    "/social/deletion/<string:code>": "public",
    "/social/renew/<int:profile_id>": "user",
    "/social/webhook/<string:callback_key>": "public",
    "/social/webhook/<string:callback_key>/"
    "<any(deauthorize, deletion):purpose>": "public",
}


def fields_of(model):
    """Return the names of all fields that are expected of a model."""
    return {*OPEN[model].split(), *CLOSED.get(model, ()), *LOGGED.split()}
