"""What holds for a company is for its Owners to set, administrators or not (G-6)."""

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import SocialCase

# Values that no company has to begin with.
VALUES = {
    "social_strict_renewal": True,
    "social_notice_days": "9, 4",
    "social_quiet_rule": "all",
    "social_break_overrides": True,
    "social_escalation": False,
    "social_escalation_days": "2, 3",
    "social_escalation_repeat": 5,
    "social_escalation_link": True,
    "social_purge": True,
    "social_journal_days": 90,
    "social_link_days": 3,
    "social_support_url": "https://chat.example.com",
    "social_support_email": "help@example.com",
    "social_support_phone": "+49 30 1234",
    "social_support_first_day": "1",
    "social_support_last_day": "5",
    "social_support_start": 7.0,
    "social_support_end": 19.0,
    "social_support_tz": "Europe/Lisbon",
}


@tagged("post_install", "-at_install")
class TestSocialSettings(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.make_user("owner")
        cls.both = cls.make_user("owner", "both", cls.company + cls.other_company)

    def settings(self, user=None, company=None):
        settings = self.env["social.settings"].with_user(user or self.owner)
        if company:
            settings = settings.with_context(allowed_company_ids=company.ids)
        return settings

    def test_an_owner_who_is_no_administrator_sets_every_one(self):
        company = self.company.with_user(self.owner)
        with self.assertRaises(AccessError):
            company.write({"social_strict_renewal": True})
        self.settings().create(VALUES).execute()
        self.assertEqual(company.read(list(VALUES))[0], {**VALUES, "id": company.id})

    def test_every_setting_of_a_company_is_on_the_page(self):
        names = {
            name
            for name in self.env["res.company"]._fields
            if name.startswith("social_")
        }
        self.assertEqual(names, set(VALUES))
        for model, user in (
            ("social.settings", self.owner),
            (
                "res.config.settings",
                self.make_user("owner", "root", groups=["base.group_system"]),
            ),
        ):
            view = self.env[model].with_user(user).get_view(view_type="form")
            for name in names:
                with self.subTest(model=model, name=name):
                    self.assertEqual(view["arch"].count(f'<field name="{name}"'), 1)

    def test_the_page_shows_what_is_set_and_saves_what_is_typed(self):
        self.company.write({"social_link_days": 5, "social_notice_days": "8"})
        with Form(self.settings()) as page:
            self.assertEqual(page.social_link_days, 5)
            self.assertEqual(page.social_notice_days, "8")
            page.social_link_days = 6
        self.assertEqual(self.company.social_link_days, 6)
        self.assertEqual(self.company.social_notice_days, "8")

    def test_a_page_that_was_saved_can_be_saved_again(self):
        page = self.settings().create({"social_purge": True})
        page.write({"social_purge": False})
        self.assertFalse(self.company.social_purge)

    def test_each_value_is_refused_where_the_company_refuses_it(self):
        for values in (
            {"social_notice_days": "soon"},
            {"social_escalation_days": "3, 2"},
            {"social_escalation_repeat": -1},
            {"social_link_days": 0},
            {"social_support_url": "javascript:alert(1)"},
            {"social_support_end": 24.5},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.settings().create(values)

    def test_it_is_refused_to_all_who_are_no_owner(self):
        page = self.settings().create({})
        for role in ("internal", "member", "manager", "settings_admin"):
            theirs = self.settings(self.make_user(role))
            with self.subTest(role=role):
                with self.assertRaises(AccessError) as caught:
                    theirs.create({"social_strict_renewal": True})
                self.assertIn("for Owners of Social Conn", str(caught.exception))
                for attempt in (
                    lambda theirs=theirs: theirs.browse(page.id).write(VALUES),
                    lambda theirs=theirs: theirs.browse(page.id).execute(),
                    lambda theirs=theirs: theirs.browse(page.id).read(["company_id"]),
                    lambda theirs=theirs: theirs.onchange(
                        {}, [], {"company_id": {}, "social_purge": {}}
                    ),
                ):
                    with self.assertRaises(AccessError):
                        attempt()
        self.assertFalse(self.company.social_strict_renewal)

    def test_a_page_is_its_makers_alone(self):
        page = self.settings().create({})
        other = page.with_user(self.make_user("owner", "second"))
        with self.assertRaises(AccessError):
            other.write({"social_purge": True})
        with self.assertRaises(AccessError):
            other.execute()

    def test_another_company_is_neither_read_nor_set(self):
        theirs = {"company_id": self.other_company.id, "social_link_days": 2}
        spec = {"company_id": {}, "social_link_days": {}}
        for user, company in ((self.owner, None), (self.both, self.company)):
            settings = self.settings(user, company)
            page = settings.create({})
            for attempt in (
                lambda settings=settings: settings.create(theirs),
                lambda page=page: page.write(theirs),
                lambda settings=settings: settings.onchange(
                    {"company_id": self.other_company.id}, ["company_id"], spec
                ),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    attempt()
        self.assertNotEqual(self.other_company.social_link_days, 2)

    def test_it_holds_for_the_company_one_is_working_in(self):
        for company, days in ((self.company, 3), (self.other_company, 4)):
            self.settings(self.both, company).create({"social_link_days": days})
        self.assertEqual(self.company.social_link_days, 3)
        self.assertEqual(self.other_company.social_link_days, 4)

    def test_nothing_else_of_a_company_is_written(self):
        before = self.company.name
        with self.assertRaises(ValueError):
            self.settings().create({"name": "Renamed"})
        self.assertEqual(self.company.name, before)
        self.assertFalse(self.company.with_user(self.owner).has_access("write"))
