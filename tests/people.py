"""What people do in a browser, at the network and in Odoo."""

import re
from urllib.parse import urljoin, urlsplit

import requests
from playwright.sync_api import expect

from sandbox.testing import Visitor

DEMO_APP = {"client_id": "100000000000001", "client_secret": "sandbox-meta-secret"}


class Consent:
    """A person at any stand-in's consent pages."""

    def __init__(self, page):
        self.page = page

    def agree(self, name, choice, shoot=None):
        """Answer whatever is asked until the network sends the person back.

        :param name: of the person
        :param choice: the page, account or channel to give, where one is chosen
        :param shoot: called with the name of each step, for a picture
        """
        answers = {
            "login": lambda: self._press(re.compile(name)),
            "account": lambda: self._press(re.compile(choice)),
            "channel": lambda: self._pick(choice),
            "pages": lambda: self.tick(choice),
            "instagram": lambda: self.tick(choice),
            "reconnect": lambda: self._press(re.compile("choose|edit", re.I)),
        }
        while step := self._step():
            if shoot:
                shoot(step)
            answers.get(step, self.go_on)()
        return self

    def tick(self, *names):
        """Leave exactly these pages or accounts ticked, and go on."""
        for label in self.page.locator("label.asset").all():
            wanted = any(name in label.inner_text() for name in names)
            label.locator("input").set_checked(wanted)
        return self.go_on()

    def go_on(self):
        """Press Continue or Save."""
        return self._leave(self.page.locator("button[name=action][value=continue]"))

    def cancel(self):
        """Press Cancel."""
        self.page.get_by_role("button", name="Cancel").click()
        return self

    def _step(self):
        """Return which question the page asks, None when it is no consent page."""
        path = urlsplit(self.page.url).path
        found = re.search(r"/dialog/[\w-]+/(\w+)$", path)
        return found and found[1]

    def _pick(self, name):
        self.page.locator("label.asset").filter(has_text=name).locator("input").check()
        return self.go_on()

    def _press(self, name):
        return self._leave(self.page.get_by_role("button", name=name))

    def _leave(self, button):
        """Press a button and wait for the next page, which looks much like this one."""
        before = self.page.url
        button.click()
        self.page.wait_for_url(lambda url: url != before)
        return self


class MetaConsent(Consent):
    """A person at the stand-in for Meta's consent pages."""

    def log_in(self, name):
        """Log in as one of the people; somebody still logged in is sent away first."""
        self.page.wait_for_url(re.compile("/meta/.*dialog/"))
        return self._press(re.compile(name))

    def choose_again(self):
        """Somebody who comes back opens the choice of pages anew."""
        return self._press(re.compile("choose|edit", re.I))

    def reconnect(self, label="Reconnect"):
        """Press Reconnect, the step of somebody who comes back."""
        return self._leave(self.page.get_by_role("button", name=label, exact=True))

    def finish(self):
        """Go on, with everything as it is ticked, until the network sends us back."""
        while "/meta/dialog/" in self.page.url:
            self.go_on()
        return self

    def decline(self, *scopes):
        """Decline some permissions on the last page."""
        for scope in scopes:
            self.page.locator(f"input[name=accept][value={scope}]").uncheck()
        return self


class Backend:
    """A person in Odoo's web client."""

    def __init__(self, page, url):
        self.page = page
        self.url = url

    def open(self, path):
        """Open a page of the web client by its address."""
        self.page.goto(f"{self.url}/odoo/{path}")
        self.page.wait_for_selector(".o_action .o_control_panel")
        return self

    def row(self, network, name):
        """Return the row of a profile in the list."""
        exactly = re.compile(rf"^\s*{re.escape(network)}\s*$")
        cell = self.page.locator("td[name=network_id]").filter(has_text=exactly)
        return self.page.locator(".o_data_row").filter(has=cell, has_text=name)

    def expect_status(self, network, name, words):
        """Wait until a row's badge says the words."""
        badge = self.row(network, name).locator("td[name=status]")
        expect(badge).to_contain_text(re.compile(words))
        return self

    def press(self, name):
        """Press a button of the form."""
        self.page.get_by_role("button", name=name, exact=True).click()
        return self

    def renew(self, network, name, label):
        """Press the button at the end of a profile's row."""
        button = self.row(network, name).get_by_role("button", name=label, exact=True)
        button.click()
        return self

    def expect_result(self, title):
        """Wait for the page that says what came of an attempt."""
        self.page.wait_for_url(re.compile("/social-attempts/"))
        expect(self.page.locator(".o_form_view .alert h2").first).to_contain_text(title)
        return self


