import base64
from urllib.parse import parse_qsl, urlsplit

from odoo.tests import BaseCase, tagged

from ..providers import get_provider
from ..providers.errors import (
    AccessEnded,
    AppFault,
    GrantRefused,
    RateLimited,
    RequestRefused,
    TokenLost,
    Unreachable,
)
from ..providers.pinterest import ERRORS, HTTP_STATUSES, PinterestProvider, failure_of
from ..providers.transport import Transport
from .provider_common import (
    DAY,
    LOOPBACK,
    REDIRECT_URI,
    TROUBLE,
    http,
    kinds_of,
    needs_sandbox,
)
from .provider_grants import GrantCase, GrantPromises

try:
    from sandbox.pinterest import account_id
    from sandbox.testing_grants import PinterestApp
except ImportError:  # the addon alone, without its repository
    PinterestApp = None

TOKEN, ACCOUNT = "v5/oauth/token", "v5/user_account"

# code, HTTP status, class, reason of the token
ROWS = (
    (2, 401, TokenLost, "expired"),
    (29, 403, RequestRefused, None),
    (283, 400, GrantRefused, None),
)
HTTP_ROWS = (
    (400, RequestRefused, None),
    (401, TokenLost, "expired"),
    (403, RequestRefused, None),
    (404, RequestRefused, None),
    (429, RateLimited, None),
    (409, Unreachable, None),
    (500, Unreachable, None),
    (503, Unreachable, None),
)
ODD = (None, "", 5, True, [], {}, "x" * 9999, "\0", 1.5, 10**300)


@tagged("post_install", "-at_install")
class TestDescription(BaseCase):
    def test_the_engine_is_known_by_its_code(self):
        self.assertIs(get_provider("pinterest"), PinterestProvider)

    def test_capabilities(self):
        self.assertTrue(PinterestProvider.can_renew_silently(has_refresh_token=True))
        self.assertFalse(PinterestProvider.can_renew_silently(has_refresh_token=False))
        self.assertTrue(PinterestProvider.rotates_refresh_token)
        self.assertFalse(PinterestProvider.can_be_revoked)
        self.assertFalse(PinterestProvider.can_be_introspected)
        self.assertEqual(PinterestProvider.default_auth_method, "client_secret_basic")
        self.assertFalse(PinterestProvider.default_use_pkce)


@tagged("post_install", "-at_install")
class TestErrorTable(BaseCase):
    def assert_failure(self, failure, kind, reason):
        self.assertIn(type(failure), kinds_of(kind))
        self.assertEqual(failure.reason, reason or kind.reason)
        self.assertNotIn("S3CR3T", f"{failure!r} {failure} {vars(failure)}")

    def test_each_row_of_the_tables_is_checked_here(self):
        self.assertEqual([row[0] for row in ROWS], list(ERRORS))
        self.assertLessEqual(set(HTTP_STATUSES), {row[0] for row in HTTP_ROWS})

    def test_codes_decide_whatever_the_status(self):
        for code, status, kind, reason in ROWS:
            for told in (status, 200, 400):
                with self.subTest(code=code, status=told):
                    answer = {"code": code, "message": "S3CR3T"}
                    failure = failure_of(answer, told)
                    self.assert_failure(failure, kind, reason)
                    self.assertEqual(failure.detail, f"{told}/{code}")

    def test_without_a_known_code_the_status_decides(self):
        for status, kind, reason in HTTP_ROWS:
            for code in (None, 99999, "S3CR3T"):
                with self.subTest(status=status, code=code):
                    answer = {"code": code, "message": "S3CR3T"}
                    self.assert_failure(failure_of(answer, status), kind, reason)

    def test_passing_trouble_stays_so_whatever_the_code(self):
        for code in ERRORS:
            answer = {"code": code, "message": "S3CR3T"}
            self.assert_failure(failure_of(answer, 503), Unreachable, None)
            self.assert_failure(failure_of(answer, 429), RateLimited, None)

    def test_odd_members_end_in_a_class(self):
        for value in ODD:
            with self.subTest(value=str(value)[:20]):
                answer = {"code": value, "message": value}
                self.assertTrue(failure_of(answer, 400).reason)


