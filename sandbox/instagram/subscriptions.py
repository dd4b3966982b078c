"""``subscribed_apps``: what an account sends to an app.

Source: the edge of an Instagram user in Meta's own client library. That a field needs
the permission of its kind, and is refused with 10 without it, is this stand-in's guess.
"""

from ..apps import app_named
from ..extending import endpoints
from ..meta import errors
from ..meta.errors import graph_json

MESSAGES = "instagram_business_manage_messages"
COMMENTS = "instagram_business_manage_comments"
# What may be asked for, and the permission it needs.
FIELDS = dict.fromkeys(
    """
    messages message_reactions message_edit messaging_seen messaging_postbacks
    messaging_referral messaging_optins messaging_handover standby
    """.split(),
    MESSAGES,
) | dict.fromkeys("comments live_comments mentions story_insights".split(), COMMENTS)


def serve(network, request, version, node):
    """Serve the edge; the list of fields is replaced, never merged."""
    token, account = endpoints.find_node(network, request, version, node)
    key = token.grant.app_id, account.id
    return graph_json(METHODS[request.method](network, request, token, key))


def read(network, request, token, key):
    if key not in network.subscriptions:
        return {"data": []}
    app_id = network.settings["subscriber_id"] or key[0]
    fields = list(network.subscriptions[key])
    return {"data": [{"app_id": app_id, "subscribed_fields": fields}]}


def subscribe(network, request, token, key):
    asked = request.values.get("subscribed_fields", "")
    names = [name.strip() for name in asked.split(",") if name.strip()]
    if not names:
        raise errors.bad_parameter("The parameter subscribed_fields is required.")
    for index, name in enumerate(names):
        if name not in FIELDS:
            raise errors.bad_parameter(
                f"Param subscribed_fields[{index}] must be one of the known fields"
            )
        if FIELDS[name] not in token.grant.scopes:
            raise errors.scope_missing(FIELDS[name])
    network.subscriptions[key] = names
    return {"success": True}


def unsubscribe(network, request, token, key):
    network.subscriptions.pop(key, None)
    return {"success": True}


METHODS = {"GET": read, "POST": subscribe, "DELETE": unsubscribe}


def change(network, data):
    """Change what an account sends to an app; no ``subscribed_fields``: nothing."""
    app, account = app_named(network, data), network.account(data.need("account"))
    fields = data.names("subscribed_fields", [])
    data.finish()
    network.subscriptions.pop((app.client_id, account.id), None)
    if fields:
        network.subscriptions[app.client_id, account.id] = fields
    return {"subscribed_fields": fields}


def state(network):
    return [
        {"client_id": app_id, "account": account, "subscribed_fields": fields}
        for (app_id, account), fields in network.subscriptions.items()
    ]
