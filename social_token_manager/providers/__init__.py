"""The outside world: one class per OAuth engine. Plain Python, no Odoo, no database."""

from .google import GoogleProvider
from .instagram import InstagramProvider
from .linkedin import LinkedInProvider
from .meta import MetaProvider
from .oauth2 import GenericProvider
from .pinterest import PinterestProvider
from .threads import ThreadsProvider
from .tiktok import TikTokProvider
from .x import XProvider

PROVIDERS = {
    provider.code: provider
    for provider in (
        MetaProvider,
        InstagramProvider,
        ThreadsProvider,
        GoogleProvider,
        LinkedInProvider,
        PinterestProvider,
        TikTokProvider,
        XProvider,
        GenericProvider,
    )
}


def get_provider(code):
    """Return the provider class of a code.

    :raise KeyError: there is none
    """
    return PROVIDERS[code]
