import random
from dataclasses import dataclass, field
from datetime import datetime

from odoo import api, fields, models, tools

from ..clock import now
from ..dispatch import outcome_of
from ..engine import lock_rows, own_environment
from ..fields import Encrypted
from ..keyring import SecretDamaged
from ..policy import expiry, reasons, renewal
from ..providers import get_provider
from ..providers.errors import AccessEnded, ProviderError, TokenLost
from ..providers.results import StoredToken

# Of these reasons a token may be renewed, or found to work after all.
LIVING = (False, reasons.CHECKPOINT)


@dataclass(frozen=True)
class ListingQuestion:
    """What a token reaches, asked of its network, with plain data only."""

    generation: int
    provider: object = field(repr=False)
    stored: object = field(repr=False)

    def __call__(self):
        """Return the :class:`ProfileData` objects.

        :raise ProviderError: the list could not be read to its end
        """
        return self.provider.list_profiles(self.provider.recall(self.stored))


class SocialToken(models.Model):
    """What one person granted to one app. One token may serve many profiles."""

    _name = "social.token"
    _inherit = ["social.secret.mixin", "social.token.withdrawal", "social.token.check"]
    _description = "Social Token"
    _order = "expires_at, id"
    _rec_name = "external_user_name"
    _check_company_auto = True

    app_id = fields.Many2one(
        "social.app", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    person_id = fields.Many2one("res.partner", "Granted By", index="btree_not_null")
    external_user_id = fields.Char("Network User ID", required=True)
    external_user_name = fields.Char("Network User")
    access_token = Encrypted()
    refresh_token = Encrypted()
    generation = fields.Integer(copy=False, default=0)
    scopes = fields.Char()
    issued_at = fields.Datetime()
    granted_at = fields.Datetime(help="When a person last granted, not the engine.")
    access_expires_at = fields.Datetime()
    refresh_expires_at = fields.Datetime()
    data_access_expires_at = fields.Datetime()
    never_expires = fields.Boolean(help="The network itself said so.")
    expires_at = fields.Datetime(help="The earliest moment at which a person must act.")
    reason = fields.Char()
    reason_at = fields.Datetime()
    renew_at = fields.Datetime("To Renew", copy=False)
    verify_at = fields.Datetime("To Check", copy=False)
    # Whoever has the lease may refresh. Its end is by PostgreSQL's own clock, which
    # all hosts share.
    lease_owner = fields.Char(copy=False)
    lease_until = fields.Datetime(copy=False)
    intent_at = fields.Datetime(
        copy=False, help="When a refresh was begun whose answer is not stored yet."
    )
    intent_count = fields.Integer(
        copy=False, help="Refreshes begun with this very token and never answered."
    )
    failure_count = fields.Integer("Failures in a Row", copy=False)
    paused_until = fields.Datetime(
        copy=False,
        help="Until then no check is made: the network said that most of what it "
        "allows for this person is used up.",
    )
    last_used_at = fields.Datetime("Last Handed Out", copy=False)
    last_refreshed_at = fields.Datetime(copy=False)
    last_verified_at = fields.Datetime(copy=False)
    # A renewal verifies, too, and costs nothing of the budget of checks.
    checked_at = fields.Datetime("Last Check Begun", copy=False)
    # Set with the row, cleared with what hangs on it: a crash between shows.
    unsettled_at = fields.Datetime(copy=False)
    settled_generation = fields.Integer(copy=False)
    access_ids = fields.One2many("social.access", "token_id", "Accesses")

    _app_user_unique = models.UniqueIndex(
        "(app_id, external_user_id)", "A person has one token for each app."
    )
    _to_renew = models.Index("(app_id, renew_at) WHERE renew_at IS NOT NULL")
    _to_check = models.Index("(app_id, verify_at) WHERE verify_at IS NOT NULL")
    _leased = models.Index("(app_id, lease_until) WHERE lease_until IS NOT NULL")
    _unsettled = models.Index("(unsettled_at) WHERE unsettled_at IS NOT NULL")

    def _get_secret_generation(self):
        """Override of the mixin: a token's secrets are bound to its generation."""
        return self.generation

    # === STORING === #

    @api.model
    def _store_grant(self, app, grant, person):
        """Store what a person granted and return the token.

        To be called in an environment of the engine's own: the row is committed before
        anything that hangs on it. Two grants of one person at once end in one row.

        :param Grant grant: from the provider
        :param person: the ``res.partner`` who granted
        """
        self.env.cr.execute(
            tools.SQL(
                """
                INSERT INTO social_token (app_id, company_id, external_user_id,
                    generation, create_uid, create_date, write_uid, write_date)
                VALUES (%(app)s, %(company)s, %(user)s, 0,
                    %(uid)s, %(now)s, %(uid)s, %(now)s)
                ON CONFLICT (app_id, external_user_id) DO NOTHING
                """,
                app=app.id,
                company=app.company_id.id,
                user=grant.person.external_id,
                uid=self.env.uid,
                now=now(),
            )
        )
        self.env.cr.execute(
            tools.SQL(
                "SELECT id FROM social_token "
                "WHERE app_id = %s AND external_user_id = %s FOR NO KEY UPDATE",
                app.id,
                grant.person.external_id,
            )
        )
        token = self.browse(self.env.cr.fetchone()[0])
        token._store_token_set(
            grant.token,
            external_user_name=grant.person.name,
            person_id=person.id,
            granted_at=now(),
        )
        return token

    def _store_token_set(self, token_set, **values):
        """Store a token set as the next generation.

        A blank never overwrites a secret: networks leave the refresh token out when it
        stays the same (RFC 6749 section 6). What is kept is sealed anew, since it is
        bound to the generation.
        """
        self.ensure_one()
        generation = self.generation + 1
        issued_at = token_set.issued_at or now()
        refresh_token = token_set.refresh_token or self._open_kept("refresh_token")
        self.write(
            {
                "generation": generation,
                "access_token": self._seal_secret(
                    "access_token", token_set.access_token, generation
                ),
                "refresh_token": refresh_token
                and self._seal_secret("refresh_token", refresh_token, generation),
                "scopes": ",".join(token_set.scopes or ()) or self.scopes,
                "issued_at": issued_at,
                "access_expires_at": token_set.access_expires_at,
                "refresh_expires_at": token_set.refresh_expires_at
                or (not token_set.refresh_token and self.refresh_expires_at),
                "data_access_expires_at": token_set.data_access_expires_at,
                "never_expires": token_set.never_expires,
                "reason": False,
                "reason_at": False,
                "failure_count": 0,
                "last_refreshed_at": issued_at,
                "last_verified_at": now(),
                "unsettled_at": now(),
                **self._get_lease_end(),
                **values,
            }
        )
        self._update_expires_at()
        self._schedule()

    def _open_kept(self, field_name):
        try:
            return self._open_secret(field_name)
        except SecretDamaged:
            return None

    def _update_expires_at(self):
        """Set ``expires_at`` by the one formula in ``policy.expiry``."""
        for token in self:
            networks = (
                token.access_ids.profile_id.network_id or token.app_id.network_ids
            )
            token.expires_at = expiry.token_expires_at(
                token._get_clocks(),
                token.granted_at or token.issued_at,
                [network._get_validity() for network in networks],
                token.last_refreshed_at or None,
            )

    def _get_clocks(self):
        """Return the :class:`policy.expiry.Clocks` that the network reported."""
        self.ensure_one()
        return expiry.Clocks(
            access=self.access_expires_at or None,
            refresh=self.refresh_expires_at or None,
            data_access=self.data_access_expires_at or None,
            renews_silently=get_provider(self.app_id.provider).can_renew_silently(
                # Whether there is one is no secret; the field is closed to everybody.
                has_refresh_token=bool(self.sudo().refresh_token)
            ),
            never=self.never_expires,
        )

    def _read_listing(self):
        """Return what this token reaches, asked of the network anew.

        An access token that has run out is renewed first. Commits what the caller has
        done so far.

        :raise ProviderError: it could not be read to its end
        :raise SecretDamaged: the stored token does not open
        :raise TokenBusy: somebody else has been renewing it for long
        """
        self.ensure_one()
        # No transaction of ours is open while the network is asked; this one has read.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        question, outcome = self._ask_listing()
        if isinstance(outcome, AccessEnded):
            self._refresh_now(question.generation)
            loss = self._get_loss()
            if loss:
                raise TokenLost(loss)
            _question, outcome = self._ask_listing()
        if isinstance(outcome, ProviderError):
            raise outcome
        return outcome

    def _ask_listing(self):
        """Return ``(question, outcome)`` of asking once."""
        with own_environment(self.env) as env:
            token = self.with_env(env)
            question = ListingQuestion(
                token.generation, token.app_id._get_provider(), token._get_stored()
            )
        outcome = outcome_of(question)
        self._note_rest(question.provider)
        return question, outcome

    def _get_stored(self):
        """Return the :class:`StoredToken` for one call; it holds opened secrets.

        :raise SecretDamaged: one of them does not open
        """
        self.ensure_one()
        return StoredToken(
            access_token=self._open_secret("access_token") or "",
            refresh_token=self._open_secret("refresh_token"),
            subject=self.external_user_id,
            scopes=tuple((self.scopes or "").split(",")) if self.scopes else (),
            issued_at=self.issued_at or None,
            access_expires_at=self.access_expires_at or None,
        )

    # === LOSING === #

    def _take_loss(self, reason, happened_at=None, detail=""):
        """Store that a token is gone, whoever said so; in the engine's environment.

        A refresh under way loses its lease, so that its late answer is dropped. What
        happened before the present grant says nothing of it.

        :param str reason: a code of ``policy.reasons``
        :param datetime happened_at: when it happened at the network, None for now
        :param str detail: the network's own numbers, for the journal
        :return: whether it is a loss of the present grant that was not known yet
        """
        self.ensure_one()
        lock_rows(self)
        # That an account is held is no news of a grant that has ended for good.
        is_known = self.reason == reason or (
            self.reason and reason == reasons.CHECKPOINT
        )
        if self._is_before_grant(happened_at) or is_known:
            return False
        begun = {"intent_at": self.intent_at, "intent_count": self.intent_count}
        self._write_loss(reason)
        # The answer that is dropped may have spent what is needed should this heal.
        self.write(begun)
        self.env["social.event"]._record(
            "lost", self, reason=reason, detail=detail, generation=self.generation
        )
        return True

    def _is_before_grant(self, happened_at):
        """Whether something happened before a person granted what there is now."""
        granted_at = self.granted_at or self.issued_at
        return bool(happened_at and granted_at and happened_at < granted_at)

    def _forget_person(self):
        """Forget what the network told of a person, who asked for that.

        The profiles stay: they belong to the company, and others may renew them.
        """
        for token in self:
            self.env["social.access"]._forget_network_user(token)
            token.write(
                {
                    "external_user_id": f"deleted:{token.id}",
                    "external_user_name": False,
                    "access_token": False,
                    "refresh_token": False,
                }
            )
        self.access_ids.write({"page_token": False})

    def _forget_unused(self, reason=reasons.NOT_CONNECTED):
        """Give up those of these grants that are good for nothing any more."""
        lock_rows(self)
        self._filter_unused()._forget(reason)

    def _filter_unused(self):
        """Return those that no profile lives from and nobody has to decide on."""
        return self.filtered(lambda one: not one.access_ids) - self._filter_held()

    def _filter_held(self):
        """Return those that a connect link holds for somebody's decision."""
        accounts = self.env["social.connect.account"]
        return accounts.search([("token_id", "in", self.ids)]).token_id

    def _forget_secret(self, field_name):
        """Override of the mixin: a grant that lacks a part is lost as a whole."""
        self.access_ids.write({"page_token": False})
        self.write({"access_token": False, "refresh_token": False})
        # That an account is held is over sooner than a secret comes back.
        for token in self.filtered(lambda one: one.reason in LIVING):
            token._write_loss(reasons.DAMAGED_SECRET)
            self.env["social.event"]._record(
                "lost", token, reason=token.reason, generation=token.generation
            )

    def _settle_forgotten(self):
        """Override of the mixin."""
        self._settle()

    def _write_loss(self, reason):
        self.write(
            {
                "reason": reason,
                "reason_at": self.reason_at or now(),
                "renew_at": False,
                # A check that the person passes is seen by asking; the rest is final.
                "verify_at": reason == reasons.CHECKPOINT and self._get_check_at(),
                "unsettled_at": now(),
                **self._get_lease_end(),
            }
        )

    def _get_lease_end(self):
        """Return the values that let go of a lease, with nothing left unanswered."""
        return {
            "lease_owner": False,
            "lease_until": False,
            "intent_at": False,
            "intent_count": 0,
        }

    def _get_served_profiles(self):
        """Return the profiles that these tokens open, in use or in reserve."""
        serving = self.access_ids.filtered(lambda one: not one._get_reason()[0])
        return serving.profile_id

    def _is_needed(self):
        """Whether a profile lives from these tokens, or a link holds one of them."""
        return bool(self._get_served_profiles() or self._filter_held())

    # === SETTLING === #

    def _settle(self):
        """Derive what hangs on stored tokens: the engine's second step.

        In a transaction of its own: a profile row that somebody holds must not keep
        the token from being stored. Whoever comes a second time finds it done.
        """
        lock_rows(self)
        unsettled = self.filtered("unsettled_at")
        unsettled.access_ids.profile_id._update_state()
        renewed = unsettled.filtered(
            lambda one: not one.reason and one.settled_generation != one.generation
        )
        renewed.access_ids.profile_id._run_hook("_on_token_renewed")
        for token in unsettled:
            token.write({"unsettled_at": False, "settled_generation": token.generation})

    # === SCHEDULE === #

    def _schedule(self):
        """Set when the engine looks after these tokens again."""
        for token in self:
            token.renew_at = renewal.renew_at(token._get_life(), now(), random.random())
            # A check that waited for the renewal is not put off by it.
            token.verify_at = min(
                token._get_check_at(), token.verify_at or datetime.max
            )

    def _get_check_at(self):
        return renewal.check_at(now(), random.random())

    def _get_life(self):
        """Return the :class:`policy.renewal.Life` of this token."""
        self.ensure_one()
        provider = get_provider(self.app_id.provider)
        return renewal.Life(
            issued_at=self.issued_at or None,
            access_expires_at=self.access_expires_at or None,
            refresh_expires_at=self.refresh_expires_at or None,
            # Whether there is one is no secret; the field is closed to everybody.
            has_refresh_token=bool(self.sudo().refresh_token),
            extends=provider.extends_access_token,
            minimum_age=provider.minimum_age,
            never_expires=self.never_expires,
            last_used_at=self.last_used_at or None,
        )
