"""Stand-in for Meta: Facebook Pages, Messenger, Instagram through Facebook Login."""

from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from ..network import Network
from ..web import avatar_png
from . import consent, controls, errors, graph, introspection, telling, token_endpoint
from .model import Holdings
from .permissions import PERMISSIONS
from .seed import seed


class MetaNetwork(Holdings, graph.GraphAnswers, Network):
    """Meta's dialog, token endpoint and Graph API over the holdings of
    :mod:`.model`."""

    code = "meta"
    name = "Meta"
    about = "Facebook Pages, Messenger and Instagram through Facebook Login"
    permissions = PERMISSIONS
    controls = controls.CONTROLS
    # Lifetimes as documented ("Access Tokens", "Authentication Versus Data Access");
    # the life
    # of a code is not documented, ten minutes is the most RFC 6749 recommends.
    defaults = {
        "short_seconds": 5400,
        "long_seconds": 5183944,
        "data_access_seconds": 90 * 86400,
        "code_seconds": 600,
        "versions": ["v21.0", "v22.0", "v23.0", "v24.0", "v25.0", "v26.0"],
    }

    def __init__(self, world):
        super().__init__(world)
        self.start_empty()
        self.dialogs = {}
        seed(self)

    @classmethod
    def rules(cls):
        token = "/meta/<version>/oauth/access_token"
        return [
            Rule(
                "/meta/<version>/dialog/oauth",
                endpoint=consent.open_dialog,
                methods=["GET"],
            ),
            Rule(
                "/meta/dialog/<dialog_id>/<step>",
                endpoint=consent.show_step,
                methods=["GET"],
            ),
            Rule(
                "/meta/dialog/<dialog_id>/<step>",
                endpoint=consent.answer_step,
                methods=["POST"],
            ),
            Rule("/meta/picture/<key>.png", endpoint=picture, methods=["GET"]),
            Rule(token, endpoint=token_endpoint.access_token, methods=["GET", "POST"]),
            Rule(
                "/meta/<version>/debug_token",
                endpoint=introspection.debug_token,
                methods=["GET"],
            ),
            Rule("/meta/<version>/<path:path>", endpoint=graph.serve),
        ]

    def check_version(self, version, path=""):
        """Refuse a version that is not current: nobody may lean on a fall-through."""
        if version not in self.settings["versions"]:
            raise errors.unknown_path(f"/{version}{path}")

    def revoke(self, app_id, person_key):
        """Override: the app is told, by its deauthorise callback."""
        grant = super().revoke(app_id, person_key)
        if grant:
            telling.deauthorized(self, self.apps[app_id], person_key)
        return grant

    def state(self):
        return controls.state(self)


def picture(network, request, key):
    return Response(avatar_png(key), content_type="image/png")
