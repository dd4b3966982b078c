from datetime import timedelta
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

from odoo.tests import BaseCase, tagged

from ..policy import reasons
from ..policy.expiry import Clocks, Validity, token_expires_at
from ..providers import get_provider, linkedin
from ..providers.errors import (
    AppFault,
    GrantRefused,
    RateLimited,
    RequestRefused,
    TokenLost,
    Unreachable,
)
from ..providers.linkedin import LinkedInProvider
from ..providers.linkedin_errors import (
    API_CODES,
    HTTP_STATUSES,
    OAUTH_ERRORS,
    SERVICE_ERRORS,
    Doubt,
    failure_of,
    is_failure,
)
from ..providers.results import Reach
from .provider_common import DAY, REDIRECT_URI, TROUBLE, kinds_of, needs_sandbox
from .provider_grants import GrantCase, GrantPromises

try:
    from sandbox.linkedin.seed import member_id, organization_id
    from sandbox.testing_grants import LinkedInApp
except ImportError:  # the addon alone, without its repository
    LinkedInApp = None

COMPANY, MEMBER = "linkedin_company", "linkedin_personal"
TOKEN, INTROSPECT = "www/oauth/v2/accessToken", "www/oauth/v2/introspectToken"
USERINFO = "api/v2/userinfo"
ACLS, NAMES = "api/rest/organizationAcls", "api/rest/organizationsLookup"
YEAR = 365 * DAY

# error, HTTP status, class
OAUTH_ROWS = (
    ("invalid_request", 400, GrantRefused),
    ("invalid_grant", 400, GrantRefused),
    ("invalid_client", 401, AppFault),
    ("invalid_client_id", 400, AppFault),
    ("invalid_redirect_uri", 400, AppFault),
    ("unauthorized_client", 401, AppFault),
    ("unauthorized_scope_error", 401, AppFault),
    ("invalid_scope", 400, AppFault),
    ("unsupported_grant_type", 400, AppFault),
    ("server_error", 400, Unreachable),
    ("temporarily_unavailable", 400, Unreachable),
)
# serviceErrorCode or code, HTTP status, class, reason of the token
SERVICE_ROWS = (
    (65600, 401, TokenLost, "expired"),
    (65601, 401, Doubt, None),
    (65602, 401, TokenLost, "expired"),
)
CODE_ROWS = (
    ("INVALID_ACCESS_TOKEN", 401, TokenLost, "expired"),
    ("REVOKED_ACCESS_TOKEN", 401, Doubt, None),
    ("EXPIRED_ACCESS_TOKEN", 401, TokenLost, "expired"),
    ("VERSION_MISSING", 400, AppFault, None),
    ("NONEXISTENT_VERSION", 426, AppFault, None),
)
HTTP_ROWS = (
    (400, RequestRefused),
    (401, Doubt),
    (403, RequestRefused),
    (404, RequestRefused),
    (426, AppFault),
    (429, RateLimited),
    (418, Unreachable),
    (500, Unreachable),
    (503, Unreachable),
)
ODD = (None, "", 5, True, [], {}, "x" * 9999, "\0", ["a"], 10**300)


def urn(number):
    return f"urn:li:organization:{organization_id(number)}"


@tagged("post_install", "-at_install")
class TestDescription(BaseCase):
    def test_the_engine_is_known_by_its_code(self):
        self.assertIs(get_provider("linkedin"), LinkedInProvider)

    def test_capabilities(self):
        self.assertTrue(LinkedInProvider.can_renew_silently(has_refresh_token=True))
        self.assertFalse(LinkedInProvider.can_renew_silently(has_refresh_token=False))
        self.assertFalse(LinkedInProvider.rotates_refresh_token)
        self.assertFalse(LinkedInProvider.profiles_can_be_left_out)
        self.assertTrue(LinkedInProvider.can_be_introspected)

    def test_what_is_not_documented_is_off(self):
        self.assertFalse(LinkedInProvider.default_use_pkce)
        self.assertEqual(LinkedInProvider.default_revoke_url, "")
        self.assertFalse(LinkedInProvider.can_be_revoked)

    def test_each_network_asks_for_what_it_needs_alone(self):
        company = LinkedInProvider.scopes_for([COMPANY])
        member = LinkedInProvider.scopes_for([MEMBER])
        both = LinkedInProvider.scopes_for([COMPANY, MEMBER])
        self.assertFalse(set(company) & set(member))
        self.assertEqual(set(both), {*company, *member})


