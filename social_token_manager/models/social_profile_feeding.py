from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..clock import now
from ..exceptions import NoWorkingToken
from ..policy import gap
from ..wording import banner_text, gone_text, loss_text, send_refused_sentence


class Feed(NamedTuple):
    """Something that lives from a profile.

    :ivar str name: as people call it
    :ivar str kind: a few words for what it is, in the reader's language
    :ivar record: where it is kept in Odoo; an empty recordset or None for nowhere
    """

    name: str
    kind: str
    record: object = None


class SocialProfileFeeding(models.AbstractModel):
    """What lives from a profile, and what of it is at risk while it is gone.

    A part of ``social.profile``.
    """

    _name = "social.profile.feeding"
    _description = "What Social Profiles Feed"

    feed_ids = fields.One2many("social.profile.feed", "profile_id", "What It Feeds")
    feeds_text = fields.Char("Feeds", compute="_compute_feeds_text")
    has_messages_at_risk = fields.Boolean(
        "Messages at Risk",
        compute="_compute_has_messages_at_risk",
        search="_search_has_messages_at_risk",
    )
    outage_text = fields.Char("Outage", compute="_compute_outage_text")
    loss_at = fields.Datetime("Lost for Good From", compute="_compute_loss_at")
    loss_text = fields.Char("What Is Lost", compute="_compute_loss_text")

    # === COMPUTE METHODS === #

    @api.depends("feed_ids.name", "feed_ids.kind")
    @api.depends_context("lang", "uid")
    def _compute_feeds_text(self):
        feeds = self._get_feeds()
        for profile in self:
            profile.feeds_text = ", ".join(
                f"{feed.name} ({feed.kind})" for feed in feeds.get(profile._origin, ())
            )

    def _compute_has_messages_at_risk(self):
        at_risk = self.search(
            Domain("id", "in", self.ids) & self._get_messages_at_risk_domain()
        )
        for profile in self:
            profile.has_messages_at_risk = profile._origin in at_risk

    def _search_has_messages_at_risk(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        return self._get_messages_at_risk_domain()

    @api.depends("expires_at")
    @api.depends_context("lang", "tz")
    def _compute_outage_text(self):
        at = now()
        for profile in self:
            profile.outage_text = gone_text(self.env, profile, at)

    @api.depends(
        "access_id",
        "disconnected_at",
        "expires_at",
        "network_id.history_limit_days",
        "network_id.purge_after_days",
    )
    def _compute_loss_at(self):
        for profile in self:
            was_connected = profile.access_id or profile.disconnected_at
            profile.loss_at = gap.loss_at(
                was_connected and profile.expires_at,
                profile.network_id.history_limit_days,
                profile.network_id.purge_after_days,
            )

    @api.depends("loss_at")
    @api.depends_context("lang", "tz")
    def _compute_loss_text(self):
        at = now()
        for profile in self:
            profile.loss_text = loss_text(self.env, profile, at)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Override of Odoo's: what is sorted and added up in many rows."""
        if field_expr == "loss_at":
            return self._loss_to_sql(alias, query)
        if field_expr == "missed_messages":
            return self._missed_to_sql(alias, query)
        return super()._field_to_sql(alias, field_expr, query)

    def _end_to_sql(self, alias, query):
        """Return the moment at which a connection ends or ended, if there was one."""
        return SQL(
            "CASE WHEN COALESCE(%s::text, %s::text) IS NOT NULL THEN %s END",
            self._field_to_sql(alias, "access_id", query),
            self._field_to_sql(alias, "disconnected_at", query),
            self._field_to_sql(alias, "expires_at", query),
        )

    def _loss_to_sql(self, alias, query):
        networks = self.env["social.network"]
        return SQL(
            "(SELECT %(end)s + interval '1 day' * LEAST("
            "NULLIF(%(history)s, 0), NULLIF(%(purge)s, 0))"
            " FROM social_network AS its_network WHERE its_network.id = %(network)s)",
            end=self._end_to_sql(alias, query),
            history=networks._field_to_sql("its_network", "history_limit_days"),
            purge=networks._field_to_sql("its_network", "purge_after_days"),
            network=self._field_to_sql(alias, "network_id", query),
        )

    def _missed_to_sql(self, alias, query):
        return SQL(
            "ROUND(GREATEST(COALESCE(EXTRACT(EPOCH FROM %(now)s - %(end)s), 0), 0)"
            " / 86400 * COALESCE(%(per_day)s, 0))::integer",
            now=now(),
            end=self._end_to_sql(alias, query),
            per_day=self._field_to_sql(alias, "messages_per_day", query),
        )

    # === WHAT IT FEEDS === #

    def _get_feeds(self):
        """Hook: return what lives from these profiles, ``{profile: [Feed]}``.

        Other addons add theirs, for all profiles at once, and only what the current
        user may be told of.
        """
        found = self.env["social.profile.feed"].search([("profile_id", "in", self.ids)])
        kinds = dict(found._fields["kind"]._description_selection(self.env))
        return {
            profile: [Feed(one.name, kinds[one.kind], one.reference) for one in feeds]
            for profile, feeds in found.grouped("profile_id").items()
        }

    @api.model
    def _get_feeding_domain(self):
        """Hook: return the domain of profiles that something lives from.

        Other addons add theirs with ``|``.
        """
        return (
            Domain("network_id.carries_messages", "=", True)
            | Domain("messages_per_day", ">", 0)
            | Domain("feed_ids", "!=", False)
        )

    @api.model
    def _get_messages_at_risk_domain(self):
        was_connected = Domain("access_id", "!=", False) | Domain(
            "disconnected_at", "!=", False
        )
        return (
            Domain("status", "in", ("expired", "expiring"))
            & was_connected
            & self._get_feeding_domain()
        )

    # === GUARDS FOR OTHER ADDONS === #

    def _check_can_send(self):
        """Refuse to send through profiles whose connection does not work.

        Asks nobody: call it before people write, and again before a message is made.

        :raise NoWorkingToken: why, that nothing is lost, and what to do
        """
        self.env["social.home"]._check()
        for profile in self:
            # Who sends need not be allowed to see the profile or its token.
            code = profile.sudo()._get_token_reason()
            if code:
                raise NoWorkingToken(
                    self.env, code, send_refused_sentence(self.env, profile, code)
                )

    def _get_banner(self):
        """Return the text to show above a record that works with this profile.

        '' while the connection works. Its name is told to who may see it alone.
        """
        self.ensure_one()
        return banner_text(self.env, self, now())
