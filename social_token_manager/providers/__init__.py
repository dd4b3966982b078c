"""The outside world: one class per OAuth engine. Plain Python, no Odoo, no database."""

from .meta import MetaProvider

PROVIDERS = {provider.code: provider for provider in (MetaProvider,)}


def get_provider(code):
    """Return the provider class of a code.

    :raise KeyError: there is none
    """
    return PROVIDERS[code]
