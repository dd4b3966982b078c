from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

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

    def test_a_ladder_is_read_from_what_people_type(self):
        for text, days in (
            ("7, 3, 1", (7, 3, 1)),
            ("1;14 ,3", (14, 3, 1)),
            ("3 3", (3,)),
            ("", ()),
        ):
            with self.subTest(text=text):
                self.assertEqual(notices.parse_days(text), days)
        for text in ("x", "0", "-1", "366", "1.5"):
            with self.subTest(text=text), self.assertRaises(ValueError):
                notices.parse_days(text)

    def test_quiet_hours_go_over_midnight_by_the_persons_clock(self):
        night = notices.Quiet(ZoneInfo("America/Sao_Paulo"), 22, 7)
        for hour, quiet in ((0, False), (1, True), (9, True), (10, False), (12, False)):
            with self.subTest(hour=hour):
                # UTC is three hours ahead.
                self.assertEqual(notices.is_quiet(night, NOW.replace(hour=hour)), quiet)

    def test_quiet_hours_keep_to_the_clock_when_it_is_put_forward(self):
        night = notices.Quiet(ZoneInfo("Europe/Lisbon"), 22, 7)
        # 6:30 by UTC is 6:30 in winter time and 7:30 in summer time.
        for day, quiet in ((28, True), (29, False)):
            at = datetime(2026, 3, day, 6, 30)
            self.assertEqual(notices.is_quiet(night, at), quiet)

    def test_equal_hours_are_none_and_days_are_whole(self):
        always = notices.Quiet(ZoneInfo("UTC"), 8, 8)
        self.assertFalse(notices.is_quiet(always, NOW.replace(hour=8)))
        sunday = notices.Quiet(ZoneInfo("UTC"), days=(6,))
        self.assertTrue(notices.is_quiet(sunday, NOW))
        self.assertFalse(notices.is_quiet(sunday, NOW + DAY))

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

    def test_a_snooze_holds_for_one_rung_of_one_cycle(self):
        snooze = notices.Snooze(2, "d3", None)
        for cycle, rung, expected in (
            (2, "d3", True),
            (2, "d1", False),
            (3, "d3", False),
        ):
            with self.subTest(cycle=cycle, rung=rung):
                self.assertEqual(notices.is_snoozed(snooze, cycle, rung, NOW), expected)

    def test_what_is_over_is_snoozed_for_a_day(self):
        self.assertIsNone(notices.snoozed_until("d1", NOW))
        for rung in notices.ENDS:
            snooze = notices.Snooze(1, rung, notices.snoozed_until(rung, NOW))
            self.assertTrue(notices.is_snoozed(snooze, 1, rung, NOW + DAY - HOUR))
            self.assertFalse(notices.is_snoozed(snooze, 1, rung, NOW + DAY))

    def test_a_profile_stands_on_no_rung_before_the_first(self):
        for reason, left, rung in (
            (None, 8 * DAY, ""),
            (None, 2 * DAY, "d3"),
            ("revoked", 8 * DAY, "broken"),
        ):
            with self.subTest(rung=rung):
                self.assertEqual(notices.standing_rung(reason, NOW + left, NOW), rung)
