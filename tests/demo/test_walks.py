"""First-time walks through the demo. Last of all: they renew what others look at."""

import re

import pytest
from playwright.sync_api import expect

from tests import browser
from tests.people import MetaConsent, Renewal

# The first test waits for the demo to be built.
pytestmark = [
    pytest.mark.processes,
    pytest.mark.browser,
    pytest.mark.timeout(1200),
]

GRANTER = "Felipe Nunes"
PASSWORD_CHANGED = ("Instagram", "Floricultura Íris")
MOST_KEYS = 60


@pytest.fixture
def walker(demo, chromium):
    """A Manager's browser at the log-in, with a counter of what she presses."""
    context = chromium.new_context(viewport=browser.VIEWPORT)
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.clicks = browser.Clicks(context, demo.url)
    page.goto(f"{demo.url}/web/login")
    yield page
    context.close()


def tab_to(page, wanted):
    """Press the tab key until something has the focus.

    :raise AssertionError: it cannot be reached by keyboard
    """
    wanted.wait_for()
    for _press in range(MOST_KEYS):
        if wanted.evaluate("(one) => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached within {MOST_KEYS} keys")


def press_by_key(page, label, within):
    tab_to(page, page.locator(within).get_by_role("button", name=label).first)
    page.keyboard.press("Enter")


def log_in_by_key(page, login):
    # The page itself puts the focus, when all of it is there.
    page.wait_for_load_state("networkidle")
    for name in ("login", "password"):
        tab_to(page, page.locator(f"input[name={name}]"))
        page.keyboard.type(login)
    page.keyboard.press("Enter")


def test_a_keyboard_is_enough_from_log_in_to_a_renewed_profile(demo, walker):
    page = walker
    log_in_by_key(page, "marina")
    alert = page.get_by_role("dialog")
    alert.wait_for()
    focused = page.evaluate("document.activeElement.closest('[role=dialog]') !== null")
    assert focused, "the focus is not in the dialog"
    press_by_key(
        page, re.compile("Change permissions.*Instagram Floricultura"), ".modal"
    )
    renewal = Renewal(page).expect_step("Log in with Facebook")
    press_by_key(page, "Log in with Facebook", ".o_social_renewal")
    MetaConsent(page).log_in(GRANTER).reconnect().finish()
    renewal.expect_step("Select accounts")
    press_by_key(page, "Continue", ".o_social_renewal")
    renewal.expect_step("Finish")
    expect(renewal.line(*PASSWORD_CHANGED)).to_contain_text("Valid")
    press_by_key(page, "Finish", ".o_social_renewal")
    page.wait_for_selector(".o_list_view")
    # Log in, Change permissions, Log in with Facebook, Continue, Finish: a button that
    # is pressed by key counts as a click.
    assert page.clicks.take() == 5
