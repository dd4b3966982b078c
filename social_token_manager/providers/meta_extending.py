"""Instagram Login and Threads: one account a login, one token that is extended.

The code gives a token of one hour, which is exchanged for one of about 60 days. That
one is its own refresh credential: a day old and not yet expired, it can be exchanged
for a later one, again and again. Once expired, only a new login helps.
"""

from dataclasses import replace
from datetime import timedelta

from ..policy import reasons
from . import values
from .base import bearer
from .errors import RequestRefused, Unreachable
from .graph import GraphProvider
from .meta_extending_errors import AlreadyLong, failure_of_answer
from .results import Person, ProfileData


class ExtendingProvider(GraphProvider):
    """The engine; a network names its grant types, fields and scopes.

    ``api_url`` is the graph host without a version: the exchanges are documented
    without one, everything else takes the app's ``api_version`` where it has one.
    """

    extends_access_token = True
    refresh_may_spend = False
    minimum_age = timedelta(hours=24)

    network = None
    exchange_grant_type = None
    refresh_grant_type = None

    # What ``/me`` is asked for, and what of it is what.
    id_field = None
    picture_field = None
    account_fields = ("username", "name")

    # Calls carry the token in a header where that is documented, else in the query.
    takes_bearer = False

    # === THE FLOW === #

    def exchange_code(self, *, code, **parameters):
        """Override of the base: the address people come back to ends in ``#_``.

        A browser keeps that to itself, a code copied by hand does not.
        """
        return super().exchange_code(code=code.removesuffix("#_"), **parameters)

    def extend(self, short):
        """Exchange a token of one hour for one of about 60 days.

        A token that is long-lived already is refreshed instead, which tells its life;
        one younger than a day stays as it is.

        :param TokenSet short: as the code gave it
        :raise ProviderError: it is neither
        """
        try:
            answer = self._get(
                f"{self.app.api_url}/access_token",
                grant_type=self.exchange_grant_type,
                client_secret=self.app.client_secret,
                access_token=short.access_token,
            )
        except AlreadyLong:
            return self._refresh_unless_young(short)
        return self._parse_token(answer)

    def refresh(self, stored):
        """Override of the base: the access token itself is what is presented.

        :raise TokenLost: expired, revoked and so on: only a new login helps
        :raise RequestRefused: the token is too young; nothing is lost
        """
        if stored.issued_at and self.now - stored.issued_at < self.minimum_age:
            raise RequestRefused(detail="too young")
        return self._refresh(stored.access_token)

    def sign(self, request, access_token):
        """Override of the base: in the query where no header is documented."""
        if self.takes_bearer:
            super().sign(request, access_token)
            return
        self._check_own(request.url)
        request.prepare_url(request.url, {"access_token": access_token})

    def list_profiles(self, grant):
        """Override of the base: the one account that logged in."""
        if self.network not in self.app.networks:
            return ()
        account = self._get_account(grant.token.access_token)
        return (self._parse_profile(account, grant.token.scopes),)

    def verify(self, stored, reaches):
        """Override of the base: the scopes granted decide about the account."""
        verdict = super().verify(stored, reaches)
        if verdict.token.active:
            reason = self._reason_of(stored.scopes)
            verdict.reasons.update((reach.key, reason) for reach in reaches)
        return verdict

    # === HOOKS === #

    def _prolong(self, token):
        """Override of the base; only the code's answer tells the scopes."""
        return replace(self.extend(token), scopes=token.scopes)

    def _read_person(self, access_token):
        """Override of the base: the account is who granted."""
        account = self._get_account(access_token)
        return Person(account[self.id_field], _name_of(account))

    def _raise_for_answer(self, response, answer):
        """Override of the base: two shapes of errors, also inside HTTP 200."""
        failed = {"error", "error_type", "error_message"} & set(answer)
        if failed or not response.ok:
            raise failure_of_answer(answer, response.status_code)

    # === PARSING === #

    def _parse_token(self, answer):
        """Override of the base: wrapped in ``data`` or not, ``permissions`` as scopes.

        ``user_id`` is left alone: at Instagram it may be another id than the account's.
        """
        answer = _unwrap(answer)
        granted = values.words(answer.get("permissions"))
        return replace(super()._parse_token(answer), scopes=granted or None)

    def _parse_profile(self, account, granted):
        missing = () if granted is None else set(self.app.scopes) - set(granted)
        own = self.scopes_for([self.network])
        return ProfileData(
            network=self.network,
            external_id=account[self.id_field],
            name=_name_of(account),
            handle=values.text(account.get("username")),
            image_url=values.text(account.get(self.picture_field), 2000),
            can_renew="yes",
            missing_scopes=tuple(scope for scope in own if scope in missing),
            reason=self._reason_of(granted),
        )

    def _reason_of(self, granted):
        """Return why the account cannot be used; scopes not told are not missed."""
        needed = set(self.required_scopes[self.network])
        return reasons.MISSING_SCOPE if granted and needed - set(granted) else None

    # === REQUEST HELPERS === #

    def _refresh(self, access_token):
        answer = self._get(
            f"{self.app.api_url}/refresh_access_token",
            grant_type=self.refresh_grant_type,
            access_token=access_token,
        )
        return self._parse_token(answer)

    def _refresh_unless_young(self, token):
        try:
            return self._refresh(token.access_token)
        except RequestRefused:
            return token

    def _get_account(self, access_token):
        """Return what the network tells about the account, its id checked.

        :raise Unreachable: there is no usable id; no other one is taken instead
        """
        parameters = {"fields": ",".join(self._account_fields())}
        headers = bearer(access_token) if self.takes_bearer else None
        if not headers:
            parameters["access_token"] = access_token
        url = self._node_url("me")
        account = _unwrap(self._get(url, headers=headers, **parameters))
        external_id = values.identifier(account.get(self.id_field))
        if not external_id:
            raise Unreachable(detail="account without id")
        return account | {self.id_field: external_id}

    def _node_url(self, path):
        places = (self.app.api_url, self.app.api_version, path)
        return "/".join(place for place in places if place)

    def _account_fields(self):
        return (self.id_field, *self.account_fields, self.picture_field)


def _name_of(account):
    return values.text(account.get("name")) or values.text(account.get("username"))


def _unwrap(answer):
    """Return the object that answers: ``{"data": [{...}]}`` or the answer itself."""
    return next(iter(values.items(answer.get("data"))), answer)
