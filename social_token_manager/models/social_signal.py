import json
import logging
import secrets
from collections import Counter
from dataclasses import dataclass
from http import HTTPStatus

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..clock import now
from ..const import DELETION_KEPT, DELETION_PATH, SIGNAL_KEPT
from ..engine import lock_rows, own_environment
from ..keyring import SecretDamaged
from ..policy import gap, reasons
from ..providers.errors import ProviderError
from ..providers.signals import (
    CHANGED,
    DELETION,
    DETACHED,
    HELD,
    MESSAGE,
    PROBE,
    REVOKED,
    SignalRefused,
)

_logger = logging.getLogger(__name__)

KINDS = [
    (REVOKED, "Access withdrawn"),
    (DELETION, "Data to be deleted"),
    (DETACHED, "App put out by the page"),
    (HELD, "Account held"),
    (CHANGED, "Something changed"),
    (MESSAGE, "Message"),
    (PROBE, "Trial"),
]
EFFECTS = [
    ("lost", "Connection ended"),
    ("check", "Check started"),
    ("message", "Handed on"),
    ("none", "Nothing to do"),
]
# kind: the verb that has its effect
VERBS = {
    REVOKED: "_take_revoked",
    DELETION: "_take_deletion",
    DETACHED: "_take_detached",
    HELD: "_take_held",
    CHANGED: "_take_changed",
    PROBE: "_take_probe",
}
# about: the option of a profile that lets it pass
STORY_OPTIONS = {
    "story_mention": "receive_story_mentions",
    "story_reply": "receive_story_replies",
}
GC_LIMIT = 50_000


@dataclass(frozen=True)
class Answer:
    """What a network is answered."""

    status: int
    body: str = ""
    content_type: str = "text/plain"


REFUSED = Answer(HTTPStatus.FORBIDDEN)
# The network sends it again.
LATER = Answer(HTTPStatus.SERVICE_UNAVAILABLE)


