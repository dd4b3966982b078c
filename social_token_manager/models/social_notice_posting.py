from odoo import api, models
from odoo.tools import SQL

from ..const import PROFILES_PATH
from ..policy import escalation
from ..policy import notices as policy
from ..providers.chat import Line, Message
from ..providers.chat import payload as chat_payload
from ..wording import chat_button, chat_rest, chat_text, notice_subject

WEBHOOK = "webhook"
# What becomes of a connection, for other systems; a rung of the ladder is "expiring".
EVENTS = {
    policy.EXPIRED: "connection.expired",
    policy.BROKEN: "connection.broken",
    policy.RECOVERED: "connection.recovered",
    escalation.TAKEN: "connection.taken",
}
EXPIRING = "connection.expiring"


class SocialNoticePosting(models.AbstractModel):
    """Telling a team's chat and other systems; a part of ``social.notice``.

    They stand in the ledger in the name of the company: one row a profile, cycle and
    rung, however many chats it has.
    """

    _name = "social.notice.posting"
    _description = "Notices to Chats and Other Systems"

    @api.model
    def _get_team_sql(self):
        """Return the statement that names the company's channels for each ``due``."""
        return SQL(
            """
            SELECT DISTINCT due.id, company.partner_id,
                   CASE WHEN target.kind = %(webhook)s THEN %(webhook)s
                        ELSE 'chat' END
              FROM due
              JOIN res_company company ON company.id = due.company_id
              JOIN social_notice_target target
                ON target.company_id = due.company_id
               AND target.active AND target.address IS NOT NULL
            """,
            webhook=WEBHOOK,
        )

    def _get_targets(self, is_webhook):
        """Return where the company of these notices is told."""
        # Owners set them; who is told of what is decided by the ledger.
        targets = self.env["social.notice.target"].sudo()
        return targets.search(
            [("company_id", "=", self.company_id.id), ("host", "!=", False)]
        ).filtered(lambda one: (one.kind == WEBHOOK) == is_webhook)

    def _deliver_chat(self, person, at):
        """Queue one message for each chat of the company, worst first by client."""
        localized = self._localized(person)
        lines = localized._get_lines(at)
        message = Message(
            title=notice_subject(localized.env, lines),
            lines=tuple(
                Line(
                    chat_text(localized.env, line),
                    chat_button(localized.env, line),
                    line["url"],
                )
                if line["rung"] != policy.RECOVERED
                else Line(chat_text(localized.env, line))
                for line in lines
            ),
            rest=lambda count: chat_rest(localized.env, count),
            footer=Line(
                "",
                localized.env._("See all profiles and their connections"),
                self.company_id.get_base_url() + PROFILES_PATH,
            ),
        )
        targets = self._get_targets(is_webhook=False)
        for target in targets:
            target._queue("notice", chat_payload(target.kind, message), self)
        self._note_unqueued(targets)

    def _deliver_webhook(self, person, at):
        """Queue one event for each notice and each system."""
        targets = self._get_targets(is_webhook=True)
        for notice in self.sorted("id"):
            for target in targets:
                target._queue_event(
                    EVENTS.get(escalation.kind_of(notice.rung), EXPIRING),
                    notice._get_event_data(),
                    notice,
                )
        self._note_unqueued(targets)

    def _note_unqueued(self, targets):
        """Say so where the last chat or system went since this was recorded."""
        if not targets:
            self.write({"state": "cancelled", "sent_at": False})

    def _get_event_data(self):
        """Return what other systems are told of a connection; no secret is in it."""
        profile = self.profile_id
        is_over = self.rung == policy.RECOVERED
        return {
            "network": profile.network_id.code,
            "id": profile.id,
            "external_id": profile.external_id or None,
            "name": profile.name,
            "handle": profile.handle or None,
            "client": profile.partner_id.name or None,
            "company": self.company_id.name,
            "rung": self.rung,
            "cycle": self.cycle,
            "expires_at": profile.expires_at and f"{profile.expires_at.isoformat()}Z",
            "reason": profile.reason or None,
            "renew_url": None if is_over else self._get_renew_url(),
            **self._get_taken_data(),
        }

    def _get_taken_data(self):
        """Return who has it and until when, where that is what is told."""
        if escalation.kind_of(self.rung) != escalation.TAKEN:
            return {}
        taken = self.profile_id._get_escalation()
        until = taken.taken_until
        return {
            "taken_by": taken.taken_by_id.name or None,
            "taken_until": until and f"{until.isoformat()}Z",
        }
