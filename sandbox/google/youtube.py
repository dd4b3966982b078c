"""The YouTube Data API, as far as a channel is found by it: ``channels.list``.

Source: YouTube Data API reference, ``channels.list`` and "Errors". A token stands for
the one channel that was chosen at the consent; without a channel ``items`` is absent.
"""

from urllib.parse import urljoin

from ..oauth import json_answer
from . import errors
from .apis import authenticate, paginate, read_size
from .errors import ApiError
from .permissions import READS_CHANNELS

PARTS = {"id", "snippet", "status", "statistics", "contentDetails", "brandingSettings"}
FILTERS = ("mine", "id", "forHandle", "forUsername", "managedByMe")
SIZES = {"default": 88, "medium": 240, "high": 800}


def channels(network, request):
    """Serve ``channels.list`` for one unit of quota, wrong calls included."""
    token = authenticate(network, request, "youtube", READS_CHANNELS)
    if not network.spend(token.app_id):
        raise errors.quota_spent()
    parts = check_parts(request.args)
    size = read_size(request.args.get("maxResults"), 5, 0, 50)
    rows = wanted(network, request.args, token)
    found, following = paginate(rows, size, request.args.get("pageToken"))
    answer = {
        "kind": "youtube#channelListResponse",
        "etag": "stand-in",
        "pageInfo": {"totalResults": len(rows), "resultsPerPage": size},
    }
    if following:
        answer["nextPageToken"] = following
    if found:
        answer["items"] = [render(one, parts, request) for one in found]
    return json_answer(answer)


def check_parts(args):
    parts = [part for part in args.get("part", "").split(",") if part]
    if not parts:
        raise errors.bad_argument("No part selected.", "missingRequiredParameter")
    unknown = set(parts) - PARTS
    if unknown:
        raise errors.bad_argument(f"{sorted(unknown)[0]}", "unknownPart")
    given = [name for name in FILTERS if name in args]
    if not given:
        raise errors.bad_argument(
            f"No filter selected. Expected one of: {', '.join(FILTERS)}",
            "missingRequiredParameter",
        )
    if len(given) > 1:
        raise errors.bad_argument(
            f"Incompatible parameters: {', '.join(given)}", "incompatibleParameters"
        )
    return parts


def wanted(network, args, token):
    """Return the channels that a call is about."""
    if "id" in args:
        return [
            network.channels[one]
            for one in args["id"].split(",")
            if one in network.channels and network.channels[one].state != "closed"
        ]
    if args.get("mine") != "true":
        raise ApiError(403, "Access forbidden.", reason="channelForbidden")
    mine = network.channels_of(token.grant.person)
    if network.settings["one_channel"]:
        # Who is no manager of the brand any more has nothing here.
        mine = [one for one in mine if one.id == token.channel]
    suspended = [one for one in mine if one.state == "suspended"]
    if suspended:
        raise ApiError(
            403,
            "The account of the authenticated user is suspended.",
            reason="authenticatedUserAccountSuspended",
        )
    mine = [one for one in mine if not one.state]
    if not mine and network.settings["no_channel"] == "signup":
        raise ApiError(
            401, "Unauthorized", reason="youtubeSignupRequired", domain="youtube.header"
        )
    return mine


def render(channel, parts, request):
    found = {"kind": "youtube#channel", "etag": "stand-in", "id": channel.id}
    if "snippet" in parts:
        url = urljoin(request.host_url, f"/google/picture/{channel.id}.png")
        found["snippet"] = {
            "title": channel.title,
            "description": "",
            "customUrl": channel.handle,
            "publishedAt": "2020-01-01T00:00:00Z",
            "thumbnails": {
                name: {"url": url, "width": size, "height": size}
                for name, size in SIZES.items()
            },
        }
    return found
