"""The status of a profile, a function of ``expires_at`` and the clock alone.

Instants are naive UTC datetimes, as Odoo stores them. ``None`` or ``False`` means
"no expiration date".
"""

from datetime import timedelta
from typing import NamedTuple

EXPIRED = "expired"
EXPIRING = "expiring"
NO_EXPIRY = "no_expiry"
VALID = "valid"

WARNING = timedelta(days=7)
DAY = timedelta(days=1)


class Bounds(NamedTuple):
    """The range ``after < expires_at <= until``; ``None`` leaves an end open."""

    after: object
    until: object


def status_of(expires_at, now):
    """Return the status code; the edges belong to the more urgent side."""
    if not expires_at:
        return NO_EXPIRY
    if expires_at <= now:
        return EXPIRED
    if expires_at <= now + WARNING:
        return EXPIRING
    return VALID


def days_left(expires_at, now):
    """Return the whole days left, 0 on the last day and after, None without expiry."""
    if not expires_at:
        return None
    return max((expires_at - now) // DAY, 0)


def bounds_of(status, now):
    """Return the :class:`Bounds` on ``expires_at`` that a status stands for.

    ``NO_EXPIRY`` has no range: it means that the moment is absent.
    """
    return {
        EXPIRED: Bounds(None, now),
        EXPIRING: Bounds(now, now + WARNING),
        VALID: Bounds(now + WARNING, None),
    }[status]
