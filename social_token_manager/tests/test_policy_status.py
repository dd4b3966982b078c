from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..policy import status

NOW = datetime(2026, 3, 1, 12)
MICRO = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestStatus(BaseCase):
    def test_an_edge_belongs_to_the_more_urgent_side(self):
        for expires_at, expected in (
            (datetime.min, "expired"),
            (NOW - MICRO, "expired"),
            (NOW, "expired"),
            (NOW + MICRO, "expiring"),
            (NOW + 7 * DAY - MICRO, "expiring"),
            (NOW + 7 * DAY, "expiring"),
            (NOW + 7 * DAY + MICRO, "valid"),
            (datetime.max, "valid"),
        ):
            with self.subTest(expires_at=expires_at):
                self.assertEqual(status.status_of(expires_at, NOW), expected)

    def test_no_moment_is_no_expiry(self):
        for absent in (None, False):
            self.assertEqual(status.status_of(absent, NOW), "no_expiry")
            self.assertIsNone(status.days_left(absent, NOW))

    def test_days_left_are_whole_days_and_never_below_zero(self):
        for expires_at, expected in (
            (NOW - 400 * DAY, 0),
            (NOW - MICRO, 0),
            (NOW, 0),
            (NOW + DAY - MICRO, 0),
            (NOW + DAY, 1),
            (NOW + 2 * DAY - SECOND, 1),
            (NOW + 7 * DAY, 7),
            (NOW + 7 * DAY + MICRO, 7),
            (NOW + 8 * DAY - MICRO, 7),
            (NOW + 90 * DAY, 90),
        ):
            with self.subTest(expires_at=expires_at):
                self.assertEqual(status.days_left(expires_at, NOW), expected)

    def test_the_range_of_a_status_holds_exactly_its_moments(self):
        edges = (NOW - DAY, NOW, NOW + DAY, NOW + 7 * DAY, NOW + 8 * DAY)
        for expires_at in (at + by for at in edges for by in (-MICRO, 0 * DAY, MICRO)):
            holding = [
                code
                for code in ("expired", "expiring", "valid")
                if self.is_within(status.bounds_of(code, NOW), expires_at)
            ]
            with self.subTest(expires_at=expires_at):
                self.assertEqual(holding, [status.status_of(expires_at, NOW)])

    def test_the_alphabet_of_the_codes_is_worst_first(self):
        codes = [status.VALID, status.NO_EXPIRY, status.EXPIRING, status.EXPIRED]
        self.assertEqual(sorted(codes), ["expired", "expiring", "no_expiry", "valid"])

    @staticmethod
    def is_within(bounds, at):
        return (bounds.after is None or at > bounds.after) and (
            bounds.until is None or at <= bounds.until
        )
