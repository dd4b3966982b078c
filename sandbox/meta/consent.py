"""The dialog: ``/dialog/oauth`` and its pages, one step each, without JavaScript.

Sources: "Manually Build a Login Flow" (parameters, answers), "Re-Authentication"
(``auth_type=reauthenticate``, ``auth_nonce``), RFC 7636 (PKCE). A person who comes back
is asked to reconnect and keeps the old choice of pages; only ``auth_type=rerequest``
(or "edit settings") opens the choice again and asks for declined permissions once more.
"""

import secrets
from dataclasses import dataclass, field

from ..dialogs import (
    LOOPBACK_HTTP,
    SECOND_FACTOR,
    DialogError,
    find_dialog,
    go_to,
    leave,
    log_in,
)
from ..texts import translate
from ..web import choose_language, page
from .model import Code, Grant
from .permissions import is_instagram_scope, is_page_scope, split_scopes

SHARED_PAGES = ("login", "checkpoint", "password", "code", "inactive")


@dataclass
class Dialog:
    """One authorisation in progress: what the app asked, what the person answered."""

    id: str
    app_id: str
    redirect_uri: str
    state: str
    scopes: list
    auth_types: set
    nonce: str
    challenge: str
    shows_scopes: bool
    lang: str
    person: str = ""
    done: list = field(default_factory=list)
    edit: bool = False
    pages: list = None
    instagram: list = None
    all_pages: bool = False
    all_instagram: bool = False
    accepted: list = None

    def forget_answers(self, person):
        self.person, self.done, self.edit = person, [], False
        self.pages = self.instagram = self.accepted = None


# --- opening


def open_dialog(network, request, version):
    """Check every parameter, then send the browser to the first page."""
    lang = choose_language(request, request.args.get("locale"))
    if version not in network.settings["versions"]:
        raise DialogError(f"Unknown path components: /{version}/dialog/oauth", lang)
    dialog = read_parameters(network, request.args, lang)
    network.dialogs[dialog.id] = dialog
    return go_to(network, dialog, pending_step(network, request, dialog), code=302)


def read_parameters(network, args, lang):
    """Return the dialog.

    :raise DialogError: for anything that must not lead to a redirect (RFC 6749,
        4.1.2.1).
    """
    app = check_app(network, args, lang)
    scopes = split_scopes(args.get("scope"))
    unknown = [scope for scope in scopes if scope not in network.permissions]
    if unknown:
        raise DialogError(
            f"Invalid Scopes: {', '.join(unknown)}. This message is only shown to "
            "developers. Users of "
            "your app will ignore these permissions if present.",
            lang,
        )
    kinds = set(split_scopes(args.get("response_type") or "code"))
    if not kinds <= {"code", "granted_scopes"}:
        raise DialogError(
            "Invalid parameter: this stand-in knows response_type=code only.", lang
        )
    challenge = args.get("code_challenge", "")
    if challenge and args.get("code_challenge_method") != "S256":
        raise DialogError(
            "Invalid parameter: code_challenge_method must be S256.", lang
        )
    return Dialog(
        id=secrets.token_urlsafe(18),
        app_id=app.client_id,
        redirect_uri=args["redirect_uri"],
        state=args.get("state"),
        scopes=list(dict.fromkeys(["public_profile", *scopes])),
        auth_types=set(split_scopes(args.get("auth_type"))),
        nonce=args.get("auth_nonce", ""),
        challenge=challenge,
        shows_scopes="granted_scopes" in kinds,
        lang=lang,
    )


