from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..clock import now
from ..const import PROFILES_PATH
from ..policy import escalation, gap, reasons
from ..policy import notices as policy
from ..wording import sample_subject

MANAGERS = "social_token_manager.group_manager"
# What is told when nobody renews, and of what goes for good.
LATE_RUNGS = (
    escalation.rung_of(escalation.ESCALATED, escalation.OWNERS),
    escalation.rung_of(escalation.TAKEN, 1),
    gap.PURGE,
)


class SocialNoticeSample(models.AbstractModel):
    """A sample of every notice, for whoever asks; a part of ``social.notice``."""

    _name = "social.notice.sample"
    _description = "Samples of Social Connection Notices"

    def action_send_sample(self):
        """Send this user one mail with a sample of each rung and reason.

        Nothing of it is recorded, whatever is ticked: no profile is concerned.

        :raise AccessError: this user is no Manager, or may not read these
        :raise UserError: this user has no e-mail address
        """
        self.check_access("read")
        user = self.env.user
        if not user.has_group(MANAGERS):
            raise AccessError(
                self.env._(
                    "Samples of notices are for Managers and Owners of Social "
                    "Connections. Nothing was sent."
                )
            )
        if not user.email:
            raise UserError(
                self.env._(
                    "You have no e-mail address to send samples to, so nothing was "
                    "sent. Enter one under My Preferences and try again."
                )
            )
        self.browse()._send_sample(user.partner_id)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("On its way to you"),
                "message": self.env._(
                    "One mail with a sample of every notice goes to %(address)s. "
                    "Nobody else is written to.",
                    address=user.email,
                ),
            },
        }

    @api.model
    def _send_sample(self, person):
        localized = self._localized(person)
        lines = localized._get_sample_lines(now())
        company = localized.env.company
        body = localized.env["ir.qweb"]._render(
            "social_token_manager.notice_sample_mail",
            {
                "body": localized.new({"company_id": company.id})._render(
                    lines, person
                ),
            },
        )
        # Who may ask for samples need not be allowed to write mail.
        localized.env["mail.mail"].sudo().create(
            {
                "subject": sample_subject(localized.env, len(lines)),
                "body_html": body,
                "email_from": company.email_formatted or person.email_formatted,
                "recipient_ids": [fields.Command.link(person.id)],
                "auto_delete": True,
            }
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    @api.model
    def _get_sample_lines(self, at):
        """Return the lines of all notices that there are, about an invented profile."""
        networks = self.env["social.network"]
        network = networks.search([], limit=1)
        purging = networks.search([("purge_after_days", ">", 0)], limit=1) or network
        ladder = network._get_notice_days(self.env.company) or policy.USUAL_DAYS
        cases = [(policy.rung_of(days), timedelta(days=days), False) for days in ladder]
        cases.append((policy.EXPIRED, timedelta(), False))
        cases += [
            (policy.BROKEN, timedelta(), one.code)
            for one in reasons.TOKEN_REASONS
            if one.code != reasons.NOT_CONNECTED
        ]
        cases += [(rung, timedelta(), False) for rung in LATE_RUNGS]
        cases.append((policy.RECOVERED, timedelta(days=60), False))
        return [
            self._get_sample_line(
                purging if rung == gap.PURGE else network, rung, at, left, reason
            )
            for rung, left, reason in cases
        ]

    @api.model
    def _get_sample_line(self, network, rung, at, left, reason):
        company = self.env.company
        taken = {
            "taken_by_id": self.env.uid,
            "taken_until": at + timedelta(days=escalation.TAKEN_DAYS),
        }
        profile = self.env["social.profile"].new(
            {
                "name": self.env._("Sample Bakery"),
                "network_id": network.id,
                "company_id": company.id,
                "access_id": self.env["social.access"].new({}),
                "expires_at": at + left,
                "reason": reason,
                "escalation_ids": [fields.Command.create(taken)],
            }
        )
        notice = self.new(
            {"profile_id": profile, "rung": rung, "company_id": company.id}
        )
        # There is nothing to renew: the buttons lead to the list.
        return {
            **notice._get_line(at),
            "url": company.get_base_url() + PROFILES_PATH,
            "take_url": "",
            "invite_url": "",
        }
