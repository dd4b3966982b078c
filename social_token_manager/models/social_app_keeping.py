from odoo import api, models
from odoo.exceptions import UserError

from ..wording import app_kept_text


class SocialAppKeeping(models.AbstractModel):
    """An app is kept while profiles live from what people granted to it.

    An archived app makes no call: its tokens would be neither checked nor renewed, and
    the profiles would look well until each of them stands still. A part of
    ``social.app``.
    """

    _name = "social.app.keeping"
    _description = "Keeping of Social Apps"

    def write(self, vals):
        """Override of Odoo's: what profiles live from is not put away."""
        if "active" in vals and not vals["active"]:
            self._check_may_archive()
        return super().write(vals)

    def _check_may_archive(self):
        """Refuse to archive what profiles live from, archived profiles too.

        :raise UserError: how many there are, and what to do
        """
        for app in self.filtered("active"):
            # Whoever archives an app need not see all of its profiles.
            profiles = app.sudo().token_ids._get_served_profiles()
            if profiles:
                raise UserError(app_kept_text(self.env, app.name, len(profiles)))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_granted(self):
        for app in self:
            if app.sudo().token_ids:
                raise UserError(
                    self.env._(
                        "People granted access to the app %(app)s, and the journal "
                        "speaks of it. Nothing was deleted: archive it instead, once "
                        "no profile lives from it any more.",
                        app=app.name,
                    )
                )
