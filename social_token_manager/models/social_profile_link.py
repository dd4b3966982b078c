from odoo import fields, models

from ..policy import reasons


class SocialProfile(models.Model):
    """A profile and the links by which people outside connect it."""

    _inherit = "social.profile"

    connect_link_ids = fields.One2many(
        "social.connect.link", "profile_id", "Connect Links", readonly=True
    )
    connect_link_count = fields.Integer(compute="_compute_connect_link_count")

    def _compute_connect_link_count(self):
        counts = dict(
            self.env["social.connect.link"]._read_group(
                [("profile_id", "in", self.ids)], ["profile_id"], ["__count"]
            )
        )
        for profile in self:
            profile.connect_link_count = counts.get(profile._origin, 0)

    def action_invite(self):
        """Return the dialog that makes a connect link for this profile.

        :raise AccessError: this user may not renew it
        """
        self.ensure_one()
        self._check_may_renew()
        return self.env["social.link.wizard"]._open_for(
            profile=self, default_person_id=self.partner_id.id
        )

    def action_see_links(self):
        """Return the list of this profile's connect links."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "social_token_manager.social_connect_link_action"
        )
        return {
            **action,
            "domain": [("profile_id", "=", self.id)],
            "context": {"create": False},
        }

    def _switch_to(self, external_id):
        """Make this profile another account's, in the engine's environment.

        Name, clients, people and journal stay; what opened the account before is
        forgotten here, and lives on at the network.
        """
        self.ensure_one()
        before = self.external_id or ""
        tokens = self.access_ids.token_id
        self.access_ids.unlink()
        self.write({"external_id": external_id})
        tokens.filtered(lambda one: not one.access_ids)._forget(reasons.NOT_CONNECTED)
        self.env["social.event"]._record(
            "switched", self, detail=f"{before} → {external_id}"
        )
