"""X: one account a grant, by OAuth 2.0 with PKCE.

Sources: X API, "OAuth 2.0 Authorization Code Flow with PKCE" (addresses, confidential
clients, scopes, refresh, revocation), "Rate limits", "Response codes and errors", the
OpenAPI description of ``GET /2/users/me``. How long a refresh token lives is nowhere
published, and no answer tells: it is unknown here.
"""

from contextlib import suppress

from ..policy import reasons
from . import values
from .base import bearer
from .errors import GrantRefused, TokenLost, Unreachable
from .rotating import RotatingProvider
from .x_errors import failure_of
from .x_signals import XSignals

USER_FIELDS = "name,username,profile_image_url"


class XProvider(XSignals, RotatingProvider):
    """X's OAuth endpoints and the account that logged in.

    X keeps one living grant an app and account: a log-in elsewhere with the same app
    ends this one's tokens. A refusal does not say so; it looks like any other.
    """

    code = "x"
    label = "X"
    removal_url = "https://x.com/settings/connected_apps"
    network = "x"

    default_authorize_url = "https://x.com/i/oauth2/authorize"
    default_token_url = "https://api.x.com/2/oauth2/token"
    default_api_url = "https://api.x.com/2"
    # "Rate limits": with a user's token a limit counts for that user and endpoint, in
    # windows of 15 minutes, and every answer tells it. What one person's token has used
    # up of ``users/me`` keeps nobody else's from being checked, and no token from being
    # renewed: that is another endpoint.
    limits_count_per_person = True
    limit_headers = "x-rate-limit"
    default_revoke_url = "https://api.x.com/2/oauth2/revoke"
    # A confidential client ("Web App"): the secret in the body is refused.
    default_auth_method = "client_secret_basic"
    default_use_pkce = True

    offline_scope = "offline.access"
    # ``users/me`` needs the first two; without the last there is no refresh token.
    required_scopes = {"x": ("tweet.read", "users.read", "offline.access")}
    wanted_scopes = {"x": ("tweet.write", "media.write")}
    # Over, withdrawn or used: X tells none of them apart, and publishes no expiry.
    refused_reason = reasons.REVOKED

    def revoke(self, stored):
        """Override of the base: RFC 7009, with the client's authentication.

        Whether one token takes the other with it is not documented: both are ended.
        """
        for token, hint in (
            (stored.refresh_token, "refresh_token"),
            (stored.access_token, "access_token"),
        ):
            if token:
                self._revoke_token(token, hint)

    def _revoke_token(self, token, hint):
        response = self._post_revocation(token, token_type_hint=hint)
        # RFC 7009 section 2.2: all that counts is the status.
        if response.ok:
            return
        with suppress(GrantRefused, TokenLost):
            self._read_answer(response)

    # === HOOKS === #

    def _read_profile(self, access_token, scopes=None):
        """Override of the base: ``users/me``, which costs money once a day."""
        answer = self._get(
            f"{self.app.api_url}/users/me",
            headers=bearer(access_token),
            **{"user.fields": USER_FIELDS},
        )
        user = values.mapping(answer.get("data"))
        external_id = values.identifier(user.get("id"))
        if not external_id:
            raise Unreachable(detail="account without id")
        handle = values.text(user.get("username"))
        return self._profile(
            external_id=external_id,
            name=values.text(user.get("name")) or handle,
            handle=handle,
            image_url=values.text(user.get("profile_image_url"), 2000),
        )

    def _raise_for_answer(self, response, answer):
        """Override of the base: three shapes of errors, also inside HTTP 200.

        Beside ``data`` a list of ``errors`` tells what else could not be read.
        """
        error = answer.get("error")
        if response.ok and error in (None, ""):
            if not answer.get("errors") or answer.get("data"):
                return
        raise failure_of(answer, response.status_code, self._read_wait(response))
