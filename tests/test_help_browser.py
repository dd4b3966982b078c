"""Help in place, the Help page, and the way from an empty database to a profile."""

import re

import pytest
from playwright.sync_api import expect

from tests import browser, servers
from tests.people import (
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
PHONE = {"width": 390, "height": 844}
INSIDE = "document.querySelector('[role=dialog]').contains(document.activeElement)"


@pytest.fixture(scope="module")
def sandbox():
    with servers.running_sandbox() as found:
        yield found


@pytest.fixture(scope="module")
def server():
    """One Odoo for all tests of this file; the first finds it empty."""
    with servers.running_odoo() as start:
        yield start()


@pytest.fixture
def backend(server, browser_page):
    browser.login(browser_page, server.url, "admin", "admin")
    return Backend(browser_page, server.url)


@pytest.fixture
def profile_id(server, sandbox):
    """An Instagram account that is connected, by the test before or now."""
    admin = HttpPerson(server, sandbox)
    domain = [("network_id.code", "=", "instagram")]
    if not admin.call("social.profile", "search_count", domain):
        admin.connect(register_app(admin, sandbox))
    return admin.call("social.profile", "search", domain)[0]


def shoot(page, name):
    browser.shoot(page, f"help_{name}")


def shoot_on_a_phone(page, name):
    page.set_viewport_size(PHONE)
    # The menu makes room a moment later; after that nothing is wider than the phone.
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    shoot(page, f"{name}_phone")
    page.set_viewport_size(browser.VIEWPORT)


def enter_by_the_menu(page):
    page.locator(".o_navbar_apps_menu button").click()
    page.get_by_role("menuitem", name=re.compile("Social Connections")).click()
    page.wait_for_selector(".o_social_overview .o_control_panel")


def step(page, title):
    return page.locator(".o_social_onboarding li").filter(has_text=title)


def fill_app_form(page, sandbox):
    values = app_values(sandbox)
    page.locator("div[name=name] input").fill(values["name"])
    page.locator("div[name=client_id] input").fill(values["client_id"])
    secret = page.locator("div[name=client_secret_input] input")
    secret.fill(values["client_secret_input"])
    page.get_by_role("tab", name="Addresses and Permissions").click()
    for field in ("authorize_url", "token_url", "api_url"):
        page.locator(f"div[name={field}] input").fill(values[field])
    page.locator(".o_form_button_save").click()
    expect(secret).to_have_value("")


def test_an_empty_database_leads_by_the_hand_to_a_profile(backend, server, sandbox):
    page = backend.page
    enter_by_the_menu(page)
    expect(page.get_by_text("0 of 3 steps are done")).to_be_visible()
    shoot(page, "onboarding")
    shoot_on_a_phone(page, "onboarding")
    page.get_by_role("button", name="How do I connect the first profile?").click()
    expect(page.get_by_role("dialog", name="How do I connect")).to_be_visible()
    page.keyboard.press("Escape")

    step(page, "Create an app").get_by_role("button").click()
    page.wait_for_selector(".o_form_view")
    fill_app_form(page, sandbox)
    admin = server.rpc("admin", "admin")
    paste_redirect_uri(admin, sandbox, admin.call("social.app", "search", [])[0])
    backend.open("social-profiles")
    expect(step(page, "Create an app")).to_contain_text("Done")
    shoot(page, "onboarding_next")

    step(page, "Connect the first profile").get_by_role("button").click()
    MetaConsent(page).log_in("Ana Souza").tick(PAGE).tick(PAGE).go_on()
    backend.expect_result("Done")
    backend.press("See All Profiles")
    page.wait_for_selector(".o_list_view .o_searchview")
    backend.expect_status("Instagram", PAGE, "✓.*Valid")
    expect(page.locator(".o_social_onboarding")).to_have_count(0)


def test_an_article_has_contents_a_vote_and_the_support(backend):
    page = backend.open("social-help").page
    expect(page.get_by_role("heading", name="How can we help?")).to_be_visible()
    expect(page.get_by_text("UTC-03:00")).to_be_visible()
    shoot(page, "start")
    shoot_on_a_phone(page, "start")
    topics = page.get_by_role("navigation", name="Articles")
    page.get_by_label("Search in the help").fill("step by step")
    topics.get_by_role("link", name="How do I renew, step by step?").click()
    title = page.get_by_role("heading", name="How do I renew, step by step?")
    expect(title).to_be_focused()
    page.wait_for_url(re.compile(r"/social-help\?topic=how-to-renew$"))

    contents = page.get_by_role("navigation", name="In this article")
    contents.get_by_role("link", name="Many at once").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Many at once")).to_be_focused()
    shoot(page, "article")

    yes = page.get_by_role("button", name="Yes", exact=True)
    with page.expect_response("**/vote"):
        yes.click()
    expect(yes).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("1 said yes, 0 said no")).to_be_visible()
    shoot(page, "vote")
    page.reload()
    expect(title).to_be_visible()
    expect(yes).to_have_attribute("aria-pressed", "true")
    shoot_on_a_phone(page, "article")

    page.locator(".o_social_help_body a", has_text="which rights it takes").click()
    rights = page.get_by_role("heading", name="Which rights does it take to connect")
    expect(rights).to_be_focused()
    expect(page.get_by_role("row", name=re.compile("^YouTube"))).to_be_visible()
    shoot(page, "table")
    page.go_back()
    expect(title).to_be_visible()


