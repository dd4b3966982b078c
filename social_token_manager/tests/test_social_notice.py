from datetime import timedelta

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from ..clock import now
from ..policy.notices import windows
from .common import SocialCase

START = "2026-03-02 12:00:00"


@tagged("post_install", "-at_install")
@freeze_time(START)
class TestSocialNotice(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What other data brings in is not to be told here.
        everybody = cls.env["res.users"].with_context(active_test=False).search([])
        everybody.partner_id.email = False
        cls.env["social.profile"].search([]).active = False
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
        with freeze_time(moment):
            return self.env["social.notice"]._send_due(now())

    def told(self, profile, **values):
        domain = [("profile_id", "=", profile.id), ("state", "=", "sent")]
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
        self.assertEqual(notice.rung, "expired")
        self.assertIn("password", notice.mail_id.body_html)

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

    def test_a_rung_is_recorded_by_one_statement_however_many_are_due(self):
        pages = [self.page(f"P{number}") for number in range(40)]
        self.connect(
            self.app, self.manager, pages, access_expires_at=now() + timedelta(days=2)
        )
        notice = self.env["social.notice"]
        entitled = notice._get_entitled_sql()
        self.env.flush_all()
        recorded = notice.browse()
        with self.assertQueryCount(4):
            for window in windows(now()):
                recorded |= notice._record_due(window, "email", entitled)
        self.assertEqual(len(recorded), 40)
