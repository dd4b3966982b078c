from odoo.tests import BaseCase, tagged

from ..policy import reasons
from ..providers.errors import (
    AppFault,
    GrantRefused,
    ProviderError,
    RateLimited,
    RequestRefused,
    TokenLost,
    Unreachable,
)
from ..providers.google_errors import (
    API_REASONS,
    API_STATUSES,
    OAUTH_ERRORS,
    NoChannel,
    failure_of,
)

# error, HTTP status, class, reason of the token
OAUTH_ROWS = (
    ("invalid_grant", 400, GrantRefused, None),
    ("invalid_token", 400, TokenLost, "expired"),
    ("admin_policy_enforced", 403, GrantRefused, "lost_role"),
    ("invalid_client", 401, AppFault, None),
    ("deleted_client", 401, AppFault, None),
    ("disabled_client", 401, AppFault, None),
    ("unauthorized_client", 401, AppFault, None),
    ("redirect_uri_mismatch", 400, AppFault, None),
    ("org_internal", 403, AppFault, None),
    ("invalid_scope", 400, AppFault, None),
    ("invalid_request", 400, AppFault, None),
    ("unsupported_grant_type", 400, AppFault, None),
    ("rate_limit_exceeded", 403, RateLimited, None),
    ("internal_failure", 400, Unreachable, None),
    ("server_error", 400, Unreachable, None),
    ("temporarily_unavailable", 400, Unreachable, None),
)
# reason of the older or the newer list, HTTP status, class, reason of the token
API_ROWS = (
    ("authError", 401, TokenLost, "expired"),
    ("ACCESS_TOKEN_EXPIRED", 401, TokenLost, "expired"),
    ("insufficientPermissions", 403, TokenLost, "missing_scope"),
    ("ACCESS_TOKEN_SCOPE_INSUFFICIENT", 403, TokenLost, "missing_scope"),
    ("authenticatedUserAccountSuspended", 403, TokenLost, "checkpoint"),
    ("channelSuspended", 403, TokenLost, "checkpoint"),
    ("ACCOUNT_STATE_INVALID", 401, TokenLost, "checkpoint"),
    ("authenticatedUserAccountClosed", 403, TokenLost, "revoked"),
    ("channelClosed", 403, TokenLost, "revoked"),
    ("quotaExceeded", 403, RateLimited, None),
    ("dailyLimitExceeded", 403, RateLimited, None),
    ("rateLimitExceeded", 403, RateLimited, None),
    ("userRateLimitExceeded", 403, RateLimited, None),
    ("RATE_LIMIT_EXCEEDED", 429, RateLimited, None),
    ("RESOURCE_QUOTA_EXCEEDED", 429, RateLimited, None),
    ("accessNotConfigured", 403, AppFault, None),
    ("SERVICE_DISABLED", 403, AppFault, None),
    ("CONSUMER_SUSPENDED", 403, AppFault, None),
    ("CONSUMER_INVALID", 403, AppFault, None),
    ("BILLING_DISABLED", 403, AppFault, None),
    ("USER_PROJECT_DENIED", 403, AppFault, None),
    ("backendError", 503, Unreachable, None),
    ("internalError", 500, Unreachable, None),
)
STATUS_ROWS = (
    ("UNAUTHENTICATED", 401, TokenLost, "expired"),
    ("PERMISSION_DENIED", 403, RequestRefused, None),
    ("NOT_FOUND", 404, RequestRefused, None),
    ("INVALID_ARGUMENT", 400, RequestRefused, None),
    ("FAILED_PRECONDITION", 400, RequestRefused, None),
    ("RESOURCE_EXHAUSTED", 429, RateLimited, None),
    ("ABORTED", 409, Unreachable, None),
    ("UNAVAILABLE", 503, Unreachable, None),
    ("INTERNAL", 500, Unreachable, None),
    ("UNKNOWN", 500, Unreachable, None),
    ("DEADLINE_EXCEEDED", 504, Unreachable, None),
)
HTTP_ROWS = (
    (400, RequestRefused, None),
    (401, TokenLost, "expired"),
    (403, RequestRefused, None),
    (404, RequestRefused, None),
    (409, Unreachable, None),
    (418, Unreachable, None),
    (429, RateLimited, None),
    (500, Unreachable, None),
    (503, Unreachable, None),
)
ODD = (None, "", 5, True, [], {}, "x" * 9999, "\0", ["a"], {"reason": []}, 10**300)


