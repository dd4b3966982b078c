"""How each network is had to tell of its own accord: where, what to choose, what comes.

Sources: those that the providers' ``*_signals.py`` name. What a network leaves open is
said to be so. Texts are lazy, as in :mod:`.wording`.
"""

from dataclasses import dataclass

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

EITHER_SECRET = _lt(
    "With which secret Meta signs here is not documented: type the App Secret of the "
    "Meta app that this one is part of as Webhook Secret, then both are tried."
)
LIVE = _lt(
    "Switch the Meta app to Live: before that, what other people write does not come."
)


@dataclass(frozen=True)
class SignalHelp:
    """What an Owner does at one provider, in order.

    :param tells: what the network then tells
    :param steps: sentences
    """

    tells: object
    steps: tuple


HELP = {
    "meta": SignalHelp(
        _lt(
            "Meta tells when somebody withdraws the access or a permission, and when "
            "somebody writes or comments."
        ),
        (
            _lt(
                "In the app's dashboard open Webhooks and choose the object Page. "
                "Paste the Webhook URL as callback URL, and the Verify Token."
            ),
            _lt(
                "Subscribe the object Page to feed, messages, messaging_postbacks and "
                "message_reactions."
            ),
            _lt(
                "Where Instagram accounts are connected, do the same with the object "
                "Instagram: messages, messaging_postbacks, message_reactions and "
                "comments."
            ),
            _lt(
                "Do the same with the object Permissions, for every permission that "
                "this app asks for. What Meta sends there for a withdrawal is not "
                "documented, so the access is checked at once whatever comes."
            ),
            _lt(
                "Paste the Deauthorize URL and the Data Deletion URL where the "
                "dashboard asks for these callbacks."
            ),
            LIVE,
            _lt(
                "Nothing has to be done for a single page: each is subscribed from "
                "here, and read again once a day."
            ),
        ),
    ),
    "instagram": SignalHelp(
        _lt(
            "Instagram tells when somebody withdraws the access, and when somebody "
            "writes, reacts to a story or mentions an account in one."
        ),
        (
            _lt(
                "In the product Instagram open API setup with Instagram login and set "
                "up its webhooks: paste the Webhook URL as callback URL, and the "
                "Verify Token."
            ),
            _lt(
                "Subscribe to messages, messaging_postbacks and message_reactions "
                "there; to comments, too, if this app asks for "
                "instagram_business_manage_comments."
            ),
            _lt(
                "Paste the Deauthorize URL and the Data Deletion URL in the Business "
                "login settings."
            ),
            EITHER_SECRET,
            LIVE,
            _lt(
                "Nothing has to be done for a single account: each is subscribed from "
                "here, and read again once a day."
            ),
        ),
    ),
    "threads": SignalHelp(
        _lt(
            "Threads tells when somebody withdraws the access, and when somebody "
            "replies to a public account or mentions it."
        ),
        (
            _lt(
                "In the use case of the Threads API add real-time notifications: paste "
                "the Webhook URL as callback URL, and the Verify Token."
            ),
            _lt("Subscribe to replies and mentions there."),
            _lt(
                "In the settings of the use case paste the Deauthorize URL as the "
                "callback for uninstalling, and the Data Deletion URL as the one for "
                "deleting. What Meta calls the two fields is not confirmed."
            ),
            EITHER_SECRET,
            _lt(
                "Switch the app to Live and have the business verified: Meta asks for "
                "both."
            ),
        ),
    ),
    "google": SignalHelp(
        _lt(
            "Google tells, by its Cross-Account Protection, when somebody withdraws "
            "the access, or when a Google account is disabled or deleted."
        ),
        (
            _lt(
                "The Webhook URL is pasted nowhere: somebody who administers the "
                "Google Cloud project registers it by a call of Google's RISC API."
            ),
            _lt("In the project of this app enable the RISC API and accept its terms."),
            _lt(
                "Create a service account there with the role RISC Configuration "
                "Admin, and a key for it."
            ),
            _lt(
                "As that service account, send the Webhook URL and the events that you "
                "want to https://risc.googleapis.com/v1beta/stream:update."
            ),
            _lt(
                "Have a test event sent by stream:verify of the same API; it shows "
                "under Signals."
            ),
            _lt(
                "Google tells only of people who granted email or profile: keep one of "
                "them among the permissions."
            ),
            _lt(
                "No Webhook Secret is needed: Google signs with keys of its own, which "
                "it shows at the address under Keys of Signals."
            ),
        ),
    ),
    "x": SignalHelp(
        _lt("X tells when an account withdraws the access. Messages are not told."),
        (
            _lt(
                "The Webhook URL is pasted nowhere: it is registered by calls of X's "
                "API, made as the app, with its Bearer Token."
            ),
            _lt(
                "Type the secret of the API key as Webhook Secret and save first: X "
                "checks the address with it at once, and every hour."
            ),
            _lt("Register the Webhook URL by a POST to /2/webhooks; it answers an id."),
            _lt(
                "Subscribe that id to the event oauth.revoke of the X Activity API, by "
                "a POST to /2/activity/subscriptions. One subscription is enough for "
                "all accounts of the app."
            ),
            _lt(
                "An app that has the older Account Activity API is told as well, by "
                "its event user_event.revoke; each account has to be subscribed there."
            ),
        ),
    ),
    "tiktok": SignalHelp(
        _lt(
            "TikTok tells when an account withdraws the access, or is deleted or "
            "banned. Messages are not told."
        ),
        (
            _lt(
                "In the app's settings at TikTok paste the Webhook URL as callback URL "
                "of the webhooks. It must begin with https."
            ),
            _lt(
                "Nothing has to be chosen: the event authorization.removed is on as "
                "soon as there is an address."
            ),
            _lt("No Webhook Secret is needed: TikTok signs with the Client secret."),
        ),
    ),
}
