from odoo.tests import BaseCase, tagged

from .. import wording
from ..policy import reasons
from ..providers import errors, meta_errors

TOKEN_CODES = {
    "not_connected",
    "expired",
    "password_changed",
    "revoked",
    "lost_role",
    "deselected",
    "missing_scope",
    "checkpoint",
    "data_access",
    "inactive",
    "damaged_secret",
    "unknown_outcome",
}
APP_CODES = {"app_fault", "rate_limited", "unreachable", "copied"}


def in_english(text):
    return text._translate("en_US").strip()


@tagged("post_install", "-at_install")
class TestReasons(BaseCase):
    def test_the_codes_that_others_rely_on_are_there(self):
        self.assertEqual({one.code for one in reasons.TOKEN_REASONS}, TOKEN_CODES)
        self.assertEqual({one.code for one in reasons.APP_REASONS}, APP_CODES)
        self.assertEqual(set(reasons.BY_CODE), TOKEN_CODES | APP_CODES)

    def test_every_reason_names_who_can_heal_it(self):
        for code, reason in reasons.BY_CODE.items():
            with self.subTest(code=code):
                self.assertIn(
                    reason.healer, ("granter", "network_admin", "owner", "nobody")
                )
        self.assertEqual(reasons.BY_CODE["lost_role"].healer, "network_admin")
        self.assertEqual(reasons.BY_CODE["app_fault"].healer, "owner")

    def test_every_reason_has_a_label_what_happened_and_what_to_do(self):
        self.assertEqual(set(wording.REASONS), set(reasons.BY_CODE))
        for code, texts in wording.REASONS.items():
            with self.subTest(code=code):
                self.assertEqual(len(texts), 3)
                self.assertTrue(all(map(in_english, texts)))

    def test_no_two_reasons_read_the_same_in_a_list(self):
        labels = [in_english(label) for label, *_more in wording.REASONS.values()]
        self.assertEqual(len(set(labels)), len(labels))

    def test_what_a_network_answers_leads_to_known_reasons(self):
        found = {*meta_errors.BY_SUBCODE.values()}
        found |= {reason for _pattern, reason in meta_errors.BY_TEXT}
        self.assertLessEqual(found, TOKEN_CODES)
        for failure in (errors.AppFault, errors.RateLimited, errors.Unreachable):
            self.assertIn(failure().reason, APP_CODES)
        self.assertEqual(errors.AddressRefused().reason, "app_fault")