@tagged("post_install", "-at_install")
class TestErrorTables(BaseCase):
    def assert_failure(self, failure, kind, reason=None):
        self.assertIn(type(failure), kinds_of(kind))
        self.assertEqual(failure.reason, reason or kind.reason)
        self.assertNotIn("S3CR3T", f"{failure!r} {failure} {vars(failure)}")

    def test_each_row_of_the_tables_is_checked_here(self):
        for rows, table in (
            (OAUTH_ROWS, OAUTH_ERRORS),
            (SERVICE_ROWS, SERVICE_ERRORS),
            (CODE_ROWS, API_CODES),
        ):
            self.assertEqual([row[0] for row in rows], list(table))
        self.assertLessEqual(set(HTTP_STATUSES), {row[0] for row in HTTP_ROWS})

    def test_errors_of_the_oauth_endpoints(self):
        for error, status, kind in OAUTH_ROWS:
            with self.subTest(error=error):
                answer = {"error": error, "error_description": "S3CR3T"}
                failure = failure_of(answer, status)
                self.assert_failure(failure, kind)
                self.assertEqual(failure.detail, error)

    def test_numbers_of_the_apis(self):
        for number, status, kind, reason in SERVICE_ROWS:
            for told in (number, str(number)):
                with self.subTest(number=told):
                    answer = {"serviceErrorCode": told, "message": "S3CR3T"}
                    failure = failure_of(answer, status)
                    self.assert_failure(failure, kind, reason)
                    self.assertEqual(failure.detail, f"{status}/{number}")

    def test_codes_of_the_apis(self):
        for code, status, kind, reason in CODE_ROWS:
            with self.subTest(code=code):
                answer = {"status": status, "code": code, "message": "S3CR3T"}
                self.assert_failure(failure_of(answer, status), kind, reason)

    def test_without_a_known_code_the_status_decides(self):
        for status, kind in HTTP_ROWS:
            answer = {"status": status, "code": "S3CR3T", "message": "S3CR3T"}
            for inside in (status, 200):
                with self.subTest(status=status, http=inside):
                    self.assert_failure(failure_of(answer, inside), kind)

    def test_doubt_is_transient(self):
        self.assertTrue(issubclass(Doubt, Unreachable))
        self.assertEqual(Doubt().reason, reasons.UNREACHABLE)

    def test_whatever_comes_with_a_5xx_is_transient(self):
        for answer in ({"error": "invalid_request"}, {"serviceErrorCode": 65600}):
            self.assert_failure(failure_of(answer, 503), Unreachable)

    def test_odd_members_end_in_a_class(self):
        for value in ODD:
            for name in ("error", "serviceErrorCode", "code", "status"):
                with self.subTest(name=name, value=str(value)[:20]):
                    self.assertTrue(failure_of({name: value}, 400).reason)

    def test_a_status_of_introspection_is_no_failure(self):
        self.assertFalse(is_failure({"active": False, "status": "revoked"}, 200))
        self.assertTrue(is_failure({"status": 401, "message": ""}, 200))
        self.assertTrue(is_failure({"serviceErrorCode": 65601}, 200))


class LinkedInCase(GrantCase):
    code, app_class = "linkedin", LinkedInApp
    networks = (COMPANY, MEMBER)
    addresses = {
        "authorize_url": "/www/oauth/v2/authorization",
        "token_url": "/www/oauth/v2/accessToken",
        "introspect_url": "/www/oauth/v2/introspectToken",
        "api_url": "/api",
    }

    def setUp(self):
        super().setUp()
        pause = patch.object(linkedin, "sleep")
        self.slept = pause.start()
        self.addCleanup(pause.stop)


