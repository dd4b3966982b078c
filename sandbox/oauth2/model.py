"""What the server holds: grants, codes, and families of tokens.

A family is all that came of one code. RFC 9700, section 4.14.2: where refresh tokens
rotate, one that is presented twice ends its whole family.
"""

import secrets
from dataclasses import dataclass

from ..oauth import Code, OAuthError
from .seed import subject_of


@dataclass
class Family:
    """What a person gave one client by one consent."""

    app_id: str
    person: str
    scopes: list
    age_of_password: int
    ended: bool = False


@dataclass
class Token:
    """An access or refresh token.

    :param used: a refresh token that gave way to the next one
    """

    value: str
    kind: str
    family: Family
    scopes: list
    issued_at: int
    expires_at: int
    used: bool = False
    revoked: bool = False


class Holdings:
    """Objects, and the questions asked about them. Mixed into the network."""

    def start_empty(self):
        self.codes, self.dialogs, self.tokens = {}, {}, {}
        self.methods, self.names, self.families = {}, {}, []

    # --- granting

    def issue_code(self, dialog, person_key, scopes):
        """Return the code of a new family."""
        age = self.passwords_changed[person_key]
        family = Family(dialog.app_id, person_key, list(scopes), age)
        self.families.append(family)
        code = Code(
            secrets.token_urlsafe(32),
            dialog.app_id,
            person_key,
            dialog.redirect_uri,
            self.now + int(self.settings["code_seconds"]),
            dialog.challenge,
            "S256",
            given={"family": family},
        )
        self.codes[code.value] = code
        return code

    def issue_answer(self, family, scopes, refresh=None):
        """Return the body of RFC 6749, section 5.1.

        :param Token refresh: the one that was presented
        """
        access = self._issue("access", family, scopes)
        answer = {"access_token": access.value, "token_type": "Bearer"}
        if self.settings["tells_lifetime"]:
            answer["expires_in"] = access.expires_at - self.now
        if self.settings["tells_scope"]:
            answer["scope"] = " ".join(scopes)
        if refresh is None and self.settings["gives_refresh_token"]:
            refresh_token = self._issue("refresh", family, family.scopes)
            answer["refresh_token"] = refresh_token.value
        elif refresh and self.settings["rotates"]:
            refresh.used = True
            next_token = self._issue("refresh", family, family.scopes)
            answer["refresh_token"] = next_token.value
        return answer

    def _issue(self, kind, family, scopes):
        life = int(self.settings[f"{kind}_seconds"])
        token = Token(
            secrets.token_urlsafe(40), kind, family, list(scopes), self.now,
            self.now + life,
        )  # fmt: skip
        self.tokens[token.value] = token
        return token

    # --- judging

    def is_current(self, family):
        age = self.passwords_changed[family.person]
        return not family.ended and family.age_of_password == age

    def is_alive(self, token):
        over = token.revoked or token.used or token.expires_at <= self.now
        return not over and self.is_current(token.family)

    def living(self, value, *kinds):
        """Return the living token with this value, None when there is none."""
        token = self.tokens.get(value)
        return token if token and token.kind in kinds and self.is_alive(token) else None

    def judge_refresh_token(self, app, value):
        """Return the refresh token that may be used.

        :raise OAuthError: it may not; one that was used before ends its family
        """
        token = self.tokens.get(value)
        if not token or token.kind != "refresh" or token.family.app_id != app.client_id:
            raise OAuthError("invalid_grant", "No such refresh token.")
        if token.used:
            token.family.ended = True
            raise OAuthError("invalid_grant", "This refresh token was used before.")
        if not self.is_alive(token):
            raise OAuthError("invalid_grant", "This refresh token is over.")
        return token

    # --- profiles

    def profile_of(self, person_key, host_url):
        """Return what ``userinfo`` answers, in either of two shapes."""
        person = self.world.people[person_key]
        names = {
            "sub": subject_of(person_key),
            "name": person.name,
            "preferred_username": f"{person_key}.social",
            "picture": f"{host_url}oauth2/picture/{person_key}.png",
        } | self.names.get(person_key, {})
        if not self.settings["nested_profile"]:
            return names
        account = {"id": names["sub"], "title": names["name"]}
        links = [{"handle": f"@{names['preferred_username']}"}]
        return {"data": {"account": account, "links": links, "image": names["picture"]}}
