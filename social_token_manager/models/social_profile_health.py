from datetime import timedelta
from operator import eq, ge, gt, le, lt

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..clock import now
from ..policy import health as policy
from ..policy import outages
from ..policy.escalation import TAKEN
from ..policy.gap import PURGE
from ..policy.notices import RECOVERED
from ..wording import health_reason_text, health_text

COMPARISONS = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge}
# Somebody who was told a moment ago has not ignored it.
HEARD = timedelta(days=1)
# Of what people were told, that they are to do something.
IS_REMINDER = SQL(
    "notice.rung NOT IN %s AND notice.rung NOT LIKE %s", (RECOVERED, PURGE), f"{TAKEN}%"
)


class SocialProfileHealth(models.AbstractModel):
    """How healthy connections are, and why; a part of ``social.profile``.

    Facts come from one statement and points from ``policy.health`` alone. For many
    profiles the facts are grouped first: there are few different ones.
    """

    _name = "social.profile.health"
    _description = "Health of Social Profiles"

    health = fields.Integer(
        compute="_compute_health",
        search="_search_health",
        help="100, less what is wrong. 0 as well for what is not connected.",
    )
    health_text = fields.Text("Why This Health", compute="_compute_health")

    @api.depends("access_id", "expires_at", "reason")
    @api.depends_context("lang")
    def _compute_health(self):
        facts = self._read_facts()
        before = self._read_last_week() if facts else {}
        for profile in self:
            known = facts.get(profile._origin.id)
            health = policy.health_of(known) if known else None
            last_week = before.get(profile._origin.id)
            profile.health = health.score if health else 0
            profile.health_text = health_text(self.env, health, last_week)

    def _search_health(self, operator, value):
        """Return those whose score compares so; what is not connected has none."""
        if operator == "in":
            return Domain.OR(self._search_health("=", one) for one in value)
        if operator not in COMPARISONS or not isinstance(value, int | float):
            return NotImplemented
        scored = self.sudo()._get_scored_ids([])
        fits = COMPARISONS[operator]
        found = (ids for ids, score in scored if fits(score, value))
        return Domain("id", "in", [one for ids in found for one in ids])

    # === FACTS === #

    def _read_facts(self):
        """Return ``{profile id: policy.health.Facts}`` of what is connected."""
        if not self._origin:
            return {}
        ids = SQL("SELECT unnest(%s::int[])", self._origin.ids)
        rows = self.env.execute_query(self._get_facts_sql(ids))
        return {profile_id: policy.Facts(*facts) for profile_id, *facts in rows}

    def _read_last_week(self):
        ids = SQL("SELECT unnest(%s::int[])", self._origin.ids)
        return dict(
            self.env.execute_query(self.env["social.health"]._get_last_week_sql(ids))
        )

    @api.model
    def _get_scored_ids(self, domain):
        """Return ``[(profile ids, score)]`` of what is connected and may be seen."""
        return [
            (ids, policy.health_of(facts).score)
            for facts, ids in self._group_facts(domain, SQL("array_agg(profile_id)"))
        ]

    @api.model
    def _group_facts(self, domain, aggregate, by=None):
        """Return ``[(facts, aggregate)]`` of the profiles that this user may see.

        :param SQL aggregate: over ``profile_id``
        :param str by: a column of ``social.profile`` to tell apart; it comes first
        """
        self.env["social.profile"].flush_model([by] if by else [])
        key = [SQL("profile.%s", SQL.identifier(by))] if by else []
        names = [SQL.identifier(name) for name in policy.Facts._fields]
        rows = self.env.execute_query(
            SQL(
                "SELECT %s, %s FROM (%s) facts"
                " JOIN social_profile profile ON profile.id = facts.profile_id"
                " GROUP BY %s",
                SQL(", ").join([*key, *names]),
                aggregate,
                self._get_facts_sql(self._search(domain).subselect()),
                SQL(", ").join([*key, *names]),
            )
        )
        cut = len(key)
        return [(*row[:cut], policy.Facts(*row[cut:-1]), row[-1]) for row in rows]

    @api.model
    def _get_facts_sql(self, profiles):
        """Return the statement of :class:`policy.health.Facts`, a row a profile.

        :param SQL profiles: the statement that gives the ids of the profiles
        """
        for model, names in (
            ("social.profile", ["access_id", "expires_at", "cycle"]),
            ("social.access", ["missing_scopes", "token_id"]),
            ("social.token", ["failure_count"]),
            ("social.notice", ["state", "sent_at"]),
            ("social.cycle", ["stopped_at", "until"]),
            ("social.health", ["score"]),
        ):
            self.env[model].flush_model(names)
        at = now()
        urgent = SQL(" + ").join(
            SQL("(profile.expires_at <= %s)::int", at + timedelta(days=days))
            for days in policy.URGENCY_DAYS
        )
        return SQL(
            """
            SELECT profile.id AS profile_id,
                   COALESCE(profile.expires_at <= %(now)s, FALSE)::int AS stopped,
                   CASE WHEN profile.expires_at > %(now)s THEN %(urgent)s
                        ELSE 0 END AS time_left,
                   LEAST(COALESCE(token.failure_count, 0), %(most_failures)s)
                       AS failures,
                   (COALESCE(access.missing_scopes, '') <> '')::int AS scopes,
                   LEAST(reminders.number, %(most_notices)s) AS notices,
                   LEAST(outages.number, %(most_outages)s) AS outages,
                   (COALESCE(coverage.reserve_count, 0) = 0)::int AS no_spare,
                   (COALESCE(coverage.renewer_count, 0) < 2)::int AS one_renewer
              FROM social_profile profile
              JOIN social_access access ON access.id = profile.access_id
         LEFT JOIN social_token token ON token.id = access.token_id
         LEFT JOIN LATERAL (
                SELECT * FROM (%(coverage)s) counted
                 WHERE counted.profile_id = profile.id) coverage ON TRUE,
           LATERAL (
                SELECT count(DISTINCT notice.rung) AS number
                  FROM social_notice notice
                 WHERE notice.profile_id = profile.id AND notice.cycle = profile.cycle
                   AND notice.state = 'sent' AND notice.sent_at <= %(heard)s
                   AND %(is_reminder)s) reminders,
           LATERAL (
                SELECT count(*) AS number FROM social_cycle cycle
                 WHERE cycle.profile_id = profile.id AND cycle.until > %(recently)s
                   AND cycle.stopped_at IS NOT NULL) outages
             WHERE profile.id IN (%(profiles)s)
            """,
            now=at,
            urgent=urgent,
            most_failures=policy.MOST["failures"],
            most_notices=policy.MOST["notices"],
            most_outages=policy.MOST["outages"],
            coverage=self._get_coverage_sql(profiles),
            heard=at - HEARD,
            is_reminder=IS_REMINDER,
            recently=at - outages.RECENTLY,
            profiles=profiles,
        )

    # === OF MANY === #

    @api.model
    def _get_health_of_many(self, domain):
        """Return the health of the profiles that this user may see, None of none.

        :return: ``{score, word, reasons: [{text, points, count}], change}``; the change
            since last week is None where nothing is known from then
        """
        counted = self._group_facts(domain, SQL("count(*)"))
        return self._get_summary(policy.summary_of(counted), domain)

    @api.model
    def _get_worst(self, counted):
        """Return the profile with the lowest score, and that score.

        :param counted: ``[(facts, profile ids)]``, not empty
        """
        facts, ids = min(counted, key=lambda one: policy.health_of(one[0]).score)
        return self.browse(ids[0]), policy.health_of(facts).score

    def _get_summary(self, summary, domain):
        if not summary:
            return None
        return {
            "score": summary.score,
            "word": policy.word_of(summary.score),
            "reasons": [
                {
                    "code": code,
                    "text": health_reason_text(self.env, code),
                    "points": points,
                    "count": count,
                }
                for code, points, count in summary.reasons
            ],
            "change": self._get_change(summary.score, domain),
        }

    def _get_change(self, score, domain):
        last_week = self.env["social.health"]._get_last_week_sql(
            self._search(domain).subselect()
        )
        rows = self.env.execute_query(
            SQL("SELECT avg(score) FROM (%s) last_week", last_week)
        )
        before = rows[0][0]
        return None if before is None else score - round(before)
