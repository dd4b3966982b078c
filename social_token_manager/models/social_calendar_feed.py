import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..calendars import Entry, build
from ..clock import now
from ..const import CALENDAR_PATH, RENEW_PATH
from ..hashing import digest
from ..wording import calendar_text, calendar_title

MEMBER = "social_token_manager.group_member"
# More than anybody has in view; the most urgent come first.
MOST_ENTRIES = 2000


class SocialCalendarFeed(models.Model):
    """The one address at which a user's calendar program reads what ends when.

    A calendar program cannot log in, so the address is a secret of 256 bits, and only
    its hash is stored. It shows what its user may see now: it is empty-handed as soon
    as that user is archived or has no role here any more.
    """

    _name = "social.calendar.feed"
    _description = "Calendar Feed"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="cascade"
    )
    token_hash = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    made_at = fields.Datetime("Made On", required=True, readonly=True)

    _user_unique = models.UniqueIndex("(user_id)", "A user has one calendar address.")
    _token_unique = models.UniqueIndex("(token_hash)")

    @api.model
    def _make(self):
        """Give the user a new address, the one before opens nothing any more.

        :return: the address, which is stored nowhere
        """
        user = self.env.user
        if not user.has_group(MEMBER):
            raise AccessError(
                self.env._(
                    "The calendar is for people who look after social connections. "
                    "Nothing was made."
                )
            )
        token = secrets.token_urlsafe(32)
        # Users read their feed; only these verbs write it.
        self._get_own().sudo().unlink()
        self.sudo().create(
            {"user_id": user.id, "token_hash": digest(token), "made_at": now()}
        )
        self._journal("calendar_made")
        return user.company_id.get_base_url() + CALENDAR_PATH.format(token=token)

    @api.model
    def _revoke(self):
        """Let the user's address open nothing any more."""
        own = self._get_own()
        if own:
            own.sudo().unlink()
            self._journal("calendar_revoked")

    @api.model
    def _get_own(self):
        return self.search([("user_id", "=", self.env.uid)])

    @api.model
    def _journal(self, kind):
        self.env["social.event"]._record(
            kind, self.env.user.company_id, person_id=self.env.user.partner_id.id
        )

    # === READING === #

    @api.model
    def _read_feed(self, token):
        """Return the calendar that an address opens, as bytes, or None.

        :param str token: from the address; whose it is decides what is shown
        """
        # Nobody is logged in: the token is what proves who asks.
        feed = self.sudo().search([("token_hash", "=", digest(token))])
        user = feed.user_id
        if not user.active or not user.has_group(MEMBER):
            return None
        profiles = (
            self.env["social.profile"]
            .with_user(user)
            .with_context(
                allowed_company_ids=user.company_ids.ids,
                lang=user.lang,
                tz=user.tz or "UTC",
            )
        )
        found = profiles.search(
            [("access_id", "!=", False), ("expires_at", "!=", False)],
            order="expires_at, id",
            limit=MOST_ENTRIES,
        )
        name = found.env._("Social connections")
        return build(name, [self._get_entry(profile) for profile in found])

    @api.model
    def _get_entry(self, profile):
        # Of what he sees a user may be told on which server it is.
        url = profile.company_id.sudo().get_base_url() + RENEW_PATH.format(
            profile_id=profile.id
        )
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        return Entry(
            uid=f"profile-{profile.id}-{profile.cycle}@{database}",
            title=calendar_title(profile.env, profile),
            text=calendar_text(profile.env, profile, url),
            url=url,
            at=profile.expires_at,
            changed_at=profile.write_date,
            is_alarming=not profile.reason,
        )
