"""When a token is renewed, checked and tried again."""

import unittest
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ..policy import renewal
from ..policy.renewal import AppLoad, Life, allot

NOW = datetime(2026, 3, 15, 12)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CHANCES = (0, 0.5, 1)
chance = st.floats(0, 1)
spans = st.timedeltas(timedelta(minutes=1), timedelta(days=800))


class TestBudget(unittest.TestCase):
    @given(st.integers(0, 10**6))
    def test_the_least_budget_that_checks_all_is_asked_for(self, tokens):
        needed = renewal.budget_for(tokens)
        self.assertGreaterEqual(renewal.checks_a_day(needed), tokens)
        self.assertTrue(not needed or renewal.checks_a_day(needed - 1) < tokens)

    def test_less_than_no_budget_is_none(self):
        self.assertEqual([renewal.checks_a_day(one) for one in (-5, 0, 1)], [0, 0, 24])


class TestRenewAt(unittest.TestCase):
    def renew_at(self, chance=0.0, **life):
        return renewal.renew_at(Life(issued_at=NOW, **life), NOW, chance)

    def test_nothing_renews_what_has_no_means_to(self):
        self.assertIsNone(self.renew_at(access_expires_at=NOW + DAY))
        self.assertIsNone(self.renew_at())

    def test_a_permanent_token_is_never_renewed(self):
        self.assertIsNone(self.renew_at(extends=True, never_expires=True))

    def test_a_rotating_token_is_renewed_late_in_its_life(self):
        at = self.renew_at(has_refresh_token=True, access_expires_at=NOW + 30 * DAY)
        self.assertEqual(at, NOW + 24 * DAY)

    def test_a_token_of_two_hours_that_nobody_uses_is_not_renewed_every_hour(self):
        for chance in CHANCES:
            at = self.renew_at(
                chance, has_refresh_token=True, access_expires_at=NOW + 2 * HOUR
            )
            self.assertGreaterEqual(at, NOW + 19 * HOUR)

    def test_a_token_of_two_hours_in_use_is_renewed_before_it_ends(self):
        for chance in CHANCES:
            at = self.renew_at(
                chance,
                has_refresh_token=True,
                access_expires_at=NOW + 2 * HOUR,
                last_used_at=NOW - HOUR,
            )
            self.assertTrue(NOW + HOUR < at < NOW + 2 * HOUR, at)

    def test_a_refresh_token_is_used_before_it_ends_itself(self):
        at = self.renew_at(
            has_refresh_token=True,
            access_expires_at=NOW + 365 * DAY,
            refresh_expires_at=NOW + 60 * DAY,
        )
        self.assertEqual(at, NOW + 48 * DAY)

    def test_what_outlives_its_refresh_tokens_end_is_not_renewed_in_a_loop(self):
        for left in (-DAY, timedelta(0), timedelta(seconds=10)):
            at = self.renew_at(
                has_refresh_token=True,
                access_expires_at=NOW + 2 * HOUR,
                refresh_expires_at=NOW + left,
            )
            self.assertGreater(at, NOW + HOUR)

    def test_a_life_not_told_is_a_case_of_its_own(self):
        at = self.renew_at(has_refresh_token=True)
        self.assertEqual(at, NOW + renewal.UNKNOWN_LIFE)

    def test_an_extended_token_is_renewed_early_and_never_younger_than_a_day(self):
        extends = {"extends": True, "minimum_age": DAY}
        at = self.renew_at(access_expires_at=NOW + 60 * DAY, **extends)
        self.assertEqual(at, NOW + 30 * DAY)
        at = self.renew_at(access_expires_at=NOW + HOUR, **extends)
        self.assertEqual(at, NOW + DAY)
        at = self.renew_at(**extends)
        self.assertGreaterEqual(at, NOW + DAY)

    @given(chance, spans, spans)
    def test_a_renewal_never_waits_for_the_end_of_the_refresh_token(
        self, chance, access, refresh
    ):
        at = self.renew_at(
            chance,
            has_refresh_token=True,
            access_expires_at=NOW + access,
            refresh_expires_at=NOW + refresh,
        )
        self.assertTrue(NOW < at < NOW + refresh)

    @given(chance)
    def test_chance_spreads_and_does_not_delay(self, chance):
        latest = self.renew_at(has_refresh_token=True, access_expires_at=NOW + 30 * DAY)
        at = self.renew_at(
            chance, has_refresh_token=True, access_expires_at=NOW + 30 * DAY
        )
        self.assertTrue(latest - 3 * DAY <= at <= latest)


