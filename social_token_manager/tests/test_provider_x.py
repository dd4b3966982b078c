import base64
import hashlib
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

from odoo.tests import BaseCase, tagged

from ..policy import reasons
from ..policy.expiry import Clocks, token_expires_at
from ..providers.errors import (
    AccessEnded,
    AppFault,
    GrantRefused,
    ProviderError,
    RateLimited,
    RequestRefused,
    TokenLost,
    Unreachable,
)
from ..providers.x import XProvider
from ..providers.x_errors import (
    CODES,
    HTTP_STATUSES,
    OAUTH_ERRORS,
    PROBLEMS,
    failure_of,
)
from .provider_common import DAY, REDIRECT_URI, kinds_of, needs_sandbox
from .provider_rotating import Promises, RotatingCase

try:
    from sandbox.rotating.testing import XApp
except ImportError:  # the addon alone, without its repository
    XApp = None

HOME = "https://api.twitter.com/2/problems/"

# error, HTTP status, class, reason of the token
OAUTH_ROWS = (
    ("invalid_request", 400, GrantRefused, None),
    ("invalid_grant", 400, GrantRefused, None),
    ("access_denied", 400, GrantRefused, None),
    ("invalid_client", 401, AppFault, None),
    ("unauthorized_client", 401, AppFault, None),
    ("invalid_scope", 400, AppFault, None),
    ("unsupported_grant_type", 400, AppFault, None),
    ("server_error", 400, Unreachable, None),
    ("temporarily_unavailable", 400, Unreachable, None),
)
# last part of ``type`` or ``reason``, HTTP status, class, reason of the token
PROBLEM_ROWS = (
    ("client-forbidden", 403, AppFault, None),
    ("client-not-enrolled", 403, AppFault, None),
    ("client-disconnected", 403, AppFault, None),
    ("unsupported-authentication", 403, AppFault, None),
    ("credits", 402, AppFault, None),
    ("usage-capped", 403, RateLimited, None),
    ("invalid-request", 400, RequestRefused, None),
    ("not-authorized-for-resource", 403, RequestRefused, None),
    ("disallowed-resource", 403, RequestRefused, None),
    ("resource-not-found", 404, RequestRefused, None),
    ("resource-unavailable", 403, Unreachable, None),
    ("operational-disconnect", 403, Unreachable, None),
)
# code of the older shape, HTTP status, class, reason of the token
CODE_ROWS = (
    (32, 401, TokenLost, "expired"),
    (64, 403, TokenLost, "checkpoint"),
    (88, 403, RateLimited, None),
    (89, 401, TokenLost, "expired"),
    (99, 403, AppFault, None),
    (130, 403, Unreachable, None),
    (131, 403, Unreachable, None),
    (215, 400, TokenLost, "expired"),
    (261, 403, AppFault, None),
    (326, 403, TokenLost, "checkpoint"),
    (416, 403, AppFault, None),
    (453, 403, AppFault, None),
)
STATUS_ROWS = (
    (400, RequestRefused, None),
    (401, TokenLost, "expired"),
    (402, AppFault, None),
    (403, RequestRefused, None),
    (404, RequestRefused, None),
    (429, RateLimited, None),
)


