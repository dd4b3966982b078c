from odoo import api, models

from ..policy import notices as policy
from ..providers import get_provider

ALERT_LINES = 20
TRAY_LINES = 8
TRAY_COUNT = 100
MANAGERS = "social_token_manager.group_manager"


class SocialProfileRisk(models.AbstractModel):
    """What a person is shown of profiles at risk: at log-in and at the top.

    A part of ``social.profile``.
    """

    _name = "social.profile.risk"
    _description = "Social Profiles at Risk"

    @api.model
    def _get_risk_domain(self):
        return [("status", "in", ("expired", "expiring")), ("access_id", "!=", False)]

    @api.model
    @api.readonly
    def get_login_alert(self):
        """Return what to show at log-in: profiles at risk that this user may renew.

        Nothing for whoever does not want that, and nothing that was snoozed.

        :return: ``{profiles: [values], count: int}``, worst first
        """
        at_risk = self.browse()
        if self.env.user.social_login_alert:
            at_risk = self.search(self._get_risk_domain()).filtered("may_renew")
            at_risk -= self.env["social.notice.snooze"]._get_snoozed(at_risk)
        return {
            "count": len(at_risk),
            "profiles": [
                profile._get_alert_line() for profile in at_risk[:ALERT_LINES]
            ],
        }

    def snooze_alert(self):
        """Do not remind this user of these profiles until the next rung.

        What is over comes back after a day.

        :raise AccessError: this user may not see one of them
        """
        self.check_access("read")
        self.env["social.notice.snooze"]._snooze(self)

    @api.model
    @api.readonly
    def get_risk(self):
        """Return what to show at the top: how much is at risk, and the worst of it.

        :return: ``{count: int, has_more: bool, profiles: [values], watch: values}``;
            ``count`` stops at a hundred, which has_more tells; ``watch`` is what
            :meth:`ir.cron._get_social_watch` says, for Managers
        """
        domain = self._get_risk_domain()
        count = self.search_count(domain, limit=TRAY_COUNT)
        worst = self.search(domain, limit=TRAY_LINES) if count else self.browse()
        is_manager = self.env.user.has_group(MANAGERS)
        return {
            "count": min(count, TRAY_COUNT - 1),
            "has_more": count == TRAY_COUNT,
            "profiles": [
                {**one._get_risk_line(), "may_renew": one.may_renew} for one in worst
            ],
            "watch": self.env["ir.cron"]._get_social_watch() if is_manager else {},
        }

    def _get_risk_line(self):
        return {
            "id": self.id,
            "name": self.name,
            "network": self.network_id.name,
            "icon": self.network_icon or "",
            "client": self.partner_id.name or "",
            "status": self.status,
            "days_left": self.days_left,
            "reason": self.reason_text or "",
        }

    def _get_alert_line(self):
        provider = get_provider(self._get_app().sudo().provider)
        return {
            **self._get_risk_line(),
            "handle": self.handle or "",
            "is_gone": self.is_gone,
            "taken": self._get_taken_text(),
            "changes_permissions": provider.profiles_can_be_left_out,
        }

    def _get_rung(self, at):
        """Return the rung that a profile stands on at an instant, "" for none."""
        days = self.network_id._get_notice_days(self.company_id)
        return policy.standing_rung(self.reason, self.expires_at or None, at, days)

    def action_manage_notifications(self):
        """Return the action that opens one's own preferences at *Token expiration*."""
        self.check_access("read")
        return self.env["res.users"]._open_token_expiration()
