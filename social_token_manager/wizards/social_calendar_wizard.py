from odoo import api, fields, models


class SocialCalendarWizard(models.TransientModel):
    """The dialog in which a user makes or revokes his calendar address.

    The address holds the token, so it is no column: it comes with the action that
    shows it and goes when that dialog is closed.
    """

    _name = "social.calendar.wizard"
    _description = "Calendar of Social Connections"

    made_at = fields.Datetime("Made On", compute="_compute_made_at")
    feed_address = fields.Char("Calendar Address", store=False, readonly=True)

    @api.depends_context("uid")
    def _compute_made_at(self):
        self.made_at = self.env["social.calendar.feed"]._get_own().made_at

    def action_make(self):
        """Make a new address and return the action that shows it, once.

        :raise AccessError: the user has no role here
        """
        self.check_access("read")
        address = self.env["social.calendar.feed"]._make()
        return self._open("social_calendar_wizard_view_shown", address)

    def action_revoke(self):
        """Revoke the address; return the action that opens the dialog anew."""
        self.check_access("read")
        self.env["social.calendar.feed"]._revoke()
        return self._open("social_calendar_wizard_view_form")

    def _open(self, view_name, address=False):
        view = self.env.ref(f"social_token_manager.{view_name}")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Calendar of Social Connections"),
            "res_model": self._name,
            "view_mode": "form",
            "views": [(view.id, "form")],
            "target": "new",
            "context": {"default_feed_address": address} if address else {},
        }