def older(reason, code=403, **more):
    """Return an answer as the YouTube Data API gives it."""
    rows = [{"domain": "global", "reason": reason, "message": "S3CR3T"}]
    return {"error": {"code": code, "message": "S3CR3T", "errors": rows, **more}}


def newer(reason=None, code=403, status="PERMISSION_DENIED", metadata=None):
    """Return an answer as the Business Profile APIs give it."""
    error = {"code": code, "message": "S3CR3T", "status": status}
    if reason:
        error["details"] = [{"reason": reason, "metadata": metadata or {}}]
    return {"error": error}


@tagged("post_install", "-at_install")
class TestErrorTables(BaseCase):
    def assert_failure(self, failure, kind, reason):
        self.assertIs(type(failure), kind)
        self.assertEqual(failure.reason, reason or kind.reason)
        self.assertNotIn("S3CR3T", f"{failure!r} {failure} {vars(failure)}")

    def test_each_row_of_the_tables_is_checked_here(self):
        for rows, table in (
            (OAUTH_ROWS, OAUTH_ERRORS),
            (API_ROWS, API_REASONS),
            (STATUS_ROWS, API_STATUSES),
        ):
            self.assertEqual([row[0] for row in rows], list(table))

    def test_an_error_of_the_oauth_endpoints(self):
        for error, status, kind, reason in OAUTH_ROWS:
            for told in (status, 200):
                with self.subTest(error=error, status=told):
                    answer = {"error": error, "error_description": "S3CR3T"}
                    failure = failure_of(answer, told)
                    self.assert_failure(failure, kind, reason)
                    self.assertEqual(failure.detail, error)

    def test_a_session_policy_is_told_apart_from_a_dead_grant(self):
        answer = {"error": "invalid_grant", "error_subtype": "invalid_rapt"}
        failure = failure_of(answer, 400)
        self.assert_failure(failure, GrantRefused, "checkpoint")
        self.assertEqual(failure.detail, "invalid_grant/invalid_rapt")
        for subtype in ("S3CR3T", *ODD):
            with self.subTest(subtype=str(subtype)[:20]):
                answer["error_subtype"] = subtype
                failure = failure_of(answer, 400)
                self.assert_failure(failure, GrantRefused, None)
                self.assertEqual(failure.detail, "invalid_grant")

    def test_a_reason_of_an_api_in_either_list(self):
        for reason, status, kind, token_reason in API_ROWS:
            for answer in (older(reason, status), newer(reason, status, "x")):
                for told in {status, 200}:
                    with self.subTest(reason=reason, status=told):
                        failure = failure_of(answer, told)
                        self.assert_failure(failure, kind, token_reason)
                        self.assertEqual(failure.detail, reason)

    def test_a_status_of_an_api_where_no_reason_is_known(self):
        for status, code, kind, reason in STATUS_ROWS:
            for answer in (newer(None, code, status), newer("S3CR3T", code, status)):
                with self.subTest(status=status):
                    failure = failure_of(answer, code)
                    self.assert_failure(failure, kind, reason)
                    self.assertEqual(failure.detail, status)

    def test_the_http_status_decides_where_nothing_else_is_known(self):
        for code, kind, reason in HTTP_ROWS:
            for answer in (older("S3CR3T", code), {"error": {"code": code}}):
                with self.subTest(code=code):
                    failure = failure_of(answer, code)
                    self.assert_failure(failure, kind, reason)
                    self.assertEqual(failure.detail, f"HTTP {code}")

    def test_forbidden_may_be_anything_and_takes_nothing_away(self):
        for answer in (
            older("forbidden"),
            older("channelForbidden"),
            newer(),
            older("forbidden", status="PERMISSION_DENIED"),
        ):
            with self.subTest(answer=answer):
                self.assertIs(type(failure_of(answer, 403)), RequestRefused)

    def test_the_more_exact_list_decides(self):
        answer = older("authError", 401)
        answer["error"]["details"] = [{"reason": "ACCOUNT_STATE_INVALID"}]
        self.assertEqual(failure_of(answer, 401).reason, reasons.CHECKPOINT)

    def test_a_spent_quota_is_a_403_and_no_lost_permission(self):
        answer = older("quotaExceeded", status="PERMISSION_DENIED")
        failure = failure_of(answer, 403, 30)
        self.assertIs(type(failure), RateLimited)
        self.assertEqual(failure.retry_after, 30)

    def test_a_quota_of_zero_is_the_app_s_fault(self):
        for limit in ("0", 0, 0.0):
            with self.subTest(limit=limit):
                answer = newer(
                    "RATE_LIMIT_EXCEEDED",
                    429,
                    "RESOURCE_EXHAUSTED",
                    {"quota_limit_value": limit},
                )
                self.assertIs(type(failure_of(answer, 429)), AppFault)
        for limit in ("300", None, "", False, [], {}, "none"):
            with self.subTest(limit=limit):
                answer = newer(
                    "RATE_LIMIT_EXCEEDED", 429, "x", {"quota_limit_value": limit}
                )
                self.assertIs(type(failure_of(answer, 429)), RateLimited)

    def test_no_channel_is_not_a_dead_token_although_it_is_a_401(self):
        failure = failure_of(older("youtubeSignupRequired", 401), 401)
        self.assertIs(type(failure), NoChannel)

    def test_what_comes_with_a_5xx_is_passing(self):
        answers = [{"error": row[0]} for row in OAUTH_ROWS]
        answers += [older(row[0]) for row in API_ROWS]
        answers += [newer(None, 403, row[0]) for row in STATUS_ROWS]
        for answer in answers:
            for status in (500, 502, 503):
                with self.subTest(answer=answer, status=status):
                    failure = failure_of(answer, status)
                    self.assertIn(type(failure), (Unreachable, RateLimited))

    def test_a_429_is_a_rate_limit_whatever_it_says(self):
        for answer in (
            {"error": "invalid_grant"},
            older("authError", 401),
            {},
            newer(),
        ):
            with self.subTest(answer=answer):
                self.assertIs(type(failure_of(answer, 429)), RateLimited)

    def test_an_unknown_error_of_the_oauth_endpoints_is_no_definite_answer(self):
        for error in ("S3CR3T", "Invalid_Grant", "expired_token", *ODD):
            for status in (200, 400, 401, 403):
                with self.subTest(error=str(error)[:20], status=status):
                    failure = failure_of({"error": error}, status)
                    if isinstance(error, dict):
                        self.assertIsInstance(failure, ProviderError)
                        continue
                    self.assert_failure(failure, Unreachable, None)
                    self.assertEqual(failure.detail, f"HTTP {status}")

    def test_odd_members_are_survived(self):
        for value in ODD:
            for member in ("code", "message", "status", "errors", "details"):
                for answer in (older("authError", 401), newer("SERVICE_DISABLED")):
                    with self.subTest(value=str(value)[:20], member=member):
                        answer["error"][member] = value
                        self.assertIsInstance(failure_of(answer, 400), ProviderError)
            rows = [{"reason": value, "metadata": value}, value]
            for member in ("errors", "details"):
                answer = {"error": {"code": 400, member: rows}}
                self.assertIs(type(failure_of(answer, 400)), RequestRefused)
