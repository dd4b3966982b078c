"""Stand-in for an authorization server that keeps the standards, and nothing else."""

from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from ..network import Network
from ..oauth import OAuthError, json_answer
from ..web import avatar_png
from . import clients, controls, endpoints, seed
from .consent import PAGES
from .model import Holdings
from .permissions import PERMISSIONS


class GenericNetwork(Holdings, clients.Clients, Network):
    """A server by RFC 6749, 7636, 7009, 7662, 6750, 9207. One log-in, one profile."""

    code = "oauth2"
    name = "Generic OAuth 2.0"
    about = "any network that keeps the standards, by the app's fields alone"
    permissions = PERMISSIONS
    controls = controls.CONTROLS
    # What the standards leave to the server.
    defaults = {
        "access_seconds": 600,
        "refresh_seconds": 30 * 86400,
        "code_seconds": 60,
        "gives_refresh_token": True,
        "rotates": True,
        "tells_scope": True,
        "tells_lifetime": True,
        "tells_issuer": True,
        "introspects_refresh_tokens": True,
        "nested_profile": False,
    }

    def __init__(self, world):
        super().__init__(world)
        self.start_empty()
        seed.seed(self)

    @classmethod
    def rules(cls):
        return [
            rule("/oauth2/authorize", PAGES.open),
            *PAGES.rules(),
            rule("/oauth2/token", endpoints.token, "POST"),
            rule("/oauth2/revoke", endpoints.revoke, "POST"),
            rule("/oauth2/introspect", endpoints.introspect, "POST"),
            rule("/oauth2/userinfo", endpoints.userinfo, "GET", "POST"),
            rule("/oauth2/picture/<key>.png", picture),
        ]

    def not_found(self, request):
        return json_answer({"error": "not_found"}, 404)

    def method_not_allowed(self, request):
        return OAuthError("invalid_request", "POST a form.", 405).response()

    def fault_response(self, fault):
        """Return RFC 6749's error; ``type`` is its code."""
        return OAuthError(fault.type, fault.message, fault.status or 400).response()

    def state(self):
        return controls.state(self)


def rule(path, endpoint, *methods):
    return Rule(path, endpoint=endpoint, methods=list(methods or ["GET"]))


def picture(network, request, key):
    return Response(avatar_png(key), content_type="image/png")
