from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..clock import now
from ..const import LINK_DAYS_MOST


class SocialLinkWizard(models.TransientModel):
    """The dialog that makes a connect link, and the one that shows it, once.

    The address holds the token, so it is no column: it comes with the action that
    shows it and goes when that dialog is closed.
    """

    _name = "social.link.wizard"
    _description = "Make a Connect Link"

    profile_id = fields.Many2one("social.profile", readonly=True, ondelete="cascade")
    network_id = fields.Many2one("social.network", ondelete="cascade")
    partner_id = fields.Many2one("res.partner", "Client")
    person_id = fields.Many2one("res.partner", "To", required=True)
    email = fields.Char(related="person_id.email", related_sudo=False)
    lang = fields.Selection(related="person_id.lang", related_sudo=False)
    expires_at = fields.Datetime(
        "Valid Until",
        required=True,
        default=lambda self: self._get_default_end(),
    )
    sends_mail = fields.Boolean("Send It by E-Mail", default=True)
    replaced_id = fields.Many2one(
        "social.connect.link", readonly=True, ondelete="cascade"
    )
    link_address = fields.Char("Connect Link", store=False, readonly=True)

    @api.model
    def _get_default_end(self):
        # How long a link lives is an Owner's to set and everybody's to follow.
        return now() + timedelta(days=self.env.company.sudo().social_link_days)

    @api.constrains("profile_id", "replaced_id", "person_id", "partner_id")
    def _check_named(self):
        """Refuse what its maker may not invite to or see: the dialog would name it."""
        links = self.env["social.connect.link"]
        # Constraints are checked with all rights.
        for wizard in self.sudo(False):
            links._check_may_invite(wizard.profile_id)
            wizard.replaced_id._check_may_manage()
            for name in ("person_id", "partner_id"):
                wizard[name].check_access("read")

    @api.model
    def _open_for(self, profile=None, **defaults):
        """Return the action that opens the dialog.

        :param profile: what the link is for, empty for a first connection
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Make a Connect Link"),
            "res_model": self._name,
            "view_mode": "form",
            "views": [
                (
                    self.env.ref(
                        "social_token_manager.social_link_wizard_view_form"
                    ).id,
                    "form",
                )
            ],
            "target": "new",
            "context": {
                "default_profile_id": profile.id if profile else False,
                **defaults,
            },
        }

    def action_make(self):
        """Make the link, send it if that was asked for, and show it once.

        :raise AccessError: this user may not
        :raise UserError: the day is none, or the mail cannot be sent
        """
        self.ensure_one()
        self._check_expires_at()
        if not self.profile_id and not self.network_id:
            raise UserError(self.env._("Choose the network that is to be connected."))
        if self.replaced_id:
            self.replaced_id._check_may_manage()
            # Users do not write links; who may is checked above.
            self.replaced_id.sudo().filtered("is_open")._revoke()
        link, token = self.env["social.connect.link"]._make(
            self.person_id,
            self.expires_at,
            profile=self.profile_id,
            network=self.network_id,
            partner=self.partner_id,
        )
        if self.sends_mail:
            link._send(token)
        return self._show(link, token)

    def _check_expires_at(self):
        if not now() < self.expires_at <= now() + timedelta(days=LINK_DAYS_MOST):
            raise UserError(
                self.env._(
                    "A connect link lives for %(most)s days at most, and its end is "
                    "still to come. Choose another day.",
                    most=LINK_DAYS_MOST,
                )
            )

    def _show(self, link, token):
        """Return the action that shows an address; nothing else ever does."""
        view = self.env.ref("social_token_manager.social_link_wizard_view_shown")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Your Connect Link"),
            "res_model": self._name,
            "view_mode": "form",
            "views": [(view.id, "form")],
            "target": "new",
            "context": {
                "default_person_id": self.person_id.id,
                "default_expires_at": fields.Datetime.to_string(self.expires_at),
                "default_sends_mail": self.sends_mail,
                "default_link_address": link._get_address(token),
            },
        }
