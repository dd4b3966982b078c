"""Which notices are due and when they may go out; instants are naive UTC.

A rung of the ladder is due when the time left is at most its days. After an outage of
the scheduler several are due at once; then only the most urgent one goes out and the
others count as superseded, so that nobody is told twice about one thing.
"""

from datetime import UTC, timedelta, tzinfo
from typing import NamedTuple

EXPIRED, BROKEN, RECOVERED = "expired", "broken", "recovered"
# What tells that something stopped working; whoever was told is told when it works.
ENDS = (EXPIRED, BROKEN)
USUAL_DAYS = (7, 3, 1)
MOST_DAYS = 365
MOST_RUNGS = 10
# What is over does not become more urgent, so its reminder rests for a day only.
LAST_SNOOZE = timedelta(days=1)


class Window(NamedTuple):
    """When a rung is due: ``expires_at <= until``; it is the one to send when
    ``expires_at > after`` too, superseded otherwise. ``after`` is None for the last.
    """

    rung: str
    after: object
    until: object


class Quiet(NamedTuple):
    """When somebody is not to be disturbed, by the clock of that person.

    ``start`` and ``end`` are hours of the day, 0 to 24; equal ones are no quiet hours.
    ``days`` are weekdays on which nothing goes out, 0 for Monday.
    """

    zone: tzinfo
    start: float = 0
    end: float = 0
    days: tuple = ()


class Snooze(NamedTuple):
    """What somebody does not want to be reminded of: one rung of one cycle.

    ``until`` is None for "until the next rung".
    """

    cycle: int
    rung: str
    until: object


def parse_days(text):
    """Return the days of a ladder that somebody typed, the longest first.

    >>> parse_days("3, 14 1")
    (14, 3, 1)

    :raise ValueError: it is no list of a few numbers from 1 to 365
    """
    days = {int(part) for part in text.replace(",", " ").replace(";", " ").split()}
    if len(days) > MOST_RUNGS or not all(1 <= day <= MOST_DAYS for day in days):
        raise ValueError(text)
    return tuple(sorted(days, reverse=True))


def rung_of(days):
    """Return the code of the rung some days before the end."""
    return f"d{days}"


def days_of(rung):
    """Return how many days before the end a rung is, None for none of the ladder."""
    return int(rung[1:]) if rung[:1] == "d" and rung[1:].isdigit() else None


def windows(now, days=USUAL_DAYS):
    """Return the :class:`Window` of each rung at an instant, most urgent first."""
    found, after = [], None
    for rung, before in [(EXPIRED, 0)] + [(rung_of(one), one) for one in sorted(days)]:
        until = now + timedelta(days=before)
        found.append(Window(rung, after, until))
        after = until
    return found


def due_rung(expires_at, now, days=USUAL_DAYS):
    """Return the rung to send for a moment, None while none is due."""
    if not expires_at:
        return None
    for window in windows(now, days):
        if expires_at <= window.until:
            return window.rung
    return None


def standing_rung(reason, expires_at, now, days=USUAL_DAYS):
    """Return the rung that a profile stands on, "" before the first one."""
    return BROKEN if reason else due_rung(expires_at, now, days) or ""


def snoozed_until(rung, now):
    """Return when the reminder of a rung comes back, None for at the next rung."""
    return now + LAST_SNOOZE if rung in ENDS else None


def is_snoozed(snooze, cycle, rung, now):
    """Whether somebody is not to be reminded of what stands at an instant.

    :param Snooze snooze: what he said, :param cycle: :param rung: what stands
    """
    if (snooze.cycle, snooze.rung) != (cycle, rung):
        return False
    return snooze.until is None or now < snooze.until


def is_quiet(quiet, now):
    """Whether somebody is not to be disturbed at an instant.

    :param Quiet quiet: of that person; hours may go over midnight
    """
    local = now.replace(tzinfo=UTC).astimezone(quiet.zone)
    if local.weekday() in quiet.days:
        return True
    hour = local.hour + local.minute / 60
    if quiet.start <= quiet.end:
        return quiet.start <= hour < quiet.end
    return hour >= quiet.start or hour < quiet.end
