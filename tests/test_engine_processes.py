"""The engine with real processes, real cursors and a network that forgives nothing.

The stand-in of X ends a grant when one of its refresh tokens is presented twice. The
series are short here; ``make prove`` runs them whole (:data:`tests.series.IS_LONG`).
"""

import json
import random
import time
from collections import Counter
from contextlib import closing

import psycopg2
import pytest

from dev import layout
from tests.engine.workers import Worker
from tests.people import register_app
from tests.series import series
from tests.servers import wait_for

# The whole series take their time.
pytestmark = [pytest.mark.processes, pytest.mark.timeout(series(short=300, long=2400))]

SEED = 20_260_315
ASKERS = 8
# Of two scheduled actions each server can then run one at a time.
ONE_CRON = ["--max-cron-threads=1"]


@pytest.fixture
def server(odoo_server):
    return odoo_server(arguments=ONE_CRON)


@pytest.fixture
def engine(server, sandbox):
    engine = Engine(server, sandbox)
    yield engine
    engine.stop()


class Engine:
    """Tokens at a strict network, and processes that use them."""

    def __init__(self, server, sandbox):
        self.server, self.sandbox = server, sandbox
        rpc = server.rpc("admin", "admin")
        self.app_id = register_app(
            rpc,
            sandbox,
            provider="x",
            client_id="400000000000001",
            client_secret_input="sandbox-x-secret",
            api_version=False,
            auth_method="client_secret_basic",
            authorize_url=f"{sandbox.url}/x/i/oauth2/authorize",
            token_url=f"{sandbox.url}/x/2/oauth2/token",
            revoke_url=f"{sandbox.url}/x/2/oauth2/revoke",
            api_url=f"{sandbox.url}/x/2",
        )
        # Hundreds of checks within a minute are the test's own.
        sandbox.control("x/settings", {"calls": 1_000_000})
        self.owner_group = rpc.id_of("social_token_manager.group_owner")
        # Odoo's own turns must not come between.
        self.execute("UPDATE ir_cron SET active = FALSE")
        self.workers = []
        self.profiles = {}

    def start(self, count=1):
        """Start worker processes; return them."""
        started = [
            Worker(self.server.db, len(self.workers) + number)
            for number in range(count)
        ]
        self.workers += started
        return [worker.wait_until_ready() for worker in started]

    def stop(self):
        for worker in self.workers:
            worker.stop()

    # --- what there is

    def stock(self, worker, count, accounts=None):
        """Let people grant access; return the ids of their tokens."""
        payload = {"count": count, "accounts": accounts or []}
        path = layout.LOGS / f"grants-{self.server.db}.json"
        path.touch(mode=0o600)
        try:
            path.write_text(json.dumps(self.sandbox.control("x/issue", payload)))
            stored = worker.ask("stock", self.app_id, path)
        finally:
            path.unlink()
        self.profiles.update(stored)
        return [token_id for token_id, _profile_id in stored]

    def query(self, statement, *values):
        with self.server.cursor() as cr:
            cr.execute(statement, values)
            return cr.fetchall()

    def execute(self, statement, *values):
        with self.server.cursor() as cr:
            cr.execute(statement, values)

    def make_due(self, is_over=True):
        """Let the access tokens of all living tokens end, so that they are due."""
        self.execute(
            "UPDATE social_token SET renew_at = now() AT TIME ZONE 'UTC' - interval"
            " '1 minute', access_expires_at = now() AT TIME ZONE 'UTC' - interval"
            " '1 minute' WHERE reason IS NULL"
            if is_over
            else "UPDATE social_token SET renew_at = now() AT TIME ZONE 'UTC'"
            " - interval '1 minute' WHERE reason IS NULL"
        )

    def end_leases(self):
        """Let the minute go by after which a lease ends."""
        self.execute(
            "UPDATE social_token SET lease_until = now() AT TIME ZONE 'UTC' - interval"
            " '1 second' WHERE lease_until IS NOT NULL"
        )
        self.execute("UPDATE social_app SET paused_until = NULL, failure_count = 0")

    def pass_time(self, span):
        """Let time go by, for all that waits for a moment."""
        self.execute(
            "UPDATE social_token SET renew_at = renew_at - %s::interval,"
            " lease_until = lease_until - %s::interval",
            span,
            span,
        )
        self.execute(
            "UPDATE social_app SET paused_until = paused_until - %s::interval", span
        )

    def break_secret(self):
        """Rotate the app's secret at the network, as an Owner of it does."""
        self.sandbox.control(
            "x/apps",
            {"client_id": "400000000000001", "client_secret": "another"},
        )

    def calls(self, path):
        """Return the calls of a path that the network saw."""
        return [one for one in self.sandbox.read("requests") if one["path"] == path]

    def reused(self):
        """Return how often a refresh token was presented after it was used."""
        return self.sandbox.read("x/counts")["reused"]

    def served(self):
        return self.sandbox.read("x/counts")["refreshed"]