class PinterestCase(GrantCase):
    code, app_class = "pinterest", PinterestApp
    networks = ("pinterest",)
    addresses = {
        "authorize_url": "/www/oauth/",
        "token_url": "/v5/oauth/token",
        "api_url": "/v5",
    }


@needs_sandbox
@tagged("post_install", "-at_install")
class TestGrant(GrantPromises, PinterestCase):
    token_path, person_path, id_field = TOKEN, ACCOUNT, "id"

    def test_scopes_are_asked_for_by_commas_and_without_pkce(self):
        provider = self.provider()
        url = provider.authorization_url(
            redirect_uri=REDIRECT_URI, state="s", verifier=provider.make_verifier()
        )
        self.assertEqual(
            dict(parse_qsl(urlsplit(url).query)),
            {
                "client_id": PinterestApp.client_id,
                "redirect_uri": REDIRECT_URI,
                "response_type": "code",
                "scope": ",".join(PinterestApp.scopes),
                "state": "s",
            },
        )

    def test_a_consent_walked_in_a_browser_becomes_a_grant(self):
        provider = self.provider()
        url = provider.authorization_url(redirect_uri=REDIRECT_URI, state="s")
        target = self.there.visitor.walk(url)
        code = dict(parse_qsl(urlsplit(target).query))["code"]
        grant = provider.grant(code=code, redirect_uri=REDIRECT_URI)
        self.assertEqual(grant.person.external_id, account_id("ana"))
        self.assertEqual(grant.person.name, "Agência Maré")
        self.assertEqual(grant.token.scopes, PinterestApp.scopes)
        self.assert_lifetime(grant.token.access_expires_at, provider, days=30)
        self.assert_lifetime(grant.token.refresh_expires_at, provider, days=60)

    def test_the_client_is_named_by_http_basic_and_not_in_the_body(self):
        server = self.serve(http(b"{}"))
        self.transport = Transport({LOOPBACK})
        provider = self.provider(token_url=server.url, client_secret="s3cr3t+/:&")
        self.assert_fails(Unreachable, self.exchange, provider, "a-code")
        (request,) = server.requests
        head, _blank, body = request.partition(b"\r\n\r\n")
        _start, _name, value = head.partition(b"Authorization: Basic ")
        sent = base64.b64decode(value.partition(b"\r\n")[0]).decode()
        self.assertTrue(sent.startswith(f"{PinterestApp.client_id}:"))
        self.assertNotIn(b"client_secret", body)
        self.assertNotIn(b"s3cr3t", body)
        self.assertIn(b"continuous_refresh=true", body)

    def test_the_client_may_be_named_in_the_body_where_an_app_says_so(self):
        provider = self.provider(auth_method="client_secret_post")
        self.assert_fails(AppFault, self.exchange, provider)

    def test_an_older_app_gets_continuous_refresh_because_it_is_asked_for(self):
        self.control("settings", must_ask_for_continuous=True)
        provider = self.provider()
        self.assert_lifetime(
            self.exchange(provider).refresh_expires_at, provider, days=60
        )

    def test_the_refresh_token_s_date_is_read_in_either_way(self):
        for gone in ("refresh_token_expires_in", "refresh_token_expires_at"):
            with self.subTest(without=gone):
                self.fault(TOKEN, "json", remove=[gone])
                provider = self.provider()
                ends_at = self.exchange(provider).refresh_expires_at
                self.assert_lifetime(ends_at, provider, days=60)

    def test_seconds_and_epochs_are_not_mixed_up(self):
        self.fault(TOKEN, "json", remove=["refresh_token_expires_in"],
                   set={"refresh_token_expires_at": 5184000})  # fmt: skip
        self.assertIsNone(self.exchange().refresh_expires_at)
        self.fault(TOKEN, "json", remove=["refresh_token_expires_at"],
                   set={"refresh_token_expires_in": 1_800_000_000})  # fmt: skip
        self.assertIsNone(self.exchange().refresh_expires_at)

    def test_lifetimes_that_make_no_sense_are_none(self):
        self.assert_odd_lifetimes_are_none(TOKEN, "expires_in", "access_expires_at")
        self.assert_odd_lifetimes_are_none(
            TOKEN,
            "refresh_token_expires_in",
            "refresh_expires_at",
            alone=["refresh_token_expires_at"],
        )
        self.assert_odd_lifetimes_are_none(
            TOKEN,
            "refresh_token_expires_at",
            "refresh_expires_at",
            alone=["refresh_token_expires_in"],
        )

    def test_scopes_come_by_spaces_or_commas_or_not_at_all(self):
        for separator in (" ", ","):
            self.control("settings", scope_separator=separator)
            self.assertEqual(self.exchange().scopes, PinterestApp.scopes)
        self.fault(TOKEN, "json", remove=["scope"])
        self.assertIsNone(self.exchange().scopes)

    def test_a_code_that_is_not_accepted_is_refused(self):
        used = self.there.code_of()
        self.exchange(code=used)
        for code in (used, "nonsense", "a\0b", "x" * 5000):
            with self.subTest(code=code[:20]):
                failure = self.assert_fails(GrantRefused, self.exchange, code=code)
                self.assertEqual(failure.detail, "400/283")

    def test_an_error_inside_an_answer_of_200_is_an_error(self):
        for code, kind in ((2, AppFault), (283, GrantRefused), (77, Unreachable)):
            with self.subTest(code=code):
                self.fault(TOKEN, "error", code=code, status=200)
                self.assert_fails(kind, self.exchange)

    def test_secrets_are_in_no_text_and_no_address(self):
        code = self.there.code_of()
        for kind in ("html", "truncated", "close"):
            self.fault(TOKEN, kind, after=True)
            secrets = (f"sandbox-{self.code}-secret", code)
            self.assert_silent(lambda: self.exchange(code=code), secrets)
        grant = self.grant()
        stored = self.stored(grant)
        secrets = (stored.access_token, stored.refresh_token)
        for secret in secrets:
            self.assertNotIn(secret, repr(grant) + repr(stored))
        self.assert_silent(lambda: self.provider().verify(stored, ()), secrets)
        self.control("revoke", person="ana")
        self.assert_silent(lambda: self.provider().refresh(stored), secrets)
        for call in self.calls("user_account"):
            self.assertTrue(call["bearer"])
            self.assertEqual(call["parameters"], [])


