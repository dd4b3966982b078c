"""First-time walks through the demo. Last of all: they renew what others look at."""

import re

import pytest
from playwright.sync_api import expect

from tests import browser
from tests.people import MetaConsent, Renewal

pytestmark = [pytest.mark.processes, pytest.mark.browser]

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


def tab_to(page, label, within):
    """Press the tab key until something with this name has the focus.

    :raise AssertionError: it cannot be reached by keyboard
    """
    wanted = page.locator(within).get_by_role("button", name=label).first
    wanted.wait_for()
    for _press in range(MOST_KEYS):
        if wanted.evaluate("(one) => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{label!r} cannot be reached within {MOST_KEYS} keys")


def test_a_keyboard_is_enough_from_log_in_to_a_renewed_profile(demo, walker):
    page = walker
    page.locator("input[name=login]").focus()
    page.keyboard.type("marina")
    page.keyboard.press("Tab")
    page.keyboard.type("marina")
    page.keyboard.press("Enter")
    alert = page.get_by_role("dialog")
    alert.wait_for()
    focused = page.evaluate("document.activeElement.closest('[role=dialog]') !== null")
    assert focused, "the focus is not in the dialog"
    tab_to(page, re.compile("Change permissions.*Instagram Floricultura"), ".modal")
    page.keyboard.press("Enter")
    renewal = Renewal(page).expect_step("Log in with Facebook")
    tab_to(page, "Log in with Facebook", ".o_social_renewal")
    page.keyboard.press("Enter")
    MetaConsent(page).log_in(GRANTER).reconnect().finish()
    renewal.expect_step("Select accounts")
    tab_to(page, "Continue", ".o_social_renewal")
    page.keyboard.press("Enter")
    renewal.expect_step("Finish")
    expect(renewal.line(*PASSWORD_CHANGED)).to_contain_text("Valid")
    tab_to(page, "Finish", ".o_social_renewal")
    page.keyboard.press("Enter")
    page.wait_for_selector(".o_list_view")
    assert not page.clicks.take(), "this was to be done by keyboard"
