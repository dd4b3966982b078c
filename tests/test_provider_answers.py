"""Whatever a network answers, each provider gives a typed result or says what failed.

Each provider walks its whole way against its stand-in once; then the same way is
walked again and again, with the recorded answers spoilt.
"""

import json
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from requests.adapters import BaseAdapter

from odoo.addons.social_token_manager.policy import reasons
from odoo.addons.social_token_manager.providers import PROVIDERS, linkedin
from odoo.addons.social_token_manager.providers.errors import ProviderError
from odoo.addons.social_token_manager.providers.results import (
    AppData,
    Grant,
    Person,
    ProfileData,
    Reach,
    StoredToken,
    TokenSet,
    Verdict,
)
from odoo.addons.social_token_manager.providers.transport import Transport

import sandbox.server
from sandbox.testing import Visitor
from tests.people import REGISTRATIONS

REDIRECT_URI = "http://127.0.0.1:9/social/callback/key"
LONGEST = timedelta(days=21 * 366)
DETAIL_LENGTH = 100

# === THE WAY, AND ITS RECORD === #


class Recorder(BaseAdapter):
    """Passes calls on and keeps the answers, then gives them again.

    :ivar spoil: function from a recorded answer, (status, body), to the one given
    """

    def __init__(self, outside):
        super().__init__()
        self.outside, self.answers, self.spoil = outside, {}, None

    def send(self, request, **_options):
        """Override of ``requests``."""
        key = (request.method, urlsplit(request.url).path)
        if self.spoil is None:
            response = self.outside.send(request)
            self.answers[key] = (response.status_code, response.content)
            return response
        status, body, headers = self.spoil(*self.answers.get(key, (404, b"{}")))
        response = requests.Response()
        response.status_code, response._content = status, body
        response.headers.update(headers)
        response.url, response.request = request.url, request
        return response

    def close(self):
        """Override of ``requests``."""


class Way:
    """One provider on its whole way, first with the stand-in, then with its record."""

    def __init__(self, code, base_url):
        self.code, self.base_url = code, base_url
        self.transport = Transport({"127.0.0.1"})
        self.recorder = Recorder(self.transport._adapter)
        self.transport._adapter = self.recorder
        self.now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        self.app = self._app()
        self._record()

    def _app(self):
        provider = PROVIDERS[self.code]
        client_id, secret, folders = REGISTRATIONS[self.code]
        networks = tuple(provider.required_scopes) or ("club",)
        requests.post(
            f"{self.base_url}/_control/{self.code}/apps",
            json={"client_id": client_id, "redirect_uris": [REDIRECT_URI]},
        ).raise_for_status()
        root = f"{self.base_url}/{self.code}"
        version = provider.default_version
        return AppData(
            provider=self.code,
            client_id=client_id,
            client_secret=secret,
            scopes=provider.scopes_for(networks) or ("profile", "offline_access"),
            networks=networks,
            use_pkce=provider.default_use_pkce,
            auth_method=provider.default_auth_method,
            api_version=version,
            profile_id_path="sub",
            profile_name_path="name",
            profile_handle_path="preferred_username",
            profile_image_path="picture",
            **{"authorize_url": "", "token_url": "", "api_url": ""}
            | {
                name: (root + path).replace("{api_version}", version)
                for name, path in folders.items()
                if name != "issuer"
            },
        )

    def _record(self):
        provider = self.provider()
        self.verifier = provider.make_verifier()
        url = provider.authorization_url(
            redirect_uri=REDIRECT_URI, state="s", verifier=self.verifier
        )
        back = Visitor(self.base_url).walk(url)
        (self.code_given,) = parse_qs(urlsplit(back).query)["code"]
        self.good_grant = self.grant()
        listing = self.list_profiles()
        self.reaches = [
            Reach(number, one.network, one.external_id, one.page_token)
            for number, one in enumerate(listing)
        ]
        self.verify()
        if provider.extends_access_token:
            requests.post(
                f"{self.base_url}/_control/{self.code}/settings",
                json={"minimum_age_seconds": 0},
            ).raise_for_status()
        has_refresh_token = bool(self.good_grant.token.refresh_token)
        if provider.can_renew_silently(has_refresh_token=has_refresh_token):
            self.refresh()

    def provider(self):
        return PROVIDERS[self.code](self.app, self.transport, self.now)

    def stored(self):
        token, person = self.good_grant.token, self.good_grant.person
        # A day and more old: what is young may neither be refreshed nor believed dead.
        return StoredToken(
            token.access_token,
            token.refresh_token,
            person.external_id,
            token.scopes or (),
            self.now - timedelta(days=2),
            token.access_expires_at,
        )

    # --- what a provider is asked for

    def grant(self):
        return self.provider().grant(
            code=self.code_given, redirect_uri=REDIRECT_URI, verifier=self.verifier
        )

    def list_profiles(self):
        return self.provider().list_profiles(self.good_grant)

    def verify(self):
        return self.provider().verify(self.stored(), self.reaches)

    def refresh(self):
        return self.provider().refresh(self.stored())

    def recall(self):
        return self.provider().recall(self.stored())

    def verify_lapsed(self):
        lapsed = replace(self.stored(), access_expires_at=self.now)
        return self.provider().verify(lapsed, self.reaches)


