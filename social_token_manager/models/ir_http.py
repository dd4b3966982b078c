from odoo import models
from odoo.http import request

SHOWN = "social_login_alert_shown"


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Override of `web`: tell the client to warn once, after each log-in.

        Only whether, not what: this runs at every page load.
        """
        info = super().session_info()
        is_member = self.env.user.has_group("social_token_manager.group_member")
        if is_member and request and not request.session.get(SHOWN):
            request.session[SHOWN] = True
            info["social_login_alert"] = self.env.user.social_login_alert
        if is_member:
            info["social_member"] = True
            info["social_copied"] = self.env["social.home"]._get_notice()
        return info
