"""The agency's story: one permission, fourteen pages of five clients, one mistake."""

import re

import pytest
from playwright.sync_api import expect

from tests import browser
from tests.people import Backend, HttpPerson, MetaConsent, Renewal, register_app

pytestmark = pytest.mark.browser

CLIENTS = ("Aurora", "Bom Dia", "Girassol", "Horizonte", "Porto")
PAGES = 14
RESERVED = 4


class Agency:
    """Diego grants fourteen pages; Elisa, as a reserve, the last four of them."""

    def __init__(self, server, sandbox):
        self.server, self.sandbox = server, sandbox
        self.admin = HttpPerson(server, sandbox)
        self.app_id = register_app(self.admin, sandbox)
        networks = self.call("social.network", "search", [("code", "=", "facebook")])
        self.call(
            "social.app", "write", [self.app_id], {"network_ids": [(6, 0, networks)]}
        )
        created = {"create": PAGES, "person": "diego", "instagram": False}
        sandbox.control("meta/pages", created)
        self.admin.connect(self.app_id, person="diego")
        self.profiles = self.call(
            "social.profile",
            "search_read",
            [],
            fields=["name", "external_id"],
            order="external_id",
        )
        assert len(self.profiles) == PAGES
        self.kept, *self.others = self.profiles
        self.reserved = self.others[-RESERVED:]
        self.lost = self.others[:-RESERVED]
        self.add_clients()
        self.add_reserve()

    def call(self, *args, **kwargs):
        return self.admin.call(*args, **kwargs)

    def add_clients(self):
        """Give each client its pages and a colleague who is Admin on them.

        The first page is the first client's; the reserved four are the last one's.
        """
        members = self.call(
            "res.groups",
            "search",
            [("full_name", "ilike", "Social Connections / Member")],
        )
        per_client = {name: [] for name in CLIENTS}
        per_client[CLIENTS[0]] = [self.kept]
        per_client[CLIENTS[-1]] = self.reserved
        middle = CLIENTS[1:-1]
        for number, profile in enumerate(self.lost):
            per_client[middle[number % len(middle)]].append(profile)
        self.per_client = per_client
        for name, profiles in per_client.items():
            partner = self.call("res.partner", "create", [{"name": name}])[0]
            login = self.login_of(name)
            user = self.call(
                "res.users",
                "create",
                [
                    {
                        "name": f"Owner of {name}",
                        "login": login,
                        "email": login,
                        "group_ids": [(4, group) for group in members],
                    }
                ],
                context={"no_reset_password": True},
            )[0]
            self.call(
                "social.profile",
                "write",
                [one["id"] for one in profiles],
                {"partner_id": partner, "admin_user_ids": [(6, 0, [user])]},
            )

    @staticmethod
    def login_of(client):
        return f"{client.lower().replace(' ', '.')}@example.com"

    def add_reserve(self):
        pages = [one["external_id"] for one in self.reserved]
        tasks = ["MANAGE", "CREATE_CONTENT", "MODERATE", "MESSAGING", "ANALYZE"]
        for page in pages:
            self.sandbox.control(
                "meta/roles", {"person": "elisa", "page": page, "tasks": tasks}
            )

        def tick(form):
            return {"action": "continue", "chosen": pages}

        # In a browser of her own: in the other one Diego is logged in at Facebook.
        elsewhere = HttpPerson(self.server, self.sandbox)
        elsewhere.connect(self.app_id, person="elisa", pages=tick)

    def reasons(self):
        """Return the reason of each page, by its id at the network."""
        found = self.call(
            "social.profile", "search_read", [], fields=["external_id", "reason"]
        )
        return {one["external_id"]: one["reason"] for one in found}

    def send_notices(self):
        self.server.run_cron("social_token_manager.ir_cron_send_notices")
        self.server.run_cron("mail.ir_cron_mail_scheduler_action")


@pytest.fixture
def agency(odoo_server, sandbox):
    return Agency(odoo_server(mail=sandbox), sandbox)


def shoot(page, name):
    browser.shoot(page, f"agency_{name}")


def test_one_client_is_reconnected_and_the_other_thirteen_are_named(
    agency, sandbox, browser_page
):
    page = browser_page
    assert set(agency.reasons().values()) == {False}
    browser.login(page, agency.server.url, "admin", "admin")
    backend = Backend(page, agency.server.url).open("social-profiles")
    backend.renew("Facebook Page", agency.kept["name"], "Renew")

    renewal = Renewal(page).expect_step("Log in with Facebook")
    guard = page.locator(".o_social_renewal .alert-warning:visible")
    # The reserve has none of these in use: all fourteen live from Diego's permission.
    expect(guard).to_contain_text("These 14 profiles")
    for profile in agency.profiles:
        expect(renewal.line("Facebook Page", profile["name"])).to_have_count(1)
    shoot(page, "1_guard")

    renewal.press("Log in with Facebook")
    MetaConsent(page).log_in("Diego").choose_again().tick(agency.kept["name"]).finish()
    renewal.expect_step("Select accounts")
    lost = page.locator(".o_social_renewal .alert-danger:visible")
    expect(lost).to_contain_text("9 connected profiles were not ticked")
    expect(lost).to_contain_text("4 connected profiles were not ticked")
    for client, profiles in agency.per_client.items():
        if client != CLIENTS[0]:
            names = lost.get_by_text(re.compile(rf"{client}: .*{profiles[0]['name']}"))
            expect(names.first).to_be_visible()
    shoot(page, "2_lost")

    # Nothing is green that does not work, whatever is decided here.
    expected = {one["external_id"]: False for one in agency.profiles}
    expected |= {one["external_id"]: "deselected" for one in agency.lost}
    assert agency.reasons() == expected
    renewal.press("Continue without them")
    renewal.expect_step("Finish")
    shoot(page, "3_result")
    renewal.press("Finish")
    page.wait_for_selector(".o_list_view .o_searchview")
    assert agency.reasons() == expected

    granted_by = agency.call(
        "social.profile",
        "read",
        [one["id"] for one in agency.reserved],
        ["external_user_name", "status"],
    )
    assert {one["external_user_name"].split()[0] for one in granted_by} == {"Elisa"}

    agency.send_notices()
    for client, profiles in agency.per_client.items():
        mails = sandbox.mails(agency.login_of(client))
        is_hit = profiles[0] in agency.lost
        assert len(mails) == (1 if is_hit else 0), client
        text = str(mails)
        for profile in agency.profiles:
            told = re.search(rf"{re.escape(profile['name'])}\b", text)
            assert bool(told) == (is_hit and profile in profiles), profile["name"]
