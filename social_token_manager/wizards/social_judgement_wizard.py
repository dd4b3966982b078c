from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.social_access import CAN_RENEW


class SocialJudgementWizard(models.TransientModel):
    """What a Manager knows of somebody's right at the network, and whence."""

    _name = "social.judgement.wizard"
    _description = "Set by Hand Who Can Renew"

    profile_id = fields.Many2one(
        "social.profile", required=True, readonly=True, ondelete="cascade"
    )
    person_id = fields.Many2one("res.partner", ondelete="cascade")
    access_id = fields.Many2one("social.access", ondelete="cascade")
    network_name = fields.Char("Called There", compute="_compute_network_name")
    can_renew = fields.Selection(CAN_RENEW, "Can renew tokens", required=True)
    note = fields.Char(help="How you know: shown to all who look for somebody.")

    @api.constrains("profile_id", "access_id", "person_id")
    def _check_profile(self):
        """Refuse what is about a profile or a person that its maker may not see."""
        # Constraints are checked with all rights.
        wizard = self.sudo(False)
        wizard.profile_id.check_access("read")
        wizard.access_id.check_access("read")
        wizard.person_id.check_access("read")

    @api.depends("access_id")
    def _compute_network_name(self):
        for wizard in self:
            wizard.network_name = wizard.access_id.network_user_name

    def action_save(self):
        """Store it, and show all managers again.

        :raise AccessError: it is for Managers
        :raise UserError: nobody is named
        """
        self.ensure_one()
        access = self._get_access()
        if not self.person_id and not access:
            raise UserError(
                self.env._(
                    "Nothing was stored: say whom it is about, a contact of yours."
                )
            )
        self.profile_id._judge(
            self.can_renew, self.note, person=self.person_id, access=access
        )
        return self.profile_id._show_people(
            "info", self.env._("What you know is stored.")
        )

    def _get_access(self):
        """Return what it is about, if it is of this very profile and of no contact."""
        return self.access_id.filtered(
            lambda one: one.profile_id == self.profile_id and not one.person_id
        )
