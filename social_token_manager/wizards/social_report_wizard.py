from datetime import date

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ..clock import now
from ..models.report_social_month import REPORT
from ..policy import outages
from ..wording import month_text

MONTHS = 12


class SocialReportWizard(models.TransientModel):
    """The question for which client and month a report is to be made."""

    _name = "social.report.wizard"
    _description = "Monthly Report on the Connections of a Client"

    partner_id = fields.Many2one("res.partner", "Client", required=True)
    client_ids = fields.Many2many(
        "res.partner", string="Clients", compute="_compute_client_ids"
    )
    month = fields.Selection(
        "_get_months",
        required=True,
        default=lambda self: self._get_months()[0][0],
    )
    has_pdf = fields.Boolean("Has PDF", compute="_compute_has_pdf")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_client_ids(self):
        groups = (
            self.env["social.profile"]
            .with_context(active_test=False)
            ._read_group(
                [
                    ("partner_id", "!=", False),
                    ("company_id", "=", self.env.company.id),
                ],
                ["partner_id"],
            )
        )
        for wizard in self:
            wizard.client_ids = [client.id for (client,) in groups]

    @api.depends("month")
    def _compute_has_pdf(self):
        state = self.env["ir.actions.report"].get_wkhtmltopdf_state()
        for wizard in self:
            wizard.has_pdf = state in ("ok", "workers")

    @api.constrains("partner_id")
    def _check_partner(self):
        """Refuse a client whom its maker may not see: the dialog would name him."""
        # Constraints are checked with all rights.
        self.sudo(False).partner_id.check_access("read")

    @api.model
    def _get_months(self):
        """Return last month and those before it, and the one that is not over."""
        zone = pytz.timezone(self.env.user.tz or "UTC")
        last = outages.month_before(now(), zone)
        months = [last - relativedelta(months=ago) for ago in range(MONTHS)]
        return [
            (month.isoformat(), month_text(self.env, month))
            for month in (*months, last + relativedelta(months=1))
        ]

    def action_show(self):
        """Return the action that shows the report.

        :raise AccessError: this user is no Manager
        """
        return self._get_report_action("qweb-html")

    def action_download(self):
        """Return the action that makes a PDF file of the report.

        :raise AccessError: this user is no Manager
        """
        return self._get_report_action("qweb-pdf")

    def _get_report_action(self, kind):
        self.ensure_one()
        self.check_access("read")
        self.env[f"report.{REPORT}"]._check_may_report()
        report = self.env.ref(REPORT + "_action")
        data = {
            "partner_ids": self.partner_id.ids,
            "month": date.fromisoformat(self.month).isoformat(),
        }
        action = report.report_action(self.partner_id, data=data, config=False)
        return {**action, "report_type": kind}
