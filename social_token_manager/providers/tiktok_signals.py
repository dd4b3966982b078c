"""What TikTok tells: that an account took the app away.

Sources: TikTok for Developers, "Webhooks", "Webhook Events", "Webhook Verification".
The event comes by itself once the app has a callback URL.
"""

import re
from datetime import timedelta

from . import values
from .signals import (
    HELD,
    REVOKED,
    Signal,
    SignalRefused,
    from_hex,
    is_signed,
    key_of,
    read_object,
)

SIGNATURE = "TikTok-Signature"
SIGNED = re.compile(r"t=([0-9]{1,12}),s=([0-9a-f]{64})")
REMOVED = "authorization.removed"
# Reason 4: the account was banned, which may be taken back.
BANNED = 4


class TikTokSignals:
    """Mixed into TikTok's provider."""

    sends_signals = True
    # Sent again for 72 hours.
    oldest_signal = timedelta(hours=84)

    def _read_signals(self, delivery):
        """Override of the base: timestamp, dot and body are signed."""
        found = SIGNED.fullmatch(delivery.headers.get(SIGNATURE) or "")
        if not found:
            raise SignalRefused("unsigned")
        content = found[1].encode() + b"." + delivery.raw
        if not is_signed(self.app.signing_secrets, content, from_hex(found[2])):
            raise SignalRefused("signature")
        signed_at = values.moment(found[1], self.now)
        if not signed_at or signed_at < self.now - self.oldest_signal:
            raise SignalRefused("stale")
        return list(self._parse_event(read_object(delivery.raw)))

    def _parse_event(self, body):
        if values.text(body.get("client_key")) != self.app.client_id:
            raise SignalRefused("another app")
        subject = values.identifier(body.get("user_openid"))
        happened_at = values.moment(body.get("create_time"), self.now)
        if body.get("event") != REMOVED or not subject or not happened_at:
            return
        content = body.get("content")
        reason = values.whole(
            read_object(content if isinstance(content, str) else b"").get("reason")
        )
        yield Signal(
            HELD if reason == BANNED else REVOKED,
            key_of(REMOVED, subject, body.get("create_time")),
            happened_at,
            subject=subject,
            detail=REMOVED if reason is None else f"{REMOVED}/{reason}"[:60],
        )
