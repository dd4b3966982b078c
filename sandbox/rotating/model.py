"""What the engine holds: accounts, grants, access tokens, rotating refresh tokens."""

import secrets
from dataclasses import dataclass, field

from ..extending.model import Account
from ..oauth import Code, OAuthError
from ..problems import ControlError

__all__ = ["Account", "Grant", "Holdings", "Token"]


@dataclass
class Grant:
    """What one account gave one app. Removing it ends every token."""

    app_id: str
    account: str
    scopes: list = field(default_factory=list)
    granted_at: int = 0


@dataclass
class Token:
    """An access or a refresh token; ``expires_at`` 0 means that it has no date."""

    value: str
    grant: Grant
    scopes: list
    expires_at: int = 0
    used: bool = False


class Holdings:
    """Objects, and the questions asked about them. Mixed into the network.

    :cvar kinds: of apps, the usual one first
    :cvar one_grant: a new grant of the same account and app ends the one before
    """

    kinds = ("web",)
    one_grant = False
    token_prefix = ""

    def start_empty(self):
        self.accounts, self.codes, self.grants = {}, {}, []
        self.access_tokens, self.refresh_tokens = {}, {}
        # Kinds of apps beside ``web``, and how many calls an account made in a window.
        self.app_kinds, self.spent = {}, {}
        # How often a refresh token was taken, and presented after that.
        self.counts = {"refreshed": 0, "reused": 0}

    # --- looking up

    def account(self, reference):
        """Return the account with this id or username.

        :raise ControlError: there is none
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

    def grants_of(self, app_id, account_id):
        return [
            one
            for one in self.grants
            if (one.app_id, one.account) == (app_id, account_id)
        ]

    def is_current(self, grant):
        return any(one is grant for one in self.grants)

    def kind_of(self, app_id):
        return self.app_kinds.get(app_id, self.kinds[0])

    # --- granting

    def issue_code(self, dialog, account_id, scopes):
        """Store what an account gave and return the code for it."""
        code = Code(
            # Both need decoding where they come in an address.
            f"{secrets.token_urlsafe(40)}*2!5700",
            dialog.app_id,
            "",
            dialog.redirect_uri,
            self.now + int(self.settings["code_seconds"]),
            dialog.challenge,
            dialog.challenge_method,
            given={"account": account_id, "scopes": list(scopes)},
        )
        self.codes[code.value] = code
        return code

    def use_code(self, code):
        """Return the grant that a code becomes; the code works once."""
        code.used = True
        return self.add_grant(code.app_id, code.given["account"], code.given["scopes"])

    def add_grant(self, app_id, account_id, scopes):
        """Return what an account now gives an app."""
        grant = Grant(app_id, account_id, scopes, self.now)
        if self.one_grant:
            for older in self.grants_of(grant.app_id, grant.account):
                self.remove_grant(older)
        self.grants.append(grant)
        return grant

    def remove_grant(self, grant):
        self.grants = [one for one in self.grants if one is not grant]

    # --- issuing

    def issue_access_token(self, grant):
        token = self._token("access", grant)
        self.access_tokens[token.value] = token
        return token

    def issue_refresh_token(self, grant, expires_at=None):
        """Return a new refresh token; without ``expires_at`` its life starts anew."""
        token = self._token("refresh", grant)
        if expires_at is not None:
            token.expires_at = expires_at
        self.refresh_tokens[token.value] = token
        return token

    def _token(self, kind, grant):
        life = int(self.settings[f"{kind}_seconds"])
        value = f"{self.token_prefix}{kind[0]}.{secrets.token_urlsafe(48)}!57"
        return Token(
            value, grant, list(grant.scopes), expires_at=self.now + life if life else 0
        )

    def spend_refresh_token(self, app_id, value):
        """Mark a refresh token as used and return it.

        Whoever presents it once more may have stolen it: the setting
        ``reuse_ends_grant`` ends the family (RFC 9700 section 4.14.2).

        :raise DeadToken: it is unknown, another app's, over or used
        """
        token = self.refresh_tokens.get(value)
        if token is None or token.grant.app_id != app_id:
            raise DeadToken()
        self.counts["reused"] += token.used
        if token.used and self.settings["reuse_ends_grant"]:
            self.remove_grant(token.grant)
        if not self.is_alive(token):
            raise DeadToken()
        self.counts["refreshed"] += 1
        token.used = True
        return token

    # --- judging

    def is_alive(self, token):
        """Return whether a token would work; a refresh token does once."""
        return self.is_current(token.grant) and not (
            token.used or (token.expires_at and token.expires_at <= self.now)
        )

    def living_access_token(self, value):
        """Return the access token with this value, None when it is no good."""
        token = self.access_tokens.get(value)
        return token if token and self.is_alive(token) else None

    def find_code(self, app, form):
        """Return the living code of a form, for its client and its redirect URI.

        :raise DeadToken: it is another one's, used, too old or unknown
        """
        code = self.codes.get(form.get("code", ""))
        if code is None or code.app_id != app.client_id or code.used:
            raise DeadToken()
        if code.expires_at <= self.now:
            raise DeadToken()
        if form.get("redirect_uri", "") != code.redirect_uri:
            raise DeadToken()
        return code

    def is_one_too_many(self, account_id, limit, window):
        """Count a call; return whether the window's limit is used up already."""
        started = self.now // window
        at, calls = self.spent.get(account_id, (started, 0))
        calls = calls if at == started else 0
        self.spent[account_id] = (started, calls + 1)
        return calls >= limit


class DeadToken(OAuthError):
    """A code or a refresh token that is no good; the network words it."""

    def __init__(self):
        super().__init__("invalid_grant")
