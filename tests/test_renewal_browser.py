"""The six steps, in both languages, through and through and interrupted everywhere."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests import browser
from tests.people import (
    Backend,
    HttpPerson,
    MetaConsent,
    Renewal,
    register_app,
)

pytestmark = pytest.mark.browser

PAGE = "Padaria do Porto"
EN = {
    "lang": "en_US",
    "title": "Renew the Instagram and Messenger token",
    "alert": "Change permissions",
    "prerequisites": "Prerequisites",
    "steps": [
        "Change permissions",
        "Start",
        "Log in with Facebook",
        "Reconnect",
        "Select accounts",
        "Finish",
    ],
    "back": "Back",
    "start": "Start",
    "login": "Log in with Facebook",
    "continue": "Continue",
    "finish": "Finish",
    "expiring": r"!\s*Expires in \d days",
    "valid": r"✓\s*Valid",
    "renew": "Renew",
    "subject": "connections need somebody",
}
PT = {
    "lang": "pt_BR",
    "title": "Renovar token do Instagram e Messenger",
    "alert": "Alterar permissões",
    "prerequisites": "Pré-requisitos",
    "steps": [
        "Alterar permissões",
        "Iniciar",
        "Entrar com o Facebook",
        "Reconectar",
        "Selecionar contas",
        "Finalizar",
    ],
    "back": "Voltar",
    "start": "Iniciar",
    "login": "Entrar com o Facebook",
    "continue": "Continuar",
    "finish": "Finalizar",
    "expiring": r"!\s*Expira em \d dias",
    "valid": r"✓\s*Válido",
    "renew": "Renovar",
    "subject": "conexões precisam de alguém",
}
LANGUAGES = pytest.mark.parametrize("words", [EN, PT], ids=["en", "pt_BR"])


def shoot(page, words, name):
    browser.shoot(page, f"renewal_{words['lang']}_{name}")


class World:
    """An Odoo with one grant, which lives six days, read in some language."""

    def __init__(self, server, sandbox, words):
        self.server, self.sandbox, self.words = server, sandbox, words
        self.admin = HttpPerson(server, sandbox)
        self.admin.speak(
            words["lang"], tz="America/Sao_Paulo", email="admin@example.com"
        )
        app_id = register_app(self.admin, sandbox)
        sandbox.control(
            "meta/settings", {"long_seconds": int(timedelta(days=6).total_seconds())}
        )
        self.admin.connect(app_id, pages=self._only_page, instagram=self._only_page)
        sandbox.control("meta/settings", {"long_seconds": 5183944})

    def _only_page(self, form):
        wanted = {"100000000000102", "17841400000000102"}
        chosen = [one for one in form.offered("chosen") if one in wanted]
        return {"action": "continue", "chosen": chosen}

    def send_notices(self):
        """Run the scheduled actions that write to people."""
        self.server.run_cron("social_token_manager.ir_cron_send_notices")
        self.server.run_cron("mail.ir_cron_mail_scheduler_action")


@pytest.fixture
def browser_locale(words):
    return words["lang"].replace("_", "-")


@pytest.fixture
def world(odoo_server, sandbox, words):
    return World(odoo_server(mail=sandbox), sandbox, words)


@LANGUAGES
def test_warned_by_mail_then_renewed_in_six_steps_then_left_alone(
    world, browser_page, words
):
    page, sandbox = browser_page, world.sandbox
    world.send_notices()
    mail = sandbox.wait_for_mail("admin@example.com", words["subject"], 30)
    link = next(one for one in mail["links"] if "/social/renew/" in one)

    browser.login(page, world.server.url, "admin", "admin")
    dialog = page.get_by_role("dialog")
    expect(
        dialog.get_by_role("button", name=re.compile(words["alert"])).first
    ).to_be_visible()
    shoot(page, words, "1_alert")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    backend = Backend(page, world.server.url).open("social-profiles")
    backend.expect_status("Instagram", PAGE, words["expiring"])
    shoot(page, words, "0_list")

    page.goto(link)
    renewal = Renewal(page).expect_step(words["login"])
    renewal.press(words["back"]).expect_step(words["start"])
    expect(page.locator("h1")).to_contain_text(words["title"])
    expect(page.get_by_text(words["prerequisites"], exact=True)).to_be_visible()
    for number, name in enumerate(words["steps"]):
        expect(page.locator(".o_social_step").nth(number)).to_contain_text(name)
    shoot(page, words, "2_start")
    renewal.press(words["start"])
    renewal.expect_step(words["login"])
    expect(renewal.line("Messenger", PAGE)).to_be_visible()
    shoot(page, words, "3_login")
    renewal.press(words["login"])
    consent = MetaConsent(page).log_in("Ana Souza")
    consent.reconnect(words["steps"][3])
    shoot(page, words, "4_network")
    consent.finish()
    renewal.expect_step(words["steps"][4])
    shoot(page, words, "5_select")
    renewal.press(words["continue"])
    renewal.expect_step(words["finish"])
    expect(renewal.line("Instagram", PAGE)).to_contain_text(re.compile(words["valid"]))
    shoot(page, words, "6_finish")
    renewal.press(words["finish"])
    page.wait_for_selector(".o_list_view .o_searchview")
    for network in ("Instagram", "Messenger"):
        backend.expect_status(network, PAGE, words["valid"])

    sandbox.control("mail/clear")
    world.send_notices()
    assert not sandbox.mails("admin@example.com")


@pytest.mark.parametrize("words", [EN], ids=["en"])
def test_interrupted_at_each_step_and_taken_up_again(world, browser_context, words):
    """Reload, close the browser, come back by the link, cancel at the network."""
    login = browser_context.new_page()
    browser.login(login, world.server.url, "admin", "admin")
    login.close()
    profile_id = world.admin.call(
        "social.profile", "search", [("network_id.code", "=", "instagram")]
    )[0]
    link = f"{world.server.url}/social/renew/{profile_id}"

    def new_window():
        page = browser_context.new_page()
        page.goto(link)
        return page, Renewal(page)

    page, renewal = new_window()
    renewal.expect_step("Log in with Facebook").press("Back")
    renewal.expect_step("Start")
    page.reload()
    renewal.expect_step("Start").press("Start")
    renewal.expect_step("Log in with Facebook")
    page.close()

    page, renewal = new_window()
    renewal.expect_step("Log in with Facebook").press("Back")
    renewal.expect_step("Start").press("Start")
    renewal.expect_step("Log in with Facebook").press("Log in with Facebook")
    page.wait_for_url(re.compile("/meta/.*dialog/"))
    page.close()

    page, renewal = new_window()
    renewal.expect_step("Reconnect").press("Go to Facebook again")
    # This step has a Cancel of its own.
    page.wait_for_url(re.compile("/meta/.*dialog/"))
    MetaConsent(page).cancel()
    renewal.expect_step("Log in with Facebook")
    expect(page.get_by_text("What was connected before is unchanged")).to_be_visible()
    shoot(page, words, "3_declined")
    renewal.press("Log in with Facebook")
    MetaConsent(page).log_in("Ana Souza").reconnect("Reconnect").finish()
    renewal.expect_step("Select accounts")
    page.close()

    page, renewal = new_window()
    renewal.expect_step("Select accounts")
    page.reload()
    renewal.expect_step("Select accounts").press("Continue")
    renewal.expect_step("Finish")
    page.reload()
    renewal.expect_step("Finish").press("Finish")
    page.wait_for_selector(".o_list_view .o_searchview")


@pytest.mark.parametrize("words", [EN], ids=["en"])
def test_what_was_left_unticked_is_named_and_can_be_ticked_again(
    world, browser_page, words
):
    page = browser_page
    browser.login(page, world.server.url, "admin", "admin")
    page.keyboard.press("Escape")
    profile_id = world.admin.call(
        "social.profile", "search", [("network_id.code", "=", "instagram")]
    )[0]
    page.goto(f"{world.server.url}/social/renew/{profile_id}")
    renewal = Renewal(page).expect_step("Log in with Facebook")
    renewal.press("Log in with Facebook")
    consent = MetaConsent(page).log_in("Ana Souza").choose_again()
    consent.tick("Café Aurora").tick("Café Aurora").go_on()
    renewal.expect_step("Select accounts")
    expect(renewal.line("Instagram", PAGE)).to_contain_text("Not ticked")
    lost = page.locator(".o_social_renewal .alert-danger:visible")
    expect(lost).to_contain_text(f"Instagram {PAGE}")
    shoot(page, words, "5_left_out")
    renewal.press("Go back and tick them")
    consent.choose_again().tick("Café Aurora", PAGE).tick("Café Aurora", PAGE).go_on()
    renewal.expect_step("Select accounts")
    expect(renewal.line("Instagram", PAGE)).to_contain_text("Connected")
    expect(renewal.line("Instagram", "Café Aurora")).to_contain_text("New")