QUESTIONS = ("grant", "list_profiles", "verify", "verify_lapsed", "refresh", "recall")


@pytest.fixture(scope="module")
def base_url():
    with sandbox.server.running() as server:
        yield server.base_url


@pytest.fixture(scope="module", params=sorted(PROVIDERS))
def way(request, base_url):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linkedin, "sleep", lambda _seconds: None)
        yield Way(request.param, base_url)


# === WHAT COMES INSTEAD === #

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        [
            "",
            "-1",
            "soon",
            "9" * 400,
            10**30,
            -(10**30),
            1e308,
            "\u202ecafe\u202c\u200b",
            "a\0b\r\nX: y",
            "x" * 5000,
            "http://127.0.0.1:9/",
            "javascript:alert(1)",
            "ok",
            "invalid_grant",
            "invalid_request",
            "access_token_invalid",
            190,
            65601,
        ]
    )
)
NAMES = st.sampled_from(
    ["error", "data", "code", "message", "id", "errors", "type", "status", "scope"]
)
NONSENSE = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)
    ),
    max_leaves=6,
)
STATUSES = st.sampled_from([200, 200, 200, 200, 204, 400, 401, 403, 404, 429, 500, 503])
HEADERS = st.sampled_from(
    [{}, {}, {"Retry-After": "soon"}, {"x-rate-limit-reset": "-5"}]
    + [{"WWW-Authenticate": 'Bearer error="invalid_token"'}, {"Retry-After": "1e99"}]
)
WHOLE = st.sampled_from(
    [
        b"",
        b"null",
        b"[]",
        b"5",
        b"{}",
        b"<html>",
        b"[" * 9000,
        b"\xff\xfe",
        b'{"a":NaN}',
    ]
)


def places(value, way=()):
    """Yield the way to each value in a JSON document, as a tuple of steps."""
    yield way
    inside = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        inside = enumerate(value)
    for step, one in inside:
        yield from places(one, (*way, step))


def changed(value, way, change):
    """Return a JSON document with the value at a place changed."""
    if not way:
        return change(value)
    copy = value.copy()
    copy[way[0]] = changed(value[way[0]], way[1:], change)
    return copy


def doubled(value):
    """Return a JSON document in which each list has everything twice."""
    if isinstance(value, dict):
        return {key: doubled(one) for key, one in value.items()}
    return [doubled(one) for one in value] * 2 if isinstance(value, list) else value


def without(step):
    def remove(value):
        if isinstance(value, list):
            return value[:step] + value[step + 1 :]
        return {key: one for key, one in value.items() if key != step}

    return remove


