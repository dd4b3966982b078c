import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.base.models.res_partner import _tz_get

from .. import help_wording
from ..clock import now
from ..policy import support

OWNER = "social_token_manager.group_owner"
WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class SocialCompanySupport(models.AbstractModel):
    """Where people of a company ask people, and when somebody is there.

    A part of ``res.company``.
    """

    _name = "social.company.support"
    _description = "Support of a Company"

    social_support_url = fields.Char(
        "Support Chat", groups=OWNER, help="The address of a chat or a page."
    )
    social_support_email = fields.Char("Support E-mail", groups=OWNER)
    social_support_phone = fields.Char("Support Phone", groups=OWNER)
    social_support_first_day = fields.Selection(
        WEEKDAYS, "Support From", default="0", required=True, groups=OWNER
    )
    social_support_last_day = fields.Selection(
        WEEKDAYS, "Support Until", default="4", required=True, groups=OWNER
    )
    social_support_start = fields.Float("Support Opens", default=8.5, groups=OWNER)
    social_support_end = fields.Float("Support Closes", default=18.0, groups=OWNER)
    social_support_tz = fields.Selection(
        _tz_get,
        "Support Time Zone",
        default="America/Sao_Paulo",
        required=True,
        groups=OWNER,
    )

    @api.constrains("social_support_url")
    def _check_social_support_url(self):
        # A constraint is checked whoever writes.
        for company in self.sudo():
            address = company.social_support_url or ""
            if address and not address.startswith(("https://", "http://")):
                raise ValidationError(
                    self.env._(
                        "Write the whole address of the support chat, beginning with "
                        "https://. Nothing was changed."
                    )
                )

    @api.constrains("social_support_start", "social_support_end")
    def _check_social_support_hours(self):
        for company in self.sudo():
            start, end = company.social_support_start, company.social_support_end
            if not (0 <= start < 24 and 0 <= end <= 24):
                raise ValidationError(
                    self.env._(
                        "Hours of the support are between 00:00 and 24:00. Nothing was "
                        "changed."
                    )
                )

    def _get_support(self):
        """Return where to ask and when, in the reader's language and time zone.

        :return: ``{company, channels, hours, own_hours, is_open, state}``
        """
        self.ensure_one()
        # The settings are for Owners; what they say is for everybody with a role.
        company = self.sudo()
        hours = company._get_support_hours()
        reader = pytz.timezone(self.env.user.tz or "UTC")
        return {
            "company": company.name,
            "channels": company._get_support_channels(),
            **help_wording.support_hours(self.env, hours, reader, now()),
        }

    def _get_support_hours(self):
        return support.Hours(
            int(self.social_support_first_day),
            int(self.social_support_last_day),
            self.social_support_start,
            self.social_support_end,
            pytz.timezone(self.social_support_tz),
        )

    def _get_support_channels(self):
        """Return ``[{kind, text, url}]``: what Owners named, else the company's own."""
        email, phone = self.social_support_email, self.social_support_phone
        if not (self.social_support_url or email or phone):
            email, phone = self.email, self.phone
        channels = []
        if self.social_support_url:
            text = self.env._("Chat with support")
            channels.append(("chat", text, self.social_support_url))
        if email:
            channels.append(("email", email, f"mailto:{email}"))
        if phone:
            number = "".join(one for one in phone if one.isdigit() or one == "+")
            channels.append(("phone", phone, f"tel:{number}"))
        return [
            {"kind": kind, "text": text, "url": url} for kind, text, url in channels
        ]
