from odoo import api, fields, models

from ..guard_wording import by_client, hidden_text, stay_text


class SocialConnectWizard(models.TransientModel):
    """What must stay ticked at the network while somebody connects more profiles."""

    _name = "social.connect.wizard"
    _description = "Connection of More Profiles"

    app_id = fields.Many2one(
        "social.app", required=True, readonly=True, ondelete="cascade"
    )
    profile_ids = fields.Many2many(
        "social.profile", string="Must Stay Ticked", compute="_compute_guard"
    )
    guard_text = fields.Char(compute="_compute_guard")
    hidden_text = fields.Text(compute="_compute_guard")

    @api.depends("app_id")
    @api.depends_context("lang", "uid")
    def _compute_guard(self):
        for wizard in self:
            granted = wizard.app_id._get_own_profiles()
            seen = granted.with_env(self.env)._filtered_access("read")
            hidden = granted - seen.sudo()
            wizard.profile_ids = seen.sorted(by_client)
            wizard.guard_text = stay_text(self.env, len(granted))
            wizard.hidden_text = hidden_text(self.env, hidden, is_granter=True)

    @api.constrains("app_id")
    def _check_app(self):
        """Tell nobody about an app that is not his to connect with."""
        # Constraints are checked with all rights.
        self.sudo(False).app_id.check_access("read")

    @api.model
    def _open_for(self, app):
        """Return the action that tells what must stay ticked for an app's network."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Connect Profiles"),
            "res_model": self._name,
            "res_id": self.create({"app_id": app.id}).id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_continue(self):
        """Return the action that leads to the network's consent page.

        :raise AccessError: only Managers and Owners connect new profiles
        :raise UserError: the app is not ready
        """
        self.ensure_one()
        self.app_id._check_may_connect()
        return self.env["social.oauth.request"]._start(self.app_id)
