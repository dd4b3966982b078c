"""``oauth2/token``, ``oauth2/revoke`` and ``users/me``.

Sources: "OAuth 2.0 Authorization Code Flow with PKCE", "Rate limits", the OpenAPI
description of ``GET /2/users/me``.
"""

from urllib.parse import urljoin

from ..oauth import (
    OAuthError,
    basic_credentials,
    bearer_token,
    json_answer,
    same,
    verifier_fits,
)
from ..rotating.model import DeadToken
from . import errors

OFFLINE = "offline.access"
NEEDED = {"tweet.read", "users.read"}
FIELDS = {
    "id",
    "name",
    "username",
    "profile_image_url",
    "protected",
    "verified",
    "verified_type",
    "subscription_type",
}


def token(network, request):
    """Serve the two grants, by POST of a form only."""
    app = authenticate(network, request)
    form = request.form
    serve = GRANTS.get(form.get("grant_type", ""))
    if not serve:
        raise OAuthError("unsupported_grant_type", "Invalid grant_type.")
    try:
        return json_answer(serve(network, app, form))
    except DeadToken:
        raise dead_token(network, form) from None


def authenticate(network, request):
    """Return the client: a confidential one by HTTP Basic, a public one by its id.

    :raise OAuthError: not so, or not right
    """
    given = basic_credentials(request)
    client_id = given[0] if given else request.form.get("client_id", "")
    app = network.apps.get(client_id)
    public = network.kind_of(client_id) == "public"
    if given is None and not public:
        raise OAuthError(
            "unauthorized_client", "Missing valid authorization header", 401
        )
    if app is None or (given and not same(given[1], app.client_secret)):
        raise OAuthError("unauthorized_client", "Invalid client", 401)
    if public and given:
        raise OAuthError("unauthorized_client", "Public clients have no secret", 401)
    if app.blocked:
        raise errors.not_enrolled(app.client_id)
    return app


def need(form, *names):
    for name in names:
        if not form.get(name):
            raise OAuthError("invalid_request", f"Missing required parameter [{name}].")


def dead_token(network, form):
    """Return X's refusal of a code or a token, which names no cause."""
    what = "token" if "refresh_token" in form else "authorization code"
    error = network.settings["dead_token_error"]
    return OAuthError(error, f"Value passed for the {what} was invalid.")


def exchange_code(network, app, form):
    need(form, "code", "redirect_uri", "code_verifier")
    code = network.find_code(app, form)
    fits = verifier_fits(code.challenge, code.challenge_method, form["code_verifier"])
    if not fits:
        raise DeadToken()
    return answer(network, network.use_code(code))


def refresh(network, app, form):
    need(form, "refresh_token")
    used = network.spend_refresh_token(app.client_id, form["refresh_token"])
    return answer(network, used.grant)


GRANTS = {"authorization_code": exchange_code, "refresh_token": refresh}


def answer(network, grant):
    """Return the body of a good answer; it does not tell a refresh token's life."""
    access = network.issue_access_token(grant)
    body = {
        "token_type": "bearer",
        "expires_in": access.expires_at - network.now,
        "access_token": access.value,
        "scope": " ".join(grant.scopes),
    }
    if OFFLINE in grant.scopes:
        body["refresh_token"] = network.issue_refresh_token(grant).value
    return body


def revoke(network, request):
    """End one token, or both (``revokes_both``); an unknown one is fine (RFC 7009)."""
    app = authenticate(network, request)
    need(request.form, "token")
    value = request.form["token"]
    found = network.access_tokens.get(value) or network.refresh_tokens.get(value)
    if found and found.grant.app_id == app.client_id:
        if network.settings["revokes_both"]:
            network.remove_grant(found.grant)
        found.expires_at = network.now - 1
    return json_answer({"revoked": True})


def users_me(network, request):
    """Serve the account whose token it is, for a price and within a limit."""
    found = network.living_access_token(bearer_token(request))
    if found is None:
        raise errors.unauthorized()
    app, account = (
        network.apps[found.grant.app_id],
        network.account(found.grant.account),
    )
    if app.blocked:
        raise errors.not_enrolled(app.client_id)
    limits = spend(network, account)
    if account.held:
        raise errors.forbidden(
            "Your account is suspended and is not permitted to access this feature."
        )
    if not set(found.scopes) >= NEEDED:
        raise errors.forbidden()
    fields = {one for one in request.args.get("user.fields", "").split(",") if one}
    if fields - FIELDS:
        raise errors.Problem(400, "Invalid Request", "invalid-request")
    response = json_answer({"data": render(account, fields, request)})
    response.headers.update(limits)
    return response


def spend(network, account):
    """Count a call; return the headers that tell about the limit.

    :raise Problem: the limit or the credits are used up
    """
    limit, window = (int(network.settings[key]) for key in ("calls", "window_seconds"))
    over = network.is_one_too_many(account.id, limit, window)
    _started, calls = network.spent[account.id]
    headers = {
        "x-rate-limit-limit": str(limit),
        "x-rate-limit-remaining": str(max(limit - calls, 0)),
        "x-rate-limit-reset": str((network.now // window + 1) * window),
    }
    if over:
        raise errors.Problem(429, "Too Many Requests", headers=headers)
    if network.settings["credits"] <= 0:
        raise errors.no_credits()
    network.settings["credits"] -= 1
    return headers


def render(account, fields, request):
    whole = {
        "id": account.id,
        "name": account.name,
        "username": account.username,
        "profile_image_url": urljoin(request.host_url, f"/x/picture/{account.id}.png"),
        "protected": account.private,
        "verified": False,
        "verified_type": "none",
        "subscription_type": "None",
    }
    return {key: whole[key] for key in ("id", "name", "username", *sorted(fields))}
