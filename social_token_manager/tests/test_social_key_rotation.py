"""What hangs on an older key is sealed anew, and nothing is lost by that."""

import os
import shutil
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, tagged

from ..const import KEY_FILE_VARIABLE
from ..engine import own_environment
from ..models import social_key_rotation
from ..models.social_token_renewal import Claim
from ..policy import keys
from ..providers.results import TokenSet
from .common import (
    ACCESS_TOKEN,
    APP_SECRET,
    REFRESH_TOKEN,
    SocialFactories,
    encrypted_fields,
    plain_text,
)
from .test_social_key import OwnFolderCase

NEW_LINE = "k2 " + "C" * 42 + "A"
RACE_LINE = "race1 " + "D" * 42 + "A"


class KeyCase(OwnFolderCase):
    """A database at home, with a secret of each kind under a key of its own."""

    def setUp(self):
        super().setUp()
        self.forget_keys(self.env)
        home = self.registry["social.home"]
        self.startPatcher(patch.object(home, "_is_here", lambda _home: True))
        self.Keys = self.env["social.key"]
        self.owner = self.make_user("owner")
        self.records = self.make_sealed_records(self.owner)
        self.secrets = encrypted_fields(self.env)
        self.old_line = self.place.read_text().strip()
        self.old = self.old_line.split()[0]

    def rotate(self, *lines):
        """Have these keys in the file; the first one seals."""
        self.put(self.place, "\n".join(lines))
        self.Keys._get_keyring()

    def turn(self):
        """Run the scheduled action once, in a cursor that it may commit."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["social.key"]._cron_seal_anew()
        self.env.invalidate_all()

    def envelopes(self):
        """Return ``{field: its envelope}``, as stored."""
        self.env.flush_all()
        self.env.invalidate_all()
        return {
            field: self.records[field.model_name].sudo()[field.name]
            for field in self.secrets
        }

    def kids(self):
        """Return with which key each field is sealed."""
        return {
            str(field): envelope and envelope.split(".")[1]
            for field, envelope in self.envelopes().items()
        }

    def standings(self):
        return {use.kid: use.standing for use in self.Keys._get_uses()}

    def count_left(self):
        return self.Keys._count_by_key().get(self.old, 0)

    def assert_all_open(self):
        for field in self.secrets:
            with self.subTest(field=field):
                record = self.records[field.model_name]
                self.assertEqual(record._open_secret(field.name), plain_text(field))


@tagged("post_install", "-at_install")
class TestRotation(KeyCase):
    def test_all_that_hangs_on_the_old_key_is_sealed_anew_and_the_old_one_may_go(self):
        self.rotate(NEW_LINE, self.old_line)
        self.assertEqual(self.standings(), {"k2": keys.WRITING, self.old: keys.NEEDED})
        self.turn()
        self.assertEqual(set(self.kids().values()), {"k2"})
        self.assertEqual(self.standings(), {"k2": keys.WRITING, self.old: keys.SPARE})
        self.rotate(NEW_LINE)
        self.assert_all_open()

    def test_what_is_sealed_already_is_left_as_it_is(self):
        before = self.envelopes()
        self.turn()
        self.assertEqual(self.envelopes(), before)

    def test_many_are_sealed_batch_by_batch(self):
        for number in range(5):
            self.make_app(name=f"App {number}")
        self.rotate(NEW_LINE, self.old_line)
        with patch.object(social_key_rotation, "AT_ONCE", 2):
            self.turn()
        self.assertFalse(self.count_left())
        self.assert_all_open()

    def test_what_no_key_opens_is_left_alone_and_counted(self):
        app, token = self.records["social.app"], self.records["social.token"]
        damaged = app.client_secret[:-8] + "AAAAAAAA"
        unknown = "stm1.elsewhere." + "A" * 60
        app.client_secret, token.refresh_token = damaged, unknown
        self.rotate(NEW_LINE, self.old_line)
        self.turn()
        self.assertEqual(app.client_secret, damaged)
        self.assertEqual(token.refresh_token, unknown)
        self.assertEqual(
            [
                (use.kid, use.standing, use.count, use.damaged)
                for use in self.Keys._get_uses()
            ],
            [
                ("k2", keys.WRITING, len(self.secrets) - 2, 0),
                (self.old, keys.NEEDED, 1, 1),
                ("elsewhere", keys.MISSING, 1, 0),
            ],
        )
        self.assertIn("1 of them is damaged", self.Keys._get_uses_text())
        # Entered again, it is damaged no more.
        app.client_secret_input = APP_SECRET
        self.turn()
        self.assertFalse(self.count_left())

    def test_a_copy_seals_nothing_anew(self):
        self.rotate(NEW_LINE, self.old_line)
        before = self.envelopes()
        home = self.registry["social.home"]
        with patch.object(home, "_is_here", lambda _home: False):
            self.turn()
        self.assertEqual(self.envelopes(), before)

    def test_without_a_usable_key_the_turn_ends_without_an_error(self):
        before = self.envelopes()
        self.place.unlink()
        self.turn()
        self.assertEqual(self.envelopes(), before)

    def test_a_turn_that_is_over_asks_for_the_next_one(self):
        self.rotate(NEW_LINE, self.old_line)
        self.assertEqual(self.Keys._seal_anew(0), (0, True))

    def test_a_new_key_is_followed_by_a_turn_of_its_own(self):
        action = self.env.ref("social_token_manager.ir_cron_seal_anew")
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search_count([("cron_id", "=", action.id)])
        self.rotate(NEW_LINE, self.old_line)
        self.Keys._get_keyring()
        self.assertEqual(
            triggers.search_count([("cron_id", "=", action.id)]), before + 1
        )

    def test_people_are_told_how_many_hang_on_each_key_and_never_a_key(self):
        count = self.count_left()
        self.make_app()
        self.rotate(NEW_LINE, self.old_line)
        self.make_app()
        owner = self.make_user("owner", "both", groups=["base.group_system"])
        settings = self.env["res.config.settings"].with_user(owner).create({})
        text = settings.social_key_uses
        self.assertIn(f"Key k2: 1 of {count + 2} sealed with it.", text)
        self.assertIn(f"Key {self.old}: {count + 1} of {count + 2} still sealed", text)
        self.turn()
        self.env.invalidate_all()
        text = settings.social_key_uses
        self.assertIn(f"Key {self.old}: nothing hangs on it. It may be taken", text)
        for line in (NEW_LINE, self.old_line):
            self.assertNotIn(line.split()[1], text)


@tagged("post_install", "-at_install")
class TestRotationAtTheSameTime(TransactionCase):
    """With real cursors on committed rows: a test's own cursor hides all this."""

    def setUp(self):
        super().setUp()
        home = self.registry["social.home"]
        self.startPatcher(patch.object(home, "_is_here", lambda _home: True))
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["social.key"]._get_keyring()
            place, _is_named = env["social.key"]._get_location()
            app = env["social.app"].create(
                {
                    "name": "Rotation",
                    "client_id": "1",
                    "client_secret_input": APP_SECRET,
                }
            )
            self.app_id = app.id
            grant = SocialFactories.make_grant(refresh_token=REFRESH_TOKEN)
            self.token_id = (
                env["social.token"]._store_grant(app, grant, env.user.partner_id).id
            )
        self.addCleanup(self.forget)
        lines = place.read_text()
        folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        self.file = folder / "keys"
        self.startPatcher(patch.dict(os.environ, {KEY_FILE_VARIABLE: str(self.file)}))
        self.addCleanup(self.rotate_back, lines)
        self.write_file(f"{RACE_LINE}\n{lines}")
        with own_environment(self.env) as env:
            env["social.key"]._get_keyring()

    def write_file(self, text):
        draft = self.file.with_name("draft")
        draft.write_text(text)
        draft.chmod(0o600)
        draft.replace(self.file)

    def rotate_back(self, lines):
        """Leave the database as it was, for whoever comes next."""
        self.write_file(f"{lines}\n{RACE_LINE}")
        self.seal_anew()
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM social_key WHERE kid = 'race1'")
            cr.execute(
                "DELETE FROM ir_cron_trigger WHERE cron_id = %s",
                [self.env.ref("social_token_manager.ir_cron_seal_anew").id],
            )
        self.registry.clear_cache()

    def forget(self):
        with self.registry.cursor() as cr:
            for statement in (
                "DELETE FROM social_event WHERE app_id = %(app)s OR token_id IN"
                " (SELECT id FROM social_token WHERE app_id = %(app)s)",
                "DELETE FROM social_token WHERE app_id = %(app)s",
                "DELETE FROM social_app WHERE id = %(app)s",
            ):
                cr.execute(statement, {"app": self.app_id})

    def seal_anew(self):
        with own_environment(self.env) as env:
            return env["social.key"]._seal_anew(float("inf"))

    def token(self, env):
        return env["social.token"].browse(self.token_id)

    def secrets(self):
        """Return what is stored, opened, and with which keys it is sealed."""
        with own_environment(self.env) as env:
            token = self.token(env)
            names = ("access_token", "refresh_token")
            return (
                tuple(token._open_secret(name) for name in names),
                {token[name].split(".")[1] for name in names},
            )

    def test_a_refresh_that_stores_meanwhile_wins(self):
        swap, others = self.registry["social.key"]._swap, []

        def store_first(keys, secret, rows):
            if secret.model_name == "social.token" and not others:
                others.append(secret)
                with own_environment(self.env) as env:
                    self.token(env)._store_token_set(
                        TokenSet(access_token="next", refresh_token="next refresh")
                    )
            return swap(keys, secret, rows)

        with patch.object(self.registry["social.key"], "_swap", store_first):
            self.seal_anew()
        self.assertTrue(others)
        self.assertEqual(self.secrets(), (("next", "next refresh"), {"race1"}))

    def test_a_refresh_under_way_stores_its_answer_all_the_same(self):
        with own_environment(self.env) as env:
            token = self.token(env)
            token.lease_owner = "owner"
            claim = Claim(token.id, "owner", token.generation, 0)
        self.seal_anew()
        self.assertEqual(self.secrets()[1], {"race1"})
        answer = TokenSet(access_token="next", refresh_token="next refresh")
        with own_environment(self.env) as env:
            self.assertTrue(self.token(env)._store_outcome(claim, answer))
        self.assertEqual(self.secrets()[0], ("next", "next refresh"))

    def test_nobody_waits_for_a_row_that_is_held_and_the_next_turn_has_it(self):
        with self.registry.cursor() as holder:
            holder.execute(
                "SELECT 1 FROM social_token WHERE id = %s FOR UPDATE", [self.token_id]
            )
            made, is_more = self.seal_anew()
            self.assertTrue(is_more)
            self.assertTrue(made, "the app's secret waits for nobody")
            self.assertNotIn("race1", self.secrets()[1])
            holder.rollback()
        self.seal_anew()
        self.assertEqual(self.secrets()[1], {"race1"})

    def test_what_a_worker_seals_with_the_old_key_meanwhile_opens_and_follows(self):
        """Two workers: one has the new key as its first, the other reads it."""
        self.seal_anew()
        race, *others = self.file.read_text().splitlines()
        self.write_file("\n".join([*others, race]))
        with own_environment(self.env) as env:
            self.token(env)._store_token_set(TokenSet(access_token="by the other"))
        self.assertNotIn("race1", self.secrets()[1])
        self.write_file("\n".join([race, *others]))
        self.seal_anew()
        self.assertEqual(self.secrets(), (("by the other", REFRESH_TOKEN), {"race1"}))

    def test_a_crash_in_the_middle_loses_nothing_and_the_next_turn_goes_on(self):
        swap, calls = self.registry["social.key"]._swap, []

        def crash(keys, secret, rows):
            swapped = swap(keys, secret, rows)
            calls.append(secret)
            return swapped if len(calls) < 2 else 1 / 0

        with (
            patch.object(self.registry["social.key"], "_swap", crash),
            self.assertRaises(ZeroDivisionError),
        ):
            self.seal_anew()
        opened, kids = self.secrets()
        self.assertEqual(opened, (ACCESS_TOKEN, REFRESH_TOKEN))
        self.assertEqual(len(kids), 2, "what was committed stays")
        done = self.envelope(calls[0])
        self.seal_anew()
        self.assertEqual(self.secrets(), (opened, {"race1"}))
        self.assertEqual(self.envelope(calls[0]), done, "nothing is done twice")

    def envelope(self, secret):
        with own_environment(self.env) as env:
            return self.token(env)[secret.name]

    def test_an_envelope_that_was_replaced_meanwhile_is_not_called_damaged(self):
        get_place = self.registry["social.token"]._get_secret_place

        def store_first(token, name, generation=None):
            if name == "access_token" and not others:
                others.append(name)
                with own_environment(self.env) as env:
                    self.token(env)._store_token_set(TokenSet(access_token="next"))
                token.invalidate_recordset()
            return get_place(token, name, generation)

        others = []
        place = patch.object(
            self.registry["social.token"], "_get_secret_place", store_first
        )
        with place:
            self.seal_anew()
        self.assertTrue(others)
        self.assertEqual(self.secrets(), (("next", REFRESH_TOKEN), {"race1"}))
        with own_environment(self.env) as env:
            counted = env["social.key"].search([]).mapped("damaged_count")
        self.assertFalse(any(counted))
