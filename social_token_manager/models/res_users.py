from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ..wording import leaving_text

MEMBERS = "social_token_manager.group_member"
# What of a user decides whether he still looks after profiles.
LEAVING_FIELDS = {"active", "group_ids"}
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

    # One's own are read whatever the groups say; who has no role here sees none.
    social_email = fields.Boolean(
        "By E-mail",
        default=True,
        groups=MEMBERS,
        help="One message, however many connections.",
    )
    social_mobile = fields.Boolean(
        "On My Mobile",
        default=True,
        groups=MEMBERS,
        help="Where you allowed Odoo to send notifications to a device.",
    )
    social_by_profile = fields.Boolean("Set by Profile", groups=MEMBERS)
    social_login_alert = fields.Boolean(
        "Show me tokens at risk every time I log in", default=True, groups=MEMBERS
    )
    social_quiet_start = fields.Float("Quiet From", groups=MEMBERS)
    social_quiet_end = fields.Float("Quiet Until", groups=MEMBERS)
    social_preference_ids = fields.One2many(
        "social.notice.preference", "user_id", "Settings by Profile", groups=MEMBERS
    )
    social_succession_text = fields.Text(
        "Social Profiles to Hand Over",
        compute="_compute_social_succession_text",
        groups="base.group_erp_manager,social_token_manager.group_manager",
    )

    @api.depends("active", "group_ids")
    @api.depends_context("uid", "lang")
    def _compute_social_succession_text(self):
        for user in self:
            hanging = self.env["social.profile"].union(
                *self.env["social.profile"]._get_hanging_on(user._origin)
            )
            visible = hanging.with_env(self.env)._filtered_access("read")
            user.social_succession_text = leaving_text(
                self.env,
                [f"{one.network_id.name} {one.name}" for one in visible],
                len(hanging) - len(visible),
            )

    def write(self, vals):
        """Override of Odoo's: who leaves has his profiles handed over."""
        self._check_own_preferences(vals.get("social_preference_ids") or ())
        if not LEAVING_FIELDS & set(vals):
            return super().write(vals)
        staff = self._get_social_staff()
        result = super().write(vals)
        staff._hand_over_social()
        return result

    def _check_own_preferences(self, commands):
        """Refuse to touch settings of others.

        Odoo writes one's own settings as the superuser, rows that belong to somebody
        else included.

        :raise AccessError: a command is about such a row
        """
        named = self.env["social.notice.preference"]
        for number, record_id, *details in commands:
            if number == Command.SET:
                named |= named.browse(details[0])
            elif number != Command.CREATE and record_id:
                named |= named.browse(record_id)
        named = named.exists()
        if named:
            # Of none even the right to settings as such would be asked for.
            named.check_access("write")

    def _hand_over_social(self):
        """Find successors of those of these users who are no staff any more."""
        left = self - self._get_social_staff()
        if left:
            self.env["social.profile"]._find_successors_of(left)

    def unlink(self):
        """Override of Odoo's: who is deleted has left, too."""
        self.env["social.profile"]._find_successors_of(self._get_social_staff())
        return super().unlink()

    def _get_social_staff(self):
        """Return those of these users who are active and have a role here."""
        # Who may write users need not be allowed to read groups.
        group = self.env.ref(MEMBERS).sudo()
        staff = self.sudo().filtered(
            lambda one: one.active and group in one.all_group_ids
        )
        return staff.with_env(self.env)

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
