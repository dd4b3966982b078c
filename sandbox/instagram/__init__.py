"""Stand-in for the Instagram API with Instagram Login."""

from werkzeug.routing import Rule

from ..extending import ExtendingNetwork, endpoints
from ..extending.seed import add, seed
from ..meta.seed import instagram_id
from . import subscriptions

PERMISSIONS = {
    "instagram_business_basic": (
        "See the profile and posts of your professional account",
        "Ver o perfil e as publicações da sua conta profissional",
    ),
    "instagram_business_manage_messages": (
        "Read and answer messages",
        "Ler e responder mensagens",
    ),
    "instagram_business_manage_comments": (
        "Read and answer comments",
        "Ler e responder comentários",
    ),
    "instagram_business_content_publish": ("Publish posts", "Publicar conteúdo"),
    "instagram_business_manage_insights": (
        "Read the figures of your account",
        "Ler as métricas da sua conta",
    ),
}


class InstagramNetwork(ExtendingNetwork):
    """Three hosts, and ids that differ: ``id`` for each app, ``user_id`` for all."""

    code = "instagram"
    name = "Instagram"
    about = "Instagram professional accounts through Instagram Login"
    first_app_id = 200000000000001
    token_prefix = "IGAASBX"

    hosts = {"pages": "/www", "tokens": "/api", "api": "/graph"}
    permissions = PERMISSIONS
    basic_scope = "instagram_business_basic"
    exchange_grant_type = "ig_exchange_token"
    refresh_grant_type = "ig_refresh_token"
    takes_bearer = True
    account_fields = {
        "id": lambda scoped_id, **_: scoped_id,
        "user_id": lambda account, **_: account.id,
        "username": lambda account, **_: account.username,
        "name": lambda account, **_: account.name,
        "account_type": lambda **_: "BUSINESS",
        "followers_count": lambda account, **_: account.followers,
        "profile_picture_url": lambda account, host, **_: (
            f"{host}picture/{account.id}.png"
        ),
    }
    # ``wrapped`` names the answers that come as {"data": [{...}]}: the documentation
    # has the code exchange so, live clients read it without.
    defaults = ExtendingNetwork.defaults | {
        "versions": ["v23.0", "v24.0", "v25.0", "v26.0"],
        "wrapped": ["code"],
        "permissions_as": "text",
        # Under which id an app is told to be subscribed; its own one when empty.
        "subscriber_id": "",
    }
    controls = ExtendingNetwork.controls | {"subscriptions": subscriptions.change}

    @classmethod
    def rules(cls):
        """Override: with the edge that only this network has."""
        path = f"/{cls.code}{cls.hosts['api']}/<version>/<node>/subscribed_apps"
        methods = list(subscriptions.METHODS)
        edge = Rule(path, endpoint=subscriptions.serve, methods=methods)
        return [*super().rules(), edge]

    def state(self):
        return super().state() | {"subscriptions": subscriptions.state(self)}

    def start_empty(self):
        super().start_empty()
        # (app id, account id) -> fields
        self.subscriptions = {}

    def seed(self):
        seed(self, instagram_id, has_account=lambda row: row[4])
        own = instagram_id(90)
        add(self, own, "diego.rocha", "Diego", ["diego"], professional=False)

    def code_answer(self, token, granted):
        app_id, account = token.grant.app_id, self.accounts[token.grant.account]
        as_list = self.settings["permissions_as"] == "list"
        return self._wrap(
            "code",
            {
                "access_token": token.value,
                "user_id": self.scoped_id(app_id, account),
                "permissions": list(granted) if as_list else ",".join(granted),
            },
        )

    def account_answer(self, fields):
        return self._wrap("me", fields)

    def _wrap(self, kind, answer):
        return {"data": [answer]} if kind in self.settings["wrapped"] else answer

    def unknown_app(self, client_id):
        return endpoints.TokenEndpointError("Invalid platform app")
