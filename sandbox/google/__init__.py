"""Stand-in for Google: YouTube channels and Business Profile locations."""

from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from ..network import Network
from ..oauth import OAuthError
from ..web import avatar_png
from . import business, controls, errors, seed, telling, token_endpoint, youtube
from .consent import PAGES
from .model import Holdings
from .permissions import PERMISSIONS


class GoogleNetwork(Holdings, Network):
    """Google's OAuth endpoints and the APIs that list channels and locations.

    The real hosts ``<service>.googleapis.com`` are folders here.
    """

    code = "google"
    name = "Google"
    about = "YouTube and Google Business, two networks of one log-in"
    permissions = PERMISSIONS
    controls = controls.CONTROLS
    # Lifetimes and limits as documented; the life of a code is not.
    defaults = {
        "access_seconds": 3599,
        "code_seconds": 600,
        "unused_seconds": 182 * 86400,
        "testing_seconds": 7 * 86400,
        "time_limited_seconds": 0,
        "max_refresh_tokens": 100,
        "daily_units": 10_000,
        "gives_refresh_token": True,
        "one_channel": True,
        "brand_subject": "person",
        "no_channel": "empty",
    }

    def __init__(self, world):
        super().__init__(world)
        self.start_empty()
        seed.seed(self)

    @classmethod
    def rules(cls):
        accounts = f"/google/{business.ACCOUNTS}/v1/accounts"
        locations = f"/google/{business.LOCATIONS}/v1/accounts/<account_id>/locations"
        return [
            rule("/google/o/oauth2/v2/auth", PAGES.open),
            *PAGES.rules(),
            rule("/google/token", token_endpoint.token, "POST"),
            rule("/google/revoke", token_endpoint.revoke, "POST"),
            rule("/google/tokeninfo", token_endpoint.tokeninfo, "GET", "POST"),
            rule("/google/.well-known/risc-configuration", telling.configuration),
            rule("/google/oauth2/v3/certs", telling.certificates),
            rule("/google/youtube/v3/channels", youtube.channels),
            rule(accounts, business.accounts),
            rule(locations, business.locations),
            rule("/google/picture/<key>.png", picture),
        ]

    def remove_grant(self, grant):
        """Override: all clients of the project are told."""
        was_current = self.is_current(grant)
        super().remove_grant(grant)
        if was_current:
            telling.tokens_revoked(self, grant)

    def not_found(self, request):
        return errors.not_found().response()

    def method_not_allowed(self, request):
        return OAuthError("invalid_request", "Invalid HTTP method.", 405).response()

    def fault_response(self, fault):
        """Return an error: with a ``code`` the APIs' envelope, else RFC 6749's.

        ``type`` is the reason or the error.
        """
        if not fault.code:
            return OAuthError(fault.type, fault.message, fault.status or 400).response()
        error = errors.ApiError(
            fault.code, fault.message or "Stand-in trouble", reason=fault.type
        )
        response = error.response()
        response.status_code = fault.status or fault.code
        return response

    def state(self):
        return controls.state(self)


def rule(path, endpoint, *methods):
    return Rule(path, endpoint=endpoint, methods=list(methods or ["GET"]))


def picture(network, request, key):
    return Response(avatar_png(key), content_type="image/png")
