from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    # Whoever has no role here sees nothing, settings admins included.
    social_strict_renewal = fields.Boolean(
        "Only Owners and Managers Renew",
        groups="social_token_manager.group_owner",
        help="Members may not renew, even where they are Admin on the profile.",
    )
    social_purge = fields.Boolean(
        "Delete Held Data",
        groups="social_token_manager.group_owner",
        help="What is held of a profile goes when its connection has been gone for as "
        "long as its network says.",
    )
    social_journal_days = fields.Integer(
        "Days to Keep the Journal",
        default=365,
        groups="social_token_manager.group_owner",
        help="Older lines of the journal are deleted; 0 keeps them for ever.",
    )
