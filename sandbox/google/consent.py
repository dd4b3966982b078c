"""The consent pages: who, which channel, which permissions.

Sources: "OAuth 2.0 for Web Server Applications" (parameters, ``redirect_uri``,
``access_type``, ``prompt``, ``include_granted_scopes``, granular consent), "OAuth 2.0
for Native Apps" (PKCE). What is wrong with the request is shown here and never sent
back to the app, as Google does.
"""

import secrets

from ..consent import Consent, Dialog
from ..dialogs import DialogError
from ..oauth import Code
from ..web import choose_language
from .permissions import IDENTITY, PREFIX, asked_scopes

PROMPTS = {"none", "consent", "select_account"}
ACCESS_TYPES = {"online", "offline"}
METHODS = {"S256", "plain"}


class GoogleConsent(Consent):
    """Google's pages."""

    code = "google"
    steps = ("blocked", "code", "inactive", "channel", "review")
    own_templates = ("blocked", "channel")
    always = IDENTITY

    def open(self, network, request):
        """Check every parameter, then send the browser to the first page."""
        lang = choose_language(request, request.args.get("hl"))
        app = check_client(network, request, lang)
        args = request.args
        dialog = Dialog(
            app_id=app.client_id,
            redirect_uri=args["redirect_uri"],
            state=args.get("state"),
            scopes=check_scopes(network, args, lang),
            lang=lang,
            challenge=args.get("code_challenge", ""),
            challenge_method=args.get("code_challenge_method", "plain"),
            asked={
                "offline": args.get("access_type", "online") == "offline",
                "prompt": set(args.get("prompt", "").split()),
                "joined": args.get("include_granted_scopes") == "true",
            },
        )
        check_choices(args, dialog, lang)
        return self.start(network, request, dialog)

    # --- Google's own questions

    def needs_blocked(self, network, dialog, login):
        """Whether an administrator keeps this person's account from the app."""
        return login.person in network.restricted | network.disabled

    def needs_channel(self, network, dialog, login):
        """Whether to ask on behalf of which channel: there is more than one way."""
        asks = any(scope.startswith(PREFIX + "youtube") for scope in dialog.scopes)
        brands = [one for one in network.channels_of(login.person) if not one.owner]
        return asks and bool(brands) and "channel" not in dialog.chosen

    def take_channel(self, network, request, dialog):
        ids = [one.id for one in network.channels_of(dialog.person)]
        picked = request.form.get("channel", "")
        dialog.chosen["channel"] = (
            picked if picked in ids else self.own_channel(network, dialog.person)
        )

    def own_channel(self, network, person_key):
        """Return the id of a person's own channel, '' when there is none."""
        own = (one.id for one in network.channels_of(person_key) if one.owner)
        return next(own, "")

    def needs_review(self, network, dialog, login):
        """Whether to ask: always with ``prompt=consent``, else for what is new."""
        if dialog.accepted is not None:
            return False
        return "consent" in dialog.asked["prompt"] or not self.has_all(network, dialog)

    def has_all(self, network, dialog):
        subject = network.subject_of(dialog.person, self.channel_of(network, dialog))
        grant = network.grants.get((network.project_of(dialog.app_id).id, subject))
        return bool(grant) and set(dialog.scopes) <= set(grant.scopes)

    def channel_of(self, network, dialog):
        own = self.own_channel(network, dialog.person)
        return dialog.chosen.get("channel", own)

    def values_for(self, network, dialog, step):
        if step != "channel":
            return {}
        channels = network.channels_of(dialog.person)
        return {"channels": channels, "own": self.own_channel(network, dialog.person)}

    # --- the end

    def give(self, network, dialog):
        asked = self.scopes_to_review(network, dialog)
        given = asked if dialog.accepted is None else dialog.accepted
        scopes = [scope for scope in dialog.scopes if scope in {*given, *IDENTITY}]
        code = issue_code(
            network,
            dialog,
            dialog.person,
            scopes,
            self.channel_of(network, dialog),
        )
        # Which page of the dialog the person saw is told as well, and means nothing.
        return {"code": code.value, "scope": " ".join(scopes), "authuser": "0"}


def issue_code(network, dialog, person_key, scopes, channel):
    """Store what an identity gave and return the code for it."""
    grant = network.give_scopes(dialog.app_id, person_key, channel, scopes)
    wants = dialog.asked["offline"] and (
        "consent" in dialog.asked["prompt"]
        or not network.is_known(dialog.app_id, person_key, channel)
    )
    code = Code(
        "4/0A" + secrets.token_urlsafe(60),
        dialog.app_id,
        person_key,
        dialog.redirect_uri,
        network.now + int(network.settings["code_seconds"]),
        dialog.challenge,
        dialog.challenge_method,
        given={
            "grant": grant,
            "scopes": list(grant.scopes) if dialog.asked["joined"] else scopes,
            "channel": channel,
            "refresh_token": wants and bool(network.settings["gives_refresh_token"]),
        },
    )
    network.codes[code.value] = code
    return code


# --- what must be right before anybody is asked


def check_client(network, request, lang):
    """Return the app.

    :raise DialogError: never a redirect (RFC 6749, 4.1.2.1)
    """
    args = request.args
    repeated = [name for name in args if len(args.getlist(name)) > 1]
    if repeated:
        raise DialogError(
            "Error 400: invalid_request. OAuth 2 parameters can only have a single "
            f"value: {', '.join(repeated)}",
            lang,
        )
    app = network.apps.get(args.get("client_id", ""))
    if app is None:
        raise DialogError(
            "Error 401: invalid_client. The OAuth client was not found.", lang
        )
    if app.client_id in network.deleted_clients:
        raise DialogError(
            "Error 401: deleted_client. The OAuth client was deleted.", lang
        )
    if args.get("redirect_uri", "") not in app.redirect_uris:
        raise DialogError(
            "Error 400: redirect_uri_mismatch. The redirect URI in the request does "
            "not match the ones authorized for the OAuth client.",
            lang,
        )
    if args.get("response_type") != "code":
        raise DialogError("Error 400: invalid_request. response_type is code.", lang)
    return app


def check_scopes(network, args, lang):
    scopes = asked_scopes(args.get("scope"))
    unknown = [scope for scope in scopes if scope not in network.permissions]
    if not scopes:
        raise DialogError(
            "Error 400: invalid_request. Missing required parameter: scope", lang
        )
    if unknown:
        raise DialogError(
            "Error 400: invalid_scope. Some requested scopes were invalid: "
            + ", ".join(unknown),
            lang,
        )
    return scopes


def check_choices(args, dialog, lang):
    """Refuse values of a parameter that are not among the documented ones."""
    prompts = dialog.asked["prompt"]
    wrong = [
        name
        for name, is_right in (
            ("access_type", args.get("access_type", "online") in ACCESS_TYPES),
            (
                "prompt",
                prompts <= PROMPTS and (len(prompts) < 2 or "none" not in prompts),
            ),
            ("code_challenge_method", dialog.challenge_method in METHODS),
            (
                "include_granted_scopes",
                args.get("include_granted_scopes", "true") in ("true", "false"),
            ),
        )
        if not is_right
    ]
    if wrong:
        raise DialogError(
            f"Error 400: invalid_request. Invalid parameter value for {wrong[0]}.", lang
        )


PAGES = GoogleConsent()
