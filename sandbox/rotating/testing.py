"""For tests: an app that calls X's or TikTok's stand-in, seen from its own server."""

import base64
import hashlib

import requests

from ..testing import REDIRECT_URI, Visitor

VERIFIER = "v" * 64


class RotatingApp:
    """The ready-made client of a stand-in.

    :param base_url: of the sandbox, which is reset.
    """

    code = client_id = api_path = authorize_path = ""
    token_path = revoke_path = me_path = ""
    id_name, separator = "client_id", " "
    scopes = ()

    def __init__(self, base_url, redirect_uri=REDIRECT_URI):
        self.base_url, self.redirect_uri = base_url, redirect_uri
        self.root = f"{base_url}/{self.code}"
        self.secret = f"sandbox-{self.code}-secret"
        self.visitor = Visitor(base_url)
        self.control("/reset")
        self.control("apps", redirect_uris=[redirect_uri])

    def control(self, name, /, **values):
        """POST one control and return what it says; ``/`` leads to those of all."""
        path = name if name.startswith("/") else f"/{self.code}/{name}"
        if name == "apps":
            values.setdefault("client_id", self.client_id)
        response = requests.post(f"{self.base_url}/_control{path}", json=values)
        assert response.status_code == 200, response.text
        return response.json()

    def state(self, name):
        path = name if name.startswith("/") else f"/{self.code}/{name}"
        return requests.get(f"{self.base_url}/_control{path}").json()

    def account(self, username="cafeaurora"):
        found = self.state("accounts")
        return next(one for one in found if one["username"] == username)

    def auth_url(self, **parameters):
        values = {
            self.id_name: self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": self.separator.join(self.scopes),
            "state": "state-1",
        } | self.own_parameters()
        values = values | parameters
        values = {key: value for key, value in values.items() if value is not None}
        url = self.root + self.authorize_path
        return requests.Request("GET", url, params=values).prepare().url

    def own_parameters(self):
        return {}

    def code_for(self, account="cafeaurora", **values):
        """Return a code without walking the pages."""
        values.setdefault("redirect_uri", self.redirect_uri)
        return self.control("consent", account=account, **values)["code"]

    def post(self, path, **parameters):
        """POST a form with the client's own authentication; None leaves one out."""
        raise NotImplementedError

    def exchange(self, code, **parameters):
        values = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
        }
        return self.post(self.token_path, **values | parameters)

    def refresh(self, token, **parameters):
        values = {"grant_type": "refresh_token", "refresh_token": token}
        return self.post(self.token_path, **values | parameters)

    def tokens(self, account="cafeaurora", **values):
        """Return the answer to a fresh consent."""
        return self.exchange(self.code_for(account, **values)).json()

    def me(self, token, **parameters):
        headers = {"Authorization": f"Bearer {token}"}
        url = self.root + self.me_path
        return requests.get(url, params=parameters, headers=headers)

    def revoke(self, token, **parameters):
        return self.post(self.revoke_path, token=token, **parameters)


class XApp(RotatingApp):
    code, client_id, api_path = "x", "400000000000001", "/2"
    authorize_path, token_path = "/i/oauth2/authorize", "/2/oauth2/token"
    revoke_path, me_path = "/2/oauth2/revoke", "/2/users/me"
    scopes = ("tweet.read", "users.read", "offline.access")

    def own_parameters(self):
        return {
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        }

    def code_for(self, account="cafeaurora", **values):
        values.setdefault("challenge", challenge_of(VERIFIER))
        return super().code_for(account, **values)

    def exchange(self, code, **parameters):
        return super().exchange(code, **{"code_verifier": VERIFIER} | parameters)

    def post(self, path, basic=None, **parameters):
        """:param basic: id and secret, ``()`` for none"""
        values = {key: one for key, one in parameters.items() if one is not None}
        auth = (self.client_id, self.secret) if basic is None else basic or None
        return requests.post(self.root + path, data=values, auth=auth)


class TikTokApp(RotatingApp):
    code, client_id, api_path = "tiktok", "500000000000001", "/v2"
    authorize_path, token_path = "/v2/auth/authorize/", "/v2/oauth/token/"
    revoke_path, me_path = "/v2/oauth/revoke/", "/v2/user/info/"
    id_name, separator = "client_key", ","
    scopes = ("user.info.basic", "user.info.profile")

    def post(self, path, **parameters):
        values = {"client_key": self.client_id, "client_secret": self.secret}
        values = values | parameters
        values = {key: one for key, one in values.items() if one is not None}
        return requests.post(self.root + path, data=values)


def challenge_of(verifier):
    """Return the S256 challenge (RFC 7636, section 4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