@tagged("post_install", "-at_install")
class TestErrorTable(BaseCase):
    def assert_failure(self, answer, status, kind, reason=None):
        failure = failure_of(answer, status)
        self.assertIn(type(failure), kinds_of(kind))
        if reason:
            self.assertEqual(failure.reason, reason)
            self.assertIn(reason, reasons.BY_CODE)
        return failure

    def test_every_error_of_the_token_endpoint(self):
        self.assertEqual({row[0] for row in OAUTH_ROWS}, set(OAUTH_ERRORS))
        for error, status, kind, reason in OAUTH_ROWS:
            with self.subTest(error=error):
                failure = self.assert_failure({"error": error}, status, kind, reason)
                self.assertEqual(failure.detail, error)

    def test_every_problem_by_its_type_or_its_reason(self):
        self.assertEqual({row[0] for row in PROBLEM_ROWS}, set(PROBLEMS))
        for name, status, kind, reason in PROBLEM_ROWS:
            for problem in (
                {"type": HOME + name, "title": "Any"},
                {"type": f"https://api.x.com/2/problems/{name}"},
                {"type": "about:blank", "reason": name, "title": "Any"},
            ):
                with self.subTest(**problem):
                    failure = self.assert_failure(problem, status, kind, reason)
                    self.assertEqual(failure.detail, name)
            with self.subTest("inside a list of errors", name=name):
                self.assert_failure({"errors": [problem]}, status, kind, reason)

    def test_every_code_of_the_older_shape(self):
        self.assertEqual({row[0] for row in CODE_ROWS}, set(CODES))
        for code, status, kind, reason in CODE_ROWS:
            for told in (code, str(code)):
                with self.subTest(code=told):
                    answer = {"errors": [{"code": told, "message": "x"}]}
                    failure = self.assert_failure(answer, status, kind, reason)
                    self.assertEqual(failure.detail, str(code))

    def test_a_problem_without_a_name_goes_by_its_status(self):
        self.assertEqual({row[0] for row in STATUS_ROWS}, set(HTTP_STATUSES))
        for status, kind, reason in STATUS_ROWS:
            for title in ("Any", "Unauthorized"):
                with self.subTest(status=status, title=title):
                    problem = {"type": "about:blank", "title": title}
                    self.assert_failure(problem, status, kind, reason)

    def test_what_is_no_word_of_x_is_no_definite_answer(self):
        for answer in ({}, {"error": 5}, {"title": None}, {"errors": "x"}, {"a": 1}):
            for status in (200, 400, 401, 403, 404):
                with self.subTest(answer=answer, status=status):
                    self.assert_failure(answer, status, Unreachable)

    def test_what_comes_with_a_5xx_is_passing(self):
        for answer in (
            {"error": "invalid_grant"},
            {"type": HOME + "client-forbidden"},
            {"errors": [{"code": 89}]},
            {"title": "Any"},
        ):
            with self.subTest(answer=answer):
                self.assert_failure(answer, 503, Unreachable)

    def test_a_call_that_lacks_something_is_ours_to_mend(self):
        said = "Missing required parameter [client_id]."
        answer = {"error": "invalid_request", "error_description": said}
        self.assert_failure(answer, 400, AppFault)

    def test_a_suspended_account_is_told_by_text_alone(self):
        said = "Your account is suspended and is not permitted to access this feature."
        problem = {"type": "about:blank", "title": "Forbidden", "detail": said}
        self.assert_failure(problem, 403, TokenLost, "checkpoint")

    def test_names_that_are_unknown_are_not_told(self):
        failure = self.assert_failure({"error": "s3cret"}, 400, Unreachable)
        self.assertEqual(failure.detail, "HTTP 400")


