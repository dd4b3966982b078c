"""An app is not put away while profiles live from it."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SocialCase


@tagged("post_install", "-at_install")
class TestSocialAppKeeping(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.make_user("owner")
        cls.app = cls.make_app()
        cls.token, cls.profiles = cls.connect(
            cls.app, cls.owner, [cls.page("P1"), cls.page("P2")]
        )

    def assert_kept(self, *said):
        with self.assertRaises(UserError) as caught:
            self.app.with_user(self.owner).action_archive()
        self.env.invalidate_all()
        self.assertTrue(self.app.active)
        for words in (*said, "disconnect them first", "keep the app"):
            self.assertIn(words, str(caught.exception))

    def test_an_app_that_profiles_live_from_is_not_archived(self):
        self.assert_kept("2 profiles live from the app Our App")

    def test_one_profile_is_one_and_a_lost_one_does_not_count(self):
        self.profiles[0].access_ids.reason = "deselected"
        self.assert_kept("1 profile lives from the app Our App")

    def test_a_reserve_is_lived_from_as_well(self):
        other = self.make_app(name="Other", client_id="4712")
        self.connect(other, self.owner, [self.page("P1"), self.page("P2")], person="7")
        self.assertEqual(len(self.profiles.access_ids.token_id), 2)
        self.assert_kept("2 profiles live from")

    def test_an_archived_profile_counts_since_it_can_be_restored(self):
        self.profiles.action_archive()
        self.assert_kept("2 profiles", "those in the archive too")

    def test_a_profile_in_the_archive_can_be_disconnected(self):
        self.profiles.action_archive()
        with (
            self.enter_registry_test_mode(),
            self.network_answers(self.alive()),
            patch.object(self.env.cr, "commit", lambda: None),
        ):
            for profile in self.profiles:
                profile.with_user(self.owner)._disconnect()
        self.env.invalidate_all()
        self.app.with_user(self.owner).action_archive()
        self.assertFalse(self.app.active)

    def test_once_everything_is_lost_or_disconnected_it_may_go(self):
        self.token._take_loss("revoked")
        self.token._settle()
        self.app.with_user(self.owner).action_archive()
        self.assertFalse(self.app.active)
        self.app.with_user(self.owner).action_unarchive()
        self.assertTrue(self.app.active)

    def test_an_app_that_nobody_granted_to_may_be_archived_and_deleted(self):
        app = self.make_app(name="Unused").with_user(self.owner)
        app.action_archive()
        app.unlink()
        self.assertFalse(app.exists())

    def test_of_several_none_is_archived_when_one_is_lived_from(self):
        other = self.make_app(name="Unused")
        with self.assertRaises(UserError):
            (other + self.app).with_user(self.owner).action_archive()
        self.assertTrue(other.active)

    def test_what_is_archived_already_may_be_saved_so(self):
        self.env.cr.execute(
            "UPDATE social_app SET active = FALSE WHERE id = %s", [self.app.id]
        )
        self.app.invalidate_recordset()
        self.app.with_user(self.owner).active = False

    def test_an_app_that_people_granted_to_is_not_deleted(self):
        self.token._take_loss("revoked")
        with self.assertRaises(UserError) as caught:
            self.app.with_user(self.owner).unlink()
        self.assertIn("archive it instead", str(caught.exception))
