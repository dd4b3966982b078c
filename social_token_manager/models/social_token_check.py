import logging
from collections import Counter
from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import SQL

from ..clock import now
from ..const import CHECK_PAUSE, HOST_LIMIT
from ..dispatch import outcome_of
from ..engine import lock_rows, own_environment, persist
from ..exceptions import TokenBusy
from ..keyring import SecretDamaged
from ..policy import reasons, renewal
from ..providers import get_provider
from ..providers.errors import (
    AccessEnded,
    AppFault,
    ProviderError,
    RateLimited,
    TokenLost,
)
from ..providers.results import Introspection, Verdict
from ..wording import reason_label, reason_to_tell

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Check:
    """One question to a network as a worker asks it, with plain data only.

    :ivar provider: None when the app's secret is damaged
    :ivar stored: None when the token's secret is damaged; then nobody is asked
    :ivar reaches: :class:`Reach` objects
    :ivar damaged: the keys of reaches whose secret is damaged
    :ivar reason: why the token was lost already when it was asked about
    :ivar losses: access id to the same of each access
    """

    token_id: int
    app_id: int
    generation: int
    provider: object = field(default=None, repr=False)
    stored: object = field(default=None, repr=False)
    reaches: tuple = field(default=(), repr=False)
    damaged: tuple = ()
    reason: str | None = None
    losses: dict = field(default_factory=dict)

    def __call__(self):
        """Return the :class:`Verdict`.

        :raise ProviderError: there is no definite answer
        """
        if not self.stored or not self.stored.access_token:
            return _lost(reasons.DAMAGED_SECRET)
        if not self.provider:
            raise AppFault(detail="damaged secret")
        try:
            verdict = self.provider.verify(self.stored, self.reaches)
        except TokenLost as error:
            return _lost(error.reason, error.detail)
        verdict.reasons.update(dict.fromkeys(self.damaged, reasons.DAMAGED_SECRET))
        return verdict


def _lost(reason, detail=""):
    return Verdict(Introspection(active=False, reason=reason, detail=detail))