@needs_sandbox
@tagged("post_install", "-at_install")
class TestX(Promises, RotatingCase):
    app_class, provider_class = XApp, XProvider
    token_path, me_path = "/2/oauth2/token", "/2/users/me"
    revoke_path = "/2/oauth2/revoke"
    account_at, id_name, name_name = "data", "id", "name"
    handle_name, picture_name = "username", "profile_image_url"

    # === CONSENT AND CLIENT === #

    def test_the_address_of_the_consent_page(self):
        provider = self.provider()
        verifier = provider.make_verifier()
        url = provider.authorization_url(
            redirect_uri=REDIRECT_URI, state="a b&c=d", verifier=verifier
        )
        digest = hashlib.sha256(verifier.encode()).digest()
        self.assertEqual(
            dict(parse_qsl(urlsplit(url).query)),
            {
                "client_id": XApp.client_id,
                "redirect_uri": REDIRECT_URI,
                "response_type": "code",
                "scope": "tweet.read users.read offline.access tweet.write media.write",
                "state": "a b&c=d",
                "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
                "code_challenge_method": "S256",
            },
        )

    def test_pkce_is_compulsory_and_on_by_default(self):
        self.assertTrue(XProvider.default_use_pkce)
        provider = self.provider(use_pkce=False)
        url = provider.authorization_url(redirect_uri=REDIRECT_URI, state="s")
        self.assertEqual(self.there.visitor.walk(url).status_code, 400)

    def test_a_verifier_of_another_consent_is_refused(self):
        provider = self.provider()
        code = self.walk(provider, provider.make_verifier())["code"]
        for verifier in (provider.make_verifier(), "w" * 43):
            with self.subTest(verifier=verifier):
                self.assert_fails(
                    GrantRefused,
                    provider.exchange_code,
                    code=code,
                    redirect_uri=REDIRECT_URI,
                    verifier=verifier,
                )

    def test_a_code_without_its_verifier_is_the_app_s_fault(self):
        provider = self.provider()
        code = self.walk(provider, provider.make_verifier())["code"]
        self.assert_fails(
            AppFault, provider.exchange_code, code=code, redirect_uri=REDIRECT_URI
        )

    def test_the_client_is_known_by_basic_and_its_secret_is_in_no_body(self):
        self.assertEqual(XProvider.default_auth_method, "client_secret_basic")
        self.calls()
        stored = self.stored()
        provider = self.provider()
        provider.refresh(stored)
        provider.revoke(stored)
        calls = [one for one in self.calls() if one["method"] == "POST"]
        calls = [one for one in calls if "oauth2/" in one["path"]]
        self.assertGreaterEqual(len(calls), 4)
        for call in calls:
            self.assertNotIn("client_secret", call["parameters"])

    def test_the_secret_in_the_body_is_the_app_s_fault(self):
        stored = self.stored()
        wrong = self.provider(auth_method="client_secret_post")
        failure = self.assert_fails(AppFault, wrong.refresh, stored)
        self.assertEqual(failure.detail, "unauthorized_client")
        self.assertTrue(self.provider().refresh(stored).access_token)

    def test_a_public_client_works_by_a_field_of_the_app(self):
        self.control("apps", kind="public")
        public = {"auth_method": "none", "client_secret": ""}
        provider = self.provider(**public)
        stored = self.stored(self.grant(provider))
        token = provider.refresh(stored)
        provider.revoke(replace(stored, access_token=token.access_token))
        self.assert_fails(AppFault, self.provider().refresh, stored)

    # === LIFETIMES === #

    def test_two_hours_and_no_end_of_the_refresh_token(self):
        token = self.grant().token
        life = token.access_expires_at - token.issued_at
        self.assertEqual(life, timedelta(hours=2))
        self.assertIsNone(token.refresh_expires_at)

    def test_there_is_no_automatic_expiry(self):
        token = self.grant().token
        clocks = Clocks(
            access=token.access_expires_at,
            refresh=token.refresh_expires_at,
            renews_silently=XProvider.can_renew_silently(
                has_refresh_token=bool(token.refresh_token)
            ),
        )
        self.assertIsNone(token_expires_at(clocks, token.issued_at))

    def test_a_chain_of_refreshes_lasts_for_years(self):
        grant = self.grant()
        stored = self.stored(grant)
        for _time in range(10):
            self.pass_time(150 * DAY)
            stored = self.stored(grant, self.provider().refresh(stored))
        verdict = self.provider().verify(stored, [self.reach(grant)])
        self.assertTrue(verdict.token.active)

    def test_without_offline_access_nothing_renews_and_the_profile_says_so(self):
        scopes = ("tweet.read", "users.read")
        provider = self.provider(scopes=scopes)
        grant = self.grant(provider)
        self.assertIsNone(grant.token.refresh_token)
        self.assertFalse(
            XProvider.can_renew_silently(
                has_refresh_token=bool(grant.token.refresh_token)
            )
        )
        (profile,) = provider.list_profiles(grant)
        self.assertEqual(profile.missing_scopes, ("offline.access",))
        self.assert_fails(GrantRefused, provider.refresh, self.stored(grant))

    # === ENDS === #

    def test_a_log_in_elsewhere_ends_this_one(self):
        first = self.grant()
        stored = self.stored(first)
        second = self.grant()
        self.assertEqual(first.person.external_id, second.person.external_id)
        failure = self.assert_fails(GrantRefused, self.provider().refresh, stored)
        self.assertEqual(failure.reason, "revoked")
        self.assertTrue(self.provider().refresh(self.stored(second)).access_token)

    def test_both_names_of_a_dead_token_mean_the_same(self):
        for error in ("invalid_request", "invalid_grant"):
            with self.subTest(error=error):
                self.control("settings", dead_token_error=error)
                stored = self.stored()
                self.control("revoke", account="cafeaurora")
                failure = self.assert_fails(
                    GrantRefused, self.provider().refresh, stored
                )
                self.assertEqual((failure.reason, failure.detail), ("revoked", error))

    def test_a_password_changed_is_no_end(self):
        stored = self.stored()
        self.control("password", account="cafeaurora")
        self.assertTrue(self.provider().refresh(stored).access_token)

    def test_a_withdrawn_grant_is_found_by_a_refresh_and_not_before(self):
        grant = self.grant()
        self.control("revoke", account="cafeaurora")
        failure = self.assert_fails(AccessEnded, self.verify, grant)
        self.assertEqual(failure.detail, "HTTP 401")
        self.assert_fails(GrantRefused, self.provider().refresh, self.stored(grant))

    def test_a_suspended_account_is_held_at_a_check(self):
        grant = self.grant()
        self.control("accounts", account="cafeaurora", held=True)
        self.assertEqual(self.verify(grant)[0], "checkpoint")

    def test_both_tokens_are_ended_whether_or_not_one_takes_the_other(self):
        for both in (True, False):
            with self.subTest(revokes_both=both):
                self.control("settings", revokes_both=both)
                grant = self.grant()
                stored = self.stored(grant)
                self.provider().revoke(stored)
                living = [one["living"] for one in self.there.state("grants")]
                self.assertFalse(any(sum(one.values()) for one in living))

    # === THE APP, LIMITS AND MONEY === #

    def test_a_client_that_is_not_enrolled_is_the_app_s_fault(self):
        grant = self.grant()
        self.control("apps", blocked=True)
        for call in (
            lambda: self.verify(grant),
            lambda: self.provider().list_profiles(grant),
            lambda: self.provider().refresh(self.stored(grant)),
        ):
            failure = self.assert_fails(AppFault, call)
            self.assertEqual(failure.detail, "client-not-enrolled")

    def test_used_up_credits_are_the_app_s_trouble(self):
        grant = self.grant()
        self.control("settings", credits=0)
        failure = self.assert_fails(AppFault, self.verify, grant)
        self.assertEqual(failure.detail, "credits")
        self.assertTrue(self.provider().refresh(self.stored(grant)).access_token)

    def test_a_limit_tells_the_moment_at_which_it_starts_anew(self):
        grant = self.grant()
        self.control("settings", calls=0)
        failure = self.assert_fails(RateLimited, self.verify, grant)
        self.assertTrue(0 < failure.retry_after <= 900, failure.retry_after)

    def test_what_is_used_of_a_limit_is_read_of_good_answers_too(self):
        grant = self.grant()
        self.control("settings", calls=75)
        for used, rests in ((59, False), (60, True)):
            spent = {"x-rate-limit-limit": "75", "x-rate-limit-remaining": 75 - used}
            spent["x-rate-limit-reset"] = self.there.state("/clock")["now"] + 300
            headers = {name: str(int(value)) for name, value in spent.items()}
            self.fault(self.me_path, "json", headers=headers)
            provider = self.provider()
            provider.verify(self.stored(grant), [self.reach(grant)])
            with self.subTest(used=used):
                self.assertEqual(bool(provider.rest_seconds), rests)
        self.assertTrue(0 < provider.rest_seconds <= 300)

    def test_the_stand_in_counts_down_as_x_does(self):
        grant = self.grant()
        self.control("settings", calls=10)
        rests = []
        for _call in range(9):
            provider = self.provider()
            provider.verify(self.stored(grant), [self.reach(grant)])
            rests.append(provider.rest_seconds)
        self.assertFalse(rests[0])
        self.assertTrue(0 < rests[-1] <= 900)

    def test_a_moment_that_makes_no_sense_is_none(self):
        grant = self.grant()
        for told in ("soon", "", "0", "-5", "9" * 30, "nan", "7200"):
            with self.subTest(told=told):
                headers = {"x-rate-limit-reset": told}
                self.fault(self.me_path, "status", status=429, headers=headers)
                failure = self.assert_fails(RateLimited, self.verify, grant)
                self.assertIsNone(failure.retry_after)
                self.clear_faults()
        past = str(int(self.there.state("/clock")["now"]) - 60)
        headers = {"x-rate-limit-reset": past}
        self.fault(self.me_path, "status", status=429, headers=headers)
        self.assertEqual(
            self.assert_fails(RateLimited, self.verify, grant).retry_after, 1
        )

    def test_a_bare_403_is_no_loss(self):
        grant = self.grant()
        self.control("untick", account="cafeaurora", scopes=["tweet.read"])
        self.assert_fails(RequestRefused, self.verify, grant)

    def test_an_error_inside_an_answer_of_200_is_an_error(self):
        grant = self.grant()
        for body, kind in (
            (f'{{"errors": [{{"type": "{HOME}credits"}}]}}', AppFault),
            ('{"errors": [{"code": 89}]}', AccessEnded),
            ('{"errors": [{"title": "Something"}]}', Unreachable),
        ):
            with self.subTest(body=body):
                self.fault(self.me_path, "body", body=body)
                self.assert_fails(kind, self.verify, grant)
        self.fault(self.token_path, "error", type="invalid_grant", status=200)
        self.assert_fails(GrantRefused, self.exchange)

    def test_errors_beside_the_account_take_nothing_from_it(self):
        grant = self.grant()
        self.answer(self.me_path, errors=[{"type": HOME + "resource-not-found"}])
        self.assertEqual(self.verify(grant), (None, None))

    def test_one_check_is_one_call_to_what_costs_money(self):
        grant = self.grant()
        self.calls()
        self.verify(grant)
        self.assertEqual(len(self.calls()), 1)

    def test_no_failure_is_other_than_classified(self):
        for status in (200, 400, 401, 402, 403, 404, 409, 429, 500):
            self.assertIsInstance(failure_of({"title": []}, status), ProviderError)
