"""How an app is registered at each network: where, what to add, what it is for.

Sources: the networks' own pages that the providers name at their top; the addresses are
those of their developer consoles. Texts are lazy, as in :mod:`.wording`.
"""

from dataclasses import dataclass

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

META_CONSOLE = "https://developers.facebook.com/apps"
GOOGLE = "https://www.googleapis.com/auth/"


@dataclass(frozen=True)
class SetupHelp:
    """What an Owner does at one provider, in order.

    :param str console: address of the developer console, '' where there is none
    :param steps: sentences
    :param review: what has to be approved before other people can connect
    """

    console: str
    steps: tuple
    review: object


HELP = {
    "meta": SetupHelp(
        META_CONSOLE,
        (
            _lt("Create an app of the type Business and tie it to your business."),
            _lt(
                "Add the products that you use: Facebook Login for Facebook Pages, "
                "Messenger for Messenger, Instagram (through Facebook) for Instagram."
            ),
            _lt(
                "Paste the redirect URI under Facebook Login > Settings, into Valid "
                "OAuth Redirect URIs."
            ),
            _lt("Copy App ID and App Secret from App settings > Basic to this form."),
            _lt("Switch the app to Live when you have tested it."),
        ),
        _lt(
            "People with a role on the Meta app connect at once. For anybody else "
            "every permission needs Advanced Access: that takes App Review and a "
            "verified business."
        ),
    ),
    "instagram": SetupHelp(
        META_CONSOLE,
        (
            _lt("Create an app of the type Business and add the product Instagram."),
            _lt("Open API setup with Instagram login in that product."),
            _lt(
                "Paste the redirect URI under Business login settings, into OAuth "
                "redirect URIs."
            ),
            _lt(
                "Copy the Instagram app ID and the Instagram app secret shown there to "
                "this form. Those of the Facebook app are not accepted."
            ),
            _lt(
                "Add the accounts that you test with as Instagram Testers, and accept "
                "the invitation in Instagram itself."
            ),
        ),
        _lt(
            "Accounts of testers connect at once. For any other account every "
            "permission needs Advanced Access: that takes App Review and a verified "
            "business."
        ),
    ),
    "threads": SetupHelp(
        META_CONSOLE,
        (
            _lt("Create an app with the use case Access the Threads API."),
            _lt(
                "Paste the redirect URI in the settings of that use case, into "
                "Redirect Callback URLs. It must begin with https."
            ),
            _lt(
                "Copy the Threads app ID and the Threads app secret to this form. "
                "Those of the Facebook app are not accepted."
            ),
            _lt(
                "Add the accounts that you test with as Threads Testers, and accept "
                "the invitation in Threads itself."
            ),
        ),
        _lt(
            "Accounts of testers connect at once. For any other account the "
            "permissions need App Review and a verified business."
        ),
    ),
    "google": SetupHelp(
        "https://console.cloud.google.com/apis/credentials",
        (
            _lt("Create a project for this app alone."),
            _lt(
                "Enable the APIs that you use: YouTube Data API v3 for YouTube; My "
                "Business Account Management API and My Business Business Information "
                "API for Google Business."
            ),
            _lt(
                "Set up the consent screen and publish the app: while it is in "
                "Testing, every connection ends after 7 days."
            ),
            _lt("Create an OAuth client ID of the type Web application."),
            _lt("Paste the redirect URI there, under Authorized redirect URIs."),
            _lt(
                "Copy Client ID and Client secret to this form. The secret is shown "
                "only once."
            ),
        ),
        _lt(
            "YouTube's permissions are sensitive: without verification by Google "
            "people see a warning, and 100 of them can connect at most. Google "
            "Business needs an approved access request for the project; until then "
            "every call is refused."
        ),
    ),
    "linkedin": SetupHelp(
        "https://www.linkedin.com/developers/apps",
        (
            _lt("Create an app, tie it to your company page and have that verified."),
            _lt(
                "Request the products that you use: Sign In with LinkedIn using OpenID "
                "Connect and Share on LinkedIn for personal profiles, Community "
                "Management API for company pages."
            ),
            _lt(
                "Paste the redirect URI in the tab Auth, into Authorized redirect URLs "
                "for your app."
            ),
            _lt("Copy Client ID and Client Secret from the same tab to this form."),
            _lt(
                "Choose only the networks here whose product the app has: LinkedIn "
                "refuses the whole log-in for one permission that it was not given."
            ),
        ),
        _lt(
            "The products for personal profiles are given at once. The Community "
            "Management API is reviewed and takes a registered company. Refresh "
            "tokens, and with them a whole year without a log-in, are for approved "
            "apps."
        ),
    ),
    "x": SetupHelp(
        "https://console.x.com",
        (
            _lt("Create an app in a project and buy credits: X charges for each call."),
            _lt(
                "Set up user authentication with the type Web App, which is a "
                "confidential client, and permission to read and write."
            ),
            _lt("Paste the redirect URI there, into Callback URI / Redirect URL."),
            _lt(
                "Copy the OAuth 2.0 Client ID and Client Secret to this form, not the "
                "API key. The secret is shown only once."
            ),
            _lt(
                "Use an app for one Odoo only: a log-in of the same account elsewhere "
                "with this app ends the connection here."
            ),
        ),
        _lt("No review is needed; without credits every call is refused."),
    ),
    "tiktok": SetupHelp(
        "https://developers.tiktok.com/apps",
        (
            _lt("Connect an app and choose the platform Web."),
            _lt("Add the products Login Kit and Content Posting API."),
            _lt("Paste the redirect URI in the product Login Kit, under Web."),
            _lt(
                "Copy the Client key, which is the app ID here, and the Client secret "
                "to this form."
            ),
        ),
        _lt(
            "TikTok reviews the whole app, with a privacy policy and a video of the "
            "log-in; its sandbox works before that, for accounts that you name. Until "
            "an audit of Content Posting, posts stay private."
        ),
    ),
    "pinterest": SetupHelp(
        "https://developers.pinterest.com/apps/",
        (
            _lt("Log in with a business account and connect an app."),
            _lt("Wait until Trial access is given."),
            _lt("Paste the redirect URI in the app's settings, into Redirect URIs."),
            _lt("Copy App ID and App secret key to this form."),
        ),
        _lt(
            "With Trial access, what is published is seen by its author alone. "
            "Standard access takes a video of the whole log-in."
        ),
    ),
    "oauth2": SetupHelp(
        "",
        (
            _lt(
                "Register a client at the server, for the authorization code grant; a "
                "confidential one if it can be."
            ),
            _lt("Register the redirect URI there."),
            _lt("Copy the client's ID and secret to this form."),
            _lt(
                "Enter the addresses and the permissions that its documentation names, "
                "below. Many servers list them at /.well-known/openid-configuration."
            ),
            _lt(
                "Ask for offline_access, or what the server calls it, so that it gives "
                "a refresh token; without one somebody logs in each time."
            ),
            _lt(
                "Enter where the server says whose token it is, and where in that "
                "answer ID and name are found."
            ),
        ),
        _lt("Whether permissions must be approved, the server's operator knows."),
    ),
}

