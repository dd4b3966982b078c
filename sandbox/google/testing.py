"""For tests: an app that calls Google's stand-in, seen from its own server."""

import requests

from ..testing import ReadyApp
from .permissions import MANAGES_BUSINESS, PREFIX
from .seed import CLIENT_ID

SCOPES = ("openid", "email", PREFIX + "youtube.readonly", MANAGES_BUSINESS)


class GoogleApp(ReadyApp):
    """The ready-made client of Google's stand-in."""

    network, client_id = "google", CLIENT_ID

    def auth_url(self, **parameters):
        values = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": " ".join(SCOPES),
            "state": "state-1",
            "access_type": "offline",
            "prompt": "consent",
        } | parameters
        values = {key: value for key, value in values.items() if value is not None}
        url = f"{self.root}/o/oauth2/v2/auth"
        return requests.Request("GET", url, params=values).prepare().url

    def code(self, person="ana", **values):
        """Return a code without walking the pages."""
        values.setdefault("redirect_uri", self.redirect_uri)
        return self.control("consent", person=person, **values)["code"]

    def token_call(self, **parameters):
        values = {"client_id": self.client_id, "client_secret": self.secret}
        values = values | parameters
        values = {key: value for key, value in values.items() if value is not None}
        return requests.post(f"{self.root}/token", data=values)

    def tokens(self, person="ana", **values):
        """Return the answer to a fresh consent."""
        return self.exchange(self.code(person, **values)).json()

    def get(self, path, token, **parameters):
        headers = {"Authorization": f"Bearer {token}"}
        return requests.get(f"{self.root}/{path}", params=parameters, headers=headers)

    def tokeninfo(self, token):
        headers = {"Authorization": f"Bearer {token}"}
        return requests.post(f"{self.root}/tokeninfo", headers=headers)

    def revoke(self, token):
        return requests.post(f"{self.root}/revoke", data={"token": token})
