from datetime import datetime, timedelta
from unittest import TestCase

import pytz

from ..policy import support

SAO_PAULO = pytz.timezone("America/Sao_Paulo")
BERLIN = pytz.timezone("Europe/Berlin")
SYDNEY = pytz.timezone("Australia/Sydney")
OFFICE = support.Hours(0, 4, 8.5, 18.0, SAO_PAULO)
# A Monday, at 08:30 in São Paulo.
OPENING = datetime(2026, 3, 16, 11, 30)
MINUTE = timedelta(minutes=1)


class TestSupportHours(TestCase):
    def test_the_edges_are_those_of_the_wall_clock_there(self):
        closing = datetime(2026, 3, 16, 21)
        for now, is_open in (
            (OPENING - MINUTE, False),
            (OPENING, True),
            (closing - MINUTE, True),
            (closing, False),
        ):
            with self.subTest(now=now):
                self.assertEqual(support.is_open(OFFICE, now), is_open)

    def test_on_a_weekend_the_next_window_is_on_monday(self):
        saturday = datetime(2026, 3, 14, 15)
        self.assertFalse(support.is_open(OFFICE, saturday))
        window = support.window_at(OFFICE, saturday)
        self.assertEqual(window.opens.utctimetuple()[:5], (2026, 3, 16, 11, 30))

    def test_a_window_over_midnight_is_open_on_both_sides_of_it(self):
        night = support.Hours(4, 4, 22.0, 6.0, BERLIN)
        friday_23, saturday_5 = datetime(2026, 3, 20, 22), datetime(2026, 3, 21, 4)
        self.assertTrue(support.is_open(night, friday_23))
        self.assertTrue(support.is_open(night, saturday_5))
        self.assertFalse(support.is_open(night, saturday_5 + timedelta(hours=2)))

    def test_the_same_hour_twice_is_around_the_clock(self):
        always = support.Hours(0, 6, 0.0, 0.0, BERLIN)
        self.assertTrue(always.is_daily)
        self.assertTrue(support.is_open(always, datetime(2026, 3, 15, 3)))
        midnight = support.Hours(0, 4, 8.0, 24.0, BERLIN)
        self.assertTrue(support.is_open(midnight, datetime(2026, 3, 16, 22, 59)))
        self.assertFalse(support.is_open(midnight, datetime(2026, 3, 16, 23)))

    def test_days_may_go_round_the_week(self):
        weekend = support.Hours(5, 0, 9.0, 10.0, BERLIN)
        days = [day for day in range(7) if weekend.has_day(day)]
        self.assertEqual(days, [0, 5, 6])

    def test_summer_time_there_moves_the_instant_and_not_the_hour(self):
        office = support.Hours(0, 4, 9.0, 17.0, BERLIN)
        winter, summer = datetime(2026, 3, 27, 8), datetime(2026, 3, 30, 7)
        for now in (winter, summer):
            self.assertTrue(support.is_open(office, now), now)
            self.assertFalse(support.is_open(office, now - MINUTE), now)

    def test_a_day_of_23_hours_closes_at_its_hour(self):
        # From 22:00 until 06:00: the clock goes from two to three meanwhile.
        night = support.Hours(5, 5, 22.0, 6.0, BERLIN)
        window = support.window_at(night, datetime(2026, 3, 28, 22))
        self.assertEqual(window.closes.hour, 6)
        self.assertFalse(support.is_open(night, datetime(2026, 3, 29, 4)))

    def test_a_reader_far_away_sees_hours_and_days_of_his_own_clock(self):
        week = support.week_in(OFFICE, SYDNEY, OPENING)
        self.assertEqual((week.first_day, week.last_day), (0, 4))
        self.assertEqual((week.opens.hour, week.opens.minute), (22, 30))
        self.assertEqual(week.closes.date() - week.opens.date(), timedelta(days=1))
        early = support.Hours(0, 4, 6.0, 14.0, SYDNEY)
        week = support.week_in(early, SAO_PAULO, OPENING)
        self.assertEqual((week.first_day, week.last_day), (6, 3))

    def test_the_offset_is_written_out(self):
        self.assertEqual(support.offset_of(SAO_PAULO.localize(OPENING)), "UTC-03:00")
        kathmandu = pytz.timezone("Asia/Kathmandu").localize(OPENING)
        self.assertEqual(support.offset_of(kathmandu), "UTC+05:45")
