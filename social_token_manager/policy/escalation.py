"""Who is told next when nobody renews, and when; instants are naive UTC.

Each step counts from the one before, not from the end of the connection: an outage of
the scheduler delays the ladder, and takes nobody's time to act away.
"""

from datetime import timedelta

GRANTER, ADMINS, MANAGERS, OWNERS, OUTSIDER = LEVELS = (1, 2, 3, 4, 5)
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
