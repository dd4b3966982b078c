from datetime import datetime
from itertools import permutations

from odoo.tests import BaseCase, tagged

from ..policy.choice import Candidate, choose

EARLY = datetime(2026, 1, 1)
LATE = datetime(2026, 2, 1)
SOON = datetime(2026, 3, 1)
FAR = datetime(2026, 6, 1)


def healthy(number, moment=SOON, granted_at=EARLY, lasting=True):
    return Candidate(number, True, moment, granted_at, lasting)


def broken(number, granted_at=EARLY):
    return Candidate(number, False, SOON, granted_at)


@tagged("post_install", "-at_install")
class TestChoice(BaseCase):
    def assert_chosen(self, expected, candidates, current_id=None):
        for order in permutations(candidates):
            with self.subTest(order=[one.id for one in order]):
                self.assertEqual(choose(order, current_id), expected)

    def test_without_an_access_there_is_none_to_use(self):
        self.assertIsNone(choose([]))
        self.assertIsNone(choose([], current_id=7))

    def test_a_healthy_access_in_use_is_kept(self):
        better = healthy(2, moment=None, granted_at=LATE)
        self.assert_chosen(1, [healthy(1), better, broken(3, LATE)], current_id=1)

    def test_one_that_ends_soon_gives_way_to_one_that_does_not(self):
        ending = healthy(1, lasting=False)
        self.assert_chosen(2, [ending, healthy(2, FAR)], current_id=1)
        also_ending = healthy(2, FAR, lasting=False)
        self.assert_chosen(1, [ending, also_ending], current_id=1)

    def test_a_broken_access_in_use_gives_way_to_a_healthy_one(self):
        self.assert_chosen(2, [broken(1, LATE), healthy(2)], current_id=1)

    def test_the_healthy_access_that_lasts_longest_wins(self):
        candidates = [healthy(1), healthy(2, FAR), broken(3, LATE)]
        self.assert_chosen(2, candidates)
        self.assert_chosen(3, [*candidates[:2], healthy(3, moment=None)])

    def test_of_equally_lasting_accesses_the_latest_grant_wins(self):
        self.assert_chosen(1, [healthy(1, FAR, LATE), healthy(2, FAR, EARLY)])
        self.assert_chosen(2, [healthy(1, None, EARLY), healthy(2, None, LATE)])

    def test_a_tie_is_decided_always_in_the_same_way(self):
        self.assert_chosen(3, [healthy(1), healthy(2), healthy(3)])
        self.assert_chosen(3, [broken(1), broken(2), broken(3)])

    def test_where_all_are_broken_the_access_in_use_stays(self):
        self.assert_chosen(1, [broken(1), broken(2, LATE)], current_id=1)

    def test_where_all_are_broken_and_none_is_in_use_the_latest_grant_wins(self):
        self.assert_chosen(1, [broken(1, LATE), broken(2, EARLY)])

    def test_an_access_in_use_that_is_gone_does_not_count(self):
        self.assert_chosen(2, [broken(1), healthy(2)], current_id=99)
        self.assert_chosen(1, [broken(1, LATE), broken(2)], current_id=99)
