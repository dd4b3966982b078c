"""What Google holds: channels, business accounts, grants, tokens, projects.

The ways in which a refresh token dies are those of "Using OAuth 2.0 to Access Google
APIs", section *Refresh token expiration*.
"""

import hashlib
import secrets
from dataclasses import dataclass, field

from ..oauth import OAuthError
from ..problems import ControlError
from .permissions import IDENTITY, MAIL, reported

APIS = ("youtube", "mybusinessaccountmanagement", "mybusinessbusinessinformation")
# Quotas start anew at midnight Pacific time; summer time is left out.
PACIFIC = -8 * 3600


@dataclass
class Project:
    """A Cloud project: several clients may belong to it, and it has the quota.

    :param approved: for the Business Profile APIs; before, their quota is 0
    """

    id: str
    apis: list = field(default_factory=lambda: list(APIS))
    approved: bool = True
    used: int = 0
    day: int = 0


@dataclass
class Channel:
    """A YouTube channel: of one person, or of a brand account with managers.

    :param state: ``closed`` or ``suspended`` when it is not open
    """

    id: str
    title: str
    handle: str
    owner: str = ""
    managers: list = field(default_factory=list)
    state: str = ""


@dataclass
class Account:
    """A business account: personal, group or organization, and who has which role."""

    id: str
    name: str
    type: str = "LOCATION_GROUP"
    roles: dict = field(default_factory=dict)


@dataclass
class Location:
    """A place of a business, in one account."""

    id: str
    title: str
    account: str
    street: str = ""
    city: str = ""


@dataclass
class Grant:
    """What one Google identity gave one project. Removing it ends every token."""

    project: str
    subject: str
    person: str
    scopes: list = field(default_factory=list)


@dataclass
class RefreshToken:
    """An offline token. ``ends_at`` 0 means that no date was set when it was made.

    :param tells: whether answers tell the date (time-limited access does)
    """

    value: str
    app_id: str
    grant: Grant
    scopes: list
    channel: str
    issued_at: int
    used_at: int
    age_of_password: int
    ends_at: int = 0
    tells: bool = False
    dropped: bool = False


@dataclass
class AccessToken:
    """An access token; ``parent`` is the refresh token that it came with."""

    value: str
    app_id: str
    grant: Grant
    scopes: list
    channel: str
    expires_at: int
    parent: RefreshToken = None


