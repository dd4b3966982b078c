from odoo import api, models
from odoo.exceptions import AccessError

OWNER = "social_token_manager.group_owner"


class SocialSettings(models.TransientModel):
    """The page on which Owners set what holds for one company.

    Odoo's own Settings are for administrators alone, and an Owner need not be one.
    """

    _name = "social.settings"
    _inherit = ["social.company.settings"]
    _description = "Settings of Social Connections"

    @api.model_create_multi
    def create(self, vals_list):
        """Override of Odoo's: what is typed goes to the company.

        :raise AccessError: it is for Owners, of that company
        :raise ValidationError: what the company says of a value
        """
        companies = self.env["res.company"].browse(
            vals.get("company_id", self.env.company.id) for vals in vals_list
        )
        self._check_may_set(companies)
        # Companies are the administrators' to write; of ours, only Owners may.
        return super(SocialSettings, self.sudo()).create(vals_list).sudo(False)

    def write(self, vals):
        """Override of Odoo's: the same for a page that was saved before.

        :raise AccessError: it is for Owners, of that company
        :raise ValidationError: what the company says of a value
        """
        self.check_access("write")
        companies = self.company_id.browse(filter(None, [vals.get("company_id")]))
        self._check_may_set(self.company_id | companies)
        return super(SocialSettings, self.sudo()).write(vals)

    def execute(self):
        """Return the action that shows what was saved; Save of the page calls it so."""
        self.check_access("read")
        return {"type": "ir.actions.client", "tag": "reload"}

    def _check_may_set(self, companies):
        if not self.env.user.has_group(OWNER):
            raise AccessError(
                self.env._(
                    "Settings are for Owners of Social Connections. Nothing was "
                    "changed; ask one of them."
                )
            )
        if companies - self.env.companies:
            raise AccessError(
                self.env._(
                    "That is not a company you are working in now. Nothing was "
                    "changed; choose it at the top right, and open the settings again."
                )
            )
