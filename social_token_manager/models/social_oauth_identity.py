from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import lock_rows, persist, see_rights
from ..keyring import SecretDamaged
from ..providers.base import OTHER_ACCOUNT
from ..providers.errors import ProviderError
from ..wording import trouble_sentences


class SocialOauthIdentity(models.AbstractModel):
    """A renewal that came back from another account; it never overwrites.

    Whoever was logged in at the network as somebody else is told both names, and tries
    again with the right account or says that the other one takes its place. A part of
    ``social.oauth.request``.
    """

    _name = "social.oauth.identity"
    _description = "Identity in Connection Attempts"

    # Whose it is is for Managers to see, and which one for the engine alone.
    token_id = fields.Many2one(
        "social.token", readonly=True, groups=fields.NO_ACCESS, copy=False
    )
    offered = fields.Json("Offered Lines", readonly=True)
    expected_text = fields.Char("Expected", compute="_compute_identity_texts")
    given_text = fields.Char("Given", compute="_compute_identity_texts")
    may_switch = fields.Boolean(compute="_compute_identity_texts")

    @api.depends("result", "offered", "profile_ids")
    @api.depends_context("uid")
    def _compute_identity_texts(self):
        for oauth_request in self:
            is_other = oauth_request.result == OTHER_ACCOUNT
            profile = oauth_request.profile_ids[:1]
            oauth_request.expected_text = is_other and _called(
                profile.name, profile.handle
            )
            oauth_request.given_text = is_other and ", ".join(
                _called(line["name"], line["handle"])
                for line in oauth_request._get_given()
            )
            oauth_request.may_switch = (
                is_other
                and bool(oauth_request._get_other())
                and profile.may_renew
                and profile._may_switch()
            )

    def _get_asked_profiles(self):
        """Return all profiles that are to be renewed, with this user's rights.

        Read by the user himself, those that he may not see any more would be missing,
        and a check of the rest would pass.
        """
        return self.sudo().profile_ids.with_env(self.env)

    def _get_given(self):
        """Return what came back instead: of the same network, where there is any."""
        given = [
            {"network": one.network_id.code, "name": one.name, "handle": one.handle}
            for one in self.granted_profile_ids
        ] + list(self.offered or [])
        code = self.profile_ids[:1].network_code
        return [line for line in given if line["network"] == code] or given

    def _get_other(self):
        """Return the one line that could take the profile's place, None without one."""
        code = self.profile_ids[:1].network_code
        others = [line for line in self.offered or [] if line["network"] == code]
        return others[0] if len(others) == 1 and len(self.profile_ids) == 1 else None

    # === ACTION METHODS === #

    def action_switch(self):
        """Let the account that came back take the place of the profile's own.

        :raise AccessError: only Managers and Owners decide what a profile is
        :raise UserError: it cannot be done; nothing was changed
        """
        self.ensure_one()
        self.check_access("read")
        self._get_asked_profiles()._check_may_switch()
        self.env["social.home"]._check()
        if not self.may_switch:
            raise UserError(self._get_decided_text())
        # The engine reads tokens that this user may not.
        oauth_request = self.sudo()
        data = oauth_request._read_other()
        persist(self.env, lambda env: oauth_request.with_env(env)._store_switch(data))
        self.env.invalidate_all()
        return False

    def _get_decided_text(self):
        return self.env._(
            "There is nothing to decide here any more. Nothing was changed; "
            "see the list of profiles."
        )

    def _read_other(self):
        """Return the :class:`ProfileData` of the other account, asked for anew."""
        place = self._get_other()
        try:
            listing = self.token_id._read_listing()
        except ProviderError as error:
            raise UserError(trouble_sentences(self.env, error)) from None
        except SecretDamaged:
            listing = ()
        for data in listing:
            if (data.network, data.external_id) == (
                place["network"],
                place["external_id"],
            ) and data.usable:
                return data
        raise UserError(
            self.env._(
                "The other account is not offered any more. Nothing was changed; try "
                "again from the list of profiles."
            )
        )

    # === STORING === #

    def _is_other_account(self, granted, offered, missing):
        """Whether a renewal came back with something, but not with what it was for.

        :param granted: profiles, :param offered: :class:`ProfileData` objects
        :param missing: profiles that this very person left unticked
        """
        return bool(
            self.profile_ids
            and not self.wizard_id
            and not self.profile_ids & (granted | missing)
            and (granted or any(data.usable for data in offered))
        )

    def _note_offered(self, token, offered):
        """Remember what came back instead; none of it is a secret."""
        self.write(
            {
                "token_id": token.id,
                "offered": [
                    {
                        "network": data.network,
                        "external_id": data.external_id,
                        "name": data.name,
                        "handle": data.handle,
                    }
                    for data in offered
                    if data.usable
                ],
            }
        )

    def _store_switch(self, data):
        """Let the other account take the profile's place, in the engine's environment.

        :raise AccessError: a right that it takes was lost meanwhile
        :raise UserError: somebody has decided otherwise meanwhile
        """
        # The network was asked meanwhile, and rights may have changed.
        see_rights(self.env)
        lock_rows(self.profile_ids.access_ids.token_id | self.token_id)
        if self.result != OTHER_ACCOUNT or self.token_id.reason:
            raise UserError(self._get_decided_text())
        self._get_asked_profiles().with_user(self.env.user)._check_may_switch()
        profile = self.profile_ids
        profile._switch_identity(self.token_id, data)
        self._write_result("connected", profile)

    def _forget_other(self):
        """Give up what somebody granted by mistake and nothing lives from."""
        persist(self.env, lambda env: self.with_env(env).token_id._forget_unused())


def _called(name, handle):
    """Return a name with its handle, which tells accounts of one name apart."""
    handle = (handle or "").removeprefix("@")
    return f"{name} (@{handle})" if handle and "/" not in handle else name
