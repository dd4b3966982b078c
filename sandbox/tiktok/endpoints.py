"""``oauth/token``, ``oauth/revoke`` and ``user/info``.

Sources: "Manage User Access Tokens", "Get User Info", "OAuth errors", "API v2 errors",
"Rate limits". Where the slash at the end is missing there is nothing.
"""

import hashlib
from urllib.parse import urljoin

from ..oauth import OAuthError, bearer_token, json_answer, same
from ..rotating.model import DeadToken
from .errors import LOG_ID, ApiError, envelope

# field of ``user/info`` -> the scope that it needs
FIELDS = {
    "open_id": "user.info.basic",
    "union_id": "user.info.basic",
    "avatar_url": "user.info.basic",
    "display_name": "user.info.basic",
    "username": "user.info.profile",
    "profile_deep_link": "user.info.profile",
    "is_verified": "user.info.profile",
    "follower_count": "user.info.stats",
}


def token(network, request):
    """Serve the two grants, by POST of a form only."""
    return told(network, lambda: serve_token(network, request.form))


def told(network, call):
    """Return a good answer, or a refusal with what TikTok adds to it."""
    try:
        return json_answer(call())
    except OAuthError as error:
        status = 200 if network.settings["errors_as_200"] else error.status
        raise OAuthError(
            error.error, error.description, status, log_id=LOG_ID
        ) from None


def serve_token(network, form):
    app = authenticate(network, form)
    serve = GRANTS.get(form.get("grant_type", ""))
    if not serve:
        raise OAuthError("unsupported_grant_type", "Grant type is not supported.")
    try:
        return serve(network, app, form)
    except DeadToken:
        raise OAuthError("invalid_grant", "It is invalid or expired.") from None


def authenticate(network, form):
    """Return the client: its key and secret are in the body."""
    if "client_key" not in form or "client_secret" not in form:
        raise OAuthError("invalid_request", "The request parameters are malformed.")
    app = network.apps.get(form["client_key"])
    if app is None or not same(form["client_secret"], app.client_secret):
        raise OAuthError("invalid_client", "Client key or secret is incorrect.", 401)
    if app.blocked:
        raise OAuthError("unauthorized_client", "The app is disabled.", 403)
    return app


def exchange_code(network, app, form):
    code = network.find_code(app, form)
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).hexdigest()
    if code.challenge and not same(digest, code.challenge):
        raise DeadToken()
    grant = network.use_code(code)
    return answer(network, grant, network.issue_refresh_token(grant))


def refresh(network, app, form):
    """Return the next tokens; whether the second clock starts anew is a setting."""
    if not form.get("refresh_token"):
        raise OAuthError("invalid_request", "The request parameters are malformed.")
    used = network.spend_refresh_token(app.client_id, form["refresh_token"])
    if not network.settings["refresh_gives_token"]:
        used.used = False
        return answer(network, used.grant, used)
    expires_at = None if network.settings["refresh_restarts"] else used.expires_at
    return answer(
        network, used.grant, network.issue_refresh_token(used.grant, expires_at)
    )


GRANTS = {"authorization_code": exchange_code, "refresh_token": refresh}


def answer(network, grant, refresh_token):
    """Return the body of a good answer; both lives are what is left of them."""
    access = network.issue_access_token(grant)
    return {
        "open_id": network.open_id(grant.app_id, grant.account),
        "scope": ",".join(grant.scopes),
        "access_token": access.value,
        "expires_in": access.expires_at - network.now,
        "refresh_token": refresh_token.value,
        "refresh_expires_in": refresh_token.expires_at - network.now,
        "token_type": "Bearer",
    }


def revoke(network, request):
    """End the grant of an access token; the answer to that is empty."""

    def end():
        app = authenticate(network, request.form)
        found = network.living_access_token(request.form.get("token", ""))
        if found is None or found.grant.app_id != app.client_id:
            raise OAuthError("invalid_grant", "Access token is invalid.")
        network.remove_grant(found.grant)
        return {}

    return told(network, end)


def user_info(network, request):
    """Serve the account whose token it is: the fields that its scopes allow."""
    found = network.living_access_token(bearer_token(request))
    if found is None:
        raise ApiError("access_token_invalid", 401)
    account, app = network.account(found.grant.account), found.grant.app_id
    if network.is_one_too_many(
        account.id,
        int(network.settings["calls"]),
        int(network.settings["window_seconds"]),
    ):
        raise ApiError("rate_limit_exceeded", 429)
    fields = [one for one in request.args.get("fields", "").split(",") if one]
    if not fields or set(fields) - set(FIELDS):
        raise ApiError("invalid_params", 400)
    if any(FIELDS[one] not in found.scopes for one in fields):
        raise ApiError("scope_not_authorized", 401)
    whole = {
        "open_id": network.open_id(app, account.id),
        "union_id": network.open_id("developer", account.id),
        "avatar_url": urljoin(request.host_url, f"/tiktok/picture/{account.id}.png"),
        "display_name": account.name,
        "username": account.username,
        "profile_deep_link": urljoin(request.host_url, f"/tiktok/@{account.username}"),
        "is_verified": False,
        "follower_count": account.followers,
    }
    return envelope({"user": {one: whole[one] for one in fields}})
