import logging

from odoo import api, fields, models, tools

from ..clock import now
from ..engine import lock_rows, own_environment, persist
from ..fields import Encrypted
from ..keyring import SecretDamaged
from ..policy import expiry, reasons
from ..providers import get_provider
from ..providers.errors import AppFault, ProviderError, TokenLost
from ..providers.results import Introspection, StoredToken, Verdict
from ..wording import reason_label

_logger = logging.getLogger(__name__)


class SocialToken(models.Model):
    """What one person granted to one app. One token may serve many profiles."""

    _name = "social.token"
    _inherit = ["social.secret.mixin"]
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
    access_expires_at = fields.Datetime()
    refresh_expires_at = fields.Datetime()
    data_access_expires_at = fields.Datetime()
    never_expires = fields.Boolean(help="The network itself said so.")
    expires_at = fields.Datetime(help="The earliest moment at which a person must act.")
    reason = fields.Char()
    reason_at = fields.Datetime()
    failure_count = fields.Integer("Failures in a Row")
    last_refreshed_at = fields.Datetime()
    last_verified_at = fields.Datetime()
    access_ids = fields.One2many("social.access", "token_id", "Accesses")

    _app_user_unique = models.UniqueIndex(
        "(app_id, external_user_id)", "A person has one token for each app."
    )

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
                "WHERE app_id = %s AND external_user_id = %s FOR UPDATE",
                app.id,
                grant.person.external_id,
            )
        )
        token = self.browse(self.env.cr.fetchone()[0])
        token._store_token_set(
            grant.token,
            external_user_name=grant.person.name,
            person_id=person.id,
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
                **values,
            }
        )
        self._update_expires_at()

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
                token.issued_at,
                [network._get_validity() for network in networks],
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

        :raise ProviderError: it could not be read to its end
        :raise SecretDamaged: the stored token does not open
        """
        self.ensure_one()
        provider = self.app_id._get_provider()
        return provider.list_profiles(provider.recall(self._get_stored()))

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

    # === VERIFYING === #

    def _verify(self):
        """Ask the network about each token and store every definite answer.

        Calls are made outside of any cursor of ours; each answer is stored at once,
        by comparing the generation, so that a reconnect meanwhile wins. Transient
        trouble changes nothing but a counter.

        :return: ``{token id: None or the reason code why nothing definite is known}``
        """
        return {token.id: token._verify_one() for token in self.sudo()}

    def _verify_one(self):
        generation = self.generation
        try:
            verdict = self._ask_verdict()
        except ProviderError as error:
            self._store_unverified(generation, error)
            # Any other trouble with a call is, to people, an answer without sense.
            return (
                error.reason if error.reason in reasons.BY_CODE else reasons.UNREACHABLE
            )
        self._store_verdict(generation, verdict)
        return None

    def _ask_verdict(self):
        """Return the network's :class:`Verdict`; a damaged secret needs no call.

        :raise ProviderError: there is no definite answer
        """
        try:
            stored = self._get_stored()
        except SecretDamaged:
            stored = None
        if not stored or not stored.access_token:
            return Verdict(Introspection(active=False, reason=reasons.DAMAGED_SECRET))
        try:
            provider = self.app_id._get_provider()
        except SecretDamaged:
            raise AppFault(detail="damaged secret") from None
        reaches, damaged = self.access_ids._get_reaches()
        try:
            verdict = provider.verify(stored, reaches)
        except TokenLost as error:
            return Verdict(
                Introspection(active=False, reason=error.reason, detail=error.detail)
            )
        verdict.reasons.update(dict.fromkeys(damaged, reasons.DAMAGED_SECRET))
        return verdict

    def _store_verdict(self, generation, verdict):
        """Store a definite answer: the token row alone, then what hangs on it.

        A profile row that somebody holds must not keep the token from being stored.
        """
        stored = persist(
            self.env,
            lambda env: self.with_env(env)._store_verdict_of_token(generation, verdict),
        )
        if stored:
            persist(
                self.env,
                lambda env: self.with_env(env)._store_verdict_of_accesses(
                    generation, verdict
                ),
            )

    def _store_verdict_of_token(self, generation, verdict):
        lock_rows(self)
        if self.generation != generation:
            return False
        seen = verdict.token
        # Nobody is asked about a secret that does not open.
        is_asked = seen.reason != reasons.DAMAGED_SECRET
        values = {"last_verified_at": now(), "failure_count": 0} if is_asked else {}
        if seen.active:
            values |= {
                "reason": False,
                "reason_at": False,
                "scopes": ",".join(seen.scopes) or self.scopes,
                "access_expires_at": seen.access_expires_at or self.access_expires_at,
                "data_access_expires_at": seen.data_access_expires_at
                or self.data_access_expires_at,
                "never_expires": seen.never_expires
                or (self.never_expires and not seen.access_expires_at),
            }
        elif self.reason != seen.reason:
            values |= {"reason": seen.reason, "reason_at": self.reason_at or now()}
        self.write(values)
        self._update_expires_at()
        return True

    def _store_verdict_of_accesses(self, generation, verdict):
        lock_rows(self)
        if self.generation != generation:
            return
        if verdict.token.reason != reasons.DAMAGED_SECRET:
            self.app_id._note_success()
        if verdict.token.active:
            for access in self.access_ids:
                access._note_reason(verdict.reasons.get(access.id))
        self.access_ids.profile_id._update_state()
        self.env["social.event"]._record(
            "verified" if verdict.token.active else "lost",
            self,
            reason=verdict.token.reason,
            detail=verdict.token.detail,
            generation=self.generation,
        )

    def _store_unverified(self, generation, error):
        """Store that there was no definite answer; a valid token stays in service."""
        with own_environment(self.env) as env:
            token = self.with_env(env)
            lock_rows(token)
            if token.generation == generation:
                token.failure_count += 1
            if isinstance(error, AppFault):
                token.app_id._note_fault(error.detail)
            env["social.event"]._record(
                "unverified", token, reason=error.reason, detail=error.detail
            )
        _logger.info(
            "Token %s could not be verified: %s %s",
            self.id,
            reason_label(self.env, error.reason),
            error.detail,
        )
