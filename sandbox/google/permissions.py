"""The scopes of Google's stand-in, in English and Brazilian Portuguese."""

PREFIX = "https://www.googleapis.com/auth/"

# What is asked by its short name is reported by its long one.
LONG_NAMES = {
    "email": PREFIX + "userinfo.email",
    "profile": PREFIX + "userinfo.profile",
}
SHORT_NAMES = {long: short for short, long in LONG_NAMES.items()}

# Who he is, is part of every consent.
IDENTITY = ("openid", "email", "profile")

READS_CHANNELS = tuple(
    PREFIX + name for name in ("youtube.readonly", "youtube", "youtube.force-ssl")
)
MANAGES_BUSINESS = PREFIX + "business.manage"
# Tokens with these end when the password changes.
MAIL = ("https://mail.google.com/", PREFIX + "gmail.readonly", PREFIX + "gmail.send")

PERMISSIONS = {
    "openid": ("Know who you are", "Saber quem você é"),
    "email": ("See your e-mail address", "Ver seu endereço de e-mail"),
    "profile": ("See your name and picture", "Ver seu nome e sua foto"),
    PREFIX + "youtube.readonly": ("View your channel", "Ver seu canal"),
    PREFIX + "youtube": ("Manage your channel", "Gerenciar seu canal"),
    PREFIX + "youtube.upload": ("Upload videos", "Enviar vídeos"),
    PREFIX + "youtube.force-ssl": (
        "Manage your videos and comments",
        "Gerenciar seus vídeos e comentários",
    ),
    PREFIX + "yt-analytics.readonly": (
        "View reports of your channel",
        "Ver relatórios do seu canal",
    ),
    MANAGES_BUSINESS: (
        "Manage your business profiles",
        "Gerenciar seus perfis de empresa",
    ),
    MAIL[0]: ("Read and write your mail", "Ler e escrever seus e-mails"),
    MAIL[1]: ("Read your mail", "Ler seus e-mails"),
    MAIL[2]: ("Send mail for you", "Enviar e-mails por você"),
}


def asked_scopes(text):
    """Return the scopes of a request by their short names, each once."""
    words = (text or "").split()
    return list(dict.fromkeys(SHORT_NAMES.get(word, word) for word in words))


def reported(scopes):
    """Return scopes as answers name them."""
    return " ".join(LONG_NAMES.get(scope, scope) for scope in scopes)
