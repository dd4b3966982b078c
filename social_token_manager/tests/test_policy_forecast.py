"""A simulation says what day each connection would end, and which week is too full."""

from datetime import date, datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..policy import forecast
from ..policy.expiry import Validity
from ..policy.forecast import ALIGN, SPREAD, DaysOff, Item, Summary

NOW = datetime(2026, 3, 16, 9)  # a Monday
DAY = timedelta(days=1)
WEEKEND = DaysOff(frozenset({5, 6}))
MONTHS = Validity(3, "months")
DAYS = Validity(60, "days")


def item(number, days, validity=MONTHS, login="ana", **values):
    return Item(number, NOW + days * DAY, validity, login, **values)


@tagged("post_install", "-at_install")
class TestPolicyForecast(BaseCase):
    def ends(self, planned):
        return [one.next_at and one.next_at.date() for one in planned]

    # === THE PLAN === #

    def test_each_network_has_its_own_next_end(self):
        never = item(3, 5, Validity(0, "days"), "x")
        planned = forecast.plan([item(1, 3), item(2, 8, DAYS), never], NOW)
        self.assertEqual(
            self.ends(planned), [date(2026, 6, 16), date(2026, 5, 15), None]
        )
        self.assertEqual({one.renew_on for one in planned}, {NOW.date()})

    def test_what_a_renewal_does_not_move_ends_as_before(self):
        (planned,) = forecast.plan([item(1, 3, login=None, moves=False)], NOW)
        self.assertEqual(planned.next_at, NOW + 3 * DAY)
        self.assertIsNone(planned.renew_on)

    def test_one_login_renews_all_of_its_connections_on_one_day(self):
        items = [item(1, 3), item(2, 60), item(3, 30, login="bea")]
        self.assertEqual(forecast.summary_of(items), Summary(2, 3, 0, 0))
        for how in (ALIGN, SPREAD):
            planned = forecast.plan(items, NOW, how, capacity=1)
            self.assertEqual(planned[0].renew_on, planned[1].renew_on)

    def test_spreading_keeps_each_week_within_its_capacity(self):
        items = [item(number, 40, DAYS, f"person {number}") for number in range(9)]
        aligned = forecast.plan(items, NOW, ALIGN, capacity=2)
        self.assertEqual(len(set(self.ends(aligned))), 1)
        spread = forecast.plan(items, NOW, SPREAD, capacity=2)
        weeks = forecast.weeks(spread, {}, capacity=2)
        self.assertLessEqual(max(week.after for week in weeks), 2)
        self.assertFalse(any(week.is_full for week in weeks))

    def test_spreading_renews_nothing_after_its_end_and_nothing_on_a_day_off(self):
        items = [
            item(number, days, MONTHS, f"person {number}", days_off=WEEKEND)
            for number, days in enumerate([1, 2, 5, 6, 20, 89])
        ]
        for one in forecast.plan(items, NOW, SPREAD, capacity=1):
            self.assertLess(one.renew_on, one.item.expires_at.date())
            self.assertNotIn(one.renew_on.weekday(), (5, 6))

    def test_what_ends_over_the_weekend_is_renewed_at_once(self):
        saturday = NOW + 5 * DAY
        one = Item(1, saturday + DAY, MONTHS, "ana", days_off=WEEKEND)
        (planned,) = forecast.plan([one], saturday, SPREAD)
        self.assertEqual(planned.renew_on, saturday.date())

    def test_what_is_over_already_is_renewed_at_once(self):
        (planned,) = forecast.plan([item(1, -4)], NOW, SPREAD, capacity=1)
        self.assertEqual(planned.renew_on, NOW.date())

    def test_spreading_looks_at_what_else_ends_in_a_week(self):
        full = {date(2026, 5, 15): 3}
        (planned,) = forecast.plan([item(1, 30, DAYS)], NOW, SPREAD, full, capacity=3)
        self.assertGreater(planned.next_at.date(), date(2026, 5, 17))

    def test_spreading_avoids_ends_on_days_off(self):
        # 60 days after a Tuesday or a Wednesday is a weekend.
        (planned,) = forecast.plan(
            [Item(1, NOW + 31 * DAY, DAYS, "ana", days_off=WEEKEND)],
            NOW + DAY,
            SPREAD,
        )
        self.assertFalse(planned.is_on_day_off)
        self.assertGreater(planned.renew_on, (NOW + DAY).date())

    def test_a_holiday_is_a_day_at_whose_noon_nobody_works(self):
        days = forecast.noons_between(
            [
                (datetime(2026, 12, 24, 14), datetime(2026, 12, 26, 23)),
                (datetime(2026, 5, 1), datetime(2026, 5, 1, 11)),
            ]
        )
        self.assertEqual(days, {date(2026, 12, 25), date(2026, 12, 26)})

    # === THE WEEKS === #

    def test_weeks_tell_before_and_after_of_all_that_ends(self):
        planned = forecast.plan([item(1, 3), item(2, 4)], NOW)
        others = {date(2026, 3, 22): 4, date(2026, 6, 15): 1}
        first, second = forecast.weeks(planned, others, capacity=2)
        self.assertEqual(first.starts_on, NOW.date())
        self.assertEqual((first.before, first.after, first.is_full), (6, 4, True))
        self.assertEqual(second.starts_on, date(2026, 6, 15))
        self.assertEqual((second.before, second.after, second.is_full), (1, 3, True))

    def test_a_capacity_that_is_just_met_is_no_warning(self):
        planned = forecast.plan([item(1, 3), item(2, 4)], NOW)
        weeks = forecast.weeks(planned, {}, capacity=2)
        self.assertFalse(any(week.is_full for week in weeks))

    def test_ends_on_days_off_are_counted(self):
        holiday = DaysOff(holidays=frozenset({date(2026, 6, 16)}))
        one = item(1, 3, days_off=holiday)
        (_now, then) = forecast.weeks(forecast.plan([one], NOW), {})
        self.assertEqual(then.off, 1)

    def test_what_no_app_can_renew_is_no_login(self):
        items = [
            item(1, 3),
            item(2, 3, login="stuck", moves=False),
            item(3, 3, login=None),
        ]
        self.assertEqual(forecast.summary_of(items), Summary(1, 1, 1, 1))

    def test_it_begins_with_the_first_day(self):
        items = [
            item(1, 2),
            item(2, 40, login="bea"),
            item(3, 2, None, None, moves=False),
        ]
        planned = forecast.plan(items, NOW, SPREAD, capacity=1)
        self.assertEqual(forecast.first_of(planned), items[:1])
        self.assertEqual(forecast.first_of([]), [])
