"""Keeping Instagram sending, where an account itself logged in.

Sources: Meta, "Webhooks" of the Instagram platform (an account sends to an app only
while it is subscribed there, besides the fields chosen for the app), and the edge
``subscribed_apps`` of an Instagram user in Meta's own client library. Whether the rows
name the Instagram app or the Meta app that it is part of is not documented.
"""

from . import values
from .base import bearer
from .subscription import Subscribing

MESSAGE_FIELDS = ("messages", "messaging_postbacks")
STORY_REPLY_FIELDS = ("message_reactions",)
COMMENT_FIELDS = ("comments",)
MESSAGING = "instagram_business_manage_messages"
COMMENTING = "instagram_business_manage_comments"


class InstagramSubscription(Subscribing):
    """Mixed into the provider of Instagram Login."""

    subscribes_with_grant = True

    def fields_for(self, networks, *, with_story_replies=True):
        """Override of the base: what the permissions asked for allow."""
        wanted = []
        if COMMENTING in self.app.scopes:
            wanted += COMMENT_FIELDS
        if MESSAGING in self.app.scopes:
            wanted += MESSAGE_FIELDS
            if with_story_replies:
                wanted += STORY_REPLY_FIELDS
        return tuple(wanted)

    def _read_fields(self, reach):
        """Override: of our app's row, or of a lone one under another id of our app."""
        answer = self._get(self._subscription_url(), headers=bearer(reach.page_token))
        rows = values.items(answer.get("data"))
        own = [row for row in rows if self._is_own_row(row)]
        return tuple(
            name
            for row in own or (rows if len(rows) == 1 else ())
            for name in values.words(row.get("subscribed_fields"))
        )

    def _is_own_row(self, row):
        return values.identifier(row.get("app_id")) == self.app.client_id

    def _subscribe(self, reach, names):
        """Override, without a proof of the secret: none is documented for this host."""
        session = self.transport.session()
        self._read_answer(
            session.post(
                self._subscription_url(),
                data={"subscribed_fields": ",".join(names)},
                headers=bearer(reach.page_token),
            )
        )

    def _subscription_url(self):
        return self._node_url("me/subscribed_apps")
