"""When somebody at the support can be reached.

Instants are naive UTC datetimes; the clock is passed in. Hours are those of the wall
clock at the support's place, whatever its summer time does.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import NamedTuple

WEEK = 7


@dataclass(frozen=True)
class Hours:
    """The hours of a support, the same on each of its days.

    :ivar first_day: 0 for Monday; the days go round the week to ``last_day``
    :ivar start: in hours; the same as ``end`` means around the clock
    :ivar end: in hours; before ``start`` means on the next day
    :ivar zone: of pytz, which knows more names than a system may
    """

    first_day: int
    last_day: int
    start: float
    end: float
    zone: tzinfo

    def has_day(self, weekday):
        return (weekday - self.first_day) % WEEK <= self._span

    @property
    def is_daily(self):
        return self._span == WEEK - 1

    @property
    def _span(self):
        return (self.last_day - self.first_day) % WEEK

    @property
    def _length(self):
        return timedelta(hours=(self.end - self.start) % 24 or 24)

    def opens(self, day):
        """Return when it opens on a day at its place, as an aware datetime."""
        return self._at(day, timedelta(hours=self.start))

    def closes(self, day):
        return self._at(day, timedelta(hours=self.start) + self._length)

    def _at(self, day, since_midnight):
        # On the wall clock first: a day of 23 hours does not move the closing time.
        wall = datetime.combine(day, time.min) + since_midnight
        return self.zone.localize(wall)


class Window(NamedTuple):
    """One time during which it is open, as aware datetimes."""

    opens: datetime
    closes: datetime


class Week(NamedTuple):
    """The hours as the clock of another place shows them."""

    first_day: int
    last_day: int
    opens: datetime
    closes: datetime


def window_at(hours, now):
    """Return the :class:`Window` in which an instant lies, else the next one."""
    at = now.replace(tzinfo=UTC)
    # The window of yesterday may last until after midnight.
    day = at.astimezone(hours.zone).date() - timedelta(days=1)
    while not hours.has_day(day.weekday()) or hours.closes(day) <= at:
        day += timedelta(days=1)
    return Window(hours.opens(day), hours.closes(day))


def is_open(hours, now):
    return window_at(hours, now).opens <= now.replace(tzinfo=UTC)


def week_in(hours, zone, now):
    """Return the :class:`Week` as it is in a zone around an instant."""
    window = window_at(hours, now)
    opens = window.opens.astimezone(zone)
    shift = (opens.date() - window.opens.date()).days
    return Week(
        (hours.first_day + shift) % WEEK,
        (hours.last_day + shift) % WEEK,
        opens,
        window.closes.astimezone(zone),
    )


def offset_of(moment):
    """Return the offset of an aware datetime, such as ``UTC-03:00``."""
    minutes = round(moment.utcoffset() / timedelta(minutes=1))
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
