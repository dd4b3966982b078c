from odoo.tests import BaseCase, tagged

from ..providers.errors import (
    AppFault,
    RateLimited,
    RequestRefused,
    TokenLost,
    Unreachable,
)
from ..providers.meta_errors import failure_of

BEFORE_IMPERSONATING = (
    "Any of the pages_read_engagement, pages_manage_metadata, "
    "pages_read_user_content, pages_manage_ads, pages_show_list or pages_messaging "
    "permission(s) must be granted before impersonating a user's page."
)
IMPERSONATE = (
    "The user must be an administrator of the page in order to impersonate it."
)
DELETED = "Page access token belongs to a Page that has been deleted."
RATE_CODES = (4, 9, 17, 32, 341, 613, *range(80000, 80015))

# code, subcode, text, class, reason: the rows of the error map that are definite
TOKEN_ROWS = (
    (190, 458, "", "revoked"),
    (102, 458, "", "revoked"),
    (190, 459, "", "checkpoint"),
    (102, 459, "", "checkpoint"),
    (190, 460, "", "password_changed"),
    (102, 460, "", "password_changed"),
    (190, 463, "", "expired"),
    (102, 463, "", "expired"),
    (190, 464, "", "checkpoint"),
    (190, 467, "", "revoked"),
    (190, 483, "", "checkpoint"),
    (190, 490, "", "checkpoint"),
    (190, 492, "", "lost_role"),
    (190, 493, "", "revoked"),
    (190, 1, "", "expired"),
    (190, None, "", "expired"),
    (190, None, "Invalid OAuth access token.", "expired"),
    (190, None, IMPERSONATE, "lost_role"),
    (190, None, BEFORE_IMPERSONATING, "deselected"),
    (190, None, f"(#190) {BEFORE_IMPERSONATING}", "deselected"),
    (190, None, BEFORE_IMPERSONATING.replace("'", "’"), "deselected"),
    (190, None, f"Error validating access token: {DELETED}", "revoked"),
    (102, None, "", "expired"),
    (412, None, "", "revoked"),
    (10, None, "(#10) Requires the 'pages_messaging' permission.", "missing_scope"),
    (200, None, "(#200) Permissions error", "missing_scope"),
    (210, None, "(#210) A page access token is required.", "missing_scope"),
    (283, None, "", "missing_scope"),
    (294, None, "", "missing_scope"),
    (299, None, "", "missing_scope"),
    (368, 4854002, "", "checkpoint"),
)
OTHER_ROWS = (
    *((code, None, "", RateLimited) for code in RATE_CODES),
    (613, 1996, "", RateLimited),
    (17, 2446079, "", RateLimited),
    (1, None, "An unknown error occurred", Unreachable),
    (2, None, "Service temporarily unavailable", Unreachable),
    (1, 99, "", Unreachable),
    (368, None, "", Unreachable),
    (368, 1390008, "", Unreachable),
    (3, None, "", AppFault),
    (101, None, "", AppFault),
    (104, None, "", AppFault),
    (452, None, "Session key invalid", AppFault),
    (1, None, "Error validating client secret.", AppFault),
    (101, None, "Error validating application. Cannot get info.", AppFault),
    (190, None, "Error validating application. It was deleted.", AppFault),
    (190, None, "Invalid OAuth access token - Cannot parse access token", AppFault),
    (200, None, "API access blocked.", AppFault),
    (100, None, "API calls require an appsecret_proof argument", AppFault),
    (100, None, "Invalid appsecret_proof provided in the API argument", AppFault),
    (2500, None, "Unknown path components: /v99.0/me", AppFault),
    (10, 2534022, "", RequestRefused),
    (10, 1893063, "", RequestRefused),
    (200, 2534041, "", RequestRefused),
    (100, None, "(#100) Tried accessing nonexisting field", RequestRefused),
    (100, 33, "Unsupported get request.", RequestRefused),
    (100, 21, "Page ID was migrated", RequestRefused),
    (21, None, "", RequestRefused),
    (506, None, "", RequestRefused),
    (551, None, "", RequestRefused),
    (2500, None, "An active access token must be used.", RequestRefused),
    (191, None, "Missing redirect_uri parameter.", RequestRefused),
    (199, None, "", RequestRefused),
    (300, None, "", RequestRefused),
    (79999, None, "", RequestRefused),
    (80015, None, "", RequestRefused),
)


def error(code, subcode=None, message="", **more):
    found = {"code": code, "message": message, "type": "OAuthException", **more}
    return found | ({"error_subcode": subcode} if subcode is not None else {})


