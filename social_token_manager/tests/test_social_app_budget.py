"""An Owner sees and sets how many calls an app makes, and is told of too few."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..clock import now
from .common import SocialCase


@tagged("post_install", "-at_install")
class TestSocialAppBudget(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.make_user("owner")
        cls.manager = cls.make_user("manager")
        cls.member = cls.make_user("member")
        cls.app = cls.make_app()
        cls.other = cls.make_app(name="Other")

    def make_tokens(self, count, app=None):
        for number in range(count):
            grant = self.make_grant(person=f"20{number}")
            self.store_grant(app or self.app, self.owner, grant)

    def test_an_owner_sets_both_limits_on_the_form(self):
        with Form(self.app.with_user(self.owner)) as form:
            form.check_budget = 7
            form.call_limit = 2
        self.assertEqual((self.app.check_budget, self.app.call_limit), (7, 2))
        fields = self.app.with_user(self.owner).fields_get(
            ["check_budget", "call_limit"], ["help"]
        )
        self.assertTrue(all(one["help"] for one in fields.values()))

    def test_nobody_else_sets_them(self):
        for user in (self.manager, self.member):
            with self.assertRaises(AccessError):
                self.app.with_user(user).check_budget = 7

    def test_a_budget_that_is_enough_is_not_talked_of(self):
        self.make_tokens(24)
        self.app.check_budget = 1
        self.assertFalse(self.app.budget_text)
        self.assertFalse(self.other.budget_text)

    def test_a_budget_that_is_too_small_says_what_is_left_out_and_what_is_enough(self):
        self.make_tokens(25)
        self.app.check_budget = 1
        text = self.app.with_user(self.owner).budget_text
        for said in ("25 tokens", "24 of them", "to 2 or more"):
            self.assertIn(said, text)
        self.assertFalse(self.other.budget_text, "another app's tokens are its own")

    def test_no_budget_at_all_checks_nothing(self):
        self.make_tokens(1)
        for budget in (0, -5):
            self.app.check_budget = budget
            self.assertIn("none of its tokens", self.app.budget_text)
            self.assertIn("to 1 or more", self.app.budget_text)
        self.other.check_budget = 0
        self.assertFalse(self.other.budget_text, "there is nothing to check")

    def test_it_follows_the_form_before_it_is_saved(self):
        self.make_tokens(25)
        with Form(self.app.with_user(self.owner)) as form:
            form.check_budget = 1
            self.assertIn("25 tokens", form.budget_text)
            form.check_budget = 2
            self.assertFalse(form.budget_text)

    def test_what_is_not_checked_any_more_does_not_count(self):
        self.make_tokens(25)
        self.app.check_budget = 1
        self.app.token_ids[:1]._take_loss("revoked")
        self.env.invalidate_all()
        self.assertFalse(self.app.budget_text)

    def test_an_owner_sees_until_when_an_app_rests_and_not_when_it_did(self):
        app = self.app.with_user(self.owner)
        self.assertFalse(app.rest_text)
        self.app.paused_until = now() + timedelta(minutes=10)
        self.assertIn("No call is made", app.rest_text)
        self.app.paused_until = now() - timedelta(minutes=10)
        self.assertFalse(app.rest_text)

    def test_the_tokens_of_all_apps_are_counted_at_once(self):
        apps = self.app + self.other
        self.make_tokens(2)
        self.make_tokens(2, self.other)
        apps.invalidate_recordset()
        apps.mapped("check_budget")
        with self.assertQueryCount(1):
            apps.mapped("budget_text")
