"""The consent pages ("Set up authentication and authorization"). There is no PKCE."""

from ..consent import Consent, Dialog
from ..dialogs import DialogError
from ..web import choose_language


class PinterestConsent(Consent):
    """Pinterest's pages."""

    code = "pinterest"
    partial = False

    def open(self, network, request):
        """Check every parameter, then send the browser to the first page."""
        args = request.args
        lang = choose_language(request, args.get("locale"))
        app = network.apps.get(args.get("client_id", ""))
        if app is None or app.blocked:
            raise DialogError("Invalid client_id.", lang)
        if args.get("redirect_uri", "") not in app.redirect_uris:
            raise DialogError("The redirect_uri is not a registered one.", lang)
        if args.get("response_type") != "code":
            raise DialogError("The response_type must be code.", lang)
        # Commas only: spaces are part of a name, which then is none.
        scopes = [scope for scope in args.get("scope", "").split(",") if scope]
        unknown = set(scopes) - set(network.permissions)
        if unknown or not scopes:
            told = ", ".join(sorted(unknown)) or "none"
            raise DialogError(f"Invalid scope: {told}", lang)
        dialog = Dialog(
            app_id=app.client_id,
            redirect_uri=args["redirect_uri"],
            state=args.get("state"),
            scopes=list(dict.fromkeys(scopes)),
            lang=lang,
        )
        return self.start(network, request, dialog)

    def give(self, network, dialog):
        grant = network.store_grant(dialog.app_id, dialog.person, dialog.accepted)
        return {"code": network.issue_code(grant, dialog.redirect_uri).value}


PAGES = PinterestConsent()
