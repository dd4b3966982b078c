"""Many calls at once: worker threads make them, the one caller's thread does the rest.

A worker gets plain data and gives plain data back; it never meets an environment or a
cursor.
"""

import logging
import time
import traceback
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from odoo.tools import config

from .providers.errors import OutcomeUnknown, ProviderError
from .providers.transport import TOTAL_SECONDS

_logger = logging.getLogger(__name__)

TURN_SECONDS = 60
# Those of renewing, of checking and of messages may come one after the other before
# Odoo looks whether its worker is alive.
TURNS = 3
# A refresh after an unknown outcome asks, knocks, and then refreshes.
CALLS = 3


def turn_seconds():
    """Return how long a turn of a scheduled action may start calls.

    What the last one started has to end within ``limit_time_real_cron``, too.
    """
    limit = config["limit_time_real_cron"]
    if limit < 0:
        limit = config["limit_time_real"]
    if not limit:
        return TURN_SECONDS
    return max(min((limit - CALLS * TOTAL_SECONDS - 5) / TURNS, TURN_SECONDS), 1)


def run(take, store, *, in_flight, seconds):
    """Make calls until none is left to start, or until the time is over.

    What was started is always waited for and stored, also when ``take`` fails.

    :param take: function of a number; returns at most so many calls, which are
        functions without parameters
    :param store: function of a call and what it came to, see :func:`outcome_of`
    :param int in_flight: how many calls at once
    :param float seconds: after so many nothing new is started
    :return: how many calls were made
    """
    deadline = time.monotonic() + seconds
    pending, made, failure = {}, 0, None
    with ThreadPoolExecutor(in_flight, thread_name_prefix="social-call") as pool:
        while True:
            # By batches: one by one, each would wait for all others who take.
            has_room = len(pending) <= in_flight // 2
            if has_room and not failure and time.monotonic() < deadline:
                try:
                    for call in take(in_flight - len(pending)):
                        pending[pool.submit(outcome_of, call)] = call
                except Exception as error:
                    failure = error
            if not pending:
                break
            done, _waiting = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                store(pending.pop(future), future.result())
                made += 1
    if failure:
        raise failure
    return made


def outcome_of(call):
    """Return what a call came to: its answer, or the :class:`ProviderError`."""
    try:
        return call()
    except ProviderError as error:
        return error
    except Exception as error:
        # One network's nonsense must not end the turn of all. The error's text may
        # hold a secret, the place where it came up does not.
        *_outer, place = traceback.extract_tb(error.__traceback__)
        _logger.error(
            "A call ended unexpectedly: %s in %s, %s:%s",
            type(error).__name__,
            place.name,
            place.filename,
            place.lineno,
        )
        return OutcomeUnknown(detail=type(error).__name__)
