import json
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..clock import now
from ..models.social_profile_live import CHANGED, SUBCHANNEL
from ..policy import watch
from .common import MODULE, SocialCase

START = "2026-03-02 12:00:00"


@tagged("post_install", "-at_install")
@freeze_time(START)
class TestSocialNoticePersonal(SocialCase):
    """What a person chooses for himself, and is shown without asking."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["social.profile"].search([]).active = False
        with freeze_time(START):
            cls.manager = cls.make_user("manager", email="manager@example.com")
            cls.member = cls.make_user("member", email="member@example.com")
            cls.stranger = cls.make_user("member", "stranger")
            cls.app = cls.make_app()

    def connect_profile(self, days, external_id="P1", **values):
        """Return a profile on which the Member is Admin."""
        _token, profile = self.connect(
            self.app,
            self.manager,
            [self.page(external_id)],
            person=external_id,
            access_expires_at=now() + timedelta(days=days),
        )
        profile.write({"admin_user_ids": [Command.link(self.member.id)], **values})
        return profile

    def as_user(self, user):
        """Return the profiles as somebody sees them."""
        return self.env["social.profile"].with_user(user)

    # === PREFERENCES === #

    def open_preferences(self, user):
        view = f"{MODULE}.res_users_view_form_token_expiration"
        return Form(user.with_user(user), view)

    def test_set_by_profile_lists_ones_own_profiles_with_ones_own_settings(self):
        profile = self.connect_profile(5)
        hidden = self.connect_profile(5, "P2")
        hidden.admin_user_ids -= self.member
        with self.open_preferences(self.member) as form:
            form.social_mobile = False
            form.social_by_profile = True
            self.assertEqual(len(form.social_preference_ids), 1)
            with form.social_preference_ids.edit(0) as line:
                self.assertEqual(line.profile_name, f"Facebook Page: {profile.name}")
                line.email = False
        chosen = self.member.social_preference_ids
        self.assertEqual(chosen.profile_id, profile)
        self.assertEqual((chosen.email, chosen.mobile), (False, False))

    def test_set_by_profile_twice_lists_each_profile_once(self):
        self.connect_profile(5)
        with self.open_preferences(self.member) as form:
            for wanted in (True, False, True):
                form.social_by_profile = wanted
        self.assertEqual(len(self.member.social_preference_ids), 1)

    def test_a_profile_that_came_later_is_in_the_preferences(self):
        self.member.with_user(self.member).social_by_profile = True
        profile = self.connect_profile(5)
        action = self.as_user(self.member).browse(profile.id)
        self.assertEqual(action.action_manage_notifications()["res_id"], self.member.id)
        self.assertEqual(self.member.social_preference_ids.profile_id, profile)
        self.connect_profile(5, "P2")
        self.env["res.users"].with_user(self.member).action_get()
        self.assertEqual(len(self.member.social_preference_ids), 2)

    def test_preferences_are_personal(self):
        profile = self.connect_profile(5)
        theirs = self.env["social.notice.preference"].create(
            {"user_id": self.manager.id, "profile_id": profile.id}
        )
        me = self.member.with_user(self.member)
        for command in (
            Command.update(theirs.id, {"email": False}),
            Command.delete(theirs.id),
            Command.link(theirs.id),
        ):
            with self.subTest(command=command), self.assertRaises(AccessError):
                me.write({"social_preference_ids": [command]})
        with self.assertRaises(AccessError):
            self.manager.with_user(self.member).social_email = False
        self.assertTrue(theirs.email)
        self.assertEqual(theirs.user_id, self.manager)

    def test_nobody_sets_what_he_may_not_see_nor_reads_its_name(self):
        profile = self.connect_profile(5)
        stranger = self.stranger.with_user(self.stranger)
        with self.assertRaises(AccessError):
            stranger.social_preference_ids = [
                Command.create({"profile_id": profile.id})
            ]
        mine = self.env["social.notice.preference"].with_user(self.member)
        line = mine.create({"profile_id": profile.id})
        self.assertIn(profile.name, line.profile_name)
        profile.admin_user_ids -= self.member
        self.env.invalidate_all()
        self.assertNotIn(profile.name, line.profile_name)

    # === AT LOG-IN === #

    def alerted(self, user):
        alert = self.as_user(user).get_login_alert()
        return [line["id"] for line in alert["profiles"]]

    def test_only_who_can_renew_is_alerted_and_only_who_wants_it(self):
        profile = self.connect_profile(
            2, recipient_user_ids=[Command.link(self.stranger.id)]
        )
        self.assertEqual(self.alerted(self.member), profile.ids)
        self.assertEqual(self.alerted(self.stranger), [], "is told, cannot renew")
        self.member.with_user(self.member).social_login_alert = False
        self.assertEqual(self.alerted(self.member), [])
        self.assertEqual(self.alerted(self.manager), profile.ids)

    def test_a_snooze_holds_until_the_next_rung(self):
        profile = self.connect_profile(2.5)
        self.as_user(self.member).browse(profile.id).snooze_alert()
        self.assertEqual(self.alerted(self.member), [])
        self.assertEqual(self.alerted(self.manager), profile.ids, "his own alone")
        with freeze_time("2026-03-03 12:00:00"):
            self.assertEqual(self.alerted(self.member), [])
        with freeze_time("2026-03-04 12:00:00"):
            self.assertEqual(self.alerted(self.member), profile.ids)
            self.as_user(self.member).browse(profile.id).snooze_alert()
            self.assertEqual(self.alerted(self.member), [])

    def test_what_breaks_is_shown_in_spite_of_a_snooze_and_rests_for_a_day(self):
        profile = self.connect_profile(2)
        mine = self.as_user(self.member).browse(profile.id)
        mine.snooze_alert()
        profile.token_id._take_loss("revoked")
        profile.token_id._settle()
        self.assertEqual(self.alerted(self.member), profile.ids)
        mine.snooze_alert()
        with freeze_time("2026-03-03 11:00:00"):
            self.assertEqual(self.alerted(self.member), [])
        with freeze_time("2026-03-03 12:00:00"):
            self.assertEqual(self.alerted(self.member), profile.ids)

    def test_a_new_cycle_forgets_the_snooze(self):
        profile = self.connect_profile(2)
        self.as_user(self.member).browse(profile.id).snooze_alert()
        self.connect_profile(60)
        profile.expires_at = now() + timedelta(days=2)
        self.assertEqual(self.alerted(self.member), profile.ids)
        self.env["social.notice.snooze"]._gc_overtaken()
        self.assertFalse(self.env["social.notice.snooze"].search([]))

    def test_who_may_not_see_a_profile_cannot_snooze_it(self):
        profile = self.connect_profile(2)
        with self.assertRaises(AccessError):
            self.as_user(self.stranger).browse(profile.id).snooze_alert()
        with self.assertRaises(AccessError):
            self.env["social.notice.snooze"].with_user(self.member).search([])

    # === AT THE TOP === #

    def test_the_counter_counts_what_one_may_see_worst_first(self):
        later = self.connect_profile(5, "P1")
        sooner = self.connect_profile(1, "P2")
        self.connect_profile(60, "P3")
        sooner.admin_user_ids -= self.member
        sooner.recipient_user_ids |= self.member
        risk = self.as_user(self.member).get_risk()
        self.assertEqual(risk["count"], 2)
        self.assertEqual(
            [(line["id"], line["may_renew"]) for line in risk["profiles"]],
            [(sooner.id, False), (later.id, True)],
        )
        self.assertEqual(self.as_user(self.stranger).get_risk()["count"], 0)

    def test_a_hundred_at_risk_are_counted_no_further(self):
        profile = self.connect_profile(1)
        # Whoever has a hundred wants the list, not the number.
        with patch.object(
            self.registry["social.profile"], "search_count", lambda *_a, **_k: 100
        ):
            risk = self.as_user(self.member).get_risk()
        self.assertEqual((risk["count"], risk["has_more"]), (99, True))
        self.assertEqual(risk["profiles"][0]["id"], profile.id)

    # === OPEN SCREENS === #

    def sent(self):
        """Return ``{channel: ids}`` of what open screens were told at a commit."""
        self.env.cr.precommit.run()
        rows = self.env["bus.bus"].search([("message", "like", CHANGED)])
        found = {}
        for row in rows:
            _database, *channel = json.loads(row.channel)
            payload = json.loads(row.message)["payload"]
            found.setdefault(tuple(channel), []).extend(payload["ids"])
        rows.unlink()
        return found

    def test_a_renewal_is_told_to_managers_and_to_its_members_and_to_nobody_else(self):
        profiles = self.connect_profile(2) | self.connect_profile(2, "P2")
        self.sent()
        self.connect_profile(60)
        self.connect_profile(60, "P2")
        self.assertEqual(
            self.sent(),
            {
                ("res.company", self.company.id, SUBCHANNEL): profiles.ids,
                ("res.partner", self.member.partner_id.id): profiles.ids,
            },
        )

    def test_what_changes_nothing_is_not_told(self):
        profile = self.connect_profile(2)
        self.sent()
        profile._update_state()
        self.assertEqual(self.sent(), {})

    def test_managers_alone_listen_to_their_companies(self):
        def channels(user):
            websocket = self.env["ir.websocket"].with_user(user)
            asked = SimpleNamespace(session=SimpleNamespace(uid=user.id))
            place = "odoo.addons.bus.models.ir_websocket.wsrequest"
            with patch(place, new=asked):
                found = websocket._build_bus_channel_list([])
            return [
                one
                for one in found
                if isinstance(one, tuple) and one[1:] == (SUBCHANNEL,)
            ]

        ours = (self.company, SUBCHANNEL)
        self.assertEqual(channels(self.manager), [ours])
        self.assertEqual(channels(self.member), [])

    # === THE WATCHDOG === #

    def watch(self, user):
        return self.as_user(user).get_risk()["watch"]

    def test_managers_are_told_which_scheduled_action_stands_still(self):
        actions = self.env["ir.cron"]._get_social_actions()
        self.assertEqual(len(actions), 9)
        actions.write({"active": True, "nextcall": now(), "failure_count": 0})
        self.assertEqual(self.watch(self.manager), {})
        off, late, failing = actions[:3]
        off.active = False
        late.nextcall = now() - timedelta(hours=2)
        failing.failure_count = watch.FAILURES
        found = self.watch(self.manager)
        for action, sentence in zip(actions[:3], found["sentences"], strict=True):
            self.assertIn(action.name, sentence)
        self.assertIn("Scheduled Actions", found["remedy"])
        self.assertEqual(self.watch(self.member), {})

    # === SAMPLES === #

    def test_a_sample_of_every_notice_goes_to_oneself_and_into_no_ledger(self):
        ledger = self.env["social.notice"].search_count([])
        before = self.env["mail.mail"].search([])
        self.env["social.notice"].with_user(self.manager).action_send_sample()
        mail = self.env["mail.mail"].search([]) - before
        self.assertEqual(mail.recipient_ids, self.manager.partner_id)
        self.assertIn("Sample", mail.subject)
        self.assertIn("This is a sample", mail.body_html)
        for words in ("in 7 days", "in 3 days", "in 1 day", "ended on", "works again"):
            self.assertIn(words, mail.body_html)
        for words in ("nobody has renewed it", "takes care of it", "is deleted on"):
            self.assertIn(words, mail.body_html)
        self.assertIn("Messages no longer arrive", mail.body_html)
        self.assertEqual(mail.body_html.count("Broken:"), 11)
        self.assertNotIn("/social/renew/", mail.body_html)
        self.assertEqual(self.env["social.notice"].search_count([]), ledger)

    def test_samples_are_for_managers_with_an_address(self):
        with self.assertRaises(AccessError):
            self.env["social.notice"].with_user(self.member).action_send_sample()
        self.manager.partner_id.email = False
        with self.assertRaises(UserError):
            self.env["social.notice"].with_user(self.manager).action_send_sample()

    # === THE TEAM === #

    def test_managers_choose_the_team_of_many_profiles_at_once(self):
        profiles = self.connect_profile(2) | self.connect_profile(2, "P2")
        view = self.env.ref(f"{MODULE}.social_profile_view_list_notifications")
        self.assertIn('multi_edit="1"', view.arch)
        profiles.with_user(self.manager).recipient_user_ids = self.stranger
        self.assertEqual(profiles.recipient_user_ids, self.stranger)
        with self.assertRaises(AccessError):
            profiles.with_user(self.stranger).recipient_user_ids = self.member
