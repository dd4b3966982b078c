"""What X and TikTok share: an account logs in, and refresh tokens work once.

The accounts are those of the people's pages, as at Instagram and Threads.
"""

from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from ..network import Network
from ..web import avatar_png
from . import controls
from .model import Holdings


class RotatingNetwork(Holdings, Network):
    """The engine; a network gives its addresses, its words and its errors.

    ``permissions`` has the words of each scope.
    """

    controls = controls.CONTROLS
    permissions = {}
    # Lifetimes in seconds, and what the documentation leaves open.
    defaults = {
        "access_seconds": 7200,
        "refresh_seconds": 0,
        "code_seconds": 600,
        "reuse_ends_grant": True,
        "password_ends_grant": False,
    }

    def __init__(self, world):
        super().__init__(world)
        self.start_empty()
        self.dialogs = {}
        self.seed()

    def seed(self):
        """Fill the network with accounts and the ready-made app, all of its own."""
        raise NotImplementedError

    def tell_revoked(self, app, account_id, **details):
        """Have an app told that an account removed it; each network has its own way."""
        raise NotImplementedError

    def take_details(self, data):
        """Return what a control may say about such a signal."""
        return {}

    def state(self):
        return controls.state(self)


def rule(path, endpoint, *methods):
    return Rule(path, endpoint=endpoint, methods=list(methods or ["GET"]))


def picture(network, request, key):
    return Response(avatar_png(key), content_type="image/png")
