from datetime import timedelta

from odoo import api, fields, models

from ..clock import now
from ..engine import lock_rows, persist
from ..policy import gap
from ..wording import gap_text, purge_text

# Of what a network told, this addon holds these; the rest is people's own work.
HELD = {"image": False, "handle": False}
HELD_OF_ACCESS = {"native_tasks": False, "page_token": False}
# So long people have to look for what came meanwhile; the journal keeps it.
TOLD_FOR = timedelta(days=14)


class SocialProfileGap(models.AbstractModel):
    """After a gap: how long it was, what may be lost, and what has to be deleted.

    A part of ``social.profile``.
    """

    _name = "social.profile.gap"
    _description = "Gaps of Social Profiles"

    gap_since = fields.Datetime("Gone From", readonly=True, copy=False)
    gap_until = fields.Datetime("Gone Until", readonly=True, copy=False)
    gap_text = fields.Text("After the Gap", compute="_compute_gap_text")
    missed_messages = fields.Integer(
        "Messages Waiting (Estimate)",
        compute="_compute_missed_messages",
        aggregator="sum",
        help="Typical messages a day, times the days without a connection.",
    )
    purged_at = fields.Datetime("Held Data Deleted", readonly=True, copy=False)
    purge_at = fields.Datetime("Held Data To Go", compute="_compute_purge")
    purge_text = fields.Text("Held Data", compute="_compute_purge")

    # === COMPUTE METHODS === #

    @api.depends("gap_since", "gap_until", "network_id.history_limit_days")
    @api.depends_context("lang", "tz")
    def _compute_gap_text(self):
        at = now()
        for profile in self:
            is_told = profile.gap_until and at < profile.gap_until + TOLD_FOR
            is_back = not gap.begin(profile.expires_at, at)
            profile.gap_text = bool(is_told and is_back) and gap_text(
                self.env,
                profile._get_gap(profile.gap_since, profile.gap_until),
                profile.network_id,
            )

    @api.depends(
        "expires_at",
        "access_id",
        "disconnected_at",
        "purged_at",
        "network_id.purge_after_days",
        "company_id.social_purge",
    )
    @api.depends_context("lang", "tz")
    def _compute_purge(self):
        at = now()
        for profile in self:
            gone_since = profile._get_gone_since(at)
            days = profile.network_id.purge_after_days
            profile.purge_at = gap.purge_at(gone_since, days)
            is_done = gap.is_purged(gone_since, profile.purged_at)
            profile.purge_text = profile.purge_at and purge_text(
                self.env, profile, is_done
            )

    @api.depends("expires_at", "access_id", "disconnected_at", "messages_per_day")
    def _compute_missed_messages(self):
        at = now()
        for profile in self:
            since = profile._get_gone_since(at)
            profile.missed_messages = since and gap.missed_messages(
                profile.messages_per_day, since, at
            )

    # === THE GAP === #

    def _get_gap(self, since, until):
        """Return the :class:`policy.gap.Gap` of this profile's network."""
        return gap.Gap(since, until, self.network_id.history_limit_days)

    def _get_gone_since(self, at):
        """Return since when the connection has been gone, None while it is not.

        What was never connected cannot be gone.
        """
        was_connected = self.access_id or self.disconnected_at
        return gap.begin(self.expires_at, at) if was_connected else None

    def _get_gap_values(self, values, at):
        """Return what to remember of a gap that ends with these values."""
        since = self._get_gone_since(at)
        if not since or values["reason"] or gap.begin(values["expires_at"], at):
            return {}
        return {"gap_since": since, "gap_until": at}

    # === THE PURGE === #

    @api.model
    def _cron_purge(self):
        """Delete what is held of profiles whose connection has been gone for too long.

        Where an Owner has switched it on for the company; each in its own transaction.
        """
        if not self.env["social.home"]._is_here():
            return
        found = self.with_context(active_test=False).search(
            [
                ("network_id.purge_after_days", ">", 0),
                ("company_id.social_purge", "=", True),
                ("expires_at", "<=", now()),
            ]
        )
        due = found.filtered(lambda one: one._is_purge_due())
        for profile in due:
            persist(self.env, lambda env, one=profile: one.with_env(env)._purge())
        self.env["ir.cron"]._commit_progress(len(due))

    def _is_purge_due(self):
        at = now()
        return self.company_id.social_purge and gap.is_purge_due(
            self._get_gone_since(at),
            self.network_id.purge_after_days,
            at,
            self.purged_at,
        )

    def _purge(self):
        """Delete what is held of a profile, here and in other addons, or nothing.

        Its name and id at the network stay: without them nobody could connect it again.
        """
        lock_rows(self)
        if not self._is_purge_due() or not self._run_hook("_purge_network_data"):
            return
        self.write({**HELD, "purged_at": now()})
        self.access_ids.write(HELD_OF_ACCESS)
        self.env["social.event"]._record("purged", self)
