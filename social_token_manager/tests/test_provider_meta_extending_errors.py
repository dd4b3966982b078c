from odoo.tests import BaseCase, tagged

from ..providers.errors import (
    AppFault,
    GrantRefused,
    RateLimited,
    RequestRefused,
    TokenLost,
    Unreachable,
)
from ..providers.meta_extending_errors import AlreadyLong, failure_of_answer
from .test_provider_meta_errors import OTHER_ROWS, TOKEN_ROWS, error

NO_APP = "No app ID was provided in the request."
NO_DATA = "No application data was given: There was a problem getting data."
SAME_URI = (
    "Error validating verification code. Please make sure your redirect_uri is "
    "identical to the one you used in the OAuth dialog request"
)

# code, text, class: what the token endpoints answer, HTTP 400 every time
TOKEN_ENDPOINT_ROWS = (
    (400, "Matching code was not found or was already used", GrantRefused),
    (400, "This authorization code has been used", GrantRefused),
    (400, "This authorization code has expired", GrantRefused),
    (400, SAME_URI, GrantRefused),
    (400, "The user has not authorized application 4711", GrantRefused),
    (400, "", GrantRefused),
    (None, "Matching code was not found", GrantRefused),
    (400, "Invalid platform app", AppFault),
    (400, "Error validating client secret", AppFault),
    (400, "Missing client_id parameter", AppFault),
    (400, "Error validating application. Cannot get application info", AppFault),
    (4476002, NO_APP, AppFault),
    (4476002, "", AppFault),
    (1349026, NO_DATA, AppFault),
    (1349026, "", AppFault),
    (429, "", RateLimited),
    (500, "", Unreachable),
    (503, "Invalid platform app", Unreachable),
)

# code, subcode, class, reason: where the object is read otherwise than at Facebook
OWN_ROWS = (
    (100, 10, TokenLost, "missing_scope"),
    (452, None, AlreadyLong, "app_fault"),
    (4476002, None, AppFault, "app_fault"),
    (1349026, None, AppFault, "app_fault"),
)


def flat(code, message):
    body = {"error_type": "OAuthException", "error_message": message}
    return body if code is None else body | {"code": code}


@tagged("post_install", "-at_install")
class TestErrorMap(BaseCase):
    def test_the_token_endpoint_s_shape_is_read(self):
        for code, message, kind in TOKEN_ENDPOINT_ROWS:
            for status in (200, 400):
                with self.subTest(code=code, message=message, status=status):
                    failure = failure_of_answer(flat(code, message), status)
                    self.assertIs(type(failure), kind)

    def test_an_app_unknown_to_threads_comes_without_a_type(self):
        for code, message in ((4476002, NO_APP), (1349026, NO_DATA), (4476002, "")):
            with self.subTest(code=code):
                answer = {"error_message": message, "error_code": code}
                failure = failure_of_answer(answer, 400)
                self.assertIs(type(failure), AppFault)
                self.assertEqual(failure.detail, str(code))

    def test_trouble_of_the_service_is_none_of_code_or_app(self):
        for code, message, _kind in TOKEN_ENDPOINT_ROWS:
            if code in (4476002, 1349026, 429):
                continue
            with self.subTest(code=code, message=message):
                failure = failure_of_answer(flat(code, message), 502)
                self.assertIs(type(failure), Unreachable)

    def test_the_rows_of_these_networks(self):
        for code, subcode, kind, reason in OWN_ROWS:
            with self.subTest(code=code, subcode=subcode):
                failure = failure_of_answer({"error": error(code, subcode)}, 400)
                self.assertIs(type(failure), kind)
                self.assertEqual(failure.reason, reason)
                passing = {"error": error(code, subcode, is_transient=True)}
                if kind is TokenLost:
                    found = failure_of_answer(passing, 400)
                    self.assertIs(type(found), Unreachable)

    def test_all_else_means_what_it_means_at_facebook(self):
        for code, subcode, text, reason in TOKEN_ROWS:
            with self.subTest(code=code, subcode=subcode, text=text):
                failure = failure_of_answer({"error": error(code, subcode, text)}, 400)
                self.assertIs(type(failure), TokenLost)
                self.assertEqual(failure.reason, reason)
        for code, subcode, text, kind in OTHER_ROWS:
            with self.subTest(code=code, subcode=subcode, text=text):
                failure = failure_of_answer({"error": error(code, subcode, text)}, 400)
                self.assertIsInstance(failure, kind)

    def test_numbers_are_read_as_text_and_as_floats(self):
        for code in (100, "100", 100.0):
            for subcode in (10, "10", 10.0):
                with self.subTest(code=code, subcode=subcode):
                    answer = {"error": error(code, subcode)}
                    failure = failure_of_answer(answer, 400)
                    self.assertIs(type(failure), TokenLost)
        for code in ("4476002", 4476002.0):
            answer = {"error_message": "", "error_code": code}
            self.assertIs(type(failure_of_answer(answer, 400)), AppFault)

    def test_nonsense_is_no_definite_answer_about_a_token(self):
        for code in ("", "x", True, [], {}, -1, 10**300, "9" * 5000, float("nan")):
            with self.subTest(code=str(code)[:20]):
                failure = failure_of_answer(flat(code, "x"), 400)
                self.assertIn(type(failure), (GrantRefused, RequestRefused))
                self.assertIsNot(type(failure), TokenLost)
                failure = failure_of_answer({"error": error(code, 10)}, 400)
                self.assertIs(type(failure), Unreachable)
        for found in (None, "text", [], 5, {}):
            with self.subTest(error=found):
                failure = failure_of_answer({"error": found}, 400)
                self.assertIs(type(failure), Unreachable)

    def test_an_app_s_number_has_no_room_for_a_text(self):
        secret = "IGAA-not-for-logs"
        for answer in (
            flat(400, secret),
            flat(secret, "Invalid platform app"),
            {"error_message": secret, "error_code": secret},
            {"error": error(secret, secret, secret)},
            {"error": error(190, secret, secret)},
        ):
            failure = failure_of_answer(answer, 400)
            self.assertNotIn(secret, repr(vars(failure)) + str(failure))
