from odoo import models


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
