"""For tests: the ready-made clients of the generic stand-in, seen from their server."""

from urllib.parse import quote_plus

import requests

from ..testing import REDIRECT_URI, ReadyApp, challenge_of
from .clients import BASIC, NONE, POST
from .permissions import PERMISSIONS
from .seed import BASIC_ID, POST_ID, PUBLIC_ID

CLIENTS = {BASIC: BASIC_ID, POST: POST_ID, NONE: PUBLIC_ID}
VERIFIER = "v" * 64


class GenericApp(ReadyApp):
    """A client of the generic stand-in.

    :param base_url: of the sandbox, which is reset.
    :param method: how it says who it is
    """

    network = "oauth2"

    def __init__(self, base_url, method=BASIC, redirect_uri=REDIRECT_URI):
        self.method, self.client_id = method, CLIENTS[method]
        super().__init__(base_url, redirect_uri)

    def register(self):
        """Override of the base: all three kinds of clients."""
        for client_id in CLIENTS.values():
            uris = [self.redirect_uri]
            self.control("apps", client_id=client_id, redirect_uris=uris)

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

    def token_call(self, **parameters):
        return self.post("token", **parameters)

    def exchange(self, code, **parameters):
        return super().exchange(code, **{"code_verifier": VERIFIER} | parameters)

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
