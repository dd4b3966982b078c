from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..clock import now
from ..engine import lock_rows, own_environment
from ..policy import notices as policy
from ..policy.escalation import ASKING
from ..wording import rung_label
from .social_notice_delivery import PERSONAL

CHANNELS = [
    ("inbox", "In Odoo"),
    ("email", "E-mail"),
    ("push", "Mobile"),
    ("chat", "Team chat"),
    ("webhook", "Other systems"),
]

RUN_LOCK = 0x50C1A2
AFTER_ANOTHER = timedelta(minutes=1)


class SocialNotice(models.Model):
    """One message owed to one person on one channel about one profile, cycle and rung.

    The unique key is the promise: whatever runs again, or twice at once, finds the row
    and sends nothing. A renewal starts a new cycle, and with it a new ladder.

    A notice is recorded when it is due and delivered when its person may be disturbed;
    whatever is owed to one person then goes out as one message.
    """

    _name = "social.notice"
    _inherit = [
        "social.notice.delivery",
        "social.notice.posting",
        "social.notice.sample",
    ]
    _description = "Social Connection Notice"
    _order = "id desc"
    _rec_name = "profile_id"

    profile_id = fields.Many2one(
        "social.profile", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    cycle = fields.Integer(required=True, readonly=True)
    rung = fields.Char("Rung Code", required=True, readonly=True)
    rung_text = fields.Char("Rung", compute="_compute_rung_text")
    person_id = fields.Many2one(
        "res.partner",
        "To",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sent", "Sent"),
            ("superseded", "Superseded"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
    )
    sent_at = fields.Datetime("Sent On", readonly=True)
    mail_id = fields.Many2one("mail.mail", readonly=True, index="btree_not_null")

    _once = models.UniqueIndex(
        "(profile_id, cycle, rung, person_id, channel)",
        "A person is told once on a channel.",
    )
    _waiting = models.Index("(person_id, company_id) WHERE state = 'waiting'")

    @api.depends("rung")
    @api.depends_context("lang")
    def _compute_rung_text(self):
        for notice in self:
            notice.rung_text = rung_label(self.env, notice.rung)

    # === SENDING === #

    @api.model
    def _cron_send_notices(self):
        """Record all that is due, then deliver all that may go out.

        Each step is a transaction of its own, so a crash leaves both or neither of a
        row and its message.
        """
        if not self.env["social.home"]._is_here():
            return
        at = now()
        if not self._is_only_run():
            # What it has not seen any more is for a turn after it.
            self._send_soon(at + AFTER_ANOTHER)
            return
        with own_environment(self.env) as env:
            env[self._name]._record_due(at)
            env[self._name]._record_purges(at)
        self.env["social.escalation"]._run(at)
        self.env["ir.cron"]._commit_progress(self._deliver_due(at))

    @api.model
    def _is_only_run(self):
        """Whether no other run is under way; until the end of the transaction.

        Two would each record and deliver a part, and one message would be two.
        """
        return self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s)", RUN_LOCK)
        )[0][0]

    @api.model
    def _send_soon(self, at=None):
        """Have what is due sent in a turn that comes at once, or at an instant."""
        self.env.ref("social_token_manager.ir_cron_send_notices")._trigger(at)

    # === RECORDING === #

    @api.model
    def _record_due(self, at):
        """Record what is due at an instant, by one statement; return what waits.

        What breaks is a rung of its own, unless its end was told already. A rung that
        anybody was told of is not told again to who comes later; a chat is nobody.
        """
        entitled = self._get_entitled_sql()
        self.env.flush_all()
        steps = self._get_steps(at)
        return self._insert(
            SQL(
                """
                due AS MATERIALIZED (
                    SELECT profile.id, profile.company_id, profile.cycle,
                           profile.user_id, steps.rung,
                           CASE WHEN steps.after IS NULL
                                  OR profile.expires_at > steps.after
                                THEN 'waiting' ELSE 'superseded' END AS state
                      FROM social_profile profile
                      JOIN unnest(%(companies)s::int[], %(networks)s::int[],
                                  %(rungs)s::text[], %(afters)s::timestamp[],
                                  %(untils)s::timestamp[])
                           AS steps(company_id, network_id, rung, after, until)
                        ON steps.company_id = profile.company_id
                       AND steps.network_id = profile.network_id
                       AND profile.expires_at <= steps.until
                     WHERE profile.active AND profile.access_id IS NOT NULL
                       AND profile.reason IS NULL
                       AND NOT EXISTS (
                           SELECT FROM social_notice told
                            WHERE told.profile_id = profile.id
                              AND told.cycle = profile.cycle AND told.rung = steps.rung
                              AND told.channel IN %(personal)s)
                    UNION ALL
                    SELECT profile.id, profile.company_id, profile.cycle,
                           profile.user_id, %(broken)s, 'waiting'
                      FROM social_profile profile
                     WHERE profile.active AND profile.access_id IS NOT NULL
                       AND profile.reason IS NOT NULL
                       AND NOT EXISTS (
                           SELECT FROM social_notice told
                            WHERE told.profile_id = profile.id
                              AND told.cycle = profile.cycle
                              AND told.rung IN %(ends)s
                              AND told.channel IN %(personal)s)),
                entitled AS (%(entitled)s UNION %(team)s)
                """,
                companies=[company_id for company_id, _network, _window in steps],
                networks=[network_id for _company, network_id, _window in steps],
                rungs=[window.rung for *_place, window in steps],
                afters=[window.after for *_place, window in steps],
                untils=[window.until for *_place, window in steps],
                broken=policy.BROKEN,
                ends=policy.ENDS,
                personal=PERSONAL,
                entitled=entitled,
                team=self._get_team_sql(),
            ),
            SQL(
                "SELECT due.id, due.company_id, due.cycle, due.rung,"
                " entitled.partner_id, entitled.channel, due.state"
                " FROM due JOIN entitled ON entitled.profile_id = due.id"
            ),
        )

    @api.model
    def _get_steps(self, at):
        """Return ``[(company id, network id, window)]`` of all ladders in use."""
        places = self.env["social.profile"]._read_group(
            [("access_id", "!=", False)], ["company_id", "network_id"]
        )
        return [
            (company.id, network.id, window)
            for company, network in places
            for window in policy.windows(at, network._get_notice_days(company))
        ]

    @api.model
    def _insert(self, named, rows):
        """Insert rows by one statement; return those that wait to be delivered.

        :param SQL named: the expressions of a WITH clause, :param SQL rows: the query
        """
        self.env.cr.execute(
            SQL(
                """
                WITH %(named)s, chosen (profile_id, company_id, cycle, rung, person_id,
                                        channel, state) AS (%(rows)s)
                INSERT INTO social_notice (profile_id, company_id, cycle, rung,
                       person_id, channel, state, create_uid, create_date, write_uid,
                       write_date)
                SELECT chosen.*, %(uid)s, %(now)s, %(uid)s, %(now)s FROM chosen
                ON CONFLICT DO NOTHING
                RETURNING id, state
                """,
                named=named,
                rows=rows,
                uid=self.env.uid,
                now=now(),
            )
        )
        return self.browse(
            notice_id
            for notice_id, state in self.env.cr.fetchall()
            if state == "waiting"
        )

    @api.model
    def _get_entitled_sql(self):
        """Return the statement that names who is told of each row of ``due``, and how.

        First the team of the profile, its Admins and the Managers of its company; when
        none of them can be written to, the settings admins of that company. Never
        nobody without need, and never another company. In Odoo everybody is told; by
        e-mail and on the mobile who has not switched that off.
        """
        return SQL(
            """
            SELECT profile_id, partner_id, channel FROM (
                SELECT named.profile_id, partner.id AS partner_id, users.id AS user_id,
                       rank() OVER (PARTITION BY named.profile_id ORDER BY named.tier)
                  FROM (
                    SELECT due.id AS profile_id, res_users_id AS user_id, 1 AS tier
                      FROM social_profile_recipient_rel
                      JOIN due ON due.id = social_profile_id
                     WHERE res_users_id IN %(members)s
                     UNION
                    SELECT due.id, res_users_id, 1
                      FROM social_profile_admin_rel
                      JOIN due ON due.id = social_profile_id
                      JOIN res_company company ON company.id = due.company_id
                     WHERE res_users_id IN %(members)s
                       AND company.social_strict_renewal IS NOT TRUE
                     UNION
                    SELECT id, user_id, 1 FROM due WHERE user_id IN %(members)s
                     UNION
                    SELECT due.id, users.id, 1 FROM due, res_users users
                     WHERE users.id IN %(managers)s
                     UNION
                    SELECT due.id, users.id, 2 FROM due, res_users users
                     WHERE users.id IN %(settings_admins)s
                  ) AS named
                  JOIN due ON due.id = named.profile_id
                  JOIN res_users users ON users.id = named.user_id AND users.active
                  JOIN res_company_users_rel member
                    ON member.user_id = users.id AND member.cid = due.company_id
                  JOIN res_partner partner ON partner.id = users.partner_id
                 WHERE partner.email LIKE '%%@%%'
            ) AS ranked
            JOIN LATERAL (%(channels)s) AS allowed ON TRUE
            WHERE rank = 1
            GROUP BY profile_id, partner_id, channel
            """,
            channels=self._get_channels_sql(),
            **self._get_staff_ids(),
        )

    @api.model
    def _get_channels_sql(self):
        """Return the statement that names the channels of each row of ``ranked``."""
        return SQL(
            """
            SELECT way.channel FROM res_users users
              LEFT JOIN social_notice_preference chosen
                ON chosen.user_id = users.id AND users.social_by_profile
               AND chosen.profile_id = ranked.profile_id
             CROSS JOIN LATERAL (VALUES
                ('inbox', TRUE),
                ('email', COALESCE(chosen.email, users.social_email, TRUE)),
                ('push', COALESCE(chosen.mobile, users.social_mobile, TRUE)
                    AND EXISTS (SELECT FROM mail_push_device device
                                 WHERE device.partner_id = ranked.partner_id))
              ) AS way(channel, is_wanted)
             WHERE users.id = ranked.user_id AND way.is_wanted
            """
        )

    # === ENDING === #

    @api.model
    def _cancel_pending(self, profiles):
        """Take back what nobody has been sent yet about these profiles.

        Of a mail that is queued and speaks of others, too, nothing is taken back.
        """
        waiting = self.search(
            [("profile_id", "in", profiles.ids), ("state", "=", "waiting")]
        )
        # Somebody may be delivering them: what he has sent by then is not waiting.
        lock_rows(waiting)
        waiting.filtered(lambda one: one.state == "waiting").state = "cancelled"
        queued = self.search(
            [("profile_id", "in", profiles.ids), ("mail_id.state", "=", "outgoing")]
        ).mail_id
        told = self.search([("mail_id", "in", queued.ids), ("state", "=", "sent")])
        for mail, notices in told.grouped("mail_id").items():
            if notices.profile_id <= profiles:
                notices.state = "cancelled"
                mail.cancel()
        self.env["social.notice.outbox"]._cancel_for(profiles)

    @api.model
    def _record_recovered(self, profiles):
        """Owe the good news to all who were told that these profiles stopped working.

        Whoever granted anew knows it already. News that another renewal overtook before
        it was delivered is owed still.
        """
        working = profiles.filtered(lambda one: not one.reason)
        if not working:
            return
        self.env.flush_all()
        recorded = self._insert(
            SQL(
                """
                told AS MATERIALIZED (
                    SELECT told.*, rank() OVER (
                           PARTITION BY told.profile_id ORDER BY told.cycle DESC)
                      FROM social_notice told
                      JOIN social_profile profile ON profile.id = told.profile_id
                     WHERE told.profile_id IN %(ids)s AND told.cycle < profile.cycle
                       AND told.state <> 'superseded')
                """,
                ids=tuple(working.ids),
            ),
            SQL(
                """
                SELECT DISTINCT profile.id, profile.company_id, profile.cycle,
                       %(recovered)s, told.person_id, told.channel, 'waiting'
                  FROM told JOIN social_profile profile ON profile.id = told.profile_id
                  JOIN social_access access ON access.id = profile.access_id
                 WHERE told.rank = 1
                   AND CASE WHEN told.rung = %(recovered)s
                            THEN told.state <> 'sent'
                            ELSE told.state = 'sent' AND (
                                told.rung IN %(ends)s
                                OR told.rung LIKE ANY(%(asking)s)) END
                   AND (profile.expires_at IS NULL OR profile.expires_at > %(now)s)
                   AND access.person_id IS DISTINCT FROM told.person_id
                """,
                recovered=policy.RECOVERED,
                ends=policy.ENDS,
                asking=list(ASKING),
                now=now(),
            ),
        )
        if recorded:
            self._send_soon()
