"""Profiles as cards, calendar, tables and forecast, at a desk and on a phone."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests import browser, servers
from tests.people import Backend, HttpPerson, register_app

pytestmark = pytest.mark.browser

MODULE = "social_token_manager"
PAGE = "Padaria do Porto"
WANTED = {"100000000000102", "17841400000000102"}
CLIENT = "Padarias do Porto"
PHONE = {"width": 390, "height": 844}
# When each ends, in days from now; of Messenger the permission was withdrawn.
ENDS = {"messenger": -3, "instagram": 3, "facebook": 40}
PER_DAY = 24


@pytest.fixture(scope="module")
def world():
    """One server with three profiles of a client at Meta, and one at X."""
    with servers.running_sandbox() as sandbox, servers.running_odoo() as start:
        # The moments set below are not the network's, so nothing is verified.
        server = start(arguments=["--max-cron-threads=0"])
        admin = HttpPerson(server, sandbox)
        rpc = server.rpc("admin", "admin")
        rpc.call("res.users", "write", [rpc.uid], {"social_login_alert": False})

        def tick(form):
            chosen = [one for one in form.offered("chosen") if one in WANTED]
            return {"action": "continue", "chosen": chosen}

        meta_app = register_app(admin, sandbox)
        admin.connect(meta_app, pages=tick, instagram=tick)
        x_app = register_app(admin, sandbox, "x")
        admin.connect(x_app)
        client_id = make_client(rpc)
        set_moments(server)
        yield SimpleNamespace(server=server, rpc=rpc, client_id=client_id)


def make_client(rpc):
    """Make a client of the profiles at Meta, and a team that lives from one of them."""
    (client_id,) = rpc.call(
        "res.partner", "create", [{"name": CLIENT, "is_company": True}]
    )
    found = rpc.call("social.profile", "search", [("network_id.code", "in", [*ENDS])])
    rpc.call("social.profile", "write", found, {"partner_id": client_id})
    (messenger,) = rpc.call(
        "social.profile", "search", [("network_id.code", "=", "messenger")]
    )
    team = {"name": "Support", "kind": "helpdesk", "profile_id": messenger}
    rpc.call("social.profile.feed", "create", [team])
    networks = rpc.call("social.network", "search", [("code", "in", [*ENDS])])
    rpc.call("social.network", "write", networks, {"history_limit_days": 7})
    return client_id


def set_moments(server):
    with server.cursor() as cr:
        for code, days in ENDS.items():
            cr.execute(
                "UPDATE social_profile SET messages_per_day = %s, reason = %s,"
                " expires_at = date_trunc('second', now() AT TIME ZONE 'UTC'"
                " + %s * interval '1 hour')"
                " WHERE network_id = (SELECT id FROM social_network WHERE code = %s)",
                [PER_DAY, "revoked" if days < 0 else None, days * 24 + 1, code],
            )


class Screens:
    """An administrator in front of the views."""

    def __init__(self, world, page, name):
        self.world, self.page, self.name = world, page, name
        server = world.server
        params = {"db": server.db, "login": "admin", "password": "admin"}
        page.context.request.post(
            f"{server.url}/web/session/authenticate",
            data={"jsonrpc": "2.0", "params": params},
        )
        self.backend = Backend(page, server.url)

    def open(self, path):
        self.backend.open(path)
        return self

    def switch(self, kind):
        """Press the button of another view."""
        self.page.locator(f".o_switch_view.o_{kind}").click()
        self.page.wait_for_selector(f".o_{kind}_view")
        return self

    def card(self, network):
        cards = self.page.locator(".o_kanban_record:not(.o_kanban_ghost)")
        return cards.filter(has_text=network)

    def shoot(self, name):
        browser.shoot(self.page, f"views_{self.name}_{name}")

    def expect_fits(self):
        """Expect that nothing has to be moved sideways to be read."""
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= self.page.viewport_size["width"]


@pytest.fixture
def desk(world, browser_page):
    return Screens(world, browser_page, "desk")


@pytest.fixture
def phone(world, browser_page):
    browser_page.set_viewport_size(PHONE)
    return Screens(world, browser_page, "phone")


def expect_cards(screens):
    """The "!" is on the two that need somebody, with the way to mend and to know."""
    marks = screens.page.get_by_role("img", name=re.compile("Needs somebody"))
    expect(marks).to_have_count(2)
    gone = screens.card("Messenger")
    expect(gone).to_contain_text(re.compile(r"✕\s*Expired"))
    expect(gone.get_by_role("button", name="Reconnect", exact=True)).to_be_visible()
    why = gone.get_by_role("button", name="Why do tokens expire?")
    expect(why).to_be_visible()
    soon = screens.card("Instagram")
    expect(soon.get_by_title(re.compile(r"\d{4}")).first).to_contain_text("in 3 days")
    expect(screens.card("Café Aurora").get_by_role("img")).to_have_count(0)


def find_event(page, name, way):
    """Return what the calendar has of a network, perhaps in the month beside this."""
    page.locator(".fc-event").first.wait_for()
    event = page.locator(".fc-event").filter(has_text=name)
    if not event.count():
        page.locator(f".o_calendar_button_{way}").click()
    return event


def test_cards_calendar_graph_and_pivot_say_the_same(desk):
    page = desk.page
    desk.open("social-profiles").switch("kanban")
    expect_cards(desk)
    desk.shoot("1_kanban")
    more = desk.card("Messenger").get_by_role(
        "button", name=f"More actions for {PAGE}", exact=True
    )
    more.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="See all managers")).to_be_visible()
    page.keyboard.press("Escape")
    desk.switch("calendar")
    expect(find_event(page, "Messenger", "prev")).to_contain_text("✕")
    event = find_event(page, "Instagram", "next")
    expect(event).to_contain_text("! Expires in 3 days · Instagram")
    desk.shoot("2_calendar")
    event.click()
    expect(page.locator(".o_cw_popover")).to_contain_text("Instagram")
    desk.shoot("3_calendar_event")
    desk.switch("graph")
    page.wait_for_selector(".o_graph_canvas_container canvas")
    desk.shoot("4_graph")
    desk.switch("pivot")
    expect(page.locator(".o_pivot_view table")).to_contain_text("Messenger")
    expect(page.locator(".o_pivot_view table")).to_contain_text("Days Left")
    desk.shoot("5_pivot")


def test_reasons_and_clients_are_filters_in_words(desk):
    page = desk.page
    desk.open("social-profiles")
    rows = page.locator(".o_data_row")
    expect(rows).to_have_count(4)
    panel = page.locator(".o_search_panel")
    panel.get_by_text("Access withdrawn", exact=True).click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Messenger")
    desk.shoot("6_panel")


def test_a_profile_tells_its_story_and_opens_its_journal(desk):
    page = desk.page
    desk.open("social-messages-at-risk")
    rows = page.locator(".o_data_row")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Messenger")
    for words in ("Gone for 2 days", "71", "! In 4 days", "Support (Helpdesk Team)"):
        expect(rows.first).to_contain_text(words)
    expect(rows.last).to_contain_text("Ends in 3 days")
    desk.shoot("7_at_risk")
    rows.first.locator("td[name=outage_text]").click()
    story = page.locator(".o_social_story")
    expect(story).to_contain_text("This connection has not worked since")
    expect(story).to_contain_text("It feeds: Support (Helpdesk Team).")
    desk.shoot("8_form")
    page.get_by_role("tab", name="What It Feeds").click()
    expect(page.locator("div[name=feed_ids]")).to_contain_text("Support")
    desk.shoot("9_feeds")
    page.get_by_role("button", name=re.compile("Journal")).click()
    expect(page.locator(".o_breadcrumb")).to_contain_text("Journal")
    expect(page.locator(".o_data_row").first).to_be_visible()


def test_a_forecast_leads_over_a_simulation_to_the_queue(desk):
    page = desk.page
    desk.open("social-forecast")
    page.wait_for_selector(".o_graph_canvas_container canvas")
    desk.shoot("10_forecast")
    desk.switch("pivot").switch("calendar")
    page.get_by_role("button", name="Simulate renewing together").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 login would renew 2 profiles.")
    plan = dialog.get_by_role("region", name="Profile by profile")
    expect(plan.get_by_role("row")).to_have_count(3)
    desk.shoot("11_simulation")
    dialog.get_by_label("Most in One Week").fill("1")
    dialog.get_by_label("Spread over weeks").check()
    weeks = dialog.get_by_role("region", name="Week by week")
    expect(weeks).to_contain_text("! More than 1 end")
    desk.shoot("12_spread")
    dialog.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(re.compile("/social-queues/"))
    expect(page.locator("h1").first).to_contain_text("1 login will fix 2 profiles")


def test_a_client_and_ones_own_picture_lead_to_the_profiles(desk, world):
    page = desk.page
    desk.open(f"res.partner/{world.client_id}")
    button = page.get_by_role("button", name=re.compile("Social Profiles"))
    expect(button).to_contain_text(re.compile(r"3\s*Social Profiles\s*✕ 1 expired"))
    desk.shoot("13_client")
    button.click()
    expect(page.locator(".o_data_row")).to_have_count(3)
    page.locator(".o_user_menu button").click()
    page.get_by_role("menuitem", name="Social profiles & tokens").click()
    page.wait_for_url(re.compile("/social-profiles"))
    expect(page.locator(".o_data_row")).to_have_count(4)


def test_everything_fits_on_a_phone(phone, world):
    page = phone.page
    phone.open("social-profiles")
    expect_cards(phone)
    phone.expect_fits()
    phone.shoot("1_kanban")
    phone.open("social-messages-at-risk")
    expect(phone.card("Messenger")).to_contain_text("≈ 71 messages waiting")
    phone.expect_fits()
    phone.shoot("2_at_risk")
    phone.open("social-forecast")
    page.wait_for_selector(".o_graph_canvas_container canvas")
    phone.expect_fits()
    phone.shoot("3_forecast")
    page.get_by_role("button", name="Simulate renewing together").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 login would renew 2 profiles.")
    phone.expect_fits()
    phone.shoot("4_simulation")
    phone.open(f"res.partner/{world.client_id}")
    phone.shoot("5_client")
    phone.open("social-profiles")
    phone.card("Messenger").locator(".o_social_status").click()
    expect(page.locator(".o_social_story")).to_contain_text("has not worked since")
    phone.expect_fits()
    phone.shoot("6_form")
