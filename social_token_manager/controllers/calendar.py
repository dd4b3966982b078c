from odoo import http
from odoo.http import request

from ..const import CALENDAR_ROUTE, CALENDAR_SECONDS

# Of one length for all, whether there never was such a feed or there is none any more.
UNKNOWN = "There is no calendar at this address. Make a new one in Odoo.\n"
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class SocialCalendarController(http.Controller):
    """What calendar programs read; see ``social.calendar.feed``."""

    @http.route(
        CALENDAR_ROUTE,
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        save_session=False,
    )
    def feed(self, token, **_query):
        """Answer with a user's calendar, or that it is the one he has already."""
        content = request.env["social.calendar.feed"]._read_feed(token)
        if content is None:
            return request.make_response(
                UNKNOWN,
                {**HEADERS, "Content-Type": "text/plain", "Cache-Control": "no-store"},
                status=404,
            )
        response = request.make_response(
            content,
            {
                **HEADERS,
                "Content-Type": "text/calendar; charset=utf-8",
                "Content-Disposition": 'inline; filename="social-connections.ics"',
                "Cache-Control": f"private, max-age={CALENDAR_SECONDS}",
            },
        )
        response.add_etag()
        return response.make_conditional(request.httprequest)
