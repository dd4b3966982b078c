import logging
import math
import random
import time
import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..clock import now
from ..const import HOST_LIMIT, IN_FLIGHT, LEASE
from ..dispatch import outcome_of, run, turn_seconds
from ..engine import attempt, lock_rows, own_environment, persist
from ..exceptions import TokenBusy
from ..keyring import SecretDamaged
from ..policy import reasons, renewal
from ..providers import get_provider
from ..providers.errors import (
    AccessEnded,
    AppFault,
    GrantRefused,
    OutcomeUnknown,
    ProviderError,
    TokenLost,
    Unreachable,
)
from ..providers.results import TokenSet

_logger = logging.getLogger(__name__)

# What PostgreSQL's own clock says, as Odoo stores it.
DATABASE_NOW = SQL("clock_timestamp() AT TIME ZONE 'UTC'")
# What may be renewed. Of an account that is held only a renewal may be able to tell
# that it was let go.
OPEN = SQL("(reason IS NULL OR reason = %s)", reasons.CHECKPOINT)
# A claim is made by one at a time, so that the bounds of apps and hosts are exact.
CLAIM_LOCK = 0x50C1A1
ACCESS_MARGIN_SECONDS = 60
WAIT_SECONDS = 10
POLL_SECONDS = 0.1
UNSETTLED = timedelta(minutes=2)
HOUR = timedelta(hours=1)
SWEEP_LIMIT = 200
# Whatever is left is swept in the next turn; renewing comes first.
SWEEP_SECONDS = 10
SETTLED_AT_ONCE = 20
MOST_WORKERS = 8


@dataclass(frozen=True)
class Claim:
    """The right to refresh one token once: ``owner`` is the fence, a random text.

    ``begun`` is how many refreshes with this very token were never answered.
    """

    token_id: int
    owner: str
    generation: int
    begun: int


@dataclass(frozen=True)
class Living:
    """The access token of a refresh with an unknown outcome works all the same."""


@dataclass(frozen=True)
class Refresh:
    """One refresh as a worker makes it, with plain data only.

    :ivar bool is_access_over: whether the access token has ended by the clock
    """

    claim: Claim
    provider: object = field(repr=False)
    stored: object = field(repr=False)
    is_access_over: bool = False

    def __call__(self):
        """Return a :class:`TokenSet`, or :class:`Living`.

        After an unknown outcome the access token is tried first, and then the refresh
        token once more, to a network that is known to answer.

        :raise ProviderError: see :meth:`providers.base.OAuth2Provider.refresh`
        """
        begun = self.claim.begun
        if begun and not self.is_access_over and self._is_living():
            return Living()
        if begun > 1:
            raise TokenLost(reasons.UNKNOWN_OUTCOME)
        if begun:
            self._knock()
        return self.provider.refresh(self.stored)

    def _knock(self):
        """Make sure that somebody answers, by a question that spends nothing.

        :raise ProviderError: nobody does, or our app is not accepted
        """
        try:
            self.provider.check_app(redirect_uri="")
        except OutcomeUnknown as error:
            raise Unreachable(detail=error.detail) from None

    def _is_living(self):
        try:
            return self.provider.verify(self.stored, ()).token.active
        except (TokenLost, AccessEnded):
            return False
        except OutcomeUnknown as error:
            # By asking nothing was spent.
            raise Unreachable(detail=error.detail) from None


