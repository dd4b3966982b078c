"""What Meta holds: pages, accounts, roles, businesses, grants, codes and tokens."""

import hashlib
import secrets
import string
from dataclasses import dataclass, field

from ..problems import ControlError
from . import errors

FULL_CONTROL = {"MANAGE", "PROFILE_PLUS_FULL_CONTROL", "PROFILE_PLUS_MANAGE"}
ALPHABET = string.ascii_letters + string.digits


@dataclass
class Page:
    """A Facebook Page.

    :param portfolio_only: listed only to who also granted ``business_management``.
    :param without_token: appears without ``access_token`` of its own.
    """

    id: str
    name: str
    username: str
    category: str = "Local business"
    client: str = ""
    instagram: str = ""
    business: str = ""
    messenger: bool = True
    portfolio_only: bool = False
    without_token: bool = False
    published: bool = True
    deleted: bool = False
    subscriptions: dict = field(default_factory=dict)


@dataclass
class Instagram:
    """An Instagram professional account; ``message_access`` is its owner's switch."""

    id: str
    username: str
    name: str
    followers: int = 0
    message_access: bool = True


@dataclass
class Role:
    """What one person may do on one page; ``until`` ends it (0: no end)."""

    tasks: list
    until: int = 0


@dataclass
class Business:
    """A business portfolio: its people and their roles there, its clients' pages."""

    id: str
    name: str
    people: dict = field(default_factory=dict)
    client_pages: list = field(default_factory=list)
    verification_status: str = "verified"


@dataclass
class Grant:
    """What one person gave one app. Unticking a page takes it from every token.

    :param all_pages: "all current and future pages"; ``target_ids`` is then left out.
    :param confirmed_at: when the person last confirmed; the 90 days of data access
        count from it.
    """

    app_id: str
    person: str
    scopes: list = field(default_factory=list)
    declined: list = field(default_factory=list)
    pages: list = field(default_factory=list)
    instagram: list = field(default_factory=list)
    all_pages: bool = False
    all_instagram: bool = False
    confirmed_at: int = 0

    def covers_page(self, page_id):
        return self.all_pages or page_id in self.pages

    def covers_instagram(self, instagram_id):
        return self.all_instagram or instagram_id in self.instagram

    def has(self, *scopes):
        return any(scope in self.scopes for scope in scopes)


@dataclass
class Token:
    """An issued access token. ``expires_at`` 0 means it ends by events only."""

    value: str
    app_id: str
    kind: str = "USER"
    person: str = ""
    grant: Grant = None
    page: str = ""
    issued_at: int = 0
    expires_at: int = 0
    long: bool = False
    age_of_password: int = 0
    metadata: dict = field(default_factory=dict)


@dataclass
class Code:
    """An authorization code: short life, one use, one URI (RFC 6749, 4.1.2)."""

    value: str
    app_id: str
    person: str
    redirect_uri: str
    expires_at: int
    challenge: str = ""
    metadata: dict = field(default_factory=dict)
    used: bool = False


