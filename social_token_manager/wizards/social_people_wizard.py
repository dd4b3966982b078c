from odoo import api, fields, models

from ..providers.errors import ProviderError, RequestRefused
from ..wording import trouble_sentences


class SocialPeopleWizard(models.TransientModel):
    """See all managers: who can renew a profile, how that is known, whom to ask.

    A picture of one moment, made when it is opened.
    """

    _name = "social.people.wizard"
    _description = "Managers of a Social Profile"

    profile_id = fields.Many2one(
        "social.profile", required=True, readonly=True, ondelete="cascade"
    )
    native_role = fields.Text(related="profile_id.native_role", related_sudo=False)
    lists_people = fields.Boolean(related="profile_id.lists_people", related_sudo=False)
    may_renew = fields.Boolean(related="profile_id.may_renew", related_sudo=False)
    may_judge = fields.Boolean(compute="_compute_may_judge")
    succession = fields.Text(related="profile_id.succession", related_sudo=False)
    line_ids = fields.One2many("social.people.line", "wizard_id", "Managers")

    @api.constrains("profile_id")
    def _check_profile(self):
        """Refuse a picture of a profile that its maker may not see."""
        # Constraints are checked with all rights.
        self.sudo(False).profile_id.check_access("read")

    @api.depends_context("uid")
    def _compute_may_judge(self):
        self.may_judge = self.env.user.has_group("social_token_manager.group_manager")

    @api.depends("profile_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = wizard._get_title()

    def _get_title(self):
        return self.env._("Managers of %s", self.profile_id.name)

    @api.model
    def _open_for(self, profile):
        """Return the action that shows who can renew a profile, as known now."""
        wizard = self.create({"profile_id": profile.id})
        wizard._fill()
        return {
            "type": "ir.actions.act_window",
            "name": wizard._get_title(),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _fill(self):
        # What is shown was looked up; nobody writes such a line himself.
        self.env["social.people.line"].sudo().create(
            [
                {"wizard_id": self.id, "sequence": number, **self._get_line(manager)}
                for number, manager in enumerate(self.profile_id._get_managers())
            ]
        )

    def _get_line(self, manager):
        access = manager.access.with_env(self.env(su=True))
        return {
            "person_id": manager.person.id,
            "access_id": access.id,
            "user_id": manager.user.id,
            "name": manager.person.name or access._get_person_name() or "?",
            "role": manager.role,
            "can_renew": access.can_renew or "unknown",
            "has_held": any(manager.accesses.mapped("has_held")),
            "why": access.proof_text
            or self.env._("Nothing is known of a role at the network."),
            "proven_at": access.proven_at,
            "native_tasks": access.native_tasks,
            "token": self._get_token_text(manager.accesses),
        }

    def _get_token_text(self, accesses):
        """Return what somebody's token is to this profile, in a word or two."""
        labels = dict(accesses._fields["standing"]._description_selection(self.env))
        order = ["in_use", "reserve", "broken", "before"]
        standings = set(accesses.with_env(self.env(su=True)).mapped("standing"))
        found = [code for code in order if code in standings]
        return labels[found[0]] if found else False

    def action_ask_network(self):
        """Ask the network who holds a role, store it, and show the result.

        :raise AccessError: this user may not renew the profile
        """
        self.ensure_one()
        outcome = self.profile_id._ask_people()
        return self.profile_id._show_people(*self._get_told(outcome))

    def _get_told(self, outcome):
        """Return ``(type, message)`` of what asking the network came to."""
        if outcome is None:
            return "warning", self.env._(
                "No token works that the network could be asked with. Nothing was "
                "changed; renew the profile first."
            )
        if isinstance(outcome, ProviderError):
            return "warning", self.env._(
                "The network did not name anybody: %(trouble)s",
                trouble=self._get_trouble(outcome),
            )
        if len(outcome) == 1:
            return "info", self.env._("The network named 1 person.")
        return "info", self.env._(
            "The network named %(count)s people.", count=len(outcome)
        )

    def _get_trouble(self, error):
        if isinstance(error, RequestRefused):
            return self.env._(
                "only somebody with full control there may ask. Nothing was changed."
            )
        return trouble_sentences(self.env, error)
