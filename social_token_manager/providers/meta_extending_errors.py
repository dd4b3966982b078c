"""The errors of Instagram Login and of Threads: two shapes, one meaning.

Sources: "Business Login for Instagram" and "Get Access Tokens" of Threads, whose
token endpoints answer ``{error_type, code, error_message}`` with an HTTP-like code;
all else is the Graph API's error object, see :mod:`.meta_errors`. Rows seen only in
the field are marked.
"""

import re

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
from .meta_errors import TEXT_LENGTH, failure_of

# The id of another engine's app; both numbers seen in the field, at Threads.
FOREIGN_APP = {4476002, 1349026}
ALREADY_LONG = 452  # seen in the field, for tokens made in the app dashboard
BY_CODES = {
    (100, 10): reasons.MISSING_SCOPE,  # seen in the field, at Threads: granted nothing
}
# The token endpoint says 400 to everything; only its text tells the app's fault.
CLIENT_REFUSED = re.compile(
    r"platform app|client[ _](id|secret)|(validating|invalid|no) app(lication)?\b", re.I
)


class AlreadyLong(AppFault):
    """The token to exchange is a long-lived one: it can be refreshed."""


def failure_of_answer(answer, status):
    """Return the :class:`ProviderError` for an answer that is an error.

    :param dict answer: the whole body, of either shape
    :param int status: the HTTP status
    """
    if "error_type" in answer or "error_message" in answer:
        return _failure_of_token_endpoint(answer, status)
    error = values.mapping(answer.get("error"))
    code, subcode = values.whole(error.get("code")), error.get("error_subcode")
    codes = (code, values.whole(subcode))
    failure = failure_of(error, status)
    if code in FOREIGN_APP:
        return AppFault(detail=str(code))
    if isinstance(failure, AppFault) and code == ALREADY_LONG:
        return AlreadyLong(detail=failure.detail)
    if isinstance(failure, RequestRefused) and codes in BY_CODES:
        return TokenLost(BY_CODES[codes], failure.detail)
    return failure


def _failure_of_token_endpoint(answer, status):
    """Classify ``{error_type, code, error_message}``; also seen is ``error_code``."""
    code = values.whole(answer.get("code") or answer.get("error_code"))
    code = code if code is not None and 0 < code < 10**9 else status
    detail = str(code)
    if code in FOREIGN_APP:
        return AppFault(detail=detail)
    if code == 429:
        return RateLimited(detail=detail)
    if status >= 500 or 500 <= code <= 599:
        return Unreachable(detail=detail)
    if CLIENT_REFUSED.search(values.text(answer.get("error_message"), TEXT_LENGTH)):
        return AppFault(detail=detail)
    return GrantRefused(detail=detail)
