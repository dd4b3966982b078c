"""An Owner makes an app that works; a Manager lists profiles by a file and connects."""

import re

import pytest
from playwright.sync_api import expect

from tests import browser
from tests.people import Backend, MetaConsent, app_values, register_app

pytestmark = pytest.mark.browser

PROFILES = """\
Name,Network,Handle,Client
Our bakery,Facebook Page,https://www.facebook.com/PadariaDoPorto/,
Our bakery,instagram,@padariadoporto,
"""


@pytest.fixture
def server(odoo_server, sandbox):
    return odoo_server()


@pytest.fixture
def make_user(server):
    """Return a function that makes a user with one role."""
    rpc = server.rpc("admin", "admin")

    def make(role):
        group = rpc.id_of(f"social_token_manager.group_{role}")
        values = {"name": role, "login": role, "password": role}
        rpc.call("res.users", "create", [{**values, "group_ids": [(4, group)]}])
        return role

    return make


@pytest.fixture
def log_in(server, make_user, browser_page):
    def log_in(role):
        browser.login(browser_page, server.url, make_user(role), role)
        return Backend(browser_page, server.url)

    return log_in


def shoot(page, name):
    browser.shoot(page, name, full_page=True)


def type_secret(page, secret):
    page.locator("div[name=client_secret_input] input").fill(secret)
    page.locator(".o_form_button_save").click()
    expect(page.locator("div[name=client_secret_input] input")).to_have_value("")


def test_an_owner_is_helped_and_tests_until_it_works(log_in, server, sandbox):
    backend = log_in("owner")
    page = backend.open("social-apps").page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    backend.press("New")
    values = app_values(sandbox)
    page.locator("div[name=name] input").fill(values["name"])
    page.locator("div[name=client_id] input").fill(values["client_id"])
    page.get_by_role("tab", name="Addresses and Permissions").click()
    for field in ("authorize_url", "token_url", "api_url"):
        page.locator(f"div[name={field}] input").fill(values[field])
    type_secret(page, "wrong")

    page.get_by_role("tab", name="How to Set It Up").click()
    guide = page.locator("div[name=setup_help]")
    expect(guide).to_contain_text("Valid OAuth Redirect URIs")
    expect(guide).to_contain_text("pages_messaging")
    expect(guide.get_by_role("link")).to_have_attribute(
        "href", "https://developers.facebook.com/apps"
    )
    page.locator("div[name=redirect_uri] button").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(re.escape(server.url) + r"/social/callback/[\w-]{32,}", copied)

    backend.press("Test")
    findings = page.locator("div[name=findings_text]")
    expect(findings).to_contain_text("does not accept this app ID with this secret")
    expect(findings.get_by_text("✕ Wrong")).to_have_count(1)
    expect(page.locator(".alert-danger")).to_be_visible()
    shoot(page, "app_test_wrong")

    type_secret(page, values["client_secret_input"])
    expect(findings).to_be_hidden()
    backend.press("Test")
    expect(findings).to_contain_text("accepted the app ID and the secret")
    expect(findings.get_by_text("✕ Wrong")).to_have_count(0)
    expect(page.locator(".alert-danger")).to_be_hidden()
    shoot(page, "app_test_right")
    guide.get_by_text("Approval by the network").scroll_into_view_if_needed()
    guide.locator("tr").last.scroll_into_view_if_needed()
    shoot(page, "app_guide")


def make_by_hand(backend, network, name):
    """Make a profile by typing; it is saved and nobody has connected it."""
    page = backend.open("social-profiles").page
    backend.press("New")
    page.wait_for_selector(".o_form_view")
    shoot(page, "profile_new")
    page.locator("div[name=name] input").fill(name)
    page.locator("div[name=network_id] input").fill(network)
    page.locator(".o-autocomplete--dropdown-item").get_by_text(network).click()
    page.locator(".o_form_button_save").click()
    expect(page.get_by_text("Nobody has connected this profile yet.")).to_be_visible()


def test_a_manager_lists_profiles_and_then_connects_them(log_in, server, sandbox):
    register_app(server.rpc("admin", "admin"), sandbox)
    backend = log_in("manager")
    make_by_hand(backend, "Messenger", "PADARIA do Porto")
    page = backend.open("social-profiles").page
    page.locator(".o_control_panel .o_cp_action_menus button").first.click()
    page.get_by_role("menuitem", name="Import records").click()
    expect(page.get_by_text("Import Template for Profiles")).to_be_visible()
    shoot(page, "import_start")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "p.csv", "mimeType": "text/csv", "buffer": PROFILES.encode()}
    )
    page.get_by_role("button", name="Import", exact=True).click()
    for network in ("Facebook Page", "Instagram"):
        backend.expect_status(network, "Our bakery", "✕.*Expired")
        expect(backend.row(network, "Our bakery")).to_contain_text("Not connected")
    shoot(page, "imported")
    backend.row("Instagram", "Our bakery").locator("td[name=name]").click()
    page.wait_for_selector(".o_form_view")
    shoot(page, "imported_form")

    backend.open("social-apps").page.locator(".o_data_row").get_by_role(
        "button", name="Connect Profiles"
    ).click()
    consent = MetaConsent(page).log_in("Ana Souza")
    consent.tick("Padaria").tick("Padaria").go_on()
    backend.expect_result("Done")
    backend.press("See All Profiles")
    page.wait_for_selector(".o_list_view .o_searchview")
    for network in ("Facebook Page", "Instagram"):
        backend.expect_status(network, "Our bakery", "✓.*Valid")
    backend.expect_status("Messenger", "PADARIA do Porto", "✓.*Valid")
    expect(page.locator(".o_data_row")).to_have_count(3)
    shoot(page, "imported_connected")
