"""``/v5/oauth/token``, and who calls the API.

Source: Pinterest's API description v5. The client is known by HTTP Basic only; each
refresh gives a new refresh token.
"""

from ..oauth import basic_credentials, bearer_token, json_answer, same
from ..problems import Refusal


class PinterestError(Refusal):
    """A refusal: ``{code, message}``, everywhere."""

    def __init__(self, status, code, message, headers=None):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.headers = headers or {}

    def response(self):
        body = {"code": self.code, "message": self.message}
        response = json_answer(body, self.status)
        response.headers.update(self.headers)
        return response


def not_authenticated():
    return PinterestError(401, 2, "Authentication failed.")


def token(network, request):
    """Serve the two grants."""
    app = authenticate(network, request)
    serve = GRANTS.get(request.form.get("grant_type", ""))
    if not serve:
        raise PinterestError(400, 1, "Invalid request: grant_type.")
    return json_answer(serve(network, app, request.form))


def authenticate(network, request):
    client_id, secret = basic_credentials(request) or ("", "")
    app = network.apps.get(client_id)
    if app is None or app.blocked or not same(secret, app.client_secret):
        raise not_authenticated()
    return app


def exchange_code(network, app, form):
    """Return the tokens of a code; which kind of refresh token depends on the app."""
    grant = network.take_code(app, form.get("code", ""), form.get("redirect_uri", ""))
    if grant is None:
        raise PinterestError(400, 283, "Authorization grant or app id is invalid.")
    asked = form.get("continuous_refresh") == "true"
    continuous = asked or not network.settings["must_ask_for_continuous"]
    which = "refresh_seconds" if continuous else "legacy_seconds"
    refresh_token = network.issue_refresh_token(
        grant, network.settings[which], continuous=continuous
    )
    return answer(network, grant, refresh_token, "authorization_code")


def refresh(network, app, form):
    """Return new tokens; a legacy refresh token keeps its end date."""
    found = network.refresh_token_of(app, form.get("refresh_token", ""))
    if found is None or not network.is_current(found.grant):
        raise dead_token(network)
    if found.ended and network.settings["reuse"] == "kills":
        del network.grants[found.grant.app_id, found.grant.person]
    replaced = found.ended and network.settings["reuse"] != "lives"
    if replaced or found.expires_at <= network.now:
        raise dead_token(network)
    found.ended = True
    continuous = found.notes["continuous"]
    life = network.settings["refresh_seconds"]
    if not continuous:
        life = found.expires_at - network.now
    newest = network.issue_refresh_token(found.grant, life, continuous=continuous)
    return answer(network, found.grant, newest, "refresh_token")


def dead_token(network):
    """Return the refusal of a dead refresh token: both kinds have been seen."""
    if network.settings["dead_token_code"] == 2:
        return not_authenticated()
    return PinterestError(400, 283, "Authorization grant or app id is invalid.")


GRANTS = {"authorization_code": exchange_code, "refresh_token": refresh}


def answer(network, grant, refresh_token, response_type):
    access = network.issue_access_token(grant, network.settings["access_seconds"])
    return {
        "response_type": response_type,
        "access_token": access.value,
        "token_type": "bearer",
        "expires_in": access.expires_at - network.now,
        "scope": network.settings["scope_separator"].join(grant.scopes),
        "refresh_token": refresh_token.value,
        "refresh_token_expires_in": refresh_token.expires_at - network.now,
        "refresh_token_expires_at": refresh_token.expires_at,
    }


def living_token(network, request):
    """Return the token of a call.

    :raise PinterestError: there is none, or it is dead
    """
    found = network.access_tokens.get(bearer_token(request))
    if found is None or not network.is_alive(found):
        raise not_authenticated()
    return found
