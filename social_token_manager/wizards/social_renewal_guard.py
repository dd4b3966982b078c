from odoo import api, fields, models

from ..guard_wording import by_client, hidden_text, lost_text, stay_text


class SocialRenewalGuard(models.AbstractModel):
    """What has to stay ticked at the network, and what was left out there.

    Facebook takes a page that is left unticked for withdrawn, whoever connected it. So
    all that live from one permission are named before the person leaves, and what was
    lost is named by client before anything else is done. A page is named to who granted
    it, but its client only to who sees the profile. A part of
    ``social.renewal.wizard``.
    """

    _name = "social.renewal.guard"
    _description = "Guard against Lost Profiles"

    profile_id = fields.Many2one(
        "social.profile", required=True, readonly=True, ondelete="cascade"
    )
    line_ids = fields.One2many("social.renewal.line", "wizard_id", "Accounts")
    profile_ids = fields.Many2many(
        "social.profile", string="Must Stay Ticked", compute="_compute_guard"
    )
    guard_text = fields.Char(compute="_compute_guard")
    hidden_text = fields.Text(compute="_compute_guard")
    has_missing = fields.Boolean(compute="_compute_lost_text")
    has_lacking = fields.Boolean(compute="_compute_lost_text")
    lost_text = fields.Text(compute="_compute_lost_text")

    @api.depends("profile_id")
    @api.depends_context("lang", "uid")
    def _compute_guard(self):
        for wizard in self:
            profile = wizard.profile_id
            seen = profile._get_companions()
            hidden = profile.sudo()._get_companions() - seen
            token = profile.sudo().token_id
            is_granter = token.person_id == self.env.user.partner_id
            wizard.profile_ids = seen.sorted(by_client)
            wizard.guard_text = stay_text(self.env, len(seen) + len(hidden))
            wizard.hidden_text = hidden_text(self.env, hidden, is_granter)

    @api.depends("line_ids.kind")
    @api.depends_context("lang", "uid")
    def _compute_lost_text(self):
        for wizard in self:
            # Whoever was just at the network has seen these names there.
            lost = wizard.sudo().line_ids.filtered(lambda one: one.kind == "missing")
            wizard.has_missing = bool(lost)
            wizard.has_lacking = "lacking" in wizard.line_ids.mapped("kind")
            wizard.lost_text = bool(lost) and lost_text(self.env, lost.profile_id)
