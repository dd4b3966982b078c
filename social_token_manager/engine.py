"""Cursors of our own, for what must last whatever becomes of the caller.

A rotated token, a consumed request: they are committed at once, at READ COMMITTED (a
claim under REPEATABLE READ fails when a row changed a moment ago), and never wait long
for a lock.
"""

import logging
import random
import time
import uuid
from contextlib import contextmanager

from psycopg2 import InterfaceError, OperationalError
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from odoo import api
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

LOCK_TIMEOUT = "5s"
PERSIST_SECONDS = 30


@contextmanager
def own_environment(env, uid=None):
    """Yield a superuser environment in a cursor of its own; a clean exit commits.

    The statements of the block see what others have committed so far, and not what
    the caller has not.

    :param env: the caller's environment, for its database and language
    :param int uid: in whose name records are written, the caller's by default
    """
    with env.registry.cursor() as cr:
        _prepare(cr)
        context = {**_neutral(env.context), "social_correlation": correlation(env)}
        yield api.Environment(cr, uid or env.uid, context, su=True)


def correlation(env):
    """Return the id that all journal lines of one action have.

    An action has one cursor, be it a button, a callback or a scheduled turn; the id
    goes along into the cursors of our own.
    """
    known = env.context.get("social_correlation")
    return known or env.cr.cache.setdefault("social_correlation", uuid.uuid4().hex)


def persist(env, store, uid=None):
    """Run ``store(own environment)`` until it is committed, for up to 30 s.

    For what cannot be had again: the answer to a code or a refresh token that is used
    up by now.

    :raise psycopg2.Error: the last one, when the time is over
    """
    deadline = time.monotonic() + PERSIST_SECONDS
    while True:
        try:
            with own_environment(env, uid) as own_env:
                return store(own_env)
        except (OperationalError, InterfaceError):
            if time.monotonic() > deadline:
                raise
            _logger.warning("The database did not take an answer; trying again")
            time.sleep(random.uniform(0.2, 1.0))


def attempt(env, store):
    """Run ``store(own environment)`` once; return whether it was committed.

    For what a sweep makes up for: a caller of ours may hold the very row that is to be
    written, and would wait for itself.
    """
    try:
        with own_environment(env) as own_env:
            store(own_env)
    except (OperationalError, InterfaceError) as error:
        _logger.info("Left to the sweep: %s", type(error).__name__)
        return False
    return True


def apart(env, work, what):
    """Return ``work(own environment)``; None when it fails, which is logged.

    For one of many that have nothing to do with each other: it holds up nobody else,
    and is tried again in the next turn.

    :param str what: who or what it is about, for the log
    """
    try:
        with own_environment(env) as own_env:
            return work(own_env)
    except Exception:
        _logger.exception("Left for the next turn: %s", what)
        return None


def see_rights(env):
    """Forget what this process remembers of rights, where others have changed them.

    Odoo looks at the beginning of a request; a network may have been asked since.
    """
    env.registry.check_signaling(env.cr)


def lock_rows(records):
    """Wait for and lock the rows of some records, then forget what was read before.

    :raise psycopg2.errors.LockNotAvailable: somebody held one of them too long
    """
    records.env.cr.execute(
        SQL(
            "SELECT id FROM %s WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
            SQL.identifier(records._table),
            tuple(records.ids or [0]),
        )
    )
    records.invalidate_recordset()


def _prepare(cr):
    # A test cursor is already inside a transaction, where the level cannot change.
    if cr.connection.get_transaction_status() == TRANSACTION_STATUS_IDLE:
        cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
    cr.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])


def _neutral(context):
    """Return what of a caller's context an engine statement may depend on."""
    return {key: context[key] for key in ("lang", "tz") if key in context}
