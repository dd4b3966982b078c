"""Helpers for tests that drive a browser."""

import re

from dev import layout

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing fades in or slides, which a test would wait for.
    "--force-prefers-reduced-motion",
]
VIEWPORT = {"width": 1440, "height": 900}


# Counts what a person presses on our own pages, wherever they lead.
COUNT_CLICKS = """
addEventListener("click", (ev) => {
    if (ev.isTrusted && location.origin === %r) countClick();
}, true);
"""


class Clicks:
    """How often a person clicks on the pages of one address.

    :param context: the browser's, before its first page
    """

    def __init__(self, context, url):
        self._count = 0
        context.expose_binding("countClick", lambda _source: self._add())
        context.add_init_script(COUNT_CLICKS % url)

    def _add(self):
        self._count += 1

    def take(self):
        """Return how many there were since the last call."""
        taken, self._count = self._count, 0
        return taken


class Console:
    """The errors that a page wrote to the browser's console."""

    def __init__(self, page):
        self.errors = []
        self._expected = []
        page.on("console", self._on_message)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _on_message(self, message):
        if message.type == "error":
            where = message.location.get("url", "")
            self.errors.append(f"{message.text} ({where})")

    def expect(self, pattern):
        """Say that errors that match the pattern are all right."""
        self._expected.append(re.compile(pattern))

    def unexpected(self):
        return [
            error
            for error in self.errors
            if not any(pattern.search(error) for pattern in self._expected)
        ]


def shoot(page, name, **options):
    """Take a picture of a step, for people to look at."""
    layout.SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=layout.SHOTS / f"{name}.png", **options)


def login(page, url, login, password):
    """Log in to Odoo and wait for the web client.

    The form is Odoo's own: it is sent without being drawn, which takes a second less.
    """
    # An answer to the page before, of somebody else, must not end the new session.
    page.goto("about:blank")
    page.context.clear_cookies(name="session_id")
    there = page.context.request
    form = there.get(f"{url}/web/login").text()
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)[1]
    answer = there.post(
        f"{url}/web/login",
        form={"csrf_token": token, "login": login, "password": password},
        max_redirects=0,
    )
    assert answer.status == 303, f"{login} cannot log in"
    page.goto(f"{url}/odoo")
    # The first page of a fresh database waits for its assets to be built.
    page.wait_for_selector(".o_main_navbar", timeout=90_000)
