import base64
import os
import stat
import string
import subprocess
import sys
import tempfile
from pathlib import Path

from odoo.tests import BaseCase, tagged

from .. import keyring
from ..keyring import (
    KeyFileInvalid,
    KeyFileMissing,
    Keyring,
    SecretDamaged,
    UnknownKey,
    UnknownVersion,
)

PLACE = ("social.token", 7, "access_token", 3)
PLAIN = "EAAG-plain-token-é-\N{KEY}"
ONE, TWO = bytes(range(32)), bytes(range(1, 33))
BASE64URL = string.ascii_letters + string.digits + "-_"
PROCESSES = 6

# Loads the module by its path, says that it is ready, waits, generates, tells the key.
GENERATE = """
import importlib, os, sys, types
alone = sys.modules["alone"] = types.ModuleType("alone")
alone.__path__ = [os.path.dirname(sys.argv[1])]
keyring = importlib.import_module("alone.keyring")
os.umask(0)
print("ready", flush=True)
sys.stdin.readline()
ring = keyring.generate(sys.argv[2])
print(ring.writer, ring.check_value(ring.writer))
"""


def encoded(key):
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


class KeyringCase(BaseCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.path = self.folder / "keys"
        self.ring = Keyring("a1", {"a1": ONE, "b2": TWO})

    def write_keys(self, text, mode=0o600):
        self.path.write_bytes(text if isinstance(text, bytes) else text.encode())
        self.path.chmod(mode)
        return self.path

    def assert_unopened(self, failure, envelope, place=PLACE, ring=None):
        with self.assertRaises(failure) as caught:
            (ring or self.ring).open(envelope, place)
        self.assertNotIn(PLAIN, str(caught.exception))


@tagged("post_install", "-at_install")
class TestEnvelope(KeyringCase):
    def test_what_is_sealed_opens_in_its_place(self):
        for plain in ("", "a", PLAIN, "x" * 100_000, "a\0b\n"):
            with self.subTest(length=len(plain)):
                envelope = self.ring.seal(plain, PLACE)
                self.assertEqual(self.ring.open(envelope, PLACE), plain)

    def test_an_envelope_shows_version_and_key_and_nothing_else(self):
        envelope = self.ring.seal(PLAIN, PLACE)
        self.assertRegex(envelope, r"^stm1\.a1\.[A-Za-z0-9_-]+$")
        self.assertTrue(keyring.is_envelope(envelope))
        sealed = base64.urlsafe_b64decode(envelope.split(".")[2] + "==")
        self.assertEqual(len(sealed), 12 + len(PLAIN.encode()) + 16)
        self.assertNotIn(PLAIN.encode(), sealed)

    def test_no_two_envelopes_are_alike(self):
        envelopes = {self.ring.seal(PLAIN, PLACE) for _time in range(500)}
        nonces = {envelope.split(".")[2][:16] for envelope in envelopes}
        self.assertEqual(len(nonces), 500)

    def test_only_an_envelope_looks_like_one(self):
        for value in (None, False, "", PLAIN, "stm1", "stm2.a.b", b"stm1.a.b", 1):
            with self.subTest(value=value):
                self.assertFalse(keyring.is_envelope(value))

    def test_another_row_field_model_or_generation_does_not_open_it(self):
        envelope = self.ring.seal(PLAIN, PLACE)
        for place in (
            ("social.token", 8, "access_token", 3),
            ("social.token", 7, "refresh_token", 3),
            ("social.access", 7, "access_token", 3),
            ("social.token", 7, "access_token", 2),
            ("social.token", 7, "access_token", 4),
            ("social.token", 7, "access_token"),
            ("social.token", 7, "access_token", 3, ""),
            (),
        ):
            with self.subTest(place=place):
                self.assert_unopened(SecretDamaged, envelope, place)

    def test_places_whose_parts_run_together_are_different_places(self):
        for sealed_in, opened_in in (
            (("ab", "c"), ("a", "bc")),
            (("a", "", "b"), ("a", "b", "")),
            (("a", "b"), ("ab",)),
            (("model", 1, "field", 23), ("model", 12, "field", 3)),
            (("a\0", "b"), ("a", "\0b")),
        ):
            with self.subTest(sealed_in=sealed_in):
                envelope = self.ring.seal(PLAIN, sealed_in)
                self.assert_unopened(SecretDamaged, envelope, opened_in)

    def test_another_key_does_not_open_it_under_any_id(self):
        envelope = self.ring.seal(PLAIN, PLACE)
        swapped = envelope.replace(".a1.", ".b2.")
        self.assert_unopened(SecretDamaged, swapped)
        other = Keyring("a1", {"a1": TWO})
        self.assert_unopened(SecretDamaged, envelope, ring=other)

    def test_an_unknown_key_is_not_damage(self):
        envelope = self.ring.seal(PLAIN, PLACE)
        ring = Keyring("b2", {"b2": TWO})
        self.assert_unopened(UnknownKey, envelope, ring=ring)
        self.assertFalse(issubclass(UnknownKey, SecretDamaged))
        self.assertFalse(issubclass(SecretDamaged, UnknownKey))

    def test_an_unknown_version_is_not_damage(self):
        envelope = self.ring.seal(PLAIN, PLACE).replace("stm1", "stm2")
        self.assert_unopened(UnknownVersion, envelope)
        self.assertFalse(issubclass(UnknownVersion, SecretDamaged))

    def test_a_reader_opens_what_the_former_writer_sealed(self):
        envelope = self.ring.seal(PLAIN, PLACE)
        rotated = Keyring("b2", dict(self.ring.keys))
        self.assertEqual(rotated.open(envelope, PLACE), PLAIN)
        self.assertTrue(rotated.seal(PLAIN, PLACE).startswith("stm1.b2."))

    def test_every_flipped_bit_is_noticed(self):
        for plain in ("a", "ab", "abc"):
            version, kid, body = self.ring.seal(plain, PLACE).split(".")
            sealed = base64.urlsafe_b64decode(body + "==")
            for bit in range(len(sealed) * 8):
                changed = bytearray(sealed)
                changed[bit // 8] ^= 1 << bit % 8
                envelope = f"{version}.{kid}.{encoded(bytes(changed))}"
                self.assert_unopened(SecretDamaged, envelope)

    def test_every_changed_character_is_noticed(self):
        for plain in ("a", "ab", "abc"):
            version, kid, body = self.ring.seal(plain, PLACE).split(".")
            for position in range(len(body)):
                for other in set(BASE64URL) - {body[position]}:
                    changed = f"{body[:position]}{other}{body[position + 1 :]}"
                    self.assert_unopened(SecretDamaged, f"{version}.{kid}.{changed}")

    def test_every_truncation_is_noticed(self):
        envelope = self.ring.seal(PLAIN, PLACE)
        for length in range(len(envelope)):
            with self.subTest(length=length):
                self.assert_unopened(SecretDamaged, envelope[:length])

    def test_there_is_one_way_to_write_an_envelope(self):
        envelope = self.ring.seal(PLAIN + "??>>", PLACE)
        for changed in (
            envelope + "=",
            envelope + "\n",
            f" {envelope}",
            envelope.replace("stm1", "STM1"),
            envelope.replace("-", "+").replace("_", "/") + "=",
            envelope + "A",
            f"{envelope}.",
            f"{envelope}.{envelope}",
        ):
            with self.subTest(changed=changed):
                self.assert_unopened(SecretDamaged, changed)

    def test_nonsense_is_damage(self):
        for value in (None, False, "", ".", "..", "stm1", "stm1.", "stm1..", "stm1.a1.",
                      "stm1..AAAA", "stm1.a1.????", "stm1.a1.é", "stm1.a 1.AAAA",
                      "stmx.a1.AAAA", "plain", b"stm1.a1.AAAA", 17):  # fmt: skip
            with self.subTest(value=value):
                self.assert_unopened(SecretDamaged, value)

    def test_a_ring_does_not_show_its_keys(self):
        for text in (repr(self.ring), str(self.ring), f"{self.ring}"):
            self.assertNotIn(repr(ONE), text)
            self.assertNotIn(encoded(ONE), text)


@tagged("post_install", "-at_install")
class TestKeyFile(KeyringCase):
    def test_the_first_key_writes_and_all_read(self):
        text = f"# our keys\n\nb2 {encoded(TWO)}\r\n  a1   {encoded(ONE)}  \n"
        ring = keyring.load(self.write_keys(text))
        self.assertEqual(ring.writer, "b2")
        self.assertEqual(ring.keys, {"b2": TWO, "a1": ONE})

    def test_a_padded_key_is_the_same_key(self):
        ring = keyring.load(self.write_keys(f"a1 {encoded(ONE)}="))
        self.assertEqual(ring.keys, {"a1": ONE})

    def test_a_file_of_another_format_is_refused_with_the_reason_alone(self):
        key = encoded(ONE)
        for text, reason in (
            ("", "no key"),
            ("# nothing\n\n", "no key"),
            (key, "line 1: 0 bytes instead of 32"),
            (f"a1 {key}\na1 {encoded(TWO)}", "line 2: key id missing or repeated"),
            (f"a-1 {key}", "line 1: key id missing or repeated"),
            (f"a1\t{key}", "line 1: key id missing or repeated"),
            (f"a1 {key[:-4]}", "29 bytes instead of 32"),
            (f"a1 {key}AAAA", "35 bytes instead of 32"),
            (f"a1 {key} {key}", "not base64url"),
            (f"a1 {key[:-1]}!", "not base64url"),
            (f"\n\na1 {ONE.hex()}", "line 3: 48 bytes instead of 32"),
            (ONE, "no key|key id missing|line"),
            (bytes(range(128, 160)), "UnicodeDecodeError"),
            (f"\ufeffa1 {key}", "UnicodeDecodeError"),
            (f"a1 {key}".encode("utf-16"), "UnicodeDecodeError"),
        ):
            with self.subTest(text=text):
                with self.assertRaisesRegex(KeyFileInvalid, reason) as caught:
                    keyring.load(self.write_keys(text))
                self.assertIn(str(self.path), str(caught.exception))
                self.assertNotIn(key[4:20], str(caught.exception))
                self.assertIsNone(caught.exception.__cause__)

    def test_a_missing_file_is_another_trouble_than_a_bad_one(self):
        with self.assertRaises(KeyFileMissing):
            keyring.load(self.path)
        with self.assertRaisesRegex(KeyFileInvalid, "IsADirectoryError"):
            keyring.load(self.folder)
        with self.assertRaisesRegex(KeyFileInvalid, "NotADirectoryError"):
            keyring.load(self.write_keys("a1") / "keys")

    def test_a_file_that_others_can_read_is_warned_of(self):
        text = f"a1 {encoded(ONE)}"
        for mode in (0o640, 0o604, 0o644, 0o666, 0o620, 0o601):
            with self.subTest(mode=oct(mode)):
                with self.assertLogs(keyring._logger, "WARNING") as logged:
                    keyring.load(self.write_keys(text, mode))
                self.assertIn(str(self.path), logged.output[0])
                self.assertNotIn(encoded(ONE), logged.output[0])
        for mode in (0o600, 0o400):
            with self.subTest(mode=oct(mode)), self.assertNoLogs(keyring._logger):
                keyring.load(self.write_keys(text, mode))

    def test_a_check_value_tells_keys_apart_and_does_not_tell_the_key(self):
        values = [self.ring.check_value(kid) for kid in ("a1", "b2")]
        self.assertNotEqual(*values)
        self.assertEqual(Keyring("x", {"x": ONE}).check_value("x"), values[0])
        for value in values:
            self.assertRegex(value, "^[0-9a-f]{32}$")
            for key in self.ring.keys.values():
                self.assertNotIn(value, key.hex())
                self.assertNotIn(bytes.fromhex(value), key)


@tagged("post_install", "-at_install")
class TestGenerate(KeyringCase):
    def test_a_generated_key_is_new_private_and_usable(self):
        path = self.folder / "deep" / "er" / "keys"
        ring = keyring.generate(path)
        self.assertEqual(keyring.load(path), ring)
        self.assertEqual(len(ring.keys[ring.writer]), 32)
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(path.parent.stat().st_mode), 0o700)
        self.assertEqual(os.listdir(path.parent), ["keys"])
        other = keyring.generate(self.path)
        self.assertNotEqual(other.keys[other.writer], ring.keys[ring.writer])

    def test_a_key_that_is_there_is_used_and_left_alone(self):
        text = f"a1 {encoded(ONE)}\n"
        ring = keyring.generate(self.write_keys(text, 0o400))
        self.assertEqual(ring.keys, {"a1": ONE})
        self.assertEqual(self.path.read_text(), text)
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o400)
        self.assertEqual(os.listdir(self.folder), ["keys"])

    def test_a_broken_file_is_not_replaced(self):
        with self.assertRaises(KeyFileInvalid):
            keyring.generate(self.write_keys("half a k"))
        self.assertEqual(self.path.read_text(), "half a k")
        self.assertEqual(os.listdir(self.folder), ["keys"])

    def test_a_place_that_cannot_be_written_is_told(self):
        with self.assertRaisesRegex(KeyFileInvalid, "(Not|Is)ADirectoryError|Exists"):
            keyring.generate(self.write_keys("a file") / "keys")

    def test_of_many_processes_at_once_one_makes_the_key_and_all_use_it(self):
        command = [sys.executable, "-c", GENERATE, keyring.__file__, str(self.path)]
        children = [
            subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for _number in range(PROCESSES)
        ]
        for child in children:
            self.addCleanup(child.kill)
            self.assertEqual(child.stdout.readline(), "ready\n")
        for child in children:
            child.stdin.write("go\n")
            child.stdin.flush()
        told = [child.communicate(timeout=30)[0] for child in children]
        self.assertEqual([child.returncode for child in children], [0] * PROCESSES)
        ring = keyring.load(self.path)
        self.assertEqual(
            set(told), {f"{ring.writer} {ring.check_value(ring.writer)}\n"}
        )
        self.assertEqual(os.listdir(self.folder), ["keys"])
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)
        self.assertEqual(len(self.path.read_text().splitlines()), 1)
        self.assertEqual(self.path.stat().st_nlink, 1)
