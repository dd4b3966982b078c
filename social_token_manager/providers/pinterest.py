"""Pinterest: one account a login.

Sources: Pinterest's API description v5 (``/oauth/token``, ``/user_account``); "Set up
authentication and authorization".
"""

from dataclasses import replace
from http import HTTPStatus

from ..policy import reasons
from . import values
from .base import LONGEST_REST, NOTHING, OAuth2Provider, bearer
from .errors import (
    AccessEnded,
    AppFault,
    GrantRefused,
    RateLimited,
    RequestRefused,
    TokenLost,
    Unreachable,
    failure,
)
from .results import Person, ProfileData

# code of an error -> (kind of failure, reason of the token)
ERRORS = {
    2: (TokenLost, reasons.EXPIRED),
    # Scope, tier of the app or ownership; the token may be fine.
    29: (RequestRefused, None),
    283: (GrantRefused, None),
}
HTTP_STATUSES = {
    HTTPStatus.BAD_REQUEST: (RequestRefused, None),
    HTTPStatus.UNAUTHORIZED: (TokenLost, reasons.EXPIRED),
    HTTPStatus.FORBIDDEN: (RequestRefused, None),
    HTTPStatus.NOT_FOUND: (RequestRefused, None),
    HTTPStatus.TOO_MANY_REQUESTS: (RateLimited, None),
}
NO_SENSE = (Unreachable, None)

NO_REFRESH_TOKEN = "no refresh_token"


