from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..engine import lock_rows

# What a token was granted for; it does not change while there is one.
IDENTITY_FIELDS = {"network_id", "external_id", "company_id"}


class SocialProfileIdentity(models.AbstractModel):
    """Which account at the network a profile is; a part of ``social.profile``."""

    _name = "social.profile.identity"
    _description = "Identity of Social Profiles"

    def write(self, vals):
        """Override of Odoo's: a connected profile stays what it is connected to."""
        self._check_identity_kept(vals)
        return super().write(vals)

    def _check_identity_kept(self, vals):
        """Refuse to let a token come to serve another page, network or company.

        :raise UserError: one of these profiles is connected
        """
        for name in IDENTITY_FIELDS & set(vals):
            field = self._fields[name]
            for profile in self.sudo().filtered("access_ids.token_id"):
                if field.convert_to_write(profile[name], profile) != vals[name]:
                    raise UserError(
                        self.env._(
                            "%(profile)s is connected, so its network, network ID and "
                            "company stay. Create another profile for the other one.",
                            profile=profile.name,
                        )
                    )

    # === SWITCHING === #

    def _may_switch(self):
        """Whether this user may say which account a profile is."""
        return self.env.user.has_group("social_token_manager.group_manager")

    def _check_may_switch(self):
        """Refuse whoever may not say which account these profiles, or new ones, are.

        :raise AccessError: who may
        """
        if self:
            self._check_may_renew()
        if not self._may_switch():
            raise AccessError(
                self.env._(
                    "Which account a profile is connected to is for Managers and "
                    "Owners of Social Connections to decide. Nothing was changed; ask "
                    "one of them."
                )
            )

    def _switch_identity(self, token, data):
        """Let this profile be another account from now on, because a person said so.

        The record stays, with its client, people, settings and history; nothing that
        opens the account before is kept. To be called in the engine's environment.

        :param token: the ``social.token`` that reaches the other account
        :param data: the :class:`ProfileData` of it
        :raise UserError: the other account is a profile of its own
        """
        self.ensure_one()
        lock_rows(self.access_ids.token_id | token)
        lock_rows(self)
        self._check_free(data)
        before = self.external_id
        left = self.access_ids.token_id
        self.access_ids.unlink()
        (left - token)._forget_unused()
        self.write({"external_id": data.external_id, "image": False})
        self._link_access(token, data)
        token._update_expires_at()
        self._update_state(granted_anew=True)
        self._look_after()
        self._run_hook("_on_token_renewed")
        self.env["social.event"]._record(
            "replaced",
            self,
            token_id=token.id,
            detail=f"{before} → {data.external_id}",
        )

    @api.model
    def _check_free(self, data):
        known = self._find_listed(self.company_id, [data])
        if (data.network, data.external_id) in known:
            raise UserError(
                self.env._(
                    "%(name)s is a profile of its own already, perhaps in the archive, "
                    "so it cannot take the place of %(profile)s. Nothing was changed.",
                    name=data.name or data.external_id,
                    profile=self.name,
                )
            )
