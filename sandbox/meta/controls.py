"""Meta's own controls below ``/_control/meta/``; ``sandbox/README.md`` shows each."""

from dataclasses import asdict

from ..apps import app_named, app_state, apps
from ..problems import ControlError
from . import consent, seed, telling
from .model import Grant, Instagram, Page, Role
from .permissions import split_scopes


def person_named(network, data):
    """Return the person by key, name, or an app-scoped id."""
    reference = str(data.need("person"))
    for app_id in network.apps:
        for key in network.person_keys():
            if reference == network.scoped_id(app_id, key):
                return network.world.people[key]
    return network.world.person(reference)


def needed_grant(network, data):
    app, person = app_named(network, data), person_named(network, data)
    grant = network.grant(app.client_id, person.key)
    if grant is None:
        raise ControlError(f"{person.name} has granted nothing to {app.name}.")
    return grant


# --- events that kill tokens


def password(network, data):
    """Change a password: every token of that person dies (190/460), as do log-ins."""
    person, new = person_named(network, data), data.take("password")
    data.finish()
    network.change_password(person, new)
    return {"changed": person.key}


def checkpoint(network, data):
    """Hold a person's account at a security check (190/459), or let it go."""
    person, on = person_named(network, data), data.flag("on", True)
    data.finish()
    (network.checkpoints.add if on else network.checkpoints.discard)(person.key)
    return {"held": sorted(network.checkpoints)}


def revoke(network, data):
    """Remove the app in the person's settings (190/458)."""
    grant = needed_grant(network, data)
    data.finish()
    network.revoke(grant.app_id, grant.person)
    return {"revoked": grant.person}


def untick(network, data):
    """Withdraw pages, Instagram accounts or scopes from what a person gave."""
    grant = needed_grant(network, data)
    pages = [network.page(name).id for name in data.names("pages", [])]
    accounts = [
        network.instagram_account(name).id for name in data.names("instagram", [])
    ]
    scopes = data.names("scopes", [])
    data.finish()
    if pages and grant.all_pages:
        grant.pages, grant.all_pages = (
            [page.id for page in network.pages_of(grant.person)],
            False,
        )
    if accounts and grant.all_instagram:
        owned = [account.id for account in network.instagram_of(grant.person)]
        grant.instagram, grant.all_instagram = owned, False
    grant.pages = [page_id for page_id in grant.pages if page_id not in pages]
    grant.instagram = [
        account_id for account_id in grant.instagram if account_id not in accounts
    ]
    for scope in scopes:
        network.withdraw_scope(grant, scope)
    telling.changed(network, grant, scopes, [*pages, *accounts])
    return grant_state(network, grant)


def roles(network, data):
    """Set a person's tasks on pages; none takes the role away (190/492)."""
    person = person_named(network, data)
    pages = [network.page(name) for name in data.names("pages") or [data.need("page")]]
    tasks, until = data.names("tasks", []), int(data.number("until", 0))
    data.finish()
    for page in pages:
        if tasks:
            network.roles.setdefault(page.id, {})[person.key] = Role(tasks, until)
        else:
            network.roles.get(page.id, {}).pop(person.key, None)
    return {page.id: tasks for page in pages}


def expire(network, data):
    """Move the end of a person's tokens or data access to ``seconds`` from now."""
    grant = needed_grant(network, data)
    seconds, which = int(data.number("seconds", -1)), data.take("which", "tokens")
    data.finish()
    if which == "data_access":
        grant.confirmed_at = (
            network.now + seconds - network.settings["data_access_seconds"]
        )
        return {"data_access_expires_at": network.data_access_ends(grant)}
    kinds = {"tokens": ("USER", "PAGE"), "user": ("USER",), "page": ("PAGE",)}.get(
        which
    )
    if kinds is None:
        raise ControlError("'which' is tokens, user, page or data_access.")
    moved = [
        token
        for token in network.tokens.values()
        if token.grant is grant and token.kind in kinds
    ]
    for token in moved:
        token.expires_at = network.now + seconds
    return {"moved": len(moved)}


# --- what there is


def pages(network, data):
    """Change one page, or create ``create`` pages owned by ``person``."""
    if "create" in data:
        return create_pages(network, data)
    page = network.page(data.need("page"))
    for name in ("name", "username", "category", "client", "instagram", "business"):
        setattr(page, name, data.take(name, getattr(page, name)))
    for name in (
        "messenger",
        "portfolio_only",
        "without_token",
        "published",
        "deleted",
    ):
        setattr(page, name, data.flag(name, getattr(page, name)))
    if "subscribed_fields" in data:
        app = app_named(network, data)
        page.subscriptions[app.client_id] = data.names("subscribed_fields")
    if data.flag("unsubscribed", False):
        page.subscriptions.clear()
    data.finish()
    return asdict(page)


