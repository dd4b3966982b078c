"""Two logging filters that keep what people and networks send us out of the log.

Odoo's access log has the query of every address, its HTTP log the path of what it
refuses, and its service log the arguments of every remote call at debug level.
"""

import logging
import re

from .const import SECRET_INPUTS

HIDDEN = "[hidden]"
# A line of the access log ends an address with the protocol; an address may hold
# spaces of all kinds, because werkzeug writes it decoded.
END = r"[^\n]*?(?= HTTP/\d|$)"
SOCIAL_ADDRESS = re.compile(
    rf"(/social/(?:callback|webhook|authorize)[^\n?]*)\?{END}", re.MULTILINE
)
SOCIAL_LINK = re.compile(rf"(/social/(?:link|calendar)/){END}", re.MULTILINE)


class HideAddress(logging.Filter):
    """Hide the query of our addresses (codes, state), tokens of links and feeds."""

    def filter(self, record):
        """Rewrite the record in place and always let it pass."""
        if isinstance(record.args, tuple):
            record.args = tuple(map(_hide_in_text, record.args))
        record.msg = _hide_in_text(record.msg)
        return True


class HideArguments(logging.Filter):
    """Hide the arguments of a remote call that carries a typed secret."""

    def filter(self, record):
        """Rewrite the record in place and always let it pass.

        The arguments are an object that is only made text when the line is written,
        so ``str(record.args)`` does not show what is in it.
        """
        if isinstance(record.args, tuple) and record.args:
            *head, last = record.args
            text = str(last)
            if any(name in text for name in SECRET_INPUTS):
                record.args = (*head, HIDDEN)
        return True


def _hide_in_text(value):
    if not isinstance(value, str) or "/social/" not in value:
        return value
    value = SOCIAL_ADDRESS.sub(rf"\1?{HIDDEN}", value)
    return SOCIAL_LINK.sub(rf"\1{HIDDEN}", value)


FILTERS = {
    "werkzeug": HideAddress,
    # It names the path of a form that comes without its token against forgery.
    "odoo.http": HideAddress,
    "odoo.service.model": HideArguments,
}


def install():
    """Add the filters, once, to exactly the loggers that need them."""
    for name, kind in FILTERS.items():
        logger = logging.getLogger(name)
        if not any(type(one).__name__ == kind.__name__ for one in logger.filters):
            logger.addFilter(kind())
