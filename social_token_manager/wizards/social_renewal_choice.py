from odoo import api, fields, models
from odoo.exceptions import UserError


class SocialRenewalChoice(models.TransientModel):
    """The question which network's profiles are all to be renewed."""

    _name = "social.renewal.choice"
    _description = "Try Renewing All"

    network_id = fields.Many2one("social.network")
    available_network_ids = fields.Many2many(
        "social.network", compute="_compute_available_network_ids"
    )
    open_queue_id = fields.Many2one(
        "social.renewal.queue", "Not Finished", compute="_compute_open_queue_id"
    )

    @api.depends_context("uid")
    def _compute_available_network_ids(self):
        groups = self.env["social.profile"]._read_group(
            [("access_id", "!=", False)], ["network_id"]
        )
        for choice in self:
            choice.available_network_ids = [network.id for (network,) in groups]

    @api.depends_context("uid")
    def _compute_open_queue_id(self):
        for choice in self:
            choice.open_queue_id = self.env["social.renewal.queue"]._get_open()

    def action_renew_all(self):
        """Make a queue for all connected profiles of the network.

        :raise UserError: no network was chosen
        """
        self.ensure_one()
        if not self.network_id:
            raise UserError(self.env._("Choose the network whose profiles to renew."))
        return self.network_id.action_renew_all()

    def action_go_on(self):
        """Go on with the queue that is not finished."""
        self.check_access("read")
        return self.open_queue_id._get_action()
