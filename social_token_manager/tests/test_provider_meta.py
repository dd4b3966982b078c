import base64
import hashlib
import time
import traceback
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

from odoo.tests import tagged

from ..policy import reasons
from ..providers import meta, transport
from ..providers.errors import (
    AppFault,
    GrantRefused,
    ProviderError,
    RateLimited,
    TokenLost,
    Unreachable,
)
from ..providers.meta import MetaProvider
from ..providers.results import AppData, Introspection, Reach, StoredToken
from ..providers.transport import Transport
from ..providers.values import utc
from .provider_common import (
    LOOPBACK,
    MetaApp,
    OutsideCase,
    kinds_of,
    needs_sandbox,
    running_sandbox,
)

REDIRECT_URI = "http://127.0.0.1:9/social/callback/key"
NETWORKS = ("facebook", "messenger", "instagram")
CAFE, BAKERY, CLINIC, BOOKSHOP, GARAGE, HOTEL, STUDIO = (
    str(100000000000100 + number) for number in range(1, 8)
)
CAFE_INSTAGRAM, BAKERY_INSTAGRAM = "17841400000000101", "17841400000000102"
SIGNATURE = "Invalid OAuth access token signature."
NONSENSE = (None, "soon", "", -1, 1e-9, 10**300, True, [], {}, "nan", "9" * 5000)
NOT_EVEN_JSON = ("NaN", "Infinity", "-Infinity", "1e999", "-1e999")


