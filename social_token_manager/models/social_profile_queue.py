from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..clock import now
from ..policy import queue as policy
from ..providers import get_provider


class SocialProfileQueue(models.AbstractModel):
    """Renewing many at once; a part of ``social.profile``."""

    _name = "social.profile.queue"
    _description = "Renewal of Many Social Profiles"

    def action_renew_all(self):
        """Return the queue for these profiles, or the question for which network.

        :raise AccessError: this user may renew none of them
        """
        if self:
            return self.env["social.renewal.queue"]._start(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try renewing all"),
            "res_model": "social.renewal.choice",
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _renew_network(self, network):
        """Return the queue for all connected profiles of a network.

        :raise AccessError: this user may renew none of them
        """
        profiles = self.search(
            [("network_id", "=", network.id), ("access_id", "!=", False)]
        )
        if any(profiles.mapped("may_renew")):
            return self.env["social.renewal.queue"]._start(profiles)
        raise AccessError(
            self.env._(
                "There is no connected profile of %(network)s that you may renew. "
                "Nothing was started; ask a Manager or an Owner.",
                network=network.name,
            )
        )

    def _get_way(self):
        """Return what it takes to renew this profile, see ``policy.queue``."""
        self.ensure_one()
        # The engine reads tokens that its callers may not.
        token = self.sudo().token_id
        if not token:
            return policy.LOGIN
        life = token._get_life()
        provider = get_provider(token.app_id.provider)
        return policy.way(
            reason=self.reason or None,
            status=self.status,
            first_clock=token._get_clocks().first,
            renews_silently=provider.can_renew_silently(
                has_refresh_token=life.has_refresh_token
            ),
            is_old_enough=life.has_refresh_token or life.is_old_enough(now()),
        )

    def _is_end_moved_silently(self):
        """Whether a silent renewal moves the moment at which a person must act."""
        self.ensure_one()
        token = self.sudo().token_id
        return policy.moves_end(
            token._get_clocks().first,
            self.network_id._get_validity(),
            restarts_refresh=get_provider(token.app_id.provider).restarts_refresh_token,
        )

    def _get_login_place(self):
        """Return the app, the token to renew, and why it cannot be, False if it can."""
        self.ensure_one()
        try:
            return self._get_app(), self.sudo().token_id, False
        except UserError as error:
            return self.env["social.app"], self.sudo().token_id, str(error)

    def _prepare_outcome(self, way):
        """Return the values of a ``social.renewal.outcome`` that begins here."""
        token = self.sudo().token_id
        return {
            "profile_id": self.id,
            "way": way,
            "generation": token.generation,
            "failure_count": token.failure_count,
        }
