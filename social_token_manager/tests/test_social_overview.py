"""The Overview shows what a person may see, worst first, by few statements."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .. import clock
from ..policy import reasons
from .common import NOW, SocialClockCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestSocialOverview(SocialClockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.silence_others()
        cls.owner = cls.make_user("owner")
        cls.member = cls.make_user("member")
        cls.app = cls.make_app()

    def connect_page(self, page, days=60, network="facebook"):
        token, profile = self.connect(
            self.app,
            self.owner,
            [self.page(page, network=network)],
            person=f"person of {page}",
            access_expires_at=NOW + days * DAY,
        )
        return profile

    def make_client(self, name):
        return self.env["res.partner"].create({"name": name})

    def lose(self, profile, at):
        self.move_clock(at)
        profile.token_id._take_loss(reasons.REVOKED)
        profile.token_id._settle()

    def overview(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["social.profile"].with_user(user or self.owner).get_overview()

    def test_an_empty_database_says_that_there_is_nothing(self):
        found = self.overview()
        self.assertEqual((found["profile_count"], found["networks"]), (0, []))
        self.assertIsNone(found["health"])
        self.assertEqual(found["needy"], {"count": 0, "profiles": []})
        self.assertEqual(found["metrics"]["connections"], 0)

    def test_what_needs_somebody_comes_worst_first_with_who_has_it(self):
        self.connect_page("P1", days=60)
        soon = self.connect_page("P2", days=3)
        lost = self.connect_page("P3", days=60)
        lost.token_id._take_loss(reasons.REVOKED)
        lost.token_id._settle()
        self.make_profile(name="Nobody yet")
        lost.with_user(self.owner)._take(NOW + DAY)
        needy = self.overview()["needy"]
        self.assertEqual(needy["count"], 2)
        first, second = needy["profiles"]
        self.assertEqual((first["id"], second["id"]), (lost.id, soon.id))
        self.assertTrue(first["is_broken"] and first["may_renew"])
        self.assertIn("takes care of it", first["taken"])
        self.assertEqual((second["days_left"], second["taken"]), (3, ""))

    def test_each_network_counts_its_profiles_and_says_what_ends_next(self):
        self.connect_page("P1", days=60)
        self.connect_page("P2", days=5)
        self.connect_page("P3", days=30)
        self.connect_page("I1", days=90, network="instagram")
        self.make_profile("youtube")
        facebook, *others = self.overview()["networks"]
        self.assertEqual(facebook["name"], "Facebook Page")
        self.assertEqual(
            facebook["counts"],
            {
                "expired": 0,
                "expiring": 1,
                "valid": 2,
                "no_expiry": 0,
                "not_connected": 0,
            },
        )
        self.assertEqual(facebook["next_at"], "2026-03-20 12:00:00")
        youtube = next(one for one in others if one["name"] == "YouTube")
        self.assertEqual(youtube["counts"]["not_connected"], 1)
        self.assertFalse(youtube["next_at"] or youtube["may_renew"])

    def test_the_counts_are_those_of_the_lists_they_lead_to(self):
        for number, days in enumerate((60, 5, 30, 2)):
            self.connect_page(f"P{number}", days=days)
        self.make_profile()
        self.move_clock(NOW + 2 * DAY)
        (card,) = self.overview()["networks"]
        profiles = self.env["social.profile"]
        for status in ("expired", "expiring", "valid", "no_expiry"):
            domain = [("status", "=", status), ("access_id", "!=", False)]
            with self.subTest(status=status):
                self.assertEqual(card["counts"][status], profiles.search_count(domain))

    def test_a_member_sees_and_renews_what_is_his(self):
        mine, told = self.connect_page("P1", days=3), self.connect_page("P2", days=3)
        self.connect_page("P3", days=3)
        mine.admin_user_ids += self.member
        told.recipient_user_ids += self.member
        youtube = self.make_profile("youtube")
        youtube.recipient_user_ids += self.member
        found = self.overview(self.member)
        self.assertEqual(found["profile_count"], 3)
        self.assertFalse(found["is_manager"])
        self.assertEqual(
            {one["id"]: one["may_renew"] for one in found["needy"]["profiles"]},
            {mine.id: True, told.id: False},
        )
        facebook, youtube = found["networks"]
        self.assertTrue(facebook["may_renew"])
        self.assertFalse(youtube["may_renew"])
        self.company.social_strict_renewal = True
        self.assertFalse(self.overview(self.member)["networks"][0]["may_renew"])

    def test_whoever_has_no_role_gets_nothing(self):
        for role in ("internal", "settings_admin", "portal"):
            profiles = self.env["social.profile"].with_user(self.make_user(role))
            with self.subTest(role=role):
                with self.assertRaises(AccessError):
                    profiles.get_overview()
                with self.assertRaises(AccessError):
                    network = self.network("facebook").with_env(profiles.env)
                    network.action_renew_all()

    def test_what_renewed_itself_this_week_is_told_and_a_grant_is_not(self):
        profile = self.connect_page("P1")
        self.assertEqual(self.overview()["renewed"], {"count": 0, "profiles": []})
        self.move_clock(NOW + 10 * DAY)
        profile.token_id.last_refreshed_at = NOW + 9 * DAY
        renewed = self.overview()["renewed"]
        self.assertEqual(renewed["count"], 1)
        self.assertEqual(renewed["profiles"][0]["id"], profile.id)
        self.move_clock(NOW + 17 * DAY)
        self.assertEqual(self.overview()["renewed"]["count"], 0)

    def test_the_last_thirty_days_are_counted(self):
        profile = self.connect_page("P1")
        self.move_clock(NOW + 20 * DAY)
        profile.token_id._take_loss(reasons.REVOKED)
        profile.token_id._settle()
        self.move_clock(NOW + 25 * DAY)
        metrics = self.overview()["metrics"]
        self.assertEqual(metrics["uptime"], 80.0)
        self.assertEqual(metrics["down_hours"], 120.0)
        self.assertEqual((metrics["outages"], metrics["still_down"]), (1, 1))

    def test_networks_and_clients_are_compared_the_worst_first(self):
        bakery, butcher = self.make_client("Bakery"), self.make_client("Butcher")
        self.connect_page("P1").partner_id = bakery
        self.connect_page("P2")
        lost = self.connect_page("I1", network="instagram")
        lost.partner_id = butcher
        self.lose(lost, NOW + 20 * DAY)
        self.move_clock(NOW + 25 * DAY)
        found = self.overview()
        worst, fine = found["by_network"]["rows"]
        self.assertEqual(
            worst,
            {
                "id": lost.network_id.id,
                "name": "Instagram",
                "outages": 1,
                "down_hours": 120.0,
                "in_time_rate": 0.0,
                "hours_to_renew": None,
            },
        )
        self.assertEqual((fine["outages"], fine["in_time_rate"]), (0, None))
        names = [one["name"] for one in found["by_client"]["rows"]]
        self.assertEqual((names[0], sorted(names[1:])), ("Butcher", ["", "Bakery"]))
        self.assertEqual(found["metrics"]["connections"], 3, "of all together")
        self.assertEqual(found["metrics"]["down_hours"], 120.0)

    def test_without_clients_there_are_none_to_compare(self):
        self.connect_page("P1")
        self.move_clock(NOW + DAY)
        found = self.overview()
        self.assertEqual(found["by_client"], {"count": 0, "rows": []})
        self.assertEqual(found["by_network"]["count"], 1)

    def test_the_worst_are_shown_and_the_rest_where_asked_for(self):
        for number in range(7):
            self.connect_page(f"P{number}").partner_id = self.make_client(number)
        self.move_clock(NOW + DAY)
        found = self.overview()["by_client"]
        self.assertEqual((found["count"], len(found["rows"])), (7, 5))
        profiles = self.env["social.profile"].with_user(self.owner)
        rest = profiles.get_compared(is_by_client=True)
        self.assertEqual((rest["count"], len(rest["rows"])), (7, 7))
        self.assertEqual(rest["rows"][:5], found["rows"])
        (network,) = profiles.get_compared()["rows"]
        self.assertEqual(network["name"], "Facebook Page")

    def test_a_member_compares_what_is_his(self):
        self.connect_page("P1").partner_id = self.make_client("Butcher")
        mine = self.connect_page("I1", network="instagram")
        mine.partner_id = self.make_client("Bakery")
        mine.admin_user_ids += self.member
        self.move_clock(NOW + DAY)
        self.env.flush_all()
        profiles = self.env["social.profile"].with_user(self.member)
        for is_by_client, name in ((True, "Bakery"), (False, "Instagram")):
            (row,) = profiles.get_compared(is_by_client)["rows"]
            with self.subTest(name=name):
                self.assertEqual(row["name"], name)

    def test_renewing_a_network_makes_its_queue(self):
        for page in ("P1", "P2"):
            self.connect_page(page)
        network = self.network("facebook")
        with self.enter_registry_test_mode():
            action = network.with_user(self.owner).action_renew_all()
            # Who may renew none of them starts nothing.
            with self.assertRaises(AccessError):
                network.with_user(self.member).action_renew_all()
        queue = self.env["social.renewal.queue"].browse(action["res_id"])
        self.assertEqual(len(queue.outcome_ids), 2)

    def test_it_takes_as_many_statements_for_many_profiles_as_for_few(self):
        def count():
            self.move_clock(clock.now() + timedelta(hours=1))
            self.overview()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["social.profile"].with_user(self.owner).get_overview()
            return self.env.cr.sql_log_count - before

        # Those whose names the comparison reads, which need nobody.
        for number in range(6):
            self.connect_page(f"O{number}").partner_id = self.make_client(number)
        for number in range(8):
            self.connect_page(f"P{number}", days=3).partner_id = self.owner.partner_id
        few = count()
        for number in range(30):
            profile = self.connect_page(f"Q{number}", days=2)
            profile.partner_id = self.make_client(number)
        self.assertEqual(count(), few)
        self.assertLessEqual(few, 30)

    def test_many_are_compared_by_one_statement_and_one_for_names(self):
        for number in range(8):
            self.connect_page(f"P{number}").partner_id = self.make_client(number)
        self.move_clock(NOW + DAY)
        profiles = self.env["social.profile"].with_user(self.owner)
        profiles.get_compared(is_by_client=True)
        self.env["res.partner"].invalidate_model()
        with self.assertQueryCount(2):
            found = profiles.get_compared(is_by_client=True)
        self.assertEqual(found["count"], 8)
