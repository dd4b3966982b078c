"""Who is told next when nobody renews, and when; instants are naive UTC.

Each step counts from the one before, not from the end of the connection: an outage of
the scheduler delays the ladder, and takes nobody's time to act away.
"""

from datetime import timedelta

GRANTER, ADMINS, MANAGERS, OWNERS, OUTSIDER = LEVELS = (1, 2, 3, 4, 5)
USUAL_DAYS = (1, 2, 3, 5, 7)
REPEAT_DAYS = 3
MOST_DAYS = 365
# Whoever takes it and then falls ill must not keep it quiet for long.
TAKEN_DAYS_MOST = 14
TAKEN_DAYS = 1

# What rungs begin with; a number follows.
ESCALATED, REPEATED, TAKEN = "escalated", "repeated", "taken"
# What is told because nobody acts, as patterns of SQL; nothing of it goes out once
# somebody does.
ASKING = (f"{ESCALATED}%", f"{REPEATED}%")


def parse_ladder(text):
    """Return the days after the end that somebody typed, one for each level.

    >>> parse_ladder("1, 2, 3, 5, 7")
    (1, 2, 3, 5, 7)

    :raise ValueError: it is no list of up to five rising numbers from 1 to 365
    """
    days = tuple(int(part) for part in text.replace(",", " ").replace(";", " ").split())
    if len(days) > len(LEVELS) or not all(1 <= day <= MOST_DAYS for day in days):
        raise ValueError(text)
    if list(days) != sorted(set(days)):
        raise ValueError(text)
    return days


def pause_after(level, days, repeat_days):
    """Return how many days pass until the next step; None when there is none.

    :param int level: the last that was told, 0 for none
    :param days: of :func:`parse_ladder`
    :param int repeat_days: how often it is told again at the top, 0 for never
    """
    if level < len(days):
        return days[level] - (days[level - 1] if level else 0)
    return (repeat_days or None) if days else None


def next_level(level, reachable, days):
    """Return the level to tell next, None when there is nobody further up.

    Whoever cannot be told is passed over at once, so that no time is lost.

    :param reachable: the levels with somebody who can be told
    """
    above = [one for one in reachable if level < one <= len(days)]
    return min(above, default=None)


def plan(ended_at, reachable, until, days=USUAL_DAYS, repeat_days=REPEAT_DAYS):
    """Return ``[(instant, rung)]`` of all that is told while nobody acts.

    :param ended_at: when the connection ended, :param until: the last instant
    """
    found, level, repeats = [], 0, 0
    pause = pause_after(level, days, repeat_days)
    at = ended_at
    while pause and at + timedelta(days=pause) <= until:
        at += timedelta(days=pause)
        above = next_level(level, reachable, days)
        if above:
            level = above
            found.append((at, rung_of(ESCALATED, level)))
            pause = pause_after(level, days, repeat_days)
        elif level and repeat_days:
            repeats += 1
            found.append((at, rung_of(REPEATED, repeats)))
            pause = repeat_days
        else:
            break
    return found


def rung_of(kind, number):
    """Return the code of a rung."""
    return f"{kind}{number}"


def kind_of(rung):
    """Return what a rung begins with: itself where no number follows."""
    return rung.rstrip("0123456789")


def number_of(rung):
    """Return the number that a rung ends with, 0 without one."""
    return int(rung[len(kind_of(rung)) :] or 0)


def may_take_until(until, at):
    """Whether somebody may take it until an instant: to come, and not too far away."""
    return at < until <= at + timedelta(days=TAKEN_DAYS_MOST)
