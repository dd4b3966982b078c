from datetime import date

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import AccessError

from ..clock import now
from ..policy import gap, outages
from ..wording import (
    ahead_text,
    day_text,
    hours_text,
    month_sentences,
    month_text,
    outage_text,
    percent_text,
    renewed_text,
    worked_text,
)
from .social_profile_risk import MANAGERS

REPORT = "social_token_manager.report_social_month"


class ReportSocialMonth(models.AbstractModel):
    """How a client's connections did in a month: on screen, as a file or in a mail.

    It is in the client's language and by the client's clock.
    """

    _name = "report.social_token_manager.report_social_month"
    _description = "Monthly Report on the Connections of a Client"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the report shows of some clients.

        :param dict data: ``{partner_ids, month}``; the first day of the month, as text,
            last month without
        :raise AccessError: it shows all profiles of a client, so it is for Managers
        """
        self._check_may_report()
        data = data or {}
        clients = self.env["res.partner"].browse(
            docids or data.get("partner_ids") or []
        )
        month = data.get("month") and date.fromisoformat(data["month"])
        return {
            "doc_ids": clients.ids,
            "doc_model": "res.partner",
            "docs": clients,
            "company": self.env.company,
            "reports": {
                client.id: self._get_report(client, month) for client in clients
            },
        }

    @api.model
    def _check_may_report(self):
        """Refuse whoever may not see all profiles of a client.

        :raise AccessError: who may
        """
        if self.env.user.has_group(MANAGERS):
            return
        raise AccessError(
            self.env._(
                "Reports on the connections of a client are for Managers and Owners of "
                "Social Connections. Ask one of them."
            )
        )

    @api.model
    def _get_last_month(self, client):
        """Return the first day of last month, by the client's clock."""
        return outages.month_before(now(), pytz.timezone(client.tz or "UTC"))

    @api.model
    def _get_report(self, client, month=None):
        """Return the report on one client's connections in the active company.

        :param date month: its first day, last month without
        """
        zone = pytz.timezone(client.tz or "UTC")
        month = month or self._get_last_month(client)
        start, end = outages.borders_of(month, zone)
        # Whom it is for reads it, whoever makes it.
        own = self.with_context(lang=client.lang or self.env.lang, tz=zone.zone)
        return own._prepare_report(client.with_env(own.env), month, start, end)

    @api.model
    def _prepare_report(self, client, month, start, end):
        profiles = self.env["social.profile"]
        domain = [
            ("partner_id", "=", client.id),
            ("company_id", "=", self.env.company.id),
        ]
        total = profiles._measure(domain, start, end).get(None, outages.Metrics())
        by_profile = profiles._measure(domain, start, end, by="id")
        spans = {}
        for span in profiles._read_spans(domain, start, end):
            spans.setdefault(span["profile_id"], []).append(span)
        concerned = profiles.with_context(active_test=False).search(
            [("id", "in", list(by_profile))], order="network_id, name, id"
        )
        return {
            "client": client,
            "lang": self.env.lang,
            "lang_code": (self.env.lang or "en_US").replace("_", "-"),
            "side": self._get_side(),
            "month": month_text(self.env, month),
            "total": total,
            "worked": total.connections and worked_text(self.env, total),
            "down": hours_text(self.env, total.down_hours),
            "figures": month_sentences(self.env, total),
            "lines": [
                self._get_line(one, by_profile[one.id], spans[one.id], start, end)
                for one in concerned
            ],
            "ahead": self._get_ahead(domain, self._get_horizon(month, end)),
        }

    @api.model
    def _get_side(self):
        """Return where a line of the client's language begins.

        What makes PDF files, and many a mail program, does not know the word "start".
        """
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        return "right" if lang.direction == "rtl" else "left"

    @api.model
    def _get_line(self, profile, metrics, spans, start, end):
        """Return what the report says of one connection."""
        stops = [
            span for span in spans if span["stopped_at"] and span["stopped_at"] < end
        ]
        over = [
            span["ended_by"]
            for span in spans
            if span["over_at"] and start <= span["over_at"] < end
        ]
        return {
            "network": profile.network_id.name,
            "name": profile.name,
            "uptime": "–"
            if metrics.uptime is None
            else percent_text(self.env, metrics.uptime),
            "down": hours_text(self.env, metrics.down_hours) if metrics.outages else "",
            "renewed": renewed_text(
                self.env,
                over.count(outages.BY_PERSON),
                over.count(outages.BY_ITSELF),
            ),
            "outages": [
                outage_text(
                    self.env,
                    span["stopped_at"],
                    _until(span["over_at"], end),
                    span["reason"],
                )
                for span in stops
            ],
        }

    @api.model
    def _get_horizon(self, month, end):
        """Return until when is told what comes next: the month that follows is over.

        Of a month that is over long since, for a month from now on.
        """
        if end < now():
            return now() + relativedelta(months=1)
        zone = pytz.timezone(self.env.context["tz"])
        return outages.borders_of(month + relativedelta(months=1), zone)[1]

    @api.model
    def _get_ahead(self, domain, until):
        """Return what somebody has to renew until an instant."""
        at = now()
        found = self.env["social.profile"].search(
            [*domain, ("access_id", "!=", False), ("expires_at", "<=", until)]
        )
        return [
            {
                "network": profile.network_id.name,
                "name": profile.name,
                "text": ahead_text(
                    self.env,
                    day_text(self.env, profile.expires_at),
                    bool(gap.begin(profile.expires_at, at)),
                ),
            }
            for profile in found
        ]


def _until(over_at, end):
    """Return when an outage was over, as known at the end of the month."""
    return over_at if over_at and over_at < end else None
