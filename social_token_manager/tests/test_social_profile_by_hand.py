"""Profiles that people list before they are connected, by hand or by a file."""

import csv
from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import file_path, mute_logger

from .common import MODULE, SocialCase

COLUMNS = ["name", "network_id", "handle", "external_id", "partner_id", "user_id"]


@tagged("post_install", "-at_install")
class TestProfileByHand(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("manager")
        cls.member = cls.make_user("member")
        cls.app = cls.make_app()
        cls.client = cls.env["res.partner"].create({"name": "Corner Café Ltd"})

    def make(self, network="facebook", **values):
        """Return a profile as a Manager makes it by hand."""
        profiles = self.env["social.profile"].with_user(self.manager)
        return profiles.create(
            {"name": "Corner", "network_id": self.network(network).id, **values}
        ).with_env(self.env)

    def grant(self, *pages, user=None, may_create=True):
        _token, granted = self.connect(
            self.app, user or self.manager, pages, may_create
        )
        return granted

    def load(self, *rows):
        profiles = self.env["social.profile"].with_user(self.manager)
        return profiles.load(COLUMNS, [list(row) for row in rows])

    def profiles(self):
        return self.env["social.profile"].search([])

    # === MADE BY HAND === #

    def test_a_profile_is_listed_before_it_is_connected(self):
        profile = self.make(handle="corner", partner_id=self.client.id)
        self.assertEqual((profile.status, profile.reason), ("expired", "not_connected"))
        self.assertFalse(profile.external_id)
        self.assertTrue(profile.with_user(self.manager).may_renew)

    def test_several_without_a_network_id_are_no_duplicates(self):
        self.assertEqual(len(self.make() + self.make()), 2)

    # === CONNECTED === #

    def test_it_is_found_by_id_handle_or_name_and_not_made_again(self):
        for page, values, by_what in (
            (self.page("P1"), {"external_id": "P1"}, "external_id"),
            (
                self.page("P2", handle="corner.cafe"),
                {"handle": "https://facebook.com/Corner.Cafe/"},
                "handle",
            ),
            (self.page("P3"), {"name": "page p3"}, "name"),
        ):
            with self.subTest(by=by_what):
                made = self.make(**values)
                self.assertEqual(self.grant(page), made)
                self.assertEqual(made.external_id, page.external_id)
                self.assertFalse(made.reason)
                (line,) = self.journal(profile_id=made.id, kind="matched")
                self.assertEqual(line.detail, by_what)

    def test_what_people_said_of_it_stays(self):
        made = self.make(
            handle="corner",
            partner_id=self.client.id,
            user_id=self.member.id,
            admin_user_ids=self.member.ids,
        )
        for name in ("Corner at the network", "Corner renamed"):
            self.grant(self.page("P1", handle="corner", name=name))
            self.assertEqual(made.name, "Corner")
        self.assertEqual(made.partner_id, self.client)
        self.assertEqual(made.user_id, self.member)
        self.assertEqual(made.admin_user_ids, self.member)

    def test_what_may_be_either_is_made_anew(self):
        twins = self.make(name="Page P1") + self.make(name="Page P1")
        granted = self.grant(self.page("P1"))
        self.assertFalse(granted & twins)
        self.assertEqual(set(twins.mapped("reason")), {"not_connected"})

    def test_what_is_connected_is_never_taken_for_one_made_by_hand(self):
        connected = self.grant(self.page("P1"))
        made = self.make(name="Page P1")
        self.assertEqual(self.grant(self.page("P1")), connected)
        self.assertEqual(made.reason, "not_connected")
        self.assertFalse(self.journal(kind="matched"))

    def test_a_connected_profile_is_not_matched_by_its_handle(self):
        connected = self.grant(self.page("P1", handle="corner"))
        self.assertNotEqual(self.grant(self.page("P2", handle="corner")), connected)
        self.assertEqual(connected.external_id, "P1")

    def test_another_company_keeps_its_own(self):
        made = self.make_profile(company_id=self.other_company.id, handle="corner")
        self.assertNotEqual(self.grant(self.page("P1", handle="corner")), made)
        self.assertFalse(made.external_id)

    def test_a_member_connects_what_he_is_admin_of_and_nothing_else(self):
        mine = self.make(name="Page P1", admin_user_ids=self.member.ids)
        self.make(name="Page P2")
        pages = (self.page("P1"), self.page("P2"))
        granted = self.grant(*pages, user=self.member, may_create=False)
        self.assertEqual(granted, mine)

    def test_what_cannot_be_used_stays_not_connected(self):
        made = self.make(name="Page P1")
        self.assertFalse(self.grant(self.page("P1", page_token=None)))
        self.assertEqual(made.reason, "not_connected")
        self.assertFalse(made.external_id)

    # === BY A FILE === #

    def test_the_template_can_be_imported_as_it_is(self):
        (template,) = self.env["social.profile"].get_import_templates()
        path = file_path(template["template"].lstrip("/"))
        self.assertTrue(template["template"].startswith(f"/{MODULE}/static/"))
        with open(path, newline="") as file:
            head, *rows = csv.reader(file)
        labels = self.env["social.profile"].fields_get(COLUMNS, ["string"])
        self.assertEqual(head, [labels[name]["string"] for name in COLUMNS])
        result = self.load(*rows)
        self.assertFalse(result["messages"])
        self.assertEqual(len(result["ids"]), len(rows))

    def test_a_network_is_named_by_its_name_or_its_code(self):
        result = self.load(
            ("A", "Facebook Page", "", "", "", ""),
            ("B", "linkedin_company", "", "", "Corner Café Ltd", self.member.login),
        )
        self.assertFalse(result["messages"])
        first, second = self.env["social.profile"].browse(result["ids"])
        self.assertEqual(first.network_id, self.network("facebook"))
        self.assertEqual(second.network_id, self.network("linkedin_company"))
        self.assertEqual(second.partner_id, self.client)
        self.assertEqual(second.user_id, self.member)
        self.assertEqual(first.reason, "not_connected")

    def test_a_bad_row_gets_a_sentence_and_nothing_is_imported(self):
        self.make(external_id="7")
        before = self.profiles()
        for row, words in (
            (("A", "Orkut", "", "", "", ""), "Orkut"),
            (("A", "facebook", "", "7", "", ""), "this network ID already"),
            (("", "facebook", "", "", "", ""), "Name"),
        ):
            with self.subTest(words=words), mute_logger("odoo.sql_db"):
                result = self.load(("Good", "x", "", "", "", ""), row)
                said = " ".join(one["message"] for one in result["messages"])
                self.assertIn(words, said)
                self.assertFalse(result["ids"])
                self.assertEqual(self.profiles(), before)

    def test_a_file_cannot_make_a_profile_look_connected(self):
        profiles = self.env["social.profile"].with_user(self.manager)
        later = str(self.env.cr.now() + timedelta(days=90))
        result = profiles.load(
            ["name", "network_id", "expires_at"], [["A", "facebook", later]]
        )
        self.assertTrue(result["messages"])