@needs_sandbox
@tagged("post_install", "-at_install")
class TestGrant(GrantPromises, LinkedInCase):
    token_path, person_path, id_field = TOKEN, USERINFO, "sub"

    def walk(self, provider, **answers):
        url = provider.authorization_url(redirect_uri=REDIRECT_URI, state="s")
        target = self.there.visitor.walk(url, **answers)
        return dict(parse_qsl(urlsplit(target).query))

    def test_what_is_asked_for_is_always_the_app_s_whole_set_and_no_pkce(self):
        provider = self.provider(networks=(MEMBER,))
        url = provider.authorization_url(
            redirect_uri=REDIRECT_URI, state="s", verifier=provider.make_verifier()
        )
        self.assertEqual(
            dict(parse_qsl(urlsplit(url).query)),
            {
                "client_id": LinkedInApp.client_id,
                "redirect_uri": REDIRECT_URI,
                "response_type": "code",
                "scope": " ".join(LinkedInApp.scopes),
                "state": "s",
            },
        )

    def test_a_consent_walked_in_a_browser_becomes_a_grant(self):
        provider = self.provider()
        code = self.walk(provider)["code"]
        grant = provider.grant(code=code, redirect_uri=REDIRECT_URI)
        self.assertEqual(grant.person.external_id, member_id("ana"))
        self.assertEqual(grant.person.name, "Ana Souza")
        self.assertEqual(set(grant.token.scopes), set(LinkedInApp.scopes))
        self.assert_lifetime(grant.token.access_expires_at, provider, days=60)
        self.assert_lifetime(grant.token.refresh_expires_at, provider, days=365)

    def test_an_app_without_openid_asks_the_older_way_who_it_is(self):
        scopes = ("r_basicprofile", "rw_organization_admin")
        provider = self.provider(networks=(COMPANY,), scopes=scopes)
        person = self.grant(provider).person
        self.assertEqual(person.external_id, member_id("ana"))
        self.assertEqual(person.name, "Ana Souza")

    def test_an_app_without_refresh_tokens_says_that_nothing_renews_it(self):
        self.control("settings", gives_refresh_token=False)
        grant = self.grant()
        self.assertIsNone(grant.token.refresh_token)
        self.assertIsNone(grant.token.refresh_expires_at)
        renews = LinkedInProvider.can_renew_silently(
            has_refresh_token=bool(grant.token.refresh_token)
        )
        clocks = Clocks(access=grant.token.access_expires_at, renews_silently=renews)
        # 60 days count, and not the published year.
        ends_at = token_expires_at(
            clocks, grant.token.issued_at, [Validity(1, "years")]
        )
        self.assertEqual(ends_at, grant.token.access_expires_at)
        failure = self.assert_fails(
            GrantRefused, self.provider().refresh, self.stored(grant)
        )
        self.assertEqual(failure.detail, "no refresh_token")

    def test_revoked_just_after_a_good_exchange_is_asked_again(self):
        self.control("settings", settling_calls=2)
        self.assertEqual(self.grant().person.external_id, member_id("ana"))
        self.assertEqual(self.slept.call_count, 2)

    def test_revoked_for_longer_after_an_exchange_is_no_loss_either(self):
        self.control("settings", settling_calls=99)
        failure = self.assert_fails(Unreachable, self.grant)
        self.assertEqual(failure.detail, "401/65601")
        self.assertLess(sum(linkedin.PAUSES), 10)

    def test_a_good_exchange_is_not_kept_waiting(self):
        self.grant()
        self.assertEqual(self.slept.call_count, 0)

    def test_the_falling_life_is_read_from_the_answer_alone(self):
        self.answer(TOKEN, refresh_token_expires_in=525600)
        provider = self.provider()
        ends_at = self.exchange(provider).refresh_expires_at
        self.assert_lifetime(ends_at, provider, seconds=525600)

    def test_lifetimes_that_make_no_sense_are_none(self):
        self.assert_odd_lifetimes_are_none(TOKEN, "expires_in", "access_expires_at")
        self.assert_odd_lifetimes_are_none(
            TOKEN, "refresh_token_expires_in", "refresh_expires_at"
        )

    def test_a_date_without_a_refresh_token_means_nothing(self):
        self.fault(TOKEN, "json", remove=["refresh_token"])
        self.assertIsNone(self.exchange().refresh_expires_at)

    def test_scopes_come_by_spaces_or_commas_or_not_at_all(self):
        for scope in ("openid,profile", "openid profile", "openid, profile"):
            self.answer(TOKEN, scope=scope)
            self.assertEqual(self.exchange().scopes, ("openid", "profile"))
            self.clear_faults()
        self.fault(TOKEN, "json", remove=["scope"])
        self.assertIsNone(self.exchange().scopes)

    def test_a_code_that_is_not_accepted_is_refused(self):
        used = self.there.code_of()
        self.exchange(code=used)
        for code in (used, "nonsense", "a\0b", "x" * 5000):
            with self.subTest(code=code[:20]):
                self.assert_fails(GrantRefused, self.exchange, code=code)
        self.assert_fails(GrantRefused, self.exchange, redirect_uri=REDIRECT_URI + "/")

    def test_an_error_inside_an_answer_of_200_is_an_error(self):
        for error, kind in (
            ("invalid_request", GrantRefused),
            ("invalid_client", AppFault),
            ("something_new", Unreachable),
        ):
            with self.subTest(error=error):
                self.fault(TOKEN, "error", type=error, status=200)
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
        self.assert_silent(
            lambda: self.provider().verify(stored, self.reaches(grant)), secrets
        )
        for call in self.calls():
            if call["method"] == "GET" and "/www/" not in call["path"]:
                self.assertTrue(call["bearer"] or "/dialog/" in call["path"])
                self.assertNotIn("access_token", call["parameters"])


