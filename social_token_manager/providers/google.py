"""Google: YouTube channels and Google Business locations, two networks of one engine.

Sources: Google, "OAuth 2.0 for Web Server Applications", "Using OAuth 2.0 to Access
Google APIs" (*Refresh token expiration*); YouTube Data API, ``channels.list``; Business
Profile APIs, ``accounts.list`` and ``accounts.locations.list``; ``tokeninfo`` as
Google's own client library for Node.js asks it.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit, urlunsplit

from ..policy import reasons
from . import values
from .base import OTHER_ACCOUNT, OAuth2Provider, bearer
from .errors import AppFault, GrantRefused, TokenLost, Unreachable
from .google_errors import UNAPPROVED, NoChannel, failure_of, is_unapproved
from .google_signals import GoogleSignals
from .results import Grant, Introspection, Person, ProfileData, TokenSet, Verdict

WWW = "www.googleapis.com"
SERVICES = ".googleapis.com"
AUTH = "https://www.googleapis.com/auth/"
CHANNEL_SCOPES = tuple(
    AUTH + name for name in ("youtube.readonly", "youtube", "youtube.force-ssl")
)
BUSINESS_SCOPE = AUTH + "business.manage"
# What is asked by its short name is reported by its long one.
SHORT_NAMES = {AUTH + "userinfo.email": "email", AUTH + "userinfo.profile": "profile"}

ACCOUNTS_API = "mybusinessaccountmanagement"
LOCATIONS_API = "mybusinessbusinessinformation"
FULL_ROLES = {"PRIMARY_OWNER", "OWNER", "MANAGER"}

CHANNELS_LIMIT, ACCOUNTS_LIMIT, LOCATIONS_LIMIT = 50, 20, 100
LISTING_PAGES = 100

# What OpenID Connect calls the right to renew without the person (Core, section 11).
OFFLINE_ACCESS = "offline_access"
NO_REFRESH_TOKEN = "no refresh_token"
OF_CHANNEL = ":"

# "Refresh token expiration": not used for six months.
UNUSED = timedelta(days=182)
# An access token that ends within this is not asked about any more.
MARGIN = timedelta(seconds=60)


class GoogleProvider(GoogleSignals, OAuth2Provider):
    """Google's OAuth endpoints and the APIs that list what a person manages.

    *Addresses.* Google has one host an API, ``<service>.googleapis.com``. ``api_url``
    names the common one, ``www.googleapis.com``: there is the YouTube Data API, and the
    services of Google Business are where ``www`` gives way to their name. With any
    other host the services are folders below ``api_url``; so one field serves a proxy
    or a stand-in as well.

    *Who.* A token is for one Google account and, where YouTube is asked for, for the
    one channel that was chosen at the consent. Whether a brand account has a ``sub`` of
    its own is not documented, so the channel is part of the subject: the grant for a
    second channel never takes the place of the first.
    """

    code = "google"
    label = "Google"

    default_authorize_url = "https://accounts.google.com/o/oauth2/v2/auth"
    default_token_url = "https://oauth2.googleapis.com/token"
    default_api_url = "https://www.googleapis.com"
    default_revoke_url = "https://oauth2.googleapis.com/revoke"
    default_introspect_url = "https://oauth2.googleapis.com/tokeninfo"
    # "OAuth 2.0 for Native Apps": accepted, S256 advised.
    default_use_pkce = True

    can_be_introspected = True
    refresh_may_spend = False
    can_be_revoked = True
    # Of the whole Cloud project, whatever client it was given to.
    revokes_whole_grant = True
    removal_url = "https://myaccount.google.com/connections"

    required_scopes = {
        "youtube": ("openid", "email", CHANNEL_SCOPES[0]),
        "google_business": ("openid", "email", BUSINESS_SCOPE),
    }
    wanted_scopes = {"youtube": (AUTH + "youtube.upload", AUTH + "youtube.force-ssl")}
    listing_scopes = {"youtube": CHANNEL_SCOPES, "google_business": (BUSINESS_SCOPE,)}

    @classmethod
    def whole_grant_of(cls, subject):
        """Override of the base: the Google account, whatever channel it chose."""
        return subject.partition(OF_CHANNEL)[0]

    @classmethod
    def registration_of(cls, client_id):
        """Override of the base: a client id begins with the number of its project."""
        return client_id.partition("-")[0]

    # === THE FLOW === #

    def grant(self, *, code, redirect_uri, verifier=None):
        """Override of the base: who it is, and what was granted, ``tokeninfo`` tells.

        A first grant without a refresh token ends within the hour, and nothing renews
        it: ``can_renew_silently`` says so, and its profiles are told to lack
        ``offline_access``.

        :raise AppFault: also when the token was made for another app
        """
        token = self.exchange_code(
            code=code, redirect_uri=redirect_uri, verifier=verifier
        )
        answer = self._ask_tokeninfo(token.access_token)
        seen = self._parse_tokeninfo(answer)
        person = Person(
            self._find_subject(token.access_token, seen),
            values.text(answer.get("email")),
        )
        return Grant(person, token.refined(seen), seen)

    def recall(self, stored):
        """Override of the base: an access token lives for an hour only."""
        access_token, seen = self._find_living(stored)
        if not seen.active:
            raise TokenLost(seen.reason, seen.detail)
        token = TokenSet(access_token, stored.refresh_token, seen.scopes)
        return Grant(Person(stored.subject), token, seen)

    def list_profiles(self, grant):
        """Override of the base: the chosen channel, and all locations.

        A network whose permission was left out is told as one that is not usable.
        """
        listed = []
        for network in self.app.networks:
            if self._may_list(network, grant.token.scopes):
                missing = self._missing(network, grant.token)
                listed += [
                    replace(profile, missing_scopes=missing)
                    for profile in self._list(network, grant.token.access_token)
                ]
            elif network in self.listing_scopes:
                listed.append(self._left_out(network, grant))
        return tuple(listed)

    def refresh(self, stored):
        """Override of the base: say what is likely, since Google does not say it.

        A refresh token is not rotated; the answer has none, and the old one stays.
        """
        if not stored.refresh_token:
            raise GrantRefused(reasons.EXPIRED, NO_REFRESH_TOKEN)
        try:
            return super().refresh(stored)
        except GrantRefused as refused:
            if refused.reason in reasons.BY_CODE:
                raise
            raise GrantRefused(self._guess(stored), refused.detail) from None

    def revoke(self, stored):
        """Override of the base: one call ends all that was given to the project."""
        token = stored.refresh_token or stored.access_token
        if not token:
            return
        response = self.transport.session().post(
            self.app.revoke_url, data={"token": token}
        )
        # RFC 7009 section 2.2: all that counts is the status.
        if response.ok:
            return
        try:
            self._read_answer(response)
        except TokenLost:
            return

    def verify(self, stored, reaches):
        """Override of the base: ask about the token, then list what it reaches."""
        access_token, seen = self._find_living(stored)
        if not seen.active:
            return Verdict(seen)
        lost = {}
        for network in {reach.network for reach in reaches}:
            mine = [reach for reach in reaches if reach.network == network]
            lost |= self._judge(network, mine, access_token, seen)
        return Verdict(seen, lost)

    def introspect(self, access_token):
        """Return what ``tokeninfo`` knows of an access token; it costs no quota.

        It knows access tokens only, and answers the same for one that ran out and for
        one that was withdrawn.

        :raise AppFault: the token belongs to another app
        """
        try:
            return self._parse_tokeninfo(self._ask_tokeninfo(access_token))
        except TokenLost as lost:
            return Introspection(active=False, reason=lost.reason, detail=lost.detail)

    # === HOOKS === #

    def _build_authorization_parameters(self, prompt):
        """Override of the base: always ask for a refresh token, by its two conditions.

        ``include_granted_scopes`` is left out: it would join what one person gave for
        YouTube and for Google Business, at different times, into one token.
        """
        asked = "consent select_account" if prompt == OTHER_ACCOUNT else "consent"
        return {"access_type": "offline", "prompt": asked}

    def _parse_token(self, answer):
        """Override of the base: time-limited access tells when a person must return."""
        token = super()._parse_token(answer)
        life = values.lifetime(answer.get("refresh_token_expires_in"))
        return replace(
            token,
            scopes=token.scopes and _short(token.scopes),
            refresh_expires_at=self.now + life if life else None,
        )

    def _read_answer(self, response):
        """Override of the base: a 429 may be about a project that is not approved."""
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            with suppress(Unreachable):
                self._raise_for_unapproved(response)
        return super()._read_answer(response)

    def _raise_for_unapproved(self, response):
        if is_unapproved(self._json(response)):
            raise AppFault(detail=UNAPPROVED)

    def _raise_for_answer(self, response, answer):
        """Override of the base: two shapes of errors, also inside HTTP 200."""
        if response.ok and answer.get("error") in (None, ""):
            return
        wait = values.lifetime(response.headers.get("Retry-After"))
        raise failure_of(
            answer, response.status_code, wait and int(wait.total_seconds())
        )

    # === THE TOKEN === #

    def _ask_tokeninfo(self, access_token):
        """Return what ``tokeninfo`` answers; the token travels in the header.

        :raise TokenLost: it is no access token, or none any more
        """
        session = self.transport.session()
        return self._read_answer(
            session.post(self.app.introspect_url, headers=bearer(access_token))
        )

    def _find_living(self, stored):
        """Return an access token that works and its introspection, or why none does.

        A lapsed access token says nothing of the grant: a refresh does, which Google
        allows at any time, and which restarts the clock of the six months.
        """
        seen = None
        if not self._is_lapsed(stored) or not stored.refresh_token:
            seen = self.introspect(stored.access_token)
        if seen and (seen.active or not stored.refresh_token):
            return stored.access_token, seen
        try:
            token = self.refresh(stored)
        except GrantRefused as refused:
            return None, Introspection(
                active=False, reason=refused.reason, detail=refused.detail
            )
        seen = self.introspect(token.access_token)
        if not seen.active:
            raise Unreachable(detail="new token not accepted")
        # The token was made for this question; its clock is not the stored one's.
        return token.access_token, replace(seen, access_expires_at=None)

    def _is_lapsed(self, stored):
        ends_at = stored.access_expires_at
        return not stored.access_token or bool(ends_at and ends_at <= self.now + MARGIN)

    def _guess(self, stored):
        """Return the likeliest reason of an ``invalid_grant``."""
        used_at = stored.issued_at
        unused = used_at and self.now - used_at >= UNUSED
        return reasons.INACTIVE if unused else reasons.EXPIRED

    def _parse_tokeninfo(self, answer):
        audience = values.text(answer.get("aud"))
        if not audience:
            raise Unreachable(detail="tokeninfo without aud")
        if audience != self.app.client_id:
            raise AppFault(detail="token of another app")
        scopes = _short(values.words(answer.get("scope")))
        if not scopes:
            raise Unreachable(detail="tokeninfo without scope")
        life = values.lifetime(answer.get("expires_in"))
        return Introspection(
            active=True,
            subject=values.identifier(answer.get("sub")),
            scopes=scopes,
            access_expires_at=self.now + life if life else None,
        )

    def _find_subject(self, access_token, seen):
        """Return who granted, and on behalf of which channel.

        :raise Unreachable: nobody says who it is
        """
        if not seen.subject:
            raise Unreachable(detail="person without id")
        channels = ()
        if "youtube" in self.app.networks and self._may_list("youtube", seen.scopes):
            channels = self._list_channels(access_token)
        if len(channels) != 1:
            return seen.subject
        return f"{seen.subject}{OF_CHANNEL}{channels[0].external_id}"

    # === LISTING === #

    def _may_list(self, network, scopes):
        return bool(set(self.listing_scopes.get(network, ())) & set(scopes or ()))

    def _missing(self, network, token):
        """Return what was asked for a network and not given."""
        asked = self.scopes_for([network])
        missing = [
            scope
            for scope in self.app.scopes
            if scope in asked and scope not in (token.scopes or ())
        ]
        return tuple(missing if token.refresh_token else [*missing, OFFLINE_ACCESS])

    def _left_out(self, network, grant):
        return ProfileData(
            network=network,
            external_id=grant.person.external_id,
            name=grant.person.name,
            missing_scopes=self._missing(network, grant.token),
            usable=False,
            reason=reasons.MISSING_SCOPE,
        )

    def _list(self, network, access_token):
        """Return the :class:`ProfileData` of one network.

        :raise ProviderError: the list could not be read to its end
        """
        listing = {
            "youtube": self._list_channels,
            "google_business": self._list_locations,
        }
        return listing[network](access_token)

    def _list_channels(self, access_token):
        """Return the channels, each once; an account without any has none."""
        rows = self._follow(
            f"{self.app.api_url}/youtube/v3/channels",
            "items",
            access_token,
            part="id,snippet",
            mine="true",
            maxResults=CHANNELS_LIMIT,
        )
        try:
            found = {one.external_id: one for one in map(_parse_channel, rows)}
        except NoChannel:
            return []
        return [profile for profile in found.values() if profile.external_id]

    def _list_locations(self, access_token):
        """Return the locations of all accounts, each once, by the fullest role."""
        found = {}
        url = f"{self._service_url(ACCOUNTS_API)}/v1/accounts"
        for account in self._follow(
            url, "accounts", access_token, pageSize=ACCOUNTS_LIMIT
        ):
            account_id = _last_part(account.get("name"))
            if not account_id:
                continue
            for row in self._list_places(account_id, access_token):
                profile = _parse_location(row, account)
                if _is_fuller(profile, found.get(profile.external_id)):
                    found[profile.external_id] = profile
        return [profile for profile in found.values() if profile.external_id]

    def _list_places(self, account_id, access_token):
        url = f"{self._service_url(LOCATIONS_API)}/v1/accounts/{account_id}/locations"
        return self._follow(
            url,
            "locations",
            access_token,
            readMask="name,title",
            pageSize=LOCATIONS_LIMIT,
        )

    def _follow(self, url, name, access_token, **parameters):
        """Yield the objects of a listing, page by page; an empty list is left out.

        :raise Unreachable: it is no listing, or has no end; half of one would make
            the other half look lost
        """
        page = None
        for _page in range(LISTING_PAGES):
            more = {"pageToken": page} if page else {}
            answer = self._get(url, headers=bearer(access_token), **parameters, **more)
            if not _is_listing(answer, name):
                raise Unreachable(detail="no listing")
            yield from values.items(answer.get(name))
            page = answer.get("nextPageToken")
            if not page:
                return
            if not isinstance(page, str):
                raise Unreachable(detail="listing without cursor")
        raise Unreachable(detail="listing without end")

    def _judge(self, network, reaches, access_token, seen):
        """Return ``{reach key: reason or None}`` of one network's profiles."""
        if network not in self.listing_scopes:
            return {}
        if not self._may_list(network, seen.scopes):
            return {reach.key: reasons.MISSING_SCOPE for reach in reaches}
        try:
            listed = self._list(network, access_token)
        except TokenLost as lost:
            # The token was just seen alive; that it is not, is no definite answer.
            if lost.reason == reasons.EXPIRED:
                raise Unreachable(detail=lost.detail) from None
            return {reach.key: lost.reason for reach in reaches}
        found = {profile.external_id for profile in listed}
        return {
            reach.key: None if reach.external_id in found else reasons.LOST_ROLE
            for reach in reaches
        }

    # === REQUEST HELPERS === #

    def _is_own(self, host):
        """Override of the base: one host an API."""
        is_google = urlsplit(self.app.api_url).hostname == WWW
        return super()._is_own(host) or (is_google and host.endswith(SERVICES))

    def _service_url(self, service):
        """Return the root of an API; see *Addresses* in the class."""
        parts = urlsplit(self.app.api_url)
        if not parts.netloc.startswith("www."):
            return f"{self.app.api_url}/{service}"
        host = service + parts.netloc.removeprefix("www")
        return urlunsplit(parts._replace(netloc=host))


