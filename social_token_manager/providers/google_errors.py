"""Google's errors and what they mean for a token: two shapes, one table each.

The OAuth endpoints answer ``{error, error_description}`` (RFC 6749 section 5.2; "OAuth
2.0 for Web Server Applications", *Errors*). The APIs answer ``{error: {code, message,
status, errors[], details[]}}``: ``errors[].reason`` is the YouTube Data API's
("Errors"), ``details[].reason`` and ``status`` are google.rpc's, which the Business
Profile APIs use. Reasons decide, then ``status``, then the HTTP status; texts never do.
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

# error of an OAuth endpoint -> (kind of failure, reason of the token)
OAUTH_ERRORS = {
    "invalid_grant": (GrantRefused, None),
    "invalid_token": (TokenLost, reasons.EXPIRED),
    # A Workspace administrator keeps the app from this person's account.
    "admin_policy_enforced": (GrantRefused, reasons.LOST_ROLE),
    "invalid_client": (AppFault, None),
    "deleted_client": (AppFault, None),
    "disabled_client": (AppFault, None),
    "unauthorized_client": (AppFault, None),
    "redirect_uri_mismatch": (AppFault, None),
    "org_internal": (AppFault, None),
    "invalid_scope": (AppFault, None),
    "invalid_request": (AppFault, None),
    "unsupported_grant_type": (AppFault, None),
    "rate_limit_exceeded": (RateLimited, None),
    "internal_failure": (Unreachable, None),
    "server_error": (Unreachable, None),
    "temporarily_unavailable": (Unreachable, None),
}
# A policy of the person's employer wants a new log-in ("Session control").
OAUTH_SUBTYPES = {"invalid_rapt": (GrantRefused, reasons.CHECKPOINT)}

# reason of an API -> (kind of failure, reason of the token)
API_REASONS = {
    "authError": (TokenLost, reasons.EXPIRED),
    "ACCESS_TOKEN_EXPIRED": (TokenLost, reasons.EXPIRED),
    "insufficientPermissions": (TokenLost, reasons.MISSING_SCOPE),
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": (TokenLost, reasons.MISSING_SCOPE),
    "authenticatedUserAccountSuspended": (TokenLost, reasons.CHECKPOINT),
    "channelSuspended": (TokenLost, reasons.CHECKPOINT),
    "ACCOUNT_STATE_INVALID": (TokenLost, reasons.CHECKPOINT),
    "authenticatedUserAccountClosed": (TokenLost, reasons.REVOKED),
    "channelClosed": (TokenLost, reasons.REVOKED),
    # A 403 each, and no loss of any right.
    "quotaExceeded": (RateLimited, None),
    "dailyLimitExceeded": (RateLimited, None),
    "rateLimitExceeded": (RateLimited, None),
    "userRateLimitExceeded": (RateLimited, None),
    "RATE_LIMIT_EXCEEDED": (RateLimited, None),
    "RESOURCE_QUOTA_EXCEEDED": (RateLimited, None),
    "accessNotConfigured": (AppFault, None),
    "SERVICE_DISABLED": (AppFault, None),
    "CONSUMER_SUSPENDED": (AppFault, None),
    "CONSUMER_INVALID": (AppFault, None),
    "BILLING_DISABLED": (AppFault, None),
    "USER_PROJECT_DENIED": (AppFault, None),
    "backendError": (Unreachable, None),
    "internalError": (Unreachable, None),
}
API_STATUSES = {
    "UNAUTHENTICATED": (TokenLost, reasons.EXPIRED),
    # Like YouTube's ``forbidden``: it may be a role, or the app. No definite answer.
    "PERMISSION_DENIED": (RequestRefused, None),
    "NOT_FOUND": (RequestRefused, None),
    "INVALID_ARGUMENT": (RequestRefused, None),
    "FAILED_PRECONDITION": (RequestRefused, None),
    "RESOURCE_EXHAUSTED": (RateLimited, None),
    "ABORTED": (Unreachable, None),
    "UNAVAILABLE": (Unreachable, None),
    "INTERNAL": (Unreachable, None),
    "UNKNOWN": (Unreachable, None),
    "DEADLINE_EXCEEDED": (Unreachable, None),
}
HTTP_STATUSES = {
    HTTPStatus.UNAUTHORIZED: (TokenLost, reasons.EXPIRED),
    HTTPStatus.FORBIDDEN: (RequestRefused, None),
    HTTPStatus.NOT_FOUND: (RequestRefused, None),
    HTTPStatus.BAD_REQUEST: (RequestRefused, None),
    HTTPStatus.TOO_MANY_REQUESTS: (RateLimited, None),
}
UNAPPROVED = "quota of 0"
NO_CHANNEL = "youtubeSignupRequired"
NO_SENSE = (Unreachable, None)
NAME_LENGTH = 60


class NoChannel(RequestRefused):
    """The identity has no YouTube channel. A 401, and yet the token is fine."""


def failure_of(answer, status, retry_after=None):
    """Return the :class:`ProviderError` for one refusal.

    :param dict answer: the whole body
    :param int status: the HTTP status
    :param int retry_after: seconds of the header, where there was one
    """
    error = answer.get("error")
    if is_unapproved(answer):
        return AppFault(detail=UNAPPROVED)
    if isinstance(error, dict):
        return _api_failure(error, status, retry_after)
    if isinstance(error, str) and values.text(error):
        return _oauth_failure(answer, status, retry_after)
    return failure(*NO_SENSE, f"HTTP {status}", status, retry_after)


def _oauth_failure(answer, status, retry_after):
    error = values.text(answer["error"], NAME_LENGTH)
    subtype = values.text(answer.get("error_subtype"), NAME_LENGTH)
    # Names that are not in the tables may be anything, and are not told.
    detail = error if error in OAUTH_ERRORS else f"HTTP {status}"
    kind, reason = OAUTH_ERRORS.get(error, NO_SENSE)
    if subtype in OAUTH_SUBTYPES:
        detail, (kind, reason) = f"{detail}/{subtype}", OAUTH_SUBTYPES[subtype]
    return failure(kind, reason, detail, status, retry_after)


def _api_failure(error, status, retry_after):
    found = _reasons(error)
    if NO_CHANNEL in found:
        return NoChannel(detail=NO_CHANNEL)
    verdicts = [(name, API_REASONS[name]) for name in found if name in API_REASONS]
    told = values.text(error.get("status"), NAME_LENGTH)
    if told in API_STATUSES:
        verdicts.append((told, API_STATUSES[told]))
    code = values.whole(error.get("code")) or status
    verdicts.append((f"HTTP {code}", HTTP_STATUSES.get(code, NO_SENSE)))
    detail, (kind, reason) = verdicts[0]
    return failure(kind, reason, detail, status, retry_after)


def _reasons(error):
    """Return the reasons that an API named, the more exact list first."""
    named = [*values.items(error.get("details")), *values.items(error.get("errors"))]
    return [values.text(one.get("reason"), NAME_LENGTH) for one in named]


def is_unapproved(answer):
    """Whether the project is not approved yet for the Business Profile APIs.

    Every call is then one too many ("Limits": 0 queries a minute before approval), and
    waiting does not help. That the limit is told so has been seen in the field.
    """
    details = values.items(values.mapping(answer.get("error")).get("details"))
    limits = (values.mapping(one.get("metadata")) for one in details)
    return any(values.number(one.get("quota_limit_value")) == 0 for one in limits)
