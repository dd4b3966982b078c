"""After a key is lost an Owner starts anew, and nobody else and never by mistake."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .. import keyring
from ..exceptions import NoWorkingToken
from ..keyring import SecretDamaged
from ..policy import keys, reasons
from .common import APP_SECRET, PAGE_TOKEN, REFRESH_TOKEN
from .test_social_key import OTHER_LINE
from .test_social_key_rotation import NEW_LINE, KeyCase


@tagged("post_install", "-at_install")
class TestStartingAnew(KeyCase):
    def setUp(self):
        super().setUp()
        self.app = self.records["social.app"]
        self.token = self.records["social.token"]
        self.access = self.records["social.access"]
        self.profile = self.access.profile_id
        self.target = self.records["social.notice.target"]

    def start_anew(self, user=None):
        wizard = self.env["social.key.wizard"].with_user(user or self.owner).create({})
        wizard.action_start_anew()

    @contextmanager
    def assertRefused(self, *texts):
        """Assert that a sentence comes, and that nothing changes."""
        files, checks = self.files(), self.checks(self.env)
        before = self.envelopes()
        with self.assertRaises(UserError) as caught:
            yield
        for text in (*texts, "Nothing was changed"):
            self.assertIn(text, str(caught.exception))
        self.assertEqual(self.files(), files)
        self.assertEqual(self.checks(self.env), checks)
        self.assertFalse(self.Keys._get_lost())
        self.assertEqual(self.envelopes(), before)

    # === WHEN AND WHO === #

    def test_it_is_refused_while_every_key_is_there(self):
        with self.assertRefused("The keys of all stored secrets are there"):
            self.start_anew()
        self.rotate(NEW_LINE, self.old_line)
        with self.assertRefused("nothing to give up"):
            self.start_anew()
        self.assertFalse(self.env["social.key.wizard"].create({}).loss_text)

    def test_it_is_refused_to_all_but_owners(self):
        self.place.unlink()
        for role in ("member", "manager", "settings_admin"):
            user = self.make_user(role)
            with self.subTest(role=role):
                with self.assertRaises(AccessError):
                    self.start_anew(user)
                with self.assertRaises(AccessError):
                    self.Keys.with_user(user)._start_anew()
                with self.assertRaises(AccessError):
                    Form(self.env["social.key.wizard"].with_user(user))
        self.assertFalse(self.place.exists())

    def test_a_copy_does_not_start_anew(self):
        self.place.unlink()
        home = self.registry["social.home"]
        with (
            patch.object(home, "_is_here", lambda _home: False),
            self.assertRaises(NoWorkingToken),
        ):
            self.start_anew()
        self.assertFalse(self.place.exists())

    def test_a_named_file_is_never_made_and_a_new_one_is_accepted(self):
        named = self.folder / "named"
        self.name_file(named)
        with self.assertRefused(str(named), "never made by us"):
            self.start_anew()
        self.put(named, NEW_LINE)
        self.start_anew()
        self.assertEqual(self.Keys._get_keyring().writer, "k2")
        self.assertEqual(named.read_text(), NEW_LINE)

    def test_a_file_that_cannot_be_used_is_never_overwritten(self):
        self.put(self.place, "not a key")
        with self.assertRefused(str(self.place), "never overwritten"):
            self.start_anew()

    def test_another_key_under_an_id_of_before_is_not_accepted(self):
        self.put(self.place, f"{self.old} {OTHER_LINE.split()[1]}")
        with self.assertRefused(f"another key under the id {self.old}"):
            self.start_anew()

    # === WHAT HAPPENS === #

    def test_a_new_key_is_made_where_the_generated_one_was(self):
        self.place.unlink()
        with self.assertRaises(UserError):
            self.Keys._get_keyring()
        self.start_anew()
        ring = keyring.load(self.place)
        self.assertNotEqual(ring.writer, self.old)
        self.assertEqual(self.Keys._get_keyring().keys, ring.keys)
        self.assertEqual(self.Keys._get_lost(), {self.old})
        line = self.journal(kind="rekeyed")
        self.assertEqual((line.user_id, line.detail), (self.owner, self.old))
        with self.assertRaisesRegex(UserError, "nothing to give up"):
            self.start_anew()

    def test_another_file_that_is_there_is_accepted_as_it_is(self):
        self.put(self.place, NEW_LINE)
        self.start_anew()
        self.assertEqual(self.place.read_text(), NEW_LINE)
        self.assertEqual(self.Keys._get_keyring().writer, "k2")

    def test_what_was_lost_shows_with_its_remedy_and_nothing_else_is_lost(self):
        self.place.unlink()
        before = self.profile.read(["name", "external_id", "admin_user_ids"])
        self.start_anew()
        self.turn()
        self.assertFalse(any(self.envelopes().values()))
        self.assertEqual(self.token.reason, reasons.DAMAGED_SECRET)
        self.assertFalse(self.token.renew_at or self.token.verify_at)
        self.assertEqual(
            (self.profile.reason, self.profile.status),
            (reasons.DAMAGED_SECRET, "expired"),
        )
        self.assertIn("Renew it", self.profile.remedy)
        self.assertEqual(
            self.profile.read(["name", "external_id", "admin_user_ids"]), before
        )
        self.assertFalse(self.app.is_secret_set or self.app.is_webhook_secret_set)
        self.assertEqual(self.target.state, "incomplete")
        self.assertTrue(
            self.journal(kind="lost", token_id=self.token.id, reason="damaged_secret")
        )

    def test_all_at_once_counts_as_damaged_before_it_is_forgotten(self):
        self.place.unlink()
        self.start_anew()
        with self.assertRaises(SecretDamaged):
            self.app._open_secret("client_secret")
        self.assertEqual(
            self.standings()[self.old], keys.LOST, "and the page says that it is lost"
        )

    def test_after_that_people_connect_again(self):
        self.place.unlink()
        self.start_anew()
        self.turn()
        self.app.client_secret_input = APP_SECRET
        token, profile = self.connect(
            self.app, self.owner, [self.page("P9")], person="9"
        )
        self.assertEqual((token, profile), (self.token, self.profile))
        self.assertFalse(profile.reason or token.reason)
        self.assertEqual(self.access._open_secret("page_token"), f"{PAGE_TOKEN}-P9")
        self.assertEqual(self.app._open_secret("client_secret"), APP_SECRET)

    def test_what_another_key_opens_is_kept(self):
        self.rotate(NEW_LINE, self.old_line)
        other = self.make_app(name="Sealed Later")
        token, profile = self.connect(
            other, self.owner, [self.page("P7")], refresh_token=REFRESH_TOKEN
        )
        self.rotate(NEW_LINE)
        self.start_anew()
        self.turn()
        self.assertEqual(self.token.reason, reasons.DAMAGED_SECRET)
        self.assertFalse(token.reason or profile.reason)
        self.assertEqual(token._open_secret("refresh_token"), REFRESH_TOKEN)
        self.assertEqual(other._open_secret("client_secret"), APP_SECRET)

    def test_a_page_whose_own_token_is_gone_alone_is_not_reached_by_another(self):
        self.rotate(NEW_LINE, self.old_line)
        for name in ("access_token", "refresh_token"):
            self.token[name] = self.token._seal_secret(name, "later")
        self.rotate(NEW_LINE)
        self.start_anew()
        self.turn()
        self.assertFalse(self.token.reason)
        self.assertEqual(self.access.reason, reasons.DAMAGED_SECRET)
        self.assertEqual(self.profile.reason, reasons.DAMAGED_SECRET)
        with self.assertRaises(SecretDamaged):
            self.access._make_hand_out()

    def test_a_key_that_turns_up_in_time_loses_nothing(self):
        self.place.unlink()
        self.start_anew()
        new_line = self.place.read_text().strip()
        self.rotate(new_line, self.old_line)
        self.turn()
        self.assertEqual(set(self.kids().values()), {new_line.split()[0]})
        self.assert_all_open()

    def test_the_dialog_names_what_is_lost_before_anybody_decides(self):
        self.place.unlink()
        wizard = Form(self.env["social.key.wizard"].with_user(self.owner))
        self.assertIn("All connections that lived from them", wizard.loss_text)
        self.assertIn("Nothing else is lost", wizard.loss_text)
        self.assertIn(f"The {len(self.secrets)} secrets", wizard.loss_text)
        self.assertIn(self.old, wizard.loss_text)
        self.assertIn(str(self.place), wizard.loss_text)
        self.assertIn("put the file back", wizard.source_text)
        self.assertIn("It is not in the file", wizard.uses_text)
