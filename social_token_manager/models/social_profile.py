import base64
import logging
from math import ceil, floor

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..clock import now
from ..engine import lock_rows, persist
from ..policy import choice, expiry, matching, prerequisites, reasons
from ..policy import status as status_policy
from ..providers import get_provider
from ..providers.pictures import fetch_pictures
from ..wording import ended_sentence, reason_label, reason_sentences

_logger = logging.getLogger(__name__)

STATUSES = [
    (status_policy.EXPIRED, "Expired"),
    (status_policy.EXPIRING, "Expiring within 7 days"),
    (status_policy.VALID, "Valid"),
    (status_policy.NO_EXPIRY, "No expiration date"),
]
# The least and the most whole days that a comparison allows.
DAYS_BOUNDS = {
    "<": lambda days: (None, ceil(days) - 1),
    "<=": lambda days: (None, floor(days)),
    ">": lambda days: (floor(days) + 1, None),
    ">=": lambda days: (ceil(days), None),
}
# More tokens than these are asked about in the background.
VERIFIED_AT_ONCE = 5
FOREVER = 1_000_000  # days; a longer way than Python's calendar goes
MODULE_FILES = "/social_token_manager/static/import"
# Written by the engine alone: a person must not be able to make a profile look healthy.
ENGINE_FIELDS = {
    "access_id",
    "cycle",
    "disconnected_at",
    "expires_at",
    "gap_since",
    "gap_until",
    "last_message_at",
    "messages_per_day",
    "missing_fields",
    "purged_at",
    "reason",
    "subscribe_at",
    "subscribed_fields",
    "subscription_checked_at",
}
# What a profile is and who manages it; a Member who is Admin looks after the rest.
MANAGER_FIELDS = {
    "active",
    "admin_user_ids",
    "company_id",
    "external_id",
    "network_id",
}


