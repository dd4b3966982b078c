import json
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..clock import now
from ..models import social_notice
from .common import SocialCase

START = "2026-03-02 12:00:00"


@tagged("post_install", "-at_install")
@freeze_time(START)
class TestSocialNotice(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.silence_others()
        with freeze_time(START):
            cls.manager = cls.make_user("manager", email="manager@example.com")
            cls.app = cls.make_app()

    def connect_profile(self, days, external_id="P1", **values):
        """Return a profile whose connection ends in some days."""
        _token, profile = self.connect(
            self.app,
            self.manager,
            [self.page(external_id)],
            person=external_id,
            access_expires_at=now() + timedelta(days=days),
        )
        profile.write(values)
        return profile

    def run_at(self, moment):
        """Return what is sent by e-mail at a moment."""
        with freeze_time(moment):
            return self.send().filtered(lambda one: one.channel == "email")

    def send(self):
        """Return all that is sent now, on any channel."""
        notice = self.env["social.notice"]
        notice._record_due(now())
        return self.deliver_notices()

    def told(self, profile, **values):
        domain = [
            ("profile_id", "=", profile.id),
            ("state", "=", "sent"),
            ("channel", "=", "email"),
        ]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["social.notice"].search(domain)

    # === THE LADDER === #

    def test_each_rung_is_told_once_however_often_it_runs(self):
        profile = self.connect_profile(8)
        ladder = []
        for hour in range(0, 24 * 10, 6):
            at = now() + timedelta(hours=hour)
            ladder += self.run_at(at).mapped("rung")
        self.assertEqual(ladder, ["d7", "d3", "d1", "expired"])
        self.assertEqual(len(self.told(profile)), 4)
        inbox = self.env["social.notice"].search([("channel", "=", "inbox")])
        self.assertEqual(inbox.mapped("state"), ["sent"] * 4)

    def test_twenty_runs_send_nothing_twice(self):
        self.connect_profile(6)
        mails = self.env["mail.mail"].search_count([])
        for _run in range(20):
            self.run_at(START)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails + 1)

    def test_after_an_outage_only_the_most_urgent_rung_goes_out(self):
        profile = self.connect_profile(8)
        self.assertEqual(self.run_at("2026-03-07 13:00:00").mapped("rung"), ["d3"])
        states = self.env["social.notice"].search([("profile_id", "=", profile.id)])
        self.assertEqual(
            dict(states.mapped(lambda one: (one.rung, one.state))),
            {"d3": "sent", "d7": "superseded"},
        )
        self.assertEqual(self.run_at("2026-03-09 13:00:00").mapped("rung"), ["d1"])

    def test_a_renewal_starts_a_new_ladder_and_ends_the_old_one(self):
        profile = self.connect_profile(3)
        self.assertEqual(self.run_at(START).mapped("rung"), ["d3"])
        mail = self.told(profile).mail_id
        self.connect_profile(60)
        self.assertEqual(mail.state, "cancel")
        self.assertFalse(self.run_at("2026-03-04 12:00:00"))
        self.assertEqual(self.run_at("2026-04-25 12:00:00").mapped("rung"), ["d7"])

    def test_a_broken_connection_is_told_with_its_reason(self):
        profile = self.connect_profile(30)
        profile.token_id.write({"reason": "password_changed", "reason_at": now()})
        profile._update_state()
        notice = self.run_at(START)
        self.assertEqual(notice.rung, "broken")
        self.assertIn("password", notice.mail_id.body_html)
        self.assertFalse(self.run_at("2026-05-02 12:00:00"))

    def test_what_expired_and_is_then_found_broken_is_told_once(self):
        profile = self.connect_profile(1)
        self.assertEqual(self.run_at("2026-03-04 12:00:00").rung, "expired")
        profile.token_id.write({"reason": "expired", "reason_at": now()})
        profile._update_state()
        self.assertFalse(self.run_at("2026-03-05 12:00:00"))

    def break_and_heal(self, healer=None):
        """Let a connection break, be told, and be granted anew by somebody."""
        profile = self.connect_profile(30)
        profile.token_id._take_loss("revoked")
        profile.token_id._settle()
        told = self.run_at(START)
        self.assertEqual(set(told.mapped("rung")), {"broken"})
        told.mail_id.state = "sent"
        self.connect(
            self.app,
            healer or self.manager,
            [self.page()],
            person="P1",
            access_expires_at=now() + timedelta(days=60),
        )
        return profile

    def test_good_news_that_another_renewal_overtook_is_owed_still(self):
        colleague = self.make_user("manager", "colleague", email="c@example.com")
        colleague.write({"social_quiet_start": 20, "social_quiet_end": 8, "tz": "UTC"})
        self.break_and_heal()
        self.assertFalse(self.run_at("2026-03-02 21:00:00"))
        with freeze_time("2026-03-02 21:20:00"):
            self.connect_profile(60)
        self.assertFalse(self.run_at("2026-03-02 21:30:00"))
        notice = self.run_at("2026-03-03 08:00:00")
        self.assertEqual(notice.rung, "recovered")
        self.assertEqual(notice.person_id, colleague.partner_id)
        notice.mail_id.state = "sent"
        with freeze_time("2026-03-03 09:00:00"):
            self.connect_profile(60)
        self.assertFalse(self.run_at("2026-03-03 10:00:00"), "told already")

    def test_of_a_queued_mail_about_others_too_nothing_is_taken_back(self):
        profile = self.connect_profile(2, "P1")
        self.connect_profile(2, "P2")
        mail = self.run_at(START).mail_id
        self.assertEqual(len(mail), 1)
        self.connect_profile(60, "P1")
        self.assertEqual(mail.state, "outgoing")
        self.assertTrue(self.told(profile), "it goes out, and so it was told")

    def test_who_comes_later_is_told_what_only_a_chat_was_told(self):
        self.make_target()
        self.manager.partner_id.email = False
        self.connect_profile(2)
        self.assertFalse(self.run_at(START))
        self.assertTrue(
            self.env["social.notice"].search_count([("channel", "=", "chat")])
        )
        self.manager.partner_id.email = "manager@example.com"
        self.assertEqual(self.run_at("2026-03-02 13:00:00").rung, "d3")

    def test_whoever_was_told_of_a_break_is_told_when_it_works(self):
        colleague = self.make_user("manager", "colleague", email="c@example.com")
        self.break_and_heal()
        notice = self.run_at("2026-03-02 13:00:00")
        self.assertEqual(notice.rung, "recovered")
        # Who granted anew knows it already.
        self.assertEqual(notice.person_id, colleague.partner_id)
        self.assertIn("works again", notice.mail_id.subject)
        self.assertFalse(self.run_at("2026-03-02 14:00:00"))

    def test_good_news_that_is_none_any_more_is_not_told(self):
        self.make_user("manager", "colleague", email="c@example.com")
        profile = self.break_and_heal()
        profile.token_id._take_loss("revoked")
        profile.token_id._settle()
        rungs = self.run_at("2026-03-02 13:00:00").mapped("rung")
        self.assertEqual(rungs, ["broken", "broken"])

    def test_a_ladder_of_its_own_for_a_network_and_a_company(self):
        profile = self.connect_profile(12)
        profile.network_id.notice_days = "10"
        self.assertFalse(self.run_at(START))
        self.assertEqual(self.run_at("2026-03-04 12:00:00").rung, "d10")
        self.company.social_notice_days = "9, 2"
        self.assertEqual(self.run_at("2026-03-05 12:00:00").rung, "d9")

    def test_a_ladder_that_is_none_is_refused(self):
        for text in ("seven", "0", "366", "1,2,3,4,5,6,7,8,9,10,11"):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                self.company.social_notice_days = text
        with self.assertRaises(ValidationError):
            self.network("facebook").notice_days = "-1"

    # === WHEN AND HOW === #

    def test_in_odoo_everybody_is_told_by_mail_who_has_not_switched_it_off(self):
        profile = self.connect_profile(2)
        self.manager.social_email = False
        with freeze_time(START):
            sent = self.send()
        self.assertEqual(sent.mapped("channel"), ["inbox"])
        self.manager.social_by_profile = True
        self.manager.social_preference_ids = [
            Command.create({"profile_id": profile.id, "email": True})
        ]
        self.assertEqual(self.run_at("2026-03-03 13:00:00").rung, "d1")

    def test_a_setting_for_one_profile_counts_only_where_that_is_wanted(self):
        profile = self.connect_profile(2)
        self.manager.social_preference_ids = [
            Command.create({"profile_id": profile.id, "email": False})
        ]
        self.assertTrue(self.run_at(START))

    def test_what_waits_for_the_morning_comes_as_one_message_with_the_latest(self):
        self.manager.write(
            {"social_quiet_start": 20, "social_quiet_end": 8, "tz": "Europe/Lisbon"}
        )
        self.connect_profile(2.5, "P1")
        self.assertFalse(self.run_at("2026-03-02 21:00:00"))
        # Overtaken during the night: one day, and no longer three.
        self.connect_profile(1.9, "P2")
        self.assertFalse(self.run_at("2026-03-04 02:00:00"))
        sent = self.run_at("2026-03-04 08:00:00")
        self.assertEqual(sent.mapped("rung"), ["d1", "d1"])
        self.assertEqual(len(sent.mail_id), 1)

    def test_a_break_overrides_quiet_hours_where_the_company_says_so(self):
        self.manager.write({"social_quiet_start": 0, "social_quiet_end": 24})
        profile = self.connect_profile(30)
        profile.token_id._take_loss("revoked")
        profile.token_id._settle()
        self.assertFalse(self.run_at(START))
        self.company.social_break_overrides = True
        self.assertEqual(self.run_at(START).rung, "broken")

    def test_a_renewal_cancels_what_still_waits(self):
        self.manager.write({"social_quiet_start": 0, "social_quiet_end": 24})
        self.connect_profile(2)
        self.assertFalse(self.run_at(START))
        self.connect_profile(60)
        self.manager.social_quiet_end = 0
        self.assertFalse(self.run_at(START))

    def test_what_is_sent_while_a_renewal_waits_for_it_counts_as_sent(self):
        self.manager.write({"social_quiet_start": 0, "social_quiet_end": 24})
        profile = self.connect_profile(2)
        self.run_at(START)
        waiting = self.env["social.notice"].search([("state", "=", "waiting")])
        self.assertTrue(waiting)

        def be_overtaken(rows):
            self.env.cr.execute("UPDATE social_notice SET state = 'sent'")
            rows.invalidate_recordset()

        with patch(f"{social_notice.__name__}.lock_rows", be_overtaken):
            waiting._cancel_pending(profile)
        self.assertEqual(set(waiting.mapped("state")), {"sent"})

    def test_a_zone_by_an_older_name_is_one_too(self):
        self.manager.write(
            {"social_quiet_start": 6, "social_quiet_end": 8, "tz": "US/Eastern"}
        )
        self.connect_profile(2)
        self.assertFalse(self.run_at(START), "seven in the morning")
        self.assertTrue(self.run_at("2026-03-02 14:00:00"))

    def test_who_left_meanwhile_is_not_told_what_waited(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        member = self.make_user("member", email="member@example.com")
        member.write({"social_quiet_start": 0, "social_quiet_end": 24})
        profile = self.connect_profile(2, admin_user_ids=[Command.link(member.id)])
        self.run_at(START)
        of_member = [
            ("person_id", "=", member.partner_id.id),
            ("channel", "=", "email"),
            ("rung", "=", "d3"),
        ]
        notice = self.env["social.notice"].search(of_member)
        self.assertEqual(notice.state, "waiting")
        member.social_quiet_end = 0
        for leave, come_back in (
            (
                lambda: profile.write({"admin_user_ids": [Command.clear()]}),
                lambda: profile.write({"admin_user_ids": [Command.link(member.id)]}),
            ),
            (
                lambda: member.write({"active": False}),
                lambda: member.write({"active": True}),
            ),
            (
                lambda: member.write(
                    {
                        "company_ids": [Command.set(elsewhere.ids)],
                        "company_id": elsewhere.id,
                    }
                ),
                lambda: None,
            ),
        ):
            notice.state = "waiting"
            leave()
            self.assertFalse(self.run_at(START))
            self.assertEqual(notice.state, "cancelled")
            come_back()

    def test_what_cannot_be_told_to_one_holds_up_nobody_else(self):
        other = self.make_user("manager", "other", email="other@example.com")
        self.connect_profile(2)
        notices = self.env["social.notice"]
        notices._record_due(now())
        deliver = type(notices)._deliver_email

        def fail_for_one(these, person, at):
            if person == self.manager.partner_id:
                raise ValueError("a broken template")
            deliver(these, person, at)

        with (
            patch.object(type(notices), "_deliver_email", fail_for_one),
            self.enter_registry_test_mode(),
            self.assertLogs("odoo.addons.social_token_manager", "ERROR"),
        ):
            self.assertGreater(notices._deliver_due(now()), 0)
        self.env.invalidate_all()
        states = {
            one.person_id: one.state
            for one in notices.search([("channel", "=", "email"), ("rung", "=", "d3")])
        }
        self.assertEqual(states[other.partner_id], "sent")
        self.assertEqual(states[self.manager.partner_id], "waiting")
        self.assertFalse(
            notices.search(
                [
                    ("person_id", "=", self.manager.partner_id.id),
                    ("state", "=", "sent"),
                ]
            ),
            "all of a person's share or nothing",
        )

    def test_days_off_are_those_of_the_companys_calendar(self):
        self.company.social_quiet_rule = "all"
        self.connect_profile(2)
        self.assertFalse(self.run_at("2026-03-01 12:00:00"), "a Sunday")
        holiday = {
            "calendar_id": self.company.resource_calendar_id.id,
            "company_id": self.company.id,
            "date_from": "2026-03-01 23:00:00",
            "date_to": "2026-03-02 23:00:00",
        }
        leave = self.env["resource.calendar.leaves"].create(holiday)
        self.assertFalse(self.run_at(START), "a holiday")
        leave.unlink()
        self.assertTrue(self.run_at(START))

    def test_an_inbox_reader_has_it_in_the_inbox(self):
        self.manager.notification_type = "inbox"
        profile = self.connect_profile(2)
        with freeze_time(START):
            self.send()
        message = self.env["mail.message"].search(
            [("notified_partner_ids", "in", self.manager.partner_id.ids)], limit=1
        )
        self.assertIn(f"/social/renew/{profile.id}", message.body)
        self.assertIn(profile.name, message.with_user(self.manager).subject)

    def toasts(self, user):
        """Return which profile each open screen of a user offers to renew at once."""
        with patch.object(type(user), "_bus_send") as bus_send:
            self.send()
        return [
            payload["renew_id"]
            for kind, payload in (call.args for call in bus_send.call_args_list)
            if kind.endswith("/notice")
        ]

    def test_an_open_screen_offers_the_renewal_of_the_one_profile(self):
        profile = self.connect_profile(2)
        with freeze_time(START):
            self.assertEqual(self.toasts(self.manager), [profile.id])

    def test_an_open_screen_offers_none_of_many(self):
        self.connect_profile(2)
        self.connect_profile(2, "P2")
        with freeze_time(START):
            self.assertEqual(self.toasts(self.manager), [False])

    def test_a_push_is_queued_for_each_device_of_a_mail_reader_too(self):
        self.env["mail.push.device"].get_web_push_vapid_public_key()
        device = self.env["mail.push.device"].create(
            {
                "partner_id": self.manager.partner_id.id,
                "endpoint": "https://push.example/1",
                "keys": '{"p256dh": "a", "auth": "b"}',
            }
        )
        profile = self.connect_profile(2)
        with freeze_time(START):
            self.send()
        push = self.env["mail.push"].search([("mail_push_device_id", "=", device.id)])
        payload = json.loads(push.payload)
        self.assertIn(profile.name, payload["options"]["body"])
        self.assertTrue(
            payload["options"]["data"]["url"].endswith(f"/social/renew/{profile.id}")
        )
        self.manager.social_mobile = False
        with freeze_time("2026-03-03 13:00:00"):
            self.send()
        self.assertEqual(self.env["mail.push"].search_count([]), 1)

    def test_what_nobody_has_connected_is_not_told(self):
        self.make_profile()
        self.assertFalse(self.run_at(START))

    def test_what_never_expires_is_not_told(self):
        _token, profile = self.connect(
            self.app, self.manager, [self.page()], never_expires=True
        )
        self.assertFalse(profile.expires_at)
        self.assertFalse(self.run_at("2036-03-02 12:00:00"))

    # === TO WHOM === #

    def test_team_admins_responsible_and_managers_are_told_and_nobody_else(self):
        people = {
            name: self.make_user(
                "member", f"member-{name}", email=f"{name}@example.com"
            )
            for name in ("team", "admin", "responsible", "stranger")
        }
        profile = self.connect_profile(
            2,
            recipient_user_ids=[Command.link(people["team"].id)],
            admin_user_ids=[Command.link(people["admin"].id)],
            user_id=people["responsible"].id,
        )
        self.run_at(START)
        told = self.told(profile).person_id
        expected = people["team"] | people["admin"] | people["responsible"]
        self.assertEqual(told, (expected | self.manager).partner_id)

    def test_under_the_strict_reading_admins_who_may_not_renew_are_not_told(self):
        member = self.make_user("member", email="member@example.com")
        profile = self.connect_profile(2, admin_user_ids=[Command.link(member.id)])
        self.company.social_strict_renewal = True
        self.run_at(START)
        self.assertNotIn(member.partner_id, self.told(profile).person_id)

    def test_another_company_is_never_told(self):
        outsider = self.make_user(
            "manager", "outsider", self.other_company, email="out@example.com"
        )
        profile = self.connect_profile(
            2, recipient_user_ids=[Command.link(outsider.id)]
        )
        self.run_at(START)
        self.assertNotIn(outsider.partner_id, self.told(profile).person_id)

    def test_without_any_address_the_settings_admins_of_the_company_are_told(self):
        admin = self.make_user("settings_admin", email="admin@example.com")
        self.manager.partner_id.email = False
        profile = self.connect_profile(2)
        self.run_at(START)
        self.assertEqual(self.told(profile).person_id, admin.partner_id)

    def test_settings_admins_are_left_alone_while_somebody_else_can_be_told(self):
        admin = self.make_user("settings_admin", email="admin@example.com")
        profile = self.connect_profile(2)
        self.run_at(START)
        self.assertNotIn(admin.partner_id, self.told(profile).person_id)

    def test_an_archived_person_is_passed_over(self):
        colleague = self.make_user("manager", "colleague", email="c@example.com")
        profile = self.connect_profile(2)
        self.manager.active = False
        self.run_at(START)
        self.assertEqual(self.told(profile).person_id, colleague.partner_id)

    def test_nobody_to_tell_now_does_not_lose_the_notice(self):
        profile = self.connect_profile(2)
        self.manager.partner_id.email = False
        self.assertFalse(self.run_at(START))
        self.manager.partner_id.email = "manager@example.com"
        self.assertEqual(self.run_at(START).profile_id, profile)

    # === THE MAIL === #

    def test_one_mail_a_person_and_run_worst_first(self):
        later = self.connect_profile(6, "P1", name="Later")
        sooner = self.connect_profile(1, "P2", name="Sooner")
        mails = self.run_at(START).mail_id
        self.assertEqual(len(mails), 1)
        self.assertEqual(mails.subject, "2 connections need somebody")
        body = mails.body_html
        self.assertLess(body.index("Sooner"), body.index("Later"))
        for profile in later | sooner:
            self.assertIn(f"/social/renew/{profile.id}", body)

    def test_a_mail_speaks_in_the_name_of_one_company(self):
        self.manager.company_ids += self.other_company
        self.connect_profile(2, "P1")
        other_app = self.make_app(company_id=self.other_company.id)
        self.connect(
            other_app,
            self.manager,
            [self.page("P2")],
            access_expires_at=now() + timedelta(days=2),
        )
        mails = self.run_at(START).mail_id
        self.assertEqual(len(mails), 2)
        for mail in mails:
            named = [
                company
                for company in (self.company, self.other_company)
                if company.name in mail.body_html
            ]
            self.assertEqual(len(named), 1)

    def test_the_moment_is_in_the_readers_time_zone(self):
        self.manager.tz = "America/Sao_Paulo"
        self.connect_profile(2)
        mail = self.run_at(START).mail_id
        self.assertIn("9:00", mail.body_html)
        self.manager.tz = "Asia/Tokyo"
        self.connect_profile(2, "P2")
        mail = self.run_at(START).mail_id
        self.assertIn("9:00", mail.body_html)
        self.assertIn("PM", mail.body_html)

    def test_the_mail_is_queued_in_the_same_transaction_as_the_ledger(self):
        self.connect_profile(2)
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.run_at(START)
            raise ZeroDivisionError
        self.assertFalse(self.env["social.notice"].search([]))
        self.assertEqual(len(self.run_at(START).mail_id), 1)

    def test_a_name_with_markup_is_shown_as_text(self):
        self.connect_profile(2, name="<b>Bold</b>")
        body = self.run_at(START).mail_id.body_html
        self.assertNotIn("<b>Bold</b>", body)

    # === COST === #

    def test_recording_costs_the_same_however_many_are_due(self):
        notice, counts = self.env["social.notice"], []
        for number in (1, 1, 40):
            pages = [self.page(f"{number}-{len(counts)}-{at}") for at in range(number)]
            _token, profiles = self.connect(
                self.app,
                self.manager,
                pages,
                person=f"{len(counts)}",
                access_expires_at=now() + timedelta(days=2),
            )
            self.env.flush_all()
            before = self.cr.sql_log_count
            recorded = notice._record_due(now())
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(recorded.profile_id, profiles)
            self.assertEqual(len(recorded), 2 * number, "in Odoo and by e-mail")
        # The first one fills caches.
        self.assertEqual(counts[2], counts[1])
