"""Promise: one notice for a profile, cycle, rung, person and channel, whatever happens.

A simulated year with the clock moved, two schedulers at once, outages of the scheduler,
three time zones with and without summer time, breaks and renewals in between. What came
is compared with what :mod:`tests.year.expected` works out by other means. It is short
here and whole in ``make year``.
"""

import copy
import json
import random
import time
from collections import Counter
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from dev import layout
from tests import servers
from tests.engine.workers import Worker
from tests.series import series
from tests.year.expected import Person, Profile

pytestmark = [pytest.mark.processes, pytest.mark.timeout(series(short=300, long=3000))]

SEED = 20_260_301
# Europe puts its clocks forward on 29 March 2026, New York on 8 March.
START = datetime(2026, 3, 6, 0, 0)
DAYS = series(short=26, long=365)
TURN = timedelta(hours=series(short=6, long=3))
PEOPLE = (
    Person("Bruna", "America/Sao_Paulo", (22, 7)),
    Person("Duarte", "Europe/Lisbon", (20, 8)),
    Person("Noah", "America/New_York"),
)
EACH = 6
CROWD = 300
FIRST_OUTAGE = 9
RUN_LOCK = 0x50C1A2


class Year:
    """Two schedulers, and people with connections that end, break and are renewed."""

    def __init__(self):
        self.chance = random.Random(SEED)
        self.schedulers = []
        self.people = copy.deepcopy(PEOPLE)
        few = [
            Profile(f"{person.name} {number}", person, None)
            for person in self.people
            for number in range(EACH)
        ]
        # All of these end on one day, and one person has them.
        noah = self.people[2]
        crowd = [Profile(f"Noah {100 + at}", noah, None) for at in range(CROWD)]
        self.profiles = few + crowd
        self.crowd = set(crowd)

    @contextmanager
    def on(self, db, schedulers):
        """Go on in a database, with so many processes of schedulers."""
        self.db = db
        self.schedulers = [
            Worker(db, number).wait_until_ready() for number in range(schedulers)
        ]
        try:
            yield self
        finally:
            for scheduler in self.schedulers:
                scheduler.stop()
            self.schedulers = []

    def begin(self):
        """Let everybody connect for the first time."""
        self.ask(
            "people",
            [
                {"name": one.name, "zone": one.zone, "quiet": one.quiet or (0, 0)}
                for one in self.people
            ],
        )
        ends = {
            one: START + timedelta(days=10)
            if one in self.crowd
            else self.choose_end(START)
            for one in self.profiles
        }
        self.change(START, ends, [])

    def ask(self, role, payload):
        path = layout.LOGS / f"year-{self.db}.json"
        path.write_text(json.dumps(payload, default=str))
        self.schedulers[0].ask(role, path)
        path.unlink()

    def choose_end(self, at):
        return at + timedelta(hours=self.chance.randrange(2 * 24, 60 * 24))

    def change(self, at, grants, losses):
        """Let people renew and connections break, here and in the expectation."""
        self.ask(
            "change",
            {
                "at": at,
                "grants": {one.name: end for one, end in grants.items()},
                "losses": [one.name for one in losses],
            },
        )
        for profile, end in grants.items():
            profile.grant(end)
        for profile in losses:
            profile.lose()

    def run(self):
        outages = self.choose_outages()
        for number in range(int(timedelta(days=DAYS) / TURN)):
            at = START + number * TURN
            self.live_on(at + TURN / 3)
            if not any(begin <= number < end for begin, end in outages):
                self.tell(at + TURN / 2)

    def choose_outages(self):
        """Return turns during which no scheduler runs, the longest nine days."""
        per_day = int(timedelta(days=1) / TURN)
        lengths = [FIRST_OUTAGE, *range(1, DAYS // 40)]
        begins = sorted(self.chance.sample(range(4, max(DAYS - 9, 6)), len(lengths)))
        return [
            (begin * per_day, (begin + min(length, FIRST_OUTAGE)) * per_day)
            for begin, length in zip(begins, lengths, strict=True)
        ]

    def live_on(self, at):
        """Let something happen now and then, to somebody."""
        grants, losses = {}, []
        for profile in self.profiles:
            if profile in self.crowd:
                continue
            # What stopped working is renewed sooner than what will.
            is_over = profile.is_broken or profile.ends_at <= at
            if self.chance.random() < (0.06 if is_over else 0.004):
                grants[profile] = self.choose_end(at)
            elif not profile.is_broken and self.chance.random() < 0.002:
                losses.append(profile)
        if grants or losses:
            self.change(at, grants, losses)

    def tell(self, at):
        for scheduler in self.schedulers:
            scheduler.send("tell", at.isoformat())
        for scheduler in self.schedulers:
            scheduler.receive()
        for profile in self.profiles:
            profile.take_turn(at)
            profile.deliver(at)

    def cursor(self):
        return servers.connect(self.db)

    def query(self, statement):
        with self.cursor() as cr:
            cr.execute(statement)
            return cr.fetchall()


@pytest.fixture(scope="module")
def begun():
    """The database and the expectation of the first day, to be copied."""
    with servers.running_odoo() as start:
        with Year().on(start.fresh_database(), schedulers=1) as year:
            year.begin()
        yield year


@pytest.fixture
def year(begun, odoo_server):
    db = odoo_server.fresh_database(begun.db)
    with copy.deepcopy(begun).on(db, schedulers=2) as year:
        yield year


def test_a_year_tells_everybody_once_and_nobody_twice(year):
    year.run()
    rows = year.query(
        "SELECT company.name, notice.sent_at, profile.name, notice.rung, mail_id"
        "  FROM social_notice notice"
        "  JOIN social_profile profile ON profile.id = notice.profile_id"
        "  JOIN res_company company ON company.id = notice.company_id"
        " WHERE notice.channel = 'email' AND notice.state IN ('sent', 'cancelled')"
        "   AND notice.sent_at IS NOT NULL"
    )
    expected = Counter(
        (person.name, at, *line)
        for person in year.people
        for at, lines in person.mails.items()
        for line in lines
    )
    came = Counter(row[:4] for row in rows)
    assert came - expected == Counter(), "told without need"
    assert expected - came == Counter(), "not told"
    assert {rung for *_place, rung in expected} > {
        "d7",
        "d3",
        "d1",
        "expired",
        "broken",
        "recovered",
        "escalated3",
        "repeated1",
    }, "a year in which something does not happen proves nothing of it"
    mails = {}
    for name, at, _profile, _rung, mail_id in rows:
        mails.setdefault((name, at), set()).add(mail_id)
    split = {place: ids for place, ids in mails.items() if len(ids) != 1}
    assert not split, "one mail a person and run"
    sizes = Counter((name, at) for name, at, *_rest in rows)
    assert max(sizes.values()) >= CROWD
    print(f"{DAYS} days, {len(rows)} notices in {len(mails)} mails, none wrong")


def test_a_run_that_meets_another_one_leaves_it_all_to_that_and_comes_again(year):
    at = START + timedelta(days=8, hours=15)
    with year.cursor() as other_run:
        other_run.execute(f"SELECT pg_advisory_xact_lock({RUN_LOCK})")
        year.schedulers[0].ask("tell", at.isoformat())
        assert not year.query("SELECT FROM social_notice")
    again = year.query("SELECT call_at FROM ir_cron_trigger ORDER BY id DESC LIMIT 1")
    assert again == [(at + timedelta(minutes=1),)]


def test_a_row_that_somebody_writes_is_waited_for_and_not_left_out(year):
    """One message would be two."""
    at = START + timedelta(days=8, hours=15)
    year.tell(at - timedelta(minutes=1))
    with year.cursor() as other:
        other.execute("UPDATE social_notice SET state = 'waiting'")
    with year.cursor() as other:
        other.execute(
            "SELECT id FROM social_notice WHERE channel = 'email'"
            " ORDER BY id DESC LIMIT 1 FOR UPDATE"
        )
        year.schedulers[0].send("tell", at.isoformat())
        time.sleep(1)
    year.schedulers[0].receive()
    mails = year.query(
        "SELECT count(*), count(DISTINCT mail_id) FROM social_notice"
        f" WHERE channel = 'email' AND sent_at = '{at}' GROUP BY person_id"
    )
    assert sum(notices for notices, _mails in mails) >= CROWD
    assert {mails for _notices, mails in mails} == {1}
    assert not year.query("SELECT FROM social_notice WHERE state = 'waiting'")


def test_a_kill_between_ledger_and_queue_leaves_both_or_neither(year):
    at = START + timedelta(days=8, hours=15)
    year.tell(at)
    killed = 0
    for _ in range(series(short=8, long=60)):
        at += timedelta(minutes=1)
        with year.cursor() as cr:
            cr.execute(
                "UPDATE social_notice SET state = 'waiting', sent_at = NULL,"
                " mail_id = NULL WHERE state = 'sent'; DELETE FROM mail_mail"
            )
        killed += year.schedulers[0].ask_and_kill(
            "tell", at.isoformat(), after=year.chance.uniform(0.02, 0.5)
        )
        shares = year.query(
            "SELECT person_id, channel, array_agg(DISTINCT notice.state),"
            "       array_agg(DISTINCT notice.mail_id), count(mail.id) = count(*)"
            "  FROM social_notice notice LEFT JOIN mail_mail mail ON mail.id = mail_id"
            " WHERE notice.state IN ('sent', 'waiting') GROUP BY person_id, channel"
        )
        states = {}
        for person, channel, found, mails, all_have_mail in shares:
            assert len(found) == len(mails) == 1
            assert all_have_mail == (found == ["sent"] and channel == "email")
            states.setdefault(person, set()).update(found)
        assert all(len(found) == 1 for found in states.values()), "all or nothing"
        in_queue = year.query("SELECT count(*) FROM mail_mail")[0][0]
        assert in_queue == sum(found == {"sent"} for found in states.values())
        year.schedulers[1].ask("tell", (at + timedelta(seconds=1)).isoformat())
        assert year.query("SELECT count(*) FROM mail_mail") == [(len(states),)]
        assert not year.query("SELECT FROM social_notice WHERE state = 'waiting'")
    assert killed, "nothing was cut off"
