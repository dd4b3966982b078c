"""What belongs to one company is neither seen nor touched from another (G-13)."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SocialCase


@tagged("post_install", "-at_install")
class TestSocialCompanyRights(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        both = cls.company + cls.other_company
        cls.owner = cls.make_user("owner")
        cls.owner_of_both = cls.make_user("owner", "owner_of_both", both)
        cls.member = cls.make_user("member")
        cls.stranger = cls.make_user("owner", "stranger", cls.other_company)
        cls.app = cls.make_app(name="Theirs", company_id=cls.other_company.id)
        cls.token, cls.profile = cls.connect(cls.app, cls.stranger, [cls.page()])
        # Even where a person of ours is named.
        cls.profile.write(
            {
                "admin_user_ids": [Command.link(cls.member.id)],
                "recipient_user_ids": [Command.link(cls.member.id)],
                "user_id": cls.member.id,
            }
        )
        link = cls.make_connect_link(cls.app, cls.stranger, profile_id=cls.profile.id)
        account = cls.env["social.connect.account"].create(
            {
                "link_id": link.id,
                "token_id": cls.token.id,
                "network_id": cls.profile.network_id.id,
                "external_id": "P1",
            }
        )
        cls.theirs = (
            link,
            account,
            cls.app,
            cls.token,
            cls.profile,
            cls.profile.access_ids,
            cls.journal(profile_id=cls.profile.id)[:1],
            cls.journal(app_id=cls.app.id, profile_id=False)[:1],
        )

    def test_every_model_with_a_company_has_a_rule_for_everybody(self):
        for model in self.env.registry.values():
            if (
                not model._name.startswith("social.")
                or model._abstract
                or "company_id" not in model._fields
            ):
                continue
            rules = self.env["ir.rule"].search(
                [("model_id.model", "=", model._name), ("global", "=", True)]
            )
            with self.subTest(model=model._name):
                self.assertIn(
                    "('company_id', 'in', company_ids)",
                    [rule.domain_force.strip("[]").replace('"', "'") for rule in rules],
                )

    def test_records_of_another_company_are_invisible(self):
        for user in (self.owner, self.member):
            for record in self.theirs:
                self.assertEqual(len(record), 1)
                mine = record.with_user(user)
                with self.subTest(user=user.login, model=record._name):
                    if mine.browse().has_access("read"):
                        self.assertFalse(mine.search([("id", "=", record.id)]))
                        self.assertFalse(mine.search_count([("id", "=", record.id)]))
                    with self.assertRaises(AccessError):
                        mine.read(["create_date"])
                    for operation in ("read", "write", "create", "unlink"):
                        self.assertFalse(mine.has_access(operation))

    def test_nothing_is_started_or_checked_in_another_company(self):
        for attempt in (
            lambda: self.profile.with_user(self.owner).action_renew(),
            lambda: self.profile.with_user(self.member).action_renew(),
            lambda: self.profile.with_user(self.owner).action_verify(),
            lambda: self.app.with_user(self.owner).action_connect(),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_switching_companies_switches_what_is_seen(self):
        own_attempt = self.make_request(self.app, self.owner_of_both)
        for allowed in ([self.company.id], [self.other_company.id]):
            for record in (*self.theirs, own_attempt):
                mine = record.with_user(self.owner_of_both).with_context(
                    allowed_company_ids=allowed
                )
                is_theirs = allowed == [self.other_company.id]
                with self.subTest(model=record._name, allowed=allowed):
                    self.assertEqual(mine.has_access("read"), is_theirs)
                    self.assertEqual(
                        bool(mine.search([("id", "=", mine.id)])), is_theirs
                    )

    def test_both_companies_at_once_show_both(self):
        ours = self.make_profile()
        Profiles = self.env["social.profile"].with_user(self.owner_of_both)
        found = Profiles.with_context(
            allowed_company_ids=[self.company.id, self.other_company.id]
        ).search([("id", "in", (ours + self.profile).ids)])
        self.assertEqual(found, ours + self.profile)

    def test_what_is_made_belongs_to_the_active_company(self):
        for company in (self.company, self.other_company):
            env = self.env(
                user=self.owner_of_both, context={"allowed_company_ids": company.ids}
            )
            app = env["social.app"].create({"name": "New", "client_id": "1"})
            profile = env["social.profile"].create(
                {"name": "New", "network_id": self.network("x").id}
            )
            self.assertEqual((app + app).company_id, company)
            self.assertEqual(profile.company_id, company)

    def test_nothing_is_made_in_another_company(self):
        env = self.env(user=self.owner)
        for model, values in (
            ("social.app", {"name": "New", "client_id": "1"}),
            ("social.profile", {"name": "New", "network_id": self.network("x").id}),
        ):
            with self.subTest(model=model), self.assertRaises(AccessError):
                env[model].create({**values, "company_id": self.other_company.id})

    def test_an_attempt_runs_in_the_company_of_the_app(self):
        """Whatever company the person is looking at just then."""
        app = self.app.with_user(self.owner_of_both).with_context(
            allowed_company_ids=[self.company.id, self.other_company.id]
        )
        app.action_connect()
        (attempt,) = self.env["social.oauth.request"].search(
            [("user_id", "=", self.owner_of_both.id)]
        )
        self.assertEqual(attempt.company_id, self.other_company)

    def test_a_renewal_never_uses_the_app_of_another_company(self):
        ours = self.make_profile("facebook")
        self.assertTrue(self.app.network_ids & ours.network_id)
        app = self.make_app(name="Ours")
        self.assertEqual(ours._get_app(), app)

    def test_a_client_of_another_company_is_refused(self):
        client = self.env["res.partner"].create(
            {"name": "Theirs", "company_id": self.other_company.id}
        )
        with self.assertRaises(UserError) as caught:
            self.make_profile().partner_id = client
        self.assertIn("Theirs", str(caught.exception))