def test_the_renewal_explains_itself_by_keyboard(backend, server, profile_id):
    admin = server.rpc("admin", "admin")
    wizard = admin.call("social.profile", "action_renew", [profile_id])["res_id"]
    page = backend.open(f"social-profiles/social-renewal/{wizard}").page
    renewal = Renewal(page).expect_step("Log in with Facebook")
    question = page.get_by_role("button", name="Why must everything stay ticked?")
    assert question.bounding_box()["height"] >= 24
    question.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Why must everything stay ticked?")
    expect(dialog).to_contain_text("lasting withdrawal")
    shoot(page, "dialog")
    for _press in range(12):
        assert page.evaluate(INSIDE), "the focus stays in"
        page.keyboard.press("Tab")
    dialog.get_by_role("link", name="How do I renew, step by step?").last.click()
    other = page.get_by_role("dialog", name="How do I renew, step by step?")
    expect(other).to_be_visible()
    shoot_on_a_phone(page, "dialog")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(question).to_be_focused()
    renewal.expect_step("Log in with Facebook")
    shoot(page, "renewal")


def test_the_menu_has_help_and_what_is_personal(backend, profile_id):
    page = backend.open("social-profiles").page
    page.get_by_role("menuitem", name="Help", exact=True).click()
    expect(page.get_by_role("heading", name="How can we help?")).to_be_visible()
    page.get_by_role("button", name="For Me").click()
    page.get_by_role("menuitem", name="How I Am Told").click()
    form = page.get_by_role("dialog").filter(has_text="Token expiration")
    form.get_by_role("button", name="How am I told, and how do I choose?").click()
    article = page.get_by_role("dialog", name="How am I told")
    expect(article).to_be_visible()
    page.keyboard.press("Escape")
    expect(article).to_have_count(0)
    expect(form).to_be_visible()
    shoot(page, "preferences")


def test_owners_name_the_support_and_readers_find_it(backend):
    page = backend.page
    page.goto(f"{backend.url}/odoo/settings")
    page.locator(".settings_tab [data-key=social_token_manager]").click()
    address = page.locator("[name=social_support_url] input")
    address.scroll_into_view_if_needed()
    address.fill("https://chat.example.com")
    shoot(page, "settings")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".o_form_button_save:visible")).to_have_count(0)
    backend.open("social-help?topic=getting-help")
    chat = page.get_by_role("link", name="Chat with support")
    expect(chat).to_have_attribute("href", "https://chat.example.com")
    shoot(page, "support")
