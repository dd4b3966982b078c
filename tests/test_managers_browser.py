"""See all managers, by keyboard, in both languages: who can renew, and whom to ask."""

import re

import pytest
from playwright.sync_api import expect

from tests import browser
from tests.people import Backend, HttpPerson, register_app

pytestmark = pytest.mark.browser

MODULE = "social_token_manager"
PAGE = "Padaria do Porto"
PAGE_ID = "100000000000102"
EN = {
    "lang": "en_US",
    "facebook": "Facebook Page",
    "more": f"More actions for {PAGE}",
    "see": "See all managers",
    "title": f"Managers of {PAGE}",
    "can": r"✓\s*Can renew",
    "cannot": r"✗\s*Cannot renew",
    "unknown": r"\?\s*Unknown",
    "column": "Can renew tokens",
    "ask": "Ask this person",
    "asked": "was asked to renew it by",
    "again": "was asked already",
    "network": "Ask the Network",
    "named": r"The network named \d people",
    "admin": "Admin of this profile",
    "outside": "No role here",
    "only": "Only .* is known to be able to renew",
    "alone": r"Only one person can renew",
    "reserve": "1 person, no reserve",
    "hand": "Set by Hand",
    "no": "Cannot renew",
    "save": "Save",
    "by_hand": "Set by hand by Mitchell Admin|Set by hand by Administrator",
    "close": "Close",
    "activity": "Renew Connection",
    "tab": "Who Can Renew",
    "users": "Social profiles that hang on this user alone",
}
PT = {
    "lang": "pt_BR",
    "facebook": "Página do Facebook",
    "more": f"Mais ações para {PAGE}",
    "see": "Ver todos os gestores",
    "title": f"Gestores de {PAGE}",
    "can": r"✓\s*Pode renovar",
    "cannot": r"✗\s*Não pode renovar",
    "unknown": r"\?\s*Desconhecido",
    "column": "Pode renovar tokens",
    "ask": "Pedir a esta pessoa",
    "asked": "recebeu o pedido de renovar até",
    "again": "já recebeu o pedido",
    "network": "Perguntar à rede",
    "named": r"A rede indicou \d pessoas",
    "admin": "Administrador deste perfil",
    "outside": "Sem função aqui",
    "only": "Só se sabe que .* pode renovar",
    "alone": r"Só uma pessoa pode renovar",
    "reserve": "1 pessoa, sem reserva",
    "hand": "Definir manualmente",
    "no": "Não pode renovar",
    "save": "Salvar",
    "by_hand": "Definido manualmente por",
    "close": "Fechar",
    "activity": "Renovar conexão",
    "tab": "Quem pode renovar",
    "users": "Perfis sociais que dependem só deste usuário",
}
LANGUAGES = pytest.mark.parametrize("words", [EN, PT], ids=["en", "pt_BR"])


class World:
    """An Odoo with one page, which the administrator connected as Ana."""

    def __init__(self, server, sandbox, words):
        self.server, self.sandbox, self.words = server, sandbox, words
        self.admin = HttpPerson(server, sandbox)
        self.rpc = server.rpc("admin", "admin")
        self.admin.speak(words["lang"])
        app_id = register_app(self.admin, sandbox)

        def only_page(form):
            chosen = [one for one in form.offered("chosen") if one == PAGE_ID]
            return {"action": "continue", "chosen": chosen}

        self.admin.connect(app_id, pages=only_page)
        self.member_id = self._make_member()

    def _make_member(self):
        group = self.rpc.id_of(f"{MODULE}.group_member")
        values = {"name": "Mia Member", "login": "member", "password": "member"}
        more = {"lang": self.words["lang"], "group_ids": [(4, group)]}
        (user_id,) = self.rpc.call("res.users", "create", [{**values, **more}])
        found = self.rpc.call("social.profile", "search", [("name", "=", PAGE)])
        self.rpc.call(
            "social.profile", "write", found, {"admin_user_ids": [(4, user_id)]}
        )
        return user_id

    def activities(self):
        """Return the open requests to renew, as ``[(user id, type's name)]``."""
        domain = [("res_model", "=", "social.profile")]
        names = ["user_id", "activity_type_id", "date_deadline"]
        found = self.rpc.call(
            "mail.activity",
            "search_read",
            domain,
            names,
            context={"lang": self.words["lang"]},
        )
        return [(one["user_id"][0], one["activity_type_id"][1]) for one in found]


@pytest.fixture
def browser_locale(words):
    return words["lang"].replace("_", "-")


@pytest.fixture
def world(odoo_server, sandbox, words):
    return World(odoo_server(), sandbox, words)


def shoot(page, words, name):
    browser.shoot(page, f"managers_{words['lang']}_{name}")