@needs_sandbox
@tagged("post_install", "-at_install")
class TestListing(LinkedInCase):
    def test_the_member_and_his_pages_become_profiles(self):
        found = self.listing()
        member = found[MEMBER, member_id("ana")]
        self.assertEqual(member.name, "Ana Souza")
        self.assertTrue(member.image_url.startswith(self.base_url))
        self.assertEqual(member.can_renew, "yes")
        page = found[COMPANY, urn(1)]
        self.assertEqual((page.name, page.handle), ("Café Aurora", "cafe-aurora"))
        self.assertEqual(page.native_tasks, ("ADMINISTRATOR",))
        self.assertIsNone(page.page_token)
        self.assertEqual(
            {key for key, one in found.items() if one.usable},
            {(MEMBER, member_id("ana")), *((COMPANY, urn(n)) for n in (1, 2, 3))},
        )

    def test_an_app_lists_only_its_own_networks(self):
        for networks in ((COMPANY,), (MEMBER,)):
            with self.subTest(networks=networks):
                found = self.listing(self.provider(networks=networks))
                self.assertEqual({network for network, _id in found}, set(networks))

    def test_who_may_renew_depends_on_the_role(self):
        provider = self.provider(networks=(COMPANY,))
        for role, expected in (
            ("ADMINISTRATOR", "yes"),
            ("CONTENT_ADMINISTRATOR", "unknown"),
            ("CONTENT_ADMIN", "unknown"),
            ("SOMETHING_NEW", "unknown"),
            ("ANALYST", "no"),
            ("CURATOR", "no"),
            ("RECRUITING_POSTER", "no"),
        ):
            with self.subTest(role=role):
                self.control("roles", person="diego", page="Café Aurora", role=role)
                profile = self.listing(provider, "diego")[COMPANY, urn(1)]
                self.assertEqual(profile.can_renew, expected)
                self.assertEqual(profile.native_tasks, (role,))

    def test_a_role_that_is_not_approved_is_told_and_not_usable(self):
        provider = self.provider(networks=(COMPANY,))
        for state in ("REQUESTED", "REJECTED", "REVOKED", "SOMETHING_NEW"):
            with self.subTest(state=state):
                self.control(
                    "roles",
                    person="diego",
                    page="Café Aurora",
                    role="ADMINISTRATOR",
                    state=state,
                )
                profile = self.listing(provider, "diego")[COMPANY, urn(1)]
                self.assertFalse(profile.usable)
                self.assertEqual(profile.reason, "lost_role")
                self.assertNotEqual(profile.can_renew, "yes")

    def test_several_roles_on_a_page_are_one_profile(self):
        rows = [
            {"organization": urn(1), "role": role, "state": state}
            for role, state in (
                ("ANALYST", "APPROVED"),
                ("ADMINISTRATOR", "APPROVED"),
                ("ADMINISTRATOR", "REVOKED"),
                ("CURATOR", "REQUESTED"),
            )
        ]
        self.answer(ACLS, elements=rows)
        found = self.listing(self.provider(networks=(COMPANY,)))
        (profile,) = found.values()
        self.assertEqual(profile.can_renew, "yes")
        self.assertEqual(profile.native_tasks, ("ANALYST", "ADMINISTRATOR"))

    def test_the_version_is_the_app_s_and_goes_to_rest_alone(self):
        for version in ("", "202001", "nonsense"):
            with self.subTest(version=version):
                provider = self.provider(api_version=version)
                grant = self.grant(provider)  # which asks /v2 only
                self.assert_fails(AppFault, provider.list_profiles, grant)
        provider = self.provider(api_version="202609")
        self.assertTrue(self.listing(provider))

    def test_a_version_withdrawn_is_no_loss_of_the_token(self):
        grant = self.grant()
        reached = self.reaches(grant)
        self.control("settings", versions=["209901"])
        failure = self.assert_fails(
            AppFault, self.provider().verify, self.stored(grant), reached
        )
        self.assertEqual(failure.detail, "426/NONEXISTENT_VERSION")

    def test_long_listings_are_followed_to_their_end(self):
        self.control("pages", create=120, person="ana")
        whole = self.listing()
        self.assertEqual(len(whole), 125)
        self.assertTrue(all(one.name for one in whole.values()))
        with patch.object(linkedin, "ROLES_LIMIT", 7), \
             patch.object(linkedin, "NAMES_LIMIT", 9):  # fmt: skip
            self.assertEqual(set(self.listing()), set(whole))

    def test_a_listing_without_a_total_ends_with_a_page_that_is_not_full(self):
        self.fault(ACLS, "json", times=0, remove=["paging"])
        with patch.object(linkedin, "ROLES_LIMIT", 3):
            self.assertEqual(len(self.listing()), 5)

    def test_half_a_listing_is_no_listing(self):
        for members in (
            {"elements": None},
            {"elements": {}},
            {"elements": "none"},
            {"elements": [], "paging": {"total": 5}},
        ):
            with self.subTest(**members):
                self.answer(ACLS, **members)
                self.assert_fails(Unreachable, self.listing)
                self.clear_faults()

    def test_a_listing_that_never_ends_is_no_listing(self):
        self.answer(ACLS, paging={"total": 10**9})
        with patch.object(linkedin, "LISTING_PAGES", 3):
            self.assert_fails(Unreachable, self.listing)

    def test_pages_whose_name_may_not_be_read_are_listed_by_their_number(self):
        for kind, values in (
            ("error", {"code": 100, "status": 403}),
            ("body", {"body": "{}"}),
            ("body", {"body": '{"results": []}'}),
            ("json", {"set": {"results": None}}),
        ):
            with self.subTest(kind=kind, **values), self.spoilt(NAMES, kind, **values):
                found = self.listing(self.provider(networks=(COMPANY,)))
                self.assertEqual(found[COMPANY, urn(1)].name, organization_id(1))

    def test_what_has_no_stable_id_is_left_out(self):
        for value in (None, "", True, {}, 7, "urn:li:person:x", "a b", "urn:li:" * 50):
            with self.subTest(value=str(value)[:20]):
                self.answer(ACLS, **{"elements.0.organization": value})
                found = self.listing(self.provider(networks=(COMPANY,)))
                self.assertEqual(len(found), 3)
                self.clear_faults()

    def test_names_are_cleaned(self):
        results = {
            organization_id(1): {"localizedName": "\u202eCafé\0\nAurora\u200b"},
            organization_id(2): {"localizedName": ["x"], "vanityName": 5},
        }
        self.answer(NAMES, results=results)
        found = self.listing(self.provider(networks=(COMPANY,)))
        self.assertEqual(found[COMPANY, urn(1)].name, "Café Aurora")
        self.assertTrue(found[COMPANY, urn(2)].name)

    def test_a_network_whose_permission_is_lacking_is_told_and_not_offered(self):
        scopes = ("openid", "profile")
        found = self.listing(self.provider(), scopes=list(scopes))
        (told,) = [one for one in found.values() if one.network == COMPANY]
        self.assertFalse(told.usable)
        self.assertEqual(told.reason, "missing_scope")
        self.assertIn("rw_organization_admin", told.missing_scopes)

    def test_either_scope_of_roles_lists_pages(self):
        scopes = ("openid", "profile", "r_organization_admin")
        found = self.listing(self.provider(scopes=scopes))
        self.assertTrue(found[COMPANY, urn(1)].usable)

    def test_a_rate_limit_is_one(self):
        grant = self.grant()
        self.fault(ACLS, "status", status=429, headers={"Retry-After": "30"})
        failure = self.assert_fails(RateLimited, self.provider().list_profiles, grant)
        self.assertEqual(failure.retry_after, 30)


