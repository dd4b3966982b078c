from odoo import api, fields, models


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
    email = fields.Boolean("By E-mail", default=True)
    mobile = fields.Boolean("On My Mobile", default=True)

    _once = models.UniqueIndex(
        "(user_id, profile_id)", "There is one setting for each of your profiles."
    )

    @api.constrains("user_id", "profile_id")
    def _check_profile(self):
        """Tell nobody about a profile that is not for him to see."""
        # Constraints are checked with all rights.
        preferences = self.sudo(False)
        preferences.check_access("write")
        preferences.profile_id.check_access("read")
