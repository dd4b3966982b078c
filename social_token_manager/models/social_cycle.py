from odoo import api, fields, models
from odoo.tools import SQL

from ..clock import now
from ..policy import outages as policy
from .social_profile_health import IS_REMINDER

ENDINGS = [
    (policy.BY_PERSON, "Renewed by a person"),
    (policy.BY_ITSELF, "Renewed by itself"),
    (policy.DISCONNECTED, "Disconnected"),
    (policy.ARCHIVED, "Archived"),
]


class SocialCycle(models.Model):
    """How long one connection worked, how long it then did not, and what ended that.

    The engine writes it as it changes a profile; metrics, health and reports read it.
    What ends by the clock alone is written down with the next change, and until then is
    known from the profile. The journal may be thinned; this is kept.
    """

    _name = "social.cycle"
    _description = "Cycle of a Social Connection"
    _order = "since desc, id desc"
    _rec_name = "profile_id"

    profile_id = fields.Many2one(
        "social.profile", required=True, readonly=True, index=True, ondelete="cascade"
    )
    cycle = fields.Integer(required=True, readonly=True)
    since = fields.Datetime("Works Since", required=True, readonly=True)
    known_at = fields.Datetime(
        "Last Known To Work",
        readonly=True,
        help="Before a loss that nobody announced; it stopped after that.",
    )
    stopped_at = fields.Datetime("Stopped", readonly=True)
    reason = fields.Char("Reason Code", readonly=True)
    until = fields.Datetime("Over", readonly=True)
    ended_by = fields.Selection(ENDINGS, readonly=True)
    user_id = fields.Many2one("res.users", "Renewed By", readonly=True)

    _one_open = models.UniqueIndex(
        "(profile_id) WHERE until IS NULL", "A connection has one cycle at a time."
    )
    _over = models.Index("(until) WHERE until IS NOT NULL")

    # === WRITING === #

    @api.model
    def _record(self, turns, user=None):
        """Write down what a change of profiles means, in the engine's environment.

        :param dict turns: ``{profile: policy.outages.Turn}``, profiles as they are now
        :param user: who granted anew, None for what came by itself
        """
        if not turns:
            return
        profiles = self.env["social.profile"].union(*turns)
        open_rows = self._get_open(profiles)
        for profile, turn in turns.items():
            row = open_rows.get(profile, self.browse())
            if turn.kind == policy.STOPPED:
                row._stop(turn.stopped_at, profile)
            elif turn.kind == policy.ENDED:
                row._end(turn.stopped_at, policy.DISCONNECTED)
            else:
                by = policy.BY_PERSON if user else policy.BY_ITSELF
                row._end(turn.stopped_at, by, user)
        began = [one for one, turn in turns.items() if turn.kind == policy.BEGAN]
        self._begin(profiles.browse(one.id for one in began if one.active))

    @api.model
    def _get_open(self, profiles):
        rows = self.search([("profile_id", "in", profiles.ids), ("until", "=", False)])
        return {row.profile_id: row for row in rows}

    @api.model
    def _begin(self, profiles):
        # What is open in the database must be over before another one opens.
        self.flush_model(["until"])
        at = now()
        self.create(
            [
                {
                    "profile_id": profile.id,
                    "cycle": profile.cycle,
                    "since": at,
                    # Out of the archive it may come as it went there: not working.
                    "stopped_at": profile._get_connection_state().stopped_at(at) and at,
                    "reason": profile.reason,
                }
                for profile in profiles
            ]
        )

    def _stop(self, at, profile):
        if not self or self.stopped_at:
            return
        token = profile.token_id
        known = [token.last_verified_at, token.last_refreshed_at, self.since]
        # What it broke on and when are told at once: then nothing is known from before.
        known_at = max(filter(None, known))
        is_announced = profile.expires_at < now() or known_at >= at
        self.write(
            {
                "stopped_at": at,
                "reason": profile.reason,
                "known_at": False if is_announced else known_at,
            }
        )

    def _end(self, stopped_at, ended_by, user=None):
        self.write(
            {
                "stopped_at": self.stopped_at or stopped_at,
                "until": now(),
                "ended_by": ended_by,
                "user_id": user and user.id,
            }
        )

    @api.model
    def _note_archiving(self, profiles, is_active):
        """End the cycles of what is archived, begin those of what comes back."""
        at = now()
        open_rows = self._get_open(profiles)
        for profile, row in open_rows.items():
            if not is_active:
                stopped_at = profile._get_connection_state().stopped_at(at)
                row._end(stopped_at, policy.ARCHIVED)
        if is_active:
            self._begin(
                profiles.filtered(lambda one: one.access_id and one not in open_rows)
            )

    # === COUNTING === #

    @api.model
    def _get_spans_sql(self, profiles, at):
        """Return the statement that gives cycles as they stand at an instant.

        :param SQL profiles: the statement that gives the ids of the profiles
        """
        self.flush_model()
        self.env["social.profile"].flush_model(["expires_at"])
        return SQL(
            """
            SELECT cycle.profile_id, cycle.cycle, cycle.since, cycle.until AS over_at,
                   COALESCE(cycle.until, %(now)s) AS until, cycle.ended_by,
                   cycle.known_at, cycle.user_id, cycle.reason,
                   CASE WHEN stop.at IS NOT NULL
                        THEN GREATEST(cycle.since, stop.at) END AS stopped_at
              FROM social_cycle cycle
              JOIN social_profile profile ON profile.id = cycle.profile_id,
           LATERAL (SELECT COALESCE(
                        cycle.stopped_at,
                        CASE WHEN cycle.until IS NULL AND profile.expires_at <= %(now)s
                             THEN profile.expires_at END) AS at) stop
             WHERE cycle.profile_id IN (%(profiles)s)
            """,
            now=at,
            profiles=profiles,
        )

    @api.model
    def _read_spans(self, profiles, start, end):
        """Return what happened to some profiles in a period, the earliest first.

        :param SQL profiles: the statement that gives the ids of the profiles
        :return: ``[{profile_id, since, stopped_at, over_at, ended_by, reason}]``
        """
        return self.env.execute_query_dict(
            SQL(
                "SELECT profile_id, since, stopped_at, over_at, ended_by, reason"
                " FROM (%s) spans WHERE since < %s AND until >= %s"
                " ORDER BY since, profile_id",
                self._get_spans_sql(profiles, now()),
                end,
                start,
            )
        )

    @api.model
    def _measure(self, profiles, start, end, by=None):
        """Count what happened to some profiles in a period, by one statement.

        What lies ahead is not counted: a period that goes on ends now.

        :param SQL profiles: the statement that gives the ids of the profiles
        :param str by: a column of ``social.profile`` to count apart
        :return: ``{value of that column, None without: policy.outages.Metrics}``
        """
        at = now()
        key = SQL("profile.%s", SQL.identifier(by)) if by else SQL("NULL::int")
        self.env["social.profile"].flush_model([by] if by else [])
        self.env["social.notice"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH spans AS (%(spans)s),
                parts AS (
                    SELECT spans.*, %(key)s AS key,
                           EXTRACT(EPOCH FROM LEAST(spans.until, %(end)s)
                               - GREATEST(spans.since, %(start)s)) AS observed,
                           COALESCE(GREATEST(EXTRACT(EPOCH FROM
                               LEAST(spans.until, %(end)s)
                               - GREATEST(stopped_at, %(start)s)), 0)
                               * (stopped_at < %(end)s)::int, 0) AS down,
                           stopped_at < %(end)s AS is_outage,
                           stopped_at >= %(start)s AND stopped_at < %(end)s
                               AS stops_here,
                           over_at >= %(start)s AND over_at < %(end)s
                               AND ended_by IN %(renewed)s AS is_renewal
                      FROM spans
                      JOIN social_profile profile ON profile.id = spans.profile_id
                     WHERE spans.since < %(end)s AND spans.until >= %(start)s
                )
                SELECT key,
                       count(DISTINCT profile_id),
                       sum(observed),
                       sum(down),
                       count(*) FILTER (WHERE is_outage),
                       count(*) FILTER (WHERE is_outage
                           AND (over_at IS NULL OR over_at >= %(end)s)),
                       count(*) FILTER (WHERE is_renewal AND stopped_at IS NULL),
                       count(*) FILTER (WHERE stops_here),
                       count(*) FILTER (WHERE is_renewal AND ended_by = %(itself)s),
                       count(*) FILTER (WHERE is_renewal AND stopped_at IS NOT NULL),
                       COALESCE(sum(EXTRACT(EPOCH FROM over_at - stopped_at))
                           FILTER (WHERE is_renewal AND stopped_at IS NOT NULL), 0),
                       count(known_at) FILTER (WHERE stops_here),
                       COALESCE(sum(EXTRACT(EPOCH FROM stopped_at - known_at))
                           FILTER (WHERE stops_here), 0),
                       count(*) FILTER (WHERE is_renewal AND ended_by = %(person)s),
                       COALESCE(sum(reminders.number) FILTER (
                           WHERE is_renewal AND ended_by = %(person)s), 0)
                  FROM parts
             LEFT JOIN LATERAL (
                    SELECT count(DISTINCT notice.rung) AS number
                      FROM social_notice notice
                     WHERE notice.profile_id = parts.profile_id
                       AND notice.cycle = parts.cycle AND notice.state = 'sent'
                       AND %(is_reminder)s
                       AND notice.sent_at >= parts.since
                       AND notice.sent_at <= parts.until
                    ) reminders ON parts.is_renewal
              GROUP BY key
                """,
                spans=self._get_spans_sql(profiles, at),
                key=key,
                start=start,
                end=min(end, at),
                renewed=policy.RENEWED,
                itself=policy.BY_ITSELF,
                person=policy.BY_PERSON,
                is_reminder=IS_REMINDER,
            )
        )
        return {
            group: policy.Metrics(*(_number(one) for one in counts))
            for group, *counts in rows
        }


def _number(value):
    """Return a sum of PostgreSQL's as Python counts it."""
    return value if isinstance(value, int) else float(value or 0)
