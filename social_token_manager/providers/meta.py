"""Meta: Facebook Pages, Messenger, and Instagram through Facebook Login.

Sources: Meta, "Manually Build a Login Flow", "Long-Lived Access Tokens",
"Debug-Token", "Pages API". One person's grant serves all pages that the person ticked;
a page is used with a page token made from the long-lived user token.
"""

import hashlib
import hmac
import random
import time
from urllib.parse import parse_qs, urlsplit

from ..policy import reasons
from . import values
from .base import bearer
from .errors import AppFault, RequestRefused, TokenLost, Unreachable
from .graph import GraphProvider
from .meta_errors import failure_of
from .meta_subscription import MetaSubscription
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

LISTING_PAGES = 100
LISTING_LIMIT = 100
# For how long one check begins to ask about pages.
PAGES_SECONDS = 15

PAGE_FIELDS = (
    "id,name,username,access_token,tasks,picture{url},"
    "instagram_business_account{id,username,name,profile_picture_url}"
)
PERSON_FIELDS = "id,name,tasks"

FULL_TASKS = {"MANAGE", "PROFILE_PLUS_FULL_CONTROL", "PROFILE_PLUS_MANAGE"}
MESSAGING_TASKS = {"MESSAGING", "PROFILE_PLUS_MESSAGING"}
SUBSCRIBING_TASKS = FULL_TASKS | {
    "CREATE_CONTENT",
    "MODERATE",
    "PROFILE_PLUS_CREATE_CONTENT",
    "PROFILE_PLUS_MODERATE",
}


