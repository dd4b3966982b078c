from odoo import api, fields, models
from odoo.exceptions import UserError

from ..wording import reason_label

KINDS = [
    ("app_created", "App created"),
    ("app_changed", "App changed"),
    ("secret_changed", "App secret changed"),
    ("app_tested", "App tested"),
    ("sent", "Sent to the network"),
    ("declined", "Consent declined"),
    ("refused", "Answer refused"),
    ("failed", "Attempt failed"),
    ("granted", "Granted"),
    ("connected", "Profile connected"),
    ("matched", "Profile made by hand found at the network"),
    ("renewed", "Profile renewed"),
    ("lost", "Connection lost"),
    ("recovered", "Connection recovered"),
    ("refreshed", "Renewed silently"),
    ("unrefreshed", "Could not be renewed silently"),
    ("dropped", "Late answer dropped"),
    ("handed_out", "Token handed out"),
    ("verified", "Verified"),
    ("unverified", "Could not be verified"),
    ("signal", "Told by the network"),
    ("subscribed", "Subscribed to messages"),
    ("unsubscribed", "Messages are not sent"),
]


class SocialEvent(models.Model):
    """One line of the journal. Lines are added, never changed; no line has a secret."""

    _name = "social.event"
    _description = "Social Connection Journal"
    _order = "id desc"
    _rec_name = "kind"

    kind = fields.Selection(KINDS, required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    user_id = fields.Many2one(
        "res.users", "By", readonly=True, default=lambda self: self.env.uid
    )
    app_id = fields.Many2one("social.app", readonly=True, index="btree_not_null")
    token_id = fields.Many2one("social.token", readonly=True, index="btree_not_null")
    profile_id = fields.Many2one(
        "social.profile", readonly=True, index="btree_not_null"
    )
    request_id = fields.Many2one(
        "social.oauth.request", readonly=True, index="btree_not_null"
    )
    reason = fields.Char("Reason Code", readonly=True)
    reason_text = fields.Char("Reason", compute="_compute_reason_text")
    detail = fields.Char(readonly=True, help="The network's own numbers.")
    generation = fields.Integer(readonly=True)

    @api.depends("reason")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        for event in self:
            event.reason_text = reason_label(self.env, event.reason) or event.reason

    @api.model
    def _record(self, kind, source, **values):
        """Add a line about a record.

        :param source: an app, token, profile or OAuth request; it gives the company
        """
        named = {
            "social.app": "app_id",
            "social.token": "token_id",
            "social.profile": "profile_id",
            "social.oauth.request": "request_id",
        }
        # Everybody's deeds are written down, whatever they may read or create.
        return self.sudo().create(
            [
                {
                    "kind": kind,
                    "company_id": record.company_id.id,
                    named[record._name]: record.id,
                    **values,
                }
                for record in source
            ]
        )

    def write(self, vals):  # pylint: disable=method-required-super
        """Override of Odoo's: the journal is append-only, for superusers too."""
        raise UserError(self.env._("The journal is never changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The journal is never shortened."))
