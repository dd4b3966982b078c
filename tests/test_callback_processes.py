"""The callback with real processes, real cursors and a real network in between."""

import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest

from dev import postgres, shell
from tests.people import DEMO_APP, HttpPerson, register_app
from tests.servers import wait_for

pytestmark = pytest.mark.processes

TOKEN_MARK = "EAASBX"  # every token of the stand-in begins with it


@pytest.fixture
def server(odoo_server, sandbox):
    # Without scheduled actions, whose transactions are not the callback's.
    return odoo_server(arguments=["--max-cron-threads=0"])


@pytest.fixture
def person(server, sandbox):
    person = HttpPerson(server, sandbox)
    person.app_id = register_app(person, sandbox)
    return person


def query(server, statement, *values):
    with server.cursor() as cr:
        cr.execute(statement, values)
        return cr.fetchall()


def calls(sandbox, ending):
    return [call for call in sandbox.read("requests") if call["path"].endswith(ending)]


def slow_token_endpoint(sandbox, seconds):
    sandbox.control("latency", {"path": "*/access_token", "seconds": seconds})


def dump(db):
    """Return a plain dump of a database, with all rows."""
    command = [postgres.programs() / "pg_dump", "--inserts", db]
    return subprocess.run(
        command,
        check=True,
        capture_output=True,
        env=shell.merged(postgres.environment()),
    ).stdout.decode(errors="replace")


def test_twenty_callbacks_at_once_make_one_exchange_and_one_token(
    server, sandbox, person
):
    action = person.call("social.app", "action_connect", [person.app_id])
    back = person.consent(action)
    slow_token_endpoint(sandbox, 1)
    before = len(calls(sandbox, "/access_token"))
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(person.come_back, [back] * 20))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    # One for the code, one for the long-lived token.
    assert len(calls(sandbox, "/access_token")) - before == 2
    assert query(server, "SELECT count(*) FROM social_token") == [(1,)]
    assert query(server, "SELECT generation FROM social_token") == [(1,)]


def test_no_transaction_is_open_while_the_network_is_asked(server, sandbox, person):
    action = person.call("social.app", "action_connect", [person.app_id])
    back = person.consent(action)
    slow_token_endpoint(sandbox, 3)
    callback = threading.Thread(target=person.come_back, args=[back])
    callback.start()
    time.sleep(1.5)
    open_transactions = query(
        server,
        "SELECT query FROM pg_stat_activity WHERE datname = %s"
        " AND state LIKE 'idle in transaction%%'",
        server.db,
    )
    callback.join()
    assert not open_transactions


def test_a_kill_in_the_middle_of_the_exchange_loses_nothing(server, sandbox, person):
    person.connect(person.app_id)
    before = query(server, "SELECT expires_at, reason, cycle FROM social_profile")
    action = person.call("social.app", "action_connect", [person.app_id])
    back = person.consent(action)
    slow_token_endpoint(sandbox, 5)
    callback = threading.Thread(target=lambda: _ignoring_errors(person, back))
    callback.start()
    time.sleep(1.5)
    server.kill()
    callback.join()
    sandbox.control("latency/clear")
    server.start()
    assert (
        query(server, "SELECT expires_at, reason, cycle FROM social_profile") == before
    )
    result = "SELECT consumed_at IS NOT NULL, result FROM social_oauth_request"
    assert query(server, f"{result} ORDER BY id DESC LIMIT 1") == [(True, None)]
    again = HttpPerson(server, sandbox)
    assert again.connect(person.app_id).status_code == 303
    # One page of hers has no token of its own; the others are connected.
    assert query(server, f"{result} ORDER BY id DESC LIMIT 1") == [(True, "partly")]


def _ignoring_errors(person, back):
    try:
        person.come_back(back)
    except OSError:
        pass


def test_no_secret_is_in_the_log_at_debug_level_nor_in_a_dump(server, sandbox, person):
    """Promise 1: codes, states, tokens, the app secret; on good and bad days."""
    action = person.call("social.app", "action_connect", [person.app_id])
    back = person.consent(action)
    person.come_back(back)
    person.come_back(back)
    sent = parse_qs(urlsplit(back).query)
    secrets = [TOKEN_MARK, DEMO_APP["client_secret"], sent["code"][0], sent["state"][0]]
    secrets += [
        cookie.value for cookie in person.browser.cookies if "binding" in cookie.name
    ]

    profile_ids = person.call("social.profile", "search", [])
    for fault in (
        {"kind": "close"},
        {"kind": "status", "status": 500},
        {"kind": "html"},
    ):
        sandbox.control("faults", {"path": "/meta/v26.0/*", **fault})
        person.call("social.profile", "action_verify", profile_ids)
    sandbox.control("meta/password", {"person": "ana"})
    person.call("social.profile", "action_verify", profile_ids)
    person.call(
        "social.app", "write", [person.app_id], {"client_secret_input": "typed-secret"}
    )
    secrets.append("typed-secret")
    failed = person.call("social.app", "action_connect", [person.app_id])
    back = person.consent(failed)
    person.come_back(back)
    secrets.append(parse_qs(urlsplit(back).query)["code"][0])

    log = server.log()
    assert "/social/callback/" in log, "the log is not at the level that is examined"
    text = dump(server.db)
    assert "social_token" in text
    for secret in secrets:
        assert secret not in log
        assert secret not in text


def test_a_right_that_was_taken_away_through_another_server_is_missed(
    odoo_server, server, sandbox, person
):
    """What a server remembers of rights is older than what the network took."""
    admin = server.rpc("admin", "admin")
    group = admin.id_of("social_token_manager.group_manager")
    values = {"name": "Mona", "login": "mona", "password": "mona-mona"}
    (user_id,) = admin.call("res.users", "create", [{**values, "group_ids": [group]}])
    mona = HttpPerson(server, sandbox, "mona", "mona-mona")
    there = odoo_server(db=server.db, arguments=["--max-cron-threads=0"])
    elsewhere = there.rpc("admin", "admin")
    back = mona.consent(mona.call("social.app", "action_connect", [person.app_id]))
    slow_token_endpoint(sandbox, 3)
    callback = threading.Thread(target=mona.come_back, args=[back])
    callback.start()
    wait_for(
        lambda: query(
            server, "SELECT FROM social_oauth_request WHERE consumed_at IS NOT NULL"
        )
    )
    elsewhere.call("res.users", "write", [user_id], {"group_ids": [(3, group)]})
    callback.join()
    connected = "SELECT count(*) FROM social_profile WHERE access_id IS NOT NULL"
    assert query(server, connected) == [(0,)]
    assert query(server, "SELECT result FROM social_oauth_request") == [("nothing",)]
