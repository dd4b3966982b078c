"""LinkedIn: company pages and the member, two networks of one engine.

Sources: Microsoft Learn, LinkedIn: "Authorization Code Flow (3-legged OAuth)", "Refresh
Tokens with OAuth 2.0", "Token Introspection", "Organization Access Control by Role",
"Organization Lookup", "Sign In with LinkedIn using OpenID Connect", "Versioning".
"""

from dataclasses import replace
from datetime import timedelta
from time import sleep

from ..policy import reasons
from . import values
from .base import INVALID_REQUEST, NOTHING, OAuth2Provider, bearer
from .errors import AppFault, GrantRefused, RequestRefused, TokenLost, Unreachable
from .linkedin_errors import Doubt, failure_of, is_failure
from .results import (
    AppCheck,
    Grant,
    Introspection,
    Person,
    PersonData,
    ProfileData,
    TokenSet,
    Verdict,
)

COMPANY, MEMBER = "linkedin_company", "linkedin_personal"
ORGANIZATION = "urn:li:organization"

APPROVED = "APPROVED"
ADMINISTRATOR = "ADMINISTRATOR"
# Both spellings occur. They may post, but not manage the page.
POSTING_ROLES = {"CONTENT_ADMIN", "CONTENT_ADMINISTRATOR"}
WEAKER_ROLES = {
    "ANALYST",
    "CURATOR",
    "DIRECT_SPONSORED_CONTENT_POSTER",
    "LEAD_CAPTURE_ADMINISTRATOR",
    "LEAD_GEN_FORMS_MANAGER",
    "RECRUITING_POSTER",
}

ROLES_LIMIT, NAMES_LIMIT = 100, 50
LISTING_PAGES = 100

NO_REFRESH_TOKEN = "no refresh_token"
# So young a token may be called revoked without being it; asked again after these.
SETTLING = timedelta(minutes=2)
PAUSES = (0.5, 1.5, 3)


