import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ..policy import health, notices
from ..wording import client_status_text, health_of_client_text

MEMBERS = "social_token_manager.group_member"


class ResPartner(models.Model):
    _inherit = "res.partner"

    # Whoever has no role here sees nothing, settings admins included.
    social_profile_count = fields.Integer(
        "Social Profiles", compute="_compute_social_profiles", groups=MEMBERS
    )
    social_status_text = fields.Char(
        "Social Connections", compute="_compute_social_profiles", groups=MEMBERS
    )
    social_health = fields.Integer(
        "Health of Connections",
        compute="_compute_social_health",
        groups=MEMBERS,
        help="The mean of this client's profiles that you may see.",
    )
    social_health_text = fields.Text(
        "Why This Health",
        compute="_compute_social_health",
        groups=MEMBERS,
    )

    social_monthly_report = fields.Boolean(
        "Monthly Report by E-mail",
        groups="social_token_manager.group_manager",
        help="At the beginning of each month this client gets a mail on how the "
        "connections did in the month before.",
    )

    def _get_social_families(self):
        """Return ``{client: partners}``: to which of these each client below counts.

        A client counts to itself and to all above it; two queries.
        """
        family = self.with_context(active_test=False).search_fetch(
            [("id", "child_of", self.ids)], ["parent_id"]
        )
        found = {}
        for client in family:
            above = client
            while above:
                if above in self:
                    found.setdefault(client, []).append(above)
                above = above.parent_id
        return found

    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_social_health(self):
        profiles = self.env["social.profile"]
        families = self._origin._get_social_families()
        clients = {client.id: above for client, above in families.items()}
        rows = profiles._group_facts(
            [("partner_id", "in", list(clients))],
            SQL("array_agg(profile_id ORDER BY profile_id)"),
            by="partner_id",
        )
        counted = {}
        for client_id, facts, ids in rows:
            for partner in clients[client_id]:
                counted.setdefault(partner, []).append((facts, ids))
        for partner in self:
            found = counted.get(partner._origin, [])
            summary = health.summary_of([(facts, len(ids)) for facts, ids in found])
            partner.social_health = summary.score if summary else 0
            partner.social_health_text = summary and health_of_client_text(
                self.env, summary, *profiles._get_worst(found)
            )

    def _compute_social_profiles(self):
        """Count the profiles of clients and of all below them, in two queries.

        Only those that the current user may see.
        """
        families = self._origin._get_social_families()
        groups = self.env["social.profile"]._read_group(
            [("partner_id", "in", [client.id for client in families])],
            ["partner_id", "status"],
            ["__count"],
        )
        counts = {}
        for client, status, count in groups:
            for partner in families[client]:
                found = counts.setdefault(partner, {})
                found[status] = found.get(status, 0) + count
        for partner in self:
            found = counts.get(partner._origin, {})
            partner.social_profile_count = sum(found.values())
            partner.social_status_text = client_status_text(self.env, found)

    def action_see_social_profiles(self):
        """Return the list of this client's profiles."""
        self.ensure_one()
        self.env["social.profile"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "social_token_manager.social_profile_action"
        )
        # Its path would lead to the whole list.
        action.pop("path", None)
        return {
            **action,
            "domain": [("partner_id", "child_of", self.id)],
            "context": {"default_partner_id": self.id},
        }

    def _get_quiet(self, company, at):
        """Return the :class:`policy.notices.Quiet` of a person in a company.

        :param at: the instant that it is asked for, naive UTC
        """
        self.ensure_one()
        user = self.sudo().user_ids.filtered(lambda one: one.active and not one.share)[
            :1
        ]
        rule = company.sudo().social_quiet_rule
        # A team's chat is read by staff, in the name of the company.
        is_client = not user and self != company.partner_id
        has_days_off = rule == "all" or (rule == "clients" and is_client)
        return notices.Quiet(
            # Odoo's zones have names that the system may not know any more.
            zone=pytz.timezone(self.tz or "UTC"),
            start=user.social_quiet_start,
            end=user.social_quiet_end,
            days=tuple(company.sudo()._get_days_off(at)) if has_days_off else (),
        )
