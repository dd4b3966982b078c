"""What a network tells, with real processes and a stand-in that sends and resends."""

import base64
import hashlib
import hmac
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.people import DEMO_APP, HttpPerson, register_app
from tests.servers import wait_for

pytestmark = pytest.mark.processes

SECONDS = 10


@pytest.fixture
def server(odoo_server, sandbox):
    return odoo_server()


@pytest.fixture
def person(server, sandbox):
    """An administrator whose app at Meta is told what happens."""
    person = HttpPerson(server, sandbox)
    person.app_id = register_app(person, sandbox)
    (app,) = person.call(
        "social.app",
        "read",
        [person.app_id],
        [
            "client_id",
            "webhook_url",
            "deauthorize_url",
            "deletion_url",
            "webhook_token",
        ],
    )
    person.app = app
    sandbox.control(
        "meta/apps",
        {
            "client_id": app["client_id"],
            "webhook_url": app["webhook_url"],
            "deauthorize_url": app["deauthorize_url"],
            "deletion_url": app["deletion_url"],
            "verify_token": app["webhook_token"],
        },
    )
    person.connect(person.app_id)
    return person


def query(server, statement, *values):
    with server.cursor() as cr:
        cr.execute(statement, values)
        return cr.fetchall()


def reasons(server):
    """Return the reasons of all connected profiles."""
    statement = "SELECT DISTINCT reason FROM social_profile WHERE access_id IS NOT NULL"
    return {reason for (reason,) in query(server, statement)}


def wait_for_answers(sandbox, seconds=30):
    """Return all deliveries once none is under way."""
    wait_for(
        lambda: not any(one["pending"] for one in sandbox.read("deliveries")), seconds
    )
    return sandbox.read("deliveries")


def test_the_network_finds_our_address_by_its_handshake(server, sandbox, person):
    assert sandbox.control("meta/handshake") == {"status": 200, "verified": True}
    sandbox.control(
        "meta/apps", {"client_id": person.app["client_id"], "verify_token": "other"}
    )
    assert sandbox.control("meta/handshake") == {"status": 403, "verified": False}


def test_a_person_removes_the_app_and_the_profiles_are_red_within_seconds(
    server, sandbox, person
):
    assert reasons(server) == {None}
    sandbox.control("meta/revoke", {"person": "ana"})
    assert wait_for(lambda: reasons(server) == {"revoked"}, SECONDS) < SECONDS
    found = person.call(
        "social.profile",
        "search_read",
        [("access_id", "!=", False)],
        fields=["status", "reason_text"],
    )
    assert {(one["status"], one["reason_text"]) for one in found} == {
        ("expired", "Access withdrawn")
    }


def test_a_replay_after_a_reconnect_is_harmless(server, sandbox, person):
    sandbox.control("meta/revoke", {"person": "ana"})
    wait_for(lambda: reasons(server) == {"revoked"})
    wait_for_answers(sandbox)
    # Both are told in whole seconds.
    time.sleep(1.1)
    person.connect(person.app_id)
    assert reasons(server) == {None}
    sandbox.control("deliveries/again", {"times": 5})
    # Also when nobody remembers it: a copy of yesterday was put back, for example.
    query(server, "DELETE FROM social_signal RETURNING id")
    sandbox.control("deliveries/again", {"times": 1})
    answers = wait_for_answers(sandbox)[-6:]
    assert {one["status"] for one in answers} == {200}
    assert reasons(server) == {None}


def test_twenty_identical_deliveries_at_once_have_one_effect(server, sandbox, person):
    body = captured_request(sandbox, person)
    with ThreadPoolExecutor(20) as pool:
        answers = list(
            pool.map(
                lambda _n: requests.post(person.app["deauthorize_url"], data=body),
                range(20),
            )
        )
    assert {answer.status_code for answer in answers} == {200}
    assert reasons(server) == {"revoked"}
    assert query(server, "SELECT count(*) FROM social_signal") == [(1,)]
    lost = (
        "SELECT count(*) FROM social_event WHERE kind = 'lost' AND profile_id IS NULL"
    )
    assert query(server, lost) == [(1,)]
    told = "SELECT count(*) FROM social_event WHERE kind = 'signal'"
    assert query(server, told) == [(1,)]
    per_profile = (
        "SELECT max(count) FROM (SELECT count(*) FROM social_event WHERE kind = 'lost'"
        " AND profile_id IS NOT NULL GROUP BY profile_id) AS counted"
    )
    assert query(server, per_profile) == [(1,)]


