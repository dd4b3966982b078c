import re
import secrets
from urllib.parse import urlsplit

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..const import (
    ASK_SUFFIX,
    BINDING_COOKIE,
    CALLBACK_PATH,
    CONNECTION_PATH,
    CONNECTION_ROUTE,
    LINK_COOKIE,
    LINK_DAYS_MOST,
    LINK_PATH,
    LINK_ROUTE,
    REQUEST_LIFE,
)
from .oauth import PAGE_HEADERS

BINDING = re.compile(r"[\w-]{43}", re.ASCII)
DAY_SECONDS = 24 * 60 * 60


class SocialLinkController(http.Controller):
    """The pages of somebody outside, who has a connect link and no login.

    Looking consumes nothing, so that previews of mail programs do no harm; only the
    button does. Every browser that looks gets a cookie; the link is bound to that of
    the first one to press. Links that are unknown, over or another browser's get one
    answer.
    """

    # Not readonly: a guess is counted.
    @http.route(LINK_ROUTE, type="http", auth="public", methods=["GET"])
    def invite(self, token, **_query):
        """Show who asks, for what and until when."""
        self._speak()
        link = self._find(token)
        if link and link._is_bound_to(self._get_binding(link.reference)):
            return self._go_to_clean(link.reference)
        if link.binding_hash or not link._is_alive():
            return self._over(LINK_PATH.format(token=token))
        response = self._page("link_invitation", link, action="")
        # Before the button, so that whatever becomes of the answer to it, this browser
        # is known again.
        return self._keep_binding(response, link, self._choose_binding(link))

    @http.route(LINK_ROUTE, type="http", auth="public", methods=["POST"])
    def open(self, token, **_form):
        """Bind the link to this browser, the first one, and go on to the network."""
        self._speak()
        link = self._find(token)
        binding = self._choose_binding(link) if link else None
        if not (link._is_alive() and link._bind(binding)):
            return self._over(LINK_PATH.format(token=token))
        return self._go_to_network(link, binding)

    @http.route(CONNECTION_ROUTE, type="http", auth="public", methods=["GET"])
    def show(self, reference, **_query):
        """Show what came of it, at an address without a secret."""
        self._speak()
        link = self._recall(reference)
        outcome = link._get_outcome() if link else {"kind": "over"}
        if outcome["kind"] == "over":
            return self._over(CONNECTION_PATH.format(reference=reference))
        return self._page(f"link_{outcome.pop('kind')}", link, action="", **outcome)

    @http.route(CONNECTION_ROUTE, type="http", auth="public", methods=["POST"])
    def retry(self, reference, **_form):
        """Go to the network once more, in the browser that was there before."""
        self._speak()
        link = self._recall(reference)
        if not link._is_alive():
            return self._over(CONNECTION_PATH.format(reference=reference))
        return self._go_to_network(link, self._get_binding(reference))

    @http.route(LINK_ROUTE + ASK_SUFFIX, type="http", auth="public", methods=["POST"])
    def ask(self, token, **_form):
        """Tell the inviter that a new link is wanted; the answer is always the same."""
        self._speak()
        return self._asked(self._find(token))

    @http.route(
        CONNECTION_ROUTE + ASK_SUFFIX, type="http", auth="public", methods=["POST"]
    )
    def ask_again(self, reference, **_form):
        """Do the same at the address without a secret."""
        self._speak()
        return self._asked(self._recall(reference))

    # === STEPS === #

    @staticmethod
    def _find(token):
        return request.env["social.connect.link"]._find(
            token, request.httprequest.remote_addr
        )

    def _recall(self, reference):
        return request.env["social.connect.link"]._recall(
            reference, self._get_binding(reference)
        )

    @staticmethod
    def _get_binding(reference):
        return request.cookies.get(LINK_COOKIE.format(reference=reference))

    def _choose_binding(self, link):
        """Return what this browser is known by, a new random value at its first visit.

        Any other value would be what somebody else made up.
        """
        binding = self._get_binding(link.reference) or ""
        return binding if BINDING.fullmatch(binding) else secrets.token_urlsafe(32)

    @staticmethod
    def _speak():
        """Speak the language of the browser, as far as it is installed."""
        installed = [code for code, _name in request.env["res.lang"].get_installed()]
        wanted = [
            tag.replace("-", "_")
            for tag in request.httprequest.accept_languages.values()
        ]
        found = (
            code
            for tag in wanted
            for code in installed
            if code == tag or code.partition("_")[0] == tag.partition("_")[0]
        )
        request.update_context(lang=next(found, "en_US"))

    def _go_to_clean(self, reference):
        response = request.redirect(
            CONNECTION_PATH.format(reference=reference), code=303
        )
        return self._finished(response)

    def _go_to_network(self, link, binding):
        """Start an attempt; bind both cookies to this browser and leave."""
        try:
            request_id, url, request_binding = link._start()
        except UserError:
            # Its sentence is for the people who can mend it.
            response = self._page("link_resting", link, status=503)
            return self._keep_binding(response, link, binding)
        response = request.redirect(url, code=303, local=False)
        self._keep_binding(response, link, binding)
        self._set_cookie(
            response,
            BINDING_COOKIE.format(request_id=request_id),
            request_binding,
            CALLBACK_PATH.format(callback_key=""),
            int(REQUEST_LIFE.total_seconds()),
        )
        return self._finished(response)

    def _keep_binding(self, response, link, binding):
        self._set_cookie(
            response,
            LINK_COOKIE.format(reference=link.reference),
            binding,
            "/social/",
            LINK_DAYS_MOST * DAY_SECONDS,
        )
        return response

    @staticmethod
    def _set_cookie(response, name, value, path, seconds):
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path=path,
            httponly=True,
            samesite="Lax",
            secure=request.httprequest.scheme == "https",
        )

    # === PAGES === #

    def _page(self, template, link, status=200, **values):
        """Return a page in the language of whom the link is for."""
        shown = link._localized(link.person_id)
        request.update_context(lang=shown.env.lang, tz=shown.env.context["tz"])
        response = request.render(
            f"social_token_manager.{template}",
            {**link.with_env(request.env(su=True))._get_page(), **values},
            status=status,
        )
        return self._finished(response, link)

    def _over(self, path):
        """Return one and the same page for every link that opens nothing."""
        response = request.render(
            "social_token_manager.link_over",
            {"action": path + ASK_SUFFIX},
            status=404,
        )
        return self._finished(response)

    def _asked(self, link):
        if link and not link._is_alive():
            link._ask()
        return self._finished(request.render("social_token_manager.link_asked", {}))

    @staticmethod
    def _finished(response, link=None):
        response.headers.update({**PAGE_HEADERS, "X-Robots-Tag": "noindex, nofollow"})
        if link:
            # The button leads to the network in the end, and browsers hold a form to
            # its policy through every redirect.
            url = urlsplit(link.app_id._get_address("authorize_url"))
            policy = PAGE_HEADERS["Content-Security-Policy"]
            response.headers["Content-Security-Policy"] = policy.replace(
                "form-action 'self'",
                f"form-action 'self' https: {url.scheme}://{url.netloc}",
            )
        return response