class LinkedInProvider(OAuth2Provider):
    """LinkedIn's OAuth endpoints, ``/v2`` for the member and ``/rest`` for pages.

    *One token.* There is no page token: the member's token serves him and all pages.
    A consent for other scopes ends the member's earlier tokens, so every consent asks
    for all scopes of the app, whatever it is for.

    *Refresh tokens* are given to approved apps only, and last 365 days from the
    consent: a refresh does not move that date, it tells how much is left of it.
    """

    code = "linkedin"
    label = "LinkedIn"
    removal_url = "https://www.linkedin.com/psettings/permitted-services"

    default_version = "202610"
    default_authorize_url = "https://www.linkedin.com/oauth/v2/authorization"
    default_token_url = "https://www.linkedin.com/oauth/v2/accessToken"
    default_api_url = "https://api.linkedin.com"
    # Revocation is used by several projects and not documented: a field of the app.
    default_revoke_url = ""
    default_introspect_url = "https://www.linkedin.com/oauth/v2/introspectToken"

    can_be_introspected = True
    refresh_may_spend = False
    lists_people = True

    required_scopes = {
        COMPANY: ("r_basicprofile", "rw_organization_admin"),
        MEMBER: ("openid", "profile"),
    }
    wanted_scopes = {
        COMPANY: ("w_organization_social", "r_organization_social"),
        MEMBER: ("w_member_social",),
    }
    listing_scopes = {
        COMPANY: ("rw_organization_admin", "r_organization_admin"),
        MEMBER: ("openid", "r_basicprofile"),
    }

    # === THE APP === #

    def check_app(self, *, redirect_uri):
        """Override of the base: who is heard by introspection is accepted.

        What is said of a dead code, ``invalid_request``, proves nothing.
        """
        if not self.app.introspect_url:
            return super().check_app(redirect_uri=redirect_uri)
        try:
            self.introspect(NOTHING)
        except Unreachable as failure:
            if failure.detail != INVALID_REQUEST:
                raise
            return AppCheck(proven=False, detail=failure.detail)
        return AppCheck(proven=True)

    # === THE FLOW === #

    def grant(self, *, code, redirect_uri, verifier=None):
        """Override of the base: a token just made may need a moment to be known."""
        token = self.exchange_code(
            code=code, redirect_uri=redirect_uri, verifier=verifier
        )
        member = self._get_member(token)
        return Grant(Person(member["id"], _name_of(member)), token)

    def recall(self, stored):
        """Override of the base: the access token may be over, and not the grant."""
        access_token, seen = self._find_living(stored)
        if not seen.active:
            raise TokenLost(seen.reason, seen.detail)
        scopes = seen.scopes or stored.scopes
        token = TokenSet(access_token, stored.refresh_token, scopes)
        return Grant(Person(stored.subject), token, seen)

    def list_profiles(self, grant):
        """Override of the base: the member, and the pages he has a role on.

        A network whose permission is lacking is told as one that is not usable.
        """
        listing = {COMPANY: self._list_pages, MEMBER: self._list_member}
        listed = []
        for network in self.app.networks:
            if network not in listing:
                continue
            if self._may_list(network, grant.token.scopes):
                listed += listing[network](grant.token)
            else:
                listed.append(self._left_out(network, grant))
        return tuple(listed)

    def refresh(self, stored):
        """Override of the base: what ``invalid_request`` means, introspection tells.

        The code is the same for a dead refresh token and for a wrong request. Who is
        heard by the introspection endpoint has the right client id and secret.
        """
        if not stored.refresh_token:
            raise GrantRefused(reasons.EXPIRED, NO_REFRESH_TOKEN)
        try:
            return super().refresh(stored)
        except GrantRefused as refused:
            raise GrantRefused(self._why_refused(stored), refused.detail) from None

    def revoke(self, stored):
        """Override of the base: only where the app names an endpoint."""
        if not self.app.revoke_url:
            raise RequestRefused(detail="no revoke_url")
        response = self.transport.session().post(
            self.app.revoke_url, data=self._client_data(stored.access_token)
        )
        # RFC 7009 section 2.2: all that counts is the status.
        if not response.ok:
            self._read_answer(response)

    def verify(self, stored, reaches):
        """Override of the base: introspection costs no call on the member's behalf."""
        access_token, seen = self._find_living(stored)
        if not seen.active:
            return Verdict(seen)
        scopes = seen.scopes or stored.scopes
        token = TokenSet(access_token, scopes=scopes, issued_at=stored.issued_at)
        lost = {}
        for network in {reach.network for reach in reaches}:
            mine = [reach for reach in reaches if reach.network == network]
            lost |= self._judge(network, mine, token)
        return Verdict(seen, lost)

    def list_people(self, stored, reach):
        """Override of the base: of a page; a member has nobody but himself.

        "Organization Access Control by Role": only an administrator may ask. Names are
        not told, and ids are ours alone.

        :raise RequestRefused: the member is no administrator
        """
        if reach.network != COMPANY:
            return ()
        found = {}
        token = TokenSet(stored.access_token, issued_at=stored.issued_at)
        query = {"q": "organization", "organization": reach.external_id}
        for row in self._follow(token, "organizationAcls", **query):
            member = values.identifier(row.get("roleAssignee"))
            role = values.text(row.get("role"))
            if member and role and row.get("state") == APPROVED:
                found.setdefault(member, []).append(role)
        return tuple(
            PersonData(member, roles=tuple(roles), can_renew=_may_renew(roles))
            for member, roles in found.items()
        )

    def introspect(self, access_token):
        """Return what LinkedIn says about an access token ("Token Introspection").

        :raise AppFault: the app is not accepted, or the token is another app's
        :raise Unreachable: the answer makes no sense
        """
        session = self.transport.session()
        try:
            answer = self._read_answer(
                session.post(
                    self.app.introspect_url, data=self._client_data(access_token)
                )
            )
        except GrantRefused as refused:
            raise Unreachable(detail=refused.detail) from None
        return self._parse_introspection(answer)

    # === HOOKS === #

    def _parse_token(self, answer):
        """Override of the base: the date on which a person must return."""
        token = super()._parse_token(answer)
        life = values.lifetime(answer.get("refresh_token_expires_in"))
        ends_at = self.now + life if life and token.refresh_token else None
        return replace(token, refresh_expires_at=ends_at)

    def _raise_for_answer(self, response, answer):
        """Override of the base: two shapes of errors, also inside HTTP 200."""
        if is_failure(answer, response.status_code):
            raise failure_of(answer, response.status_code, self._read_wait(response))

    # === THE TOKEN === #

    def _parse_introspection(self, answer):
        active = answer.get("active")
        if not isinstance(active, bool):
            raise Unreachable(detail="introspection without active")
        if not active:
            revoked = answer.get("status") == "revoked"
            reason = reasons.REVOKED if revoked else reasons.EXPIRED
            return Introspection(active=False, reason=reason, detail="introspection")
        if values.text(answer.get("client_id")) not in ("", self.app.client_id):
            raise AppFault(detail="token of another app")
        return Introspection(
            active=True,
            scopes=values.words(answer.get("scope")),
            access_expires_at=values.moment(answer.get("expires_at"), self.now),
        )

    def _find_living(self, stored):
        """Return an access token that works and its introspection, or why none does.

        An access token that ran out says nothing of the grant: a refresh does, and it
        takes nothing away, since the refresh token stays the same.
        """
        seen = self._see(stored)
        if seen.active or seen.reason != reasons.EXPIRED or not stored.refresh_token:
            return stored.access_token, seen
        try:
            token = self.refresh(stored)
        except GrantRefused as refused:
            return None, Introspection(
                active=False, reason=refused.reason, detail=refused.detail
            )
        # The token was made for this question; its clock is not the stored one's.
        return token.access_token, Introspection(True, scopes=token.scopes or ())

    def _see(self, stored):
        """Return the :class:`Introspection` of a stored token.

        Without an endpoint for it: who can say who he is has a living token.

        :raise Unreachable: so young a token is not believed to be revoked
        """
        if not self.app.introspect_url:
            try:
                self._get_member(stored)
            except TokenLost as lost:
                return Introspection(False, reason=lost.reason, detail=lost.detail)
            return Introspection(active=True, scopes=stored.scopes)
        seen = self.introspect(stored.access_token)
        if not seen.active and self._is_new(stored):
            raise Unreachable(detail=seen.detail)
        return seen

    def _why_refused(self, stored):
        """Return the likeliest reason of a refused refresh token.

        :raise AppFault: it was the app that was refused
        """
        if not (self.app.introspect_url and stored.access_token):
            return reasons.EXPIRED
        seen = self.introspect(stored.access_token)
        return reasons.REVOKED if seen.reason == reasons.REVOKED else reasons.EXPIRED

    def _is_new(self, token):
        return bool(token.issued_at) and self.now - token.issued_at < SETTLING

    # === LISTING === #

    def _may_list(self, network, scopes):
        """Whether a network can be listed; scopes that were not told are not missed."""
        return scopes is None or bool(set(self.listing_scopes[network]) & set(scopes))

    def _missing(self, network, scopes):
        """Return what was asked for a network and not given."""
        if scopes is None:
            return ()
        own = self.scopes_for([network])
        asked = (scope for scope in self.app.scopes if scope in own)
        return tuple(scope for scope in asked if scope not in scopes)

    def _left_out(self, network, grant):
        return ProfileData(
            network=network,
            external_id=grant.person.external_id,
            name=grant.person.name,
            missing_scopes=self._missing(network, grant.token.scopes),
            usable=False,
            reason=reasons.MISSING_SCOPE,
        )

    def _list_member(self, token):
        member = self._get_member(token)
        return [
            ProfileData(
                network=MEMBER,
                external_id=member["id"],
                name=_name_of(member),
                handle=values.text(member.get("vanityName")),
                image_url=values.text(member.get("picture"), 2000),
                can_renew="yes",
                missing_scopes=self._missing(MEMBER, token.scopes),
            )
        ]

    def _list_pages(self, token):
        """Return the pages; one that is not approved (yet, any more) is not usable."""
        roles = self._get_roles(token)
        names = self._get_names(token, roles)
        missing = self._missing(COMPANY, token.scopes)
        return [
            replace(_parse_page(urn, held, names.get(urn, {})), missing_scopes=missing)
            for urn, held in roles.items()
        ]

    def _get_roles(self, token):
        """Return ``{organization: {role: approved?}}`` of the member.

        :raise ProviderError: the list could not be read to its end
        """
        found = {}
        for row in self._follow(token, "organizationAcls", q="roleAssignee"):
            urn = values.identifier(row.get("organization"))
            role = values.text(row.get("role"))
            if urn.startswith(ORGANIZATION) and role:
                held = found.setdefault(urn, {})
                held[role] = held.get(role, False) or row.get("state") == APPROVED
        return found

    def _get_names(self, token, urns):
        """Return ``{organization: what it tells of itself}``, as far as may be read.

        A batch is ``List(1,2)``, its signs not encoded (Rest.li protocol 2.0.0).
        """
        found, urns = {}, list(urns)
        for start in range(0, len(urns), NAMES_LIMIT):
            ids = {_number(urn): urn for urn in urns[start : start + NAMES_LIMIT]}
            path = f"organizationsLookup?ids=List({','.join(ids)})"
            try:
                answer = self._ask(token, self._rest(path))
            except RequestRefused:
                continue
            rows = values.mapping(answer.get("results"))
            found |= {urn: values.mapping(rows.get(key)) for key, urn in ids.items()}
        return found

    def _follow(self, token, path, **parameters):
        """Yield the objects of a listing, page by page.

        :raise Unreachable: it is no listing, or has no end; half of one would make
            the other half look lost
        """
        start = 0
        for _page in range(LISTING_PAGES):
            answer = self._ask(
                token, self._rest(path), start=start, count=ROLES_LIMIT, **parameters
            )
            rows = answer.get("elements")
            if not isinstance(rows, list):
                raise Unreachable(detail="no listing")
            yield from values.items(rows)
            start += len(rows)
            if not _has_more(answer, start, len(rows)):
                return
            if not rows:
                raise Unreachable(detail="half a listing")
        raise Unreachable(detail="listing without end")

    def _judge(self, network, reaches, token):
        """Return ``{reach key: reason or None}`` of one network's profiles."""
        if network not in self.listing_scopes:
            return {}
        if not self._may_list(network, token.scopes or None):
            return {reach.key: reasons.MISSING_SCOPE for reach in reaches}
        if network == MEMBER:
            return dict.fromkeys(reach.key for reach in reaches)
        try:
            roles = self._get_roles(token)
        except TokenLost as lost:
            # The token was just seen alive; that it is not, is no definite answer.
            raise Unreachable(detail=lost.detail) from None
        return {
            reach.key: None
            if any(roles.get(reach.external_id, {}).values())
            else reasons.LOST_ROLE
            for reach in reaches
        }

    # === REQUEST HELPERS === #

    def _get_member(self, token):
        """Return what LinkedIn tells about the member, under ``id`` who it is.

        :raise Unreachable: there is no usable id
        """
        scopes = token.scopes or self.app.scopes
        path, field = ("userinfo", "sub") if "openid" in scopes else ("me", "id")
        member = self._ask(token, f"{self.app.api_url}/v2/{path}")
        external_id = values.identifier(member.get(field))
        if not external_id:
            raise Unreachable(detail="member without id")
        return member | {"id": external_id}

    def _ask(self, token, url, **parameters):
        """Return the JSON object of a resource, not trusting a 401 too early.

        :param token: with ``access_token`` and ``issued_at``
        :raise TokenLost: introspection says so too
        """
        headers = self._headers(token.access_token, url)
        pauses = PAUSES if self._is_new(token) else ()
        for pause in (*pauses, None):
            try:
                return self._get(url, headers=headers, **parameters)
            except Doubt as doubt:
                if pause is None:
                    raise self._settle(token, doubt) from None
            sleep(pause)
        raise AssertionError  # the last turn answers or raises

    def _settle(self, token, doubt):
        """Return the failure that a doubtful 401 is."""
        if self._is_new(token):
            return Unreachable(detail=doubt.detail)
        if not self.app.introspect_url:
            return TokenLost(reasons.REVOKED, doubt.detail)
        seen = self.introspect(token.access_token)
        if seen.active:
            return Unreachable(detail=doubt.detail)
        return TokenLost(seen.reason, doubt.detail)

    def _headers(self, access_token, url):
        headers = bearer(access_token) | {"X-Restli-Protocol-Version": "2.0.0"}
        if url.startswith(self._rest("")) and self.app.api_version:
            headers["LinkedIn-Version"] = self.app.api_version
        return headers

    def _rest(self, path):
        return f"{self.app.api_url}/rest/{path}"

    def _client_data(self, token):
        return {
            "client_id": self.app.client_id,
            "client_secret": self.app.client_secret,
            "token": token,
        }