@st.composite
def spoilings(draw):
    """Return a function that spoils one recorded answer after the other."""
    often = draw(st.integers(1, 3))
    choices = draw(st.data())

    def spoil(status, body):
        pick = choices.draw
        if pick(st.integers(0, often)) == 0:
            return status, body, {}
        kind = pick(st.integers(0, 9))
        if kind == 0:
            return pick(STATUSES), pick(WHOLE), pick(HEADERS)
        if kind == 1:
            return status, body[: len(body) // 2], {}
        if kind == 2:
            return pick(STATUSES), json.dumps(pick(NONSENSE)).encode(), pick(HEADERS)
        document = json.loads(body or b"{}")
        if kind == 3:
            return status, json.dumps(doubled(document)).encode(), {}
        for _change in range(pick(st.integers(1, 3))):
            document = one_change(pick, document)
        statuses = STATUSES if kind > 8 else st.just(status)
        return pick(statuses), json.dumps(document).encode(), pick(HEADERS)

    return spoil


def one_change(pick, document):
    """Return a document with one value replaced, removed or added."""
    way = pick(st.sampled_from(list(places(document))))
    kind = pick(st.integers(0, 5))
    if kind == 0 and way:
        return changed(document, way[:-1], without(way[-1]))
    if kind == 1:
        return changed(
            document,
            way,
            lambda value: (
                {**value, pick(NAMES): pick(NONSENSE)}
                if isinstance(value, dict)
                else pick(NONSENSE)
            ),
        )
    return changed(document, way, lambda _value: pick(NONSENSE))


# === PROMISES === #


@settings(
    max_examples=100,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(spoil=spoilings(), question=st.sampled_from(QUESTIONS))
def test_whatever_comes_ends_in_a_result_or_a_failure_that_is_known(
    way, spoil, question
):
    way.recorder.spoil = spoil
    try:
        result = getattr(way, question)()
    except ProviderError as failure:
        check_failure(failure, way)
    else:
        CHECKS[question](result, way)


def check_failure(failure, way):
    """Whether a failure can be stored and shown."""
    assert isinstance(failure.reason, str) and failure.reason.isidentifier()
    assert isinstance(failure.detail, str) and failure.detail.isprintable()
    assert len(failure.detail) <= DETAIL_LENGTH
    wait = getattr(failure, "retry_after", None)
    assert wait is None or 0 < wait < LONGEST.total_seconds()
    token = way.good_grant.token
    for secret in (token.access_token, token.refresh_token, way.app.client_secret):
        assert not secret or secret not in str(failure)


def check_grant(grant, way):
    assert isinstance(grant, Grant) and isinstance(grant.person, Person)
    assert is_id(grant.person.external_id) and is_name(grant.person.name)
    check_token(grant.token, way)


def check_token(token, way):
    assert isinstance(token, TokenSet)
    for secret in (token.access_token, token.refresh_token):
        assert secret is None or (secret and secret.isascii() and secret.isprintable())
    assert token.access_token
    check_scopes(token.scopes)
    for moment in (
        token.access_expires_at,
        token.refresh_expires_at,
        token.data_access_expires_at,
    ):
        assert moment is None or abs(moment - way.now) < LONGEST


def check_listing(listing, way):
    assert all(isinstance(one, ProfileData) for one in listing)
    keys = [(one.network, one.external_id) for one in listing]
    assert len(set(keys)) == len(keys), "a profile comes twice"
    for one in listing:
        assert one.network in way.app.networks
        assert is_id(one.external_id)
        assert is_name(one.name) and is_name(one.handle)
        assert is_name(one.image_url, 2000)
        assert one.can_renew in ("yes", "no", "unknown")
        assert one.reason is None or one.reason in reasons.BY_CODE
        check_scopes(one.missing_scopes)


def check_verdict(verdict, way):
    assert isinstance(verdict, Verdict)
    seen = verdict.token
    assert isinstance(seen.active, bool)
    assert seen.active or seen.reason in reasons.BY_CODE
    assert is_name(seen.detail, DETAIL_LENGTH)
    check_scopes(seen.scopes)
    assert set(verdict.reasons) <= {reach.key for reach in way.reaches}
    for reason in verdict.reasons.values():
        assert reason is None or reason in reasons.BY_CODE


def check_scopes(scopes):
    assert scopes is None or (isinstance(scopes, tuple) and all(map(is_name, scopes)))


def is_id(value):
    return isinstance(value, str) and value and value.isascii() and " " not in value


def is_name(value, length=200):
    """Whether a text is one line that says what it seems to say."""
    return (
        isinstance(value, str)
        and len(value) <= length
        and not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in value)
    )


CHECKS = {
    "grant": check_grant,
    "recall": lambda grant, way: check_token(grant.token, way),
    "list_profiles": check_listing,
    "verify": check_verdict,
    "verify_lapsed": check_verdict,
    "refresh": check_token,
}
