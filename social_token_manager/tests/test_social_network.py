"""The eleven networks are there as published, and remain the user's to edit."""

from datetime import datetime

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..providers import PROVIDERS
from .common import SocialCase

# code: providers (the first by default), published validity, who renews
NETWORKS = {
    "facebook": (["meta"], (3, "months"), "none"),
    "messenger": (["meta"], (60, "days"), "none"),
    "instagram": (["meta", "instagram"], (3, "months"), "none"),
    "threads": (["threads"], (2, "months"), "extend"),
    "youtube": (["google"], (30, "days"), "rotate"),
    "google_business": (["google"], (6, "months"), "rotate"),
    "linkedin_company": (["linkedin"], (1, "years"), "extend"),
    "linkedin_personal": (["linkedin"], (1, "years"), "extend"),
    "pinterest": (["pinterest"], (1, "years"), "rotate"),
    "tiktok": (["tiktok"], (1, "years"), "rotate"),
    "x": (["x"], (0, "days"), "rotate"),
}
PROVIDER_CODES = {
    "meta",
    "instagram",
    "threads",
    "google",
    "linkedin",
    "x",
    "tiktok",
    "pinterest",
    "oauth2",
}


@tagged("post_install", "-at_install")
class TestSocialNetwork(SocialCase):
    def test_the_eleven_networks_are_there_as_published(self):
        """Requirements S4-6 to S4-14, S1-3 and G-1."""
        networks = self.env["social.network"].with_context(active_test=False).search([])
        found = {
            network.code: (
                network._get_provider_codes(),
                (network.validity_number, network.validity_unit),
                network.renewal,
            )
            for network in networks
        }
        self.assertEqual(found, NETWORKS)
        self.assertEqual(set(networks.mapped("warn_days")), {7})

    def test_what_renews_itself_without_a_clock_counts_from_its_last_renewal(self):
        """These tell no end that a silent renewal leaves (design, part 5)."""
        networks = self.env["social.network"].search([])
        from_use = networks.filtered(lambda one: one.validity_from == "last_use")
        self.assertEqual(
            set(from_use.mapped("code")),
            {"instagram", "threads", "youtube", "google_business"},
        )

    def test_a_warning_comes_on_the_first_of_the_days_that_people_are_told(self):
        network = self.network("facebook")
        network.notice_days = "3, 10, 1"
        self.assertEqual(network.warn_days, 10)
        self.env.company.social_notice_days = "5, 2"
        network.invalidate_recordset()
        self.assertEqual(network.warn_days, 5)

    def test_a_warning_is_set_by_those_days_and_nowhere_else(self):
        described = self.env["social.network"].fields_get(["warn_days"])["warn_days"]
        self.assertTrue(described["readonly"])
        views = self.env["ir.ui.view"].search([("model", "=", "social.network")])
        self.assertNotIn("warn_days", "".join(views.mapped("arch_db")))

    def test_every_network_has_a_name_an_icon_and_its_native_right(self):
        for network in self.env["social.network"].search([]):
            with self.subTest(network=network.code):
                self.assertTrue(network.name and network.native_role)
                self.assertRegex(network.icon, r"^fa-[a-z-]+$")
                self.assertEqual(
                    network.get_external_id()[network.id][:21], "social_token_manager."
                )

    def test_only_youtube_is_to_be_purged_after_a_week(self):
        purged = self.env["social.network"].search([("purge_after_days", "!=", 0)])
        self.assertEqual(
            purged.mapped(lambda one: (one.code, one.purge_after_days)),
            [("youtube", 7)],
        )

    def test_the_two_of_linkedin_differ(self):
        """Requirement S4-56."""
        company, personal = (
            self.network("linkedin_company"),
            self.network("linkedin_personal"),
        )
        self.assertNotEqual(company.native_role, personal.native_role)

    def test_facebook_and_instagram_say_that_messaging_is_sixty_days(self):
        """Requirement G-1."""
        for code in ("facebook", "instagram"):
            self.assertIn("60 days", self.network(code).validity_note)

    def test_every_provider_of_a_network_is_one_of_the_known_codes(self):
        for network in self.env["social.network"].search([]):
            self.assertLessEqual(set(network._get_provider_codes()), PROVIDER_CODES)
        self.assertLessEqual(set(PROVIDERS), PROVIDER_CODES)

    def test_validities_are_calendar_arithmetic(self):
        """Requirement G-2."""
        for code, start, end in (
            ("facebook", datetime(2025, 11, 30, 8), datetime(2026, 2, 28, 8)),
            ("facebook", datetime(2027, 11, 30, 8), datetime(2028, 2, 29, 8)),
            ("messenger", datetime(2026, 1, 31), datetime(2026, 4, 1)),
            ("pinterest", datetime(2028, 2, 29), datetime(2029, 2, 28)),
            ("x", datetime(2026, 1, 1), None),
        ):
            with self.subTest(network=code, start=start):
                self.assertEqual(self.network(code)._get_validity().after(start), end)

    def test_the_validity_reads_well(self):
        for code, text in (
            ("facebook", "3 months"),
            ("messenger", "60 days"),
            ("x", "No automatic expiry"),
        ):
            self.assertEqual(self.network(code).validity_text, text)

    def test_a_code_is_used_once(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["social.network"].create(
                {"name": "Again", "code": "facebook", "providers": "meta"}
            )

    def test_a_network_in_use_cannot_be_deleted(self):
        self.make_profile("facebook")
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.network("facebook").unlink()

    def test_an_edited_validity_outlives_an_update(self):
        names = [f"social_token_manager.network_{code}" for code in NETWORKS]
        for name in names:
            module, _dot, key = name.partition(".")
            data = self.env["ir.model.data"].search(
                [("module", "=", module), ("name", "=", key)]
            )
            self.assertTrue(data.noupdate, name)

    def test_a_validity_that_an_owner_edits_is_used(self):
        owner = self.make_user("owner")
        self.network("facebook").with_user(owner).validity_number = 1
        with freeze_time("2026-01-31 09:00:00"):
            _token, profile = self.connect(self.make_app(), owner, [self.page()])
        self.assertEqual(profile.expires_at, datetime(2026, 2, 28, 9))

    def test_a_network_of_one_s_own_needs_nothing_but_name_and_code(self):
        networks = self.env["social.network"].with_user(self.make_user("owner"))
        with Form(networks) as form:
            form.name = "Our Forum"
            form.code = "our_forum"
        network = form.record
        self.assertEqual(network._get_provider_codes(), ["oauth2"])
        with Form(network) as form, self.assertRaises(AssertionError):
            form.code = "another"
