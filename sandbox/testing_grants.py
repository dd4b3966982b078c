"""For tests: the ready-made apps of LinkedIn's and Pinterest's stand-ins."""

from urllib.parse import parse_qs, urlsplit

import requests

from .testing import REDIRECT_URI, Visitor


class GrantApp:
    """An app seen from its own server; the sandbox is reset.

    :param base_url: of the sandbox
    """

    code = client_id = ""
    authorize_path = token_path = ""
    scopes, separator = (), " "
    basic = False

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
        return self.exchange(self.code_of(person, **values)).json()

    def get(self, path, token, headers=None, **parameters):
        headers = {"Authorization": f"Bearer {token}"} | (headers or {})
        return requests.get(f"{self.root}/{path}", params=parameters, headers=headers)


class LinkedInApp(GrantApp):
    code, client_id = "linkedin", "400000000000001"
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
    code, client_id = "pinterest", "500000000000001"
    authorize_path = "/www/oauth/"
    token_path = "/v5/oauth/token"
    scopes, separator = ("user_accounts:read", "boards:read", "pins:read"), ","
    basic = True