def _short(scopes):
    return tuple(SHORT_NAMES.get(scope, scope) for scope in scopes)


def _last_part(name):
    """Return the id of a resource name such as ``locations/123``."""
    return values.identifier(values.text(name).rpartition("/")[2])


def _is_listing(answer, name):
    """Whether it can be believed: an absent list is an empty one, if nothing counts."""
    if name in answer:
        return isinstance(answer[name], list)
    counted = values.mapping(answer.get("pageInfo")).get("totalResults")
    return not (counted or answer.get("totalSize") or answer.get("nextPageToken"))


def _parse_channel(row):
    snippet = values.mapping(row.get("snippet"))
    return ProfileData(
        network="youtube",
        external_id=values.identifier(row.get("id")),
        name=values.text(snippet.get("title")),
        handle=values.text(snippet.get("customUrl")).removeprefix("@"),
        image_url=_picture_url(snippet),
        # The consent itself was given as the channel.
        can_renew="yes",
    )


def _picture_url(snippet):
    pictures = values.mapping(snippet.get("thumbnails"))
    urls = (
        values.text(values.mapping(pictures.get(size)).get("url"), 2000)
        for size in ("medium", "high", "default")
    )
    return next(filter(None, urls), "")


def _parse_location(row, account):
    role = values.text(account.get("role"))
    return ProfileData(
        network="google_business",
        external_id=_last_part(row.get("name")),
        name=values.text(row.get("title")),
        native_tasks=(role,) if role else (),
        # A site manager has fewer rights; what they lack is not documented.
        can_renew="yes" if role in FULL_ROLES else "unknown",
    )


def _is_fuller(profile, known):
    return not known or (profile.can_renew == "yes" and known.can_renew != "yes")
