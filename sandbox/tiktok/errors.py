"""The API's envelope, which comes with good answers too ("API v2 errors")."""

from ..oauth import json_answer
from ..problems import Refusal

LOG_ID = "standin"


def envelope(data, code="ok", status=200):
    error = {"code": code, "message": "" if code == "ok" else code, "log_id": LOG_ID}
    return json_answer({"data": data, "error": error}, status)


class ApiError(Refusal):
    """A refusal of the API."""

    def __init__(self, code, status):
        super().__init__(code)
        self.code, self.status = code, status

    def response(self):
        return envelope({}, self.code, self.status)
