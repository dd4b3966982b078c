"""A client without a login connects by a link, in both languages; a manager decides."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests import browser
from tests.people import Backend, Consent, HttpPerson, make_link, register_app

pytestmark = pytest.mark.browser

CAFE, BAKERY = "Café Aurora", "Padaria do Porto"
CARLA = "carla@client.example"
EN = {
    "lang": "en_US",
    "connect_link": "Connect Link",
    "make": "Make the Link",
    "once": "This is shown once and stored nowhere.",
    "subject": "asks you to connect X Café Aurora",
    "invited": "You are asked to connect",
    "password": "We never see your password",
    "only_this": "Only this one is connected",
    "continue": "Continue to",
    "thanks": "Thank you",
    "works": "works",
    "no_expiry": "No expiry",
    "valid": "Valid",
    "done": "Done",
    "other": "This is another account",
    "wrong": "Wrong account",
    "nothing": "Nothing was connected",
    "accept": "Accept",
    "refuse": "Refuse",
    "revoked": "Revoked",
    "over": "This link cannot be used",
    "ask": "Ask for a new link",
    "noted": "Your wish was noted",
    "asks": "asks for a new link",
    "again": "Not connected yet",
    "declined": "cancelled or not allowed",
    "ok": "Ok",
}
PT = {
    "lang": "pt_BR",
    "connect_link": "Link de conexão",
    "make": "Criar o link",
    "once": "Isto é mostrado uma única vez e não fica guardado em lugar nenhum.",
    "subject": "pede que você conecte X Café Aurora",
    "invited": "Pedem que você conecte",
    "password": "Nunca vemos a sua senha",
    "only_this": "Somente este é conectado",
    "continue": "Continuar para",
    "thanks": "Obrigado",
    "works": "funciona",
    "no_expiry": "Sem expiração",
    "valid": "Válido",
    "done": "Concluído",
    "other": "Esta é outra conta",
    "wrong": "Conta errada",
    "nothing": "Nada foi conectado",
    "accept": "Aceitar",
    "refuse": "Recusar",
    "revoked": "Revogado",
    "over": "Este link não pode ser usado",
    "ask": "Pedir um novo link",
    "noted": "O seu pedido foi anotado",
    "asks": "pede um novo link",
    "again": "Ainda não conectado",
    "declined": "cancelado ou não foi permitido",
    "ok": "Ok",
}
LANGUAGES = pytest.mark.parametrize("words", [EN, PT], ids=["en", "pt_BR"])


def shoot(page, words, name):
    browser.shoot(page, f"link_{words['lang']}_{name}", full_page=True)


class World:
    """An Odoo with an app, a client, and a profile that nobody has connected yet."""

    def __init__(self, server, sandbox, words):
        self.server, self.sandbox, self.words = server, sandbox, words
        self.admin = HttpPerson(server, sandbox)
        self.admin.speak(words["lang"])
        (self.client_id,) = self.admin.call(
            "res.partner",
            "create",
            [
                {
                    "name": "Carla Dias",
                    "email": CARLA,
                    "lang": words["lang"],
                    "tz": "America/Sao_Paulo",
                }
            ],
        )

    def profile(self, network, **values):
        """Make a profile by hand, with its app; return its id."""
        (network_id,) = self.admin.call(
            "social.network", "search", [("code", "=", network)]
        )
        (profile_id,) = self.admin.call(
            "social.profile",
            "create",
            [{"network_id": network_id, "partner_id": self.client_id, **values}],
        )
        return profile_id

    def cafe(self):
        register_app(self.admin, self.sandbox, "x")
        return self.profile("x", name=CAFE, handle="@cafeaurora")

    def invite(self, profile_id):
        return make_link(self.admin, profile_id=profile_id, person_id=self.client_id)

    def read(self, model, record_id, *names):
        (values,) = self.admin.call(model, "read", [record_id], list(names))
        return values


@pytest.fixture
def browser_locale(words):
    return words["lang"].replace("_", "-")


@pytest.fixture
def world(odoo_server, sandbox, words):
    return World(odoo_server(mail=sandbox), sandbox, words)


@pytest.fixture
def client(chromium, browser_locale):
    """The client's own browser, in which nobody is logged in; without JavaScript."""
    context = chromium.new_context(
        viewport={"width": 420, "height": 900}, locale=browser_locale
    )
    context.set_default_timeout(60_000)
    context.route("**/social/**", _without_scripts)
    page = context.new_page()
    page.console = browser.Console(page)
    yield page
    errors = page.console.unexpected()
    context.close()
    assert not errors


def _without_scripts(route):
    answer = route.fetch(max_redirects=0)
    assert "<script" not in answer.text()
    route.fulfill(response=answer)