def check_app(network, args, lang):
    app = network.apps.get(args.get("client_id", ""))
    if app is None:
        raise DialogError(
            "Invalid App ID: The provided app ID does not look like a valid app ID.",
            lang,
        )
    if app.blocked:
        raise DialogError(
            "App not active: access of this app to the API is blocked.", lang
        )
    uri = args.get("redirect_uri", "")
    if not uri:
        raise DialogError("The parameter redirect_uri is required.", lang)
    if not uri.startswith(("https://", *LOOPBACK_HTTP)):
        raise DialogError(
            "Insecure login blocked (1349187): an app may only log in over https.", lang
        )
    if uri not in app.redirect_uris:
        raise DialogError(
            "URL blocked: This redirect failed because the redirect URI is not "
            "white-listed in the app's "
            "client OAuth settings. Make sure that it is registered exactly as the "
            "app sends it.",
            lang,
        )
    return app


# --- which page is next


def pending_step(network, request, dialog):
    """Return the name of the next page, or None when every question is answered."""
    login = network.login_of(request)
    if login is None:
        return "login"
    if dialog.person != login.person:
        dialog.forget_answers(login.person)
    return next(
        (step for step, asked in QUESTIONS if asked(network, dialog, login)), None
    )


def needs_checkpoint(network, dialog, login):
    return login.person in network.checkpoints


def needs_password(network, dialog, login):
    return "reauthenticate" in dialog.auth_types and "password" not in dialog.done


def needs_second_factor(network, dialog, login):
    return network.world.people[login.person].two_factor and not login.second_factor


def needs_live_app(network, dialog, login):
    app = network.apps[dialog.app_id]
    return not app.live and login.person not in app.developers


def needs_reconnect(network, dialog, login):
    return bool(grant_of(network, dialog)) and "reconnect" not in dialog.done


def needs_pages(network, dialog, login):
    return dialog.pages is None and opens_choice(network, dialog, is_page_scope)


def needs_instagram(network, dialog, login):
    return dialog.instagram is None and opens_choice(
        network, dialog, is_instagram_scope
    )


def needs_review(network, dialog, login):
    first_time = grant_of(network, dialog) is None
    return dialog.accepted is None and (
        first_time or bool(scopes_to_review(network, dialog))
    )


QUESTIONS = [
    ("checkpoint", needs_checkpoint),
    ("password", needs_password),
    ("code", needs_second_factor),
    ("inactive", needs_live_app),
    ("reconnect", needs_reconnect),
    ("pages", needs_pages),
    ("instagram", needs_instagram),
    ("review", needs_review),
]


def grant_of(network, dialog):
    return network.grant(dialog.app_id, dialog.person)


def opens_choice(network, dialog, is_kind):
    """Whether assets of this kind are chosen now: at first, reopened, newly asked."""
    asked = any(is_kind(scope) for scope in dialog.scopes)
    grant = grant_of(network, dialog)
    if not asked or grant is None:
        return asked
    had = any(is_kind(scope) for scope in grant.scopes + grant.declined)
    return reopened(dialog) or not had


def reopened(dialog):
    return dialog.edit or "rerequest" in dialog.auth_types


def scopes_to_review(network, dialog):
    """Return the scopes to decline now; declined ones come back on rerequest only."""
    asked = [scope for scope in dialog.scopes if scope != "public_profile"]
    grant = grant_of(network, dialog)
    if grant is None or reopened(dialog):
        return asked
    return [scope for scope in asked if scope not in grant.scopes + grant.declined]


# --- showing a page


def show_step(network, request, dialog_id, step):
    """Show the pending page, or one answered before when the person went back."""
    dialog = find_dialog(network, request, dialog_id)
    pending = pending_step(network, request, dialog)
    if step not in {"login", pending, *dialog.done}:
        return go_to(network, dialog, pending or "login")
    return render(network, request, dialog, step)


