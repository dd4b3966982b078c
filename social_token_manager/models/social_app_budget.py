from odoo import api, fields, models

from ..clock import now
from ..policy import renewal
from ..wording import budget_text, rest_text


class SocialAppBudget(models.AbstractModel):
    """Whether an app makes calls, and enough to check each of its tokens once a day.

    A part of ``social.app``.
    """

    _name = "social.app.budget"
    _description = "Budget of a Social App"

    budget_text = fields.Char("What Is Not Checked", compute="_compute_budget_text")
    rest_text = fields.Char("Why No Call Is Made", compute="_compute_rest_text")

    @api.depends("paused_until", "fault")
    @api.depends_context("lang", "tz")
    def _compute_rest_text(self):
        for app in self:
            # What to do about a fault is told above all else.
            until = not app.fault and app.paused_until
            is_resting = until and until > now()
            app.rest_text = is_resting and rest_text(self.env, until)

    @api.depends("check_budget")
    @api.depends_context("lang")
    def _compute_budget_text(self):
        # How many tokens there are is no secret; Members may not read them.
        tokens = self.env["social.token"].sudo()
        counts = dict(
            tokens._read_group(
                [("app_id", "in", self._origin.ids), ("verify_at", "!=", False)],
                ["app_id"],
                ["__count"],
            )
        )
        for app in self:
            count = counts.get(app._origin, 0)
            app.budget_text = budget_text(
                self.env,
                count,
                renewal.checks_a_day(app.check_budget),
                renewal.budget_for(count),
            )
