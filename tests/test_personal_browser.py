"""A person's side of notices: preferences, the dialog at log-in, the counter."""

import re

import pytest
from playwright.sync_api import expect

from tests import browser
from tests.people import Backend, HttpPerson, register_app

pytestmark = pytest.mark.browser

MODULE = "social_token_manager"
ACCOUNT = "Café Aurora"
EN = {
    "lang": "en_US",
    "risk": "1 social connection is at risk",
    "no_risk": "No social connection is at risk",
    "expired": r"✕\s*Expired",
    "no_expiry": r"∞\s*No expiry",
    "renew": "Renew",
    "all": "Show all profiles",
    "alert": "Connections that need you",
    "snooze": "Not again until it is more urgent",
    "more": f"More actions for {ACCOUNT}",
    "manage": "Manage notifications",
    "tab": "Token expiration",
    "email": "By E-mail",
    "mobile": "On My Mobile",
    "by_profile": "Set by Profile",
    "at_login": "Show me tokens at risk every time I log in",
    "quiet": "Quiet Hours",
    "save": "Save Preferences",
    "broke": "the connection broke",
    "show": "Show Profiles",
    "sample": "Send Me a Sample of Every Notice",
    "sent": "One mail with a sample of every notice",
    "sample_subject": "Sample: ",
    "sample_body": "This is a sample.",
    "still": "Scheduled actions stand still",
    "off": "switched off",
    "team": "Team Members Told",
    "save_row": "Save",
}
PT = {
    "lang": "pt_BR",
    "risk": "1 conexão social em risco",
    "no_risk": "Nenhuma conexão social em risco",
    "expired": r"✕\s*Expirad",
    "no_expiry": r"∞\s*Sem expiração",
    "renew": "Renovar",
    "all": "Mostrar todos os perfis",
    "alert": "Conexões que precisam de você",
    "snooze": "Não lembrar até ficar mais urgente",
    "more": f"Mais ações para {ACCOUNT}",
    "manage": "Gerenciar notificações",
    "tab": "Expiração de tokens",
    "email": "Por e-mail",
    "mobile": "No meu celular",
    "by_profile": "Definir por perfil",
    "at_login": "Mostrar tokens em risco sempre que eu entrar",
    "quiet": "Horas de silêncio",
    "save": "Salvar preferências",
    "broke": "a conexão foi interrompida",
    "show": "Mostrar perfis",
    "sample": "Enviar-me uma amostra de cada aviso",
    "sent": "Um e-mail com uma amostra de cada aviso",
    "sample_subject": "Amostra: ",
    "sample_body": "Isto é uma amostra.",
    "still": "Ações agendadas estão paradas",
    "off": "desligada",
    "team": "Membros da equipe avisados",
    "save_row": "Salvar",
}
LANGUAGES = pytest.mark.parametrize("words", [EN, PT], ids=["en", "pt_BR"])


@pytest.fixture
def browser_locale(words):
    return words["lang"].replace("_", "-")


class World:
    """An Odoo with a lost account at X, a Member who is Admin on it, and a Manager."""

    def __init__(self, server, sandbox, page, words):
        self.server, self.sandbox, self.page, self.words = server, sandbox, page, words
        self.admin = HttpPerson(server, sandbox)
        self.admin.speak(words["lang"], email="admin@example.com")
        self.app_id = register_app(self.admin, sandbox, "x")
        self.admin.connect(self.app_id)
        self.profile_ids = self.admin.call("social.profile", "search", [])
        self.make_member()
        self.lose()
        self.backend = Backend(page, server.url)

    def make_member(self):
        rpc = self.server.rpc("admin", "admin")
        values = {
            "name": "Mia Member",
            "login": "member",
            "password": "member",
            "email": "mia@example.com",
            "lang": self.words["lang"],
            "group_ids": [(4, rpc.id_of(f"{MODULE}.group_member"))],
        }
        (user_id,) = rpc.call("res.users", "create", [values])
        admins = {"admin_user_ids": [(4, user_id)]}
        rpc.call("social.profile", "write", self.profile_ids, admins)

    def lose(self):
        """Have the permission withdrawn at X, and find out."""
        self.sandbox.control("x/revoke", {"account": "cafeaurora"})
        self.admin.call("social.profile", "action_verify", self.profile_ids)

    def mend(self):
        """Grant access anew, far from the browser of this test."""
        self.admin.connect(self.app_id)

    def enter(self, login="member"):
        """Log in; the dialog of a person with something at risk comes up."""
        browser.login(self.page, self.server.url, login, login)
        return self.dialog()

    def leave(self):
        self.page.goto("about:blank")
        self.page.goto(f"{self.server.url}/web/session/logout")
        self.page.wait_for_selector("input[name=login]")

    def dialog(self):
        return self.page.get_by_role("dialog", name=self.words["alert"])

    def counter(self):
        return self.page.locator(".o_social_systray").get_by_role("button")

    def shoot(self, name):
        browser.shoot(self.page, f"personal_{self.words['lang']}_{name}")


