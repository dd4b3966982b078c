"""Whatever comes to the address of webhooks: it is refused, or a signal, and no crash.

Unsigned nonsense must never become a signal; signed nonsense must not raise anything
but a refusal, since a network that meets a traceback gives the address up.
"""

import base64
import hashlib
import hmac
import json
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from odoo.addons.social_token_manager.providers import PROVIDERS
from odoo.addons.social_token_manager.providers.results import AppData
from odoo.addons.social_token_manager.providers.signals import (
    Delivery,
    Signal,
    SignalRefused,
)

NOW = datetime(2026, 11, 22, 12, 0, 0)
SECONDS = 1795348800
SECRET = "app-secret"
TELLING = sorted(code for code, kind in PROVIDERS.items() if kind.sends_signals)
META = ("meta", "instagram", "threads")

# Words that lead deep into the parsers, among all others.
WORDS = some.sampled_from(
    "object page instagram permissions entry id uid time messaging standby changes"
    " field value verb target_ids message mid attachments type story_mention"
    " reply_to story target_id values event authorization.removed client_key"
    " user_openid create_time content reason data event_type oauth.revoke payload"
    " user_id date_time user_event revoke source iss aud iat jti events subject sub"
    " algorithm HMAC-SHA256 issued_at profile_id 4711 1001".split()
)
TEXTS = WORDS | some.text(max_size=20)
NUMBERS = some.integers() | some.floats() | some.just(SECONDS)
JSON = some.recursive(
    some.none() | some.booleans() | NUMBERS | TEXTS,
    lambda more: (
        some.lists(more, max_size=4) | some.dictionaries(TEXTS, more, max_size=6)
    ),
    max_leaves=25,
)
HEADERS = some.sampled_from(
    ["X-Hub-Signature-256", "TikTok-Signature", "x-twitter-webhooks-signature"]
)


def provider(code):
    app = AppData(code, "4711", SECRET, "", "", "", signal_keys_url="https://k.example")
    return PROVIDERS[code](app, None, NOW)


def digest(content):
    return hmac.new(SECRET.encode(), content, hashlib.sha256).digest()


def signed_headers(raw):
    found, stamped = digest(raw), digest(f"{SECONDS}.".encode() + raw)
    return {
        "X-Hub-Signature-256": f"sha256={found.hex()}",
        "TikTok-Signature": f"t={SECONDS},s={stamped.hex()}",
        "x-twitter-webhooks-signature": f"sha256={base64.b64encode(found).decode()}",
    }


def read(code, delivery):
    """Return the signals, None for a refusal; nothing else may come."""
    try:
        signals = provider(code).read_signals(delivery)
    except SignalRefused as refused:
        assert refused.detail
        return None
    for signal in signals:
        assert isinstance(signal, Signal)
        assert isinstance(signal.happened_at, datetime)
        # What is stored must be fit for the database.
        stored = signal.key + signal.detail + signal.subject + signal.external_id
        assert "\x00" not in stored
    return signals


@pytest.mark.parametrize("code", TELLING)
@settings(max_examples=150, deadline=None)
@given(
    raw=some.binary(max_size=300),
    headers=some.dictionaries(HEADERS, some.text(max_size=120), max_size=3),
    form=some.dictionaries(
        some.just("signed_request"), some.lists(some.text(max_size=200), max_size=2)
    ),
    purpose=some.sampled_from(["", "deauthorize", "deletion", "else"]),
)
def test_what_is_not_signed_is_never_a_signal(code, raw, headers, form, purpose):
    assert read(code, Delivery(purpose, raw, headers, form)) is None


@pytest.mark.parametrize("code", [code for code in TELLING if code != "google"])
@settings(max_examples=250, deadline=None)
@given(body=JSON)
def test_signed_nonsense_never_raises(code, body):
    raw = json.dumps(body).encode()
    read(code, Delivery("", raw, signed_headers(raw)))


@pytest.mark.parametrize("code", META)
@settings(max_examples=250, deadline=None)
@given(body=JSON | some.fixed_dictionaries({"algorithm": some.just("HMAC-SHA256")}))
def test_signed_requests_of_nonsense_never_raise(code, body):
    encoded = base64.urlsafe_b64encode(json.dumps(body).encode()).decode()
    signature = base64.urlsafe_b64encode(digest(encoded.encode())).decode()
    form = {"signed_request": [f"{signature}.{encoded}"]}
    for purpose in ("deauthorize", "deletion"):
        read(code, Delivery(purpose, b"", {}, form))


@settings(max_examples=250, deadline=None)
@given(claims=JSON)
def test_claims_of_nonsense_never_raise(claims):
    """As if Google had signed them: the signature is tested elsewhere."""
    google = provider("google")
    google._verify_token = lambda _raw: json.dumps(claims).encode()
    google.app = google.app.__class__(**vars(google.app) | {"client_id": None})
    try:
        google.read_signals(Delivery("", b"a.b.c"))
    except SignalRefused:
        pass


@pytest.mark.parametrize("code", TELLING)
@settings(max_examples=100, deadline=None)
@given(
    query=some.dictionaries(
        some.sampled_from(
            ["hub.mode", "hub.challenge", "hub.verify_token", "crc_token"]
        ),
        some.text(max_size=30) | some.just("subscribe"),
    ),
    token=some.text(min_size=8, max_size=20),
)
def test_a_handshake_without_the_token_says_nothing_of_ours(code, query, token):
    if query.get("hub.verify_token") == token:
        return
    try:
        handshake = provider(code).answer_handshake(query, token)
    except SignalRefused:
        return
    assert code == "x"
    assert token not in handshake.body
    # What was signed can be no delivery, which is a JSON object.
    assert "{" not in query["crc_token"]
