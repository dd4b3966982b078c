"""The Overview in a browser: empty, at risk, green without reload, on a phone, by keys.

One server for all of it: each test begins with what the one before it left.
"""

import re

import pytest
from playwright.sync_api import expect

from tests import browser, servers
from tests.people import HttpPerson, register_app

pytestmark = pytest.mark.browser

MODULE = "social_token_manager"
ACCOUNT = "Café Aurora"
PHONE = {"width": 390, "height": 844}


class World:
    """An Odoo and the stand-in for X, where an account can be lost and found."""

    def __init__(self, server, sandbox):
        self.server, self.sandbox = server, sandbox
        self.admin = HttpPerson(server, sandbox)

    def connect(self):
        self.app_id = register_app(self.admin, self.sandbox, "x")
        self.admin.connect(self.app_id)
        (client_id,) = self.admin.call(
            "res.partner", "create", [{"name": "Corner Bakery"}]
        )
        self.profile_ids = self.admin.call("social.profile", "search", [])
        self.admin.call(
            "social.profile", "write", self.profile_ids, {"partner_id": client_id}
        )
        return client_id

    def lose(self):
        """Have the permission withdrawn at X, and find out."""
        self.sandbox.control("x/revoke", {"account": "cafeaurora"})
        self.admin.call("social.profile", "action_verify", self.profile_ids)

    def mend(self):
        """Grant access anew, far from the browser of this test."""
        self.admin.connect(self.app_id)


@pytest.fixture(scope="module")
def world():
    with servers.running_sandbox() as sandbox, servers.running_odoo() as start:
        yield World(start(), sandbox)


@pytest.fixture
def page(browser_page, world):
    params = {"db": world.server.db, "login": "admin", "password": "admin"}
    browser_page.context.request.post(
        f"{world.server.url}/web/session/authenticate",
        data={"jsonrpc": "2.0", "params": params},
    )
    return browser_page


def open_overview(page, world):
    page.goto(f"{world.server.url}/odoo/social-overview")
    page.wait_for_selector(".o_social_overview", timeout=90_000)
    page.wait_for_selector(".o_social_overview main section")
    return page.locator(".o_social_overview")


def shoot(page, name):
    browser.shoot(page, f"overview_{name}", full_page=True)


def test_without_profiles_it_leads_to_where_they_are_made(page, world):
    overview = open_overview(page, world)
    expect(overview).to_contain_text("No profile is here yet")
    shoot(page, "empty")
    overview.get_by_role("button", name="Show Profiles").click()
    page.wait_for_selector(".o_list_view, .o_view_nocontent")
    # It is the first thing of the app.
    page.goto(f"{world.server.url}/odoo/action-{MODULE}.social_overview_action")
    expect(page.locator(".o_menu_sections, .o_main_navbar").first).to_contain_text(
        "Overview"
    )


def test_it_shows_what_is_lost_and_turns_green_without_reload(page, world):
    world.client_id = world.connect()
    world.lose()
    overview = open_overview(page, world)
    needy = overview.locator(".o_social_needy")
    expect(needy.get_by_role("status")).to_have_text("1 connection needs a person now")
    expect(needy.locator("li")).to_contain_text("Corner Bakery")
    expect(needy.locator("li .badge")).to_have_text(re.compile(r"✕\s*Expired"))
    card = overview.get_by_role("article", name="X", exact=True)
    expect(card.locator("[data-status=expired] .badge")).to_have_text(
        re.compile(r"✕\s*1")
    )
    expect(overview.locator(".o_social_health")).to_contain_text("It does not work")
    expect(overview.locator(".o_social_lately")).to_contain_text("1 of them not over")
    shoot(page, "light")
    page.evaluate("window.notReloaded = true")
    world.mend()
    expect(needy.get_by_role("status")).to_have_text("No connection needs a person now")
    expect(card.locator("[data-status=no_expiry] .badge")).to_be_visible()
    assert page.evaluate("window.notReloaded"), "without reload"
    shoot(page, "green")


def test_its_counts_lead_to_the_list_that_they_count(page, world):
    overview = open_overview(page, world)
    card = overview.get_by_role("article", name="X", exact=True)
    card.get_by_role("button", name=re.compile("No expiration date")).click()
    page.wait_for_selector(".o_list_view .o_data_row")
    expect(page.locator(".o_data_row")).to_have_count(1)
    facets = page.locator(".o_searchview_facet")
    expect(facets.filter(has_text="No expiration date")).to_be_visible()
    expect(facets.filter(has_text=re.compile(r"Network\s*X"))).to_be_visible()
    page.locator(".o_breadcrumb").get_by_text("Overview").click()
    expect(overview.locator(".o_social_networks")).to_be_visible()
    card.get_by_role("button", name="Try renewing all X").click()
    expect(page.locator(".o_form_view")).to_contain_text("1 of 1 done")


def test_it_can_be_used_by_keys_and_on_a_phone(page, world):
    page.set_viewport_size(PHONE)
    world.lose()
    overview = open_overview(page, world)
    button = overview.locator(".o_social_needy .btn-primary")
    expect(button).to_have_text(re.compile(rf"^Reconnect X {ACCOUNT}"))
    wide = page.evaluate(
        "document.querySelector('.o_social_overview .o_content').scrollWidth"
    )
    assert wide <= PHONE["width"], "nothing has to be moved sideways"
    for one in overview.get_by_role("button").all():
        box = one.bounding_box()
        assert min(box["width"], box["height"]) >= 24, one.inner_text()
    shoot(page, "phone")
    overview.locator(".o_social_needy .btn-link").first.focus()
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/x/"))
    world.mend()


def test_a_manager_makes_a_clients_report_of_a_month(page, world):
    overview = open_overview(page, world)
    overview.get_by_role("button", name="Monthly Report for a Client").click()
    dialog = page.locator(".modal").filter(has_text="Monthly Report")
    dialog.locator("[name=partner_id] input").click()
    page.get_by_role("option", name="Corner Bakery").click()
    month = dialog.locator("[name=month]")
    # The month that is not over is the only one with a connection.
    month.locator("select, input").first.click()
    options = page.locator("[name=month] option, .o_select_menu_item")
    label = options.last.inner_text()
    choose(page, month, label)
    shoot(page, "report_dialog")
    dialog.get_by_role("button", name="Show").click()
    report = page.frame_locator("iframe")
    expect(report.locator("h2")).to_contain_text(f"Your Connections in {label}")
    expect(report.locator("table")).to_contain_text(ACCOUNT)
    shoot(page, "report")
    page.goto(f"{world.server.url}/odoo/res.partner/{world.client_id}")
    page.get_by_role("tab", name="Social Connections").click()
    expect(page.locator("[name=social_health_text]")).to_contain_text("of 100")
    shoot(page, "client")


def choose(page, month, label):
    """Choose in a field of Odoo's, which is a list of its own or the browser's."""
    if month.locator("select").count():
        month.locator("select").select_option(label=label)
    else:
        page.locator(".o_select_menu_item").filter(has_text=label).click()
