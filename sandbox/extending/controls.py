"""The controls of both networks; ``sandbox/README.md`` shows each."""

from dataclasses import asdict

from ..apps import app_named, app_state, apps
from ..problems import ControlError
from .model import Account

FLAGS = ("professional", "private", "held")


def needed_grant(network, data):
    app, account = app_named(network, data), network.account(data.need("account"))
    grant = network.grant(app.client_id, account.id)
    if grant is None:
        raise ControlError(f"{account.username} has granted nothing to {app.name}.")
    return grant


# --- events that kill tokens


def password(network, data):
    """Change an account's password: every token of it dies (190/460)."""
    account = network.account(data.need("account"))
    data.finish()
    account.age_of_password += 1
    return {"changed": account.username}


def revoke(network, data):
    """Remove the app in the account's settings (190/458)."""
    grant = needed_grant(network, data)
    data.finish()
    del network.grants[grant.app_id, grant.account]
    return {"revoked": grant.account}


def untick(network, data):
    """Withdraw scopes from what an account gave."""
    grant, scopes = needed_grant(network, data), data.names("scopes", [])
    data.finish()
    grant.scopes = [scope for scope in grant.scopes if scope not in scopes]
    return grant_state(network, grant)


def expire(network, data):
    """Move the end of an account's tokens to ``seconds`` from now (190/463)."""
    grant, seconds = needed_grant(network, data), int(data.number("seconds", -1))
    data.finish()
    moved = [token for token in network.tokens.values() if token.grant is grant]
    for token in moved:
        token.expires_at = network.now + seconds
    return {"moved": len(moved)}


# --- what there is


def accounts(network, data):
    """Change an account, or create one with an ``id`` that nobody has."""
    number = str(data.take("id", ""))
    if number and number not in network.accounts:
        username = data.need("username")
        name = data.take("name", username)
        network.accounts[number] = Account(number, username, name)
    account = network.account(number or data.need("account"))
    for name in ("username", "name"):
        setattr(account, name, data.take(name, getattr(account, name)))
    account.holders = data.names("holders", account.holders)
    for name in FLAGS:
        setattr(account, name, data.flag(name, getattr(account, name)))
    data.finish()
    return asdict(account)


def settings(network, data):
    """Change lifetimes (seconds), the versions served, and the shapes of answers."""
    for name, value in network.settings.items():
        if isinstance(value, bool):
            network.settings[name] = data.flag(name, value)
        elif isinstance(value, int):
            network.settings[name] = int(data.number(name, value))
        elif isinstance(value, list):
            network.settings[name] = data.names(name, value)
        else:
            network.settings[name] = data.take(name, value)
    data.finish()
    return network.settings


def take_scopes(network, data):
    return data.names("scopes", list(network.permissions))


def give_consent(network, data):
    """Give a code as if the account had gone through the consent pages."""
    app, account = app_named(network, data), network.account(data.need("account"))
    scopes = take_scopes(network, data)
    uri = data.take("redirect_uri") or next(iter(app.redirect_uris), "")
    data.finish()
    grant = network.store_grant(app.client_id, account, scopes)
    return {"code": network.issue_code(grant, uri).value}


def dashboard_token(network, data):
    """Make a token in the app's dashboard: it is long-lived from the start."""
    app, account = app_named(network, data), network.account(data.need("account"))
    scopes = take_scopes(network, data)
    data.finish()
    grant = network.store_grant(app.client_id, account, scopes)
    return {"access_token": network.issue(grant, long=True).value}


CONTROLS = {
    "password": password,
    "revoke": revoke,
    "untick": untick,
    "expire": expire,
    "accounts": accounts,
    "apps": apps,
    "settings": settings,
    "consent": give_consent,
    "dashboard_token": dashboard_token,
}


# --- reading: never a secret, never a token


def state(network):
    return {
        "accounts": [account_state(network, one) for one in network.accounts.values()],
        "apps": [app_state(app) for app in network.apps.values()],
        "grants": [grant_state(network, grant) for grant in network.grants.values()],
        "settings": network.settings,
    }


def account_state(network, account):
    ids = {app_id: network.scoped_id(app_id, account) for app_id in network.apps}
    return asdict(account) | {"scoped_ids": ids}


def grant_state(network, grant):
    tokens = [token for token in network.tokens.values() if token.grant is grant]
    return asdict(grant) | {
        "tokens": {
            "short": sum(not token.long for token in tokens),
            "long": sum(token.long for token in tokens),
        }
    }
