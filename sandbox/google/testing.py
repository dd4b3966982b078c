"""For tests: an app that calls Google's stand-in, seen from its own server."""

import requests

from ..testing import REDIRECT_URI, Visitor
from .permissions import MANAGES_BUSINESS, PREFIX
from .seed import CLIENT_ID, SECRET

SCOPES = ("openid", "email", PREFIX + "youtube.readonly", MANAGES_BUSINESS)


class GoogleApp:
    """The ready-made client of Google's stand-in.

    :param base_url: of the sandbox, which is reset.
    """

    client_id, secret = CLIENT_ID, SECRET

    def __init__(self, base_url, redirect_uri=REDIRECT_URI):
        self.base_url, self.redirect_uri = base_url, redirect_uri
        self.root = f"{base_url}/google"
        self.visitor = Visitor(base_url)
        self.control("/reset")
        self.control("apps", redirect_uris=[redirect_uri])

    def control(self, name, /, **values):
        """POST one control and return what it says; ``/`` leads to those of all."""
        path = name if name.startswith("/") else f"/google/{name}"
        if name == "apps":
            values.setdefault("client_id", self.client_id)
        response = requests.post(f"{self.base_url}/_control{path}", json=values)
        assert response.status_code == 200, response.text
        return response.json()

    def state(self, name):
        path = name if name.startswith("/") else f"/google/{name}"
        return requests.get(f"{self.base_url}/_control{path}").json()

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

    def exchange(self, code, **parameters):
        values = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
        }
        return self.token_call(**values | parameters)

    def refresh(self, token, **parameters):
        values = {"grant_type": "refresh_token", "refresh_token": token}
        return self.token_call(**values | parameters)

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
