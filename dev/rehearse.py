"""What people did before you came: the profiles of the demo, and how some were lost.

All of it goes the way of a browser: log in to Odoo, be sent to the network, answer its
consent pages, come back. Trouble happens at the network, and Odoo learns of it by
asking. So each status, reason and date in the demo is what the network really says, and
no clock is turned in Odoo.

``python -m dev.rehearse ODOO_URL SANDBOX_URL DATABASE``, while both serve.
"""

import argparse
import contextlib
import re
import secrets
import time
from datetime import timedelta
from types import SimpleNamespace

import requests

from sandbox.testing import Visitor
from tests.people import HttpPerson, register_app

from .demo import REHEARSED

ADDRESSES = ["authorize_url", "token_url", "api_url", "revoke_url"]
# Whose apps the demo has; X gives a permission without a date.
REHEARSING = ("meta", "x")
AGENCY, INSIGHTS, MARE = "900000000000001", "900000000000002", "900000000000003"
PORTUGUESE = ("ana", "bruno", "sofia")
# Long enough to be stored, over before the rehearsal is.
MOMENT = timedelta(seconds=12)
SIX_DAYS = timedelta(days=6, hours=20)
THREE_DAYS = timedelta(days=3, hours=20)
ONE_DAY = timedelta(days=1, hours=20)

# The rehearsal leaves the ready-made app, Ana Souza and her pages to you: these are of
# other people. name, username, category, who manages it at the network
NEW_PAGES = [
    ("Pet Feliz", "petfeliz", "Pet shop", "bruno"),
    ("Restaurante Sabor da Terra", "sabordaterra", "Restaurant", "bruno"),
    ("Cantina da Praça", "cantinadapraca", "Restaurant", "elisa"),
    ("Hotel Serra Verde", "hotelserraverde", "Hotel", "elisa"),
    ("Academia Vértice", "academiavertice", "Gym", "carla"),
    # not connected
    ("Íris Eventos", "iriseventos", "Event planner", "felipe"),
]
# page: client, Admins, who is told
CLIENTS = {
    "Mercado Bom Dia": ("Rede Bom Dia", ["bruno"], ["paula"]),
    "Pet Feliz": ("Pet Feliz Comércio", ["bruno"], []),
    "Escola Girassol": ("Instituto Girassol", ["bruno"], ["paula"]),
    "Cantina da Praça": ("Grupo Sabor da Terra", ["bruno"], ["paula"]),
    "Restaurante Sabor da Terra": ("Grupo Sabor da Terra", [], []),
    "Floricultura Íris": ("Íris Flores e Eventos", [], ["paula"]),
    "Hotel Serra Verde": ("Serra Verde Hotelaria", [], []),
    "Academia Vértice": ("Vértice Fitness", ["bruno"], []),
    "Clínica Vida Leve": ("Saúde Vida Leve", [], []),
}


