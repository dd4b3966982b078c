from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..clock import now
from ..const import CONNECTION_PATH, REQUEST_LIFE


class SocialOauthRequest(models.Model):
    """An attempt that somebody outside makes by a connect link.

    It is the inviter's: his rights decide what is stored, at the start and at the end.
    Who comes back is known by the browser alone, since there is no session.
    """

    _inherit = "social.oauth.request"

    link_id = fields.Many2one(
        "social.connect.link", readonly=True, index="btree_not_null", ondelete="cascade"
    )

    @api.model
    def _start_for_link(self, link):
        """Create a request for a link and mint it, in the engine's environment.

        :return: its id, the address of the consent page, the value of its cookie
        :raise UserError: the app is not ready
        """
        app, profile = link.app_id, link.profile_id
        app._check_ready()
        link._drop_surplus()
        oauth_request = self.create(
            {
                "user_id": link.user_id.id,
                "link_id": link.id,
                "company_id": link.company_id.id,
                "app_id": app.id,
                "profile_ids": [fields.Command.set(profile.ids)],
                "purpose": "renew" if profile else "connect",
                "prompt": profile._get_prompt() if profile else None,
                "redirect_uri": app.redirect_uri,
                "expires_at": now() + REQUEST_LIFE,
            }
        )
        self.env["social.event"]._record(
            "sent", oauth_request, app_id=app.id, profile_id=profile.id
        )
        url, binding = oauth_request._mint()
        return oauth_request.id, url, binding

    def _begin(self):
        """Override: nobody goes on in the name of who was invited."""
        if self.sudo().exists().link_id:
            raise AccessError(self.env._("This attempt belongs to somebody else."))
        return super()._begin()

    def _get_refusal(self, callback_key, uid, get_cookie, issuer):
        """Override: whoever was invited has no session, or one that says nothing."""
        if self.link_id:
            uid = self.user_id.id
        return super()._get_refusal(callback_key, uid, get_cookie, issuer)

    def _is_still_allowed(self):
        """Override: the link must be alive, and its inviter allowed, to the end."""
        if self.link_id:
            return self.link_id._is_alive()
        return super()._is_still_allowed()

    def _get_address(self):
        """Override: the person has no way into Odoo."""
        if self.link_id:
            return CONNECTION_PATH.format(reference=self.link_id.reference)
        return super()._get_address()

    def _get_person(self):
        """Override: it is the one invited who grants."""
        return self.link_id.person_id or super()._get_person()

    def _take_listing(self, token, listing):
        """Override: only what the link is for is stored."""
        if self.link_id:
            return self.link_id._take_listing(token, listing)
        return super()._take_listing(token, listing)

    def _is_other_account(self, granted, offered, missing):
        """Override: what a link brings is compared, and held, by the link."""
        return not self.link_id and super()._is_other_account(granted, offered, missing)

    def _tells_lost(self):
        """Override: who opens a link learns of what the link is for alone."""
        return not self.link_id and super()._tells_lost()

    def _conclude_granted(self, token, granted, offered, missing):
        """Override: a grant of another account is no grant of nothing."""
        concluded = super()._conclude_granted(token, granted, offered, missing)
        if self.link_id.wrong_at and not granted:
            self.result = "wrong_account"
        return concluded
