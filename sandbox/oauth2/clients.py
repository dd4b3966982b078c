"""How clients say who they are (RFC 6749, sections 2.3.1 and 3.2.1)."""

from ..oauth import OAuthError, basic_credentials, same

BASIC, POST, NONE = METHODS = ("client_secret_basic", "client_secret_post", "none")
CHALLENGE = 'Basic realm="oauth2"'


class Clients:
    """Client authentication, by the one method that each is registered with."""

    def method_of(self, client_id):
        """Return the method of a client: Basic, unless a control said so."""
        return self.methods.get(client_id, BASIC)

    def authenticate(self, request, public=True):
        """Return the client of a POST with a form.

        :param bool public: whether a public client may call
        :raise OAuthError: it is not the client it says
        """
        form = request.form
        if any(len(form.getlist(name)) > 1 for name in form) or request.args:
            raise OAuthError("invalid_request", "Each parameter once, in the body.")
        basic = basic_credentials(request)
        if basic and "client_secret" in form:
            raise OAuthError("invalid_request", "More than one client authentication.")
        in_form = (form.get("client_id", ""), form.get("client_secret"))
        client_id, secret = basic or in_form
        if basic and form.get("client_id", client_id) != client_id:
            raise OAuthError("invalid_request", "Two clients.")
        used = BASIC if basic else NONE if secret is None else POST
        app = self.apps.get(client_id)
        if not app or used != self.method_of(client_id) or app.blocked:
            raise _refused()
        if used != NONE and not same(secret, app.client_secret):
            raise _refused()
        if used == NONE and not public:
            raise _refused()
        return app


def _refused():
    return ClientError("invalid_client", "Client authentication failed.", 401)


class ClientError(OAuthError):
    """Section 5.2: a 401 comes with the scheme to use."""

    def response(self):
        response = super().response()
        response.headers["WWW-Authenticate"] = CHALLENGE
        return response
