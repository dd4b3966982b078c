"""Meta's error numbers and what they mean for a token.

Source: "Error handling" and "Rate limits" of the Graph API documentation; rows seen
only in the field are marked. Numbers decide; text is the last resort, for errors that
come without a subcode.
"""

import re

from ..policy import reasons
from . import values
from .errors import AppFault, RateLimited, RequestRefused, TokenLost, Unreachable

SESSION_CODES = {102, 190}

BY_SUBCODE = {
    458: reasons.REVOKED,
    459: reasons.CHECKPOINT,
    460: reasons.PASSWORD_CHANGED,
    463: reasons.EXPIRED,
    464: reasons.CHECKPOINT,
    467: reasons.REVOKED,
    483: reasons.CHECKPOINT,  # seen in the field
    490: reasons.CHECKPOINT,  # seen in the field
    492: reasons.LOST_ROLE,
    493: reasons.REVOKED,  # a constant of Meta's own client library
}

# 190 without a subcode, in the order of judgement; all seen in the field.
BY_TEXT = (
    (re.compile(r"must be an administrator", re.I), reasons.LOST_ROLE),
    (re.compile(r"before impersonating a user.s page", re.I), reasons.DESELECTED),
    (re.compile(r"belongs to a page that has been deleted", re.I), reasons.REVOKED),
)
OTHER_HOST = re.compile(r"cannot parse access token", re.I)
# A wrong secret comes with code 1, which otherwise means trouble at the service, or
# with 100 where the proof was made with it; an unknown version comes with 2500.
CLIENT_REFUSED = re.compile(
    r"validating (client secret|application)|appsecret_proof|unknown path components",
    re.I,
)
APP_BLOCKED = re.compile(r"api access blocked", re.I)

RATE_CODES = {4, 9, 17, 32, 341, 613, *range(80000, 80015)}
TRANSIENT_CODES = {1, 2, 368}
APP_CODES = {3, 101, 104, 452}
IDENTITY_CHECK = (368, 4854002)
NOT_ABOUT_TOKEN = {(10, 2534022), (10, 1893063), (200, 2534041)}

TEXT_LENGTH = 1000
LARGEST_CODE = 10**9


def failure_of(error, status=None):
    """Return the :class:`ProviderError` for one of Meta's error objects.

    :param dict error: the value of ``error``; ``debug_token`` calls the subcode
        ``subcode``, everything else ``error_subcode``
    :param int status: the HTTP status, where there was one
    """
    code = _code(error.get("code"))
    subcode = _code(error.get("error_subcode") or error.get("subcode"))
    text = values.text(error.get("message"), TEXT_LENGTH)
    if code is None:
        return Unreachable(detail=f"HTTP {status}" if status else "no code")
    detail = f"{code}/{subcode}" if subcode else str(code)
    # A rate limit says ``is_transient``, too; it is the better known of the two.
    if code in RATE_CODES:
        return RateLimited(detail=detail)
    if error.get("is_transient") is True or (status or 0) >= 500:
        return Unreachable(detail=detail)
    if CLIENT_REFUSED.search(text) or (code == 200 and APP_BLOCKED.search(text)):
        return AppFault(detail=detail)
    if (code, subcode) == IDENTITY_CHECK:
        return TokenLost(reasons.CHECKPOINT, detail)
    if code in TRANSIENT_CODES:
        return Unreachable(detail=detail)
    if code in SESSION_CODES:
        return _session_failure(subcode, text, detail)
    if code == 412:
        return TokenLost(reasons.REVOKED, detail)
    if code in APP_CODES:
        return AppFault(detail=detail)
    if (code, subcode) in NOT_ABOUT_TOKEN:
        return RequestRefused(detail=detail)
    if code == 10 or 200 <= code <= 299:
        return TokenLost(reasons.MISSING_SCOPE, detail)
    return RequestRefused(detail=detail)


def _session_failure(subcode, text, detail):
    if subcode in BY_SUBCODE:
        return TokenLost(BY_SUBCODE[subcode], detail)
    if OTHER_HOST.search(text):
        return AppFault(detail=detail)
    for pattern, reason in BY_TEXT:
        if pattern.search(text):
            return TokenLost(reason, detail)
    return TokenLost(reasons.EXPIRED, detail)


def _code(value):
    code = values.whole(value)
    return code if code is not None and 0 <= code < LARGEST_CODE else None
