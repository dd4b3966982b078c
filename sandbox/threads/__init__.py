"""Stand-in for Threads."""

from ..extending import ExtendingNetwork
from ..extending.seed import add, seed
from ..meta.errors import graph_json
from ..problems import Refusal

PERMISSIONS = {
    "threads_basic": ("See your profile and posts", "Ver seu perfil e publicações"),
    "threads_content_publish": ("Publish posts", "Publicar conteúdo"),
    "threads_read_replies": ("Read replies", "Ler respostas"),
    "threads_manage_replies": (
        "Answer and hide replies",
        "Responder e ocultar respostas",
    ),
    "threads_manage_mentions": ("Read mentions of you", "Ler menções a você"),
    "threads_manage_insights": ("Read your figures", "Ler suas métricas"),
    "threads_keyword_search": ("Search posts", "Pesquisar publicações"),
    "threads_profile_discovery": ("Look up profiles", "Consultar perfis"),
    "threads_location_tagging": ("Tag places", "Marcar locais"),
    "threads_delete": ("Delete your posts", "Excluir suas publicações"),
}


class UnknownApp(Refusal):
    """The bare answer to an app id that is none of Threads."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code, self.message = code, message

    def response(self):
        body = {"error_message": self.message, "error_code": self.code}
        return graph_json(body, 400)


class ThreadsNetwork(ExtendingNetwork):
    """One host for the API; ``user_id`` is a number too long for a float."""

    code = "threads"
    name = "Threads"
    about = "Threads accounts"
    first_app_id = 300000000000001
    token_prefix = "THAASBX"

    hosts = {"pages": "", "tokens": "/graph", "api": "/graph"}
    permissions = PERMISSIONS
    basic_scope = "threads_basic"
    basic_is_compulsory = True
    exchange_grant_type = "th_exchange_token"
    refresh_grant_type = "th_refresh_token"
    account_fields = {
        "id": lambda account, **_: account.id,
        "username": lambda account, **_: account.username,
        "name": lambda account, **_: account.name,
        "is_verified": lambda **_: False,
        "threads_biography": lambda **_: "",
        "threads_profile_picture_url": lambda account, host, **_: (
            f"{host}picture/{account.id}.png"
        ),
    }
    defaults = ExtendingNetwork.defaults | {"versions": ["v1.0"]}

    def seed(self):
        seed(self, threads_id, has_account=lambda row: row[4])
        add(self, threads_id(90), "diego.rocha", "Diego", ["diego"], private=True)

    def code_answer(self, token, granted):
        return {"access_token": token.value, "user_id": int(token.grant.account)}

    def unknown_app(self, client_id):
        others = self.world.networks.values()
        if any(client_id in network.apps for network in others):
            return UnknownApp(4476002, "No app ID was provided in the request.")
        return UnknownApp(1349026, "No application data was given")


def threads_id(number):
    return str(26500000000000100 + number)