class MetaProvider(MetaSubscription, GraphProvider):
    """The Facebook dialog and the Graph API."""

    code = "meta"
    label = "Meta"

    default_version = "v26.0"
    default_authorize_url = "https://www.facebook.com/{api_version}/dialog/oauth"
    default_token_url = "https://graph.facebook.com/{api_version}/oauth/access_token"
    default_api_url = "https://graph.facebook.com/{api_version}"

    profiles_can_be_left_out = True
    can_be_introspected = True
    can_be_revoked = True
    revokes_whole_grant = True
    # Pages come with tokens of their own, which listing only hands over.
    listing_is_proof = False
    removal_url = "https://www.facebook.com/settings?tab=business_tools"
    lists_people = True

    required_scopes = {
        "facebook": ("pages_show_list",),
        "messenger": ("pages_show_list", "pages_messaging"),
        "instagram": ("pages_show_list", "instagram_basic"),
    }
    wanted_scopes = {
        "facebook": (
            "pages_read_engagement",
            "pages_manage_metadata",
            "business_management",
        ),
        "messenger": ("pages_manage_metadata", "business_management"),
        "instagram": (
            "instagram_manage_messages",
            "pages_read_engagement",
            "pages_manage_metadata",
            "business_management",
        ),
    }

    # === THE APP === #

    def check_app(self, *, redirect_uri):
        """Override of the base: an app's own token is given for id and secret alone.

        "Access Tokens", *App Access Tokens*. It is not kept.
        """
        try:
            self._parse_token(self._fetch_token("client_credentials"))
        except (TokenLost, RequestRefused) as failure:
            raise AppFault(detail=failure.detail) from None
        return AppCheck(proven=True)

    # === THE FLOW === #

    def grant(self, *, code, redirect_uri, verifier=None):
        """Return what the person granted: a long-lived token and all its pages.

        :raise AppFault: also when the token was made for another app, which Meta
            asks to check ("Confirming identity")
        """
        short = self.exchange_code(
            code=code, redirect_uri=redirect_uri, verifier=verifier
        )
        token = self.extend(short)
        seen = self._introspect_active(token.access_token)
        person = self._get_person(token.access_token)
        return Grant(person=person, token=token.refined(seen), seen=seen)

    def recall(self, stored):
        """Override of the base: the introspection knows what was granted."""
        seen = self._introspect_active(stored.access_token)
        return Grant(Person(seen.subject), TokenSet(stored.access_token), seen)

    def _introspect_active(self, access_token):
        seen = self.introspect(access_token)
        if not seen.active:
            raise TokenLost(seen.reason, seen.detail)
        return seen

    def sign(self, request, access_token):
        """Override of the base: with the proof that we hold the secret."""
        request.prepare_url(request.url, {"appsecret_proof": self._proof(access_token)})
        return super().sign(request, access_token)

    def list_profiles(self, grant):
        """Override of the base: all pages, each with its Messenger and Instagram."""
        access_token = grant.token.access_token
        profiles = {}
        for page in self._list_pages(access_token, grant.seen):
            for profile in self._parse_page(page, grant.seen):
                profiles.setdefault((profile.network, profile.external_id), profile)
        return tuple(profiles.values())

    def revoke(self, stored):
        """Override of the base: the person's permissions, all at once.

        Graph API, User, Permissions: without a name the app is removed for the person,
        and every token of that grant ends, those of pages included.
        """
        access_token = stored.access_token
        response = self.transport.session().delete(
            f"{self.app.api_url}/{stored.subject}/permissions",
            params={"appsecret_proof": self._proof(access_token)},
            headers=bearer(access_token),
        )
        try:
            answer = self._read_answer(response)
        except TokenLost:
            return
        if answer.get("success") is not True:
            raise Unreachable(detail="no success")

    def verify(self, stored, reaches):
        """Override of the base: ask about the grant, then about each page token."""
        token = self.introspect(stored.access_token)
        if not token.active:
            return Verdict(token)
        wanted = {reach.page_token for reach in reaches if reach.page_token}
        pages = self._introspect_pages(wanted)
        unasked = wanted - pages.keys()
        return Verdict(
            token,
            {
                reach.key: self._judge(reach, token, pages.get(reach.page_token))
                for reach in reaches
                if reach.page_token not in unasked
            },
            frozenset(reach.key for reach in reaches if reach.page_token in unasked),
        )

    def _introspect_pages(self, page_tokens):
        """Return ``{page token: Introspection}`` of those that there is time for.

        Someone may have granted hundreds; in an order of chance each has its turn.
        """
        deadline = time.monotonic() + PAGES_SECONDS
        pages = {}
        for page_token in random.sample(sorted(page_tokens), len(page_tokens)):
            if time.monotonic() > deadline:
                break
            pages[page_token] = self.introspect(page_token)
        return pages

    def extend(self, short):
        """Exchange a short-lived user token for one of about 60 days.

        Page tokens made from a short-lived one would end within hours.

        :raise TokenLost: the person cannot use it, held at a check for example
        """
        answer = self._fetch_token(
            "fb_exchange_token", fb_exchange_token=short.access_token
        )
        return self._parse_token(answer)

    def list_people(self, stored, reach):
        """Override of the base: people of the page, and of the business that owns it.

        ``page/roles`` and ``page/assigned_users``: the first gives ids as our app
        knows them, the second ids of that business; nobody is in both. A page of no
        business has the first alone. The second needs full control of the page.
        """
        if not reach.page_token:
            raise TokenLost(reasons.DESELECTED, "no page token")
        page = self._graph("me", reach.page_token, fields="id,business")
        page_id = values.identifier(page.get("id"))
        business = values.identifier(values.mapping(page.get("business")).get("id"))
        if not page_id:
            raise Unreachable(detail="page without id")
        asked = {"access_token": reach.page_token, "fields": PERSON_FIELDS}
        rows = [*self._follow(f"{page_id}/roles", **asked)]
        if business:
            rows += self._follow(
                f"{page_id}/assigned_users", business=business, **asked
            )
        people = (_parse_person(row, reach.network) for row in rows)
        return tuple(person for person in people if person)

    def introspect(self, access_token):
        """Return Meta's :class:`Introspection` of a user or page token.

        :raise AppFault: the token belongs to another app, or ours is not accepted
        """
        data = self._debug_token(access_token)
        if data.get("is_valid") is False:
            return self._parse_inactive(data)
        if data.get("is_valid") is not True:
            raise Unreachable(detail="neither valid nor invalid")
        if values.identifier(data.get("app_id")) != self.app.client_id:
            raise AppFault(detail="token of another app")
        return self._parse_active(data)

    # === HOOKS === #

    def _build_authorization_parameters(self, prompt):
        """Override of the base: always re-open the picker of pages.

        Without ``rerequest`` Facebook takes the last selection over and shows none.
        """
        again = ["rerequest"]
        if prompt == reasons.DATA_ACCESS:
            again.append("reauthorize")
        return {"auth_type": ",".join(again)}

    # === PARSING === #

    def _parse_inactive(self, data):
        failure = failure_of(values.mapping(data.get("error")))
        if isinstance(failure, TokenLost):
            return Introspection(
                active=False, reason=failure.reason, detail=failure.detail
            )
        if data.get("error"):
            raise failure
        return Introspection(active=False, reason=reasons.EXPIRED)

    def _parse_active(self, data):
        targets = {
            values.text(one.get("scope")): tuple(
                filter(None, map(values.identifier, one["target_ids"]))
            )
            for one in values.items(data.get("granular_scopes"))
            if isinstance(one.get("target_ids"), list)
        }
        return Introspection(
            active=True,
            subject=values.identifier(data.get("user_id")),
            scopes=values.words(data.get("scopes")),
            targets=targets,
            access_expires_at=values.moment(data.get("expires_at"), self.now),
            data_access_expires_at=values.moment(
                data.get("data_access_expires_at"), self.now
            ),
            never_expires=values.number(data.get("expires_at")) == 0,
        )

    def _get_person(self, access_token):
        answer = self._graph("me", access_token, fields="id,name")
        external_id = values.identifier(answer.get("id"))
        if not external_id:
            raise Unreachable(detail="person without id")
        return Person(external_id, values.text(answer.get("name")))

    def _list_pages(self, access_token, seen):
        """Yield the pages of the grant, following the paging to its end.

        With Login for Business the listing can be empty although pages were granted;
        then they are read one by one from what the introspection names.
        """
        found = False
        for page in self._follow_listing(access_token):
            found = True
            yield page
        if not found:
            for page_id in seen.targets.get("pages_show_list", ()):
                yield self._graph(page_id, access_token, fields=PAGE_FIELDS)

    def _follow_listing(self, access_token):
        return self._follow("me/accounts", access_token, fields=PAGE_FIELDS)

    def _follow(self, path, access_token, **parameters):
        """Yield the rows of a listing, page by page.

        :raise Unreachable: it is no listing, or has no end; half of one would make
            the other half look deselected
        """
        after = None
        for _page in range(LISTING_PAGES):
            answer = self._graph(
                path, access_token, limit=LISTING_LIMIT, after=after, **parameters
            )
            if not isinstance(answer.get("data"), list):
                raise Unreachable(detail="no listing")
            yield from values.items(answer["data"])
            after = _next_cursor(answer)
            if not after:
                return
        raise Unreachable(detail="listing without end")

    def _parse_page(self, page, seen):
        """Return the profiles of one page: itself, its Messenger, its Instagram."""
        page_id = values.identifier(page.get("id"))
        if not page_id:
            return []
        own = {
            "external_id": page_id,
            "name": values.text(page.get("name")),
            "handle": values.text(page.get("username")),
            "image_url": _picture_url(page),
        }
        instagram = values.mapping(page.get("instagram_business_account"))
        linked = {
            "external_id": values.identifier(instagram.get("id")),
            "name": values.text(instagram.get("name") or instagram.get("username")),
            "handle": values.text(instagram.get("username")),
            "image_url": values.text(instagram.get("profile_picture_url"), 2000),
        }
        seen_as = {"facebook": own, "messenger": own, "instagram": linked}
        return [
            self._parse_profile(network, seen_as[network], page, seen)
            for network in self.app.networks
            if seen_as.get(network, {}).get("external_id")
        ]

    def _parse_profile(self, network, about, page, seen):
        page_token = values.secret(page.get("access_token"))
        tasks = values.words(page.get("tasks"))
        missing = tuple(
            scope
            for scope in self.app.scopes
            if scope in self.scopes_for([network]) and scope not in seen.scopes
        )
        return ProfileData(
            network=network,
            page_token=page_token,
            native_tasks=tasks,
            can_renew=_can_renew(network, tasks),
            missing_scopes=missing,
            usable=bool(page_token),
            reason=self._reason_of(network, about["external_id"], page_token, seen),
            **about,
        )

    def _reason_of(self, network, external_id, page_token, seen):
        """Return why a listed profile cannot be used, None when it can."""
        if not page_token:
            return reasons.DESELECTED
        if self._lacks_scope(network, seen):
            return reasons.MISSING_SCOPE
        if network == "instagram" and not seen.reaches("instagram_basic", external_id):
            return reasons.DESELECTED
        ends_at = seen.data_access_expires_at
        return reasons.DATA_ACCESS if ends_at and ends_at <= self.now else None

    def _lacks_scope(self, network, seen):
        return not set(self.required_scopes[network]) <= set(seen.scopes)

    def _judge(self, reach, token, page):
        """Return why a profile no longer works, None when it does.

        A page token ends with the same words when its page was unticked and when a
        permission was withdrawn; the token of the person tells which.
        """
        seen = page or token
        if seen.active:
            return self._reason_of(
                reach.network, reach.external_id, reach.page_token, seen
            )
        lacks = self._lacks_scope(reach.network, token)
        if seen.reason == reasons.DESELECTED and lacks:
            return reasons.MISSING_SCOPE
        return seen.reason

    # === REQUEST HELPERS === #

    def _debug_token(self, access_token):
        """Return what Meta tells about a token.

        The call is made as the app: a refusal is about the app, never about the token,
        whose own error is inside the answer. A wrong secret comes as a bare 190.
        """
        try:
            answer = self._get(
                f"{self.app.api_url}/debug_token",
                input_token=access_token,
                headers=bearer(f"{self.app.client_id}|{self.app.client_secret}"),
            )
        except (TokenLost, RequestRefused) as failure:
            raise AppFault(detail=failure.detail) from None
        return values.mapping(answer.get("data"))

    def _graph(self, path, access_token, **parameters):
        """Call the Graph API as a person, with the proof that we hold the secret."""
        parameters = {key: value for key, value in parameters.items() if value}
        return self._get(
            f"{self.app.api_url}/{path}",
            appsecret_proof=self._proof(access_token),
            headers=bearer(access_token),
            **parameters,
        )

    def _proof(self, access_token):
        return hmac.new(
            self.app.client_secret.encode(), access_token.encode(), hashlib.sha256
        ).hexdigest()


