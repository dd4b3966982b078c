"""Keeping Meta sending: what our app is subscribed to on a page.

Sources: Meta, references of ``page/subscribed_apps``, "Webhooks - Messenger Platform"
(after an hour without a good answer the app is unsubscribed), "Webhooks for Instagram
Messaging" (on the page that the account is linked to).
"""

from . import values
from .base import bearer
from .subscription import Subscribing

COMMENT_FIELDS = ("feed",)
MESSAGE_FIELDS = ("messages", "messaging_postbacks")
STORY_REPLY_FIELDS = ("message_reactions",)
MESSAGING = "pages_messaging"
WRITING_NETWORKS = {"messenger", "instagram"}


class MetaSubscription(Subscribing):
    """Mixed into Meta's provider."""

    def fields_for(self, networks, *, with_story_replies=True):
        """Override of the base: one page is up to three profiles.

        Messages take a permission. Without it the page is subscribed all the same:
        an Instagram account is told about only while its page has our app.
        """
        wanted = list(COMMENT_FIELDS)
        if WRITING_NETWORKS & set(networks) and MESSAGING in self.app.scopes:
            wanted += MESSAGE_FIELDS
            if "instagram" in networks and with_story_replies:
                wanted += STORY_REPLY_FIELDS
        return tuple(wanted)

    def _read_fields(self, reach):
        """Override: what is sent of a page to our app."""
        answer = self._graph("me/subscribed_apps", reach.page_token)
        return tuple(
            name
            for row in values.items(answer.get("data"))
            if values.identifier(row.get("id")) == self.app.client_id
            for name in values.words(row.get("subscribed_fields"))
        )

    def _subscribe(self, reach, names):
        session = self.transport.session()
        self._read_answer(
            session.post(
                f"{self.app.api_url}/me/subscribed_apps",
                data={
                    "subscribed_fields": ",".join(names),
                    "appsecret_proof": self._proof(reach.page_token),
                },
                headers=bearer(reach.page_token),
            )
        )