@needs_sandbox
@tagged("post_install", "-at_install")
class TestRefresh(LinkedInCase):
    def setUp(self):
        super().setUp()
        self.given = self.grant()

    def refresh(self, later=0, app=None, **stored):
        provider = self.provider(later=later, **(app or {}))
        return provider.refresh(self.stored(self.given, **stored))

    def test_a_refresh_gives_the_same_refresh_token_with_fewer_days_left(self):
        before = self.given.token
        self.pass_time(59 * DAY)
        token = self.refresh(later=59 * DAY)
        self.assertEqual(token.refresh_token, before.refresh_token)
        self.assertNotEqual(token.access_token, before.access_token)
        moved = abs(token.refresh_expires_at - before.refresh_expires_at)
        self.assertLess(moved, timedelta(seconds=10))
        left = token.refresh_expires_at - token.issued_at
        self.assertEqual(left.days, 306 if left.seconds < DAY / 2 else 305)

    def test_near_the_end_the_access_token_is_cut_to_the_same_date(self):
        self.pass_time(YEAR - 5 * DAY)
        token = self.refresh(later=YEAR - 5 * DAY)
        self.assertEqual(token.access_expires_at, token.refresh_expires_at)

    def test_a_blank_refresh_token_in_the_answer_is_none(self):
        for value in (None, "", 5, [], {}, False):
            with self.subTest(value=value):
                self.answer(TOKEN, refresh_token=value)
                self.assertIsNone(self.refresh().refresh_token)
                self.clear_faults()

    def test_after_a_year_a_person_must_grant_anew(self):
        self.pass_time(YEAR)
        failure = self.assert_fails(GrantRefused, self.refresh, later=YEAR)
        self.assertEqual(
            (failure.reason, failure.detail), ("expired", "invalid_request")
        )

    def test_a_removed_app_is_told_by_introspection(self):
        self.control("revoke", person="ana")
        failure = self.assert_fails(GrantRefused, self.refresh)
        self.assertEqual(failure.reason, "revoked")
        failure = self.assert_fails(
            GrantRefused, self.refresh, app={"introspect_url": ""}
        )
        self.assertEqual(failure.reason, "expired")

    def test_a_consent_for_other_scopes_ends_the_earlier_tokens(self):
        self.grant(self.provider(scopes=("openid", "profile")))
        failure = self.assert_fails(GrantRefused, self.refresh)
        self.assertEqual(failure.reason, "revoked")

    def test_a_consent_for_the_same_scopes_leaves_them(self):
        self.grant()
        self.assertTrue(self.refresh().access_token)

    def test_trouble_of_the_app_is_no_loss_of_the_token(self):
        for app in ({"client_secret": "rotated"}, {"client_id": "42"}):
            with self.subTest(app=app):
                self.assert_fails(AppFault, self.refresh, app=app)
        # Also where the token endpoint says of it what it says of a dead token.
        self.fault(TOKEN, "error", type="invalid_request")
        self.assert_fails(AppFault, self.refresh, app={"client_secret": "rotated"})
        self.assertTrue(self.refresh().access_token)

    def test_a_refusal_that_nobody_explains_is_not_definite(self):
        self.fault(TOKEN, "error", type="invalid_request")
        with self.spoilt(INTROSPECT, "status", status=500):
            self.assert_fails(Unreachable, self.refresh)

    def test_trouble_at_the_network_is_never_a_loss(self):
        for kind, values in (
            *TROUBLE,
            ("close", {"after": True}),
            ("body", {"body": "{}"}),
        ):
            with (
                self.subTest(kind=kind, **values),
                self.spoilt(TOKEN, kind, **values),
            ):
                self.assert_fails(Unreachable, self.refresh)
        self.assertTrue(self.refresh().access_token)

    def test_too_many_calls_are_a_rate_limit(self):
        self.fault(TOKEN, "status", status=429, headers={"Retry-After": "7"})
        self.assertEqual(self.assert_fails(RateLimited, self.refresh).retry_after, 7)


