"""The permissions a dialog may ask for, in English and Portuguese words."""

PERMISSIONS = {
    "public_profile": ("Your name and profile picture", "Seu nome e foto de perfil"),
    "email": ("Your email address", "Seu endereço de e-mail"),
    "pages_show_list": (
        "Show a list of the Pages you manage",
        "Mostrar a lista das Páginas que você gerencia",
    ),
    "pages_read_engagement": (
        "Read content posted on the Page",
        "Ler o conteúdo publicado na Página",
    ),
    "pages_manage_metadata": (
        "Manage settings and notices of your Pages",
        "Gerenciar configurações e avisos das Páginas",
    ),
    "pages_messaging": (
        "Manage conversations in Messenger",
        "Gerenciar conversas no Messenger",
    ),
    "pages_manage_posts": (
        "Create and manage content on your Page",
        "Criar e gerenciar conteúdo na sua Página",
    ),
    "pages_manage_engagement": (
        "Manage comments on your Page",
        "Gerenciar comentários na sua Página",
    ),
    "pages_read_user_content": (
        "Read what people write on your Page",
        "Ler o que as pessoas escrevem na sua Página",
    ),
    "pages_manage_ads": ("Manage ads of your Page", "Gerenciar anúncios da sua Página"),
    "read_insights": (
        "Read the figures of your Pages",
        "Ler as métricas das suas Páginas",
    ),
    "business_management": (
        "Manage your business portfolio",
        "Gerenciar seu portfólio empresarial",
    ),
    "instagram_basic": (
        "See your Instagram profile and posts",
        "Ver seu perfil e publicações do Instagram",
    ),
    "instagram_manage_messages": (
        "Manage Instagram messages",
        "Gerenciar mensagens do Instagram",
    ),
    "instagram_manage_comments": (
        "Manage Instagram comments",
        "Gerenciar comentários do Instagram",
    ),
    "instagram_content_publish": ("Publish on Instagram", "Publicar no Instagram"),
    "instagram_manage_insights": (
        "Read the figures of your Instagram account",
        "Ler as métricas da conta do Instagram",
    ),
    "ads_read": ("Read the figures of your ads", "Ler as métricas dos seus anúncios"),
    "ads_management": ("Manage your ads", "Gerenciar seus anúncios"),
    "leads_retrieval": ("Read your leads", "Ler seus cadastros"),
}


def is_page_scope(scope):
    return scope.startswith("pages_") or scope == "read_insights"


def is_instagram_scope(scope):
    return scope.startswith("instagram_")


def split_scopes(text):
    """Return the scopes of a comma- or space-separated list, each once, in order."""
    return list(dict.fromkeys((text or "").replace(",", " ").split()))
