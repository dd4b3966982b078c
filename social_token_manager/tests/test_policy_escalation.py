from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..policy import escalation
from .escalation_plan import plan

ENDED = datetime(2026, 3, 2, 12)
DAY = timedelta(days=1)
LEVELS = escalation.LEVELS


@tagged("post_install", "-at_install")
class TestPolicyEscalation(BaseCase):
    def days_of(self, reachable=LEVELS, until=30, **options):
        told = plan(ENDED, reachable, ENDED + until * DAY, **options)
        return [((moment - ENDED).days, rung) for moment, rung in told]

    def test_it_goes_up_step_by_step_and_is_then_told_again(self):
        self.assertEqual(
            self.days_of(until=14),
            [
                (1, "escalated1"),
                (2, "escalated2"),
                (3, "escalated3"),
                (5, "escalated4"),
                (7, "escalated5"),
                (10, "repeated1"),
                (13, "repeated2"),
            ],
        )

    def test_whoever_cannot_be_told_is_passed_over_at_once(self):
        self.assertEqual(
            self.days_of(reachable=(3, 4), until=6),
            [(1, "escalated3"), (3, "escalated4"), (5, "repeated1")],
        )

    def test_a_company_may_not_want_to_be_told_again(self):
        self.assertEqual(len(self.days_of(repeat_days=0, until=300)), 5)

    def test_a_shorter_ladder_ends_earlier(self):
        self.assertEqual(
            self.days_of(days=(2, 4), repeat_days=0),
            [(2, "escalated1"), (4, "escalated2")],
        )

    def test_no_ladder_tells_nobody(self):
        self.assertFalse(self.days_of(days=()))

    def test_nobody_within_reach_is_nobody(self):
        self.assertFalse(self.days_of(reachable=()))

    def test_a_ladder_is_read_from_what_people_type(self):
        for text, days in (
            ("1, 2, 3, 5, 7", (1, 2, 3, 5, 7)),
            ("1;4 9", (1, 4, 9)),
            ("", ()),
        ):
            with self.subTest(text=text):
                self.assertEqual(escalation.parse_ladder(text), days)
        for text in ("one", "0", "3, 2", "1, 1", "366", "1,2,3,4,5,6"):
            with self.subTest(text=text), self.assertRaises(ValueError):
                escalation.parse_ladder(text)

    def test_a_rung_tells_its_kind_and_its_number(self):
        for rung, kind, number in (
            ("escalated4", "escalated", 4),
            ("repeated12", "repeated", 12),
            ("broken", "broken", 0),
        ):
            with self.subTest(rung=rung):
                self.assertEqual(escalation.kind_of(rung), kind)
                self.assertEqual(escalation.number_of(rung), number)

    def test_it_is_taken_for_a_while_to_come_and_not_for_long(self):
        for until, allowed in (
            (ENDED, False),
            (ENDED + DAY, True),
            (ENDED + 14 * DAY, True),
            (ENDED + 15 * DAY, False),
        ):
            with self.subTest(until=until):
                self.assertEqual(escalation.may_take_until(until, ENDED), allowed)
