import json

from odoo import api, fields, models
from odoo.tools import SQL

from ..clock import now
from ..const import PROFILES_PATH, RENEW_PATH, TAKE_PATH
from ..engine import apart, own_environment
from ..policy import escalation, gap
from ..policy import notices as policy
from ..wording import notice_sentence, notice_subject, reason_sentences

# What is open in Odoo, and what no person reads.
NEVER_DISTURBING = ("inbox", "webhook")
STAFF = {
    "members": "social_token_manager.group_member",
    "managers": "social_token_manager.group_manager",
    "owners": "social_token_manager.group_owner",
    "settings_admins": "base.group_system",
}
# What is told to somebody, and not to a company's chats and systems.
PERSONAL = ("inbox", "email", "push")


class SocialNoticeDelivery(models.AbstractModel):
    """Delivering what is owed; a part of ``social.notice``.

    A channel is a method ``_deliver_<channel>(person, at)`` of notices of one person
    and company. It runs in the transaction that marks them as sent, so it only ever
    queues: nothing is sent from here.
    """

    _name = "social.notice.delivery"
    _description = "Delivery of Social Connection Notices"

    @api.model
    def _deliver_due(self, at):
        """Deliver all that may go out at an instant; return how many notices.

        Each person's share is a transaction of its own: what cannot be told to one
        stays waiting, and holds up nobody else.
        """
        with own_environment(self.env) as env:
            places = env[self._name]._find_waiting()
        return sum(self._deliver_apart(place, at) for place in places)

    @api.model
    def _deliver_apart(self, place, at):
        sent = apart(
            self.env,
            lambda env: len(env[self._name]._deliver_to(place, at)),
            "notices to person {} in company {}".format(*place),
        )
        return sent or 0

    @api.model
    def _find_waiting(self):
        """Drop what is not to be told any more; return whom the rest is owed to.

        :return: ``[(person id, company id)]``
        """
        self.env.flush_all()
        self._drop_overtaken()
        self._drop_unentitled()
        self.env.cr.execute(
            SQL(
                "SELECT DISTINCT person_id, company_id FROM social_notice"
                " WHERE state = 'waiting' ORDER BY person_id, company_id"
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _deliver_to(self, place, at):
        """Deliver what one person is owed and may be told at an instant; return it.

        One message for all of it: whatever had to wait for the morning comes with what
        the morning brings. A row that somebody is writing is waited for, so that the
        rest does not go out as a message of its own.

        :param place: of :meth:`_find_waiting`
        """
        self.env.cr.execute(
            SQL(
                "SELECT id FROM social_notice WHERE state = 'waiting'"
                " AND person_id = %s AND company_id = %s"
                " ORDER BY id FOR NO KEY UPDATE",
                *place,
            )
        )
        waiting = self.browse(notice_id for (notice_id,) in self.env.cr.fetchall())
        ready = waiting._filter_allowed(at)
        ready.write({"state": "sent", "sent_at": at})
        for channel, notices in ready.grouped("channel").items():
            getattr(notices, f"_deliver_{channel}")(notices.person_id, at)
        return ready

    @api.model
    def _drop_overtaken(self):
        """Cancel what speaks of an earlier cycle; supersede what a later rung says."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE social_notice notice SET state = 'cancelled'
                  FROM social_profile profile
                 WHERE notice.state = 'waiting' AND profile.id = notice.profile_id
                   AND (profile.cycle <> notice.cycle OR NOT profile.active);
                UPDATE social_notice notice SET state = 'superseded'
                 WHERE notice.state = 'waiting' AND notice.rung <> %(purge)s
                   AND EXISTS (
                    SELECT FROM social_notice later
                     WHERE later.profile_id = notice.profile_id
                       AND later.person_id = notice.person_id
                       AND later.channel = notice.channel
                       AND later.rung <> %(purge)s
                       AND later.state = 'waiting' AND later.id > notice.id)
                """,
                # Nothing else says that data goes.
                purge=gap.PURGE,
            )
        )
        self.invalidate_model(["state"])

    @api.model
    def _drop_unentitled(self):
        """Cancel what is owed to people who have left since it was recorded."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE social_notice notice SET state = 'cancelled'
                  FROM social_profile profile
                 WHERE notice.state = 'waiting' AND profile.id = notice.profile_id
                   AND notice.channel IN %(personal)s
                   AND NOT EXISTS (
                    SELECT FROM res_users users
                      JOIN res_company_users_rel member
                        ON member.user_id = users.id
                       AND member.cid = notice.company_id
                     WHERE users.partner_id = notice.person_id AND users.active
                       AND (users.id IN %(managers)s OR users.id IN %(settings_admins)s
                            OR users.id IN %(members)s AND (
                                users.id = profile.user_id
                                OR EXISTS (
                                    SELECT FROM social_profile_admin_rel rel
                                     WHERE rel.social_profile_id = profile.id
                                       AND rel.res_users_id = users.id)
                                OR EXISTS (
                                    SELECT FROM social_profile_recipient_rel rel
                                     WHERE rel.social_profile_id = profile.id
                                       AND rel.res_users_id = users.id))))
                """,
                personal=PERSONAL,
                **self._get_staff_ids(),
            )
        )
        self.invalidate_model(["state"])

    @api.model
    def _get_staff_ids(self):
        """Return ``{role: ids of its users}``; in none is nobody, for ``IN`` of SQL."""
        return {
            role: tuple(self.env.ref(xml_id).sudo().all_user_ids.ids or [0])
            for role, xml_id in STAFF.items()
        }

    def _filter_allowed(self, at):
        """Return those whose person may be disturbed at an instant.

        What is broken may override that, where the company says so.
        """
        quiet = {
            (person, company): policy.is_quiet(person._get_quiet(company, at), at)
            for person, company in self.grouped(
                lambda one: (one.person_id, one.company_id)
            )
        }
        return self.filtered(
            lambda one: (
                one.channel in NEVER_DISTURBING
                or not quiet[one.person_id, one.company_id]
                or (
                    one.rung == policy.BROKEN
                    and one.company_id.sudo().social_break_overrides
                )
            )
        )

    # === CHANNELS === #

    def _deliver_inbox(self, person, at):
        """Tell somebody within Odoo: what is open shows it at once."""
        localized = self._localized(person)
        lines = localized._get_lines(at)
        subject = notice_subject(localized.env, lines)
        users = person.user_ids.filtered(lambda one: one.active and not one.share)
        for user in users:
            user._bus_send(
                "social_token_manager/notice",
                {
                    "title": subject,
                    "count": len(lines),
                    "is_good": all(line["rung"] == policy.RECOVERED for line in lines),
                    "renew_id": _get_renewable(user, lines),
                },
            )
            if user.notification_type == "inbox":
                self._put_into_inbox(user, subject, localized._render(lines, person))

    def _put_into_inbox(self, user, subject, body):
        message = self.env["mail.message"].create(
            {
                "message_type": "user_notification",
                "subtype_id": self.env.ref("mail.mt_note").id,
                "subject": subject,
                "body": body,
                "author_id": self.company_id.partner_id.id,
                "email_from": self.company_id.email_formatted,
            }
        )
        recipient = {"id": user.partner_id.id, "uid": user.id, "notif": "inbox"}
        self.env["mail.thread"]._notify_thread_by_inbox(message, [recipient])

    def _deliver_email(self, person, at):
        """Queue one mail in the person's language and zone, worst first by client."""
        localized = self._localized(person)
        lines = localized._get_lines(at)
        company = self.company_id
        self.mail_id = self.env["mail.mail"].create(
            {
                "subject": notice_subject(localized.env, lines),
                "body_html": localized._render(lines, person),
                "email_from": company.email_formatted or self.env.user.email_formatted,
                "recipient_ids": [fields.Command.link(person.id)],
                "auto_delete": True,
            }
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _deliver_push(self, person, at):
        """Queue a message for all devices of a person, how ever he reads mail."""
        thread = self.env["mail.thread"]
        devices, private_key, _public_key = thread._web_push_get_partners_parameters(
            person.ids
        )
        if not private_key:
            return
        localized = self._localized(person)
        lines = localized._get_lines(at)
        payload = thread._web_push_truncate_payload(
            {
                "title": notice_subject(localized.env, lines),
                "options": {
                    "body": "\n".join(
                        f"{line['network']} {line['profile'].name}: {line['sentence']}"
                        for line in lines
                    ),
                    "icon": "/social_token_manager/static/description/icon.png",
                    "data": {"url": self._get_url(lines)},
                },
            }
        )
        self.env["mail.push"].create(
            [
                {"mail_push_device_id": device.id, "payload": json.dumps(payload)}
                for device in devices
            ]
        )
        self.env.ref("mail.ir_cron_web_push_notification")._trigger()

    # === WORDS === #

    def _localized(self, person):
        """Return these notices in a person's language and time zone."""
        return self.with_context(
            lang=person.lang or self.env.lang, tz=person.tz or "UTC"
        )

    def _render(self, lines, person):
        company = self.company_id
        return self.env["ir.qweb"]._render(
            "social_token_manager.notice_mail",
            {
                "lines": lines,
                "person": person.with_env(self.env),
                "company": company,
                "lang_code": (self.env.lang or "en_US").replace("_", "-"),
                "list_url": company.get_base_url() + PROFILES_PATH,
            },
        )

    def _get_lines(self, at):
        """Return what a message says about each profile: worst first, by client."""
        worst = {
            client: min(_urgency(notice) for notice in notices)
            for client, notices in self.grouped(
                lambda one: one.profile_id.partner_id
            ).items()
        }
        ordered = self.sorted(
            lambda one: (
                worst[one.profile_id.partner_id],
                one.profile_id.partner_id.id,
                _urgency(one),
            )
        )
        return [notice._get_line(at) for notice in ordered]

    def _get_line(self, at):
        profile = self.profile_id
        happened, remedy = reason_sentences(self.env, profile.reason or "expired")
        is_over = self.rung == policy.RECOVERED
        return {
            "rung": self.rung,
            "kind": escalation.kind_of(self.rung),
            "is_gone": profile.is_gone,
            "profile": profile,
            "network": profile.network_id.name,
            "client": profile.partner_id.name,
            "sentence": notice_sentence(self.env, self.rung, profile, at),
            "happened": happened if profile.reason else "",
            "remedy": "" if is_over else remedy,
            "renewers": "" if is_over else profile.renewers,
            "url": self._get_renew_url(),
            "take_url": self._get_take_url(),
            "invite_url": self._get_invite_url(),
        }

    def _get_invite_url(self):
        """Return where a connect link for somebody outside is made, '' for none."""
        profile = self.profile_id
        is_proposed = self.rung == escalation.rung_of(
            escalation.ESCALATED, escalation.OUTSIDER
        )
        going_up = profile._get_escalation()
        if not is_proposed or going_up.link_id or going_up._owes_link():
            return ""
        return f"{self.company_id.get_base_url()}{PROFILES_PATH}/{profile.id}"

    def _get_take_url(self):
        """Return where somebody takes this on, '' where there is nothing to take."""
        kind = escalation.kind_of(self.rung)
        if not self.profile_id.is_gone or kind in (escalation.TAKEN, gap.PURGE):
            return ""
        return self.company_id.get_base_url() + TAKE_PATH.format(
            profile_id=self.profile_id.id
        )

    def _get_renew_url(self):
        """Return the address that starts a renewal, for whoever may renew."""
        path = RENEW_PATH.format(profile_id=self.profile_id.id)
        return self.company_id.get_base_url() + path

    def _get_url(self, lines):
        """Return where a short message leads: to the one profile, or to the list."""
        if len(lines) == 1 and lines[0]["rung"] != policy.RECOVERED:
            return lines[0]["url"]
        return self.company_id.get_base_url() + PROFILES_PATH


def _get_renewable(user, lines):
    """Return the id of the one profile that lines are about, False for none or many.

    For whoever may renew it: one press, and he is on the way to the network.
    """
    if len(lines) != 1 or lines[0]["rung"] == policy.RECOVERED:
        return False
    profile = lines[0]["profile"].with_user(user).sudo(False)
    return profile.has_access("read") and profile.may_renew and profile.id


def _urgency(notice):
    """Return what notices are sorted by: what ended first, good news last."""
    is_over = notice.rung == policy.RECOVERED
    return (is_over, notice.profile_id.expires_at or now(), notice.id)
