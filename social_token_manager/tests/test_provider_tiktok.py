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
    RateLimited,
    RequestRefused,
    TokenLost,
    Unreachable,
)
from ..providers.tiktok import TikTokProvider
from ..providers.tiktok_errors import API_CODES, OAUTH_ERRORS, failure_of
from .provider_common import DAY, NONSENSE, REDIRECT_URI, kinds_of, needs_sandbox
from .provider_rotating import Promises, RotatingCase

try:
    from sandbox.rotating.testing import TikTokApp
except ImportError:  # the addon alone, without its repository
    TikTokApp = None

BASIC, PROFILE = "user.info.basic", "user.info.profile"

# error, HTTP status, class, reason of the token
OAUTH_ROWS = (
    ("invalid_grant", 400, GrantRefused, None),
    ("access_denied", 400, GrantRefused, None),
    ("invalid_scope", 400, GrantRefused, "missing_scope"),
    ("invalid_client", 401, AppFault, None),
    ("unauthorized_client", 403, AppFault, None),
    ("invalid_request", 400, AppFault, None),
    ("unsupported_grant_type", 400, AppFault, None),
    ("unsupported_response_type", 400, AppFault, None),
    ("rate_limit_exceeded", 429, RateLimited, None),
    ("internal_error", 400, Unreachable, None),
    ("server_error", 400, Unreachable, None),
    ("temporarily_unavailable", 400, Unreachable, None),
)
# code, HTTP status, class, reason of the token
API_ROWS = (
    ("access_token_invalid", 401, TokenLost, "expired"),
    ("scope_not_authorized", 401, TokenLost, "missing_scope"),
    ("scope_permission_missed", 401, TokenLost, "missing_scope"),
    ("rate_limit_exceeded", 429, RateLimited, None),
    ("internal_error", 500, Unreachable, None),
    ("invalid_params", 400, RequestRefused, None),
    ("reached_active_user_cap", 403, RequestRefused, None),
    ("unaudited_client_can_only_post_to_private_accounts", 403, RequestRefused, None),
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

    def test_every_error_of_the_token_endpoint_whatever_the_status(self):
        self.assertEqual({row[0] for row in OAUTH_ROWS}, set(OAUTH_ERRORS))
        for error, status, kind, reason in OAUTH_ROWS:
            for told in (status, 200):
                with self.subTest(error=error, status=told):
                    answer = {"error": error, "error_description": "x", "log_id": "1"}
                    failure = self.assert_failure(answer, told, kind, reason)
                    self.assertEqual(failure.detail, error)

    def test_every_code_of_the_api_whatever_the_status(self):
        self.assertEqual({row[0] for row in API_ROWS}, set(API_CODES))
        for code, status, kind, reason in API_ROWS:
            for told in (status, 200):
                with self.subTest(code=code, status=told):
                    answer = {"data": {}, "error": {"code": code, "message": "x"}}
                    failure = self.assert_failure(answer, told, kind, reason)
                    self.assertEqual(failure.detail, code)

    def test_ok_is_no_error_unless_the_status_says_otherwise(self):
        for answer in ({"error": {"code": "ok"}}, {"error": ""}, {"error": None}, {}):
            with self.subTest(answer=answer):
                self.assertIsNone(failure_of(answer, 200))
                self.assert_failure(answer, 401, Unreachable)
                self.assert_failure(answer, 500, Unreachable)
                self.assert_failure(answer, 429, RateLimited)

    def test_what_is_in_no_table_is_no_definite_answer(self):
        for error in (
            "something_new", {"code": "something_new"}, {"code": None}, {"code": 5},
            {"code": {"a": 1}}, {}, [], 5, True,
        ):  # fmt: skip
            for status in (200, 400, 401, 403, 404):
                with self.subTest(error=error, status=status):
                    failure = self.assert_failure({"error": error}, status, Unreachable)
                    self.assertEqual(failure.detail, f"HTTP {status}")

    def test_what_comes_with_a_5xx_is_passing(self):
        for error in ("invalid_grant", {"code": "access_token_invalid"}):
            with self.subTest(error=error):
                self.assert_failure({"error": error}, 503, Unreachable)


@needs_sandbox
@tagged("post_install", "-at_install")
class TestTikTok(Promises, RotatingCase):
    app_class, provider_class = TikTokApp, TikTokProvider
    token_path, me_path = "/v2/oauth/token/", "/v2/user/info/"
    revoke_path = "/v2/oauth/revoke/"
    account_at, id_name, name_name = "data.user", "open_id", "display_name"
    handle_name, picture_name = "username", "avatar_url"

    # === CONSENT AND CLIENT === #

    def test_the_address_of_the_consent_page(self):
        url = self.provider().authorization_url(
            redirect_uri=REDIRECT_URI, state="a b&c=d#é", verifier="v" * 64
        )
        pairs = parse_qsl(urlsplit(url).query)
        self.assertEqual(len(pairs), len(dict(pairs)))
        self.assertEqual(
            dict(pairs),
            {
                "client_key": TikTokApp.client_id,
                "redirect_uri": REDIRECT_URI,
                "response_type": "code",
                "scope": f"{BASIC},{PROFILE},video.upload,video.publish",
                "state": "a b&c=d#é",
            },
        )

    def test_the_client_is_called_by_its_key_everywhere(self):
        for auth_method in ("client_secret_post", "client_secret_basic"):
            with self.subTest(auth_method=auth_method):
                provider = self.provider(auth_method=auth_method)
                self.calls()
                grant = self.grant(provider)
                token = provider.refresh(self.stored(grant))
                provider.revoke(self.stored(grant, token))
                calls = [one for one in self.calls() if one["parameters"]]
                for call in calls:
                    self.assertNotIn("client_id", call["parameters"])
                named = [one for one in calls if "client_key" in one["parameters"]]
                self.assertEqual(
                    [one["path"].removeprefix("/tiktok") for one in named],
                    ["/v2/auth/authorize/", self.token_path, self.token_path,
                     self.revoke_path],
                )  # fmt: skip

    def test_the_web_has_no_pkce(self):
        self.assertFalse(TikTokProvider.default_use_pkce)
        self.calls()
        self.grant()
        for call in self.calls():
            self.assertNotIn("code_verifier", call["parameters"])
            self.assertNotIn("code_challenge", call["parameters"])

    def test_a_desktop_app_sends_its_challenge_in_hexadecimal(self):
        self.control("apps", kind="desktop")
        provider = self.provider(use_pkce=True)
        verifier = provider.make_verifier()
        url = provider.authorization_url(
            redirect_uri=REDIRECT_URI, state="s", verifier=verifier
        )
        asked = dict(parse_qsl(urlsplit(url).query))
        digest = hashlib.sha256(verifier.encode()).hexdigest()
        self.assertEqual(asked["code_challenge"], digest)
        self.assertEqual(asked["code_challenge_method"], "S256")
        self.assertTrue(self.grant(provider).token.refresh_token)
        code = self.walk(provider, verifier)["code"]
        self.assert_fails(
            GrantRefused,
            provider.exchange_code,
            code=code,
            redirect_uri=REDIRECT_URI,
            verifier=provider.make_verifier(),
        )

    # === WHO AND WHAT === #

    def test_the_open_id_is_the_identity(self):
        grant = self.grant()
        token = self.there.tokens()
        self.assertEqual(grant.person.external_id, token["open_id"])
        self.assertNotEqual(grant.person.external_id, self.there.account()["id"])

    def test_an_answer_without_an_open_id_is_nonsense(self):
        for value in (None, "", True, {}, [], 1.5, "a b", "x" * 200):
            with self.subTest(value=value):
                self.answer(self.token_path, open_id=value)
                self.assert_fails(Unreachable, self.grant)
                self.clear_faults()
        self.fault(self.token_path, "json", remove=["open_id"])
        self.assert_fails(Unreachable, self.grant)

    def test_two_accounts_in_one_grant_are_nonsense(self):
        self.answer(self.token_path, open_id="somebody-else")
        self.assert_fails(Unreachable, self.grant)

    def test_commas_part_the_granted_scopes(self):
        scopes = self.grant().token.scopes
        self.assertEqual(scopes, (BASIC, PROFILE, "video.upload", "video.publish"))

    def test_a_scope_left_out_is_named(self):
        grant = self.grant(review={"action": "continue", "accept": [BASIC]})
        (profile,) = self.provider().list_profiles(grant)
        missing = (PROFILE, "video.upload", "video.publish")
        self.assertEqual(profile.missing_scopes, missing)
        # What may not be read is not asked for, and nothing fails.
        self.assertEqual((profile.name, profile.handle), ("Café Aurora", ""))
        self.assertTrue(profile.usable)

    def test_an_account_that_may_not_be_read_is_told_and_not_offered(self):
        accept = {"action": "continue", "accept": ["video.publish"]}
        grant = self.grant(review=accept)
        (profile,) = self.provider().list_profiles(grant)
        self.assertFalse(profile.usable)
        self.assertEqual(profile.reason, "missing_scope")
        self.assertEqual(profile.external_id, grant.person.external_id)
        self.assertIn(BASIC, profile.missing_scopes)

    def test_a_withdrawn_scope_is_the_profile_s_and_not_the_token_s(self):
        grant = self.grant()
        self.control("untick", account="cafeaurora", scopes=[BASIC])
        self.assertEqual(self.verify(grant), (None, "missing_scope"))
        self.assertTrue(self.provider().refresh(self.stored(grant)).access_token)

    # === LIFETIMES === #

    def test_both_clocks_come_from_the_answer_whatever_is_published(self):
        for access, refresh in ((DAY, 365 * DAY), (7200, 180 * DAY)):
            with self.subTest(access=access):
                self.control("settings", access_seconds=access, refresh_seconds=refresh)
                grant = self.grant()
                token = self.provider().refresh(self.stored(grant))
                for one in (grant.token, token):
                    self.assert_lasts(one.access_expires_at, one.issued_at, access)
                    self.assert_lasts(one.refresh_expires_at, one.issued_at, refresh)

    def assert_lasts(self, ends_at, starts_at, seconds):
        difference = abs((ends_at - starts_at).total_seconds() - seconds)
        self.assertLess(difference, 5)

    def test_the_day_on_which_a_person_must_return_is_the_refresh_token_s(self):
        token = self.grant().token
        clocks = Clocks(
            access=token.access_expires_at,
            refresh=token.refresh_expires_at,
            renews_silently=True,
        )
        ends_at = token_expires_at(clocks, token.issued_at)
        self.assertEqual(ends_at, token.issued_at + timedelta(days=180))

    def test_whether_a_refresh_prolongs_is_seen_in_its_answer(self):
        grant = self.grant()
        self.pass_time(100 * DAY)
        token = self.provider().refresh(self.stored(grant))
        self.assert_lasts(token.refresh_expires_at, token.issued_at, 80 * DAY)
        self.control("settings", refresh_restarts=True)
        token = self.provider().refresh(self.stored(grant, token))
        self.assert_lasts(token.refresh_expires_at, token.issued_at, 180 * DAY)

    def test_a_refresh_life_that_makes_no_sense_is_unknown(self):
        for value in NONSENSE:
            with self.subTest(value=str(value)[:20]):
                self.answer(self.token_path, refresh_expires_in=value)
                self.assertIsNone(self.exchange().refresh_expires_at)
                self.clear_faults()
        self.fault(self.token_path, "json", remove=["refresh_expires_in"])
        self.assertIsNone(self.exchange().refresh_expires_at)

    def test_a_refresh_token_past_its_day_is_a_definite_no(self):
        stored = self.stored()
        self.pass_time(180 * DAY)
        failure = self.assert_fails(GrantRefused, self.provider().refresh, stored)
        self.assertEqual((failure.reason, failure.detail), ("expired", "invalid_grant"))

    def test_a_refresh_that_keeps_the_refresh_token_is_fine(self):
        self.control("settings", refresh_gives_token=False)
        grant = self.grant()
        for _time in range(2):
            token = self.provider().refresh(self.stored(grant))
            self.assertEqual(token.refresh_token, grant.token.refresh_token)

    # === ERRORS AND ENDS === #

    def test_an_error_inside_an_answer_of_200_is_an_error(self):
        stored = self.stored()
        self.control("settings", errors_as_200=True)
        wrong = self.provider(client_secret="wrong")
        self.assert_fails(AppFault, wrong.refresh, stored)
        self.control("revoke", account="cafeaurora")
        self.assert_fails(GrantRefused, self.provider().refresh, stored)
        grant = self.grant()
        for code, kind in (
            ("access_token_invalid", TokenLost),
            ("rate_limit_exceeded", RateLimited),
            ("something_new", Unreachable),
        ):
            with self.subTest(code=code):
                self.fault(self.me_path, "error", type=code, code=400, status=200)
                self.assert_fails(kind, self.provider().list_profiles, grant)

    def test_who_is_banned_or_left_is_found_by_a_refresh_and_not_before(self):
        for control, values in (("accounts", {"held": True}), ("revoke", {})):
            with self.subTest(control=control):
                self.start_over()
                grant = self.grant()
                self.control(control, account="cafeaurora", **values)
                failure = self.assert_fails(AccessEnded, self.verify, grant)
                self.assertEqual(failure.detail, "access_token_invalid")
                self.assert_fails(
                    GrantRefused, self.provider().refresh, self.stored(grant)
                )

    def test_a_limit_is_one(self):
        grant = self.grant()
        self.control("settings", calls=0)
        self.assert_fails(RateLimited, self.verify, grant)

    def test_an_app_that_is_disabled_is_the_app_s_fault(self):
        stored = self.stored()
        self.control("apps", blocked=True)
        failure = self.assert_fails(AppFault, self.provider().refresh, stored)
        self.assertEqual(failure.detail, "unauthorized_client")

    # === REVOCATION === #

    def test_it_is_an_access_token_that_is_revoked(self):
        stored = self.stored()
        self.calls()
        self.provider().revoke(stored)
        (call,) = self.calls()
        expected = {"client_key", "client_secret", "token"}
        self.assertEqual(set(call["parameters"]) & expected, expected)

    def test_a_lapsed_access_token_is_replaced_to_be_revoked(self):
        stored = self.stored()
        self.pass_time(DAY)
        self.calls()
        self.provider().revoke(stored)
        self.assertEqual(
            [one["path"].removeprefix("/tiktok") for one in self.calls()],
            [self.token_path, self.revoke_path],
        )
        self.assertEqual(self.there.state("grants"), [])

    def test_a_lapsed_token_that_nothing_replaces_is_gone(self):
        stored = self.stored(refresh_token=None)
        self.pass_time(DAY)
        self.calls()
        self.provider().revoke(stored)
        self.assertEqual(self.calls(), [])

    def test_an_error_of_200_does_not_confirm_a_revocation(self):
        stored = self.stored()
        self.fault(self.revoke_path, "error", type="invalid_client", status=200)
        self.assert_fails(AppFault, self.provider().revoke, stored)
        self.fault(self.revoke_path, "html")
        self.assert_fails(Unreachable, self.provider().revoke, stored)

    def test_an_empty_answer_confirms_a_revocation(self):
        stored = self.stored()
        self.fault(self.revoke_path, "empty", after=True)
        self.provider().revoke(stored)
        self.assert_fails(
            GrantRefused,
            self.provider().refresh,
            replace(stored, access_expires_at=None),
        )
