from odoo import fields, models

from ..models.social_access import CAN_RENEW


class SocialPeopleLine(models.TransientModel):
    """One person in *See all managers*."""

    _name = "social.people.line"
    _description = "Manager of a Social Profile"
    _order = "sequence, id"

    wizard_id = fields.Many2one(
        "social.people.wizard", required=True, readonly=True, ondelete="cascade"
    )
    sequence = fields.Integer(readonly=True)
    name = fields.Char(readonly=True)
    person_id = fields.Many2one("res.partner", readonly=True, ondelete="cascade")
    access_id = fields.Many2one("social.access", readonly=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", readonly=True, ondelete="cascade")
    role = fields.Char("Role Here", readonly=True)
    can_renew = fields.Selection(CAN_RENEW, "Can renew tokens", readonly=True)
    has_held = fields.Boolean(readonly=True)
    why = fields.Text(readonly=True)
    proven_at = fields.Datetime("Last Proven", readonly=True)
    native_tasks = fields.Char("Role at the Network", readonly=True)
    token = fields.Char(readonly=True)

    def action_ask(self):
        """Ask this person to renew, by an activity with a deadline."""
        self.ensure_one()
        profile = self.wizard_id.profile_id
        return profile._show_people("info", profile._ask_person(self.user_id))

    def action_judge(self):
        """Return the dialog in which a Manager says what he knows of this person.

        :raise AccessError: it is for Managers
        """
        self.ensure_one()
        profile = self.wizard_id.profile_id
        profile._check_may_judge()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Can %s renew?", self.name),
            "res_model": "social.judgement.wizard",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_profile_id": profile.id,
                "default_person_id": self.person_id.id,
                "default_access_id": self.access_id.id,
                "default_can_renew": self.can_renew,
            },
        }
