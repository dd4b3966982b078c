"""The member (``/v2``) and the pages (``/rest``).

Sources: "Sign In with LinkedIn using OpenID Connect", "Organization Access Control by
Role", "Organization Lookup", "Versioning".
"""

import re

from ..oauth import bearer_token, json_answer
from . import errors, seed
from .errors import ApiError

ADMIN_SCOPES = ("r_organization_admin", "rw_organization_admin")
LONGEST_PAGE = 100
BATCH = re.compile(r"List\((\d+(?:,\d+)*)\)")


def authenticate(network, request, what, scopes):
    """Return the living token of a call.

    :param scopes: any of them will do
    :raise ApiError: no token, a dead one, or no such permission
    """
    token = network.access_tokens.get(bearer_token(request))
    if token is None:
        raise errors.invalid_token()
    if token.expires_at <= network.now:
        raise errors.expired_token()
    token.uses += 1
    if not network.is_alive(token) or token.uses <= network.settings["settling_calls"]:
        raise errors.revoked_token()
    if network.apps[token.grant.app_id].blocked or not set(scopes) & set(
        token.grant.scopes
    ):
        raise errors.not_permitted(what)
    return token


def check_version(network, request):
    """Pass a call that names a living version and the protocol of batches.

    :raise ApiError: there is no default
    """
    version = request.headers.get("LinkedIn-Version")
    if not version:
        raise ApiError(400, "A version must be present", code="VERSION_MISSING")
    if version not in network.settings["versions"]:
        message = f"Requested version {version} is not active"
        raise ApiError(426, message, code="NONEXISTENT_VERSION")
    if request.headers.get("X-Restli-Protocol-Version") != "2.0.0":
        raise ApiError(400, "Invalid protocol version", code="ILLEGAL_ARGUMENT")


def userinfo(network, request):
    """Serve who it is, by OpenID Connect."""
    token = authenticate(network, request, "userinfo.GET", ["openid"])
    person = network.world.people[token.grant.person]
    body = {"sub": seed.member_id(person.key)}
    if "profile" in token.grant.scopes:
        body["name"] = person.name
        body["picture"] = f"{request.host_url}linkedin/picture/{person.key}.png"
    if "email" in token.grant.scopes:
        body["email"] = person.email
    return json_answer(body)


def me(network, request):
    """Serve who it is, as before OpenID Connect."""
    token = authenticate(network, request, "me.GET", ["r_basicprofile"])
    person = network.world.people[token.grant.person]
    first, _space, last = person.name.partition(" ")
    return json_answer(
        {
            "id": seed.member_id(person.key),
            "localizedFirstName": first,
            "localizedLastName": last,
            "vanityName": person.key,
        }
    )


def organization_acls(network, request):
    """Serve the roles of the caller, or of a page to its administrators."""
    check_version(network, request)
    token = authenticate(network, request, "organizationAcls.FINDER", ADMIN_SCOPES)
    finders = {"roleAssignee": rows_of_caller, "organization": rows_of_page}
    find = finders.get(request.args.get("q", ""))
    if not find:
        raise ApiError(400, "Unknown finder", code="ILLEGAL_ARGUMENT")
    rows = find(network, request, token)
    for name in ("role", "state"):
        wanted = request.args.get(name)
        rows = [row for row in rows if wanted in (None, row[name])]
    start, count = read_paging(request.args)
    return json_answer(
        {
            "elements": rows[start : start + count],
            "paging": {
                "start": start,
                "count": count,
                "total": len(rows),
                "links": [],
            },
        }
    )


def read_paging(args):
    start, count = args.get("start", "0"), args.get("count", "10")
    if not (start.isdecimal() and count.isdecimal()):
        raise ApiError(400, "Invalid paging", code="ILLEGAL_ARGUMENT")
    return int(start), min(int(count), LONGEST_PAGE)


def rows_of_caller(network, request, token):
    return [
        row(page, token.grant.person, role, state)
        for page in network.organizations.values()
        for role, state in page.roles.get(token.grant.person, {}).items()
    ]


def rows_of_page(network, request, token):
    urn = request.args.get("organization", "")
    page = network.organizations.get(urn.removeprefix("urn:li:organization:"))
    held = page.roles.get(token.grant.person, {}) if page else {}
    if held.get("ADMINISTRATOR") != "APPROVED":
        raise errors.not_permitted("organizationAcls.FINDER-organization")
    return [
        row(page, person, role, state)
        for person, roles in page.roles.items()
        for role, state in roles.items()
    ]


def row(page, person, role, state):
    return {
        "organization": f"urn:li:organization:{page.id}",
        "role": role,
        "roleAssignee": f"urn:li:person:{seed.member_id(person)}",
        "state": state,
    }


def organizations_lookup(network, request):
    """Serve names of pages in a batch; its signs must not be encoded."""
    check_version(network, request)
    authenticate(network, request, "organizations.BATCH_GET", ADMIN_SCOPES)
    _ids, _equals, raw = request.query_string.decode().partition("ids=")
    batch = BATCH.fullmatch(raw.partition("&")[0])
    if not batch:
        raise ApiError(400, "Invalid query parameters: ids", code="ILLEGAL_ARGUMENT")
    ids = batch[1].split(",")
    found = {
        key: network.organizations[key] for key in ids if key in network.organizations
    }
    return json_answer(
        {
            "results": {key: names(page) for key, page in found.items()},
            "statuses": {key: 200 if key in found else 404 for key in ids},
            "errors": {},
        }
    )


def names(page):
    return {
        "id": int(page.id),
        "localizedName": page.name,
        "vanityName": page.handle,
        "primaryOrganizationType": "NONE",
    }
