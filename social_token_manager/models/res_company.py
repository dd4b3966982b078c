from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import LINK_DAYS, LINK_DAYS_MOST


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
    social_link_days = fields.Integer(
        "Days That a Connect Link Lives",
        default=LINK_DAYS,
        groups="social_token_manager.group_owner",
        help="Proposed for each new link; whoever makes it may choose another day.",
    )

    @api.constrains("social_link_days")
    def _check_social_link_days(self):
        # A constraint is checked whoever writes.
        for company in self.sudo():
            if not 1 <= company.social_link_days <= LINK_DAYS_MOST:
                raise ValidationError(
                    self.env._(
                        "A connect link lives for 1 to %(most)s days.",
                        most=LINK_DAYS_MOST,
                    )
                )
