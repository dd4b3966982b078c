from odoo import api, fields, models


class SocialRenewalGuard(models.AbstractModel):
    """What has to stay ticked at the network, and what was left out there.

    Facebook takes a page that is left unticked for withdrawn, whoever connected it. So
    all that live from one permission are named before the person leaves, and what was
    lost is named by client before anything else is done. A page is named to who granted
    it, but its client only to who sees the profile. A part of
    ``social.renewal.wizard``.
    """

    _name = "social.renewal.guard"
    _description = "Guard against Lost Profiles"

    profile_id = fields.Many2one(
        "social.profile", required=True, readonly=True, ondelete="cascade"
    )
    line_ids = fields.One2many("social.renewal.line", "wizard_id", "Accounts")
    profile_ids = fields.Many2many(
        "social.profile", string="Must Stay Ticked", compute="_compute_guard"
    )
    guard_text = fields.Char(compute="_compute_guard")
    hidden_text = fields.Text(compute="_compute_guard")
    has_missing = fields.Boolean(compute="_compute_lost_text")
    has_lacking = fields.Boolean(compute="_compute_lost_text")
    lost_text = fields.Text(compute="_compute_lost_text")

    @api.depends("profile_id")
    @api.depends_context("lang", "uid")
    def _compute_guard(self):
        for wizard in self:
            profile = wizard.profile_id
            seen = profile._get_companions()
            hidden = profile.sudo()._get_companions() - seen
            wizard.profile_ids = seen.sorted(_by_client)
            wizard.guard_text = wizard._get_guard_text(len(seen) + len(hidden))
            wizard.hidden_text = wizard._get_hidden_text(hidden)

    def _get_guard_text(self, count):
        if count == 1:
            return self.env._(
                "Nothing else lives from this permission. At Facebook, leave all that "
                "is ticked there as it is."
            )
        return self.env._(
            "These %(count)s profiles live from the same permission. At Facebook, all "
            "of them must stay ticked, or they stop working.",
            count=count,
        )

    def _get_hidden_text(self, hidden):
        """Return what is said of profiles that this user may not see.

        :param hidden: these profiles, as the superuser
        """
        if not hidden:
            return False
        token = self.profile_id.sudo().token_id
        if token.person_id == self.env.user.partner_id:
            # Whoever granted has seen these names at the network.
            return self.env._(
                "Among them, of clients that you do not see here:\n%(names)s",
                names=_names(hidden),
            )
        return self.env._(
            "%(count)s of them belong to clients that you do not see here. Leave what "
            "you do not know ticked as well.",
            count=len(hidden),
        )

    @api.depends("line_ids.kind")
    @api.depends_context("lang", "uid")
    def _compute_lost_text(self):
        for wizard in self:
            # Whoever was just at the network has seen these names there.
            lost = wizard.sudo().line_ids.filtered(lambda one: one.kind == "missing")
            wizard.has_missing = bool(lost)
            wizard.has_lacking = "lacking" in wizard.line_ids.mapped("kind")
            wizard.lost_text = bool(lost) and wizard._get_lost_text(lost.profile_id)

    def _get_lost_text(self, left_out):
        """Return what stopped working, and what goes on by a backup token."""
        lost = left_out.filtered("reason")
        kept = left_out - lost
        sentences = [
            lost
            and self.env._(
                "%(count)s connected profiles were not ticked at Facebook and do not "
                "work any more:\n%(names)s",
                count=len(lost),
                names=self._get_names(lost),
            ),
            kept
            and self.env._(
                "%(count)s connected profiles were not ticked at Facebook and go on by "
                "what others granted:\n%(names)s",
                count=len(kept),
                names=self._get_names(kept),
            ),
        ]
        return "\n".join(sentence for sentence in sentences if sentence)

    def _get_names(self, profiles):
        """Return the names of profiles, a line for each client that this user sees.

        :param profiles: as the superuser; those that he does not see come last
        """
        seen = profiles & profiles.with_env(self.env)._filtered_access("read")
        lines = [
            f"{client.name or '–'}: {_names(of_client)}"
            for client, of_client in seen.sorted(_by_client)
            .grouped("partner_id")
            .items()
        ]
        return "\n".join([*lines, *filter(None, [_names(profiles - seen)])])


def _by_client(profile):
    return (profile.partner_id.name or "", profile.network_id.sequence, profile.name)


def _names(profiles):
    """Return the names of profiles in a line that tells of no client."""
    ordered = profiles.sorted(lambda one: (one.network_id.sequence, one.name))
    return ", ".join(f"{one.network_id.name} {one.name}" for one in ordered)
