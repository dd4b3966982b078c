"""People are told of each key what hangs on it, and when it may go."""

from odoo.tests import BaseCase

from ..policy.keys import LOST, MISSING, NEEDED, SPARE, WRITING, KeyUse, uses_of


class TestKeys(BaseCase):
    def test_the_key_that_seals_comes_first_and_what_is_missing_last(self):
        uses = uses_of(
            {"old": 41, "new": 150, "gone": 3, "given": 6},
            kept=("new", "old", "older"),
            lost={"given", "long"},
            damaged={},
        )
        self.assertEqual(
            uses,
            [
                KeyUse("new", WRITING, 150, 200),
                KeyUse("old", NEEDED, 41, 200),
                KeyUse("older", SPARE, 0, 200),
                KeyUse("given", LOST, 6, 200),
                KeyUse("gone", MISSING, 3, 200),
            ],
        )

    def test_a_given_up_key_that_is_back_in_the_file_is_needed_again(self):
        uses = uses_of({"old": 1}, ("new", "old"), {"old"}, {})
        self.assertEqual([use.standing for use in uses], [WRITING, NEEDED])

    def test_no_more_are_called_damaged_than_hang_on_a_key(self):
        uses = uses_of({"old": 1}, ("new", "old"), set(), {"old": 7})
        self.assertEqual([use.damaged for use in uses], [0, 1])

    def test_without_a_file_everything_is_missing(self):
        self.assertEqual(
            uses_of({"old": 2}, (), set(), {}), [KeyUse("old", MISSING, 2, 2)]
        )
