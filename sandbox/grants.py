"""What networks hold where one person gives one grant, with a refresh token of its own.

Mixed into a network; :mod:`.grant_controls` are the controls of it.
"""

import secrets
from dataclasses import dataclass, field

from .oauth import Code


@dataclass
class Grant:
    """What one person gave one app; taking it away ends every token."""

    app_id: str
    person: str
    scopes: list
    age_of_password: int = 0


@dataclass
class Token:
    """An access or a refresh token.

    :param uses: calls that it was presented for
    :param notes: the network's own affair
    """

    value: str
    grant: Grant
    issued_at: int
    expires_at: int
    ended: bool = False
    uses: int = 0
    notes: dict = field(default_factory=dict)


class GrantHoldings:
    """Grants, codes and tokens. Settings: ``code_seconds``, ``password_ends_grants``.

    :cvar code_prefix: of codes, :cvar access_prefix:, :cvar refresh_prefix: of tokens
    """

    code_prefix = access_prefix = refresh_prefix = ""

    def start_empty(self):
        self.grants, self.codes, self.dialogs = {}, {}, {}
        self.access_tokens, self.refresh_tokens = {}, {}

    def grant_of(self, app_id, person_key):
        """Return what a person gave an app, None when it is nothing (any more)."""
        return self.grants.get((app_id, person_key))

    def store_grant(self, app_id, person_key, scopes):
        """Store a consent; the same scopes again leave the grant as it is."""
        found = self.grant_of(app_id, person_key)
        if found and self.is_current(found) and found.scopes == list(scopes):
            return found
        age = self.passwords_changed[person_key]
        grant = Grant(app_id, person_key, list(scopes), age)
        self.grants[app_id, person_key] = grant
        return grant

    def is_current(self, grant):
        changed = grant.age_of_password != self.passwords_changed[grant.person]
        if changed and self.settings["password_ends_grants"]:
            return False
        return self.grants.get((grant.app_id, grant.person)) is grant

    def is_alive(self, token):
        return (
            self.is_current(token.grant)
            and not token.ended
            and token.expires_at > self.now
        )

    # --- issuing

    def issue_code(self, grant, redirect_uri):
        code = Code(
            self.code_prefix + secrets.token_urlsafe(48),
            grant.app_id,
            grant.person,
            redirect_uri,
            self.now + int(self.settings["code_seconds"]),
            given={"grant": grant},
        )
        self.codes[code.value] = code
        return code

    def issue_access_token(self, grant, life, **notes):
        value = self.access_prefix + secrets.token_urlsafe(120)
        token = Token(value, grant, self.now, self.now + int(life), notes=notes)
        self.access_tokens[value] = token
        return token

    def issue_refresh_token(self, grant, life, **notes):
        value = self.refresh_prefix + secrets.token_urlsafe(120)
        token = Token(value, grant, self.now, self.now + int(life), notes=notes)
        self.refresh_tokens[value] = token
        return token

    # --- presenting

    def take_code(self, app, value, redirect_uri):
        """Use up a code and return its grant, None when it is no good."""
        code = self.codes.get(value)
        if code is None or code.used or code.expires_at <= self.now:
            return None
        if (code.app_id, code.redirect_uri) != (app.client_id, redirect_uri):
            return None
        code.used = True
        grant = code.given["grant"]
        return grant if self.is_current(grant) else None

    def refresh_token_of(self, app, value):
        """Return the refresh token of an app, dead or alive, None for an unknown."""
        token = self.refresh_tokens.get(value)
        return token if token and token.grant.app_id == app.client_id else None
