"""A time without a working connection: how long, what may be lost, what has to go.

Instants are naive UTC datetimes; the clock is passed in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

# How many messages a day are typical: a running mean over about a week. Each message
# adds its share, and what was counted before fades.
MEAN_DAYS = 7
# The rung that tells that held data goes soon, and how many days before.
PURGE = "purge"
TOLD_BEFORE_DAYS = 3


@dataclass(frozen=True)
class Gap:
    """A time without a working connection.

    :ivar history_limit_days: how far back the network lets messages be fetched; 0 when
        that is not known
    """

    since: datetime
    until: datetime
    history_limit_days: int = 0

    @property
    def length(self):
        return self.until - self.since

    @property
    def lost_before(self):
        """The instant before which messages of the gap cannot be fetched any more.

        None when the whole gap can be, or when nothing is known.
        """
        if not self.history_limit_days:
            return None
        reach = self.until - timedelta(days=self.history_limit_days)
        return reach if reach > self.since else None


def begin(expires_at, now):
    """Return since when a connection has been gone, None while it is not.

    A broken profile has the moment of its loss as ``expires_at``.
    """
    return expires_at if expires_at and expires_at <= now else None


def missed_messages(per_day, since, until):
    """Return about how many messages came meanwhile: an estimate, and to be called so.

    :param float per_day: the running mean when the last message came
    """
    days = (until - since) / timedelta(days=1)
    return round(max(days, 0) * (per_day or 0))


def loss_at(gone_since, history_limit_days, purge_after_days):
    """Return from when on something is lost for good, None when no limit is known.

    The earlier of two: the network lets messages be fetched only so far back, or what
    is held of the profile is to go.

    :param gone_since: since when the connection is gone, or when it will be
    :param int history_limit_days: of the network; 0 when it is not known
    :param int purge_after_days: of the network; 0 for never
    """
    limits = [days for days in (history_limit_days, purge_after_days) if days]
    if not gone_since or not limits:
        return None
    return gone_since + timedelta(days=min(limits))


def purge_at(gone_since, purge_after_days):
    """Return when held data is to go, None for never.

    :param gone_since: of :func:`begin`
    :param int purge_after_days: of the network; 0 for never
    """
    if not gone_since or not purge_after_days:
        return None
    return gone_since + timedelta(days=purge_after_days)


def is_purged(gone_since, purged_at):
    """Whether held data was deleted since the connection is gone."""
    return bool(gone_since and purged_at and purged_at >= gone_since)


def is_purge_due(gone_since, purge_after_days, now, purged_at=None):
    """Whether held data is to go now: once for each time that a connection is gone."""
    at = purge_at(gone_since, purge_after_days)
    return bool(at and at <= now and not is_purged(gone_since, purged_at))