class TestChecks(unittest.TestCase):
    @given(chance)
    def test_every_token_is_checked_at_least_daily(self, chance):
        self.assertTrue(NOW < renewal.check_at(NOW, chance) <= NOW + DAY)


class TestWait(unittest.TestCase):
    def test_it_doubles_from_a_minute_to_an_hour(self):
        waits = [renewal.wait(failures, 0) for failures in range(1, 9)]
        self.assertEqual(
            [one / timedelta(minutes=1) for one in waits],
            [1, 2, 4, 8, 16, 32, 60, 60],
        )

    def test_what_the_network_asks_for_is_obeyed_up_to_a_day(self):
        self.assertEqual(renewal.wait(1, 0, 900), timedelta(minutes=15))
        self.assertEqual(renewal.wait(1, 0, 10**9), DAY)
        self.assertEqual(renewal.wait(3, 0, 0), timedelta(minutes=4))

    @given(st.integers(0, 10**6), chance)
    def test_it_is_never_nothing_and_never_for_ever(self, failures, chance):
        wait = renewal.wait(failures, chance)
        self.assertTrue(timedelta(seconds=30) < wait <= HOUR)

    def test_one_tokens_bad_luck_does_not_stop_the_app(self):
        self.assertIsNone(renewal.app_wait(1, 0))
        self.assertIsNone(renewal.app_wait(2, 0))
        self.assertEqual(renewal.app_wait(3, 0), timedelta(minutes=1))
        self.assertEqual(renewal.app_wait(1, 0, 600), timedelta(minutes=10))


class TestSuspicion(unittest.TestCase):
    def test_a_few_losses_are_losses(self):
        self.assertFalse(renewal.is_suspicious(5, 5))
        self.assertFalse(renewal.is_suspicious(20, 200))

    def test_many_at_once_speak_of_the_app(self):
        self.assertTrue(renewal.is_suspicious(6, 20))
        self.assertTrue(renewal.is_suspicious(41, 200))


class TestAllot(unittest.TestCase):
    def test_an_app_gets_no_more_than_its_limit_leaves(self):
        load = AppLoad(1, "a", limit=4, in_flight=3, due=9)
        self.assertEqual(allot([load], 16, 8), {1: 1})

    def test_a_host_is_shared_by_its_apps(self):
        loads = [AppLoad(number, "a", 4, due=9) for number in (1, 2, 3)]
        self.assertEqual(allot(loads, 16, 6), {1: 4, 2: 2})

    def test_what_is_under_way_counts_for_the_host_whoever_comes_first(self):
        loads = [AppLoad(1, "a", 4, due=9), AppLoad(2, "a", 4, in_flight=4, due=9)]
        self.assertEqual(allot(loads, 16, 6), {1: 2})

    def test_who_waits_longest_comes_first(self):
        loads = [AppLoad(2, "a", 4, due=2), AppLoad(1, "b", 4, due=9)]
        self.assertEqual(allot(loads, 3, 8), {2: 2, 1: 1})

    def test_after_trouble_one_call_shows_whether_it_is_over(self):
        load = AppLoad(1, "a", 4, due=9, is_troubled=True)
        self.assertEqual(allot([load], 16, 8), {1: 1})
        self.assertEqual(allot([load.joined(1)], 16, 8), {})
        none = AppLoad(1, "a", 0, due=9, is_troubled=True)
        self.assertEqual(allot([none], 16, 8), {})

    @given(
        st.lists(
            st.builds(
                AppLoad,
                id=st.integers(1, 10**6),
                host=st.sampled_from("abc"),
                limit=st.integers(-1, 6),
                in_flight=st.integers(0, 9),
                due=st.integers(0, 30),
                is_troubled=st.booleans(),
            ),
            unique_by=lambda load: load.id,
        ),
        st.integers(0, 16),
        st.integers(1, 8),
    )
    def test_no_bound_is_ever_passed(self, loads, slots, host_limit):
        allotted = allot(loads, slots, host_limit)
        self.assertLessEqual(sum(allotted.values()), slots)
        for load in loads:
            count = allotted.get(load.id, 0)
            self.assertLessEqual(count, load.due)
            self.assertTrue(not count or load.in_flight + count <= load.limit)
        for host in "abc":
            own = [load for load in loads if load.host == host]
            started = sum(allotted.get(load.id, 0) for load in own)
            under_way = sum(load.in_flight for load in own)
            self.assertTrue(not started or under_way + started <= host_limit)
