"""What the consent pages of the networks share: one step each, without JavaScript."""

from urllib.parse import urlencode

from werkzeug.utils import redirect

from .problems import Refusal
from .texts import translate
from .web import choose_language, page

SECOND_FACTOR = "123456"
LOOPBACK_HTTP = ("http://127.0.0.1", "http://localhost", "http://[::1]")


class DialogError(Refusal):
    """A dialog that cannot even be opened: an error page, never a redirect."""

    def __init__(self, message, lang="en"):
        super().__init__(message)
        self.message, self.lang = message, lang

    def response(self):
        title = translate(self.lang, "cannot_open")
        return page(
            "error.html", 400, lang=self.lang, title=title, message=self.message
        )


def find_dialog(network, request, dialog_id):
    """Return the dialog in progress.

    :raise DialogError: it is over, or never was
    """
    dialog = network.dialogs.get(dialog_id)
    if dialog is None:
        lang = choose_language(request)
        raise DialogError(translate(lang, "dialog_over"), lang)
    return dialog


def go_to(network, dialog, step, code=303):
    return redirect(f"/{network.code}/dialog/{dialog.id}/{step}", code=code)


def log_in(network, dialog, person):
    """Log a person in with this browser and go on with the dialog."""
    response = go_to(network, dialog, "next")
    response.set_cookie(
        network.cookie_name,
        network.log_in(person),
        path=f"/{network.code}",
        httponly=True,
        samesite="Lax",
    )
    return response


def leave(network, dialog, answer, fragment=""):
    """Leave for the app with ``state`` unchanged and the fragment that is appended."""
    network.dialogs.pop(dialog.id, None)
    if dialog.state is not None:
        answer["state"] = dialog.state
    joint = "&" if "?" in dialog.redirect_uri else "?"
    end = f"#{fragment}" if fragment else ""
    return redirect(f"{dialog.redirect_uri}{joint}{urlencode(answer)}{end}", code=302)
