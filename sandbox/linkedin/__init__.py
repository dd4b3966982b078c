"""Stand-in for LinkedIn: the member, and company pages by roles."""

from dataclasses import dataclass, field

from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from .. import grant_controls
from ..grants import GrantHoldings
from ..network import Network
from ..oauth import OAuthError
from ..web import avatar_png
from . import apis, controls, seed, token_endpoint
from .consent import PAGES
from .errors import ApiError

PERMISSIONS = {
    "openid": ("Use your name and photo", "Usar seu nome e sua foto"),
    "profile": ("See your profile", "Ver seu perfil"),
    "email": ("See your e-mail address", "Ver seu endereço de e-mail"),
    "r_basicprofile": ("See your basic profile", "Ver seu perfil básico"),
    "w_member_social": ("Post in your name", "Publicar em seu nome"),
    "r_organization_admin": ("See your pages", "Ver suas páginas"),
    "rw_organization_admin": ("Manage your pages", "Gerenciar suas páginas"),
    "r_organization_social": (
        "Read your pages' posts",
        "Ler as publicações das suas páginas",
    ),
    "w_organization_social": ("Post as your pages", "Publicar como suas páginas"),
}


@dataclass
class Organization:
    """A company page.

    :param roles: ``{person: {role: state}}``
    """

    id: str
    name: str
    handle: str
    roles: dict = field(default_factory=dict)


class LinkedInNetwork(GrantHoldings, Network):
    """LinkedIn's OAuth endpoints (``/www``) and its APIs (``/api``)."""

    code = "linkedin"
    name = "LinkedIn"
    about = "Company pages and members, two networks of one log-in"
    first_app_id = 400000000000001
    code_prefix, access_prefix, refresh_prefix = "AQ", "AQX", "AQR"
    permissions = PERMISSIONS
    controls = controls.CONTROLS
    # Lifetimes as documented. What is not documented is told in the README.
    defaults = {
        "access_seconds": 5184000,
        "refresh_seconds": 365 * 86400,
        "code_seconds": 1800,
        "gives_refresh_token": True,
        "password_ends_grants": False,
        "settling_calls": 0,
        "versions": [*(f"2025{month}" for month in ("11", "12"))]
        + [f"2026{month:02d}" for month in range(1, 12)],
    }

    def __init__(self, world):
        super().__init__(world)
        self.start_empty()
        self.organizations = {}
        seed.seed(self, Organization)

    @classmethod
    def rules(cls):
        oauth = "/linkedin/www/oauth/v2"
        rest = "/linkedin/api/rest"
        return [
            rule(f"{oauth}/authorization", PAGES.open),
            *PAGES.rules(),
            rule(f"{oauth}/accessToken", token_endpoint.token, "POST"),
            rule(f"{oauth}/introspectToken", token_endpoint.introspect, "POST"),
            rule(f"{oauth}/revoke", token_endpoint.revoke, "POST"),
            rule("/linkedin/api/v2/userinfo", apis.userinfo),
            rule("/linkedin/api/v2/me", apis.me),
            rule(f"{rest}/organizationAcls", apis.organization_acls),
            rule(f"{rest}/organizationsLookup", apis.organizations_lookup),
            rule("/linkedin/picture/<key>.png", picture),
        ]

    def not_found(self, request):
        return ApiError(404, "Resource not found", code="RESOURCE_NOT_FOUND").response()

    def method_not_allowed(self, request):
        return ApiError(405, "Method not allowed", code="METHOD_NOT_ALLOWED").response()

    def fault_response(self, fault):
        """Return an error: with a ``code`` the APIs' shape, else RFC 6749's.

        ``code`` is the serviceErrorCode (1 for none), ``type`` the code or the error.
        """
        if not fault.code:
            return OAuthError(fault.type, fault.message, fault.status or 400).response()
        number = fault.code if fault.code > 1 else None
        error = ApiError(fault.status or 400, fault.message or "Trouble", number)
        error.code = fault.type if fault.type != "OAuthException" else ""
        return error.response()

    def state(self):
        return controls.state(self) | grant_controls.state(self)


def rule(path, endpoint, *methods):
    return Rule(path, endpoint=endpoint, methods=list(methods or ["GET"]))


def picture(network, request, key):
    return Response(avatar_png(key), content_type="image/png")
