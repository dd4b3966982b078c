"""``/debug_token``: what a token is, for whom, until when, and why it is dead."""

from . import errors
from .errors import GraphError, graph_json
from .graph import Call
from .permissions import is_instagram_scope, is_page_scope


def debug_token(network, request, version):
    """Inspect ``input_token`` for an app token or a developer of the same app."""
    call = Call(network, request, version)
    return call.finish(lambda: graph_json({"data": inspect(call)}))


def inspect(call):
    call.authenticate()
    if call.token.kind != "APP" and call.token.person not in call.app.developers:
        raise errors.bad_parameter(
            "You must provide an app access token, or a user access token that is an "
            "owner or developer of the app"
        )
    value = call.params.get("input_token")
    if not value:
        raise errors.bad_parameter("The parameter input_token is required")
    try:
        token = call.network.find_token(value)
    except GraphError as refusal:
        return {"error": refusal.debug(), "is_valid": False, "scopes": []}
    if token.app_id != call.token.app_id:
        raise errors.bad_parameter(
            "The App_id in the input_token did not match the Viewing App"
        )
    return describe(call.network, token)


def describe(network, token):
    """Return the documented fields; ``expires_at`` 0 means no expiry."""
    data = {
        "app_id": token.app_id,
        "type": token.kind,
        "application": network.apps[token.app_id].name,
        "is_valid": True,
        "scopes": [],
    }
    if token.kind != "APP":
        data |= describe_grant(network, token)
    try:
        network.judge(token)
    except GraphError as refusal:
        data |= {"error": refusal.debug(), "is_valid": False}
    return data


def describe_grant(network, token):
    grant = token.grant
    data = {
        "user_id": network.scoped_id(token.app_id, token.person),
        "expires_at": token.expires_at,
        "data_access_expires_at": network.data_access_ends(grant),
    }
    if token.kind == "PAGE":
        data["profile_id"] = token.page
    else:
        data["issued_at"] = token.issued_at
    if token.metadata:
        data["metadata"] = token.metadata
    if network.grant(token.app_id, token.person) is grant:
        data["scopes"] = list(grant.scopes)
        data["granular_scopes"] = [
            granular(network, grant, scope) for scope in granular_names(grant)
        ]
    return data


def granular_names(grant):
    kinds = (
        is_page_scope,
        is_instagram_scope,
        lambda scope: scope == "business_management",
    )
    return [scope for scope in grant.scopes if any(kind(scope) for kind in kinds)]


def granular(network, grant, scope):
    """Return one entry; without ``target_ids`` it is not limited to chosen assets."""
    entry = {"scope": scope}
    if is_page_scope(scope) and not grant.all_pages:
        entry["target_ids"] = [
            page.id for page in network.pages_of(grant.person) if page.id in grant.pages
        ]
    if is_instagram_scope(scope) and not grant.all_instagram:
        accounts = network.instagram_of(grant.person)
        entry["target_ids"] = [
            account.id for account in accounts if account.id in grant.instagram
        ]
    return entry
