"""What can go wrong at a network, classified. Callers branch on the class.

No exception carries a secret: neither a URL with its query, nor a body, nor the
network's own text. ``detail`` is a short code such as ``190/460`` for the journal.
"""

from http import HTTPStatus


class ProviderError(Exception):
    """Base of all failures that a provider raises.

    :param str reason: a code of ``policy.reasons``
    :param str detail: the network's own numbers, safe to store
    """

    reason = None

    def __init__(self, reason=None, detail=""):
        self.reason = reason or self.reason
        self.detail = detail
        super().__init__(f"{self.reason} {detail}".strip())


class TokenLost(ProviderError):
    """A definite answer: this token, or its reach to one profile, is gone."""


class GrantRefused(ProviderError):
    """The code or the refresh token was not accepted (RFC 6749 section 5.2)."""

    reason = "grant_refused"


class AppFault(ProviderError):
    """Our app is the problem: wrong secret, unknown version, app blocked."""

    reason = "app_fault"


class RequestRefused(ProviderError):
    """The call was wrong; it says nothing about the token."""

    reason = "request_refused"


class AccessEnded(RequestRefused):
    """The access token is over; only a refresh tells whether the grant is alive.

    Raised where asking must not spend a refresh token that is good for one use.
    """


class RateLimited(ProviderError):
    """Too many calls. ``retry_after`` is in seconds, None when not told."""

    reason = "rate_limited"

    def __init__(self, detail="", retry_after=None):
        super().__init__(detail=detail)
        self.retry_after = retry_after


class Unreachable(ProviderError):
    """Transient: network down, time-out, 5xx, or an answer that makes no sense."""

    reason = "unreachable"


class OutcomeUnknown(Unreachable):
    """A call was sent and its answer never came whole: it may have had its effect.

    Of use where that effect spends something, such as a refresh token of one use.
    """


class AddressRefused(AppFault):
    """The address of a call is not one that may be reached."""


def failure(kind, reason, detail, status, retry_after=None):
    """Return the failure that a network's table names, unless the status knows better.

    What comes with a 5xx is passing, but for a rate limit.

    :param type kind: the class, :param str reason: of the token, or None
    :param str detail: as of :class:`ProviderError`
    :param int status: the HTTP status
    :param int retry_after: seconds until the next call is welcome, where told
    """
    if kind is RateLimited or status == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimited(detail, retry_after)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unreachable(detail=detail)
    return kind(reason, detail)
