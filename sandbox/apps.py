"""The client registrations of a network, as controls see and change them."""

from dataclasses import asdict, replace

from .dashboard import check_redirect_uri
from .network import App
from .problems import ControlError

ADDRESSES = (
    "webhook_url",
    "deauthorize_url",
    "deletion_url",
    "verify_token",
    "api_secret",
)
SECRETS = ("client_secret", "api_secret", "verify_token")


def app_named(network, data):
    """Return the named app, or the ready-made one."""
    if "client_id" not in data:
        return next(iter(network.apps.values()))
    return network.app(data.need("client_id"))


def apps(network, data):
    """Create or change an app; redirect URIs given replace the registered ones."""
    client_id = str(data.need("client_id"))
    app = network.apps.get(client_id) or App(client_id, "")
    changed = replace(app)
    for name in ("client_secret", "name", "usage", *ADDRESSES):
        setattr(changed, name, data.take(name, getattr(app, name)))
    for name in ("redirect_uris", "developers", "unapproved"):
        setattr(changed, name, data.names(name, getattr(app, name)))
    for name in ("require_proof", "live", "blocked"):
        setattr(changed, name, data.flag(name, getattr(app, name)))
    data.finish()
    for uri in changed.redirect_uris:
        check_redirect_uri(uri)
    if not changed.client_secret:
        raise ControlError("A new app needs a 'client_secret'.")
    if not isinstance(changed.usage, dict):
        raise ControlError("'usage' is an object such as {\"call_count\": 100}.")
    network.apps[client_id] = changed
    return app_state(changed)


def app_state(app):
    return {key: value for key, value in asdict(app).items() if key not in SECRETS}
