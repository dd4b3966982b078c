"""The error envelope of Google's APIs, older and newer in one.

``errors[]`` with a ``reason`` is what the YouTube Data API documents; ``status`` and
``details[]`` are google.rpc's, as the Business Profile APIs answer.
"""

from ..oauth import json_answer
from ..problems import Refusal

STATUS_OF = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
INFO = "type.googleapis.com/google.rpc.ErrorInfo"


class ApiError(Refusal):
    """A refusal of one of the APIs.

    :param reason: of ``errors[]``, YouTube's
    :param info: the reason in ``details[]``, with :param metadata: beside it
    """

    def __init__(
        self, code, message, *, reason="", domain="global", info="", metadata=None
    ):
        super().__init__(message)
        self.code, self.message = code, message
        self.reason, self.domain = reason, domain
        self.info, self.metadata = info, metadata or {}

    def body(self):
        error = {"code": self.code, "message": self.message}
        if self.reason:
            error["errors"] = [
                {
                    "message": self.message,
                    "domain": self.domain,
                    "reason": self.reason,
                }
            ]
        if not self.reason or self.info:
            error["status"] = STATUS_OF.get(self.code, "UNKNOWN")
        if self.info:
            error["details"] = [
                {
                    "@type": INFO,
                    "reason": self.info,
                    "domain": "googleapis.com",
                    "metadata": self.metadata,
                }
            ]
        return {"error": error}

    def response(self):
        return json_answer(self.body(), self.code)


def not_authenticated(reason=""):
    return ApiError(
        401,
        "Request had invalid authentication credentials. Expected OAuth 2 access "
        "token, login cookie or other valid authentication credential.",
        reason=reason,
    )


def scope_missing(service, reason=""):
    return ApiError(
        403,
        "Request had insufficient authentication scopes.",
        reason=reason,
        info="ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        metadata={"service": f"{service}.googleapis.com"},
    )


def api_off(service, reason=""):
    return ApiError(
        403,
        f"{service} has not been used in the project before or it is disabled.",
        reason=reason,
        domain="usageLimits",
        info="SERVICE_DISABLED",
        metadata={"service": f"{service}.googleapis.com"},
    )


def not_approved(service):
    return ApiError(
        429,
        f"Quota exceeded for quota metric 'Requests' of service "
        f"'{service}.googleapis.com'.",
        info="RATE_LIMIT_EXCEEDED",
        metadata={"service": f"{service}.googleapis.com", "quota_limit_value": "0"},
    )


def quota_spent():
    return ApiError(
        403,
        "The request cannot be completed because you have exceeded your quota.",
        reason="quotaExceeded",
        domain="youtube.quota",
    )


def bad_argument(message, reason=""):
    return ApiError(400, message, reason=reason)


def not_found(message="Requested entity was not found."):
    return ApiError(404, message)
