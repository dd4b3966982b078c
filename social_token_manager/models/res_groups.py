from odoo import models


class ResGroups(models.Model):
    _inherit = "res.groups"

    def write(self, vals):
        """Override of Odoo's: who loses the last role here has left."""
        if not {"user_ids", "implied_ids"} & set(vals):
            return super().write(vals)
        staff = self.all_user_ids._get_social_staff()
        result = super().write(vals)
        staff._hand_over_social()
        return result
