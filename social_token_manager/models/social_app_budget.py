from odoo import api, fields, models

from ..policy import renewal
from ..wording import budget_text


class SocialApp(models.Model):
    """Whether an app may make enough calls to check each of its tokens once a day."""

    _inherit = "social.app"

    budget_text = fields.Char("What Is Not Checked", compute="_compute_budget_text")

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
