"""What all of Meta's engines have in common: the Graph API and its errors."""

from . import values
from .base import OAuth2Provider
from .errors import GrantRefused, RequestRefused, TokenLost
from .meta_errors import failure_of


class GraphProvider(OAuth2Provider):
    """An engine whose answers carry Meta's error object."""

    scope_separator = ","

    def exchange_code(self, **parameters):
        """Override of the base: Meta's numbers, where a code was presented."""
        try:
            return super().exchange_code(**parameters)
        except (TokenLost, RequestRefused) as failure:
            raise GrantRefused(detail=failure.detail) from None

    def _raise_for_answer(self, response, answer):
        """Override of the base: Meta's error object, also inside HTTP 200."""
        error = answer.get("error")
        if error or not response.ok:
            raise failure_of(values.mapping(error), response.status_code)


def bearer(token):
    """Return the header of RFC 6750 section 2.1: it keeps tokens out of addresses."""
    return {"Authorization": f"Bearer {token}"}
