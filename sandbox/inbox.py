"""``/mail``: the pages that show what the stand-in mail server has taken."""

from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from .web import page
from .world import utc_text

# A link in a message opens in the whole window, or in a new one that is not itself
# sandboxed: it leads to pages that need their scripts.
FRAME_RIGHTS = (
    "allow-popups allow-popups-to-escape-sandbox "
    "allow-top-navigation-by-user-activation"
)
# Pictures come from this machine alone: nothing tells the world that mail was read.
MESSAGE_POLICY = (
    f"sandbox {FRAME_RIGHTS}; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data: http://127.0.0.1:* http://localhost:*; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
HTML_TYPE = "text/html; charset=utf-8"
# HTML's parser ignores the head that the message itself opens after this one.
MESSAGE_HEAD = '<!DOCTYPE html><meta charset="utf-8"><base target="_top">'


def rules():
    return [
        Rule("/mail", endpoint=inbox, methods=["GET"]),
        Rule("/mail/<int:number>", endpoint=message, methods=["GET"]),
        Rule("/mail/<int:number>/html", endpoint=message_html, methods=["GET"]),
    ]


def inbox(world, request):
    said, wrong = request.args.get("said"), request.args.get("wrong")
    to = request.args.get("to", "").strip()
    mails = world.mailbox.received(to)[::-1]
    values = {"world": world, "to": to, "mails": mails, "moment": utc_text}
    return page("inbox.html", said=said, wrong=wrong, **values)


def message(world, request, number):
    mail = world.mailbox.find(number)
    if not mail:
        return no_message()
    return page("mail.html", mail=mail, moment=utc_text, rights=FRAME_RIGHTS)


def message_html(world, request, number):
    """Return the HTML part alone, for the frame: without rights, whatever it holds."""
    mail = world.mailbox.find(number)
    if not mail or not mail.html:
        return no_message()
    response = Response(MESSAGE_HEAD + mail.html, content_type=HTML_TYPE)
    response.headers["Content-Security-Policy"] = MESSAGE_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    # A browser refuses to open a sandboxed page with any other value.
    response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response


def no_message():
    return page(
        "error.html",
        status=404,
        title="No such message",
        message="There is no such message, or newer ones have pushed it out.",
    )