def enter(page, world, login):
    world.server.forget_messages()
    params = {"db": world.server.db, "login": login, "password": login}
    page.context.request.post(
        f"{world.server.url}/web/session/authenticate",
        data={"jsonrpc": "2.0", "params": params},
    )
    return Backend(page, world.server.url).open("social-profiles")


def open_managers(backend, words):
    """Open the dialog from the menu of the row, by keyboard alone; return it."""
    page = backend.page
    row = backend.row(words["facebook"], PAGE)
    more = row.get_by_role("button", name=words["more"], exact=True)
    more.focus()
    page.keyboard.press("Enter")
    item = page.get_by_role("menuitem", name=words["see"], exact=True)
    expect(item).to_be_visible()
    shoot(page, words, "1_menu")
    page.keyboard.press("ArrowDown")
    expect(item).to_be_focused()
    page.keyboard.press("Enter")
    return find_dialog(page, words)


def find_dialog(page, words):
    dialog = page.get_by_role("dialog").filter(has_text=words["title"])
    expect(dialog).to_be_visible()
    return dialog


def line(dialog, name):
    return dialog.locator(".o_data_row").filter(has_text=name)


def has(words):
    return re.compile(words)


@LANGUAGES
def test_somebody_who_can_renew_is_found_and_asked(world, browser_page, words):
    page = browser_page
    backend = enter(page, world, "member")
    cell = backend.row(words["facebook"], PAGE).locator("td[name=coverage]")
    expect(cell).to_contain_text(words["reserve"])
    expect(cell).to_contain_text(has(words["alone"]))
    dialog = open_managers(backend, words)
    expect(dialog).to_contain_text(has(words["only"]))
    expect(dialog.get_by_role("columnheader", name=words["column"])).to_be_visible()
    granter = dialog.locator(".o_data_row").first
    expect(granter).to_contain_text(has(words["can"]))
    expect(line(dialog, "Mia Member")).to_contain_text(has(words["unknown"]))
    expect(line(dialog, "Mia Member")).to_contain_text(words["admin"])
    expect(dialog.get_by_role("button", name=words["hand"])).to_have_count(0)
    shoot(page, words, "2_before")

    ask = granter.get_by_role("button", name=words["ask"], exact=True)
    ask.focus()
    page.keyboard.press("Enter")
    told = page.locator(".o_notification").filter(has_text=words["asked"])
    expect(told).to_be_visible()
    assert world.activities() == [(world.rpc.uid, words["activity"])]

    dialog = find_dialog(page, words)
    dialog.get_by_role("button", name=words["network"], exact=True).click()
    told = page.locator(".o_notification").filter(has_text=has(words["named"]))
    expect(told).to_be_visible()
    bruno = line(find_dialog(page, words), "Bruno")
    expect(bruno).to_contain_text(has(words["can"]))
    expect(bruno).to_contain_text(words["outside"])
    expect(bruno.get_by_role("button", name=words["ask"])).to_have_count(0)
    shoot(page, words, "3_after")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(cell).not_to_contain_text(has(words["alone"]))


@LANGUAGES
def test_a_manager_sets_by_hand_what_the_network_does_not_tell(
    world, browser_page, words
):
    page = browser_page
    backend = enter(page, world, "admin")
    page.keyboard.press("Escape")
    dialog = open_managers(backend, words)
    mia = line(dialog, "Mia Member")
    mia.get_by_role("button", name=words["hand"], exact=True).click()
    judging = page.get_by_role("dialog").filter(has_text=words["save"])
    judging.get_by_role("radio", name=words["no"], exact=True).check()
    judging.locator("div[name=note] input").fill("told by phone")
    shoot(page, words, "4_by_hand")
    judging.get_by_role("button", name=words["save"], exact=True).click()
    dialog = find_dialog(page, words)
    mia = line(dialog, "Mia Member")
    expect(mia).to_contain_text(has(words["cannot"]))
    expect(mia).to_contain_text(has(words["by_hand"]))
    expect(mia).to_contain_text("told by phone")
    shoot(page, words, "5_set")
    dialog.get_by_role("button", name=words["close"], exact=True).last.click()
    expect(page.get_by_role("dialog")).to_have_count(0)

    backend.row(words["facebook"], PAGE).locator("td[name=name]").click()
    page.get_by_role("tab", name=words["tab"]).click()
    tab = page.locator(".tab-pane.active")
    expect(tab).to_contain_text(has(words["only"]))
    expect(tab.locator(".o_data_row").first).to_contain_text(has(words["can"]))
    shoot(page, words, "6_tab")
    page.goto(f"{world.server.url}/odoo/users/{world.rpc.uid}")
    expect(page.get_by_role("alert").filter(has_text=words["users"])).to_be_visible()
    shoot(page, words, "7_user")
