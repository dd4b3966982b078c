"""An Owner sets up a team's chat and a webhook, and takes his calendar along."""

import re
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import expect

from tests import browser
from tests.people import Backend, HttpPerson, register_app

pytestmark = pytest.mark.browser

OUTBOX = "social_token_manager.ir_cron_send_outbox"
EN = {
    "lang": "en_US",
    "new": "New",
    "save": "Save manually",
    "test": "Send a Test",
    "on_its_way": "A test message is on its way",
    "idle": "– Nothing sent yet",
    "incomplete": "? Not complete",
    "works": "✓ Works",
    "failing": "✕ Does not take messages",
    "refused": "refused a message (HTTP 404), so it was dropped",
    "arrives": "warnings about social connections arrive here",
    "webhook": "Signed webhook",
    "make_secret": "Make a Secret",
    "once": "✓ This is shown once and never again.",
    "close": "Close",
    "make": "Make an Address",
    "shown": "✓ This is shown once and stored nowhere.",
    "have": "✓ You have an address",
    "revoke": "Revoke the Address",
}
PT = {
    "lang": "pt_BR",
    "new": "Novo",
    "save": "Salvar manualmente",
    "test": "Enviar um teste",
    "on_its_way": "Uma mensagem de teste está a caminho",
    "idle": "– Nada enviado ainda",
    "incomplete": "? Incompleto",
    "works": "✓ Funciona",
    "failing": "✕ Não aceita mensagens",
    "refused": "recusou uma mensagem (HTTP 404), por isso ela foi descartada",
    "arrives": "os avisos sobre conexões sociais chegam aqui",
    "webhook": "Webhook assinado",
    "make_secret": "Criar um segredo",
    "once": "✓ Isto é mostrado uma vez e nunca mais.",
    "close": "Fechar",
    "make": "Criar um endereço",
    "shown": "✓ Isto é mostrado uma vez e não é guardado em lugar nenhum.",
    "have": "✓ Você tem um endereço",
    "revoke": "Revogar o endereço",
}
LANGUAGES = pytest.mark.parametrize("words", [EN, PT], ids=["en", "pt_BR"])


def shoot(page, words, name):
    browser.shoot(page, f"chat_{words['lang']}_{name}", full_page=True)


@pytest.fixture
def server(odoo_server, sandbox):
    return odoo_server(mail=sandbox, arguments=["--max-cron-threads=0"])


@pytest.fixture
def backend(server, sandbox, browser_page, words):
    person = HttpPerson(server, sandbox)
    person.speak(words["lang"])
    person.connect(register_app(person, sandbox))
    browser.login(browser_page, server.url, "admin", "admin")
    browser_page.keyboard.press("Escape")
    return Backend(browser_page, server.url)


def expect_state(page, words):
    expect(page.locator("div[name=state]")).to_contain_text(words)


@LANGUAGES
def test_an_owner_sets_up_a_chat_and_sees_whether_it_takes_messages(
    server, backend, browser_page, receiver, words
):
    page = browser_page
    backend.open("social-chats").press(words["new"])
    page.locator("div[name=name] input").fill("#social-team")
    address = page.locator("div[name=address_input] input")
    expect(address).to_have_attribute("type", "password")
    address.fill(f"{receiver.url}/services/T0/B0/S3CR3T")
    backend.press(words["save"])
    expect_state(page, words["idle"])
    expect(address).to_have_value("")
    backend.press(words["test"])
    expect(page.locator(".o_notification")).to_contain_text(words["on_its_way"])
    shoot(page, words, "1_test")
    server.run_cron(OUTBOX)
    page.reload()
    expect_state(page, words["works"])
    (taken,) = receiver.taken
    assert words["arrives"] in taken.json["text"]
    receiver.usual = 404
    backend.press(words["test"])
    expect(page.locator(".o_notification")).to_contain_text(words["on_its_way"])
    server.run_cron(OUTBOX)
    page.reload()
    expect_state(page, words["failing"])
    expect(page.get_by_role("alert").filter(has_text="404")).to_contain_text(
        words["refused"]
    )
    shoot(page, words, "2_failing")
    backend.open("social-chats")
    expect(page.locator(".o_data_row")).to_contain_text(words["failing"])
    shoot(page, words, "3_list")
    assert "S3CR3T" not in server.log()


@LANGUAGES
def test_an_owner_makes_a_signing_secret_that_is_shown_once(
    server, backend, browser_page, receiver, words
):
    page = browser_page
    backend.open("social-chats").press(words["new"])
    page.locator("div[name=name] input").fill("Monitoring")
    page.locator("div[name=address_input] input").fill(f"{receiver.url}/events")
    page.locator("div[name=kind] input").click()
    page.locator(".o_select_menu_item", has_text=words["webhook"]).click()
    backend.press(words["save"])
    expect_state(page, words["incomplete"])
    backend.press(words["make_secret"])
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(words["once"])
    shown = dialog.locator("div[name=signing_secret_shown]")
    expect(shown).to_contain_text("whsec_")
    secret = re.search(r"whsec_[\w+/=]+", shown.inner_text())[0]
    shoot(page, words, "4_secret")
    dialog.locator("footer").get_by_role("button", name=words["close"]).click()
    expect(dialog).to_have_count(0)
    page.reload()
    expect_state(page, words["idle"])
    expect(page.locator("body")).not_to_contain_text("whsec_M")
    assert secret not in server.log()


def open_calendar(page):
    for menu in ("social_personal_menu", "social_calendar_menu"):
        page.locator(f"[data-menu-xmlid='social_token_manager.{menu}']").click()


@LANGUAGES
def test_somebody_makes_and_revokes_a_calendar_address(
    server, backend, browser_page, words
):
    page = browser_page
    backend.open("social-profiles")
    open_calendar(page)
    dialog = page.get_by_role("dialog")
    shoot(page, words, "5_calendar")
    backend.press(words["make"])
    expect(dialog).to_contain_text(words["shown"])
    field = dialog.locator("div[name=feed_address]")
    expect(field).to_contain_text("/social/calendar/")
    address = re.search(r"http\S+\.ics", field.inner_text())[0]
    shoot(page, words, "6_address")
    dialog.locator("footer").get_by_role("button", name=words["close"]).click()
    expect(dialog).to_have_count(0)
    answer = requests.get(address, timeout=30)
    assert answer.status_code == 200
    assert "BEGIN:VEVENT" in answer.text
    open_calendar(page)
    expect(dialog).to_contain_text(words["have"])
    shoot(page, words, "7_have")
    backend.press(words["revoke"])
    expect(dialog.get_by_role("button", name=words["make"], exact=True)).to_be_visible()
    assert requests.get(address, timeout=30).status_code == 404
    token = urlsplit(address).path.rpartition("/")[2].removesuffix(".ics")
    assert token not in server.log()
