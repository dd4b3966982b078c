import json
import random
import uuid
from datetime import UTC

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

from .. import dispatch
from ..clock import now
from ..const import LEASE, OUTBOX_KEPT, POSTS_AT_ONCE
from ..engine import lock_rows, own_environment, persist
from ..keyring import SecretDamaged
from ..policy import outbox as policy
from ..policy import reasons
from ..providers.errors import ProviderError, RateLimited, Unreachable
from ..providers.posting import Posting, signed_headers
from .social_notice_posting import WEBHOOK
from .social_token_renewal import DATABASE_NOW

GIVEN_UP = "given_up"
GC_LIMIT = 10_000
RELEASED = {"lease_owner": False, "lease_until": False}


class SocialNoticeOutbox(models.Model):
    """A message to a chat or another system, queued with what it tells of.

    It is sent at least once, and by one worker at a time: a crash between the call and
    its answer lets it be sent again, with the same key, by which the other side can
    tell. One after the other for each target, so that order is kept and one that is
    down is not overrun.
    """

    _name = "social.notice.outbox"
    _description = "Message to a Chat or Another System"
    _order = "id desc"
    _rec_name = "key"

    target_id = fields.Many2one(
        "social.notice.target",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    event = fields.Char(required=True, readonly=True)
    key = fields.Char("Message ID", required=True, readonly=True)
    payload = fields.Text("Content", required=True, readonly=True)
    notice_ids = fields.Many2many(
        "social.notice", "social_notice_outbox_rel", readonly=True
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sent", "Taken"),
            ("failed", "Not taken"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="waiting",
    )
    # Counted by SQL, which does not count on from nothing.
    tries = fields.Integer(required=True, readonly=True, default=0)
    next_at = fields.Datetime("Next Try", required=True, readonly=True)
    sent_at = fields.Datetime("Taken On", readonly=True)
    error = fields.Char("What Was Answered", readonly=True)
    lease_owner = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    lease_until = fields.Datetime(readonly=True, groups=fields.NO_ACCESS)

    _key_unique = models.UniqueIndex("(key)")
    _target_waiting = models.Index("(target_id, id) WHERE state = 'waiting'")

    @api.model
    def _add(self, target, event, key, payload, notices=None):
        """Queue a message in the caller's transaction and have it sent soon."""
        added = self.create(
            {
                "target_id": target.id,
                "event": event,
                "key": key,
                "payload": json.dumps(payload, ensure_ascii=False),
                "notice_ids": [Command.set(notices.ids)] if notices else [],
                "next_at": now(),
            }
        )
        self.env.ref("social_token_manager.ir_cron_send_outbox")._trigger()
        return added

    # === SENDING === #

    @api.model
    def _cron_send(self):
        """Send what is due, many at once, with no transaction open meanwhile."""
        if not self.env["social.home"]._is_here():
            return
        made = dispatch.run(
            self._take,
            self._store,
            in_flight=POSTS_AT_ONCE,
            seconds=dispatch.turn_seconds(),
        )
        self.env["ir.cron"]._end_social_turn(made, self._count_due())

    @api.model
    def _count_due(self):
        """Return how many messages could go out now; the turn's time may be up."""
        return self.env.execute_query(
            SQL("SELECT count(*) FROM (%s) AS due", self._get_due_sql())
        )[0][0]

    @api.model
    def _get_due_sql(self):
        """Return the statement that names the oldest message of each target, if due."""
        return SQL(
            """
            SELECT outbox.id FROM social_notice_outbox outbox
             WHERE outbox.state = 'waiting' AND outbox.next_at <= %(now)s
               AND (outbox.lease_until IS NULL OR outbox.lease_until < %(clock)s)
               AND outbox.id IN (
                   SELECT min(id) FROM social_notice_outbox
                    WHERE state = 'waiting' GROUP BY target_id)
            """,
            now=now(),
            clock=DATABASE_NOW,
        )

    @api.model
    def _take(self, slots):
        """Claim at most so many messages; return the :class:`Posting` objects."""
        with own_environment(self.env) as env:
            outbox = env[self._name]
            transport = env["social.home"]._get_transport()
            claimed = outbox._claim(slots)
            postings = [one._prepare_posting(transport) for one in claimed]
        return [posting for posting in postings if posting]

    @api.model
    def _claim(self, slots):
        """Lease the oldest message of each target, if it is due; by one statement."""
        lease = uuid.uuid4().hex
        self.env.cr.execute(
            SQL(
                """
                WITH picked AS MATERIALIZED (
                    %(due)s ORDER BY outbox.id LIMIT %(slots)s
                       FOR NO KEY UPDATE SKIP LOCKED)
                UPDATE social_notice_outbox outbox
                   SET lease_owner = %(lease)s, tries = outbox.tries + 1,
                       lease_until = %(clock)s + %(length)s
                  FROM picked WHERE picked.id = outbox.id
                RETURNING outbox.id
                """,
                due=self._get_due_sql(),
                clock=DATABASE_NOW,
                slots=slots,
                lease=lease,
                length=LEASE,
            )
        )
        claimed = self.browse(sorted(row_id for (row_id,) in self.env.cr.fetchall()))
        claimed.invalidate_recordset()
        return claimed

    def _prepare_posting(self, transport):
        """Return what a worker sends, None when a secret is damaged."""
        target = self.target_id
        body = self.payload.encode()
        try:
            address = target._open_secret("address")
            headers = {"Idempotency-Key": self.key}
            if target.kind == WEBHOOK:
                headers = signed_headers(
                    target._open_secret("signing_secret") or "",
                    self.key,
                    int(now().replace(tzinfo=UTC).timestamp()),
                    body,
                )
            if not address:
                raise ValueError("no address")
        except (SecretDamaged, ValueError):
            self._fail(reasons.DAMAGED_SECRET)
            return None
        return Posting(self.id, self.lease_owner, transport, address, body, headers)

    @api.model
    def _store(self, posting, outcome):
        """Write down what became of a message, until that is committed."""
        persist(self.env, lambda env: env[self._name]._settle(posting, outcome))

    @api.model
    def _settle(self, posting, outcome):
        message = self.browse(posting.outbox_id).exists()
        lock_rows(message)
        if message.lease_owner != posting.lease or message.state != "waiting":
            # Its lease had run out, or it was cancelled meanwhile.
            return
        if not isinstance(outcome, ProviderError):
            message._note_taken()
        elif isinstance(outcome, (RateLimited, Unreachable)):
            message._try_later(outcome)
        else:
            message._fail(outcome.reason, outcome.detail)

    def _note_taken(self):
        at = now()
        self.write({"state": "sent", "sent_at": at, "error": False, **RELEASED})
        self.target_id.write({"sent_at": at, "error": False, "error_detail": False})

    def _try_later(self, failure):
        next_at = policy.next_try(
            self.create_date,
            self.tries,
            now(),
            random.random(),
            getattr(failure, "retry_after", None),
        )
        if not next_at:
            self._fail(GIVEN_UP, failure.detail)
            return
        self.write({"next_at": next_at, "error": failure.detail, **RELEASED})
        self.env.ref("social_token_manager.ir_cron_send_outbox")._trigger(next_at)
        self._note_error(failure.reason, failure.detail)

    def _fail(self, code, detail=""):
        self.write({"state": "failed", "error": detail or code, **RELEASED})
        self._note_error(code, detail)

    def _note_error(self, code, detail):
        self.target_id.write({"error": code, "error_detail": detail, "error_at": now()})

    # === ENDING === #

    def _cancel(self):
        """Take back what waits."""
        self.filtered(lambda one: one.state == "waiting").state = "cancelled"

    @api.model
    def _cancel_for(self, profiles):
        """Take back from the chats what speaks of these profiles alone.

        Other systems are told everything, in order. What no chat was told counts as
        never sent in the ledger, too.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH taken_back AS (
                    UPDATE social_notice_outbox outbox SET state = 'cancelled'
                      FROM social_notice_target target
                     WHERE outbox.state = 'waiting' AND outbox.lease_until IS NULL
                       AND target.id = outbox.target_id AND target.kind <> %(webhook)s
                       AND (SELECT bool_and(notice.profile_id IN %(ids)s)
                              FROM social_notice_outbox_rel rel
                              JOIN social_notice notice
                                ON notice.id = rel.social_notice_id
                             WHERE rel.social_notice_outbox_id = outbox.id)
                    RETURNING outbox.id)
                UPDATE social_notice notice SET state = 'cancelled'
                  FROM social_notice_outbox_rel rel
                 WHERE rel.social_notice_id = notice.id
                   AND rel.social_notice_outbox_id IN (SELECT id FROM taken_back)
                   AND NOT EXISTS (
                       SELECT FROM social_notice_outbox_rel other
                         JOIN social_notice_outbox message
                           ON message.id = other.social_notice_outbox_id
                        WHERE other.social_notice_id = notice.id
                          AND message.id NOT IN (SELECT id FROM taken_back)
                          AND message.state IN ('sent', 'waiting'))
                """,
                webhook=WEBHOOK,
                ids=tuple(profiles.ids or [0]),
            )
        )
        self.invalidate_model(["state"])
        self.env["social.notice"].invalidate_model(["state"])

    @api.autovacuum
    def _gc_messages(self):
        """Forget what has been over for a month."""
        over = self.sudo().search(
            [("state", "!=", "waiting"), ("create_date", "<", now() - OUTBOX_KEPT)],
            limit=GC_LIMIT,
        )
        count = len(over)
        over.unlink()
        return count, count // GC_LIMIT
