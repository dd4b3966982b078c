import uuid
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..clock import now
from ..fields import Encrypted
from ..providers import chat
from ..providers.errors import AddressRefused
from ..providers.posting import key_of, new_secret
from ..providers.transport import AddressRule
from ..wording import posting_sentence
from .social_app import development_hosts
from .social_notice_posting import WEBHOOK

KINDS = [
    (chat.SLACK, "Slack"),
    (chat.TEAMS, "Microsoft Teams"),
    (chat.GOOGLE_CHAT, "Google Chat"),
    (chat.MATTERMOST, "Mattermost"),
    (chat.DISCORD, "Discord"),
    (WEBHOOK, "Signed webhook"),
]
# What waits was made for these.
MADE_FOR = {"active", "company_id", "kind"}
TEST_EVENT = "test"


class SocialNoticeTarget(models.Model):
    """A team's chat, or another system, that is told what people are told.

    Its address is a secret: whoever has it can write there.
    """

    _name = "social.notice.target"
    _inherit = ["social.secret.mixin"]
    _description = "Chat or Webhook for Notices"
    _order = "company_id, name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(KINDS, required=True, default=chat.SLACK)
    address = Encrypted("Sealed Address")
    address_input = fields.Char(
        "Webhook Address",
        compute="_compute_inputs",
        inverse="_inverse_address_input",
        help="Pasted here once and then sealed; it is never shown again.",
    )
    host = fields.Char("Server", readonly=True, copy=False)
    signing_secret = Encrypted("Sealed Signing Secret")
    signing_secret_input = fields.Char(
        "Signing Secret",
        compute="_compute_inputs",
        inverse="_inverse_signing_secret_input",
        help="Only where the other system gives one, such as whsec_...; else press "
        "Make a Secret.",
    )
    is_signed = fields.Boolean("Secret Is Set", compute="_compute_is_signed")
    # No column: it comes with the dialog that shows it and goes with it.
    signing_secret_shown = fields.Char("New Signing Secret", store=False, readonly=True)
    sent_at = fields.Datetime("Last Taken On", readonly=True, copy=False)
    error = fields.Char("Error Code", readonly=True, copy=False)
    error_detail = fields.Char("What Was Answered", readonly=True, copy=False)
    error_at = fields.Datetime("Last Error On", readonly=True, copy=False)
    state = fields.Selection(
        [
            ("incomplete", "? Not complete"),
            ("idle", "– Nothing sent yet"),
            ("works", "✓ Works"),
            ("failing", "✕ Does not take messages"),
        ],
        "Status",
        compute="_compute_state",
    )
    error_text = fields.Text("Last Error", compute="_compute_error_text")
    outbox_ids = fields.One2many(
        "social.notice.outbox", "target_id", "Messages", readonly=True
    )

    # === COMPUTE METHODS === #

    def _compute_inputs(self):
        self.address_input = self.signing_secret_input = False

    @api.depends("signing_secret_input")
    def _compute_is_signed(self):
        for target in self:
            target.is_signed = bool(target.sudo().signing_secret)

    @api.depends("host", "kind", "is_signed", "error", "sent_at")
    def _compute_state(self):
        for target in self:
            if not target._is_complete():
                target.state = "incomplete"
            elif target.error:
                target.state = "failing"
            else:
                target.state = "works" if target.sent_at else "idle"

    @api.depends("error", "error_detail", "host")
    @api.depends_context("lang")
    def _compute_error_text(self):
        for target in self:
            target.error_text = target.error and posting_sentence(
                self.env, target.error, target.host or "", target.error_detail or ""
            )

    def _is_complete(self):
        return bool(self.host and (self.kind != WEBHOOK or self.is_signed))

    # === TYPED SECRETS === #

    def _inverse_address_input(self):
        for target in self._get_typed("address_input"):
            address = target.address_input.strip()
            target._check_address(address)
            # Owners write targets; the sealed columns are closed to everybody.
            target.sudo().write(
                {
                    "address": target._seal_secret("address", address),
                    "host": urlsplit(address).hostname,
                    "error": False,
                }
            )
        self.address_input = False

    def _check_address(self, address):
        """Refuse what may not be called.

        :raise ValidationError: what an address looks like
        """
        try:
            AddressRule(development_hosts()).check(address)
        except AddressRefused:
            raise ValidationError(
                self.env._(
                    "The address must be an https address without user or password, as "
                    "the chat shows it when an incoming webhook is made. Nothing was "
                    "changed."
                )
            ) from None

    def _inverse_signing_secret_input(self):
        for target in self._get_typed("signing_secret_input"):
            target._set_signing_secret(target.signing_secret_input.strip())
        self.signing_secret_input = False

    def _set_signing_secret(self, secret):
        try:
            key_of(secret)
        except ValueError:
            raise ValidationError(
                self.env._(
                    "A signing secret is whsec_ and then 24 to 64 bytes in Base64. "
                    "Nothing was changed; paste it anew, or press Make a Secret."
                )
            ) from None
        # As above.
        self.sudo().signing_secret = self._seal_secret("signing_secret", secret)

    def _get_typed(self, name):
        typed = self.filtered(lambda target: (target[name] or "").strip())
        typed._journal()
        return typed

    def _journal(self):
        for target in self:
            self.env["social.event"]._record(
                "target_changed", target.company_id, detail=target.name
            )

    def _forget_secret(self, field_name):
        """Override of the mixin: without its address it shows as not complete."""
        host = {"host": False} if field_name == "address" else {}
        self.write({field_name: False, **host})

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of Odoo's to write the journal."""
        targets = super().create(vals_list)
        targets._journal()
        return targets

    def write(self, vals):
        """Override of Odoo's: what waits is never sent elsewhere than it was for.

        :raise AccessError: it would tell somebody else's company's people
        """
        result = super().write(vals)
        if "company_id" in vals:
            # Odoo has asked about the company that it was of.
            self.check_access("write")
        if MADE_FOR & set(vals):
            self._journal()
            # Nobody writes messages but the engine.
            self.sudo().outbox_ids._cancel()
        return result

    # === ACTION METHODS === #

    def action_make_secret(self):
        """Make a new signing secret; return the action that shows it, once."""
        self.ensure_one()
        self.check_access("write")
        secret = new_secret()
        self._set_signing_secret(secret)
        self._journal()
        view = self.env.ref("social_token_manager.social_notice_target_view_secret")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Your Signing Secret"),
            "res_model": self._name,
            "view_mode": "form",
            "views": [(view.id, "form")],
            "target": "new",
            "context": {"default_signing_secret_shown": secret},
        }

    def action_test(self):
        """Queue a message that says who sent it; return what to tell the user.

        :raise UserError: address or secret are missing, or this is a copy
        """
        self.ensure_one()
        self.check_access("write")
        self.env["social.home"]._check()
        if not self._is_complete():
            raise UserError(
                self.env._(
                    "There is no address yet, or no signing secret. Nothing was sent: "
                    "paste the address, save, and try again."
                )
            )
        if not self.active:
            raise UserError(
                self.env._("This one is archived. Nothing was sent: restore it first.")
            )
        self._queue_test()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "title": self.env._("A test message is on its way"),
                "message": self.env._(
                    "Whether it was taken shows here within a minute: reload the page."
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === QUEUEING === #

    def _queue_test(self):
        text = self.env._(
            "A test of %(company)s: warnings about social connections arrive here.",
            company=self.company_id.name,
        )
        if self.kind == WEBHOOK:
            self._queue_event(TEST_EVENT, {"text": text})
            return
        message = chat.Message(text, (), lambda _count: "", chat.Line(""))
        self._queue(TEST_EVENT, chat.payload(self.kind, message))

    def _queue_event(self, event, data, notices=None):
        """Queue an event in the shape that Standard Webhooks advises."""
        at = f"{now().isoformat()}Z"
        self._queue(event, {"type": event, "timestamp": at, "data": data}, notices)

    def _queue(self, event, payload, notices=None):
        """Queue a message in the caller's transaction; it is sent in the next turn.

        :param dict payload: the JSON document
        :param notices: those that it tells of
        """
        # Whoever may cause a message may have it written down.
        self.env["social.notice.outbox"].sudo()._add(
            self, event, f"msg_{uuid.uuid4().hex}", payload, notices
        )
