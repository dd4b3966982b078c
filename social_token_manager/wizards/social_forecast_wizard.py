from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..clock import now
from ..policy import forecast
from ..wording import simulation_text, week_warning

# More than these nobody looks through; the worst come first.
MOST = 1000
SHOWN = timedelta(days=forecast.HORIZON_DAYS)


class SocialForecastWizard(models.TransientModel):
    """What renewing some profiles together would do; nothing happens until Start."""

    _name = "social.forecast.wizard"
    _description = "Simulation of Renewing Together"

    profile_ids = fields.Many2many(
        "social.profile",
        string="Profiles",
        default=lambda self: self._default_profile_ids(),
    )
    how = fields.Selection(
        [(forecast.ALIGN, "All now"), (forecast.SPREAD, "Spread over weeks")],
        "Renew",
        default=forecast.ALIGN,
        required=True,
    )
    capacity = fields.Integer(
        "Most in One Week",
        default=5,
        help="A week in which more connections end is marked; 0 for no limit.",
    )
    headline = fields.Char(compute="_compute_plan")
    plan = fields.Json("What Would End When", compute="_compute_plan")
    weeks = fields.Json("Week by Week", compute="_compute_plan")

    def _default_profile_ids(self):
        profiles = self.env["social.profile"]
        return profiles.search(profiles._get_forecast_domain(), limit=MOST)

    # === COMPUTE METHODS === #

    @api.depends("profile_ids", "how", "capacity")
    @api.depends_context("lang", "tz", "uid", "allowed_company_ids")
    def _compute_plan(self):
        for wizard in self:
            profiles = wizard._get_profiles()
            load = profiles._get_forecast_load(without=profiles)
            planned = wizard._make_plan(profiles, load)
            items = [one.item for one in planned]
            wizard.headline = simulation_text(self.env, forecast.summary_of(items))
            wizard.plan = wizard._show_plan(profiles, planned)
            wizard.weeks = wizard._show_weeks(
                forecast.weeks(planned, load, wizard._get_limit())
            )

    def _get_limit(self):
        """Return the capacity, where what was typed makes sense."""
        return max(self.capacity, 0)

    def _get_profiles(self):
        """Return the profiles that this user may see of those chosen."""
        # What is only chosen yet was not checked by anybody.
        chosen = self.profile_ids._origin[:MOST]
        return chosen._filtered_access("read")

    def _make_plan(self, profiles, load):
        """Return the :class:`policy.forecast.Planned` of each profile."""
        # The calendar says when nobody works, which is no secret.
        days_off = {
            company: company.sudo()._get_calendar_days_off()
            for company in profiles.company_id
        }
        items = [one._get_forecast_item(days_off[one.company_id]) for one in profiles]
        at = profiles._to_local(now())
        return forecast.plan(items, at, self.how, load, self._get_limit())

    def _show_plan(self, profiles, planned):
        """Return the rows of the table of profiles, as their widget wants them."""
        return [
            {
                "id": profile.id,
                "name": profile.name,
                "network": profile.network_id.name,
                "icon": profile.network_icon or "",
                "client": profile.partner_id.name or "",
                "login": self._get_login_text(profile, one),
                "ends": self._get_day_text(one.item.expires_at),
                "renewed": one.renew_on and format_date(self.env, one.renew_on) or "",
                "next": self._get_day_text(one.next_at),
                "is_on_day_off": one.is_on_day_off,
            }
            for profile, one in zip(profiles, planned, strict=True)
        ]

    def _get_login_text(self, profile, planned):
        if planned.item.login is None:
            moves = planned.item.moves
            return self.env._("By itself") if moves else self.env._("Not needed")
        if not planned.item.moves:
            return self.env._("No app can renew it")
        return profile.external_user_name or self.env._("Somebody with the right")

    def _get_day_text(self, moment):
        return format_date(self.env, moment.date()) if moment else self.env._("Never")

    def _show_weeks(self, weeks):
        """Return the rows of the table of weeks: those to come soon, or that change."""
        today = self.env["social.profile"]._to_local(now()).date()
        this_week = forecast.week_of(today)
        shown = [
            week
            for week in weeks
            if week.starts_on >= this_week
            and (week.starts_on <= today + SHOWN or week.before != week.after)
        ]
        most = max((max(week.before, week.after) for week in shown), default=0)
        return [
            {
                "week": format_date(self.env, week.starts_on),
                "before": week.before,
                "after": week.after,
                "before_share": round(100 * week.before / most),
                "after_share": round(100 * week.after / most),
                "warning": week_warning(self.env, week, self._get_limit()),
            }
            for week in shown
        ]

    # === ACTION METHODS === #

    def action_start(self):
        """Begin to renew what is to be renewed first; return its queue.

        :raise UserError: there is nothing to renew
        :raise AccessError: this user may renew none of them
        """
        self.ensure_one()
        self.check_access("read")
        profiles = self._get_profiles()
        load = profiles._get_forecast_load(without=profiles)
        first = forecast.first_of(self._make_plan(profiles, load))
        if not first:
            raise UserError(
                self.env._(
                    "Nothing here has to be renewed, so there is nothing to start. "
                    "Nothing was changed."
                )
            )
        return self.env["social.renewal.queue"]._start(
            profiles.browse([item.id for item in first]),
            in_person=profiles.browse(
                [item.id for item in first if item.login is not None]
            ),
        )
