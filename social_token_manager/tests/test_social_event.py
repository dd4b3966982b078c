"""The journal tells who did what, in every case, and holds no secret."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..engine import own_environment
from ..models.social_event import KINDS
from .common import PLAIN, REFRESH_TOKEN, SocialCase


@tagged("post_install", "-at_install")
class TestSocialEvent(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.make_user("owner")
        cls.app = cls.make_app()
        cls.token, cls.profile = cls.connect(
            cls.app, cls.owner, [cls.page()], refresh_token=REFRESH_TOKEN
        )

    def test_a_line_belongs_to_the_company_of_what_it_tells_of(self):
        theirs = self.make_app(company_id=self.other_company.id)
        request = self.make_request(theirs, self.owner)
        for source, name in (
            (theirs, "app_id"),
            (request, "request_id"),
            (self.token, "token_id"),
            (self.profile, "profile_id"),
        ):
            with self.subTest(source=source._name):
                line = self.env["social.event"]._record("sent", source)
                self.assertEqual(line.company_id, source.company_id)
                self.assertEqual(line[name], source)

    def test_several_records_are_several_lines(self):
        apps = self.make_app() + self.make_app()
        lines = self.env["social.event"]._record("app_changed", apps, detail="x")
        self.assertEqual(lines.app_id, apps)
        self.assertFalse(self.env["social.event"]._record("sent", apps.browse()))

    def test_an_unknown_kind_is_refused(self):
        with self.assertRaises(ValueError):
            self.env["social.event"]._record("no such", self.app)

    def test_everybodys_deeds_are_written_down_whatever_his_rights(self):
        for role in ("portal", "internal", "member"):
            user = self.make_user(role)
            line = self.env["social.event"].with_user(user)._record("sent", self.app)
            self.assertEqual(line.user_id, user)

    def test_no_line_is_changed_or_deleted_by_anybody(self):
        line = self.env["social.event"]._record("sent", self.app)
        for lines in (line, line.sudo(), line.with_user(self.owner).sudo()):
            for attempt in (
                lambda lines=lines: lines.write({"detail": "nothing happened"}),
                lambda lines=lines: lines.__setattr__("kind", "granted"),
                lambda lines=lines: lines.unlink(),
            ):
                with self.assertRaises(UserError):
                    attempt()
        self.assertEqual((line.kind, line.detail), ("sent", False))

    def test_a_story_can_be_read_from_the_journal(self):
        kinds = self.journal(company_id=self.company.id).mapped("kind")
        self.assertLessEqual(
            {"app_created", "secret_changed", "connected", "renewed", "granted"},
            set(kinds),
        )
        self.assertLessEqual(set(kinds), set(dict(KINDS)))

    def test_no_line_holds_a_secret(self):
        text = str(self.journal(company_id=self.company.id).sudo().read())
        self.assertIn("granted", text)
        self.assertNotIn(PLAIN, text)
        self.assertNotIn("stm1.", text)

    def test_all_lines_of_one_action_have_one_id(self):
        lines = self.env["social.event"]._record("sent", self.token)
        lines += self.env["social.event"]._record("sent", self.profile)
        self.assertEqual(len(set(lines.mapped("correlation"))), 1)
        given = self.env(context={"social_correlation": "of this turn"})
        with self.enter_registry_test_mode(), own_environment(given) as env:
            line = env["social.event"]._record("sent", self.token.with_env(env))
            self.assertEqual(line.correlation, "of this turn")

    def test_the_journal_is_thinned_by_its_company_and_never_otherwise(self):
        theirs = self.make_app(company_id=self.other_company.id)
        old, new = self.env["social.event"]._record("sent", self.app + self.app)
        kept = self.env["social.event"]._record("sent", theirs)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE social_event SET create_date = now() - interval '366 days'"
            " WHERE id IN %s",
            [(old.id, kept.id)],
        )
        self.other_company.social_journal_days = 0
        dropped, left = self.env["social.event"]._gc_events()
        self.assertGreaterEqual(dropped, 1)
        self.assertFalse(left)
        self.assertFalse(old.exists())
        self.assertTrue(new.exists())
        self.assertTrue(kept.exists())
