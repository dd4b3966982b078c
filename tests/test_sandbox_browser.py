"""The stand-ins' pages in a real browser: what a person can click through."""

import smtplib
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from sandbox.server import running
from sandbox.testing import MetaApp

pytestmark = pytest.mark.browser
LABELS = {
    "en": {
        "login": "Log in as Ana Souza",
        "continue": "Continue",
        "reconnect": "Reconnect",
        "cancel": "Cancel",
        "banner": "Not the real network",
    },
    "pt_BR": {
        "login": "Entrar como Ana Souza",
        "continue": "Continuar",
        "reconnect": "Reconectar",
        "cancel": "Cancelar",
        "banner": "Não é a rede real",
    },
}


@pytest.fixture
def meta():
    """The app, whose redirect URI is the sandbox's own first page."""
    with running() as server:
        yield MetaApp(server.base_url, redirect_uri=f"{server.base_url}/")


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("locale", LABELS)
def test_connect_come_back_and_untick(meta, browser_page, locale):
    page, words = browser_page, LABELS[locale]
    page.goto(meta.dialog_url(locale=locale))
    expect(page.locator(".banner")).to_contain_text(words["banner"])
    press(page, words["login"])
    page.get_by_label("Café Aurora").check()
    page.get_by_label("Padaria do Porto").check()
    press(page, words["continue"])
    page.get_by_label("@cafeaurora").check()
    press(page, words["continue"])
    press(page, words["continue"])
    page.wait_for_url(f"{meta.redirect_uri}?code=*")
    assert len(meta.state("meta/grants")[0]["pages"]) == 2

    page.goto(meta.dialog_url(auth_type="rerequest", locale=locale))
    press(page, words["reconnect"])
    expect(page.get_by_label("Café Aurora")).to_be_checked()
    page.get_by_label("Café Aurora").uncheck()
    for _page in ("pages", "instagram", "review"):
        press(page, words["continue"])
    page.wait_for_url(f"{meta.redirect_uri}?code=*")
    assert meta.state("meta/grants")[0]["pages"] == ["100000000000102"]


def test_back_button_and_cancel(meta, browser_page):
    page = browser_page
    page.goto(meta.dialog_url())
    press(page, "Log in as Ana Souza")
    page.get_by_label("Café Aurora").check()
    press(page, "Continue")
    expect(page.get_by_role("heading", name="Choose the Instagram")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Choose the Pages")).to_be_visible()
    press(page, "Cancel")
    page.wait_for_url("**/?error=access_denied*")


def test_keyboard_alone(meta, browser_page):
    page = browser_page
    page.goto(meta.dialog_url(scope="email"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Continue").press("Enter")
    page.wait_for_url(f"{meta.redirect_uri}?code=*")


def test_dashboard(meta, browser_page):
    page = browser_page
    page.goto(meta.redirect_uri)
    # Each network has a dashboard of its own; Meta's is the first.
    page.get_by_role("link", name="App dashboard").first.click()
    page.get_by_label("Name of the app").fill("Second app")
    press(page, "Create app")
    expect(page.get_by_role("status")).to_contain_text("Second app has the app id")
    card = page.get_by_role("region", name="Second app")
    card.get_by_label("Add a redirect URI").fill("https://odoo.example/callback")
    card.get_by_role("button", name="Add").click()
    expect(card).to_contain_text("https://odoo.example/callback")
    card.get_by_text("Show the secret").click()
    card.get_by_label("Require app secret proof").check()
    card.get_by_role("button", name="Save settings").click()
    assert meta.state("meta/apps")[1]["require_proof"] is True


def test_control_page(meta, browser_page):
    page = browser_page
    token = meta.long_token()
    page.goto(f"{meta.base_url}/_control")
    # Other networks know her and the café as well; Meta's part comes first.
    page.get_by_label("Café Aurora").first.check()
    press(page, "Take back")
    expect(page.get_by_role("status")).to_have_text("Done.")
    first = page.get_by_role("listitem").filter(has_text="Ana Souza")
    first.get_by_role("button", name="Change password").first.click()
    expect(page.get_by_role("status")).to_have_text("Done.")
    assert meta.error("me", token)[:2] == (190, 460)
    press(page, "+7 days")
    assert meta.state("clock")["offset"] == 7 * 86400
    page.get_by_label("What happens").select_option("html")
    press(page, "Add fault")
    assert meta.state("faults")[0]["kind"] == "html"
    press(page, "Reset everything")
    assert meta.state("faults") == []


@pytest.mark.parametrize("path", ["/", "/meta/apps", "/_control", "dialog"])
def test_pages_fit_a_small_screen(meta, browser_page, path):
    page = browser_page
    page.set_viewport_size({"width": 320, "height": 640})
    dialog = meta.dialog_url()
    page.goto(dialog if path == "dialog" else meta.base_url + path)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 320


# --- the inbox


@pytest.fixture
def letters():
    """The sandbox with a mail in its inbox whose links lead back to it."""
    with running(smtp_port=0) as server:
        message = EmailMessage()
        message["From"], message["To"] = "odoo@odoo.example", "ana@people.example"
        message["Subject"] = "Aviso"
        message.set_content(f"Renovar: {server.base_url}/meta/apps")
        message.add_alternative(
            '<html lang="pt-BR"><body>'
            f'<p><a href="{server.base_url}/_control">Renovar</a></p>'
            f'<p><a href="{server.base_url}/_control" target="_blank">À parte</a></p>'
            "<p style='width: 600px'>Uma linha muito larga</p>"
            "<script>parent.document.title = 'x'</script></body></html>",
            subtype="html",
        )
        with smtplib.SMTP("127.0.0.1", server.sink.port) as smtp:
            smtp.send_message(message)
        yield server.base_url


def test_inbox_leads_to_a_message_whose_links_work(letters, browser_page):
    page = browser_page
    page.console.expect("Blocked script execution")
    page.goto(letters)
    page.get_by_role("link", name="Inbox").click()
    page.get_by_label("Messages to").select_option("ana@people.example")
    press(page, "Show")
    page.get_by_role("link", name="Aviso").click()
    expect(page.get_by_role("heading", name="Aviso")).to_be_visible()
    frame = page.frame_locator("iframe")
    with page.expect_popup() as opened:
        frame.get_by_role("link", name="À parte").click()
    expect(opened.value.get_by_role("heading", name="Control")).to_be_visible()
    assert opened.value.evaluate("window.origin") == letters, "it is sandboxed as well"
    frame.get_by_role("link", name="Renovar").click()
    page.wait_for_url(f"{letters}/_control")
    page.go_back()
    page.get_by_role("link", name=f"{letters}/meta/apps").click()
    page.wait_for_url(f"{letters}/meta/apps")


@pytest.mark.parametrize("path", ["/mail", "/mail/1"])
def test_inbox_fits_a_small_screen(letters, browser_page, path):
    page = browser_page
    page.console.expect("Blocked script execution")
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(letters + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
