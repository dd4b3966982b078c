"""``accessToken``, ``introspectToken`` and ``revoke``.

Sources: "Authorization Code Flow", "Refresh Tokens with OAuth 2.0", "Token
Introspection". Client id and secret are in the body of a POST; HTTP Basic is not heard.
"""

from ..oauth import OAuthError, json_answer, same

DEAD_CODE = (
    "Unable to retrieve access token: appid/redirect uri/code verifier does not match "
    "authorization code. Or authorization code expired."
)
DEAD_REFRESH_TOKEN = (
    "The provided authorization grant or refresh token is invalid, expired or revoked."
)


def token(network, request):
    """Serve the two grants."""
    form = request.form
    app = authenticate(network, form)
    serve = GRANTS.get(form.get("grant_type", ""))
    if not serve:
        raise OAuthError("invalid_request", "The grant_type is not supported")
    return json_answer(serve(network, app, form))


def authenticate(network, form):
    """Return the client.

    :raise OAuthError: it is not accepted
    """
    for name in ("client_id", "client_secret"):
        if not form.get(name):
            raise OAuthError(
                "invalid_request", f'A required parameter "{name}" is missing'
            )
    app = network.apps.get(form["client_id"])
    if app is None or app.blocked or not same(form["client_secret"], app.client_secret):
        raise OAuthError("invalid_client", "Client authentication failed", 401)
    return app


def exchange_code(network, app, form):
    """Return the tokens of a code. The year of the refresh token starts here."""
    grant = network.take_code(app, form.get("code", ""), form.get("redirect_uri", ""))
    if grant is None:
        raise OAuthError("invalid_request", DEAD_CODE)
    refresh = None
    if network.settings["gives_refresh_token"]:
        life = network.settings["refresh_seconds"]
        refresh = network.issue_refresh_token(grant, life)
    return answer(network, grant, refresh)


def refresh(network, app, form):
    """Return a new access token, and the same refresh token with fewer days left."""
    found = network.refresh_token_of(app, form.get("refresh_token", ""))
    if found is None or not network.is_alive(found):
        raise OAuthError("invalid_request", DEAD_REFRESH_TOKEN)
    return answer(network, found.grant, found)


GRANTS = {"authorization_code": exchange_code, "refresh_token": refresh}


def answer(network, grant, refresh_token):
    life = int(network.settings["access_seconds"])
    if refresh_token:
        life = min(life, refresh_token.expires_at - network.now)
    access = network.issue_access_token(grant, life)
    body = {
        "access_token": access.value,
        "expires_in": life,
        "scope": " ".join(grant.scopes),
        "token_type": "Bearer",
    }
    if refresh_token:
        body["refresh_token"] = refresh_token.value
        body["refresh_token_expires_in"] = refresh_token.expires_at - network.now
    return body


def introspect(network, request):
    """Tell about an access token of this app."""
    app = authenticate(network, request.form)
    found = network.access_tokens.get(request.form.get("token", ""))
    if found is None or found.grant.app_id != app.client_id:
        return json_answer({"active": False})
    alive = network.is_alive(found)
    lapsed = found.expires_at <= network.now
    status = "active" if alive else "expired" if lapsed else "revoked"
    return json_answer(
        {
            "active": alive,
            "status": status,
            "client_id": app.client_id,
            "scope": ",".join(found.grant.scopes),
            "created_at": found.issued_at,
            "authorized_at": found.issued_at,
            "expires_at": found.expires_at,
            "auth_type": "3L",
        }
    )


def revoke(network, request):
    """End a grant by one of its tokens; nobody has documented this endpoint."""
    app = authenticate(network, request.form)
    value = request.form.get("token", "")
    found = network.access_tokens.get(value) or network.refresh_tokens.get(value)
    if found is None or found.grant.app_id != app.client_id:
        raise OAuthError("invalid_request", "Unknown token")
    if network.is_current(found.grant):
        del network.grants[found.grant.app_id, found.grant.person]
    return json_answer({})
