"""``/token``, ``/revoke`` and ``/tokeninfo``.

Sources: "OAuth 2.0 for Web Server Applications" (exchange, refresh, revocation), RFC
6749 sections 4.1.3 and 6; the questions to ``tokeninfo`` are those of Google's own
client library for Node.js.
"""

from ..oauth import OAuthError, bearer_token, json_answer, same, verifier_fits
from .permissions import reported


def token(network, request):
    """Serve the two grants, by POST with a form only."""
    form = request.form
    if any(len(form.getlist(name)) > 1 for name in form):
        raise OAuthError("invalid_request", "Parameters can only have a single value.")
    if not form:
        raise OAuthError("invalid_request", "Required parameter is missing: grant_type")
    app = authenticate(network, form)
    serve = GRANTS.get(form.get("grant_type", ""))
    if not serve:
        raise OAuthError(
            "unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type')}"
        )
    return json_answer(serve(network, app, form))


def authenticate(network, form):
    """Return the client; its id and secret are in the body.

    :raise OAuthError: the client is not accepted
    """
    app = network.apps.get(form.get("client_id", ""))
    if app is None:
        raise OAuthError("invalid_client", "The OAuth client was not found.", 401)
    if app.client_id in network.deleted_clients:
        raise OAuthError("deleted_client", "The OAuth client was deleted.", 401)
    if app.blocked:
        raise OAuthError("disabled_client", "The OAuth client was disabled.", 401)
    if "client_secret" not in form:
        raise OAuthError("invalid_request", "client_secret is missing.")
    if not same(form["client_secret"], app.client_secret):
        raise OAuthError("invalid_client", "Unauthorized", 401)
    return app


def exchange_code(network, app, form):
    """Return the tokens of an authorization code."""
    code = network.codes.get(form.get("code", ""))
    if code is None:
        raise OAuthError("invalid_grant", "Malformed auth code.")
    if code.app_id != app.client_id:
        raise OAuthError("unauthorized_client", "Unauthorized", 401)
    if form.get("redirect_uri", "") != code.redirect_uri:
        raise OAuthError("redirect_uri_mismatch", "Bad Request")
    if not verifier_fits(
        code.challenge, code.challenge_method, form.get("code_verifier", "")
    ):
        raise OAuthError("invalid_grant", "Invalid code verifier.")
    grant = code.given["grant"]
    if code.used or code.expires_at <= network.now or not network.is_current(grant):
        raise OAuthError("invalid_grant", "Bad Request")
    code.used = True
    given = (app.client_id, grant, code.given["scopes"], code.given["channel"])
    refresh = (
        network.issue_refresh_token(*given) if code.given["refresh_token"] else None
    )
    access = network.issue_access_token(*given, parent=refresh)
    return network.token_answer(access, refresh)


def refresh(network, app, form):
    """Return a new access token; the refresh token stays and is not sent again."""
    if not form.get("refresh_token"):
        raise OAuthError("invalid_request", "Missing required parameter: refresh_token")
    found = network.refresh_tokens.get(form["refresh_token"])
    if found is None:
        raise OAuthError("invalid_grant", "Bad Request")
    if found.app_id != app.client_id:
        raise OAuthError("unauthorized_client", "Unauthorized", 401)
    network.judge_refresh_token(found)
    found.used_at = network.now
    access = network.issue_access_token(
        app.client_id, found.grant, found.scopes, found.channel, parent=found
    )
    return network.token_answer(access)


GRANTS = {"authorization_code": exchange_code, "refresh_token": refresh}


def revoke(network, request):
    """End a token, and with it all that the identity gave the whole project."""
    value = request.values.get("token", "")
    if not value:
        raise OAuthError("invalid_request", "Missing required parameter: token")
    found = network.refresh_tokens.get(value) or network.living_access_token(value)
    if found is None or not network.is_current(found.grant):
        raise OAuthError("invalid_token", "Token expired or revoked")
    network.remove_grant(found.grant)
    return json_answer({})


def tokeninfo(network, request):
    """Tell about an access token; of refresh tokens it knows nothing."""
    value = bearer_token(request) or request.values.get("access_token", "")
    if not value:
        raise OAuthError("invalid_request", "either access_token or id_token required")
    found = network.living_access_token(value)
    if found is None:
        raise OAuthError("invalid_token", "Invalid Value")
    # All values are text, numbers and truth as well.
    answer = {
        "azp": found.app_id,
        "aud": found.app_id,
        "scope": reported(found.scopes),
        "exp": str(found.expires_at),
        "expires_in": str(found.expires_at - network.now),
        "access_type": "offline" if found.parent else "online",
    }
    if "openid" in found.scopes:
        answer["sub"] = found.grant.subject
    if "email" in found.scopes:
        person = network.world.people[found.grant.person]
        answer |= {"email": person.email, "email_verified": "true"}
    return json_answer(answer)
