"""The Graph API's refusals: documented codes, subcodes and texts.

Envelope: ``{"error": {message, type, code, error_subcode?, fbtrace_id}}``. Numbers
follow the "Error handling" page of the Graph API documentation; texts are those seen
live, because clients in the field match on them. HTTP statuses are not documented; ours
are the usual ones.
"""

import json
import secrets
from datetime import UTC, datetime

from werkzeug.wrappers import Response

from ..problems import Refusal


class GraphError(Refusal):
    """One refusal of the Graph API."""

    def __init__(
        self, code, message, subcode=0, type="OAuthException", status=None, **more
    ):
        super().__init__(message)
        self.code, self.message, self.subcode, self.type = code, message, subcode, type
        self.status = status or usual_status(code)
        self.more = more

    def body(self):
        error = {"message": self.message, "type": self.type, "code": self.code}
        if self.subcode:
            error["error_subcode"] = self.subcode
        error |= self.more
        error["fbtrace_id"] = "A" + secrets.token_urlsafe(16)
        return {"error": error}

    def response(self):
        response = graph_json(self.body(), self.status)
        if self.status in (400, 401):
            plain = self.message.replace('"', "'").replace("\n", " ")
            kind = "invalid_token" if self.code == 190 else "invalid_request"
            challenge = f'OAuth "Facebook Platform" "{kind}" "{plain}"'
            response.headers["WWW-Authenticate"] = challenge.encode(
                "ascii", "replace"
            ).decode()
        return response

    def debug(self):
        """Return the ``error`` entry of ``debug_token``, which says ``subcode``."""
        entry = {"code": self.code, "message": self.message}
        return entry | ({"subcode": self.subcode} if self.subcode else {})


def usual_status(code):
    if code in (1, 2):
        return 500
    return 403 if code in (10, 200, 210) else 400


def graph_json(data, status=200):
    text = json.dumps(data, ensure_ascii=True)
    return Response(text, status=status, content_type="application/json; charset=UTF-8")


def pacific(moment):
    """Return a moment the way the API words it in its texts."""
    return datetime.fromtimestamp(moment, UTC).strftime("%A, %d-%b-%y %H:%M:%S UTC")


# --- the token is dead (code 190)


def unparsable():
    return GraphError(190, "Invalid OAuth access token - Cannot parse access token")


def not_authorized(app_id):
    text = f"The user has not authorized application {app_id}."
    return GraphError(190, f"Error validating access token: {text}", 458)


def checkpoint():
    text = (
        "Error validating access token: You cannot access the app till you log in to "
        "www.facebook.com and follow the instructions given."
    )
    return GraphError(190, text, 459)


def password_changed():
    text = (
        "Error validating access token: The session has been invalidated because the "
        "user changed "
        "their password or Facebook has changed the session for security reasons."
    )
    return GraphError(190, text, 460)


def expired(at, now):
    text = (
        f"Error validating access token: Session has expired on {pacific(at)}. "
        f"The current time is {pacific(now)}."
    )
    return GraphError(190, text, 463)


def invalidated():
    return GraphError(
        190, "Error validating access token: The session is invalid.", 467
    )


def role_lost():
    text = (
        "Error validating access token: The user must be an administrator, editor, "
        "or moderator of "
        "the page in order to impersonate it. If the page business requires Two Factor "
        "Authentication, the user also needs to enable Two Factor Authentication."
    )
    return GraphError(190, text, 492)


def deselected():
    text = (
        "Any of the pages_read_engagement, pages_manage_metadata, "
        "pages_read_user_content, "
        "pages_manage_ads, pages_show_list or pages_messaging permission(s) must be "
        "granted before "
        "impersonating a user's page."
    )
    return GraphError(190, text)


def page_deleted():
    text = "Page access token belongs to a Page that has been deleted."
    return GraphError(190, f"Error validating access token: {text}")


# --- the call is refused


def token_required():
    text = "An active access token must be used to query information about the "
    text += "current user."
    return GraphError(2500, text)


def app_blocked():
    return GraphError(200, "API access blocked.", status=400)


def throttled(code=4):
    words = {4: "Application request limit reached", 17: "User request limit reached"}
    words |= {
        32: "Page request limit reached",
        613: "Calls to this api have exceeded the rate limit.",
    }
    return GraphError(
        code, f"(#{code}) {words.get(code, 'There have been too many calls')}"
    )


def scope_missing(*scopes):
    text = f"(#10) This endpoint requires the '{' or '.join(scopes)}' permission."
    return GraphError(10, text)


def subscription_scope_missing(field, scope):
    text = (
        f"(#200) To subscribe to the {field} field, one of these permissions is "
        f"needed: {scope}. "
        "Permission can be granted by the page's administrator."
    )
    return GraphError(200, text)


def task_missing():
    text = (
        "(#200) User does not have sufficient administrative permission for this "
        "action on this "
        "page. If the page business requires Two Factor Authentication, the user "
        "also needs to "
        "enable Two Factor Authentication."
    )
    return GraphError(200, text)


def page_token_required():
    text = "(#210) A page access token is required to request this resource."
    return GraphError(210, text)


def app_token_required():
    text = "This method must be called with an app access_token."
    return GraphError(15, "(#15) " + text)


def bad_parameter(text):
    return GraphError(100, f"(#100) {text}")


def proof_required():
    text = "API calls from the server require an appsecret_proof argument"
    return GraphError(100, text, type="GraphMethodException")


def proof_wrong():
    text = "Invalid appsecret_proof provided in the API argument"
    return GraphError(100, text, type="GraphMethodException")


def no_such_object(object_id, method="get"):
    text = (
        f"Unsupported {method.lower()} request. Object with ID '{object_id}' does not "
        "exist, cannot "
        "be loaded due to missing permissions, or does not support this operation. "
        "Please read "
        "the Graph API documentation."
    )
    return GraphError(100, text, 33, type="GraphMethodException")


def unknown_path(path):
    return GraphError(2500, f"Unknown path components: {path}")
