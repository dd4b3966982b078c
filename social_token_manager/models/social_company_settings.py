from odoo import fields, models


class SocialCompanySettings(models.AbstractModel):
    """What Owners set for one company, as a form has it.

    A part of ``res.config.settings`` and of ``social.settings``. What is read and
    written is the company's own; here are neither values nor rules.
    """

    _name = "social.company.settings"
    _description = "Settings of a Company"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    # Without all rights: nobody is told of a company in which he does not work.
    social_strict_renewal = fields.Boolean(
        related="company_id.social_strict_renewal", readonly=False, related_sudo=False
    )
    social_notice_days = fields.Char(
        related="company_id.social_notice_days", readonly=False, related_sudo=False
    )
    social_quiet_rule = fields.Selection(
        related="company_id.social_quiet_rule", readonly=False, related_sudo=False
    )
    social_break_overrides = fields.Boolean(
        related="company_id.social_break_overrides", readonly=False, related_sudo=False
    )
    social_escalation = fields.Boolean(
        related="company_id.social_escalation", readonly=False, related_sudo=False
    )
    social_escalation_days = fields.Char(
        related="company_id.social_escalation_days", readonly=False, related_sudo=False
    )
    social_escalation_repeat = fields.Integer(
        related="company_id.social_escalation_repeat",
        readonly=False,
        related_sudo=False,
    )
    social_escalation_link = fields.Boolean(
        related="company_id.social_escalation_link", readonly=False, related_sudo=False
    )
    social_purge = fields.Boolean(
        related="company_id.social_purge", readonly=False, related_sudo=False
    )
    social_journal_days = fields.Integer(
        related="company_id.social_journal_days", readonly=False, related_sudo=False
    )
    social_link_days = fields.Integer(
        related="company_id.social_link_days", readonly=False, related_sudo=False
    )
    social_support_url = fields.Char(
        related="company_id.social_support_url", readonly=False, related_sudo=False
    )
    social_support_email = fields.Char(
        related="company_id.social_support_email", readonly=False, related_sudo=False
    )
    social_support_phone = fields.Char(
        related="company_id.social_support_phone", readonly=False, related_sudo=False
    )
    social_support_first_day = fields.Selection(
        related="company_id.social_support_first_day",
        readonly=False,
        related_sudo=False,
    )
    social_support_last_day = fields.Selection(
        related="company_id.social_support_last_day",
        readonly=False,
        related_sudo=False,
    )
    social_support_start = fields.Float(
        related="company_id.social_support_start", readonly=False, related_sudo=False
    )
    social_support_end = fields.Float(
        related="company_id.social_support_end", readonly=False, related_sudo=False
    )
    social_support_tz = fields.Selection(
        related="company_id.social_support_tz", readonly=False, related_sudo=False
    )
