"""A key is made once, never over sealed secrets, and never leaves with a copy."""

import io
import os
import shutil
import stat
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.service.db import dump_db
from odoo.tests import TransactionCase, tagged
from odoo.tools import config, mute_logger

from .. import keyring
from ..const import KEY_FILE_OPTION, KEY_FILE_VARIABLE
from ..models import social_key
from .common import APP_SECRET, SocialCase

LINE = "k1 " + "A" * 43
OTHER_LINE = "k1 " + "B" * 42 + "A"


class OwnFolderCase(SocialCase):
    """A server with a data folder of its own, in which there is no key yet."""

    def setUp(self):
        super().setUp()
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.place = self.folder / "social_token_manager" / "keys"
        environment = {
            name: value
            for name, value in os.environ.items()
            if name != KEY_FILE_VARIABLE
        }
        self.startPatcher(patch.dict(os.environ, environment, clear=True))
        self.startPatcher(
            patch.dict(
                config.options, {"data_dir": str(self.folder), KEY_FILE_OPTION: None}
            )
        )

    def name_file(self, path):
        os.environ[KEY_FILE_VARIABLE] = str(path)

    def files(self):
        return {
            path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()
        }

    @staticmethod
    def put(path, content):
        """Replace a file as an administrator should: its inode is another one."""
        draft = path.with_name("draft")
        draft.write_bytes(content if isinstance(content, bytes) else content.encode())
        draft.chmod(0o600)
        draft.replace(path)

    @staticmethod
    def forget_keys(env):
        """Make it a database that has never sealed anything."""
        env.cr.execute("DELETE FROM social_key")
        env.registry.clear_cache()

    @staticmethod
    def checks(env):
        env.cr.execute("SELECT kid, check_value FROM social_key")
        return dict(env.cr.fetchall())


