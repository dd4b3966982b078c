"""For tests: a visitor who walks consent pages, an app that calls Meta's stand-in."""

import base64
import hashlib
import hmac
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import requests

VERSION = "v26.0"
REDIRECT_URI = "http://127.0.0.1:9/social/callback/key"
SCOPES = (
    "pages_show_list,pages_read_engagement,pages_manage_metadata,pages_messaging,"
    "business_management,instagram_basic,instagram_manage_messages"
)


ACCOUNT_APPS = {
    "instagram": {
        "client_id": "200000000000001",
        "hosts": ("/www", "/api", "/graph"),
        "version": VERSION,
        "prefix": "ig",
        "scopes": ["instagram_business_basic", "instagram_business_manage_messages"],
    },
    "threads": {
        "client_id": "300000000000001",
        "hosts": ("", "/graph", "/graph"),
        "version": "v1.0",
        "prefix": "th",
        "scopes": ["threads_basic", "threads_read_replies"],
    },
}


class Form(HTMLParser):
    """The first form of a page: what it would send, and its buttons."""

    def __init__(self, html):
        super().__init__()
        self.action, self.boxes, self.ticked, self.buttons = None, [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "form":
            self.action = self.action or values["action"]
        elif tag == "input" and values.get("type") == "checkbox":
            self.boxes.append((values["name"], values["value"]))
            if "checked" in values:
                self.ticked.append((values["name"], values["value"]))
        elif tag == "button":
            self.buttons.append((values.get("name"), values.get("value")))

    def offered(self, name):
        return [value for box, value in self.boxes if box == name]

    def first_button(self, name):
        return next((value for button, value in self.buttons if button == name), None)


class Visitor:
    """Somebody with a browser, who follows a dialog until it leaves the sandbox.

    :param base_url: of the sandbox.
    """

    def __init__(self, base_url):
        self.base_url = base_url
        self.browser = requests.Session()
        self.steps, self.pages = [], {}

    def walk(self, url, person="ana", **answers):
        """Return the address the dialog leads to in the end, or the page it ends on.

        ``answers`` maps a step to a dict of form values, or to a function of the
        step's :class:`Form` that gives one. Without: everything is ticked, the
        password and the code are right.
        """
        self.steps, self.pages = [], {}
        response = self.browser.get(url, allow_redirects=False)
        while True:
            while response.status_code in (302, 303):
                target = urljoin(response.url, response.headers["Location"])
                if not target.startswith(self.base_url):
                    return target
                response = self.browser.get(target, allow_redirects=False)
            step = urlsplit(response.url).path.split("/")[-1]
            if response.status_code != 200 or step in self.steps:
                return response
            self.steps.append(step)
            self.pages[step] = response.text
            response = self.answer(response, step, person, answers.get(step))

    def answer(self, response, step, person, given):
        form = Form(response.text)
        values = given(form) if callable(given) else given
        if values is None:
            values = {
                "action": "continue",
                "person": person,
                "password": "sandbox",
                "code": "123456",
                "chosen": form.offered("chosen"),
                "accept": form.offered("accept"),
                "account": form.first_button("account"),
            }
        url = urljoin(response.url, form.action)
        return self.browser.post(url, data=values, allow_redirects=False)


class MetaApp:
    """The ready-made app of Meta's stand-in, seen from its own server.

    :param base_url: of the sandbox, which is reset.
    """

    client_id, secret = "100000000000001", "sandbox-meta-secret"

    def __init__(self, base_url, redirect_uri=REDIRECT_URI):
        self.base_url, self.redirect_uri = base_url, redirect_uri
        self.api = f"{base_url}/meta/{VERSION}"
        self.visitor = Visitor(base_url)
        self.control("reset")
        self.control("meta/apps", redirect_uris=[redirect_uri])

    def control(self, name, /, **values):
        """POST one control and return what it says."""
        if name == "meta/apps":
            values.setdefault("client_id", self.client_id)
        response = requests.post(f"{self.base_url}/_control/{name}", json=values)
        assert response.status_code == 200, response.text
        return response.json()

    def state(self, name):
        return requests.get(f"{self.base_url}/_control/{name}").json()

    # --- the dialog

    def dialog_url(self, version=VERSION, **parameters):
        values = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "state": "state-1",
            "scope": SCOPES,
        }
        values |= parameters
        values = {key: value for key, value in values.items() if value is not None}
        url = f"{self.base_url}/meta/{version}/dialog/oauth"
        return requests.Request("GET", url, params=values).prepare().url

    def consent(self, person="ana", parameters=None, **answers):
        """Walk the dialog and return the parameters of the redirect."""
        url = self.dialog_url(**(parameters or {}))
        target = self.visitor.walk(url, person, **answers)
        assert isinstance(target, str), target.text
        return {
            key: values[0] for key, values in parse_qs(urlsplit(target).query).items()
        }

    # --- the token endpoint

    def token_call(self, **parameters):
        values = {"client_id": self.client_id, "client_secret": self.secret}
        return requests.get(
            f"{self.api}/oauth/access_token", params=values | parameters
        )

    def exchange(self, code, **parameters):
        return self.token_call(
            **{"code": code, "redirect_uri": self.redirect_uri} | parameters
        )

    def lengthen(self, token):
        return self.token_call(grant_type="fb_exchange_token", fb_exchange_token=token)

    def code(self, person="ana", **values):
        """Return a code without walking the pages."""
        values.setdefault("redirect_uri", self.redirect_uri)
        return self.control("meta/consent", person=person, **values)["code"]

    def short_token(self, person="ana", **values):
        return self.exchange(self.code(person, **values)).json()["access_token"]

    def long_token(self, person="ana", **values):
        return self.lengthen(self.short_token(person, **values)).json()["access_token"]

    # --- the API

    @property
    def app_token(self):
        return f"{self.client_id}|{self.secret}"

    def call(self, path, token, method="GET", **parameters):
        values = {"access_token": token} | parameters
        return requests.request(method, f"{self.api}/{path}", params=values)

    def get(self, path, token, **parameters):
        return self.call(path, token, **parameters).json()

    def error(self, path, token, method="GET", **parameters):
        """Return (code, subcode, message) of a refusal."""
        return error_of(self.call(path, token, method, **parameters))

    def page_token(self, user_token, page="cafeaurora"):
        fields = "username,access_token"
        rows = self.get("me/accounts", user_token, fields=fields)["data"]
        return next(row["access_token"] for row in rows if row["username"] == page)

    def inspect(self, token):
        return self.get("debug_token", self.app_token, input_token=token)["data"]

    def proof(self, token):
        digest = hmac.new(self.secret.encode(), token.encode(), hashlib.sha256)
        return digest.hexdigest()


