"""Google's own controls below ``/_control/google/``; ``sandbox/README.md`` has each."""

from dataclasses import asdict

from ..apps import app_named, app_state
from ..apps import apps as change_app
from ..consent import Dialog
from ..problems import ControlError
from . import seed, telling
from .consent import PAGES, issue_code
from .model import APIS, Account, Channel, Location
from .permissions import IDENTITY, asked_scopes

TEXTS = ("brand_subject", "no_channel")
FLAGS = ("one_channel", "gives_refresh_token")


def person_named(network, data):
    return network.world.person(str(data.need("person")))


def grants_named(network, data):
    """Return what a person gave the project of the named app, brands included."""
    app, person = app_named(network, data), person_named(network, data)
    project = network.project_of(app.client_id).id
    found = [
        grant
        for grant in network.grants.values()
        if grant.project == project and grant.person == person.key
    ]
    if not found:
        raise ControlError(f"{person.name} has granted nothing to {app.name}.")
    return found


# --- events that end tokens


def password(network, data):
    """Change a password: tokens that read mail end, as do log-ins; others live."""
    person, new = person_named(network, data), data.take("password")
    data.finish()
    network.change_password(person, new)
    return {"changed": person.key}


def revoke(network, data):
    """Remove the app in the person's settings."""
    grants = grants_named(network, data)
    data.finish()
    for grant in grants:
        network.remove_grant(grant)
    return {"revoked": grants[0].person}


def signal(network, data):
    """Tell the app an event without anything happening here.

    ``token-revoked`` names the person's latest refresh token, by its beginning or, with
    ``by`` ``hash``, by its hash.
    """
    app, person = app_named(network, data), person_named(network, data)
    name = data.take("name", "tokens-revoked")
    by, more = data.take("by", "prefix"), data.take("reason")
    data.finish()
    if name not in telling.TYPES:
        raise ControlError(f"'name' is one of: {', '.join(telling.TYPES)}.")
    told = telling.told_about(network, app, person.key, name, by, more)
    return {"number": told.number if told else None}


def untick(network, data):
    """Withdraw scopes from what a person gave; the tokens lose them."""
    grants, scopes = grants_named(network, data), set(data.names("scopes", []))
    data.finish()
    holders = [*network.refresh_tokens.values(), *network.access_tokens.values()]
    mine = [one for one in holders if any(one.grant is grant for grant in grants)]
    for one in [*grants, *mine]:
        one.scopes = [scope for scope in one.scopes if scope not in scopes]
    return {"scopes": sorted({scope for one in grants for scope in one.scopes})}


def expire(network, data):
    """Move the end of a person's access or refresh tokens to ``seconds`` from now."""
    grants = grants_named(network, data)
    seconds, which = int(data.number("seconds", -1)), data.take("which", "access")
    data.finish()
    tables = {
        "access": (network.access_tokens, "expires_at"),
        "refresh": (network.refresh_tokens, "ends_at"),
    }
    if which not in tables:
        raise ControlError("'which' is access or refresh.")
    table, attribute = tables[which]
    moved = [
        one for one in table.values() if any(one.grant is grant for grant in grants)
    ]
    for one in moved:
        setattr(one, attribute, network.now + seconds)
    return {"moved": len(moved)}


def policy(network, data):
    """Let an employer's rules stop a person: the app blocked, a session over."""
    person = person_named(network, data)
    for name, people in (
        ("blocked", network.restricted),
        ("session_over", network.session_ended),
        ("disabled", network.disabled),
    ):
        on = data.flag(name)
        if on is not None:
            (people.add if on else people.discard)(person.key)
            if name == "disabled":
                telling.account_switched(network, person.key, on)
    data.finish()
    return policy_state(network)


# --- what there is


def apps(network, data):
    """Create or change a client, and the project that it belongs to."""
    client_id = str(data.need("client_id"))
    project, deleted = data.take("project"), data.flag("deleted")
    apis, approved = data.names("apis"), data.flag("approved")
    if apis is not None and set(apis) - set(APIS):
        raise ControlError(f"'apis' are of: {', '.join(APIS)}.")
    data.values["client_id"] = client_id
    change_app(network, data)
    if project:
        join_project(network, client_id, project)
    if deleted is not None:
        gone = network.deleted_clients
        (gone.add if deleted else gone.discard)(client_id)
    found = network.project_of(client_id)
    found.apis = found.apis if apis is None else apis
    found.approved = found.approved if approved is None else approved
    return client_state(network, network.apps[client_id])


def join_project(network, client_id, name):
    """Put a client into the project with this id, which another may have already."""
    known = {one.id: one for one in network.projects.values()}
    found = known.get(name)
    if found is None:
        found = network.project_of(client_id)
        found.id = name
    network.projects[client_id] = found


def quota(network, data):
    """Set how many of the day's units the project of an app has used."""
    app, used = app_named(network, data), data.number("used")
    data.finish()
    network.spend(app.client_id, 0)
    project = network.project_of(app.client_id)
    project.used = int(used if used is not None else network.settings["daily_units"])
    return {"project": project.id, "used": project.used}


def channels(network, data):
    """Change one channel, or create ``create`` brand channels of ``person``."""
    if "create" in data:
        return create_channels(network, data)
    channel = network.channel(data.need("channel"))
    for name in ("title", "handle", "owner", "state"):
        setattr(channel, name, data.take(name, getattr(channel, name)))
    channel.managers = data.names("managers", channel.managers)
    if data.flag("open", False):
        channel.state = ""
    data.finish()
    return asdict(channel)


