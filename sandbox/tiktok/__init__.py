"""Stand-in for TikTok: Login Kit and API v2."""

import hashlib
import json
from uuid import UUID

from ..extending.seed import seed
from ..oauth import OAuthError
from ..rotating import RotatingNetwork, picture, rule
from ..signing import tiktok_signed
from . import endpoints
from .consent import TikTokConsent
from .errors import ApiError

PERMISSIONS = {
    "user.info.basic": ("See your name and picture", "Ver seu nome e sua foto"),
    "user.info.profile": ("See your profile", "Ver seu perfil"),
    "user.info.stats": ("See your figures", "Ver seus números"),
    "video.list": ("See your videos", "Ver seus vídeos"),
    "video.upload": ("Upload drafts for you", "Enviar rascunhos por você"),
    "video.publish": ("Publish videos for you", "Publicar vídeos por você"),
}


class TikTokNetwork(RotatingNetwork):
    """TikTok's OAuth endpoints and ``user/info``; its hosts are one folder here."""

    code = "tiktok"
    name = "TikTok"
    about = "TikTok accounts, each with a log-in of its own"
    first_app_id = 500000000000001
    permissions = PERMISSIONS
    kinds = ("web", "desktop")
    token_prefix = "act."
    # "Manage User Access Tokens" of November 2026; before, 86400 and 31536000.
    defaults = RotatingNetwork.defaults | {
        "refresh_seconds": 180 * 86400,
        "refresh_restarts": False,
        "refresh_gives_token": True,
        "reuse_ends_grant": False,
        "errors_as_200": False,
        "calls": 600,
        "window_seconds": 60,
    }

    def seed(self):
        seed(self, account_id, has_account=lambda _row: True)

    def is_alive(self, token):
        """Override: who is banned has no token ("Webhooks", reason 4)."""
        return super().is_alive(token) and not self.accounts[token.grant.account].held

    def open_id(self, app_id, account):
        """Return the id of an account at one app: at each it is another."""
        return uuid_of(f"{app_id}/{account}")

    def tell_revoked(self, app, account_id, reason=1):
        """Override: "Webhook Events", ``authorization.removed``; 1 is the person."""
        data = {
            "client_key": app.client_id,
            "event": "authorization.removed",
            "create_time": self.told_at,
            "user_openid": self.open_id(app.client_id, account_id),
            "content": json.dumps({"reason": reason}),
        }
        return self.tell(
            app, "authorization.removed", tiktok_signed, data, None, self.told_at
        )

    def take_details(self, data):
        return {"reason": int(data.number("reason", 1))}

    @classmethod
    def rules(cls):
        consent = TikTokConsent("tiktok")
        return [
            rule("/tiktok/v2/auth/authorize/", consent.open),
            *consent.rules(),
            rule("/tiktok/v2/oauth/token/", endpoints.token, "POST"),
            rule("/tiktok/v2/oauth/revoke/", endpoints.revoke, "POST"),
            rule("/tiktok/v2/user/info/", endpoints.user_info),
            rule("/tiktok/picture/<key>.png", picture),
        ]

    def not_found(self, request):
        return ApiError("unsupported_path", 404).response()

    def method_not_allowed(self, request):
        return ApiError("invalid_params", 405).response()

    def fault_response(self, fault):
        """Return an error by ``type``: with a ``code`` in the API's envelope."""
        if fault.code:
            return ApiError(fault.type, fault.status or fault.code).response()
        return OAuthError(
            fault.type, fault.message, fault.status or 400, log_id="standin"
        ).response()


def uuid_of(text):
    return str(UUID(bytes=hashlib.sha256(text.encode()).digest()[:16]))


def account_id(number):
    return str(7100000000000000100 + number)