@pytest.fixture
def world(odoo_server, sandbox, browser_page, words):
    return World(odoo_server(mail=sandbox), sandbox, browser_page, words)


@LANGUAGES
def test_the_dialog_can_be_used_by_keyboard_and_comes_once(world, words):
    page, dialog = world.page, world.enter()
    expect(dialog).to_contain_text(ACCOUNT)
    expect(dialog).to_contain_text(re.compile(words["expired"]))
    world.shoot("dialog")
    inside = "document.querySelector('[role=dialog]').contains(document.activeElement)"
    for _press in range(8):
        assert page.evaluate(inside), "the focus stays in"
        page.keyboard.press("Tab")
    for button in dialog.get_by_role("button").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 24
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.reload()
    page.wait_for_selector(".o_main_navbar")
    expect(world.counter()).to_have_attribute("aria-label", words["risk"])
    expect(dialog).to_have_count(0)

    world.leave()
    dialog = world.enter()
    dialog.get_by_role("button", name=words["snooze"]).click()
    expect(dialog).to_have_count(0)
    world.leave()
    with page.expect_response("**/get_login_alert"):
        world.enter()
    expect(world.counter()).to_have_attribute("aria-label", words["risk"])
    expect(world.dialog()).to_have_count(0)


@LANGUAGES
def test_an_open_screen_turns_green_and_the_counter_with_it(world, words):
    page = world.page
    dialog = world.enter()
    dialog.get_by_role("button", name=words["all"]).click()
    page.wait_for_selector(".o_list_view .o_data_row")
    world.server.run_cron(f"{MODULE}.ir_cron_send_notices")
    toast = page.locator(".o_notification").filter(has_text=words["broke"])
    expect(toast).to_be_visible()
    world.shoot("toast")
    toast.get_by_role("button", name=words["show"]).click()
    page.wait_for_selector(".o_list_view .o_data_row")
    world.backend.expect_status("X", ACCOUNT, words["expired"])
    counter = world.counter()
    expect(counter).to_have_attribute("aria-label", words["risk"])
    counter.focus()
    page.keyboard.press("Enter")
    menu = page.locator(".o_social_systray_content")
    expect(menu).to_contain_text(ACCOUNT)
    expect(menu.get_by_role("button", name=re.compile(words["renew"]))).to_be_visible()
    world.shoot("systray")
    page.keyboard.press("Escape")

    page.evaluate("window.notReloaded = true")
    world.mend()
    world.backend.expect_status("X", ACCOUNT, words["no_expiry"])
    expect(counter).to_have_attribute("aria-label", words["no_risk"])
    assert page.evaluate("window.notReloaded"), "without reload"
    world.shoot("green")

    world.backend.row("X", ACCOUNT).locator("td[name=name]").click()
    status = page.locator(".o_form_view [name=status]")
    expect(status).to_contain_text(re.compile(words["no_expiry"]))
    world.lose()
    expect(status).to_contain_text(re.compile(words["expired"]))
    world.mend()
    expect(status).to_contain_text(re.compile(words["no_expiry"]))