def captured_request(sandbox, person):
    """Return the form of a signed request as the network would send it now."""
    people = sandbox.read("meta/people")
    ana = next(one for one in people if one["key"] == "ana")
    payload = {
        "algorithm": "HMAC-SHA256",
        "user_id": ana["ids"][person.app["client_id"]],
        "issued_at": int(time.time()),
    }
    encoded = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode()
    key = DEMO_APP["client_secret"].encode()
    digest = hmac.new(key, encoded.encode(), hashlib.sha256).digest()
    signed = base64.urlsafe_b64encode(digest).decode()
    return {"signed_request": f"{signed}.{encoded}"}


def test_a_kill_before_the_answer_loses_nothing(server, sandbox, person):
    """The network sends it again: that is all it takes."""
    sandbox.control("deliveries/settings", {"retry_seconds": 0.5})
    holder = server.cursor()
    with holder as cr:
        # The delivery waits for a row that somebody holds, in the middle of its work.
        cr.execute("SELECT id FROM social_token FOR UPDATE")
        sandbox.control("meta/revoke", {"person": "ana"})
        time.sleep(1.5)
        server.kill()
    assert reasons(server) == {None}
    assert query(server, "SELECT count(*) FROM social_signal") == [(0,)]
    server.start()
    wait_for(lambda: reasons(server) == {"revoked"}, 60)
    delivery = wait_for_answers(sandbox)[-1]
    assert delivery["tries"] > 1
    assert query(server, "SELECT count(*) FROM social_signal") == [(1,)]


def test_what_is_unsigned_wrong_or_stale_has_no_effect_and_no_traceback(
    server, sandbox, person
):
    sandbox.control("deliveries/settings", {"tries": 1})
    for change in (
        {"sign": "none"},
        {"sign": "wrong"},
        {"sign": "damaged"},
        {"sign": "right", "age": 2 * 86400 + 60},
    ):
        sandbox.control("deliveries/settings", change)
        for name in ("deauthorize", "deletion"):
            sandbox.control("meta/signal", {"name": name, "person": "ana"})
        sandbox.control("meta/signal", {"name": "message", "page": "cafeaurora"})
    answers = wait_for_answers(sandbox)
    assert {one["status"] for one in answers} == {403}
    assert len(answers) == 12
    assert reasons(server) == {None}
    assert query(server, "SELECT count(*) FROM social_signal") == [(0,)]
    # Odoo's own debug log has tracebacks; none goes through this address.
    assert "controllers/webhook.py" not in server.log()


