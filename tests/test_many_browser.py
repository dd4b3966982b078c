"""Renewing as people do it: few clicks, many at once, and as the right account."""

import re

import pytest
from playwright.sync_api import expect

from tests import browser
from tests.people import (
    Backend,
    Consent,
    HttpPerson,
    MetaConsent,
    Renewal,
    register_app,
)

pytestmark = pytest.mark.browser

PAGE = "Padaria do Porto"
ACCOUNT, OTHER = "Café Aurora", "Padaria do Porto"
EN = {
    "lang": "en_US",
    "renew": "Renew",
    "reconnect": "Reconnect",
    "login": "Log in with Facebook",
    "network": "Reconnect",
    "select": "Select accounts",
    "continue": "Continue",
    "finish": "Finish",
    "subject": "broke",
    "done": "Done",
    "other": "You were logged in with another account",
    "again": "Try Again",
    "switch": "Use the Other Account",
    "ok": "Ok",
    "all": "Try renewing all",
    "headline": "1 login will fix 3 profiles",
    "next": "Log In for the Next",
    "go_on": "Go On With It",
    "renewed": "✓ Renewed",
    "waiting": "Waiting",
    "profiles": "See All Profiles",
    "valid": r"✓\s*Valid",
    "no_expiry": r"∞\s*No expiry",
}
PT = {
    "lang": "pt_BR",
    "renew": "Renovar",
    "reconnect": "Reconectar",
    "login": "Entrar com o Facebook",
    "network": "Reconectar",
    "select": "Selecionar contas",
    "continue": "Continuar",
    "finish": "Finalizar",
    "subject": "interrompida",
    "done": "Concluído",
    "other": "Você entrou com outra conta",
    "again": "Tentar novamente",
    "switch": "Usar a outra conta",
    "ok": "Ok",
    "all": "Tentar renovar todos",
    "headline": "1 login resolve 3 perfis",
    "next": "Entrar para o próximo",
    "go_on": "Continuar com ela",
    "renewed": "✓ Renovado",
    "waiting": "Aguardando",
    "profiles": "Ver todos os perfis",
    "valid": r"✓\s*Válido",
    "no_expiry": r"∞\s*Sem expiração",
}
LANGUAGES = pytest.mark.parametrize("words", [EN, PT], ids=["en", "pt_BR"])


@pytest.fixture
def browser_locale(words):
    return words["lang"].replace("_", "-")


class World:
    """An Odoo with an account at X and a page at Facebook, and somebody in it."""

    def __init__(self, server, sandbox, page, words):
        self.server, self.sandbox, self.page, self.words = server, sandbox, page, words
        self.admin = HttpPerson(server, sandbox)
        self.admin.speak(words["lang"], email="admin@example.com")
        self.backend = Backend(page, server.url)
        self.clicks = browser.Clicks(page.context, server.url)

    def connect_x(self):
        app_id = register_app(self.admin, self.sandbox, "x")
        self.admin.connect(app_id)

    def connect_meta(self):
        wanted = {"100000000000102", "17841400000000102"}

        def tick(form):
            chosen = [one for one in form.offered("chosen") if one in wanted]
            return {"action": "continue", "chosen": chosen}

        app_id = register_app(self.admin, self.sandbox)
        self.admin.connect(app_id, pages=tick, instagram=tick)

    def lose_x(self):
        """Have the permission withdrawn at X, and find out."""
        self.sandbox.control("x/revoke", {"account": "cafeaurora"})
        domain = [("network_id.code", "=", "x")]
        ids = self.admin.call("social.profile", "search", domain)
        self.admin.call("social.profile", "action_verify", ids)

    def log_in(self):
        browser.login(self.page, self.server.url, "admin", "admin")

    def open_list(self):
        self.server.forget_messages()
        self.backend.open("social-profiles")
        self.clicks.take()

    def agree_at_x(self, account=ACCOUNT):
        self.page.wait_for_url(re.compile("/x/"))
        Consent(self.page).agree("Ana Souza", account)

    def expect_done(self):
        self.backend.expect_result(self.words["done"])

    def renew_by_steps(self):
        """From step 3 to the end, as the wizard leads."""
        words = self.words
        renewal = Renewal(self.page).expect_step(words["login"]).press(words["login"])
        consent = MetaConsent(self.page).log_in("Ana Souza")
        consent.reconnect(words["network"]).finish()
        renewal.expect_step(words["select"]).press(words["continue"])
        renewal.expect_step(words["finish"]).press(words["finish"])

    def shoot(self, name):
        browser.shoot(self.page, f"many_{self.words['lang']}_{name}")


@pytest.fixture
def world(odoo_server, sandbox, browser_page, words):
    return World(odoo_server(mail=sandbox), sandbox, browser_page, words)


