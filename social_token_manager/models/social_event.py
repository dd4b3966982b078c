from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..clock import now
from ..engine import correlation
from ..wording import gap_text, reason_label

THINNED_AT_ONCE = 10_000
KINDS = [
    ("app_created", "App created"),
    ("app_changed", "App changed"),
    ("secret_changed", "App secret changed"),
    ("app_tested", "App tested"),
    ("sent", "Sent to the network"),
    ("declined", "Consent declined"),
    ("refused", "Answer refused"),
    ("failed", "Attempt failed"),
    ("granted", "Granted"),
    ("connected", "Profile connected"),
    ("matched", "Profile made by hand found at the network"),
    ("renewed", "Profile renewed"),
    ("replaced", "Profile switched to another account"),
    ("lost", "Connection lost"),
    ("recovered", "Connection recovered"),
    ("switched", "Switched to another token"),
    ("people_asked", "Asked the network for the people"),
    ("judged", "Right to renew set by hand"),
    ("person_asked", "Person asked to renew"),
    ("taken", "Renewal taken on by somebody"),
    ("refreshed", "Renewed silently"),
    ("unrefreshed", "Could not be renewed silently"),
    ("dropped", "Late answer dropped"),
    ("handed_out", "Token handed out"),
    ("verified", "Verified"),
    ("unverified", "Could not be verified"),
    ("disconnected", "Disconnected"),
    ("withdrawn", "Withdrawn at the network"),
    ("unwithdrawn", "Could not be withdrawn at the network"),
    ("purged", "Held data deleted"),
    ("moved", "Database moved to a new home"),
    ("wiped", "Copied database wiped"),
    ("rekeyed", "Started with a new encryption key"),
    ("signal", "Told by the network"),
    ("subscribed", "Subscribed to messages"),
    ("unsubscribed", "Messages are not sent"),
    ("link_made", "Connect link made"),
    ("link_sent", "Connect link sent"),
    ("link_opened", "Connect link opened"),
    ("link_used", "Connect link used"),
    ("link_wrong", "Connect link used with another account"),
    ("link_accepted", "Other account accepted"),
    ("link_refused", "Other account refused"),
    ("link_revoked", "Connect link revoked"),
    ("link_asked", "New connect link asked for"),
    ("target_changed", "Chat or webhook changed"),
    ("calendar_made", "Calendar address made"),
    ("role_changed", "Role changed"),
    ("calendar_revoked", "Calendar address revoked"),
]


class SocialEvent(models.Model):
    """One line of the journal. Lines are added, never changed; no line has a secret."""

    _name = "social.event"
    _description = "Social Connection Journal"
    _order = "id desc"
    _rec_name = "kind"

    kind = fields.Selection(KINDS, required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    user_id = fields.Many2one(
        "res.users", "By", readonly=True, default=lambda self: self.env.uid
    )
    app_id = fields.Many2one("social.app", readonly=True, index="btree_not_null")
    token_id = fields.Many2one("social.token", readonly=True, index="btree_not_null")
    profile_id = fields.Many2one(
        "social.profile", readonly=True, index="btree_not_null"
    )
    request_id = fields.Many2one(
        "social.oauth.request", readonly=True, index="btree_not_null"
    )
    reason = fields.Char("Reason Code", readonly=True)
    reason_text = fields.Char("Reason", compute="_compute_reason_text")
    detail = fields.Char(readonly=True, help="The network's own numbers.")
    generation = fields.Integer(readonly=True)
    former_token_id = fields.Many2one(
        "social.token", "Token Before", readonly=True, index="btree_not_null"
    )
    person_id = fields.Many2one(
        "res.partner", "About", readonly=True, index="btree_not_null"
    )
    former_person_id = fields.Many2one(
        "res.partner", "In Place Of", readonly=True, index="btree_not_null"
    )
    gap_since = fields.Datetime("Gone Since", readonly=True)
    gap_text = fields.Text("After the Gap", compute="_compute_gap_text")
    correlation = fields.Char(
        "Action",
        readonly=True,
        index=True,
        help="All lines of one button, answer or scheduled turn have the same.",
    )

    @api.depends("reason")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        for event in self:
            event.reason_text = reason_label(self.env, event.reason) or event.reason

    @api.depends("gap_since")
    @api.depends_context("lang", "tz")
    def _compute_gap_text(self):
        for event in self:
            profile = event.profile_id.sudo()
            event.gap_text = event.gap_since and gap_text(
                self.env,
                profile._get_gap(event.gap_since, event.create_date),
                profile.network_id,
            )

    @api.model
    def _record(self, kind, source, **values):
        """Add a line about a record.

        :param source: apps, tokens, profiles or OAuth requests, whose company it is,
            or companies
        """
        named = {
            "social.app": "app_id",
            "social.token": "token_id",
            "social.profile": "profile_id",
            "social.oauth.request": "request_id",
            "res.company": "company_id",
        }
        # Everybody's deeds are written down, whatever they may read or create.
        return self.sudo().create(
            [
                {
                    "kind": kind,
                    "company_id": record.id
                    if record._name == "res.company"
                    else record.company_id.id,
                    named[record._name]: record.id,
                    "correlation": correlation(self.env),
                    **values,
                }
                for record in source
            ]
        )

    @api.model
    def _record_everywhere(self, kind, **values):
        """Add a line about the whole database, for each company that it concerns."""
        # Of every company, whatever the user may see.
        apps = self.env["social.app"].sudo().with_context(active_test=False)
        concerned = self.env.company.union(
            *(company for (company,) in apps._read_group([], ["company_id"]))
        )
        self._record(kind, concerned, **values)

    def write(self, vals):  # pylint: disable=method-required-super
        """Override of Odoo's: the journal is append-only, for superusers too."""
        raise UserError(self.env._("The journal is never changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The journal is never shortened."))

    @api.autovacuum
    def _gc_events(self):
        """Drop lines that a company does not keep any longer, a batch at a time.

        By SQL: no record of the journal can be deleted, not even by superusers.

        :return: how many were dropped, and how many may be left
        """
        dropped = 0
        thinned = (
            self.env["res.company"].sudo().search([("social_journal_days", ">", 0)])
        )
        for company in thinned:
            dropped += self._thin(company)
        return dropped, dropped // THINNED_AT_ONCE

    @api.model
    def _thin(self, company):
        self.env.cr.execute(
            SQL(
                "DELETE FROM social_event WHERE id IN (SELECT id FROM social_event"
                " WHERE company_id = %s AND create_date < %s ORDER BY id LIMIT %s)",
                company.id,
                now() - timedelta(days=company.social_journal_days),
                THINNED_AT_ONCE,
            )
        )
        return self.env.cr.rowcount
