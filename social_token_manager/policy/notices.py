"""Which notices are due: the ladder of rungs before and at expiry.

A rung is due when the time left is at most its days. After an outage of the scheduler
several are due at once; then only the most urgent one goes out and the others count as
superseded, so that nobody is told twice about one thing.
"""

from datetime import timedelta
from typing import NamedTuple

EXPIRED = "expired"

# Most urgent first: code and days before expiry.
LADDER = ((EXPIRED, 0), ("d1", 1), ("d3", 3), ("d7", 7))


class Window(NamedTuple):
    """When a rung is due: ``expires_at <= until``; it is the one to send when
    ``expires_at > after`` too, superseded otherwise. ``after`` is None for the last.
    """

    rung: str
    after: object
    until: object


def windows(now, ladder=LADDER):
    """Return the :class:`Window` of each rung at an instant, most urgent first."""
    found, after = [], None
    for rung, days in ladder:
        until = now + timedelta(days=days)
        found.append(Window(rung, after, until))
        after = until
    return found


def due_rung(expires_at, now, ladder=LADDER):
    """Return the rung to send for a moment, None while none is due."""
    if not expires_at:
        return None
    for window in windows(now, ladder):
        if expires_at <= window.until:
            return window.rung
    return None