@needs_sandbox
@tagged("post_install", "-at_install")
class TestVerify(LinkedInCase):
    def setUp(self):
        super().setUp()
        self.given = self.grant()
        self.reached = self.reaches(self.given)

    def verify(self, reached=None, later=3600, app=None, **stored):
        """Return the token's reason, and the set of the reasons of its profiles."""
        self.verdict = self.provider(later=later, **(app or {})).verify(
            self.stored(self.given, **stored),
            self.reached if reached is None else reached,
        )
        return self.verdict.token.reason, set(self.verdict.reasons.values())

    def test_a_living_token_is_confirmed_with_its_clock_and_scopes(self):
        self.calls()
        self.assertEqual(self.verify(), (None, {None}))
        self.assertEqual(len(self.verdict.reasons), len(self.reached))
        token = self.given.token
        self.assertEqual(set(self.verdict.token.scopes), set(token.scopes))
        moved = self.verdict.token.access_expires_at - token.access_expires_at
        self.assertLess(abs(moved), timedelta(seconds=10))

    def test_the_member_s_own_profile_costs_no_call_in_his_name(self):
        mine = [reach for reach in self.reached if reach.network == MEMBER]
        self.calls()
        self.assertEqual(self.verify(mine), (None, {None}))
        self.assertEqual([call["path"] for call in self.calls() if call["bearer"]], [])

    def test_a_removed_app_is_told_from_a_lapsed_token(self):
        self.control("revoke", person="ana")
        self.assertEqual(self.verify(), ("revoked", set()))
        self.start_over()
        self.given = self.grant()
        self.pass_time(61 * DAY)
        later = 61 * DAY
        self.assertEqual(
            self.verify(later=later, refresh_token=None), ("expired", set())
        )
        self.assertEqual(self.verify(later=later), (None, {None}))
        # The clock of the token that was made for the question stays out.
        self.assertIsNone(self.verdict.token.access_expires_at)

    def test_a_young_token_is_not_believed_to_be_revoked(self):
        self.control("revoke", person="ana")
        self.assert_fails(Unreachable, self.verify, later=30)

    def test_a_page_without_the_role_is_lost_and_no_other(self):
        for values in ({}, {"role": "ADMINISTRATOR", "state": "REVOKED"}):
            with self.subTest(**values):
                self.control("roles", person="ana", page="Café Aurora", **values)
                self.assertEqual(self.verify(), (None, {None, "lost_role"}))
                lost = [key for key, one in self.verdict.reasons.items() if one]
                found = {one.key: one.external_id for one in self.reached}
                self.assertEqual([found[key] for key in lost], [urn(1)])

    def test_revoked_at_a_resource_and_alive_by_introspection_is_no_loss(self):
        with self.spoilt(ACLS, "error", code=65601, status=401):
            failure = self.assert_fails(Unreachable, self.verify)
        self.assertEqual(failure.detail, "401/65601")

    def test_revoked_at_a_resource_and_by_introspection_is_a_loss(self):
        self.control("revoke", person="ana")
        provider = self.provider(later=3600)
        failure = self.assert_fails(TokenLost, provider.list_profiles, self.given)
        self.assertEqual(failure.reason, "revoked")

    def test_without_introspection_who_can_say_who_he_is_lives(self):
        app = {"introspect_url": ""}
        self.assertEqual(self.verify(app=app), (None, {None}))
        self.control("revoke", person="ana")
        self.assertEqual(self.verify(app=app), ("revoked", set()))

    def test_a_scope_withdrawn_is_a_missing_scope_of_its_network(self):
        self.answer(INTROSPECT, scope="openid,profile")
        self.assertEqual(self.verify(), (None, {None, "missing_scope"}))

    def test_a_token_of_another_app_is_the_app_s_fault(self):
        self.answer(INTROSPECT, client_id="42")
        self.assert_fails(AppFault, self.verify)

    def test_introspection_that_makes_no_sense_is_none(self):
        for value in (None, "", "true", 1, [], {}):
            with self.subTest(value=value):
                self.answer(INTROSPECT, active=value)
                self.assert_fails(Unreachable, self.verify)
                self.clear_faults()
        for value in (None, "", "soon", 0, -1, 10**300, [], {}, 1600000000000000):
            with self.subTest(expires_at=str(value)[:20]):
                self.answer(INTROSPECT, expires_at=value)
                self.verify()
                self.assertIsNone(self.verdict.token.access_expires_at)
                self.clear_faults()

    def test_trouble_is_never_a_verdict(self):
        for path in (INTROSPECT, ACLS):
            for kind, values in TROUBLE:
                with (
                    self.subTest(path=path, kind=kind, **values),
                    self.spoilt(path, kind, **values),
                ):
                    self.assert_fails(Unreachable, self.verify)

    def test_a_403_takes_nothing_away(self):
        with self.spoilt(ACLS, "error", code=100, status=403):
            self.assert_fails(RequestRefused, self.verify)

    def test_profiles_of_unknown_networks_are_left_alone(self):
        self.assertEqual(self.verify([Reach(1, "other", "1")]), (None, set()))

    def test_a_stored_token_lists_again_even_when_its_access_token_ran_out(self):
        self.pass_time(61 * DAY)
        provider = self.provider(later=61 * DAY)
        grant = provider.recall(self.stored(self.given))
        self.assertEqual(len(provider.list_profiles(grant)), 5)
        self.control("revoke", person="ana")
        failure = self.assert_fails(TokenLost, provider.recall, self.stored(self.given))
        self.assertTrue(failure.reason in reasons.BY_CODE)


@needs_sandbox
@tagged("post_install", "-at_install")
class TestRevoke(LinkedInCase):
    def test_only_an_app_that_names_an_endpoint_revokes(self):
        stored = self.stored(self.grant())
        self.assert_fails(RequestRefused, self.provider().revoke, stored)
        provider = self.provider(
            revoke_url=f"{self.base_url}/linkedin/www/oauth/v2/revoke", later=3600
        )
        provider.revoke(stored)
        verdict = provider.verify(stored, ())
        self.assertEqual(verdict.token.reason, "revoked")
