"""The generic provider serves an authorization server that none of us wrote."""

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests

from odoo.addons.social_token_manager.policy import reasons
from odoo.addons.social_token_manager.providers.errors import (
    AccessEnded,
    AppFault,
    GrantRefused,
)
from odoo.addons.social_token_manager.providers.oauth2 import GenericProvider
from odoo.addons.social_token_manager.providers.results import (
    AppData,
    Reach,
    StoredToken,
)
from odoo.addons.social_token_manager.providers.transport import Transport

from dev import system
from dev.trouble import Trouble
from tests import independent

pytestmark = pytest.mark.processes

REDIRECT_URI = "http://127.0.0.1:9/social/callback/key"
SCOPES = ("openid", "profile", "offline_access")
NETWORK = "our_forum"
METHODS = {
    "basic": "client_secret_basic",
    "post": "client_secret_post",
    "public": "none",
}


@pytest.fixture(scope="module")
def server():
    try:
        independent.ensure()
    except Trouble as trouble:
        if system.in_ci():
            raise
        pytest.skip(f"oidc-provider cannot be installed: {trouble}")
    found = independent.Server(REDIRECT_URI)
    try:
        found.wait()
        yield found
    finally:
        found.stop()


@pytest.fixture
def provider(server):
    return provider_for(server)


def provider_for(server, client="basic", **app):
    """Return our provider for one of the clients, made by data alone."""
    there = server.issuer
    fields = {
        "provider": "oauth2",
        "client_id": client,
        "client_secret": independent.SECRET if client != "public" else "",
        "authorize_url": f"{there}/auth",
        "token_url": f"{there}/token",
        "api_url": "",
        "profile_url": f"{there}/me",
        "revoke_url": f"{there}/token/revocation",
        "introspect_url": f"{there}/token/introspection",
        "scopes": SCOPES,
        "networks": (NETWORK,),
        "use_pkce": True,
        "auth_method": METHODS[client],
        "issuer": there,
        "profile_id_path": "sub",
        "profile_name_path": "name",
        "profile_handle_path": "preferred_username",
        "profile_image_path": "picture",
    }
    transport = Transport({independent.LOCALHOST})
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    return GenericProvider(AppData(**fields | app), transport, now)


class Form(HTMLParser):
    """The first form of a page: where it goes, and what a person would send."""

    def __init__(self, html):
        super().__init__()
        self.action, self.values = None, {}
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "form":
            self.action = self.action or found["action"]
        elif tag == "input":
            self.values[found["name"]] = found.get("value", "")


def walk(url, typed):
    """Walk the server's own pages; return the parameters of the way back."""
    browser = requests.Session()
    prompts, response = [], browser.get(url, allow_redirects=False)
    while True:
        if response.is_redirect:
            target = urljoin(response.url, response.headers["Location"])
            if target.startswith(REDIRECT_URI):
                pairs = parse_qs(urlsplit(target).query, strict_parsing=True)
                return prompts, {name: found[0] for name, found in pairs.items()}
            response = browser.get(target, allow_redirects=False)
            continue
        assert response.status_code == 200, response.text
        form = Form(response.text)
        prompts.append(form.values["prompt"])
        assert len(prompts) < 5, prompts
        values = {name: typed.get(name, value) for name, value in form.values.items()}
        address = urljoin(response.url, form.action)
        response = browser.post(address, data=values, allow_redirects=False)


def consent(provider, verifier, login="ana"):
    url = provider.authorization_url(
        redirect_uri=REDIRECT_URI, state="s-1", verifier=verifier
    )
    return walk(url, {"login": login, "password": "any"})


def grant_of(provider, login="ana"):
    verifier = provider.make_verifier()
    _prompts, answer = consent(provider, verifier, login)
    return provider.grant(
        code=answer["code"], redirect_uri=REDIRECT_URI, verifier=verifier
    )


def stored(grant, **changes):
    token = grant.token
    kept = {
        "access_token": token.access_token,
        "refresh_token": token.refresh_token,
        "subject": grant.person.external_id,
        "scopes": token.scopes,
        "issued_at": token.issued_at,
        "access_expires_at": token.access_expires_at,
    }
    return StoredToken(**kept | changes)