class Renewal:
    """A person in the six steps of the renewal."""

    def __init__(self, page):
        self.page = page

    def expect_step(self, name):
        """Wait until the person is at a step, by its name in the row of steps."""
        current = self.page.locator(".o_social_step[aria-current=step]")
        expect(current).to_contain_text(name)
        return self

    def press(self, name):
        """Press the button of a step."""
        buttons = self.page.locator(
            ".o_social_renewal section:not(.o_invisible_modifier)"
        )
        buttons.get_by_role("button", name=name, exact=True).click()
        return self

    def line(self, network, name):
        """Return the row of an account on the selection or the result page."""
        return (
            self.page.locator(".o_social_renewal .o_data_row:visible")
            .filter(has_text=network)
            .filter(has_text=name)
        )


# provider: client id, secret, folder of each address
REGISTRATIONS = {
    "meta": (
        *DEMO_APP.values(),
        {
            "authorize_url": "/{api_version}/dialog/oauth",
            "token_url": "/{api_version}/oauth/access_token",
            "api_url": "/{api_version}",
        },
    ),
    "instagram": (
        "200000000000001",
        "sandbox-instagram-secret",
        {
            "authorize_url": "/www/oauth/authorize",
            "token_url": "/api/oauth/access_token",
            "api_url": "/graph",
        },
    ),
    "threads": (
        "300000000000001",
        "sandbox-threads-secret",
        {
            "authorize_url": "/oauth/authorize",
            "token_url": "/graph/oauth/access_token",
            "api_url": "/graph",
        },
    ),
    "google": (
        "100000000001-sandbox.apps.googleusercontent.com",
        "sandbox-google-secret",
        {
            "authorize_url": "/o/oauth2/v2/auth",
            "token_url": "/token",
            "api_url": "",
            "revoke_url": "/revoke",
            "introspect_url": "/tokeninfo",
        },
    ),
    "linkedin": (
        "400000000000001",
        "sandbox-linkedin-secret",
        {
            "authorize_url": "/www/oauth/v2/authorization",
            "token_url": "/www/oauth/v2/accessToken",
            "api_url": "/api",
            "introspect_url": "/www/oauth/v2/introspectToken",
        },
    ),
    "pinterest": (
        "500000000000001",
        "sandbox-pinterest-secret",
        {
            "authorize_url": "/www/oauth/",
            "token_url": "/v5/oauth/token",
            "api_url": "/v5",
        },
    ),
    "tiktok": (
        "500000000000001",
        "sandbox-tiktok-secret",
        {
            "authorize_url": "/v2/auth/authorize/",
            "token_url": "/v2/oauth/token/",
            "revoke_url": "/v2/oauth/revoke/",
            "api_url": "/v2",
        },
    ),
    "x": (
        "400000000000001",
        "sandbox-x-secret",
        {
            "authorize_url": "/i/oauth2/authorize",
            "token_url": "/2/oauth2/token",
            "revoke_url": "/2/oauth2/revoke",
            "api_url": "/2",
        },
    ),
    "oauth2": (
        "sandbox-confidential",
        "sandbox-oauth2-secret",
        {
            "authorize_url": "/authorize",
            "token_url": "/token",
            "revoke_url": "/revoke",
            "introspect_url": "/introspect",
            "profile_url": "/userinfo",
            "issuer": "",
        },
    ),
}


def app_values(sandbox, provider="meta"):
    """Return the values of an app whose addresses are the sandbox's."""
    client_id, secret, folders = REGISTRATIONS[provider]
    return {
        "name": f"Our app at {provider.capitalize()}",
        "provider": provider,
        "client_id": client_id,
        "client_secret_input": secret,
        **{name: f"{sandbox.url}/{provider}{path}" for name, path in folders.items()},
    }


def register_app(rpc, sandbox, provider="meta", **values):
    """Create an app and paste its redirect URI at the network; return its id."""
    values = {**app_values(sandbox, provider), **values}
    (app_id,) = rpc.call("social.app", "create", [values])
    paste_redirect_uri(rpc, sandbox, app_id)
    return app_id


