import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

from odoo.tests import BaseCase, tagged

from ..policy import reasons
from ..policy.expiry import Clocks, Validity, token_expires_at
from ..providers import get_provider, google
from ..providers.errors import (
    AppFault,
    GrantRefused,
    RateLimited,
    RequestRefused,
    TokenLost,
    Unreachable,
)
from ..providers.google import GoogleProvider
from ..providers.results import AppData, Reach
from . import provider_common
from .provider_common import (
    DAY,
    NONSENSE,
    NOT_EVEN_JSON,
    REDIRECT_URI,
    StandInCase,
    needs_sandbox,
)

try:
    from sandbox.google.seed import account_id, channel_id, location_id
    from sandbox.google.testing import GoogleApp
except ImportError:  # the addon alone, without its repository
    GoogleApp = None

AUTH = "https://www.googleapis.com/auth/"
READONLY, UPLOAD = AUTH + "youtube.readonly", AUTH + "youtube.upload"
MANAGE = AUTH + "business.manage"
NETWORKS = ("youtube", "google_business")
CHANNELS = "youtube/v3/channels"
ACCOUNTS = "mybusinessaccountmanagement/v1/accounts"
LOCATIONS = "mybusinessbusinessinformation/*/locations"
TROUBLE = (
    *provider_common.TROUBLE,
    ("error", {"type": "invalid_grant", "status": 500}),
    ("error", {"type": "temporarily_unavailable"}),
    ("error", {"type": "backendError", "code": 503}),
    ("error", {"type": "something_new"}),
    *(
        ("body", {"body": body})
        for body in (
            '{"error": []}', '{"error": 5}', '{"error": true}', '{"error": "text"}',
        )
    ),
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestDescription(BaseCase):
    def test_the_engine_is_known_by_its_code(self):
        self.assertIs(get_provider("google"), GoogleProvider)

    def test_capabilities(self):
        self.assertTrue(GoogleProvider.can_renew_silently(has_refresh_token=True))
        self.assertFalse(GoogleProvider.can_renew_silently(has_refresh_token=False))
        self.assertFalse(GoogleProvider.rotates_refresh_token)
        self.assertFalse(GoogleProvider.profiles_can_be_left_out)
        self.assertTrue(GoogleProvider.can_be_introspected)
        self.assertTrue(GoogleProvider.can_be_revoked)
        self.assertTrue(GoogleProvider.revokes_whole_grant)
        self.assertFalse(GoogleProvider.lists_people)

    def test_each_network_asks_for_what_it_needs_alone(self):
        youtube = GoogleProvider.scopes_for(["youtube"])
        business = GoogleProvider.scopes_for(["google_business"])
        both = GoogleProvider.scopes_for(NETWORKS)
        self.assertIn(READONLY, youtube)
        self.assertNotIn(MANAGE, youtube)
        self.assertEqual(business, ("openid", "email", MANAGE))
        self.assertEqual(set(both), {*youtube, *business})
        self.assertEqual(len(set(both)), len(both))

    def test_each_api_has_its_host_and_one_field_serves_all(self):
        app = AppData("google", "id", "secret", "", "", GoogleProvider.default_api_url)
        for api_url, expected in (
            (
                "https://www.googleapis.com",
                "https://mybusinessaccountmanagement.googleapis.com",
            ),
            ("https://proxy.example/g", "https://proxy.example/g/mybusinessaccountmanagement"),
            ("http://127.0.0.1:8070/google",
             "http://127.0.0.1:8070/google/mybusinessaccountmanagement"),
        ):  # fmt: skip
            with self.subTest(api_url=api_url):
                provider = GoogleProvider(replace(app, api_url=api_url), None, None)
                found = provider._service_url("mybusinessaccountmanagement")
                self.assertEqual(found, expected)

    def test_tokens_of_one_google_account_end_together(self):
        for subject in ("107", "107:UCabc", "107:UCdef"):
            self.assertEqual(GoogleProvider.whole_grant_of(subject), "107")


class GoogleCase(StandInCase):
    app_class = GoogleApp

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cafe, cls.own = channel_id("@cafeaurora"), channel_id("@anasouza")

    # === ACTORS === #

    def provider(self, networks=NETWORKS, later=0, **app):
        """Return our provider for the sandbox's ready-made client."""
        root = f"{self.base_url}/google"
        values = {
            "provider": "google",
            "client_id": GoogleApp.client_id,
            "client_secret": self.there.secret,
            "authorize_url": f"{root}/o/oauth2/v2/auth",
            "token_url": f"{root}/token",
            "api_url": root,
            "revoke_url": f"{root}/revoke",
            "introspect_url": f"{root}/tokeninfo",
            "scopes": GoogleProvider.scopes_for(networks),
            "networks": networks,
            "use_pkce": True,
        }
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        now += timedelta(seconds=later)
        return GoogleProvider(AppData(**values | app), self.transport, now)

    def grant(self, provider=None, person="ana", **consent):
        """Let a person consent and return what the provider makes of it."""
        provider = provider or self.provider()
        consent.setdefault("scopes", list(provider.app.scopes))
        code = self.there.code(person, **consent)
        return provider.grant(code=code, redirect_uri=REDIRECT_URI)

    def listing(self, provider=None, person="ana", **consent):
        provider = provider or self.provider()
        listed = provider.list_profiles(self.grant(provider, person, **consent))
        return {(one.network, one.external_id): one for one in listed}

    def reaches(self, grant, provider=None):
        listed = (provider or self.provider()).list_profiles(grant)
        return [
            Reach(number, one.network, one.external_id)
            for number, one in enumerate(listed, start=1)
            if one.usable
        ]


@needs_sandbox
@tagged("post_install", "-at_install")
class TestAuthorizationUrl(GoogleCase):
    def parameters(self, provider=None, **values):
        provider = provider or self.provider()
        values = {"redirect_uri": REDIRECT_URI, "state": "s"} | values
        address = urlsplit(provider.authorization_url(**values))
        pairs = parse_qsl(address.query, keep_blank_values=True)
        self.assertEqual(len(dict(pairs)), len(pairs), "a parameter comes twice")
        return dict(pairs)

    def test_what_is_asked_for(self):
        provider = self.provider(("youtube",), use_pkce=False)
        self.assertEqual(
            self.parameters(provider, state="a b&c=d#é/+%"),
            {
                "client_id": GoogleApp.client_id,
                "redirect_uri": REDIRECT_URI,
                "response_type": "code",
                "scope": f"openid email {READONLY} {UPLOAD} {AUTH}youtube.force-ssl",
                "state": "a b&c=d#é/+%",
                "access_type": "offline",
                "prompt": "consent",
            },
        )

    def test_a_refresh_token_is_asked_for_whatever_the_reason(self):
        for prompt in (None, *reasons.BY_CODE):
            with self.subTest(prompt=prompt):
                asked = self.parameters(prompt=prompt)
                self.assertEqual(asked["access_type"], "offline")
                self.assertEqual(asked["prompt"], "consent")

    def test_grants_of_the_two_networks_are_not_joined(self):
        self.assertNotIn("include_granted_scopes", self.parameters())

    def test_pkce_is_used_with_s256(self):
        self.assertTrue(GoogleProvider.default_use_pkce)
        verifier = GoogleProvider.make_verifier()
        asked = self.parameters(verifier=verifier)
        digest = hashlib.sha256(verifier.encode()).digest()
        self.assertEqual(
            asked["code_challenge"],
            base64.urlsafe_b64encode(digest).decode().rstrip("="),
        )
        self.assertEqual(asked["code_challenge_method"], "S256")


@needs_sandbox
@tagged("post_install", "-at_install")
class TestGrant(GoogleCase):
    def walk(self, provider, person="ana", verifier=None, **answers):
        """Walk the consent pages; return the code."""
        url = provider.authorization_url(
            redirect_uri=REDIRECT_URI, state="s", verifier=verifier
        )
        target = self.there.visitor.walk(url, person, **answers)
        return dict(parse_qsl(urlsplit(target).query))["code"]

    def exchange(self, provider=None, code=None, redirect_uri=REDIRECT_URI, **more):
        return (provider or self.provider()).exchange_code(
            code=code or self.there.code(), redirect_uri=redirect_uri, **more
        )

    def test_a_consent_walked_in_a_browser_becomes_a_grant(self):
        provider = self.provider()
        verifier = provider.make_verifier()
        code = self.walk(provider, verifier=verifier)
        grant = provider.grant(code=code, redirect_uri=REDIRECT_URI, verifier=verifier)
        people = {one["key"]: one for one in self.there.state("people")}
        subject, channel = grant.person.external_id.split(":")
        self.assertEqual(subject, people["ana"]["sub"])
        self.assertEqual(channel, self.own)
        self.assertEqual(grant.person.name, "ana@people.example")
        self.assertEqual(set(grant.token.scopes), set(provider.app.scopes))
        self.assertEqual(grant.token.issued_at, provider.now)
        self.assertTrue(grant.token.refresh_token)

    def test_lifetimes_come_from_the_answer_and_a_refresh_token_has_none(self):
        token = self.grant().token
        life = token.access_expires_at - token.issued_at
        self.assertLess(abs(life - timedelta(seconds=3599)), timedelta(seconds=5))
        self.assertIsNone(token.refresh_expires_at)
        self.assertFalse(token.never_expires)

    def test_access_for_a_limited_time_tells_when_a_person_must_return(self):
        self.control("settings", time_limited_seconds=30 * DAY)
        token = self.grant().token
        life = token.refresh_expires_at - token.issued_at
        self.assertEqual(life, timedelta(days=30))
        for value in NONSENSE:
            with self.subTest(value=str(value)[:20]):
                self.answer("token", refresh_token_expires_in=value)
                self.assertIsNone(self.exchange().refresh_expires_at)
                self.clear_faults()

    def test_a_first_grant_without_a_refresh_token_says_that_nothing_renews_it(self):
        self.control("settings", gives_refresh_token=False)
        grant = self.grant()
        self.assertIsNone(grant.token.refresh_token)
        renews = GoogleProvider.can_renew_silently(
            has_refresh_token=bool(grant.token.refresh_token)
        )
        clocks = Clocks(access=grant.token.access_expires_at, renews_silently=renews)
        # The hour counts, and neither the published 30 days nor "no expiry".
        ends_at = token_expires_at(
            clocks, grant.token.issued_at, [Validity(30, "days")]
        )
        self.assertEqual(ends_at, grant.token.access_expires_at)
        for profile in self.provider().list_profiles(grant):
            self.assertIn("offline_access", profile.missing_scopes)
        failure = self.assert_fails(
            GrantRefused, self.provider().refresh, self.stored(grant)
        )
        self.assertEqual(failure.detail, "no refresh_token")

    def test_a_grant_with_a_refresh_token_lacks_nothing(self):
        for profile in self.listing().values():
            self.assertEqual(profile.missing_scopes, ())

    def test_a_second_consent_brings_a_refresh_token_again(self):
        first, second = self.grant(), self.grant()
        self.assertTrue(second.token.refresh_token)
        self.assertNotEqual(first.token.refresh_token, second.token.refresh_token)
        for grant in (first, second):
            self.assertTrue(self.provider().refresh(self.stored(grant)).access_token)

    def test_a_second_channel_never_takes_the_place_of_the_first(self):
        for brand_subject in ("person", "brand"):
            with self.subTest(brand_subject=brand_subject):
                self.control("settings", brand_subject=brand_subject)
                own, cafe = self.grant(), self.grant(channel=self.cafe)
                self.assertNotEqual(own.person.external_id, cafe.person.external_id)
                again = self.grant(channel=self.cafe)
                self.assertEqual(again.person.external_id, cafe.person.external_id)

    def test_without_youtube_the_account_is_the_subject_and_no_unit_is_spent(self):
        provider = self.provider(("google_business",))
        self.calls()
        grant = self.grant(provider)
        self.assertTrue(grant.person.external_id.isdecimal())
        self.assertEqual(self.calls(CHANNELS), [])

    def test_pkce_guards_the_code(self):
        provider = self.provider()
        verifier = provider.make_verifier()
        code = self.walk(provider, verifier=verifier)
        for wrong in (None, "", provider.make_verifier()):
            with self.subTest(verifier=wrong):
                self.assert_fails(
                    GrantRefused, self.exchange, provider, code, verifier=wrong
                )
        self.assertTrue(self.exchange(provider, code, verifier=verifier).access_token)

    def test_an_app_that_is_not_accepted_is_the_app_s_fault(self):
        for app in (
            {"client_secret": "wrong"},
            {"client_secret": ""},
            {"client_secret": "wröng\n€"},
            {"client_id": "42"},
            {"auth_method": "client_secret_basic"},
        ):
            with self.subTest(app=app):
                provider = self.provider(**app)
                self.assert_fails(AppFault, self.exchange, provider)
        for state in ({"deleted": True}, {"deleted": False, "blocked": True}):
            with self.subTest(state=state):
                self.control("apps", **state)
                self.assert_fails(AppFault, self.exchange)

    def test_a_redirect_uri_that_is_not_registered_is_the_app_s_fault(self):
        failure = self.assert_fails(
            AppFault, self.exchange, redirect_uri=REDIRECT_URI + "/"
        )
        self.assertEqual(failure.detail, "redirect_uri_mismatch")

    def test_a_code_that_is_not_accepted_is_refused(self):
        used = self.there.code()
        self.exchange(code=used)
        self.assert_fails(GrantRefused, self.exchange, code=used)
        for code in ("nonsense", "a\0b", "é&client_secret=x", "x" * 5000):
            with self.subTest(code=code[:20]):
                self.assert_fails(GrantRefused, self.exchange, code=code)
        old = self.there.code()
        self.pass_time(601)
        self.assert_fails(GrantRefused, self.exchange, code=old)

    def test_a_token_made_for_another_app_is_not_accepted(self):
        self.answer("tokeninfo", aud="42-other.apps.googleusercontent.com")
        self.assert_fails(AppFault, self.grant)

    def test_a_grant_withdrawn_at_once_is_lost(self):
        self.fault("tokeninfo", "error", type="invalid_token")
        self.assert_fails(TokenLost, self.grant)

    def test_an_answer_of_tokeninfo_that_makes_no_sense_is_none(self):
        for member in ("aud", "sub", "scope"):
            for value in (None, "", [], {}, True, 1.5):
                with self.subTest(member=member, value=value):
                    self.answer("tokeninfo", **{member: value})
                    self.assert_fails(Unreachable, self.grant)
                    self.clear_faults()
            self.fault("tokeninfo", "json", remove=[member])
            self.assert_fails(Unreachable, self.grant)

    def test_trouble_during_a_grant_is_unreachable(self):
        for path in ("token", "tokeninfo", CHANNELS):
            for kind, values in TROUBLE:
                with (
                    self.subTest(path=path, kind=kind, **values),
                    self.spoilt(path, kind, **values),
                ):
                    self.assert_fails(Unreachable, self.grant)

    def test_a_lifetime_that_makes_no_sense_is_no_lifetime(self):
        for value in NONSENSE:
            with self.subTest(value=str(value)[:20]):
                self.answer("token", expires_in=value)
                self.assertIsNone(self.exchange().access_expires_at)
                self.clear_faults()
        for value in NOT_EVEN_JSON:
            with self.subTest(value=value):
                body = f'{{"access_token": "token", "expires_in": {value}}}'
                self.fault("token", "body", body=body)
                self.assertIsNone(self.exchange().access_expires_at)
        self.fault("token", "json", remove=["expires_in"])
        self.assertIsNone(self.exchange().access_expires_at)
        for value, seconds in (("3600", 3600), (3599.5, 3599)):
            with self.subTest(value=value):
                self.answer("token", expires_in=value)
                token = self.exchange()
                life = token.access_expires_at - token.issued_at
                self.assertEqual(life, timedelta(seconds=seconds))
                self.clear_faults()

    def test_an_answer_without_a_usable_token_is_nonsense(self):
        for value in (None, "", " ", 5, True, ["x"], {}, "a b", "a\nX: y", "é", "a\0"):
            with self.subTest(value=value):
                self.answer("token", access_token=value)
                self.assert_fails(Unreachable, self.exchange)
                self.clear_faults()

    def test_a_blank_refresh_token_is_none(self):
        for value in (None, "", 5, [], {}, False, "a\nb"):
            with self.subTest(value=value):
                self.answer("token", refresh_token=value)
                self.assertIsNone(self.exchange().refresh_token)
                self.clear_faults()

    def test_an_error_inside_an_answer_of_200_is_an_error(self):
        for error, kind in (
            ("invalid_grant", GrantRefused),
            ("invalid_client", AppFault),
            ("rate_limit_exceeded", RateLimited),
        ):
            with self.subTest(error=error):
                self.fault("token", "error", type=error, status=200)
                self.assert_fails(kind, self.exchange)

    def test_tokens_travel_in_headers_and_bodies(self):
        self.calls()
        grant = self.grant()
        provider = self.provider()
        provider.verify(self.stored(grant), self.reaches(grant))
        provider.revoke(self.stored(grant))
        calls = self.calls()
        self.assertGreater(len(calls), 8)
        for call in calls:
            with self.subTest(path=call["path"]):
                self.assertNotIn("access_token", call["parameters"])
                secret = {"code", "client_secret", "refresh_token", "token"}
                if secret & set(call["parameters"]):
                    self.assertEqual(call["method"], "POST")
                else:
                    self.assertTrue(call["bearer"])


@needs_sandbox
@tagged("post_install", "-at_install")
class TestListing(GoogleCase):
    def test_a_channel_becomes_a_profile(self):
        profile = self.listing(channel=self.cafe)["youtube", self.cafe]
        self.assertEqual(profile.name, "Café Aurora")
        self.assertEqual(profile.handle, "cafeaurora")
        self.assertTrue(profile.image_url.startswith(self.base_url))
        self.assertEqual(profile.can_renew, "yes")
        self.assertIsNone(profile.reason)
        self.assertIsNone(profile.page_token)

    def test_locations_of_all_accounts_become_profiles(self):
        found = self.listing(self.provider(("google_business",)))
        ids = {("google_business", location_id(number)) for number in range(1, 7)}
        self.assertEqual(set(found), ids)
        cafe = found["google_business", location_id(2)]
        self.assertEqual((cafe.name, cafe.native_tasks), ("Café Aurora", ("OWNER",)))

    def test_one_app_serves_both_networks_and_lists_only_its_own(self):
        for networks in (("youtube",), ("google_business",), NETWORKS):
            with self.subTest(networks=networks):
                found = self.listing(self.provider(networks))
                self.assertEqual({network for network, _id in found}, set(networks))

    def test_an_account_without_a_channel_has_none(self):
        provider = self.provider(("youtube",))
        for no_channel in ("empty", "signup"):
            with self.subTest(no_channel=no_channel):
                self.control("settings", no_channel=no_channel)
                grant = self.grant(provider, "diego")
                self.assertTrue(grant.person.external_id.isdecimal())
                self.assertEqual(provider.list_profiles(grant), ())

    def test_who_may_renew_a_location_depends_on_the_role(self):
        provider = self.provider(("google_business",))
        place = ("google_business", location_id(2))
        for role, expected in (
            ("PRIMARY_OWNER", "yes"),
            ("OWNER", "yes"),
            ("MANAGER", "yes"),
            ("SITE_MANAGER", "unknown"),
            ("SOMETHING_NEW", "unknown"),
        ):
            with self.subTest(role=role):
                self.control("roles", person="ana", account=account_id(2), role=role)
                profile = self.listing(provider)[place]
                self.assertEqual(profile.can_renew, expected)
                self.assertEqual(profile.native_tasks, (role,))

    def test_a_location_reached_twice_is_listed_once_by_the_fuller_role(self):
        rows = [{"name": f"locations/{location_id(2)}", "title": "Café"}]
        self.answer(LOCATIONS, locations=rows)
        for roles in (("SITE_MANAGER", "OWNER"), ("OWNER", "SITE_MANAGER")):
            with self.subTest(roles=roles):
                for number, role in enumerate(roles, start=2):
                    self.control(
                        "roles", person="bruno", account=account_id(number), role=role
                    )
                found = self.listing(self.provider(("google_business",)), "bruno")
                (profile,) = found.values()
                self.assertEqual(profile.can_renew, "yes")

    def test_long_listings_are_followed_to_their_end(self):
        self.control("settings", one_channel=False)
        self.control("channels", create=7, person="ana")
        self.control("accounts", create=25, person="ana")
        self.control("locations", create=120, account=account_id(2))
        whole = self.listing()
        counted = {
            network: len([one for one in whole if one[0] == network])
            for network in NETWORKS
        }
        self.assertEqual(counted, {"youtube": 10, "google_business": 126})
        with patch.object(google, "CHANNELS_LIMIT", 3), \
             patch.object(google, "ACCOUNTS_LIMIT", 7), \
             patch.object(google, "LOCATIONS_LIMIT", 50):  # fmt: skip
            self.calls()
            self.assertEqual(set(self.listing()), set(whole))
            # Twice: who it is, and what there is.
            self.assertEqual(len(self.calls(CHANNELS)), 8)

    def test_a_channel_that_is_listed_twice_is_one(self):
        row = {"id": self.cafe, "snippet": {"title": "Café Aurora"}}
        self.answer(CHANNELS, items=[row, row])
        provider = self.provider(("youtube",))
        grant = self.grant(provider)
        self.assertTrue(grant.person.external_id.endswith(f":{self.cafe}"))
        (profile,) = provider.list_profiles(grant)
        self.assertEqual(profile.external_id, self.cafe)

    def test_half_a_listing_is_no_listing(self):
        for path, name in (
            (CHANNELS, "items"),
            (ACCOUNTS, "accounts"),
            (LOCATIONS, "locations"),
        ):
            for members in (
                {name: None},
                {name: {}},
                {name: "none"},
                {name: 5},
                {"nextPageToken": 5},
                {"nextPageToken": {"a": 1}},
            ):
                with self.subTest(path=path, **members):
                    self.answer(path, **members)
                    self.assert_fails(Unreachable, self.listing)
                    self.clear_faults()

    def test_a_listing_that_counts_more_than_it_shows_is_no_listing(self):
        self.fault(CHANNELS, "json", times=0, remove=["items"])
        self.assert_fails(Unreachable, self.listing)
        self.clear_faults()
        self.fault(LOCATIONS, "json", times=0, remove=["locations"])
        self.assert_fails(Unreachable, self.listing)

    def test_a_list_that_is_absent_is_empty(self):
        self.fault(ACCOUNTS, "body", body="{}")
        self.assertEqual(self.listing(self.provider(("google_business",))), {})

    def test_a_listing_that_never_ends_is_no_listing(self):
        for path, networks in (
            (CHANNELS, ("youtube",)),
            (ACCOUNTS, ("google_business",)),
        ):
            with self.subTest(path=path), patch.object(google, "LISTING_PAGES", 3):
                page = base64.urlsafe_b64encode(b"page:0").decode()
                self.answer(path, nextPageToken=page)
                self.assert_fails(Unreachable, self.listing, self.provider(networks))
                self.clear_faults()

    def test_trouble_on_a_later_page_is_trouble_of_the_listing(self):
        provider = self.provider(("google_business",))
        for kind, values, failure in (
            ("status", {"status": 500}, Unreachable),
            ("truncated", {}, Unreachable),
            ("error", {"code": 403, "type": "rateLimitExceeded"}, RateLimited),
            ("error", {"code": 403, "type": "forbidden"}, RequestRefused),
            ("error", {"code": 401, "type": "authError"}, TokenLost),
        ):
            with self.subTest(kind=kind, **values):
                self.fault(LOCATIONS, kind, skip=1, **values)
                self.assert_fails(failure, self.listing, provider)
                self.clear_faults()

    def test_a_scope_left_out_is_named(self):
        found = self.listing(scopes=["openid", "email", READONLY, MANAGE])
        channel = found["youtube", self.own]
        self.assertEqual(
            set(channel.missing_scopes), {UPLOAD, AUTH + "youtube.force-ssl"}
        )
        self.assertIsNone(channel.reason)
        place = found["google_business", location_id(2)]
        self.assertEqual(place.missing_scopes, ())

    def test_a_network_left_out_is_told_and_not_offered(self):
        for given, left_out in ((READONLY, "google_business"), (MANAGE, "youtube")):
            with self.subTest(left_out=left_out):
                found = self.listing(scopes=["openid", "email", given])
                told = [one for one in found.values() if one.network == left_out]
                (profile,) = told
                self.assertFalse(profile.usable)
                self.assertEqual(profile.reason, "missing_scope")
                self.assertEqual(profile.name, "ana@people.example")
                self.assertTrue(profile.external_id)
                self.assertTrue(profile.missing_scopes)
                self.assertTrue(any(one.usable for one in found.values()))

    def test_a_wider_scope_reads_channels_as_well(self):
        wide = AUTH + "youtube"
        provider = self.provider(("youtube",), scopes=("openid", "email", wide))
        self.assertTrue(self.listing(provider)["youtube", self.own].usable)

    def test_scopes_reported_by_their_long_names_are_not_missing(self):
        self.assertIn("email", self.grant().token.scopes)
        tokens = self.there.tokens()
        self.assertIn(AUTH + "userinfo.email", tokens["scope"].split())

    def test_a_suspended_account_is_held_at_a_check(self):
        failure = self.assert_fails(
            TokenLost, self.grant, self.provider(("youtube",)), "felipe"
        )
        self.assertEqual(failure.reason, "checkpoint")

    def test_a_spent_quota_is_a_rate_limit_and_no_lost_permission(self):
        grant = self.grant()
        self.control("quota", used=10_000)
        failure = self.assert_fails(RateLimited, self.provider().list_profiles, grant)
        self.assertEqual(failure.detail, "quotaExceeded")

    def test_an_api_that_is_off_is_the_app_s_fault(self):
        grant = self.grant()
        for api in ("youtube", ACCOUNTS.split("/")[0], LOCATIONS.split("/")[0]):
            with self.subTest(api=api):
                apis = {"youtube", ACCOUNTS.split("/")[0], LOCATIONS.split("/")[0]}
                self.control("apps", apis=sorted(apis - {api}))
                self.assert_fails(AppFault, self.provider().list_profiles, grant)

    def test_a_project_that_is_not_approved_is_the_app_s_fault(self):
        grant = self.grant()
        self.control("apps", approved=False)
        failure = self.assert_fails(AppFault, self.provider().list_profiles, grant)
        self.assertEqual(failure.detail, "quota of 0")

    def test_status_429_is_a_rate_limit_and_may_say_until_when(self):
        grant = self.grant()
        for told, expected in (("30", 30), ("soon", None), ("-5", None), (None, None)):
            headers = {"Retry-After": told} if told else {}
            for path in (CHANNELS, ACCOUNTS):
                with self.subTest(told=told, path=path):
                    self.fault(path, "status", status=429, headers=headers)
                    failure = self.assert_fails(
                        RateLimited, self.provider().list_profiles, grant
                    )
                    self.assertEqual(failure.retry_after, expected)

    def test_what_has_no_stable_id_is_left_out(self):
        for value in (None, "", True, {}, 1.5, "a b", "x" * 200):
            with self.subTest(value=value):
                self.answer(CHANNELS, **{"items.0.id": value})
                self.answer(LOCATIONS, **{"locations.0.name": value})
                found = self.listing()
                self.assertFalse([one for one in found if one[0] == "youtube"])
                self.assertEqual(len(found), 3)
                self.clear_faults()

    def test_names_are_cleaned_and_odd_members_survived(self):
        for value in (None, 5, True, [], {}, ["x"], "x" * 9999):
            with self.subTest(value=str(value)[:20]):
                members = {"title": value, "customUrl": value, "thumbnails": value}
                self.answer(CHANNELS, **{"items.0.snippet": members})
                channel = self.listing()["youtube", self.own]
                self.assertLessEqual(len(channel.name), 200)
                self.assertEqual(channel.image_url, "")
                self.clear_faults()
        self.answer(CHANNELS, **{"items.0.snippet.title": "\u202eCafé\0\nAurora\u200b"})
        self.assertEqual(self.listing()["youtube", self.own].name, "Café Aurora")


@needs_sandbox
@tagged("post_install", "-at_install")
class TestRefresh(GoogleCase):
    def setUp(self):
        super().setUp()
        self.given = self.grant()

    def refresh(self, **stored):
        return self.provider().refresh(self.stored(self.given, **stored))

    def test_a_refresh_leaves_the_refresh_token_as_it_is(self):
        token = self.refresh()
        self.assertIsNone(token.refresh_token)
        self.assertNotEqual(token.access_token, self.given.token.access_token)
        life = token.access_expires_at - token.issued_at
        self.assertEqual(life, timedelta(seconds=3599))
        self.assertTrue(self.refresh().access_token)

    def test_a_blank_refresh_token_in_the_answer_is_none(self):
        for value in (None, "", 5, [], {}, False):
            with self.subTest(value=value):
                self.answer("token", refresh_token=value)
                self.assertIsNone(self.refresh().refresh_token)
                self.clear_faults()

    def test_what_ends_a_refresh_token_is_a_definite_no(self):
        def testing():
            self.control("apps", live=False)
            self.given = self.grant()
            self.control("apps", live=True)
            self.pass_time(7 * DAY)

        def limit():
            self.control("settings", max_refresh_tokens=2)
            for _number in range(2):
                self.grant()

        def mail():
            scopes = ["openid", "email", READONLY, AUTH + "gmail.readonly"]
            self.given = self.grant(scopes=scopes)
            self.control("password", person="ana")

        for name, ends in (
            ("revoked", lambda: self.control("revoke", person="ana")),
            ("testing, seven days", testing),
            ("unused for six months", lambda: self.pass_time(183 * DAY)),
            ("password, with scopes of mail", mail),
            ("too many tokens", limit),
            (
                "account gone",
                lambda: self.control("policy", person="ana", disabled=True),
            ),
        ):
            with self.subTest(name):
                self.start_over()
                self.given = self.grant()
                ends()
                failure = self.assert_fails(GrantRefused, self.refresh)
                self.assertEqual(failure.detail, "invalid_grant")
                self.assertEqual(failure.reason, "expired")

    def test_a_password_changed_ends_neither_youtube_nor_business(self):
        self.control("password", person="ana")
        self.assertTrue(self.refresh().access_token)

    def test_a_token_that_lay_unused_for_half_a_year_is_said_to(self):
        self.pass_time(183 * DAY)
        provider = self.provider(later=183 * DAY)
        failure = self.assert_fails(
            GrantRefused, provider.refresh, self.stored(self.given)
        )
        self.assertEqual(failure.reason, "inactive")
        failure = self.assert_fails(
            GrantRefused, provider.refresh, self.stored(self.given, issued_at=None)
        )
        self.assertEqual(failure.reason, "expired")

    def test_an_employer_s_rules_say_who_can_help(self):
        self.control("policy", person="ana", session_over=True)
        failure = self.assert_fails(GrantRefused, self.refresh)
        self.assertEqual(failure.reason, "checkpoint")
        self.control("policy", person="ana", session_over=False, blocked=True)
        failure = self.assert_fails(GrantRefused, self.refresh)
        self.assertEqual(failure.reason, "lost_role")
        self.assertEqual(reasons.BY_CODE[failure.reason].healer, "network_admin")

    def test_trouble_of_the_app_is_no_loss_of_the_token(self):
        stored = self.stored(self.given)
        for app in ({"client_secret": "rotated"}, {"client_id": "42"}):
            with self.subTest(app=app):
                self.assert_fails(AppFault, self.provider(**app).refresh, stored)
        self.control("apps", client_id="2", client_secret="s")
        other = self.provider(client_id="2", client_secret="s")
        failure = self.assert_fails(AppFault, other.refresh, stored)
        self.assertEqual(failure.detail, "unauthorized_client")
        self.control("apps", deleted=True)
        failure = self.assert_fails(AppFault, self.refresh)
        self.assertEqual(failure.detail, "deleted_client")
        self.control("apps", deleted=False)
        self.assertTrue(self.refresh().access_token)

    def test_trouble_at_the_network_is_never_a_loss(self):
        for kind, values in (
            *TROUBLE,
            ("close", {"after": True}),
            ("body", {"body": "{}"}),
        ):
            with (
                self.subTest(kind=kind, **values),
                self.spoilt("token", kind, **values),
            ):
                self.assert_fails(Unreachable, self.refresh)
        self.assertTrue(self.refresh().access_token)

    def test_too_many_calls_are_a_rate_limit(self):
        self.fault("token", "status", status=429, headers={"Retry-After": "7"})
        self.assertEqual(self.assert_fails(RateLimited, self.refresh).retry_after, 7)
        self.fault("token", "error", type="rate_limit_exceeded", status=403)
        self.assert_fails(RateLimited, self.refresh)


@needs_sandbox
@tagged("post_install", "-at_install")
class TestVerify(GoogleCase):
    def setUp(self):
        super().setUp()
        self.given = self.grant()
        self.reached = self.reaches(self.given)

    def verify(self, reached=None, later=0, **stored):
        """Return the token's reason, and ``{network: set of reasons}``."""
        reached = self.reached if reached is None else reached
        found = self.provider(later=later).verify(
            self.stored(self.given, **stored), reached
        )
        kinds = {}
        for reach in reached:
            if reach.key in found.reasons:
                kinds.setdefault(reach.network, set()).add(found.reasons[reach.key])
        self.verdict = found
        return found.token.reason, kinds

    fine = {"youtube": {None}, "google_business": {None}}

    def test_a_living_token_is_confirmed_with_all_its_profiles(self):
        self.calls()
        self.assertEqual(self.verify(), (None, self.fine))
        self.assertEqual(len(self.verdict.reasons), 7)
        self.assertEqual(set(self.verdict.token.scopes), set(self.given.token.scopes))
        # Nothing is renewed while the access token lives.
        self.assertEqual(self.calls("/token"), [])

    def test_a_lapsed_access_token_is_no_loss(self):
        self.pass_time(3700)
        for later in (3700, 0):
            with self.subTest("known to be over" if later else "found to be over"):
                self.assertEqual(self.verify(later=later), (None, self.fine))
                # The clock of the token that was made for the question stays out.
                self.assertIsNone(self.verdict.token.access_expires_at)

    def test_a_lapsed_access_token_that_nothing_renews_is_expired(self):
        self.pass_time(3700)
        self.assertEqual(self.verify(refresh_token=None, later=3700), ("expired", {}))

    def test_a_withdrawn_grant_is_found(self):
        self.control("revoke", person="ana")
        self.assertEqual(self.verify(), ("expired", {}))
        self.assertEqual(self.verdict.token.detail, "invalid_grant")

    def test_an_employer_s_rule_is_found_when_the_access_token_is_over(self):
        self.control("policy", person="ana", blocked=True)
        self.pass_time(3700)
        self.assertEqual(self.verify(later=3700), ("lost_role", {}))

    def test_a_role_lost_ends_the_locations_of_that_account_alone(self):
        self.control("roles", person="ana", account=account_id(2))
        reason, kinds = self.verify()
        self.assertIsNone(reason)
        self.assertEqual(
            kinds, {"youtube": {None}, "google_business": {None, "lost_role"}}
        )
        lost = {key for key, reason in self.verdict.reasons.items() if reason}
        places = {one.external_id for one in self.reached if one.key in lost}
        self.assertEqual(places, {location_id(number) for number in (2, 3, 4)})

    def test_a_manager_taken_from_a_brand_has_lost_the_role(self):
        self.given = self.grant(channel=self.cafe)
        self.reached = self.reaches(self.given)
        self.control("channels", channel=self.cafe, managers=["bruno"])
        expected = {"youtube": {"lost_role"}, "google_business": {None}}
        self.assertEqual(self.verify(), (None, expected))

    def test_another_channel_is_not_taken_for_the_one_that_was_lost(self):
        other = [Reach(9, "youtube", self.cafe)]
        self.assertEqual(self.verify(other), (None, {"youtube": {"lost_role"}}))

    def test_a_suspended_channel_is_held_at_a_check(self):
        self.control("channels", channel=self.own, state="suspended")
        expected = {"youtube": {"checkpoint"}, "google_business": {None}}
        self.assertEqual(self.verify(), (None, expected))

    def test_a_withdrawn_scope_ends_what_needs_it(self):
        for scopes, network in (
            ([READONLY, AUTH + "youtube.force-ssl"], "youtube"),
            ([MANAGE], "google_business"),
        ):
            with self.subTest(network=network):
                self.start_over()
                self.given = self.grant()
                self.control("untick", person="ana", scopes=scopes)
                expected = self.fine | {network: {"missing_scope"}}
                self.assertEqual(self.verify(), (None, expected))

    def test_trouble_of_the_app_is_no_loss(self):
        self.control("apps", approved=False)
        self.assert_fails(AppFault, self.verify)
        self.control("apps", approved=True, apis=[])
        self.assert_fails(AppFault, self.verify)

    def test_a_token_of_another_app_is_the_app_s_fault(self):
        other = self.provider(client_id="4711")
        self.assert_fails(AppFault, other.verify, self.stored(self.given), [])

    def test_a_spent_quota_is_no_loss(self):
        self.control("quota", used=10_000)
        self.assert_fails(RateLimited, self.verify)

    def test_what_is_forbidden_without_a_reason_is_no_loss(self):
        for path in (CHANNELS, ACCOUNTS, LOCATIONS):
            with self.subTest(path=path):
                self.fault(path, "error", code=403, type="forbidden")
                self.assert_fails(RequestRefused, self.verify)

    def test_an_api_that_contradicts_tokeninfo_is_no_loss(self):
        for path in (CHANNELS, ACCOUNTS):
            with self.subTest(path=path):
                self.fault(path, "error", code=401, type="authError")
                self.assert_fails(Unreachable, self.verify)

    def test_a_new_token_that_is_not_accepted_is_no_loss(self):
        self.fault("tokeninfo", "error", type="invalid_token", times=0)
        self.assert_fails(Unreachable, self.verify)

    def test_trouble_at_the_network_is_never_a_loss(self):
        for path in ("tokeninfo", CHANNELS, ACCOUNTS, LOCATIONS):
            for kind, values in TROUBLE:
                with (
                    self.subTest(path=path, kind=kind, **values),
                    self.spoilt(path, kind, **values),
                ):
                    self.assert_fails(Unreachable, self.verify)
        self.pass_time(3700)
        for kind, values in TROUBLE:
            with (
                self.subTest(path="token", kind=kind, **values),
                self.spoilt("token", kind, **values),
            ):
                self.assert_fails(Unreachable, self.verify, later=3700)
        self.assertEqual(self.verify(later=3700), (None, self.fine))

    def test_a_listing_can_be_read_anew_from_what_is_stored(self):
        for later in (0, 3700):
            with self.subTest(later=later):
                self.pass_time(later)
                provider = self.provider(later=later)
                recalled = provider.recall(self.stored(self.given))
                self.assertEqual(
                    recalled.person.external_id, self.given.person.external_id
                )
                listed = provider.list_profiles(recalled)
                self.assertEqual(len(listed), 7)
                self.assertEqual({one.missing_scopes for one in listed}, {()})
        self.control("revoke", person="ana")
        self.assert_fails(TokenLost, self.provider().recall, self.stored(self.given))


@needs_sandbox
@tagged("post_install", "-at_install")
class TestRevoke(GoogleCase):
    def test_revoking_ends_the_whole_grant_of_the_project(self):
        self.control("apps", project="shop")
        other = {"client_id": "2", "client_secret": "s"}
        self.control("apps", **other, project="shop", redirect_uris=[REDIRECT_URI])
        youtube = self.grant(self.provider(("youtube",)))
        business = self.provider(("google_business",), **other)
        sibling = self.grant(business, client_id="2")
        self.assertEqual(
            GoogleProvider.whole_grant_of(youtube.person.external_id),
            GoogleProvider.whole_grant_of(sibling.person.external_id),
        )
        self.provider().revoke(self.stored(youtube))
        for provider, grant in ((self.provider(), youtube), (business, sibling)):
            self.assert_fails(GrantRefused, provider.refresh, self.stored(grant))

    def test_a_grant_can_be_revoked_after_its_access_token_ran_out(self):
        grant = self.grant()
        self.pass_time(3700)
        self.provider().revoke(self.stored(grant))
        self.assert_fails(GrantRefused, self.provider().refresh, self.stored(grant))

    def test_an_access_token_is_revoked_where_there_is_no_other(self):
        grant = self.grant()
        self.provider().revoke(self.stored(grant, refresh_token=None))
        self.assert_fails(GrantRefused, self.provider().refresh, self.stored(grant))

    def test_what_is_gone_already_is_fine(self):
        stored = self.stored(self.grant())
        self.provider().revoke(stored)
        self.provider().revoke(stored)
        self.provider().revoke(replace(stored, access_token="", refresh_token=None))

    def test_what_the_network_did_not_confirm_is_not_revoked(self):
        stored = self.stored(self.grant())
        for kind, values in (
            ("status", {"status": 500}),
            ("status", {"status": 404}),
            ("error", {"type": "something_new"}),
            ("close", {}),
            ("cut", {"after": True}),
            ("redirect", {"location": "http://127.0.0.1:9/"}),
        ):
            with self.subTest(kind=kind, **values):
                self.fault("revoke", kind, **values)
                self.assert_fails(Unreachable, self.provider().revoke, stored)
                self.clear_faults()


@needs_sandbox
@tagged("post_install", "-at_install")
class TestSilence(GoogleCase):
    def test_no_result_shows_a_secret(self):
        provider, grant = self.provider(), self.grant()
        stored, reaches = self.stored(grant), self.reaches(grant)
        verdict = provider.verify(stored, reaches)
        listed = provider.list_profiles(grant)
        shown = f"{grant!r} {listed!r} {verdict!r} {provider.app!r} {stored!r}"
        self.assertIn("ana@people.example", shown)
        secrets = (
            grant.token.access_token,
            grant.token.refresh_token,
            self.there.secret,
        )
        for secret in secrets:
            self.assertNotIn(secret, shown)

    def test_neither_failures_nor_the_debug_log_hold_a_secret(self):
        grant = self.grant()
        stored, reaches = self.stored(grant), self.reaches(grant)
        code = "C0DE-not-for-logs"
        secrets = {
            grant.token.access_token,
            grant.token.refresh_token,
            self.there.secret,
            code,
        }
        provider = self.provider()
        calls = {
            "token": lambda: provider.exchange_code(
                code=code, redirect_uri=REDIRECT_URI
            ),
            "tokeninfo": lambda: provider.verify(stored, reaches),
            "revoke": lambda: provider.revoke(stored),
            CHANNELS: lambda: provider.list_profiles(grant),
            ACCOUNTS: lambda: provider.list_profiles(grant),
        }
        faults = (
            ("close", {}),
            ("cut", {}),
            ("endless", {}),
            ("status", {"status": 500}),
            ("error", {"type": self.there.secret}),
            ("error", {"type": self.there.secret, "code": 400}),
            ("redirect", {"location": f"http://127.0.0.1:9/?x={self.there.secret}"}),
            ("body", {"body": self.there.secret}),
        )
        for path, call in calls.items():
            for kind, values in faults:
                with (
                    self.subTest(path=path, kind=kind),
                    self.spoilt(path, kind, **values),
                ):
                    self.assert_silent(call, secrets)