def go_on(page, words):
    """Press the one button of a page for clients."""
    page.get_by_role("button", name=words["continue"]).click()


def log_in(page, world):
    browser.login(page, world.server.url, "admin", "admin")
    page.keyboard.press("Escape")
    return Backend(page, world.server.url)


@LANGUAGES
def test_from_the_profile_by_mail_to_a_green_profile_in_one_click(
    world, browser_page, client, words
):
    profile_id = world.cafe()
    backend = log_in(browser_page, world).open(f"social-profiles/{profile_id}")
    backend.press(words["connect_link"])
    dialog = browser_page.get_by_role("dialog")
    expect(dialog.locator("div[name=person_id] input")).to_have_value("Carla Dias")
    shoot(browser_page, words, "1_dialog")
    backend.press(words["make"])
    expect(dialog).to_contain_text(words["once"])
    expect(dialog.locator("div[name=link_address]")).to_contain_text("/social/link/")
    shoot(browser_page, words, "2_shown")

    mail = world.sandbox.wait_for_mail(CARLA, words["subject"])
    (link,) = [one for one in mail["links"] if "/social/link/" in one]
    client.goto(link)
    expect(client.get_by_role("heading", level=1)).to_contain_text(words["invited"])
    for shown in (words["password"], words["only_this"], CAFE, "America/Sao_Paulo"):
        expect(client.locator("main")).to_contain_text(shown)
    shoot(client, words, "3_invitation")
    go_on(client, words)
    Consent(client).agree("Ana Souza", "@cafeaurora")
    client.wait_for_url(re.compile("/social/connection/"))
    expect(client.get_by_role("heading", level=1)).to_have_text(words["thanks"])
    expect(client.locator("main")).to_contain_text(CAFE)
    shoot(client, words, "4_thanks")
    client.reload()
    expect(client.get_by_role("heading", level=1)).to_have_text(words["thanks"])

    backend.open("social-profiles").expect_status("X", CAFE, words["no_expiry"])
    backend.open("social-links")
    row = browser_page.locator(".o_data_row")
    expect(row).to_contain_text("Carla Dias")
    expect(row.locator("td[name=state]")).to_contain_text(words["done"])
    shoot(browser_page, words, "5_list")
    row.locator("td[name=person_id]").click()
    expect(browser_page.locator("div[name=connected_ids]")).to_contain_text(CAFE)
    shoot(browser_page, words, "6_form")
    granted_by = world.read("social.profile", profile_id, "person_id")["person_id"]
    assert granted_by == [world.client_id, "Carla Dias"]


def give_another_account(world, client, words):
    """Let the client log in with another account; return the id of the profile."""
    profile_id = world.cafe()
    client.goto(world.invite(profile_id))
    go_on(client, words)
    Consent(client).agree("Ana Souza", "@padariadoporto")
    client.wait_for_url(re.compile("/social/connection/"))
    expect(client.get_by_role("heading", level=1)).to_have_text(words["other"])
    expect(client.locator("main")).to_contain_text("padariadoporto")
    expect(client.locator("main")).to_contain_text(words["nothing"])
    shoot(client, words, "7_another")
    assert world.read("social.profile", profile_id, "access_id")["access_id"] is False
    return profile_id


def open_link(world, page):
    backend = log_in(page, world).open("social-links")
    page.locator(".o_data_row td[name=person_id]").click()
    page.wait_for_selector(".o_form_view")
    return backend


@LANGUAGES
def test_another_account_is_held_and_the_manager_accepts(
    world, browser_page, client, words
):
    profile_id = give_another_account(world, client, words)
    open_link(world, browser_page)
    form = browser_page.locator(".o_form_view")
    expect(form.get_by_role("alert")).to_contain_text("Carla Dias")
    shoot(browser_page, words, "8_held")
    form.get_by_role("button", name=words["accept"]).click()
    browser_page.get_by_role("dialog").get_by_role("button", name=words["ok"]).click()
    expect(browser_page.locator("div[name=connected_ids]")).to_contain_text(
        "@padariadoporto"
    )
    shoot(browser_page, words, "9_accepted")
    profile = world.read("social.profile", profile_id, "handle", "reason")
    assert profile["handle"].strip("@") == "padariadoporto"
    assert not profile["reason"]
    client.reload()
    expect(client.get_by_role("heading", level=1)).to_have_text(words["thanks"])


