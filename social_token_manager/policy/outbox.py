"""When a message that was not taken is tried again. The clock is passed in."""

from datetime import timedelta

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
# After so long what a message says is old news.
GIVEN_UP = timedelta(days=3)
JITTER_SHARE = 0.2


def next_try(made_at, tries, now, chance, retry_after=None):
    """Return when a message is tried again, None for never.

    :param made_at: when it was queued, :param int tries: how often it was tried
    :param float chance: 0 to 1, spreads what would otherwise come all at once
    :param int retry_after: seconds that the other side asked for
    """
    wait = min(FIRST_WAIT * 4 ** min(tries - 1, 10), LONGEST_WAIT)
    wait *= 1 + JITTER_SHARE * chance
    if retry_after is not None:
        wait = max(wait, min(timedelta(seconds=retry_after), LONGEST_WAIT))
    moment = now + wait
    return moment if moment < made_at + GIVEN_UP else None
