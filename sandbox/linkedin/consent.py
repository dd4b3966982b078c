"""The consent pages ("Authorization Code Flow"): all permissions or none.

What is wrong with the request is shown here with status 401 and never sent back.
"""

from ..consent import Consent, Dialog
from ..dialogs import DialogError
from ..web import choose_language


class Unauthorized(DialogError):
    """A request that cannot be answered to the app."""

    def response(self):
        response = super().response()
        response.status_code = 401
        return response


class LinkedInConsent(Consent):
    """LinkedIn's pages. There is no PKCE in the web flow."""

    code = "linkedin"
    partial = False

    def open(self, network, request):
        """Check every parameter, then send the browser to the first page."""
        lang = choose_language(request, request.args.get("lang"))
        app = check_client(network, request.args, lang)
        scopes = list(dict.fromkeys(request.args.get("scope", "").split()))
        unassigned = set(scopes) - set(network.permissions) | (
            set(scopes) & set(app.unapproved)
        )
        if not scopes or unassigned:
            raise Unauthorized(
                "unauthorized_scope_error: Scope is not authorized for your "
                f"application: {', '.join(sorted(unassigned)) or 'none asked'}",
                lang,
            )
        dialog = Dialog(
            app_id=app.client_id,
            redirect_uri=request.args["redirect_uri"],
            state=request.args.get("state"),
            scopes=scopes,
            lang=lang,
        )
        return self.start(network, request, dialog)

    def needs_review(self, network, dialog, login):
        """Whether to ask: not again while a token of the same scopes lives."""
        if dialog.accepted is not None:
            return False
        grant = network.grant_of(dialog.app_id, login.person)
        return not (
            grant
            and grant.scopes == dialog.scopes
            and any(
                one.grant is grant and network.is_alive(one)
                for one in network.access_tokens.values()
            )
        )

    def give(self, network, dialog):
        grant = network.store_grant(dialog.app_id, dialog.person, dialog.scopes)
        return {"code": network.issue_code(grant, dialog.redirect_uri).value}

    def denied(self, network, dialog):
        """Return the documented answers to *Cancel*, at the log-in or after it."""
        step = "authorize" if dialog.person else "login"
        return {
            "error": f"user_cancelled_{step}",
            "error_description": "The user cancelled LinkedIn login",
        }


def check_client(network, args, lang):
    app = network.apps.get(args.get("client_id", ""))
    if app is None:
        raise Unauthorized("The passed in client_id is invalid", lang)
    if args.get("redirect_uri", "") not in app.redirect_uris:
        raise Unauthorized("The redirect_uri does not match the registered value", lang)
    if args.get("response_type") != "code":
        raise Unauthorized("A required parameter response_type is missing", lang)
    return app


PAGES = LinkedInConsent()
