import logging

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..clock import now
from ..engine import attempt, own_environment
from ..wording import coverage_text, succession_text

_logger = logging.getLogger(__name__)

COUNTS = ("holder_count", "reserve_count", "renewer_count")
COMPARISONS = {
    "=": SQL("="),
    "<": SQL("<"),
    "<=": SQL("<="),
    ">": SQL(">"),
    ">=": SQL(">="),
}
TAKEN_OVER_AT_ONCE = 500


class SocialProfileCoverage(models.AbstractModel):
    """How many people stand behind a profile, and who takes over when one is lost.

    A part of ``social.profile``.
    """

    _name = "social.profile.coverage"
    _description = "Coverage of Social Profiles"

    holder_count = fields.Integer(
        "People Who Granted",
        compute="_compute_coverage",
        search="_search_holder_count",
        help="People whose token of this profile works.",
    )
    reserve_count = fields.Integer(
        "Tokens in Reserve",
        compute="_compute_coverage",
        search="_search_reserve_count",
        help="Tokens that work and are not in use.",
    )
    renewer_count = fields.Integer(
        "People Able to Renew",
        compute="_compute_coverage",
        search="_search_renewer_count",
        help="People known to have the right for it at the network.",
    )
    coverage = fields.Char(compute="_compute_coverage_text")
    has_one_renewer = fields.Boolean(
        "Only One Person Can Renew",
        compute="_compute_coverage",
        search="_search_has_one_renewer",
    )
    succession = fields.Text("Who Comes After", compute="_compute_succession")
    granter_left = fields.Boolean(
        "Granted by Somebody Who Left",
        compute="_compute_granter_left",
        search="_search_granter_left",
    )

    # === COMPUTE METHODS === #

    # What happens to a token reaches its profiles through the columns of the engine.
    @api.depends("access_id", "expires_at", "reason")
    @api.depends("access_ids.can_renew", "access_ids.person_id", "access_ids.reason")
    def _compute_coverage(self):
        found = self._read_coverage()
        for profile in self:
            counts = found.get(profile._origin.id, (0, 0, 0))
            for name, count in zip(COUNTS, counts, strict=True):
                profile[name] = count
            is_alone = profile.renewer_count == 1
            profile.has_one_renewer = bool(profile.access_id) and is_alone

    @api.depends("holder_count", "reserve_count")
    @api.depends_context("lang")
    def _compute_coverage_text(self):
        for profile in self:
            profile.coverage = bool(profile.access_id) and coverage_text(
                self.env, profile.holder_count, profile.reserve_count
            )

    @api.depends("renewer_count")
    @api.depends_context("lang")
    def _compute_succession(self):
        for profile in self:
            profile.succession = (
                bool(profile.access_id)
                and profile.renewer_count < 2
                and succession_text(self.env, profile._get_able_names())
            )

    @api.depends("access_id")
    def _compute_granter_left(self):
        mine = Domain("id", "in", self._origin.ids) & self._get_left_domain()
        left = self.sudo().with_context(active_test=False).search(mine)
        for profile in self:
            profile.granter_left = profile._origin.id in left._ids

    def _read_coverage(self):
        """Return ``{profile id: (holders, reserve, renewers)}`` by one statement."""
        if not self._origin:
            return {}
        rows = self.env.execute_query(
            SQL(
                "SELECT * FROM (%s) coverage WHERE profile_id IN %s",
                self._get_coverage_sql(),
                tuple(self._origin.ids),
            )
        )
        return {profile_id: counts for profile_id, *counts in rows}

    @api.model
    def _get_coverage_sql(self, profiles=None):
        """Return the statement that counts what stands behind each profile.

        :param SQL profiles: the statement that gives the ids of those that count, all
            without: PostgreSQL does not find out by itself that few are wanted

        People without a contact are told apart by what the network calls them. Whoever
        left the company renews nothing any more.
        """
        for model, names in (
            ("social.access", ["token_id", "person_id", "can_renew", "reason"]),
            ("social.token", ["reason", "expires_at"]),
            ("social.profile", ["access_id"]),
            ("res.users", ["active", "partner_id"]),
        ):
            self.env[model].flush_model(names)
        works = SQL(
            "(token.id IS NOT NULL AND access.reason IS NULL AND token.reason IS NULL"
            " AND (token.expires_at IS NULL OR token.expires_at > %s))",
            now(),
        )
        return SQL(
            """
            SELECT access.profile_id,
                   count(DISTINCT COALESCE(access.person_id, -access.id))
                       FILTER (WHERE %(works)s) AS holder_count,
                   count(*) FILTER (WHERE %(works)s AND access.id != profile.access_id)
                       AS reserve_count,
                   count(DISTINCT COALESCE(access.person_id, -access.id))
                       FILTER (WHERE access.can_renew = 'yes'
                         AND NOT %(has_left)s) AS renewer_count
              FROM social_access access
              JOIN social_profile profile ON profile.id = access.profile_id
         LEFT JOIN social_token token ON token.id = access.token_id
             WHERE %(wanted)s
          GROUP BY access.profile_id
            """,
            wanted=SQL("access.profile_id IN (%s)", profiles)
            if profiles
            else SQL("TRUE"),
            works=works,
            has_left=self._get_left_sql(SQL("access.person_id")),
        )

    @api.model
    def _get_left_sql(self, person):
        """Return the condition that a person was a user and is none any more."""
        return SQL(
            "(EXISTS (SELECT FROM res_users WHERE partner_id = %(person)s)"
            " AND NOT EXISTS (SELECT FROM res_users"
            " WHERE partner_id = %(person)s AND active))",
            person=person,
        )

    # === SEARCH METHODS === #

    def _search_holder_count(self, operator, value):
        return self._search_count("holder_count", operator, value)

    def _search_reserve_count(self, operator, value):
        return self._search_count("reserve_count", operator, value)

    def _search_renewer_count(self, operator, value):
        return self._search_count("renewer_count", operator, value)

    def _search_count(self, name, operator, value):
        if operator == "in":
            return Domain.OR(
                self._get_count_domain(name, "=", number)
                for number in value
                if number is not False
            )
        if operator not in COMPARISONS or not isinstance(value, int | float):
            return NotImplemented
        return self._get_count_domain(name, operator, value)

    @api.model
    def _get_count_domain(self, name, operator, value):
        """Return the domain of profiles with such a count; who has no row has 0."""
        return Domain(
            "id",
            "in",
            SQL(
                "(SELECT profile.id FROM social_profile profile"
                " LEFT JOIN (%s) coverage ON coverage.profile_id = profile.id"
                " WHERE COALESCE(coverage.%s, 0) %s %s)",
                self._get_coverage_sql(),
                SQL.identifier(name),
                COMPARISONS[operator],
                value,
            ),
        )

    def _search_has_one_renewer(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("access_id", "!=", False) & self._get_count_domain(
            "renewer_count", "=", 1
        )

    def _search_granter_left(self, operator, value):
        return self._get_left_domain() if operator == "in" else NotImplemented

    @api.model
    def _get_left_domain(self):
        self.env["res.users"].flush_model(["active", "partner_id"])
        self.env["social.access"].flush_model(["person_id"])
        return Domain(
            "access_id",
            "in",
            SQL(
                "(SELECT id FROM social_access WHERE person_id IS NOT NULL AND %s)",
                self._get_left_sql(SQL("social_access.person_id")),
            ),
        )

    def _get_able_accesses(self):
        """Return the accesses of people who can renew and are still here."""
        self.ensure_one()
        # That somebody left is for all to know who look for a successor.
        able = self.sudo().access_ids.filtered(lambda one: one.can_renew == "yes")
        return able.filtered(lambda one: not one._has_left())

    def _get_able_names(self):
        """Return the names of all who are known to be able to renew."""
        able = self._get_able_accesses()
        return sorted({access._get_person_name() or "?" for access in able})

    # === TAKING OVER === #

    def _has_reserve(self):
        """Whether there is a token that works and is not in use; in any environment."""
        return bool(self._read_coverage().get(self.id, (0, 0, 0))[1])

    def _fail_over(self):
        """Let a token in reserve take over from the one in use, which is lost.

        In a transaction of its own, which does not wait long: the caller may hold the
        profile's row.

        :return: whether a token can be expected now, by us or by whoever was quicker
        """
        with own_environment(self.env) as env:
            profile = self.with_env(env)
            if not profile._get_token_reason():
                return True
            if not profile._has_reserve():
                return False
        return attempt(self.env, lambda env: self.with_env(env)._update_state())

    @api.model
    def _take_over_ended(self):
        """Let tokens in reserve take over where the one in use ran out by the clock.

        Nothing else would notice before the next check: time passes without an event.
        """
        with own_environment(self.env) as env:
            env.cr.execute(
                SQL(
                    """
                    SELECT profile.id FROM social_profile profile
                     WHERE profile.access_id IS NOT NULL AND profile.reason IS NULL
                       AND profile.expires_at <= %(now)s
                       AND EXISTS (
                           SELECT FROM social_access access
                             JOIN social_token token ON token.id = access.token_id
                            WHERE access.profile_id = profile.id
                              AND access.id != profile.access_id
                              AND access.reason IS NULL AND token.reason IS NULL
                              AND (token.expires_at IS NULL
                                   OR token.expires_at > %(now)s))
                  ORDER BY profile.expires_at LIMIT %(limit)s
                    """,
                    now=now(),
                    limit=TAKEN_OVER_AT_ONCE,
                )
            )
            ended = [profile_id for (profile_id,) in env.cr.fetchall()]
        for one in self.env["social.profile"].browse(ended):
            try:
                attempt(
                    self.env, lambda env, one=one: one.with_env(env)._update_state()
                )
            except Exception as error:
                # One bad row must not keep all others from being looked after.
                _logger.error("No takeover on %s: %s", one.id, type(error).__name__)

    def _note_switch(self, former, access, reason):
        """Journal that another token is in use, and let what hangs on it follow.

        :param former: the access in use until now; its token may be gone
        :param access: the one in use from now on
        :param str reason: why it was left, None where it just is no more
        """
        self.env["social.event"]._record(
            "switched",
            self,
            token_id=access.token_id.id,
            former_token_id=former.token_id.id,
            person_id=access.person_id.id,
            former_person_id=former.person_id.id,
            reason=reason,
        )