class Holdings:
    """Objects, and the questions asked about them. Mixed into :class:`MetaNetwork`."""

    def start_empty(self):
        self.pages, self.instagram, self.businesses = {}, {}, {}
        self.roles, self.grants, self.tokens, self.codes = {}, {}, {}, {}
        self.page_tokens, self.checkpoints = {}, set()

    # --- lookups for controls, by id or by name

    def page(self, reference):
        """Return the page with this id, username or name.

        :raise ControlError: when there is none.
        """
        for page in self.pages.values():
            if str(reference) in (page.id, page.username, page.name):
                return page
        raise ControlError(f"No page {reference!r}.")

    def instagram_account(self, reference):
        for account in self.instagram.values():
            if str(reference) in (account.id, account.username):
                return account
        raise ControlError(f"No Instagram account {reference!r}.")

    def scoped_id(self, app_id, person_key):
        """Return the app-scoped id: the same person has another number at each app."""
        digest = hashlib.sha256(f"{app_id}/{person_key}".encode()).hexdigest()
        return f"1{int(digest[:14], 16) % 10**15:015d}"

    def business_user_id(self, business_id, person_key):
        return "2" + self.scoped_id(business_id, person_key)[1:]

    # --- roles

    def role(self, person_key, page_id):
        """Return the person's role on the page, or None."""
        role = self.roles.get(page_id, {}).get(person_key)
        if role and role.tasks and (not role.until or role.until > self.now):
            return role
        return None

    def pages_of(self, person_key):
        pages = (page for page in self.pages.values() if not page.deleted)
        return [page for page in pages if self.role(person_key, page.id)]

    def instagram_of(self, person_key):
        return [
            self.instagram[page.instagram]
            for page in self.pages_of(person_key)
            if page.instagram
        ]

    def page_of_instagram(self, instagram_id):
        return next(
            (page for page in self.pages.values() if page.instagram == instagram_id),
            None,
        )

    # --- grants

    def grant(self, app_id, person_key):
        return self.grants.get((app_id, person_key))

    def revoke(self, app_id, person_key):
        """Remove the app for the person; every token born from that grant dies."""
        return self.grants.pop((app_id, person_key), None)

    def withdraw_scope(self, grant, scope):
        grant.scopes = [name for name in grant.scopes if name != scope]
        if scope not in grant.declined:
            grant.declined.append(scope)

    def data_access_ends(self, grant):
        return grant.confirmed_at + self.settings["data_access_seconds"]

    # --- issuing

    def issue(self, **values):
        """Store and return a new token."""
        value = "EAASBX" + "".join(secrets.choice(ALPHABET) for _ in range(120))
        token = Token(value, issued_at=self.now, **values)
        self.tokens[value] = token
        return token

    def issue_user_token(self, app_id, person_key, seconds, long=False, metadata=None):
        return self.issue(
            app_id=app_id,
            person=person_key,
            grant=self.grant(app_id, person_key),
            expires_at=self.now + int(seconds),
            long=long,
            age_of_password=self.passwords_changed[person_key],
            metadata=metadata or {},
        )

    def page_token(self, user_token, page):
        """Return the page's own token, the same one each time the same user token asks.

        Made from a long-lived user token it has no expiry; from a short-lived one it
        inherits the hours ("Long-Lived Access Tokens").
        """
        if page.without_token:
            return None
        token = self.page_tokens.get((user_token.value, page.id))
        if not token:
            token = self.issue(
                app_id=user_token.app_id,
                kind="PAGE",
                person=user_token.person,
                grant=user_token.grant,
                page=page.id,
                expires_at=0 if user_token.long else user_token.expires_at,
                age_of_password=user_token.age_of_password,
            )
            self.page_tokens[user_token.value, page.id] = token
        return token

    # --- judging

    def find_token(self, value):
        """Return the token with this value, the app token ``id|secret`` included.

        :raise GraphError: 190 when the value means nothing here.
        """
        app_id, bar, secret = (value or "").partition("|")
        if bar:
            app = self.apps.get(app_id)
            if app and secrets.compare_digest(
                secret.encode(), app.client_secret.encode()
            ):
                return Token(value, app_id, kind="APP")
        elif value in self.tokens:
            return self.tokens[value]
        raise errors.unparsable()

    def judge(self, token):
        """Pass a living token.

        :raise GraphError: the documented reason why it is dead.
        """
        app = self.apps.get(token.app_id)
        if app is None:
            raise errors.unparsable()
        if app.blocked:
            raise errors.app_blocked()
        if token.kind == "APP":
            return
        self._judge_person(token)
        if token.expires_at and token.expires_at <= self.now:
            raise errors.expired(token.expires_at, self.now)
        if token.kind == "PAGE":
            self._judge_page(token)

    def _judge_person(self, token):
        if token.person in self.checkpoints:
            raise errors.checkpoint()
        if token.age_of_password != self.passwords_changed[token.person]:
            raise errors.password_changed()
        current = self.grant(token.app_id, token.person)
        if current is None:
            raise errors.not_authorized(token.app_id)
        if current is not token.grant:
            # A grant given anew does not revive what died with the old one.
            raise errors.invalidated()

    def _judge_page(self, token):
        page = self.pages.get(token.page)
        if page is None or page.deleted:
            raise errors.page_deleted()
        if not self.role(token.person, page.id):
            raise errors.role_lost()
        page_scopes = [
            scope for scope in token.grant.scopes if scope.startswith("pages_")
        ]
        if not token.grant.covers_page(page.id) or not page_scopes:
            raise errors.deselected()
