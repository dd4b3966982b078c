"""After a gap people learn what may be lost, and what is to be deleted goes once."""

from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..policy import reasons
from .common import PAGE_TOKEN, SocialCase

START = datetime(2026, 3, 1, 12)
DAY = timedelta(days=1)
HOOKS = "odoo.addons.social_token_manager.models.social_profile_consumer"
PIXEL = b"R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="


@tagged("post_install", "-at_install")
class TestSocialProfileGap(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.make_user("owner")
        cls.app = cls.make_app()
        cls.facebook = cls.network("facebook")
        with freeze_time(START):
            cls.token, cls.profile = cls.connect(
                cls.app, cls.owner, [cls.page(handle="@cafe")]
            )

    def setUp(self):
        super().setUp()
        context = self.enter_registry_test_mode()
        context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        # It commits, which a test's cursor forbids.
        progress = patch.object(type(self.env["ir.cron"]), "_commit_progress")
        self.startPatcher(progress)

    def lose(self, at=START):
        with freeze_time(at):
            self.token._take_loss(reasons.REVOKED)
            self.token._settle()

    def reconnect(self, at):
        with freeze_time(at):
            self.connect(self.app, self.owner, [self.page(handle="@cafe")])
        self.env.invalidate_all()

    def text_at(self, moment):
        self.env.invalidate_all()
        with freeze_time(moment):
            return self.profile.gap_text or "", self.profile.purge_text or ""

    # === THE GAP === #

    def test_a_recovery_says_how_long_the_connection_was_gone(self):
        self.facebook.history_limit_days = 7
        self.lose()
        self.assertEqual(self.text_at(START + DAY)[0], "")
        self.reconnect(START + 12 * DAY)
        text, _purge = self.text_at(START + 13 * DAY)
        self.assertIn("gone for 12 days", text)
        self.assertIn("before March 6, 2026", text)
        self.assertFalse(self.text_at(START + 26 * DAY)[0], "long over")
        (line,) = self.journal(profile_id=self.profile.id, kind="recovered")
        self.assertEqual(line.gap_since, START)
        with patch.object(type(line), "create_date", START + 12 * DAY):
            self.assertIn("12 days", line.gap_text)

    def test_a_short_gap_loses_nothing_and_an_unknown_limit_promises_nothing(self):
        self.lose()
        self.reconnect(START + 12 * DAY)
        self.assertIn("not known", self.text_at(START + 13 * DAY)[0])
        self.facebook.history_limit_days = 30
        self.assertIn("nothing is lost", self.text_at(START + 13 * DAY)[0])

    def test_what_ran_out_by_the_clock_has_a_gap_as_well(self):
        ran_out = START + 20 * DAY
        self.profile.write({"expires_at": ran_out})
        self.reconnect(START + 23 * DAY)
        self.assertEqual(self.profile.gap_since, ran_out)
        self.assertEqual(self.profile.gap_until, START + 23 * DAY)

    def test_a_first_connection_and_a_renewal_in_time_have_no_gap(self):
        self.assertFalse(self.profile.gap_since)
        self.reconnect(START + DAY)
        self.assertFalse(self.profile.gap_since)
        self.assertFalse(self.journal(profile_id=self.profile.id, kind="recovered"))

    def test_a_person_cannot_make_a_gap_up(self):
        profile = self.profile.with_user(self.owner)
        for name in ("gap_since", "purged_at", "disconnected_at"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                profile.write({name: START})

    # === THE PURGE === #

    def arrange(self, is_on):
        self.facebook.purge_after_days = 7
        self.company.social_purge = is_on
        self.profile.image = PIXEL
        self.lose()
        self.env.flush_all()

    def purge(self, at):
        with freeze_time(at):
            self.env["social.profile"]._cron_purge()
        self.env.invalidate_all()

    def test_the_countdown_shows_also_while_deleting_is_switched_off(self):
        self.arrange(False)
        _gap, text = self.text_at(START + DAY)
        self.assertIn("to be deleted on March 8, 2026", text)
        self.assertIn("switched off", text)
        self.purge(START + 30 * DAY)
        self.assertTrue(self.profile.image and self.profile.handle)
        self.company.social_purge = True
        self.assertNotIn("switched off", self.text_at(START + DAY)[1])

    def test_held_data_goes_on_its_day_and_not_before(self):
        self.arrange(True)
        access = self.profile.access_ids
        self.assertTrue(access.page_token and access.native_tasks)
        self.purge(START + 7 * DAY - timedelta(seconds=1))
        self.assertTrue(self.profile.image)
        self.purge(START + 7 * DAY)
        self.assertFalse(self.profile.image or self.profile.handle)
        self.assertFalse(access.page_token or access.native_tasks)
        self.assertTrue(self.profile.name and self.profile.external_id)
        self.assertEqual(
            len(self.journal(profile_id=self.profile.id, kind="purged")), 1
        )
        self.assertIn("was deleted on", self.text_at(START + 8 * DAY)[1])

    def test_other_addons_delete_theirs_once_for_each_loss(self):
        self.arrange(True)
        hook = self.startPatcher(
            patch.object(type(self.profile), "_purge_network_data")
        )
        self.purge(START + 8 * DAY)
        self.purge(START + 9 * DAY)
        self.assertEqual(hook.call_count, 1)
        self.reconnect(START + 10 * DAY)
        self.assertEqual(self.profile.handle, "@cafe")
        opened = self.profile.access_ids._open_secret("page_token")
        self.assertEqual(opened, f"{PAGE_TOKEN}-P1")
        self.lose(START + 11 * DAY)
        self.env.flush_all()
        self.purge(START + 18 * DAY)
        self.assertEqual(hook.call_count, 2)

    def test_where_another_addon_fails_nothing_is_deleted_and_it_is_tried_again(self):
        self.arrange(True)
        hook = self.startPatcher(
            patch.object(type(self.profile), "_purge_network_data")
        )
        hook.side_effect = ZeroDivisionError
        with mute_logger(HOOKS):
            self.purge(START + 8 * DAY)
        self.assertTrue(self.profile.image)
        self.assertFalse(self.profile.purged_at)
        hook.side_effect = None
        self.purge(START + 9 * DAY)
        self.assertFalse(self.profile.image)

    def test_a_working_connection_keeps_its_data(self):
        self.arrange(True)
        self.reconnect(START + 6 * DAY)
        self.purge(START + 20 * DAY)
        self.assertTrue(self.profile.image)
        self.assertEqual(self.text_at(START + 20 * DAY)[1], "")
