"""What the token endpoints of stand-ins share (RFC 6749, RFC 7636)."""

import base64
import binascii
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from werkzeug.wrappers import Response

from .problems import Refusal


@dataclass
class Code:
    """An authorization code: short life, one use, one URI (RFC 6749, 4.1.2).

    :param given: what the token will carry, the network's own affair
    """

    value: str
    app_id: str
    person: str
    redirect_uri: str
    expires_at: int
    challenge: str = ""
    challenge_method: str = ""
    given: dict = field(default_factory=dict)
    used: bool = False


class OAuthError(Refusal):
    """A refusal in the shape of RFC 6749, section 5.2."""

    def __init__(self, error, description="", status=400, **more):
        super().__init__(error)
        self.error, self.description = error, description
        self.status, self.more = status, more

    def body(self):
        described = {"error_description": self.description} if self.description else {}
        return {"error": self.error, **described, **self.more}

    def response(self):
        return json_answer(self.body(), self.status)


def json_answer(data, status=200):
    """Return JSON that nobody keeps (RFC 6749, section 5.1)."""
    response = Response(
        json.dumps(data), status=status, content_type="application/json; charset=UTF-8"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def verifier_fits(challenge, method, verifier):
    """Return whether a verifier is the challenge's (RFC 7636, section 4.6)."""
    if not challenge:
        return True
    if method == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        verifier = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return same(verifier, challenge)


def same(given, expected):
    """Compare two secrets."""
    return secrets.compare_digest(given.encode(), expected.encode())


def basic_credentials(request):
    """Return id and secret of HTTP Basic, or None (RFC 6749, section 2.3.1)."""
    scheme, _space, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(value).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (unquote_plus(user), unquote_plus(password)) if colon else None


def bearer_token(request):
    """Return the token of RFC 6750, section 2.1, or ''."""
    scheme, _space, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""