def test_a_request_to_delete_is_confirmed_on_a_page_without_login(
    server, sandbox, person
):
    body = captured_request(sandbox, person)
    answer = requests.post(person.app["deletion_url"], data=body).json()
    page = requests.get(answer["url"], headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert "carried out on" in page.text
    tokens = "SELECT access_token, refresh_token, external_user_name FROM social_token"
    assert query(server, tokens) == [(None, None, None)]


def test_unticked_pages_and_permissions_show_within_seconds(server, sandbox, person):
    """The network says that something changed; our check finds out what."""
    sandbox.control("meta/untick", {"person": "ana", "pages": ["cafeaurora"]})
    statement = "SELECT DISTINCT reason FROM social_profile WHERE name = 'Café Aurora'"
    wait_for(lambda: ("deselected",) in query(server, statement), 60)


def test_a_message_is_noted_and_a_lost_subscription_is_repaired(
    server, sandbox, person
):
    page = {"page": "cafeaurora"}
    wait_for(lambda: "messages" in subscribed(sandbox), 60)
    sandbox.control("meta/signal", {"name": "message", **page})
    noted = (
        "SELECT network.code FROM social_profile profile JOIN social_network network"
        " ON network.id = network_id WHERE last_message_at IS NOT NULL"
    )
    wait_for(lambda: query(server, noted) == [("messenger",)])
    sandbox.control("meta/pages", {**page, "unsubscribed": True})
    # A second earlier: the addon's clock shows whole seconds.
    due = (
        "UPDATE social_profile SET subscribe_at ="
        " now() AT TIME ZONE 'UTC' - interval '1 second'"
    )
    query(server, f"{due} RETURNING id")
    server.run_cron("social_token_manager.ir_cron_check_subscriptions")
    assert "messages" in subscribed(sandbox)


def subscribed(sandbox):
    pages = sandbox.read("meta/pages")
    page = next(one for one in pages if one["username"] == "cafeaurora")
    return [name for names in page["subscriptions"].values() for name in names]


# --- the other networks


OTHERS = {
    "tiktok": {
        "client_id": "500000000000001",
        "client_secret_input": "sandbox-tiktok-secret",
        "authorize_url": "/tiktok/v2/auth/authorize/",
        "token_url": "/tiktok/v2/oauth/token/",
        "revoke_url": "/tiktok/v2/oauth/revoke/",
        "api_url": "/tiktok/v2",
    },
    "x": {
        "client_id": "400000000000001",
        "client_secret_input": "sandbox-x-secret",
        "webhook_secret_input": "sandbox-x-api-secret",
        "authorize_url": "/x/i/oauth2/authorize",
        "token_url": "/x/2/oauth2/token",
        "revoke_url": "/x/2/oauth2/revoke",
        "api_url": "/x/2",
    },
    "google": {
        "client_id": "100000000001-sandbox.apps.googleusercontent.com",
        "client_secret_input": "sandbox-google-secret",
        "authorize_url": "/google/o/oauth2/v2/auth",
        "token_url": "/google/token",
        "revoke_url": "/google/revoke",
        "introspect_url": "/google/tokeninfo",
        "signal_keys_url": "/google/.well-known/risc-configuration",
        "api_url": "/google",
    },
}


@pytest.mark.parametrize("network", OTHERS)
def test_each_network_that_tells_is_heard(server, sandbox, network):
    person = HttpPerson(server, sandbox)
    values = {
        name: f"{sandbox.url}{value}" if name.endswith("_url") else value
        for name, value in OTHERS[network].items()
    }
    (app_id,) = person.call(
        "social.app", "create", [{"name": network, "provider": network, **values}]
    )
    (app,) = person.call(
        "social.app", "read", [app_id], ["redirect_uri", "webhook_url"]
    )
    sandbox.control(
        f"{network}/apps",
        {
            "client_id": values["client_id"],
            "redirect_uris": [app["redirect_uri"]],
            "webhook_url": app["webhook_url"],
        },
    )
    assert person.connect(app_id).status_code == 303
    assert reasons(server) == {None}
    if network == "x":
        assert sandbox.control("x/handshake")["verified"]
    granted = sandbox.read(f"{network}/grants")
    who = {"account": granted[0]["account"]} if network != "google" else {}
    sandbox.control(f"{network}/revoke", who or {"person": "ana"})
    wait_for(lambda: reasons(server) == {"revoked"})
    assert wait_for_answers(sandbox)[-1]["status"] == (
        202 if network == "google" else 200
    )


def test_no_secret_and_no_signature_is_in_the_log(server, sandbox, person):
    """Promise 1; and nothing of what people wrote."""
    text = "MARKER-of-a-message"
    sandbox.control(
        "meta/signal", {"name": "message", "page": "cafeaurora", "text": text}
    )
    sandbox.control("meta/handshake")
    body = captured_request(sandbox, person)
    requests.post(person.app["deletion_url"], data=body)
    requests.post(person.app["deletion_url"], data={"signed_request": "x" + text})
    wait_for_answers(sandbox)
    log = server.log()
    assert "/social/webhook/" in log, "the log is not at the level that is examined"
    signature = body["signed_request"].partition(".")[0]
    for secret in (
        text,
        signature,
        person.app["webhook_token"],
        DEMO_APP["client_secret"],
        "EAASBX",
    ):
        assert secret not in log
