from werkzeug.exceptions import MethodNotAllowed

from odoo import http
from odoo.http import request

from ..const import (
    DELETION_ROUTE,
    WEBHOOK_BYTES,
    WEBHOOK_PURPOSE_ROUTE,
    WEBHOOK_ROUTE,
)
from ..providers.signals import Delivery
from .oauth import PAGE_HEADERS


class SocialWebhookController(http.Controller):
    """Where the networks tell what happens to a grant, to a profile, to messages."""

    @http.route(
        WEBHOOK_ROUTE, type="http", auth="public", methods=["GET"], save_session=False
    )
    def handshake(self, callback_key, **_query):
        """Answer a network that asks whether this address is ours."""
        if request.httprequest.method != "GET":
            raise MethodNotAllowed(["GET", "POST"])
        return self._respond(
            request.env["social.signal"]._answer_handshake(
                callback_key, request.httprequest.args.to_dict()
            )
        )

    # Not readonly: cursors of its own must be able to write. Signed by the network,
    # which has no session of ours and no token against forgery.
    @http.route(
        [WEBHOOK_ROUTE, WEBHOOK_PURPOSE_ROUTE],
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=WEBHOOK_BYTES,
    )
    def webhook(self, callback_key, purpose="", **_form):
        """Take what a network tells, and answer when it is stored."""
        httprequest = request.httprequest
        delivery = Delivery(
            purpose,
            httprequest.get_data(),
            httprequest.headers,
            httprequest.form.to_dict(flat=False),
        )
        return self._respond(
            request.env["social.signal"]._receive(callback_key, delivery)
        )

    @http.route(
        DELETION_ROUTE, type="http", auth="public", methods=["GET"], save_session=False
    )
    def deletion(self, code):
        """Tell whoever has the code what became of a request to delete data."""
        done_at = request.env["social.signal"]._find_deletion(code)
        response = request.render(
            "social_token_manager.deletion",
            {"done_at": done_at},
            status=200 if done_at else 404,
        )
        response.headers.update(PAGE_HEADERS)
        return response

    @staticmethod
    def _respond(answer):
        return request.make_response(
            answer.body,
            headers={
                "Content-Type": answer.content_type,
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "no-store",
            },
            status=answer.status,
        )
