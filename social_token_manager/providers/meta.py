"""Meta: Facebook Pages, Messenger, and Instagram through Facebook Login.

Sources: Meta, "Manually Build a Login Flow", "Long-Lived Access Tokens",
"Debug-Token", "Pages API". One person's grant serves all pages that the person ticked;
a page is used with a page token made from the long-lived user token.
"""

import hashlib
import hmac
from urllib.parse import parse_qs, urlsplit

from ..policy import reasons
from . import values
from .base import OAuth2Provider
from .errors import AppFault, GrantRefused, RequestRefused, TokenLost
from .meta_errors import failure_of
from .results import Grant, Introspection, Person, ProfileData, Verdict

LISTING_PAGES = 100
LISTING_LIMIT = 100

PAGE_FIELDS = (
    "id,name,username,access_token,tasks,picture{url},"
    "instagram_business_account{id,username,name,profile_picture_url}"
)

FULL_TASKS = {"MANAGE", "PROFILE_PLUS_FULL_CONTROL", "PROFILE_PLUS_MANAGE"}
MESSAGING_TASKS = {"MESSAGING", "PROFILE_PLUS_MESSAGING"}
SUBSCRIBING_TASKS = FULL_TASKS | {
    "CREATE_CONTENT",
    "MODERATE",
    "PROFILE_PLUS_CREATE_CONTENT",
    "PROFILE_PLUS_MODERATE",
}


class MetaProvider(OAuth2Provider):
    """The Facebook dialog and the Graph API."""

    code = "meta"
    label = "Meta"

    default_version = "v26.0"
    default_authorize_url = "https://www.facebook.com/{api_version}/dialog/oauth"
    default_token_url = "https://graph.facebook.com/{api_version}/oauth/access_token"
    default_api_url = "https://graph.facebook.com/{api_version}"

    partial_consent_possible = True
    can_be_introspected = True
    can_be_revoked = True
    scope_separator = ","

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
        seen = self.introspect(token.access_token)
        if not seen.active:
            raise TokenLost(seen.reason, seen.detail)
        person = self._get_person(token.access_token)
        return Grant(person=person, token=token.refined(seen), seen=seen)

    def list_profiles(self, grant):
        """Override of the base: all pages, each with its Messenger and Instagram."""
        access_token = grant.token.access_token
        profiles = {}
        for page in self._list_pages(access_token, grant.seen):
            for profile in self._parse_page(page, grant.seen):
                profiles.setdefault((profile.network, profile.external_id), profile)
        return tuple(profiles.values())

    def verify(self, access_token, reaches):
        """Override of the base: ask about the grant, then about each page token."""
        token = self.introspect(access_token)
        if not token.active:
            return Verdict(token)
        pages = {
            page_token: self.introspect(page_token)
            for page_token in {reach.page_token for reach in reaches}
            if page_token
        }
        return Verdict(
            token,
            {reach.key: self._judge(reach, pages.get(reach.page_token)) for reach in reaches},
        )

    def extend(self, short):
        """Exchange a short-lived user token for one of about 60 days.

        Page tokens made from a short-lived one would end within hours.
        """
        answer = self._fetch_token(
            "fb_exchange_token", fb_exchange_token=short.access_token
        )
        return self._parse_token(answer)

    def introspect(self, access_token):
        """Return Meta's :class:`Introspection` of a user or page token.

        :raise AppFault: the token belongs to another app, or ours is not accepted
        """
        answer = self._get(
            f"{self.app.api_url}/debug_token",
            input_token=access_token,
            headers=_bearer(f"{self.app.client_id}|{self.app.client_secret}"),
        )
        data = values.mapping(answer.get("data"))
        if "is_valid" not in data:
            raise failure_of(values.mapping(data.get("error")))
        if data["is_valid"] is not True:
            return self._parse_inactive(data)
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

    def _raise_for_answer(self, response, answer):
        """Override of the base: Meta's error object, also inside HTTP 200."""
        error = answer.get("error")
        if response.ok and not error:
            return
        failure = failure_of(values.mapping(error), response.status_code)
        if response.request.url.partition("?")[0] == self.app.token_url:
            failure = _at_token_endpoint(failure)
        raise failure

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
            values.text(one.get("scope")): values.words(
                [str(target) for target in one["target_ids"]]
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
            raise RequestRefused(detail="person without id")
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
        after = None
        for _page in range(LISTING_PAGES):
            answer = self._graph(
                "me/accounts",
                access_token,
                fields=PAGE_FIELDS,
                limit=LISTING_LIMIT,
                after=after,
            )
            yield from values.items(answer.get("data"))
            after = _next_cursor(answer)
            if not after:
                return

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
        page_token = page.get("access_token")
        tasks = values.words(page.get("tasks"))
        missing = tuple(
            scope
            for scope in self.app.scopes
            if scope in self.scopes_for([network]) and scope not in seen.scopes
        )
        return ProfileData(
            network=network,
            page_token=page_token if isinstance(page_token, str) else None,
            native_tasks=tasks,
            can_renew=_can_renew(network, tasks),
            missing_scopes=missing,
            reason=self._reason_of(network, about["external_id"], page_token, seen),
            **about,
        )

    def _reason_of(self, network, external_id, page_token, seen):
        """Return why a listed profile cannot be used, None when it can."""
        if not page_token:
            return reasons.DESELECTED
        for scope in self.required_scopes[network]:
            if scope not in seen.scopes:
                return reasons.MISSING_SCOPE
        if network == "instagram" and not seen.reaches("instagram_basic", external_id):
            return reasons.DESELECTED
        return None

    def _judge(self, reach, page):
        if page and not page.active:
            return page.reason
        seen = page or Introspection(active=True)
        return self._reason_of(
            reach.network, reach.external_id, reach.page_token, seen
        )

    # === REQUEST HELPERS === #

    def _graph(self, path, access_token, **parameters):
        """Call the Graph API as a person, with the proof that we hold the secret."""
        parameters = {key: value for key, value in parameters.items() if value}
        return self._get(
            f"{self.app.api_url}/{path}",
            appsecret_proof=self._proof(access_token),
            headers=_bearer(access_token),
            **parameters,
        )

    def _proof(self, access_token):
        return hmac.new(
            self.app.client_secret.encode(), access_token.encode(), hashlib.sha256
        ).hexdigest()


def _bearer(token):
    """Return the header of RFC 6750 section 2.1: it keeps tokens out of addresses."""
    return {"Authorization": f"Bearer {token}"}


def _at_token_endpoint(failure):
    """Return what a failure means where a code, not a token, was presented."""
    if isinstance(failure, TokenLost | RequestRefused):
        return GrantRefused(detail=failure.detail)
    return failure


def _next_cursor(answer):
    """Return where the listing goes on: ``next`` says whether, the cursor where."""
    paging = values.mapping(answer.get("paging"))
    if not isinstance(paging.get("next"), str):
        return None
    after = values.mapping(paging.get("cursors")).get("after")
    if not after:
        after = parse_qs(urlsplit(paging["next"]).query).get("after", [None])[0]
    return after if isinstance(after, str) else None


def _picture_url(page):
    data = values.mapping(values.mapping(page.get("picture")).get("data"))
    return values.text(data.get("url"), 2000)


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


