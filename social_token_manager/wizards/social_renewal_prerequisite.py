from odoo import api, fields, models

from ..policy import prerequisites as policy

# What the person says; all else is found out.
CHOICES = {"is_ticked"}


class SocialRenewalPrerequisite(models.TransientModel):
    """One thing that a renewal takes: found out where that can be, else ticked."""

    _name = "social.renewal.prerequisite"
    _description = "Prerequisite of a Renewal"
    _order = "id"
    _transient_max_hours = 24 * 7

    wizard_id = fields.Many2one(
        "social.renewal.wizard", required=True, index=True, ondelete="cascade"
    )
    code = fields.Selection(
        [
            (policy.ACCOUNT, "You have access to the account at the network."),
            (policy.ADMINISTRATOR, "You may renew this profile here: you are Admin."),
            (policy.BUSINESS, "You are administrator in Meta Business Manager."),
            (policy.COMMERCIAL, "The Instagram account is a business account."),
            (policy.LINKED, "Instagram is integrated with the Facebook Page."),
            (policy.MESSENGER, "Messenger is activated on the Facebook Page."),
        ],
        "Prerequisite",
        required=True,
        readonly=True,
    )
    found = fields.Selection(
        [
            ("yes", "✓ Checked"),
            ("no", "✕ Not so"),
            ("unknown", "? Please tick it yourself"),
        ],
        "What Is Known",
        compute="_compute_found",
    )
    is_ticked = fields.Boolean("It Is So")

    @api.depends("wizard_id.step", "code")
    @api.depends_context("uid")
    def _compute_found(self):
        for line in self:
            facts = line.wizard_id.profile_id._get_prerequisite_facts()
            known = policy.check(facts).get(line.code)
            line.found = {True: "yes", False: "no"}.get(known, "unknown")

    def _has_field_access(self, field, operation):
        """Override of Odoo's: nobody says what was found out."""
        if operation == "write" and field.name not in CHOICES and not self.env.su:
            return False
        return super()._has_field_access(field, operation)
