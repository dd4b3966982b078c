"""Cursor paging as documented: ``data``, ``paging.cursors``, ``paging.next``."""

import base64
import binascii
from urllib.parse import urlencode

from . import errors

DEFAULT_LIMIT, LARGEST_LIMIT = 25, 100


def paginate(call, items, render):
    """Return one page of ``items``; ``next`` and ``previous`` are absolute addresses.

    They carry the access token as the real ones do, and no ``appsecret_proof``.
    """
    limit = read_limit(call.params.get("limit"))
    start = 0
    if "after" in call.params:
        start = read_cursor(call.params["after"]) + 1
    elif "before" in call.params:
        start = max(0, read_cursor(call.params["before"]) - limit)
    chosen = items[start : start + limit]
    if not chosen:
        return {"data": []}
    end = start + len(chosen)
    paging = {"cursors": {"before": make_cursor(start), "after": make_cursor(end - 1)}}
    if end < len(items):
        paging["next"] = address(call, limit, after=paging["cursors"]["after"])
    if start:
        paging["previous"] = address(call, limit, before=paging["cursors"]["before"])
    return {"data": [render(item) for item in chosen], "paging": paging}


def read_limit(text):
    if text is None:
        return DEFAULT_LIMIT
    if not text.isdecimal() or int(text) == 0:
        raise errors.bad_parameter("Param limit must be a positive integer")
    return min(int(text), LARGEST_LIMIT)


def make_cursor(index):
    return base64.urlsafe_b64encode(f"cursor:{index}".encode()).decode()


def read_cursor(text):
    try:
        return int(base64.urlsafe_b64decode(text).decode().removeprefix("cursor:"))
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise errors.bad_parameter("Invalid cursor") from None


def address(call, limit, **cursor):
    kept = {key: value for key, value in call.params.items() if key == "fields"}
    query = {"access_token": call.token.value, **kept, "limit": limit, **cursor}
    return f"{call.request.base_url}?{urlencode(query)}"