# scope -> (what it unlocks, whether somebody must approve it first)
SCOPES = {
    "pages_show_list": (_lt("Lists the pages that a person manages."), True),
    "pages_messaging": (_lt("Receives and answers messages in Messenger."), True),
    "pages_read_engagement": (_lt("Reads posts and followers of a page."), True),
    "pages_manage_metadata": (_lt("Has the network tell us of new events."), True),
    "business_management": (_lt("Lists pages that a business owns."), True),
    "instagram_basic": (_lt("Finds the Instagram account of a page."), True),
    "instagram_manage_messages": (
        _lt("Receives and answers messages on Instagram."),
        True,
    ),
    "instagram_business_basic": (_lt("Reads the Instagram account."), True),
    "instagram_business_manage_messages": (
        _lt("Receives and answers messages on Instagram."),
        True,
    ),
    "threads_basic": (_lt("Reads the Threads account."), True),
    "threads_read_replies": (_lt("Reads replies on Threads."), True),
    "threads_manage_replies": (_lt("Answers and hides replies on Threads."), True),
    "openid": (_lt("Tells who logged in."), False),
    "email": (_lt("Tells the address of who logged in."), False),
    "profile": (_lt("Tells name and picture of who logged in."), False),
    "offline_access": (_lt("Keeps the connection without a new log-in."), False),
    GOOGLE + "youtube.readonly": (_lt("Finds the YouTube channel."), True),
    GOOGLE + "youtube.upload": (_lt("Uploads videos."), True),
    GOOGLE + "youtube.force-ssl": (_lt("Reads and answers comments."), True),
    GOOGLE + "business.manage": (
        _lt("Lists business locations, reads and answers reviews."),
        True,
    ),
    "r_basicprofile": (_lt("Tells who logged in."), True),
    "rw_organization_admin": (_lt("Lists company pages and their roles."), True),
    "r_organization_admin": (_lt("Lists company pages and their roles."), True),
    "w_organization_social": (_lt("Posts and comments as a company page."), True),
    "r_organization_social": (_lt("Reads posts and comments of a page."), True),
    "w_member_social": (_lt("Posts and comments as the member."), False),
    "tweet.read": (_lt("Reads posts; nothing works without it."), False),
    "users.read": (_lt("Reads the account that logged in."), False),
    "offline.access": (_lt("Keeps the connection without a new log-in."), False),
    "tweet.write": (_lt("Posts and answers."), False),
    "media.write": (_lt("Uploads pictures and videos."), False),
    "user.info.basic": (_lt("Reads the account's name and picture."), True),
    "user.info.profile": (_lt("Reads the account's handle."), True),
    "video.upload": (_lt("Sends videos as drafts."), True),
    "video.publish": (_lt("Publishes videos."), True),
    "user_accounts:read": (_lt("Reads the account."), True),
    "boards:read": (_lt("Lists boards."), True),
    "boards:write": (_lt("Creates and changes boards."), True),
    "pins:read": (_lt("Reads pins."), True),
    "pins:write": (_lt("Creates and changes pins."), True),
}
UNKNOWN_SCOPE = (_lt("Known to the network; look there what it is for."), None)
