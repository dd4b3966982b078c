"""Who is told next, written once more: what the SQL of the engine must come to."""

from datetime import timedelta

from ..policy import escalation as policy

USUAL_DAYS = (1, 2, 3, 5, 7)


def next_level(level, reachable, days):
    """Return the level to tell next, None when there is nobody further up.

    Whoever cannot be told is passed over at once, so that no time is lost.

    :param reachable: the levels with somebody who can be told
    """
    above = [one for one in reachable if level < one <= len(days)]
    return min(above, default=None)


def plan(ended_at, reachable, until, days=USUAL_DAYS, repeat_days=policy.REPEAT_DAYS):
    """Return ``[(instant, rung)]`` of all that is told while nobody acts.

    :param ended_at: when the connection ended, :param until: the last instant
    """
    found, level, repeats = [], 0, 0
    pause = policy.pause_after(level, days, repeat_days)
    at = ended_at
    while pause and at + timedelta(days=pause) <= until:
        at += timedelta(days=pause)
        above = next_level(level, reachable, days)
        if above:
            level = above
            found.append((at, policy.rung_of(policy.ESCALATED, level)))
            pause = policy.pause_after(level, days, repeat_days)
        elif level and repeat_days:
            repeats += 1
            found.append((at, policy.rung_of(policy.REPEATED, repeats)))
            pause = repeat_days
        else:
            break
    return found