class MetaCase(OutsideCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        running = running_sandbox()
        cls.base_url = running.__enter__().base_url
        cls.addClassCleanup(running.__exit__, None, None, None)

    def setUp(self):
        super().setUp()
        self.meta = MetaApp(self.base_url)
        self.control = self.meta.control
        self.transport = Transport({LOOPBACK})

    # === ACTORS === #

    def provider(self, networks=NETWORKS, version="v26.0", **app):
        """Return our provider for the sandbox's ready-made app."""
        base_url = f"{self.base_url}/meta/{version}"
        values = {
            "provider": "meta",
            "client_id": MetaApp.client_id,
            "client_secret": MetaApp.secret,
            "authorize_url": f"{base_url}/dialog/oauth",
            "token_url": f"{base_url}/oauth/access_token",
            "api_url": base_url,
            "scopes": MetaProvider.scopes_for(networks),
            "networks": networks,
        }
        now = utc(int(time.time()))
        return MetaProvider(AppData(**values | app), self.transport, now)

    def grant(self, provider=None, person="ana", **consent):
        """Let a person consent and return what the provider makes of it."""
        provider = provider or self.provider()
        consent.setdefault("scopes", list(provider.app.scopes))
        code = self.meta.code(person, **consent)
        return provider.grant(code=code, redirect_uri=REDIRECT_URI)

    def listing(self, provider=None, person="ana", **consent):
        """Return ``{(network, external id): ProfileData}``."""
        provider = provider or self.provider()
        listed = provider.list_profiles(self.grant(provider, person, **consent))
        return {(one.network, one.external_id): one for one in listed}

    def reaches(self, grant, provider=None):
        """Return a :class:`Reach` for each profile that works, by (network, id)."""
        listed = (provider or self.provider()).list_profiles(grant)
        usable = [one for one in listed if not one.reason]
        return {
            (one.network, one.external_id): Reach(
                number, one.network, one.external_id, one.page_token
            )
            for number, one in enumerate(usable, start=1)
        }

    def verdict(self, grant, reaches, provider=None):
        """Return the token's reason, and those of the profiles by (network, id)."""
        provider = provider or self.provider()
        stored = StoredToken(grant.token.access_token)
        found = provider.verify(stored, list(reaches.values()))
        by_key = {reach.key: place for place, reach in reaches.items()}
        return found.token.reason, {
            by_key[key]: reason for key, reason in found.reasons.items()
        }

    # === THE SANDBOX === #

    def fault(self, path, kind, **values):
        self.control("faults", path=f"/meta/*/{path}", kind=kind, **values)

    def answer(self, path, **members):
        """Let the real answer have these members instead of its own."""
        self.fault(path, "json", times=0, set=members)

    def clear_faults(self):
        self.control("faults/clear")

    def calls(self, path=""):
        """Return the logged calls whose path ends so, and forget all."""
        found = self.meta.state("requests")
        self.control("requests/clear")
        return [call for call in found if call["path"].endswith(path)]

    def assert_fails(self, kind, call, *args, **kwargs):
        with self.assertRaises(ProviderError) as caught:
            call(*args, **kwargs)
        self.assertIn(type(caught.exception), kinds_of(kind))
        return caught.exception


@needs_sandbox
@tagged("post_install", "-at_install")
class TestAuthorizationUrl(MetaCase):
    def parameters(self, provider=None, **values):
        provider = provider or self.provider()
        values = {"redirect_uri": REDIRECT_URI, "state": "s"} | values
        address = urlsplit(provider.authorization_url(**values))
        self.assertEqual(
            f"{address.scheme}://{address.netloc}{address.path}",
            provider.app.authorize_url,
        )
        pairs = parse_qsl(address.query, keep_blank_values=True)
        self.assertEqual(len(dict(pairs)), len(pairs), "a parameter comes twice")
        return dict(pairs)

    def test_what_is_asked_for(self):
        asked = self.parameters(state="a b&c=d#é/+%")
        self.assertEqual(
            asked,
            {
                "client_id": MetaApp.client_id,
                "redirect_uri": REDIRECT_URI,
                "response_type": "code",
                "scope": "pages_show_list,pages_messaging,instagram_basic,"
                "pages_read_engagement,pages_manage_metadata,business_management,"
                "instagram_manage_messages",
                "state": "a b&c=d#é/+%",
                "auth_type": "rerequest",
            },
        )

    def test_the_picker_of_pages_is_opened_again_whatever_the_reason(self):
        for prompt in (None, *reasons.BY_CODE):
            with self.subTest(prompt=prompt):
                kinds = self.parameters(prompt=prompt)["auth_type"].split(",")
                self.assertIn("rerequest", kinds)
                self.assertEqual("reauthorize" in kinds, prompt == reasons.DATA_ACCESS)
                self.assertNotIn("reauthenticate", kinds)

    def test_pkce_is_used_when_the_app_uses_it_and_then_with_s256(self):
        provider = self.provider(use_pkce=True)
        verifier = provider.make_verifier()
        asked = self.parameters(provider, verifier=verifier)
        digest = hashlib.sha256(verifier.encode()).digest()
        self.assertEqual(
            asked["code_challenge"],
            base64.urlsafe_b64encode(digest).decode().rstrip("="),
        )
        self.assertEqual(asked["code_challenge_method"], "S256")
        self.assertNotIn(verifier, str(asked))

    def test_no_challenge_when_the_app_does_not_use_pkce(self):
        asked = self.parameters(verifier=MetaProvider.make_verifier())
        self.assertFalse([name for name in asked if name.startswith("code_")])

    def test_a_verifier_is_long_random_and_of_the_allowed_characters(self):
        verifiers = {MetaProvider.make_verifier() for _time in range(200)}
        self.assertEqual(len(verifiers), 200)
        for verifier in verifiers:
            self.assertRegex(verifier, r"^[A-Za-z0-9._~-]{43,128}$")

    def test_the_address_holds_no_secret(self):
        self.assertNotIn(MetaApp.secret, str(self.parameters()))

    def test_each_network_asks_for_what_it_needs(self):
        for networks, scope in (
            (("facebook",), "pages_show_list"),
            (("messenger",), "pages_messaging"),
            (("instagram",), "instagram_basic"),
        ):
            with self.subTest(networks=networks):
                asked = MetaProvider.scopes_for(networks)
                self.assertIn(scope, asked)
                self.assertEqual(len(set(asked)), len(asked))
        self.assertNotIn("pages_messaging", MetaProvider.scopes_for(["facebook"]))
        self.assertEqual(MetaProvider.scopes_for(["x"]), ())


@needs_sandbox
@tagged("post_install", "-at_install")
class TestGrant(MetaCase):
    def walk(self, provider, verifier=None):
        """Walk the consent pages; return the code."""
        url = provider.authorization_url(
            redirect_uri=REDIRECT_URI, state="s", verifier=verifier
        )
        target = self.meta.visitor.walk(url)
        return dict(parse_qsl(urlsplit(target).query))["code"]

    def exchange(self, provider=None, code=None, redirect_uri=REDIRECT_URI, **more):
        code = code or self.meta.code()
        return (provider or self.provider()).exchange_code(
            code=code, redirect_uri=redirect_uri, **more
        )

    def test_a_consent_walked_in_a_browser_becomes_a_grant(self):
        provider = self.provider()
        code = self.walk(provider)
        grant = provider.grant(code=code, redirect_uri=REDIRECT_URI)
        people = {one["key"]: one for one in self.meta.state("meta/people")}
        ana = people["ana"]["ids"][MetaApp.client_id]
        self.assertEqual(
            (grant.person.external_id, grant.person.name), (ana, "Ana Souza")
        )
        self.assertEqual(grant.seen.subject, ana)
        self.assertTrue(grant.seen.active)
        self.assertEqual(
            set(grant.token.scopes) - {"public_profile"}, set(provider.app.scopes)
        )
        self.assertEqual(grant.token.issued_at, provider.now)
        self.assertFalse(grant.token.never_expires)
        self.assertIsNone(grant.token.refresh_token)
        for clock, days in (("access_expires_at", 60), ("data_access_expires_at", 90)):
            at = getattr(grant.token, clock)
            self.assertLess(abs(at - provider.now - timedelta(days=days)), timedelta(1))

    def test_a_short_token_is_exchanged_for_a_long_one_before_anything_else(self):
        self.calls()
        grant = self.grant()
        code, long = self.calls("/oauth/access_token")
        self.assertIn("code", code["parameters"])
        self.assertIn("redirect_uri", code["parameters"])
        self.assertIn("fb_exchange_token", long["parameters"])
        for call in (code, long):
            self.assertEqual(call["method"], "POST")
            self.assertIn("client_secret", call["parameters"])
        self.assertGreater(grant.token.access_expires_at - grant.token.issued_at,
                           timedelta(days=30))  # fmt: skip

    def test_page_tokens_come_from_the_long_token_and_do_not_end(self):
        provider = self.provider()
        profile = self.listing(provider)["facebook", CAFE]
        seen = provider.introspect(profile.page_token)
        self.assertTrue(seen.never_expires)
        self.assertIsNone(seen.access_expires_at)

    def test_a_verifier_is_sent_when_the_app_uses_pkce(self):
        provider = self.provider(use_pkce=True)
        verifier = provider.make_verifier()
        code = self.walk(provider, verifier)
        for wrong in (None, "", provider.make_verifier()):
            with self.subTest(verifier=wrong):
                self.assert_fails(
                    GrantRefused, self.exchange, provider, code, verifier=wrong
                )
        self.calls()
        self.assertTrue(self.exchange(provider, code, verifier=verifier).access_token)
        (call,) = self.calls("/oauth/access_token")
        self.assertIn("code_verifier", call["parameters"])

    def test_no_verifier_is_sent_when_the_app_does_not_use_pkce(self):
        code = self.meta.code()
        self.calls()
        self.exchange(code=code, verifier="v" * 64)
        (call,) = self.calls("/oauth/access_token")
        self.assertNotIn("code_verifier", call["parameters"])

    def test_an_app_that_is_not_accepted_is_the_app_s_fault(self):
        for app in (
            {"client_secret": "wrong"},
            {"client_secret": ""},
            {"client_secret": "wröng\n€"},
            {"client_id": "42"},
            {"client_id": ""},
        ):
            with self.subTest(app=app):
                provider = self.provider(**app)
                self.assert_fails(AppFault, self.exchange, provider)
        unknown = self.provider(version="v99.0")
        self.assert_fails(AppFault, self.exchange, unknown)
        self.control("meta/apps", blocked=True)
        self.assert_fails(AppFault, self.exchange)

    def test_an_address_that_cannot_be_called_is_the_app_s_fault(self):
        for url in (
            "",
            "nowhere",
            "https://[::1/",
            "https://net work.org/x",
            "ftp://x/",
        ):
            with self.subTest(url=url):
                provider = self.provider(token_url=url, api_url=url)
                for call in (
                    lambda it: it.exchange_code(code="C0DE", redirect_uri=REDIRECT_URI),
                    lambda it: it.introspect("T0KEN"),
                ):
                    with self.assertRaises(AppFault) as caught:
                        call(provider)
                    said = "".join(traceback.format_exception(caught.exception))
                    self.assertNotRegex(said, f"C0DE|T0KEN: |{MetaApp.secret}")

    def test_a_code_that_is_not_accepted_is_refused(self):
        used = self.meta.code()
        self.exchange(code=used)
        self.assert_fails(GrantRefused, self.exchange, code=used)
        for code in ("nonsense", "a\0b", "é&client_secret=x", "x" * 5000):
            with self.subTest(code=code[:20]):
                self.assert_fails(GrantRefused, self.exchange, code=code)
        for uri in (REDIRECT_URI + "/", REDIRECT_URI.upper(), "https://x.example/"):
            with self.subTest(redirect_uri=uri):
                self.assert_fails(GrantRefused, self.exchange, redirect_uri=uri)
        old = self.meta.code()
        self.control("clock", advance=601)
        self.assert_fails(GrantRefused, self.exchange, code=old)

    def test_a_grant_withdrawn_at_once_is_refused(self):
        code = self.meta.code()
        self.control("meta/revoke", person="ana")
        self.assert_fails(GrantRefused, self.exchange, code=code)

    def test_a_person_held_at_a_check_is_told_so(self):
        failure = self.assert_fails(TokenLost, self.grant, person="felipe")
        self.assertEqual(failure.reason, "checkpoint")

    def test_a_token_that_ends_while_it_is_looked_at_is_lost(self):
        inactive = {"is_valid": False, "error": {"code": 190, "subcode": 458}}
        self.answer("debug_token", **{"data": inactive})
        failure = self.assert_fails(TokenLost, self.grant)
        self.assertEqual((failure.reason, failure.detail), ("revoked", "190/458"))

    def test_a_token_made_for_another_app_is_not_accepted(self):
        self.answer("debug_token", **{"data.app_id": "4711"})
        self.assert_fails(AppFault, self.grant)
        self.clear_faults()
        self.answer("debug_token", **{"data.app_id": int(MetaApp.client_id)})
        self.assertTrue(self.grant().seen.active)

    def test_trouble_at_the_network_during_a_grant_is_unreachable(self):
        for path in ("oauth/access_token", "debug_token", "me"):
            for kind, values in (
                ("status", {"status": 503}),
                ("error", {"code": 2}),
                ("error", {"code": 190, "subcode": 460, "is_transient": True}),
                ("html", {}),
                ("empty", {}),
                ("cut", {}),
                ("close", {}),
                ("close", {"after": True}),
                ("redirect", {"location": "http://127.0.0.1:9/"}),
                ("body", {"body": "null"}),
                ("body", {"body": "[1]"}),
                ("body", {"body": "[" * 100_000}),
                ("body", {"body": '{"a": ' + "9" * 5000 + "}"}),
            ):
                with self.subTest(path=path, kind=kind, **values):
                    self.fault(path, kind, times=0, **values)
                    self.assert_fails(Unreachable, self.grant)
                    self.clear_faults()

    def test_a_person_without_an_id_is_nonsense(self):
        for value in (None, "", [], {}, True, "../x", 1.5):
            with self.subTest(value=value):
                self.answer("me", id=value)
                self.assert_fails(Unreachable, self.grant)
                self.clear_faults()

    def test_a_lifetime_that_makes_no_sense_is_no_lifetime(self):
        for value in NONSENSE:
            with self.subTest(value=str(value)[:20]):
                self.answer("oauth/access_token", expires_in=value)
                self.assertIsNone(self.exchange().access_expires_at)
                self.clear_faults()
        for value in NOT_EVEN_JSON:
            with self.subTest(value=value):
                body = f'{{"access_token": "token", "expires_in": {value}}}'
                self.fault("oauth/access_token", "body", body=body)
                self.assertIsNone(self.exchange().access_expires_at)
        for value, seconds in (("3600", 3600), (3599.5, 3599), ("3.6e3", 3600)):
            with self.subTest(value=value):
                self.answer("oauth/access_token", expires_in=value)
                token = self.exchange()
                life = token.access_expires_at - token.issued_at
                self.assertEqual(life, timedelta(seconds=seconds))
                self.clear_faults()

    def test_an_answer_without_a_usable_token_is_nonsense(self):
        for value in (None, "", " ", 5, True, ["x"], {}, "a b", "a\nX: y", "é", "a\0"):
            with self.subTest(value=value):
                self.answer("oauth/access_token", access_token=value)
                self.assert_fails(Unreachable, self.exchange)
                self.clear_faults()
        self.fault("oauth/access_token", "json", remove=["access_token"])
        self.assert_fails(Unreachable, self.exchange)

    def test_a_blank_refresh_token_is_none(self):
        for value in (None, "", 5, [], {}, False, "a\nb"):
            with self.subTest(value=value):
                self.answer("oauth/access_token", refresh_token=value)
                self.assertIsNone(self.exchange().refresh_token)
                self.clear_faults()
        self.answer("oauth/access_token", refresh_token="refresh-1")
        self.assertEqual(self.exchange().refresh_token, "refresh-1")

    def test_an_error_inside_an_answer_of_200_is_an_error(self):
        self.fault("oauth/access_token", "error", code=100, subcode=36009, status=200)
        self.assert_fails(GrantRefused, self.exchange)
        self.fault("oauth/access_token", "error", code=4, status=200)
        self.assert_fails(RateLimited, self.exchange)

    def test_an_app_that_demands_the_proof_gets_it(self):
        self.control("meta/apps", require_proof=True)
        self.calls()
        self.assertTrue(self.listing())
        me, *_rest = self.calls("/me")
        self.assertIn("appsecret_proof", me["parameters"])
        wrong = self.provider(client_secret="rotated")
        self.assert_fails(AppFault, wrong._graph, "me", self.meta.long_token())

    def test_tokens_travel_in_headers_and_bodies(self):
        self.calls()
        grant = self.grant()
        self.provider().verify(
            StoredToken(grant.token.access_token), list(self.reaches(grant).values())
        )
        calls = [call for call in self.calls() if "/oauth/" not in call["path"]]
        self.assertGreater(len(calls), 3)
        for call in calls:
            with self.subTest(path=call["path"]):
                self.assertTrue(call["bearer"])
                self.assertNotIn("access_token", call["parameters"])


@needs_sandbox
@tagged("post_install", "-at_install")
class TestListing(MetaCase):
    def test_a_page_becomes_a_profile_of_each_network(self):
        listed = self.listing()
        page, inbox = listed["facebook", CAFE], listed["messenger", CAFE]
        account = listed["instagram", CAFE_INSTAGRAM]
        for profile in (page, inbox, account):
            self.assertEqual(profile.name, "Café Aurora")
            self.assertEqual(profile.handle, "cafeaurora")
            self.assertEqual(profile.page_token, page.page_token)
            self.assertEqual(profile.can_renew, "yes")
            self.assertIn("MANAGE", profile.native_tasks)
            self.assertEqual(profile.missing_scopes, ())
            self.assertIsNone(profile.reason)
        self.assertTrue(page.image_url.startswith(self.base_url))
        self.assertNotEqual(account.image_url, "")

    def test_only_the_networks_of_the_app_are_listed(self):
        for networks in (("facebook",), ("messenger",), ("instagram", "facebook")):
            with self.subTest(networks=networks):
                found = self.listing(self.provider(networks))
                self.assertEqual({network for network, _id in found}, set(networks))

    def test_a_page_without_instagram_has_no_instagram_profile(self):
        found = self.listing(pages=[GARAGE])
        self.assertEqual(set(found), {("facebook", GARAGE), ("messenger", GARAGE)})

    def test_all_pages_of_a_long_listing_are_there(self):
        self.control("meta/pages", create=60, person="ana", instagram=True)
        whole = self.listing()
        self.assertEqual(len([one for one in whole if one[0] == "facebook"]), 67)
        self.assertEqual(len([one for one in whole if one[0] == "instagram"]), 66)
        for limit in (1, 7, 67):
            self.calls()
            with self.subTest(limit=limit), patch.object(meta, "LISTING_LIMIT", limit):
                self.assertEqual(set(self.listing()), set(whole))
                self.assertEqual(len(self.calls("/me/accounts")), -(-67 // limit))

    def test_a_listing_without_cursors_goes_on_where_its_address_says(self):
        self.fault("me/accounts", "json", remove=["paging.cursors"])
        with patch.object(meta, "LISTING_LIMIT", 5):
            self.assertEqual(len(self.listing(self.provider(["facebook"]))), 7)

    def test_half_a_listing_is_no_listing(self):
        """What is left out would look deselected."""
        no_cursor = {"next": "https://graph.example/me/accounts?limit=5"}
        for name, members in (
            ("data is null", {"data": None}),
            ("data is an object", {"data": {"id": CAFE}}),
            ("data is text", {"data": "none"}),
            ("it goes on nowhere", {"paging": no_cursor}),
            ("it goes on nowhere", {"paging": {"next": True}}),
            (
                "the cursor is nonsense",
                {"paging": {**no_cursor, "cursors": {"after": 5}}},
            ),
        ):
            with self.subTest(name):
                self.answer("me/accounts", **members)
                self.assert_fails(Unreachable, self.listing)
                self.clear_faults()
        self.fault("me/accounts", "json", remove=["data"])
        self.assert_fails(Unreachable, self.listing)

    def test_a_listing_that_never_ends_is_no_listing(self):
        cursor = base64.urlsafe_b64encode(b"cursor:0").decode()
        paging = {"next": "https://graph.example/", "cursors": {"after": cursor}}
        self.answer("me/accounts", paging=paging)
        with patch.object(meta, "LISTING_PAGES", 5):
            self.assert_fails(Unreachable, self.listing)

    def test_trouble_on_a_later_page_is_trouble_of_the_listing(self):
        for kind, values, failure in (
            ("status", {"status": 500}, Unreachable),
            ("truncated", {}, Unreachable),
            ("error", {"code": 4}, RateLimited),
            ("error", {"code": 190, "subcode": 460}, TokenLost),
        ):
            with self.subTest(kind=kind), patch.object(meta, "LISTING_LIMIT", 3):
                self.fault("me/accounts", kind, skip=1, **values)
                self.assert_fails(failure, self.listing)
                self.clear_faults()

    def test_a_person_without_pages_gives_an_empty_listing(self):
        self.assertEqual(self.listing(person="diego"), {})

    def test_an_empty_listing_is_made_up_from_what_was_granted(self):
        self.fault("me/accounts", "body", times=0, body='{"data": []}')
        found = self.listing(pages=[CAFE, BAKERY], instagram=[CAFE_INSTAGRAM])
        self.assertEqual(
            set(found),
            {
                ("facebook", CAFE),
                ("messenger", CAFE),
                ("instagram", CAFE_INSTAGRAM),
                ("facebook", BAKERY),
                ("messenger", BAKERY),
            },
        )
        self.assertTrue(all(one.page_token for one in found.values()))

    def test_a_page_without_a_token_of_its_own_counts_as_deselected(self):
        found = self.listing()
        for network in ("facebook", "messenger"):
            hotel = found[network, HOTEL]
            self.assertEqual(hotel.reason, "deselected")
            self.assertIsNone(hotel.page_token)
        for value in (None, "", 5, True, ["x"], {}, "undefined token", "a\nb"):
            with self.subTest(value=value):
                self.answer("me/accounts", **{"data.0.access_token": value})
                page = self.listing()["facebook", CAFE]
                self.assertEqual((page.page_token, page.reason), (None, "deselected"))
                self.clear_faults()

    def test_instagram_granted_without_its_page_is_not_reached(self):
        found = self.listing(pages=[BAKERY], instagram=[CAFE_INSTAGRAM])
        self.assertEqual(set(found), {("facebook", BAKERY), ("messenger", BAKERY)})

    def test_instagram_that_was_left_unticked_is_deselected(self):
        linked = {"id": CAFE_INSTAGRAM, "username": "cafeaurora"}
        self.answer("me/accounts", **{"data.0.instagram_business_account": linked})
        found = self.listing(pages=[CAFE], instagram=[BAKERY_INSTAGRAM])
        self.assertEqual(found["instagram", CAFE_INSTAGRAM].reason, "deselected")
        self.assertIsNone(found["facebook", CAFE].reason)

    def test_instagram_counts_as_ticked_when_the_grant_is_not_limited_to_some(self):
        url = self.provider().authorization_url(redirect_uri=REDIRECT_URI, state="s")
        everything = {"everything": "1", "action": "continue"}
        target = self.meta.visitor.walk(url, pages=everything, instagram=everything)
        code = dict(parse_qsl(urlsplit(target).query))["code"]
        provider = self.provider()
        grant = provider.grant(code=code, redirect_uri=REDIRECT_URI)
        self.assertEqual(grant.seen.targets, {})
        listed = provider.list_profiles(grant)
        accounts = [one for one in listed if one.network == "instagram"]
        self.assertGreaterEqual(len(accounts), 5)
        self.assertEqual({one.reason for one in accounts if one.page_token}, {None})

    def test_a_declined_permission_is_named_and_ends_what_needs_it(self):
        scopes = ["pages_show_list", "instagram_basic", "business_management"]
        found = self.listing(scopes=scopes)
        page, inbox = found["facebook", CAFE], found["messenger", CAFE]
        account = found["instagram", CAFE_INSTAGRAM]
        self.assertIsNone(page.reason)
        self.assertEqual(inbox.reason, "missing_scope")
        self.assertIsNone(account.reason)
        self.assertEqual(
            set(page.missing_scopes), {"pages_read_engagement", "pages_manage_metadata"}
        )
        self.assertEqual(
            set(inbox.missing_scopes), {"pages_messaging", "pages_manage_metadata"}
        )
        self.assertIn("instagram_manage_messages", account.missing_scopes)

    def test_who_can_renew_depends_on_the_tasks(self):
        full = ("MANAGE", "PROFILE_PLUS_FULL_CONTROL", "PROFILE_PLUS_MANAGE")
        rows = [
            *(((task,), "yes", "yes") for task in full),
            (("MODERATE", "MESSAGING"), "no", "yes"),
            (("CREATE_CONTENT", "MESSAGING", "ANALYZE"), "no", "yes"),
            (("PROFILE_PLUS_MODERATE", "PROFILE_PLUS_MESSAGING"), "no", "yes"),
            (("MESSAGING",), "no", "no"),
            (("MODERATE", "CREATE_CONTENT"), "no", "no"),
            (("ADVERTISE", "ANALYZE"), "no", "no"),
            (("PROFILE_PLUS_ANALYZE",), "no", "no"),
            (("SOMETHING_NEW",), "no", "no"),
        ]
        for tasks, of_page, of_messages in rows:
            with self.subTest(tasks=tasks):
                self.control("meta/roles", person="ana", page=CAFE, tasks=list(tasks))
                found = self.listing(pages=[CAFE])
                self.assertEqual(found["facebook", CAFE].can_renew, of_page)
                self.assertEqual(found["messenger", CAFE].can_renew, of_messages)
                account = found["instagram", CAFE_INSTAGRAM]
                self.assertEqual(account.can_renew, of_messages)
                self.assertEqual(account.native_tasks, tasks)

    def test_who_can_renew_is_unknown_without_tasks(self):
        for value in (None, [], "", 5, {}, [None]):
            with self.subTest(value=value):
                self.answer("me/accounts", **{"data.0.tasks": value})
                self.assertEqual(self.listing()["facebook", CAFE].can_renew, "unknown")
                self.clear_faults()

    def test_names_are_cleaned_and_cut(self):
        self.answer(
            "me/accounts",
            **{
                "data.0.name": "\u202eCafé\0\nAurora\u200b" + "x" * 9999,
                "data.0.username": ["no text"],
                "data.0.picture": "no object",
            },
        )
        page = self.listing()["facebook", CAFE]
        self.assertEqual(page.name, "Café Aurora" + "x" * 189)
        self.assertEqual((page.handle, page.image_url), ("", ""))

    def test_what_has_no_stable_id_is_left_out(self):
        for value in (None, "", True, {}, 1.5, "a/b", "x" * 200):
            with self.subTest(value=value):
                self.answer(
                    "me/accounts",
                    **{
                        "data.0.id": value,
                        "data.1.instagram_business_account.id": value,
                    },
                )
                found = self.listing(self.provider(), pages=[CAFE, BAKERY])
                expected = {("facebook", BAKERY), ("messenger", BAKERY)}
                self.assertEqual(set(found), expected)
                self.clear_faults()

    def test_rows_that_are_no_objects_are_left_out(self):
        self.answer("me/accounts", data=[None, 5, "x", [], True, {"id": CAFE}])
        found = self.listing(self.provider(["facebook"]))
        self.assertEqual(set(found), {("facebook", CAFE)})


@needs_sandbox
@tagged("post_install", "-at_install")
class TestVerify(MetaCase):
    def setUp(self):
        super().setUp()
        self.given = self.grant(
            pages=[CAFE, BAKERY], instagram=[CAFE_INSTAGRAM, BAKERY_INSTAGRAM]
        )
        self.reached = self.reaches(self.given)
        self.fine = dict.fromkeys(self.reached)

    def verify(self, provider=None):
        return self.verdict(self.given, self.reached, provider)

    def test_a_living_token_is_confirmed_with_all_its_profiles(self):
        self.assertEqual(len(self.reached), 6)
        self.assertEqual(self.verify(), (None, self.fine))

    def test_a_page_token_is_asked_about_once(self):
        self.calls()
        self.verify()
        pages = {reach.page_token for reach in self.reached.values()}
        self.assertEqual(len(self.calls("/debug_token")), 1 + len(pages))

    def test_pages_for_which_there_is_no_time_stay_as_they_were(self):
        stored = StoredToken(self.given.token.access_token)
        with patch.object(meta, "PAGES_SECONDS", -1):
            found = self.provider().verify(stored, list(self.reached.values()))
        self.assertTrue(found.token.active)
        self.assertEqual(found.reasons, {})
        self.assertEqual(found.unasked, {one.key for one in self.reached.values()})

    def test_what_ends_the_whole_token_gives_its_reason(self):
        for control, values, reason in (
            ("password", {}, "password_changed"),
            ("checkpoint", {"on": True}, "checkpoint"),
            ("revoke", {}, "revoked"),
            ("expire", {"which": "user", "seconds": -1}, "expired"),
        ):
            with self.subTest(control=control):
                self.meta = MetaApp(self.base_url)
                self.setUp()
                self.control(f"meta/{control}", person="ana", **values)
                self.calls()
                self.assertEqual(self.verify(), (reason, {}))
                self.assertEqual(len(self.calls("/debug_token")), 1)

    def test_a_token_of_a_grant_that_was_replaced_is_revoked(self):
        self.control("meta/revoke", person="ana")
        self.grant()
        self.assertEqual(self.verify(), ("revoked", {}))

    def test_what_ends_one_page_leaves_the_others(self):
        ends = [("facebook", CAFE), ("messenger", CAFE), ("instagram", CAFE_INSTAGRAM)]
        for control, values, reason in (
            ("untick", {"pages": [CAFE]}, "deselected"),
            ("roles", {"page": CAFE, "tasks": []}, "lost_role"),
            ("pages", {"page": CAFE, "deleted": True}, "revoked"),
        ):
            with self.subTest(control=control):
                self.setUp()
                person = {} if control == "pages" else {"person": "ana"}
                self.control(f"meta/{control}", **person, **values)
                expected = {**self.fine, **dict.fromkeys(ends, reason)}
                self.assertEqual(self.verify(), (None, expected))

    def test_page_tokens_that_ended_are_expired(self):
        self.control("meta/expire", person="ana", which="page", seconds=-1)
        self.assertEqual(self.verify(), (None, dict.fromkeys(self.reached, "expired")))

    def test_an_unticked_instagram_account_is_deselected(self):
        self.control("meta/untick", person="ana", instagram=[CAFE_INSTAGRAM])
        expected = {**self.fine, ("instagram", CAFE_INSTAGRAM): "deselected"}
        self.assertEqual(self.verify(), (None, expected))

    def test_a_withdrawn_permission_ends_what_needs_it(self):
        for scope, ends in (
            ("pages_messaging", {"messenger"}),
            ("instagram_basic", {"instagram"}),
            ("pages_show_list", {"facebook", "messenger", "instagram"}),
            ("pages_read_engagement", set()),
        ):
            with self.subTest(scope=scope):
                self.setUp()
                self.control("meta/untick", person="ana", scopes=[scope])
                expected = {
                    place: "missing_scope" if place[0] in ends else None
                    for place in self.reached
                }
                self.assertEqual(self.verify(), (None, expected))

    def test_all_page_permissions_withdrawn_are_not_called_deselected(self):
        scopes = [one for one in self.provider().app.scopes if one.startswith("pages")]
        self.control("meta/untick", person="ana", scopes=scopes)
        token, found = self.verify()
        self.assertEqual((token, set(found.values())), (None, {"missing_scope"}))

    def test_the_end_of_data_access_is_told(self):
        self.control("meta/expire", person="ana", which="data_access", seconds=-1)
        expected = dict.fromkeys(self.reached, "data_access")
        self.assertEqual(self.verify(), (None, expected))
        self.control("meta/expire", person="ana", which="data_access", seconds=3600)
        self.assertEqual(self.verify(), (None, self.fine))

    def test_a_profile_without_a_page_token_is_deselected(self):
        bare = {"lost": Reach(1, "facebook", CAFE)}
        self.assertEqual(self.verdict(self.given, bare), (None, {"lost": "deselected"}))

    def test_trouble_at_the_network_is_never_a_loss(self):
        lost = {"code": 190, "subcode": 460}
        for kind, values in (
            ("status", {"status": 500}),
            ("status", {"status": 503, "headers": {"Retry-After": "30"}}),
            ("status", {"status": 404}),
            ("status", {"status": 401}),
            ("error", {"code": 1}),
            ("error", {"code": 2}),
            ("error", {**lost, "is_transient": True}),
            ("error", {**lost, "status": 500}),
            ("html", {}),
            ("html", {"after": True}),
            ("empty", {}),
            ("truncated", {}),
            ("cut", {}),
            ("close", {}),
            ("endless", {}),
            ("redirect", {"location": "http://127.0.0.1:9/"}),
            *(("body", {"body": body}) for body in (
                "null", "true", "5", '"text"', "[]", "{}", '{"data": null}',
                '{"data": []}', '{"data": {}}', '{"data": {"is_valid": null}}',
                '{"data": {"is_valid": "false"}}', '{"data": {"is_valid": 0}}',
                '{"data": {"is_valid": "true"}}', '{"error": "text"}', '{"error": []}',
                '{"error": {"message": "x"}}', '{"error": {"code": "x"}}', "NaN",
                '{"data": {"is_valid": false, "error": {"code": 2}}}',
                '{"data": {"is_valid": false, "error": "text"}}', "\x00", "{" * 9999,
                '{"data": {"error": {"code": 190, "subcode": 460}}}',
            )),
        ):  # fmt: skip
            for skip in (0, 1):
                with self.subTest(kind=kind, skip=skip, **values):
                    self.fault("debug_token", kind, times=0, skip=skip, **values)
                    self.assert_fails(Unreachable, self.verify)
                    self.clear_faults()
        self.assertEqual(self.verify(), (None, self.fine))

    def test_a_slow_network_is_never_a_loss(self):
        self.fault("debug_token", "drip", seconds=0.05)
        with patch.object(transport, "TOTAL_SECONDS", 0.5):
            self.assert_fails(Unreachable, self.verify)

    def test_a_rate_limit_is_one_in_whatever_dress(self):
        for code in (4, 17, 32, 613, 80001, 80002, 80006):
            with self.subTest(code=code):
                self.fault("debug_token", "error", code=code, is_transient=True)
                failure = self.assert_fails(RateLimited, self.verify)
                self.assertEqual(failure.detail, str(code))
        self.control("meta/apps", usage={"call_count": 100})
        self.assert_fails(RateLimited, self.verify)

    def test_status_429_is_a_rate_limit_and_may_say_until_when(self):
        for told, expected in (("30", 30), ("soon", None), ("-5", None), (None, None)):
            headers = {"Retry-After": told} if told else {}
            with self.subTest(told=told):
                self.fault("debug_token", "status", status=429, headers=headers)
                failure = self.assert_fails(RateLimited, self.verify)
                self.assertEqual(failure.retry_after, expected)

    def test_a_blocked_app_is_the_app_s_fault(self):
        self.control("meta/apps", blocked=True)
        self.assert_fails(AppFault, self.verify)

    def test_a_wrong_secret_is_the_app_s_fault_and_no_loss(self):
        self.control("meta/apps", client_secret="rotated")
        self.assert_fails(AppFault, self.verify)

    def test_a_refused_app_token_is_the_app_s_fault_whatever_its_number(self):
        for code, message in (
            (190, SIGNATURE),
            (190, "Error validating application. Application has been deleted."),
            (102, "Session key invalid"),
            (100, "The App_id in the input_token did not match the Viewing App"),
            (100, "You must provide an app access token"),
            (10, "Application does not have permission for this action"),
            (200, "Provide valid app ID"),
            (412, ""),
        ):
            with self.subTest(code=code, message=message):
                self.fault("debug_token", "error", code=code, message=message)
                self.assert_fails(AppFault, self.verify)

    def test_a_token_of_another_app_is_the_app_s_fault(self):
        self.control("meta/apps", client_id="4711", client_secret="other")
        other = self.provider(client_id="4711", client_secret="other")
        self.assert_fails(AppFault, self.verify, other)

    def test_a_token_that_the_network_cannot_read_is_the_app_s_fault(self):
        token = replace(self.given.token, access_token="EAAwrongfamily")
        given = replace(self.given, token=token)
        self.assert_fails(AppFault, self.verdict, given, self.reached)

    def test_an_invalid_token_without_a_reason_is_expired(self):
        self.fault("debug_token", "body", body='{"data": {"is_valid": false}}')
        self.assertEqual(self.verify(), ("expired", {}))

    def test_clocks_that_make_no_sense_are_no_clocks(self):
        for value in NONSENSE:
            members = {"data.expires_at": value, "data.data_access_expires_at": value}
            with self.subTest(value=str(value)[:20]):
                self.answer("debug_token", **members)
                seen = self.provider().introspect(self.given.token.access_token)
                self.assertTrue(seen.active)
                self.assertIsNone(seen.access_expires_at)
                self.assertIsNone(seen.data_access_expires_at)
                self.assertFalse(seen.never_expires)
                self.clear_faults()
        for value in NOT_EVEN_JSON:
            with self.subTest(value=value):
                app_id = f'"is_valid": true, "app_id": "{MetaApp.client_id}"'
                body = f'{{"data": {{{app_id}, "expires_at": {value}}}}}'
                self.fault("debug_token", "body", body=body)
                seen = self.provider().introspect("token")
                self.assertTrue(seen.active)
                self.assertIsNone(seen.access_expires_at)

    def test_zero_and_only_zero_says_never(self):
        for value, never in ((0, True), ("0", True), (0.0, True), (False, False)):
            with self.subTest(value=value):
                self.answer("debug_token", **{"data.expires_at": value})
                seen = self.provider().introspect(self.given.token.access_token)
                self.assertEqual(seen.never_expires, never)
                self.clear_faults()

    def test_targets_limit_a_scope_and_their_absence_does_not(self):
        limited = Introspection(active=True, targets={"instagram_basic": (CAFE,)})
        self.assertTrue(limited.reaches("instagram_basic", CAFE))
        self.assertFalse(limited.reaches("instagram_basic", BAKERY))
        self.assertTrue(limited.reaches("pages_show_list", BAKERY))
        granular = [
            {"scope": "instagram_basic", "target_ids": []},
            {"scope": "x"},
            None,
            {"scope": "y", "target_ids": [5, "6", None, {}, "a/b"]},
        ]
        self.answer("debug_token", **{"data.granular_scopes": granular})
        seen = self.provider().introspect(self.given.token.access_token)
        self.assertEqual(seen.targets, {"instagram_basic": (), "y": ("5", "6")})
        self.assertFalse(seen.reaches("instagram_basic", CAFE))


@needs_sandbox
@tagged("post_install", "-at_install")
class TestSilence(MetaCase):
    def test_no_result_shows_a_secret(self):
        provider = self.provider()
        grant = self.grant(provider)
        listed = provider.list_profiles(grant)
        reaches = list(self.reaches(grant).values())
        verdict = provider.verify(StoredToken(grant.token.access_token), reaches)
        secrets = {grant.token.access_token, MetaApp.secret}
        secrets |= {one.page_token for one in listed if one.page_token}
        self.assertEqual(len(secrets), 8)
        shown = f"{grant!r} {listed!r} {reaches!r} {verdict!r} {provider.app!r}"
        self.assertIn("Ana Souza", shown)
        for secret in secrets:
            self.assertNotIn(secret, shown)

    def test_neither_failures_nor_the_debug_log_hold_a_secret(self):
        grant = self.grant()
        reaches = self.reaches(grant)
        code = "C0DE-not-for-logs"
        secrets = {grant.token.access_token, MetaApp.secret, code}
        secrets |= {reach.page_token for reach in reaches.values()}
        calls = {
            "oauth/access_token": lambda: self.provider().exchange_code(
                code=code, redirect_uri=REDIRECT_URI
            ),
            "debug_token": lambda: self.verdict(grant, reaches),
            "me/accounts": lambda: self.provider().list_profiles(grant),
        }
        faults = (
            ("json", {}),
            ("close", {}),
            ("cut", {}),
            ("endless", {}),
            ("status", {"status": 500}),
            ("error", {"code": 190, "subcode": 460}),
            ("redirect", {"location": f"http://127.0.0.1:9/?token={MetaApp.secret}"}),
            ("body", {"body": MetaApp.secret}),
        )
        for path, call in calls.items():
            for kind, values in faults:
                self.fault(path, kind, times=1, **values)
                with self.subTest(path=path, kind=kind):
                    with self.everything_logged() as lines:
                        try:
                            said = repr(call())
                        except ProviderError as failure:
                            said = "".join(traceback.format_exception(failure))
                            said += repr(failure) + repr(vars(failure))
                    self.assertTrue(lines)
                    for secret in secrets:
                        self.assertNotIn(secret, said)
                        self.assertNotIn(secret, "\n".join(lines))
                self.clear_faults()


@needs_sandbox
@tagged("post_install", "-at_install")
class TestRevoke(MetaCase):
    def test_revoking_ends_every_token_of_the_grant(self):
        grant = self.grant()
        stored = StoredToken(grant.token.access_token, subject=grant.person.external_id)
        provider = self.provider()
        provider.revoke(stored)
        verdict = provider.verify(stored, ())
        self.assertFalse(verdict.token.active)
        # A second time there is nothing left to end, and that is fine.
        provider.revoke(stored)
