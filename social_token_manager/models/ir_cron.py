from dateutil.relativedelta import relativedelta

from odoo import api, models

from ..clock import now
from ..policy import watch
from ..wording import watch_remedy, watch_sentence

MODULE = "social_token_manager"
WATCHED = (
    "ir_cron_renew_tokens",
    "ir_cron_verify_tokens",
    "ir_cron_check_subscriptions",
    "ir_cron_send_notices",
    "ir_cron_send_outbox",
    "ir_cron_purge_data",
    "ir_cron_note_health",
    "ir_cron_send_reports",
    "ir_cron_seal_anew",
)


class IrCron(models.Model):
    _inherit = "ir.cron"

    @api.model
    def _get_social_watch(self):
        """Return which scheduled actions of ours stand still, and what to do.

        :return: ``{sentences: [text], remedy: text}``, empty when all do their work
        """
        at = now()
        # Who is told need not be allowed to read scheduled actions.
        found = [
            (action, trouble)
            for action in self.sudo()._get_social_actions()
            if (trouble := watch.trouble_of(action._get_schedule(), at))
        ]
        if not found:
            return {}
        return {
            "sentences": [
                watch_sentence(self.env, action, trouble) for action, trouble in found
            ],
            "remedy": watch_remedy(self.env, {trouble for _action, trouble in found}),
        }

    @api.model
    def _get_social_actions(self):
        """Return the scheduled actions that this addon cannot do without."""
        actions = (
            self.env.ref(f"{MODULE}.{name}", raise_if_not_found=False)
            for name in WATCHED
        )
        return self.union(*(action for action in actions if action)).exists()

    @api.model
    def _end_social_turn(self, made, is_more):
        """Tell the scheduler that a turn is over; what is left gets a turn of its own.

        Were it told that something is left, it would take up to ten turns in a row, and
        a worker that is not back within ``limit_time_real_cron`` is killed, in the
        middle of calls. Between turns of their own it is seen to be alive.

        :param int made: how many were done; without any the next one is by the clock
        """
        action = self.browse(self.env.context.get("cron_id"))
        if made and is_more and action:
            action._trigger()
        self._commit_progress(made, remaining=0)

    def _get_schedule(self):
        """Return the :class:`policy.watch.Schedule` of a scheduled action."""
        interval = relativedelta(**{self.interval_type: self.interval_number})
        return watch.Schedule(
            active=self.active,
            next_at=self.nextcall,
            interval=self.nextcall + interval - self.nextcall,
            failures=self.failure_count,
        )
