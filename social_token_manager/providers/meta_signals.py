"""What Meta's networks tell: webhooks, deauthorisation, data deletion.

Sources: Meta, "Webhooks" (handshake, ``X-Hub-Signature-256``), "Webhooks - Messenger
Platform", "Webhooks for Instagram", Threads "Webhooks", "Data Deletion Request
Callback"; the ``permissions`` object as others have seen it. Whose secret signs for
Instagram Login and Threads, the product's or Meta's own app's, is not documented: an
app may know both.
"""

import re
from datetime import timedelta

from . import values
from .signals import (
    CHANGED,
    DEAUTHORIZE,
    DELETE,
    DELETION,
    DETACHED,
    MESSAGE,
    REVOKED,
    Handshake,
    Signal,
    SignalRefused,
    from_base64,
    from_hex,
    is_signed,
    key_of,
    read_object,
)

SIGNATURE = "X-Hub-Signature-256"
SIGNED = re.compile(r"sha256=([0-9a-f]{64})")
ALGORITHM = "HMAC-SHA256"
# Shown back to whoever knows the verify token, as plain text.
CHALLENGE = re.compile(r"[\w-]{1,256}", re.ASCII)

# object: networks whose messages and whose comments it tells
TOPICS = {
    "page": (("messenger",), ("facebook",)),
    "instagram": (("instagram",), ("instagram",)),
}
PAGE_NETWORKS = ("facebook", "messenger")
PURPOSES = {DEAUTHORIZE: REVOKED, DELETE: DELETION}


class MetaSignals:
    """Mixed into Meta's providers."""

    sends_signals = True
    signal_purposes = (DEAUTHORIZE, DELETE)
    # Sent again for 36 hours; a signed request is believed for a day in all libraries.
    oldest_signal = timedelta(hours=48)
    oldest_request = timedelta(hours=24)

    def answer_handshake(self, query, verify_token):
        """Override of the base ("Verification Requests").

        Some frameworks send underscores where Meta sends dots; Meta sends dots.
        """
        given = query.get("hub.verify_token", "")
        challenge = query.get("hub.challenge", "")
        if query.get("hub.mode") != "subscribe" or not CHALLENGE.fullmatch(challenge):
            raise SignalRefused("no handshake")
        if not self._is_same(given, verify_token):
            raise SignalRefused("verify token")
        return Handshake(challenge)

    def _read_signals(self, delivery):
        """Override of the base."""
        if delivery.purpose in PURPOSES:
            return [self._read_signed_request(delivery)]
        found = SIGNED.fullmatch(delivery.headers.get(SIGNATURE) or "")
        if not found:
            raise SignalRefused("unsigned")
        secrets = self.app.signing_secrets
        if not is_signed(secrets, delivery.raw, from_hex(found[1])):
            raise SignalRefused("signature")
        return list(self._parse_webhook(read_object(delivery.raw)))

    # === SIGNED REQUESTS === #

    def _read_signed_request(self, delivery):
        """Return the signal of a form with a ``signed_request``.

        The signature is over the payload as it was encoded.
        """
        given = delivery.form.get("signed_request", [])
        if len(given) != 1:
            raise SignalRefused("no signed request")
        signature, dot, encoded = given[0].partition(".")
        if not dot or not encoded.isascii():
            raise SignalRefused("no signed request")
        secrets = self.app.signing_secrets
        if not is_signed(secrets, encoded.encode(), from_base64(signature, b"-_")):
            raise SignalRefused("signature")
        payload = read_object(from_base64(encoded, b"-_"))
        if payload.get("algorithm") != ALGORITHM:
            raise SignalRefused("algorithm")
        return self._parse_request(delivery.purpose, payload)

    def _parse_request(self, purpose, payload):
        happened_at = values.moment(payload.get("issued_at"), self.now)
        subject = values.identifier(payload.get("user_id"))
        profile_id = values.identifier(payload.get("profile_id"))
        if not happened_at or happened_at < self.now - self.oldest_request:
            raise SignalRefused("stale")
        key = key_of(purpose, subject, profile_id, payload.get("issued_at"))
        if profile_id and subject in ("", "0"):
            # A page that puts the app out is no person; seen in the field.
            return Signal(
                DETACHED,
                key,
                happened_at,
                external_id=profile_id,
                networks=PAGE_NETWORKS,
                detail=purpose,
            )
        if not subject:
            raise SignalRefused("nobody")
        kind = PURPOSES[purpose]
        return Signal(kind, key, happened_at, subject=subject, detail=purpose)

    # === WEBHOOKS === #

    def _parse_webhook(self, body):
        """Yield the signals of a webhook's body; what is unknown is passed over."""
        topic = values.text(body.get("object"))
        if body.get("target_id"):
            yield from self._parse_flat(body)
        for entry in values.items(body.get("entry")):
            if topic == "permissions":
                yield from self._parse_permissions(entry)
            elif topic in TOPICS:
                yield from self._parse_entry(entry, *TOPICS[topic])

    def _parse_permissions(self, entry):
        """Yield that somebody's permissions changed; the network is asked how.

        What the verb of a withdrawal is, is not documented, so it is not relied on.
        """
        subject = values.identifier(entry.get("uid") or entry.get("id"))
        happened_at = self._moment(entry.get("time"))
        changes = values.items(entry.get("changes"))
        if subject and happened_at and changes:
            key = key_of("permissions", subject, entry.get("time"), changes)
            yield Signal(
                CHANGED, key, happened_at, subject=subject, detail="permissions"
            )

    def _parse_entry(self, entry, writers, commenters):
        """Yield what one entry brings: messages, comments, or a lone comment."""
        external_id = values.identifier(entry.get("id"))
        happened_at = self._moment(entry.get("time"))
        if not external_id or not happened_at:
            return
        messages = values.items(entry.get("messaging"))
        messages += values.items(entry.get("standby"))
        comments = values.items(entry.get("changes"))
        if entry.get("field"):
            comments.append({"field": entry["field"], "value": entry.get("value")})
        for event in messages:
            yield _written(writers, external_id, happened_at, event)
        for event in comments:
            yield _written(commenters, external_id, happened_at, event)

    def _parse_flat(self, body):
        """Yield the one thing that a webhook of Threads tells."""
        external_id = values.identifier(body["target_id"])
        happened_at = self._moment(body.get("time"))
        event = values.mapping(body.get("values"))
        if external_id and happened_at and event:
            yield _written(("threads",), external_id, happened_at, event)

    def _moment(self, value):
        """Return the instant of seconds or, in messages, of milliseconds."""
        number = values.number(value)
        if number is not None and number > 10**11:
            number /= 1000
        return values.moment(number, self.now)


def _written(networks, external_id, happened_at, event):
    """Return the signal of one message or comment; a message has an id of its own."""
    message = values.mapping(event.get("message"))
    named = values.text(message.get("mid"), 1000)
    key = key_of("message", networks, external_id, named or [happened_at, event])
    return Signal(
        MESSAGE,
        key,
        happened_at,
        external_id=external_id,
        networks=networks,
        detail=values.text(event.get("field"), 40),
        about=_story_of(message),
        events=(event,),
    )


def _story_of(message):
    """Return what a message has to do with a story, '' for nothing."""
    if values.mapping(message.get("reply_to")).get("story"):
        return "story_reply"
    kinds = [one.get("type") for one in values.items(message.get("attachments"))]
    return "story_mention" if "story_mention" in kinds else ""
