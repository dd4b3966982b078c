"""The authorization endpoint and its pages (RFC 6749 section 4.1, RFC 7636, RFC 9207).

What is wrong with client or redirect URI is shown here; all else is told to the app.
"""

import re

from ..consent import Consent, Dialog
from ..dialogs import DialogError, leave
from ..web import choose_language

KNOWN = {
    "response_type", "client_id", "redirect_uri", "scope", "state", "prompt",
    "code_challenge", "code_challenge_method",
}  # fmt: skip
# RFC 7636 section 4.2: the digest of S256 in base64url.
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


class GenericConsent(Consent):
    """A person may leave out scopes; the answer carries ``iss``."""

    code = "oauth2"

    def open(self, network, request):
        """Check every parameter, then send the browser to the first page."""
        lang = choose_language(request)
        app = check_client(network, request, lang)
        args = request.args
        dialog = Dialog(
            app_id=app.client_id,
            redirect_uri=args["redirect_uri"],
            state=args.get("state"),
            scopes=list(dict.fromkeys(args.get("scope", "").split())),
            lang=lang,
            challenge=args.get("code_challenge", ""),
            asked={"issuer": issuer_of(request)},
        )
        error = find_error(network, args, dialog)
        if error:
            return leave(network, dialog, self.with_issuer(network, dialog, error))
        return self.start(network, request, dialog)

    def give(self, network, dialog):
        code = network.issue_code(dialog, dialog.person, dialog.accepted)
        return self.with_issuer(network, dialog, {"code": code.value})

    def denied(self, network, dialog):
        return self.with_issuer(network, dialog, {"error": "access_denied"})

    def with_issuer(self, network, dialog, answer):
        """Return the answer with ``iss``, errors too (RFC 9207 section 2)."""
        if network.settings["tells_issuer"]:
            answer = answer | {"iss": dialog.asked["issuer"]}
        return answer


def issuer_of(request):
    return f"{request.host_url}oauth2"


def check_client(network, request, lang):
    """Return the app.

    :raise DialogError: never a redirect (RFC 6749, 4.1.2.1)
    """
    args = request.args
    app = network.apps.get(args.get("client_id", ""))
    if app is None or len(args.getlist("client_id")) > 1:
        raise DialogError("invalid_request: no such client_id.", lang)
    if len(args.getlist("redirect_uri")) != 1:
        raise DialogError("invalid_request: one redirect_uri is required.", lang)
    if args["redirect_uri"] not in app.redirect_uris:
        raise DialogError("invalid_request: this redirect_uri is not registered.", lang)
    return app


def find_error(network, args, dialog):
    """Return the error to tell the app, None when the request is right."""
    wrong = [name for name in args if len(args.getlist(name)) > 1]
    if wrong or not set(args) <= KNOWN:
        return _error("invalid_request", "A parameter comes twice, or is unknown.")
    if args.get("response_type") != "code":
        return _error("unsupported_response_type", "Only code.")
    if not dialog.scopes or set(dialog.scopes) - set(network.permissions):
        return _error("invalid_scope", "Unknown scopes, or none.")
    if args.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(
        dialog.challenge
    ):
        return _error("invalid_request", "PKCE with S256 is required.")
    return None


def _error(code, description):
    return {"error": code, "error_description": description}


PAGES = GenericConsent()
