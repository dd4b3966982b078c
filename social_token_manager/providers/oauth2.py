"""Any authorization server that keeps the standards, by the app's data alone.

Sources: RFC 6749 (grant and refresh), RFC 7636 (PKCE), RFC 7009 (revocation), RFC 7662
(introspection), RFC 6750 (bearer tokens), RFC 9207 (``iss``, which the callback
compares), OpenID Connect Core 1.0 section 5.3 (what a profile is called by default)
and section 11 (``offline_access``).
"""

from base64 import b64encode
from contextlib import suppress
from dataclasses import replace
from urllib.parse import quote_plus

from ..policy import reasons
from . import values
from .base import bearer
from .errors import (
    AccessEnded,
    AppFault,
    ProviderError,
    RequestRefused,
    TokenLost,
    Unreachable,
)
from .oauth2_errors import bearer_error, resource_failure
from .results import Introspection, Verdict
from .rotating import RotatingProvider

OFFLINE_ACCESS = "offline_access"
# No standard has a refresh token's life; these two names are in use.
REFRESH_LIVES = ("refresh_token_expires_in", "refresh_expires_in")
IMAGE_URL_LENGTH = 2000


class GenericProvider(RotatingProvider):
    """A server of which nothing is known but what the app's fields say.

    One log-in is one profile, of the app's first network. Who it is, ``profile_url``
    (else ``api_url``) answers, and the dotted paths find it there.

    An access token that ended in time says nothing of a grant that can be renewed, and
    whether a server rotates is not known before: so there is no definite answer then,
    unless introspection knows the refresh token.
    """

    code = "oauth2"
    label = "OAuth 2.0 (any server by the standard)"

    # RFC 6749 section 2.3.1: what every server must support. RFC 9700 section 2.1.1.
    default_auth_method = "client_secret_basic"
    default_use_pkce = True

    # RFC 7009 section 2.1 leaves other grants of the same person alone.
    revokes_whole_grant = False
    # Where the app has the address; a provider that is made says it of its app.
    can_be_introspected = True
    can_be_revoked = True

    def __init__(self, app, transport, now):
        super().__init__(app, transport, now)
        self.network = next(iter(app.networks), None)
        self.can_be_introspected = bool(app.introspect_url)
        self.can_be_revoked = bool(app.revoke_url)

    # === THE FLOW === #

    def exchange_code(self, **parameters):
        """Override of the base: silence about scopes means as asked (section 5.1)."""
        token = super().exchange_code(**parameters)
        return replace(token, scopes=token.scopes or self._asked() or None)

    def revoke(self, stored):
        """Override of the base: the refresh token first, since it makes the others.

        :raise RequestRefused: the app has no address for it, or the server revokes
            neither kind of token
        """
        if not self.can_be_revoked:
            raise RequestRefused(detail="no revoke_url")
        tokens = {
            "refresh_token": stored.refresh_token,
            "access_token": stored.access_token,
        }
        given = {hint: token for hint, token in tokens.items() if token}
        refusals = [self._revoke_one(token, hint) for hint, token in given.items()]
        if given and all(refusals):
            raise refusals[0]

    def verify(self, stored, reaches):
        """Override of the base: ask by introspection where the app has its address.

        :raise AccessEnded: only a renewal can tell
        """
        try:
            if self.can_be_introspected:
                return self._verify_by_introspection(stored, reaches)
            return super().verify(stored, reaches)
        except AccessEnded:
            # RFC 7662 section 2.2: of a refresh token, "not active" may mean that the
            # server does not tell of this kind. Only the good answer counts.
            seen = self.can_be_introspected and self.introspect(
                stored.refresh_token, "refresh_token"
            )
            if not seen or not seen.active:
                raise
            return Verdict(replace(seen, access_expires_at=None))

    def introspect(self, token, hint="access_token"):
        """Return what the server knows of a token (RFC 7662 section 2).

        :raise AppFault: the client may not ask, or the token is another one's
        :raise Unreachable: the answer does not say whether it is active
        """
        client = self._client()
        response = client.introspect_token(
            self.app.introspect_url, token=token, token_type_hint=hint
        )
        return self._parse_introspection(self._read_answer(response))

    # === HOOKS === #

    def _build_authorization_parameters(self, prompt):
        """Override of the base: ``offline_access`` needs a consent each time."""
        return {"prompt": "consent"} if OFFLINE_ACCESS in self._asked() else {}

    def _parse_token(self, answer):
        """Override of the base: only bearer tokens are understood (section 7.1)."""
        token = super()._parse_token(answer)
        kind = values.text(answer.get("token_type"))
        if kind and kind.lower() != "bearer":
            raise AppFault(detail="token_type")
        lives = (values.lifetime(answer.get(name)) for name in REFRESH_LIVES)
        life = next(filter(None, lives), None)
        return replace(token, refresh_expires_at=self.now + life if life else None)

    def _client(self, **options):
        """Override of the base: id and secret are encoded first (section 2.3.1)."""
        client = super()._client(**options)
        if self.app.auth_method == "client_secret_basic":
            client.token_endpoint_auth_method = _encode_basic
        client.revocation_endpoint_auth_method = client.token_endpoint_auth_method
        return client

    # === THE TOKEN === #

    def _verify_by_introspection(self, stored, reaches):
        try:
            self._check_living(stored)
            seen = self.introspect(stored.access_token)
        except TokenLost as lost:
            return self._judge_loss(lost, stored, reaches)
        if not seen.active:
            lost = TokenLost(reasons.EXPIRED, seen.detail)
            return self._judge_loss(lost, stored, reaches)
        return Verdict(seen)

    def _judge_loss(self, lost, stored, reaches):
        """Override of the base: what ends before its time was withdrawn."""
        ends_at = stored.access_expires_at
        if lost.reason == reasons.EXPIRED and ends_at and ends_at > self.now:
            lost = TokenLost(reasons.REVOKED, lost.detail)
        return super()._judge_loss(lost, stored, reaches)

    def _parse_introspection(self, answer):
        active = answer.get("active")
        if not isinstance(active, bool):
            raise Unreachable(detail="introspection without active")
        if not active:
            return Introspection(
                active=False, reason=reasons.EXPIRED, detail="inactive"
            )
        client_id = values.text(answer.get("client_id"), len(self.app.client_id) + 1)
        if client_id and client_id != self.app.client_id:
            raise AppFault(detail="token of another app")
        return Introspection(
            active=True,
            subject=values.subject(answer.get("sub")),
            scopes=values.words(answer.get("scope")),
            access_expires_at=values.moment(answer.get("exp"), self.now),
        )

    def _revoke_one(self, token, hint):
        """End one token; return the :class:`RequestRefused` of one that cannot be.

        :raise ProviderError: the server did not confirm it
        """
        response = self._client().revoke_token(
            self.app.revoke_url, token=token, token_type_hint=hint
        )
        # RFC 7009 section 2.2: all that counts is the status.
        if response.ok:
            return None
        try:
            self._read_answer(response)
        except RequestRefused as refused:
            return refused
        return None

    # === THE PROFILE === #

    def _asked(self):
        """Return the scopes that are asked for; a field may hold several by spaces."""
        return tuple(dict.fromkeys(" ".join(self.app.scopes).split()))

    def _missing(self, token):
        """Override of the base: a refresh token is access for later, however named."""
        asked = self._asked()
        given = {*(token.scopes or asked)} - {OFFLINE_ACCESS}
        if token.refresh_token:
            given.add(OFFLINE_ACCESS)
        return tuple(scope for scope in asked if scope not in given)

    def _read_profile(self, access_token, scopes=None):
        """Override of the base.

        :raise AppFault: the app does not say where, or for which network
        """
        url = self.app.profile_url or self.app.api_url
        if not url or not self.network:
            raise AppFault(detail="no network" if url else "no profile_url")
        response = self.transport.session().get(url, headers=bearer(access_token))
        return self._parse_profile(self._read_resource(response))

    def _read_resource(self, response):
        """Return the JSON object of a protected resource (RFC 6750 section 3)."""
        if response.ok:
            answer = self._json(response)
            if answer.get("error") in (None, "", False):
                return answer
            raise resource_failure(answer["error"], response.status_code)
        error = bearer_error(response.headers.get("WWW-Authenticate"))
        if not error:
            with suppress(ProviderError):
                error = self._json(response).get("error")
        raise resource_failure(error, response.status_code, self._read_wait(response))

    def _parse_profile(self, answer):
        app = self.app
        external_id = values.subject(values.dotted(answer, app.profile_id_path))
        if not external_id:
            raise Unreachable(detail="profile without id")
        handle = values.text(values.dotted(answer, app.profile_handle_path))
        name = values.text(values.dotted(answer, app.profile_name_path))
        image_url = values.dotted(answer, app.profile_image_path)
        return self._profile(
            external_id=external_id,
            name=name or handle or external_id,
            handle=handle.removeprefix("@"),
            image_url=values.text(image_url, IMAGE_URL_LENGTH),
        )


def _encode_basic(client, method, uri, headers, body):
    """Put id and secret into the header, each form-encoded first.

    Authlib leaves the encoding out, and a colon or a percent sign would be misread.
    """
    pair = (quote_plus(client.client_id), quote_plus(client.client_secret or ""))
    encoded = b64encode(":".join(pair).encode("ascii")).decode("ascii")
    headers["Authorization"] = f"Basic {encoded}"
    return uri, headers, body
