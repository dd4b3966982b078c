"""What the APIs share: who calls, with which right, and one page of a list."""

import base64
import binascii

from ..oauth import bearer_token
from . import errors


def authenticate(network, request, service, scopes, reason=True):
    """Return the living access token of a call.

    :param scopes: any of them will do
    :param reason: whether the API tells YouTube's reasons
    :raise ApiError: no token, a dead one, the API off, no such permission
    """
    value = bearer_token(request) or request.args.get("access_token", "")
    token = network.living_access_token(value)
    if token is None:
        raise errors.not_authenticated("authError" if reason else "")
    project = network.project_of(token.app_id)
    if service not in project.apis or network.apps[token.app_id].blocked:
        raise errors.api_off(service, "accessNotConfigured" if reason else "")
    if not set(scopes) & set(token.scopes):
        raise errors.scope_missing(service, "insufficientPermissions" if reason else "")
    return token


def paginate(rows, size, page_token):
    """Return one page of rows and the token of the next one, None at the end.

    :raise ApiError: the token is none of ours
    """
    start = _read(page_token) if page_token else 0
    end = start + size
    return rows[start:end], _write(end) if end < len(rows) else None


def read_size(text, default, smallest, largest):
    """Return the asked size of a page.

    :raise ApiError: it is no number, or outside of what is allowed
    """
    if text is None:
        return default
    if not text.isdecimal() or not smallest <= int(text) <= largest:
        raise errors.bad_argument("Request contains an invalid argument.")
    return int(text)


def _write(start):
    return base64.urlsafe_b64encode(f"page:{start}".encode()).decode()


def _read(text):
    try:
        found = base64.urlsafe_b64decode(text).decode()
        return int(found.removeprefix("page:"))
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise errors.bad_argument(
            "Request contains an invalid argument.", "invalidPageToken"
        ) from None
