"""A client's form says how many profiles he has, and how the worst of them stands."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import NOW, SocialClockCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestResPartner(SocialClockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("manager")
        cls.member = cls.make_user("member")
        cls.client, cls.other = cls.env["res.partner"].create(
            [{"name": "Client", "is_company": True}, {"name": "Other"}]
        )
        cls.branch = cls.env["res.partner"].create(
            {"name": "Branch", "parent_id": cls.client.id}
        )

    def add(self, partner, days, **values):
        moment = NOW + days * DAY
        number = self.env["social.profile"].search_count([])
        return self.make_profile(
            partner_id=partner.id,
            expires_at=moment,
            reason=False,
            external_id=f"C{number}",
            **values,
        )

    def seen(self, partner, user=None):
        partner = partner.with_user(user or self.manager)
        return partner.social_profile_count, partner.social_status_text

    def test_the_worst_counts_with_all_below(self):
        self.assertEqual(self.seen(self.client), (0, ""))
        self.add(self.client, 80)
        self.env.invalidate_all()
        self.assertEqual(self.seen(self.client), (1, "✓ All work"))
        self.add(self.branch, 3)
        self.env.invalidate_all()
        self.assertEqual(self.seen(self.client), (2, "! 1 expiring"))
        self.assertEqual(self.seen(self.branch), (1, "! 1 expiring"))
        self.add(self.client, -1)
        self.env.invalidate_all()
        self.assertEqual(self.seen(self.client), (3, "✕ 1 expired"))
        self.assertEqual(self.seen(self.other), (0, ""))

    def test_the_button_opens_those_that_it_counts(self):
        profiles = self.add(self.client, 80) + self.add(self.branch, 3)
        self.add(self.other, 3)
        action = self.client.with_user(self.manager).action_see_social_profiles()
        self.assertEqual(
            self.env["social.profile"].search(action["domain"]), profiles[::-1]
        )

    def test_a_member_counts_his_own_and_who_has_no_role_sees_no_button(self):
        self.add(self.client, 80)
        self.add(self.client, -1, admin_user_ids=self.member.ids)
        self.assertEqual(self.seen(self.client, self.member), (1, "✕ 1 expired"))
        nobody = self.make_user("internal")
        with self.assertRaises(AccessError):
            self.client.with_user(nobody).read(["social_profile_count"])
        with self.assertRaises(AccessError):
            self.client.with_user(nobody).action_see_social_profiles()
        arch = self.client.with_user(nobody).get_view(view_type="form")["arch"]
        self.assertNotIn("social_profile_count", arch)
        with Form(self.client.with_user(self.manager)) as form:
            self.assertEqual(form.social_profile_count, 2)

    def test_many_clients_take_as_many_queries_as_one(self):
        partners = self.client + self.other + self.branch
        for partner in partners:
            self.add(partner, 3)
        self.env.flush_all()
        names = ["social_profile_count", "social_status_text"]

        def count(partners):
            seen = partners.with_user(self.manager)
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            seen.read(names)
            return self.cr.sql_log_count - before

        count(partners)
        self.assertLessEqual(count(partners), count(self.client))