class SocialProfile(models.Model):
    """One page, account or channel that a company works with."""

    _name = "social.profile"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
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
    ]
    _description = "Social Profile"
    # Worst first: what is broken has the moment it broke as its expires_at.
    _order = "expires_at, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    is_named_by_hand = fields.Boolean(
        "Keep This Name",
        copy=False,
        help="A renewal leaves the name as it is, whatever the network calls it.",
    )
    handle = fields.Char()
    image = fields.Image(max_width=256, max_height=256)
    has_image = fields.Boolean(compute="_compute_has_image")
    network_id = fields.Many2one(
        "social.network", required=True, index=True, ondelete="restrict"
    )
    network_code = fields.Char(related="network_id.code")
    network_icon = fields.Char(related="network_id.icon", string="Network Icon")
    native_role = fields.Text(related="network_id.native_role")
    prerequisites = fields.Html(related="network_id.prerequisites")
    external_id = fields.Char("Network ID", copy=False, index="btree_not_null")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner", "Client", index="btree_not_null", check_company=True
    )
    user_id = fields.Many2one("res.users", "Responsible", index="btree_not_null")
    admin_user_ids = fields.Many2many(
        "res.users",
        "social_profile_admin_rel",
        string="Admins",
        help="Members who may renew and manage this profile.",
    )
    recipient_user_ids = fields.Many2many(
        "res.users",
        "social_profile_recipient_rel",
        string="Team Told",
        help="Team members who are told when this connection needs somebody.",
    )
    access_ids = fields.One2many("social.access", "profile_id", "Accesses", copy=False)
    access_id = fields.Many2one(
        "social.access", "Access in Use", copy=False, index="btree_not_null"
    )
    token_id = fields.Many2one(related="access_id.token_id")
    person_id = fields.Many2one(related="access_id.person_id", string="Granted By")
    external_user_name = fields.Char(
        related="access_id.token_id.external_user_name", string="Logged In As"
    )
    missing_scopes = fields.Char(related="access_id.missing_scopes")
    last_verified_at = fields.Datetime(
        related="access_id.token_id.last_verified_at", string="Last Verified"
    )
    failure_count = fields.Integer(related="access_id.token_id.failure_count")
    expires_at = fields.Datetime("Expires On", copy=False)
    driving_clock = fields.Selection(
        [
            ("access", "The permission itself, which nothing renews silently"),
            ("refresh", "The right to renew silently"),
            ("data_access", "The access to data, which a person confirms"),
            ("published", "The validity that the network publishes"),
        ],
        "What Ends Then",
        compute="_compute_driving_clock",
    )
    cycle = fields.Integer(default=0, copy=False)
    reason = fields.Char("Reason Code", copy=False)
    reason_text = fields.Char("Reason", compute="_compute_reason_text")
    story = fields.Text("What Happened", compute="_compute_reason_text")
    remedy = fields.Text("What to Do", compute="_compute_reason_text")
    status = fields.Selection(
        STATUSES, compute="_compute_status", search="_search_status"
    )
    days_left = fields.Integer(
        compute="_compute_status", search="_search_days_left", aggregator="min"
    )
    may_renew = fields.Boolean(compute="_compute_may_renew")
    renewers = fields.Char("Who Can Renew", compute="_compute_renewers")
    receive_story_mentions = fields.Boolean(
        "Receive a message when this account is mentioned in a story", default=True
    )
    receive_story_replies = fields.Boolean(
        "Receive replies and reactions to your stories", default=True
    )
    last_message_at = fields.Datetime(
        "Last Message", readonly=True, copy=False, help="When the network last told."
    )
    messages_per_day = fields.Float(
        readonly=True, copy=False, help="A running mean over about a week."
    )
    subscribe_at = fields.Datetime("To Look After", readonly=True, copy=False)
    subscribed_fields = fields.Char("Sent by the Network", readonly=True, copy=False)
    missing_fields = fields.Char("Not Sent by the Network", readonly=True, copy=False)
    subscription_checked_at = fields.Datetime(
        "Sending Checked", readonly=True, copy=False
    )

    _external_unique = models.UniqueIndex(
        "(network_id, external_id, company_id)",
        "Your company has a profile with this network ID already, perhaps in the "
        "archive. Leave this one out, or change the one that is there.",
    )
    _worst_first = models.Index("(expires_at, id)")
    _to_subscribe = models.Index("(subscribe_at) WHERE subscribe_at IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends("expires_at")
    def _compute_status(self):
        at = now()
        for profile in self:
            profile.status = status_policy.status_of(profile.expires_at, at)
            profile.days_left = status_policy.days_left(profile.expires_at, at) or 0

    def _search_status(self, operator, value):
        """Return plain ranges on ``expires_at``, which its index serves."""
        if operator != "in":
            return NotImplemented
        at = now()
        return Domain.OR(self._get_status_domain(status, at) for status in value)

    @api.model
    def _get_status_domain(self, status, at):
        """Return the domain that a status stands for at an instant."""
        if status == status_policy.NO_EXPIRY:
            return Domain("expires_at", "=", False)
        if status not in dict(STATUSES):
            return Domain.FALSE
        bounds = status_policy.bounds_of(status, at)
        domain = Domain("expires_at", "!=", False)
        if bounds.after:
            domain &= Domain("expires_at", ">", bounds.after)
        if bounds.until:
            domain &= Domain("expires_at", "<=", bounds.until)
        return domain

    def _search_days_left(self, operator, value):
        """Return plain ranges on ``expires_at``; no expiry is no number of days."""
        if operator == "in":
            return Domain.OR(
                Domain("expires_at", "=", False)
                if days is False
                else self._get_days_domain(ceil(days), floor(days))
                for days in value
            )
        if operator not in DAYS_BOUNDS or not isinstance(value, int | float):
            return NotImplemented
        return self._get_days_domain(*DAYS_BOUNDS[operator](value))

    @api.model
    def _get_days_domain(self, least, most):
        """Return the domain of what has so many whole days left; None is no bound.

        There are 0 days left on the last day and ever after.
        """
        if most is not None and most < 0:
            return Domain.FALSE
        at = now()
        domain = Domain("expires_at", "!=", False)
        if least is not None and least > 0:
            domain &= Domain(
                "expires_at", ">=", at + min(least, FOREVER) * status_policy.DAY
            )
        if most is not None:
            moment = at + min(most + 1, FOREVER) * status_policy.DAY
            domain &= Domain("expires_at", "<", moment)
        return domain

    def _field_to_sql(self, alias, field_expr, query=None):
        """Override of Odoo's: status and days left from ``expires_at`` and the clock.

        The instant goes in as a parameter: SQL's own clock cannot be moved by a test
        and may differ from the one that Python reads.
        """
        if field_expr not in ("status", "days_left"):
            return super()._field_to_sql(alias, field_expr, query)
        moment = self._field_to_sql(alias, "expires_at", query)
        at = now()
        if field_expr == "days_left":
            # PostgreSQL's GREATEST passes over NULL, which would make "never" 0 days.
            return SQL(
                "CASE WHEN %(moment)s IS NOT NULL THEN"
                " GREATEST(FLOOR(EXTRACT(EPOCH FROM %(moment)s - %(now)s) / 86400), 0)"
                " END::integer",
                moment=moment,
                now=at,
            )
        return SQL(
            "CASE WHEN %(moment)s IS NULL THEN %(no_expiry)s"
            " WHEN %(moment)s <= %(now)s THEN %(expired)s"
            " WHEN %(moment)s <= %(soon)s THEN %(expiring)s ELSE %(valid)s END",
            moment=moment,
            now=at,
            soon=at + status_policy.WARNING,
            no_expiry=status_policy.NO_EXPIRY,
            expired=status_policy.EXPIRED,
            expiring=status_policy.EXPIRING,
            valid=status_policy.VALID,
        )

    @api.depends("access_id", "expires_at", "reason")
    def _compute_driving_clock(self):
        for profile in self:
            # Which clock it is is no secret; Members may not read tokens.
            token = profile.sudo().token_id
            profile.driving_clock = (
                (token._get_clocks().first or "published")
                if token and profile.expires_at and not profile.reason
                else False
            )

    @api.depends("image")
    def _compute_has_image(self):
        for profile in self.with_context(bin_size=True):
            profile.has_image = bool(profile.image)

    @api.depends("reason", "expires_at", "disconnected_at")
    @api.depends_context("lang", "tz")
    def _compute_reason_text(self):
        at = now()
        for profile in self:
            code = profile.reason
            if not code and profile.expires_at and profile.expires_at <= at:
                code = reasons.EXPIRED
            profile.reason_text = reason_label(self.env, code)
            profile.story, profile.remedy = (
                reason_sentences(self.env, code) if code else (False, False)
            )
            if code == reasons.NOT_CONNECTED and profile.disconnected_at:
                profile.story = ended_sentence(self.env, profile.disconnected_at)

    @api.depends("admin_user_ids", "company_id")
    @api.depends_context("uid")
    def _compute_may_renew(self):
        user = self.env.user
        is_manager = user.has_group("social_token_manager.group_manager")
        is_member = user.has_group("social_token_manager.group_member")
        companies = user._get_company_ids()
        for profile in self:
            # The company's own setting is for Owners to see.
            company = profile.company_id.sudo()
            profile.may_renew = company.id in companies and (
                is_manager
                or (
                    is_member
                    and user in profile.admin_user_ids
                    and not company.social_strict_renewal
                )
            )

    @api.depends("access_ids.can_renew", "access_ids.person_id")
    def _compute_renewers(self):
        """Name the people who are known to have the right at the network."""
        for profile in self:
            able = profile._get_able_accesses()
            names = (access._get_full_name() for access in able)
            profile.renewers = ", ".join(dict.fromkeys(filter(None, names)))

    # === CRUD METHODS === #

    def _has_field_access(self, field, operation):
        """Override of Odoo's: what the engine decides is written by the engine."""
        if operation == "write" and not self.env.su:
            if field.name in ENGINE_FIELDS:
                return False
            if field.name in MANAGER_FIELDS and not self._is_manager():
                return False
        return super()._has_field_access(field, operation)

    @api.model
    def _is_manager(self):
        return self.env.user.has_group("social_token_manager.group_manager")

    @api.model_create_multi
    def create(self, vals_list):
        """Override of Odoo's: nobody has connected a new profile yet."""
        profiles = super().create(vals_list)
        profiles.sudo().filtered(lambda one: not one.access_ids)._update_state()
        return profiles

    @api.ondelete(at_uninstall=False)
    def _unlink_except_connected(self):
        if self.sudo().access_ids.token_id or any(self.mapped("disconnected_at")):
            raise UserError(
                self.env._(
                    "A profile that was connected is kept, since the journal speaks of "
                    "it. Archive it instead: it leaves the list and can be restored."
                )
            )

    def write(self, vals):
        """Override of Odoo's: some of it is for Managers alone."""
        self._check_may_manage(vals)
        moved = self._filter_archiving(vals)
        result = super().write(vals)
        moved._note_archiving()
        return result

    def _check_may_manage(self, vals):
        """Refuse a Member what is for Managers, in words that Odoo has not.

        :raise AccessError: what it is, and who may
        """
        if self.env.su or self._is_manager() or not MANAGER_FIELDS & set(vals):
            return
        raise AccessError(
            self.env._(
                "Who is Admin on a profile, its network and its company are for "
                "Managers and Owners of Social Connections to change, and so is "
                "archiving it. Nothing was changed; ask one of them."
            )
        )

    @api.model
    def get_import_templates(self):
        """Override of Odoo's: a file to fill in, for the page that imports."""
        return [
            {
                "label": self.env._("Import Template for Profiles"),
                "template": f"{MODULE_FILES}/profiles.csv",
            }
        ]

    # === ACTION METHODS === #

    def action_renew(self):
        """Return the action that renews this profile: six steps where a person can
        leave something out at the network, else straight to it.

        :raise AccessError: this user may not renew it
        :raise UserError: there is no app to do it with
        """
        self.ensure_one()
        self._check_may_renew()
        self.env["social.home"]._check()
        provider = get_provider(self._get_app().sudo().provider)
        if provider.profiles_can_be_left_out:
            return self.env["social.renewal.wizard"]._open_for(self)
        return self._start_renewal()

    def _start_renewal(self, wizard=None, prompt=None):
        """Return the action that leads straight to the network.

        :param str prompt: what the person is sent for, the profile's own reason without
        :param wizard: the ``social.renewal.wizard`` that the way back leads to
        """
        self.ensure_one()
        return self.env["social.oauth.request"]._start(
            self._get_app(),
            profiles=self,
            purpose="renew",
            prompt=prompt or self._get_prompt(),
            wizard=wizard,
        )

    def _get_prompt(self):
        """Return the reason code that the person is sent for, None for none.

        Before anything has ended it is the clock that drives the renewal: the network
        moves the data-access clock only for who asks for that.
        """
        # The engine reads tokens that its callers may not.
        token = self.sudo().token_id
        if self.reason or not token:
            return self.reason or None
        is_data_access = token._get_clocks().first == "data_access"
        return reasons.DATA_ACCESS if is_data_access else None

    def action_verify(self):
        """Ask the network about the connection now, and tell what came of it."""
        self.check_access("read")
        # The engine reads tokens that its callers may not.
        tokens = self.sudo().token_id
        if not tokens:
            raise UserError(
                self.env._(
                    "Nobody has connected this yet, so there is nothing to check."
                )
            )
        if len(tokens) > VERIFIED_AT_ONCE:
            tokens._check_soon()
            return self._get_notification(
                "info",
                self.env._("Asking the networks"),
                self.env._(
                    "So many are asked one after the other in the background. What is "
                    "shown here follows by itself; you may leave this page."
                ),
            )
        # No transaction of ours is open while the network is asked; this one has read.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        self.env.invalidate_all()
        trouble = set(filter(None, tokens._verify().values()))
        return self._get_verified_notification(trouble)

    def _get_verified_notification(self, trouble):
        sentences = [
            " ".join(reason_sentences(self.env, code)) for code in sorted(trouble)
        ]
        return self._get_notification(
            "warning" if trouble else "info",
            self.env._("Asked the network"),
            "\n".join(sentences)
            or self.env._("What you see now is what the network said."),
        )

    def _get_notification(self, kind, title, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "title": title,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === BUSINESS METHODS === #

    def _check_may_renew(self):
        """Refuse whoever may not renew all of these profiles (product right).

        :raise AccessError: what right it takes, and who has it
        """
        if self.has_access("read") and all(self.mapped("may_renew")):
            return
        raise AccessError(
            self.env._(
                "Renewing is for Owners and Managers of Social Connections, and for "
                "Members who are Admin on the profile, unless your company leaves it "
                "to Owners and Managers. Nothing was changed; ask one of them."
            )
        )

    def _get_app(self):
        """Return the app to renew with: the one in use, else one that serves it.

        :raise UserError: there is none
        """
        self.ensure_one()
        # Which app serves a profile is no secret; Members may not read all of them.
        profile = self.sudo()
        app = profile.token_id.app_id or self.env["social.app"]._find_for(
            profile.network_id, profile.company_id
        )
        return app.with_env(self.env)

    def _get_companions(self):
        """Return the profiles that live from the same grant: all must stay ticked.

        A page's name is shown to whoever may see its profile only.
        """
        self.ensure_one()
        token = self.sudo().token_id
        if not token:
            return self
        return self.search([("access_id.token_id", "=", token.id)]) | self

    def _get_prerequisite_facts(self):
        """Return the :class:`policy.prerequisites.Facts` of this profile."""
        self.ensure_one()
        return prerequisites.Facts(
            network=self.network_code,
            may_renew=self.may_renew,
            is_connected=bool(self.access_id and not self.reason),
            can_renew=self.access_id.can_renew or "unknown",
            subscribed=tuple((self.subscribed_fields or "").split(", ")),
            missing=tuple((self.missing_fields or "").split(", ")),
        )

    def _update_state(self, granted_anew=False):
        """Derive what a profile shows from its accesses (the engine's second step).

        :param bool granted_anew: whether a person just granted, which starts a cycle
        """
        # Two tokens of one profile may end at the same time: each is to see the other.
        lock_rows(self)
        at = now()
        renewed, lost, switched, changed = (self.browse() for _kind in range(4))
        turns = {}
        for profile in self:
            former = profile.access_id
            access = profile._choose_access(at)
            values = profile._derive(access)
            was_broken = profile.reason not in (False, reasons.NOT_CONNECTED)
            recovered = was_broken and not values["reason"]
            if expiry.starts_new_cycle(
                profile.expires_at or None,
                values["expires_at"],
                granted_anew=granted_anew,
                recovered=recovered,
            ):
                values["cycle"] = profile.cycle + 1
                renewed |= profile
            gap_values = profile._get_gap_values(values, at)
            profile._journal_change(values["reason"], recovered, gap_values)
            if values["reason"] not in (profile.reason, None, reasons.NOT_CONNECTED):
                lost |= profile
            if former.token_id and access not in (former, access.browse()):
                profile._note_switch(former, access, former._get_end_reason(at))
                switched |= profile
            changed |= profile._filter_changed(values)
            turns[profile] = profile._get_turn(values, at)
            profile.write({**values, **gap_values})
        changed._announce()
        self._record_turns(turns, granted_anew)
        self.access_ids._note_roles()
        notices = self.env["social.notice"]
        if renewed:
            notices._cancel_pending(renewed)
            notices._record_recovered(renewed)
        if lost:
            notices._send_soon()
        # A message that cannot be posted must not undo what was granted.
        (self if granted_anew else renewed)._run_hook("_conclude_asking")
        lost._run_hook("_on_token_lost")
        switched._look_after()
        switched._run_hook("_on_token_renewed")

    def _choose_access(self, at):
        accesses = self.access_ids.filtered("token_id")
        chosen = choice.choose(
            [access._get_candidate(at) for access in accesses], self.access_id.id
        )
        return accesses.browse(chosen or [])

    def _derive(self, access):
        """Return the engine's columns for the access that is in use."""
        reason, lost_at = access._get_reason() if access else (None, None)
        return {
            "access_id": access.id,
            "reason": reason if access else reasons.NOT_CONNECTED,
            "expires_at": expiry.profile_expires_at(
                created_at=self._get_created_at(),
                connected=bool(access),
                access_moment=access._get_moment() if access else None,
                lost_at=lost_at,
            ),
        }

    def _journal_change(self, reason, recovered, gap_values):
        Event = self.env["social.event"]
        if recovered or gap_values:
            since = gap_values.get("gap_since")
            Event._record("recovered", self, reason=self.reason, gap_since=since)
        elif reason and reason not in (self.reason, reasons.NOT_CONNECTED):
            Event._record("lost", self, reason=reason)

    # === STORING === #

    @api.model
    def _store_listing(self, token, listing, may_create):
        """Store what a grant reaches, in the engine's environment.

        :param token: the ``social.token`` of the grant
        :param listing: :class:`ProfileData` objects, all that the network listed
        :param bool may_create: whether profiles are added for what is new
        :return: the profiles reached; the :class:`ProfileData` that are not among
            them; the profiles that lived from this grant before and were left out
        """
        granted = self._store_granted(token, listing, listing, may_create)
        missing = self._mark_missing(token, listing)
        self.env["social.event"]._record(
            "granted", token, generation=token.generation, app_id=token.app_id.id
        )
        reached = {(one.network_id.code, one.external_id) for one in granted}
        offered = [
            data for data in listing if (data.network, data.external_id) not in reached
        ]
        return granted, offered, missing

    @api.model
    def _store_granted(self, token, wanted, listing, may_create):
        """Link a token to those wanted of a listing that can be used through it.

        A renewal finds the same row by network, external id and company. What cannot
        be used is never stored as if it could.

        :return: the profiles
        """
        known = self._find_listed(token.company_id, listing)
        # As everywhere: the token, then its profiles, in one order.
        lock_rows(token)
        lock_rows(token.access_ids.profile_id.union(*known.values()))
        made = self._find_made(token, listing, known)
        granted = self.browse()
        for data in wanted:
            place = (data.network, data.external_id)
            profile = known.get(place) or made.get(place, [None])[0]
            if not data.usable or (profile and not profile._may_link(token)):
                continue
            if place in made:
                profile._become_listed(token, data, made[place][1])
            elif not profile and may_create:
                profile = self._create_listed(token, data)
            if profile:
                profile._link_access(token, data)
                granted |= profile
        token._update_expires_at()
        granted._update_state(granted_anew=True)
        granted._look_after()
        return granted

    def _may_link(self, token):
        """Whether a grant of this environment's user may serve this profile.

        A profile that lives from the very token already is always served: otherwise it
        would keep the page token of a grant that is over, and look healthy.
        """
        return token in self.access_ids.token_id or self.may_renew

    @api.model
    def _mark_missing(self, token, listing):
        """Mark what lived from a token and was left out of its new listing.

        :return: the profiles that are concerned
        """
        # What is listed without a token of its own cannot be used, either.
        listed = {(data.network, data.external_id) for data in listing if data.usable}
        lost = token.access_ids.filtered(
            lambda one: (
                (one.profile_id.network_id.code, one.profile_id.external_id)
                not in listed
            )
        )
        lost._note_deselected()
        lost.profile_id._update_state()
        return lost.profile_id

    @api.model
    def _find_listed(self, company, listing):
        """Return ``{(network code, external id): profile}`` of what is known."""
        found = self.with_context(active_test=False).search(
            [
                ("company_id", "=", company.id),
                ("external_id", "in", [data.external_id for data in listing]),
            ]
        )
        return {(one.network_id.code, one.external_id): one for one in found}

    @api.model
    def _find_made(self, token, listing, known):
        """Return the profiles made by hand that a listing is surely about.

        :param dict known: what :meth:`_find_listed` gave; it is never overruled
        :return: ``{(network code, external id): (profile, by what)}``
        """
        made = self.search(
            [
                ("company_id", "=", token.company_id.id),
                ("network_id", "in", token.app_id.network_ids.ids),
                ("access_id", "=", False),
                ("cycle", "=", 0),
            ]
        )
        matched = matching.match(
            [one._get_named() for one in made], [_named(data) for data in listing]
        )
        found = {
            place: (self.browse(profile_id), by_what)
            for place, (profile_id, by_what) in matched.items()
        }
        return {
            place: (profile, by_what)
            for place, (profile, by_what) in found.items()
            if known.get(place, profile) == profile
        }

    def _get_named(self):
        """Return the :class:`matching.Named` that this profile is."""
        return matching.Named(
            self.id,
            self.network_id.code,
            self.external_id or "",
            self.handle or "",
            self.name,
        )

    def _become_listed(self, token, data, by_what):
        """Take a profile made by hand for what the network lists; its name stays."""
        self.write({"external_id": data.external_id, "is_named_by_hand": True})
        self.env["social.event"]._record(
            "matched", self, token_id=token.id, detail=by_what
        )

    @api.model
    def _create_listed(self, token, data):
        network = token.app_id.network_ids.filtered(
            lambda one: one.code == data.network
        )
        profile = self.with_context(mail_create_nolog=True).create(
            {
                "name": data.name or data.external_id,
                "handle": data.handle,
                "network_id": network.id,
                "external_id": data.external_id,
                "company_id": token.company_id.id,
                "user_id": self.env.uid,
                "admin_user_ids": [fields.Command.link(self.env.uid)],
            }
        )
        self.env["social.event"]._record("connected", profile, token_id=token.id)
        return profile

    def _link_access(self, token, data):
        """Store how a token reaches this profile, and what it is called now."""
        self.ensure_one()
        access = self.access_ids.filtered(lambda one: one.token_id == token)
        if not access:
            access = self.env["social.access"].create(
                {"profile_id": self.id, "token_id": token.id}
            )
        access._store_listing(data)
        name = "" if self.is_named_by_hand else data.name
        self.write({"name": name or self.name, "handle": data.handle})
        self.env["social.event"]._record("renewed", self, token_id=token.id)

    @api.model
    def _get_missing_images(self, granted, listing):
        """Return ``[(profile id, address)]`` of pictures that are not here yet."""
        addresses = {
            (data.network, data.external_id): data.image_url for data in listing
        }
        wanted = (
            (one.id, addresses.get((one.network_id.code, one.external_id)))
            for one in granted
            if not one.has_image
        )
        return [(profile_id, address) for profile_id, address in wanted if address]

    @api.model
    def _fetch_images(self, wanted):
        """Fetch pictures, for as long as there is time; without one all works too.

        :param wanted: ``[(profile id, address)]``
        """
        fetched = fetch_pictures(self.env["social.home"]._get_transport(), dict(wanted))
        if fetched:
            persist(self.env, lambda env: self.with_env(env)._store_images(fetched))

    def _store_images(self, fetched):
        lock_rows(self.browse(fetched))
        for profile_id, content in fetched.items():
            try:
                with self.env.cr.savepoint():
                    self.browse(profile_id).image = base64.b64encode(content)
            except (UserError, ValueError, OSError):
                _logger.info("The picture of profile %s is not one", profile_id)


def _named(data):
    """Return the :class:`matching.Named` that a line of a listing is."""
    return matching.Named(
        (data.network, data.external_id),
        data.network,
        data.external_id,
        data.handle,
        data.name,
    )
