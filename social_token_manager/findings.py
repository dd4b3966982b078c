"""What the test of an app can find: every finding says what it is and what to do.

Texts are lazy, as in :mod:`.wording`; their placeholders are the finding's parameters.
"""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

BAD, NOTE, GOOD = URGENCY = ("bad", "note", "good")

# code -> (kind, what was found and what to do)
FINDINGS = {
    "no_secret": (
        BAD,
        _lt("No secret is stored yet. Type the App Secret into this form and save."),
    ),
    "damaged_secret": (
        BAD,
        _lt(
            "The stored secret is damaged, so it is not used. Type the App Secret "
            "again and save."
        ),
    ),
    "no_network": (
        BAD,
        _lt("No network is chosen, so nothing can be connected. Choose at least one."),
    ),
    "no_address": (
        BAD,
        _lt(
            "%(field)s is empty. Enter the address that the network's documentation "
            "names, under Addresses and Permissions."
        ),
    ),
    "address_refused": (
        BAD,
        _lt(
            "%(field)s, %(address)s, may not be called: it must be https and lead to "
            "the public internet. Correct it under Addresses and Permissions."
        ),
    ),
    "address_silent": (
        BAD,
        _lt(
            "%(field)s: nobody answers at %(address)s. Check how it is spelt under "
            "Addresses and Permissions; if it is right, try again in a few minutes."
        ),
    ),
    "own_not_https": (
        BAD,
        _lt(
            "The redirect URI does not begin with https, so the network refuses it. "
            "Have Odoo reached by https, then set the system parameter web.base.url to "
            "that address."
        ),
    ),
    "own_not_public": (
        BAD,
        _lt(
            "The redirect URI leads to this machine or to a network inside, where the "
            "network sends nobody. Set the system parameter web.base.url to the "
            "address by which people reach Odoo from outside."
        ),
    ),
    "missing_scopes": (
        BAD,
        _lt(
            "%(network)s cannot be connected without %(scopes)s, which this app does "
            "not ask for. Add it to the scopes under Addresses and Permissions, or "
            "take the network away."
        ),
    ),
    "client_refused": (
        BAD,
        _lt(
            "The network does not accept this app ID with this secret; its answer was "
            "%(detail)s. Copy both again from its developer console, and see there "
            "whether the app is blocked."
        ),
    ),
    "redirect_refused": (
        BAD,
        _lt(
            "The network does not know the redirect URI of this app. Paste it there, "
            "letter by letter."
        ),
    ),
    "no_sense": (
        NOTE,
        _lt(
            "App ID and secret could not be checked: no answer that makes sense came "
            "from the Token Endpoint (%(detail)s). Check that address, or try again in "
            "a few minutes."
        ),
    ),
    "rate_limited": (
        NOTE,
        _lt(
            "App ID and secret could not be checked: the network asks us to wait. Try "
            "again in an hour."
        ),
    ),
    "unproven": (
        NOTE,
        _lt(
            "App ID and secret were not refused, but the network's answer (%(detail)s) "
            "does not prove that they are right. The first connection will."
        ),
    ),
    "accepted": (GOOD, _lt("The network accepted the app ID and the secret.")),
    "public_accepted": (
        GOOD,
        _lt("The network accepted the app ID; this client has no secret."),
    ),
    "addresses_answer": (GOOD, _lt("Somebody answers at every address.")),
    "settings_complete": (
        GOOD,
        _lt("Networks, permissions and redirect URI are complete."),
    ),
}


def finding_text(env, code, parameters):
    """Return what was found and what to do, in the reader's language."""
    _kind, text = FINDINGS[code]
    said = env._(text)  # pylint: disable=gettext-variable
    return said % parameters
