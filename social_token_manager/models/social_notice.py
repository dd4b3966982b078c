from odoo import api, fields, models
from odoo.tools import SQL

from ..clock import now
from ..const import PROFILES_PATH, RENEW_PATH
from ..engine import own_environment
from ..policy import notices as policy
from ..wording import notice_sentence, notice_subject, reason_sentences

RUNGS = [
    ("d7", "7 days before"),
    ("d3", "3 days before"),
    ("d1", "1 day before"),
    ("expired", "When it expires"),
]
CHANNELS = [("email", "E-mail")]


class SocialNotice(models.Model):
    """One message owed to one person on one channel about one profile, cycle and rung.

    The unique key is the promise: whatever runs again, or twice at once, finds the row
    and sends nothing. A renewal starts a new cycle, and with it a new ladder.
    """

    _name = "social.notice"
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
    rung = fields.Selection(RUNGS, required=True, readonly=True)
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
        [("sent", "Sent"), ("superseded", "Superseded"), ("cancelled", "Cancelled")],
        required=True,
        readonly=True,
    )
    mail_id = fields.Many2one("mail.mail", readonly=True, index="btree_not_null")

    _once = models.UniqueIndex(
        "(profile_id, cycle, rung, person_id, channel)",
        "A person is told once on a channel.",
    )

    # === SENDING === #

    @api.model
    def _cron_send_notices(self):
        """Record and queue all that is due, both or neither, in one transaction.

        READ COMMITTED: of two runs at once the later one waits for the earlier one's
        rows and skips them, where REPEATABLE READ would fail.
        """
        if not self.env["social.home"]._is_here():
            return
        with own_environment(self.env) as env:
            sent = env[self._name]._send_due(now())
            count = len(sent)
        self.env["ir.cron"]._commit_progress(count)

    @api.model
    def _send_due(self, at):
        """Record what is due at an instant and queue the mails; return what is sent."""
        recorded = self.browse()
        entitled = self._get_entitled_sql()
        self.env.flush_all()
        for window in policy.windows(at):
            recorded |= self._record_due(window, "email", entitled)
        recorded._queue_mails(at)
        return recorded

    @api.model
    def _record_due(self, window, channel, entitled):
        """Record the notices of one rung by one statement; return those to send."""
        self.env.cr.execute(
            SQL(
                """
                WITH due AS MATERIALIZED (
                    SELECT id, company_id, cycle, user_id,
                           %(is_most_urgent)s AS is_most_urgent
                      FROM social_profile profile
                     WHERE active AND access_id IS NOT NULL AND expires_at <= %(until)s
                       AND NOT EXISTS (
                           SELECT FROM social_notice told
                            WHERE told.profile_id = profile.id
                              AND told.cycle = profile.cycle
                              AND told.rung = %(rung)s
                              AND told.channel = %(channel)s)
                ), entitled AS (%(entitled)s)
                INSERT INTO social_notice (profile_id, company_id, cycle, rung,
                       person_id, channel, state, create_uid, create_date, write_uid,
                       write_date)
                SELECT due.id, due.company_id, due.cycle, %(rung)s, entitled.partner_id,
                       %(channel)s,
                       CASE WHEN due.is_most_urgent THEN 'sent' ELSE 'superseded' END,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM due JOIN entitled ON entitled.profile_id = due.id
                ON CONFLICT DO NOTHING
                RETURNING id, state
                """,
                is_most_urgent=SQL("expires_at > %s", window.after)
                if window.after
                else SQL("TRUE"),
                until=window.until,
                entitled=entitled,
                rung=window.rung,
                channel=channel,
                uid=self.env.uid,
                now=now(),
            )
        )
        return self.browse(
            notice_id for notice_id, state in self.env.cr.fetchall() if state == "sent"
        )

    @api.model
    def _get_entitled_sql(self):
        """Return the statement that names who is told of each row of ``due``.

        First the team of the profile, its Admins and the Managers of its company; when
        none of them can be written to, the settings admins of that company. Never
        nobody without need, and never another company.
        """
        groups = {
            name: tuple(self.env.ref(xml_id).sudo().all_user_ids.ids or [0])
            for name, xml_id in (
                ("members", "social_token_manager.group_member"),
                ("managers", "social_token_manager.group_manager"),
                ("admins", "base.group_system"),
            )
        }
        return SQL(
            """
            SELECT profile_id, partner_id FROM (
                SELECT named.profile_id, partner.id AS partner_id,
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
                     WHERE users.id IN %(admins)s
                  ) AS named
                  JOIN due ON due.id = named.profile_id
                  JOIN res_users users ON users.id = named.user_id AND users.active
                  JOIN res_company_users_rel member
                    ON member.user_id = users.id AND member.cid = due.company_id
                  JOIN res_partner partner ON partner.id = users.partner_id
                 WHERE partner.email LIKE '%%@%%'
            ) AS ranked
            WHERE rank = 1
            GROUP BY profile_id, partner_id
            """,
            **groups,
        )

    # === MAIL === #

    def _queue_mails(self, at):
        """Queue one mail a person and company, listing its notices, worst first.

        A mail speaks in the name of one company; a person of two gets one of each.
        """
        if not self:
            return
        grouped = self.grouped(lambda one: (one.person_id, one.company_id))
        for (person, _company), notices in grouped.items():
            notices.mail_id = notices._create_mail(person, at)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _create_mail(self, person, at):
        """Return the queued mail to a person, in that person's language and zone."""
        localized = self.with_context(
            lang=person.lang or self.env.lang, tz=person.tz or "UTC"
        )
        lines = localized._get_lines(at)
        company = self.company_id
        body = localized.env["ir.qweb"]._render(
            "social_token_manager.notice_mail",
            {
                "lines": lines,
                "person": person.with_env(localized.env),
                "company": company,
                "lang_code": (localized.env.lang or "en_US").replace("_", "-"),
                "list_url": company.get_base_url() + PROFILES_PATH,
            },
        )
        return self.env["mail.mail"].create(
            {
                "subject": notice_subject(localized.env, lines),
                "body_html": body,
                "email_from": company.email_formatted or self.env.user.email_formatted,
                "recipient_ids": [fields.Command.link(person.id)],
                "auto_delete": True,
            }
        )

    def _get_lines(self, at):
        """Return what a mail says about each profile, worst first."""
        ordered = self.sorted(lambda one: (one.profile_id.expires_at, one.id))
        return [notice._get_line(at) for notice in ordered]

    def _get_line(self, at):
        profile = self.profile_id
        happened, remedy = reason_sentences(self.env, profile.reason or "expired")
        return {
            "rung": self.rung,
            "profile": profile,
            "network": profile.network_id.name,
            "client": profile.partner_id.name,
            "sentence": notice_sentence(self.env, self.rung, profile, at),
            "happened": happened if profile.reason else "",
            "remedy": remedy,
            "renewers": profile.renewers,
            "url": self.company_id.get_base_url()
            + RENEW_PATH.format(profile_id=profile.id),
        }

    # === CANCELLING === #

    @api.model
    def _cancel_pending(self, profiles):
        """Take back what is still queued and speaks of these profiles only."""
        pending = self.search(
            [("profile_id", "in", profiles.ids), ("mail_id.state", "=", "outgoing")]
        )
        pending.state = "cancelled"
        for mail in pending.mail_id:
            if not self.search_count(
                [("mail_id", "=", mail.id), ("state", "=", "sent")]
            ):
                mail.cancel()
