from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError


class SocialNoticePreference(models.Model):
    """On which channels a user is told about one profile.

    It counts for who switched *Set by Profile* on; without a row the user's general
    settings do. In Odoo itself everybody is told.
    """

    _name = "social.notice.preference"
    _description = "Settings of Notices by Profile"
    _order = "profile_id, id"
    _rec_name = "profile_id"

    user_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.uid,
    )
    profile_id = fields.Many2one(
        "social.profile", required=True, index=True, ondelete="cascade"
    )
    profile_name = fields.Char(compute="_compute_profile_name")
    email = fields.Boolean("By E-mail", default=True)
    mobile = fields.Boolean("On My Mobile", default=True)

    _once = models.UniqueIndex(
        "(user_id, profile_id)", "There is one setting for each of your profiles."
    )

    @api.depends("profile_id")
    @api.depends_context("uid", "lang")
    def _compute_profile_name(self):
        """Name the profile to whoever may still see it; a setting outlives a role."""
        for preference in self:
            # Values of a form that is not saved yet have a profile with a new id.
            profile = preference.profile_id._origin.sudo(False)
            visible = profile._filtered_access("read")
            preference.profile_name = (
                self.env._(
                    "%(network)s: %(name)s",
                    network=visible.network_id.name,
                    name=visible.name,
                )
                if visible
                else self.env._("A profile that you no longer see")
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Override of Odoo's: settings are personal."""
        preferences = super().create(vals_list)
        preferences._check_personal()
        return preferences

    def write(self, vals):
        """Override of Odoo's: settings are personal."""
        self._check_personal()
        result = super().write(vals)
        self._check_personal()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_of_others(self):
        self._check_personal()

    def _check_personal(self):
        """Refuse to touch somebody else's settings.

        Odoo writes one's own preferences as the superuser, lines of a list included,
        so that record rules do not see whose lines these are.

        :raise AccessError: some are not this user's
        """
        if self.env.uid != SUPERUSER_ID and self.user_id - self.env.user:
            raise AccessError(
                self.env._(
                    "Settings of notices are personal. Nothing was changed; ask that "
                    "person to change them under My Preferences."
                )
            )

    @api.constrains("profile_id")
    def _check_profile(self):
        """Tell nobody about a profile that is not for him to see."""
        self.profile_id.sudo(False).check_access("read")
