"""What X tells: that an account took the app away.

Sources: X API, "Account Activity" (``user_event.revoke``), "X Activity API event
payloads" (``oauth.revoke``), "Webhooks" (challenge-response check, signature). Both are
signed with the secret of the app's *API key*, which is another one than that of its
OAuth 2.0 client: the app's webhook secret.
"""

import base64
import json
import re
from datetime import UTC, datetime, timedelta

from . import values
from .signals import (
    REVOKED,
    Handshake,
    Signal,
    SignalRefused,
    digest_of,
    from_base64,
    is_signed,
    key_of,
    read_object,
)

SIGNATURE = "x-twitter-webhooks-signature"
SIGNED = re.compile(r"sha256=([A-Za-z0-9+/]{43}=)")
# The answer to a check is a signature over what was sent: whoever may choose that
# freely gets one for a delivery of his own, which is a JSON object and has braces.
CHECK_TOKEN = re.compile(r"[A-Za-z0-9+/=_.-]{1,256}")
REVOKE = "oauth.revoke"


class XSignals:
    """Mixed into X's provider."""

    sends_signals = True
    oldest_signal = timedelta(hours=48)

    def answer_handshake(self, query, verify_token):
        """Override of the base: the challenge-response check, hourly and at set-up."""
        token = query.get("crc_token", "")
        secret = next(iter(self.app.signing_secrets), "")
        if not secret or not CHECK_TOKEN.fullmatch(token):
            raise SignalRefused("no check")
        digest = base64.b64encode(digest_of(secret, token.encode())).decode()
        body = json.dumps({"response_token": f"sha256={digest}"})
        return Handshake(body, "application/json")

    def _read_signals(self, delivery):
        """Override of the base."""
        found = SIGNED.fullmatch(delivery.headers.get(SIGNATURE) or "")
        if not found:
            raise SignalRefused("unsigned")
        secrets = self.app.signing_secrets
        if not is_signed(secrets, delivery.raw, from_base64(found[1])):
            raise SignalRefused("signature")
        return list(self._parse_events(read_object(delivery.raw)))

    def _parse_events(self, body):
        """Yield the revocations of a body: of the older product or of the newer one.

        The app is named by a number that an OAuth 2.0 client does not know; the
        signature is that of this very app.
        """
        older = values.mapping(values.mapping(body.get("user_event")).get("revoke"))
        if older:
            source = values.mapping(older.get("source"))
            yield from self._parse_revoke(source.get("user_id"), older.get("date_time"))
        newer = values.mapping(body.get("data"))
        if newer.get("event_type") == REVOKE:
            payload = values.mapping(newer.get("payload"))
            yield from self._parse_revoke(
                payload.get("user_id"), payload.get("date_time")
            )

    def _parse_revoke(self, user_id, told_at):
        subject = values.identifier(user_id)
        happened_at = _instant(told_at)
        if subject and happened_at:
            # The same revocation may be told by both products.
            key = key_of(REVOKE, subject, happened_at)
            yield Signal(REVOKED, key, happened_at, subject=subject, detail=REVOKE)


def _instant(value):
    """Return the naive UTC datetime of an ISO 8601 text, None for nonsense."""
    try:
        found = datetime.fromisoformat(value)
        if found.tzinfo:
            found = found.astimezone(UTC).replace(tzinfo=None)
    except (TypeError, ValueError, OverflowError):
        return None
    return found.replace(microsecond=0)
