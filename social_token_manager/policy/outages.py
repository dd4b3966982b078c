"""What happened to connections in a period: how long they worked and who renewed them.

A *cycle* of a connection goes from the moment it begins to work until it is renewed,
disconnected or archived; in between it may have stopped. All instants are naive UTC and
durations are seconds. A cycle that stopped is one outage, from the moment it stopped
until it ended, and counts in every period that it reaches into; each connection counts
for itself, also where several stood still at once.
"""

from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from . import gap

HOUR = 3600
# How a cycle ends: by a person, by itself, or because nobody wants it to go on.
BY_PERSON, BY_ITSELF = "person", "itself"
DISCONNECTED, ARCHIVED = "disconnected", "archived"
RENEWED = (BY_PERSON, BY_ITSELF)
RECENTLY = timedelta(days=30)

BEGAN, STOPPED, ENDED = "began", "stopped", "ended"


class State(NamedTuple):
    """What a profile's row says of its connection; ``cycle`` rises with a renewal."""

    connected: bool
    reason: str | None
    expires_at: object
    cycle: int

    def stopped_at(self, now):
        """Return since when it has not worked, None while it does or is no connection.

        Nothing runs when the clock alone ends it.
        """
        return gap.begin(self.expires_at, now) if self.connected else None

    def works(self, now):
        return self.connected and not self.reason and not self.stopped_at(now)


class Turn(NamedTuple):
    """What a change of state means for the cycle.

    :ivar kind: BEGAN (which ends the one before), STOPPED or ENDED
    :ivar stopped_at: since when the cycle before did not work, None when it did
    """

    kind: str
    stopped_at: object = None


def turn_of(before, after, now):
    """Return the :class:`Turn` from one :class:`State` to another, None for none."""
    stopped_at = before.stopped_at(now)
    if before.connected and not after.connected:
        return Turn(ENDED, stopped_at)
    if after.works(now) and (after.cycle > before.cycle or stopped_at):
        return Turn(BEGAN, stopped_at)
    if after.stopped_at(now) and after.reason and not before.reason:
        return Turn(STOPPED, stopped_at or after.stopped_at(now))
    return None


@dataclass(frozen=True)
class Metrics:
    """What is counted of connections in a period.

    :ivar connections: how many there were
    :ivar observed: seconds that they were to work, ``down`` those that they did not
    :ivar outages: that reach into the period; ``still_down`` at its end
    :ivar in_time: renewed while they worked, ``stopped``: not renewed before they
        stopped. Each cycle that was over within the period is one of the two
    :ivar itself: renewals without a person, in time or not
    :ivar late: renewed after an outage, within the period, which took ``late_seconds``
    :ivar found: losses that nobody announced, with ``found_seconds`` since the
        connection was last known to work: at most that long it went unnoticed
    :ivar by_person: renewals by people, for which ``reminders`` were needed
    """

    connections: int = 0
    observed: float = 0
    down: float = 0
    outages: int = 0
    still_down: int = 0
    in_time: int = 0
    stopped: int = 0
    itself: int = 0
    late: int = 0
    late_seconds: float = 0
    found: int = 0
    found_seconds: float = 0
    by_person: int = 0
    reminders: int = 0

    @property
    def uptime(self):
        """Percent of the time, None where there was no connection."""
        return _percent(self.observed - self.down, self.observed)

    @property
    def in_time_rate(self):
        """Percent renewed before they stopped, None where nothing had to be."""
        return _percent(self.in_time, self.in_time + self.stopped)

    @property
    def down_hours(self):
        return round(self.down / HOUR, 1)

    @property
    def hours_to_renew(self):
        return _mean(self.late_seconds / HOUR, self.late)

    @property
    def hours_to_detect(self):
        return _mean(self.found_seconds / HOUR, self.found)

    @property
    def reminders_per_renewal(self):
        return _mean(self.reminders, self.by_person)

    def as_values(self):
        """Return what screens and reports show."""
        names = ("connections", "outages", "still_down", "in_time", "stopped", "itself")
        rates = (
            "uptime",
            "in_time_rate",
            "down_hours",
            "hours_to_renew",
            "hours_to_detect",
            "reminders_per_renewal",
        )
        return {name: getattr(self, name) for name in (*names, "by_person", *rates)}


def total_of(many):
    """Return the :class:`Metrics` of connections that were counted apart."""
    sums = zip(*(astuple(one) for one in many), strict=True)
    return Metrics(*(sum(parts) for parts in sums))


def badness_of(metrics):
    """Return what to sort by, the worst last: downtime, then renewed late, then how
    late."""
    rate = metrics.in_time_rate
    return (
        metrics.down,
        0 if rate is None else 100 - rate,
        metrics.hours_to_renew or 0,
    )


def month_before(now, zone):
    """Return the first day of the month before an instant's, by a person's clock.

    :param zone: of pytz
    """
    local = now.replace(tzinfo=UTC).astimezone(zone).date()
    return local.replace(day=1) - relativedelta(months=1)


def borders_of(month, zone):
    """Return the instants at which a month begins and ends by a person's clock."""
    return _midnight(month, zone), _midnight(month + relativedelta(months=1), zone)


def _midnight(day, zone):
    local = zone.localize(datetime(day.year, day.month, day.day))
    return local.astimezone(UTC).replace(tzinfo=None)


def _mean(total, count):
    return round(total / count, 1) if count else None


def _percent(part, whole):
    """Return a percentage of one decimal; what is not all of it is never 100."""
    if not whole:
        return None
    percent = round(100 * part / whole, 1)
    return 99.9 if percent == 100 and part < whole else percent
