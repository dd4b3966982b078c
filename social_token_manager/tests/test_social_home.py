"""A copied database makes no call, and an Owner alone decides what it is."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..exceptions import NoWorkingToken
from ..policy import reasons
from .common import SocialCase, encrypted_fields


@tagged("post_install", "-at_install")
class TestSocialHome(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.make_user("owner")
        cls.manager = cls.make_user("manager")
        cls.app = cls.make_app()
        cls.token, cls.profile = cls.connect(cls.app, cls.owner, [cls.page()])

    def setUp(self):
        super().setUp()
        context = self.enter_registry_test_mode()
        context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        self.env.registry.clear_cache()
        self.addCleanup(self.env.registry.clear_cache)
        self.Home = self.env["social.home"]

    @contextmanager
    def moved(self, **changed):
        """Let this database find itself elsewhere than where it was at home."""
        self.Home._get_recorded()
        here = self.Home._get_present()._replace(**changed)
        with patch.object(type(self.Home), "_get_present", lambda _self: here):
            yield

    def test_the_first_use_records_the_home(self):
        self.assertTrue(self.Home._is_here())
        home = self.Home.sudo().search([])
        self.assertEqual(home.database, self.env.cr.dbname)
        self.assertTrue(home.is_here)
        self.assertIsNone(self.Home._get_notice())

    def test_any_of_the_three_makes_a_copy(self):
        for changed in ({"database": "other"}, {"uuid": "other"}, {"instance": "x"}):
            with self.subTest(changed=changed), self.moved(**changed):
                self.assertFalse(self.Home._is_here())
                self.assertTrue(self.Home._get_notice()["may_decide"])

    def test_everything_that_calls_says_why_it_does_not(self):
        never = patch.object(self.env.cr, "commit", lambda: None)
        with self.moved(database="other"), never:
            for call in (
                self.app._get_provider,
                self.app._check_ready,
                self.profile._access_token,
                self.profile._session,
                self.profile.action_verify,
                lambda: self.token._refresh_now(1),
                lambda: self.profile._fetch_images([(self.profile.id, "https://x.y")]),
            ):
                with self.assertRaises(NoWorkingToken) as refused:
                    call()
                self.assertEqual(refused.exception.reason, reasons.COPIED)

    def test_a_copy_claims_nothing_and_shows_nothing_red(self):
        self.token.write({"renew_at": "2020-01-01", "verify_at": "2020-01-01"})
        before = self.profile.read(["expires_at", "reason", "cycle"])
        with self.moved(database="other"):
            self.env["social.token"]._cron_renew()
            self.env["social.token"]._cron_verify()
            self.env["social.notice"]._cron_send_notices()
        self.env.invalidate_all()
        self.assertFalse(self.token.lease_owner)
        self.assertEqual(str(self.token.verify_at), "2020-01-01 00:00:00")
        self.assertEqual(self.profile.read(["expires_at", "reason", "cycle"]), before)
        self.assertFalse(self.env["social.notice"].search([]))

    def test_only_an_owner_decides(self):
        with self.moved(database="other"):
            for name in ("action_open", "action_move_here", "action_wipe"):
                with self.subTest(name=name), self.assertRaises(AccessError):
                    getattr(self.Home.with_user(self.manager), name)()
            self.assertFalse(self.Home._is_here())
            notice = self.Home.with_user(self.manager)._get_notice()
            self.assertFalse(notice["may_decide"])

    def test_the_new_home_goes_on(self):
        with self.moved(database="other"):
            action = self.Home.with_user(self.owner).action_open()
            home = self.Home.with_user(self.owner).browse(action["res_id"])
            self.assertIn("is called other now", home.text)
            home.action_move_here()
            # The home is read in a cursor of its own.
            self.env.flush_all()
            self.assertTrue(self.Home._is_here())
            self.assertTrue(self.profile._access_token())
        self.assertEqual(self.journal(kind="moved").user_id, self.owner)

    def test_a_copy_keeps_no_secret_and_no_schedule(self):
        records = self.make_sealed_records(self.owner)
        with self.moved(database="other"):
            self.Home.with_user(self.owner).action_wipe()
            self.assertTrue(self.Home._is_here())
        for field in encrypted_fields(self.env):
            left = records[field.model_name].exists()
            with self.subTest(field=field):
                self.assertFalse(left[field.name])
        token = records["social.token"]
        self.assertFalse(token.renew_at or token.verify_at or token.lease_owner)
        self.assertEqual(self.profile.reason, reasons.NOT_CONNECTED)
        self.assertFalse(
            self.env.ref("social_token_manager.ir_cron_renew_tokens").active
        )
        self.assertEqual(self.journal(kind="wiped").user_id, self.owner)
        # Looking again does not bring the profile back to life.
        self.profile._update_state()
        self.assertEqual(self.profile.reason, reasons.NOT_CONNECTED)
