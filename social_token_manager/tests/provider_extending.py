"""Promises that Instagram Login and Threads keep alike, for their tests to mix in."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

from ..providers.errors import (
    AppFault,
    GrantRefused,
    ProviderError,
    RateLimited,
    RequestRefused,
    TokenLost,
    Unreachable,
)
from ..providers.results import AppData, Reach, StoredToken, TokenSet
from ..providers.transport import Transport
from .provider_common import LOOPBACK, AccountApp, SandboxCase, kinds_of

REDIRECT_URI = "http://127.0.0.1:9/social/callback/key"
LIFE = timedelta(seconds=5183944)
NONSENSE = (None, "soon", "", -1, 0, 1e-9, 10**300, True, [], {}, "nan", "9" * 5000)
TROUBLE = (
    ("status", {"status": 500}),
    ("status", {"status": 503, "headers": {"Retry-After": "30"}}),
    ("status", {"status": 404}),
    ("error", {"code": 1}),
    ("error", {"code": 2}),
    ("error", {"code": 190, "subcode": 460, "is_transient": True}),
    ("error", {"code": 190, "subcode": 460, "status": 500}),
    ("html", {}),
    ("empty", {}),
    ("truncated", {}),
    ("cut", {}),
    ("close", {}),
    ("close", {"after": True}),
    ("endless", {}),
    ("redirect", {"location": "http://127.0.0.1:9/"}),
    *(
        ("body", {"body": body})
        for body in (
            "null", "true", "5", '"text"', "[]", "{}", "NaN", "[" * 100_000,
            '{"data": null}', '{"data": []}', '{"data": [null]}', '{"data": [{}]}',
            '{"error": "text"}', '{"error": []}', '{"error": {"code": "x"}}',
            '{"data": [{"access_token": ""}]}', '{"data": [{"id": "", "user_id": ""}]}',
            '{"access_token": null, "expires_in": 5183944}',
        )
    ),
)  # fmt: skip


class ExtendingCase(SandboxCase):
    """A stand-in, its ready-made app, and our provider for it."""

    provider_class = None

    def setUp(self):
        super().setUp()
        self.start_over()

    def start_over(self):
        self.there = AccountApp(self.base_url, self.provider_class.code)
        self.control = self.there.control
        self.passed = timedelta(0)
        self.transport = Transport({LOOPBACK})
        self.account_id = self.there.account()["id"]

    # === ACTORS === #

    def provider(self, **app):
        """Return our provider, with the clock of the stand-in."""
        values = {
            "provider": self.provider_class.code,
            "client_id": self.there.client_id,
            "client_secret": self.there.secret,
            "authorize_url": self.there.authorize_url,
            "token_url": self.there.token_url,
            "api_url": self.there.api,
            "api_version": self.provider_class.default_version,
            "scopes": self.provider_class.scopes_for([self.provider_class.network]),
            "networks": (self.provider_class.network,),
        }
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        return self.provider_class(
            AppData(**values | app), self.transport, now + self.passed
        )

    def advance(self, **duration):
        self.passed += timedelta(**duration)
        self.control("/clock", advance=timedelta(**duration).total_seconds())

    def grant(self, provider=None, account="cafeaurora", **consent):
        """Let an account consent and return what the provider makes of it."""
        provider = provider or self.provider()
        consent.setdefault("scopes", list(provider.app.scopes))
        code = self.there.code(account, **consent)
        return provider.grant(code=code, redirect_uri=REDIRECT_URI)

    def stored(self, grant):
        """Return a grant as it is stored."""
        return StoredToken(
            grant.token.access_token,
            subject=grant.person.external_id,
            scopes=grant.token.scopes or (),
            issued_at=grant.token.issued_at,
            access_expires_at=grant.token.access_expires_at,
        )

    def old(self, **consent):
        """Return a stored token that is two days old."""
        stored = self.stored(self.grant(**consent))
        self.advance(days=2)
        return stored

    def exchange(self, provider=None, code=None, redirect_uri=REDIRECT_URI):
        return (provider or self.provider()).exchange_code(
            code=code or self.there.code(), redirect_uri=redirect_uri
        )

    def listing(self, grant, provider=None):
        return (provider or self.provider()).list_profiles(grant)

    # === THE SANDBOX === #

    @property
    def code_path(self):
        return urlsplit(self.there.token_url).path

    def api_path(self, path):
        return urlsplit(self.there.api).path + "/" + path

    def fault(self, path, kind, **values):
        path = path if path.startswith("/") else self.api_path(path)
        self.control("/faults", path=path, kind=kind, **values)

    def answer(self, path, **members):
        """Let the real answer have these members instead of its own."""
        self.fault(path, "json", times=0, set=members)

    def clear_faults(self):
        self.control("/faults/clear")

    def calls(self):
        """Return ``[(path, parameters)]`` of the calls since the last time."""
        found = self.there.calls()
        self.control("/requests/clear")
        return [(call["path"].split("/")[-1], call) for call in found]

    def assert_fails(self, kind, call, *args, **kwargs):
        with self.assertRaises(ProviderError) as caught:
            call(*args, **kwargs)
        self.assertIsInstance(caught.exception, kind)
        if kind is not AppFault:
            self.assertIn(type(caught.exception), kinds_of(kind))
        return caught.exception

    def assert_lasts(self, token, provider):
        self.assertEqual(token.issued_at, provider.now)
        self.assertLess(abs(token.access_expires_at - provider.now - LIFE),
                        timedelta(seconds=10))  # fmt: skip


class Capabilities:
    def test_it_is_renewed_silently_without_a_refresh_token(self):
        self.assertTrue(self.provider_class.can_renew_silently(has_refresh_token=False))
        self.assertTrue(self.provider_class.extends_access_token)
        self.assertEqual(self.provider_class.minimum_age, timedelta(hours=24))

    def test_what_the_network_does_not_offer_is_not_promised(self):
        for question in (
            "rotates_refresh_token",
            "can_be_revoked",
            "can_be_introspected",
            "lists_people",
            "profiles_can_be_left_out",
        ):
            with self.subTest(question):
                self.assertFalse(getattr(self.provider_class, question))


class Grants:
    def test_the_consent_page_is_asked_for_no_more_than_is_documented(self):
        url = self.provider().authorization_url(
            redirect_uri=REDIRECT_URI, state="a b&c=d#é/+%"
        )
        asked = dict(parse_qsl(urlsplit(url).query))
        self.assertEqual(url.partition("?")[0], self.there.authorize_url)
        self.assertEqual(
            asked,
            {
                "client_id": self.there.client_id,
                "redirect_uri": REDIRECT_URI,
                "response_type": "code",
                "scope": ",".join(self.provider().app.scopes),
                "state": "a b&c=d#é/+%",
            },
        )

    def test_a_consent_walked_in_a_browser_becomes_a_lasting_grant(self):
        provider = self.provider()
        url = provider.authorization_url(redirect_uri=REDIRECT_URI, state="s")
        target = urlsplit(self.there.visitor.walk(url))
        self.assertEqual(target.fragment, "_")
        code = dict(parse_qsl(target.query))["code"]
        grant = provider.grant(code=code, redirect_uri=REDIRECT_URI)
        self.assertEqual(grant.person.external_id, self.account_id)
        self.assertEqual(grant.person.name, "Café Aurora")
        self.assert_lasts(grant.token, provider)
        self.assertIsNone(grant.token.refresh_token)
        self.assertFalse(grant.token.never_expires)

    def test_the_mark_at_the_end_of_the_address_is_no_part_of_the_code(self):
        self.assertTrue(self.exchange(code=self.there.code() + "#_").access_token)

    def test_an_hour_is_exchanged_for_sixty_days_before_anything_else(self):
        self.calls()
        self.grant()
        (_consent, code), (exchange, long), (me, _call) = [
            (path, call) for path, call in self.calls() if "_control" not in path
        ]
        self.assertEqual((exchange, me), ("access_token", "me"))
        self.assertEqual((code["method"], long["method"]), ("POST", "GET"))
        self.assertEqual(
            long["parameters"], ["access_token", "client_secret", "grant_type"]
        )

    def test_a_code_that_is_not_accepted_is_refused(self):
        used = self.there.code()
        self.exchange(code=used)
        self.assert_fails(GrantRefused, self.exchange, code=used)
        for code in ("nonsense", "a\0b", "é&client_secret=x", "x" * 5000):
            with self.subTest(code=code[:20]):
                self.assert_fails(GrantRefused, self.exchange, code=code)
        for uri in (REDIRECT_URI + "/", "https://x.example/"):
            with self.subTest(redirect_uri=uri):
                self.assert_fails(GrantRefused, self.exchange, redirect_uri=uri)
        withdrawn = self.there.code()
        self.control("revoke", account="cafeaurora")
        self.assert_fails(GrantRefused, self.exchange, code=withdrawn)
        late = self.there.code()
        self.advance(hours=1, seconds=1)
        self.assert_fails(GrantRefused, self.exchange, code=late)

    def test_an_app_that_is_not_accepted_is_the_app_s_fault(self):
        for app in (
            {"client_secret": "wrong"},
            {"client_secret": ""},
            {"client_id": "42"},
            {"client_id": ""},
        ):
            with self.subTest(app=app):
                self.assert_fails(AppFault, self.exchange, self.provider(**app))
                # The exchange that follows gets the secret on its own.
                self.assert_fails(AppFault, self.grant, self.provider(**app))
        short = self.exchange()
        wrong = self.provider(client_secret="wrong")
        self.assert_fails(AppFault, wrong.extend, short)
        self.control("apps", client_id=self.there.client_id, blocked=True)
        self.assert_fails(AppFault, self.exchange)
        self.assert_fails(AppFault, self.provider().extend, short)

    def test_an_account_held_at_a_check_is_told_so(self):
        code = self.there.code()
        self.control("accounts", account="cafeaurora", held=True)
        provider = self.provider()
        failure = self.assert_fails(
            TokenLost, provider.grant, code=code, redirect_uri=REDIRECT_URI
        )
        self.assertEqual(failure.reason, "checkpoint")

    def test_trouble_at_the_network_during_a_grant_is_unreachable(self):
        version = self.provider_class.default_version
        for path in (self.code_path, "access_token", f"{version}/me"):
            for kind, values in TROUBLE:
                with self.subTest(path=path, kind=kind, **values):
                    self.fault(path, kind, times=0, **values)
                    self.assert_fails(Unreachable, self.grant)
                    self.clear_faults()

    def test_an_error_inside_an_answer_of_200_is_an_error(self):
        flat = '{"error_type": "OAuthException", "code": %s, "error_message": "%s"}'
        for code, message, kind in (
            (400, "Matching code was not found or was already used", GrantRefused),
            (400, "Invalid platform app", AppFault),
            (429, "Slow down", RateLimited),
            (500, "Sorry", Unreachable),
        ):
            with self.subTest(code=code, message=message):
                self.fault(self.code_path, "body", body=flat % (code, message))
                self.assert_fails(kind, self.exchange)
        self.fault(self.code_path, "error", code=4, status=200)
        self.assert_fails(RateLimited, self.exchange)
        self.fault("access_token", "error", code=190, subcode=458, status=200)
        self.assertEqual(self.assert_fails(TokenLost, self.grant).reason, "revoked")

    def test_a_lifetime_that_makes_no_sense_is_no_lifetime(self):
        for value in NONSENSE:
            with self.subTest(value=str(value)[:20]):
                self.answer("access_token", expires_in=value)
                self.assertIsNone(self.grant().token.access_expires_at)
                self.clear_faults()
        self.fault("access_token", "json", remove=["expires_in"])
        self.assertIsNone(self.grant().token.access_expires_at)
        for value in ("NaN", "Infinity", "1e999"):
            with self.subTest(value=value):
                token = self.grant().token.access_token
                body = f'{{"access_token": "{token}", "expires_in": {value}}}'
                self.fault("access_token", "body", body=body)
                self.assertIsNone(self.grant().token.access_expires_at)
        self.answer("access_token", expires_in="3600")
        token = self.grant().token
        self.assertEqual(token.access_expires_at - token.issued_at, timedelta(hours=1))

    def test_a_blank_refresh_token_is_none(self):
        for value in (None, "", 5, [], {}, False, "a\nb"):
            with self.subTest(value=value):
                self.answer("access_token", refresh_token=value)
                self.assertIsNone(self.grant().token.refresh_token)
                self.clear_faults()

    def test_an_account_without_an_id_is_nonsense_and_no_other_id_is_taken(self):
        me = f"{self.provider_class.default_version}/me"
        for value in (None, "", [], {}, True, "../x", 1.5):
            with self.subTest(value=value):
                self.answer(me, **{self.provider_class.id_field: value, "pk": "5"})
                self.assert_fails(Unreachable, self.grant)
                self.clear_faults()

    def test_a_number_too_long_for_a_float_is_kept_to_the_last_digit(self):
        me = f"{self.provider_class.default_version}/me"
        number = 9_007_199_254_740_993
        self.answer(me, **{self.provider_class.id_field: number})
        grant = self.grant()
        self.assertEqual(grant.person.external_id, "9007199254740993")
        self.assertEqual(self.listing(grant)[0].external_id, "9007199254740993")

    def test_the_verifier_is_sent_only_when_the_app_uses_pkce(self):
        for use_pkce in (False, True):
            provider = self.provider(use_pkce=use_pkce)
            verifier = provider.make_verifier()
            url = provider.authorization_url(
                redirect_uri=REDIRECT_URI, state="s", verifier=verifier
            )
            self.assertEqual("code_challenge" in url, use_pkce)
            self.calls()
            provider.exchange_code(
                code=self.there.code(), redirect_uri=REDIRECT_URI, verifier=verifier
            )
            ((_path, call),) = self.calls()
            self.assertEqual("code_verifier" in call["parameters"], use_pkce)


class DashboardTokens:
    """Tokens made in the app dashboard are long-lived from the start."""

    def dashboard_token(self):
        made = self.control("dashboard_token", account="cafeaurora")
        return TokenSet(made["access_token"])

    def test_a_long_lived_token_is_refreshed_instead_of_exchanged(self):
        token = self.dashboard_token()
        self.advance(days=2)
        self.calls()
        provider = self.provider()
        lasting = provider.extend(token)
        self.assertEqual(
            [path for path, _call in self.calls()],
            ["access_token", "refresh_access_token"],
        )
        self.assert_lasts(lasting, provider)

    def test_a_young_one_stays_as_it_is_and_its_end_unknown(self):
        token = self.dashboard_token()
        self.assertEqual(self.provider().extend(token), token)
        self.assertIsNone(token.access_expires_at)

    def test_other_trouble_is_not_taken_for_it(self):
        token = self.dashboard_token()
        wrong = self.provider(client_secret="wrong")
        self.assert_fails(AppFault, wrong.extend, token)
        self.control("password", account="cafeaurora")
        failure = self.assert_fails(TokenLost, self.provider().extend, token)
        self.assertEqual(failure.reason, "password_changed")

    def test_452_on_a_refresh_is_no_loss_and_ends(self):
        self.fault("refresh_access_token", "error", code=452, times=0)
        token = self.dashboard_token()
        self.assert_fails(AppFault, self.provider().extend, token)
        stored = self.old()
        self.assert_fails(AppFault, self.provider().refresh, stored)


class Refreshes:
    def refresh(self, stored, **app):
        return self.provider(**app).refresh(stored)

    def test_a_day_old_token_gets_sixty_days_from_now(self):
        stored = self.old()
        provider = self.provider()
        token = provider.refresh(stored)
        self.assertNotEqual(token.access_token, stored.access_token)
        self.assert_lasts(token, provider)
        self.assertIsNone(token.refresh_token)
        # Not told anew: what was granted stays known.
        self.assertIsNone(token.scopes)

    def test_a_network_may_keep_the_text_of_the_token(self):
        self.control("settings", refresh_keeps_value=True)
        stored = self.old()
        token = self.refresh(stored)
        self.assertEqual(token.access_token, stored.access_token)
        self.assertGreater(token.access_expires_at, stored.access_expires_at)

    def test_it_goes_on_for_years(self):
        stored = self.stored(self.grant())
        for _time in range(20):
            self.advance(days=50)
            token = self.refresh(stored)
            stored = StoredToken(token.access_token, issued_at=token.issued_at)
        verdict = self.provider().verify(stored, [])
        self.assertTrue(verdict.token.active)

    def test_a_token_younger_than_a_day_is_not_even_presented(self):
        stored = self.stored(self.grant())
        self.advance(hours=23, minutes=59)
        self.calls()
        self.assert_fails(RequestRefused, self.refresh, stored)
        self.assertEqual(self.calls(), [])
        self.advance(minutes=2)
        self.assertTrue(self.refresh(stored).access_token)

    def test_a_token_that_the_network_finds_too_young_is_not_lost(self):
        young = self.stored(self.grant())
        undated = StoredToken(young.access_token)
        self.assert_fails(RequestRefused, self.refresh, undated)
        self.assertTrue(self.provider().verify(young, []).token.active)

    def test_after_its_end_only_a_new_login_helps(self):
        stored = self.stored(self.grant())
        self.advance(days=60)
        for _time in range(2):
            failure = self.assert_fails(TokenLost, self.refresh, stored)
            self.assertEqual((failure.reason, failure.detail), ("expired", "190/463"))
        self.assertTrue(self.grant().token.access_token)

    def test_what_ends_a_token_gives_its_reason(self):
        for control, values, reason in (
            ("password", {}, "password_changed"),
            ("revoke", {}, "revoked"),
            ("expire", {"seconds": -1}, "expired"),
            ("accounts", {"held": True}, "checkpoint"),
            ("untick", {"scopes": [self.there.scopes[0]]}, "missing_scope"),
            ("untick", {"scopes": list(self.provider().app.scopes)}, "missing_scope"),
        ):
            with self.subTest(control=control, **values):
                self.start_over()
                stored = self.old()
                self.control(control, account="cafeaurora", **values)
                failure = self.assert_fails(TokenLost, self.refresh, stored)
                self.assertEqual(failure.reason, reason)

    def test_no_secret_of_the_app_is_needed(self):
        stored = self.old()
        self.calls()
        self.assertTrue(self.refresh(stored, client_secret="rotated").access_token)
        ((path, call),) = self.calls()
        self.assertEqual((path, call["method"]), ("refresh_access_token", "GET"))
        self.assertEqual(call["parameters"], ["access_token", "grant_type"])

    def test_trouble_at_the_network_is_never_a_loss(self):
        stored = self.old()
        for kind, values in TROUBLE:
            with self.subTest(kind=kind, **values):
                self.fault("refresh_access_token", kind, times=0, **values)
                self.assert_fails(Unreachable, self.refresh, stored)
                self.clear_faults()
        self.assertTrue(self.refresh(stored).access_token)

    def test_a_rate_limit_is_one_in_whatever_dress(self):
        stored = self.old()
        for code in (4, 17, 32, 613, 80002):
            with self.subTest(code=code):
                limit = {"code": code, "is_transient": True}
                self.fault("refresh_access_token", "error", **limit)
                self.assert_fails(RateLimited, self.refresh, stored)
        headers = {"Retry-After": "30"}
        self.fault("refresh_access_token", "status", status=429, headers=headers)
        failure = self.assert_fails(RateLimited, self.refresh, stored)
        self.assertEqual(failure.retry_after, 30)

    def test_a_lifetime_not_told_is_unknown_and_not_the_old_one(self):
        stored = self.old()
        for value in NONSENSE:
            with self.subTest(value=str(value)[:20]):
                self.answer("refresh_access_token", expires_in=value)
                self.assertIsNone(self.refresh(stored).access_expires_at)
                self.clear_faults()

    def test_a_slow_network_is_never_a_loss(self):
        stored = self.old()
        self.fault("refresh_access_token", "drip", seconds=0.05)
        with patch(
            "odoo.addons.social_token_manager.providers.transport.TOTAL_SECONDS", 0.5
        ):
            self.assert_fails(Unreachable, self.refresh, stored)


class Listings:
    def test_the_account_that_logged_in_is_the_one_profile(self):
        (profile,) = self.listing(self.grant())
        self.assertEqual(profile.network, self.provider_class.network)
        self.assertEqual(profile.external_id, self.account_id)
        self.assertEqual((profile.name, profile.handle), ("Café Aurora", "cafeaurora"))
        self.assertTrue(profile.image_url.startswith(self.base_url))
        self.assertEqual((profile.can_renew, profile.reason), ("yes", None))
        self.assertEqual(profile.missing_scopes, ())
        self.assertIsNone(profile.page_token)
        self.assertTrue(profile.usable)

    def test_a_stored_token_is_listed_anew(self):
        provider, stored = self.provider(), self.stored(self.grant())
        (profile,) = provider.list_profiles(provider.recall(stored))
        self.assertEqual(profile.external_id, self.account_id)

    def test_only_a_network_of_the_app_is_listed(self):
        self.assertEqual(self.listing(self.grant(), self.provider(networks=())), ())

    def test_names_are_cleaned_and_cut(self):
        grant = self.grant()
        picture = self.provider_class.picture_field
        self.answer(
            f"{self.provider_class.default_version}/me",
            **{
                "name": "\u202eCafé\0\nAurora\u200b" + "x" * 9999,
                "username": ["no text"],
                picture: {"url": "no text"},
            },
        )
        (profile,) = self.listing(grant)
        self.assertEqual(profile.name, "Café Aurora" + "x" * 189)
        self.assertEqual((profile.handle, profile.image_url), ("", ""))

    def test_an_account_without_a_name_goes_by_its_handle(self):
        self.answer(f"{self.provider_class.default_version}/me", name=None)
        grant = self.grant()
        self.assertEqual(grant.person.name, "cafeaurora")
        self.assertEqual(self.listing(grant)[0].name, "cafeaurora")

    def test_trouble_is_trouble_of_the_listing(self):
        grant = self.grant()
        me = f"{self.provider_class.default_version}/me"
        for kind, values, failure in (
            ("status", {"status": 500}, Unreachable),
            ("truncated", {}, Unreachable),
            ("error", {"code": 4}, RateLimited),
            ("error", {"code": 190, "subcode": 460}, TokenLost),
        ):
            with self.subTest(kind=kind):
                self.fault(me, kind, **values)
                self.assert_fails(failure, self.listing, grant)

    def test_a_version_that_is_not_current_is_the_app_s_fault(self):
        provider = self.provider(api_version="v99.0")
        self.assert_fails(AppFault, self.listing, self.grant(), provider)


class Verdicts:
    def verify(self, stored):
        reach = Reach(7, self.provider_class.network, self.account_id)
        found = self.provider().verify(stored, [reach])
        return found.token.active, found.token.reason, found.reasons

    def test_a_living_token_is_confirmed_with_its_account(self):
        stored = self.stored(self.grant())
        self.assertEqual(self.verify(stored), (True, None, {7: None}))

    def test_what_ends_a_token_gives_its_reason(self):
        for control, values, reason in (
            ("password", {}, "password_changed"),
            ("revoke", {}, "revoked"),
            ("expire", {"seconds": -1}, "expired"),
            ("accounts", {"held": True}, "checkpoint"),
            ("untick", {"scopes": [self.there.scopes[0]]}, "missing_scope"),
        ):
            with self.subTest(control=control):
                self.start_over()
                stored = self.stored(self.grant())
                self.control(control, account="cafeaurora", **values)
                self.assertEqual(self.verify(stored), (False, reason, {}))

    def test_a_token_of_a_grant_that_was_replaced_is_revoked(self):
        stored = self.stored(self.grant())
        self.control("revoke", account="cafeaurora")
        self.grant()
        self.assertEqual(self.verify(stored), (False, "revoked", {}))

    def test_trouble_at_the_network_is_never_a_loss(self):
        stored = self.stored(self.grant())
        me = f"{self.provider_class.default_version}/me"
        for kind, values in TROUBLE:
            with self.subTest(kind=kind, **values):
                self.fault(me, kind, times=0, **values)
                self.assert_fails(Unreachable, self.verify, stored)
                self.clear_faults()
        self.assertEqual(self.verify(stored), (True, None, {7: None}))

    def test_the_trouble_of_the_app_is_never_a_loss(self):
        stored = self.stored(self.grant())
        app = {"client_id": self.there.client_id}
        self.control("apps", **app, usage={"call_count": 100})
        self.assert_fails(RateLimited, self.verify, stored)
        self.control("apps", **app, usage={}, blocked=True)
        self.assert_fails(AppFault, self.verify, stored)
        self.control("apps", **app, blocked=False)
        other = StoredToken("IGAAwrongfamily")
        self.assert_fails(AppFault, self.verify, other)


class Silence:
    def test_no_result_shows_a_secret(self):
        provider, grant = self.provider(), self.grant()
        stored = self.stored(grant)
        listed, verdict = provider.list_profiles(grant), provider.verify(stored, [])
        shown = f"{grant!r} {stored!r} {listed!r} {verdict!r} {provider.app!r}"
        self.assertIn("Café Aurora", shown)
        for secret in (grant.token.access_token, self.there.secret):
            self.assertNotIn(secret, shown)

    def test_neither_failures_nor_the_debug_log_hold_a_secret(self):
        stored = self.old()
        grant = self.provider().recall(stored)
        code = "C0DE-not-for-logs"
        secrets = {stored.access_token, self.there.secret, code}
        provider = self.provider()
        calls = {
            self.code_path: lambda: provider.exchange_code(
                code=code, redirect_uri=REDIRECT_URI
            ),
            "access_token": lambda: provider.extend(grant.token),
            "refresh_access_token": lambda: provider.refresh(stored),
            f"{provider.app.api_version}/me": lambda: provider.list_profiles(grant),
        }
        faults = (
            ("json", {}),
            ("close", {}),
            ("cut", {}),
            ("endless", {}),
            ("status", {"status": 500}),
            ("error", {"code": 190, "subcode": 460, "message": stored.access_token}),
            ("redirect", {"location": f"http://127.0.0.1:9/?t={self.there.secret}"}),
            ("body", {"body": self.there.secret}),
        )
        for path, call in calls.items():
            for kind, values in faults:
                self.fault(path, kind, times=1, **values)
                with self.subTest(path=path, kind=kind):
                    self.assert_silent(call, secrets)
                self.clear_faults()


class Promises(
    Capabilities, Grants, DashboardTokens, Refreshes, Listings, Verdicts, Silence
):
    """All of them; mixed into one test class a network."""
