from odoo import api, fields, models
from odoo.tools import SQL

from ..clock import now
from ..policy import notices as policy


class SocialNoticeSnooze(models.Model):
    """Until when a user is not reminded of one profile when logging in.

    It holds for one rung of one cycle: what becomes more urgent is shown again.
    """

    _name = "social.notice.snooze"
    _description = "Snoozed Reminder at Log-in"
    _rec_name = "profile_id"

    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="cascade"
    )
    profile_id = fields.Many2one(
        "social.profile", required=True, readonly=True, index=True, ondelete="cascade"
    )
    cycle = fields.Integer(required=True, readonly=True)
    rung = fields.Char(readonly=True, help="Empty: before the first rung.")
    until = fields.Datetime(readonly=True, help="Empty: until the next rung.")

    _once = models.UniqueIndex("(user_id, profile_id)")

    @api.model
    def _snooze(self, profiles):
        """Snooze what stands now about some profiles, for this user.

        One statement: two tabs may do it at once.
        """
        if not profiles:
            return
        at = now()
        profiles.flush_recordset()
        rungs = {profile: profile._get_rung(at) for profile in profiles}
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO social_notice_snooze (user_id, profile_id, cycle, rung,
                       until, create_uid, create_date, write_uid, write_date)
                SELECT %(uid)s, profile.id, profile.cycle, chosen.rung, chosen.until,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(ids)s::int[], %(rungs)s::text[],
                              %(untils)s::timestamp[]) AS chosen(id, rung, until)
                  JOIN social_profile profile ON profile.id = chosen.id
                ON CONFLICT (user_id, profile_id) DO UPDATE
                   SET cycle = EXCLUDED.cycle, rung = EXCLUDED.rung,
                       until = EXCLUDED.until, write_date = EXCLUDED.write_date
                """,
                uid=self.env.uid,
                now=at,
                ids=profiles.ids,
                rungs=list(rungs.values()),
                untils=[policy.snoozed_until(rung, at) for rung in rungs.values()],
            )
        )
        self.invalidate_model()

    @api.model
    def _get_snoozed(self, profiles):
        """Return those of some profiles that this user is not to be reminded of."""
        at = now()
        # One's own rows, which nobody has the right to read past this.
        rows = self.sudo().search(
            [("user_id", "=", self.env.uid), ("profile_id", "in", profiles.ids)]
        )
        snoozed = profiles.browse()
        for row in rows:
            profile = row.profile_id.with_env(profiles.env)
            said = policy.Snooze(row.cycle, row.rung or "", row.until or None)
            if policy.is_snoozed(said, profile.cycle, profile._get_rung(at), at):
                snoozed |= profile
        return snoozed

    @api.autovacuum
    def _gc_overtaken(self):
        """Forget what was snoozed of an earlier cycle."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM social_notice_snooze snooze USING social_profile profile"
                " WHERE profile.id = snooze.profile_id"
                " AND profile.cycle <> snooze.cycle"
            )
        )
