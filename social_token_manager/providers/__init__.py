"""The outside world: one class per OAuth engine. Plain Python, no Odoo, no database."""

from .google import GoogleProvider
from .instagram import InstagramProvider
from .meta import MetaProvider
from .threads import ThreadsProvider

PROVIDERS = {
    provider.code: provider
    for provider in (
        MetaProvider,
        InstagramProvider,
        ThreadsProvider,
        GoogleProvider,
    )
}


def get_provider(code):
    """Return the provider class of a code.

    :raise KeyError: there is none
    """
    return PROVIDERS[code]
