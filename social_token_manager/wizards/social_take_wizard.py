from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..clock import now
from ..policy import escalation as policy


class SocialTakeWizard(models.TransientModel):
    """The dialog in which somebody takes on the renewal of a profile until some day.

    It opens by its address, too, which a mail has; only its button changes anything.
    """

    _name = "social.take.wizard"
    _description = "Take On a Renewal"

    profile_id = fields.Many2one(
        "social.profile", required=True, readonly=True, ondelete="cascade"
    )
    escalation_text = fields.Text(related="profile_id.escalation_text")
    until = fields.Datetime(
        "I Take It Until",
        required=True,
        default=lambda self: now() + timedelta(days=policy.TAKEN_DAYS),
    )

    @api.constrains("profile_id")
    def _check_profile(self):
        """Refuse a profile that its maker may not see: the dialog would name it."""
        # Constraints are checked with all rights.
        self.sudo(False).profile_id.check_access("read")

    @api.model
    def default_get(self, fields):
        """Override of Odoo's: the profile is that of the page below the dialog.

        :raise AccessError: this user may not renew it
        :raise UserError: it works, or there is no profile
        """
        values = super().default_get(fields)
        if "profile_id" not in fields:
            return values
        context = self.env.context
        profile_id = values.get("profile_id") or context.get("active_id")
        profile = self.env["social.profile"].browse(profile_id).exists()
        if not profile:
            raise UserError(
                self.env._(
                    "This profile is not there any more. Nothing was changed; open "
                    "another one."
                )
            )
        profile._check_may_take()
        return {**values, "profile_id": profile.id}

    @api.model
    def _open_for(self, profile):
        """Return the action that opens the dialog for a profile."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "social_token_manager.social_take_wizard_action"
        )
        return {**action, "context": {"default_profile_id": profile.id}}

    def action_take(self):
        """Take it, and tell the others.

        :raise AccessError: this user may not renew it
        :raise UserError: it works by now, or that is not the time for it
        """
        self.ensure_one()
        sentence = self.profile_id._take(self.until)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.profile_id.name,
                "message": sentence,
                "next": self._get_way_back(),
            },
        }

    def _get_way_back(self):
        """Return the action that shows the profile, with who has it."""
        if self.env.context.get("social_keep_page"):
            # The dialog below this one lists others, too.
            return {
                "type": "ir.actions.act_window_close",
                "infos": {"taken": self.profile_id.escalation_text},
            }
        if self.env.context.get("default_profile_id"):
            return {"type": "ir.actions.client", "tag": "soft_reload"}
        # Opened by its address, the dialog has nothing below it.
        return {
            "type": "ir.actions.act_window",
            "res_model": "social.profile",
            "res_id": self.profile_id.id,
            "views": [(False, "form")],
        }
