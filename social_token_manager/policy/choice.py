"""Which of several accesses to a profile is in use."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Candidate:
    """One access to a profile, as far as the choice needs to know it.

    ``healthy`` says that it works, ``lasting`` that nobody has to renew it soon.
    """

    id: int
    healthy: bool
    moment: datetime | None
    granted_at: datetime
    lasting: bool = True


def choose(candidates, current_id=None):
    """Return the id of the access to use, or None when there is none.

    A healthy access in use is kept, so that nothing changes hands without need, unless
    it ends soon and another one does not: whoever just granted has renewed the profile.
    Otherwise the healthy one that lasts longest wins. Without a healthy one the access
    in use stays, and its reason with it; where none is in use, the latest grant wins.
    """
    by_id = {candidate.id: candidate for candidate in candidates}
    current = by_id.get(current_id)
    healthy = [candidate for candidate in candidates if candidate.healthy]
    any_lasting = any(candidate.lasting for candidate in healthy)
    if current in healthy and (current.lasting or not any_lasting):
        return current.id
    if healthy:
        return max(healthy, key=_durability).id
    if current:
        return current.id
    latest = max(candidates, key=lambda one: (one.granted_at, one.id), default=None)
    return latest and latest.id


def _durability(candidate):
    lasting = candidate.moment or datetime.max
    return (lasting, candidate.granted_at, candidate.id)
