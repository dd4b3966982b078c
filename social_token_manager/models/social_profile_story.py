from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..clock import now
from ..policy import reasons
from ..wording import cause_choices, state_text, sync_text


class SocialProfileStory(models.AbstractModel):
    """How a profile stands, in words, and where to read more; a part of
    ``social.profile``.
    """

    _name = "social.profile.story"
    _description = "Story of Social Profiles"

    cause = fields.Selection(
        selection="_get_causes",
        compute="_compute_cause",
        search="_search_cause",
        help="Why the connection does not work.",
    )
    state_text = fields.Text("How It Stands", compute="_compute_state_text")
    sync_text = fields.Char("Data", compute="_compute_sync_text")
    event_count = fields.Integer("Journal Lines", compute="_compute_event_count")
    notice_count = fields.Integer(
        "Notices",
        compute="_compute_notice_count",
        groups="social_token_manager.group_manager",
    )

    # === COMPUTE METHODS === #

    @api.model
    def _get_causes(self):
        return cause_choices(self.env)

    @api.depends("reason", "expires_at")
    def _compute_cause(self):
        at = now()
        for profile in self:
            is_over = profile.expires_at and profile.expires_at <= at
            code = profile.reason or (is_over and reasons.EXPIRED)
            profile.cause = code if code in reasons.BY_CODE else False

    def _search_cause(self, operator, value):
        """Return ranges on ``reason`` and ``expires_at``: what ran out has no code."""
        if operator != "in":
            return NotImplemented
        return Domain.OR(self._get_cause_domain(code, now()) for code in value)

    @api.model
    def _get_cause_domain(self, code, at):
        without = Domain("reason", "=", False)
        if code == reasons.EXPIRED:
            over = Domain("expires_at", "!=", False) & Domain("expires_at", "<=", at)
            return Domain("reason", "=", code) | (without & over)
        if code:
            return Domain("reason", "=", code)
        return without & (
            Domain("expires_at", "=", False) | Domain("expires_at", ">", at)
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        """Override of Odoo's: the cause from its columns and the clock."""
        if field_expr != "cause":
            return super()._field_to_sql(alias, field_expr, query)
        return SQL(
            "COALESCE(NULLIF(%(reason)s, ''),"
            " CASE WHEN %(moment)s <= %(now)s THEN %(expired)s END)",
            reason=self._field_to_sql(alias, "reason", query),
            moment=self._field_to_sql(alias, "expires_at", query),
            now=now(),
            expired=reasons.EXPIRED,
        )

    @api.depends(
        "access_id",
        "expires_at",
        "feed_ids.name",
        "last_verified_at",
        "person_id",
        "reason",
    )
    @api.depends_context("lang", "tz")
    def _compute_state_text(self):
        at = now()
        for profile in self:
            profile.state_text = state_text(self.env, profile, at)

    @api.depends("expires_at", "last_message_at", "missing_fields", "subscribed_fields")
    @api.depends_context("lang", "tz")
    def _compute_sync_text(self):
        for profile in self:
            profile.sync_text = sync_text(self.env, profile)

    def _compute_event_count(self):
        counts = self._count_of("social.event")
        for profile in self:
            profile.event_count = counts.get(profile._origin, 0)

    def _compute_notice_count(self):
        counts = self._count_of("social.notice")
        for profile in self:
            profile.notice_count = counts.get(profile._origin, 0)

    def _count_of(self, model):
        """Return ``{profile: how many records of a model are about it}``."""
        return dict(
            self.env[model]._read_group(
                [("profile_id", "in", self.ids)], ["profile_id"], ["__count"]
            )
        )

    # === ACTION METHODS === #

    def action_see_journal(self):
        """Return the journal of this profile."""
        return self._get_own_list("social_event_action")

    def action_see_notices(self):
        """Return the notices about this profile.

        :raise AccessError: this user may not see notices
        """
        self.env["social.notice"].check_access("read")
        return self._get_own_list("social_notice_action")

    def _get_own_list(self, name):
        """Return an action of ours, narrowed down to this profile.

        :raise AccessError: this user may not see it
        """
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"social_token_manager.{name}"
        )
        # Its path would lead to the whole list.
        action.pop("path", None)
        return {**action, "domain": [("profile_id", "=", self.id)], "context": {}}
