from odoo import api, fields, models

from ..policy import queue as policy


class SocialRenewalOutcome(models.TransientModel):
    """What became of one profile in a queue, read off the profile itself."""

    _name = "social.renewal.outcome"
    _description = "Result in a Renewal of Many Profiles"
    _order = "id"
    _transient_max_hours = 24 * 7

    queue_id = fields.Many2one(
        "social.renewal.queue", required=True, index=True, ondelete="cascade"
    )
    login_id = fields.Many2one("social.renewal.login", index=True, ondelete="cascade")
    profile_id = fields.Many2one(
        "social.profile", required=True, readonly=True, ondelete="cascade"
    )
    way = fields.Selection(
        [
            (policy.LOGIN, "By a login"),
            (policy.SILENT, "By itself"),
            (policy.NOTHING, "Not needed"),
        ],
        required=True,
        readonly=True,
    )
    generation = fields.Integer(readonly=True)
    failure_count = fields.Integer(readonly=True)
    network_id = fields.Many2one(related="profile_id.network_id")
    network_icon = fields.Char(related="profile_id.network_icon", string="Network Icon")
    partner_id = fields.Many2one(related="profile_id.partner_id", string="Client")
    status = fields.Selection(related="profile_id.status")
    days_left = fields.Integer(related="profile_id.days_left")
    expires_at = fields.Datetime(related="profile_id.expires_at")
    # Read off tokens, which Members may not read.
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("renewed", "✓ Renewed"),
            ("unchanged", "– Unchanged"),
            ("failed", "✕ Failed"),
        ],
        compute="_compute_state",
        compute_sudo=True,
    )
    why = fields.Char(compute="_compute_state", compute_sudo=True)

    @api.depends("profile_id.access_id", "profile_id.reason", "login_id.tried_at")
    @api.depends_context("lang")
    def _compute_state(self):
        for outcome in self:
            outcome.state = outcome._get_state()
            outcome.why = outcome._get_why()

    def _get_state(self):
        profile, token = self.profile_id, self.profile_id.token_id
        if not profile.reason and self._is_renewed(token):
            return "renewed"
        if self.way == policy.NOTHING:
            return "failed" if profile.reason else "unchanged"
        if self.way == policy.LOGIN and not self.login_id.tried_at:
            return "waiting"
        if profile.reason:
            return "failed"
        if self.way == policy.SILENT and token.failure_count <= self.failure_count:
            return "waiting"
        return "unchanged"

    def _is_renewed(self, token):
        if self.way == policy.LOGIN:
            # Whole seconds, and the login may follow at once.
            return bool(
                token.granted_at
                and token.granted_at >= self.queue_id.started_at
                and token.generation != self.generation
            )
        return self.way == policy.SILENT and token.generation > self.generation

    def _get_why(self):
        """Return why a profile was not renewed, in a few words."""
        if self.state == "failed":
            return self.profile_id.reason_text
        if self.state == "unchanged" and self.way == policy.SILENT:
            return self.env._(
                "The network did not answer; it is tried again by itself."
            )
        if self.state == "unchanged" and self.way == policy.NOTHING:
            return self.env._("It was renewed a short time ago, or never ends.")
        if self.state == "unchanged":
            return self.env._("It works as before; the login was for other profiles.")
        return False