class ReadyApp:
    """The ready-made client of a stand-in, seen from its own server.

    :param base_url: of the sandbox, which is reset
    """

    network = client_id = ""

    def __init__(self, base_url, redirect_uri=REDIRECT_URI):
        self.base_url, self.redirect_uri = base_url, redirect_uri
        self.root = f"{base_url}/{self.network}"
        self.secret = f"sandbox-{self.network}-secret"
        self.visitor = Visitor(base_url)
        self.control("/reset")
        self.register()

    def register(self):
        """Paste the redirect URI at the network's app dashboard."""
        self.control("apps", redirect_uris=[self.redirect_uri])

    def control(self, name, /, **values):
        """POST one control and return what it says; ``/`` leads to those of all."""
        if name == "apps":
            values.setdefault("client_id", self.client_id)
        response = requests.post(self._control_url(name), json=values)
        assert response.status_code == 200, response.text
        return response.json()

    def state(self, name):
        """Read one part of the state; ``/`` leads to that of all."""
        return requests.get(self._control_url(name)).json()

    def _control_url(self, name):
        path = name if name.startswith("/") else f"/{self.network}/{name}"
        return f"{self.base_url}/_control{path}"

    def token_call(self, **parameters):
        """Call the token endpoint by the client's own method; None leaves one out.

        Each network's client has its own.
        """
        raise NotImplementedError

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


class AccountApp(ReadyApp):
    """The ready-made app of Instagram's or Threads' stand-in, seen from its server.

    :param base_url: of the sandbox, which is reset.
    """

    def __init__(self, base_url, network, redirect_uri=REDIRECT_URI):
        self.network = network
        vars(self).update(ACCOUNT_APPS[network])
        pages, tokens, api = (f"{base_url}/{network}{host}" for host in self.hosts)
        self.authorize_url = f"{pages}/oauth/authorize"
        self.token_url = f"{tokens}/oauth/access_token"
        self.api = api
        super().__init__(base_url, redirect_uri)

    def calls(self):
        return requests.get(f"{self.base_url}/_control/requests").json()

    def account(self, username="cafeaurora"):
        found = self.state("accounts")
        return next(one for one in found if one["username"] == username)

    # --- the consent pages

    def authorize(self, **parameters):
        values = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": ",".join(self.scopes),
            "state": "state-1",
        } | parameters
        values = {key: value for key, value in values.items() if value is not None}
        return requests.Request("GET", self.authorize_url, params=values).prepare().url

    # --- tokens

    def code(self, account="cafeaurora", **values):
        """Return a code without walking the pages."""
        values.setdefault("redirect_uri", self.redirect_uri)
        return self.control("consent", account=account, **values)["code"]

    def exchange(self, code, /, **parameters):
        values = {
            "client_id": self.client_id,
            "client_secret": self.secret,
            "grant_type": "authorization_code",
            "redirect_uri": self.redirect_uri,
            "code": code,
        } | parameters
        return requests.post(self.token_url, data=values)

    def short_token(self, account="cafeaurora", **values):
        answer = self.exchange(self.code(account, **values)).json()
        return next(iter(answer.get("data", ())), answer)["access_token"]

    def lengthen(self, token, method="GET", **parameters):
        values = {
            "grant_type": f"{self.prefix}_exchange_token",
            "client_secret": self.secret,
            "access_token": token,
        } | parameters
        return requests.request(method, f"{self.api}/access_token", params=values)

    def long_token(self, account="cafeaurora", **values):
        return self.lengthen(self.short_token(account, **values)).json()["access_token"]

    def refresh(self, token, method="GET", **parameters):
        values = {
            "grant_type": f"{self.prefix}_refresh_token",
            "access_token": token,
        } | parameters
        url = f"{self.api}/refresh_access_token"
        return requests.request(method, url, params=values)

    def me(self, token, version=None, **parameters):
        values = {"access_token": token} | parameters
        return requests.get(f"{self.api}/{version or self.version}/me", params=values)


def error_of(response):
    error = response.json()["error"]
    assert error["type"] and error["fbtrace_id"], error
    return error["code"], error.get("error_subcode"), error["message"]


def challenge_of(verifier):
    """Return the S256 challenge (RFC 7636, section 4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
