"""The one clock. Nothing else in this addon asks what time it is.

Its instant goes into SQL as a parameter, so that a moved clock moves everything. Only
leases use PostgreSQL's own clock, which several hosts share.
"""

from odoo import fields


def now():
    """Return the instant, naive UTC, in whole seconds."""
    return fields.Datetime.now()
