"""The health score of a connection: 100, less what is wrong with it.

======================  ======================================  ======
What is wrong           Counts                                  Points
======================  ======================================  ======
``stopped``             it does not work                            60
``time_left``           it ends within 1, 3 or 7 days       30, 20, 10
``failures``            tries that failed in a row, up to 4     5 each
``scopes``              a permission was not granted                15
``notices``             reminders that nobody followed, to 3    5 each
``outages``             times it stood still in 30 days, to 3   5 each
``no_spare``            no other token could take over               5
``one_renewer``         at most one person is able to renew it       5
======================  ======================================  ======

The score is never below 0. What is not connected has none: there is nothing to measure.
"""

from datetime import timedelta
from typing import NamedTuple

FULL = 100
POINTS = {
    "stopped": 60,
    "time_left": 10,
    "failures": 5,
    "scopes": 15,
    "notices": 5,
    "outages": 5,
    "no_spare": 5,
    "one_renewer": 5,
}
# How often each counts at most; what is not listed counts once.
MOST = {"time_left": 3, "failures": 4, "notices": 3, "outages": 3}
# Within how many days of its end a connection is how urgent.
URGENCY_DAYS = {7: 1, 3: 2, 1: 3}
# Up to which score a word is fitting: it stands beside the number.
POOR, FAIR = 50, 80


class Facts(NamedTuple):
    """How often each of :data:`POINTS` is true of a connection, in their order."""

    stopped: int = 0
    time_left: int = 0
    failures: int = 0
    scopes: int = 0
    notices: int = 0
    outages: int = 0
    no_spare: int = 0
    one_renewer: int = 0


class Health(NamedTuple):
    """A score from 0 to 100 and why: ``[(code, points)]``, what takes most first."""

    score: int
    reasons: tuple


def urgency_of(expires_at, now):
    """Return how urgent the time left is, from 0 to 3; what is over is no time left."""
    if not expires_at or expires_at <= now:
        return 0
    return max(
        (
            urgency
            for days, urgency in URGENCY_DAYS.items()
            if expires_at <= now + timedelta(days=days)
        ),
        default=0,
    )


def health_of(facts):
    """Return the :class:`Health` that some :class:`Facts` come to."""
    taken = [
        (code, POINTS[code] * min(times, MOST.get(code, 1)))
        for code, times in facts._asdict().items()
        if times > 0
    ]
    # Stable: what takes the same stays in the order of the table.
    reasons = tuple(sorted(taken, key=lambda one: -one[1]))
    return Health(max(FULL - sum(points for _code, points in reasons), 0), reasons)


def word_of(score):
    """Return ``good``, ``fair`` or ``poor``."""
    return "poor" if score < POOR else "fair" if score < FAIR else "good"


def summary_of(counted):
    """Return the :class:`Health` of many: their mean, and what takes most of all.

    :param counted: ``[(facts, how many have them)]``
    :return: None where there is nothing; reasons as ``(code, points, how many)``, the
        points on the mean
    """
    total = sum(count for _facts, count in counted)
    if not total:
        return None
    score, taken = 0, {}
    for facts, count in counted:
        health = health_of(facts)
        score += health.score * count
        for code, points in health.reasons:
            points_before, count_before = taken.get(code, (0, 0))
            taken[code] = (points_before + points * count, count_before + count)
    reasons = sorted(taken.items(), key=lambda one: -one[1][0])
    return Health(
        round(score / total),
        tuple(
            (code, round(points / total, 1), count) for code, (points, count) in reasons
        ),
    )
