"""Posting what we tell other systems, and signing it.

A signature is that of Standard Webhooks (https://www.standardwebhooks.com): whoever
has the secret finds out with any of its libraries that a message is ours and new.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from http import HTTPStatus

from .errors import RateLimited, RequestRefused, Unreachable
from .transport import hidden_paths

SECRET_PREFIX = "whsec_"
# The specification: 24 to 64 bytes.
SECRET_BYTES = 24
SECRET_SIZES = range(24, 65)
# Answers after which the same call may well succeed.
PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY)


def new_secret():
    """Return a secret to sign with, as people copy it to the other system."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def key_of(secret):
    """Return the bytes of a secret.

    :raise ValueError: it is none
    """
    prefix, _found, encoded = secret.partition("_")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if f"{prefix}_" != SECRET_PREFIX or len(key) not in SECRET_SIZES:
        raise ValueError("no signing secret")
    return key


def signed_headers(secret, key, timestamp, body):
    """Return the headers that sign a message.

    :param str key: names the message; it is the same at each try
    :param int timestamp: of this try, in seconds
    :param bytes body: exactly what is sent
    :raise ValueError: the secret is none
    """
    signed = b".".join((key.encode(), str(timestamp).encode(), body))
    digest = hmac.new(key_of(secret), signed, hashlib.sha256).digest()
    return {
        "webhook-id": key,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


@dataclass(frozen=True)
class Posting:
    """One message on its way, as a worker sends it, with plain data only.

    :ivar address: a secret: whoever has it can write to that channel
    """

    outbox_id: int
    lease: str
    transport: object = field(repr=False)
    address: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: dict = field(repr=False)

    def __call__(self):
        """Send it.

        :raise ProviderError: it was not taken, with the status as detail
        """
        headers = {"Content-Type": "application/json", **self.headers}
        with hidden_paths(), self.transport.session() as session:
            response = session.post(self.address, data=self.body, headers=headers)
        status = response.status_code
        detail = f"HTTP {status}"
        if response.ok:
            return
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise RateLimited(detail, _seconds(response.headers.get("Retry-After")))
        if status in PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Unreachable(detail=detail)
        raise RequestRefused(detail=detail)


def _seconds(text):
    return int(text) if text and text.isascii() and text.isdigit() else None
