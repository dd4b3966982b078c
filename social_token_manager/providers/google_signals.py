"""What Google tells: Cross-Account Protection, by security event tokens (RISC).

Sources: Google, "Protect user accounts with Cross-Account Protection"; RFC 8417
(security event tokens), RFC 7515 and 7517 (signature and keys), OpenID RISC and OAuth
event types. Only people who granted ``email`` or ``profile`` are told about.
"""

import base64
import hashlib
import hmac
import threading
from datetime import timedelta

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from . import values
from .errors import Unreachable
from .signals import (
    CHANGED,
    HELD,
    PROBE,
    REVOKED,
    Signal,
    SignalRefused,
    key_of,
    read_object,
)

# One algorithm, whatever a token's own header says (RFC 8725 section 3.1).
ALGORITHM = "RS256"
RISC = "https://schemas.openid.net/secevent/risc/event-type/"
OAUTH = "https://schemas.openid.net/secevent/oauth/event-type/"
EVENTS = {
    f"{OAUTH}tokens-revoked": REVOKED,
    f"{OAUTH}token-revoked": REVOKED,
    f"{RISC}account-purged": REVOKED,
    f"{RISC}account-disabled": HELD,
    f"{RISC}account-enabled": CHANGED,
    f"{RISC}sessions-revoked": CHANGED,
    f"{RISC}account-credential-change-required": CHANGED,
    f"{RISC}verification": PROBE,
}
TOKEN_EVENT = f"{OAUTH}token-revoked"
PREFIX, DOUBLE_HASH = "prefix", "hash_base64_sha512_sha512"
PREFIX_LENGTH = 16

KEYS_KEPT = timedelta(hours=24)
# A token that names a key nobody has heard of asks for the keys anew, but not at once.
KEYS_PAUSE = timedelta(minutes=5)


class KeyCache:
    """The keys that issuers sign with, for a day, for all threads of a process."""

    def __init__(self):
        self._lock = threading.Lock()
        self._found = {}

    def get(self, address, now, kid, fetch):
        """Return ``(issuer, KeySet)``; asked anew for a key that is not known yet.

        :param fetch: function without arguments that brings the pair
        :raise ProviderError: it could not be fetched
        """
        with self._lock:
            fetched_at, pair = self._found.get(address, (None, None))
        age = fetched_at and abs(now - fetched_at)
        is_known = pair and any(key.kid == kid for key in pair[1].keys)
        if pair and (age < KEYS_PAUSE or (is_known and age < KEYS_KEPT)):
            return pair
        pair = fetch()
        with self._lock:
            self._found[address] = (now, pair)
        return pair

    def clear(self):
        """Forget all keys."""
        with self._lock:
            self._found.clear()


key_cache = KeyCache()


class GoogleSignals:
    """Mixed into Google's provider."""

    sends_signals = True
    signal_status = 202
    oldest_signal = timedelta(days=7)
    default_signal_keys_url = (
        "https://accounts.google.com/.well-known/risc-configuration"
    )

    def _read_signals(self, delivery):
        """Override of the base: the body is the token.

        Its ``exp`` is not looked at, as Google asks: it tells of the past.
        """
        claims = read_object(self._verify_token(delivery.raw))
        audience = claims.get("aud")
        if self.app.client_id not in (
            audience if isinstance(audience, list) else [audience]
        ):
            raise SignalRefused("another app")
        jti = values.text(claims.get("jti"), 1000)
        happened_at = values.moment(claims.get("iat"), self.now)
        if not jti or not happened_at:
            raise SignalRefused("incomplete")
        return list(self._parse_events(claims, jti, happened_at))

    def names_token(self, signal, stored):
        """Override of the base: by the beginning or by the hash of a refresh token."""
        algorithm, _colon, named = signal.fingerprint.partition(":")
        refresh_token = stored.refresh_token or ""
        found = {
            PREFIX: lambda: refresh_token[:PREFIX_LENGTH],
            DOUBLE_HASH: lambda: _double_hash(refresh_token),
        }.get(algorithm)
        if not found or not refresh_token:
            return False
        return hmac.compare_digest(found().encode(), named.encode())

    # === THE TOKEN === #

    def _verify_token(self, raw):
        """Return the claims' bytes of a token that Google signed.

        :raise Unreachable: the keys cannot be had now
        """
        token = raw.strip()
        try:
            kid = jws.extract_compact(token).headers().get("kid")
            if not isinstance(kid, str):
                raise SignalRefused("no key named")
            issuer, keys = self._get_keys(kid)
            claims = jws.deserialize_compact(token, keys, algorithms=[ALGORITHM])
        except (JoseError, ValueError, TypeError, RecursionError):
            raise SignalRefused("signature") from None
        told = values.text(read_object(claims.payload).get("iss"), 1000)
        # Google's own documents write it with and without the slash.
        if not told or told.rstrip("/") != issuer.rstrip("/"):
            raise SignalRefused("another issuer")
        return claims.payload

    def _get_keys(self, kid):
        address = self.app.signal_keys_url
        if not address:
            raise SignalRefused("no keys")
        return key_cache.get(address, self.now, kid, self._fetch_keys)

    def _fetch_keys(self):
        """Return ``(issuer, KeySet)`` from the issuer's well-known address."""
        told = self._get(self.app.signal_keys_url)
        issuer = values.text(told.get("issuer"), 1000)
        address = values.text(told.get("jwks_uri"), 2000)
        if not issuer or not address:
            raise Unreachable(detail="no issuer")
        try:
            return issuer, KeySet.import_key_set(self._get(address))
        except (JoseError, ValueError, TypeError, KeyError):
            raise Unreachable(detail="no keys") from None

    # === PARSING === #

    def _parse_events(self, claims, jti, happened_at):
        """Yield the events of a token; what is unknown is passed over."""
        for name, told in values.mapping(claims.get("events")).items():
            if name not in EVENTS:
                continue
            about = values.mapping(values.mapping(told).get("subject"))
            subject = values.identifier(about.get("sub"))
            fingerprint = _fingerprint(about) if name == TOKEN_EVENT else ""
            if subject or fingerprint or EVENTS[name] == PROBE:
                yield Signal(
                    EVENTS[name],
                    key_of("risc", jti, name),
                    happened_at,
                    subject="" if fingerprint else subject,
                    fingerprint=fingerprint,
                    detail=name.rpartition("/")[2],
                )


def _fingerprint(about):
    algorithm = values.text(about.get("token_identifier_alg"))
    token = values.secret(about.get("token"))
    if algorithm not in (PREFIX, DOUBLE_HASH) or not token:
        return ""
    # Shorter than a whole prefix it would fit many tokens.
    return f"{algorithm}:{token}" if len(token) >= PREFIX_LENGTH else ""


def _double_hash(token):
    once = hashlib.sha512(token.encode()).digest()
    return base64.b64encode(hashlib.sha512(once).digest()).decode()
