"""Threads.

Sources: Meta, "Get Access Tokens", "Long-lived tokens" and "Get Started" of the Threads
API. The app id and secret are the Threads app's: with a Facebook app id the consent
page answers error 4476002.
"""

from .meta_extending import ExtendingProvider


class ThreadsProvider(ExtendingProvider):
    """One host for the API, whose name Meta writes with ``.com`` or with ``.net``."""

    code = "threads"
    label = "Threads"
    network = "threads"

    default_version = "v1.0"
    default_authorize_url = "https://threads.com/oauth/authorize"
    default_token_url = "https://graph.threads.net/oauth/access_token"
    default_api_url = "https://graph.threads.net"

    exchange_grant_type = "th_exchange_token"
    refresh_grant_type = "th_refresh_token"

    id_field = "id"
    picture_field = "threads_profile_picture_url"

    required_scopes = {"threads": ("threads_basic",)}
    wanted_scopes = {"threads": ("threads_read_replies", "threads_manage_replies")}
