"""What networks tell of their own accord, and how it is known to be theirs.

A network's class verifies and parses a :class:`Delivery` into :class:`Signal` objects.
Nothing that was not signed with one of the app's own secrets, or by the network's own
key, is looked at any further.
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime

# The person took the app away, or the network did: all tokens of the grant are gone.
REVOKED = "revoked"
# The same, and what is stored of the person is to be forgotten.
DELETION = "deletion"
# The page or account put the app out, whoever had granted.
DETACHED = "detached"
# The network holds the account of the person.
HELD = "held"
# Something about a grant changed; what it is now has to be asked.
CHANGED = "changed"
# Something was written to a page or an account.
MESSAGE = "message"
# Nothing happened: the network tries whether it is heard.
PROBE = "probe"

# What has an address of its own, below the one for everything else.
WEBHOOK, DEAUTHORIZE, DELETE = "", "deauthorize", "deletion"

# HMAC-SHA256.
DIGEST_BYTES = 32


class SignalRefused(Exception):
    """A delivery that is not known to be the network's, or comes too late.

    :param str detail: a short text for our own log; never what was sent
    """

    def __init__(self, detail):
        self.detail = detail
        super().__init__(detail)


@dataclass(frozen=True)
class Delivery:
    """One POST as it came.

    :ivar bytes raw: the body; of a form it may be empty
    :ivar headers: a mapping that minds no case
    :ivar form: ``{name: [values]}``
    """

    purpose: str = WEBHOOK
    raw: bytes = field(default=b"", repr=False)
    headers: object = field(default_factory=dict, repr=False)
    form: dict = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Handshake:
    """What the network is answered that asks whether an address is ours."""

    body: str
    content_type: str = "text/plain"


@dataclass(frozen=True)
class Signal:
    """One thing that a network told.

    :ivar str key: the same for the same thing, however often it is sent
    :ivar datetime happened_at: at the network, naive UTC
    :ivar str subject: the network's id of the person who granted
    :ivar str external_id: the page or account; ``networks`` says of which networks
    :ivar str fingerprint: names one refresh token; see ``names_token``
    :ivar str detail: the network's own word for it, fit for the journal
    :ivar str about: ``story_mention`` or ``story_reply`` for a message that is one
    :ivar events: the network's own objects, for who reads messages
    """

    kind: str
    key: str
    happened_at: datetime
    subject: str = ""
    external_id: str = ""
    networks: tuple[str, ...] = ()
    fingerprint: str = ""
    detail: str = ""
    about: str = ""
    events: tuple = field(default=(), repr=False)


def key_of(*parts):
    """Return a key for what a network names by several values, or not at all.

    A digest: it says nothing about the person whom it is about.
    """
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def is_signed(secrets, content, signature):
    """Whether one of an app's secrets signed these bytes (HMAC-SHA256).

    Compared on bytes and in constant time, each secret, however many fit.

    :param secrets: texts; without any, nothing is signed
    :param bytes signature: the digest as it was sent
    """
    if len(signature) != DIGEST_BYTES:
        return False
    return any(
        [
            hmac.compare_digest(digest_of(secret, content), signature)
            for secret in secrets
            if secret
        ]
    )


def digest_of(secret, content):
    """Return the HMAC-SHA256 of some bytes."""
    return hmac.new(secret.encode(), content, hashlib.sha256).digest()


def from_hex(text):
    """Return the bytes of a hexadecimal text, none for what is no such text."""
    try:
        return bytes.fromhex(text) if text.isalnum() else b""
    except ValueError:
        return b""


def from_base64(text, altchars=b"+/"):
    """Return the bytes of a base64 text with or without padding, none for nonsense."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        return base64.b64decode(padded, altchars, validate=True)
    except (binascii.Error, ValueError):
        return b""


def read_object(content):
    """Return the JSON object that some bytes are, an empty one for anything else."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def fresh(signals, now, oldest):
    """Return the signals that are recent enough to be believed.

    What is older is either a replay or no news: the network has long stopped to send
    it again.

    :raise SignalRefused: there are some, and none is
    """
    kept = [signal for signal in signals if signal.happened_at >= now - oldest]
    if signals and not kept:
        raise SignalRefused("stale")
    return kept
