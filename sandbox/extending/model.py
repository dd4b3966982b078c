"""What the engine holds: accounts and who can log in to them, grants, codes, tokens."""

import hashlib
import secrets
import string
from dataclasses import dataclass, field

from ..meta import errors
from ..problems import ControlError

ALPHABET = string.ascii_letters + string.digits


@dataclass
class Account:
    """An account that logs in. ``holders`` are the people who know its password.

    :param professional: only such an account can be connected at Instagram.
    :param private: what a private Threads account granted ends after 90 days.
    """

    id: str
    username: str
    name: str
    holders: list = field(default_factory=list)
    professional: bool = True
    private: bool = False
    followers: int = 0
    age_of_password: int = 0
    held: bool = False


@dataclass
class Grant:
    """What one account gave one app."""

    app_id: str
    account: str
    scopes: list = field(default_factory=list)
    granted_at: int = 0


@dataclass
class Token:
    """An issued access token."""

    value: str
    grant: Grant
    issued_at: int
    expires_at: int
    long: bool
    age_of_password: int


@dataclass
class Code:
    """An authorization code: one hour, one use, one URI."""

    value: str
    grant: Grant
    redirect_uri: str
    expires_at: int
    used: bool = False


class Holdings:
    """Objects, and the questions asked about them. Mixed into the network."""

    token_prefix = ""

    def start_empty(self):
        self.accounts, self.grants, self.tokens, self.codes = {}, {}, {}, {}

    # --- lookups

    def account(self, reference):
        """Return the account with this id or username.

        :raise ControlError: when there is none.
        """
        for account in self.accounts.values():
            if str(reference) in (account.id, account.username):
                return account
        raise ControlError(
            f"No account {reference!r}. There are: "
            + ", ".join(account.username for account in self.accounts.values())
        )

    def accounts_of(self, person_key):
        return [one for one in self.accounts.values() if person_key in one.holders]

    def scoped_id(self, app_id, account):
        """Return the app-scoped id: the same account has another number at each app."""
        digest = hashlib.sha256(f"{app_id}/{account.id}".encode()).hexdigest()
        return f"2{int(digest[:14], 16) % 10**16:016d}"

    def grant(self, app_id, account_id):
        return self.grants.get((app_id, account_id))

    # --- issuing

    def store_grant(self, app_id, account, scopes):
        """Write what the account gave; a grant that is alive stays the same one."""
        grant = self.grant(app_id, account.id) or Grant(app_id, account.id)
        self.grants[app_id, account.id] = grant
        grant.scopes, grant.granted_at = list(scopes), self.now
        return grant

    def issue_code(self, grant, redirect_uri):
        expires_at = self.now + int(self.settings["code_seconds"])
        code = Code("AQ" + secrets.token_urlsafe(90), grant, redirect_uri, expires_at)
        self.codes[code.value] = code
        return code

    def issue(self, grant, long):
        """Store and return a new token."""
        seconds = self.settings["long_seconds" if long else "short_seconds"]
        value = self.token_prefix + "".join(
            secrets.choice(ALPHABET) for _ in range(140)
        )
        token = Token(
            value,
            grant,
            issued_at=self.now,
            expires_at=self.now + int(seconds),
            long=long,
            age_of_password=self.accounts[grant.account].age_of_password,
        )
        self.tokens[value] = token
        return token

    def extend(self, token):
        """Return the token of the next 60 days; the old one lives to its own end."""
        if not self.settings["refresh_keeps_value"]:
            return self.issue(token.grant, long=True)
        token.issued_at = self.now
        token.expires_at = self.now + int(self.settings["long_seconds"])
        return token

    # --- judging

    def find_token(self, value):
        """Return the living token with this value.

        :raise GraphError: the documented reason why it is none.
        """
        token = self.tokens.get(value)
        app = token and self.apps.get(token.grant.app_id)
        if not app:
            raise errors.unparsable()
        if app.blocked:
            raise errors.app_blocked()
        self._judge(token)
        if any(share >= 100 for share in app.usage.values()):
            raise errors.throttled()
        return token

    def _judge(self, token):
        grant, account = token.grant, self.accounts[token.grant.account]
        if account.held:
            raise errors.checkpoint()
        if token.age_of_password != account.age_of_password:
            raise errors.password_changed()
        current = self.grant(grant.app_id, grant.account)
        if current is None:
            raise errors.not_authorized(grant.app_id)
        if current is not grant:
            # A grant given anew does not revive what died with the old one.
            raise errors.invalidated()
        if account.private and self._private_grant_ends(grant) <= self.now:
            raise errors.not_authorized(grant.app_id)
        if token.expires_at <= self.now:
            raise errors.expired(token.expires_at, self.now)

    def _private_grant_ends(self, grant):
        return grant.granted_at + int(self.settings["private_grant_seconds"])