class SocialTokenCheck(models.AbstractModel):
    """Asking the networks whether tokens work; a part of ``social.token``."""

    _name = "social.token.check"
    _description = "Check of Social Tokens"

    # === SCHEDULED === #

    @api.model
    def _cron_verify(self):
        """Check what is due: every token once a day, spread over it."""
        if not self.env["social.home"]._is_here():
            return
        under_way = Counter()

        def take(slots):
            checks = self._take_checks(slots, under_way)
            under_way.update(check.app_id for check in checks)
            return checks

        def store(check, outcome):
            under_way[check.app_id] -= 1
            self._store_check(check, outcome)

        self._run_turn("verify_at", take, store)

    @api.model
    def _take_checks(self, slots, under_way):
        """Take at most ``slots`` tokens whose check is due; return the checks.

        Taking one moves its next check a little on, so that a crash loses nothing and
        nobody checks it twice.

        :param dict under_way: app id to how many of its checks are not stored yet
        """
        with own_environment(self.env) as env:
            taken = env[self._name]._take_due_checks(slots, under_way)
            return [token._prepare_check() for token in taken]

    @api.model
    def _take_due_checks(self, slots, under_way):
        self._lock_claims()
        loads = [
            load.joined(under_way[load.id])
            for load in self._get_loads("verify_at", slots)
        ]
        allotted = renewal.allot(loads, slots, HOST_LIMIT)
        if not allotted:
            return self.browse()
        self.env.cr.execute(
            SQL(
                """
                WITH due AS MATERIALIZED (
                    SELECT waiting.id FROM unnest(%(apps)s, %(counts)s)
                        AS allotted(app, most)
                    CROSS JOIN LATERAL (
                        SELECT id FROM social_token
                         WHERE app_id = allotted.app AND verify_at <= %(now)s
                           AND %(unpaused)s AND %(free)s
                         ORDER BY verify_at, id LIMIT allotted.most
                           FOR NO KEY UPDATE SKIP LOCKED) AS waiting)
                UPDATE social_token token
                   SET verify_at = %(later)s, checked_at = %(now)s
                  FROM due WHERE token.id = due.id RETURNING token.id
                """,
                apps=list(allotted),
                counts=list(allotted.values()),
                now=now(),
                unpaused=self._get_unpaused_sql(),
                free=self._get_free_sql(),
                later=now() + CHECK_PAUSE,
            )
        )
        return self.browse(token_id for (token_id,) in self.env.cr.fetchall())

    def _check_soon(self):
        """Have these tokens checked at once; only the network knows how things are."""
        self.write({"verify_at": now()})
        if self:
            self.env.ref("social_token_manager.ir_cron_verify_tokens")._trigger()

    # === VERIFYING === #

    def _verify(self):
        """Ask the network about each token and store every definite answer.

        Calls are made outside of any cursor of ours; each answer is stored at once,
        by comparing the generation, so that a reconnect meanwhile wins. Transient
        trouble changes nothing but a counter. Where only a renewal can tell, it is
        renewed first.

        :return: ``{token id: None or the reason code why nothing definite is known}``
        """
        return {token.id: token._verify_one() for token in self.sudo()}

    def _verify_one(self):
        check, outcome = self._ask()
        if isinstance(outcome, AccessEnded):
            try:
                self._refresh_now(check.generation)
            except (ProviderError, TokenBusy) as error:
                return reason_to_tell(error)
            if self._get_loss():
                # The renewal told, and stored it; asking again would tell nothing.
                return None
            check, outcome = self._ask()
        self._store_check(check, outcome)
        if isinstance(outcome, ProviderError):
            return reason_to_tell(outcome)
        return None

    def _get_loss(self):
        """Return why this token is lost by now, by what others stored, too."""
        with own_environment(self.env) as env:
            return self.with_env(env).reason

    def _ask(self):
        """Return ``(check, outcome)`` of asking once."""
        with own_environment(self.env) as env:
            check = self.with_env(env)._prepare_check()
        return check, outcome_of(check)

    def _prepare_check(self):
        """Return the :class:`Check` of this token, its secrets opened."""
        try:
            stored = self._get_stored()
        except SecretDamaged:
            stored = None
        try:
            provider = self.app_id._get_provider()
        except SecretDamaged:
            provider = None
        reaches, damaged = self.access_ids._get_reaches()
        return Check(
            token_id=self.id,
            app_id=self.app_id.id,
            generation=self.generation,
            provider=provider,
            stored=stored,
            reaches=tuple(reaches),
            damaged=tuple(damaged),
            reason=self.reason or None,
            losses={access.id: access.reason for access in self.access_ids},
        )

    # === STORING === #

    @api.model
    def _store_check(self, check, outcome):
        """Store what a check came to: the token row alone, then what hangs on it.

        A profile row that somebody holds must not keep the token from being stored.

        :param outcome: a :class:`Verdict` or :class:`ProviderError`
        """
        token = self.browse(check.token_id)
        if not isinstance(outcome, ProviderError):
            # An app that is suspected is in trouble, and its token is not lost.
            outcome = token._store_verdict(check, outcome) or outcome
        if isinstance(outcome, ProviderError):
            token._store_unverified(check.generation, outcome)
        token._note_rest(check.provider)

    def _store_verdict(self, check, verdict):
        """Store a verdict by two steps, or return the :class:`AppFault` instead."""
        fault = persist(
            self.env,
            lambda env: self.with_env(env)._store_verdict_of_token(check, verdict),
        )
        if not fault:
            persist(
                self.env,
                lambda env: self.with_env(env)._store_verdict_of_accesses(
                    check, verdict
                ),
            )
        return fault

    def _store_verdict_of_token(self, check, verdict):
        """Store what a verdict says of the token itself.

        What was granted or lost meanwhile wins. While it is being renewed, or while
        nobody knows what became of a renewal, a loss is not believed: the renewal may
        have ended the access token that was asked about, and its next try tells.

        :return: an :class:`AppFault` when the app is suspected instead, else None
        """
        lock_rows(self)
        seen = verdict.token
        is_renewing = self.intent_count or self._is_leased()
        if not self._is_as_asked(check) or (not seen.active and is_renewing):
            return None
        # Nobody is asked about a secret that does not open, or was wiped with its loss.
        is_asked = seen.reason != reasons.DAMAGED_SECRET
        if self.reason and not is_asked:
            self.verify_at = False
            return None
        is_news = not seen.active and not self.reason
        if is_news and is_asked and not self.failure_count:
            if self.app_id._is_suspected():
                return AppFault(detail="many tokens at once")
        if is_asked:
            self.write({"last_verified_at": now(), "failure_count": 0})
        if seen.active:
            self._store_living_verdict(seen)
        else:
            is_other = self.reason != seen.reason
            self._write_loss(seen.reason)
            if is_other:
                self._journal("lost", seen)
        return None

    def _is_as_asked(self, check):
        """Whether neither a grant nor a loss came since the network was asked."""
        return (self.generation, self.reason or None) == (
            check.generation,
            check.reason,
        )

    def _store_living_verdict(self, seen):
        was_lost = bool(self.reason)
        self.write(
            {
                "reason": False,
                "reason_at": False,
                "scopes": ",".join(seen.scopes) or self.scopes,
                "access_expires_at": seen.access_expires_at or self.access_expires_at,
                "data_access_expires_at": seen.data_access_expires_at
                or self.data_access_expires_at,
                "never_expires": seen.never_expires
                or (self.never_expires and not seen.access_expires_at),
                "verify_at": self._get_check_at(),
                "unsettled_at": now(),
            }
        )
        self._update_expires_at()
        if was_lost:
            self._schedule()
            self._journal("verified")

    def _store_verdict_of_accesses(self, check, verdict):
        lock_rows(self)
        if self.generation != check.generation:
            return
        if verdict.token.active:
            for access in self.access_ids:
                was_asked = access.id in check.losses.keys() - verdict.unasked
                if was_asked and access.reason == check.losses[access.id]:
                    access._note_reason(verdict.reasons.get(access.id))
        self._settle()
        if verdict.token.reason != reasons.DAMAGED_SECRET:
            self.app_id._note_outcome(verdict)

    def _store_unverified(self, generation, error):
        """Store that there was no definite answer; a valid token stays in service."""
        with own_environment(self.env) as env:
            token = self.with_env(env)
            lock_rows(token)
            if token.generation == generation:
                token._write_unverified(error)
        with own_environment(self.env) as env:
            token = self.with_env(env)
            provider = get_provider(token.app_id.provider)
            # One person's limit does not keep the app from its other work.
            if not (
                isinstance(error, RateLimited) and provider.limits_count_per_person
            ):
                token.app_id._note_outcome(error)
        _logger.info(
            "Token %s could not be verified: %s %s",
            self.id,
            reason_label(self.env, error.reason),
            error.detail,
        )

    def _write_unverified(self, error):
        if isinstance(error, AccessEnded):
            # Nothing failed: only a renewal can tell, and then the check is repeated.
            self.write({"renew_at": now(), "verify_at": now() + CHECK_PAUSE})
            return
        failures = self.failure_count + 1
        self.write(
            {
                "failure_count": failures,
                "verify_at": now() + self._get_wait(failures, error),
            }
        )
        self._journal("unverified", error)
