"""What people of each role see and may press (S4-18 to S4-20, S4-37, S4-38, G-6)."""

import re

import pytest
from playwright.sync_api import expect

from tests import browser
from tests.people import Backend, HttpPerson, Renewal, install_language, register_app

pytestmark = pytest.mark.browser

PAGE = "Padaria do Porto"
PASSWORD = "a-password-for-rights"
EN = {
    "lang": "en_US",
    "archive": "Archive",
    "continue": "Continue",
    "ticks": "the ticks stay as they are",
    "refused": "Nothing was changed; ask one of them",
    "step": "Select accounts",
    "finish": "Finish",
}
PT = {
    "lang": "pt_BR",
    "archive": "Arquivar",
    "continue": "Continuar",
    "ticks": "as marcações ficam como estão",
    "refused": "Nada foi alterado; peça a um deles",
    "step": "Selecionar contas",
    "finish": "Finalizar",
}
LANGUAGES = pytest.mark.parametrize("words", [EN, PT], ids=["en", "pt_BR"])


def shoot(page, words, name):
    browser.shoot(page, f"rights_{words['lang']}_{name}")


@pytest.fixture
def browser_locale(words):
    return words["lang"].replace("_", "-")


class World:
    """An Odoo with one connected page and a user of each role, in some language."""

    def __init__(self, server, sandbox, words):
        self.server, self.sandbox, self.words = server, sandbox, words
        self.admin = HttpPerson(server, sandbox)
        install_language(self.admin, words["lang"])
        app_id = register_app(self.admin, sandbox)
        self.admin.connect(app_id, pages=_only_page, instagram=_only_page)
        self.profile_ids = self.admin.call(
            "social.profile", "search", [("name", "ilike", PAGE)]
        )

    def make_user(self, login, *groups):
        """Return the id of a user with groups by their external ids."""
        rpc = self.server.rpc("admin", "admin")
        values = {
            "name": login,
            "login": login,
            "password": PASSWORD,
            "lang": self.words["lang"],
            "group_ids": [[4, rpc.id_of(group)] for group in groups],
        }
        (user_id,) = self.admin.call("res.users", "create", [values])
        return user_id

    def make_admin_of_pages(self, *user_ids):
        """Let these users, and nobody else, be Admin on all profiles."""
        values = {"admin_user_ids": [[6, 0, list(user_ids)]]}
        self.admin.call("social.profile", "write", self.profile_ids, values)

    def log_in(self, page, login):
        browser.login(page, self.server.url, login, PASSWORD)
        page.keyboard.press("Escape")
        return Backend(page, self.server.url)


def _only_page(form):
    wanted = {"100000000000102", "17841400000000102"}
    chosen = [one for one in form.offered("chosen") if one in wanted]
    return {"action": "continue", "chosen": chosen}


@pytest.fixture
def world(odoo_server, sandbox, words):
    return World(odoo_server(), sandbox, words)


@LANGUAGES
def test_a_member_who_is_admin_looks_after_a_profile_and_managers_say_who_is(
    world, browser_page, words
):
    member = world.make_user("member", "social_token_manager.group_member")
    world.make_user("manager", "social_token_manager.group_manager")
    world.make_admin_of_pages(member)
    page = browser_page
    for login, may in (("member", False), ("manager", True)):
        page.context.clear_cookies()
        backend = world.log_in(page, login)
        backend.open(f"social-profiles/{world.profile_ids[0]}")
        for name, is_open in (
            ("name", True),
            ("recipient_user_ids", True),
            ("admin_user_ids", may),
        ):
            field = page.locator(f".o_field_widget[name={name}]")
            expect(field).to_be_visible()
            expect(field.locator("input, textarea")).to_have_count(int(is_open))
        menus = page.locator(".o_cp_action_menus button")
        if menus.count():
            # Odoo leaves an empty one out.
            menus.first.click()
        archive = page.locator(".o-dropdown-item", has_text=words["archive"])
        expect(archive).to_have_count(int(may))
        shoot(page, words, login)
        page.keyboard.press("Escape")


@LANGUAGES
def test_a_right_that_is_taken_away_is_told_at_the_last_button(
    world, browser_page, words
):
    member = world.make_user("member", "social_token_manager.group_member")
    world.make_admin_of_pages(member)
    person = HttpPerson(world.server, world.sandbox, "member", PASSWORD)
    action = person.call("social.profile", "action_renew", world.profile_ids[:1])
    wizard = action["res_id"]
    person.call("social.renewal.wizard", "write", [wizard], {"step": "login"})
    leave = person.call("social.renewal.wizard", "action_login", [wizard])
    person.come_back(person.consent(leave))

    page = browser_page
    backend = world.log_in(page, "member")
    backend.open(f"social-renewal/{wizard}")
    renewal = Renewal(page).expect_step(words["step"])
    expect(renewal.line("Facebook", PAGE)).to_be_visible()
    expect(page.get_by_text(words["ticks"])).to_be_visible()
    # He keeps the ticks as they are, with or without a mouse.
    for tick in page.locator("td[name=is_chosen] input:visible").all():
        expect(tick).to_be_disabled()

    world.make_admin_of_pages()
    renewal.press(words["continue"])
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(words["refused"])
    shoot(page, words, "taken_away")
    dialog.locator("footer button").first.click()
    renewal.expect_step(words["step"])

    world.make_admin_of_pages(member)
    renewal.press(words["continue"])
    renewal.expect_step(words["finish"])


@pytest.mark.parametrize("words", [EN], ids=["en"])
def test_a_settings_admin_without_a_role_sees_nothing_of_ours(
    world, browser_page, words
):
    world.make_user("settings", "base.group_system")
    world.make_user("both", "base.group_system", "social_token_manager.group_owner")
    page = browser_page
    for login, may in (("settings", False), ("both", True)):
        page.context.clear_cookies()
        browser.login(page, world.server.url, login, PASSWORD)
        page.keyboard.press("Escape")
        page.goto(f"{world.server.url}/odoo/settings")
        expect(page.locator(".settings_tab .tab").first).to_be_visible()
        ours = page.locator(".settings_tab [data-key=social_token_manager]")
        expect(ours).to_have_count(int(may))
        page.goto(f"{world.server.url}/odoo/apps")
        page.locator(".o_navbar_apps_menu button").click()
        menu = page.get_by_role("menuitem", name=re.compile("Social Connections"))
        expect(page.get_by_role("menuitem").first).to_be_visible()
        expect(menu).to_have_count(int(may))
        shoot(page, words, login)
