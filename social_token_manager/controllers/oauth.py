from werkzeug.exceptions import MethodNotAllowed, RequestURITooLarge

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from ..const import (
    AUTHORIZE_ROUTE,
    BINDING_COOKIE,
    CALLBACK_PATH,
    CALLBACK_ROUTE,
    PROFILES_PATH,
    RENEW_ROUTE,
    REQUEST_LIFE,
    WIZARD_PATH,
)

QUERY_BYTES = 8192
PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class SocialOauthController(http.Controller):
    """The way to a network's consent page and back."""

    @http.route(AUTHORIZE_ROUTE, type="http", auth="user", methods=["GET"])
    def authorize(self, request_id):
        """Send the person to the network, and bind the way back to this browser."""
        oauth_request = request.env["social.oauth.request"].browse(request_id)
        try:
            url, binding = oauth_request._begin()
        except (AccessError, UserError) as error:
            return self._refused(str(error))
        response = request.redirect(url, code=303, local=False)
        response.set_cookie(
            BINDING_COOKIE.format(request_id=request_id),
            binding,
            max_age=int(REQUEST_LIFE.total_seconds()),
            path=CALLBACK_PATH.format(callback_key=""),
            httponly=True,
            samesite="Lax",
            secure=request.httprequest.scheme == "https",
        )
        response.headers.update(PAGE_HEADERS)
        return response

    @http.route(RENEW_ROUTE, type="http", auth="user", methods=["GET"])
    def renew(self, profile_id):
        """Take up the renewal that a mail's button speaks of."""
        profile = request.env["social.profile"].browse(profile_id).exists()
        try:
            action = profile.action_renew()
        except (AccessError, UserError) as error:
            return self._refused(str(error))
        except ValueError:
            return request.redirect(PROFILES_PATH, code=303)
        return request.redirect(self._get_action_address(action), code=303)

    # Not readonly: cursors of its own must be able to write (RFC 6749 section 4.1.2).
    @http.route(
        CALLBACK_ROUTE, type="http", auth="public", methods=["GET"], save_session=False
    )
    def callback(self, callback_key, **_query):
        """Take the answer of a network and go on to a clean address."""
        httprequest = request.httprequest
        if httprequest.method != "GET":
            raise MethodNotAllowed(["GET"])
        if len(httprequest.query_string) > QUERY_BYTES:
            raise RequestURITooLarge()
        # Odoo may run this again for one request; the answer must then be the same.
        outcome = getattr(httprequest, "social_outcome", None)
        if outcome is None:
            outcome = request.env["social.oauth.request"]._finish(
                callback_key,
                httprequest.args.to_dict(flat=False),
                request.session.uid,
                self._get_binding,
            )
            httprequest.social_outcome = outcome
        if not outcome.address:
            return self._refused()
        response = request.redirect(self._get_address(outcome), code=303)
        response.headers.update(PAGE_HEADERS)
        return response

    @staticmethod
    def _get_address(outcome):
        return outcome.address

    @staticmethod
    def _get_action_address(action):
        if action["type"] == "ir.actions.act_url":
            return action["url"]
        return WIZARD_PATH.format(wizard_id=action["res_id"])

    @staticmethod
    def _get_binding(request_id):
        return request.cookies.get(BINDING_COOKIE.format(request_id=request_id))

    @staticmethod
    def _refused(sentence=None):
        """Return one and the same page for everything that is refused."""
        response = request.render(
            "social_token_manager.refused", {"sentence": sentence}, status=403
        )
        response.headers.update(PAGE_HEADERS)
        return response
