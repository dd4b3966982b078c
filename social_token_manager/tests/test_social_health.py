"""The health of a profile, a client and a company, with why and which way it goes."""

from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from ..policy import health as policy
from ..policy import reasons
from .common import NOW, SocialClockCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestSocialHealth(SocialClockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.silence_others()
        cls.owner = cls.make_user("owner")
        cls.app = cls.make_app()

    def setUp(self):
        super().setUp()
        self.token, self.profile = self.connect_page("P1")

    def connect_page(self, page, person="1001", days=60, user=None, **values):
        return self.connect(
            self.app,
            user or self.owner,
            [self.page(page, **values)],
            person=person,
            access_expires_at=NOW + days * DAY,
        )

    def of(self, profile=None, user=None):
        """Return the score and the codes of what takes points."""
        self.env.invalidate_all()
        profile = (profile or self.profile).with_user(user or self.owner)
        facts = profile._read_facts()[profile.id]
        health = policy.health_of(facts)
        self.assertEqual(profile.health, health.score)
        return health.score, dict(health.reasons)

    def test_alone_it_lacks_a_reserve_and_with_one_it_is_perfect(self):
        self.assertEqual(self.of(), (90, {"no_spare": 5, "one_renewer": 5}))
        other = self.make_user("manager")
        self.connect_page("P1", person="1002", user=other)
        self.assertEqual(self.of(), (100, {}))
        self.assertEqual(self.profile.health_text, "100 of 100, good")

    def test_time_left_is_what_the_rule_says_it_is(self):
        for days in (8, 7, 6, 3, 2, 1, 0.5):
            self.profile.expires_at = NOW + days * DAY
            urgency = policy.urgency_of(self.profile.expires_at, NOW)
            with self.subTest(days=days):
                self.assertEqual(self.of()[1].get("time_left", 0), 10 * urgency)

    def test_what_stopped_says_so_and_counts_no_time_left(self):
        self.token._take_loss(reasons.REVOKED)
        self.token._settle()
        score, found = self.of()
        self.assertEqual((score, found["stopped"]), (30, 60))
        self.assertNotIn("time_left", found)
        self.assertIn("−60: It does not work", self.profile.health_text)

    def test_failures_and_scopes_count(self):
        self.token.failure_count = 9
        self.profile.access_id.missing_scopes = "pages_messaging"
        self.assertEqual(
            self.of(),
            (55, {"failures": 20, "scopes": 15, "no_spare": 5, "one_renewer": 5}),
        )

    def test_an_outage_counts_for_thirty_days(self):
        self.token._take_loss(reasons.REVOKED)
        self.token._settle()
        self.move_clock(NOW + DAY)
        self.connect_page("P1")
        self.assertEqual(self.of()[1]["outages"], 5)
        self.move_clock(NOW + 31 * DAY)
        self.assertNotIn("outages", self.of()[1])

    def test_reminders_count_once_a_rung_and_not_on_the_day_they_come(self):
        for rung, person in (
            ("d7", self.owner),
            ("d7", self.make_user("manager")),
            ("d3", self.owner),
            ("recovered", self.owner),
        ):
            self.env["social.notice"].create(
                {
                    "profile_id": self.profile.id,
                    "company_id": self.company.id,
                    "cycle": self.profile.cycle,
                    "rung": rung,
                    "person_id": person.partner_id.id,
                    "channel": "email",
                    "state": "sent",
                    "sent_at": NOW,
                }
            )
        self.assertNotIn("notices", self.of()[1])
        self.move_clock(NOW + DAY)
        self.assertEqual(self.of()[1]["notices"], 10)

    def test_what_is_not_connected_has_no_health(self):
        profile = self.make_profile()
        self.assertEqual(profile._read_facts(), {})
        self.assertEqual(profile.health, 0)
        self.assertIn("Not connected", profile.health_text)
        domain = [("id", "=", profile.id)]
        self.assertIsNone(self.env["social.profile"]._get_health_of_many(domain))

    def test_profiles_are_found_by_their_health(self):
        _token, other = self.connect_page("P2", person="1003")
        other.expires_at = NOW - DAY
        profiles = self.env["social.profile"].with_user(self.owner)
        for domain, found in (
            ([("health", "<", 50)], other),
            ([("health", ">=", 50)], self.profile),
            ([("health", "=", 90)], self.profile),
            ([("health", "in", [30, 90])], self.profile + other),
            ([("health", "<=", 10)], profiles.browse()),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(profiles.search(domain), found.with_env(profiles.env))

    def test_the_company_is_the_mean_with_what_takes_most_of_it(self):
        _token, other = self.connect_page("P2", person="1003")
        other.expires_at = NOW - DAY
        self.env.flush_all()
        profiles = self.env["social.profile"].with_user(self.owner)
        found = profiles._get_health_of_many([])
        self.assertEqual((found["score"], found["word"]), (60, "fair"))
        first = found["reasons"][0]
        self.assertEqual((first["points"], first["count"]), (30.0, 1))
        self.assertEqual(first["text"], "It does not work")
        self.assertIsNone(found["change"], "nothing is known from last week")
        member = self.make_user("member")
        self.assertIsNone(profiles.with_user(member)._get_health_of_many([]))

    def test_a_client_is_the_mean_of_his_profiles_and_of_those_below(self):
        client = self.env["res.partner"].create({"name": "Bakery"})
        self.profile.partner_id = client
        _token, other = self.connect_page("P2", person="1003")
        other.expires_at = NOW - DAY
        self.assertEqual(client.with_user(self.owner).social_health, 90)
        branch = self.env["res.partner"].create(
            {"name": "Oven", "parent_id": client.id}
        )
        other.partner_id = branch
        self.env.invalidate_all()
        self.assertEqual(branch.with_user(self.owner).social_health, 30)
        seen = client.with_user(self.owner)
        self.assertEqual(seen.social_health, 60)
        self.assertIn("60 of 100", seen.social_health_text)
        self.assertIn("Page P2: 30", seen.social_health_text, "the worst is named")

    def test_each_week_is_noted_once_and_shows_which_way_it_goes(self):
        weeks = self.env["social.health"]
        weeks._note()
        self.profile.expires_at = NOW + 5 * DAY
        weeks._note()
        rows = weeks.search([("profile_id", "=", self.profile.id)])
        self.assertEqual(rows.mapped("score"), [80], "the last of the week counts")
        self.profile.expires_at = NOW + 60 * DAY
        self.move_clock(NOW + 7 * DAY)
        profiles = self.env["social.profile"].with_user(self.owner)
        self.assertEqual(profiles._get_health_of_many([])["change"], 10)
        self.assertIn("+10 since last week", self.profile.health_text)
        weeks._note()
        self.assertEqual(len(weeks.search([("profile_id", "=", self.profile.id)])), 2)

    def test_weeks_of_more_than_a_year_ago_are_forgotten(self):
        weeks = self.env["social.health"]
        weeks._note()
        self.move_clock(NOW + 52 * 7 * DAY)
        weeks._gc_weeks()
        self.assertTrue(weeks.search([]))
        self.move_clock(NOW + 54 * 7 * DAY)
        weeks._gc_weeks()
        self.assertFalse(weeks.search([]))

    def test_a_copy_notes_nothing(self):
        home = self.registry["social.home"]
        with patch.object(home, "_is_here", lambda _self: False):
            self.env["social.health"]._cron_note()
        self.assertFalse(self.env["social.health"].search([]))

    def test_many_profiles_take_as_many_statements_as_one(self):
        for number in range(10):
            self.connect_page(f"Q{number}", person=f"20{number}")
        self.env.flush_all()
        self.env.invalidate_all()
        profiles = self.env["social.profile"].with_user(self.owner)
        profiles._get_health_of_many([])
        with self.assertQueryCount(2):
            profiles._get_health_of_many([])
        every = profiles.search([])
        every.invalidate_recordset(["health"])
        with self.assertQueryCount(2):
            every.mapped("health")