@LANGUAGES
def test_another_account_is_refused_and_ended_at_the_network(
    world, browser_page, client, words
):
    profile_id = give_another_account(world, client, words)
    backend = open_link(world, browser_page)
    backend.press(words["refuse"])
    browser_page.get_by_role("dialog").get_by_role("button", name=words["ok"]).click()
    expect(browser_page.locator(".o_arrow_button_current")).to_have_text(
        words["revoked"]
    )
    shoot(browser_page, words, "10_refused")
    assert world.read("social.profile", profile_id, "access_id")["access_id"] is False
    revocations = [
        call for call in world.sandbox.read("requests") if "revoke" in call["path"]
    ]
    assert revocations
    client.console.expect("404")
    client.reload()
    expect(client.get_by_role("heading", level=1)).to_have_text(words["over"])


@LANGUAGES
def test_cancelled_and_another_account_are_put_right_in_the_same_browser(
    world, client, words
):
    profile_id = world.cafe()
    client.goto(world.invite(profile_id))
    go_on(client, words)
    Consent(client).cancel()
    expect(client.get_by_role("heading", level=1)).to_have_text(words["again"])
    expect(client.get_by_role("status")).to_contain_text(words["declined"])
    shoot(client, words, "11_again")
    go_on(client, words)
    Consent(client).agree("Ana Souza", "@padariadoporto")
    expect(client.get_by_role("heading", level=1)).to_have_text(words["other"])
    go_on(client, words)
    Consent(client).agree("Ana Souza", "@cafeaurora")
    expect(client.get_by_role("heading", level=1)).to_have_text(words["thanks"])
    assert not world.read("social.profile", profile_id, "reason")["reason"]


@LANGUAGES
def test_a_link_that_is_over_offers_to_ask_for_another(
    world, browser_page, client, words
):
    client.console.expect("404")
    address = world.invite(world.cafe())
    with world.server.cursor() as cr:
        cr.execute("UPDATE social_connect_link SET expires_at = '2020-01-01'")
    client.goto(address)
    expect(client.get_by_role("heading", level=1)).to_have_text(words["over"])
    shoot(client, words, "12_over")
    client.get_by_role("button", name=words["ask"]).click()
    expect(client.get_by_role("heading", level=1)).to_have_text(words["noted"])
    shoot(client, words, "13_noted")
    open_link(world, browser_page)
    expect(browser_page.locator(".o_form_view").get_by_role("alert")).to_contain_text(
        words["asks"]
    )
    shoot(browser_page, words, "14_asked")


@LANGUAGES
def test_of_the_pages_a_client_ticks_only_the_expected_one_is_connected(
    world, client, words
):
    register_app(world.admin, world.sandbox)
    profile_id = world.profile("facebook", name=BAKERY, external_id="100000000000102")
    client.goto(world.invite(profile_id))
    expect(client.locator("main")).to_contain_text(words["only_this"])
    shoot(client, words, "15_pages")
    go_on(client, words)
    consent = Consent(client)
    client.wait_for_url(re.compile("/dialog/"))
    while "/meta/dialog/" in client.url or "/dialog/oauth" in client.url:
        step = urlsplit(client.url).path.rpartition("/")[2]
        if step == "login":
            consent._press(re.compile("Ana Souza"))
        elif step in ("pages", "instagram"):
            consent.tick(BAKERY, CAFE)
        else:
            consent.go_on()
    expect(client.get_by_role("heading", level=1)).to_have_text(words["thanks"])
    expect(client.locator("main")).to_contain_text(BAKERY)
    expect(client.locator("main")).not_to_contain_text(CAFE)
    shoot(client, words, "16_page_thanks")
    profiles = world.admin.call("social.profile", "search_read", [], ["id", "reason"])
    assert profiles == [{"id": profile_id, "reason": False}]


@LANGUAGES
def test_a_client_who_is_new_connects_what_is_then_his(world, client, words):
    register_app(world.admin, world.sandbox, "x")
    (network_id,) = world.admin.call("social.network", "search", [("code", "=", "x")])
    client.goto(
        make_link(
            world.admin,
            network_id=network_id,
            person_id=world.client_id,
            partner_id=world.client_id,
        )
    )
    expect(client.get_by_role("heading", level=1)).to_contain_text(words["invited"])
    expect(client.locator("main")).to_contain_text(words["password"])
    shoot(client, words, "17_first")
    go_on(client, words)
    Consent(client).agree("Ana Souza", "@cafeaurora")
    client.wait_for_url(re.compile("/social/connection/"))
    expect(client.get_by_role("heading", level=1)).to_have_text(words["thanks"])
    shoot(client, words, "18_first_thanks")
    names = ["name", "partner_id", "person_id", "reason"]
    (found,) = world.admin.call("social.profile", "search_read", [], names)
    carla = [world.client_id, "Carla Dias"]
    del found["id"]
    assert found == {
        "name": CAFE,
        "partner_id": carla,
        "person_id": carla,
        "reason": False,
    }
