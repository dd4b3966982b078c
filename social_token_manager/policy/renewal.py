"""When a token is renewed, checked and tried again. The clock is passed in.

Chance is passed in too, as a number from 0 to 1: it spreads what would otherwise come
all at once.
"""

import math
from dataclasses import dataclass, replace
from datetime import timedelta

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

# A refresh token is used late: each use is a risk, and what it gives starts to age.
ROTATE_SHARE = 0.8
# A token that can be extended only while it lives is extended early.
EXTEND_SHARE = 0.5
JITTER_SHARE = 0.05
# Short-lived tokens that nobody asks for are renewed no oftener than this.
IDLE_PAUSE = timedelta(hours=20)
IN_USE = timedelta(hours=24)
# Where a network tells no life, its refresh token is used now and then: most networks
# end what is not used for months.
UNKNOWN_LIFE = timedelta(days=7)

CHECK_LEAST = timedelta(hours=18)
CHECK_SPREAD = timedelta(hours=6)

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
LONGEST_OBEYED = timedelta(days=1)

# So many failures in a row make an app wait as a whole.
TROUBLED = 3
# So many tokens of one app that end within an hour speak of the app, not of them.
MANY_AT_ONCE = 5
MANY_SHARE = 0.2
MANY_WITHIN = timedelta(hours=1)


@dataclass(frozen=True)
class Life:
    """What the schedule needs to know of a token; instants are naive UTC.

    ``extends`` and ``minimum_age`` are the provider's, see :mod:`..providers.base`.
    """

    issued_at: object = None
    access_expires_at: object = None
    refresh_expires_at: object = None
    has_refresh_token: bool = False
    extends: bool = False
    minimum_age: timedelta = timedelta(0)
    never_expires: bool = False
    last_used_at: object = None

    def is_old_enough(self, now):
        """Whether a live access token can be extended at an instant."""
        age = now - self.issued_at if self.issued_at else self.minimum_age
        return self.extends and not self.never_expires and age >= self.minimum_age


def renew_at(life, now, chance):
    """Return when a token is to be renewed silently, None for never.

    :param Life life: as the network reported it
    :param float chance: 0 to 1
    :rtype: datetime | None
    """
    start = life.issued_at or now
    if life.has_refresh_token:
        return _before_refresh_ends(_rotate_at(life, start, chance), life, start)
    if life.extends and not life.never_expires:
        return _extend_at(life, start, chance)
    return None


def _rotate_at(life, start, chance):
    if not life.access_expires_at:
        return start + UNKNOWN_LIFE * (1 - JITTER_SHARE * chance)
    lasts = life.access_expires_at - start
    late = start + lasts * (ROTATE_SHARE - JITTER_SHARE * chance)
    if life.last_used_at and start - life.last_used_at < IN_USE:
        return late
    return max(late, start + IDLE_PAUSE * (1 - JITTER_SHARE * chance))


def _before_refresh_ends(moment, life, start):
    """A refresh token that ends before its turn is used while it lives.

    One that worked at its very end, or after, would be used again and again.
    """
    lasts = life.refresh_expires_at and life.refresh_expires_at - start
    if not lasts or lasts < FIRST_WAIT:
        return moment
    return min(moment, start + lasts * ROTATE_SHARE)


def _extend_at(life, start, chance):
    if not life.access_expires_at:
        return start + max(life.minimum_age, UNKNOWN_LIFE)
    lasts = life.access_expires_at - start
    early = start + lasts * (EXTEND_SHARE - JITTER_SHARE * chance)
    return max(early, start + life.minimum_age)


def check_at(now, chance):
    """Return when a token is to be checked next: within a day, spread."""
    return now + CHECK_LEAST + CHECK_SPREAD * chance


def checks_a_day(budget):
    """Return how many checks a day a budget of so many an hour allows."""
    return max(budget, 0) * DAY // HOUR


def budget_for(tokens):
    """Return the least budget an hour that checks so many tokens once a day."""
    return math.ceil(tokens * HOUR / DAY)


def wait(failures, chance, retry_after=None):
    """Return how long to wait after so many failures in a row.

    Doubles from a minute to an hour, with jitter downwards. What the network itself
    asks for is obeyed, up to a day.

    :param retry_after: seconds, None when not told
    :rtype: timedelta
    """
    doubled = FIRST_WAIT * 2 ** min(max(failures, 1) - 1, 16)
    own = min(doubled, LONGEST_WAIT) * (1 - 0.25 * chance)
    if retry_after is None:
        return own
    return max(own, min(timedelta(seconds=retry_after), LONGEST_OBEYED))


def app_wait(failures, chance, retry_after=None):
    """Return how long an app waits as a whole, None while it need not.

    One token's bad luck does not stop the others.
    """
    if retry_after is None and failures < TROUBLED:
        return None
    return wait(max(failures - TROUBLED + 1, 1), chance, retry_after)


def is_suspicious(lost, total):
    """Whether so many tokens of one app ended at once that the app is suspected.

    :param int lost: how many ended within :data:`MANY_WITHIN`, this one included
    :param int total: how many tokens the app has
    """
    return lost > MANY_AT_ONCE and lost > total * MANY_SHARE


@dataclass(frozen=True)
class AppLoad:
    """What of an app is under way, and how much it may do at once.

    ``due`` is how many tokens wait, ``is_troubled`` that its last call failed.
    """

    id: int
    host: str
    limit: int
    in_flight: int = 0
    due: int = 0
    is_troubled: bool = False

    def joined(self, more):
        """Return this load with more calls under way."""
        return replace(self, in_flight=self.in_flight + more)


def allot(loads, slots, host_limit):
    """Return ``{app id: how many may start now}``.

    :param loads: :class:`AppLoad` of all apps, the one that waits longest first
    :param int slots: how many may start in all
    :param int host_limit: how many may be under way at one host
    """
    hosts = {}
    for load in loads:
        hosts[load.host] = hosts.get(load.host, 0) + load.in_flight
    allotted = {}
    for load in loads:
        # After trouble one call shows whether it is over.
        limit = min(load.limit, 1) if load.is_troubled else load.limit
        free = min(limit - load.in_flight, host_limit - hosts[load.host], slots)
        count = max(min(free, load.due), 0)
        if count:
            allotted[load.id] = count
            hosts[load.host] += count
            slots -= count
    return allotted
