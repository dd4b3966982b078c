from odoo import api, fields, models
from odoo.exceptions import UserError

OWNER = "social_token_manager.group_owner"


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    # Odoo's settings are open to settings admins; these are for Owners among them.
    social_strict_renewal = fields.Boolean(
        related="company_id.social_strict_renewal", readonly=False, groups=OWNER
    )
    social_renewal_workers = fields.Integer(
        "Parallel Renewal Workers",
        default=lambda self: self._get_worker_count(),
        groups=OWNER,
    )
    social_notice_days = fields.Char(
        related="company_id.social_notice_days", readonly=False, groups=OWNER
    )
    social_quiet_rule = fields.Selection(
        related="company_id.social_quiet_rule", readonly=False, groups=OWNER
    )
    social_break_overrides = fields.Boolean(
        related="company_id.social_break_overrides", readonly=False, groups=OWNER
    )
    social_escalation = fields.Boolean(
        related="company_id.social_escalation", readonly=False, groups=OWNER
    )
    social_escalation_days = fields.Char(
        related="company_id.social_escalation_days", readonly=False, groups=OWNER
    )
    social_escalation_repeat = fields.Integer(
        related="company_id.social_escalation_repeat", readonly=False, groups=OWNER
    )
    social_escalation_link = fields.Boolean(
        related="company_id.social_escalation_link", readonly=False, groups=OWNER
    )
    social_purge = fields.Boolean(
        related="company_id.social_purge", readonly=False, groups=OWNER
    )
    social_journal_days = fields.Integer(
        related="company_id.social_journal_days", readonly=False, groups=OWNER
    )
    social_link_days = fields.Integer(
        related="company_id.social_link_days", readonly=False, groups=OWNER
    )
    social_support_url = fields.Char(
        related="company_id.social_support_url", readonly=False, groups=OWNER
    )
    social_support_email = fields.Char(
        related="company_id.social_support_email", readonly=False, groups=OWNER
    )
    social_support_phone = fields.Char(
        related="company_id.social_support_phone", readonly=False, groups=OWNER
    )
    social_support_first_day = fields.Selection(
        related="company_id.social_support_first_day", readonly=False, groups=OWNER
    )
    social_support_last_day = fields.Selection(
        related="company_id.social_support_last_day", readonly=False, groups=OWNER
    )
    social_support_start = fields.Float(
        related="company_id.social_support_start", readonly=False, groups=OWNER
    )
    social_support_end = fields.Float(
        related="company_id.social_support_end", readonly=False, groups=OWNER
    )
    social_support_tz = fields.Selection(
        related="company_id.social_support_tz", readonly=False, groups=OWNER
    )
    social_key_source = fields.Char(
        "Encryption Key", compute="_compute_social_key_source", groups=OWNER
    )

    @api.model
    def _get_worker_count(self):
        return len(self.env["social.token"]._get_renewal_actions())

    def set_values(self):
        """Override of Odoo's to have as many scheduled actions as workers."""
        result = super().set_values()
        if not self.env.user.has_group(OWNER):
            return result
        if self.social_renewal_workers != self._get_worker_count():
            self.env["social.token"]._set_renewal_workers(self.social_renewal_workers)
        return result

    @api.depends_context("uid")
    def _compute_social_key_source(self):
        path, is_named = self.env["social.key"]._get_location()
        for settings in self:
            settings.social_key_source = self._get_key_line(path, is_named)

    def _get_key_line(self, path, is_named):
        """Return where the key is and which one seals; never the key."""
        try:
            kid = self.env["social.key"]._get_keyring().writer
        except UserError as error:
            return str(error)
        if is_named:
            return self.env._("Key %(kid)s, file %(path)s", kid=kid, path=path)
        return self.env._(
            "Key %(kid)s, made on first use: %(path)s. Back this file up apart from "
            "the database.",
            kid=kid,
            path=path,
        )
