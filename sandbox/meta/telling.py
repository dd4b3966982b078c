"""What Meta tells an app: webhooks, deauthorisation, data deletion.

"Webhooks", "Webhooks - Messenger Platform", "Data Deletion Request Callback".
"""

import secrets
from urllib.parse import urlencode

from ..courier import send
from ..signing import hub_signed, signed_request

CHALLENGE = "1158201444"


def handshake(app):
    """Ask the webhook's address; return status and text of the answer."""
    query = urlencode(
        {
            "hub.mode": "subscribe",
            "hub.challenge": CHALLENGE,
            "hub.verify_token": app.verify_token,
        }
    )
    return send(f"{app.webhook_url}?{query}")


def request_of(network, app, person_key, **more):
    return {
        "user_id": network.scoped_id(app.client_id, person_key),
        "issued_at": network.told_at,
    } | more


def deauthorized(network, app, person_key):
    data = request_of(network, app, person_key)
    return network.tell(app, "deauthorize", signed_request, data, app.deauthorize_url)


def deletion(network, app, person_key):
    data = request_of(network, app, person_key)
    return network.tell(app, "deletion", signed_request, data, app.deletion_url)


def page_removed(network, app, page):
    """A page puts the app out: seen in the field, with a user of 0."""
    data = {"profile_id": page.id, "user_id": "0", "issued_at": network.told_at}
    return network.tell(app, "page_removed", signed_request, data, app.deauthorize_url)


def changed(network, grant, scopes, targets):
    """Tell which permissions were taken back, or for which pages and accounts."""
    changes = [{"field": scope, "value": {"verb": "revoked"}} for scope in scopes]
    if targets:
        value = {"verb": "revoked", "target_ids": targets}
        changes.append({"field": "pages_show_list", "value": value})
    uid = network.scoped_id(grant.app_id, grant.person)
    entry = {"id": uid, "uid": uid, "time": network.told_at, "changes": changes}
    data = {"object": "permissions", "entry": [entry]}
    return network.tell(network.apps[grant.app_id], "permissions", hub_signed, data)


def message(network, app, page, text, kind="messenger", story=""):
    """Somebody writes to a page, or to its Instagram account.

    :param story: ``mention`` or ``reply`` for what has to do with a story
    """
    to = page.instagram if kind == "instagram" else page.id
    written = {"mid": f"m_{secrets.token_urlsafe(12)}", "text": text}
    if story == "reply":
        written["reply_to"] = {"story": {"url": "https://story.example", "id": "1"}}
    if story == "mention":
        written["attachments"] = [
            {"type": "story_mention", "payload": {"url": "https://story.example"}}
        ]
    at = network.told_at * 1000
    event = {
        "sender": {"id": "7700000000000001"},
        "recipient": {"id": to},
        "timestamp": at,
        "message": written,
    }
    data = {
        "object": "instagram" if kind == "instagram" else "page",
        "entry": [{"id": to, "time": at, "messaging": [event]}],
    }
    return network.tell(app, f"message {kind}", hub_signed, data)


def comment(network, app, page, text):
    value = {"item": "comment", "verb": "add", "message": text}
    value |= {"comment_id": f"{page.id}_{secrets.token_hex(4)}"}
    change = {"field": "feed", "value": value}
    entry = {"id": page.id, "time": network.told_at, "changes": [change]}
    data = {"object": "page", "entry": [entry]}
    return network.tell(app, "comment", hub_signed, data)


# --- by hand


def _person(network, data):
    return network.world.person(str(data.need("person"))).key


def _message(network, app, data):
    page = network.page(data.need("page"))
    kind, story = data.take("kind", "messenger"), data.take("story", "")
    return message(network, app, page, data.take("text", "Hello"), kind, story)


SIGNALS = {
    "deauthorize": lambda network, app, data: deauthorized(
        network, app, _person(network, data)
    ),
    "deletion": lambda network, app, data: deletion(
        network, app, _person(network, data)
    ),
    "page_removed": lambda network, app, data: page_removed(
        network, app, network.page(data.need("page"))
    ),
    "message": _message,
    "comment": lambda network, app, data: comment(
        network, app, network.page(data.need("page")), data.take("text", "Nice")
    ),
}
