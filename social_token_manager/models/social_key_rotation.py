import logging
import time
from collections import Counter
from dataclasses import dataclass, field

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..dispatch import turn_seconds
from ..engine import attempt, own_environment
from ..fields import Encrypted
from ..keyring import KeyringError

_logger = logging.getLogger(__name__)

AT_ONCE = 200


@dataclass(frozen=True)
class Batch:
    """What one transaction came to.

    :ivar int last: the highest id that was looked at
    :ivar int made: how many secrets were sealed anew or forgotten
    :ivar int left: how many somebody else was at
    :ivar damaged: key id to how many did not open
    :ivar tuple ids: of what was forgotten
    """

    last: int
    made: int
    left: int = 0
    damaged: Counter = field(default_factory=Counter)
    ids: tuple = ()


class SocialKeyRotation(models.AbstractModel):
    """Sealing anew what hangs on an older key; a part of ``social.key``.

    A secret that is stored meanwhile wins, whoever stores it.
    """

    _name = "social.key.rotation"
    _description = "Rotation of Encryption Keys"

    damaged_count = fields.Integer(
        "Do Not Open", help="Of what still hangs on this key, when last looked at."
    )

    # === SCHEDULED === #

    @api.model
    def _cron_seal_anew(self):
        """Seal anew what hangs on an older key; forget what hangs on a lost one.

        Each batch is committed by itself, and what is done is no candidate any more:
        whatever ends a turn, the next one goes on from there.
        """
        if not self.env["social.home"]._is_here():
            return
        made, is_more = self._seal_anew(time.monotonic() + turn_seconds())
        self.env["ir.cron"]._end_social_turn(made, is_more)

    @api.model
    def _seal_anew(self, deadline):
        """Go through all secrets; return how many were done, and whether some wait.

        :param float deadline: by the monotonic clock; no batch begins after it
        """
        made, left, damaged = 0, 0, Counter()
        for step in ("_seal_next", "_forget_next"):
            for secret in self._get_secret_fields():
                for batch in self._make_batches(step, secret, deadline):
                    if batch is None:
                        return made, True
                    made += batch.made
                    left += batch.left
                    damaged += batch.damaged
        self._note_damaged(damaged)
        if made or left:
            _logger.info("%s secrets sealed anew or forgotten, %s wait", made, left)
        return made, bool(left)

    @api.model
    def _make_batches(self, step, secret, deadline):
        """Yield the :class:`Batch` objects of one field; None when it was cut off."""
        last = 0
        while True:
            if time.monotonic() > deadline:
                yield None
                return
            try:
                with own_environment(self.env) as env:
                    batch = getattr(env[self._name], step)(secret, last)
            except (OperationalError, UserError) as error:
                # Somebody holds what hangs on it, or there is no usable key.
                _logger.info("Left for the next turn: %s", type(error).__name__)
                yield None
                return
            if not batch:
                return
            self._settle_batch(secret, batch)
            yield batch
            last = batch.last

    @api.model
    def _settle_batch(self, secret, batch):
        """Derive what hangs on forgotten secrets, in a transaction of its own."""
        records = self.env[secret.model_name].browse(batch.ids)
        if records:
            attempt(self.env, lambda env: records.with_env(env)._settle_forgotten())

    # === SEALING ANEW === #

    @api.model
    def _seal_next(self, secret, after):
        """Seal the next ones of a field anew with the key that seals now.

        :return: the :class:`Batch`, None when none is left
        :raise UserError: there is no usable key
        """
        ring = self._get_keyring()
        rows = self._find(secret, ring.keys.keys() - {ring.writer}, after)
        if not rows:
            return None
        ids, envelopes = zip(*rows, strict=True)
        fresh, unopened = [], []
        records = self.env[secret.model_name].browse(ids)
        for record, envelope in zip(records, envelopes, strict=True):
            place = record._get_secret_place(secret.name)
            try:
                sealed = ring.seal(ring.open(envelope, place), place)
            except KeyringError:
                unopened.append((record.id, envelope))
            else:
                fresh.append((record.id, envelope, sealed))
        made, left = self._swap(secret, fresh)
        return Batch(ids[-1], made, left, self._count_same(secret, unopened))

    @api.model
    def _find(self, secret, kids, after, lock=False):
        """Return ``[(id, envelope)]`` of the next that hang on some keys.

        :param lock: whether to lock them; what others have locked is passed over
        """
        self.env.cr.execute(
            SQL(
                "SELECT id, %(column)s FROM %(table)s"
                " WHERE id > %(after)s AND %(kid)s = ANY(%(kids)s)"
                " ORDER BY id LIMIT %(most)s %(lock)s",
                **self._get_names(secret),
                after=after,
                kids=list(kids),
                most=AT_ONCE,
                lock=SQL("FOR NO KEY UPDATE SKIP LOCKED") if lock else SQL(),
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _swap(self, secret, rows):
        """Replace envelopes that are still what they were when they were read.

        Whoever holds a row is about to store something newer there, or is soon done:
        nobody is waited for.

        :param rows: ``[(id, old, new)]``
        :return: how many were replaced, and how many are left because they are held
        """
        if not rows:
            return 0, 0
        ids, old, new = zip(*rows, strict=True)
        self.env.cr.execute(
            SQL(
                """
                WITH swap AS MATERIALIZED (
                    SELECT * FROM unnest(%(ids)s, %(old)s, %(new)s)
                        AS swap(id, old, new)),
                free AS MATERIALIZED (
                    SELECT %(table)s.id FROM %(table)s JOIN swap
                        ON swap.id = %(table)s.id AND swap.old = %(column)s
                     ORDER BY 1 FOR NO KEY UPDATE OF %(table)s SKIP LOCKED)
                UPDATE %(table)s SET %(name)s = swap.new FROM swap JOIN free USING (id)
                 WHERE %(table)s.id = swap.id AND %(column)s = swap.old
                """,
                **self._get_names(secret),
                ids=list(ids),
                old=list(old),
                new=list(new),
            )
        )
        made = self.env.cr.rowcount
        same = self._count_same(secret, zip(ids, old, strict=True))
        return made, same.total()

    @api.model
    def _count_same(self, secret, rows):
        """Count, by key id, what still has the envelope that it had.

        What has another one by now was stored meanwhile, and is as it should be.
        """
        ids, envelopes = zip(*rows, strict=True) if (rows := list(rows)) else ((), ())
        self.env.cr.execute(
            SQL(
                "SELECT %(kid)s, count(*) FROM %(table)s"
                "  JOIN unnest(%(ids)s::int[], %(envelopes)s::text[]) AS seen(id, was)"
                "    ON seen.id = %(table)s.id AND seen.was = %(column)s GROUP BY 1",
                **self._get_names(secret),
                ids=list(ids),
                envelopes=list(envelopes),
            )
        )
        return Counter(dict(self.env.cr.fetchall()))

    @api.model
    def _note_damaged(self, damaged):
        """Write down how many did not open, after all have been looked at."""

        def note(env):
            for key in env[self._name].search([]):
                if key.damaged_count != damaged[key.kid]:
                    key.damaged_count = damaged[key.kid]

        attempt(self.env, note)

    # === FORGETTING === #

    @api.model
    def _forget_next(self, secret, after):
        """Forget the next ones of a field that hang on a key that was given up.

        One that is back in the file is not lost any more.

        :return: the :class:`Batch`, None when none is left
        :raise UserError: there is no usable key
        """
        lost = self._get_lost() - self._get_keyring().keys.keys()
        rows = self._find(secret, lost, after, lock=True) if lost else ()
        if not rows:
            return None
        ids = tuple(record_id for record_id, _envelope in rows)
        self.env[secret.model_name].browse(ids)._forget_secret(secret.name)
        return Batch(ids[-1], len(ids), ids=ids)

    # === COUNTING === #

    @api.model
    def _get_secret_fields(self):
        """Return all secrets of the registry, those of other addons included.

        Tokens come before what hangs on them: their loss takes it along.
        """
        return sorted(
            (
                one
                for model in self.env.registry.values()
                if not model._abstract
                for one in model._fields.values()
                if isinstance(one, Encrypted)
            ),
            key=str,
            reverse=True,
        )

    @api.model
    def _count_by_key(self):
        """Return ``{key id: how many secrets hang on it}`` by one statement."""
        counted = (
            SQL(
                "SELECT %(kid)s AS kid, count(*) AS count FROM %(table)s"
                " WHERE %(column)s IS NOT NULL GROUP BY 1",
                **self._get_names(secret),
            )
            for secret in self._get_secret_fields()
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "SELECT kid, sum(count)::int FROM (%s) AS counted GROUP BY 1",
                SQL(" UNION ALL ").join(counted),
            )
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _get_names(self, secret):
        """Return what statements about a field need; ``kid`` is the envelope's."""
        table = self.env[secret.model_name]._table
        column = SQL.identifier(table, secret.name)
        return {
            "table": SQL.identifier(table),
            "column": column,
            "name": SQL.identifier(secret.name),
            "kid": SQL("split_part(%s, '.', 2)", column),
        }
