"""What ends and what is told, on screen: disconnecting, webhooks, journal, a copy."""

import re

import pytest
from playwright.sync_api import expect

from tests import browser, servers
from tests.people import Backend, HttpPerson, register_app

pytestmark = pytest.mark.browser

MODULE = "social_token_manager"
CAFE, BAKERY = "Café Aurora", "Padaria do Porto"
HANDSHAKE = {
    "webhook_url": "webhook_url",
    "deauthorize_url": "deauthorize_url",
    "deletion_url": "deletion_url",
    "webhook_token": "verify_token",
}


@pytest.fixture(scope="module")
def sandbox():
    with servers.running_sandbox() as found:
        yield found


@pytest.fixture(scope="module")
def factory():
    with servers.running_odoo() as found:
        yield found


@pytest.fixture(scope="module")
def server(factory):
    return factory()


@pytest.fixture(scope="module")
def owner(server, sandbox):
    """The administrator, by HTTP; a Manager called manager exists, too."""
    make_user(server, "manager")
    return HttpPerson(server, sandbox)


@pytest.fixture(scope="module")
def app_ids():
    """The app of each provider that a test needed."""
    return {}


@pytest.fixture
def connect(owner, sandbox, app_ids):
    """Return a function that connects all of Ana's profiles at a provider."""

    def connect(provider):
        if provider not in app_ids:
            app_ids[provider] = register_app(owner, sandbox, provider)
        assert owner.connect(app_ids[provider]).status_code == 303
        return app_ids[provider]

    return connect


def make_user(server, role):
    rpc = server.rpc("admin", "admin")
    group = rpc.id_of(f"{MODULE}.group_{role}")
    values = {"name": role.capitalize(), "login": role, "password": role}
    rpc.call("res.users", "create", [{**values, "group_ids": [(4, group)]}])


@pytest.fixture(scope="module")
def browser_context(chromium):
    """One browser for all, so that the web client is loaded once."""
    context = chromium.new_context(viewport=browser.VIEWPORT, locale="en-US")
    context.set_default_timeout(60_000)
    yield context
    context.close()


@pytest.fixture(autouse=True)
def logged_out(browser_context):
    browser_context.clear_cookies()


def enter(page, server, login):
    """Log in as the login page does, which would offer whoever was here before."""
    params = {"db": server.db, "login": login, "password": login}
    address = f"{server.url}/web/session/authenticate"
    page.context.request.post(address, data={"jsonrpc": "2.0", "params": params})
    return Backend(page, server.url)


@pytest.fixture
def log_in(server, owner, browser_page):
    return lambda login: enter(browser_page, server, login)


def shoot(page, name):
    browser.shoot(page, f"lifecycle_{name}", full_page=True)


def open_profile(backend, network, name):
    """Open a profile's form from the list, as people do."""
    backend.open("social-profiles").row(network, name).locator("td[name=name]").click()
    backend.page.wait_for_selector(".o_form_view")
    return backend.page


