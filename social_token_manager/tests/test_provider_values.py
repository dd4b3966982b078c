import json
import os
import time
from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..providers import values

NOW = datetime(2026, 3, 1, 12)
NOW_SECONDS = 1772366400
YEAR = 31_536_000
INFINITE = float("inf")
NOT_A_NUMBER = float("nan")
MANY_DIGITS = "9" * 5000
HUGE = 10**5000
NEITHER_TEXT_NOR_NUMBER = (None, True, False, [], [1], {}, {"a": 1}, (), b"1", object())
NOT_FINITE = (
    INFINITE,
    -INFINITE,
    NOT_A_NUMBER,
    "inf",
    "-Infinity",
    "NaN",
    "1e999",
    MANY_DIGITS,
    HUGE,
)


@tagged("post_install", "-at_install")
class TestNumbers(BaseCase):
    def test_a_number_is_read_in_whatever_shape_it_comes(self):
        for value, expected in (
            (0, 0),
            (3600, 3600),
            (3599.5, 3599.5),
            ("3600", 3600),
            (" 3600\n", 3600),
            ("3600.0", 3600),
            ("5.4e3", 5400),
            ("-1", -1),
            (-0.0, 0),
        ):
            with self.subTest(value=value):
                self.assertEqual(values.number(value), expected)

    def test_what_is_no_number_is_none(self):
        for value in (*NEITHER_TEXT_NOR_NUMBER, *NOT_FINITE, "", "soon", "1,5", "0x10"):
            with self.subTest(value=str(type(value))):
                self.assertIsNone(values.number(value))
                self.assertIsNone(values.whole(value))

    def test_a_whole_number_is_one_in_text_and_as_a_float(self):
        for value, expected in (
            (190, 190),
            ("190", 190),
            (190.0, 190),
            ("190.0", 190),
            (0, 0),
            (-1, -1),
        ):
            with self.subTest(value=value):
                self.assertEqual(values.whole(value), expected)
                self.assertIsInstance(values.whole(value), int)
        for value in (190.7, "190.7", 0.1):
            self.assertIsNone(values.whole(value))

    def test_a_lifetime_is_whole_seconds(self):
        for value, seconds in (
            (1, 1),
            (3600, 3600),
            ("3600", 3600),
            (3599.9, 3599),
            ("5183944", 5183944),
            (20 * YEAR, 20 * YEAR),
        ):
            with self.subTest(value=value):
                life = values.lifetime(value)
                self.assertEqual(life, timedelta(seconds=seconds))

    def test_a_lifetime_that_makes_no_sense_is_none(self):
        nonsense = (0, "0", -1, -3600, "-1", 0.4, 1e-9, 21 * YEAR, 1e300, 2**63, "soon")
        for value in (*NEITHER_TEXT_NOR_NUMBER, *NOT_FINITE, *nonsense):
            with self.subTest(value=str(value)[:40] if value is not HUGE else "huge"):
                self.assertIsNone(values.lifetime(value))

    def test_a_moment_is_naive_utc_in_whole_seconds(self):
        for value, expected in (
            (NOW_SECONDS, NOW),
            (str(NOW_SECONDS), NOW),
            (NOW_SECONDS + 0.75, NOW),
            (float(NOW_SECONDS), NOW),
            (NOW_SECONDS + 86400, NOW + timedelta(days=1)),
            (NOW_SECONDS - 86400, NOW - timedelta(days=1)),
        ):
            with self.subTest(value=value):
                self.assertEqual(values.moment(value, NOW), expected)

    def test_a_moment_that_makes_no_sense_is_none(self):
        nonsense = (
            0,
            "0",
            -1,
            1,
            3600,
            5183944,
            NOW_SECONDS * 1000,
            NOW_SECONDS + 21 * YEAR,
            NOW_SECONDS - 21 * YEAR,
            2**63,
            1e300,
            "2026-03-01",
        )
        for value in (*NEITHER_TEXT_NOR_NUMBER, *NOT_FINITE, *nonsense):
            with self.subTest(value=str(value)[:40] if value is not HUGE else "huge"):
                self.assertIsNone(values.moment(value, NOW))

    def test_the_time_zone_of_the_machine_does_not_matter(self):
        self.addCleanup(time.tzset)
        zone = os.environ.get("TZ")
        self.addCleanup(
            lambda: os.environ.pop("TZ") if zone is None else os.environ.update(TZ=zone)
        )
        edge = NOW_SECONDS + int(values.LONGEST_LIFE.total_seconds())
        for name in ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
            os.environ["TZ"] = name
            time.tzset()
            with self.subTest(zone=name):
                self.assertEqual(values.moment(NOW_SECONDS, NOW), NOW)
                self.assertEqual(values.moment(edge, NOW), NOW + values.LONGEST_LIFE)
                self.assertIsNone(values.moment(edge + 1, NOW))


