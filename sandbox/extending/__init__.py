"""Stand-in for the two networks of Meta where an account itself logs in.

Instagram Login and Threads are one engine: a code, a token of one hour, one of about
60 days, and that one extended again and again. What differs is a class attribute.
"""

from werkzeug.routing import Rule

from ..meta.graph import GraphAnswers
from ..network import Network
from . import controls, endpoints
from .consent import AccountConsent
from .model import Holdings


class ExtendingNetwork(Holdings, GraphAnswers, Network):
    """The engine; a network says where its hosts are and what its words are.

    :cvar hosts: path prefixes below the network's own: consent page, code exchange, API
    :cvar basic_scope: without it nothing can be read or refreshed
    :cvar basic_is_compulsory: a consent page without it is not even opened
    :cvar exchange_grant_type: of short to long
    :cvar takes_bearer: whether a header may carry the token
    :cvar account_fields: ``{field: function of (call, account)}`` of ``/me``
    """

    controls = controls.CONTROLS
    hosts = {}
    permissions = {}
    basic_scope = exchange_grant_type = refresh_grant_type = ""
    basic_is_compulsory = False
    takes_bearer = False
    account_fields = {}
    # "Business Login for Instagram", "Get Access Tokens", "Long-lived tokens".
    defaults = {
        "short_seconds": 3600,
        "long_seconds": 5183944,
        "code_seconds": 3600,
        "minimum_age_seconds": 86400,
        "private_grant_seconds": 90 * 86400,
        "refresh_keeps_value": False,
    }

    def __init__(self, world):
        super().__init__(world)
        self.start_empty()
        self.dialogs = {}
        self.seed()

    def seed(self):
        """Fill the network with accounts and the ready-made app, all of its own."""
        raise NotImplementedError

    def code_answer(self, token, granted):
        """Return the network's own body of a good code exchange."""
        raise NotImplementedError

    def account_answer(self, fields):
        """Return the body of ``/me`` around its fields."""
        return fields

    def unknown_app(self, client_id):
        """Return the network's own refusal of an app id that means nothing here."""
        raise NotImplementedError

    @classmethod
    def rules(cls):
        home = f"/{cls.code}"
        pages, tokens, api = (
            home + cls.hosts[name] for name in ("pages", "tokens", "api")
        )
        consent = AccountConsent(cls.code, cls.basic_scope)
        return [
            Rule(f"{pages}/oauth/authorize", endpoint=consent.open, methods=["GET"]),
            *consent.rules(),
            Rule(
                f"{tokens}/oauth/access_token",
                endpoint=endpoints.exchange_code,
                methods=["POST"],
            ),
            Rule(f"{api}/access_token", endpoint=endpoints.lengthen, methods=["GET"]),
            Rule(
                f"{api}/refresh_access_token",
                endpoint=endpoints.refresh,
                methods=["GET"],
            ),
            Rule(
                f"{api}/<version>/<node>", endpoint=endpoints.read_node, methods=["GET"]
            ),
        ]

    def state(self):
        return controls.state(self)
