import pytz

from odoo import models

from ..policy import notices


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_quiet(self, company, at):
        """Return the :class:`policy.notices.Quiet` of a person in a company.

        :param at: the instant that it is asked for, naive UTC
        """
        self.ensure_one()
        user = self.sudo().user_ids.filtered(lambda one: one.active and not one.share)[
            :1
        ]
        rule = company.sudo().social_quiet_rule
        # A team's chat is read by staff, in the name of the company.
        is_client = not user and self != company.partner_id
        has_days_off = rule == "all" or (rule == "clients" and is_client)
        return notices.Quiet(
            # Odoo's zones have names that the system may not know any more.
            zone=pytz.timezone(self.tz or "UTC"),
            start=user.social_quiet_start,
            end=user.social_quiet_end,
            days=tuple(company.sudo()._get_days_off(at)) if has_days_off else (),
        )
