"""Who can renew: which proof counts, who is one person, until when one is asked."""

from datetime import date, datetime, timedelta
from itertools import permutations, product

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..policy.people import (
    GRANT,
    HAND,
    LOST,
    NO,
    RETURNED,
    UNKNOWN,
    YES,
    Known,
    Proof,
    after_loss,
    ask_until,
    match,
    strongest,
)

NOW = datetime(2026, 3, 15, 23, 30)
DAY = timedelta(days=1)
CROWD = list(product(("", "1", "2", "urn:li:person:1"), ("", "Ana", "ana ", "Bia")))
crowd = st.lists(st.sampled_from(CROWD), max_size=5)


def people(rows):
    return [Known(number, *row) for number, row in enumerate(rows)]


@tagged("post_install", "-at_install")
class TestProof(BaseCase):
    def decided(self, *proofs):
        found = {
            strongest(order).can_renew
            for order in permutations(
                Proof(number, *proof) for number, proof in enumerate(proofs)
            )
        }
        self.assertEqual(len(found), 1, "the order makes no difference")
        return found.pop()

    def test_without_a_proof_nothing_is_known(self):
        self.assertIsNone(strongest([]))

    def test_who_can_by_one_account_can(self):
        self.assertEqual(self.decided((NO, NOW), (YES, NOW - DAY)), YES)

    def test_otherwise_the_latest_proof_counts(self):
        self.assertEqual(self.decided((NO, NOW), (UNKNOWN, NOW - DAY)), NO)
        self.assertEqual(self.decided((NO, NOW - DAY), (UNKNOWN, NOW)), UNKNOWN)
        self.assertEqual(self.decided((NO, NOW), (UNKNOWN, None)), NO)

    def test_a_lost_role_is_a_no_at_once(self):
        self.assertEqual(after_loss(YES, GRANT, NOW - DAY, NOW), (NO, LOST))
        self.assertEqual(after_loss(YES, GRANT, NOW, NOW), (NO, LOST))
        self.assertEqual(after_loss(UNKNOWN, None, None, NOW), (NO, LOST))

    def test_what_was_said_after_the_loss_stays(self):
        self.assertIsNone(after_loss(YES, HAND, NOW, NOW - DAY))
        self.assertIsNone(after_loss(NO, LOST, NOW, NOW))

    def test_a_role_that_is_back_promises_nothing(self):
        self.assertEqual(after_loss(NO, LOST, NOW, None), (UNKNOWN, RETURNED))
        self.assertIsNone(after_loss(YES, GRANT, NOW, None))


@tagged("post_install", "-at_install")
class TestMatch(BaseCase):
    def test_the_id_decides_before_the_name(self):
        listed = people([("1", "Ana"), ("2", "Bruno")])
        known = people([("2", "Ana"), ("1", "Bruno")])
        self.assertEqual(match(listed, known), {0: 1, 1: 0})

    def test_an_id_may_be_written_as_an_address(self):
        self.assertEqual(
            match(people([("urn:li:person:A1", "")]), people([("A1", "")])), {0: 0}
        )

    def test_a_name_decides_where_there_is_one_on_each_side(self):
        known = people([("9", "Ana  Souza")])
        self.assertEqual(match(people([("1", "ana souza")]), known), {0: 0})
        self.assertEqual(match(people([("1", "Ana Souza")] * 2), known), {})
        self.assertEqual(match(people([("1", "Ana Souza")]), known * 2), {})

    def test_without_id_and_name_nobody_is_found(self):
        self.assertEqual(match(people([("", "")]), people([("", "")])), {})

    @given(crowd, crowd)
    def test_nobody_is_taken_for_two(self, listed, known):
        matched = match(people(listed), people(known))
        self.assertEqual(len(set(matched.values())), len(matched))
        for one, other in matched.items():
            ours, theirs = people(listed)[one], people(known)[other]
            self.assertTrue(
                ours.by_id() == theirs.by_id() != ""
                or ours.by_name() == theirs.by_name() != ""
            )


@tagged("post_install", "-at_install")
class TestAsking(BaseCase):
    def test_the_day_until_which_one_is_asked(self):
        for expires_at, expected in (
            (None, date(2026, 3, 18)),
            (NOW + 60 * DAY, date(2026, 3, 18)),
            (NOW + 3 * DAY, date(2026, 3, 17)),
            (NOW + 2 * DAY, date(2026, 3, 16)),
            (NOW + timedelta(minutes=5), date(2026, 3, 16)),
            (NOW - 9 * DAY, date(2026, 3, 16)),
        ):
            with self.subTest(expires_at=expires_at):
                self.assertEqual(ask_until(NOW, expires_at), expected)

    @given(st.datetimes(NOW - 999 * DAY, NOW + 999 * DAY))
    def test_it_is_never_today_and_never_far(self, expires_at):
        day = ask_until(NOW, expires_at)
        self.assertTrue(NOW.date() < day <= NOW.date() + 3 * DAY)
