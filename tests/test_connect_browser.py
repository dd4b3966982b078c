"""The main path, as a person walks it: connect, lose, renew."""

import re

import pytest
from playwright.sync_api import expect

from tests import browser
from tests.people import (
    DEMO_APP,
    Backend,
    HttpPerson,
    MetaConsent,
    Renewal,
    app_values,
    paste_redirect_uri,
    register_app,
)

pytestmark = pytest.mark.browser

PAGE = "Padaria"


@pytest.fixture
def server(odoo_server, sandbox):
    return odoo_server()


@pytest.fixture
def backend(server, browser_page):
    browser.login(browser_page, server.url, "admin", "admin")
    return Backend(browser_page, server.url)


def shoot(page, name):
    browser.shoot(page, name)


def create_app(backend, server, sandbox):
    """Create the app by typing, as an Owner does."""
    page = backend.open("social-apps").page
    backend.press("New")
    values = app_values(sandbox)
    page.locator("div[name=name] input").fill(values["name"])
    page.locator("div[name=client_id] input").fill(DEMO_APP["client_id"])
    page.locator("div[name=client_secret_input] input").fill(DEMO_APP["client_secret"])
    page.get_by_role("tab", name="Addresses and Permissions").click()
    for field in ("authorize_url", "token_url", "api_url"):
        page.locator(f"div[name={field}] input").fill(values[field])
    page.locator(".o_form_button_save").click()
    expect(page.get_by_role("button", name="Connect Profiles")).to_be_visible()
    expect(page.locator("div[name=client_secret_input] input")).to_have_value("")
    shoot(page, "app")
    rpc = server.rpc("admin", "admin")
    paste_redirect_uri(rpc, sandbox, rpc.call("social.app", "search", [])[0])


def test_from_nothing_to_connected_then_lost_then_renewed(backend, server, sandbox):
    page = backend.page
    create_app(backend, server, sandbox)

    backend.press("Connect Profiles")
    consent = MetaConsent(page).log_in("Ana Souza")
    consent.tick(PAGE).tick(PAGE).go_on()
    backend.expect_result("Done")
    shoot(page, "connected")

    backend.press("See All Profiles")
    page.wait_for_selector(".o_list_view .o_searchview")
    for network in ("Facebook Page", "Messenger", "Instagram"):
        backend.expect_status(network, PAGE, "✓.*Valid")
        expect(backend.row(network, PAGE).locator("td[name=days_left]")).to_have_text(
            "59"
        )
    shoot(page, "list_valid")

    sandbox.control("meta/password", {"person": "ana"})
    page.locator("thead .o_list_record_selector input").check()
    backend.press("Verify")
    for network in ("Facebook Page", "Messenger", "Instagram"):
        backend.expect_status(network, PAGE, "✕.*Expired")
        expect(backend.row(network, PAGE)).to_contain_text("Password changed")
    shoot(page, "list_lost")

    backend.row("Instagram", PAGE).get_by_role("button", name="Reconnect").click()
    renewal = Renewal(page).expect_step("Log in with Facebook")
    renewal.press("Log in with Facebook")
    MetaConsent(page).log_in("Ana Souza").choose_again()
    consent.tick(PAGE).tick(PAGE).go_on()
    renewal.expect_step("Select accounts").press("Continue")
    renewal.expect_step("Finish").press("Finish")
    page.wait_for_selector(".o_list_view .o_searchview")
    for network in ("Facebook Page", "Messenger", "Instagram"):
        backend.expect_status(network, PAGE, "✓.*Valid")
    shoot(page, "list_renewed")
    backend.row("Instagram", PAGE).locator("td[name=name]").click()
    page.wait_for_selector(".o_form_view")
    shoot(page, "profile_form")


def test_a_cancelled_consent_is_said_and_changes_nothing(backend, server, sandbox):
    create_app(backend, server, sandbox)
    backend.press("Connect Profiles")
    MetaConsent(backend.page).cancel()
    backend.expect_result("The network did not grant access")
    shoot(backend.page, "declined")
    expect(backend.page.get_by_role("button", name="Try Again")).to_be_visible()


def test_no_page_granted_is_said(backend, server, sandbox):
    create_app(backend, server, sandbox)
    backend.press("Connect Profiles")
    MetaConsent(backend.page).log_in("Diego Rocha").go_on().go_on().go_on()
    backend.expect_result("No profile was granted")


def test_whoever_connects_more_is_told_what_must_stay_ticked(backend, server, sandbox):
    """Requirements S0-5 to S0-7."""
    page = backend.page
    person = HttpPerson(server, sandbox)
    app_id = register_app(person, sandbox)
    person.connect(app_id)
    profiles = person.call("social.profile", "search_read", [], ["name"])
    backend.open(f"social-apps/{app_id}").press("Connect Profiles")
    guard = page.get_by_role("dialog").filter(has_text="must stay ticked")
    expect(guard).to_contain_text(f"These {len(profiles)} profiles")
    expect(guard.locator(".o_data_row")).to_have_count(len(profiles))
    shoot(page, "connect_guard")
    guard.get_by_role("button", name="Log in with Facebook").click()
    MetaConsent(page).log_in("Ana Souza").choose_again().tick(PAGE).finish()
    backend.expect_result("Something was not ticked")
    lost = page.locator(".alert-warning").filter(has_text="were not ticked at Facebook")
    expect(lost).not_to_contain_text(PAGE)
    left_out = next(one["name"] for one in profiles if PAGE not in one["name"])
    expect(lost).to_contain_text(left_out)
    shoot(page, "connect_unticked")
    backend.press("Go Back and Tick Them")
    page.wait_for_url(re.compile("/meta/.*dialog/"))
