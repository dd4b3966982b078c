"""Keeping a network sending: read what is sent to our app, repair, read again."""

from .errors import RequestRefused, TokenLost
from .results import Subscription


class Subscribing:
    """Mixed into a provider whose network sends only while we are subscribed.

    It says what is wanted, and how that is read and asked for.
    """

    needs_subscription = True

    def keep_subscribed(self, reach, wanted):
        """Override of the base: read, repair, read again.

        Whether the list is replaced or added to is not documented: what is there and
        what is wanted is sent, and only what is read afterwards is believed.
        """
        try:
            found = self._read_fields(reach)
            missing = _missing(wanted, found)
            if not missing:
                return Subscription(found)
            self._subscribe(reach, (*found, *missing))
            found = self._read_fields(reach)
        except (TokenLost, RequestRefused) as refused:
            return Subscription(missing=tuple(wanted), detail=refused.detail)
        missing = _missing(wanted, found)
        return Subscription(found, missing, is_repaired=not missing)

    # === HOOKS === #

    def _read_fields(self, reach):
        """Return the names of what is sent to our app; nothing when it is not there.

        :raise ProviderError: there is no definite answer
        """
        raise NotImplementedError

    def _subscribe(self, reach, names):
        """Have these sent to our app.

        :raise ProviderError: it was refused, or there is no definite answer
        """
        raise NotImplementedError


def _missing(wanted, found):
    return tuple(name for name in wanted if name not in found)
