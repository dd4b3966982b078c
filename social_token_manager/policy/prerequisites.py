"""What has to hold before a renewal at Meta, and what of it is known.

The six of the six-step renewal. ``True`` and ``False`` were told by Odoo or the
network; ``None`` is not known from here: a person says so.
"""

from dataclasses import dataclass

ACCOUNT, ADMINISTRATOR, BUSINESS = "account", "administrator", "business"
COMMERCIAL, LINKED, MESSENGER = "commercial", "linked", "messenger"
# Which of them a network needs.
NEEDED = {
    "facebook": (ACCOUNT, ADMINISTRATOR, BUSINESS),
    "messenger": (ACCOUNT, ADMINISTRATOR, BUSINESS, MESSENGER),
    "instagram": (ACCOUNT, ADMINISTRATOR, BUSINESS, COMMERCIAL, LINKED),
}
MESSAGES = "messages"


@dataclass(frozen=True)
class Facts:
    """What is known of a profile.

    :ivar bool may_renew: whether this user may renew it here
    :ivar bool is_connected: whether it works at this moment
    :ivar str can_renew: ``yes``, ``no`` or ``unknown``, of the access in use
    :ivar subscribed: what the network says it sends, :ivar missing: what it does not
    """

    network: str
    may_renew: bool
    is_connected: bool = False
    can_renew: str = "unknown"
    subscribed: tuple = ()
    missing: tuple = ()


def check(facts):
    """Return ``{code: True, False or None}`` of what the network needs, in order.

    Meta lists an Instagram account with a Page only when it is a professional one that
    is linked to it; a role is what the network said when the token was granted.
    """
    listed = True if facts.is_connected else None
    found = {
        ACCOUNT: listed,
        ADMINISTRATOR: facts.may_renew,
        BUSINESS: {"yes": True, "no": False}.get(facts.can_renew),
        COMMERCIAL: listed,
        LINKED: listed,
        MESSENGER: _sends(facts),
    }
    return {code: found[code] for code in NEEDED.get(facts.network, ())}


def _sends(facts):
    if MESSAGES in facts.missing:
        return False
    return True if MESSAGES in facts.subscribed else None
