from odoo import models

from ..policy import outages as policy


class SocialProfileUptime(models.AbstractModel):
    """How long connections worked; a part of ``social.profile``."""

    _name = "social.profile.uptime"
    _description = "Uptime of Social Profiles"

    # === WRITING DOWN === #

    def _get_connection_state(self):
        """Return the :class:`policy.outages.State` of this profile."""
        return policy.State(
            bool(self.access_id),
            self.reason or None,
            self.expires_at or None,
            self.cycle,
        )

    def _get_turn(self, values, at):
        """Return what new engine's columns mean for the cycle, None for nothing."""
        before = self._get_connection_state()
        after = policy.State(
            bool(values["access_id"]),
            values["reason"] or None,
            values["expires_at"] or None,
            values.get("cycle", self.cycle),
        )
        return policy.turn_of(before, after, at)

    def _record_turns(self, turns, granted_anew):
        """Write down the turns of profiles, ``{profile: turn or None}``."""
        taken = {profile: turn for profile, turn in turns.items() if turn}
        user = self.env.user if granted_anew else None
        self.env["social.cycle"]._record(taken, user)

    def _filter_archiving(self, values):
        """Return those of these profiles that values to be written take in or out."""
        if "active" not in values:
            return self.browse()
        return self.filtered(lambda one: one.active != bool(values["active"]))

    def _note_archiving(self):
        # Who may archive is checked by then; nobody writes cycles.
        for is_active, profiles in self.sudo().grouped("active").items():
            self.env["social.cycle"].sudo()._note_archiving(profiles, is_active)

    # === COUNTING === #

    def _measure(self, domain, start, end, by=None):
        """Count what happened in a period to the profiles that this user may see.

        What was archived meanwhile counts for as long as it was not.

        :param by: a column to count apart, see :meth:`social.cycle._measure`
        """
        cycles, profiles = self._get_cycles(domain)
        return cycles._measure(profiles, start, end, by)

    def _read_spans(self, domain, start, end):
        """Return what happened in a period, see :meth:`social.cycle._read_spans`."""
        cycles, profiles = self._get_cycles(domain)
        return cycles._read_spans(profiles, start, end)

    def _get_cycles(self, domain):
        profiles = self.with_context(active_test=False)._search(domain)
        # Nobody reads cycles; which profiles count is searched with the user's rights.
        return self.env["social.cycle"].sudo(), profiles.subselect()
