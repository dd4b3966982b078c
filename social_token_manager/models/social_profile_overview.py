from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..clock import now
from ..policy import outages
from ..policy.status import WARNING
from .social_profile_risk import MANAGERS

NEEDY_LINES = 8
RENEWED_LINES = 5
COMPARED_LINES, MOST_COMPARED = 5, 200
# What is compared -> whose name its lines have.
COMPARED = {"network_id": "social.network", "partner_id": "res.partner"}
WEEK = timedelta(days=7)
# A grant's own token set is stored with it, a moment earlier or later.
A_MOMENT = timedelta(minutes=1)
COUNTS = ("expired", "expiring", "valid", "no_expiry", "not_connected")


class SocialProfileOverview(models.AbstractModel):
    """What the Overview shows; a part of ``social.profile``.

    All of it is what this user may see, and none of it takes more statements the more
    profiles there are.
    """

    _name = "social.profile.overview"
    _description = "Overview of Social Profiles"

    @api.model
    @api.readonly
    def get_overview(self):
        """Return all that the Overview shows, worst first.

        :return: ``{profile_count, is_manager, needy: {count, profiles}, networks,
            renewed: {count, profiles}, health, metrics, metrics_days, by_network,
            by_client}``; health is None where nothing is connected; the last two as
            from :meth:`get_compared`
        """
        at = now()
        networks = self._get_network_cards(at)
        by_network = self._measure([], at - outages.RECENTLY, at, by="network_id")
        by_client = self._measure([], at - outages.RECENTLY, at, by="partner_id")
        return {
            "profile_count": sum(sum(one["counts"].values()) for one in networks),
            "is_manager": self.env.user.has_group(MANAGERS),
            "needy": self._get_needy(networks),
            "networks": networks,
            "renewed": self._get_renewed(at),
            "health": self._get_health_of_many([]),
            "metrics": outages.total_of(by_network.values()).as_values(),
            "metrics_days": outages.RECENTLY.days,
            "by_network": self._compare(by_network, "network_id", COMPARED_LINES),
            "by_client": self._compare(by_client, "partner_id", COMPARED_LINES),
        }

    @api.model
    @api.readonly
    def get_compared(self, is_by_client=False):
        """Return what happened lately to each network, or client, the worst first.

        :return: ``{count, rows: [{id, name, outages, down_hours, in_time_rate,
            hours_to_renew}]}``; id is False for what has no client, and there are no
            rows where nothing has one
        """
        by = "partner_id" if is_by_client else "network_id"
        at = now()
        measured = self._measure([], at - outages.RECENTLY, at, by=by)
        return self._compare(measured, by, MOST_COMPARED)

    @api.model
    def _compare(self, measured, by, limit):
        if not any(measured):
            return {"count": 0, "rows": []}
        worst = sorted(
            measured,
            key=lambda one: (*outages.badness_of(measured[one]), -(one or 0)),
            reverse=True,
        )[:limit]
        # Who may see a profile is shown its client's name on it, too.
        records = self.env[COMPARED[by]].sudo().browse(one for one in worst if one)
        names = {record.id: record.display_name for record in records}
        return {
            "count": len(measured),
            "rows": [
                self._get_compared_row(one, names.get(one, ""), measured[one])
                for one in worst
            ],
        }

    @api.model
    def _get_compared_row(self, group_id, name, metrics):
        values = metrics.as_values()
        shown = ("outages", "down_hours", "in_time_rate", "hours_to_renew")
        return {
            "id": group_id or False,
            "name": name,
            **{key: values[key] for key in shown},
        }

    @api.model
    def _get_needy(self, networks):
        """Return what a person has to look after now, worst first."""
        counts = [one["counts"] for one in networks]
        count = sum(one["expired"] + one["expiring"] for one in counts)
        found = self.search(self._get_risk_domain(), limit=NEEDY_LINES)
        return {
            "count": count,
            "profiles": [one._get_needy_line() for one in found],
        }

    def _get_needy_line(self):
        return {
            **self._get_risk_line(),
            "expires_at": fields.Datetime.to_string(self.expires_at),
            "is_broken": bool(self.reason),
            "may_renew": self.may_renew,
            "taken": self._get_taken_text(),
        }

    @api.model
    def _get_network_cards(self, at):
        """Return ``[{id, name, icon, counts, next_at, may_renew}]``, worst first."""
        counted = self._count_by_network(at)
        networks = self.env["social.network"].browse(counted).sorted()
        cards = [
            {
                "id": network.id,
                "name": network.name,
                "icon": network.icon or "",
                **counted[network.id],
            }
            for network in networks
        ]
        return sorted(
            cards,
            key=lambda one: (-one["counts"]["expired"], -one["counts"]["expiring"]),
        )

    @api.model
    def _count_by_network(self, at):
        """Return ``{network id: {counts, next_at, may_renew}}`` by one statement."""
        self.env["social.profile"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT network_id,
                       count(*) FILTER (WHERE is_on AND expires_at <= %(now)s),
                       count(*) FILTER (WHERE is_on AND expires_at > %(now)s
                                          AND expires_at <= %(soon)s),
                       count(*) FILTER (WHERE is_on AND expires_at > %(soon)s),
                       count(*) FILTER (WHERE is_on AND expires_at IS NULL),
                       count(*) FILTER (WHERE NOT is_on),
                       min(expires_at) FILTER (WHERE is_on AND expires_at > %(now)s),
                       bool_or(is_on AND (%(is_manager)s OR is_admin))
                  FROM (
                    SELECT profile.network_id, profile.expires_at,
                           profile.access_id IS NOT NULL AS is_on,
                           company.social_strict_renewal IS NOT TRUE AND EXISTS (
                               SELECT FROM social_profile_admin_rel rel
                                WHERE rel.social_profile_id = profile.id
                                  AND rel.res_users_id = %(uid)s) AS is_admin
                      FROM social_profile profile
                      JOIN res_company company ON company.id = profile.company_id
                     WHERE profile.id IN (%(profiles)s)) seen
              GROUP BY network_id
                """,
                now=at,
                soon=at + WARNING,
                is_manager=self.env.user.has_group(MANAGERS),
                uid=self.env.uid,
                profiles=self._search([]).subselect(),
            )
        )
        return {
            network_id: {
                "counts": dict(zip(COUNTS, counts, strict=True)),
                "next_at": next_at and fields.Datetime.to_string(next_at),
                "may_renew": may_renew,
            }
            for network_id, *counts, next_at, may_renew in rows
        }

    @api.model
    def _get_renewed(self, at):
        """Return what renewed itself within a week, the latest first."""
        self.env["social.token"].flush_model(["last_refreshed_at", "granted_at"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT profile.id, token.last_refreshed_at, count(*) OVER ()
                  FROM social_profile profile
                  JOIN social_access access ON access.id = profile.access_id
                  JOIN social_token token ON token.id = access.token_id
                 WHERE profile.id IN (%(profiles)s) AND profile.reason IS NULL
                   AND token.last_refreshed_at > %(since)s
                   AND token.last_refreshed_at > token.granted_at + %(moment)s
              ORDER BY token.last_refreshed_at DESC, profile.id LIMIT %(limit)s
                """,
                profiles=self._search([]).subselect(),
                since=at - WEEK,
                moment=A_MOMENT,
                limit=RENEWED_LINES,
            )
        )
        profiles = self.browse(profile_id for profile_id, *_rest in rows)
        return {
            "count": rows[0][2] if rows else 0,
            "profiles": [
                {
                    "id": profile.id,
                    "name": profile.name,
                    "network": profile.network_id.name,
                    "icon": profile.network_icon or "",
                    "at": fields.Datetime.to_string(refreshed_at),
                }
                for profile, (_id, refreshed_at, _count) in zip(
                    profiles, rows, strict=True
                )
            ],
        }