def create_pages(network, data):
    person, count = person_named(network, data), int(data.number("create"))
    prefix, tasks = data.take("name", "Loja"), data.names("tasks", seed.MANAGE)
    with_instagram = data.flag("instagram", False)
    data.finish()
    created = []
    for _number in range(count):
        number = len(network.pages) + 1
        page = Page(
            seed.page_id(number),
            f"{prefix} {number:03d}",
            f"{prefix.lower()}{number:03d}",
        )
        network.pages[page.id] = page
        network.roles[page.id] = {person.key: Role(list(tasks))}
        if with_instagram:
            page.instagram = seed.instagram_id(number)
            account = Instagram(page.instagram, page.username, page.name, 10 * number)
            network.instagram[account.id] = account
        created.append(page.id)
    return {"created": created}


def instagram(network, data):
    """Change an Instagram account: name, username, the owner's switch for messages."""
    account = network.instagram_account(data.need("account"))
    account.username = data.take("username", account.username)
    account.name = data.take("name", account.name)
    account.message_access = data.flag("message_access", account.message_access)
    data.finish()
    return asdict(account)


def settings(network, data):
    """Change lifetimes (seconds) and the versions served."""
    for name in (
        "short_seconds",
        "long_seconds",
        "data_access_seconds",
        "code_seconds",
    ):
        network.settings[name] = int(data.number(name, network.settings[name]))
    network.settings["versions"] = data.names("versions", network.settings["versions"])
    data.finish()
    return network.settings


def give_consent(network, data):
    """Give a code as if the person had gone through the dialog."""
    app, person = app_named(network, data), person_named(network, data)
    scopes = split_scopes(",".join(data.names("scopes", [])))
    page_names, accounts = data.names("pages"), data.names("instagram")
    uri = data.take("redirect_uri") or next(iter(app.redirect_uris), "")
    data.finish()
    if page_names is None:
        page_names = [page.id for page in network.pages_of(person.key)]
    if accounts is None:
        accounts = [account.id for account in network.instagram_of(person.key)]
    grant = network.grant(app.client_id, person.key) or Grant(app.client_id, person.key)
    network.grants[app.client_id, person.key] = grant
    grant.scopes = ["public_profile", *(scopes or list(network.permissions)[1:])]
    grant.declined = []
    grant.pages = [network.page(name).id for name in page_names]
    grant.instagram = [network.instagram_account(name).id for name in accounts]
    grant.all_pages = grant.all_instagram = False
    grant.confirmed_at = network.now
    return {"code": consent.issue_code(network, app.client_id, person.key, uri).value}


def signal(network, data):
    """Tell the app something without anything happening here."""
    name, app = data.need("name"), app_named(network, data)
    if name not in telling.SIGNALS:
        raise ControlError(f"'name' is one of: {', '.join(telling.SIGNALS)}.")
    told = telling.SIGNALS[name](network, app, data)
    data.finish()
    return {"number": told.number if told else None}


def handshake(network, data):
    """Ask the app's webhook whether it is the app's, as at its registration."""
    app = app_named(network, data)
    data.finish()
    status, text = telling.handshake(app)
    return {"status": status, "verified": (status, text) == (200, telling.CHALLENGE)}


CONTROLS = {
    "signal": signal,
    "handshake": handshake,
    "password": password,
    "checkpoint": checkpoint,
    "revoke": revoke,
    "untick": untick,
    "roles": roles,
    "expire": expire,
    "pages": pages,
    "instagram": instagram,
    "apps": apps,
    "settings": settings,
    "consent": give_consent,
}


# --- reading: never a secret, never a token


def state(network):
    return {
        "people": [person_state(network, key) for key in network.person_keys()],
        "pages": [asdict(page) for page in network.pages.values()],
        "instagram": [asdict(account) for account in network.instagram.values()],
        "roles": {
            page_id: {key: asdict(role) for key, role in held.items()}
            for page_id, held in network.roles.items()
        },
        "businesses": [asdict(business) for business in network.businesses.values()],
        "apps": [app_state(app) for app in network.apps.values()],
        "grants": [grant_state(network, grant) for grant in network.grants.values()],
        "settings": network.settings,
    }


def person_state(network, key):
    return {
        "key": key,
        "name": network.world.people[key].name,
        "held_at_checkpoint": key in network.checkpoints,
        "ids": {app_id: network.scoped_id(app_id, key) for app_id in network.apps},
        "pages": [page.id for page in network.pages_of(key)],
    }


def grant_state(network, grant):
    tokens = [token for token in network.tokens.values() if token.grant is grant]
    return asdict(grant) | {
        "data_access_expires_at": network.data_access_ends(grant),
        "tokens": {
            "user": sum(token.kind == "USER" for token in tokens),
            "page": sum(token.kind == "PAGE" for token in tokens),
        },
    }
