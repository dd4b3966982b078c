"""What an Owner sets, and whom he gives a role, without being an administrator."""

import re

import pytest
from playwright.sync_api import expect

from tests import browser
from tests.people import Backend, HttpPerson, register_app

pytestmark = pytest.mark.browser

MODULE = "social_token_manager"
PASSWORD = "a-password-for-owners"
PAGE = "Padaria do Porto"


class World:
    """An Odoo with one page, which Bob connected, and somebody of each role."""

    def __init__(self, server, sandbox):
        self.server = server
        self.rpc = server.rpc("admin", "admin")
        self.ids = {
            login: self._make_user(login, group)
            for login, group in (
                ("owner", f"{MODULE}.group_owner"),
                ("manager", f"{MODULE}.group_manager"),
                ("bob", f"{MODULE}.group_manager"),
            )
        }
        app_id = register_app(HttpPerson(server, sandbox), sandbox)
        bob = HttpPerson(server, sandbox, "bob", PASSWORD)
        bob.connect(app_id, pages=_only_page, instagram=_only_page)
        self.profile_ids = self.rpc.call("social.profile", "search", [])
        self.make_admin("bob", self.profile_ids)
        (network,) = self.rpc.call("social.network", "search", [("code", "=", "x")])
        values = {"name": "Of somebody else", "network_id": network}
        self.make_admin("owner", self.rpc.call("social.profile", "create", [values]))

    def make_admin(self, login, profile_ids):
        """Let somebody, and nobody else, be Admin on some profiles."""
        values = {"admin_user_ids": [[6, 0, [self.ids[login]]]]}
        self.rpc.call("social.profile", "write", profile_ids, values)

    def _make_user(self, login, group):
        values = {
            "name": f"Person {login.title()}",
            "login": login,
            "password": PASSWORD,
            "group_ids": [[4, self.rpc.id_of(group)]],
        }
        (user_id,) = self.rpc.call("res.users", "create", [values])
        return user_id

    def log_in(self, page, login):
        page.context.clear_cookies()
        browser.login(page, self.server.url, login, PASSWORD)
        page.keyboard.press("Escape")
        return Backend(page, self.server.url)


def _only_page(form):
    chosen = [one for one in form.offered("chosen") if one == "100000000000102"]
    return {"action": "continue", "chosen": chosen}


@pytest.fixture
def world(odoo_server, sandbox):
    return World(odoo_server(), sandbox)


def expect_handed_over(page):
    """Wait for the list of exactly what hangs on Bob, and return its rows."""
    rows = page.locator(".o_data_row")
    expect(rows).to_have_count(2)
    for network in ("Facebook Page", "Messenger"):
        expect(rows.filter(has_text=network)).to_contain_text(PAGE)
    return rows


def open_configuration(page):
    """Open the menu, and return the names of what is in it."""
    page.locator(".o_menu_sections").get_by_text("Configuration", exact=True).click()
    entries = page.locator(".o-dropdown--menu .dropdown-item")
    expect(entries.first).to_be_visible()
    return entries.all_inner_texts()


def test_an_owner_sets_what_holds_for_the_company(world, browser_page):
    page = browser_page
    backend = world.log_in(page, "owner")
    backend.open("social-overview")
    names = open_configuration(page)
    assert "Settings" in names and "People and Roles" in names
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.wait_for_url(re.compile("/odoo/social-settings"))
    strict = page.get_by_role("checkbox", name="Only Owners and Managers Renew")
    expect(strict).not_to_be_checked()
    expect(page.locator(".settings_tab .tab")).to_have_count(1)
    expect(page.locator(".settings")).to_contain_text("administrators of Odoo find")
    browser.shoot(page, "owner_settings")
    strict.check()
    page.locator("div[name=social_notice_days] input").fill("soon")
    save = page.get_by_role("button", name="Save", exact=True)
    save.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Write the days before the end")
    page.keyboard.press("Escape")
    page.locator("div[name=social_notice_days] input").fill("9, 4")
    with page.expect_navigation():
        save.click()
    expect(strict).to_be_checked()
    days = page.locator("div[name=social_notice_days] input")
    expect(days).to_have_value("9, 4")
    # What is not saved is given back.
    days.fill("5")
    page.get_by_role("button", name="Discard", exact=True).click()
    expect(days).to_have_value("9, 4")
    names = ["social_strict_renewal", "social_notice_days"]
    (company,) = world.rpc.call("res.company", "search_read", [], names)
    assert [company[name] for name in names] == [True, "9, 4"]


def test_an_owner_changes_a_role_and_sees_what_hangs_on_that_person(
    world, browser_page
):
    page = browser_page
    backend = world.log_in(page, "owner")
    backend.open("social-overview")
    open_configuration(page)
    page.get_by_role("menuitem", name="People and Roles", exact=True).click()
    page.wait_for_url(re.compile("/odoo/social-roles"))
    bob = page.locator(".o_data_row").filter(has_text="Person Bob")
    expect(bob.locator("td[name=social_role]")).to_have_text("Manager")
    browser.shoot(page, "owner_roles")
    bob.get_by_role("button", name="Change Role", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name="Manager", exact=True)).to_be_checked()
    warning = dialog.get_by_role("alert")
    expect(warning).to_contain_text(f"hang on this user alone: Facebook Page {PAGE}")
    browser.shoot(page, "owner_role")
    dialog.get_by_role("radio", name="Member", exact=True).check()
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".o_notification")).to_contain_text("Person Bob is Member now")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(bob.locator("td[name=social_role]")).to_have_text("Member")
    # A click on the row is the same.
    page.locator(".o_data_row").filter(has_text="Person Owner").locator("td").nth(
        1
    ).click()
    expect(dialog.get_by_role("radio", name="Owner", exact=True)).to_be_checked()
    dialog.get_by_role("button", name="Cancel", exact=True).click()

    bob.get_by_role("button", name="Change Role", exact=True).click()
    warning.get_by_role("button", name="Show These Profiles", exact=True).click()
    for row in expect_handed_over(page).all():
        expect(row.get_by_role("button", name="Renew", exact=True)).to_be_visible()
    browser.shoot(page, "owner_handover")


def test_who_archives_a_user_leaves_a_link_to_what_hung_on_him(world, browser_page):
    world.rpc.call("res.users", "write", [world.ids["bob"]], {"active": False})
    activities = world.rpc.call(
        "mail.activity",
        "search_read",
        [("res_model", "=", "social.profile"), ("res_id", "in", world.profile_ids)],
        ["note"],
    )
    assert len(activities) == 2
    (address,) = re.findall(r'href="([^"]+)"', activities[0]["note"])
    page = browser_page
    world.log_in(page, "manager")
    page.goto(world.server.url + address)
    expect_handed_over(page)
    page.reload()
    expect_handed_over(page)

    page.context.clear_cookies()
    browser.login(page, world.server.url, "admin", "admin")
    page.keyboard.press("Escape")
    page.goto(f"{world.server.url}/odoo/users/{world.ids['bob']}")
    warning = page.get_by_role("alert").filter(has_text="hang on this user alone")
    warning.get_by_role("button", name="Show These Profiles", exact=True).click()
    expect_handed_over(page)


def test_a_manager_sees_neither_settings_nor_roles(world, browser_page):
    page = browser_page
    backend = world.log_in(page, "manager")
    backend.open("social-overview")
    names = open_configuration(page)
    assert "Notifications" in names
    assert not {"Settings", "People and Roles"} & set(names)