@tagged("post_install", "-at_install")
class TestErrorMap(BaseCase):
    def test_a_definite_answer_says_why_the_token_is_lost(self):
        for code, subcode, text, reason in TOKEN_ROWS:
            with self.subTest(code=code, subcode=subcode, text=text):
                for status in (None, 200, 400, 401, 403):
                    failure = failure_of(error(code, subcode, text), status)
                    self.assertIs(type(failure), TokenLost)
                    self.assertEqual(failure.reason, reason)

    def test_every_other_answer_leaves_the_token_alone(self):
        for code, subcode, text, kind in OTHER_ROWS:
            with self.subTest(code=code, subcode=subcode, text=text):
                for status in (None, 200, 400, 403):
                    failure = failure_of(error(code, subcode, text), status)
                    self.assertIs(type(failure), kind)

    def test_what_passes_is_never_taken_for_a_loss(self):
        definite = [row[:3] for row in TOKEN_ROWS]
        app = [row[:3] for row in OTHER_ROWS if row[3] in (AppFault, RequestRefused)]
        for code, subcode, text in (*definite, *app):
            for found, status in (
                (error(code, subcode, text, is_transient=True), 400),
                (error(code, subcode, text), 500),
                (error(code, subcode, text), 503),
                (error(code, subcode, text, is_transient=False), 502),
            ):
                with self.subTest(error=found, status=status):
                    self.assertIs(type(failure_of(found, status)), Unreachable)

    def test_a_rate_limit_stays_one_although_it_is_called_transient(self):
        for code in RATE_CODES:
            for status in (400, 403, 500):
                with self.subTest(code=code, status=status):
                    failure = failure_of(error(code, is_transient=True), status)
                    self.assertIs(type(failure), RateLimited)

    def test_only_true_says_transient(self):
        for value in (False, None, "true", 1, "yes", []):
            with self.subTest(value=value):
                failure = failure_of(error(190, 460, is_transient=value), 400)
                self.assertEqual(failure.reason, "password_changed")

    def test_introspection_calls_the_subcode_otherwise(self):
        failure = failure_of({"code": 190, "subcode": 460, "message": "..."})
        self.assertEqual(failure.reason, "password_changed")
        self.assertEqual(failure.detail, "190/460")

    def test_numbers_are_read_as_text_and_as_floats(self):
        for code in (190, "190", 190.0, "190.0", " 190 "):
            for subcode in (460, "460", 460.0):
                with self.subTest(code=code, subcode=subcode):
                    failure = failure_of(error(code, subcode), 400)
                    self.assertEqual(failure.reason, "password_changed")
                    self.assertEqual(failure.detail, "190/460")

    def test_an_error_without_a_usable_code_is_no_definite_answer(self):
        for code in (None, "", "x", True, [], {}, 190.5, -190, "9" * 5000, 10**300,
                     float("nan"), float("inf")):  # fmt: skip
            with self.subTest(code=str(code)[:20]):
                failure = failure_of(error(code, 460), 400)
                self.assertIs(type(failure), Unreachable)
                self.assertEqual(failure.detail, "HTTP 400")
        self.assertIs(type(failure_of({})), Unreachable)
        self.assertEqual(failure_of({}).detail, "no code")

    def test_a_nonsense_subcode_counts_as_none(self):
        for subcode in ("x", [], {}, True, -1, 10**300, "9" * 5000):
            with self.subTest(subcode=str(subcode)[:20]):
                failure = failure_of(error(190, subcode), 400)
                self.assertEqual(failure.reason, "expired")
                self.assertEqual(failure.detail, "190")

    def test_a_text_of_any_kind_is_survived(self):
        for text in (None, 5, [], {}, True, "\0\ud800", "x" * 100_000):
            with self.subTest(text=str(type(text))):
                failure = failure_of(error(190, None, text), 400)
                self.assertEqual(failure.reason, "expired")

    def test_a_failure_tells_numbers_and_never_the_network_s_text(self):
        for code, subcode, _text, *_rest in (*TOKEN_ROWS, *OTHER_ROWS):
            text = "S3CR3T of the network"
            failure = failure_of(error(code, subcode, text, error_user_msg=text), 400)
            self.assertNotIn("S3CR3T", f"{failure} {failure!r} {failure.detail}")
            expected = f"{code}/{subcode}" if subcode else str(code)
            self.assertEqual(failure.detail, expected)
