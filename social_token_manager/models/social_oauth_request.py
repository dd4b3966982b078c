import logging
import secrets
from dataclasses import dataclass

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, consteq

from ..clock import now
from ..const import (
    ATTEMPT_PATH,
    AUTHORIZE_PATH,
    OPEN_REQUESTS_PER_USER,
    QUEUE_PATH,
    REQUEST_KEPT,
    REQUEST_LIFE,
    WIZARD_PATH,
)
from ..engine import lock_rows, own_environment, persist, see_rights
from ..fields import Encrypted
from ..guard_wording import lost_text, ungranted_text
from ..hashing import digest
from ..keyring import SecretDamaged
from ..providers import get_provider
from ..providers.base import OTHER_ACCOUNT
from ..providers.errors import (
    AppFault,
    GrantRefused,
    ProviderError,
    RateLimited,
    TokenLost,
)
from ..providers.proof import prove
from ..wording import RESULTS, reason_label, result_texts

_logger = logging.getLogger(__name__)

RESULT_OF_FAILURE = (
    (AppFault, "app_fault"),
    (GrantRefused, "code_refused"),
    (TokenLost, "lost"),
    (RateLimited, "rate_limited"),
    (ProviderError, "unreachable"),
)
UNTICKED = "unticked"
SINGLE_PARAMETERS = ("code", "state", "error", "iss")


@dataclass(frozen=True)
class Outcome:
    """What came of a callback: the address to go on to, or None for *refused*."""

    address: str | None = None


