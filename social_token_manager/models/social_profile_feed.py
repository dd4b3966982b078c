from odoo import api, fields, models

KINDS = [
    ("helpdesk", "Helpdesk Team"),
    ("inbox", "Inbox"),
    ("campaign", "Campaign"),
    ("report", "Report"),
    ("other", "Other"),
]


class SocialProfileFeed(models.Model):
    """Something that lives from a profile: it stands still while that is gone.

    Written down by people; other addons tell of their own by ``_get_feeds``.
    """

    _name = "social.profile.feed"
    _description = "What a Social Profile Feeds"
    _order = "profile_id, sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, required=True, default="helpdesk")
    reference = fields.Reference(
        selection="_get_reference_models",
        string="Record",
        help="Where it is kept in Odoo, if it is.",
    )
    profile_id = fields.Many2one(
        "social.profile", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="profile_id.company_id", store=True, index=True
    )

    @api.model
    def _get_reference_models(self):
        """Return the models of records that people work with."""
        # Which models there are is no secret.
        found = self.env["ir.model"].sudo().search([("is_mail_thread", "=", True)])
        return [
            (model.model, model.name)
            for model in found
            if not model.transient and not model.abstract
        ]

    def write(self, vals):
        """Override of Odoo's: none goes to a profile that one may not change.

        :raise AccessError: it would
        """
        result = super().write(vals)
        # Odoo asks the rules before a change alone.
        self.check_access("write")
        return result
