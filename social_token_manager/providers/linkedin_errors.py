"""LinkedIn's errors and what they mean for a token: two shapes, one table each.

The OAuth endpoints answer ``{error, error_description}`` ("Authorization Code Flow",
"Refresh Tokens with OAuth 2.0"). The APIs answer ``{status, message, serviceErrorCode,
code}`` (LinkedIn's own client library for Python). Numbers and codes decide, then the
HTTP status; texts never do.
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

NAME_LENGTH = 60


class Doubt(Unreachable):
    """A 401 that does not settle whether the token is gone: introspection does.

    "Revoked" (65601) is also answered seconds after a good exchange.
    """


# error of an OAuth endpoint -> (kind of failure, reason of the token)
OAUTH_ERRORS = {
    # Of a dead code or refresh token too: LinkedIn does not say ``invalid_grant``.
    "invalid_request": (GrantRefused, None),
    "invalid_grant": (GrantRefused, None),
    "invalid_client": (AppFault, None),
    "invalid_client_id": (AppFault, None),
    "invalid_redirect_uri": (AppFault, None),
    "unauthorized_client": (AppFault, None),
    "unauthorized_scope_error": (AppFault, None),
    "invalid_scope": (AppFault, None),
    "unsupported_grant_type": (AppFault, None),
    "server_error": (Unreachable, None),
    "temporarily_unavailable": (Unreachable, None),
}
# serviceErrorCode of an API -> the same
SERVICE_ERRORS = {
    65600: (TokenLost, reasons.EXPIRED),
    65601: (Doubt, None),
    65602: (TokenLost, reasons.EXPIRED),
}
# code of an API -> the same
API_CODES = {
    "INVALID_ACCESS_TOKEN": (TokenLost, reasons.EXPIRED),
    "REVOKED_ACCESS_TOKEN": (Doubt, None),
    "EXPIRED_ACCESS_TOKEN": (TokenLost, reasons.EXPIRED),
    # "Versioning": the header is missing, or names a version that was withdrawn.
    "VERSION_MISSING": (AppFault, None),
    "NONEXISTENT_VERSION": (AppFault, None),
}
HTTP_STATUSES = {
    HTTPStatus.BAD_REQUEST: (RequestRefused, None),
    HTTPStatus.UNAUTHORIZED: (Doubt, None),
    # A scope, a role on the page or the app's product; the token may be fine.
    HTTPStatus.FORBIDDEN: (RequestRefused, None),
    HTTPStatus.NOT_FOUND: (RequestRefused, None),
    HTTPStatus.UPGRADE_REQUIRED: (AppFault, None),
    HTTPStatus.TOO_MANY_REQUESTS: (RateLimited, None),
}
NO_SENSE = (Unreachable, None)


def is_failure(answer, status):
    """Whether an answer is an error, which may also come inside HTTP 200."""
    told = values.whole(answer.get("status"))
    return (
        status >= HTTPStatus.BAD_REQUEST
        or answer.get("error") not in (None, "")
        or "serviceErrorCode" in answer
        or (told is not None and told >= HTTPStatus.BAD_REQUEST)
    )


def failure_of(answer, status, retry_after=None):
    """Return the :class:`ProviderError` for one refusal.

    :param dict answer: the whole body
    :param int status: the HTTP status
    :param int retry_after: seconds of the header, where there was one
    """
    if status == HTTPStatus.OK:
        status = values.whole(answer.get("status")) or status
    detail, (kind, reason) = _classify(answer, status)
    return failure(kind, reason, detail, status, retry_after)


def _classify(answer, status):
    """Return what may be told of a refusal, and its row; unknown names are not told."""
    error = values.text(answer.get("error"), NAME_LENGTH)
    if error in OAUTH_ERRORS:
        return error, OAUTH_ERRORS[error]
    if answer.get("error") not in (None, ""):
        return f"HTTP {status}", NO_SENSE
    number = values.whole(answer.get("serviceErrorCode"))
    name = values.text(answer.get("code"), NAME_LENGTH)
    if number in SERVICE_ERRORS:
        return f"{status}/{number}", SERVICE_ERRORS[number]
    if name in API_CODES:
        return f"{status}/{name}", API_CODES[name]
    return f"HTTP {status}", HTTP_STATUSES.get(status, NO_SENSE)
