import logging
from dataclasses import dataclass, field

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..dispatch import outcome_of
from ..engine import lock_rows, own_environment, persist
from ..keyring import SecretDamaged
from ..policy import reasons
from ..providers import get_provider
from ..providers.errors import ProviderError
from ..providers.results import StoredToken, TokenSet

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Withdrawal:
    """The end of one grant at the network, with plain data only."""

    token_id: int
    provider: object = field(repr=False)
    stored: object = field(repr=False)

    def __call__(self):
        """End the grant.

        :raise ProviderError: the network did not confirm it
        """
        self.provider.revoke(self.stored)


class SocialTokenWithdrawal(models.AbstractModel):
    """Ending a grant: forgotten here first, then withdrawn at the network.

    A part of ``social.token``, and of no other model.
    """

    _name = "social.token.withdrawal"
    _inherit = ["social.token.renewal"]
    _description = "Withdrawal of Social Tokens"

    def _get_whole_grant(self):
        """Return the tokens that the network ends together with this one.

        Of other companies too: whose they are is not for everybody to see.
        """
        self.ensure_one()
        provider = get_provider(self.app_id.provider)
        if not provider.revokes_whole_grant:
            return self
        registration = provider.registration_of(self.app_id.client_id)
        subject = provider.whole_grant_of(self.external_user_id)
        candidates = self.with_context(active_test=False).search(
            Domain("app_id.provider", "=", self.app_id.provider)
            & Domain("external_user_id", "=like", f"{subject}%")
        )
        return candidates.filtered(
            lambda one: (
                provider.registration_of(one.app_id.client_id) == registration
                and provider.whole_grant_of(one.external_user_id) == subject
            )
        )

    def _prepare_withdrawal(self):
        """Return the :class:`Withdrawal` of what is stored, None where there is none.

        A secret that does not open, or a key that is not there, keeps nobody from
        disconnecting here.
        """
        self.ensure_one()
        try:
            stored = self._get_stored()
        except (SecretDamaged, UserError) as error:
            _logger.warning("A grant cannot be withdrawn: %s", error)
            return None
        return self._make_withdrawal(stored)

    def _make_withdrawal(self, stored):
        """Return the :class:`Withdrawal` of a token, None without a way to make it.

        :param StoredToken stored: as it was opened
        """
        try:
            provider = self.app_id._get_provider()
        except (SecretDamaged, UserError) as error:
            _logger.warning("A grant cannot be withdrawn: %s", error)
            return None
        can_be = provider.can_be_revoked or provider.app.revoke_url
        has_secret = stored.access_token or stored.refresh_token
        return Withdrawal(self.id, provider, stored) if can_be and has_secret else None

    def _forget(self, reason):
        """Give up these grants: no secret of them stays.

        A refresh under way loses its lease, so that its late answer is not stored.
        """
        lock_rows(self)
        for token in self:
            token._write_loss(reason)
            token.write({"access_token": False, "refresh_token": False})

    def _withdraw(self, withdrawal):
        """End a grant at the network and journal what came of it.

        :param withdrawal: a :class:`Withdrawal`; what it ends is forgotten by now
        :return: whether the network confirmed it
        """
        outcome = outcome_of(withdrawal)
        failed = isinstance(outcome, ProviderError)
        kind = "unwithdrawn" if failed else "withdrawn"
        persist(
            self.env,
            lambda env: (
                env[self._name]
                .browse(withdrawal.token_id)
                ._journal(kind, outcome if failed else None)
            ),
        )
        return not failed

    @api.model
    def _drop(self, claim, outcome):
        """Override: what comes late for a grant that was withdrawn is withdrawn, too.

        One that was given up here alone is not: others may live from it there.
        """
        super()._drop(claim, outcome)
        if not isinstance(outcome, TokenSet):
            return
        with own_environment(self.env) as env:
            token = env[self._name].browse(claim.token_id).exists()
            # A loss that the network told of leaves the secrets where they are.
            is_withdrawn = token.reason == reasons.REVOKED and not token.access_token
            late = is_withdrawn and token._make_withdrawal(token._get_late(outcome))
        if late:
            self._withdraw(late)

    def _get_late(self, token_set):
        return StoredToken(
            token_set.access_token,
            refresh_token=token_set.refresh_token,
            subject=self.external_user_id,
            scopes=token_set.scopes or (),
            issued_at=token_set.issued_at,
            access_expires_at=token_set.access_expires_at,
        )
