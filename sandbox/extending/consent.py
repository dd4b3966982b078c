"""The consent pages: log in, choose the account, review what the app may do.

The address people come back to gets ``#_`` appended, as documented.
"""

from ..consent import Consent, Dialog
from ..dialogs import LOOPBACK_HTTP, DialogError, leave
from ..meta.permissions import split_scopes
from ..web import choose_language


class AccountConsent(Consent):
    """One account a login; ``dialog.chosen`` has it under ``account``.

    :param basic_scope: part of every login, it cannot be declined
    """

    steps = ("code", "inactive", "account", "checkpoint", "review")

    def __init__(self, code, basic_scope):
        self.code, self.always = code, (basic_scope,)

    def open(self, network, request):
        """Check every parameter, then send the browser to the first page."""
        lang = choose_language(request, request.args.get("locale"))
        dialog = read_parameters(network, request.args, lang)
        return self.start(network, request, dialog)

    def values_for(self, network, dialog, step):
        account = network.accounts.get(dialog.chosen.get("account"))
        return {
            "accounts": network.accounts_of(dialog.person),
            "chosen": account and "@" + account.username,
        }

    # --- the questions

    def needs_account(self, network, dialog, login):
        return "account" not in dialog.chosen

    def take_account(self, network, request, dialog):
        mine = {one.id: one for one in network.accounts_of(dialog.person)}
        account = mine.get(request.form.get("account", ""))
        if account is None or not account.professional:
            return "account_unfit"
        dialog.chosen["account"] = account.id
        return None

    def needs_checkpoint(self, network, dialog, login):
        return network.accounts[dialog.chosen["account"]].held

    def take_checkpoint(self, network, request, dialog):
        network.accounts[dialog.chosen["account"]].held = False

    # --- the end

    def give(self, network, dialog):
        account = network.accounts[dialog.chosen["account"]]
        accepted = {*self.always, *dialog.accepted}
        scopes = [scope for scope in dialog.scopes if scope in accepted]
        grant = network.store_grant(dialog.app_id, account, scopes)
        return {"code": network.issue_code(grant, dialog.redirect_uri).value}

    def denied(self, network, dialog):
        """Return the documented answer to *Cancel*."""
        return {
            "error": "access_denied",
            "error_reason": "user_denied",
            "error_description": "The user denied your request",
        }

    def finish(self, network, dialog, answer):
        return leave(network, dialog, answer, "_")


def read_parameters(network, args, lang):
    """Return the dialog.

    :raise Refusal: for anything that must not lead to a redirect (RFC 6749, 4.1.2.1).
    """
    app = check_app(network, args, lang)
    if args.get("response_type") != "code":
        raise DialogError("Invalid Request: response_type must be code.", lang)
    scopes = split_scopes(args.get("scope"))
    unknown = [scope for scope in scopes if scope not in network.permissions]
    if unknown or not scopes:
        raise DialogError(f"Invalid Scopes: {', '.join(unknown) or 'none'}", lang)
    if network.basic_is_compulsory and network.basic_scope not in scopes:
        raise DialogError(f"Invalid Scopes: {network.basic_scope} is required.", lang)
    return Dialog(
        app_id=app.client_id,
        redirect_uri=args["redirect_uri"],
        state=args.get("state"),
        scopes=scopes,
        lang=lang,
    )


def check_app(network, args, lang):
    app = network.apps.get(args.get("client_id", ""))
    if app is None:
        raise network.unknown_app(args.get("client_id", ""))
    uri = args.get("redirect_uri", "")
    if not uri.startswith(("https://", *LOOPBACK_HTTP)):
        raise DialogError("Insecure login blocked (1349187): https is needed.", lang)
    if uri not in app.redirect_uris:
        raise DialogError("Invalid Request: Invalid redirect_uri", lang)
    return app
