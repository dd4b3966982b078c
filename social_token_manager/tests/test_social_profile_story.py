"""What a profile's screens say is true: why, how it stands, what arrives, what was."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..policy import reasons
from .common import NOW, SocialClockCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestSocialProfileStory(SocialClockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.make_user("owner")
        cls.manager = cls.make_user("manager")
        cls.member = cls.make_user("member")
        cls.env["social.profile"].search([]).active = False

    def setUp(self):
        super().setUp()
        app = self.make_app()
        pages = [self.page("P1"), self.page("P2"), self.page("P3")]
        _token, self.profiles = self.connect(app, self.owner, pages)
        self.works, self.ends, self.broken = self.profiles
        self.works.expires_at = NOW + 80 * DAY
        self.ends.expires_at = NOW + 3 * DAY
        self.broken.write(
            {"expires_at": NOW - 2 * DAY, "reason": reasons.PASSWORD_CHANGED}
        )
        self.ran_out = self.make_profile(external_id="P4")
        self.ran_out.write({"expires_at": NOW - DAY, "reason": False})
        self.never = self.make_profile(external_id="P5")
        self.all = self.profiles + self.ran_out + self.never
        self.Profiles = self.env["social.profile"].with_user(self.manager)

    # === THE REASON === #

    def test_a_reason_is_found_grouped_and_shown_alike(self):
        expected = {
            self.works: False,
            self.ends: False,
            self.broken: "password_changed",
            self.ran_out: "expired",
            self.never: "not_connected",
        }
        groups = self.Profiles._read_group([], ["cause"], ["id:recordset"])
        found = {one: cause for cause, profiles in groups for one in profiles}
        for profile, cause in expected.items():
            with self.subTest(cause=cause):
                seen = profile.with_user(self.manager)
                self.assertEqual(seen.cause, cause)
                self.assertEqual(found[profile] or False, cause)
                self.assertIn(seen, self.Profiles.search([("cause", "=", cause)]))
        for cause in {*expected.values()}:
            self.assertEqual(
                set(self.Profiles.search([("cause", "=", cause)]).ids),
                {one.id for one, its in expected.items() if its == cause},
            )
        others = self.Profiles.search([("cause", "not in", ["expired", False])])
        self.assertEqual(set(others.ids), {self.broken.id, self.never.id})

    def test_the_panel_offers_the_reasons_that_there_are_in_words(self):
        panel = self.Profiles.search_panel_select_range("cause")
        self.assertEqual(
            {one["display_name"] for one in panel["values"]},
            {"Password changed", "Expired", "Not connected"},
        )

    def test_due_this_week_ends_with_the_week(self):
        view = self.env.ref("social_token_manager.social_profile_view_search")
        arch = self.Profiles.get_view(view.id, "search")["arch"]
        self.assertIn("due_this_week", arch)
        # NOW is a Sunday, which begins a week in the United States.
        self.ends.expires_at = NOW + 6 * DAY
        self.works.expires_at = NOW + 7 * DAY
        domain = [
            ("expires_at", ">=", "now"),
            ("expires_at", "<", "today =week_start +7d"),
        ]
        self.assertEqual(self.Profiles.search(domain).ids, self.ends.ids)

    # === THE STORY === #

    def test_each_state_is_a_plain_sentence(self):
        for profile, words in (
            (self.works, "works until June 3, 2026 at 12:00"),
            (self.ends, "for 3 days more. Somebody has to renew it before"),
            (self.broken, "has not worked since March 13, 2026"),
            (self.ran_out, "for 1 day."),
            (self.never, "is not connected"),
        ):
            with self.subTest(words=words):
                self.assertIn(words, profile.with_user(self.manager).state_text)
        self.works.expires_at = False
        self.assertIn("no expiration date", self.works.state_text)

    def test_the_story_names_clock_granter_check_and_what_it_feeds(self):
        self.works.feed_ids = [(0, 0, {"name": "Support", "kind": "helpdesk"})]
        self.works.token_id.last_verified_at = NOW
        text = self.works.with_user(self.manager).state_text
        self.assertIn("The network reported no day of its own", text)
        self.assertIn("Granted by social_owner", text)
        self.assertIn("last verified on March 15, 2026", text)
        self.assertIn("It feeds: Support (Helpdesk Team).", text)

    def test_data_is_told_apart_from_the_connection(self):
        seen = self.works.with_user(self.manager)
        self.works.missing_fields = "messages"
        self.assertIn("! Incomplete", seen.sync_text)
        self.works.write({"missing_fields": False, "last_message_at": NOW - DAY})
        self.assertIn("✓ Arriving; the last message came on March 14", seen.sync_text)
        self.assertEqual(seen.status, "valid")
        self.assertIn("✕ Stopped", self.broken.with_user(self.manager).sync_text)
        self.assertIn("? Not known", self.ends.with_user(self.manager).sync_text)

    # === THE JOURNAL AND THE NOTICES === #

    def test_the_journal_button_counts_and_opens_this_profile_alone(self):
        seen = self.works.with_user(self.manager)
        self.assertEqual(seen.event_count, len(self.journal(profile_id=self.works.id)))
        action = seen.action_see_journal()
        lines = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(lines.profile_id, self.works)
        notices = seen.action_see_notices()
        self.assertEqual(notices["domain"], [("profile_id", "=", self.works.id)])

    def test_a_member_sees_the_journal_of_his_own_and_no_notices(self):
        self.works.recipient_user_ids = self.member
        own = self.works.with_user(self.member)
        self.assertTrue(own.event_count)
        with Form(own) as form:
            self.assertIn("works until", form.state_text)
        with self.assertRaises(AccessError):
            own.action_see_notices()
        with self.assertRaises(AccessError):
            self.ends.with_user(self.member).action_see_journal()

    def test_counting_takes_one_query_for_any_number_of_profiles(self):
        profiles = self.all.with_user(self.manager)
        profiles._compute_event_count()
        with self.assertQueryCount(1):
            profiles._compute_event_count()

    def test_measures_and_groups_of_the_boards_answer(self):
        groups = self.Profiles.formatted_read_group(
            [("expires_at", "!=", False)],
            ["network_id", "expires_at:month"],
            ["__count", "days_left:min"],
        )
        self.assertTrue(groups)
        for spec in ("partner_id", "person_id", "expires_at:week", "status"):
            with self.subTest(spec=spec):
                self.assertTrue(self.Profiles.formatted_read_group([], [spec]))
