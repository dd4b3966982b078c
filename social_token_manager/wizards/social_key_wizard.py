from odoo import api, fields, models


class SocialKeyWizard(models.TransientModel):
    """The dialog that says what hangs on which key, and gives up a lost one.

    Owners need not be settings admins, whose page says the same.
    """

    _name = "social.key.wizard"
    _description = "Encryption Keys"

    source_text = fields.Text("Encryption Key", compute="_compute_texts")
    uses_text = fields.Text("Secrets by Key", compute="_compute_texts")
    loss_text = fields.Text("What Starting Anew Means", compute="_compute_texts")

    @api.depends_context("lang", "uid")
    def _compute_texts(self):
        keys = self.env["social.key"]
        for wizard in self:
            wizard.source_text = keys._get_source_text()
            wizard.uses_text = keys._get_uses_text()
            wizard.loss_text = keys._get_loss_text()

    def action_start_anew(self):
        """Give up what is gone and go on with a new key.

        :raise AccessError: the user is no Owner
        :raise UserError: nothing is gone, or there is no key to go on with
        """
        self.ensure_one()
        # A dialog is its maker's alone.
        self.check_access("write")
        self.env["social.key"]._start_anew()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "title": self.env._("Started with a new key"),
                "message": self.env._(
                    "What was lost shows within minutes. Enter the app secrets first, "
                    "then have the profiles renewed."
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
