"""For tests: an app that calls X's or TikTok's stand-in, seen from its own server."""

import requests

from ..testing import ReadyApp, challenge_of

VERIFIER = "v" * 64


class RotatingApp(ReadyApp):
    """The client where an account logs in, with refresh tokens that work once."""

    api_path = authorize_path = ""
    token_path = revoke_path = me_path = ""
    id_name, separator = "client_id", " "
    scopes = ()

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
        """POST a form with the client's own authentication; None leaves one out.

        Each network's client has its own.
        """
        raise NotImplementedError

    def token_call(self, **parameters):
        return self.post(self.token_path, **parameters)

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
    network, client_id, api_path = "x", "400000000000001", "/2"
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
    network, client_id, api_path = "tiktok", "500000000000001", "/v2"
    authorize_path, token_path = "/v2/auth/authorize/", "/v2/oauth/token/"
    revoke_path, me_path = "/v2/oauth/revoke/", "/v2/user/info/"
    id_name, separator = "client_key", ","
    scopes = ("user.info.basic", "user.info.profile")

    def post(self, path, **parameters):
        values = {"client_key": self.client_id, "client_secret": self.secret}
        values = values | parameters
        values = {key: one for key, one in values.items() if one is not None}
        return requests.post(self.root + path, data=values)