def render(network, request, dialog, step, problem=None):
    login = network.login_of(request)
    person = network.world.people[login.person] if login else None
    values = {
        "network": network,
        "dialog": dialog,
        "app": network.apps[dialog.app_id],
        "person": person,
        "people": network.world.people.values(),
        "grant": person and grant_of(network, dialog),
        "problem": problem,
        "rights": {
            scope: words[dialog.lang == "pt_BR"]
            for scope, words in network.permissions.items()
        },
    }
    if step == "pages":
        values |= page_choice(network, dialog)
    elif step == "instagram":
        values |= instagram_choice(network, dialog)
    elif step == "review":
        values |= review_choice(network, dialog)
    template = "assets" if step in ("pages", "instagram") else step
    folder = "dialog" if step in SHARED_PAGES else network.code
    return page(
        f"{folder}/{template}.html",
        lang=dialog.lang,
        step=step,
        second_factor=SECOND_FACTOR,
        **values,
    )


def page_choice(network, dialog):
    grant = grant_of(network, dialog)
    ticked = dialog.pages if dialog.pages is not None else grant.pages if grant else []
    everything = (
        dialog.all_pages
        if dialog.pages is not None
        else bool(grant and grant.all_pages)
    )
    pages = selectable_pages(network, dialog)
    rows = [
        {
            "id": item.id,
            "name": item.name,
            "note": item.category,
            "ticked": item.id in ticked,
        }
        for item in pages
    ]
    return {"rows": rows, "everything": everything}


def instagram_choice(network, dialog):
    grant = grant_of(network, dialog)
    ticked = (
        dialog.instagram
        if dialog.instagram is not None
        else grant.instagram
        if grant
        else []
    )
    everything = (
        dialog.all_instagram
        if dialog.instagram is not None
        else bool(grant and grant.all_instagram)
    )
    rows = []
    for item in network.instagram_of(dialog.person):
        rows.append(
            {
                "id": item.id,
                "name": "@" + item.username,
                "note": item.name,
                "ticked": item.id in ticked,
            }
        )
    return {"rows": rows, "everything": everything}


def review_choice(network, dialog):
    grant = grant_of(network, dialog)
    pages = dialog.pages if dialog.pages is not None else grant.pages if grant else []
    accounts = (
        dialog.instagram
        if dialog.instagram is not None
        else grant.instagram
        if grant
        else []
    )
    chosen = [network.pages[item].name for item in pages if item in network.pages]
    chosen += [
        "@" + network.instagram[item].username
        for item in accounts
        if item in network.instagram
    ]
    return {"asked": scopes_to_review(network, dialog), "chosen": chosen}


def selectable_pages(network, dialog):
    """Return the person's pages; a portfolio's only if its scope is asked as well."""
    pages = network.pages_of(dialog.person)
    if "business_management" in dialog.scopes:
        return pages
    return [item for item in pages if not item.portfolio_only]


# --- taking an answer


def answer_step(network, request, dialog_id, step):
    """Store one page's answer and go on; *Cancel* ends the dialog on any page."""
    dialog = find_dialog(network, request, dialog_id)
    form = request.form
    if form.get("action") == "cancel":
        return finish(network, dialog, denied())
    if step == "login":
        return choose_person(network, request, dialog)
    pending = pending_step(network, request, dialog)
    if step not in {pending, *dialog.done} or step not in ANSWERS:
        return go_to(network, dialog, pending or "login")
    problem = ANSWERS[step](network, request, dialog)
    if problem:
        return render(network, request, dialog, step, translate(dialog.lang, problem))
    if step not in dialog.done:
        dialog.done.append(step)
    pending = pending_step(network, request, dialog)
    if pending:
        return go_to(network, dialog, pending)
    return finish(network, dialog, give(network, dialog))


def choose_person(network, request, dialog):
    person = network.world.people.get(request.form.get("person", ""))
    if person is None:
        return go_to(network, dialog, "login")
    # The rest of the way is judged with the new log-in, which this request does not
    # carry yet.
    dialog.forget_answers(person.key)
    return log_in(network, dialog, person)


def clear_checkpoint(network, request, dialog):
    network.checkpoints.discard(dialog.person)


def take_password(network, request, dialog):
    if request.form.get("password") != network.world.people[dialog.person].password:
        return "password_wrong"
    return None


