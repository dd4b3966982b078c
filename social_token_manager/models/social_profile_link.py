from odoo import fields, models


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
            profile=self,
            default_person_id=(self.outsider_id or self.partner_id).id,
        )

    def action_see_links(self):
        """Return the list of this profile's connect links."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "social_token_manager.social_connect_link_action"
        )
        return {
            **action,
            "domain": [("profile_id", "=", self.id)],
            "context": {"create": False},
        }
