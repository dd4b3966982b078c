"""Names, limits and places that more than one file needs."""

from datetime import timedelta

CALLBACK_ROUTE = "/social/callback/<string:callback_key>"
CALLBACK_PATH = "/social/callback/{callback_key}"
WEBHOOK_ROUTE = "/social/webhook/<string:callback_key>"
WEBHOOK_PURPOSE_ROUTE = f"{WEBHOOK_ROUTE}/<any(deauthorize, deletion):purpose>"
WEBHOOK_PATH = "/social/webhook/{callback_key}"
DELETION_ROUTE = "/social/deletion/<string:code>"
DELETION_PATH = "/social/deletion/{code}"
AUTHORIZE_ROUTE = "/social/authorize/<int:request_id>"
AUTHORIZE_PATH = "/social/authorize/{request_id}"

# The one address that holds the token of a link; the clean one goes by a cookie.
LINK_ROUTE = "/social/link/<string:token>"
LINK_PATH = "/social/link/{token}"
CONNECTION_ROUTE = "/social/connection/<string:reference>"
CONNECTION_PATH = "/social/connection/{reference}"
ASK_SUFFIX = "/ask"
CALENDAR_ROUTE = "/social/calendar/<string:token>.ics"
CALENDAR_PATH = "/social/calendar/{token}.ics"

RENEW_ROUTE = "/social/renew/<int:profile_id>"
# Opens the dialog over the profile; nothing changes before its button is pressed.
TAKE_PATH = "/odoo/social-profiles/{profile_id}/social-take"
RENEW_PATH = "/social/renew/{profile_id}"
# Below the list of profiles, so that the web client knows in which app it is.
WIZARD_PATH = "/odoo/social-profiles/social-renewal/{wizard_id}"
QUEUE_PATH = "/odoo/social-profiles/social-queues/{queue_id}"
ATTEMPT_PATH = "/odoo/social-profiles/social-attempts/{request_id}"
PROFILES_PATH = "/odoo/social-profiles"

# One cookie a request, so that two tabs do not overwrite each other's binding.
BINDING_COOKIE = "social_binding_{request_id}"
LINK_COOKIE = "social_link_{reference}"

REQUEST_LIFE = timedelta(minutes=10)
REQUEST_KEPT = timedelta(days=30)
OPEN_REQUESTS_PER_USER = 20
OPEN_REQUESTS_PER_LINK = 5

LINK_DAYS = 7
LINK_DAYS_MOST = 90
# What nobody decided on so long after a link's end is forgotten.
HELD_KEPT = timedelta(days=30)
# Tokens that no link has, within the window: from one address, and from all.
GUESS_WINDOW = timedelta(minutes=10)
GUESSES_PER_SOURCE = 20
GUESSES_IN_ALL = 1000

# In Odoo's data folder, outside of its filestore: no backup of Odoo's has it.
DATA_FOLDER = "social_token_manager"
KEY_FILE_VARIABLE = "SOCIAL_TOKEN_MANAGER_KEY_FILE"
KEY_FILE_OPTION = "social_token_manager_key_file"
DEV_HOSTS_VARIABLE = "SOCIAL_TOKEN_MANAGER_DEV_HOSTS"
DEV_HOSTS_OPTION = "social_token_manager_dev_hosts"

# Form inputs that carry a typed secret, and what shows a new one; whatever logs RPC
# arguments must hide them.
SECRET_INPUTS = (
    "client_secret_input",
    "webhook_secret_input",
    "link_address",
    "address_input",
    "signing_secret",
    "feed_address",
)

# How many calls one turn of a scheduled action makes at once, and how many of them may
# be under way at one host. Of an app it is the app's own limit.
IN_FLIGHT = 16
HOST_LIMIT = 8
CALL_LIMIT = 4
CHECK_BUDGET = 100
# Longer than all calls of a refresh together may take.
LEASE = timedelta(minutes=2)

# When a check is looked for again whose answer a crash may have lost.
CHECK_PAUSE = timedelta(minutes=15)

# The largest delivery that is looked at: Meta sends at most 1000 updates in one.
WEBHOOK_BYTES = 256 * 1024
# Longer than any network sends a signal again, and than a late one is believed.
SIGNAL_KEPT = timedelta(days=30)
DELETION_KEPT = timedelta(days=366)
# How often the networks are asked whether they still send messages.
SUBSCRIPTION_PAUSE = timedelta(days=1)

# How many messages to chats and other systems are under way at once.
POSTS_AT_ONCE = 8
OUTBOX_KEPT = timedelta(days=30)

# How long a calendar keeps what it was given.
CALENDAR_SECONDS = 15 * 60
