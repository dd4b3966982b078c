"""The controls of networks with :class:`.grants.GrantHoldings`.

What is about tokens and consents alone serves the rotating engine as well.
"""

from dataclasses import asdict

from .apps import app_named, app_state, apps
from .extending.controls import settings
from .problems import ControlError


def person_named(network, data):
    return network.world.person(str(data.need("person")))


def grant_named(network, data):
    app, person = app_named(network, data), person_named(network, data)
    grant = network.grant_of(app.client_id, person.key)
    if grant is None:
        raise ControlError(f"{person.name} has granted nothing to {app.name}.")
    return grant


def password(network, data):
    """Change a person's password; whether grants end with it is a setting."""
    person, new = person_named(network, data), data.take("password")
    data.finish()
    network.change_password(person, new)
    return {"changed": person.key}


def revoke(network, data):
    """Remove the app in the person's settings."""
    grant = grant_named(network, data)
    data.finish()
    del network.grants[grant.app_id, grant.person]
    return {"revoked": grant.person}


def expire(network, data):
    """Move the end of a person's access or refresh tokens to ``seconds`` from now."""
    return expire_tokens(network, data, [grant_named(network, data)])


def expire_tokens(network, data, grants):
    """Move the end of the access or refresh tokens of some grants."""
    seconds, which = int(data.number("seconds", -1)), data.take("which", "access")
    data.finish()
    if which not in ("access", "refresh"):
        raise ControlError("'which' is access or refresh.")
    moved = tokens_of(network, grants, which)
    for token in moved:
        token.expires_at = network.now + seconds
    return {"moved": len(moved)}


def tokens_of(network, grants, which):
    table = getattr(network, f"{which}_tokens")
    return [
        token
        for token in table.values()
        if any(token.grant is grant for grant in grants)
    ]


def give_consent(network, data):
    """Give a code as if the person had gone through the pages."""
    app, person = app_named(network, data), person_named(network, data)
    scopes = scopes_named(network, data)
    uri = data.take("redirect_uri") or next(iter(app.redirect_uris), "")
    data.finish()
    grant = network.store_grant(app.client_id, person.key, scopes)
    return {"code": network.issue_code(grant, uri).value}


def scopes_named(network, data):
    """Return the scopes of a consent; all when none are named."""
    scopes = data.names("scopes", list(network.permissions))
    unknown = set(scopes) - set(network.permissions)
    if unknown:
        raise ControlError(f"Unknown scopes: {', '.join(sorted(unknown))}.")
    return scopes


CONTROLS = {
    "password": password,
    "revoke": revoke,
    "expire": expire,
    "apps": apps,
    "settings": settings,
    "consent": give_consent,
}


def state(network):
    """Return what is the same for all, never a secret and never a token."""
    return {
        "apps": [app_state(app) for app in network.apps.values()],
        "grants": [grant_state(network, one) for one in network.grants.values()],
        "settings": network.settings,
    }


def grant_state(network, grant):
    """Return a grant with how many of its tokens still work."""
    living = {
        which: sum(
            network.is_alive(token) for token in tokens_of(network, [grant], which)
        )
        for which in ("access", "refresh")
    }
    return asdict(grant) | {"living": living}
