"""Stand-in for Pinterest: one account a person."""

import hashlib
from dataclasses import asdict, dataclass

from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from .. import grant_controls
from ..grants import GrantHoldings
from ..network import App, Network
from ..oauth import json_answer
from ..problems import ControlError
from ..web import avatar_png
from . import token_endpoint
from .consent import PAGES
from .token_endpoint import PinterestError

CLIENT_ID, SECRET = "500000000000001", "sandbox-pinterest-secret"

PERMISSIONS = {
    "user_accounts:read": ("See your account", "Ver sua conta"),
    "boards:read": ("See your boards", "Ver suas pastas"),
    "boards:write": ("Change your boards", "Alterar suas pastas"),
    "pins:read": ("See your Pins", "Ver seus Pins"),
    "pins:write": ("Create and change Pins", "Criar e alterar Pins"),
    "biz_access:read": ("See your business access", "Ver seu acesso comercial"),
}
# person, username, kind, business name
ACCOUNTS = (
    ("ana", "anasouza", "BUSINESS", "Agência Maré"),
    ("bruno", "brunolima", "PINNER", ""),
    ("carla", "clinicavidaleve", "BUSINESS", "Clínica Vida Leve"),
    ("diego", "diegorocha", "PINNER", ""),
    ("elisa", "elisamartins", "PINNER", ""),
    ("felipe", "felipenunes", "BUSINESS", "Padaria do Porto"),
)


@dataclass
class Account:
    """A Pinterest account, of one person."""

    id: str
    person: str
    username: str
    account_type: str
    business_name: str


class PinterestNetwork(GrantHoldings, Network):
    """Pinterest's OAuth endpoints (``/www`` and ``/v5``) and its API."""

    code = "pinterest"
    name = "Pinterest"
    about = "Pinterest accounts"
    first_app_id = 500000000000001
    access_prefix, refresh_prefix = "pina_", "pinr_"
    permissions = PERMISSIONS
    # Lifetimes as documented; ``reuse`` of a replaced refresh token is not: ``dies``,
    # ``kills`` (the whole grant) or ``lives``.
    defaults = {
        "access_seconds": 30 * 86400,
        "refresh_seconds": 60 * 86400,
        "legacy_seconds": 365 * 86400,
        "code_seconds": 600,
        "reuse": "dies",
        "must_ask_for_continuous": False,
        "dead_token_code": 283,
        "password_ends_grants": True,
        "scope_separator": " ",
        # "Rate limits", on trial: for the app and day.
        "calls": 1000,
        "window_seconds": 86400,
    }

    def __init__(self, world):
        super().__init__(world)
        self.start_empty()
        # How many calls an app made in a window.
        self.spent = {}
        self.accounts = {row[0]: Account(account_id(row[0]), *row) for row in ACCOUNTS}
        name = "Social Token Manager demo"
        self.apps[CLIENT_ID] = App(CLIENT_ID, SECRET, name, developers=["ana"])

    @classmethod
    def rules(cls):
        return [
            rule("/pinterest/www/oauth/", PAGES.open),
            *PAGES.rules(),
            rule("/pinterest/v5/oauth/token", token_endpoint.token, "POST"),
            rule("/pinterest/v5/user_account", user_account),
            rule("/pinterest/picture/<key>.png", picture),
        ]

    def not_found(self, request):
        return PinterestError(404, 40, "Not found.").response()

    def method_not_allowed(self, request):
        return PinterestError(405, 5, "Method not allowed.").response()

    def fault_response(self, fault):
        return PinterestError(
            fault.status or 400, fault.code, fault.message or "Trouble"
        ).response()

    def state(self):
        own = {"accounts": [asdict(account) for account in self.accounts.values()]}
        return own | grant_controls.state(self)


def account_id(person_key):
    digest = hashlib.sha256(f"pinterest/{person_key}".encode()).hexdigest()
    return f"8{int(digest[:16], 16) % 10**17:017d}"


def change_account(network, data):
    """Change a person's account; a new ``username`` is a new name, the id stays."""
    account = network.accounts[grant_controls.person_named(network, data).key]
    for name in ("username", "account_type", "business_name"):
        setattr(account, name, data.take(name, getattr(account, name)))
    data.finish()
    if account.account_type not in ("PINNER", "BUSINESS"):
        raise ControlError("'account_type' is PINNER or BUSINESS.")
    return asdict(account)


PinterestNetwork.controls = grant_controls.CONTROLS | {"accounts": change_account}


def rule(path, endpoint, *methods):
    return Rule(
        path, endpoint=endpoint, methods=list(methods or ["GET"]), strict_slashes=False
    )


def user_account(network, request):
    """Serve the account of who granted."""
    token = token_endpoint.living_token(network, request)
    limits = spend(network, token.grant.app_id)
    if "user_accounts:read" not in token.grant.scopes:
        raise PinterestError(403, 29, "You are not permitted to access that resource.")
    account = network.accounts[token.grant.person]
    key = account.person
    body = {
        "id": account.id,
        "username": account.username,
        "account_type": account.account_type,
        "business_name": account.business_name or None,
        "profile_image": f"{request.host_url}pinterest/picture/{key}.png",
    }
    response = json_answer(body)
    response.headers.update(limits)
    return response


def spend(network, app_id):
    """Count a call; return the headers that tell about the limit.

    :raise PinterestError: the limit is used up
    """
    limit, window = (int(network.settings[key]) for key in ("calls", "window_seconds"))
    started = network.now // window
    at, calls = network.spent.get(app_id, (started, 0))
    calls = calls + 1 if at == started else 1
    network.spent[app_id] = (started, calls)
    headers = {
        "x-ratelimit-limit": str(limit),
        "x-ratelimit-remaining": str(max(limit - calls, 0)),
        "x-ratelimit-reset": str((started + 1) * window - network.now),
    }
    if calls > limit:
        raise PinterestError(429, 8, "You have exceeded your rate limit.", headers)
    return headers


def picture(network, request, key):
    return Response(avatar_png(key), content_type="image/png")
