from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..policy import watch

NOW = datetime(2026, 3, 1, 12, 0)
MINUTE = timedelta(minutes=1)


@tagged("post_install", "-at_install")
class TestPolicyWatch(BaseCase):
    def trouble(self, **values):
        usual = {
            "active": True,
            "next_at": NOW,
            "interval": 5 * MINUTE,
            "failures": 0,
        }
        return watch.trouble_of(watch.Schedule(**{**usual, **values}), NOW)

    def test_late_is_more_than_three_intervals(self):
        for late, trouble in ((0, None), (15, None), (16, watch.LATE)):
            with self.subTest(late=late):
                self.assertEqual(self.trouble(next_at=NOW - late * MINUTE), trouble)

    def test_what_is_done_once_a_month_is_late_after_three_days(self):
        for days, trouble in ((3, None), (4, watch.LATE)):
            with self.subTest(days=days):
                at = NOW - timedelta(days=days)
                month = {"next_at": at, "interval": timedelta(days=30)}
                self.assertEqual(self.trouble(**month), trouble)

    def test_what_is_off_is_told_as_off_however_late_it_is(self):
        self.assertEqual(
            self.trouble(active=False, next_at=NOW - 60 * MINUTE), watch.OFF
        )

    def test_failing_is_three_times_in_a_row(self):
        self.assertIsNone(self.trouble(failures=2))
        self.assertEqual(self.trouble(failures=3), watch.FAILING)