class SocialTokenRenewal(models.AbstractModel):
    """Renewing silently: claim, call, store. There is no way around the claim.

    A part of ``social.token``, and of no other model.
    """

    _name = "social.token.renewal"
    _description = "Silent Renewal of Social Tokens"

    # === SCHEDULED === #

    @api.model
    def _cron_renew(self):
        """Renew what is due, as the scheduled action of each renewal worker."""
        if not self.env["social.home"]._is_here():
            return
        self._sweep()
        self.env["social.profile"]._take_over_ended()
        stored = {}

        def store(call, outcome):
            taken = self._store_first(call.claim, outcome, call.provider)
            if taken is not None:
                stored[call.claim.token_id] = taken
            # Trouble is to stop the next call; good news can wait for company.
            if isinstance(taken, ProviderError) or len(stored) >= SETTLED_AT_ONCE:
                settle()

        def settle():
            self._settle_each(dict(stored))
            stored.clear()

        try:
            self._run_turn("renew_at", self._take_renewals, store)
        finally:
            settle()

    @api.model
    def _run_turn(self, column, take, store):
        """Select and dispatch until nothing is due or the scheduler wants its turn.

        Everything is in cursors of our own; the scheduler's is only told how far we
        are. A token that cannot be stored does not stop the others.
        """
        cron = self.env["ir.cron"]
        cron._commit_progress()

        def store_safely(call, outcome):
            try:
                store(call, outcome)
            except Exception as error:
                # The row's intent stays, so the next turn finds an unknown outcome.
                _logger.error("An answer was not stored: %s", type(error).__name__)

        made = run(take, store_safely, in_flight=IN_FLIGHT, seconds=turn_seconds())
        cron._end_social_turn(made, self._count_due(column))

    @api.model
    def _count_due(self, column):
        """Return whether something could start now: 1 or 0, for the scheduler."""
        with own_environment(self.env) as env:
            loads = env[self._name]._get_loads(column, 1)
        return len(renewal.allot(loads, 1, HOST_LIMIT))

    # === WORKERS === #

    @api.model
    def _get_renewal_actions(self):
        """Return the scheduled actions that renew, the first one of them ours.

        One of them never overlaps itself, so their number is how many run at once;
        claims keep them apart.
        """
        # Scheduled actions are the settings admins' to see; their number is not.
        first = self.env.ref("social_token_manager.ir_cron_renew_tokens").sudo()
        others = first.with_context(active_test=False).search(
            [
                ("id", "!=", first.id),
                ("model_id", "=", first.model_id.id),
                ("code", "=", first.code),
            ]
        )
        return first + others

    @api.model
    def _set_renewal_workers(self, count):
        """Have so many scheduled actions that renew.

        :raise UserError: there must be one, and not more than are of use
        """
        if not 1 <= count <= MOST_WORKERS:
            raise UserError(
                self.env._(
                    "Choose 1 to %(most)s parallel renewal workers. Nothing was "
                    "changed.",
                    most=MOST_WORKERS,
                )
            )
        actions = self._get_renewal_actions()
        actions[count:].unlink()
        for number in range(len(actions) + 1, count + 1):
            actions[0].copy({"cron_name": f"{actions[0].cron_name} ({number})"})

    def _renew_soon(self):
        """Have these tokens renewed in the next turn, which is to come at once."""

        def note(env):
            self.with_env(env).write({"renew_at": now()})
            env.ref("social_token_manager.ir_cron_renew_tokens")._trigger()

        if self:
            persist(self.env, note)

    # === CLAIMING === #

    @api.model
    def _take_renewals(self, slots):
        """Claim at most ``slots`` tokens that are due; return their calls."""
        with own_environment(self.env) as env:
            claims = env[self._name]._claim_due(slots)
        return self._begin(claims)

    @api.model
    def _claim_due(self, slots):
        """Return the :class:`Claim` of tokens that are due and may start now."""
        self._lock_claims()
        loads = self._get_loads("renew_at", slots)
        allotted = renewal.allot(loads, slots, HOST_LIMIT)
        if not allotted:
            return []
        return self._claim(
            SQL(
                """
                SELECT due.id FROM unnest(%(apps)s, %(counts)s) AS allotted(app, most)
                CROSS JOIN LATERAL (
                    SELECT id FROM social_token
                     WHERE app_id = allotted.app AND renew_at <= %(now)s
                       AND %(open)s AND %(free)s
                     ORDER BY renew_at, id LIMIT allotted.most
                       FOR NO KEY UPDATE SKIP LOCKED) AS due
                """,
                apps=list(allotted),
                counts=list(allotted.values()),
                now=now(),
                open=OPEN,
                free=self._get_free_sql(),
            )
        )

    def _claim_one(self, generation):
        """Return the :class:`Claim` of this token as it was seen, None for not now."""
        self.ensure_one()
        self._lock_claims()
        (load,) = self._get_loads("renew_at", 1, self.app_id) or (None,)
        if not load or load.in_flight >= load.limit:
            return None
        claims = self._claim(
            SQL(
                "SELECT id FROM social_token WHERE id = %s AND generation = %s"
                " AND %s AND %s FOR NO KEY UPDATE SKIP LOCKED",
                self.id,
                generation,
                OPEN,
                self._get_free_sql(),
            )
        )
        return claims[0] if claims else None

    @api.model
    def _claim(self, picked):
        """Lease the tokens that a statement picks; one statement in all."""
        owner = uuid.uuid4().hex
        self.env.cr.execute(
            SQL(
                """
                WITH picked AS MATERIALIZED (%(picked)s)
                UPDATE social_token token
                   SET lease_owner = %(owner)s, lease_until = %(until)s
                  FROM picked WHERE token.id = picked.id
                RETURNING token.id, token.generation, token.intent_count
                """,
                picked=picked,
                owner=owner,
                until=_lease_end(),
            )
        )
        return [
            Claim(token_id, owner, generation, begun or 0)
            for token_id, generation, begun in self.env.cr.fetchall()
        ]

    @api.model
    def _get_free_sql(self):
        """Return the condition that nobody has the lease of a token."""
        return SQL("(lease_until IS NULL OR lease_until <= %s)", DATABASE_NOW)

    @api.model
    def _get_unpaused_sql(self):
        """Return the condition that a token may be asked about."""
        return SQL("(paused_until IS NULL OR paused_until <= %s)", now())

    def _is_leased(self):
        """Whether somebody is renewing this token at this moment."""
        self.env.cr.execute(
            SQL(
                "SELECT 1 FROM social_token WHERE id = %s AND lease_until > %s",
                self.id,
                DATABASE_NOW,
            )
        )
        return bool(self.env.cr.fetchone())

    @api.model
    def _lock_claims(self):
        self.env.cr.execute(SQL("SELECT pg_advisory_xact_lock(%s)", CLAIM_LOCK))

    @api.model
    def _get_loads(self, column, slots, apps=None):
        """Return the :class:`policy.renewal.AppLoad` of all apps that may call now.

        :param str column: ``renew_at`` or ``verify_at``
        :param int slots: counting stops there
        :param apps: only these, and whether something is due or not
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT app.id, app.host, app.call_limit, leased.count,
                       LEAST(due.count, %(budget)s), app.failure_count > 0
                  FROM social_app app
                 CROSS JOIN LATERAL (
                    SELECT count(*) FROM social_token WHERE app_id = app.id
                       AND lease_until > %(database_now)s) AS leased
                 CROSS JOIN LATERAL (
                    SELECT count(*), min(moment) FROM (
                        SELECT %(column)s AS moment FROM social_token
                         WHERE app_id = app.id AND %(column)s <= %(now)s
                           AND %(open)s AND %(free)s
                         ORDER BY %(column)s LIMIT %(slots)s) AS waiting) AS due
                 WHERE app.active AND %(which)s
                   AND (app.paused_until IS NULL OR app.paused_until <= %(now)s)
                 ORDER BY due.min, app.id
                """,
                database_now=DATABASE_NOW,
                column=SQL.identifier(column),
                open=OPEN if column == "renew_at" else self._get_unpaused_sql(),
                budget=SQL("due.count")
                if column == "renew_at"
                else SQL(
                    "GREATEST(app.check_budget - (SELECT count(*) FROM social_token"
                    " WHERE app_id = app.id AND checked_at > %s), 0)",
                    now() - HOUR,
                ),
                now=now(),
                free=self._get_free_sql(),
                slots=slots,
                which=SQL("app.id IN %s", tuple(apps.ids))
                if apps
                else SQL("due.count > 0"),
            )
        )
        return [
            renewal.AppLoad(
                id=app_id,
                host=host or "",
                limit=max(limit or 1, 1),
                in_flight=in_flight,
                due=due,
                is_troubled=is_troubled,
            )
            for app_id, host, limit, in_flight, due, is_troubled in (
                self.env.cr.fetchall()
            )
        ]

    # === BEGINNING === #

    @api.model
    def _begin(self, claims):
        """Open the secrets of claimed tokens and commit that a call is about to begin.

        :return: the :class:`Refresh` of those whose lease still holds
        """
        if not claims:
            return []
        with own_environment(self.env) as env:
            tokens = env[self._name].browse(claim.token_id for claim in claims)
            prepared = {
                claim: token._prepare_refresh(claim)
                for claim, token in zip(claims, tokens, strict=True)
            }
        calls = []
        for claim, call in prepared.items():
            if isinstance(call, Refresh):
                calls.append(call)
            else:
                self._conclude(claim, call)
        return self._commit_intent(calls)

    def _prepare_refresh(self, claim):
        """Return the :class:`Refresh`, or the error that makes it needless."""
        try:
            stored = self._get_stored()
        except SecretDamaged:
            return TokenLost(reasons.DAMAGED_SECRET)
        try:
            provider = self.app_id._get_provider()
        except SecretDamaged:
            return AppFault(detail="damaged secret")
        seconds_left = (
            (self.access_expires_at - now()).total_seconds()
            if self.access_expires_at
            else math.inf
        )
        return Refresh(claim, provider, stored, seconds_left < ACCESS_MARGIN_SECONDS)

    @api.model
    def _commit_intent(self, calls):
        """Write down what is about to be sent; return the calls whose lease holds.

        It also proves that the database takes writes before a token is spent. After a
        crash the token is due, whoever had asked for it.
        """
        if not calls:
            return []
        spending = [
            call.claim.token_id for call in calls if call.provider.refresh_may_spend
        ]
        with own_environment(self.env) as env:
            env.cr.execute(
                SQL(
                    """
                    UPDATE social_token token
                       SET intent_at = %(now)s, lease_until = %(until)s,
                           renew_at = %(now)s,
                           intent_count = COALESCE(token.intent_count, 0)
                               + (token.id = ANY(%(spending)s::int[]))::int
                      FROM unnest(%(ids)s, %(owners)s) AS claim(id, owner)
                     WHERE token.id = claim.id AND token.lease_owner = claim.owner
                       AND token.lease_until > %(database_now)s
                    RETURNING token.id
                    """,
                    now=now(),
                    until=_lease_end(),
                    spending=spending,
                    ids=[call.claim.token_id for call in calls],
                    owners=[call.claim.owner for call in calls],
                    database_now=DATABASE_NOW,
                )
            )
            held = {token_id for (token_id,) in env.cr.fetchall()}
        return [call for call in calls if call.claim.token_id in held]

    # === CONCLUDING === #

    def _note_rest(self, provider):
        """Let rest what a network said of that most of its limit is used up.

        That is the app, or the checks of this one token where a limit counts for each
        person: what one person has used up is no reason to leave the others alone.
        """
        if provider and provider.rest_seconds:
            attempt(
                self.env, lambda env: self.with_env(env)._rest(provider.rest_seconds)
            )

    def _rest(self, seconds):
        if not get_provider(self.app_id.provider).limits_count_per_person:
            self.app_id._rest(seconds)
            return
        lock_rows(self)
        until = now() + timedelta(seconds=seconds)
        self.paused_until = max(until, self.paused_until or until)

    @api.model
    def _conclude(self, claim, outcome, provider=None):
        """Store what a claimed refresh came to: the token row, then all else.

        :param outcome: a :class:`TokenSet`, :class:`Living` or :class:`ProviderError`
        :param provider: the one that was asked; it may want its app to rest
        :return: the outcome as it was taken; None when it came too late
        """
        taken = self._store_first(claim, outcome, provider)
        if taken is not None:
            self._settle_each({claim.token_id: taken})
        return taken

    @api.model
    def _store_first(self, claim, outcome, provider=None):
        """Store the token's row alone; see :meth:`_conclude`."""
        token = self.browse(claim.token_id)
        taken = persist(
            self.env, lambda env: token.with_env(env)._store_outcome(claim, outcome)
        )
        if taken is None:
            self._drop(claim, outcome)
        token._note_rest(provider)
        return taken

    @api.model
    def _settle_outcomes(self, outcomes):
        """Do what hangs on outcomes, in transactions of its own: the second step.

        A profile row that somebody holds must not hide the trouble of an app.

        :param dict outcomes: token id to the outcome as it was taken
        """
        if not outcomes:
            return
        tokens = self.browse(sorted(outcomes))

        def note(env):
            # In one order, so that nobody waits in a circle.
            for token in tokens.with_env(env).sorted(lambda one: one.app_id.id):
                token.app_id._note_outcome(outcomes[token.id])

        attempt(self.env, note)
        attempt(self.env, lambda env: tokens.with_env(env)._settle())

    @api.model
    def _settle_each(self, outcomes):
        """Settle outcomes together, or one by one where one of them cannot be."""
        try:
            self._settle_outcomes(outcomes)
        except Exception as error:
            _logger.error("A token was not settled: %s", type(error).__name__)
            if len(outcomes) > 1:
                for token_id, outcome in outcomes.items():
                    self._settle_each({token_id: outcome})

    def _store_outcome(self, claim, outcome):
        """Store an outcome while its claim holds, by comparing generation and fence.

        :return: the outcome, which may be judged anew; None when it came too late
        """
        lock_rows(self)
        if not self.exists() or (self.lease_owner, self.generation) != (
            claim.owner,
            claim.generation,
        ):
            return None
        if isinstance(outcome, ProviderError):
            outcome = self._judge(claim, outcome)
        if isinstance(outcome, TokenSet):
            self._store_token_set(outcome)
            self._journal("refreshed")
        elif isinstance(outcome, Living):
            self._store_living(claim)
        elif isinstance(outcome, TokenLost):
            self._write_loss(outcome.reason)
            self._journal("lost", outcome)
        else:
            self._store_trouble(claim, outcome)
        return outcome

    def _judge(self, claim, error):
        """Return what an error means for this token: :class:`TokenLost` is definite.

        Many losses at once speak of the app; who is lost still after the app's pause
        is lost indeed.
        """
        if isinstance(error, OutcomeUnknown):
            is_second = claim.begun and self._may_spend()
            return TokenLost(reasons.UNKNOWN_OUTCOME) if is_second else error
        if not isinstance(error, TokenLost | GrantRefused):
            return error
        if error.reason == reasons.DAMAGED_SECRET:
            return error
        if not self.failure_count and self.app_id._is_suspected():
            return AppFault(detail="many tokens at once")
        is_known = error.reason in reasons.BY_CODE
        reason = error.reason if is_known else reasons.EXPIRED
        if claim.begun:
            reason = reasons.UNKNOWN_OUTCOME
        return TokenLost(reason, error.detail)

    def _may_spend(self):
        return get_provider(self.app_id.provider).refresh_may_spend

    def _store_living(self, claim):
        """Let an access token serve to its end; only then is more to be tried."""
        self.write(
            {
                **self._get_lease_end(),
                "intent_count": claim.begun,
                "intent_at": self.intent_at,
                "renew_at": max(
                    self.access_expires_at or now() + renewal.DAY,
                    now() + renewal.FIRST_WAIT,
                ),
            }
        )

    def _store_trouble(self, claim, error):
        """Count a failure that says nothing of the token, and try again later.

        An answer, even a refusal to serve, means that nothing was spent.
        """
        failures = self.failure_count + 1
        values = {
            **self._get_lease_end(),
            "intent_count": claim.begun,
            "failure_count": failures,
            "renew_at": now() + self._get_wait(failures, error),
        }
        if isinstance(error, OutcomeUnknown):
            # Both were committed before the call, and stay.
            del values["intent_count"], values["intent_at"]
        self.write(values)
        self._journal("unrefreshed", error)

    @api.model
    def _get_wait(self, failures, error):
        """Return for how long a token is left alone after so many failures."""
        return renewal.wait(
            failures, random.random(), getattr(error, "retry_after", None)
        )

    def _journal(self, kind, error=None):
        self.env["social.event"]._record(
            kind,
            self,
            app_id=self.app_id.id,
            generation=self.generation,
            reason=error.reason if error else None,
            detail=error.detail if error else None,
        )

    @api.model
    def _drop(self, claim, outcome):
        """Leave an answer that came too late: a loss or a new grant has won."""
        with own_environment(self.env) as env:
            token = env[self._name].browse(claim.token_id).exists()
            if token:
                token._journal("dropped")
        _logger.info("A late answer was dropped: %s", type(outcome).__name__)

    # === ON DEMAND === #

    def _refresh_now(self, generation):
        """Renew this token unless somebody else does; wait for whoever is at it.

        :param int generation: the one that was seen and is no longer of use
        :raise TokenBusy: somebody has been at it for long
        :raise ProviderError: it could not be renewed; nothing is lost
        :raise NoWorkingToken: this database is a copy
        """
        self.ensure_one()
        self.env["social.home"]._check()
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            with own_environment(self.env) as env:
                token = self.with_env(env)
                claim = token._claim_one(generation)
                is_over = not claim and token._is_past(generation)
                rest = not claim and token.app_id._get_rest()
            if claim:
                return self._refresh_claimed(claim)
            if is_over:
                return None
            if rest:
                raise rest
            if time.monotonic() > deadline:
                raise TokenBusy(self.env)
            time.sleep(POLL_SECONDS)

    def _is_past(self, generation):
        is_lost = self.reason and self.reason != reasons.CHECKPOINT
        return self.generation != generation or bool(is_lost)

    def _refresh_claimed(self, claim):
        for call in self._begin([claim]):
            taken = self._conclude(call.claim, outcome_of(call), call.provider)
            if isinstance(taken, ProviderError) and not isinstance(taken, TokenLost):
                raise taken

    # === SWEEPING === #

    @api.model
    def _sweep(self):
        """Make up for what a crash left between a token's row and all else."""
        with own_environment(self.env) as env:
            env.cr.execute(
                SQL(
                    "SELECT id FROM social_token WHERE unsettled_at < %s"
                    " AND (lease_until IS NULL OR lease_until < %s)"
                    " ORDER BY unsettled_at LIMIT %s",
                    now() - UNSETTLED,
                    DATABASE_NOW,
                    SWEEP_LIMIT,
                )
            )
            left = [token_id for (token_id,) in env.cr.fetchall()]
        deadline = time.monotonic() + SWEEP_SECONDS
        for token_id in left:
            if time.monotonic() > deadline:
                break
            token = self.browse(token_id)
            try:
                attempt(self.env, lambda env, one=token: one.with_env(env)._make_up())
            except Exception as error:
                # One bad row must not keep all others from being renewed.
                _logger.error("A token was not made up for: %s", type(error).__name__)

    def _make_up(self):
        """Settle after a crash; what the network lists may have changed as well."""
        self._settle()
        if not self.reason:
            self.verify_at = now()


def _lease_end():
    return SQL("%s + %s", DATABASE_NOW, LEASE)