@needs_sandbox
@tagged("post_install", "-at_install")
class TestListing(PinterestCase):
    def test_the_account_becomes_the_one_profile(self):
        (profile,) = self.listing().values()
        self.assertEqual(profile.external_id, account_id("ana"))
        self.assertEqual((profile.name, profile.handle), ("Agência Maré", "anasouza"))
        self.assertEqual(profile.native_tasks, ("BUSINESS",))
        self.assertTrue(profile.image_url.startswith(self.base_url))
        self.assertEqual((profile.can_renew, profile.reason), ("yes", None))

    def test_a_personal_account_is_called_by_its_user_name(self):
        (profile,) = self.listing(person="bruno").values()
        self.assertEqual((profile.name, profile.handle), ("brunolima", "brunolima"))
        self.assertEqual(profile.native_tasks, ("PINNER",))

    def test_a_new_user_name_is_the_same_profile(self):
        before = set(self.listing())
        self.control("accounts", person="ana", username="other")
        self.assertEqual(set(self.listing()), before)

    def test_an_app_for_other_networks_lists_none(self):
        provider = self.provider(networks=())
        self.assertEqual(provider.list_profiles(self.grant(provider)), ())

    def test_a_scope_left_out_is_named(self):
        (profile,) = self.listing(scopes=["user_accounts:read"]).values()
        self.assertEqual(set(profile.missing_scopes), {"boards:read", "pins:read"})
        self.assertIsNone(profile.reason)

    def test_a_call_without_the_scope_is_no_loss(self):
        failure = self.assert_fails(RequestRefused, self.grant, scopes=["pins:read"])
        self.assertEqual(failure.detail, "403/29")

    def test_names_are_cleaned_and_odd_members_survived(self):
        for value in (None, 5, True, [], {}, "x" * 9999):
            with self.subTest(value=str(value)[:20]):
                names = ("username", "business_name", "account_type", "profile_image")
                self.answer(ACCOUNT, **dict.fromkeys(names, value))
                (profile,) = self.listing().values()
                self.assertLessEqual(len(profile.name), 200)
                self.clear_faults()
        self.answer(ACCOUNT, business_name="\u202eCafé\0\nAurora\u200b")
        (profile,) = self.listing().values()
        self.assertEqual(profile.name, "Café Aurora")