class Holdings:
    """Objects, and the questions asked about them. Mixed into the network."""

    def start_empty(self):
        self.projects, self.channels, self.accounts, self.locations = {}, {}, {}, {}
        self.grants, self.codes, self.dialogs = {}, {}, {}
        self.refresh_tokens, self.access_tokens = {}, {}
        # Clients that their developer deleted; people held back by their employer,
        # asked to log in again by a policy, or without an account.
        self.deleted_clients, self.restricted = set(), set()
        self.session_ended, self.disabled = set(), set()

    # --- looking up

    def project_of(self, app_id):
        """Return the project of a client: one of its own unless a control said so."""
        return self.projects.setdefault(app_id, Project(f"project-{app_id}"))

    def channel(self, reference):
        """Return the channel with this id, handle or title.

        :raise ControlError: there is none
        """
        for channel in self.channels.values():
            if str(reference) in (channel.id, channel.handle, channel.title):
                return channel
        raise ControlError(f"No channel {reference!r}.")

    def account(self, reference):
        for account in self.accounts.values():
            if str(reference) in (account.id, account.name):
                return account
        raise ControlError(f"No business account {reference!r}.")

    def location(self, reference):
        for location in self.locations.values():
            if str(reference) in (location.id, location.title):
                return location
        raise ControlError(f"No location {reference!r}.")

    def channels_of(self, person_key):
        """Return the channels a person can choose: his own first, then the brands'."""
        own = [one for one in self.channels.values() if one.owner == person_key]
        brands = (one for one in self.channels.values() if person_key in one.managers)
        return [*own, *brands]

    def accounts_of(self, person_key):
        return [one for one in self.accounts.values() if person_key in one.roles]

    def locations_of(self, account_id):
        return [one for one in self.locations.values() if one.account == account_id]

    def subject_of(self, person_key, channel_id=""):
        """Return the ``sub`` of an identity.

        Whether a brand account has one of its own is not documented: a setting.
        """
        channel = self.channels.get(channel_id)
        if channel and not channel.owner and self.settings["brand_subject"] == "brand":
            return number_of(f"brand/{channel_id}")
        return number_of(f"person/{person_key}")

    # --- granting

    def give_scopes(self, app_id, person_key, channel_id, scopes):
        """Add scopes to what an identity gave a project, and return the grant."""
        subject = self.subject_of(person_key, channel_id)
        project = self.project_of(app_id).id
        grant = self.grants.setdefault(
            (project, subject), Grant(project, subject, person_key)
        )
        grant.scopes = list(dict.fromkeys([*grant.scopes, *scopes]))
        return grant

    def is_known(self, app_id, person_key, channel_id=""):
        """Whether this identity gave this client a refresh token before."""
        subject = self.subject_of(person_key, channel_id)
        return any(
            token.app_id == app_id
            and token.grant.subject == subject
            and self.is_current(token.grant)
            for token in self.refresh_tokens.values()
        )

    def is_current(self, grant):
        return self.grants.get((grant.project, grant.subject)) is grant

    def remove_grant(self, grant):
        """Take from a project all that an identity gave it, for all its clients."""
        if self.is_current(grant):
            del self.grants[grant.project, grant.subject]

    # --- issuing

    def issue_refresh_token(self, app_id, grant, scopes, channel):
        """Return a new refresh token; beyond the limit the oldest ends in silence."""
        token = RefreshToken(
            "1//0" + secrets.token_urlsafe(72),
            app_id,
            grant,
            list(scopes),
            channel,
            issued_at=self.now,
            used_at=self.now,
            age_of_password=self.passwords_changed[grant.person],
        )
        self.set_end(token)
        self.refresh_tokens[token.value] = token
        self.drop_oldest(app_id, grant.subject)
        return token

    def set_end(self, token):
        """Set the date known from the start: testing, or access for a limited time."""
        limited = int(self.settings["time_limited_seconds"])
        testing = not self.apps[token.app_id].live
        if limited:
            token.ends_at, token.tells = self.now + limited, True
        elif testing and not set(token.scopes) <= set(IDENTITY):
            token.ends_at = self.now + int(self.settings["testing_seconds"])

    def drop_oldest(self, app_id, subject):
        living = [
            token
            for token in self.refresh_tokens.values()
            if token.app_id == app_id
            and token.grant.subject == subject
            and not token.dropped
        ]
        for token in living[: -int(self.settings["max_refresh_tokens"])]:
            token.dropped = True

    def issue_access_token(self, app_id, grant, scopes, channel, parent=None):
        life = int(self.settings["access_seconds"])
        if parent and parent.ends_at:
            life = min(life, parent.ends_at - self.now)
        token = AccessToken(
            "ya29." + secrets.token_urlsafe(120),
            app_id,
            grant,
            list(scopes),
            channel,
            self.now + life,
            parent,
        )
        self.access_tokens[token.value] = token
        return token

    def token_answer(self, access, refresh=None):
        """Return the body of a token endpoint's answer."""
        answer = {
            "access_token": access.value,
            "expires_in": access.expires_at - self.now,
            "scope": reported(access.scopes),
            "token_type": "Bearer",
        }
        if refresh:
            answer["refresh_token"] = refresh.value
        parent = access.parent
        if parent and parent.tells:
            answer["refresh_token_expires_in"] = parent.ends_at - self.now
        return answer

    # --- judging

    def judge_refresh_token(self, token):
        """Pass a living refresh token.

        :raise OAuthError: Google does not say which of its rules it is
        """
        person = token.grant.person
        if person in self.restricted:
            raise OAuthError(
                "admin_policy_enforced", "Access was blocked by an administrator.", 403
            )
        if person in self.session_ended:
            raise OAuthError(
                "invalid_grant", "reauth related error", error_subtype="invalid_rapt"
            )
        if person in self.disabled:
            raise OAuthError("invalid_grant", "Account has been deleted")
        if not self.is_alive(token):
            raise OAuthError("invalid_grant", "Token has been expired or revoked.")

    def is_alive(self, token):
        idle = self.now - token.used_at
        mail = set(token.scopes) & set(MAIL)
        return not (
            token.dropped
            or not self.is_current(token.grant)
            or idle >= int(self.settings["unused_seconds"])
            or (token.ends_at and token.ends_at <= self.now)
            or (mail and self.password_changed_since(token))
        )

    def password_changed_since(self, token):
        return token.age_of_password != self.passwords_changed[token.grant.person]

    def living_access_token(self, value):
        """Return the access token with this value, None when it is no good."""
        token = self.access_tokens.get(value)
        if not token or token.expires_at <= self.now:
            return None
        if not self.is_current(token.grant) or token.grant.person in self.disabled:
            return None
        return token

    # --- quota

    def spend(self, app_id, units=1):
        """Take units from the project's daily quota; return whether there were any."""
        project = self.project_of(app_id)
        day = (self.now + PACIFIC) // 86400
        if project.day != day:
            project.day, project.used = day, 0
        project.used += units
        return project.used <= int(self.settings["daily_units"])


def number_of(text):
    """Return an id of 21 digits, the same for the same text."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"1{int(digest[:20], 16) % 10**20:020d}"
