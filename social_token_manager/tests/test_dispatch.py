"""Calls run side by side, and none of their answers is lost."""

import threading
import time
import unittest
from unittest.mock import patch

from odoo.tools import mute_logger

from ..dispatch import outcome_of, run, turn_seconds
from ..providers.errors import OutcomeUnknown, RateLimited

MODULE = LOGGER = "odoo.addons.social_token_manager.dispatch"


def waiter(seconds, answer):
    def call():
        time.sleep(seconds)
        return answer

    return call


class Work:
    """Calls to take, in order, and what came of them."""

    def __init__(self, calls):
        self.calls = list(calls)
        self.asked = []
        self.stored = []

    def take(self, slots):
        self.asked.append(slots)
        taken, self.calls = self.calls[:slots], self.calls[slots:]
        return taken

    def store(self, _call, outcome):
        self.stored.append(outcome)

    def run(self, **options):
        return run(self.take, self.store, **{"in_flight": 4, "seconds": 60, **options})


class TestDispatch(unittest.TestCase):
    def test_turns_in_a_row_end_before_odoo_would_kill_their_worker(self):
        for limits, seconds in (
            ({"limit_time_real_cron": 120}, (120 - 60 - 5) / 3),
            ({"limit_time_real_cron": 3600}, 60),
            ({"limit_time_real_cron": 30}, 1),
            ({"limit_time_real_cron": 0}, 60),
            ({"limit_time_real_cron": -1, "limit_time_real": 95}, 10),
        ):
            with self.subTest(limits=limits), patch(f"{MODULE}.config", limits):
                self.assertAlmostEqual(turn_seconds(), seconds)

    def test_every_answer_is_stored_once(self):
        work = Work(waiter(0, number) for number in range(50))
        self.assertEqual(work.run(), 50)
        self.assertEqual(sorted(work.stored), list(range(50)))

    def test_calls_run_side_by_side_and_no_more_than_allowed(self):
        running, most = 0, 0
        lock = threading.Lock()

        def call():
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            time.sleep(0.02)
            with lock:
                running -= 1

        Work([call] * 20).run()
        self.assertEqual(most, 4)

    def test_answers_are_stored_by_the_callers_thread(self):
        threads = set()
        run(
            Work([waiter(0, 1)]).take,
            lambda _call, _outcome: threads.add(threading.current_thread()),
            in_flight=2,
            seconds=1,
        )
        self.assertEqual(threads, {threading.current_thread()})

    def test_after_the_time_nothing_starts_and_what_started_is_stored(self):
        work = Work(waiter(0.1, number) for number in range(50))
        self.assertEqual(work.run(seconds=0.05), len(work.stored))
        self.assertEqual(len(work.stored), 4)

    def test_a_slow_call_does_not_hold_up_the_others(self):
        work = Work([waiter(2, "slow"), *(waiter(0, number) for number in range(9))])
        work.run(in_flight=2)
        self.assertEqual(work.stored[-1], "slow")

    def test_what_is_under_way_is_stored_when_taking_fails(self):
        work = Work([waiter(0.05, "stored")])

        def take(slots):
            if not work.calls:
                raise RuntimeError("no database")
            return work.take(slots)

        with self.assertRaises(RuntimeError):
            run(take, work.store, in_flight=2, seconds=60)
        self.assertEqual(work.stored, ["stored"])

    def test_a_failure_is_an_outcome(self):
        error = RateLimited("HTTP 429", 5)

        def call():
            raise error

        self.assertIs(outcome_of(call), error)

    def test_nonsense_ends_no_turn_and_says_nothing_secret(self):
        def call():
            raise ZeroDivisionError("PLAIN-secret")

        with self.assertLogs(LOGGER, "ERROR") as logged:
            outcome = outcome_of(call)
        self.assertIsInstance(outcome, OutcomeUnknown)
        self.assertNotIn("PLAIN", logged.output[0])
        with mute_logger(LOGGER):
            work = Work([call, waiter(0, "next")])
            work.run()
        self.assertIn("next", work.stored)
