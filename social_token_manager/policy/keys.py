"""What hangs on which encryption key, and what becomes of each key."""

from dataclasses import dataclass

# It seals; secrets still need it; nothing does; it is not there; it was given up.
WRITING, NEEDED, SPARE, MISSING, LOST = "writing", "needed", "spare", "missing", "lost"


@dataclass(frozen=True)
class KeyUse:
    """How many of all secrets hang on one key.

    :ivar str standing: one of the above
    :ivar int damaged: how many of them did not open when they were last to be sealed
        anew
    """

    kid: str
    standing: str
    count: int
    total: int
    damaged: int = 0


def uses_of(counts, kept, lost, damaged):
    """Return the :class:`KeyUse` of each key that people should know of.

    A key that is not in the file, and that nothing hangs on, concerns nobody.

    :param dict counts: key id to how many secrets hang on it
    :param kept: the ids in the key file, the one that seals first; may be empty
    :param lost: the ids that were given up
    :param dict damaged: key id to how many did not open
    """
    total = sum(counts.values())
    absent = sorted(kid for kid, count in counts.items() if count and kid not in kept)
    return [
        KeyUse(
            kid,
            _standing(kid, counts.get(kid, 0), kept, lost),
            counts.get(kid, 0),
            total,
            min(damaged.get(kid, 0), counts.get(kid, 0)),
        )
        for kid in (*kept, *absent)
    ]


def _standing(kid, count, kept, lost):
    if kid in kept:
        if kid == kept[0]:
            return WRITING
        return NEEDED if count else SPARE
    return LOST if kid in lost else MISSING
