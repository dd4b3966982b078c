"""Who can renew a profile at its network: what is known of each person, and whence.

A person may be known in several ways: by a token or two, from the network's own list,
by what a Manager wrote down. The words for each proof live in ``wording.py``.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

YES, NO, UNKNOWN = "yes", "no", "unknown"

GRANT = "grant"
LISTED = "listed"
UNLISTED = "unlisted"
LOST = "lost"
RETURNED = "returned"
HAND = "hand"
HELD = "held"

DAY = timedelta(days=1)
# Whoever is asked has so many days, unless the connection ends before.
ASKED_DAYS = 3


@dataclass(frozen=True)
class Proof:
    """One piece of evidence; ``key`` is the caller's own."""

    key: object
    can_renew: str
    proven_at: datetime | None = None


@dataclass(frozen=True)
class Known:
    """Somebody as a network knows him, or as we know him; ``key`` is the caller's."""

    key: object
    external_id: str = ""
    name: str = ""

    def by_id(self):
        """Return what the ids of one person have in common.

        LinkedIn lists people as ``urn:li:person:<id>`` and names them ``<id>`` when
        they log in.
        """
        return (self.external_id or "").rpartition(":")[2]

    def by_name(self):
        """Return what the names of one person have in common, '' without one."""
        return " ".join((self.name or "").split()).casefold()


def strongest(proofs):
    """Return the :class:`Proof` that decides about a person, None where there is none.

    Who can renew by one of his accounts can renew, whatever the others lack. Otherwise
    the latest proof counts.
    """
    return max(
        proofs,
        key=lambda one: (one.can_renew == YES, one.proven_at or datetime.min),
        default=None,
    )


def after_loss(can_renew, proof, proven_at, lost_at):
    """Return the ``(can renew, proof)`` of an access, or None to leave it as it is.

    A role known to be lost turns to *no* at once, unless something later was said of
    it. A role that is back may be a lesser one, so that nobody is promised anything.

    :param lost_at: when the role was lost, None while it is not
    """
    if lost_at and proof != LOST and (proven_at is None or lost_at >= proven_at):
        return NO, LOST
    if not lost_at and proof == LOST:
        return UNKNOWN, RETURNED
    return None


def match(listed, known):
    """Return ``{key of the listed: key of the known}``.

    By the id; else by the name at the network, where exactly one on each side has it:
    a network may list one person by another id than the one of his login. Whoever
    would be counted twice would hide that only one person is left.

    :param listed: :class:`Known` people, all that the network listed
    :param known: :class:`Known` people of the same profile
    """
    matched = {}
    for feature in (Known.by_id, Known.by_name):
        rest = [one for one in listed if one.key not in matched]
        free = [one for one in known if one.key not in matched.values()]
        counts = [Counter(map(feature, side)) for side in (rest, free)]
        by_feature = {feature(one): one.key for one in free}
        for one in rest:
            value = feature(one)
            if value and all(count[value] == 1 for count in counts):
                matched[one.key] = by_feature[value]
    return matched


def ask_until(at, expires_at):
    """Return the day by which somebody who is asked is to renew.

    Three days, or the day before the connection ends where that is earlier; a broken
    one is for tomorrow. Never today: whoever reads it in the evening has a day.

    :rtype: date
    """
    tomorrow = _day(at + DAY)
    if expires_at is None:
        return _day(at + ASKED_DAYS * DAY)
    return max(tomorrow, min(_day(at + ASKED_DAYS * DAY), _day(expires_at - DAY)))


def _day(moment):
    return date(moment.year, moment.month, moment.day)