def disconnect(page, shot):
    """Ask for the dialog, have a picture taken of it, return it."""
    page.get_by_role("button", name="Disconnect", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Keep It Connected").wait_for()
    shoot(page, shot)
    return dialog


def confirm(page, dialog):
    dialog.get_by_role("button", name="Disconnect", exact=True).click()
    told = page.locator(".o_notification")
    told.wait_for()
    expect(dialog).to_be_hidden()
    expect(page.locator("div[name=reason_text]")).to_have_text("Not connected")
    expect(page.get_by_role("button", name="Connect", exact=True)).to_be_visible()
    return told


# --- disconnecting ------------------------------------------------------------


def test_disconnecting_names_who_lives_from_the_same_permission(
    connect, log_in, sandbox
):
    connect("meta")
    backend = log_in("manager")
    page = open_profile(backend, "Messenger", BAKERY)
    dialog = disconnect(page, "disconnect_shared")
    expect(dialog).to_contain_text(f"Facebook Page · {BAKERY}")
    expect(dialog).not_to_contain_text(f"Messenger · {BAKERY}")
    dialog.get_by_label("End the permission at the network all the same").check()
    expect(dialog).to_contain_text("All of the named profiles stop, too.")
    dialog.get_by_label("End the permission at the network all the same").uncheck()
    told = confirm(page, dialog)
    expect(told).to_contain_text("At the network the permission stays")
    expect(page.locator("div[name=story]")).to_contain_text("Somebody disconnected")
    shoot(page, "disconnected_shared")
    assert [one["person"] for one in sandbox.read("meta/grants")] == ["ana"]
    backend.open("social-profiles").expect_status("Messenger", BAKERY, "✕.*Expired")
    backend.expect_status("Facebook Page", BAKERY, "✓.*Valid")


def test_disconnecting_the_last_one_ends_the_permission_at_the_network(
    connect, log_in, sandbox
):
    connect("x")
    (grant,) = sandbox.read("x/grants")
    page = open_profile(log_in("manager"), "X", CAFE)
    dialog = disconnect(page, "disconnect_last")
    expect(dialog).to_contain_text("The permission is also ended at the network.")
    expect(dialog.get_by_role("checkbox")).to_have_count(0)
    told = confirm(page, dialog)
    expect(told).to_contain_text("The network confirmed that the permission has ended.")
    shoot(page, "disconnected_last")
    assert grant and sandbox.read("x/grants") == []


# --- told by the network ------------------------------------------------------


def copy_addresses(page):
    """Press the copy button beside each address; return what each put away."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("tab", name="Webhooks").click()
    copied = {}
    for field in HANDSHAKE:
        page.locator(f"div[name={field}] button").click()
        copied[field] = page.evaluate("navigator.clipboard.readText()")
    return copied


def test_a_withdrawal_shows_once_the_copied_addresses_are_pasted_at_the_network(
    connect, log_in, owner, server, sandbox
):
    app_id = connect("meta")
    backend = log_in("admin")
    page = backend.open(f"social-apps/{app_id}").page
    copied = copy_addresses(page)
    shoot(page, "webhooks")
    assert copied["webhook_url"].startswith(f"{server.url}/social/webhook/")
    pasted = {theirs: copied[ours] for ours, theirs in HANDSHAKE.items()}
    (app,) = owner.call("social.app", "read", [app_id], ["client_id"])
    sandbox.control("meta/apps", {"client_id": app["client_id"], **pasted})
    assert sandbox.control("meta/handshake")["verified"]

    backend.open("social-profiles").expect_status("Facebook Page", BAKERY, "✓.*Valid")
    sandbox.control("meta/revoke", {"person": "ana"})
    wait_until_told(owner, app_id)
    backend.open("social-profiles").expect_status("Facebook Page", BAKERY, "✕.*Expired")
    row = backend.row("Facebook Page", BAKERY)
    expect(row.locator("td[name=reason_text]")).to_have_text("Access withdrawn")
    shoot(page, "withdrawn_list")

    backend.open("social-signals")
    told = page.locator(".o_data_row").filter(has_text="Access withdrawn")
    expect(told.first).to_contain_text("Connection ended")
    shoot(page, "signals")


def wait_until_told(owner, app_id):
    """Wait for the signal, which comes when the network gets round to it."""
    domain = [("app_id", "=", app_id), ("kind", "=", "revoked")]
    servers.wait_for(lambda: owner.call("social.signal", "search_count", domain))


# --- gaps and what has to go --------------------------------------------------


def lose(owner, server, sandbox, days):
    """Have Google withdraw what Ana granted, and the daily check notice; then wait."""
    sandbox.control("google/revoke", {"person": "ana"})
    domain = [("network_id.code", "=", "youtube"), ("access_id", "!=", False)]
    profile_ids = owner.call("social.profile", "search", domain)
    owner.call("social.profile", "action_verify", profile_ids)
    with server.cursor() as cr:
        for table, moment in (("token", "reason_at"), ("profile", "expires_at")):
            cr.execute(
                f"UPDATE social_{table} SET {moment} = {moment} - %s * interval '1 day'"
                " WHERE reason = 'expired'",
                [days],
            )


def test_a_profile_that_is_gone_tells_the_day_its_data_goes_and_later_the_gap(
    connect, log_in, owner, server, sandbox
):
    connect("google")
    lose(owner, server, sandbox, days=3)
    backend = log_in("manager")
    page = open_profile(backend, "YouTube", "Ana Souza")
    purge = page.locator("div[name=purge_text]")
    expect(purge).to_contain_text("asks for that when a connection has been gone for 7")
    expect(page.locator("div[name=gap_text]")).to_be_hidden()
    shoot(page, "purge")

    connect("google")
    page = open_profile(backend, "YouTube", "Ana Souza")
    expect(page.locator("div[name=gap_text]")).to_contain_text(
        "The connection was gone for 3 days"
    )
    expect(page.locator("div[name=purge_text]")).to_be_hidden()
    shoot(page, "gap")


# --- the journal and the settings ---------------------------------------------


def test_the_journal_is_filtered_by_what_happened(connect, log_in, owner):
    connect("x")
    domain = [("network_id.code", "=", "x")]
    (profile_id,) = owner.call("social.profile", "search", domain)
    (wizard_id,) = owner.call(
        "social.disconnect.wizard", "create", [{"profile_id": profile_id}]
    )
    owner.call("social.disconnect.wizard", "action_disconnect", [wizard_id])

    page = log_in("admin").open("social-journal").page
    kinds = page.locator(".o_data_row td[name=kind]")
    expect(kinds.filter(has_text="Profile connected").first).to_be_visible()
    shoot(page, "journal")
    page.locator(".o_searchview_dropdown_toggler").click()
    page.get_by_role("menuitemcheckbox", name="Disconnected or Deleted").click()
    expect(kinds.filter(has_text="Profile connected")).to_have_count(0)
    ended = re.compile("^(Disconnected|Withdrawn at the network)$")
    expect(kinds.filter(has_not_text=ended)).to_have_count(0)
    expect(kinds.filter(has_text="Withdrawn at the network").first).to_be_visible()
    shoot(page, "journal_filtered")


def workers(owner):
    domain = [("cron_name", "like", "renew tokens")]
    return owner.call("ir.cron", "search_count", domain)


def type_workers(page, count):
    page.locator("div[name=social_renewal_workers] input").fill(str(count))
    page.get_by_role("button", name="Save", exact=True).click()


def test_an_owner_chooses_how_many_renew_and_is_told_the_limit(log_in, owner):
    before = workers(owner)
    page = log_in("admin").page
    page.goto(f"{owner.server.url}/odoo/action-{MODULE}.social_settings_action")
    page.locator("div[name=social_renewal_workers] input").wait_for()
    shoot(page, "settings")
    # The web client loads itself anew when settings are saved.
    with page.expect_navigation():
        type_workers(page, 2)
    servers.wait_for(lambda: workers(owner) == before + 1)
    typed = page.locator("div[name=social_renewal_workers] input")
    expect(typed).to_have_value("2")

    type_workers(page, 99)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("parallel renewal workers. Nothing was changed.")
    shoot(page, "settings_refused")
    assert workers(owner) == before + 1


# --- a copied database --------------------------------------------------------


@pytest.fixture(scope="module")
def copy(factory):
    """An Odoo on a copy of a database that has called networks."""
    original = factory()
    original.rpc("admin", "admin").call("social.home", "action_open")
    make_user(original, "member")
    original.stop()
    return factory(db=factory.copy(original.db))


def copied_notice(page):
    return page.locator(".o_notification").filter(has_text="a copied database")


def test_a_member_of_a_copy_is_told_in_a_sentence_who_decides(copy, browser_page):
    backend = enter(browser_page, copy, "member").open("social-profiles")
    notice = copied_notice(browser_page)
    expect(notice).to_contain_text("so it calls no network")
    expect(notice).to_contain_text("An Owner decides")
    expect(notice.get_by_role("button", name="Decide")).to_have_count(0)
    expect(backend.page.get_by_text("Configuration", exact=True)).to_have_count(0)
    shoot(browser_page, "copy_member")


def test_an_owner_of_a_copy_decides_and_the_notice_is_gone(copy, browser_page):
    page = browser_page
    enter(page, copy, "admin").open("social-profiles")
    notice = copied_notice(page)
    notice.wait_for()
    notice.get_by_role("button", name="Decide").click()
    expect(page.get_by_role("alert").get_by_text("New home or copy?")).to_be_visible()
    expect(notice).to_have_count(0)
    shoot(page, "copy_home")
    press_and_keep(page, "This Is a Copy", "Delete All Secrets Here")
    page.get_by_role("button", name="This Is the New Home").click()
    shoot(page, "copy_question")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="This Is the New Home").click()
    expect(page.get_by_text("This database is at home")).to_be_visible()
    shoot(page, "copy_decided")
    page.reload()
    expect(page.get_by_text("This database is at home")).to_be_visible()
    expect(copied_notice(page)).to_have_count(0)


def press_and_keep(page, name, agree):
    """Press a button whose question is answered with no."""
    page.get_by_role("button", name=name, exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=agree).wait_for()
    shoot(page, "copy_wipe_question")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
