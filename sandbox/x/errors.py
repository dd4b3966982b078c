"""X's problems (RFC 9457), and the older list of numbered errors.

Source: "Response codes and errors". An HTTP status without a name of its own is
``about:blank``.
"""

from ..oauth import json_answer
from ..problems import Refusal

HOME = "https://api.twitter.com/2/problems/"
BLANK = "about:blank"


class Problem(Refusal):
    """A refusal of the API.

    :param kind: the last part of ``type``
    :param code: of the older shape, which it takes then
    :param headers: of the answer
    """

    def __init__(self, status, title="", kind="", code=0, headers=None, **more):
        super().__init__(title)
        self.status, self.title, self.kind = status, title, kind
        self.code, self.headers, self.more = code, headers or {}, more

    def body(self):
        if self.code:
            return {"errors": [{"code": self.code, "message": "Stand-in trouble."}]}
        return {
            "title": self.title,
            "detail": self.title,
            "type": HOME + self.kind if self.kind else BLANK,
            "status": self.status,
        } | self.more

    def response(self):
        response = json_answer(self.body(), self.status)
        if not self.code:
            response.content_type = "application/problem+json"
        response.headers.update(self.headers)
        return response


def unauthorized():
    return Problem(401, "Unauthorized")


def forbidden(detail="Forbidden"):
    return Problem(403, "Forbidden", detail=detail)


def not_enrolled(client_id):
    return Problem(
        403,
        "Client Forbidden",
        "client-forbidden",
        reason="client-not-enrolled",
        client_id=client_id,
        required_enrollment="Appropriate Level of API Access",
    )


def no_credits():
    return Problem(402, "CreditsDepleted", "credits")
