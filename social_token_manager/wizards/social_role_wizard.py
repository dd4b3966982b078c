from odoo import api, fields, models

from ..models.social_role import NONE, ROLES


class SocialRoleWizard(models.TransientModel):
    """The dialog in which an Owner changes somebody's role, and nothing else of him."""

    _name = "social.role.wizard"
    _description = "Change a Role"

    user_id = fields.Many2one(
        "res.users", "Person", required=True, readonly=True, ondelete="cascade"
    )
    role = fields.Selection(
        ROLES,
        "Role Here",
        compute="_compute_role",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    succession_text = fields.Text(
        related="user_id.social_succession_text", related_sudo=False
    )

    @api.constrains("user_id")
    def _check_user(self):
        # Constraints are checked with all rights.
        self.sudo(False).user_id._check_may_set_social_role()

    @api.depends("user_id")
    def _compute_role(self):
        for wizard in self:
            wizard.role = wizard.user_id.social_role or NONE

    def action_save(self):
        """Give the role, and tell it.

        :raise AccessError: who may, and whose role
        :raise UserError: why it stays as it is
        """
        self.ensure_one()
        user = self.user_id
        user._set_social_role(self.role)
        if user == self.env.user and not user.has_group(
            "social_token_manager.group_owner"
        ):
            # The list behind this dialog is not for him any more.
            return {"type": "ir.actions.act_url", "url": "/odoo", "target": "self"}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self._get_told(),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _get_told(self):
        person = self.user_id.name
        if self.role == NONE:
            return self.env._("%s has no role in Social Connections now.", person)
        labels = dict(self._fields["role"]._description_selection(self.env))
        return self.env._(
            "%(person)s is %(role)s now.", person=person, role=labels[self.role]
        )

    def action_see_profiles(self):
        """Return the list of the profiles that hang on this person alone."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "social_token_manager.social_handover_action"
        )
        return {**action, "context": {"active_id": self.user_id.id, "create": False}}
