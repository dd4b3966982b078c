"""The standards' error codes, and what each says of the app, the token, or the call.

RFC 6749 section 5.2 (token endpoint), RFC 7009 section 2.2.1 (revocation), RFC 7662
section 2.3 (introspection, by the codes of the first), RFC 6750 section 3.1 (what a
protected resource answers to a bearer token).
"""

import re
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
)

UNSUPPORTED_TOKEN_TYPE = "unsupported_token_type"

# What the endpoints that know the client answer.
CLIENT_ERRORS = {
    "invalid_grant": (GrantRefused, None),
    "invalid_client": (AppFault, None),
    "unauthorized_client": (AppFault, None),
    "unsupported_grant_type": (AppFault, None),
    "invalid_scope": (AppFault, None),
    "invalid_request": (AppFault, None),
    UNSUPPORTED_TOKEN_TYPE: (RequestRefused, None),
    # Of the authorization endpoint (RFC 6749 section 4.1.2.1), and yet seen here.
    "temporarily_unavailable": (Unreachable, None),
    "server_error": (Unreachable, None),
}
# What a resource answers. Why a token is invalid nobody says; a clock may know better.
RESOURCE_ERRORS = {
    "invalid_token": (TokenLost, reasons.EXPIRED),
    "insufficient_scope": (TokenLost, reasons.MISSING_SCOPE),
    "invalid_request": (RequestRefused, None),
}
# Without a code that is known, the status decides. A token is never lost by a 403.
CLIENT_STATUSES = {HTTPStatus.UNAUTHORIZED: (AppFault, None)}
RESOURCE_STATUSES = {
    HTTPStatus.UNAUTHORIZED: (TokenLost, reasons.EXPIRED),
    HTTPStatus.BAD_REQUEST: (RequestRefused, None),
    HTTPStatus.FORBIDDEN: (RequestRefused, None),
    # The address is the app's own: it is not the one of a profile.
    HTTPStatus.NOT_FOUND: (AppFault, None),
    HTTPStatus.METHOD_NOT_ALLOWED: (AppFault, None),
    HTTPStatus.GONE: (AppFault, None),
}
NO_SENSE = (Unreachable, None)
CODE_LENGTH = 40

# RFC 6750 section 3: parameters of a challenge are tokens or quoted text.
PARAMETER = re.compile(
    r"""\b(\w{1,40})[ \t]{0,9}=[ \t]{0,9}(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))"""
)


def client_failure(code, status):
    """Return the :class:`ProviderError` of an endpoint that knows the client.

    :param code: the member ``error``, whatever it is
    :param int status: the HTTP status
    """
    return _failure(CLIENT_ERRORS, CLIENT_STATUSES, code, status)


def resource_failure(code, status, retry_after=None):
    """Return the :class:`ProviderError` of a protected resource.

    :param int retry_after: seconds of the header, where there was one
    """
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimited(f"HTTP {status}", retry_after)
    return _failure(RESOURCE_ERRORS, RESOURCE_STATUSES, code, status)


def bearer_error(challenge):
    """Return the error code of a ``WWW-Authenticate`` header, '' without one."""
    for name, quoted, plain in PARAMETER.findall(challenge or ""):
        if name.lower() == "error":
            return quoted or plain
    return ""


def _failure(codes, statuses, code, status):
    known = code if isinstance(code, str) and code in codes else ""
    # A code that is not in the table may be anything, and is not told.
    detail = values.text(known, CODE_LENGTH) or f"HTTP {status}"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unreachable(detail=detail)
    kind, reason = codes[known] if known else statuses.get(status, NO_SENSE)
    return kind(reason, detail)
