import requests

from odoo import api, fields, models

from odoo.addons.social_token_manager.exceptions import NoWorkingToken, TokenBusy
from odoo.addons.social_token_manager.providers.errors import ProviderError


class SocialExampleFetch(models.Model):
    """One look into a profile's messages: done, or waiting for a working token."""

    _name = "social.example.fetch"
    _description = "Fetch of Conversations"

    profile_id = fields.Many2one("social.profile", required=True, index=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("done", "Done")], default="waiting", required=True
    )
    obstacle = fields.Text(help="Why it waits: a sentence that people understand.")
    conversation_count = fields.Integer()
    banner = fields.Text(compute="_compute_banner")

    def _compute_banner(self):
        for fetch in self:
            # Above what people look at, while the connection needs somebody.
            fetch.banner = fetch.profile_id._get_banner()

    def action_fetch(self):
        """Fetch now; what meets an obstacle waits and says why."""
        for fetch in self:
            try:
                fetch.conversation_count = fetch._count_conversations()
            except (NoWorkingToken, TokenBusy) as error:
                # Its sentence says what happened, that nothing is lost, what to do.
                fetch.write({"state": "waiting", "obstacle": str(error)})
            except (ProviderError, requests.RequestException) as error:
                fetch.write({"state": "waiting", "obstacle": type(error).__name__})
            else:
                fetch.write({"state": "done", "obstacle": False})

    def _count_conversations(self):
        profile = self.profile_id
        # Signed by the session, for this network's hosts alone; renewed on a 401.
        session = profile._session()
        address = f"{profile._get_api_url()}/{profile.external_id}/conversations"
        response = session.get(address)
        response.raise_for_status()
        return len(response.json()["data"])

    def action_reply(self, recipient, text):
        """Answer somebody in the name of the profile, unless nothing can be sent now.

        :return: the id that the network gave to the message
        """
        # Raises a sentence for people: why, that nothing is lost, what to do.
        self.profile_id._check_can_send()
        profile = self.profile_id
        response = profile._session().post(
            f"{profile._get_api_url()}/{profile.external_id}/messages",
            json={"recipient": {"id": recipient}, "message": {"text": text}},
        )
        response.raise_for_status()
        return response.json()["message_id"]

    @api.model
    def _cron_fetch(self):
        self.search([("state", "=", "waiting")]).action_fetch()