def take_second_factor(network, request, dialog):
    if request.form.get("code", "").strip() != SECOND_FACTOR:
        return "code_wrong"
    network.login_of(request).second_factor = True
    return None


def take_reconnect(network, request, dialog):
    dialog.edit = request.form.get("action") == "edit"


def take_pages(network, request, dialog):
    mine = [item.id for item in selectable_pages(network, dialog)]
    dialog.all_pages = "everything" in request.form
    dialog.pages = chosen(request, mine, dialog.all_pages)


def take_instagram(network, request, dialog):
    mine = [item.id for item in network.instagram_of(dialog.person)]
    dialog.all_instagram = "everything" in request.form
    dialog.instagram = chosen(request, mine, dialog.all_instagram)


def chosen(request, mine, everything):
    picked = request.form.getlist("chosen")
    return [item for item in mine if everything or item in picked]


def take_review(network, request, dialog):
    picked = request.form.getlist("accept")
    dialog.accepted = [
        scope for scope in scopes_to_review(network, dialog) if scope in picked
    ]


ANSWERS = {
    "checkpoint": clear_checkpoint,
    "password": take_password,
    "code": take_second_factor,
    "reconnect": take_reconnect,
    "pages": take_pages,
    "instagram": take_instagram,
    "review": take_review,
}


# --- the end


def denied():
    """Return the documented answer to *Cancel* (also of an app that is not live)."""
    return {
        "error": "access_denied",
        "error_code": "200",
        "error_description": "Permissions error",
        "error_reason": "user_denied",
    }


def give(network, dialog):
    """Store what the person gave; return the parameters of the redirect."""
    grant = store_grant(network, dialog)
    metadata = (
        {"auth_type": ",".join(sorted(dialog.auth_types))} if dialog.auth_types else {}
    )
    if dialog.nonce and "reauthenticate" in dialog.auth_types:
        metadata["auth_nonce"] = dialog.nonce
    code = issue_code(
        network,
        dialog.app_id,
        dialog.person,
        dialog.redirect_uri,
        dialog.challenge,
        metadata,
    )
    answer = {"code": code.value}
    if dialog.shows_scopes:
        answer["granted_scopes"] = ",".join(
            scope for scope in dialog.scopes if scope in grant.scopes
        )
        answer["denied_scopes"] = ",".join(
            scope for scope in dialog.scopes if scope not in grant.scopes
        )
    return answer


def store_grant(network, dialog):
    """Write the choice over the whole grant: a page left out is lost to every token."""
    grant = grant_of(network, dialog)
    if grant is None:
        grant = Grant(dialog.app_id, dialog.person)
        network.grants[dialog.app_id, dialog.person] = grant
    asked = scopes_to_review(network, dialog) if dialog.accepted is not None else []
    if dialog.pages is not None:
        grant.pages, grant.all_pages = list(dialog.pages), dialog.all_pages
    if dialog.instagram is not None:
        grant.instagram, grant.all_instagram = (
            list(dialog.instagram),
            dialog.all_instagram,
        )
    accepted = ["public_profile", *(dialog.accepted or [])]
    refused = [scope for scope in asked if scope not in accepted]
    kept = [scope for scope in grant.scopes if scope not in refused]
    grant.scopes = list(dict.fromkeys([*kept, *accepted]))
    grant.declined = [
        scope
        for scope in dict.fromkeys([*grant.declined, *refused])
        if scope not in grant.scopes
    ]
    grant.confirmed_at = network.now
    return grant


def issue_code(network, app_id, person, redirect_uri, challenge="", metadata=None):
    expires_at = network.now + int(network.settings["code_seconds"])
    value = "AQ" + secrets.token_urlsafe(90)
    code = Code(
        value, app_id, person, redirect_uri, expires_at, challenge, metadata or {}
    )
    network.codes[value] = code
    return code


def finish(network, dialog, answer):
    return leave(network, dialog, answer, "_=_")