def test_whoever_asks_at_once_no_refresh_token_is_presented_twice(engine):
    """Eight processes, one token: the scheduled action, the button, a consumer."""
    workers = engine.start(ASKERS)
    (token_id,) = engine.stock(workers[0], 1)
    profile_id = engine.profiles[token_id]
    roles = [("renew",), ("press", profile_id), ("consume", profile_id)]
    engine.sandbox.control("latency", {"path": "/x/2/oauth2/token", "seconds": 0.1})
    rounds = series(short=8, long=100)
    for number in range(rounds):
        engine.make_due()
        for place, worker in enumerate(workers):
            worker.send(*roles[(place + number) % len(roles)])
        answers = [worker.receive() for worker in workers]
        tokens = [one.get("token") for one in answers if isinstance(one, dict)]
        assert all(tokens), answers
        assert len(set(tokens)) == 1, "all get the same, new token"
    assert engine.reused() == 0
    assert engine.served() == rounds
    assert engine.query("SELECT generation, reason FROM social_token") == [
        (1 + rounds, None)
    ]


def test_two_servers_with_parallel_workers_share_the_work(engine, server, odoo_server):
    """No token twice, no bound passed, and both do their part."""
    count = series(short=150, long=2000)
    (worker,) = engine.start()
    engine.stock(worker, count)
    engine.make_due()
    rpc = server.rpc("admin", "admin")
    settings = rpc.call(
        "res.config.settings", "create", [{"social_renewal_workers": 2}]
    )
    rpc.call("res.config.settings", "execute", settings)
    other = odoo_server(db=server.db, arguments=ONE_CRON)
    engine.execute(
        "UPDATE ir_cron SET active = TRUE, nextcall = now() AT TIME ZONE 'UTC'"
        " WHERE cron_name LIKE 'Social Connections: renew%%'"
    )
    deadline = time.monotonic() + series(short=120, long=600)
    left, most = 1, 0
    while left and time.monotonic() < deadline:
        # A server that has just started may not listen yet.
        wake_up(server.db)
        ((left,),) = engine.query(
            "SELECT count(*) FROM social_token WHERE generation = 1"
        )
        leased = engine.query(
            "SELECT lease_owner FROM social_token"
            " WHERE lease_until > now() AT TIME ZONE 'UTC'"
        )
        most = max(most, len(leased))
        time.sleep(0.05)
    assert engine.query(
        "SELECT generation, count(*) FROM social_token WHERE reason IS NULL GROUP BY 1"
    ) == [(2, count)]
    assert engine.reused() == 0
    assert engine.served() == count
    assert 1 < most <= 4, "side by side, and within the bound of the app"
    for one in (server, other):
        assert "Social Connections: renew tokens" in one.log(), "both did their part"


def wake_up(database):
    """Let all servers look for scheduled actions now; they listen in ``postgres``."""
    with closing(psycopg2.connect(dbname="postgres")) as connection:
        connection.autocommit = True
        connection.cursor().execute("SELECT pg_notify('cron_trigger', %s)", [database])


