from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    social_strict_renewal = fields.Boolean(
        "Only Owners and Managers Renew",
        help="Members may not renew, even where they are Admin on the profile.",
    )
