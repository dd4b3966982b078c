from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import LINK_DAYS, LINK_DAYS_MOST
from ..policy import escalation, forecast, notices


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "social.company.support"]

    # Whoever has no role here sees nothing, settings admins included.
    social_strict_renewal = fields.Boolean(
        "Only Owners and Managers Renew",
        groups="social_token_manager.group_owner",
        help="Members may not renew, even where they are Admin on the profile.",
    )
    social_notice_days = fields.Char(
        "Days to Warn Before",
        groups="social_token_manager.group_owner",
        help="Such as 7, 3, 1. Empty: what each network says.",
    )
    social_quiet_rule = fields.Selection(
        [
            ("none", "Nobody"),
            ("clients", "Clients"),
            ("all", "Everybody"),
        ],
        "Not Written to on Days Off",
        default="clients",
        required=True,
        groups="social_token_manager.group_owner",
        help="Days off are those without working hours, and the holidays, of the "
        "company's calendar. What is due then comes on the next working day.",
    )
    social_break_overrides = fields.Boolean(
        "A Break Is Told at Any Hour",
        groups="social_token_manager.group_owner",
        help="When a connection breaks, quiet hours and days off do not count.",
    )
    social_escalation = fields.Boolean(
        "Escalate What Nobody Renews",
        default=True,
        groups="social_token_manager.group_owner",
        help="A connection that has ended goes from the granter up to the Owners, step "
        "by step, until somebody renews it or takes it on.",
    )
    social_escalation_days = fields.Char(
        "Days After the End",
        groups="social_token_manager.group_owner",
        help="Such as 1, 2, 3, 5, 7: for the granter, the Admins, the Managers, the "
        "Owners and somebody outside. Empty: what each network says.",
    )
    social_escalation_repeat = fields.Integer(
        "Days Until Told Again",
        default=escalation.REPEAT_DAYS,
        groups="social_token_manager.group_owner",
        help="At the top, all are told again as long as it does not work; 0 for never.",
    )
    social_escalation_link = fields.Boolean(
        "Send the Connect Link by Itself",
        groups="social_token_manager.group_owner",
        help="To whoever is named on the profile. Otherwise it is proposed to Managers "
        "and Owners.",
    )
    social_purge = fields.Boolean(
        "Delete Held Data",
        groups="social_token_manager.group_owner",
        help="What is held of a profile goes when its connection has been gone for as "
        "long as its network says.",
    )
    social_journal_days = fields.Integer(
        "Days to Keep the Journal",
        default=365,
        groups="social_token_manager.group_owner",
        help="Older lines of the journal are deleted; 0 keeps them for ever.",
    )
    social_link_days = fields.Integer(
        "Days That a Connect Link Lives",
        default=LINK_DAYS,
        groups="social_token_manager.group_owner",
        help="Proposed for each new link; whoever makes it may choose another day.",
    )

    @api.constrains("social_link_days")
    def _check_social_link_days(self):
        # A constraint is checked whoever writes.
        for company in self.sudo():
            if not 1 <= company.social_link_days <= LINK_DAYS_MOST:
                raise ValidationError(
                    self.env._(
                        "A connect link lives for 1 to %(most)s days.",
                        most=LINK_DAYS_MOST,
                    )
                )

    @api.constrains("social_escalation_days")
    def _check_social_escalation_days(self):
        for company in self:
            check_ladder(self.env, company.social_escalation_days)

    @api.constrains("social_escalation_repeat")
    def _check_social_escalation_repeat(self):
        for company in self:
            if not 0 <= company.social_escalation_repeat <= escalation.MOST_DAYS:
                raise ValidationError(
                    self.env._(
                        "People are told again after 1 to %(most)s days, or never: 0. "
                        "Nothing was changed.",
                        most=escalation.MOST_DAYS,
                    )
                )

    @api.constrains("social_notice_days")
    def _check_social_notice_days(self):
        for company in self:
            check_days(self.env, company.social_notice_days)

    def _get_days_off(self, at):
        """Return the weekdays without working hours, all of them on a holiday.

        :param at: an instant, naive UTC
        """
        calendar = self.resource_calendar_id
        every_day = set(range(7))
        if not calendar:
            return {5, 6}
        holidays = calendar.global_leave_ids.filtered(
            lambda leave: leave.date_from <= at < leave.date_to
        )
        if holidays:
            return every_day
        return every_day - {int(one.dayofweek) for one in calendar.attendance_ids}

    def _get_calendar_days_off(self):
        """Return the :class:`policy.forecast.DaysOff` of the company's calendar.

        A holiday is a day at whose noon nobody works.
        """
        calendar = self.resource_calendar_id
        if not calendar:
            return forecast.DaysOff(frozenset({5, 6}))
        working = {int(one.dayofweek) for one in calendar.attendance_ids}
        calendar = calendar.with_context(tz=calendar.tz)
        local = fields.Datetime.context_timestamp
        leaves = [
            (local(calendar, one.date_from), local(calendar, one.date_to))
            for one in calendar.global_leave_ids
        ]
        return forecast.DaysOff(
            frozenset(range(7)) - working, forecast.noons_between(leaves)
        )


def check_days(env, text):
    """Refuse a ladder that is none.

    :raise ValidationError: what one looks like
    """
    try:
        notices.parse_days(text or "")
    except ValueError:
        raise ValidationError(
            env._(
                "Write the days before the end as up to ten numbers from 1 to 365, "
                "such as 7, 3, 1. Nothing was changed."
            )
        ) from None


def check_ladder(env, text):
    """Refuse days of an escalation that are none.

    :raise ValidationError: what they look like
    """
    try:
        escalation.parse_ladder(text or "")
    except ValueError:
        raise ValidationError(
            env._(
                "Write the days after the end as up to five rising numbers from 1 to "
                "365, such as 1, 2, 3, 5, 7. Nothing was changed."
            )
        ) from None