@needs_sandbox
@tagged("post_install", "-at_install")
class TestRefresh(PinterestCase):
    def setUp(self):
        super().setUp()
        self.given = self.grant()

    def refresh(self, later=0, app=None, **stored):
        provider = self.provider(later=later, **(app or {}))
        return provider.refresh(self.stored(self.given, **stored))

    def test_each_refresh_brings_a_new_refresh_token_of_60_days_without_end(self):
        stored, seen, later = self.stored(self.given), set(), 0
        for _turn in range(10):
            later += 50 * DAY
            self.pass_time(50 * DAY)
            provider = self.provider(later=later)
            token = provider.refresh(stored)
            self.assert_lifetime(token.refresh_expires_at, provider, days=60)
            seen.add(token.refresh_token)
            stored = self.stored(self.given, refresh_token=token.refresh_token)
        self.assertEqual(len(seen), 10)
        self.assertNotIn(self.given.token.refresh_token, seen)

    def test_a_legacy_refresh_token_keeps_its_end(self):
        self.control("settings", must_ask_for_continuous=True)
        code = self.there.code_of()
        first = self.there.exchange(code).json()
        self.pass_time(300 * DAY)
        provider = self.provider(later=300 * DAY)
        stored = self.stored(self.given, refresh_token=first["refresh_token"])
        token = provider.refresh(stored)
        self.assert_lifetime(token.refresh_expires_at, provider, days=65)

    def test_without_a_refresh_for_60_days_a_person_must_grant_anew(self):
        self.pass_time(60 * DAY)
        failure = self.assert_fails(GrantRefused, self.refresh, later=60 * DAY)
        self.assertEqual((failure.reason, failure.detail), ("expired", "400/283"))

    def test_a_replaced_refresh_token_is_refused_or_not_and_it_does_not_matter(self):
        for reuse in ("dies", "kills", "lives"):
            with self.subTest(reuse=reuse):
                self.start_over()
                self.control("settings", reuse=reuse)
                self.given = self.grant()
                newest = self.refresh().refresh_token
                if reuse == "lives":
                    self.assertTrue(self.refresh().refresh_token)
                else:
                    self.assert_fails(GrantRefused, self.refresh)
                if reuse != "kills":
                    self.assertTrue(self.refresh(refresh_token=newest).refresh_token)

    def test_an_absent_refresh_token_is_a_definite_no(self):
        failure = self.assert_fails(GrantRefused, self.refresh, refresh_token=None)
        self.assertEqual(
            (failure.reason, failure.detail), ("expired", "no refresh_token")
        )

    def test_a_blank_refresh_token_in_the_answer_is_none(self):
        for value in (None, "", 5, [], {}, False):
            with self.subTest(value=value):
                self.start_over()
                self.given = self.grant()
                self.answer(TOKEN, refresh_token=value)
                self.assertIsNone(self.refresh().refresh_token)
                self.clear_faults()

    def test_code_2_is_a_dead_token_only_where_the_client_is_accepted(self):
        self.control("settings", dead_token_code=2)
        self.control("revoke", person="ana")
        failure = self.assert_fails(GrantRefused, self.refresh)
        self.assertEqual((failure.reason, failure.detail), ("expired", "401/2"))
        for app in ({"client_secret": "rotated"}, {"client_id": "42"}):
            with self.subTest(app=app):
                self.assert_fails(AppFault, self.refresh, app=app)

    def test_code_2_that_nobody_explains_is_not_definite(self):
        self.control("settings", dead_token_code=2)
        self.control("revoke", person="ana")
        for kind, values in (("status", {"status": 500}), ("html", {}), ("close", {})):
            with self.subTest(kind=kind):
                self.fault(TOKEN, kind, skip=1, **values)
                self.assert_fails(Unreachable, self.refresh)
                self.clear_faults()

    def test_wrong_keys_end_no_token(self):
        self.assert_fails(AppFault, self.refresh, app={"client_secret": "rotated"})
        self.assertTrue(self.refresh().access_token)

    def test_a_removed_app_and_a_new_password_are_a_definite_no(self):
        for event in ("revoke", "password"):
            with self.subTest(event=event):
                self.start_over()
                self.given = self.grant()
                self.control(event, person="ana")
                failure = self.assert_fails(GrantRefused, self.refresh)
                self.assertEqual(failure.reason, "expired")

    def test_trouble_at_the_network_is_never_a_loss(self):
        for kind, values in (*TROUBLE, ("body", {"body": "{}"})):
            if values.get("after"):
                continue
            with (
                self.subTest(kind=kind, **values),
                self.spoilt(TOKEN, kind, **values),
            ):
                self.assert_fails(Unreachable, self.refresh)

    def test_too_many_calls_are_a_rate_limit(self):
        self.fault(TOKEN, "status", status=429, headers={"Retry-After": "7"})
        self.assertEqual(self.assert_fails(RateLimited, self.refresh).retry_after, 7)


