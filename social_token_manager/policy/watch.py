"""Whether a scheduled action does its work; instants are naive UTC."""

from datetime import timedelta
from typing import NamedTuple

OFF, LATE, FAILING = "off", "late", "failing"
# One interval is missed when a server is restarted, two when it is busy.
INTERVALS = 3
# What is done once a month must not stand still for three of them.
LONGEST = timedelta(days=3)
FAILURES = 3


class Schedule(NamedTuple):
    """What is known of a scheduled action.

    :ivar interval: between two runs, a timedelta
    :ivar failures: how often in a row it has failed
    """

    active: bool
    next_at: object
    interval: object
    failures: int


def trouble_of(schedule, now):
    """Return OFF, LATE or FAILING, None for a scheduled action that works.

    Late is what is due for more than three of its intervals, or three days.
    """
    if not schedule.active:
        return OFF
    if schedule.failures >= FAILURES:
        return FAILING
    if schedule.next_at + min(INTERVALS * schedule.interval, LONGEST) < now:
        return LATE
    return None
