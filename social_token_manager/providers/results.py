"""What providers answer with. Secrets are kept out of every ``repr``.

Instants are naive UTC datetimes.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime


@dataclass(frozen=True)
class AppData:
    """A client registration, as far as a provider needs it (RFC 6749 section 2)."""

    provider: str
    client_id: str
    client_secret: str = field(repr=False)
    authorize_url: str
    token_url: str
    api_url: str
    revoke_url: str = ""
    introspect_url: str = ""
    signal_keys_url: str = ""
    webhook_secret: str = field(default="", repr=False)
    scopes: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    use_pkce: bool = False
    auth_method: str = "client_secret_post"
    issuer: str = ""
    api_version: str = ""
    # Where a generic server keeps what a profile is called, as dotted paths.
    profile_url: str = ""
    profile_id_path: str = ""
    profile_name_path: str = ""
    profile_handle_path: str = ""
    profile_image_path: str = ""

    @property
    def signing_secrets(self):
        """All secrets that the network may sign with; an empty one is none."""
        return tuple(filter(None, (self.webhook_secret, self.client_secret)))


@dataclass(frozen=True)
class TokenSet:
    """One answer of a token endpoint (RFC 6749 section 5.1).

    ``None`` means that the network did not say; ``never_expires`` that it said so.
    """

    access_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] | None = None
    issued_at: datetime | None = None
    access_expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None
    never_expires: bool = False

    def refined(self, introspection):
        """Return this set with what an :class:`Introspection` knows better."""
        return replace(
            self,
            scopes=introspection.scopes,
            access_expires_at=introspection.access_expires_at or self.access_expires_at,
            data_access_expires_at=introspection.data_access_expires_at,
            never_expires=introspection.never_expires,
        )


@dataclass(frozen=True)
class StoredToken:
    """What is stored of a token, opened for one call.

    ``subject`` is the network's id of the person who granted.
    """

    access_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    subject: str = ""
    scopes: tuple[str, ...] = ()
    issued_at: datetime | None = None
    access_expires_at: datetime | None = None


@dataclass(frozen=True)
class Introspection:
    """What the network says about a token (RFC 7662, or its own way).

    ``targets`` maps a scope to the external ids it reaches; a scope without an
    entry is not restricted to chosen ids.
    """

    active: bool
    reason: str | None = None
    detail: str = ""
    subject: str = ""
    scopes: tuple[str, ...] = ()
    targets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    access_expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None
    never_expires: bool = False

    def reaches(self, scope, external_id):
        """Whether ``scope`` was granted for this very page or account."""
        return external_id in self.targets.get(scope, (external_id,))


@dataclass(frozen=True)
class Person:
    """Who granted: the id is the network's, stable for our app."""

    external_id: str
    name: str = ""


@dataclass(frozen=True)
class ProfileData:
    """A page, account or channel that a grant reaches.

    ``external_id`` addresses it in calls; ``secret`` is a page-level token.
    What is not ``usable`` is told, not stored; ``reason`` says why a listed profile
    does not work.
    """

    network: str
    external_id: str
    name: str
    handle: str = ""
    image_url: str = ""
    page_token: str | None = field(default=None, repr=False)
    native_tasks: tuple[str, ...] = ()
    can_renew: str = "unknown"
    missing_scopes: tuple[str, ...] = ()
    usable: bool = True
    reason: str | None = None


@dataclass(frozen=True)
class PersonData:
    """Somebody who holds a role on a page or account, as the network tells it.

    ``external_id`` is the network's in the listing it comes from: the same person may
    go by another one elsewhere. ``name`` is '' where it is not told.
    """

    external_id: str
    name: str = ""
    roles: tuple[str, ...] = ()
    can_renew: str = "unknown"


@dataclass(frozen=True)
class AppCheck:
    """What a question about the app itself proved; a refusal is an exception.

    ``proven`` says that the network accepted the client; else it answered without
    telling, ``detail`` is how.
    """

    proven: bool
    detail: str = ""


@dataclass(frozen=True)
class Grant:
    """What one finished authorisation gave, before its profiles are listed."""

    person: Person
    token: TokenSet
    seen: Introspection | None = None


@dataclass(frozen=True)
class Reach:
    """One profile that lives from a token, as verification needs it."""

    key: int
    network: str
    external_id: str
    page_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Verdict:
    """A definite answer: ``token`` as a whole, and a reason (or None) per reach key.

    ``unasked`` are the keys for which there was no time; they stay as they were.
    """

    token: Introspection
    reasons: dict[int, str | None] = field(default_factory=dict)
    unasked: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Subscription:
    """What a network sends of a page: ``missing`` was asked for and is not given.

    ``detail`` is the network's own number where it refused.
    """

    fields: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    detail: str = ""
    is_repaired: bool = False


@dataclass(frozen=True)
class HandOut:
    """A secret for one caller, as it was committed last.

    ``seconds_left`` is None where the network told no end; ``is_renewable`` whether a
    refresh can bring a later one. ``token_id`` is the caller's own: several tokens may
    serve one profile.
    """

    token_id: int
    secret: str = field(repr=False)
    generation: int
    seconds_left: float | None
    is_renewable: bool

    @property
    def version(self):
        """Which token it is, and which one of those that it was renewed to."""
        return (self.token_id, self.generation)

    @property
    def is_over(self):
        """Whether it is known to have ended."""
        return self.seconds_left is not None and self.seconds_left <= 0

    def is_short(self, minimum_seconds):
        """Whether a later one should be had, and can be."""
        ends_soon = (
            self.seconds_left is not None and self.seconds_left < minimum_seconds
        )
        return ends_soon and self.is_renewable