def test_a_kill_at_any_instant_leaves_every_token_usable_or_tells_what_it_needs(
    engine,
):
    """Promise 3. What a kill leaves unanswered is tried once more, never twice."""
    (worker,) = engine.start()
    engine.stock(worker, 12)
    engine.sandbox.control("latency", {"path": "/x/2/oauth2/token", "seconds": 0.05})
    chance = random.Random(SEED)
    kills = series(short=12, long=120)
    hits, lost = 0, 0
    for _kill in range(kills):
        engine.make_due()
        hits += worker.ask_and_kill("renew", after=chance.uniform(0, 0.6))
        engine.end_leases()
        worker.ask("renew")
        engine.end_leases()
        worker.ask("renew")
        lost += check_all(engine, worker)
    assert hits, "no kill came in time, so nothing is proved"
    assert engine.reused() <= lost, "one recorded try each"


def check_all(engine, worker):
    """Check every token against the network; return how many need a person."""
    rows = engine.query(
        "SELECT id, reason, external_user_id, lease_owner, unsettled_at"
        " FROM social_token"
    )
    needy = [row for row in rows if row[1]]
    for token_id, reason, *_more in rows:
        answer = worker.ask("consume", engine.profiles[token_id])
        if reason:
            assert answer == {"reason": reason}
        else:
            assert engine.sandbox.control("x/ask", {"token": answer["token"]})["living"]
    for token_id, reason, _account, lease_owner, unsettled_at in needy:
        assert reason == "unknown_outcome"
        assert not lease_owner and not unsettled_at
        told = engine.query(
            "SELECT count(*) FROM social_event WHERE token_id = %s AND kind = 'lost'"
            " AND generation = (SELECT generation FROM social_token WHERE id = %s)",
            token_id,
            token_id,
        )
        assert told == [(1,)], "once"
    assert (
        engine.query(
            "SELECT DISTINCT profile.reason FROM social_profile profile"
            " JOIN social_access access ON access.id = profile.access_id"
            " JOIN social_token token ON token.id = access.token_id"
            " WHERE token.reason IS DISTINCT FROM profile.reason"
        )
        == []
    )
    if needy:
        # Those people come back.
        engine.stock(worker, 0, [row[2] for row in needy])
    return len(needy)


def test_an_answer_lost_on_the_wire_is_tried_once_and_then_told(engine):
    (worker,) = engine.start()
    token_ids = engine.stock(worker, 3)
    engine.make_due()
    engine.sandbox.control(
        "faults",
        {"path": "/x/2/oauth2/token", "kind": "close", "after": True, "times": 3},
    )
    worker.ask("renew")
    assert engine.query("SELECT DISTINCT intent_count, reason FROM social_token") == [
        (1, None)
    ]
    engine.make_due()
    engine.end_leases()
    worker.ask("renew")
    engine.end_leases()
    worker.ask("renew")
    engine.end_leases()
    worker.ask("renew")
    found = engine.query("SELECT id, reason FROM social_token")
    assert Counter(reason for _id, reason in found) == {"unknown_outcome": 3}
    assert engine.reused() == len(token_ids)
    lost = engine.query("SELECT count(*) FROM social_event WHERE kind = 'lost'")
    assert lost == [(len(token_ids) * 2,)], "a line of the token and of its profile"


def test_a_revocation_and_a_reconnect_win_over_a_slow_refresh(engine):
    slow, second = engine.start(2)
    revoked, renewed = engine.stock(slow, 2)
    accounts = dict(engine.query("SELECT id, external_user_id FROM social_token"))
    engine.make_due()
    refresh = "/x/2/oauth2/token"
    engine.sandbox.control("latency", {"path": refresh, "seconds": 8})
    before = len(engine.calls(refresh))
    slow.send("renew")
    wait_for(lambda: len(engine.calls(refresh)) == before + 2)
    engine.execute(
        "UPDATE social_token SET reason = 'revoked', lease_owner = NULL WHERE id = %s",
        revoked,
    )
    engine.stock(second, 0, [accounts[renewed]])
    assert slow.receive() == "turned"
    found = engine.query("SELECT id, reason, generation FROM social_token ORDER BY id")
    assert found == [(revoked, "revoked", 1), (renewed, None, 2)]
    dropped = engine.query("SELECT count(*) FROM social_event WHERE kind = 'dropped'")
    assert dropped == [(2,)]
    answer = second.ask("consume", engine.profiles[renewed])
    assert engine.sandbox.control("x/ask", {"token": answer["token"]})["living"]