class PinterestProvider(OAuth2Provider):
    """Pinterest's OAuth endpoints and the account of who granted.

    A refresh gives a new refresh token of 60 days again, without end ("continuous
    refresh"). Whether the replaced one dies at once is not documented: the newest is
    kept. A user's token cannot be revoked or introspected by API.
    """

    code = "pinterest"
    label = "Pinterest"
    removal_url = "https://www.pinterest.com/settings/security"

    default_authorize_url = "https://www.pinterest.com/oauth/"
    default_token_url = "https://api.pinterest.com/v5/oauth/token"
    default_api_url = "https://api.pinterest.com/v5"
    default_auth_method = "client_secret_basic"
    # Seen by others, not documented. "Rate limits": for the app and day on trial, else
    # for the app, user and minute; no header tells which, so the app rests.
    limit_headers = "x-ratelimit"

    scope_separator = ","
    rotates_refresh_token = True
    restarts_refresh_token = True

    network = "pinterest"
    required_scopes = {network: ("user_accounts:read",)}
    wanted_scopes = {
        network: ("boards:read", "boards:write", "pins:read", "pins:write"),
    }

    # === THE FLOW === #

    def exchange_code(self, **parameters):
        """Override of the base: at the token endpoint a 401 is about the client."""
        try:
            return super().exchange_code(**parameters)
        except TokenLost as error:
            raise AppFault(detail=error.detail) from None

    def list_profiles(self, grant):
        """Override of the base: the one account that granted."""
        if self.network not in self.app.networks:
            return ()
        account = self._get_account(grant.token.access_token)
        return (self._parse_profile(account, grant.token.scopes),)

    def refresh(self, stored):
        """Override of the base: code 2 is said of a dead token and of wrong keys."""
        if not stored.refresh_token:
            raise GrantRefused(reasons.EXPIRED, NO_REFRESH_TOKEN)
        try:
            return super().refresh(stored)
        except TokenLost as error:
            self._check_client()
            raise GrantRefused(reasons.EXPIRED, error.detail) from None
        except GrantRefused as error:
            raise GrantRefused(reasons.EXPIRED, error.detail) from None

    def verify(self, stored, reaches):
        """Override of the base: a refresh, which would rotate, is not for asking.

        :raise AccessEnded: the access token is over, and there is a refresh token
        """
        verdict = super().verify(stored, reaches)
        if not verdict.token.active:
            if stored.refresh_token:
                raise AccessEnded(detail=verdict.token.detail)
            return verdict
        reason = self._reason_of(stored.scopes or None)
        verdict.reasons.update((reach.key, reason) for reach in reaches)
        return verdict

    # === HOOKS === #

    def _read_person(self, access_token):
        """Override of the base: the account is who granted."""
        account = self._get_account(access_token)
        return Person(account["id"], _name_of(account))

    def _fetch_token(self, grant_type, **parameters):
        """Override of the base: apps made before 25 September 2025 must ask for it."""
        if grant_type == "authorization_code":
            parameters["continuous_refresh"] = "true"
        return super()._fetch_token(grant_type, **parameters)

    def _parse_token(self, answer):
        """Override of the base: the refresh token's date, told in two ways."""
        token = super()._parse_token(answer)
        return replace(token, refresh_expires_at=self._refresh_end(answer))

    def _refresh_end(self, answer):
        life = values.lifetime(answer.get("refresh_token_expires_in"))
        if life:
            return self.now + life
        return values.moment(answer.get("refresh_token_expires_at"), self.now)

    def _raise_for_answer(self, response, answer):
        """Override of the base: ``{code, message}``, also inside HTTP 200."""
        is_told = "message" in answer and "code" in answer
        if response.ok and not is_told and answer.get("error") in (None, ""):
            return
        raise failure_of(answer, response.status_code, self._read_wait(response))

    def _read_reset(self, headers):
        """Override of the base: an instant or seconds; which, is not documented."""
        told = self._read_limit(headers, "reset") or LONGEST_REST + 1
        seconds = told if told <= LONGEST_REST else None
        return super()._read_reset(headers) or seconds

    # === HELPERS === #

    def _check_client(self):
        """Find out whether client id and secret are accepted, by a code that is none.

        :raise AppFault: they are not
        """
        try:
            self._fetch_token("authorization_code", code=NOTHING)
        except (GrantRefused, RequestRefused):
            return
        except TokenLost as error:
            raise AppFault(detail=error.detail) from None
        raise Unreachable(detail="any code accepted")

    def _get_account(self, access_token):
        """Return the account, its id checked.

        :raise Unreachable: there is no usable id; no other one is taken instead
        """
        account = self._get(
            f"{self.app.api_url}/user_account", headers=bearer(access_token)
        )
        external_id = values.identifier(account.get("id"))
        if not external_id:
            raise Unreachable(detail="account without id")
        return account | {"id": external_id}

    def _parse_profile(self, account, scopes):
        kind = values.text(account.get("account_type"))
        own = self.scopes_for([self.network])
        missing = () if scopes is None else set(self.app.scopes) - set(scopes)
        return ProfileData(
            network=self.network,
            external_id=account["id"],
            name=_name_of(account),
            handle=values.text(account.get("username")),
            image_url=values.text(account.get("profile_image"), 2000),
            # PINNER or BUSINESS.
            native_tasks=(kind,) if kind else (),
            can_renew="yes",
            missing_scopes=tuple(scope for scope in own if scope in missing),
            reason=self._reason_of(scopes),
        )

    def _reason_of(self, scopes):
        """Return why the account cannot be used; scopes not told are not missed."""
        needed = set(self.required_scopes[self.network])
        return reasons.MISSING_SCOPE if scopes and needed - set(scopes) else None


def failure_of(answer, status, retry_after=None):
    """Return the :class:`ProviderError` for one refusal; texts never decide.

    :param dict answer: the whole body
    :param int status: the HTTP status
    :param int retry_after: seconds of the header, where there was one
    """
    code = values.whole(answer.get("code"))
    known = code in ERRORS
    detail = f"{status}/{code}" if known else f"HTTP {status}"
    kind, reason = ERRORS[code] if known else HTTP_STATUSES.get(status, NO_SENSE)
    return failure(kind, reason, detail, status, retry_after)


def _name_of(account):
    return values.text(account.get("business_name")) or values.text(
        account.get("username")
    )
