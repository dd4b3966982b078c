import logging

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

from ..clock import now
from ..engine import apart
from ..policy import notices
from ..wording import report_sent_text, report_subject
from .report_social_month import REPORT

_logger = logging.getLogger(__name__)


class SocialReport(models.Model):
    """One monthly report that was sent to one client, so that it goes out once.

    The row and the mail are one transaction: whatever runs again, or twice at once,
    finds the row and sends nothing.
    """

    _name = "social.report"
    _description = "Monthly Report Sent to a Client"
    _order = "month desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        "Client",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    month = fields.Date("Month From", required=True, readonly=True)
    mail_id = fields.Many2one("mail.mail", readonly=True, index="btree_not_null")

    _once = models.UniqueIndex(
        "(partner_id, company_id, month)", "A month is reported once."
    )

    @api.model
    def _cron_send(self):
        """Send last month's report to each client who is to get it, once.

        Not from a copy of a database, and not on days on which clients are left alone:
        then it goes out on the next working day.
        """
        if not self.env["social.home"]._is_here():
            return
        at = now()
        sent = sum(self._send_apart(*place, at) for place in self._find_places())
        self.env["ir.cron"]._commit_progress(sent)

    @api.model
    def _find_places(self):
        """Return ``[(client id, company id)]`` that reports are to go to."""
        groups = (
            self.env["social.profile"]
            .sudo()
            .with_context(active_test=False)
            ._read_group(
                [
                    ("partner_id.social_monthly_report", "=", True),
                    ("partner_id.active", "=", True),
                    ("partner_id.email", "!=", False),
                ],
                ["partner_id", "company_id"],
            )
        )
        return [(client.id, company.id) for client, company in groups]

    @api.model
    def _send_apart(self, client_id, company_id, at):
        sent = apart(
            self.env,
            lambda env: env[self._name]._send(client_id, company_id, at),
            f"monthly report to client {client_id} of company {company_id}",
        )
        return int(bool(sent))

    @api.model
    def _send(self, client_id, company_id, at):
        """Queue the report on last month; return whether there was one to send."""
        company = self.env["res.company"].browse(company_id)
        own = self.with_context(allowed_company_ids=company.ids)
        client = own.env["res.partner"].browse(client_id)
        if notices.is_quiet(client._get_quiet(company, at), at):
            return False
        month, report = own._get_due(client)
        if not report["lines"] or not own._mark(client, company, month):
            return False
        own._queue(client, company, month, report)
        return True

    @api.model
    def _get_due(self, client):
        """Return last month, by the client's clock, and its report."""
        model = self.env[f"report.{REPORT}"]
        month = model._get_last_month(client)
        return month, model._get_report(client, month)

    @api.model
    def _mark(self, client, company, month):
        """Note that a report goes out; whether nobody had noted it before."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO social_report (partner_id, company_id, month, create_uid,
                       create_date, write_uid, write_date)
                VALUES (%(client)s, %(company)s, %(month)s, %(uid)s, %(now)s, %(uid)s,
                        %(now)s)
                ON CONFLICT DO NOTHING RETURNING id
                """,
                client=client.id,
                company=company.id,
                month=month,
                uid=self.env.uid,
                now=now(),
            )
        )
        return bool(self.env.cr.fetchone())

    @api.model
    def _queue(self, client, company, month, report):
        pdf = self._make_pdf(client, month)
        words = self.with_context(lang=report["lang"]).env
        mail = words["mail.mail"].create(
            {
                "subject": report_subject(words, company, month),
                "body_html": words["ir.qweb"]._render(
                    "social_token_manager.social_month_mail",
                    {"report": report, "company": company, "has_pdf": bool(pdf)},
                ),
                "email_from": company.email_formatted or self.env.user.email_formatted,
                "recipient_ids": [Command.link(client.id)],
                "attachment_ids": [
                    Command.create(
                        {
                            "name": f"{report['month']}.pdf",
                            "raw": content,
                            "mimetype": "application/pdf",
                        }
                    )
                    for content in [pdf]
                    if content
                ],
                "auto_delete": True,
            }
        )
        self.search(
            [
                ("partner_id", "=", client.id),
                ("company_id", "=", company.id),
                ("month", "=", month),
            ]
        ).mail_id = mail
        client._message_log(body=report_sent_text(self.env, month, client.email))
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    @api.model
    def _make_pdf(self, client, month):
        """Return the report as a file, None where this server can make none.

        The mail says then that it has none: a report must not wait for a program.
        """
        reports = self.env["ir.actions.report"]
        if reports.get_wkhtmltopdf_state() not in ("ok", "workers"):
            return None
        try:
            return reports._render_qweb_pdf(
                REPORT, client.ids, {"month": month.isoformat()}
            )[0]
        except Exception as error:
            _logger.info("A report goes out without a file: %s", type(error).__name__)
            return None
