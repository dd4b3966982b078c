"""What has to happen in the demo before some screens are there to be looked at.

Each function gets the :class:`tests.screens.Visitor` who looks, and returns the address
of the screen, after Odoo's. What it changes is as good afterwards as it was before, or
is undone before the next screen.
"""

import json
import re
import time
from datetime import date
from urllib.parse import quote

from dev.rehearse import AGENCY, THREE_DAYS, Stage, go_and_come_back, lifetime
from sandbox.world import seed_people
from tests import servers
from tests.people import Consent, make_link

# Ends in three days, also after it is renewed here; who holds it holds nothing else.
RENEWED, RENEWED_BY = "Cantina da Praça", "elisa"
AT_X, AT_X_NAME = "Mercado Bom Dia", "mercadobomdia"
CLIENT, TROUBLED = "Rede Bom Dia", "Pet Feliz Comércio"
EMPTY = "Estúdio Novo"
OTHER_ID = "00000000-0000-4000-8000-000000000000"
PATIENCE = 30  # seconds


def stage_of(visitor):
    demo = visitor.demo
    return Stage(demo.url, demo.sandbox_url, demo.name)


def one(visitor, model, domain):
    (found,) = visitor.rpc.call(model, "search", domain, limit=1)
    return found


# === THE SIX STEPS === #


def begin_renewal(visitor):
    """Open the six steps, at the first."""
    domain = [("name", "=", RENEWED), ("network_id.code", "=", "messenger")]
    profile_id = one(visitor, "social.profile", domain)
    action = visitor.rpc.call("social.profile", "action_renew", [profile_id])
    wizard_id = action["res_id"]
    # What was begun before is taken up where it was left.
    while _step_of(visitor, wizard_id) != "start":
        visitor.rpc.call("social.renewal.wizard", "action_back", [wizard_id])
    return wizard_id


def _step_of(visitor, wizard_id):
    (read,) = visitor.rpc.call("social.renewal.wizard", "read", [wizard_id], ["step"])
    return read["step"]


def at_the_start(visitor):
    return f"/odoo/social-renewal/{begin_renewal(visitor)}"


def at_the_network(visitor):
    wizard_id = begin_renewal(visitor)
    for step in ("start", "login"):
        visitor.rpc.call("social.renewal.wizard", f"action_{step}", [wizard_id])
    return f"/odoo/social-renewal/{wizard_id}"


def at_the_selection(visitor):
    stage = stage_of(visitor)
    person = stage.person(visitor.login)
    wizard_id = begin_renewal(visitor)
    visitor.rpc.call("social.renewal.wizard", "action_start", [wizard_id])
    action = person.call("social.renewal.wizard", "action_login", [wizard_id])
    pages = [page for page in stage.read("meta/pages") if page["name"] == RENEWED]
    names = [page["username"] for page in pages]
    with lifetime(stage, THREE_DAYS):
        go_and_come_back(stage, person, action, RENEWED_BY, names)
    return f"/odoo/social-renewal/{wizard_id}"


def at_the_end(visitor):
    address = at_the_selection(visitor)
    wizard_id = int(address.rpartition("/")[2])
    visitor.rpc.call("social.renewal.wizard", "action_continue", [wizard_id])
    return address


# === OUTSIDERS === #


def invitation(visitor):
    """Make a connect link for the account at X, which anybody may renew."""
    domain = [("name", "=", AT_X), ("network_id.code", "=", "x")]
    address = make_link(
        visitor.rpc,
        profile_id=one(visitor, "social.profile", domain),
        person_id=one(visitor, "res.partner", [("name", "=", CLIENT)]),
    )
    return address.removeprefix(visitor.demo.url)


def invitation_that_is_over(visitor):
    address = f"/social/link/{'x' * 43}"
    visitor.page.console.expect(f"404.*{address}")
    return address


def invitation_cancelled(visitor):
    _go_to_network(visitor).cancel()
    return _way_back(visitor)


