from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def color_scheme(self):
        """Override of ``web``: the cookie that Odoo's larger edition uses, too."""
        return request.httprequest.cookies.get("color_scheme") or super().color_scheme()
