"""I take it until ...: on the profile and by the mail's address (B-5)."""

import re

import pytest
from playwright.sync_api import expect

from tests import browser
from tests.people import Backend, HttpPerson, register_app

pytestmark = pytest.mark.browser

PAGE = "Padaria do Porto"
PAGE_ID = "100000000000102"
PASSWORD = "a-password-for-taking"
EN = {
    "lang": "en_US",
    "open": "I take it until ...",
    "press": "I Take It",
    "cancel": "Cancel",
    "until": "I Take It Until",
    "has": "Mia Member takes care of it until",
    "told": "You have it until",
    "refused": "Nothing was changed",
    "works": "This connection works, so there is nothing to take",
    "settings": "When Nobody Renews",
    "days": "Days to Warn Before",
    "everybody": "Everybody",
    "repeat": "Days Until Told Again",
}
PT = {
    "lang": "pt_BR",
    "open": "Eu assumo até ...",
    "press": "Eu assumo",
    "cancel": "Cancelar",
    "until": "Eu assumo até",
    "has": "Mia Member cuida disto até",
    "told": "Está com você até",
    "refused": "Nada foi alterado",
    "works": "Esta conexão funciona, então não há nada a assumir",
    "settings": "Quando ninguém renova",
    "days": "Dias de antecedência",
    "everybody": "Todos",
    "repeat": "Dias até avisar de novo",
}
LANGUAGES = pytest.mark.parametrize("words", [EN, PT], ids=["en", "pt_BR"])


@pytest.fixture
def browser_locale(words):
    return words["lang"].replace("_", "-")


class World:
    """An Odoo with one page that stopped working, and two people told of it."""

    def __init__(self, server, sandbox, words):
        self.server, self.words = server, words
        self.admin = HttpPerson(server, sandbox)
        self.admin.speak(words["lang"])
        self.admin.connect(register_app(self.admin, sandbox), pages=_only_page)
        self.profile_ids = self.admin.call(
            "social.profile", "search", [("name", "=", PAGE)]
        )
        group = server.rpc("admin", "admin").id_of("social_token_manager.group_member")
        self.mia, self.tom = (
            self._make_user(name, group) for name in ("Mia Member", "Tom Team")
        )
        people = {
            "admin_user_ids": [[4, self.mia]],
            "recipient_user_ids": [[4, self.tom]],
        }
        self.admin.call("social.profile", "write", self.profile_ids, people)
        # The way a network would say it.
        sandbox.control("meta/revoke", {"person": "ana"})
        self.admin.call("social.profile", "action_verify", self.profile_ids)

    def _make_user(self, name, group):
        values = {
            "name": name,
            "login": name.split()[0].lower(),
            "email": f"{name.split()[0].lower()}@example.com",
            "password": PASSWORD,
            "lang": self.words["lang"],
            "tz": "Europe/Lisbon",
            "group_ids": [[4, group]],
        }
        (user_id,) = self.admin.call("res.users", "create", [values])
        return user_id

    def log_in(self, page, login, password=PASSWORD):
        browser.login(page, self.server.url, login, password)
        page.keyboard.press("Escape")
        return Backend(page, self.server.url)

    def takers(self):
        found = self.admin.call(
            "social.escalation",
            "search_read",
            [("profile_id", "in", self.profile_ids)],
            ["taken_by_id"],
        )
        return [one["taken_by_id"][0] for one in found if one["taken_by_id"]]


def _only_page(form):
    chosen = [one for one in form.offered("chosen") if one == PAGE_ID]
    return {"action": "continue", "chosen": chosen}


def shoot(page, words, name):
    browser.shoot(page, f"escalation_{words['lang']}_{name}")


@pytest.fixture
def world(odoo_server, sandbox, words):
    return World(odoo_server(), sandbox, words)


@LANGUAGES
def test_somebody_takes_it_by_the_mails_address_and_all_see_who_has_it(
    world, browser_page, words
):
    page = browser_page
    profile_id = world.profile_ids[0]
    browser.login(page, world.server.url, "mia", PASSWORD)
    alert = page.get_by_role("dialog").filter(has_text=PAGE).first
    alert.get_by_role("button", name=words["open"]).first.click()
    expect(page.get_by_role("dialog").last).to_contain_text(words["until"])
    shoot(page, words, "alert")
    backend = Backend(page, world.server.url)
    backend.open(f"social-profiles/{profile_id}")
    shoot(page, words, "profile")
    page.get_by_role("button", name=words["open"]).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(PAGE)
    shoot(page, words, "dialog")
    dialog.get_by_role("button", name=words["cancel"], exact=True).click()
    assert not world.takers()

    page.goto(f"{world.server.url}/odoo/social-profiles/{profile_id}/social-take")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(PAGE)
    expect(dialog.get_by_label(words["until"])).to_be_visible()
    shoot(page, words, "address")
    assert not world.takers(), "opening an address takes nothing"
    # The calendar opens with the dialog; Escape closes it, and not the dialog.
    expect(page.locator(".o_datetime_picker")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".o_datetime_picker")).to_have_count(0)
    dialog.get_by_role("button", name=words["press"], exact=True).press("Enter")
    expect(page.get_by_text(re.compile(words["told"]))).to_be_visible()
    assert world.takers() == [world.mia]
    form = page.locator(".o_form_view")
    expect(form.get_by_text(re.compile(words["has"]))).to_be_visible()

    # Whoever is told of it sees who has it, and cannot take it himself.
    backend = world.log_in(page, "tom")
    backend.open(f"social-profiles/{profile_id}")
    expect(form.get_by_text(re.compile(words["has"]))).to_be_visible()
    expect(page.get_by_role("button", name=words["open"])).to_have_count(0)
    shoot(page, words, "told")
    page.goto(f"{world.server.url}/odoo/social-profiles/{profile_id}/social-take")
    expect(page.get_by_role("dialog")).to_contain_text(words["refused"])
    assert world.takers() == [world.mia]


@LANGUAGES
def test_an_owner_says_in_the_settings_when_people_are_told(world, browser_page, words):
    page = browser_page
    world.log_in(page, "admin", "admin")
    page.goto(f"{world.server.url}/odoo/settings#social_token_manager")
    page.locator(".tab[data-key=social_token_manager]").click()
    expect(page.get_by_text(words["settings"])).to_be_visible()
    page.get_by_label(words["repeat"]).fill("5")
    page.get_by_label(words["days"]).fill("14, 2")
    page.locator("div[name=social_quiet_rule] input").click()
    page.locator(".o_select_menu_item", has_text=words["everybody"]).click()
    page.get_by_text(words["settings"]).scroll_into_view_if_needed()
    shoot(page, words, "settings")
    page.locator(".o_form_button_save").click()
    expect(page.locator(".o_form_button_save")).to_be_hidden()
    (company,) = world.admin.call(
        "res.company",
        "search_read",
        [],
        ["social_escalation_repeat", "social_notice_days", "social_quiet_rule"],
        limit=1,
    )
    del company["id"]
    assert company == {
        "social_escalation_repeat": 5,
        "social_notice_days": "14, 2",
        "social_quiet_rule": "all",
    }
