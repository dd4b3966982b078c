from itertools import permutations

from odoo.tests import BaseCase, tagged

from ..policy.matching import EXTERNAL_ID, HANDLE, NAME, Named, match, normal_handle


def made(key, network="instagram", **values):
    return Named(key, network, **values)


def listed(key, network="instagram", **values):
    return Named(key, network, **{"external_id": key, **values})


@tagged("post_install", "-at_install")
class TestHandle(BaseCase):
    def test_what_people_type_is_one_handle(self):
        for text in (
            "acme",
            "Acme",
            " @ACME ",
            "https://www.instagram.com/acme/",
            "https://www.instagram.com/Acme?igsh=abc",
            "instagram.com/acme",
            "https://www.youtube.com/@acme",
            "https://www.youtube.com/c/acme",
            "https://www.tiktok.com/@acme#bio",
            "https://www.linkedin.com/company/acme/about/",
            "https://www.linkedin.com/in/acme",
            "https://x.com/%40acme",
        ):
            with self.subTest(text=text):
                self.assertEqual(normal_handle(text), "acme")

    def test_a_dot_is_part_of_a_handle(self):
        self.assertEqual(normal_handle("@acme.br"), "acme.br")

    def test_an_address_without_a_handle_gives_none(self):
        for text in (
            None,
            "",
            "@",
            "/",
            "https://",
            "https://www.facebook.com/",
            "https://www.facebook.com/profile.php?id=100",
            "https://www.facebook.com/pages/Acme/100",
            "https://www.youtube.com/channel/UC1",
        ):
            with self.subTest(text=text):
                self.assertEqual(normal_handle(text), "")


@tagged("post_install", "-at_install")
class TestMatching(BaseCase):
    def assert_matched(self, expected, made_ones, listed_ones):
        for order in permutations(made_ones):
            with self.subTest(order=[one.key for one in order]):
                self.assertEqual(match(order, listed_ones), expected)

    def test_the_network_id_decides_first(self):
        self.assert_matched(
            {"7": (1, EXTERNAL_ID)},
            [made(1, external_id="7", handle="other", name="Other"), made(2)],
            [listed("7", handle="acme", name="Acme")],
        )

    def test_the_handle_decides_where_no_id_was_given(self):
        self.assert_matched(
            {"7": (1, HANDLE)},
            [made(1, handle="instagram.com/Acme", name="Ours"), made(2, name="Acme")],
            [listed("7", handle="acme", name="Acme")],
        )

    def test_the_name_decides_where_there_are_not_two_handles(self):
        for handles in (("", "acme"), ("acme", ""), ("", "")):
            self.assert_matched(
                {"7": (1, NAME)},
                [made(1, handle=handles[0], name=" acme  café ")],
                [listed("7", handle=handles[1], name="Acme Café")],
            )

    def test_another_id_or_handle_is_never_overruled(self):
        for values in ({"external_id": "8"}, {"handle": "other"}):
            self.assert_matched(
                {},
                [made(1, name="Acme", **values)],
                [listed("7", handle="acme", name="Acme")],
            )

    def test_another_network_is_another_profile(self):
        self.assert_matched(
            {},
            [made(1, "facebook", external_id="7", handle="acme", name="Acme")],
            [listed("7", "messenger", handle="acme", name="Acme")],
        )

    def test_two_that_fit_are_not_guessed_at(self):
        page = listed("7", handle="acme", name="Acme")
        for values in ({"handle": "acme"}, {"name": "Acme"}):
            self.assert_matched({}, [made(1, **values), made(2, **values)], [page])
        twins = [listed("7", name="Acme"), listed("8", name="Acme")]
        self.assert_matched({}, [made(1, name="Acme")], twins)

    def test_a_namesake_of_what_is_matched_already_is_not_guessed_at(self):
        self.assert_matched(
            {"7": (1, HANDLE)},
            [made(1, handle="acme"), made(2, name="Acme")],
            [listed("7", handle="acme", name="Acme"), listed("8", name="Acme")],
        )

    def test_one_made_by_hand_is_matched_once(self):
        self.assert_matched(
            {"7": (1, HANDLE)},
            [made(1, handle="acme", name="Acme")],
            [listed("7", handle="acme", name="Official"), listed("8", name="Acme")],
        )

    def test_blank_is_not_equal_to_blank(self):
        self.assert_matched({}, [made(1)], [Named("7", "instagram")])
