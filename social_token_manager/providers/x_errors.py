"""X's errors and what they mean for a token: three shapes, one table each.

The token endpoint answers ``{error, error_description}`` (RFC 6749 section 5.2; "OAuth
2.0 Authorization Code Flow with PKCE"). The API answers problems (RFC 9457; "Response
codes and errors"), whose ``type`` ends in the name of the problem; older parts of it
answer ``{errors: [{code, message}]}``. Names and numbers decide, then the HTTP status;
a text only where X tells one name for different things.
"""

from http import HTTPStatus

from ..policy import reasons
from . import values
from .errors import (
    AppFault,
    GrantRefused,
    RateLimited,
    RequestRefused,
    TokenLost,
    Unreachable,
    failure,
)

# error of the token endpoint -> (kind of failure, reason of the token)
OAUTH_ERRORS = {
    # What X answers for a code or a refresh token that is over, unknown or used.
    "invalid_request": (GrantRefused, None),
    "invalid_grant": (GrantRefused, None),
    "access_denied": (GrantRefused, None),
    "invalid_client": (AppFault, None),
    "unauthorized_client": (AppFault, None),
    "invalid_scope": (AppFault, None),
    "unsupported_grant_type": (AppFault, None),
    "server_error": (Unreachable, None),
    "temporarily_unavailable": (Unreachable, None),
}
# The same ``invalid_request`` for a call that lacks something: ours to mend.
MISSING_PARAMETER = "missing required parameter"

# last part of ``type``, or ``reason``, of a problem -> (kind, reason of the token)
PROBLEMS = {
    "client-forbidden": (AppFault, None),
    "client-not-enrolled": (AppFault, None),
    "client-disconnected": (AppFault, None),
    "unsupported-authentication": (AppFault, None),
    "credits": (AppFault, None),
    "usage-capped": (RateLimited, None),
    "invalid-request": (RequestRefused, None),
    "not-authorized-for-resource": (RequestRefused, None),
    "disallowed-resource": (RequestRefused, None),
    "resource-not-found": (RequestRefused, None),
    "resource-unavailable": (Unreachable, None),
    "operational-disconnect": (Unreachable, None),
}
# code of the older shape -> (kind, reason of the token)
CODES = {
    32: (TokenLost, reasons.EXPIRED),
    64: (TokenLost, reasons.CHECKPOINT),
    88: (RateLimited, None),
    89: (TokenLost, reasons.EXPIRED),
    99: (AppFault, None),
    130: (Unreachable, None),
    131: (Unreachable, None),
    215: (TokenLost, reasons.EXPIRED),
    261: (AppFault, None),
    326: (TokenLost, reasons.CHECKPOINT),
    416: (AppFault, None),
    453: (AppFault, None),
}
HTTP_STATUSES = {
    HTTPStatus.BAD_REQUEST: (RequestRefused, None),
    HTTPStatus.UNAUTHORIZED: (TokenLost, reasons.EXPIRED),
    # Credits are used up: the app's account has to be topped up.
    HTTPStatus.PAYMENT_REQUIRED: (AppFault, None),
    # A permission, a role or the app. No definite answer.
    HTTPStatus.FORBIDDEN: (RequestRefused, None),
    HTTPStatus.NOT_FOUND: (RequestRefused, None),
    HTTPStatus.TOO_MANY_REQUESTS: (RateLimited, None),
}
# A 403 without a name of its own; no number tells it apart.
SUSPENDED = "your account is suspended"
NO_SENSE = (Unreachable, None)
NAME_LENGTH = 60


def failure_of(answer, status, retry_after=None):
    """Return the :class:`ProviderError` for one refusal.

    :param dict answer: the whole body
    :param int status: the HTTP status
    :param int retry_after: seconds until the next call is welcome, where told
    """
    error = values.text(answer.get("error"), NAME_LENGTH)
    if error:
        return _oauth_failure(answer, error, status, retry_after)
    named = _named(answer)
    if named:
        detail, verdict = named
        return failure(*verdict, detail, status, retry_after)
    if not _is_problem(answer):
        return failure(*NO_SENSE, f"HTTP {status}", status, retry_after)
    if status == HTTPStatus.FORBIDDEN and SUSPENDED in _words(answer.get("detail")):
        return failure(TokenLost, reasons.CHECKPOINT, "suspended", status, retry_after)
    verdict = HTTP_STATUSES.get(status, NO_SENSE)
    return failure(*verdict, f"HTTP {status}", status, retry_after)


def _oauth_failure(answer, error, status, retry_after):
    # Names that are not in the table may be anything, and are not told.
    detail = error if error in OAUTH_ERRORS else f"HTTP {status}"
    kind, reason = OAUTH_ERRORS.get(error, NO_SENSE)
    if error == "invalid_request" and MISSING_PARAMETER in _words(
        answer.get("error_description")
    ):
        kind = AppFault
    return failure(kind, reason, detail, status, retry_after)


def _named(answer):
    """Return the name of a problem or a code that is known, and what it means."""
    for one in (answer, *values.items(answer.get("errors"))):
        last = values.text(one.get("type")).rpartition("/")[2]
        for name in (values.text(one.get("reason"), NAME_LENGTH), last):
            if name in PROBLEMS:
                return name, PROBLEMS[name]
        code = values.whole(one.get("code"))
        if code in CODES:
            return str(code), CODES[code]
    return None


def _is_problem(answer):
    """Whether a body without a known name is X's word at all."""
    return bool(values.text(answer.get("title")) or values.items(answer.get("errors")))


def _words(value):
    return values.text(value).lower()
