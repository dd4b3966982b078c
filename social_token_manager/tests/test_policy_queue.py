import unittest

from ..policy.queue import LOGIN, NOTHING, SILENT, way


class TestPolicyQueue(unittest.TestCase):
    def way(self, **values):
        usual = {
            "reason": None,
            "status": "valid",
            "first_clock": None,
            "renews_silently": True,
            "is_old_enough": True,
        }
        return way(**{**usual, **values})

    def test_what_works_and_renews_itself_needs_nobody(self):
        self.assertEqual(self.way(), SILENT)
        self.assertEqual(self.way(status="no_expiry"), SILENT)
        self.assertEqual(self.way(status="expiring", first_clock=None), SILENT)

    def test_what_is_broken_needs_a_person(self):
        self.assertEqual(self.way(reason="revoked"), LOGIN)
        self.assertEqual(self.way(status="expired"), LOGIN)

    def test_a_clock_that_only_a_person_moves_needs_a_person(self):
        for clock in ("refresh", "data_access"):
            self.assertEqual(self.way(status="expiring", first_clock=clock), LOGIN)
            self.assertEqual(self.way(status="valid", first_clock=clock), SILENT)

    def test_what_cannot_renew_itself_needs_a_person(self):
        self.assertEqual(self.way(renews_silently=False), LOGIN)

    def test_what_never_ends_or_was_renewed_just_now_is_left_alone(self):
        self.assertEqual(self.way(status="no_expiry", renews_silently=False), NOTHING)
        self.assertEqual(self.way(is_old_enough=False), NOTHING)
