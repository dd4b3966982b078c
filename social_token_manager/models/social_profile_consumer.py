import logging
from datetime import timedelta
from http import HTTPStatus

import requests

from odoo import models
from odoo.exceptions import UserError

from ..clock import now
from ..engine import own_environment
from ..exceptions import NoWorkingToken
from ..keyring import SecretDamaged
from ..policy import reasons
from ..providers.errors import ProviderError

_logger = logging.getLogger(__name__)

# How exactly the last use of a token is remembered.
USE_NOTED = timedelta(minutes=10)


class SocialProfileConsumer(models.AbstractModel):
    """What other addons use: a working token, and word of its fate.

    A part of ``social.profile``; everything here is private, so that no remote call
    reaches it.
    """

    _name = "social.profile.consumer"
    _description = "Use of Social Profiles by Other Addons"

    # === A TOKEN === #

    def _access_token(self, minimum_seconds=60):
        """Return an access token that works for at least so long; renews if needed.

        For Pages it is the Page's own token. Keep it nowhere: ask again for each piece
        of work. Each hand-out is journalled, without the value.

        :param int minimum_seconds: how long it has to live yet
        :rtype: str
        :raise NoWorkingToken: there is none; ``reason`` and the sentence say why
        :raise TokenBusy: it is being renewed for longer than one waits
        """
        self.ensure_one()
        return self._hand_out(minimum_seconds).secret

    def _session(self, minimum_seconds=60):
        """Return a ``requests.Session`` that calls the network for this profile.

        It signs requests as the network wants it (RFC 6750 section 2.1), to the hosts
        of the network alone, takes another token once when the network refuses the
        first, and keeps all promises of :mod:`..providers.transport`, whose errors it
        raises.

        :raise NoWorkingToken: when a call is made and there is none; in a copied
            database at once
        """
        self.ensure_one()
        session = self.env["social.home"]._get_transport().session()
        session.auth = _ProfileAuth(self, minimum_seconds)
        return session

    def _get_api_url(self):
        """Return the address of the network's API, which :meth:`_session` may call.

        :raise UserError: no app serves this profile
        """
        self.ensure_one()
        # Where the network is, is no secret; Members may not read all apps.
        return self._get_app().sudo()._get_address("api_url")

    def _hand_out(self, minimum_seconds):
        """Return the :class:`HandOut`, renewed if it ends too soon, and journal it."""
        self.env["social.home"]._check()
        found = self._read_token()
        if found.is_short(minimum_seconds):
            self._renew_for_use(found)
            found = self._read_token()
        if found.is_over:
            raise NoWorkingToken(self.env, reasons.EXPIRED)
        self._journal_hand_out(found)
        return found

    def _read_token(self):
        """Return the :class:`HandOut` as committed now, whatever the caller has seen.

        Where the token in use is lost, one in reserve takes over.

        :raise NoWorkingToken: the profile has none
        """
        try:
            return self._read_token_in_use()
        except NoWorkingToken as trouble:
            if trouble.reason == reasons.DAMAGED_SECRET:
                self._note_damage()
            if not self._fail_over():
                raise
            return self._read_token_in_use()

    def _read_token_in_use(self):
        with own_environment(self.env) as env:
            profile = self.with_env(env)
            reason = profile._get_token_reason()
            if reason:
                raise NoWorkingToken(self.env, reason)
            try:
                return profile.access_id._make_hand_out()
            except SecretDamaged:
                raise NoWorkingToken(self.env, reasons.DAMAGED_SECRET) from None

    def _note_damage(self):
        """Have a secret that does not open noted where another token can take over."""
        with own_environment(self.env) as env:
            profile = self.with_env(env)
            token_id = profile._has_reserve() and profile.access_id.token_id.id
        self.env["social.token"].sudo().browse(token_id or [])._verify()

    def _get_token_reason(self):
        """Return why there is no token to hand out, None when there is one."""
        if not self.exists() or not self.active or not self.access_id:
            return reasons.NOT_CONNECTED
        if self.reason or self.token_id.reason:
            return self.reason or self.token_id.reason
        is_over = self.expires_at and self.expires_at <= now()
        return reasons.EXPIRED if is_over else None

    def _renew_for_use(self, found):
        """Let the engine renew a token, by us or by whoever is at it already.

        :param HandOut found: as it was read, which is no longer of use
        """
        # The engine renews tokens that its callers may not read.
        token = self.env["social.token"].sudo().browse(found.token_id)
        try:
            token._refresh_now(found.generation)
        except ProviderError as error:
            reason = error.reason if error.reason in reasons.BY_CODE else None
            raise NoWorkingToken(self.env, reason or reasons.UNREACHABLE) from None

    def _journal_hand_out(self, found):
        with own_environment(self.env) as env:
            token = env["social.token"].browse(found.token_id)
            env["social.event"]._record(
                "handed_out", token, profile_id=self.id, generation=found.generation
            )
            env.cr.execute(
                "UPDATE social_token SET last_used_at = %s WHERE id = %s"
                " AND (last_used_at IS NULL OR last_used_at < %s)",
                [now(), token.id, now() - USE_NOTED],
            )

    def _sign(self, request, minimum_seconds):
        """Sign a caller's request; return the version of the token used."""
        found = self._hand_out(minimum_seconds)
        # The app's secret is part of what some networks want. The caller's snapshot may
        # be older than the token.
        with own_environment(self.env) as env:
            app = env["social.token"].browse(found.token_id).app_id
            provider = app._get_provider()
        provider.sign(request, found.secret)
        return found.version

    def _sign_anew(self, request, refused):
        """Sign a request again, with another token than the refused one.

        A later one, or that of another person where the refused one is lost.

        :param refused: the version of the token that the network refused
        :return: whether there is another one
        """
        try:
            found = self._read_token()
            if found.version == refused:
                if found.is_renewable:
                    self._renew_for_use(found)
                else:
                    self.env["social.token"].sudo().browse(found.token_id)._verify()
            return self._sign(request, 0) != refused
        except UserError:
            return False

    # === HOOKS === #
    # Called in the engine's environment, after the token is safe. What one of them
    # raises is logged and undone; it neither stops the engine nor other hooks.

    def _on_token_renewed(self):
        """Hook: these profiles have a new token, so work that waited may go on."""

    def _on_token_lost(self):
        """Hook: these profiles have no working token now; ``reason`` says why."""

    def _on_message_event(self, events):
        """Hook: the network told of messages.

        :param list events: the network's own objects, parsed, in their order
        """

    def _purge_network_data(self):
        """Hook: drop all that was fetched from the network for these profiles.

        When it fails nothing is deleted, and it is called again the next day.
        """

    def _run_hook(self, name, *args):
        """Call a hook for some profiles, in a savepoint of its own.

        One profile that it fails for does not keep it from the others.

        :return: whether it went well for all
        """
        if not self:
            return True
        # What the engine itself has still to write is not to be undone with a hook.
        self.env.flush_all()
        try:
            with self.env.cr.savepoint():
                getattr(self, name)(*args)
        except Exception:
            if len(self) > 1:
                return all([profile._run_hook(name, *args) for profile in self])
            _logger.exception("The hook %s of another addon failed", name)
            return False
        return True


class _ProfileAuth(requests.auth.AuthBase):
    """Signs requests with a profile's token, and once more when it is refused."""

    def __init__(self, profile, minimum_seconds):
        self.profile = profile
        self.minimum_seconds = minimum_seconds

    def __call__(self, request):
        unsigned = request.copy()
        used = self.profile._sign(request, self.minimum_seconds)

        def renew_once(response, **options):
            if not _is_refused(response):
                return response
            again = unsigned.copy()
            if not self.profile._sign_anew(again, used):
                return response
            # No hook hangs on this one, so that a second refusal is the caller's.
            answer = response.connection.send(again, **options)
            answer.history.append(response)
            answer.request = again
            return answer

        request.register_hook("response", renew_once)
        return request


def _is_refused(response):
    """Whether it was the token that the network refused (RFC 6750 section 3).

    Meta says so with 400 as well, in the header that goes with 401.
    """
    challenge = response.headers.get("WWW-Authenticate", "")
    return (
        response.status_code == HTTPStatus.UNAUTHORIZED
        or "invalid_token" in challenge.partition(" ")[2]
    )
