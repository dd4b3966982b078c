from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..policy import expiry
from ..policy.expiry import Clocks, Validity

GRANTED = datetime(2026, 1, 10, 8, 30)
SOON = datetime(2026, 2, 1)
LATER = datetime(2026, 3, 1)
LATEST = datetime(2026, 4, 1)
MICRO = timedelta(microseconds=1)
DAY = timedelta(days=1)
SIXTY_DAYS = Validity(60, "days")
THREE_MONTHS = Validity(3, "months")
UNPUBLISHED = Validity(0, "days")


@tagged("post_install", "-at_install")
class TestValidity(BaseCase):
    def test_a_month_after_31_january_is_the_end_of_february(self):
        month = Validity(1, "months")
        for start, end in (
            (datetime(2026, 1, 31, 23, 59), datetime(2026, 2, 28, 23, 59)),
            (datetime(2028, 1, 31), datetime(2028, 2, 29)),
            (datetime(2026, 3, 31), datetime(2026, 4, 30)),
            (datetime(2026, 2, 28), datetime(2026, 3, 28)),
        ):
            with self.subTest(start=start):
                self.assertEqual(month.after(start), end)

    def test_a_validity_beyond_all_calendars_is_none(self):
        self.assertIsNone(Validity(9999, "years").after(GRANTED))

    def test_a_year_after_29_february_is_28_february(self):
        leap_day = datetime(2028, 2, 29, 6)
        self.assertEqual(Validity(1, "years").after(leap_day), datetime(2029, 2, 28, 6))
        self.assertEqual(Validity(4, "years").after(leap_day), datetime(2032, 2, 29, 6))

    def test_units_are_calendar_units(self):
        for number, unit, end in (
            (60, "days", datetime(2026, 3, 11, 8, 30)),
            (2, "months", datetime(2026, 3, 10, 8, 30)),
            (3, "months", datetime(2026, 4, 10, 8, 30)),
            (14, "months", datetime(2027, 3, 10, 8, 30)),
            (1, "years", datetime(2027, 1, 10, 8, 30)),
        ):
            with self.subTest(number=number, unit=unit):
                self.assertEqual(Validity(number, unit).after(GRANTED), end)

    def test_three_months_are_not_ninety_days(self):
        start = datetime(2026, 7, 1)
        self.assertEqual(THREE_MONTHS.after(start) - start, 92 * DAY)

    def test_nothing_published_or_no_start_gives_no_moment(self):
        self.assertIsNone(UNPUBLISHED.after(GRANTED))
        self.assertIsNone(SIXTY_DAYS.after(None))
        self.assertIsNone(SIXTY_DAYS.after(False))


