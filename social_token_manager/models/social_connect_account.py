from odoo import fields, models
from odoo.exceptions import UserError

from ..engine import lock_rows, persist, see_rights
from ..keyring import SecretDamaged
from ..providers.errors import ProviderError
from ..wording import trouble_sentences
from .social_connect_link import ACTIVITY


class SocialConnectAccount(models.Model):
    """An account that somebody granted by a connect link, and that was not expected.

    Nothing is connected until somebody here accepts it. It holds no secret: the network
    is asked again then.
    """

    _name = "social.connect.account"
    _description = "Account Held for Approval"
    _order = "id"

    link_id = fields.Many2one(
        "social.connect.link",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="link_id.company_id")
    token_id = fields.Many2one(
        "social.token",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        # Which token is held is for those who may read tokens.
        groups="social_token_manager.group_manager",
    )
    network_id = fields.Many2one("social.network", required=True, readonly=True)
    external_id = fields.Char("Network ID", required=True, readonly=True)
    name = fields.Char(readonly=True)
    handle = fields.Char(readonly=True)

    def action_accept(self):
        """Connect this account: the link's profile is switched to it.

        Where another profile is that account already, that one is connected and the
        link's stays as it is.

        :raise AccessError: only Managers and Owners decide what a profile is
        :raise UserError: the network does not give it any more
        """
        self.ensure_one()
        self._check_may_accept()
        account = self.sudo()
        account.token_id.app_id._check_ready()
        listing = account._read_listing()
        persist(self.env, lambda env: self.with_env(env)._store_accepted(listing))
        self.env.invalidate_all()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _check_may_accept(self):
        self.link_id._check_may_manage()
        self.link_id.profile_id._check_may_switch()

    def _read_listing(self):
        """Return what the held grant reaches now.

        :raise UserError: it cannot be had; its sentence says what to do
        """
        try:
            return self.token_id._read_listing()
        except ProviderError as error:
            raise UserError(trouble_sentences(self.env, error)) from None
        except SecretDamaged:
            raise UserError(
                self.env._(
                    "What is held cannot be used any more. Nothing was changed: refuse "
                    "it and make a new link."
                )
            ) from None

    def _store_accepted(self, listing):
        """Connect the account, in the engine's environment.

        :raise AccessError: a right that it takes was lost meanwhile
        :raise UserError: there is nothing to connect any more
        """
        link, token = self.link_id, self.token_id
        lock_rows(link)
        # As everywhere: the tokens, all at once, then the profiles.
        held, left = link.account_ids.token_id, link.profile_id.access_ids.token_id
        lock_rows(held | left | token)
        # The network was asked meanwhile, and rights may have changed.
        see_rights(self.env)
        self.with_user(self.env.user)._check_may_accept()
        data = self._find_in(listing)
        is_open = link.wrong_at and not link.done_at and not link.revoked_at
        granted = is_open and data and self._connect(data, listing)
        if not granted:
            raise UserError(
                self.env._(
                    "This account cannot be accepted any more: somebody decided "
                    "already, or the network does not give it any longer. Nothing was "
                    "changed."
                )
            )
        token._settle()
        link._journal("link_accepted", detail=data.handle or data.name)
        # The one that was accepted is served by now, so it is not forgotten.
        link._become_done(granted)
        link.activity_unlink([ACTIVITY])

    def _connect(self, data, listing):
        """Let the held grant serve the account; return the profile that it is now.

        :param data: the :class:`ProfileData` of it
        """
        profile, token = self.link_id.profile_id, self.token_id
        Profile = self.env["social.profile"]
        known = Profile._find_listed(self.link_id.company_id, [data])
        # A page and its Messenger have one id between them.
        if profile and (data.network, data.external_id) not in known:
            profile._switch_identity(token, data)
            return profile
        return Profile._store_granted(token, [data], listing, may_create=not profile)

    def _find_in(self, listing):
        place = (self.network_id.code, self.external_id)
        return next(
            (
                data
                for data in listing
                if data.usable and (data.network, data.external_id) == place
            ),
            None,
        )