class Stage:
    """The demo's Odoo and its stand-in networks, as the people in it reach them.

    :param url: of the sandbox
    """

    def __init__(self, odoo_url, url, db):
        self.server = SimpleNamespace(url=odoo_url, db=db)
        self.url = url

    def person(self, login):
        """Return somebody logged in to Odoo; the demo's passwords are the log-ins."""
        return HttpPerson(self.server, self, login, login)

    def control(self, path, payload):
        """Make something happen at the network.

        :raise requests.HTTPError: when the control refuses
        """
        answer = requests.post(f"{self.url}/_control/{path}", json=payload, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def read(self, path):
        return requests.get(f"{self.url}/_control/{path}", timeout=30).json()


def perform(stage):
    """Play the whole piece in an Odoo that has nothing but the demo data."""
    keep_to_ourselves(stage.person("admin"))
    speak_portuguese(stage)
    open_pages(stage)
    ana, marina, sofia = map(stage.person, ("ana", "marina", "sofia"))
    agency = open_app(stage, ana, AGENCY, "Horizonte Digital")
    insights = open_app(stage, ana, INSIGHTS, "Horizonte Insights", "instagram")
    mare = open_app(stage, sofia, MARE, "Maré Comunicação")

    connect(stage, marina, insights, "bruno", ["sabordaterra"], MOMENT)
    over = time.monotonic() + MOMENT.total_seconds()
    connect(stage, marina, insights, "carla", ["academiavertice"], ONE_DAY)
    connect(stage, marina, insights, "elisa", ["hotelserraverde"])
    connect(stage, marina, agency, "bruno", ["mercadobomdia", "petfeliz"], SIX_DAYS)
    connect(stage, marina, agency, "elisa", ["cantinadapraca"], THREE_DAYS)
    school = {"without": ["pages_messaging"]}
    connect(stage, marina, agency, "carla", ["escolagirassol"], SIX_DAYS, **school)
    connect(stage, marina, agency, "felipe", ["floriculturairis"])
    connect(stage, sofia, mare, "carla", ["clinicavidaleve"])
    connect_account(stage, marina, register_app(ana, stage, "x"), "mercadobomdia")

    for boss in (ana, sofia):
        share_out(boss)
    bruno = stage.person("bruno")
    renew(stage, bruno, "Mercado Bom Dia", ["mercadobomdia", "petfeliz"])
    make_trouble(stage)
    time.sleep(max(0, over - time.monotonic()))
    for manager in (marina, sofia):
        verify_all(manager)


def keep_to_ourselves(admin):
    """Keep Odoo from asking a service outside about the demo's companies."""
    asked = "iap_enrich_auto_done"
    if admin.call("res.company", "fields_get", [asked]):
        companies = admin.call("res.company", "search", [])
        admin.call("res.company", "write", companies, {asked: True})


def speak_portuguese(stage):
    """Let some people set their language, as their preferences page would."""
    for login in PORTUGUESE:
        person = stage.person(login)
        installed = dict(person.call("res.lang", "get_installed"))
        own = person.call("res.users", "search", [("login", "=", login)])
        if "pt_BR" in installed:
            person.call("res.users", "write", own, {"lang": "pt_BR"})


# --- at the network ---------------------------------------------------------------


def open_pages(stage):
    """Let the people at the network open further pages, each with its Instagram."""
    for name, username, category, person in NEW_PAGES:
        made = stage.control(
            "meta/pages", {"create": 1, "person": person, "instagram": True}
        )
        page = {"page": made["created"][0], "name": name, "category": category}
        opened = stage.control("meta/pages", {**page, "username": username})
        account = {"account": opened["instagram"], "name": name, "username": username}
        stage.control("meta/instagram", account)


def make_trouble(stage):
    """Let connections be lost at the network in the ways that people lose them."""
    for control, payload in (
        ("password", {"person": "felipe"}),
        ("roles", {"person": "bruno", "page": "petfeliz", "tasks": []}),
        ("revoke", {"person": "elisa", "client_id": INSIGHTS}),
        (
            "untick",
            {"person": "carla", "client_id": AGENCY, "instagram": ["escolagirassol"]},
        ),
    ):
        stage.control(f"meta/{control}", payload)


# --- in Odoo ----------------------------------------------------------------------


def open_app(stage, owner, client_id, name, *networks):
    """Register an app at the network and in Odoo, and return its id here.

    :param networks: codes of what it connects; all that it can when none are named
    """
    secret = secrets.token_hex(16)
    known = {"client_id": client_id, "client_secret": secret, "name": name}
    stage.control("meta/apps", known)
    values = {"name": name, "client_id": client_id, "client_secret_input": secret}
    if networks:
        found = owner.call("social.network", "search", [("code", "in", networks)])
        values["network_ids"] = [(6, 0, found)]
    return register_app(owner, stage, **values)


def connect(stage, who, app, person, pages, life=None, without=()):
    """Let somebody connect pages while a person is logged in at the network.

    :param who: the :class:`HttpPerson` in Odoo
    :param life: how long the network lets the token live; as documented without
    :param without: permissions that the person declines
    """
    with lifetime(stage, life):
        action = who.call("social.app", "action_connect", [app])
        attempt = go_and_come_back(stage, who, action, person, pages, without)
    (seen,) = who.call("social.oauth.request", "read", [attempt], ["result"])
    if seen["result"] not in ("connected", "partly"):
        raise RuntimeError(f"{person} connected nothing: {seen['result']}")


def connect_account(stage, who, app, username):
    """Let whoever holds an account at X log in to it and connect it."""
    (account,) = (
        one for one in stage.read("x/accounts") if one["username"] == username
    )
    person = account["holders"][0]
    who.network = Visitor(stage.url)
    action = who.call("social.app", "action_connect", [app])
    chosen = {"person": person, "password": "sandbox", "account": account["id"]}
    who.come_back(who.consent(action, person, account=go_on(**chosen)))


def renew(stage, who, name, pages):
    """Let a Member go through the six steps, with all pages ticked again."""
    (profile,) = who.call(
        "social.profile",
        "search",
        [("name", "=", name), ("network_id.code", "=", "messenger")],
    )
    wizard = who.call("social.profile", "action_renew", [profile])["res_id"]
    action = who.call("social.renewal.wizard", "action_login", [wizard])
    go_and_come_back(stage, who, action, "bruno", pages)
    who.call("social.renewal.wizard", "action_continue", [wizard])
    who.call("social.renewal.wizard", "action_finish", [wizard])


def go_and_come_back(stage, who, action, person, pages, without=()):
    """Follow an action to the consent pages and back; return the id in the address.

    :raise RuntimeError: when Odoo does not take the person back
    """
    who.network = Visitor(stage.url)
    back = who.consent(action, person, **answers(stage, pages, without))
    response = who.come_back(back)
    found = re.search(r"/social-\w+/(\d+)$", response.headers.get("Location", ""))
    if not found:
        raise RuntimeError(f"{person} did not get back: HTTP {response.status_code}")
    return int(found[1])


def answers(stage, pages, without):
    """Return what to answer on the consent pages; see :class:`Visitor`."""
    chosen = [page for page in stage.read("meta/pages") if page["username"] in pages]
    return {
        "pages": go_on(chosen=[page["id"] for page in chosen]),
        "instagram": go_on(chosen=[page["instagram"] for page in chosen]),
        "review": lambda form: go_on(
            accept=[scope for scope in form.offered("accept") if scope not in without]
        ),
    }


def go_on(**values):
    return {"action": "continue", **values}


@contextlib.contextmanager
def lifetime(stage, life):
    """Have the network give tokens of another life meanwhile."""
    usual = stage.read("meta/settings")["long_seconds"]
    seconds = int(life.total_seconds()) if life else usual
    stage.control("meta/settings", {"long_seconds": seconds})
    yield
    stage.control("meta/settings", {"long_seconds": usual})


def share_out(boss):
    """Say whose each profile is, who is Admin on it and who is told."""
    users = boss.call("res.users", "search_read", [], ["login"])
    ids = {user["login"]: user["id"] for user in users}
    for name, (client, admins, told) in CLIENTS.items():
        profiles = boss.call("social.profile", "search", [("name", "=", name)])
        partners = boss.call("res.partner", "search", [("name", "=", client)])
        if profiles:
            boss.call(
                "social.profile",
                "write",
                profiles,
                {
                    "partner_id": partners[0],
                    "admin_user_ids": [(4, ids[login]) for login in admins],
                    "recipient_user_ids": [(4, ids[login]) for login in told],
                },
            )


def verify_all(manager):
    connected = [("access_id", "!=", False)]
    profiles = manager.call("social.profile", "search", connected)
    manager.call("social.profile", "action_verify", profiles)


def send_notices(admin):
    """Run the scheduled action now: it would come by itself within minutes.

    What was lost a moment ago has started it already, perhaps.
    """
    domain = [("model", "=", "ir.cron"), ("name", "=", "ir_cron_send_notices")]
    (found,) = admin.call("ir.model.data", "search_read", domain, ["res_id"])
    for _patience in range(60):
        try:
            admin.call("ir.cron", "method_direct_trigger", [found["res_id"]])
        except AssertionError as error:
            if "already executing" not in str(error):
                raise
            time.sleep(1)
        else:
            return
    raise RuntimeError("Notices are being sent for a minute, and longer")


# --- once, and on other ports -------------------------------------------------------


def is_done(admin):
    return bool(admin.call("ir.config_parameter", "get_param", REHEARSED))


def move_house(stage, admin):
    """Bring apps here and there in line with the ports that are in use this time."""
    for provider in REHEARSING:
        move_redirect_uris(stage, provider)
    folders = "|".join(REHEARSING)
    for app in admin.call("social.app", "search_read", [], ADDRESSES):
        moved = {
            name: re.sub(
                rf"^http://127\.0\.0\.1:\d+(?=/({folders})/)", stage.url, app[name]
            )
            for name in ADDRESSES
            if app[name]
        }
        if any(app[name] != address for name, address in moved.items()):
            admin.call("social.app", "write", [app["id"]], moved)


def move_redirect_uris(stage, provider):
    for app in stage.read(f"{provider}/apps"):
        uris = [
            re.sub(r"^http://127\.0\.0\.1:\d+(?=/social/)", stage.server.url, uri)
            for uri in app["redirect_uris"]
        ]
        if uris != app["redirect_uris"]:
            changed = {"client_id": app["client_id"], "redirect_uris": uris}
            stage.control(f"{provider}/apps", changed)


def main():
    parser = argparse.ArgumentParser(prog="python -m dev.rehearse")
    for name in ("odoo_url", "sandbox_url", "database"):
        parser.add_argument(name)
    options = parser.parse_args()
    stage = Stage(options.odoo_url, options.sandbox_url, options.database)
    admin = stage.person("admin")
    if is_done(admin):
        move_house(stage, admin)
    else:
        perform(stage)
        send_notices(admin)
        today = time.strftime("%Y-%m-%d")
        admin.call("ir.config_parameter", "set_param", REHEARSED, today)


if __name__ == "__main__":
    main()
