"""The Business Profile APIs, as far as a location is found by them.

Sources: the discovery document of the account management API, and
``accounts.locations.list`` of the business information API (``readMask`` is
compulsory). Empty lists are absent, as in every answer made from protocol buffers.
"""

from ..oauth import json_answer
from . import errors
from .apis import authenticate, paginate, read_size
from .errors import ApiError
from .permissions import MANAGES_BUSINESS

ACCOUNTS = "mybusinessaccountmanagement"
LOCATIONS = "mybusinessbusinessinformation"
LEVELS = {"PRIMARY_OWNER": "OWNER_LEVEL", "OWNER": "OWNER_LEVEL"}
MASKS = {"name", "title", "storefrontAddress", "metadata", "storeCode", "websiteUri"}


def accounts(network, request):
    """Serve ``accounts.list``: what the person has a role in."""
    token = enter(network, request, ACCOUNTS)
    size = read_size(request.args.get("pageSize"), 20, 2, 20)
    rows = network.accounts_of(token.grant.person)
    found, following = paginate(rows, size, request.args.get("pageToken"))
    return listing(
        "accounts",
        [render_account(one, token.grant.person) for one in found],
        following,
    )


def locations(network, request, account_id):
    """Serve ``accounts.locations.list`` of one account."""
    token = enter(network, request, LOCATIONS)
    mask = read_mask(request.args)
    size = read_size(request.args.get("pageSize"), 10, 1, 100)
    account = network.accounts.get(account_id)
    if account is None:
        raise errors.not_found()
    if token.grant.person not in account.roles:
        raise ApiError(403, "The caller does not have permission")
    rows = network.locations_of(account_id)
    found, following = paginate(rows, size, request.args.get("pageToken"))
    rendered = [render_location(one, mask) for one in found]
    return listing("locations", rendered, following, totalSize=len(rows))


def enter(network, request, service):
    token = authenticate(network, request, service, [MANAGES_BUSINESS], reason=False)
    if not network.project_of(token.app_id).approved:
        raise errors.not_approved(service)
    return token


def read_mask(args):
    mask = {one for one in args.get("readMask", "").split(",") if one}
    if not mask or mask - MASKS:
        raise errors.bad_argument("Request contains an invalid argument.")
    return mask


def listing(name, rows, following, **more):
    answer = {name: rows, **more} if rows else {}
    return json_answer(answer | ({"nextPageToken": following} if following else {}))


def render_account(account, person_key):
    role = account.roles[person_key]
    return {
        "name": f"accounts/{account.id}",
        "accountName": account.name,
        "type": account.type,
        "role": role,
        "permissionLevel": LEVELS.get(role, "MEMBER_LEVEL"),
        "verificationState": "UNVERIFIED",
    }


def render_location(location, mask):
    whole = {
        "name": f"locations/{location.id}",
        "title": location.title,
        "storefrontAddress": {
            "regionCode": "BR",
            "locality": location.city,
            "addressLines": [location.street],
        },
        "metadata": {"placeId": f"place-{location.id}", "hasVoiceOfMerchant": True},
    }
    return {key: value for key, value in whole.items() if key in mask}
