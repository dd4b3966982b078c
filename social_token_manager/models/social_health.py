from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..clock import now

WEEK = timedelta(days=7)
KEPT_WEEKS = 53
DROPPED_AT_ONCE = 10_000


class SocialHealth(models.Model):
    """The health of one profile at the end of one week, to see which way it goes."""

    _name = "social.health"
    _description = "Health of a Social Profile by Week"
    _order = "week desc, id desc"
    _rec_name = "week"

    profile_id = fields.Many2one(
        "social.profile", required=True, readonly=True, ondelete="cascade"
    )
    week = fields.Date("Week From", required=True, readonly=True, index=True)
    score = fields.Integer(readonly=True)

    _once = models.UniqueIndex("(profile_id, week)", "A week has one score.")

    @api.model
    def _cron_note(self):
        """Note how all profiles are; what was noted of this week before is replaced."""
        if not self.env["social.home"]._is_here():
            return
        self.env["ir.cron"]._commit_progress(self._note())

    @api.model
    def _note(self):
        """Note the score of each profile by one statement; return how many."""
        profiles = self.env["social.profile"].sudo()
        scored = profiles._get_scored_ids([("active", "=", True)])
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO social_health (profile_id, week, score, create_uid,
                       create_date, write_uid, write_date)
                SELECT one.id, %(week)s, one.score, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(ids)s::int[], %(scores)s::int[]) AS one(id, score)
                ON CONFLICT (profile_id, week) DO UPDATE
                   SET score = EXCLUDED.score, write_date = EXCLUDED.write_date
                """,
                week=_week_of(now()),
                ids=[one for ids, _score in scored for one in ids],
                scores=[score for ids, score in scored for _one in ids],
                uid=self.env.uid,
                now=now(),
            )
        )
        self.invalidate_model()
        return self.env.cr.rowcount

    @api.model
    def _get_last_week_sql(self, profiles):
        """Return the statement of last week's scores, ``(profile_id, score)``.

        :param SQL profiles: the statement that gives the ids of the profiles
        """
        return SQL(
            "SELECT profile_id, score FROM social_health"
            " WHERE week = %s AND profile_id IN (%s)",
            _week_of(now() - WEEK),
            profiles,
        )

    @api.autovacuum
    def _gc_weeks(self):
        """Forget what is older than a year; return how many, and how many are left."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM social_health WHERE id IN"
                " (SELECT id FROM social_health WHERE week < %s LIMIT %s)",
                _week_of(now() - KEPT_WEEKS * WEEK),
                DROPPED_AT_ONCE,
            )
        )
        dropped = self.env.cr.rowcount
        return dropped, dropped // DROPPED_AT_ONCE


def _week_of(moment):
    """Return the Monday of an instant's week, by UTC: it is of no person."""
    return (moment - timedelta(days=moment.weekday())).date()