def _next_cursor(answer):
    """Return where the listing goes on: ``next`` says whether, the cursor where.

    :raise Unreachable: it goes on, but nothing says where
    """
    paging = values.mapping(answer.get("paging"))
    if not paging.get("next"):
        return None
    after = values.mapping(paging.get("cursors")).get("after")
    if not after:
        query = urlsplit(values.text(paging["next"], 10_000)).query
        after = parse_qs(query).get("after", [None])[0]
    if not isinstance(after, str):
        raise Unreachable(detail="listing without cursor")
    return after


def _picture_url(page):
    data = values.mapping(values.mapping(page.get("picture")).get("data"))
    return values.text(data.get("url"), 2000)


def _parse_person(row, network):
    """Return the :class:`PersonData` of a row, None where it names nobody."""
    external_id = values.identifier(row.get("id"))
    if not external_id:
        return None
    tasks = values.words(row.get("tasks"))
    return PersonData(
        external_id, values.text(row.get("name")), tasks, _can_renew(network, tasks)
    )


def _can_renew(network, tasks):
    """Return yes, no or unknown by the tasks of the person who granted.

    Any task gives a page token; its power equals the person's tasks ("Pages API").
    """
    if not tasks:
        return "unknown"
    held = set(tasks)
    if held & FULL_TASKS:
        return "yes"
    if network != "facebook" and held & MESSAGING_TASKS and held & SUBSCRIBING_TASKS:
        return "yes"
    return "no"
