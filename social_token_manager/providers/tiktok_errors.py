"""TikTok's errors and what they mean for a token: two shapes, one table each.

The token endpoint answers ``{error, error_description, log_id}`` ("OAuth errors"), the
API ``{error: {code, message, log_id}}`` ("API v2 errors"), where ``ok`` is no error. An
error may come with HTTP 200, so the body decides; texts never do. A code that is in no
table is no definite answer, whatever the status.
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

OK = "ok"
# error of the token endpoint -> (kind of failure, reason of the token)
OAUTH_ERRORS = {
    "invalid_grant": (GrantRefused, None),
    "access_denied": (GrantRefused, None),
    "invalid_scope": (GrantRefused, reasons.MISSING_SCOPE),
    "invalid_client": (AppFault, None),
    "unauthorized_client": (AppFault, None),
    "invalid_request": (AppFault, None),
    "unsupported_grant_type": (AppFault, None),
    "unsupported_response_type": (AppFault, None),
    "rate_limit_exceeded": (RateLimited, None),
    "internal_error": (Unreachable, None),
    "server_error": (Unreachable, None),
    "temporarily_unavailable": (Unreachable, None),
}
# code of the API -> (kind of failure, reason of the token)
API_CODES = {
    "access_token_invalid": (TokenLost, reasons.EXPIRED),
    "scope_not_authorized": (TokenLost, reasons.MISSING_SCOPE),
    "scope_permission_missed": (TokenLost, reasons.MISSING_SCOPE),
    "rate_limit_exceeded": (RateLimited, None),
    "internal_error": (Unreachable, None),
    "invalid_params": (RequestRefused, None),
    # Limits of posting while the app is not audited: they say nothing of the token.
    "reached_active_user_cap": (RequestRefused, None),
    "unaudited_client_can_only_post_to_private_accounts": (RequestRefused, None),
}
NO_SENSE = (Unreachable, None)
NAME_LENGTH = 60


def failure_of(answer, status, retry_after=None):
    """Return the :class:`ProviderError` for one answer, None for a good one.

    :param dict answer: the whole body
    :param int status: the HTTP status
    :param int retry_after: seconds of the header, where there was one
    """
    error = answer.get("error")
    table, name = OAUTH_ERRORS, error
    if isinstance(error, dict):
        table, name = API_CODES, error.get("code")
    if status < HTTPStatus.BAD_REQUEST and (error in (None, "") or name == OK):
        return None
    name = values.text(name, NAME_LENGTH)
    kind, reason = table.get(name, NO_SENSE)
    # Names that are not in a table may be anything, and are not told.
    detail = name if name in table else f"HTTP {status}"
    return failure(kind, reason, detail, status, retry_after)
