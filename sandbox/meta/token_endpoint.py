"""``/oauth/access_token``: code exchange, short to long, app token.

Sources: "Manually Build a Login Flow", "Long-Lived Access Tokens", RFC 6749 section
4.1.3, RFC 7636 section 4.6. Message texts and codes are those seen live.
"""

import base64
import hashlib
import secrets

from . import errors
from .errors import GraphError, graph_json


def access_token(network, request, version):
    """Serve the three grants of Meta's token endpoint, by GET or POST."""
    network.check_version(version, "/oauth/access_token")
    params = request.values
    app = authenticate_app(network, params)
    if app.blocked:
        raise errors.app_blocked()
    if params.get("grant_type") == "client_credentials":
        return graph_json(
            {
                "access_token": f"{app.client_id}|{app.client_secret}",
                "token_type": "bearer",
            }
        )
    if params.get("grant_type") == "fb_exchange_token" or "fb_exchange_token" in params:
        return graph_json(exchange_token(network, app, params))
    return graph_json(exchange_code(network, app, params))


def authenticate_app(network, params):
    """Return the app whose id and secret came.

    :raise GraphError: 101 for an unknown app, 1 (not 190) for a wrong secret.
    """
    client_id = params.get("client_id", "")
    if not client_id:
        raise GraphError(101, "Missing client_id parameter.")
    app = network.apps.get(client_id)
    if app is None:
        raise GraphError(
            101,
            "Error validating application. Cannot get application info due to a "
            "system error.",
        )
    if "client_secret" not in params:
        raise GraphError(1, "Missing client_secret parameter.", status=400)
    if not secrets.compare_digest(
        params["client_secret"].encode(), app.client_secret.encode()
    ):
        raise GraphError(1, "Error validating client secret.", status=400)
    return app


def exchange_code(network, app, params):
    """Return a short-lived user token for an authorization code."""
    if "redirect_uri" not in params:
        raise GraphError(191, "Missing redirect_uri parameter.")
    code = network.codes.get(params.get("code", ""))
    if code is None or code.app_id != app.client_id:
        raise GraphError(100, "Invalid verification code format.")
    if code.used:
        raise GraphError(100, "This authorization code has been used.", 36009)
    if code.expires_at <= network.now:
        raise GraphError(100, "This authorization code has expired.", 36007)
    if params["redirect_uri"] != code.redirect_uri:
        text = (
            "Error validating verification code. Please make sure your redirect_uri "
            "is identical "
            "to the one you used in the OAuth dialog request"
        )
        raise GraphError(100, text, 36008)
    check_verifier(code, params.get("code_verifier", ""))
    code.used = True
    if network.grant(app.client_id, code.person) is None:
        raise errors.not_authorized(app.client_id)
    lifetime = network.settings["short_seconds"]
    token = network.issue_user_token(
        app.client_id, code.person, lifetime, metadata=code.metadata
    )
    return answer(network, token)


def check_verifier(code, verifier):
    """Refuse a wrong PKCE verifier when the dialog came with a challenge (S256)."""
    if not code.challenge:
        return
    digest = hashlib.sha256(verifier.encode()).digest()
    if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != code.challenge:
        raise GraphError(
            100,
            "Invalid code_verifier parameter: it does not match the code_challenge.",
        )


def exchange_token(network, app, params):
    """Return a long-lived token; a token that already is one comes back as it is."""
    if not params.get("fb_exchange_token"):
        raise errors.bad_parameter("The parameter fb_exchange_token is required")
    token = network.find_token(params["fb_exchange_token"])
    if token.app_id != app.client_id or token.kind != "USER":
        raise GraphError(
            100, "The token to exchange is not a user token of this application."
        )
    network.judge(token)
    if not token.long:
        lifetime = network.settings["long_seconds"]
        token = network.issue_user_token(
            token.app_id, token.person, lifetime, True, token.metadata
        )
    return answer(network, token)


def answer(network, token):
    return {
        "access_token": token.value,
        "token_type": "bearer",
        "expires_in": token.expires_at - network.now,
    }
