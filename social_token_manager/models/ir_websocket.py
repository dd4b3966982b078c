from odoo import models

from .social_profile_live import MANAGERS, SUBCHANNEL


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Override of `bus`: Managers hear which profiles of their companies changed.

        A channel of a record and a name cannot be asked for by a client.
        """
        channels = super()._build_bus_channel_list(channels)
        user = self.env.user
        if user.has_group(MANAGERS):
            # Whose companies these are is decided by the user's own record.
            channels.extend(
                (company, SUBCHANNEL) for company in user.sudo().company_ids
            )
        return channels
