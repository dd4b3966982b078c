"""In which state a connect link is, and until when it can be used.

Instants are naive UTC datetimes; the clock is passed in.
"""

from dataclasses import dataclass
from datetime import datetime

PENDING = "pending"
OPENED = "opened"
DONE = "done"
EXPIRED = "expired"
REVOKED = "revoked"
WRONG_ACCOUNT = "wrong_account"

STATES = (PENDING, OPENED, WRONG_ACCOUNT, DONE, EXPIRED, REVOKED)


@dataclass(frozen=True)
class Facts:
    """What happened to a link; each is the moment or None."""

    expires_at: datetime
    opened_at: datetime | None = None
    done_at: datetime | None = None
    revoked_at: datetime | None = None
    wrong_at: datetime | None = None


def state_of(facts, now):
    """Return the state of a link.

    What was decided stays so whatever time it is; a wrong account waits for a decision
    beyond the end of the link.
    """
    decided = (
        (facts.revoked_at, REVOKED),
        (facts.done_at, DONE),
        (facts.wrong_at, WRONG_ACCOUNT),
        (facts.expires_at <= now, EXPIRED),
        (facts.opened_at, OPENED),
    )
    return next((state for is_so, state in decided if is_so), PENDING)


def is_open(facts, now):
    """Whether a link can still be used, by whoever may use it.

    After a wrong account, too: it was most often a mistake of the person's.
    """
    return not (facts.revoked_at or facts.done_at) and facts.expires_at > now
