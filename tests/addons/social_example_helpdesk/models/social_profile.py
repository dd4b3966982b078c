from odoo import api, models
from odoo.fields import Domain

from odoo.addons.social_token_manager.models.social_profile_feeding import Feed


class SocialProfile(models.Model):
    _inherit = "social.profile"

    def _on_token_renewed(self):
        """Override: what waited for a token goes on, as soon as there is a worker.

        Not right here: the engine's transaction is open, and no call is made in it.
        """
        super()._on_token_renewed()
        waiting = [("profile_id", "in", self.ids), ("state", "=", "waiting")]
        if self.env["social.example.fetch"].search_count(waiting, limit=1):
            self.env.ref("social_example_helpdesk.ir_cron_fetch")._trigger()

    def _purge_network_data(self):
        """Override: what was fetched for these profiles goes."""
        super()._purge_network_data()
        self.env["social.example.fetch"].search(
            [("profile_id", "in", self.ids)]
        ).unlink()

    def _get_feeds(self):
        """Override: what waits for messages of these profiles."""
        feeds = super()._get_feeds()
        fetches = self.env["social.example.fetch"].search(
            [("profile_id", "in", self.ids), ("state", "=", "waiting")]
        )
        for profile, waiting in fetches.grouped("profile_id").items():
            kind = self.env._("Fetch of Conversations")
            feeds.setdefault(profile, []).append(Feed("Example", kind, waiting[:1]))
        return feeds

    @api.model
    def _get_feeding_domain(self):
        """Override: profiles that something of ours waits for count as well."""
        waiting = self.env["social.example.fetch"]._search([("state", "=", "waiting")])
        ours = Domain("id", "in", waiting.subselect("profile_id"))
        return super()._get_feeding_domain() | ours