class SocialOauthRequest(models.Model):
    """One started authorisation: who, for what, until when, and what came of it.

    The state is stored as a hash, bound to the user's session and to one browser, lives
    ten minutes and is consumed by one statement before anything is sent (RFC 9700
    section 4.7, RFC 6749 section 10.12).
    """

    _name = "social.oauth.request"
    _inherit = ["social.secret.mixin", "social.oauth.identity"]
    _description = "Connection Attempt"
    _order = "id desc"

    user_id = fields.Many2one("res.users", required=True, index=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    app_id = fields.Many2one(
        "social.app", required=True, index=True, ondelete="cascade", readonly=True
    )
    profile_ids = fields.Many2many("social.profile", string="To Renew", readonly=True)
    purpose = fields.Selection(
        [("connect", "Connect"), ("renew", "Renew")], required=True, readonly=True
    )
    prompt = fields.Char(readonly=True, help="The reason that the person is sent for.")
    # No Many2one: stored models do not hold transient ones.
    wizard_id = fields.Integer(readonly=True)
    login_id = fields.Integer(readonly=True)
    redirect_uri = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    state_hash = fields.Char(readonly=True, groups=fields.NO_ACCESS, copy=False)
    binding_hash = fields.Char(readonly=True, groups=fields.NO_ACCESS, copy=False)
    verifier = Encrypted()
    expires_at = fields.Datetime(readonly=True)
    consumed_at = fields.Datetime(readonly=True)
    result = fields.Selection(
        [(code, texts[0]._source) for code, texts in RESULTS.items()], readonly=True
    )
    granted_profile_ids = fields.Many2many(
        "social.profile",
        "social_oauth_request_granted_rel",
        string="Profiles",
        readonly=True,
    )
    left_out = fields.Json("Left Out Lines", readonly=True)
    lost_profile_ids = fields.Many2many(
        "social.profile",
        "social_oauth_request_lost_rel",
        string="No Longer Granted",
        readonly=True,
    )
    lost_text = fields.Text(compute="_compute_lost_text")
    title = fields.Char(compute="_compute_texts")
    happened = fields.Text(compute="_compute_texts")
    remedy = fields.Text(compute="_compute_texts")
    left_out_text = fields.Text("Left Out", compute="_compute_texts")
    is_success = fields.Boolean(compute="_compute_texts")
    is_about_known = fields.Boolean(compute="_compute_is_about_known")

    _state_unique = models.UniqueIndex("(state_hash) WHERE state_hash IS NOT NULL")

    @api.depends("result")
    @api.depends_context("lang")
    def _compute_texts(self):
        for oauth_request in self:
            result = oauth_request.result
            oauth_request.title, oauth_request.happened, oauth_request.remedy = (
                result_texts(self.env, result)
            )
            oauth_request.is_success = result == "connected"
            oauth_request.left_out_text = "\n".join(
                f"{line['network']} · {line['name']}: "
                + reason_label(self.env, line["reason"])
                for line in oauth_request.left_out or []
            )

    @api.depends("lost_profile_ids.reason")
    @api.depends_context("lang", "uid")
    def _compute_lost_text(self):
        for oauth_request in self:
            # Whoever was just at the network has seen these names there.
            lost = oauth_request.sudo().lost_profile_ids
            text = lost_text if oauth_request._has_ticks() else ungranted_text
            oauth_request.lost_text = bool(lost) and text(self.env, lost)

    @api.depends("profile_ids")
    def _compute_is_about_known(self):
        for oauth_request in self:
            oauth_request.is_about_known = bool(oauth_request.profile_ids)

    @api.depends("result")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for oauth_request in self:
            oauth_request.display_name = oauth_request.title

    # === ACTION METHODS === #

    def action_again(self):
        """Return the action that starts the same attempt anew."""
        self.ensure_one()
        if self.result == UNTICKED:
            # What must stay ticked has just been read.
            self.app_id._check_may_connect()
            return self._start(self.app_id)
        if self.result == OTHER_ACCOUNT:
            profiles = self._get_asked_profiles()
            profiles._check_may_renew()
            self.sudo()._forget_other()
            return profiles[:1]._start_renewal(prompt=OTHER_ACCOUNT)
        if self.profile_ids:
            return self.profile_ids[:1].action_renew()
        return self.app_id.action_connect()

    # === START === #

    @api.model
    def _start(
        self,
        app,
        profiles=None,
        purpose="connect",
        prompt=None,
        wizard=None,
        login=None,
    ):
        """Create a request of the current user and return the action that begins it.

        :param app: the ``social.app`` to do it with
        :param profiles: the profiles to renew
        :param str prompt: the reason code that the person is sent for
        :param wizard: the ``social.renewal.wizard`` that the way back leads to
        :param login: the ``social.renewal.login`` whose queue it leads to
        :raise UserError: the app is not ready
        """
        app._check_ready()
        profiles = profiles or self.env["social.profile"]
        self._drop_surplus()
        # Users do not write requests, so that nobody can change one under way.
        oauth_request = self.sudo().create(
            {
                "user_id": self.env.uid,
                "company_id": app.sudo().company_id.id,
                "app_id": app.id,
                "profile_ids": [fields.Command.set(profiles.ids)],
                "purpose": purpose,
                "prompt": prompt,
                "wizard_id": wizard.id if wizard else 0,
                "login_id": login.id if login else 0,
                "redirect_uri": app.sudo().redirect_uri,
                "expires_at": now() + REQUEST_LIFE,
            }
        )
        self.env["social.event"]._record(
            "sent", oauth_request, app_id=app.id, profile_id=profiles[:1].id
        )
        return {
            "type": "ir.actions.act_url",
            "target": "self",
            "url": AUTHORIZE_PATH.format(request_id=oauth_request.id),
        }

    def _forget_secret(self, field_name):
        """Override of the mixin: whoever is at the network now has to begin again."""
        self.write({field_name: False})
        self.filtered(lambda one: one.expires_at > now()).expires_at = now()

    @api.model
    def _drop_surplus(self):
        """Forget a user's oldest open requests, so that nobody piles them up."""
        self.sudo().search(
            [
                ("user_id", "=", self.env.uid),
                ("consumed_at", "=", False),
                ("expires_at", ">", now()),
            ],
            offset=OPEN_REQUESTS_PER_USER - 1,
        ).write({"expires_at": now()})

    def _begin(self):
        """Mint state, verifier and browser binding for a request of this user.

        :return: the address of the consent page, and the value for the binding cookie
        :raise AccessError: it is not this user's
        :raise UserError: it is over; its sentence says how to go on
        """
        # Hashes and verifier are closed to everybody; the owner is checked here.
        oauth_request = self.sudo().exists()
        if not oauth_request or oauth_request.user_id != self.env.user:
            raise AccessError(self.env._("This attempt belongs to somebody else."))
        if oauth_request.consumed_at or oauth_request.expires_at <= now():
            raise UserError(
                self.env._(
                    "This attempt is over. Nothing was changed; start again from the "
                    "list of profiles."
                )
            )
        oauth_request.app_id._check_ready()
        return oauth_request._mint()

    def _mint(self):
        provider = self.app_id._get_provider()
        state, binding = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        verifier = provider.make_verifier()
        self.write(
            {
                "state_hash": digest(state),
                "binding_hash": digest(binding),
                "verifier": self._seal_secret("verifier", verifier),
            }
        )
        url = provider.authorization_url(
            redirect_uri=self.redirect_uri,
            state=state,
            verifier=verifier,
            prompt=self.prompt or None,
        )
        return url, binding

    # === FINISH === #

    @api.model
    def _finish(self, callback_key, parameters, uid, get_cookie):
        """Finish the request that a callback belongs to.

        Works in cursors of its own: the framework may run a controller again, and a
        code is good for one exchange only. Lets no database error out, since the
        framework would take it for a reason to run the callback again.

        :param str callback_key: from the address; it names the app
        :param dict parameters: ``{name: [values]}`` of the query
        :param int uid: the user of the session, None without one
        :param get_cookie: function from request id to the value of its binding cookie
        :rtype: Outcome
        """
        if any(len(parameters.get(name, ())) > 1 for name in SINGLE_PARAMETERS):
            return self._refuse("repeated parameter")
        answer = {name: parameters.get(name, [""])[0] for name in SINGLE_PARAMETERS}
        if not answer["state"]:
            return self._refuse("no state")
        try:
            oauth_request, is_first = self._consume(answer["state"])
            refusal = oauth_request._get_refusal(
                callback_key, uid, get_cookie, answer["iss"]
            )
            if refusal:
                return oauth_request._refuse(refusal)
            if is_first:
                oauth_request._complete(answer)
            elif not oauth_request.consumed_at:
                return oauth_request._refuse("expired")
        except psycopg2.Error as error:
            _logger.error("A callback met a database error: %s", type(error).__name__)
            return Outcome()
        return Outcome(oauth_request._get_address())

    @api.model
    def _consume(self, state):
        """Consume the open request of a state by one statement.

        :return: the request (empty when there is none), and whether it was still open
        """
        with own_environment(self.env) as env:
            env.cr.execute(
                SQL(
                    "UPDATE social_oauth_request SET consumed_at = %(now)s"
                    " WHERE state_hash = %(hash)s AND consumed_at IS NULL"
                    " AND expires_at > %(now)s RETURNING id",
                    now=now(),
                    hash=digest(state),
                )
            )
            row = env.cr.fetchone()
            found = env[self._name].search(
                [("state_hash", "=", digest(state))], limit=1
            )
            found_id = found.id
        # What was committed there is not in the snapshot of the caller's cursor, which
        # has nothing to keep: it has only read so far.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        self.env.invalidate_all()
        return self.sudo().browse(found_id or []), bool(row)

    def _get_refusal(self, callback_key, uid, get_cookie, issuer):
        """Return why a callback is not this request's, None when it is.

        One short text for the journal; what the browser sees is always the same.

        :param str issuer: of the answer; where the app names one, both must be the same
            text, in errors too (RFC 9207 section 2.4)
        """
        if not self:
            return "unknown state"
        # As bytes: texts are compared so only while they are ASCII.
        if not consteq(self.app_id.callback_key.encode(), callback_key.encode()):
            return "another app"
        if self.user_id.id != uid:
            return "another user"
        if not consteq(self.binding_hash or "", digest(get_cookie(self.id) or "")):
            return "another browser"
        if self.app_id.issuer and self.app_id.issuer != issuer:
            return "another issuer"
        return None

    def _refuse(self, why):
        _logger.info("A callback was refused: %s", why)
        if self:
            with own_environment(self.env) as env:
                self.with_env(env)._journal("refused", detail=why)
        return Outcome()

    def _complete(self, answer):
        """Exchange the code and store what was granted; every way ends in a result."""
        # From here on in the name of the person who started, with that language.
        oauth_request = self.with_user(self.user_id).sudo()
        if answer["error"] or not answer["code"]:
            return oauth_request._conclude("declined", "declined")
        if not oauth_request._is_still_allowed():
            return oauth_request._conclude("forbidden", "failed")
        try:
            provider = oauth_request.app_id._get_provider()
            verifier = oauth_request._open_secret("verifier")
        except (UserError, SecretDamaged) as error:
            _logger.error("A grant could not be taken: %s", error)
            return oauth_request._conclude("failed", "failed")
        return oauth_request._take_grant(provider, answer["code"], verifier)

    def _take_grant(self, provider, code, verifier):
        redirect_uri = self.redirect_uri
        # No transaction of ours is open while the network is asked.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        token_id = generation = None
        try:
            grant = provider.grant(
                code=code, redirect_uri=redirect_uri, verifier=verifier
            )
            token_id, generation = persist(
                self.env, lambda env: self._store_token(env, grant)
            )
            listing, is_proven = prove(provider, grant, provider.list_profiles(grant))
        except ProviderError as error:
            if token_id:
                persist(
                    self.env, lambda env: self._forget_token(env, token_id, generation)
                )
            return self._conclude_failure(error)
        except (psycopg2.Error, UserError) as error:
            # A UserError is about the key file; its sentence is for the settings page.
            _logger.error("A grant could not be stored: %s", type(error).__name__)
            return self._conclude("failed", "failed")
        images = persist(
            self.env,
            lambda env: self._store_listing(env, token_id, listing, is_proven),
        )
        self.env["social.profile"]._fetch_images(images)
        return None

    def _is_still_allowed(self):
        """Whether the person still has the right that he had at the start."""
        user = self.user_id
        if self.company_id not in user.company_ids or not self.app_id.active:
            return False
        if self.purpose == "connect":
            return user.has_group("social_token_manager.group_manager")
        profiles = self.with_user(user)._get_asked_profiles()
        return profiles.has_access("read") and all(profiles.mapped("may_renew"))

    def _get_address(self):
        """Return where the person goes on: at the wizard, the queue, or the result."""
        if self.wizard_id:
            return WIZARD_PATH.format(wizard_id=self.wizard_id)
        queue = self._get_login().exists().queue_id
        if queue:
            return QUEUE_PATH.format(queue_id=queue.id)
        return ATTEMPT_PATH.format(request_id=self.id)

    # === STORING === #

    def _store_token(self, env, grant):
        """Store the token row alone; the rest follows in another transaction.

        :return: the token's id and generation
        """
        oauth_request = self.with_env(env)
        token = env["social.token"]._store_grant(
            oauth_request.app_id, grant, oauth_request._get_person()
        )
        return token.id, token.generation

    def _get_person(self):
        """Return the contact who grants."""
        return self.user_id.partner_id

    def _store_listing(self, env, token_id, listing, is_proven):
        """Store what the grant reaches, and conclude the request.

        :param bool is_proven: whether the network was asked about all of it
        :return: the pictures still to fetch, ``[(profile id, address)]``
        """
        token = env["social.token"].browse(token_id)
        oauth_request = self.with_env(env)
        granted, offered, missing = oauth_request._take_listing(token, listing)
        token._settle()
        # A link may have given up what connects nothing.
        if not is_proven and not token.reason:
            token._check_soon()
        oauth_request.app_id._clear_trouble()
        oauth_request._conclude_granted(token, granted, offered, missing)
        oauth_request._get_wizard()._take_result(
            oauth_request.result, granted, offered, missing, token
        )
        return granted._get_missing_images(granted, listing)

    def _take_listing(self, token, listing):
        """Store all that the grant reaches; see ``social.profile._store_listing``."""
        # The network was asked meanwhile, and rights may have changed.
        see_rights(self.env)
        return self.env["social.profile"]._store_listing(
            token, listing, may_create=self._may_create()
        )

    def _conclude_granted(self, token, granted, offered, missing):
        unusable = [data for data in offered if not data.usable]
        healthy = granted.filtered(lambda profile: not profile.reason)
        lost = missing if self._tells_lost() else missing.browse()
        if self._is_other_account(granted, offered, missing):
            self._note_offered(token, offered)
            result = OTHER_ACCOUNT
        elif lost and self._has_ticks():
            result = UNTICKED
        elif not granted:
            result = "nothing"
        elif lost or unusable or healthy != granted or self.profile_ids - healthy:
            result = "partly"
        else:
            result = "connected"
        names = {one.code: one.name for one in self.app_id.network_ids}
        left_out = [
            {"network": names[data.network], "name": data.name, "reason": data.reason}
            for data in unusable
        ]
        self.lost_profile_ids = lost
        self._write_result(result, granted, left_out)

    def _tells_lost(self):
        """Whether this attempt itself tells what was left out, and no wizard does."""
        return not self.wizard_id

    def _has_ticks(self):
        """Whether a person ticks at the network what is granted."""
        return get_provider(self.app_id.sudo().provider).profiles_can_be_left_out

    def _get_wizard(self):
        """Return the renewal wizard that this attempt belongs to, empty without one."""
        return self.env["social.renewal.wizard"].browse(self.wizard_id or [])

    def _get_login(self):
        """Return the login of a queue that this attempt is, empty without one."""
        return self.env["social.renewal.login"].browse(self.login_id or [])

    def _may_create(self):
        """Whether new profiles are added at once: a renewal is about known ones."""
        return (
            self.purpose == "connect"
            and self.company_id in self.user_id.company_ids
            and self.user_id.has_group("social_token_manager.group_manager")
        )

    def _write_result(self, result, granted=None, left_out=()):
        self.write(
            {
                "result": result,
                "granted_profile_ids": [
                    fields.Command.set(granted.ids if granted else [])
                ],
                "left_out": list(left_out),
            }
        )
        self._get_login()._take_result(result)

    def _conclude(self, result, kind, **details):
        """Store that nothing was granted; whatever was valid stays in service."""

        def store(env):
            oauth_request = self.with_env(env)
            oauth_request._write_result(result)
            oauth_request._get_wizard()._take_result(result)
            oauth_request._journal(kind, **details)

        persist(self.env, store)

    def _forget_token(self, env, token_id, generation):
        """Give up a grant that nothing lives from, since nobody knows what it reaches.

        Not what the same person has granted anew meanwhile.
        """
        token = env["social.token"].browse(token_id)
        lock_rows(token)
        if token.generation == generation:
            token._forget_unused()

    def _conclude_failure(self, error):
        result = next(
            name for kind, name in RESULT_OF_FAILURE if isinstance(error, kind)
        )
        _logger.info("A grant failed: %s %s", error.reason, error.detail)
        self._conclude(result, "failed", reason=error.reason, detail=error.detail)
        if isinstance(error, AppFault):
            persist(
                self.env,
                lambda env: self.with_env(env).app_id._note_outcome(error),
            )

    def _journal(self, kind, **details):
        self.env["social.event"]._record(kind, self, app_id=self.app_id.id, **details)

    # === CLEANING === #

    @api.autovacuum
    def _gc_requests(self):
        """Drop requests that nobody will look at again, and what nobody decided."""
        old = self.sudo().search(
            [("create_date", "<", now() - REQUEST_KEPT)], limit=10_000
        )
        old.filtered(lambda one: one.result == OTHER_ACCOUNT)._forget_other()
        old.unlink()
