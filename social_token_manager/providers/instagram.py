"""Instagram API with Instagram Login.

Sources: Meta, "Business Login for Instagram", "Refresh Access Token", "Get started"
of the Instagram platform. The app id and secret are the Instagram app's, neither
Facebook's nor Threads'.
"""

from .instagram_subscription import InstagramSubscription
from .meta_extending import ExtendingProvider


class InstagramProvider(InstagramSubscription, ExtendingProvider):
    """Three hosts: consent page, code exchange, and the graph for all else."""

    code = "instagram"
    label = "Instagram Login"
    removal_url = "https://www.instagram.com/accounts/manage_access/"
    network = "instagram"

    default_version = "v26.0"
    default_authorize_url = "https://www.instagram.com/oauth/authorize"
    default_token_url = "https://api.instagram.com/oauth/access_token"
    default_api_url = "https://graph.instagram.com"

    exchange_grant_type = "ig_exchange_token"
    refresh_grant_type = "ig_refresh_token"

    # ``user_id`` is what webhooks call the account; ``id`` is another one for each app.
    id_field = "user_id"
    picture_field = "profile_picture_url"
    account_fields = ("username", "name", "account_type")
    takes_bearer = True

    required_scopes = {"instagram": ("instagram_business_basic",)}
    wanted_scopes = {"instagram": ("instagram_business_manage_messages",)}