class SocialSignal(models.Model):
    """One thing that a network told of its own accord, and what came of it.

    The row is stored in the same transaction as its effect and before the network is
    answered; what is sent again finds it there. It has neither the text of a message
    nor the id of a person.
    """

    _name = "social.signal"
    _description = "Signal of a Social Network"
    _order = "id desc"
    _rec_name = "kind"

    app_id = fields.Many2one(
        "social.app", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    event_key = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    happened_at = fields.Datetime(required=True, readonly=True, index=True)
    detail = fields.Char(readonly=True, help="The network's own word.")
    effect = fields.Selection(EFFECTS, readonly=True)
    concerned = fields.Integer(
        "Connections Concerned", readonly=True, help="How many it had an effect on."
    )
    confirmation_code = fields.Char(
        readonly=True, groups=fields.NO_ACCESS, index="btree_not_null"
    )

    _event_unique = models.UniqueIndex(
        "(app_id, event_key)", "A signal has its effect once."
    )

    # === RECEIVING === #

    @api.model
    def _answer_handshake(self, callback_key, query):
        """Return the :class:`Answer` to a network that asks whose address it is.

        :param dict query: its parameters
        """
        app = self._find_app(callback_key)
        if not app:
            return REFUSED
        try:
            handshake = app._get_provider().answer_handshake(query, app.webhook_token)
        except (SignalRefused, SecretDamaged, UserError):
            return REFUSED
        return Answer(HTTPStatus.OK, handshake.body, handshake.content_type)

    @api.model
    def _receive(self, callback_key, delivery):
        """Take a delivery and return the :class:`Answer` to it.

        Works in cursors of its own, so that everything is stored when the network is
        answered. Lets no database error out, since the framework would take it for a
        reason to run the controller again.

        :param str callback_key: from the address; it names the app
        :param Delivery delivery: as it came
        """
        try:
            app = self._find_app(callback_key)
            signals, status = self._read(app, delivery)
            return self._take(app, signals, status)
        except SignalRefused as refused:
            _logger.info("A signal was refused: %s", refused.detail)
            return REFUSED
        except (ProviderError, psycopg2.Error, UserError) as error:
            # A UserError is about the key file; its sentence is for the settings page.
            _logger.warning("A signal could not be taken: %s", type(error).__name__)
            return LATER

    @api.model
    def _find_app(self, callback_key):
        """Return the app of an address; an archived one may have living grants."""
        if not _is_storable(callback_key):
            return self.env["social.app"]
        return (
            self.env["social.app"]
            .sudo()
            .with_context(active_test=False)
            .search([("callback_key", "=", callback_key)], limit=1)
        )

    @api.model
    def _read(self, app, delivery):
        """Return the signals of a delivery, and the status that they are answered.

        :raise SignalRefused: nobody knows the address, or it is not the network's
        """
        if not app:
            raise SignalRefused("unknown address")
        try:
            provider = app._get_provider()
        except SecretDamaged:
            raise SignalRefused("damaged secret") from None
        # No transaction of ours is open while a network is asked for its keys.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        return provider.read_signals(delivery), provider.signal_status

    @api.model
    def _take(self, app, signals, status):
        if not signals:
            return Answer(status)
        with own_environment(self.env, SUPERUSER_ID) as env:
            token_ids = env[self._name]._store(app.with_env(env), signals)
        if token_ids:
            self._settle_tokens(token_ids)
        deletions = [signal for signal in signals if signal.kind == DELETION]
        if deletions:
            return self._confirm_deletion(app, deletions[0])
        return Answer(status)

    @api.model
    def _settle_tokens(self, token_ids):
        """Derive what hangs on the tokens; what fails now, the sweep makes up for."""
        try:
            with own_environment(self.env, SUPERUSER_ID) as env:
                env["social.token"].browse(token_ids)._settle()
        except psycopg2.Error as error:
            _logger.warning("A signal is not settled yet: %s", type(error).__name__)

    # === STORING === #

    @api.model
    def _store(self, app, signals):
        """Store what is new together with its effect, in the engine's environment.

        :return: the ids of the tokens that are left to settle
        """
        rows = self._insert(app, signals)
        news = {signal.key: signal for signal in signals if signal.key in rows}
        lost = self.env["social.token"]
        for key, signal in news.items():
            if signal.kind != MESSAGE:
                lost |= self.browse(rows[key])._take_signal(signal)
        messages = [signal for signal in news.values() if signal.kind == MESSAGE]
        if messages:
            self._hand_on(app, messages, rows)
        return lost.ids

    @api.model
    def _insert(self, app, signals):
        """Insert the rows that are not there yet; return ``{key: id}`` of them.

        Whoever stores the same one at the same time is waited for. In the order of
        their keys, so that two who store the same ones do not wait for each other.
        """
        by_key = {signal.key: signal for signal in signals}
        ordered = [by_key[key] for key in sorted(by_key)]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO social_signal (app_id, company_id, kind, event_key,
                    happened_at, detail, effect, concerned, confirmation_code,
                    create_uid, create_date, write_uid, write_date)
                SELECT %(app)s, %(company)s, told.kind, told.key, told.happened_at,
                    told.detail, 'none', 0, told.code,
                    %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(kinds)s::text[], %(keys)s::text[],
                    %(moments)s::timestamp[], %(details)s::text[], %(codes)s::text[])
                    AS told(kind, key, happened_at, detail, code)
                    ON CONFLICT (app_id, event_key) DO NOTHING
                RETURNING id, event_key
                """,
                app=app.id,
                company=app.company_id.id,
                uid=self.env.uid,
                now=now(),
                kinds=[one.kind for one in ordered],
                keys=[one.key for one in ordered],
                moments=[one.happened_at for one in ordered],
                details=[one.detail for one in ordered],
                codes=[
                    secrets.token_urlsafe(16) if one.kind == DELETION else None
                    for one in ordered
                ],
            )
        )
        return {key: row_id for row_id, key in self.env.cr.fetchall()}

    # === EFFECTS === #

    def _take_signal(self, signal):
        """Let one signal have its effect, and write down which.

        :return: the tokens that are left to settle
        """
        self.ensure_one()
        tokens = self._find_tokens(signal)
        effect, concerned = getattr(self, VERBS[signal.kind])(signal, tokens)
        self.write(
            {"effect": effect if concerned else "none", "concerned": len(concerned)}
        )
        self.env["social.event"]._record(
            "signal", self.app_id, detail=f"{signal.kind} {signal.detail}".strip()
        )
        return concerned.filtered("unsettled_at")

    def _find_tokens(self, signal):
        """Return the tokens that a signal is about."""
        Token = self.env["social.token"]
        if signal.fingerprint:
            return self._find_by_fingerprint(signal)
        if not signal.subject:
            return Token
        # Some subjects carry more than the person's id; the provider knows.
        provider = self.app_id._get_provider()
        return Token.search(
            [
                ("app_id", "=", self.app_id.id),
                ("external_user_id", "=like", f"{signal.subject}%"),
            ],
            order="id",
        ).filtered(
            lambda token: (
                provider.whole_grant_of(token.external_user_id) == signal.subject
            )
        )

    def _find_by_fingerprint(self, signal):
        """Return the token whose refresh token a signal names.

        There is no index of such names: a beginning of a token, stored in the clear,
        would be a part of the secret.
        """
        provider = self.app_id._get_provider()
        tokens = self.app_id.token_ids.sorted("id")
        return tokens.filtered(lambda token: _is_named(provider, signal, token))

    def _take_revoked(self, signal, tokens):
        """Take the loss of what the person granted before."""
        return "lost", tokens.filtered(
            lambda token: token._take_loss(
                reasons.REVOKED, signal.happened_at, signal.detail
            )
        )

    def _take_held(self, signal, tokens):
        """Take the loss of what an account granted that the network holds."""
        return "lost", tokens.filtered(
            lambda token: token._take_loss(
                reasons.CHECKPOINT, signal.happened_at, signal.detail
            )
        )

    def _take_deletion(self, signal, tokens):
        """Take the loss, and forget what the network told of the person.

        The network's word says that the person wants it, not that the company does:
        profiles are disconnected, never deleted.
        """
        # A grant that comes meanwhile is not to be forgotten.
        lock_rows(tokens)
        concerned = tokens.filtered(
            lambda token: not token._is_before_grant(signal.happened_at)
        )
        self._take_revoked(signal, concerned)
        concerned._forget_person()
        return "lost", concerned

    def _take_detached(self, signal, _tokens):
        """Take the loss of a page that put the app out, whoever had granted."""
        found = self._find_accesses(signal)
        # Tokens before accesses, as everywhere: nobody waits in a circle.
        lock_rows(found.token_id)
        accesses = found.filtered(
            lambda access: not access.token_id._is_before_grant(signal.happened_at)
        )
        for access in accesses:
            access._note_reason(reasons.REVOKED)
        accesses.token_id.write({"unsettled_at": now()})
        return "lost", accesses.token_id

    def _find_accesses(self, signal):
        return self.env["social.access"].search(
            [
                ("token_id.app_id", "=", self.app_id.id),
                ("profile_id.external_id", "=", signal.external_id),
                ("profile_id.network_id.code", "in", signal.networks),
            ],
            order="id",
        )

    def _take_changed(self, _signal, tokens):
        tokens._check_soon()
        return "check", tokens

    def _take_probe(self, _signal, tokens):
        return "none", tokens

    # === MESSAGES === #

    @api.model
    def _hand_on(self, app, messages, rows):
        """Note when the profiles were last written to, and tell other addons.

        :param dict rows: ``{key: row id}``
        """
        profiles = self._touch_profiles(app, messages)
        handed = set()
        for profile, code, external_id in profiles:
            mine = [
                signal
                for signal in messages
                if signal.external_id == external_id and code in signal.networks
            ]
            handed.update(rows[signal.key] for signal in mine)
            wanted = [signal for signal in mine if _is_wanted(profile, signal)]
            if wanted:
                profile._run_hook(
                    "_on_message_event", [one for sig in wanted for one in sig.events]
                )
        self.browse(handed).write({"effect": "message", "concerned": 1})

    @api.model
    def _touch_profiles(self, app, messages):
        """Note the moment of the last message, for all profiles in one statement.

        Only where this app has a grant: another company may have the same page.

        :return: ``[(profile, network code, external id)]``
        """
        latest, counts = {}, Counter()
        for signal in messages:
            for code in signal.networks:
                place = (code, signal.external_id)
                latest[place] = max(signal.happened_at, latest.get(place, EARLIEST))
                counts[place] += 1
        self.env.cr.execute(
            SQL(
                """
                WITH told AS (
                    SELECT * FROM unnest(
                        %(codes)s::text[], %(ids)s::text[], %(moments)s::timestamp[],
                        %(counts)s::int[]) AS told(code, external_id, moment, count)),
                touched AS MATERIALIZED (
                    SELECT profile.id, told.code, told.external_id, told.moment,
                           told.count
                      FROM told
                      JOIN social_network network ON network.code = told.code
                      JOIN social_profile profile
                        ON profile.network_id = network.id
                       AND profile.external_id = told.external_id
                       AND profile.company_id = %(company)s
                     WHERE EXISTS (
                        SELECT FROM social_access access
                          JOIN social_token token ON token.id = access.token_id
                         WHERE access.profile_id = profile.id
                           AND token.app_id = %(app)s)
                     ORDER BY profile.id FOR NO KEY UPDATE OF profile)
                UPDATE social_profile profile
                   SET last_message_at = GREATEST(
                       profile.last_message_at, LEAST(touched.moment, %(now)s)),
                       messages_per_day = touched.count / %(days)s::float
                       + COALESCE(profile.messages_per_day, 0)
                       * exp(-GREATEST(EXTRACT(EPOCH FROM
                             %(now)s - profile.last_message_at), 0)
                             / (86400 * %(days)s))
                  FROM touched WHERE profile.id = touched.id
                RETURNING profile.id, touched.code, touched.external_id
                """,
                codes=[code for code, _external_id in latest],
                ids=[external_id for _code, external_id in latest],
                moments=list(latest.values()),
                counts=[counts[place] for place in latest],
                days=gap.MEAN_DAYS,
                company=app.company_id.id,
                app=app.id,
                now=now(),
            )
        )
        self.env["social.profile"].invalidate_model(
            ["last_message_at", "messages_per_day"]
        )
        return [
            (self.env["social.profile"].browse(profile_id), code, external_id)
            for profile_id, code, external_id in self.env.cr.fetchall()
        ]

    # === DATA DELETION === #

    @api.model
    def _confirm_deletion(self, app, signal):
        """Return the answer that Meta asks for: an address and a code.

        The same for whoever is not known here, and for the same request sent again.
        """
        with own_environment(self.env, SUPERUSER_ID) as env:
            row = env[self._name].search(
                [("app_id", "=", app.id), ("event_key", "=", signal.key)]
            )
            code = row.confirmation_code
            base_url = env["ir.config_parameter"].get_param("web.base.url")
        body = {
            "url": base_url + DELETION_PATH.format(code=code),
            "confirmation_code": code,
        }
        return Answer(HTTPStatus.OK, json.dumps(body), "application/json")

    @api.model
    def _find_deletion(self, code):
        """Return when a request to delete was carried out, None for no such request."""
        if not _is_storable(code):
            return None
        # Anybody may look who knows the code; the date is all that is told.
        row = self.sudo().search([("confirmation_code", "=", code)], limit=1)
        return row.create_date if row else None

    # === CLEANING === #

    @api.autovacuum
    def _gc_signals(self):
        """Drop what the networks do not send any more.

        By the moment that they told: what they dated ahead is kept for longer.
        """
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM social_signal WHERE id IN (
                    SELECT id FROM social_signal
                     WHERE happened_at < %(kept)s
                       AND (kind != %(deletion)s OR happened_at < %(deletion_kept)s)
                     LIMIT %(limit)s)
                """,
                kept=now() - SIGNAL_KEPT,
                deletion=DELETION,
                deletion_kept=now() - DELETION_KEPT,
                limit=GC_LIMIT,
            )
        )
        self.invalidate_model()


EARLIEST = fields.Datetime.to_datetime("1970-01-01 00:00:00")


def _is_storable(text):
    """Whether a text from an address is one that the database takes."""
    return text.isascii() and text.isprintable()


def _is_named(provider, signal, token):
    try:
        return provider.names_token(signal, token._get_stored())
    except SecretDamaged:
        return False


def _is_wanted(profile, signal):
    """Whether the profile's story options let a message pass."""
    option = STORY_OPTIONS.get(signal.about)
    return not option or profile[option]
