import unittest

from ..policy.prerequisites import Facts, check


class TestPolicyPrerequisites(unittest.TestCase):
    def test_a_healthy_connection_has_proven_what_the_network_tells(self):
        facts = Facts("instagram", True, is_connected=True, can_renew="yes")
        self.assertEqual(set(check(facts).values()), {True})
        self.assertEqual(len(check(facts)), 5)

    def test_a_broken_one_proves_nothing_of_it(self):
        found = check(Facts("instagram", True))
        self.assertEqual([found["account"], found["commercial"]], [None, None])
        self.assertIs(found["administrator"], True)

    def test_a_lost_role_and_a_missing_right_are_known(self):
        found = check(Facts("facebook", False, can_renew="no"))
        self.assertEqual(
            found, {"account": None, "administrator": False, "business": False}
        )

    def test_whether_messages_are_sent_is_what_the_network_says(self):
        for values, expected in (
            ({"subscribed": ("messages",)}, True),
            ({"missing": ("messages",)}, False),
            ({}, None),
        ):
            with self.subTest(**values):
                found = check(Facts("messenger", True, **values))
                self.assertIs(found["messenger"], expected)

    def test_other_networks_ask_for_none_of_these(self):
        self.assertEqual(check(Facts("x", True)), {})