@needs_sandbox
@tagged("post_install", "-at_install")
class TestVerify(PinterestCase):
    def setUp(self):
        super().setUp()
        self.given = self.grant()
        self.reached = self.reaches(self.given)

    def verify(self, later=0, **stored):
        verdict = self.provider(later=later).verify(
            self.stored(self.given, **stored), self.reached
        )
        return verdict.token.reason, verdict.reasons

    def test_a_living_token_is_confirmed_by_one_call_and_no_refresh(self):
        self.calls()
        self.assertEqual(self.verify(), (None, {1: None}))
        self.assertEqual(
            [call["path"] for call in self.calls()], ["/pinterest/v5/user_account"]
        )

    def test_an_access_token_that_is_over_says_nothing_while_a_refresh_may_help(self):
        for event in ("revoke", "expire"):
            with self.subTest(event=event):
                self.start_over()
                self.given = self.grant()
                self.control(event, person="ana")
                self.calls()
                failure = self.assert_fails(AccessEnded, self.verify)
                self.assertEqual(failure.detail, "401/2")
                # Asking never rotates: the new refresh token would be lost.
                self.assertEqual(self.calls("/token"), [])
                self.assertEqual(self.verify(refresh_token=None), ("expired", {}))

    def test_scopes_decide_about_the_account_and_untold_ones_are_not_missed(self):
        self.assertEqual(
            self.verify(scopes=("pins:read",)), (None, {1: "missing_scope"})
        )
        self.assertEqual(self.verify(scopes=()), (None, {1: None}))

    def test_what_is_used_of_a_limit_is_read_of_every_answer(self):
        self.control("settings", calls=5, window_seconds=600)
        rests = []
        for _call in range(4):
            provider = self.provider()
            provider.verify(self.stored(self.given), self.reached)
            rests.append(provider.rest_seconds)
        self.assertIsNone(rests[0])
        self.assertTrue(0 < rests[-1] <= 600)

    def test_a_limit_that_is_used_up_says_when_it_starts_anew(self):
        self.control("settings", calls=0, window_seconds=600)
        failure = self.assert_fails(RateLimited, self.verify)
        self.assertTrue(0 < failure.retry_after <= 600)

    def test_trouble_is_never_a_verdict(self):
        for kind, values in TROUBLE:
            with (
                self.subTest(kind=kind, **values),
                self.spoilt(ACCOUNT, kind, **values),
            ):
                self.assert_fails(Unreachable, self.verify)

    def test_a_stored_token_lists_again(self):
        provider = self.provider()
        (profile,) = provider.list_profiles(provider.recall(self.stored(self.given)))
        self.assertEqual(profile.external_id, account_id("ana"))
        self.control("revoke", person="ana")
        grant = provider.recall(self.stored(self.given))
        failure = self.assert_fails(TokenLost, provider.list_profiles, grant)
        self.assertEqual(failure.detail, "401/2")
