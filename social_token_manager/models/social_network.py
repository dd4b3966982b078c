from odoo import api, fields, models

from ..policy import escalation, notices
from ..policy.expiry import Validity
from ..wording import validity_text
from .res_company import check_days, check_ladder


class SocialNetwork(models.Model):
    """A kind of profile. Its published validity and limits are data, to be edited."""

    _name = "social.network"
    _description = "Social Network"
    _order = "sequence, id"
    # A file to import names a network in any language by its code.
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    icon = fields.Char(help="A Font Awesome class, such as fa-facebook-square.")
    providers = fields.Char(
        required=True,
        default="oauth2",
        help="Codes of the providers that can serve it, the first by default.",
    )
    validity_number = fields.Integer(
        "Published Validity", help="0 when the network publishes no expiry."
    )
    validity_unit = fields.Selection(
        [("days", "Days"), ("months", "Months"), ("years", "Years")],
        default="days",
        required=True,
    )
    validity_from = fields.Selection(
        [("grant", "The grant"), ("last_use", "The last use")],
        string="Counted From",
        default="grant",
        required=True,
    )
    validity_text = fields.Char(compute="_compute_validity_text", string="Validity")
    validity_note = fields.Char(translate=True)
    renewal = fields.Selection(
        [
            ("extend", "Extends silently"),
            ("rotate", "Rotates silently"),
            ("none", "A person renews"),
        ],
        default="none",
        required=True,
        help="What its default provider does; what an app's own provider can do "
        "counts.",
    )
    notice_days = fields.Char(
        "Days to Tell People Before",
        default="7, 3, 1",
        help="A company may have days of its own, in the settings.",
    )
    warn_days = fields.Integer(
        "Warn Days Before",
        compute="_compute_warn_days",
        help="The first of the days on which people are told; 0 when they are not.",
    )
    escalation_days = fields.Char(
        "Days Until It Goes Further Up",
        default="1, 2, 3, 5, 7",
        help="Days after the end at which the granter, the Admins, the Managers, the "
        "Owners and somebody outside are asked. A company may have days of its own, in "
        "the settings.",
    )
    history_limit_days = fields.Integer(
        help="How far back messages can be fetched after a gap; 0 when unknown."
    )
    purge_after_days = fields.Integer(
        help="Days without a valid token after which held data is to go; 0 for never."
    )
    carries_messages = fields.Boolean(
        help="People write here: while a connection is gone, messages are missed."
    )
    limits_url = fields.Char(
        "More About Its Limits", help="Where the network describes them."
    )
    native_role = fields.Text(
        "Native Right Needed",
        translate=True,
        help="What somebody must be allowed at the network to connect or renew.",
    )
    prerequisites = fields.Html(translate=True)

    _code_unique = models.UniqueIndex("(code)", "A network's code is used once.")

    @api.depends("validity_number", "validity_unit")
    @api.depends_context("lang")
    def _compute_validity_text(self):
        for network in self:
            network.validity_text = validity_text(
                self.env, network.validity_number, network.validity_unit
            )

    def _get_validity(self):
        """Return the published :class:`Validity`."""
        self.ensure_one()
        return Validity(
            self.validity_number,
            self.validity_unit,
            from_last_use=self.validity_from == "last_use",
        )

    @api.constrains("notice_days")
    def _check_notice_days(self):
        for network in self:
            check_days(self.env, network.notice_days)

    @api.depends("notice_days")
    @api.depends_context("company")
    def _compute_warn_days(self):
        for network in self:
            days = network._get_notice_days(self.env.company)
            network.warn_days = max(days, default=0)

    def _get_notice_days(self, company):
        """Return how many days before the end people are told in a company."""
        text = company.sudo().social_notice_days or self.notice_days
        return notices.parse_days(text or "")

    @api.constrains("escalation_days")
    def _check_escalation_days(self):
        for network in self:
            check_ladder(self.env, network.escalation_days)

    def _get_escalation_days(self, company):
        """Return how many days after the end each level is told in a company."""
        text = company.sudo().social_escalation_days or self.escalation_days
        return escalation.parse_ladder(text or "")

    def action_renew_all(self):
        """Return the queue for all connected profiles of this network.

        :raise AccessError: this user may renew none of them
        """
        self.ensure_one()
        self.check_access("read")
        return self.env["social.profile"]._renew_network(self)

    def _get_provider_codes(self):
        """Return the codes of the providers that can serve it, the default first."""
        self.ensure_one()
        return [
            code.strip() for code in (self.providers or "").split(",") if code.strip()
        ]
