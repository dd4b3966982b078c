from odoo import models

MEMBERS = "social_token_manager.group_member"
MANAGERS = "social_token_manager.group_manager"
PENDING = "social_token_manager.changed"
SUBCHANNEL = "social_token_manager"
CHANGED = "social_token_manager/changed"
# What of a profile a screen shows and a renewal moves.
LIVE_FIELDS = ("access_id", "expires_at", "reason", "cycle")


class SocialProfileLive(models.AbstractModel):
    """Telling open screens that the state of profiles changed; part of
    ``social.profile``.

    Only ids are sent, and only to whoever may see them: Managers listen to their
    companies, Members hear of their own. A screen then reads with its own rights.
    """

    _name = "social.profile.live"
    _description = "Social Profiles on Open Screens"

    def _filter_changed(self, values):
        """Return those of these profiles that some values to be written change."""
        return self.filtered(
            lambda one: any(
                one._fields[name].convert_to_write(one[name], one) != (value or False)
                for name, value in values.items()
                if name in LIVE_FIELDS
            )
        )

    def _announce(self):
        """Tell open screens of these profiles, at the end of the transaction."""
        if not self:
            return
        pending = self.env.cr.precommit.data
        if PENDING not in pending:
            pending[PENDING] = set()
            env = self.env

            @env.cr.precommit.add
            def announce():
                changed = env.cr.precommit.data.pop(PENDING)
                env[self._name].sudo().browse(changed).exists()._send_changed()

        pending[PENDING].update(self.ids)

    def _send_changed(self):
        """Send one message a company and one a Member."""
        bus = self.env["bus.bus"]
        for company, profiles in self.grouped("company_id").items():
            bus._sendone((company, SUBCHANNEL), CHANGED, {"ids": profiles.ids})
        for user, profiles in self._get_member_profiles().items():
            user._bus_send(CHANGED, {"ids": profiles.ids})

    def _get_member_profiles(self):
        """Return ``{user: profiles}`` of those people who are no Managers."""
        staff = self.env.ref(MEMBERS).sudo().all_user_ids
        staff -= self.env.ref(MANAGERS).sudo().all_user_ids
        found = {}
        for profile in self:
            people = profile.admin_user_ids | profile.recipient_user_ids
            for user in (people | profile.user_id) & staff:
                if profile.company_id in user.company_ids:
                    found[user] = found.get(user, self.browse()) | profile
        return found
