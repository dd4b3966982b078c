from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..clock import now
from ..policy import forecast
from ..policy import queue as queue_policy


class SocialProfileForecast(models.AbstractModel):
    """What ends in the weeks to come, and what renewing would do to them.

    A part of ``social.profile``.
    """

    _name = "social.profile.forecast"
    _description = "Forecast of Social Profiles"

    @api.model
    def _get_forecast_domain(self):
        """Return the domain of what ends within the next 90 days."""
        at = now()
        return Domain("expires_at", ">", at) & Domain(
            "expires_at", "<=", at + timedelta(days=forecast.HORIZON_DAYS)
        )

    def action_simulate(self):
        """Return the simulation of renewing these, or all that ends soon.

        :raise AccessError: this user may not see one of them
        """
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "social_token_manager.social_forecast_wizard_action"
        )
        context = {"dialog_size": "extra-large"}
        if self:
            context["default_profile_ids"] = [fields.Command.set(self.ids)]
        return {**action, "context": context}

    def _get_forecast_item(self, days_off):
        """Return the :class:`policy.forecast.Item` of this profile.

        :param days_off: of its company
        """
        self.ensure_one()
        way = self._get_way()
        if way == queue_policy.SILENT and self.expires_at:
            # What only a person moves is not helped by a silent renewal.
            way = way if self._is_end_moved_silently() else queue_policy.LOGIN
        login, moves = None, way != queue_policy.NOTHING
        if way == queue_policy.LOGIN:
            app, token, problem = self._get_login_place()
            login, moves = (app.id, token.id), not problem
        return forecast.Item(
            id=self.id,
            expires_at=self._to_local(self.expires_at),
            validity=self.network_id._get_validity(),
            login=login,
            moves=moves,
            days_off=days_off,
        )

    @api.model
    def _to_local(self, moment):
        """Return a moment in the reader's zone, naive; None for none."""
        if not moment:
            return None
        local = fields.Datetime.context_timestamp(self, moment)
        return local.replace(tzinfo=None)

    @api.model
    def _get_forecast_load(self, without):
        """Return ``{day: how many connections end on it}``, in the reader's zone.

        :param without: profiles that are not counted
        """
        domain = Domain("expires_at", ">", now()) & Domain("id", "not in", without.ids)
        groups = self._read_group(domain, ["expires_at:day"], ["__count"])
        return {day.date(): count for day, count in groups}