@tagged("post_install", "-at_install")
class TestTexts(BaseCase):
    def test_a_text_is_kept_as_it_is(self):
        for value in (
            "Café Aurora",
            "東京",
            "مقهى",
            "a & <b>",
            "=1+1",
            "😀",
            "R$ 5,00",
        ):
            with self.subTest(value=value):
                self.assertEqual(values.text(value), value)
        self.assertEqual(values.text(17841400000000101), "17841400000000101")

    def test_what_could_break_or_deceive_is_dropped(self):
        for value, expected in (
            ("a\0b", "ab"),
            ("\x1b[31mred", "[31mred"),
            ("pay\u202epal", "paypal"),
            ("\u2066a\u2069\u200b\u200d\ufeff", "a"),
            ("a\u00adb", "ab"),
            ("\ud800lone", "lone"),
            ("a\ue000b", "ab"),
            ("\0\u200b", ""),
        ):
            with self.subTest(value=value):
                self.assertEqual(values.text(value), expected)

    def test_words_do_not_run_together(self):
        for space in (" ", "\n", "\t", "\r\n", "\xa0", "\u202f", "\u3000", "\u2028"):
            with self.subTest(space=space):
                name = f"{space}Café{space}{space}Aurora{space}"
                self.assertEqual(values.text(name), "Café Aurora")

    def test_a_text_is_cut(self):
        self.assertEqual(values.text("x" * 10_000), "x" * 200)
        self.assertEqual(values.text("😀" * 10_000), "😀" * 200)
        self.assertEqual(values.text("a" * 199 + " b"), "a" * 199)
        self.assertEqual(values.text("abc", 2), "ab")

    def test_what_is_no_text_is_empty(self):
        for value in (*NEITHER_TEXT_NOR_NUMBER, 1.5, NOT_A_NUMBER, HUGE, ""):
            with self.subTest(value=str(type(value))):
                self.assertEqual(values.text(value), "")

    def test_an_identifier_is_kept_exactly(self):
        for value in (
            "17841400000000101",
            "UC-lHJZR3Gqxm24_Vd_AJ5Yw",
            "_000abcDEF",
            "urn:li:organization:2414183",
            "a.b",
            "0",
            "x" * 128,
        ):
            with self.subTest(value=value):
                self.assertEqual(values.identifier(value), value)
        self.assertEqual(values.identifier(17841400000000101), "17841400000000101")

    def test_an_identifier_is_never_repaired(self):
        """Cut or cleaned it could be somebody else's."""
        for value in (
            "x" * 129,
            MANY_DIGITS,
            HUGE,
            " 123",
            "123\n",
            "12\u200b3",
            "12\0003",
            "１２３",
            "é",
            "a b",
            "a/b",
            "../me",
            "a?b",
            "a#b",
            "a%2e",
            ".",
            "..",
            "-",
            "",
            1.5,
            1.7841400000000101e16,
            *NEITHER_TEXT_NOR_NUMBER,
        ):
            with self.subTest(value=str(type(value))):
                self.assertEqual(values.identifier(value), "")

    def test_a_token_is_kept_exactly_or_is_none(self):
        for value in ("EAAB|x", "a.b-c_d~e+f/g==", "x" * 5000):
            self.assertEqual(values.secret(value), value)
        for value in (
            "",
            " ",
            "a b",
            "a\nb",
            "a\r\nX-Injected: 1",
            "a\0",
            "é",
            "\u200b",
            5,
            *NEITHER_TEXT_NOR_NUMBER,
        ):
            with self.subTest(value=str(value)):
                self.assertIsNone(values.secret(value))


@tagged("post_install", "-at_install")
class TestCollections(BaseCase):
    def test_words_come_as_a_list_or_as_text(self):
        for value in (
            ["a", "b", "c"],
            ("a", "b", "c"),
            "a,b,c",
            "a b c",
            "a, b ,c,",
            ["a", "", "b", None, {}, True, "a", "c"],
        ):
            with self.subTest(value=value):
                self.assertEqual(values.words(value), ("a", "b", "c"))
        self.assertEqual(values.words([1, 2]), ("1", "2"))

    def test_what_is_no_list_of_words_is_empty(self):
        for value in (None, True, 5, 1.5, {}, {"a": 1}, "", " , ", [], [[]], object()):
            with self.subTest(value=value):
                self.assertEqual(values.words(value), ())

    def test_only_an_object_is_a_mapping(self):
        self.assertEqual(values.mapping({"a": 1}), {"a": 1})
        for value in (None, True, 5, "a", [], [("a", 1)], NOT_A_NUMBER):
            with self.subTest(value=value):
                self.assertEqual(values.mapping(value), {})

    def test_items_are_the_objects_of_an_array(self):
        mixed = [{"a": 1}, None, 5, "x", [], {"b": 2}, True]
        self.assertEqual(values.items(mixed), [{"a": 1}, {"b": 2}])
        for value in (None, True, 5, "x", {"a": 1}, ({"a": 1},)):
            with self.subTest(value=value):
                self.assertEqual(values.items(value), [])

    def test_whatever_json_holds_nothing_is_raised(self):
        documents = (
            "null", "true", "-0", "1e400", "NaN", "-Infinity", '""', '"\\u0000"',
            '"\\ud800"', "[]", "{}", "[[[]]]", '{"a":{"b":[null]}}', '"9"', "9" * 4000,
        )  # fmt: skip
        readers = (
            values.number, values.whole, values.lifetime, values.text,
            values.identifier, values.secret, values.words, values.mapping,
            values.items, lambda value: values.moment(value, NOW),
        )  # fmt: skip
        for document in documents:
            value = json.loads(document)
            for nested in (value, [value], {"a": value}):
                for reader in readers:
                    with self.subTest(document=document[:20], reader=reader):
                        reader(nested)