@tagged("post_install", "-at_install")
class TestTokenMoment(BaseCase):
    def moment(self, *validities, granted_at=GRANTED, **clocks):
        return expiry.token_expires_at(Clocks(**clocks), granted_at, validities)

    def test_what_the_network_reports_wins_over_what_it_publishes(self):
        for clock in ("access", "refresh", "data_access"):
            for reported in (SOON, LATEST + 400 * DAY):
                with self.subTest(clock=clock, reported=reported):
                    at = self.moment(SIXTY_DAYS, **{clock: reported})
                    self.assertEqual(at, reported)

    def test_the_earliest_clock_drives(self):
        for clocks, expected in (
            ({"access": SOON, "refresh": LATER, "data_access": LATEST}, SOON),
            ({"access": LATEST, "refresh": SOON, "data_access": LATER}, SOON),
            ({"access": LATER, "refresh": LATEST, "data_access": SOON}, SOON),
            ({"access": LATEST, "data_access": LATER}, LATER),
        ):
            with self.subTest(**clocks):
                self.assertEqual(self.moment(**clocks), expected)

    def test_the_access_clock_counts_only_where_nothing_renews_silently(self):
        clocks = {"access": SOON, "refresh": LATER}
        self.assertEqual(self.moment(**clocks, renews_silently=False), SOON)
        self.assertEqual(self.moment(**clocks, renews_silently=True), LATER)

    def test_data_access_counts_although_the_token_is_renewed_silently(self):
        at = self.moment(access=SOON, data_access=LATER, renews_silently=True)
        self.assertEqual(at, LATER)

    def test_an_access_clock_that_does_not_count_leaves_the_published_validity(self):
        at = self.moment(Validity(30, "days"), access=SOON, renews_silently=True)
        self.assertEqual(at, GRANTED + 30 * DAY)
        self.assertIsNone(self.moment(UNPUBLISHED, access=SOON, renews_silently=True))

    def test_a_network_that_says_never_means_never(self):
        self.assertIsNone(self.moment(SIXTY_DAYS, never=True))

    def test_data_access_ends_even_a_token_without_expiry(self):
        self.assertEqual(self.moment(SIXTY_DAYS, never=True, data_access=SOON), SOON)

    def test_a_silent_network_has_the_published_validity_from_the_grant(self):
        self.assertEqual(self.moment(SIXTY_DAYS), GRANTED + 60 * DAY)

    def test_of_several_published_validities_the_shortest_counts(self):
        at = self.moment(THREE_MONTHS, SIXTY_DAYS, UNPUBLISHED)
        self.assertEqual(at, GRANTED + 60 * DAY)

    def test_nothing_known_is_no_expiry(self):
        self.assertIsNone(self.moment())
        self.assertIsNone(self.moment(UNPUBLISHED))
        self.assertIsNone(self.moment(SIXTY_DAYS, granted_at=None))

    def test_each_profile_has_the_published_validity_of_its_own_network(self):
        silent = Clocks()
        for validity, expected in (
            (SIXTY_DAYS, GRANTED + 60 * DAY),
            (THREE_MONTHS, datetime(2026, 4, 10, 8, 30)),
            (UNPUBLISHED, None),
        ):
            with self.subTest(validity=validity):
                at = expiry.access_expires_at(silent, GRANTED, validity)
                self.assertEqual(at, expected)

    def test_the_driving_clocks_are_named(self):
        clocks = Clocks(access=SOON, data_access=LATER)
        self.assertEqual(clocks.driving(), {"access": SOON, "data_access": LATER})
        self.assertEqual(Clocks(access=SOON, renews_silently=True).driving(), {})


@tagged("post_install", "-at_install")
class TestProfileMoment(BaseCase):
    def moment(self, **values):
        return expiry.profile_expires_at(created_at=GRANTED, **values)

    def test_a_profile_that_was_never_connected_expired_when_it_was_created(self):
        self.assertEqual(self.moment(), GRANTED)
        self.assertEqual(self.moment(connected=False, access_moment=LATER), GRANTED)

    def test_a_connected_profile_has_the_moment_of_its_access(self):
        self.assertEqual(self.moment(connected=True, access_moment=LATER), LATER)
        self.assertIsNone(self.moment(connected=True, access_moment=None))

    def test_the_moment_of_loss_counts_for_a_broken_profile(self):
        for access_moment in (None, LATER):
            with self.subTest(access_moment=access_moment):
                at = self.moment(
                    connected=True, access_moment=access_moment, lost_at=SOON
                )
                self.assertEqual(at, SOON)

    def test_a_loss_noticed_after_the_end_does_not_move_the_end(self):
        at = self.moment(connected=True, access_moment=SOON, lost_at=LATER)
        self.assertEqual(at, SOON)


@tagged("post_install", "-at_install")
class TestCycle(BaseCase):
    def test_a_move_by_more_than_a_day_starts_a_cycle(self):
        for new, expected in (
            (SOON - 30 * DAY, False),
            (SOON, False),
            (SOON + DAY - MICRO, False),
            (SOON + DAY, False),
            (SOON + DAY + MICRO, True),
            (LATER, True),
        ):
            with self.subTest(new=new):
                self.assertEqual(expiry.starts_new_cycle(SOON, new), expected)

    def test_losing_the_end_starts_a_cycle_and_getting_one_does_not(self):
        for none in (None, False):
            self.assertTrue(expiry.starts_new_cycle(SOON, none))
            self.assertFalse(expiry.starts_new_cycle(none, SOON))
            self.assertFalse(expiry.starts_new_cycle(none, none))

    def test_a_grant_and_a_recovery_always_start_a_cycle(self):
        for old, new in ((SOON, SOON), (LATER, SOON), (None, None), (None, SOON)):
            with self.subTest(old=old, new=new):
                self.assertTrue(expiry.starts_new_cycle(old, new, granted_anew=True))
                self.assertTrue(expiry.starts_new_cycle(old, new, recovered=True))
