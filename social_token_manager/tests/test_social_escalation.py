from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..clock import now
from ..policy import people, reasons
from .common import SocialCase
from .escalation_plan import plan

START = datetime(2026, 3, 2, 12)
DAY = timedelta(days=1)
ASK_TYPE = "social_token_manager.mail_activity_type_renew"


class EscalationCase(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.silence_others()
        with freeze_time(START):
            cls.owner = cls.make_user("owner", email="owner@example.com")
            cls.manager = cls.make_user("manager", email="manager@example.com")
            cls.admin = cls.make_user("member", "admin_of_it", email="a@example.com")
            cls.granter = cls.make_user("member", "granter", email="g@example.com")
            cls.app = cls.make_app()
            cls.profile = cls.connect_profile()

    @classmethod
    def connect_profile(cls, external_id="P1"):
        """Return a profile on which the granter and somebody else are Admin."""
        _token, profile = cls.connect(
            cls.app,
            cls.granter,
            [cls.page(external_id)],
            person=external_id,
            access_expires_at=now() + 60 * DAY,
        )
        profile.admin_user_ids = cls.granter | cls.admin
        return profile

    def lose(self, profile=None, at=START):
        with freeze_time(at):
            token = (profile or self.profile).token_id
            token._take_loss(reasons.REVOKED)
            token._settle()

    def run_at(self, moment):
        """Do what a turn of the scheduled action does; return what it sends."""
        self.env.invalidate_all()
        with freeze_time(moment):
            notice = self.env["social.notice"]
            notice._record_due(now())
            notice._record_purges(now())
            for profile in self.env["social.escalation"]._escalate(now()).profile_id:
                profile._assign_renewal()
            return self.deliver_notices()

    def run_days(self, first, last, hours=8):
        """Run every few hours from one day to another; return ``[(day, rung)]``."""
        sent = []
        for hour in range(first * 24, last * 24 + 1, hours):
            rungs = self.run_at(START + timedelta(hours=hour)).mapped("rung")
            sent += [(hour // 24, rung) for rung in dict.fromkeys(rungs)]
        return sent

    def told(self, rung, profile=None):
        notices = self.env["social.notice"].search(
            [
                ("profile_id", "=", (profile or self.profile).id),
                ("rung", "=", rung),
                ("state", "=", "sent"),
                ("channel", "=", "email"),
            ]
        )
        return notices.person_id.user_ids

    def take_at(self, moment, user, days):
        self.env.invalidate_all()
        with freeze_time(moment):
            return self.profile.with_user(user)._take(now() + days * DAY)

    def asked(self):
        return self.profile.activity_ids.filtered(
            lambda one: one.activity_type_id == self.env.ref(ASK_TYPE)
        )


@tagged("post_install", "-at_install")
class TestSocialEscalation(EscalationCase):
    # === THE LADDER === #

    def test_thirty_days_of_nobody_renewing_tell_exactly_what_the_rule_says(self):
        self.lose()
        sent = self.run_days(0, 30)
        expected = plan(START, (1, 2, 3, 4), START + 30 * DAY)
        self.assertEqual(
            sent,
            [(0, "broken"), *(((at - START).days, rung) for at, rung in expected)],
        )
        self.assertEqual(self.told("escalated1"), self.granter)
        self.assertEqual(self.told("escalated2"), self.granter | self.admin)
        self.assertEqual(self.told("escalated3"), self.manager)
        self.assertEqual(self.told("escalated4"), self.owner)
        everybody = self.granter | self.admin | self.manager | self.owner
        self.assertEqual(self.told("repeated1"), everybody)

    def test_each_step_is_told_once_a_person_and_channel_however_often_it_runs(self):
        self.lose()
        self.run_days(0, 8, hours=4)
        self.env.cr.execute(
            "SELECT count(*), count(DISTINCT (rung, person_id, channel))"
            " FROM social_notice WHERE profile_id = %s",
            [self.profile.id],
        )
        count, distinct = self.env.cr.fetchone()
        self.assertEqual(count, distinct)
        for _run in range(20):
            self.assertFalse(self.run_at(START + 8 * DAY))

    def test_what_expired_goes_up_as_well(self):
        self.assertEqual(
            self.run_days(59, 62)[-3:],
            [(60, "expired"), (61, "escalated1"), (62, "escalated2")],
        )

    def test_an_outage_of_the_scheduler_skips_nobody_and_tells_one_step_a_time(self):
        self.lose()
        self.run_days(0, 1)
        self.assertEqual(
            set(self.run_at(START + 10 * DAY).mapped("rung")), {"escalated2"}
        )
        self.assertFalse(self.run_at(START + 10.5 * DAY))
        self.assertEqual(
            set(self.run_at(START + 11 * DAY).mapped("rung")), {"escalated3"}
        )

    def test_a_fix_ends_it_and_whoever_was_asked_is_told_that_it_works(self):
        self.lose()
        self.run_days(0, 5)
        # Mails that went out cannot be taken back.
        self.env["social.notice"].search([]).mail_id.state = "sent"
        with freeze_time(START + 6 * DAY):
            self.connect_profile()
        sent = self.run_days(6, 40)
        self.assertEqual(sent, [(6, "recovered")])
        self.assertFalse(self.env["social.escalation"].search([]))
        self.assertIn(self.owner, self.told("recovered"))

    def test_what_waits_for_the_morning_is_cancelled_by_a_fix(self):
        self.owner.write({"social_quiet_start": 0, "social_quiet_end": 24})
        self.lose()
        self.run_days(0, 5)
        with freeze_time(START + 5.5 * DAY):
            self.connect_profile()
        self.owner.social_quiet_end = 0
        self.run_days(6, 7)
        self.assertFalse(self.told("escalated4"))

    def test_a_second_break_goes_up_again_from_the_start(self):
        self.lose()
        self.run_days(0, 3)
        with freeze_time(START + 4 * DAY):
            self.connect_profile()
        self.lose(at=START + 5 * DAY)
        self.assertEqual(
            self.run_days(5, 7),
            [(5, "broken"), (6, "escalated1"), (7, "escalated2")],
        )

    def test_a_network_and_a_company_may_differ(self):
        self.profile.network_id.escalation_days = "4, 8"
        self.company.social_escalation_repeat = 0
        self.lose()
        self.assertEqual(
            self.run_days(0, 20)[1:], [(4, "escalated1"), (8, "escalated2")]
        )
        self.company.social_escalation_days = "2"
        profile = self.connect_profile("P2")
        self.lose(profile, START + 21 * DAY)
        self.assertEqual(self.run_days(21, 30), [(21, "broken"), (23, "escalated1")])

    def test_a_company_may_leave_it(self):
        self.company.social_escalation = False
        self.lose()
        self.assertEqual(self.run_days(0, 10), [(0, "broken")])

    def test_days_that_are_none_are_refused(self):
        for text in ("one", "3, 2", "0", "1,2,3,4,5,6"):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                self.company.social_escalation_days = text
        with self.assertRaises(ValidationError):
            self.profile.network_id.escalation_days = "-1"
        with self.assertRaises(ValidationError):
            self.company.social_escalation_repeat = -1

    def test_what_was_never_connected_goes_nowhere(self):
        self.make_profile()
        self.run_days(0, 10)
        self.assertFalse(self.env["social.escalation"].search([]))

    # === NEVER NOBODY, NEVER ANOTHER COMPANY === #

    def test_whoever_was_archived_has_no_mail_or_no_right_is_passed_over(self):
        self.granter.active = False
        self.admin.partner_id.email = False
        self.lose()
        self.assertEqual(self.run_days(0, 1)[1:], [(1, "escalated3")])
        self.assertEqual(self.told("escalated3"), self.manager)

    def test_under_the_strict_reading_members_are_passed_over(self):
        self.company.social_strict_renewal = True
        self.lose()
        self.assertEqual(self.run_days(0, 1)[1:], [(1, "escalated3")])

    def test_whoever_switched_mails_off_is_told_in_odoo(self):
        self.granter.social_email = False
        self.lose()
        self.run_days(0, 1)
        notice = self.env["social.notice"].search([("rung", "=", "escalated1")])
        self.assertEqual(notice.person_id, self.granter.partner_id)
        self.assertEqual(notice.mapped("channel"), ["inbox"])

    def test_without_anybody_the_settings_admins_of_the_company_are_told(self):
        settings_admin = self.make_user("settings_admin", email="s@example.com")
        team = self.owner | self.manager | self.granter | self.admin
        team.partner_id.email = False
        self.lose()
        self.run_days(0, 1)
        self.assertEqual(self.told("escalated4"), settings_admin)

    def test_somebody_to_tell_later_is_told_later(self):
        team = self.owner | self.manager | self.granter | self.admin
        team.partner_id.email = False
        self.lose()
        self.assertFalse(self.run_days(0, 4))
        self.manager.partner_id.email = "manager@example.com"
        self.run_days(4, 5)
        self.assertEqual(self.told("escalated3"), self.manager)

    def test_another_company_is_never_told(self):
        outsiders = self.make_user(
            "owner", "out_owner", self.other_company, email="o@example.com"
        ) | self.make_user(
            "member", "out_member", self.other_company, email="m@example.com"
        )
        self.profile.admin_user_ids |= outsiders
        self.lose()
        self.run_days(0, 30)
        told = self.env["social.notice"].search([]).person_id.user_ids
        self.assertFalse(told & outsiders)

    # === ONE PERSON WHO CAN === #

    def test_one_person_who_can_renew_has_it_to_do_with_a_deadline(self):
        self.profile.access_ids._write_proof(people.YES, people.GRANT)
        self.lose()
        self.run_days(0, 5)
        activity = self.asked()
        self.assertEqual(activity.user_id, self.granter)
        self.assertTrue(activity.date_deadline)

    def test_nobody_is_asked_to_do_what_he_is_not_known_to_be_able_to(self):
        self.profile.access_ids._write_proof(people.NO, people.HAND)
        self.lose()
        self.run_days(0, 5)
        self.assertFalse(self.asked())

    def test_a_fix_by_whomever_makes_it_done(self):
        self.profile.access_ids._write_proof(people.YES, people.GRANT)
        self.lose()
        self.run_days(0, 2)
        self.assertTrue(self.asked())
        with freeze_time(START + 3 * DAY):
            self.connect_profile()
        self.env.invalidate_all()
        self.assertFalse(self.asked())

    # === TAKING IT === #

    def test_whoever_takes_it_keeps_it_quiet_until_then(self):
        self.lose()
        self.run_days(0, 1)
        self.take_at(START + 1.5 * DAY, self.admin, 4)
        self.assertEqual(self.run_days(2, 5, hours=6), [(2, "taken1")])
        self.assertEqual(self.run_days(6, 6), [(6, "escalated2")])

    def test_the_others_are_told_who_has_it(self):
        self.lose()
        self.run_days(0, 1)
        self.take_at(START + 1.5 * DAY, self.admin, 4)
        self.run_at(START + 1.6 * DAY)
        self.assertEqual(self.told("taken1"), self.granter | self.manager | self.owner)
        mail = (
            self.env["social.notice"]
            .search([("rung", "=", "taken1"), ("channel", "=", "email")], limit=1)
            .mail_id
        )
        self.assertIn(f"{self.admin.name} takes care of it until", mail.subject)
        self.assertNotIn("social-take", mail.body_html)
        with freeze_time(START + 2 * DAY):
            self.env.invalidate_all()
            self.assertIn(self.admin.name, self.profile.escalation_text)

    def test_it_may_be_taken_before_anybody_was_asked_and_by_another_one_after(self):
        self.lose()
        self.run_at(START)
        self.take_at(START + DAY / 24, self.admin, 2)
        self.take_at(START + DAY / 12, self.manager, 3)
        self.run_at(START + DAY / 8)
        self.assertIn(self.admin, self.told("taken2"))
        self.assertEqual(self.run_days(1, 4)[-1:], [(3, "escalated1")])

    def test_what_waits_is_not_told_after_somebody_took_it(self):
        self.owner.write({"social_quiet_start": 0, "social_quiet_end": 24})
        self.lose()
        self.run_days(0, 5)
        self.take_at(START + 5.5 * DAY, self.admin, 1)
        self.owner.social_quiet_end = 0
        self.run_at(START + 5.6 * DAY)
        self.assertFalse(self.told("escalated4"))
        self.assertIn(self.owner, self.told("taken1"))

    def test_who_takes_it_has_the_activity(self):
        self.profile.access_ids._write_proof(people.YES, people.GRANT)
        self.lose()
        self.run_days(0, 1)
        self.take_at(START + 1.5 * DAY, self.admin, 4)
        self.assertEqual(self.asked().user_id, self.admin)
        self.assertEqual(self.asked().date_deadline, (START + 5.5 * DAY).date())

    def test_only_who_may_renew_may_take_it(self):
        team = self.make_user("member", "team", email="t@example.com")
        self.profile.recipient_user_ids = [Command.link(team.id)]
        stranger = self.make_user("member", "stranger")
        abroad = self.make_user("owner", "abroad", self.other_company)
        self.lose()
        for user in (team, stranger, abroad, self.make_user("settings_admin")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.take_at(START + DAY, user, 1)
        self.company.social_strict_renewal = True
        with self.assertRaises(AccessError):
            self.take_at(START + DAY, self.admin, 1)
        self.take_at(START + DAY, self.manager, 1)

    def test_nobody_takes_what_works_or_for_ever(self):
        with self.assertRaises(UserError):
            self.take_at(START, self.admin, 1)
        self.lose()
        for days in (0, -1, 15):
            with self.subTest(days=days), self.assertRaises(UserError):
                self.take_at(START + DAY, self.admin, days)

    def test_the_dialog_changes_nothing_before_its_button(self):
        self.lose()
        with freeze_time(START + DAY):
            self.env.invalidate_all()
            wizard = (
                self.env["social.take.wizard"]
                .with_user(self.admin)
                .with_context(active_id=self.profile.id)
                .create({})
            )
            self.assertFalse(self.env["social.escalation"].search([]))
            wizard.action_take()
        escalation = self.env["social.escalation"].search([])
        self.assertEqual(escalation.taken_by_id, self.admin)
        self.assertEqual(self.journal(kind="taken").profile_id, self.profile)

    def test_a_mail_leads_to_the_dialog(self):
        self.lose()
        mail = self.run_at(START).mail_id[:1]
        self.assertIn(f"social-profiles/{self.profile.id}/social-take", mail.body_html)

    # === BEFORE DATA IS DELETED === #

    def test_before_held_data_goes_people_are_told_once_where_it_goes(self):
        self.profile.network_id.purge_after_days = 7
        self.company.social_escalation = False
        self.company.social_purge = True
        self.lose()
        self.assertEqual(self.run_days(0, 30), [(0, "broken"), (4, "purge")])
        notice = self.env["social.notice"].search(
            [("rung", "=", "purge"), ("channel", "=", "email")], limit=1
        )
        self.assertIn("is deleted on March 9, 2026", notice.mail_id.subject)
        self.assertEqual(notice.rung_text, "Before held data is deleted")

    def test_that_data_goes_is_told_beside_that_nobody_renewed(self):
        self.profile.network_id.purge_after_days = 7
        self.company.social_purge = True
        self.owner.write({"social_quiet_start": 0, "social_quiet_end": 24})
        self.lose()
        self.run_days(0, 5)
        self.owner.social_quiet_end = 0
        self.run_at(START + 5.5 * DAY)
        self.assertEqual(self.told("purge") & self.owner, self.owner)
        self.assertEqual(self.told("escalated4"), self.owner)

    def test_where_nothing_is_deleted_nobody_is_told_so(self):
        self.profile.network_id.purge_after_days = 7
        self.company.social_escalation = False
        self.lose()
        self.assertEqual(self.run_days(0, 10), [(0, "broken")])

    def test_a_disconnected_profile_is_told_of_as_well(self):
        self.profile.network_id.purge_after_days = 7
        self.company.social_purge = True
        with freeze_time(START):
            self.profile._forget_accesses(with_others=False)
        self.assertEqual(self.run_days(0, 10), [(4, "purge")])

    # === COST === #

    def test_a_step_costs_the_same_however_many_are_due(self):
        model, counts = self.env["social.escalation"], []
        for number in (1, 1, 30):
            tag = len(counts)
            for at in range(number):
                self.lose(self.connect_profile(f"{tag}-{at}"), START)
            self.env.flush_all()
            with freeze_time(START):
                model._follow_profiles(now())
            at = START + DAY
            before = self.cr.sql_log_count
            with freeze_time(at):
                recorded = model._record_steps(now())
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(recorded.profile_id), number)
        self.assertLessEqual(counts[2], counts[1])


@tagged("post_install", "-at_install")
class TestSocialEscalationOutside(EscalationCase):
    def setUp(self):
        super().setUp()
        context = self.enter_registry_test_mode()
        context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)

    def name_outsider(self):
        self.profile.outsider_id = self.env["res.partner"].create(
            {"name": "Client Clara", "email": "clara@example.com"}
        )

    def test_at_the_top_a_link_for_the_named_person_is_proposed(self):
        self.name_outsider()
        self.lose()
        self.assertIn((7, "escalated5"), self.run_days(0, 7))
        self.assertEqual(self.told("escalated5"), self.manager | self.owner)
        mail = (
            self.env["social.notice"]
            .search([("rung", "=", "escalated5"), ("channel", "=", "email")], limit=1)
            .mail_id
        )
        self.assertIn("send Client Clara a connect link", mail.subject)
        self.assertIn(f'social-profiles/{self.profile.id}"', mail.body_html)
        self.assertFalse(self.profile.connect_link_ids)
        action = self.profile.with_user(self.manager).action_invite()
        self.assertEqual(
            action["context"]["default_person_id"], self.profile.outsider_id.id
        )

    def send_links(self):
        """Send what goes outside by itself; return the addresses it went to."""
        sent = []
        kind = self.registry["mail.mail"]
        with patch.object(
            kind, "send", lambda mail, **_options: sent.append(mail.email_to)
        ):
            self.env["social.escalation"]._send_links(now())
        self.env.invalidate_all()
        return sent

    def reach_top(self):
        """Go up to where it leaves the house; return the notices that wait."""
        self.lose()
        self.run_days(0, 6)
        self.env.invalidate_all()
        with freeze_time(START + 7 * DAY):
            return self.env["social.escalation"]._escalate(now())

    def test_where_the_company_says_so_the_link_is_sent_once_by_itself(self):
        self.name_outsider()
        self.company.social_escalation_link = True
        self.reach_top()
        with freeze_time(START + 7 * DAY):
            self.assertIn("clara@example.com", self.send_links()[0])
            self.assertFalse(self.send_links())
            sent = self.deliver_notices()
        link = self.profile.connect_link_ids
        self.assertEqual(len(link), 1)
        self.assertEqual(link.user_id, self.profile.user_id)
        mail = sent.mail_id[:1]
        self.assertIn("Client Clara was sent a connect link", mail.subject)
        self.assertNotIn("/social/link/", mail.body_html)

    def test_the_link_goes_out_for_what_ran_out_by_the_clock_as_well(self):
        self.name_outsider()
        self.company.social_escalation_link = True
        self.run_days(60, 66)
        self.env.invalidate_all()
        with freeze_time(START + 67 * DAY):
            self.env["social.escalation"]._escalate(now())
            self.assertFalse(self.profile.reason)
            self.assertIn("clara@example.com", self.send_links()[0])
        self.assertEqual(len(self.profile.connect_link_ids), 1)

    def test_nobody_outside_is_written_to_on_a_day_off(self):
        self.name_outsider()
        self.company.social_escalation_link = True
        self.reach_top()
        with freeze_time(START + 12 * DAY):
            self.assertFalse(self.send_links(), "a Saturday")
        self.company.social_quiet_rule = "none"
        self.env.flush_all()
        with freeze_time(START + 12 * DAY):
            self.assertTrue(self.send_links())

    def test_nobody_outside_is_written_to_while_somebody_has_it(self):
        self.name_outsider()
        self.company.social_escalation_link = True
        self.reach_top()
        self.take_at(START + 7 * DAY, self.manager, 2)
        self.env.flush_all()
        with freeze_time(START + 8 * DAY):
            self.assertFalse(self.send_links())
        with freeze_time(START + 9 * DAY):
            self.assertTrue(self.send_links())

    def test_whoever_renews_while_links_go_out_keeps_theirs_from_going(self):
        self.name_outsider()
        self.company.social_escalation_link = True
        self.reach_top()
        with freeze_time(START + 7 * DAY):
            lost_at = self.profile.expires_at
            self.profile.expires_at = now() + 60 * DAY
            self.assertFalse(self.profile.escalation_ids._claim_link(now()))
            self.profile.expires_at = lost_at
            self.profile.cycle += 1
            self.assertFalse(self.profile.escalation_ids._claim_link(now()))
            self.profile.cycle -= 1
            self.assertTrue(self.profile.escalation_ids._claim_link(now()))

    def test_a_link_that_was_sent_by_hand_is_not_sent_again(self):
        self.name_outsider()
        self.company.social_escalation_link = True
        self.reach_top()
        with freeze_time(START + 7 * DAY):
            links = self.env["social.connect.link"].with_user(self.manager)
            link, _token = links._make(
                self.profile.outsider_id, now() + 7 * DAY, profile=self.profile
            )
            self.env.flush_all()
            self.assertFalse(self.send_links())
        self.assertEqual(self.profile.escalation_ids.link_id.id, link.id)

    def test_what_is_still_to_go_outside_is_said_to_go(self):
        self.name_outsider()
        self.company.social_escalation_link = True
        self.reach_top()
        with freeze_time(START + 7 * DAY):
            mail = self.deliver_notices().mail_id[:1]
        self.assertIn("is sent a connect link on the next working day", mail.subject)
        self.assertNotIn("Open the profile</a>", mail.body_html)

    def test_unless_the_company_says_so_no_link_leaves_the_house(self):
        self.name_outsider()
        self.reach_top()
        self.assertFalse(self.send_links())
        self.assertFalse(self.profile.connect_link_ids)

    def test_a_link_that_cannot_be_sent_is_proposed_instead(self):
        self.name_outsider()
        self.profile.outsider_id.email = False
        self.company.social_escalation_link = True
        self.reach_top()
        with freeze_time(START + 7 * DAY):
            with self.assertLogs("odoo.addons.social_token_manager", "WARNING") as log:
                self.assertFalse(self.send_links())
            self.assertIn("UserError", log.output[0])
            sent = self.deliver_notices()
        self.assertFalse(self.profile.connect_link_ids)
        self.assertIn("send Client Clara a connect link", sent.mail_id[:1].subject)
