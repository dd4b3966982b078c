"""The app dashboard, where a developer registers an app."""

from .control import Input, go_back
from .problems import ControlError
from .web import page

REGISTERED_SCHEMES = (
    "https://",
    "http://127.0.0.1",
    "http://localhost",
    "http://[::1]",
)


def dashboard(world, request, network):
    """Show the network's apps, or carry out one form."""
    network = world.network(network)
    if request.method == "GET":
        said, wrong = request.args.get("said"), request.args.get("wrong")
        return page("apps.html", network=network, said=said, wrong=wrong)
    data = Input.of(request)
    action = data.need("action")
    if action not in ACTIONS:
        raise ControlError(f"Unknown action {action!r}.")
    return go_back(
        data.back or f"/{network.code}/apps", said=ACTIONS[action](network, data)
    )


def create_app(network, data):
    app = network.register_app(data.need("name"))
    return f"{app.name} has the app id {app.client_id}."


def add_redirect_uri(network, data):
    app = network.app(data.need("client_id"))
    check_redirect_uri(uri := data.need("redirect_uri").strip())
    if uri not in app.redirect_uris:
        app.redirect_uris.append(uri)
    return "Redirect URI added."


def remove_redirect_uri(network, data):
    app = network.app(data.need("client_id"))
    unwanted = data.need("redirect_uri")
    app.redirect_uris = [uri for uri in app.redirect_uris if uri != unwanted]
    return "Redirect URI removed."


def save_switches(network, data):
    app = network.app(data.need("client_id"))
    app.require_proof = data.flag("require_proof", False)
    app.live = data.flag("live", False)
    return "Settings saved."


def check_redirect_uri(uri):
    """Refuse what the dashboard refuses: plain http, save for this machine alone."""
    if not uri.startswith(REGISTERED_SCHEMES):
        raise ControlError(
            "A redirect URI starts with https:// (http:// only for this machine)."
        )
    if "#" in uri or "*" in uri:
        raise ControlError("A redirect URI is exact: no fragment, no wildcard.")


ACTIONS = {
    "create": create_app,
    "add_redirect_uri": add_redirect_uri,
    "remove_redirect_uri": remove_redirect_uri,
    "switches": save_switches,
}