def invitation_of_another_account(visitor):
    return _log_in_at_x(visitor, "padariadoporto")


def invitation_followed(visitor):
    return _log_in_at_x(visitor, AT_X_NAME)


def _log_in_at_x(visitor, username):
    accounts = stage_of(visitor).read("x/accounts")
    (account,) = (one for one in accounts if one["username"] == username)
    # Somebody else is logged in there, perhaps.
    visitor.page.context.clear_cookies(name="sandbox_x_login")
    holder = seed_people()[account["holders"][0]]
    _go_to_network(visitor).agree(holder.name, f"@{username}")
    return _way_back(visitor)


def _go_to_network(visitor):
    visitor.page.goto(visitor.demo.url + invitation(visitor))
    visitor.page.locator("main form button").click()
    return Consent(visitor.page)


def _way_back(visitor):
    visitor.page.wait_for_url(re.compile("/social/connection/"))
    return visitor.page.url.removeprefix(visitor.demo.url)


def made_link(visitor):
    """Return the form of a link with which somebody logged in to another account."""
    invitation_of_another_account(visitor)
    link_id = one(visitor, "social.connect.link", [("state", "=", "wrong_account")])
    return f"/odoo/social-links/{link_id}"


def deletion(visitor):
    """Have somebody whom Odoo does not know ask at Meta to be forgotten."""
    stage = stage_of(visitor)
    known = stage.person("admin").call(
        "social.app", "search_read", [("client_id", "=", AGENCY)], ["deletion_url"]
    )
    stage.control(
        "meta/apps", {"client_id": AGENCY, "deletion_url": known[0]["deletion_url"]}
    )
    told = {"name": "deletion", "client_id": AGENCY, "person": "ana"}
    stage.control("meta/signal", told)
    return f"/social/deletion/{_wait_for_code(visitor.demo.name)}"


def _wait_for_code(db):
    # Nobody may read it but whom Meta gives it to.
    statement = "SELECT max(confirmation_code) FROM social_signal"
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with servers.connect(db) as cr:
            cr.execute(statement)
            (code,) = cr.fetchone()
        if code:
            return code
        time.sleep(0.2)
    raise AssertionError("Odoo was not told of a wish to be forgotten")


# === ODOO === #


def month_of_a_client(visitor):
    client_id = one(visitor, "res.partner", [("name", "=", TROUBLED)])
    # In the month before, the demo was not there.
    options = quote(json.dumps({"month": f"{date.today():%Y-%m}-01"}))
    report = "social_token_manager.report_social_month"
    return f"/report/html/{report}/{client_id}?options={options}"


def copied(visitor):
    """Let the database be a copy, as long as somebody looks at what is said then."""
    parameters = "ir.config_parameter"
    own_id = visitor.rpc.call(parameters, "get_param", "database.uuid")
    visitor.rpc.call(parameters, "set_param", "database.uuid", OTHER_ID)
    visitor.undo.append(
        lambda: visitor.rpc.call(parameters, "set_param", "database.uuid", own_id)
    )
    return "/odoo/action-social_token_manager.social_home_action_open"


def nothing_yet(visitor, path):
    """Work in a company that has nothing yet."""
    rpc = visitor.rpc
    found = rpc.call("res.company", "search", [("name", "=", EMPTY)])
    if not found:
        found = rpc.call("res.company", "create", [{"name": EMPTY}])
        values = {"company_ids": [(4, found[0])]}
        rpc.call("res.users", "write", [rpc.uid], values)
    context = visitor.page.context
    cookie = {"name": "cids", "value": str(found[0]), "url": visitor.demo.url}
    context.add_cookies([cookie])
    visitor.undo.append(lambda: context.clear_cookies(name="cids"))
    return f"/odoo/{path}"


def empty_overview(visitor):
    return nothing_yet(visitor, "social-overview")


def empty_list(visitor):
    return nothing_yet(visitor, "social-profiles")