@LANGUAGES
def test_each_way_to_renew_takes_no_more_clicks_than_promised(world, sandbox, words):
    """The targets of a short path: dialog 1, mail 1, list 1; Meta's 2 and 2."""
    page, clicks = world.page, world.clicks
    world.connect_x()
    world.lose_x()
    page.goto(f"{world.server.url}/web/login")
    page.fill("input[name=login]", "admin")
    page.fill("input[name=password]", "admin")
    page.click("button[type=submit]")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=re.compile(words["renew"])).first.wait_for()
    clicks.take()
    dialog.get_by_role("button", name=re.compile(words["renew"])).first.click()
    world.agree_at_x()
    assert clicks.take() == 1, "the dialog after the log-in"
    world.expect_done()

    world.lose_x()
    world.server.run_cron("social_token_manager.ir_cron_send_notices")
    world.server.run_cron("mail.ir_cron_mail_scheduler_action")
    mail = sandbox.wait_for_mail("admin@example.com", words["subject"])
    clicks.take()
    page.goto(next(link for link in mail["links"] if "/social/renew/" in link))
    world.agree_at_x()
    assert clicks.take() == 0, "the one in the mail was all"
    world.expect_done()

    world.open_list()
    world.backend.renew("X", ACCOUNT, words["renew"])
    world.agree_at_x()
    assert clicks.take() == 1, "the list"
    world.expect_done()

    world.connect_meta()
    world.open_list()
    world.backend.renew("Instagram", PAGE, words["renew"])
    renewal = Renewal(page).expect_step(words["login"])
    expect(page.locator(".o_social_renewal .alert-warning:visible")).to_contain_text(
        re.compile("3 (profiles|perfis)")
    )
    world.shoot("guard")
    renewal.press(words["login"])
    consent = MetaConsent(page).log_in("Ana Souza")
    assert clicks.take() == 2, "to Meta"
    consent.reconnect(words["network"]).finish()
    renewal.expect_step(words["select"]).press(words["continue"])
    renewal.expect_step(words["finish"]).press(words["finish"])
    page.wait_for_selector(".o_list_view .o_searchview")
    assert clicks.take() == 2, "and to the end"


@LANGUAGES
def test_a_queue_survives_the_browser_and_shows_what_became_of_each(
    world, browser_context, words
):
    page = world.page
    world.connect_x()
    world.connect_meta()
    world.log_in()
    world.open_list()
    page.locator("thead .o_list_record_selector input").check()
    page.get_by_role("button", name=words["all"]).click()
    expect(page.locator("h1").first).to_contain_text(words["headline"])
    results = page.locator("div[name=outcome_ids] .o_data_row")
    expect(results).to_have_count(4)
    # X is renewed by the engine, and this page sees it.
    expect(results.filter(has_text=ACCOUNT)).to_contain_text(words["renewed"])
    expect(results.filter(has_text="Instagram")).to_contain_text(words["waiting"])
    world.shoot("queue_1_begun")
    page.goto("about:blank")

    world.open_list()
    page.get_by_role("button", name=words["all"]).click()
    dialog = page.get_by_role("dialog")
    world.shoot("queue_2_again")
    dialog.get_by_role("button", name=words["go_on"]).click()
    page.get_by_role("button", name=words["next"]).click()
    world.renew_by_steps()
    page.wait_for_url(re.compile("/social-queues/"))
    for row in results.all():
        expect(row).to_contain_text(words["renewed"])
    expect(page.get_by_role("button", name=words["next"])).to_be_hidden()
    world.shoot("queue_3_done")
    page.get_by_role("button", name=words["profiles"]).click()
    page.wait_for_selector(".o_list_view .o_searchview")
    world.backend.expect_status("Instagram", PAGE, words["valid"])


@LANGUAGES
def test_another_account_is_named_and_never_taken_without_asking(world, words):
    page = world.page
    world.connect_x()
    world.log_in()
    world.open_list()
    world.backend.renew("X", ACCOUNT, words["renew"])
    world.agree_at_x(OTHER)
    world.backend.expect_result(words["other"])
    for name in (ACCOUNT, OTHER):
        expect(page.locator(".o_form_view .alert").first).to_contain_text(name)
    world.shoot("other_account")
    world.backend.press(words["again"])
    world.agree_at_x()
    world.expect_done()

    world.open_list()
    world.backend.expect_status("X", ACCOUNT, words["no_expiry"])
    world.backend.renew("X", ACCOUNT, words["renew"])
    world.agree_at_x(OTHER)
    world.backend.expect_result(words["other"])
    world.backend.press(words["switch"])
    world.shoot("switch")
    page.get_by_role("dialog").get_by_role("button", name=words["ok"]).click()
    world.backend.expect_result(words["done"])
    world.open_list()
    world.backend.expect_status("X", OTHER, words["no_expiry"])
    expect(page.locator(".o_data_row")).to_have_count(1)
