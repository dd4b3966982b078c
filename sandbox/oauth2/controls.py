"""Controls below ``/_control/oauth2/``; ``sandbox/README.md`` has each."""

from ..apps import app_named, app_state
from ..apps import apps as change_app
from ..consent import Dialog
from ..problems import ControlError
from .clients import METHODS

FLAGS = (
    "gives_refresh_token", "rotates", "tells_scope", "tells_lifetime", "tells_issuer",
    "introspects_refresh_tokens", "nested_profile",
)  # fmt: skip
PROFILE_MEMBERS = ("sub", "name", "preferred_username", "picture")


def person_named(network, data):
    return network.world.person(str(data.need("person")))


def families_named(network, data):
    """Return what a person gave the named app."""
    app, person = app_named(network, data), person_named(network, data)
    found = [
        family
        for family in network.families
        if family.app_id == app.client_id and family.person == person.key
    ]
    if not found:
        raise ControlError(f"{person.name} has granted nothing to {app.name}.")
    return found


def tokens_of(network, families):
    """Return the tokens of these very families; two may be equal."""
    return [
        token
        for token in network.tokens.values()
        if any(token.family is family for family in families)
    ]


def password(network, data):
    """Change a password: every token of the person ends."""
    person, new = person_named(network, data), data.take("password")
    data.finish()
    network.change_password(person, new)
    return {"changed": person.key}


def revoke(network, data):
    """Remove the app in the person's settings."""
    families = families_named(network, data)
    data.finish()
    for family in families:
        family.ended = True
    return {"revoked": families[0].person}


def untick(network, data):
    """Withdraw scopes from what a person gave; the tokens lose them."""
    families, scopes = families_named(network, data), set(data.names("scopes", []))
    data.finish()
    for one in [*families, *tokens_of(network, families)]:
        one.scopes = [scope for scope in one.scopes if scope not in scopes]
    return {"scopes": sorted({scope for one in families for scope in one.scopes})}


def expire(network, data):
    """Move the end of a person's access or refresh tokens to ``seconds`` from now."""
    families = families_named(network, data)
    seconds, which = int(data.number("seconds", -1)), data.take("which", "access")
    data.finish()
    if which not in ("access", "refresh"):
        raise ControlError("'which' is access or refresh.")
    mine = tokens_of(network, families)
    moved = [token for token in mine if token.kind == which]
    for token in moved:
        token.expires_at = network.now + seconds
    return {"moved": len(moved)}


def apps(network, data):
    """Create or change a client, and how it says who it is."""
    client_id = str(data.need("client_id"))
    method = data.take("auth_method")
    if method and method not in METHODS:
        raise ControlError(f"'auth_method' is one of: {', '.join(METHODS)}.")
    data.values["client_id"] = client_id
    change_app(network, data)
    if method:
        network.methods[client_id] = method
    return client_state(network, network.apps[client_id])


def profiles(network, data):
    """Change what a person's profile says; ``null`` is told as null."""
    person = person_named(network, data)
    names = network.names.setdefault(person.key, {})
    for name in PROFILE_MEMBERS:
        if name in data:
            names[name] = data.take(name)
    data.finish()
    return names


def settings(network, data):
    """Change what the standards leave to the server."""
    for name, value in network.settings.items():
        if name in FLAGS:
            network.settings[name] = data.flag(name, value)
        else:
            network.settings[name] = int(data.number(name, value))
    data.finish()
    return network.settings


def give_consent(network, data):
    """Give a code as if the person had gone through the pages."""
    app, person = app_named(network, data), person_named(network, data)
    scopes = data.names("scopes") or list(network.permissions)
    unknown = set(scopes) - set(network.permissions)
    if unknown:
        raise ControlError(f"Unknown scopes: {', '.join(sorted(unknown))}.")
    dialog = Dialog(
        app.client_id,
        data.take("redirect_uri") or next(iter(app.redirect_uris), ""),
        scopes,
        "en",
        challenge=data.take("challenge", ""),
    )
    data.finish()
    return {"code": network.issue_code(dialog, person.key, scopes).value}


CONTROLS = {
    "password": password,
    "revoke": revoke,
    "untick": untick,
    "expire": expire,
    "apps": apps,
    "profiles": profiles,
    "settings": settings,
    "consent": give_consent,
}


# --- reading: never a secret, never a token


def state(network):
    return {
        "people": [
            {"key": key, **network.profile_of(key, "/")}
            for key in network.person_keys()
        ],
        "apps": [client_state(network, app) for app in network.apps.values()],
        "grants": grants(network),
        "settings": network.settings,
    }


def client_state(network, app):
    return app_state(app) | {"auth_method": network.method_of(app.client_id)}


def grants(network):
    """Return one entry a consent, with how many of its tokens live."""
    return [
        {
            "client_id": family.app_id,
            "person": family.person,
            "scopes": family.scopes,
            "ended": not network.is_current(family),
            "living": living_of(network, family),
        }
        for family in network.families
    ]


def living_of(network, family):
    alive = filter(network.is_alive, tokens_of(network, [family]))
    kinds = [token.kind for token in alive]
    return {kind: kinds.count(kind) for kind in ("access", "refresh")}
