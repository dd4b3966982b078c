"""The consent pages: log in, choose the account, review what the app may do."""

from ..consent import Dialog
from ..dialogs import LOOPBACK_HTTP, DialogError, leave
from ..extending.consent import AccountConsent
from ..web import choose_language


class LoginConsent(AccountConsent):
    """One account a login; a network checks what is its own in ``check``.

    :cvar id_name: what the client's id is called
    :cvar separator: between scopes
    """

    id_name, separator = "client_id", " "
    always = ()

    def __init__(self, code):
        self.code = code

    def open(self, network, request):
        """Check every parameter, then send the browser to the first page."""
        args = request.args
        lang = choose_language(request, args.get("lang"))
        app = self.check_app(network, args, lang)
        dialog = Dialog(
            app_id=app.client_id,
            redirect_uri=args["redirect_uri"],
            state=args.get("state"),
            scopes=self.check_scopes(network, args, lang),
            lang=lang,
            challenge=args.get("code_challenge", ""),
            challenge_method=args.get("code_challenge_method", ""),
        )
        self.check(network, args, dialog)
        return self.start(network, request, dialog)

    def check(self, network, args, dialog):
        """Refuse what this very network does not take.

        :raise DialogError: never a redirect (RFC 6749, 4.1.2.1)
        """

    def check_app(self, network, args, lang):
        repeated = [name for name in args if len(args.getlist(name)) > 1]
        if repeated:
            raise DialogError(f"invalid_request: {repeated[0]} comes twice", lang)
        app = network.apps.get(args.get(self.id_name, ""))
        if app is None:
            raise DialogError(f"unauthorized_client: {self.id_name}", lang)
        uri = args.get("redirect_uri", "")
        if uri not in app.redirect_uris or not uri.startswith(
            ("https://", *LOOPBACK_HTTP)
        ):
            raise DialogError("invalid_request: redirect_uri", lang)
        if args.get("response_type") != "code":
            raise DialogError("unsupported_response_type: code is expected", lang)
        return app

    def check_scopes(self, network, args, lang):
        words = args.get("scope", "").split(self.separator)
        scopes = list(dict.fromkeys(word for word in words if word))
        unknown = [scope for scope in scopes if scope not in network.permissions]
        if unknown or not scopes:
            said = ", ".join(unknown) or "none"
            raise DialogError(f"invalid_scope: {said}", lang)
        app = network.apps[args[self.id_name]]
        unapproved = [scope for scope in scopes if scope in app.unapproved]
        if unapproved:
            raise DialogError(f"invalid_scope: {', '.join(unapproved)}", lang)
        return scopes

    def give(self, network, dialog):
        accepted = {*self.always, *dialog.accepted}
        scopes = [scope for scope in dialog.scopes if scope in accepted]
        account_id = dialog.chosen["account"]
        return {"code": network.issue_code(dialog, account_id, scopes).value}

    def denied(self, network, dialog):
        return {"error": "access_denied"}

    def finish(self, network, dialog, answer):
        return leave(network, dialog, answer)