def create_channels(network, data):
    person, count = person_named(network, data), int(data.number("create"))
    data.finish()
    created = []
    for number in range(len(network.channels) + 1, len(network.channels) + 1 + count):
        handle = f"@canal{number:03d}"
        channel = Channel(
            seed.channel_id(handle), f"Canal {number:03d}", handle, "", [person.key]
        )
        network.channels[channel.id] = channel
        created.append(channel.id)
    return {"created": created}


def locations(network, data):
    """Change or remove one location, or create ``create`` of them in ``account``."""
    if "create" in data:
        return create_locations(network, data)
    location = network.location(data.need("location"))
    if data.flag("deleted", False):
        del network.locations[location.id]
    for name in ("title", "street", "city"):
        setattr(location, name, data.take(name, getattr(location, name)))
    if "account" in data:
        location.account = network.account(data.need("account")).id
    data.finish()
    return asdict(location)


def create_locations(network, data):
    account, count = network.account(data.need("account")), int(data.number("create"))
    data.finish()
    created = []
    for _number in range(count):
        number = 101 + len(network.locations)
        location = Location(
            seed.location_id(number), f"Loja {number:03d}", account.id, "", "Recife"
        )
        network.locations[location.id] = location
        created.append(location.id)
    return {"created": created}


def accounts(network, data):
    """Create ``create`` business accounts in which ``person`` has a role."""
    person, count = person_named(network, data), int(data.number("create"))
    role = data.take("role", "OWNER")
    data.finish()
    created = []
    for _number in range(count):
        number = 101 + len(network.accounts)
        account = Account(seed.account_id(number), f"Grupo {number:03d}")
        account.roles[person.key] = role
        network.accounts[account.id] = account
        created.append(account.id)
    return {"created": created}


def roles(network, data):
    """Set a person's role in a business account; none takes it away."""
    person, account = person_named(network, data), network.account(data.need("account"))
    role = data.take("role")
    data.finish()
    if role:
        account.roles[person.key] = role
    else:
        account.roles.pop(person.key, None)
    return asdict(account)


def settings(network, data):
    """Change lifetimes, limits, and what the documentation leaves open."""
    for name, value in network.settings.items():
        if name in FLAGS:
            network.settings[name] = data.flag(name, value)
        elif name in TEXTS:
            network.settings[name] = data.take(name, value)
        else:
            network.settings[name] = int(data.number(name, value))
    data.finish()
    return network.settings


def give_consent(network, data):
    """Give a code as if the person had gone through the pages."""
    app, person = app_named(network, data), person_named(network, data)
    asked = asked_scopes(" ".join(data.names("scopes", [])))
    scopes = asked or list(network.permissions)[:-3]
    unknown = set(scopes) - set(network.permissions)
    if unknown:
        raise ControlError(f"Unknown scopes: {', '.join(sorted(unknown))}.")
    own = PAGES.own_channel(network, person.key)
    named = data.take("channel")
    channel = network.channel(named).id if named else own
    dialog = Dialog(
        app.client_id,
        data.take("redirect_uri") or next(iter(app.redirect_uris), ""),
        scopes,
        "en",
        challenge=data.take("challenge", ""),
        challenge_method="S256",
        asked={
            "offline": data.flag("offline", True),
            "prompt": {data.take("prompt", "consent")},
            "joined": data.flag("joined", False),
        },
    )
    data.finish()
    given = [scope for scope in IDENTITY if scope in scopes]
    given += [scope for scope in scopes if scope not in given]
    return {"code": issue_code(network, dialog, person.key, given, channel).value}


CONTROLS = {
    "password": password,
    "revoke": revoke,
    "signal": signal,
    "untick": untick,
    "expire": expire,
    "policy": policy,
    "apps": apps,
    "quota": quota,
    "channels": channels,
    "locations": locations,
    "accounts": accounts,
    "roles": roles,
    "settings": settings,
    "consent": give_consent,
}


# --- reading: never a secret, never a token


def state(network):
    return {
        "people": [person_state(network, key) for key in network.person_keys()],
        "channels": [asdict(one) for one in network.channels.values()],
        "accounts": [asdict(one) for one in network.accounts.values()],
        "locations": [asdict(one) for one in network.locations.values()],
        "apps": [client_state(network, app) for app in network.apps.values()],
        "grants": [grant_state(network, one) for one in network.grants.values()],
        "policy": policy_state(network),
        "settings": network.settings,
    }


def person_state(network, key):
    return {
        "key": key,
        "name": network.world.people[key].name,
        "sub": network.subject_of(key),
        "email": network.world.people[key].email,
        "channels": [one.id for one in network.channels_of(key)],
        "accounts": [one.id for one in network.accounts_of(key)],
    }


def client_state(network, app):
    project = asdict(network.project_of(app.client_id))
    deleted = app.client_id in network.deleted_clients
    return app_state(app) | {"project": project, "deleted": deleted}


def grant_state(network, grant):
    mine = [one for one in network.refresh_tokens.values() if one.grant is grant]
    living = [one for one in mine if network.is_alive(one)]
    tokens = {"refresh": len(mine), "living": len(living)}
    return asdict(grant) | {"tokens": tokens}


def policy_state(network):
    return {
        "blocked": sorted(network.restricted),
        "session_over": sorted(network.session_ended),
        "disabled": sorted(network.disabled),
    }
