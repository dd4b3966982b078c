from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..policy.outbox import GIVEN_UP, LONGEST_WAIT, next_try

NOW = datetime(2026, 3, 2, 12)


@tagged("post_install", "-at_install")
class TestNextTry(BaseCase):
    def test_the_waits_grow_up_to_a_limit(self):
        waits = [next_try(NOW, tries, NOW, 0) - NOW for tries in range(1, 12)]
        self.assertEqual(waits, sorted(waits))
        self.assertEqual(waits[0], timedelta(minutes=1))
        self.assertEqual(waits[-1], LONGEST_WAIT)

    def test_chance_spreads_them(self):
        self.assertGreater(next_try(NOW, 3, NOW, 1), next_try(NOW, 3, NOW, 0))

    def test_what_the_other_side_asks_for_is_kept_within_bounds(self):
        asked = next_try(NOW, 1, NOW, 0, retry_after=600)
        self.assertEqual(asked, NOW + timedelta(minutes=10))
        asked = next_try(NOW, 1, NOW, 0, retry_after=10**9)
        self.assertEqual(asked, NOW + LONGEST_WAIT)

    def test_old_news_is_given_up(self):
        at, tries = NOW, 0
        while at:
            tries += 1
            last, at = at, next_try(NOW, tries, at, 1)
        self.assertLess(last, NOW + GIVEN_UP)
        self.assertLess(tries, 25)
