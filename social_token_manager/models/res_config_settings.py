from odoo import api, fields, models

OWNER = "social_token_manager.group_owner"


# It is Odoo's; a second parent takes a name.
# pylint: disable=no-wizard-in-models
class ResConfigSettings(models.TransientModel):
    _name = "res.config.settings"
    _inherit = ["res.config.settings", "social.company.settings"]

    # Odoo's settings are open to settings admins; ours are for Owners among them. What
    # is here, and not in the page for all Owners, holds for the whole database.
    social_renewal_workers = fields.Integer(
        "Parallel Renewal Workers",
        default=lambda self: self._get_worker_count(),
        groups=OWNER,
    )
    social_key_source = fields.Char(
        "Encryption Key", compute="_compute_social_key_source", groups=OWNER
    )
    social_key_uses = fields.Text(
        "Secrets by Key", compute="_compute_social_key_source", groups=OWNER
    )

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Override of Odoo's: what is set for a company is shown as on our own page."""
        arch, view = super()._get_view(view_id, view_type, **options)
        app = arch.find(".//app[@name='social_token_manager']")
        if app is not None:
            page, _view = self.env["social.settings"]._get_view(view_type="form")
            app[:0] = page.findall(".//block")
        return arch, view

    @api.model
    def _get_worker_count(self):
        return len(self.env["social.token"]._get_renewal_actions())

    def set_values(self):
        """Override of Odoo's to have as many scheduled actions as workers."""
        result = super().set_values()
        if not self.env.user.has_group(OWNER):
            return result
        if self.social_renewal_workers != self._get_worker_count():
            self.env["social.token"]._set_renewal_workers(self.social_renewal_workers)
        return result

    @api.depends_context("uid")
    def _compute_social_key_source(self):
        keys = self.env["social.key"]
        self.social_key_source = keys._get_source_text()
        self.social_key_uses = keys._get_uses_text()
