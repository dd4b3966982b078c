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
        of the network alone, renews once when the answer is 401, and keeps all promises
        of :mod:`..providers.transport`, whose errors it raises.

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
            self._renew_for_use(found.generation)
            found = self._read_token()
        if found.is_over:
            raise NoWorkingToken(self.env, reasons.EXPIRED)
        self._journal_hand_out(found)
        return found

    def _read_token(self):
        """Return the :class:`HandOut` as committed now, whatever the caller has seen.

        :raise NoWorkingToken: the profile has none
        """
        with own_environment(self.env) as env:
            profile = self.with_env(env)
            reason = profile._get_token_reason()
            if reason:
                raise NoWorkingToken(self.env, reason)
            try:
                return profile.access_id._make_hand_out()
            except SecretDamaged:
                raise NoWorkingToken(self.env, reasons.DAMAGED_SECRET) from None

    def _get_token_reason(self):
        """Return why there is no token to hand out, None when there is one."""
        if not self.exists() or not self.active or not self.access_id:
            return reasons.NOT_CONNECTED
        if self.reason or self.token_id.reason:
            return self.reason or self.token_id.reason
        is_over = self.expires_at and self.expires_at <= now()
        return reasons.EXPIRED if is_over else None

    def _renew_for_use(self, generation):
        """Let the engine renew a token, by us or by whoever is at it already."""
        # The engine renews tokens that its callers may not read.
        token = self.sudo().access_id.token_id
        try:
            token._refresh_now(generation)
        except ProviderError as error:
            reason = error.reason if error.reason in reasons.BY_CODE else None
            raise NoWorkingToken(self.env, reason or reasons.UNREACHABLE) from None

    def _journal_hand_out(self, found):
        with own_environment(self.env) as env:
            token = self.with_env(env).access_id.token_id
            env["social.event"]._record(
                "handed_out", token, profile_id=self.id, generation=found.generation
            )
            env.cr.execute(
                "UPDATE social_token SET last_used_at = %s WHERE id = %s"
                " AND (last_used_at IS NULL OR last_used_at < %s)",
                [now(), token.id, now() - USE_NOTED],
            )

    def _sign(self, request, minimum_seconds):
        """Sign a caller's request; return the generation of the token used."""
        found = self._hand_out(minimum_seconds)
        # The app's secret is part of what some networks want.
        provider = self.sudo().token_id.app_id._get_provider()
        provider.sign(request, found.secret)
        return found.generation

    def _sign_anew(self, request, refused):
        """Sign a request again after a 401, with a later token than the refused one.

        :param int refused: the generation of the token that the network refused
        :return: whether there is a later one
        """
        token = self.sudo().token_id
        try:
            found = self._read_token()
            if found.generation == refused:
                if not found.is_renewable:
                    token._verify()
                    return False
                self._renew_for_use(refused)
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
    """Signs requests with a profile's token, and once more after a 401."""

    def __init__(self, profile, minimum_seconds):
        self.profile = profile
        self.minimum_seconds = minimum_seconds

    def __call__(self, request):
        unsigned = request.copy()
        used = self.profile._sign(request, self.minimum_seconds)

        def renew_once(response, **options):
            if response.status_code != HTTPStatus.UNAUTHORIZED:
                return response
            again = unsigned.copy()
            if not self.profile._sign_anew(again, used):
                return response
            # No hook hangs on this one, so that a second 401 is the caller's.
            answer = response.connection.send(again, **options)
            answer.history.append(response)
            answer.request = again
            return answer

        request.register_hook("response", renew_once)
        return request