@tagged("post_install", "-at_install")
class TestSocialKey(OwnFolderCase):
    def setUp(self):
        super().setUp()
        self.forget_keys(self.env)
        self.Keys = self.env["social.key"]

    @contextmanager
    def assertRefused(self, *texts):
        """Assert that a sentence comes, and that neither file nor check changes."""
        files = self.files()
        checks = self.checks(self.env)
        with self.assertRaises(UserError) as caught:
            yield
        for text in texts:
            self.assertIn(text, str(caught.exception))
        self.assertNotRegex(str(caught.exception), "A{42}|B{42}")
        self.assertEqual(self.files(), files)
        self.assertEqual(self.checks(self.env), checks)

    # === FIRST USE === #

    def test_a_key_is_made_once_on_first_use(self):
        self.assertFalse(self.files())
        ring = self.Keys._get_keyring()
        made = self.place.read_bytes()
        self.assertEqual(list(self.files()), [self.place], "no draft is left behind")
        self.assertEqual(stat.S_IMODE(self.place.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(self.place.parent.stat().st_mode), 0o700)
        self.registry.clear_cache()
        social_key._load_unchanged.cache_clear()
        again = self.Keys._get_keyring()
        self.assertEqual((again.writer, again.keys), (ring.writer, ring.keys))
        self.assertEqual(self.place.read_bytes(), made)

    def test_the_check_value_is_written_with_the_first_use(self):
        ring = self.Keys._get_keyring()
        self.assertEqual(
            self.checks(self.env), {ring.writer: ring.check_value(ring.writer)}
        )
        self.assertNotIn(
            self.checks(self.env)[ring.writer],
            (ring.keys[ring.writer].hex(), self.place.read_text()),
        )

    def test_two_who_make_a_key_at_once_use_the_same(self):
        keyring.generate(self.place)
        made = self.place.read_bytes()
        self.assertEqual(
            self.Keys._get_keyring().keys, keyring.generate(self.place).keys
        )
        self.assertEqual(self.place.read_bytes(), made)

    def test_no_key_is_made_while_something_is_sealed(self):
        app = self.make_app()
        self.place.unlink()
        with self.assertRefused(str(self.place), "put the file back"):
            app._open_secret("client_secret")
        with self.assertRefused(str(self.place), "put the file back"):
            app._seal_secret("client_secret", "anything")
        self.assertFalse(self.files())

    def test_what_was_sealed_opens_again_when_the_file_is_back(self):
        app = self.make_app()
        kept = self.place.read_bytes()
        self.place.unlink()
        with self.assertRefused():
            app._open_secret("client_secret")
        self.put(self.place, kept)
        self.assertEqual(app._open_secret("client_secret"), APP_SECRET)

    # === NAMED FILES === #

    def test_a_named_file_is_never_made(self):
        self.name_file(self.folder / "named")
        with self.assertRefused(str(self.folder / "named"), "is not there"):
            self.Keys._get_keyring()

    def test_the_environment_wins_over_the_configuration(self):
        for name, line in (("first", LINE), ("second", "k2 " + "C" * 42 + "A")):
            self.put(self.folder / name, line)
        config.options[KEY_FILE_OPTION] = str(self.folder / "second")
        self.assertEqual(self.Keys._get_keyring().writer, "k2")
        self.name_file(self.folder / "first")
        self.assertEqual(self.Keys._get_location(), (self.folder / "first", True))

    def test_an_unusable_file_is_refused_with_its_reason(self):
        named = self.folder / "named"
        self.name_file(named)
        for content, reason in (
            (b"", "no key in it"),
            (b"# nothing but a remark\n\n", "no key in it"),
            (b"k1", "line 1: 0 bytes instead of 32"),
            (b"k1 " + b"A" * 42, "line 1: 31 bytes instead of 32"),
            (b"k1 " + b"A" * 44, "line 1: 33 bytes instead of 32"),
            (b"k1 " + b"?" * 43, "line 1: not base64url"),
            (b"k.1 " + b"A" * 43, "line 1: key id missing or repeated"),
            (f"{LINE}\n{OTHER_LINE}".encode(), "line 2: key id missing or repeated"),
            ("k1 ключ".encode(), "UnicodeDecodeError"),
        ):
            with self.subTest(content=content):
                self.put(named, content)
                with self.assertRefused(str(named), reason, "put the right file back"):
                    self.Keys._get_keyring()

    def test_a_place_that_is_no_file_is_refused_with_its_reason(self):
        (self.folder / "file").write_text(LINE)
        (self.folder / "folder").mkdir()
        for place, reason in (
            (self.folder / "folder", "IsADirectoryError"),
            (self.folder / "file" / "keys", "NotADirectoryError"),
        ):
            with self.subTest(place=place):
                self.name_file(place)
                with self.assertRefused(str(place), reason):
                    self.Keys._get_keyring()

    def test_a_data_folder_that_cannot_be_written_is_refused_with_its_reason(self):
        # A file where the folder should be: root may write everywhere else.
        (self.folder / "social_token_manager").write_text("")
        with self.assertRefused(str(self.place)):
            self.Keys._get_keyring()

    def test_a_wrong_key_is_known_at_once(self):
        named = self.folder / "named"
        self.name_file(named)
        self.put(named, LINE)
        self.Keys._get_keyring()
        self.put(named, OTHER_LINE)
        with self.assertRefused("key k1 is not the one used so far"):
            self.Keys._get_keyring()

    def test_a_missing_key_is_named(self):
        app = self.make_app()
        sealed_with = self.Keys._get_keyring().writer
        self.put(self.place, LINE)
        with self.assertRefused(sealed_with, "add that key to the file"):
            app._open_secret("client_secret")
        with self.assertRefused(sealed_with):
            app._seal_secret("client_secret", "anything")

    def test_one_of_several_missing_keys_is_named(self):
        app = self.make_app()
        older = self.place.read_text()
        self.put(self.place, f"{LINE}\n{older}")
        self.Keys._get_keyring()
        self.put(self.place, LINE)
        with self.assertRefused(older.split()[0], "add that key to the file"):
            app._open_secret("client_secret")

    def test_a_new_first_line_writes_and_the_older_one_still_reads(self):
        app = self.make_app()
        older = self.place.read_text()
        self.put(self.place, f"{LINE}\n{older}")
        self.assertEqual(app._open_secret("client_secret"), APP_SECRET)
        self.assertTrue(app._seal_secret("client_secret", "new").startswith("stm1.k1."))
        self.assertEqual(set(self.checks(self.env)), {older.split()[0], "k1"})

    def test_a_key_file_that_others_may_read_is_warned_of(self):
        self.name_file(self.folder / "named")
        self.put(self.folder / "named", LINE)
        (self.folder / "named").chmod(0o644)
        with self.assertLogs(
            "odoo.addons.social_token_manager.keyring", "WARNING"
        ) as logs:
            self.Keys._get_keyring()
        self.assertIn("0400 or 0600", "".join(logs.output))
        self.assertNotIn("A" * 43, "".join(logs.output))

    # === WHERE IT SHOWS === #

    def test_the_key_is_outside_the_filestore(self):
        place, is_named = self.Keys._get_location()
        self.assertFalse(is_named)
        self.assertTrue(place.is_relative_to(self.folder))
        self.assertFalse(place.is_relative_to(config.filestore(self.env.cr.dbname)))
        self.assertFalse(place.is_relative_to(self.folder / "filestore"))

    def test_the_settings_show_where_the_key_is_and_never_the_key(self):
        # Odoo's settings are for settings admins, ours for the Owners among them.
        owner = self.make_user("owner", groups=["base.group_system"])
        self.make_app()
        kid, key = self.place.read_text().split()
        Settings = self.env["res.config.settings"].with_user(owner)
        line = Settings.create({}).social_key_source
        self.assertIn(str(self.place), line)
        self.assertIn(kid, line)
        self.assertNotIn(key, line)
        self.place.unlink()
        self.assertIn("put the file back", Settings.create({}).social_key_source)

    def test_nobody_reads_or_writes_the_check_values(self):
        self.Keys._get_keyring()
        for role in ("member", "owner", "settings_admin"):
            Keys = self.Keys.with_user(self.make_user(role))
            for operation in ("read", "write", "create", "unlink"):
                with self.subTest(role=role, operation=operation):
                    self.assertFalse(Keys.has_access(operation))


@tagged("post_install", "-at_install")
class TestRollback(OwnFolderCase):
    def test_a_check_value_that_was_rolled_back_is_written_again(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            known = self.checks(env)
            self.forget_keys(env)
            ring = env["social.key"]._get_keyring()
            self.assertIn(ring.writer, env["social.key"]._get_checks())
            cr.rollback()
            self.assertEqual(env["social.key"]._get_checks(), known)


@tagged("post_install", "-at_install")
class TestBackup(TransactionCase):
    """With rows that are really committed: a backup sees nothing else."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            app = api.Environment(cr, SUPERUSER_ID, {})["social.app"].create(
                {
                    "name": "Backed up",
                    "client_id": "1",
                    "client_secret_input": APP_SECRET,
                }
            )
            self.addCleanup(self.forget, app.id)
            self.envelope = app.client_secret
        self.registry.clear_cache()

    def forget(self, app_id):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM social_event WHERE app_id = %s", [app_id])
            cr.execute("DELETE FROM social_app WHERE id = %s", [app_id])

    def test_a_backup_holds_neither_plain_text_nor_key(self):
        place, _is_named = self.env["social.key"]._get_location()
        ring = self.env["social.key"]._get_keyring()
        keys = [
            value
            for key in ring.keys.values()
            for value in (key, key.hex().encode(), keyring._encode(key).encode())
        ]
        backup = io.BytesIO()
        with (
            patch.dict(config.options, {"list_db": True}),
            mute_logger("odoo.service.db"),
        ):
            dump_db(self.env.cr.dbname, backup, "zip")
        with zipfile.ZipFile(backup) as archive:
            names = archive.namelist()
            dump = archive.read("dump.sql")
            self.assertIn(self.envelope.encode(), dump, "the dump has our row")
            for name in names:
                content = archive.read(name)
                for secret in (APP_SECRET.encode(), *keys):
                    self.assertNotIn(secret, content, f"a secret is in {name}")
        self.assertFalse([name for name in names if Path(name).name == place.name])
