"""The demo: every status in it is what the stand-in network says, tomorrow as well."""

import re
from collections import Counter

import pytest

from dev import logcheck
from dev.rehearse import Stage, verify_all
from tests import browser
from tests.people import DEMO_APP, Backend, MetaConsent
from tests.servers import Rpc, wait_for

# One demo serves all: whatever else is true of these tests, they stay together.
# The first test waits for the demo to be built.
pytestmark = [
    pytest.mark.processes,
    pytest.mark.browser,
    pytest.mark.timeout(1200),
]

REASONS = {
    "deselected",
    "expired",
    "lost_role",
    "missing_scope",
    "not_connected",
    "password_changed",
    "revoked",
}
PAGE = "Padaria"
SHOWN = ["name", "network_id", "status", "reason", "expires_at", "person_id"]


def rpc(demo, login):
    return Rpc(demo.url, demo.name, login, login)


def profiles(demo, login):
    return rpc(demo, login).call("social.profile", "search_read", [], SHOWN)


def test_every_status_and_every_reason_is_there(demo):
    days = rpc(demo, "marina").call(
        "social.profile",
        "search_read",
        [("reason", "=", False), ("status", "!=", "no_expiry")],
        ["days_left"],
    )
    assert {one["days_left"] for one in days} == {1, 3, 6, 59}
    shown = profiles(demo, "marina")
    assert {one["reason"] for one in shown} == {*REASONS, False}
    assert set(Counter(one["status"] for one in shown)) == {
        "expired",
        "expiring",
        "no_expiry",
        "valid",
    }


def test_people_see_and_may_renew_by_their_roles(demo):
    may_renew = {}
    for login in ("ana", "marina", "bruno", "paula", "sofia"):
        domain = [("access_id", "!=", False)]
        found = rpc(demo, login).call(
            "social.profile", "search_read", domain, ["may_renew"]
        )
        may_renew[login] = Counter(one["may_renew"] for one in found)
    everything = may_renew["ana"][True]
    assert may_renew["marina"] == {True: everything}
    assert 0 < may_renew["bruno"][True] < everything
    assert 0 < may_renew["paula"][False] < everything and not may_renew["paula"][True]
    mine = {one["name"] for one in profiles(demo, "sofia")}
    assert mine.isdisjoint(one["name"] for one in profiles(demo, "ana"))


def to(stage):
    """Return the language of the last mail that each address got."""
    return {mail["to"][0]: mail["language"] for mail in stage.read("mail")}


def test_mail_is_in_the_language_of_its_reader(demo):
    stage = Stage(demo.url, demo.sandbox_url, demo.name)
    wait_for(lambda: {"marina@example.com", "bruno@example.com"} <= set(to(stage)))
    language = to(stage)
    assert language["marina@example.com"] == "en-US"
    assert language["bruno@example.com"] == "pt-BR"


def test_the_ready_made_app_and_ana_are_left_to_the_visitor(demo):
    stage = Stage(demo.url, demo.sandbox_url, demo.name)
    (app,) = (one for one in stage.read("meta/apps") if one["client_id"][0] == "1")
    assert app["redirect_uris"] == []
    assert "ana" not in {grant["person"] for grant in stage.read("meta/grants")}
    pages = {one["key"]: set(one["pages"]) for one in stage.read("meta/people")}
    linked = {one["id"]: one["instagram"] for one in stage.read("meta/pages")}
    of_ana = pages["ana"] | {linked[page] for page in pages["ana"]}
    taken = rpc(demo, "ana").call(
        "social.profile",
        "search_count",
        [("external_id", "in", list(of_ana)), ("access_id", "!=", False)],
    )
    assert not taken


def test_after_a_restart_on_other_ports_all_is_as_it_was(demo):
    before = profiles(demo, "marina")
    demo.stop()
    demo.start()
    marina = Stage(demo.url, demo.sandbox_url, demo.name).person("marina")
    verify_all(marina)
    assert profiles(demo, "marina") == before
    assert "Creating the database" not in demo.log_path.read_text()


def test_a_visitor_takes_the_first_steps_of_the_readme(demo, browser_page):
    browser.login(browser_page, demo.url, "admin", "admin")
    backend = Backend(browser_page, demo.url)
    create_app_by_hand(backend, demo.sandbox_url)
    backend.press("Connect Profiles")
    MetaConsent(browser_page).log_in("Ana Souza").tick(PAGE).tick(PAGE).go_on()
    backend.expect_result("Done")
    statuses(backend, "✓.*Valid")

    stage = Stage(demo.url, demo.sandbox_url, demo.name)
    stage.control("meta/password", {"person": "ana"})
    verify_all(stage.person("admin"))
    statuses(backend, "✕.*Expired")


def create_app_by_hand(backend, sandbox_url):
    """Type the app of the README, and copy its redirect URI to the dashboard."""
    page = backend.open("social-apps").page
    backend.press("New")
    for field, value in (
        ("name", "My own app"),
        ("client_id", DEMO_APP["client_id"]),
        ("client_secret_input", DEMO_APP["client_secret"]),
    ):
        page.locator(f"div[name={field}] input").fill(value)
    page.get_by_role("tab", name="Addresses and Permissions").click()
    for field in ("authorize_url", "token_url", "api_url"):
        address = page.locator(f"div[name={field}] input")
        host = re.compile("https://(www|graph)[.]facebook[.]com")
        address.fill(host.sub(f"{sandbox_url}/meta", address.input_value()))
    page.locator(".o_form_button_save").click()
    page.get_by_role("button", name="Connect Profiles").wait_for()
    redirect_uri = page.locator("div[name=redirect_uri]").inner_text().strip()
    with page.context.new_page() as dashboard:
        dashboard.goto(f"{sandbox_url}/meta/apps")
        card = dashboard.get_by_role("region", name="Social Token Manager demo")
        card.get_by_label("Add a redirect URI").fill(redirect_uri)
        card.get_by_role("button", name="Add").click()
        dashboard.get_by_role("status").wait_for()


def statuses(backend, words):
    backend.open("social-profiles")
    for network in ("Facebook Page", "Messenger", "Instagram"):
        backend.expect_status(network, PAGE, words)


def test_nothing_of_ours_complained(demo):
    assert logcheck.bad_records(demo.odoo_log_path, only_ours=True) == []