@LANGUAGES
def test_manage_notifications_leads_to_ones_own_preferences(world, words):
    page = world.page
    dialog = world.enter()
    dialog.get_by_role("button", name=words["all"]).click()
    more = world.backend.row("X", ACCOUNT).get_by_role("button", name=words["more"])
    more.click()
    page.get_by_role("menuitem", name=words["manage"], exact=True).click()
    form = page.get_by_role("dialog").filter(has_text=words["tab"])
    # Odoo marks the tab that is open by its look alone.
    expect(form.locator(".nav-link.active")).to_have_text(words["tab"])
    for name, field in (
        ("mobile", "social_mobile"),
        ("by_profile", "social_by_profile"),
        ("at_login", "social_login_alert"),
    ):
        toggle = form.get_by_label(words[name])
        expect(toggle).to_have_attribute("id", re.compile(f"^{field}"))
        toggle.click()
    line = form.locator("[name=social_preference_ids] .o_data_row")
    expect(line).to_contain_text(ACCOUNT)
    expect(line.locator("[name=mobile] input")).not_to_be_checked()
    line.locator("td[name=email]").click()
    line.locator("td[name=email] input").uncheck()
    form.locator("[name=social_quiet_start] input").fill("22:00")
    form.locator("[name=social_quiet_end] input").fill("07:30")
    world.shoot("preferences")
    form.get_by_role("button", name=words["save"]).click()
    expect(form).to_have_count(0)
    with world.server.cursor() as cr:
        cr.execute(
            "SELECT social_email, social_mobile, social_by_profile,"
            " social_login_alert, social_quiet_start, social_quiet_end, email, mobile"
            " FROM res_users JOIN social_notice_preference ON user_id = res_users.id"
            " WHERE login = 'member'"
        )
        found = cr.fetchall()
    assert found == [(True, False, True, False, 22.0, 7.5, False, False)]
    # Saved is not to be shown any more at the next log-in.
    page.wait_for_selector(".o_main_navbar")
    world.leave()
    world.enter()
    expect(world.counter()).to_have_attribute("aria-label", words["risk"])
    expect(world.dialog()).to_have_count(0)


@LANGUAGES
def test_managers_see_what_stands_still_choose_the_team_and_get_a_sample(
    world, sandbox, words
):
    page = world.page
    world.server.when_free(
        f"{MODULE}.ir_cron_verify_tokens", "write", {"active": False}
    )
    world.enter("admin").get_by_role("button", name=words["all"]).click()
    banner = page.locator(".o_list_view .o_social_watch")
    expect(banner).to_contain_text(words["still"])
    expect(banner.locator("li").filter(has_text=words["off"])).to_have_count(1)
    world.shoot("watch")

    world.backend.open("social-notices")
    page.get_by_role("button", name=words["sample"], exact=True).click()
    expect(page.locator(".o_notification")).to_contain_text(words["sent"])
    world.shoot("sample")
    world.server.run_cron("mail.ir_cron_mail_scheduler_action")
    mail = sandbox.wait_for_mail("admin@example.com", words["sample_subject"])
    assert words["sample_body"] in mail["html"]
    letter = page.context.new_page()
    letter.set_content(mail["html"])
    browser.shoot(letter, f"personal_{words['lang']}_mail", full_page=True)
    letter.close()

    world.backend.open("social-notifications")
    expect(page.locator("th[data-name=recipient_user_ids]")).to_contain_text(
        words["team"]
    )
    cell = page.locator("td[name=recipient_user_ids]")
    cell.click()
    cell.locator("input").fill("Mia")
    page.get_by_role("option", name="Mia Member").click()
    world.shoot("team")
    with page.expect_response("**/web_save"):
        page.locator(".o_list_button_save").click()
    expect(cell).to_contain_text("Mia")
    with world.server.cursor() as cr:
        cr.execute("SELECT count(*) FROM social_profile_recipient_rel")
        assert cr.fetchone() == (1,)
