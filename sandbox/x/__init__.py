"""Stand-in for X: OAuth 2.0 with PKCE, and the account that logged in."""

from datetime import UTC, datetime

from ..extending.seed import seed
from ..oauth import OAuthError
from ..rotating import RotatingNetwork, picture, rule
from ..signing import x_signed
from . import endpoints, telling
from .consent import XConsent
from .errors import Problem

PERMISSIONS = {
    "tweet.read": ("See posts you can see", "Ver as publicações que você vê"),
    "users.read": ("See your profile", "Ver seu perfil"),
    "offline.access": (
        "Stay connected until you withdraw it",
        "Ficar conectado até você retirar o acesso",
    ),
    "tweet.write": ("Publish posts for you", "Publicar por você"),
    "media.write": ("Upload media", "Enviar mídia"),
    "users.email": ("See your e-mail address", "Ver seu endereço de e-mail"),
    "dm.read": ("Read your messages", "Ler suas mensagens"),
    "dm.write": ("Send messages for you", "Enviar mensagens por você"),
    "follows.read": ("See whom you follow", "Ver quem você segue"),
}


class XNetwork(RotatingNetwork):
    """X's OAuth endpoints and ``users/me``; its hosts are one folder here."""

    code = "x"
    name = "X"
    about = "X accounts, each with a log-in of its own"
    first_app_id = 400000000000001
    permissions = PERMISSIONS
    controls = RotatingNetwork.controls | {"handshake": telling.handshake}
    kinds = ("web", "public")
    one_grant = True
    # "OAuth 2.0 Authorization Code Flow with PKCE", "Rate limits". How long a refresh
    # token lives is not published: 0 is for ever.
    defaults = RotatingNetwork.defaults | {
        "code_seconds": 30,
        "calls": 75,
        "window_seconds": 900,
        "credits": 1_000_000,
        "dead_token_error": "invalid_request",
        "revokes_both": True,
    }

    def seed(self):
        seed(self, account_id, has_account=lambda _row: True)
        for app in self.apps.values():
            # Not the OAuth 2.0 client's secret: that of the API key signs.
            app.api_secret = "sandbox-x-api-secret"

    def tell_revoked(self, app, account_id, product="activity"):
        """Override: by the newer product, or by the older one ("account")."""
        told_at = datetime.fromtimestamp(self.told_at, UTC).isoformat()
        about = {"date_time": told_at, "user_id": account_id, "app_id": "29820954"}
        event = {"event_uuid": str(self.courier.count + 1), "filter": {}}
        data = {"data": event | {"event_type": "oauth.revoke", "payload": about}}
        if product == "account":
            revoke = {
                "date_time": told_at,
                "target": {"app_id": "29820954"},
                "source": {"user_id": account_id},
            }
            data = {"user_event": {"revoke": revoke}}
        return self.tell(app, f"revoke {product}", x_signed, data)

    def take_details(self, data):
        return {"product": data.take("product", "activity")}

    @classmethod
    def rules(cls):
        consent = XConsent("x")
        return [
            rule("/x/i/oauth2/authorize", consent.open),
            *consent.rules(),
            rule("/x/2/oauth2/token", endpoints.token, "POST"),
            rule("/x/2/oauth2/revoke", endpoints.revoke, "POST"),
            rule("/x/2/users/me", endpoints.users_me),
            rule("/x/picture/<key>.png", picture),
        ]

    def not_found(self, request):
        return Problem(404, "Not Found").response()

    def method_not_allowed(self, request):
        return Problem(405, "Method Not Allowed").response()

    def fault_response(self, fault):
        """Return an error: with a ``code`` the API's older shape, with a ``status`` of
        401 or more a problem by ``type``, else the token endpoint's by ``type``.
        """
        if fault.code:
            error = Problem(fault.status or 403, code=fault.code)
        elif fault.status > 400:
            error = Problem(fault.status, fault.message or "Trouble", fault.type)
        else:
            error = OAuthError(fault.type, fault.message, fault.status or 400)
        return error.response()


def account_id(number):
    return str(1400000000000000100 + number)
