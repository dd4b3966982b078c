"""The token endpoint, the two exchanges, and the account.

Sources: "Business Login for Instagram", "Refresh Access Token", and of Threads "Get
Access Tokens", "Long-lived tokens". Only the code exchange takes POST and answers
errors as ``{error_type, code, error_message}``; the exchanges take GET and parameters.
"""

import secrets

from ..meta import errors
from ..meta.errors import GraphError, graph_json
from ..problems import Refusal


class TokenEndpointError(Refusal):
    """A refusal of the code exchange; ``code`` is an HTTP status, nearly always."""

    def __init__(self, message, code=400):
        super().__init__(message)
        self.message, self.code = message, code

    def response(self):
        body = {"error_type": "OAuthException", "code": self.code}
        return graph_json(body | {"error_message": self.message}, 400)


# --- the token endpoint


def exchange_code(network, request):
    """Return a token of one hour for an authorization code, by POST of a form."""
    form = request.form
    app = authenticate_app(network, form)
    if form.get("grant_type") != "authorization_code":
        raise TokenEndpointError("Invalid grant_type: authorization_code is expected")
    code = find_code(network, app, form.get("code", ""))
    if form.get("redirect_uri") != code.redirect_uri:
        raise TokenEndpointError(
            "Error validating verification code. Please make sure your redirect_uri is "
            "identical to the one you used in the OAuth dialog request"
        )
    code.used = True
    grant = code.grant
    if network.grant(grant.app_id, grant.account) is not grant:
        raise TokenEndpointError(
            f"The user has not authorized application {grant.app_id}"
        )
    token = network.issue(grant, long=False)
    return graph_json(network.code_answer(token, grant.scopes))


def authenticate_app(network, form):
    app = network.apps.get(form.get("client_id", ""))
    if app is None:
        raise network.unknown_app(form.get("client_id", ""))
    if app.blocked:
        raise errors.app_blocked()
    secret = form.get("client_secret", "")
    if not secrets.compare_digest(secret.encode(), app.client_secret.encode()):
        raise TokenEndpointError("Error validating client secret")
    return app


def find_code(network, app, value):
    code = network.codes.get(value)
    if code is None or code.grant.app_id != app.client_id or code.used:
        raise TokenEndpointError("Matching code was not found or was already used")
    if code.expires_at <= network.now:
        raise TokenEndpointError("This authorization code has expired")
    return code


# --- the exchanges


def lengthen(network, request):
    """Return a token of about 60 days for one of an hour."""
    token = presented(network, request, network.exchange_grant_type)
    app = network.apps[token.grant.app_id]
    secret = request.args.get("client_secret", "")
    if not secrets.compare_digest(secret.encode(), app.client_secret.encode()):
        raise GraphError(1, "Error validating client secret.", status=400)
    if token.long:
        raise GraphError(
            452,
            "Session key invalid. This could be because the session key has an "
            "incorrect format, or because the user has revoked this session",
        )
    return long_answer(network, network.issue(token.grant, long=True))


def refresh(network, request):
    """Return the next 60 days for a long-lived token that is a day old, unexpired."""
    token = presented(network, request, network.refresh_grant_type)
    if "client_secret" in request.args:
        raise errors.bad_parameter("The parameter client_secret is not expected")
    if not token.long:
        raise errors.bad_parameter("The access token is not a long-lived one")
    need_basic(network, token)
    if network.now - token.issued_at < network.settings["minimum_age_seconds"]:
        raise errors.bad_parameter("The access token must be at least 24 hours old")
    return long_answer(network, network.extend(token))


def presented(network, request, grant_type):
    """Return the token of an exchange; it comes as a parameter, not in a header."""
    if request.args.get("grant_type") != grant_type:
        raise errors.bad_parameter(f"The parameter grant_type must be {grant_type}")
    if not request.args.get("access_token"):
        raise errors.token_required()
    return network.find_token(request.args["access_token"])


def long_answer(network, token):
    return graph_json(
        {
            "access_token": token.value,
            "token_type": "bearer",
            "expires_in": token.expires_at - network.now,
        }
    )


def need_basic(network, token):
    if not token.grant.scopes:
        raise GraphError(100, "(#100) The token has no permission.", 10)
    if network.basic_scope not in token.grant.scopes:
        raise errors.scope_missing(network.basic_scope)


# --- the account


def read_node(network, request, version, node):
    """Answer ``/me`` and the account's own id."""
    token, account = find_node(network, request, version, node)
    scoped = network.scoped_id(token.grant.app_id, account)
    wanted = (request.args.get("fields") or "id").split(",")
    unknown = [name for name in wanted if name not in network.account_fields]
    if unknown:
        raise errors.bad_parameter(
            f"Tried accessing nonexisting field ({unknown[0]}) on node type (User)"
        )
    about = {"account": account, "scoped_id": scoped, "host": request.host_url}
    fields = {name: network.account_fields[name](**about) for name in wanted}
    return graph_json(network.account_answer(fields))


def find_node(network, request, version, node):
    """Return ``(token, account)`` of a call to ``/me`` or the account's own id."""
    if version not in network.settings["versions"]:
        raise errors.unknown_path(f"/{version}/{node}")
    token = network.find_token(token_of(network, request))
    need_basic(network, token)
    account = network.accounts[token.grant.account]
    if node not in ("me", account.id, network.scoped_id(token.grant.app_id, account)):
        raise errors.no_such_object(node)
    return token, account


def token_of(network, request):
    """Return what came as the token; a header counts where it is documented."""
    scheme, _space, value = request.headers.get("Authorization", "").partition(" ")
    bearer = value if network.takes_bearer and scheme.lower() == "bearer" else ""
    found = request.args.get("access_token") or bearer
    if not found:
        raise errors.token_required()
    return found
