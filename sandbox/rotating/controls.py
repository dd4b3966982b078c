"""The controls of both networks; ``sandbox/README.md`` shows each."""

from dataclasses import asdict

from ..apps import app_named, app_state
from ..apps import apps as change_app
from ..consent import Dialog
from ..extending.controls import accounts, settings
from ..extending.seed import add
from ..grant_controls import expire_tokens, grant_state, scopes_named, tokens_of
from ..problems import ControlError


def grants_named(network, data):
    """Return what an account gave the named app."""
    app, account = app_named(network, data), network.account(data.need("account"))
    found = network.grants_of(app.client_id, account.id)
    if not found:
        raise ControlError(f"{account.username} has granted nothing to {app.name}.")
    return found


# --- events that end tokens


def password(network, data):
    """Change an account's password; tokens end only where the setting says so."""
    account = network.account(data.need("account"))
    data.finish()
    account.age_of_password += 1
    for grant in list(network.grants):
        if grant.account == account.id and network.settings["password_ends_grant"]:
            network.remove_grant(grant)
    return {"changed": account.username}


def revoke(network, data):
    """Remove the app in the account's settings."""
    grants = grants_named(network, data)
    data.finish()
    for grant in grants:
        network.remove_grant(grant)
    network.tell_revoked(network.apps[grants[0].app_id], grants[0].account)
    return {"revoked": grants[0].account}


def signal(network, data):
    """Tell the app that an account removed it, without anything happening here."""
    app, account = app_named(network, data), network.account(data.need("account"))
    told = network.tell_revoked(app, account.id, **network.take_details(data))
    data.finish()
    return {"number": told.number if told else None}


def untick(network, data):
    """Withdraw scopes from what an account gave; its tokens lose them."""
    grants, scopes = grants_named(network, data), set(data.names("scopes", []))
    data.finish()
    tables = ("access", "refresh")
    tokens = [one for which in tables for one in tokens_of(network, grants, which)]
    for one in [*grants, *tokens]:
        one.scopes = [scope for scope in one.scopes if scope not in scopes]
    return {"scopes": sorted({scope for one in grants for scope in one.scopes})}


def expire(network, data):
    """Move the end of an account's tokens to ``seconds`` from now."""
    return expire_tokens(network, data, grants_named(network, data))


# --- what there is


def apps(network, data):
    """Create or change a client, and its ``kind``: one of the network's own."""
    client_id, kind = str(data.need("client_id")), data.take("kind")
    if kind and kind not in network.kinds:
        raise ControlError(f"'kind' is one of: {', '.join(network.kinds)}.")
    data.values["client_id"] = client_id
    change_app(network, data)
    if kind:
        network.app_kinds[client_id] = kind
    return client_state(network, network.apps[client_id])


def give_consent(network, data):
    """Give a code as if the account had gone through the consent pages."""
    app, account = app_named(network, data), network.account(data.need("account"))
    scopes = scopes_named(network, data)
    dialog = Dialog(
        app.client_id,
        data.take("redirect_uri") or next(iter(app.redirect_uris), ""),
        scopes,
        "en",
        challenge=data.take("challenge", ""),
        challenge_method="S256",
    )
    data.finish()
    return {"code": network.issue_code(dialog, account.id, scopes).value}


def issue(network, data):
    """Let accounts grant all scopes at once, without pages; return their tokens.

    For load: ``count`` new accounts, and those that are named.
    """
    app, count = app_named(network, data), int(data.number("count", 0))
    named = [network.account(one) for one in data.names("accounts", [])]
    data.finish()
    return [
        issue_to(network, app, account)
        for account in [*named, *(add_account(network) for _number in range(count))]
    ]


def add_account(network):
    number = str(7_000_000_000_000_000_000 + len(network.accounts))
    add(network, number, f"load{number[-6:]}", f"Load {number[-6:]}", [])
    return network.accounts[number]


def issue_to(network, app, account):
    grant = network.add_grant(app.client_id, account.id, list(network.permissions))
    access = network.issue_access_token(grant)
    return {
        "account": account.id,
        "access_token": access.value,
        "refresh_token": network.issue_refresh_token(grant).value,
        "expires_in": access.expires_at - network.now,
    }


def ask(network, data):
    """Tell whether an access token would work."""
    found = network.living_access_token(data.need("token"))
    data.finish()
    return {"living": bool(found), "account": found.grant.account if found else None}


CONTROLS = {
    "signal": signal,
    "password": password,
    "revoke": revoke,
    "untick": untick,
    "expire": expire,
    "accounts": accounts,
    "apps": apps,
    "settings": settings,
    "consent": give_consent,
    "issue": issue,
    "ask": ask,
}


# --- reading: never a secret, never a token


def state(network):
    return {
        "accounts": [asdict(one) for one in network.accounts.values()],
        "apps": [client_state(network, app) for app in network.apps.values()],
        "grants": [grant_state(network, one) for one in network.grants],
        "settings": network.settings,
        "counts": network.counts,
    }


def client_state(network, app):
    return app_state(app) | {"kind": network.kind_of(app.client_id)}
