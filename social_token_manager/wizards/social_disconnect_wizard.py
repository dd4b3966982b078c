from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..providers import get_provider
from ..wording import removal_sentence


class SocialDisconnectWizard(models.TransientModel):
    """The question before a profile is disconnected: it names what ends."""

    _name = "social.disconnect.wizard"
    _description = "Disconnect a Social Profile"

    profile_id = fields.Many2one(
        "social.profile", required=True, readonly=True, ondelete="cascade"
    )
    with_others = fields.Boolean("End the permission at the network all the same")
    others = fields.Text("Live From the Same Permission", compute="_compute_others")
    has_hidden_others = fields.Boolean(compute="_compute_others")
    removal = fields.Text(compute="_compute_others")
    ends_at_network = fields.Boolean(compute="_compute_others")

    @api.depends("profile_id")
    @api.depends_context("uid", "lang")
    def _compute_others(self):
        for wizard in self:
            profile = wizard.profile_id
            others = wizard._get_others()
            visible = others.with_env(self.env)._filtered_access("read")
            wizard.others = "\n".join(
                f"{one.network_id.name} · {one.name}" for one in visible
            )
            wizard.has_hidden_others = bool(others - visible.sudo())
            wizard.ends_at_network = get_provider(
                profile._get_app().sudo().provider
            ).can_be_revoked
            wizard.removal = removal_sentence(self.env, profile._get_removal_url())

    @api.constrains("profile_id")
    def _check_profile(self):
        """Tell nobody what hangs on a profile that is not his to disconnect."""
        self.profile_id._check_may_renew()

    def _get_others(self):
        """Return all that live from the same grants, whoever may see them."""
        endings = self.profile_id.sudo()._get_endings()
        return self.env["social.profile"].sudo().union(*(one.others for one in endings))

    def action_disconnect(self):
        """Disconnect, and tell what came of it.

        :raise AccessError: others would stop that this user may not renew
        """
        self.ensure_one()
        self._check_others()
        text = self.profile_id._disconnect(self.with_others)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "sticky": True,
                "title": self.profile_id.name,
                "message": text,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_others(self):
        if not self.with_others:
            return
        others = self._get_others().with_env(self.env)
        may_see = others._filtered_access("read")
        if may_see == others and all(others.mapped("may_renew")):
            return
        raise AccessError(
            self.env._(
                "Other profiles live from the same permission, and some of them you "
                "may not renew. Nothing was changed: disconnect this one alone, or ask "
                "an Owner."
            )
        )
