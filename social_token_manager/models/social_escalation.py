import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..clock import now
from ..engine import apart, lock_rows, own_environment
from ..policy import escalation as policy
from ..policy import notices
from ..wording import escalation_text

_logger = logging.getLogger(__name__)


class SocialEscalation(models.Model):
    """How far it went up that nobody renews one profile that stopped working.

    One row a profile, of the cycle in which it stopped; the scheduled action makes it,
    moves it and drops it when the connection works again. What is told goes through
    the ledger, whose unique key keeps everybody from being told a step twice.
    """

    _name = "social.escalation"
    _description = "Escalation of a Social Connection"
    _order = "next_at, id"
    _rec_name = "profile_id"

    profile_id = fields.Many2one(
        "social.profile", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    cycle = fields.Integer(required=True, readonly=True)
    level = fields.Integer(readonly=True, help="The last that was told; 0 for nobody.")
    repeat_count = fields.Integer("Told Again", readonly=True)
    next_at = fields.Datetime("Next Step", readonly=True)
    taken_by_id = fields.Many2one("res.users", readonly=True)
    taken_until = fields.Datetime(readonly=True)
    taken_count = fields.Integer("Times Taken", readonly=True)
    link_id = fields.Many2one("social.connect.link", readonly=True)
    link_tried_at = fields.Datetime("Connect Link Tried On", readonly=True)

    _once = models.UniqueIndex("(profile_id)", "A profile is escalated once at a time.")
    _due = models.Index("(next_at) WHERE next_at IS NOT NULL")

    # === ESCALATING === #

    @api.model
    def _run(self, at):
        """Take all steps that are due, in transactions of their own."""
        with own_environment(self.env) as env:
            profile_ids = env[self._name]._escalate(at).profile_id.ids
        for profile_id in profile_ids:
            # Whom a crash leaves unasked is asked with the next step.
            self._ask_apart(profile_id)
        self._send_links(at)

    @api.model
    def _ask_apart(self, profile_id):
        apart(
            self.env,
            lambda env: env["social.profile"].browse(profile_id)._assign_renewal(),
            f"asking somebody to renew profile {profile_id}",
        )

    @api.model
    def _escalate(self, at):
        """Record the steps that are due at an instant; return what waits."""
        self.env.flush_all()
        self._follow_profiles(at)
        return self._record_steps(at)

    @api.model
    def _follow_profiles(self, at):
        """Drop what is over, and begin with what stopped working."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM social_escalation escalation USING social_profile profile
                 WHERE profile.id = escalation.profile_id
                   AND NOT (profile.active AND profile.access_id IS NOT NULL
                            AND profile.cycle = escalation.cycle
                            AND profile.expires_at IS NOT NULL
                            AND profile.expires_at <= %(at)s);
                WITH ladder AS (%(ladders)s)
                INSERT INTO social_escalation (profile_id, company_id, cycle, level,
                       repeat_count, taken_count, next_at, create_uid, create_date,
                       write_uid, write_date)
                SELECT profile.id, profile.company_id, profile.cycle, 0, 0, 0,
                       %(at)s + ladder.pause * INTERVAL '1 day',
                       %(uid)s, %(at)s, %(uid)s, %(at)s
                  FROM social_profile profile
                  JOIN ladder ON ladder.company_id = profile.company_id
                   AND ladder.network_id = profile.network_id AND ladder.level = 0
                 WHERE profile.active AND profile.access_id IS NOT NULL
                   AND profile.expires_at <= %(at)s
                ON CONFLICT DO NOTHING
                """,
                at=at,
                uid=self.env.uid,
                ladders=self._get_ladders_sql(),
            )
        )

    @api.model
    def _get_ladders_sql(self):
        """Return the statement that names what follows each level, and how late.

        Columns: company_id, network_id, level, pause (days, NULL for none), repeat
        (days, 0 for never). Level 0 stands for nobody told yet.
        """
        networks = self.env["social.network"].with_context(active_test=False)
        # Which company escalates is for its Owners to see, and for the engine.
        companies = self.env["res.company"].sudo()
        known = networks.search(Domain.TRUE)
        rows = []
        for company in companies.search([("social_escalation", "=", True)]):
            repeat = company.social_escalation_repeat
            for network in known:
                days = network._get_escalation_days(company)
                rows += [
                    (
                        company.id,
                        network.id,
                        level,
                        policy.pause_after(level, days, repeat),
                        repeat,
                    )
                    for level in range(len(days) + 1 if days else 0)
                ]
        columns = [list(column) for column in zip(*rows, strict=True)] or [[]] * 5
        return SQL(
            "SELECT * FROM unnest("
            "%s::int[], %s::int[], %s::int[], %s::int[], %s::int[])"
            " AS ladder(company_id, network_id, level, pause, repeat)",
            *columns,
        )

    @api.model
    def _record_steps(self, at):
        """Move what is due by one step each and record it, by one statement.

        A level that nobody can be told at is passed over. At the top all who were told
        are told again, as often as the company says.
        """
        notice = self.env["social.notice"]
        return notice._insert(
            SQL(
                """
                ladder AS (%(ladders)s),
                due AS MATERIALIZED (
                    SELECT escalation.id AS escalation_id, escalation.level,
                           escalation.repeat_count, profile.id, profile.company_id,
                           profile.cycle, profile.network_id, profile.outsider_id,
                           access.person_id AS granter_id
                      FROM social_escalation escalation
                      JOIN social_profile profile ON profile.id = escalation.profile_id
                      JOIN social_access access ON access.id = profile.access_id
                     WHERE escalation.next_at <= %(at)s AND profile.active
                       AND profile.cycle = escalation.cycle
                       AND profile.expires_at <= %(at)s
                     ORDER BY escalation.id
                       FOR NO KEY UPDATE OF escalation),
                reached AS MATERIALIZED (%(reached)s),
                turn AS MATERIALIZED (
                    SELECT due.*, ladder.repeat, above.level AS next_level,
                           above.pause,
                           above.level IS NULL AND due.level > 0 AND ladder.repeat > 0
                               AS is_repeat
                      FROM due
                      JOIN ladder ON ladder.company_id = due.company_id
                       AND ladder.network_id = due.network_id AND ladder.level = 0
                      LEFT JOIN LATERAL (
                           SELECT step.level, step.pause FROM ladder step
                             JOIN reached ON reached.level = step.level
                              AND reached.profile_id = due.id
                            WHERE step.company_id = due.company_id
                              AND step.network_id = due.network_id
                              AND step.level > due.level
                            ORDER BY step.level LIMIT 1) AS above ON TRUE),
                moved AS (
                    UPDATE social_escalation escalation
                       SET level = COALESCE(turn.next_level, turn.level),
                           repeat_count = turn.repeat_count + turn.is_repeat::int,
                           next_at = CASE
                               WHEN turn.next_level IS NOT NULL
                               THEN %(at)s + turn.pause * INTERVAL '1 day'
                               WHEN turn.is_repeat
                               THEN %(at)s + turn.repeat * INTERVAL '1 day'
                               WHEN turn.level = 0 THEN escalation.next_at
                               END
                      FROM turn WHERE turn.escalation_id = escalation.id)
                """,
                ladders=self._get_ladders_sql(),
                reached=self._get_reached_sql(),
                at=at,
            ),
            SQL(
                """
                SELECT DISTINCT turn.id, turn.company_id, turn.cycle,
                       CASE WHEN turn.is_repeat
                            THEN %(repeated)s || (turn.repeat_count + 1)
                            ELSE %(escalated)s || turn.next_level END,
                       ranked.partner_id, allowed.channel, 'waiting'
                  FROM turn
                  JOIN reached ranked ON ranked.profile_id = turn.id
                   AND (ranked.level = turn.next_level
                        OR turn.is_repeat AND ranked.level <= turn.level)
                  JOIN LATERAL (%(channels)s) AS allowed ON TRUE
                """,
                repeated=policy.REPEATED,
                escalated=policy.ESCALATED,
                channels=notice._get_channels_sql(),
            ),
        )

    @api.model
    def _get_reached_sql(self):
        """Return the statement that names who can be told of ``due``, by level.

        Only people with the right to renew, of the profile's company. Where there is
        no Owner, the settings admins of the company stand in. What goes outside is
        proposed to Managers and Owners.
        """
        return SQL(
            """
            SELECT profile_id, partner_id, user_id, level FROM (
                SELECT named.profile_id, partner.id AS partner_id, users.id AS user_id,
                       named.level, rank() OVER (
                           PARTITION BY named.profile_id, named.level
                           ORDER BY named.tier)
                  FROM (
                    SELECT due.id AS profile_id, users.id AS user_id,
                           %(granter)s AS level, 1 AS tier
                      FROM due JOIN res_users users ON users.partner_id = due.granter_id
                     WHERE users.id IN %(managers)s OR (
                           users.id IN %(members)s AND EXISTS (
                               SELECT FROM social_profile_admin_rel rel
                                 JOIN res_company company ON company.id = due.company_id
                                WHERE rel.social_profile_id = due.id
                                  AND rel.res_users_id = users.id
                                  AND company.social_strict_renewal IS NOT TRUE))
                     UNION
                    SELECT due.id, rel.res_users_id, %(admins)s, 1
                      FROM due
                      JOIN social_profile_admin_rel rel
                        ON rel.social_profile_id = due.id
                      JOIN res_company company ON company.id = due.company_id
                     WHERE rel.res_users_id IN %(members)s
                       AND (company.social_strict_renewal IS NOT TRUE
                            OR rel.res_users_id IN %(managers)s)
                     UNION
                    SELECT due.id, users.id,
                           CASE WHEN users.id IN %(owners)s THEN %(owner)s
                                ELSE %(manager)s END, 1
                      FROM due, res_users users WHERE users.id IN %(managers)s
                     UNION
                    SELECT due.id, users.id, %(owner)s, 2
                      FROM due, res_users users WHERE users.id IN %(settings_admins)s
                     UNION
                    SELECT due.id, users.id, %(outsider)s, 1
                      FROM due, res_users users
                     WHERE users.id IN %(managers)s AND due.outsider_id IS NOT NULL
                  ) AS named
                  JOIN due ON due.id = named.profile_id
                  JOIN res_users users ON users.id = named.user_id AND users.active
                  JOIN res_company_users_rel member
                    ON member.user_id = users.id AND member.cid = due.company_id
                  JOIN res_partner partner ON partner.id = users.partner_id
                 WHERE partner.email LIKE '%%@%%'
            ) AS ranked WHERE rank = 1
            """,
            granter=policy.GRANTER,
            admins=policy.ADMINS,
            manager=policy.MANAGERS,
            owner=policy.OWNERS,
            outsider=policy.OUTSIDER,
            **self.env["social.notice"]._get_staff_ids(),
        )

    # === THE LINK FOR SOMEBODY OUTSIDE === #

    @api.model
    def _send_links(self, at):
        """Send what goes outside by itself, where the company says so.

        Claimed before, so that a crash sends nothing twice; whoever is told then sees
        whether it went out. Nobody outside is written to on a day off.
        """
        # The caller's own transaction may not see yet what was just committed.
        with own_environment(self.env) as env:
            due = env[self._name].search(
                [
                    ("level", "=", policy.OUTSIDER),
                    ("link_tried_at", "=", False),
                    ("company_id.social_escalation_link", "=", True),
                    "|",
                    ("taken_until", "=", False),
                    ("taken_until", "<=", at),
                ]
            )
            due_ids = due.filtered(lambda one: one._may_write_outside(at)).ids
        for escalation in self.browse(due_ids):
            try:
                escalation._send_link_once(at)
            except Exception as error:
                # One that cannot be sent holds up no notice to anybody.
                _logger.warning(
                    "No connect link was sent for escalation %s: %s",
                    escalation.id,
                    type(error).__name__,
                )

    def _may_write_outside(self, at):
        outsider = self.profile_id.outsider_id
        return not outsider or not notices.is_quiet(
            outsider._get_quiet(self.company_id, at), at
        )

    def _send_link_once(self, at):
        """Send the link; not again, whatever becomes of it."""
        with own_environment(self.env) as env:
            if not self.with_env(env)._claim_link(at):
                return
        with own_environment(self.env) as env:
            self.with_env(env)._send_link()

    def _claim_link(self, at):
        lock_rows(self)
        if not self.exists() or self.link_tried_at or self._is_taken(at):
            return False
        # It may have been renewed since this turn began.
        profile = self.profile_id
        if self.cycle != profile.cycle or not profile._get_gone_since(at):
            return False
        # Somebody here may have sent one by hand meanwhile.
        self.write({"link_tried_at": at, "link_id": self._get_sent_link().id})
        return not self.link_id

    def _get_sent_link(self):
        """Return an open link that the person outside was given since the end."""
        profile = self.profile_id
        return profile.connect_link_ids.filtered(
            lambda link: (
                link.is_open
                and link.person_id == profile.outsider_id
                and link.create_date >= profile.expires_at
            )
        )[:1]

    def _owes_link(self):
        """Whether a link goes out by itself, and has not yet."""
        return bool(
            self.company_id.sudo().social_escalation_link
            and self.level == policy.OUTSIDER
            and not self.link_tried_at
        )

    def _send_link(self):
        """Make and send a connect link in the name of somebody who may.

        :raise UserError: nobody may, there is no app, or the mail cannot be sent
        """
        profile = self.profile_id
        inviter = profile._get_inviter()
        if not inviter or not profile.outsider_id:
            raise UserError(
                self.env._("Nobody can be sent a connect link. Nothing was sent.")
            )
        env = self.env(user=inviter.id, su=False)
        env = env(
            context={**env.context, "allowed_company_ids": profile.company_id.ids}
        )
        link, token = env["social.connect.link"]._make(
            profile.outsider_id.with_env(env),
            fields.Datetime.add(now(), days=profile.company_id.social_link_days),
            profile=profile.with_env(env),
        )
        self.link_id = link.id
        link._send(token)

    # === TAKING === #

    @api.model
    def _begin(self, profile):
        """Return the row of a profile's present cycle, locked; made where none is.

        Two people, or somebody and the scheduled action, may be at it at once.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO social_escalation AS known (profile_id, company_id, cycle,
                       level, repeat_count, taken_count, create_uid, create_date,
                       write_uid, write_date)
                VALUES (%(profile)s, %(company)s, %(cycle)s, 0, 0, 0, %(uid)s, %(now)s,
                        %(uid)s, %(now)s)
                ON CONFLICT (profile_id) DO UPDATE
                   SET cycle = EXCLUDED.cycle, level = 0, repeat_count = 0,
                       taken_count = 0, next_at = NULL, taken_by_id = NULL,
                       taken_until = NULL, link_id = NULL, link_tried_at = NULL
                 WHERE known.cycle <> EXCLUDED.cycle
                """,
                profile=profile.id,
                company=profile.company_id.id,
                cycle=profile.cycle,
                uid=self.env.uid,
                now=now(),
            )
        )
        found = self.search([("profile_id", "=", profile.id)])
        lock_rows(found)
        return found

    def _take(self, user, until):
        """Keep this quiet until an instant, and tell the others who has it."""
        self.ensure_one()
        count = self.taken_count + 1
        self.write(
            {
                "taken_by_id": user.id,
                "taken_until": until,
                "taken_count": count,
                "next_at": max(self.next_at or until, until),
            }
        )
        self._tell_taken(user, policy.rung_of(policy.TAKEN, count))
        waiting = self.env["social.notice"].search(
            [
                ("profile_id", "=", self.profile_id.id),
                ("cycle", "=", self.cycle),
                ("state", "=", "waiting"),
            ]
        )
        waiting.filtered(
            lambda one: policy.kind_of(one.rung) in (policy.ESCALATED, policy.REPEATED)
        ).state = "cancelled"

    def _tell_taken(self, user, rung):
        """Owe the news to all who were told of this cycle, but for whoever took it."""
        self.env.flush_all()
        notice = self.env["social.notice"]
        recorded = notice._insert(
            SQL(
                """
                told AS MATERIALIZED (
                    SELECT DISTINCT told.person_id, told.channel
                      FROM social_notice told
                     WHERE told.profile_id = %(profile)s AND told.cycle = %(cycle)s
                       AND told.state IN ('sent', 'waiting')
                       AND told.person_id <> %(taker)s
                       AND (told.rung IN %(ends)s OR told.rung LIKE ANY(%(asking)s)
                            OR told.rung LIKE 'taken%%'))
                """,
                profile=self.profile_id.id,
                cycle=self.cycle,
                taker=user.partner_id.id,
                ends=notices.ENDS,
                asking=list(policy.ASKING),
            ),
            SQL(
                "SELECT %s::int, %s::int, %s::int, %s, person_id, channel, 'waiting'"
                " FROM told",
                self.profile_id.id,
                self.company_id.id,
                self.cycle,
                rung,
            ),
        )
        if recorded:
            notice._send_soon()

    def _is_taken(self, at):
        """Whether somebody has it at an instant."""
        return bool(self.taken_until and self.taken_until > at)

    def _get_text(self, at):
        """Return where this stands, in a sentence; '' while nothing happened."""
        return escalation_text(self.env, self, at) if self else ""
