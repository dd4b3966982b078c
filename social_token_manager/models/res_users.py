from odoo import api, fields, models
from odoo.exceptions import ValidationError

OWN_FIELDS = [
    "social_email",
    "social_mobile",
    "social_by_profile",
    "social_login_alert",
    "social_quiet_start",
    "social_quiet_end",
    "social_preference_ids",
]


class ResUsers(models.Model):
    _inherit = "res.users"

    social_email = fields.Boolean(
        "By E-mail", default=True, help="One message, however many connections."
    )
    social_mobile = fields.Boolean(
        "On My Mobile",
        default=True,
        help="Where you allowed Odoo to send notifications to a device.",
    )
    social_by_profile = fields.Boolean("Set by Profile")
    social_login_alert = fields.Boolean(
        "Show me tokens at risk every time I log in", default=True
    )
    social_quiet_start = fields.Float("Quiet From")
    social_quiet_end = fields.Float("Quiet Until")
    social_preference_ids = fields.One2many(
        "social.notice.preference", "user_id", "Settings by Profile"
    )

    @property
    def SELF_READABLE_FIELDS(self):
        """Override of Odoo's: people see their own settings."""
        return super().SELF_READABLE_FIELDS + OWN_FIELDS

    @property
    def SELF_WRITEABLE_FIELDS(self):
        """Override of Odoo's: and change them."""
        return super().SELF_WRITEABLE_FIELDS + OWN_FIELDS

    @api.constrains("social_quiet_start", "social_quiet_end")
    def _check_social_quiet(self):
        for user in self:
            if not all(
                0 <= hour <= 24
                for hour in (user.social_quiet_start, user.social_quiet_end)
            ):
                raise ValidationError(
                    self.env._(
                        "Quiet hours are hours of the day, 00:00 to 24:00. Nothing was "
                        "changed."
                    )
                )
