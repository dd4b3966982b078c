"""Why a token or a profile does not work: stable codes.

The wording of each lives in ``wording.py``; here is what the rules need to know.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """A reason and who can do something about it.

    ``healer`` is ``granter`` (somebody with the native right logs in again),
    ``network_admin`` (somebody must first change a role or a setting there),
    ``owner`` (the app or its keys) or ``nobody`` (waiting helps).
    """

    code: str
    healer: str


NOT_CONNECTED = "not_connected"
EXPIRED = "expired"
PASSWORD_CHANGED = "password_changed"
REVOKED = "revoked"
LOST_ROLE = "lost_role"
DESELECTED = "deselected"
MISSING_SCOPE = "missing_scope"
CHECKPOINT = "checkpoint"
DATA_ACCESS = "data_access"
INACTIVE = "inactive"
DAMAGED_SECRET = "damaged_secret"
UNKNOWN_OUTCOME = "unknown_outcome"

APP_FAULT = "app_fault"
RATE_LIMITED = "rate_limited"
UNREACHABLE = "unreachable"
COPIED = "copied"

TOKEN_REASONS = tuple(
    Reason(code, healer)
    for code, healer in (
        (NOT_CONNECTED, "granter"),
        (EXPIRED, "granter"),
        (PASSWORD_CHANGED, "granter"),
        (REVOKED, "granter"),
        (LOST_ROLE, "network_admin"),
        (DESELECTED, "granter"),
        (MISSING_SCOPE, "granter"),
        (CHECKPOINT, "granter"),
        (DATA_ACCESS, "granter"),
        (INACTIVE, "granter"),
        (DAMAGED_SECRET, "granter"),
        (UNKNOWN_OUTCOME, "granter"),
    )
)
APP_REASONS = (
    Reason(APP_FAULT, "owner"),
    Reason(RATE_LIMITED, "nobody"),
    Reason(UNREACHABLE, "nobody"),
    Reason(COPIED, "owner"),
)
BY_CODE = {reason.code: reason for reason in (*TOKEN_REASONS, *APP_REASONS)}
