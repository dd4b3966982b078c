from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    social_strict_renewal = fields.Boolean(
        "Only Owners and Managers Renew",
        help="Members may not renew, even where they are Admin on the profile.",
    )
    social_purge = fields.Boolean(
        "Delete Held Data",
        help="What is held of a profile goes when its connection has been gone for as "
        "long as its network says.",
    )
    social_journal_days = fields.Integer(
        "Days to Keep the Journal",
        default=365,
        help="Older lines of the journal are deleted; 0 keeps them for ever.",
    )
