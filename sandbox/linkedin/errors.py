"""The APIs' errors: ``status``, ``serviceErrorCode``, ``code``, ``message``."""

from ..oauth import json_answer
from ..problems import Refusal


class ApiError(Refusal):
    """A refusal of one of the APIs."""

    def __init__(self, status, message, number=None, code=""):
        super().__init__(message)
        self.status, self.message = status, message
        self.number, self.code = number, code

    def response(self):
        body = {"status": self.status, "message": self.message}
        if self.number is not None:
            body["serviceErrorCode"] = self.number
        if self.code:
            body["code"] = self.code
        return json_answer(body, self.status)


def invalid_token():
    return ApiError(401, "Invalid access token", 65600, "INVALID_ACCESS_TOKEN")


def revoked_token():
    message = "The token used in the request has been revoked by the user"
    return ApiError(401, message, 65601, "REVOKED_ACCESS_TOKEN")


def expired_token():
    message = "The token used in the request has expired"
    return ApiError(401, message, 65602, "EXPIRED_ACCESS_TOKEN")


def not_permitted(what):
    message = f"Not enough permissions to access: {what}"
    return ApiError(403, message, 100, "ACCESS_DENIED")
