import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..clock import now
from ..const import HELD_KEPT, LINK_PATH
from ..engine import lock_rows, persist
from ..hashing import digest
from ..policy import links as policy
from ..policy import reasons
from ..providers import get_provider
from ..wording import moment_text

ACTIVITY = "social_token_manager.mail_activity_type_connect_link"
MANAGER = "social_token_manager.group_manager"
STATES = [
    (policy.PENDING, "Pending"),
    (policy.OPENED, "Opened"),
    (policy.WRONG_ACCOUNT, "Wrong account"),
    (policy.DONE, "Done"),
    (policy.EXPIRED, "Expired"),
    (policy.REVOKED, "Revoked"),
]
# In the order in which they decide, see ``policy.links.state_of``.
DECIDING = (
    ("revoked_at", policy.REVOKED),
    ("done_at", policy.DONE),
    ("wrong_at", policy.WRONG_ACCOUNT),
)


class SocialConnectLink(models.Model):
    """What somebody without a login connects one profile with, once.

    It is limited to one company, network and profile, lives in the name of whoever made
    it and is dead as soon as that user may not do so any more. Of its token only the
    hash is stored, so it is shown and sent when it is made and never again.
    """

    _name = "social.connect.link"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Connect Link"
    _order = "id desc"
    _rec_name = "person_id"
    # Users write no links, but talk about them.
    _mail_post_access = "read"

    person_id = fields.Many2one(
        "res.partner", "To", required=True, readonly=True, index=True
    )
    email = fields.Char(compute="_compute_email")
    user_id = fields.Many2one(
        "res.users",
        "Made By",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.uid,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    app_id = fields.Many2one(
        "social.app", required=True, readonly=True, index=True, ondelete="cascade"
    )
    network_id = fields.Many2one(
        "social.network", required=True, readonly=True, ondelete="cascade"
    )
    network_icon = fields.Char(related="network_id.icon", string="Network Icon")
    profile_id = fields.Many2one(
        "social.profile",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="What may be connected; empty for a first connection.",
    )
    partner_id = fields.Many2one("res.partner", "Client", readonly=True)
    expires_at = fields.Datetime("Valid Until", required=True, readonly=True)
    opened_at = fields.Datetime("Opened On", readonly=True, copy=False)
    done_at = fields.Datetime("Used On", readonly=True, copy=False)
    revoked_at = fields.Datetime("Revoked On", readonly=True, copy=False)
    wrong_at = fields.Datetime("Wrong Account On", readonly=True, copy=False)
    asked_at = fields.Datetime("New One Asked For", readonly=True, copy=False)
    sent_at = fields.Datetime("Sent On", readonly=True, copy=False)
    connected_ids = fields.Many2many(
        "social.profile",
        "social_connect_link_connected_rel",
        readonly=True,
        copy=False,
    )
    account_ids = fields.One2many(
        "social.connect.account", "link_id", "Held for Approval", readonly=True
    )
    request_ids = fields.One2many(
        "social.oauth.request", "link_id", "Attempts", readonly=True
    )
    # Part of the clean address; it opens nothing without the browser's cookie.
    reference = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    token_hash = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    binding_hash = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    state = fields.Selection(
        STATES, compute="_compute_state", search="_search_state", string="Status"
    )
    is_open = fields.Boolean(compute="_compute_state")
    hint = fields.Text("What to Do", compute="_compute_hint")

    _token_unique = models.UniqueIndex("(token_hash) WHERE token_hash IS NOT NULL")
    _reference_unique = models.UniqueIndex("(reference) WHERE reference IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends("person_id.email")
    @api.depends_context("uid")
    def _compute_email(self):
        for link in self:
            link.email = link.person_id._filtered_access("read").email

    @api.depends("expires_at", "opened_at", "done_at", "revoked_at", "wrong_at")
    def _compute_state(self):
        at = now()
        for link in self:
            facts = link._get_facts()
            link.state = policy.state_of(facts, at)
            link.is_open = policy.is_open(facts, at)

    def _get_facts(self):
        """Return the :class:`policy.links.Facts` of this link."""
        names = ("expires_at", "opened_at", "done_at", "revoked_at", "wrong_at")
        return policy.Facts(**{name: self[name] or None for name in names})

    def _search_state(self, operator, value):
        """Return plain comparisons; only *expired* asks what time it is."""
        if operator != "in":
            return NotImplemented
        return Domain.OR(self._get_state_domain(state) for state in value)

    @api.model
    def _get_state_domain(self, state):
        domain = Domain.TRUE
        for name, decided in DECIDING:
            if state == decided:
                return domain & Domain(name, "!=", False)
            domain &= Domain(name, "=", False)
        at = now()
        if state == policy.EXPIRED:
            return domain & Domain("expires_at", "<=", at)
        domain &= Domain("expires_at", ">", at)
        if state in (policy.PENDING, policy.OPENED):
            is_opened = "!=" if state == policy.OPENED else "="
            return domain & Domain("opened_at", is_opened, False)
        return Domain.FALSE

    def _field_to_sql(self, alias, field_expr, query=None):
        """Override of Odoo's: the state from what happened and the clock."""
        if field_expr != "state":
            return super()._field_to_sql(alias, field_expr, query)
        columns = {
            name: self._field_to_sql(alias, name, query)
            for name in (*dict(DECIDING), "expires_at", "opened_at")
        }
        return SQL(
            "CASE %s WHEN %s <= %s THEN %s WHEN %s IS NOT NULL THEN %s ELSE %s END",
            SQL(" ").join(
                SQL("WHEN %s IS NOT NULL THEN %s", columns[name], state)
                for name, state in DECIDING
            ),
            columns["expires_at"],
            now(),
            policy.EXPIRED,
            columns["opened_at"],
            policy.OPENED,
            policy.PENDING,
        )

    @api.depends("state", "user_id", "asked_at")
    @api.depends_context("lang", "uid")
    def _compute_hint(self):
        for link in self:
            link.hint = link._get_hint()

    def _get_hint(self):
        """Return what somebody has to do about this link, '' for nothing."""
        if self.state == policy.WRONG_ACCOUNT:
            return self.env._(
                "%(person)s logged in with another account than expected. Nothing was "
                "connected. Accept one of the accounts below, or refuse them all.",
                person=self.person_id.name,
            )
        if self.asked_at and not self.done_at:
            return self.env._(
                "%(person)s asks for a new link. Make one with the button above.",
                person=self.person_id.name,
            )
        # Whether the inviter may still invite is asked of what he may see.
        if self.is_open and not self.sudo()._is_inviter_allowed():
            return self._get_dead_text()
        return ""

    def _get_dead_text(self):
        return self.env._(
            "%(user)s may not renew this connection any more, so the link is dead. "
            "Make a new one.",
            user=self.user_id.sudo().name,
        )

    # === ACTION METHODS === #

    def action_revoke(self):
        """Make the link unusable at once; what it connected stays connected.

        :raise AccessError: this user may not renew what it is for
        :raise UserError: it is over already
        """
        self._check_may_manage()
        for link in self:
            if link.state not in (policy.PENDING, policy.OPENED):
                raise UserError(
                    self.env._("This link is over already, so nothing was changed.")
                )
        # Users do not write links; who may is checked above.
        self.sudo()._revoke()

    def action_new(self):
        """Return the dialog that makes a link in place of this one."""
        self.ensure_one()
        self._check_may_manage()
        return self.env["social.link.wizard"]._open_for(
            profile=self.profile_id,
            default_network_id=self.network_id.id,
            default_partner_id=self.partner_id.id,
            default_person_id=self.person_id.id,
            default_replaced_id=self.id,
        )

    def action_resend(self):
        """Send the link again: with a token of its own, since none is stored.

        :raise UserError: it is over, the inviter lost the right, the app is not ready,
            or the mail cannot be sent
        """
        self.ensure_one()
        self._check_may_manage()
        if self.state not in (policy.PENDING, policy.OPENED):
            raise UserError(
                self.env._(
                    "This link is over, so it cannot be sent again. Make a new one."
                )
            )
        self.app_id._check_ready()
        # Users do not write links; who may is checked above.
        link = self.sudo()
        if not link._is_inviter_allowed():
            raise UserError(self._get_dead_text())
        lock_rows(link)
        link._send(link._mint())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "title": self.env._("Sent to %(person)s", person=self.person_id.name),
                "message": self.env._(
                    "The link that was sent before opens nothing now."
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_refuse(self):
        """Refuse the accounts that are held, end them at the network and the link.

        :raise AccessError: this user may not renew what the link is for
        """
        self.ensure_one()
        self._check_may_manage()
        self.env["social.home"]._check()
        withdrawals = persist(self.env, lambda env: self.with_env(env)._store_refused())
        # No transaction of ours is open while the network is asked; this one has read.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        self.env.invalidate_all()
        for withdrawal in withdrawals:
            self.env["social.token"].sudo()._withdraw(withdrawal)

    # === RIGHTS === #

    def _check_may_manage(self):
        """Refuse whoever may not renew what these links are for.

        :raise AccessError: what right it takes
        """
        self.check_access("read")
        for link in self:
            self._check_may_invite(link.profile_id)

    @api.model
    def _check_may_invite(self, profile):
        """Refuse whoever may not have a profile connected, or a new one.

        :param profile: empty for a first connection
        :raise AccessError: what right it takes, and who has it
        """
        if profile:
            profile._check_may_renew()
        elif not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._(
                    "Connecting new profiles is for Managers and Owners of Social "
                    "Connections. Nothing was changed; ask one of them."
                )
            )

    def _is_inviter_allowed(self):
        """Whether the inviter may still do what this link does; as the superuser."""
        user = self.user_id
        is_there = user.active and self.company_id in user.company_ids
        if not is_there or not self.app_id.active:
            return False
        if not self.profile_id:
            return user.has_group(MANAGER)
        profile = self.profile_id.with_user(user).with_context(
            allowed_company_ids=self.company_id.ids
        )
        return profile.has_access("read") and profile.active and profile.may_renew

    def _is_alive(self):
        """Whether this link still opens something; to be asked as the superuser."""
        return bool(self) and self.is_open and self._is_inviter_allowed()

    # === MAKING === #

    @api.model
    def _make(self, person, expires_at, profile=None, network=None, partner=None):
        """Create a link of the current user's and return it with its token.

        :param person: the ``res.partner`` that it is for
        :param profile: the profile to connect; without, ``network`` and ``partner``
            say what a first connection is for
        :raise AccessError: this user may not
        :raise UserError: there is no app that could do it
        """
        profile = profile or self.env["social.profile"]
        self._check_may_invite(profile)
        company = profile.company_id or self.env.company
        apps = self.env["social.app"]
        app = profile._get_app() if profile else apps._find_for(network, company)
        app._check_ready()
        # Users do not write links, so that nobody can turn one to something else.
        link = self.sudo().create(
            {
                "person_id": person.id,
                "user_id": self.env.uid,
                "company_id": company.id,
                "app_id": app.id,
                "network_id": (profile.network_id or network).id,
                "profile_id": profile.id,
                "partner_id": profile.partner_id.id or (partner and partner.id),
                "expires_at": expires_at,
            }
        )
        token = link._mint()
        link._journal("link_made")
        return link, token

    def _mint(self):
        """Give this link a new token, unbound; the one before opens nothing any more.

        :return: the token, which is stored nowhere
        """
        self.ensure_one()
        token = secrets.token_urlsafe(32)
        self.write(
            {
                "token_hash": digest(token),
                "reference": secrets.token_urlsafe(12),
                "binding_hash": False,
                "opened_at": False,
            }
        )
        self.request_ids.write({"expires_at": now()})
        return token

    def _get_address(self, token):
        """Return the address that is shown and sent."""
        return self.company_id.get_base_url() + LINK_PATH.format(token=token)

    def _revoke(self):
        """End these links; what they hold is decided on, so no secret of it stays."""
        self.write({"revoked_at": now()})
        self._release_held()._forget_unused()
        self._journal("link_revoked")
        self.activity_unlink([ACTIVITY])

    def _journal(self, kind, **details):
        for link in self:
            values = {"detail": link.person_id.name, **details}
            if link.profile_id:
                values["app_id"] = link.app_id.id
            self.env["social.event"]._record(
                kind, link.profile_id or link.app_id, **values
            )

    # === MAIL === #

    def _send(self, token):
        """Send this link by mail, in the language of who gets it.

        At once, and without a trace: neither the queue nor a conversation keeps the
        mail, for whoever reads it can use the link.

        :raise UserError: there is no address, or the mail cannot be sent
        """
        self.ensure_one()
        if not self.person_id.email:
            raise UserError(
                self.env._(
                    "%(person)s has no e-mail address. Nothing was sent; add one to "
                    "the contact, or make the link without a mail and hand it over.",
                    person=self.person_id.name,
                )
            )
        localized = self._localized(self.person_id)
        mail = self.env["mail.mail"].sudo().create(localized._prepare_mail(token))
        self.sent_at = now()
        self._journal("link_sent")
        # Whatever may have to be tried again comes before the mail.
        self.env.flush_all()
        try:
            mail.send(raise_exception=True)
        except Exception as error:
            # Whatever went wrong: its text may hold the mail, and with it the link.
            raise UserError(
                self.env._(
                    "The mail could not be sent (%(kind)s), so nothing was changed. "
                    "Check the outgoing mail server, or make the link without a mail "
                    "and hand it over.",
                    kind=type(error).__name__,
                )
            ) from None
        # A server that refuses the address is told of by the mail alone.
        is_refused = mail.exists().state == "exception"
        mail.exists().unlink()
        if is_refused:
            raise UserError(
                self.env._(
                    "The mail server does not accept %(address)s. Nothing was sent; "
                    "correct the contact's e-mail address and try again.",
                    address=self.person_id.email,
                )
            )

    def _prepare_mail(self, token):
        company, inviter = self.company_id, self.user_id
        body = self.env["ir.qweb"]._render(
            "social_token_manager.link_mail",
            {
                **self._get_invitation(),
                "what": self._get_what(),
                "person": self.person_id,
                "url": self._get_address(token),
                "lang_code": (self.env.lang or "en_US").replace("_", "-"),
            },
        )
        sender = company.email_formatted or inviter.email_formatted
        return {
            "subject": self.env._(
                "%(company)s asks you to connect %(what)s",
                company=company.name,
                what=self._get_what(),
            ),
            "body_html": body,
            "email_from": sender,
            "reply_to": inviter.email_formatted or sender,
            "email_to": self.person_id.email_formatted,
            # Not the inviter: whoever is the author may read a mail again.
            "author_id": company.partner_id.id,
            "auto_delete": True,
        }

    def _localized(self, person):
        """Return this record in the language and time zone of somebody."""
        installed = dict(self.env["res.lang"].get_installed())
        lang = person.lang if person.lang in installed else self.env.lang
        return self.with_context(lang=lang, tz=person.tz or self.user_id.tz or "UTC")

    def _get_what(self):
        """Return what is to be connected, in a few words."""
        if not self.profile_id:
            return self.network_id.name
        return f"{self.network_id.name} {self.profile_id.name}"

    def _get_invitation(self):
        """Return what an invitation tells: who asks, for what, until when."""
        profile = self.profile_id
        return {
            "company": self.company_id.name,
            "inviter": self.user_id.name,
            "network": self.network_id.name,
            # One sentence: not every language puts the name amid the same words.
            "login": self.env._(
                "You log in at %(network)s itself. We never see your password.",
                network=self.network_id.name,
            ),
            "profile": profile.name or "",
            "handle": profile.handle or "",
            "until": moment_text(self.env, self.expires_at),
            "many": get_provider(self.app_id.provider).profiles_can_be_left_out,
        }

    # === DECIDING ON ANOTHER ACCOUNT === #

    def _store_refused(self):
        """End what is held, in the engine's environment.

        :return: the :class:`Withdrawal` objects to send
        """
        lock_rows(self)
        lock_rows(self.account_ids.token_id)
        if not self.wrong_at or self.done_at or self.revoked_at:
            raise UserError(
                self.env._("Somebody decided on this already. Nothing was changed.")
            )
        idle = self._release_held()
        withdrawals = [
            token._prepare_withdrawal()
            for token in idle
            if not token._get_whole_grant()._is_needed()
        ]
        idle._forget(reasons.REVOKED)
        self._journal("link_refused")
        self._revoke()
        return list(filter(None, withdrawals))

    def _release_held(self):
        """Drop the accounts that are held; return the tokens that now serve nobody.

        What another link holds, too, is that one's to decide on.
        """
        tokens = self.account_ids.token_id
        self.account_ids.unlink()
        return tokens._filter_unused()

    @api.autovacuum
    def _gc_held(self):
        """Forget what nobody has decided on for long."""
        # Nobody's deed: the engine keeps no secret that is good for nothing.
        held = self.sudo().search(
            [
                ("wrong_at", "!=", False),
                ("expires_at", "<", now() - HELD_KEPT),
                ("account_ids", "!=", False),
            ]
        )
        held._release_held()._forget(reasons.NOT_CONNECTED)
