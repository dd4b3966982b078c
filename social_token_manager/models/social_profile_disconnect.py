from dataclasses import dataclass, field

from odoo import fields, models
from odoo.exceptions import UserError

from ..clock import now
from ..engine import lock_rows, persist
from ..policy import reasons
from ..providers import get_provider
from ..wording import disconnected_text


@dataclass(frozen=True)
class Ending:
    """What disconnecting comes to for one token.

    :ivar others: the profiles that live from the same grant
    :ivar is_ended: whether the grant is withdrawn at the network, not only forgotten
    """

    token: object
    others: object
    is_ended: bool


@dataclass
class Disconnection:
    """What came of disconnecting: the texts of ``wording`` are made from it."""

    withdrawals: list = field(default_factory=list)
    withdrawn: bool = False
    failed: bool = False
    by_hand: bool = False
    is_shared: bool = False


class SocialProfileDisconnect(models.AbstractModel):
    """Disconnecting: nothing of the access stays here, nor, where it may go, there.

    A part of ``social.profile``.
    """

    _name = "social.profile.disconnect"
    _description = "Disconnecting of Social Profiles"

    disconnected_at = fields.Datetime(readonly=True, copy=False)

    def action_disconnect(self):
        """Return the dialog that names what disconnecting this profile ends.

        :raise AccessError: this user may not renew it, so not end it either
        :raise UserError: it is not connected
        """
        self.ensure_one()
        self._check_may_disconnect()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Disconnect %s", self.name),
            "res_model": "social.disconnect.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_profile_id": self.id},
        }

    def _check_may_disconnect(self):
        self._check_may_renew()
        self.env["social.home"]._check()
        if not self.sudo().access_ids.token_id:
            raise UserError(
                self.env._(
                    "%(profile)s is not connected, so there is nothing to end. To take "
                    "it off the list, archive it.",
                    profile=self.name,
                )
            )

    def _get_endings(self, with_others=False):
        """Return the :class:`Ending` of each token that reaches this profile.

        While other profiles live from a grant it is only forgotten here.

        :param bool with_others: end it at the network all the same
        """
        self.ensure_one()
        endings = []
        for token in self.sudo().access_ids.token_id:
            others = token._get_whole_grant()._get_served_profiles() - self
            endings.append(Ending(token, others, with_others or not others))
        return endings

    def _disconnect(self, with_others=False):
        """Forget how this profile is reached, then withdraw the grants at the network.

        The loss is committed before anything is sent: whatever the network answers,
        nothing of it is used any more, and a refresh under way is not stored.

        :param bool with_others: also end what other profiles live from
        :return: what came of it, a sentence or more
        """
        self.ensure_one()
        self._check_may_disconnect()
        done = persist(
            self.env, lambda env: self.with_env(env)._forget_accesses(with_others)
        )
        # No transaction of ours is open while the network is asked; this one has read.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        self.env.invalidate_all()
        tokens = self.env["social.token"].sudo()
        for withdrawal in done.withdrawals:
            confirmed = tokens._withdraw(withdrawal)
            done.withdrawn |= confirmed
            done.failed |= not confirmed
        return disconnected_text(self.env, done, self._get_removal_url())

    def _forget_accesses(self, with_others):
        """Forget in the engine's environment; return the :class:`Disconnection`."""
        lock_rows(self.access_ids.token_id)
        lock_rows(self)
        endings = self._get_endings(with_others)
        done = Disconnection()
        ended = self.env["social.token"]
        for ending in endings:
            withdrawal = ending.token._prepare_withdrawal() if ending.is_ended else None
            done.withdrawals += [withdrawal] if withdrawal else []
            done.by_hand |= ending.is_ended and not withdrawal
            done.is_shared |= not ending.is_ended
            ended |= ending.token._get_whole_grant() if withdrawal else ended
        touched = self.access_ids.token_id | ended
        self.access_ids.filtered("token_id")._retire()
        ended._forget(reasons.REVOKED)
        (touched - ended)._forget_unused()
        self.disconnected_at = now()
        self._update_state()
        self.env["social.event"]._record("disconnected", self)
        self.env["social.notice"]._cancel_pending(self)
        self._run_hook("_on_token_lost")
        touched._settle()
        return done

    def _get_removal_url(self):
        return get_provider(self._get_app().sudo().provider).removal_url

    def _get_created_at(self):
        """Return since when nobody has connected this profile."""
        # Odoo's searches know whole seconds, the database's clock does not.
        created_at = (self.create_date or now()).replace(microsecond=0)
        return self.disconnected_at or created_at
