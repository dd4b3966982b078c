from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..policy import notices

NOW = datetime(2026, 3, 1, 12, 0)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestPolicyNotices(BaseCase):
    def test_the_most_urgent_rung_that_is_due_is_the_one(self):
        for left, rung in (
            (8 * DAY, None),
            (7 * DAY + HOUR, None),
            (7 * DAY, "d7"),
            (4 * DAY, "d7"),
            (3 * DAY, "d3"),
            (1 * DAY + HOUR, "d3"),
            (1 * DAY, "d1"),
            (HOUR, "d1"),
            (0 * DAY, "expired"),
            (-30 * DAY, "expired"),
        ):
            with self.subTest(left=left):
                self.assertEqual(notices.due_rung(NOW + left, NOW), rung)

    def test_nothing_is_due_without_expiry(self):
        self.assertIsNone(notices.due_rung(None, NOW))

    def test_windows_meet_without_gap_or_overlap(self):
        found = notices.windows(NOW)
        self.assertEqual(
            [window.rung for window in found], ["expired", "d1", "d3", "d7"]
        )
        self.assertIsNone(found[0].after)
        for earlier, later in zip(found, found[1:], strict=False):
            self.assertEqual(earlier.until, later.after)

    def test_each_moment_is_most_urgent_in_the_window_of_its_rung_alone(self):
        for hours in range(-48, 24 * 9):
            moment = NOW + hours * HOUR
            urgent = [
                window.rung
                for window in notices.windows(NOW)
                if moment <= window.until
                and (not window.after or moment > window.after)
            ]
            expected = notices.due_rung(moment, NOW)
            self.assertEqual(urgent, [expected] if expected else [])