def verify(provider, token):
    return provider.verify(token, [Reach(1, NETWORK, token.subject)])


def test_the_login_and_consent_pages_lead_back_with_state_and_issuer(server, provider):
    prompts, answer = consent(provider, provider.make_verifier())
    assert prompts == ["login", "consent"]
    assert answer["state"] == "s-1"
    # What the callback compares with the app's field, as plain text.
    assert answer["iss"] == server.issuer == provider.app.issuer


@pytest.mark.parametrize("client", METHODS)
def test_each_kind_of_client_connects_and_renews(server, client):
    provider = provider_for(server, client)
    grant = grant_of(provider, "bruno")
    (profile,) = provider.list_profiles(grant)
    assert (profile.network, profile.external_id) == (NETWORK, "bruno")
    assert (profile.name, profile.handle) == ("Person bruno", "bruno.social")
    assert profile.image_url == f"{server.issuer}/bruno.png"
    assert profile.missing_scopes == ()
    assert set(grant.token.scopes) == set(SCOPES)
    life = grant.token.access_expires_at - grant.token.issued_at
    assert timedelta(minutes=1) < life < timedelta(days=1)
    renewed = provider.refresh(stored(grant))
    assert renewed.access_token != grant.token.access_token


def test_the_verifier_guards_the_code(provider):
    _prompts, answer = consent(provider, provider.make_verifier())
    for verifier in (None, provider.make_verifier()):
        with pytest.raises(GrantRefused):
            provider.exchange_code(
                code=answer["code"], redirect_uri=REDIRECT_URI, verifier=verifier
            )


def test_a_code_is_good_for_once(provider):
    verifier = provider.make_verifier()
    _prompts, answer = consent(provider, verifier)
    given = {
        "code": answer["code"],
        "redirect_uri": REDIRECT_URI,
        "verifier": verifier,
    }
    provider.exchange_code(**given)
    with pytest.raises(GrantRefused):
        provider.exchange_code(**given)


def test_refresh_tokens_rotate_and_reuse_ends_them_all(provider):
    grant = grant_of(provider)
    first = provider.refresh(stored(grant))
    assert first.refresh_token not in (None, grant.token.refresh_token)
    second = provider.refresh(stored(grant, refresh_token=first.refresh_token))
    assert second.refresh_token not in (None, first.refresh_token)
    for token in (first.refresh_token, second.refresh_token):
        with pytest.raises(GrantRefused) as caught:
            provider.refresh(stored(grant, refresh_token=token))
        assert caught.value.reason == reasons.EXPIRED
        assert caught.value.detail == "invalid_grant"


def test_a_living_token_is_known_by_introspection_and_by_its_profile(server, provider):
    grant = grant_of(provider)
    seen = verify(provider, stored(grant)).token
    assert seen.active
    assert seen.subject == "ana"
    assert set(seen.scopes) == set(SCOPES)
    assert seen.access_expires_at > provider.now
    # It knows refresh tokens, so a lapsed access token needs no renewal to be judged.
    lapsed = stored(grant, access_expires_at=provider.now)
    assert verify(provider, lapsed).token.active
    without = provider_for(server, introspect_url="")
    assert verify(without, stored(grant)).token.active
    with pytest.raises(AccessEnded):
        verify(without, lapsed)


@pytest.mark.parametrize("introspect_url", [None, ""])
def test_what_was_revoked_is_lost_and_cannot_be_refreshed(server, introspect_url):
    app = {} if introspect_url is None else {"introspect_url": introspect_url}
    provider = provider_for(server, **app)
    grant = grant_of(provider)
    provider.revoke(stored(grant))
    verdict = verify(provider, stored(grant))
    assert (verdict.token.active, verdict.token.reason) == (False, reasons.REVOKED)
    with pytest.raises(GrantRefused):
        provider.refresh(stored(grant))
    provider.revoke(stored(grant))


def test_a_wrong_secret_is_the_app_s_trouble_and_takes_nothing_away(server, provider):
    grant = grant_of(provider)
    wrong = provider_for(server, client_secret="wrong")
    for call in (wrong.refresh, wrong.revoke, lambda token: verify(wrong, token)):
        with pytest.raises(AppFault):
            call(stored(grant))
    assert provider.refresh(stored(grant)).access_token
