"""Every network, as a person walks it: connect, verify, lose, verify, renew."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests import browser, servers
from tests.people import Backend, Consent, Renewal, register_app

pytestmark = pytest.mark.browser

EVERYTHING = "MANAGE,CREATE_CONTENT,MODERATE,MESSAGING,ADVERTISE,ANALYZE"
CAFE, BAKERY = "Café Aurora", "Padaria do Porto"


@dataclass(frozen=True)
class Case:
    """What is special about one network.

    :param profile: its name in the list
    :param choice: what is chosen at the network, where it is not called as here
    :param lost_by: the controls, with what to send, by which it is lost there
    :param reason: what the list and the form say then
    :param word, look: of its badge while it works
    :param mended_by: the controls by which the network lets the person in again
    """

    network: str
    provider: str
    profile: str
    lost_by: tuple
    reason: str
    choice: str = ""
    word: str = "Valid"
    look: str = "o_social_good"
    mended_by: tuple = ()

    def __str__(self):
        return f"{self.network}-{self.provider}"


CASES = (
    Case(
        "facebook",
        "meta",
        BAKERY,
        lost_by=("meta/revoke", {"person": "ana"}),
        reason="Access withdrawn",
    ),
    Case(
        "messenger",
        "meta",
        BAKERY,
        lost_by=("meta/roles", {"person": "ana", "page": BAKERY, "tasks": []}),
        reason="Role lost",
        mended_by=(
            "meta/roles",
            {"person": "ana", "page": BAKERY, "tasks": EVERYTHING.split(",")},
        ),
    ),
    Case(
        "instagram",
        "meta",
        BAKERY,
        lost_by=("meta/untick", {"person": "ana", "instagram": ["padariadoporto"]}),
        reason="Not selected",
    ),
    Case(
        "instagram",
        "instagram",
        CAFE,
        choice="@cafeaurora",
        lost_by=("instagram/password", {"account": "cafeaurora"}),
        reason="Password changed",
    ),
    Case(
        "threads",
        "threads",
        CAFE,
        choice="@cafeaurora",
        # He says at the consent page that it is he.
        lost_by=("threads/accounts", {"account": "cafeaurora", "held": True}),
        reason="Security check",
    ),
    Case(
        "youtube",
        "google",
        CAFE,
        # Google tells nobody that it was a person who withdrew it.
        lost_by=("google/revoke", {"person": "ana"}),
        reason="Expired",
    ),
    Case(
        "google_business",
        "google",
        BAKERY,
        lost_by=("google/roles", {"person": "ana", "account": "Agência Maré"}),
        reason="Role lost",
        mended_by=(
            "google/roles",
            {"person": "ana", "account": "Agência Maré", "role": "MANAGER"},
        ),
    ),
    Case(
        "linkedin_company",
        "linkedin",
        CAFE,
        lost_by=("linkedin/roles", {"person": "ana", "page": CAFE}),
        reason="Role lost",
        mended_by=(
            "linkedin/roles",
            {
                "person": "ana",
                "page": CAFE,
                "role": "ADMINISTRATOR",
                "state": "APPROVED",
            },
        ),
    ),
    Case(
        "linkedin_personal",
        "linkedin",
        "Ana Souza",
        lost_by=("linkedin/revoke", {"person": "ana"}),
        reason="Access withdrawn",
    ),
    Case(
        "pinterest",
        "pinterest",
        "Agência Maré",
        lost_by=("pinterest/revoke", {"person": "ana"}),
        reason="Expired",
    ),
    Case(
        "tiktok",
        "tiktok",
        CAFE,
        choice="@cafeaurora",
        lost_by=(
            "tiktok/untick",
            {"account": "cafeaurora", "scopes": ["user.info.basic"]},
        ),
        reason="Permission missing",
    ),
    Case(
        "x",
        "x",
        CAFE,
        choice="@cafeaurora",
        lost_by=("x/revoke", {"account": "cafeaurora"}),
        reason="Access withdrawn",
        # X publishes no day on which it ends.
        word="No expiry",
        look="text-bg-info",
    ),
)


GENERIC = Case(
    "club",
    "oauth2",
    "Ana Souza",
    lost_by=("oauth2/revoke", {"person": "ana"}),
    reason="Access withdrawn",
    # No standard tells the life of a refresh token.
    word="No expiry",
    look="text-bg-info",
)


@pytest.fixture(scope="module")
def sandbox():
    with servers.running_sandbox() as found:
        yield found


@pytest.fixture(scope="module")
def server(sandbox):
    with servers.running_odoo() as factory:
        yield factory()


@pytest.fixture(scope="module")
def rpc(server):
    return server.rpc("admin", "admin")


@pytest.fixture(scope="module")
def browser_context(chromium, server):
    """One browser for all: somebody logged in to Odoo."""
    context = chromium.new_context(viewport=browser.VIEWPORT, locale="en-US")
    context.set_default_timeout(60_000)
    page = context.new_page()
    browser.login(page, server.url, "admin", "admin")
    page.close()
    yield context
    context.close()


class Walk:
    """One person on the way with one network."""

    def __init__(self, case, page, server, sandbox, rpc):
        self.case, self.page, self.server = case, page, server
        self.sandbox, self.rpc = sandbox, rpc
        self.backend = Backend(page, server.url)
        self.form = page.locator(".o_form_view")
        sandbox.control("reset")

    def shoot(self, name):
        browser.shoot(self.page, f"every_{self.case}_{name}")

    # --- in Odoo

    def register(self, network_id, **values):
        app_id = register_app(
            self.rpc,
            self.sandbox,
            self.case.provider,
            network_ids=[(6, 0, [network_id])],
            **values,
        )
        (network,) = self.rpc.call("social.network", "read", [network_id], ["name"])
        self.network_id, self.network = network_id, network["name"]
        self.page.goto(f"{self.server.url}/odoo/social-apps/{app_id}")

    def connect(self):
        self.backend.press("Connect Profiles")
        self.consent("first")
        self.backend.expect_result("Done")
        self.shoot("2_result")
        self.backend.press("See All Profiles")
        self.page.wait_for_selector(".o_list_view .o_searchview")
        self.expect_row()

    def expect_row(self):
        row = self.backend.row(self.network, self.case.profile)
        expect(row).to_have_count(1)
        expect_badge(row, self.case.word, self.case.look)
        self.shoot("3_list")

    def open_form(self):
        row = self.backend.row(self.network, self.case.profile)
        row.locator("td[name=name]").click()
        expect(self.form.locator("div[name=name] input")).to_have_value(
            self.case.profile
        )

    def verify(self, word, look):
        self.backend.press("Verify")
        notice = self.page.locator(".o_notification")
        notice.wait_for()
        assert "What you see now is what the network said" in notice.inner_text()
        notice.locator(".o_notification_close").click()
        expect_badge(self.form, word, look)
        self.shoot(f"4_form_{look}")

    def renew(self):
        self.backend.press("Reconnect")
        if self.case.provider == "meta":
            self.renew_in_steps()
        else:
            self.consent("again")
            self.backend.expect_result("Done")
            self.backend.press("See All Profiles")
        self.page.wait_for_selector(".o_list_view .o_searchview")

    def renew_in_steps(self):
        renewal = Renewal(self.page).expect_step("Log in with Facebook")
        renewal.press("Log in with Facebook")
        self.consent("again")
        renewal.expect_step("Select accounts").press("Continue")
        renewal.expect_step("Finish").press("Finish")

    def profile_ids(self):
        domain = [
            ("network_id", "=", self.network_id),
            ("name", "=", self.case.profile),
        ]
        context = {"active_test": False}
        return self.rpc.call("social.profile", "search", domain, context=context)

    def let_time_pass(self):
        """Let the grant be older than the minutes in which LinkedIn is not believed."""
        with self.server.cursor() as cr:
            cr.execute("UPDATE social_token SET issued_at = issued_at - interval '1h'")

    # --- at the network

    def consent(self, when):
        # LinkedIn asks nothing while a token of the same scopes lives.
        self.page.wait_for_url(re.compile(r"/dialog/|/social-attempts/\d+$"))
        choice = self.case.choice or self.case.profile
        Consent(self.page).agree(
            "Ana Souza", choice, lambda step: self.shoot(f"1_{when}_{step}")
        )


def expect_badge(place, word, look):
    badge = place.locator(".o_social_status")
    expect(badge).to_contain_text(word)
    expect(badge).to_have_class(re.compile(look))


def walk_through(walk):
    walk.connect()
    before = walk.profile_ids()
    walk.open_form()
    walk.let_time_pass()
    walk.verify(walk.case.word, walk.case.look)

    walk.sandbox.control(*walk.case.lost_by)
    walk.verify("Expired", "text-bg-danger")
    expect(walk.form.locator("div[name=reason_text]")).to_have_text(walk.case.reason)

    if walk.case.mended_by:
        walk.sandbox.control(*walk.case.mended_by)
    walk.renew()
    walk.expect_row()
    assert walk.profile_ids() == before
    assert len(before) == 1


@pytest.mark.parametrize("case", CASES, ids=str)
def test_connected_lost_and_renewed(case, browser_page, server, sandbox, rpc):
    walk = Walk(case, browser_page, server, sandbox, rpc)
    (network_id,) = rpc.call("social.network", "search", [("code", "=", case.network)])
    walk.register(network_id)
    walk_through(walk)


def make_network(page, server, name, code):
    """Make a network by typing, as an Owner does; return its id."""
    Backend(page, server.url).open("social-networks").press("New")
    page.locator("div[name=name] input").fill(name)
    page.locator("div[name=code] input").fill(code)
    page.locator(".o_form_button_save").click()
    page.wait_for_url(re.compile(r"/social-networks/\d+$"))
    return int(page.url.rpartition("/")[2])


def test_a_network_of_ones_own_making(browser_page, server, sandbox, rpc):
    network_id = make_network(browser_page, server, "Clube do Bairro", GENERIC.network)
    walk = Walk(GENERIC, browser_page, server, sandbox, rpc)
    walk.register(network_id, scopes="profile offline_access")
    walk_through(walk)