def paste_redirect_uri(rpc, sandbox, app_id):
    """Do what an Owner does at the network's app dashboard."""
    names = ["provider", "client_id", "redirect_uri"]
    (app,) = rpc.call("social.app", "read", [app_id], names)
    sandbox.control(
        f"{app['provider']}/apps",
        {"client_id": app["client_id"], "redirect_uris": [app["redirect_uri"]]},
    )


def install_language(rpc, lang):
    """Have a language in Odoo, as an administrator; most that we use are there."""
    found = rpc.call(
        "res.lang",
        "search_read",
        [("code", "=", lang)],
        ["active"],
        context={"active_test": False},
    )
    if found[0]["active"]:
        return
    values = {"lang_ids": [found[0]["id"]], "overwrite": True}
    wizard = rpc.call("base.language.install", "create", values)
    rpc.call("base.language.install", "lang_install", [wizard])


class HttpPerson:
    """Somebody with a browser that is only an HTTP client: quick, and many at once.

    :param server: an Odoo server
    :param sandbox: the stand-in networks
    """

    def __init__(self, server, sandbox, login="admin", password="admin"):
        self.server = server
        self.browser = requests.Session()
        self.network = Visitor(sandbox.url)
        self._post(
            "/web/session/authenticate", db=server.db, login=login, password=password
        )

    def call(self, model, method, *args, **kwargs):
        """Call a method as the web client does."""
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs=kwargs,
        )

    def speak(self, lang, **values):
        """Have a language installed, and spoken by this administrator."""
        install_language(self, lang)
        uid = self.call("res.users", "search", [("login", "=", "admin")])
        self.call("res.users", "write", uid, {"lang": lang, **values})

    def consent(self, action, person="ana", **answers):
        """Follow an action to the network, consent there, return the way back.

        :return: the callback's address, with code and state, not yet called
        """
        if action.get("res_model") == "social.connect.wizard":
            # It tells what must stay ticked.
            wizard = [action["res_id"]]
            action = self.call("social.connect.wizard", "action_continue", wizard)
        response = self.browser.get(
            self.server.url + action["url"], allow_redirects=False
        )
        assert response.status_code == 303, response.text
        back = self.network.walk(response.headers["Location"], person, **answers)
        assert isinstance(back, str), back.text
        return back.partition("#")[0]

    def come_back(self, address):
        """Call the callback; return the answer, not followed."""
        return self.browser.get(address, allow_redirects=False)

    def connect(self, app_id, person="ana", **answers):
        """Connect profiles through an app; return the answer of the callback."""
        action = self.call("social.app", "action_connect", [app_id])
        return self.come_back(self.consent(action, person, **answers))

    def _post(self, path, **params):
        answer = self.browser.post(
            self.server.url + path, json={"jsonrpc": "2.0", "params": params}
        ).json()
        assert "error" not in answer, answer["error"]["data"]["message"]
        return answer["result"]


def make_link(person, **values):
    """Make a connect link as somebody who is logged in; return its address.

    :param person: an :class:`HttpPerson` or an ``Rpc``
    :param values: of the dialog, ``profile_id`` and ``person_id`` among them
    """
    values = {"sends_mail": False, **values}
    (wizard_id,) = person.call("social.link.wizard", "create", [values])
    action = person.call("social.link.wizard", "action_make", [wizard_id])
    return action["context"]["default_link_address"]


class Guest:
    """Somebody outside, with a browser that is only an HTTP client."""

    def __init__(self, sandbox):
        self.browser = requests.Session()
        self.network = Visitor(sandbox.url)

    def look(self, address):
        """Open a page; return the answer, not followed."""
        return self.browser.get(address, allow_redirects=False)

    def press(self, address, page=None):
        """Press the one button of a page; return the answer, not followed."""
        page = page or self.look(address)
        token = re.search(r'name="csrf_token" value="(\w+)"', page.text)
        assert token, page.text
        action = re.search(r'<form method="post" action="([^"]*)"', page.text)
        return self.browser.post(
            urljoin(address, action[1] if action else ""),
            data={"csrf_token": token[1]},
            allow_redirects=False,
        )

    def consent(self, answer, person="ana", **answers):
        """Consent where a button led; return the way back, not yet called."""
        assert answer.status_code == 303, answer.text
        back = self.network.walk(answer.headers["Location"], person, **answers)
        assert isinstance(back, str), back.text
        return back.partition("#")[0]
