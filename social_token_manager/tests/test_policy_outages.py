"""Which change of a connection begins, stops or ends a cycle, and what rates mean."""

import unittest
from datetime import date, datetime, timedelta

import pytz

from ..policy import outages
from ..policy.outages import BEGAN, ENDED, STOPPED, Metrics, State, Turn, turn_of

NOW = datetime(2026, 3, 15, 12)
DAY = timedelta(days=1)
NOBODY = State(False, "not_connected", NOW - 50 * DAY, 0)
WORKS = State(True, None, NOW + 20 * DAY, 1)
BROKEN = State(True, "revoked", NOW, 1)
BROKEN_BEFORE = State(True, "revoked", NOW - 3 * DAY, 1)
RAN_OUT = State(True, None, NOW - 2 * DAY, 1)
RENEWED = State(True, None, NOW + 60 * DAY, 2)
NO_END = State(True, None, None, 1)


class TestPolicyOutages(unittest.TestCase):
    def test_what_a_change_means_for_the_cycle(self):
        for name, before, after, turn in (
            ("a first connection", NOBODY, WORKS, Turn(BEGAN)),
            ("renewed in time", WORKS, RENEWED, Turn(BEGAN)),
            ("lost", WORKS, BROKEN, Turn(STOPPED, NOW)),
            ("lost, without an end", NO_END, BROKEN, Turn(STOPPED, NOW)),
            ("renewed late", BROKEN_BEFORE, RENEWED, Turn(BEGAN, NOW - 3 * DAY)),
            ("renewed after it ran out", RAN_OUT, RENEWED, Turn(BEGAN, NOW - 2 * DAY)),
            ("back in the same cycle", RAN_OUT, WORKS, Turn(BEGAN, NOW - 2 * DAY)),
            (
                "ran out, then found broken",
                RAN_OUT,
                BROKEN_BEFORE,
                Turn(STOPPED, NOW - 2 * DAY),
            ),
            ("disconnected", WORKS, NOBODY, Turn(ENDED)),
            ("disconnected, broken", BROKEN_BEFORE, NOBODY, Turn(ENDED, NOW - 3 * DAY)),
            ("another reason", BROKEN_BEFORE, BROKEN, None),
            ("granted anew and still broken", BROKEN_BEFORE, BROKEN, None),
            (
                "the end moves a little",
                WORKS,
                State(True, None, NOW + 21 * DAY, 1),
                None,
            ),
            ("never connected", NOBODY, NOBODY, None),
        ):
            with self.subTest(name):
                self.assertEqual(turn_of(before, after, NOW), turn)

    def test_rates_say_nothing_where_nothing_was(self):
        empty = Metrics().as_values()
        self.assertEqual(
            {name for name, value in empty.items() if value is None},
            {
                "uptime",
                "in_time_rate",
                "hours_to_renew",
                "hours_to_detect",
                "reminders_per_renewal",
            },
        )
        self.assertEqual(empty["down_hours"], 0)

    def test_rates(self):
        found = Metrics(
            observed=720 * 3600,
            down=36 * 3600,
            in_time=3,
            stopped=1,
            late=2,
            late_seconds=36 * 3600,
            found=2,
            found_seconds=3 * 3600,
            by_person=4,
            reminders=6,
        )
        self.assertEqual(found.uptime, 95.0)
        self.assertEqual(found.in_time_rate, 75.0)
        self.assertEqual(found.down_hours, 36.0)
        self.assertEqual(found.hours_to_renew, 18.0)
        self.assertEqual(found.hours_to_detect, 1.5)
        self.assertEqual(found.reminders_per_renewal, 1.5)

    def test_all_together_is_the_sum_of_what_was_counted_apart(self):
        one = Metrics(connections=2, observed=100, down=10, late=1, late_seconds=60)
        other = Metrics(connections=1, observed=50, down=5)
        self.assertEqual(
            outages.total_of([one, other]),
            Metrics(connections=3, observed=150, down=15, late=1, late_seconds=60),
        )
        self.assertEqual(outages.total_of([]), Metrics())

    def test_the_worst_stood_still_longest_then_renewed_late_then_slowly(self):
        never, nothing = Metrics(in_time=4), Metrics()
        late = Metrics(in_time=3, stopped=1, down=60)
        slow = Metrics(in_time=3, stopped=1, down=60, late=1, late_seconds=3600)
        later = Metrics(in_time=1, stopped=1, down=60)
        longest = Metrics(down=61)
        found = sorted([longest, later, slow, late, never], key=outages.badness_of)
        self.assertEqual(found, [never, late, slow, later, longest])
        self.assertEqual(outages.badness_of(nothing), outages.badness_of(never))

    def test_a_minute_without_a_connection_is_not_all_of_the_time(self):
        month = 30 * 24 * 3600
        self.assertEqual(Metrics(observed=month, down=60).uptime, 99.9)
        self.assertEqual(Metrics(observed=month).uptime, 100.0)

    def test_a_month_is_that_of_the_reader(self):
        sao_paulo, utc = pytz.timezone("America/Sao_Paulo"), pytz.UTC
        # Three hours before the first of March there.
        moment = datetime(2026, 3, 1, 1)
        self.assertEqual(outages.month_before(moment, utc), date(2026, 2, 1))
        self.assertEqual(outages.month_before(moment, sao_paulo), date(2026, 1, 1))
        self.assertEqual(
            outages.month_before(datetime(2026, 1, 31, 12), utc), date(2025, 12, 1)
        )
        self.assertEqual(
            outages.borders_of(date(2026, 2, 1), sao_paulo),
            (datetime(2026, 2, 1, 3), datetime(2026, 3, 1, 3)),
        )

    def test_a_month_with_a_change_of_clocks_begins_and_ends_at_midnight(self):
        berlin = pytz.timezone("Europe/Berlin")
        self.assertEqual(
            outages.borders_of(date(2026, 3, 1), berlin),
            (datetime(2026, 2, 28, 23), datetime(2026, 3, 31, 22)),
        )
