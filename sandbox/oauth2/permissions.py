"""The scopes of the generic stand-in, in English and Brazilian Portuguese."""

PROFILE, OFFLINE_ACCESS = "profile", "offline_access"

PERMISSIONS = {
    "openid": ("Know who you are", "Saber quem você é"),
    PROFILE: ("See your name and picture", "Ver seu nome e sua foto"),
    "posts.read": ("Read your posts", "Ler suas publicações"),
    "posts.write": ("Post for you", "Publicar por você"),
    OFFLINE_ACCESS: (
        "Stay connected while you are away",
        "Continuar conectado quando você não está",
    ),
}
