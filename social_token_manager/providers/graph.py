"""What all of Meta's engines have in common: the Graph API and its errors."""

import json

from . import values
from .base import REST, USED_UP, OAuth2Provider
from .errors import GrantRefused, RequestRefused, TokenLost
from .meta_errors import failure_of
from .meta_signals import MetaSignals

USAGE = ("call_count", "total_time", "total_cputime")


class GraphProvider(MetaSignals, OAuth2Provider):
    """An engine whose answers carry Meta's error object."""

    scope_separator = ","

    def exchange_code(self, **parameters):
        """Override of the base: Meta's numbers, where a code was presented."""
        try:
            return super().exchange_code(**parameters)
        except (TokenLost, RequestRefused) as failure:
            raise GrantRefused(detail=failure.detail) from None

    def _note_usage(self, headers):
        """Override of the base: three headers of percentages.

        ("Rate Limits" of the Graph API: ``X-App-Usage`` for the hour, the business use
        cases with the minutes until there is room again.)
        """
        for name in ("X-App-Usage", "X-Ad-Account-Usage"):
            self._note_percents(_parsed(headers.get(name)))
        for entries in _parsed(headers.get("X-Business-Use-Case-Usage")).values():
            for entry in values.items(entries):
                self._note_percents(entry)

    def _note_percents(self, usage):
        percents = [usage.get(name) for name in USAGE]
        if max((one for one in percents if _is_number(one)), default=0) < USED_UP:
            return
        minutes = usage.get("estimated_time_to_regain_access")
        has_minutes = _is_number(minutes) and minutes > 0
        self._rest(minutes * 60 if has_minutes else REST)

    def _raise_for_answer(self, response, answer):
        """Override of the base: Meta's error object, also inside HTTP 200."""
        error = answer.get("error")
        if error or not response.ok:
            raise failure_of(values.mapping(error), response.status_code)


def _parsed(header):
    """Return the JSON object of a header, empty when there is none."""
    try:
        return values.mapping(json.loads(header or "{}"))
    except (ValueError, RecursionError):
        return {}


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)
