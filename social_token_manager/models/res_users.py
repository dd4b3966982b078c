from odoo import api, fields, models
from odoo.exceptions import ValidationError

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
    _name = "res.users"
    _inherit = ["res.users", "social.role"]

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
        if not LEAVING_FIELDS & set(vals):
            return super().write(vals)
        staff = self._get_social_staff()
        result = super().write(vals)
        staff._hand_over_social()
        return result

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

    @api.onchange("social_by_profile")
    def _onchange_social_by_profile(self):
        """Offer a setting for each of one's own profiles; the general ones hold."""
        if self.social_by_profile:
            self.social_preference_ids = [
                fields.Command.create(
                    {
                        "profile_id": profile.id,
                        "email": self.social_email,
                        "mobile": self.social_mobile,
                    }
                )
                for profile in self._get_profiles_without_setting()
            ]

    def _get_profiles_without_setting(self):
        """Return the profiles that this user sees and has no setting for."""
        profile = self.env["social.profile"]
        if not profile.has_access("read"):
            return profile
        chosen = self.social_preference_ids.profile_id._origin
        return profile.search([("id", "not in", chosen.ids)])

    def _complete_social_preferences(self):
        """Have a setting for what came since this user chose to set by profile."""
        if self.social_by_profile:
            self.env["social.notice.preference"].create(
                [
                    {
                        "user_id": self.id,
                        "profile_id": profile.id,
                        "email": self.social_email,
                        "mobile": self.social_mobile,
                    }
                    for profile in self._get_profiles_without_setting()
                ]
            )

    @api.model
    def action_get(self):
        """Override of Odoo's: one's preferences list all of one's profiles."""
        if self.env.user.has_group(MEMBERS):
            self.env.user._complete_social_preferences()
        return super().action_get()

    @api.model
    def _open_token_expiration(self):
        """Return the action that opens one's preferences at *Token expiration*."""
        self.env.user._complete_social_preferences()
        view = self.env.ref("social_token_manager.res_users_view_form_token_expiration")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change My Preferences"),
            "res_model": "res.users",
            "res_id": self.env.uid,
            "view_mode": "form",
            "views": [(view.id, "form")],
            "target": "new",
        }

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
