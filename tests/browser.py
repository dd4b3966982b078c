"""Helpers for tests that drive a browser."""

import re

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
VIEWPORT = {"width": 1440, "height": 900}


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


def login(page, url, login, password):
    """Log in to Odoo and wait for the web client."""
    page.goto(f"{url}/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    # The first page of a fresh database waits for its assets to be built.
    page.wait_for_selector(".o_main_navbar", timeout=90_000)
