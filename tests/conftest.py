"""Fixtures for tests that need servers or a browser."""

import re

import pytest
from playwright.sync_api import expect, sync_playwright

from dev import odoo, system
from sandbox.server import running
from tests import browser, receivers, servers

# Milliseconds. A busy machine is slow; waiting longer costs nothing where it is not.
PATIENCE = 60_000
# Works with our profiles, as other addons do.
EXAMPLE = "social_example_helpdesk"


@pytest.fixture
def sandbox():
    """The stand-in networks, running: ``.url``, ``.control(path, payload)``."""
    with servers.running_sandbox() as found:
        yield found


@pytest.fixture(scope="module")
def server():
    """The stand-in networks inside this process, for the tests of one file."""
    with running() as found:
        yield found


@pytest.fixture
def odoo_server():
    """A function that starts Odoo processes; see ``tests.servers.Servers``."""
    with servers.running_odoo() as factory:
        yield factory


@pytest.fixture(scope="session")
def example_database():
    """A database with the example addon, which is copied for each test."""
    with servers.running_odoo() as factory:
        db = factory.fresh_database()
        odoo.run(
            ["-d", db, "-i", EXAMPLE, servers.ADDONS_PATH],
            log="test-example-install",
            what="Installing the example",
        )
        yield db


@pytest.fixture
def example_server(example_database, odoo_server, sandbox):
    return odoo_server(template=example_database)


@pytest.fixture
def receiver():
    """A server that takes messages; see ``tests.receivers.Receiver``."""
    found = receivers.Receiver()
    yield found
    found.stop()


@pytest.fixture(scope="session")
def chromium():
    path = system.browser()
    if not path:
        pytest.skip("Chromium is missing")
    expect.set_options(timeout=PATIENCE / 2)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=path, args=browser.ARGUMENTS
        )
        yield launched
        launched.close()


@pytest.fixture
def browser_locale():
    """The language of the person's browser, which the network's pages are in."""
    return "en-US"


@pytest.fixture
def browser_context(chromium, browser_locale):
    context = chromium.new_context(viewport=browser.VIEWPORT, locale=browser_locale)
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def browser_page(request, browser_context):
    """A page of a browser; console errors fail the test unless it expects them.

    ``browser_page.console`` is the :class:`tests.browser.Console` to say so.
    """
    page = browser_context.new_page()
    page.console = browser.Console(page)
    yield page
    errors = page.console.unexpected()
    report = getattr(request.node, "report_call", None)
    if errors or (report and report.failed):
        browser.shoot(page, re.sub(r"[^\w.-]+", "_", request.node.name))
    page.close()
    if errors:
        pytest.fail("The browser's console has errors:\n" + "\n".join(errors), False)
