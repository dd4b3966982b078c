"""TikTok: one account a grant, by Login Kit and API v2.

Sources: TikTok for Developers, "Login Kit for Web", "Login Kit for Desktop" (PKCE),
"Manage User Access Tokens" (exchange, refresh, revocation), "Get User Info", "OAuth
errors", "API v2 errors". TikTok for Business is another product with another API.
"""

import hashlib
from contextlib import suppress
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from authlib.common.urls import add_params_to_qs

from ..policy import reasons
from . import values
from .base import OTHER_ACCOUNT, bearer
from .errors import AccessEnded, GrantRefused, TokenLost, Unreachable
from .results import Grant, Person
from .rotating import RotatingProvider
from .tiktok_errors import failure_of
from .tiktok_signals import TikTokSignals

BASIC, PROFILE = "user.info.basic", "user.info.profile"
BASIC_FIELDS = ("open_id", "display_name", "avatar_url")
PROFILE_FIELDS = ("username",)


class TikTokProvider(TikTokSignals, RotatingProvider):
    """TikTok's OAuth endpoints and the account that logged in.

    The client's id is called ``client_key`` everywhere. How long tokens live has
    changed over the years (24 hours and 365 days, 2 hours and 180 days); both come with
    each answer, and whether a refresh prolongs the second is seen there.

    An ``open_id`` stands for one account at one app: with another app it is another.
    """

    code = "tiktok"
    label = "TikTok"
    network = "tiktok"

    default_authorize_url = "https://www.tiktok.com/v2/auth/authorize/"
    default_token_url = "https://open.tiktokapis.com/v2/oauth/token/"
    default_api_url = "https://open.tiktokapis.com/v2"
    default_revoke_url = "https://open.tiktokapis.com/v2/oauth/revoke/"
    # "Login Kit for Web" has none; mobile and desktop apps must use it.
    default_use_pkce = False

    scope_separator = ","

    required_scopes = {"tiktok": (BASIC,)}
    wanted_scopes = {"tiktok": (PROFILE, "video.upload", "video.publish")}

    def authorization_url(self, *, redirect_uri, state, verifier=None, prompt=None):
        """Override of the base for two names of TikTok's own.

        The challenge of "Login Kit for Desktop" is the digest in hexadecimal, although
        it is called S256.
        """
        address = urlsplit(
            super().authorization_url(
                redirect_uri=redirect_uri, state=state, verifier=verifier, prompt=prompt
            )
        )
        asked = dict(parse_qsl(address.query, keep_blank_values=True))
        asked["client_key"] = asked.pop("client_id")
        if prompt == OTHER_ACCOUNT:
            # Without it TikTok goes on at once with who is logged in there.
            asked["disable_auto_auth"] = "1"
        if "code_challenge" in asked:
            asked["code_challenge"] = hashlib.sha256(verifier.encode()).hexdigest()
        return urlunsplit(address._replace(query=urlencode(asked)))

    def grant(self, *, code, redirect_uri, verifier=None):
        """Override of the base: the answer itself tells who it is, by ``open_id``.

        :raise Unreachable: nobody tells, or two tell different things
        """
        answer = self._fetch_token(
            "authorization_code",
            redirect_uri=redirect_uri,
            code=code,
            code_verifier=verifier if self.app.use_pkce else None,
        )
        token = self._parse_token(answer)
        open_id = values.identifier(answer.get("open_id"))
        if not open_id:
            raise Unreachable(detail="account without id")
        if self._may_read(token.scopes):
            person = self._read_person(token.access_token)
            if person.external_id != open_id:
                raise Unreachable(detail="two accounts in one grant")
            return Grant(person, token)
        return Grant(Person(open_id), token)

    def list_profiles(self, grant):
        """Override of the base: what was left out is told, even the profile itself."""
        if self.network not in self.app.networks or self._may_read(grant.token.scopes):
            return super().list_profiles(grant)
        profile = self._profile(
            external_id=grant.person.external_id,
            name=grant.person.name,
            missing_scopes=self._missing(grant.token),
            usable=False,
            reason=reasons.MISSING_SCOPE,
        )
        return (profile,)

    def revoke(self, stored):
        """Override of the base: it takes an access token, and ends the whole grant.

        Where that one is over, the refresh token is spent on another.
        """
        with suppress(GrantRefused, TokenLost):
            self._revoke_token(self._find_living(stored))

    def _find_living(self, stored):
        """Return an access token that works, at the price of the refresh token.

        :raise ProviderError: there is none, or none to be had now
        """
        try:
            self._check_living(stored)
        except AccessEnded:
            return self.refresh(stored).access_token
        return stored.access_token

    def _revoke_token(self, access_token):
        response = self._post_revocation(access_token)
        # The body counts: an error may come with HTTP 200.
        if response.ok and not response.content.strip():
            return
        self._read_answer(response)

    # === HOOKS === #

    def _client(self, **options):
        """Override of the base: the client is named in the body, by TikTok's name."""
        client = super()._client(**options)
        client.register_client_auth_method((self.app.auth_method, _name_client))
        return client

    def _parse_token(self, answer):
        """Override of the base: the refresh token's own end is told as well."""
        token = super()._parse_token(answer)
        life = values.lifetime(answer.get("refresh_expires_in"))
        return replace(token, refresh_expires_at=self.now + life if life else None)

    def _read_profile(self, access_token, scopes=None):
        """Override of the base: ``user/info``, with what may be read of it."""
        fields = BASIC_FIELDS + (PROFILE_FIELDS if PROFILE in (scopes or ()) else ())
        answer = self._get(
            f"{self.app.api_url}/user/info/",
            headers=bearer(access_token),
            fields=",".join(fields),
        )
        user = values.mapping(values.mapping(answer.get("data")).get("user"))
        external_id = values.identifier(user.get("open_id"))
        if not external_id:
            raise Unreachable(detail="account without id")
        handle = values.text(user.get("username"))
        return self._profile(
            external_id=external_id,
            name=values.text(user.get("display_name")) or handle,
            handle=handle,
            image_url=values.text(user.get("avatar_url"), 2000),
        )

    def _raise_for_answer(self, response, answer):
        """Override of the base: two shapes of errors, also inside HTTP 200."""
        failure = failure_of(answer, response.status_code, self._read_wait(response))
        if failure:
            raise failure

    def _may_read(self, scopes):
        """Whether the account can be read; what was not told is tried."""
        return scopes is None or BASIC in scopes


def _name_client(client, method, uri, headers, body):
    """Name the client as "Manage User Access Tokens" says, for Authlib."""
    named = [
        ("client_key", client.client_id),
        ("client_secret", client.client_secret or ""),
    ]
    return uri, headers, add_params_to_qs(body or "", named)
