"""For tests: the ready-made apps of LinkedIn's and Pinterest's stand-ins."""

from urllib.parse import parse_qs, urlsplit

import requests

from .testing import ReadyApp


class GrantApp(ReadyApp):
    """The client where a person gives one grant, with a refresh token of its own."""

    authorize_path = token_path = ""
    scopes, separator = (), " "
    basic = False

    def authorize(self, **parameters):
        values = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": self.separator.join(self.scopes),
            "state": "state-1",
        } | parameters
        values = {key: value for key, value in values.items() if value is not None}
        url = f"{self.root}{self.authorize_path}"
        return requests.Request("GET", url, params=values).prepare().url

    def consent(self, person="ana", parameters=None, **answers):
        """Walk the pages; return the parameters of the redirect."""
        url = self.authorize(**(parameters or {}))
        target = self.visitor.walk(url, person, **answers)
        assert isinstance(target, str), target.text
        return {key: one[0] for key, one in parse_qs(urlsplit(target).query).items()}

    def code_of(self, person="ana", **values):
        """Return a code without walking the pages."""
        values.setdefault("redirect_uri", self.redirect_uri)
        values.setdefault("scopes", list(self.scopes))
        return self.control("consent", person=person, **values)["code"]

    def token_call(self, **parameters):
        keys = {"client_id": self.client_id, "client_secret": self.secret}
        values = parameters if self.basic else keys | parameters
        values = {key: value for key, value in values.items() if value is not None}
        auth = (self.client_id, self.secret) if self.basic else None
        return requests.post(f"{self.root}{self.token_path}", data=values, auth=auth)

    def tokens(self, person="ana", **values):
        """Return the answer to a fresh consent."""
        return self.exchange(self.code_of(person, **values)).json()

    def get(self, path, token, headers=None, **parameters):
        headers = {"Authorization": f"Bearer {token}"} | (headers or {})
        return requests.get(f"{self.root}/{path}", params=parameters, headers=headers)


class LinkedInApp(GrantApp):
    network, client_id = "linkedin", "400000000000001"
    authorize_path = "/www/oauth/v2/authorization"
    token_path = "/www/oauth/v2/accessToken"
    scopes = (
        "openid",
        "profile",
        "r_basicprofile",
        "rw_organization_admin",
        "w_member_social",
    )
    headers = {"LinkedIn-Version": "202610", "X-Restli-Protocol-Version": "2.0.0"}

    def rest(self, path, token, headers=None, **parameters):
        headers = self.headers if headers is None else headers
        return self.get(f"api/rest/{path}", token, headers, **parameters)

    def introspect(self, token, **parameters):
        values = {"client_id": self.client_id, "client_secret": self.secret}
        values |= {"token": token} | parameters
        return requests.post(f"{self.root}/www/oauth/v2/introspectToken", data=values)


class PinterestApp(GrantApp):
    network, client_id = "pinterest", "500000000000001"
    authorize_path = "/www/oauth/"
    token_path = "/v5/oauth/token"
    scopes, separator = ("user_accounts:read", "boards:read", "pins:read"), ","
    basic = True