def _has_more(answer, start, size):
    """Whether a listing goes on; without a total, a full page says so."""
    paging = values.mapping(answer.get("paging"))
    total = values.whole(paging.get("total"))
    if total is not None:
        return start < total
    links = values.items(paging.get("links"))
    return size >= ROLES_LIMIT or any(link.get("rel") == "next" for link in links)


def _number(urn):
    return urn.rpartition(":")[2]


def _name_of(member):
    """Return the name, of OpenID Connect or of the older call."""
    parts = ("localizedFirstName", "localizedLastName")
    older = " ".join(filter(None, (values.text(member.get(part)) for part in parts)))
    return values.text(member.get("name")) or older


def _parse_page(urn, held, organization):
    handle = values.text(organization.get("vanityName"))
    approved = tuple(role for role, is_approved in held.items() if is_approved)
    return ProfileData(
        network=COMPANY,
        external_id=urn,
        name=values.text(organization.get("localizedName")) or handle or _number(urn),
        handle=handle,
        native_tasks=approved,
        can_renew=_may_renew(approved),
        usable=bool(approved),
        reason=None if approved else reasons.LOST_ROLE,
    )


def _may_renew(roles):
    """Return whether a Super Admin's rights are there; a role we do not know may be."""
    if ADMINISTRATOR in roles:
        return "yes"
    return "no" if set(roles) <= WEAKER_ROLES else "unknown"