def test_a_consumers_rollback_does_not_lose_a_renewed_token(engine):
    (worker,) = engine.start()
    (token_id,) = engine.stock(worker, 1)
    engine.make_due()
    worker.ask("consume_and_fail", engine.profiles[token_id])
    ((generation,),) = engine.query("SELECT generation FROM social_token")
    assert generation == 2
    answer = worker.ask("consume", engine.profiles[token_id])
    assert engine.sandbox.control("x/ask", {"token": answer["token"]})["living"]
    assert engine.reused() == 0


def test_a_session_renews_once_on_a_401_and_goes_to_the_network_alone(engine):
    (worker,) = engine.start()
    (token_id,) = engine.stock(worker, 1)
    profile_id = engine.profiles[token_id]
    address = f"{engine.sandbox.url}/x/2/users/me"
    ((account_id,),) = engine.query("SELECT external_user_id FROM social_token")
    account = {"account": account_id}
    assert worker.ask("call", profile_id, address) == 200

    engine.sandbox.control("x/expire", {**account, "which": "access"})
    assert worker.ask("call", profile_id, address) == 200
    assert engine.query("SELECT generation FROM social_token") == [(2,)]

    elsewhere = address.replace("127.0.0.1", "localhost")
    assert worker.ask("call", profile_id, elsewhere) == "AddressRefused"

    engine.sandbox.control("requests/clear")
    engine.sandbox.control(
        "faults", {"path": "/x/2/users/me", "kind": "status", "status": 401, "times": 0}
    )
    assert worker.ask("call", profile_id, address) == 401
    assert len(engine.calls("/x/2/users/me")) == 2, "once more, and not for ever"

    engine.sandbox.control("faults/clear")
    engine.sandbox.control("x/revoke", account)
    assert worker.ask("call", profile_id, address) == 401
    ((reason,),) = engine.query("SELECT reason FROM social_profile")
    assert reason
    assert worker.ask("call", profile_id, address) == "NoWorkingToken"
    assert engine.reused() == 0


TROUBLE = {
    "503": {"kind": "status", "status": 503},
    "429": {"kind": "status", "status": 429},
    "429 with Retry-After": {
        "kind": "status",
        "status": 429,
        "headers": {"Retry-After": "1800"},
    },
    "no connection": {"kind": "close"},
    "HTML": {"kind": "status", "status": 502, "body": "<html>"},
    "a broken app secret": None,
}


@pytest.mark.parametrize("trouble", TROUBLE)
def test_a_day_of_trouble_turns_no_profile_red_and_stays_within_the_back_off(
    engine, trouble
):
    (worker,) = engine.start()
    engine.stock(worker, 12)
    engine.make_due()
    if TROUBLE[trouble]:
        fault = {"path": "/x/2/oauth2/token", "times": 0, **TROUBLE[trouble]}
        engine.sandbox.control("faults", fault)
    else:
        engine.break_secret()
    engine.sandbox.control("requests/clear")
    turns = series(short=60, long=288)
    for _turn in range(turns):
        worker.ask("renew")
        engine.pass_time("5 minutes")
    calls = len(engine.calls("/x/2/oauth2/token"))
    hours = turns / 12
    # The first turn, the way to an hour's pause, then one call an hour.
    assert hours / 2 < calls <= 12 + 8 + 2 * hours, calls
    assert engine.query("SELECT DISTINCT reason FROM social_token") == [(None,)]
    assert engine.query("SELECT DISTINCT reason FROM social_profile") == [(None,)]
    told = engine.query(
        "SELECT count(*) FROM mail_message WHERE model = 'social.app' AND res_id = %s"
        " GROUP BY author_id",
        engine.app_id,
    )
    owners = engine.server.rpc("admin", "admin").call(
        "res.users",
        "search_count",
        [("all_group_ids", "in", engine.owner_group), ("active", "=", True)],
    )
    assert told == ([] if TROUBLE[trouble] else [(owners,)]), "one notice for the app"
