"""What renewing some connections would do to the weeks to come.

A simulation: nothing here is stored and no network is asked. Moments are naive
datetimes in the zone of whoever looks at it; the clock is passed in. A login renews all
that live from it, so one login has one day.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from .expiry import Validity

ALIGN, SPREAD = "align", "spread"
HORIZON_DAYS = 90
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class DaysOff:
    """When nobody works: days of the week (0 is Monday) and single days."""

    weekdays: frozenset = frozenset()
    holidays: frozenset = frozenset()

    def includes(self, moment):
        """Whether nobody works on the day of a moment."""
        return moment.weekday() in self.weekdays or moment.date() in self.holidays


def noons_between(times):
    """Return the days at whose noon one of these times is: ``(since, until)``."""
    days = set()
    for since, until in times:
        noon = since.replace(hour=12, minute=0, second=0, microsecond=0)
        if noon < since:
            noon += DAY
        while noon < until:
            days.add(noon.date())
            noon += DAY
    return frozenset(days)


@dataclass(frozen=True)
class Item:
    """One connection in a simulation.

    :ivar login: a key that is the same for all that one login renews; None for what is
        renewed silently, or need not be
    :ivar moves: whether a renewal moves its end at all
    """

    id: int
    expires_at: datetime | None
    validity: Validity
    login: object = None
    moves: bool = True
    days_off: DaysOff = field(default_factory=DaysOff)


@dataclass(frozen=True)
class Planned:
    """When a connection would be renewed and when it would end next."""

    item: Item
    renew_on: date | None
    next_at: datetime | None

    @property
    def is_on_day_off(self):
        """Whether the next end is on a day on which nobody could do something."""
        return bool(self.next_at and self.item.days_off.includes(self.next_at))


@dataclass(frozen=True)
class Week:
    """How many connections end in one week, and how many would.

    :ivar starts_on: its Monday
    :ivar off: how many of those that would end do so on a day off
    """

    starts_on: date
    before: int = 0
    after: int = 0
    off: int = 0
    is_full: bool = False


def week_of(day):
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def next_end(item, renewed_at):
    """Return when a connection would end after a renewal; None for never.

    By the validity that its network publishes; what the network reports when it is
    renewed always wins.
    """
    if not item.moves:
        return item.expires_at
    return item.validity.after(renewed_at)


def plan(items, now, how=ALIGN, load=None, capacity=0):
    """Return a :class:`Planned` for each item, in their order.

    ``ALIGN`` renews all of them now. ``SPREAD`` gives each login the first working day,
    before the first of its connections ends, on which the next ends find room in their
    weeks; what needs no login is renewed now in either case.

    :param dict load: ``{day: how many other connections end on it}``
    :param int capacity: the most that should end in one week; 0 for no limit
    """
    days = dict.fromkeys((item.login for item in items), now)
    if how == SPREAD:
        days.update(_spread(items, now, load or {}, capacity))
    return [
        Planned(
            item,
            days[item.login].date() if item.moves else None,
            next_end(item, days[item.login]),
        )
        for item in items
    ]


def _spread(items, now, load, capacity):
    """Return ``{login: moment}``, the most urgent chosen first."""
    weeks = _weeks_of_load(load)
    groups = {}
    for item in items:
        if item.login is not None and item.moves:
            groups.setdefault(item.login, []).append(item)
    chosen = {}
    for login, group in sorted(groups.items(), key=lambda one: _deadline(one[1])):
        # Of many connections most end alike, so few ends are worked out.
        kinds = Counter((item.validity, item.days_off) for item in group)
        moment = min(
            _candidates(group, now),
            key=lambda at, kinds=kinds: _burden(kinds, at, weeks, capacity),
        )
        chosen[login] = moment
        weeks.update(_weeks_of(kinds, moment))
    return chosen


def _deadline(group):
    return min(item.expires_at or datetime.max for item in group)


def _candidates(group, now):
    """Return the working days up to the one before the first end; at least today."""
    last = min(_deadline(group) - DAY, now + (HORIZON_DAYS - 1) * DAY)
    count = max((last - now) // DAY, 0) + 1
    off = {item.days_off for item in group}
    days = [now + number * DAY for number in range(count)]
    working = [day for day in days if not any(one.includes(day) for one in off)]
    # What ends before the next working day is renewed at once.
    return working or [now]


def _burden(kinds, moment, weeks, capacity):
    """Return a sort key: what goes beyond the capacity, ends on days off, the day."""
    added = _weeks_of(kinds, moment)
    beyond = sum(
        max(weeks[week] + count - max(capacity, weeks[week]), 0)
        for week, count in added.items()
        if capacity
    )
    off = sum(
        count
        for (validity, days_off), count in kinds.items()
        if (end := validity.after(moment)) and days_off.includes(end)
    )
    return beyond, off, moment


def _weeks_of(kinds, moment):
    ends = Counter()
    for (validity, _days_off), count in kinds.items():
        end = validity.after(moment)
        if end:
            ends[week_of(end.date())] += count
    return ends


def _weeks_of_load(load):
    weeks = Counter()
    for day, count in load.items():
        weeks[week_of(day)] += count
    return weeks


def weeks(planned, load, capacity=0):
    """Return the :class:`Week` objects in which something ends or would end.

    :param planned: of :func:`plan`
    :param dict load: ``{day: how many other connections end on it}``
    """
    before, after, off = _weeks_of_load(load), _weeks_of_load(load), Counter()
    for one in planned:
        if one.item.expires_at:
            before[week_of(one.item.expires_at.date())] += 1
        if one.next_at:
            after[week_of(one.next_at.date())] += 1
            off[week_of(one.next_at.date())] += one.is_on_day_off
    return [
        Week(
            monday,
            before[monday],
            after[monday],
            off[monday],
            bool(capacity and after[monday] > capacity),
        )
        for monday in sorted({*before, *after})
    ]


@dataclass(frozen=True)
class Summary:
    """What it takes to renew some: counts of connections, and of logins.

    :ivar by_hand: renewed by the ``logins``, :ivar stuck: with no way to do it
    """

    logins: int
    by_hand: int
    silent: int
    stuck: int


def summary_of(items):
    """Return the :class:`Summary` of renewing these."""
    with_login = [item for item in items if item.login is not None]
    by_hand = [item for item in with_login if item.moves]
    return Summary(
        logins=len({item.login for item in by_hand}),
        by_hand=len(by_hand),
        silent=len(items) - len(with_login),
        stuck=len(with_login) - len(by_hand),
    )


def first_of(planned):
    """Return the items to begin with: the first day's."""
    days = [one.renew_on for one in planned if one.renew_on]
    first = min(days, default=None)
    return [one.item for one in planned if first and one.renew_on == first]
