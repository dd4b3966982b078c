"""A score says what is wrong, and never more than is wrong."""

import unittest
from datetime import datetime, timedelta

from ..policy import health
from ..policy.health import Facts, health_of

NOW = datetime(2026, 3, 15, 12)
DAY = timedelta(days=1)


class TestPolicyHealth(unittest.TestCase):
    def test_nothing_wrong_is_a_hundred(self):
        self.assertEqual(health_of(Facts()), (100, ()))

    def test_each_wrong_takes_its_points_and_is_named(self):
        for code, points in health.POINTS.items():
            with self.subTest(code=code):
                found = health_of(Facts(**{code: 1}))
                self.assertEqual(found, (100 - points, ((code, points),)))

    def test_what_takes_most_comes_first(self):
        found = health_of(Facts(stopped=1, failures=2, no_spare=1))
        self.assertEqual(
            found, (25, (("stopped", 60), ("failures", 10), ("no_spare", 5)))
        )

    def test_a_score_is_never_below_nothing_and_nothing_counts_without_end(self):
        everything = health_of(Facts(*([99] * len(Facts._fields))))
        self.assertEqual(everything.score, 0)
        self.assertEqual(health_of(Facts(failures=99)).score, 80)
        self.assertEqual(health_of(Facts(notices=99)).score, 85)

    def test_facts_and_points_are_the_same_table(self):
        self.assertEqual(list(health.POINTS), list(Facts._fields))

    def test_time_left_counts_from_a_week_on_and_what_is_over_has_none_left(self):
        for left, urgency in (
            (8 * DAY, 0),
            (7 * DAY, 1),
            (3 * DAY + timedelta(seconds=1), 1),
            (3 * DAY, 2),
            (DAY, 3),
            (timedelta(seconds=1), 3),
            (timedelta(0), 0),
            (-DAY, 0),
        ):
            with self.subTest(left=left):
                self.assertEqual(health.urgency_of(NOW + left, NOW), urgency)
        self.assertEqual(health.urgency_of(None, NOW), 0)

    def test_the_health_of_many_is_their_mean_with_what_takes_most_of_all(self):
        found = health.summary_of([(Facts(), 2), (Facts(stopped=1, no_spare=1), 1)])
        # (100 + 100 + 35) / 3
        self.assertEqual(found.score, 78)
        self.assertEqual(found.reasons, (("stopped", 20.0, 1), ("no_spare", 1.7, 1)))
        self.assertIsNone(health.summary_of([]))

    def test_a_word_stands_beside_the_number(self):
        self.assertEqual(
            [health.word_of(score) for score in (0, 49, 50, 79, 80, 100)],
            ["poor", "poor", "fair", "fair", "good", "good"],
        )
