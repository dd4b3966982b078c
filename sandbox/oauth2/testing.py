"""For tests: the ready-made clients of the generic stand-in, seen from their server."""

import base64
import hashlib
from urllib.parse import quote_plus

import requests

from ..testing import REDIRECT_URI, Visitor
from .clients import BASIC, NONE, POST
from .permissions import PERMISSIONS
from .seed import BASIC_ID, POST_ID, PUBLIC_ID, SECRET

CLIENTS = {BASIC: BASIC_ID, POST: POST_ID, NONE: PUBLIC_ID}
VERIFIER = "v" * 64


def challenge_of(verifier):
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class GenericApp:
    """A client of the generic stand-in.

    :param base_url: of the sandbox, which is reset.
    :param method: how it says who it is
    """

    secret = SECRET

    def __init__(self, base_url, method=BASIC, redirect_uri=REDIRECT_URI):
        self.base_url, self.redirect_uri = base_url, redirect_uri
        self.method, self.client_id = method, CLIENTS[method]
        self.root = f"{base_url}/oauth2"
        self.visitor = Visitor(base_url)
        self.control("/reset")
        for client_id in CLIENTS.values():
            self.control("apps", client_id=client_id, redirect_uris=[redirect_uri])

    def control(self, name, /, **values):
        """POST one control and return what it says; ``/`` leads to those of all."""
        path = name if name.startswith("/") else f"/oauth2/{name}"
        response = requests.post(f"{self.base_url}/_control{path}", json=values)
        assert response.status_code == 200, response.text
        return response.json()

    def state(self, name):
        path = name if name.startswith("/") else f"/oauth2/{name}"
        return requests.get(f"{self.base_url}/_control{path}").json()

    def authorize_url(self, **parameters):
        values = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": " ".join(PERMISSIONS),
            "state": "state-1",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        } | parameters
        values = {key: value for key, value in values.items() if value is not None}
        url = f"{self.root}/authorize"
        return requests.Request("GET", url, params=values).prepare().url

    def code(self, person="ana", **values):
        """Return a code without walking the pages."""
        values.setdefault("redirect_uri", self.redirect_uri)
        values.setdefault("client_id", self.client_id)
        values.setdefault("challenge", challenge_of(VERIFIER))
        return self.control("consent", person=person, **values)["code"]

    def post(self, path, **parameters):
        """POST a form in the client's name, by its method."""
        auth = None
        if self.method == BASIC:
            auth = (quote_plus(self.client_id), quote_plus(self.secret))
        else:
            parameters = {"client_id": self.client_id} | parameters
        if self.method == POST:
            parameters = {"client_secret": self.secret} | parameters
        values = {key: value for key, value in parameters.items() if value is not None}
        return requests.post(f"{self.root}/{path}", data=values, auth=auth)

    def exchange(self, code, **parameters):
        values = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": VERIFIER,
        }
        return self.post("token", **values | parameters)

    def refresh(self, token, **parameters):
        values = {"grant_type": "refresh_token", "refresh_token": token}
        return self.post("token", **values | parameters)

    def tokens(self, person="ana", **values):
        """Return the answer to a fresh consent."""
        return self.exchange(self.code(person, **values)).json()

    def userinfo(self, token):
        headers = {"Authorization": f"Bearer {token}"}
        return requests.get(f"{self.root}/userinfo", headers=headers)

    def introspect(self, token, **parameters):
        return self.post("introspect", token=token, **parameters)

    def revoke(self, token, **parameters):
        return self.post("revoke", token=token, **parameters)
