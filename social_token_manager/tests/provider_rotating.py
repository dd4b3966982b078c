"""Promises that X and TikTok keep alike, for their tests to mix in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

from ..policy import reasons
from ..providers import get_provider
from ..providers.errors import (
    AccessEnded,
    AppFault,
    GrantRefused,
    RateLimited,
    TokenLost,
    Unreachable,
)
from ..providers.results import AppData, Reach
from . import provider_common
from .provider_common import (
    DAY,
    NONSENSE,
    NOT_EVEN_JSON,
    ODD_SECRETS,
    REDIRECT_URI,
    StandInCase,
)

TROUBLE = (
    *provider_common.TROUBLE,
    ("status", {"status": 403}),
    ("error", {"type": "temporarily_unavailable"}),
    ("error", {"type": "invalid_grant", "status": 500}),
    ("error", {"type": "something_new"}),
    *(
        ("body", {"body": body})
        for body in (
            "{}", '{"error": []}', '{"error": 5}', '{"error": true}', '{"error": {}}',
            '{"error": "text"}', '{"errors": 5}', '{"errors": [{}]}',
            '{"data": null}', '{"data": []}', '{"data": {"user": []}}',
            '{"access_token": null, "expires_in": 7200}',
        )
    ),
)  # fmt: skip
# After these the network may have done its work.
ANSWERS_LOST = (("close", {"after": True}), ("cut", {"after": True}))


class RotatingCase(StandInCase):
    """A stand-in, its ready-made app, and our provider for it."""

    provider_class = None
    # Below the stand-in's root.
    token_path = me_path = revoke_path = ""
    # Where the account is in the answer of ``me_path``.
    account_at = id_name = name_name = handle_name = picture_name = ""

    # === ACTORS === #

    def provider(self, **app):
        """Return our provider for the sandbox's ready-made client, as it is made."""
        cls, root = self.provider_class, self.there.root
        values = {
            "provider": cls.code,
            "client_id": self.app_class.client_id,
            "client_secret": self.there.secret,
            "authorize_url": root + self.app_class.authorize_path,
            "token_url": root + self.app_class.token_path,
            "api_url": root + self.app_class.api_path,
            "revoke_url": root + self.app_class.revoke_path,
            "scopes": cls.scopes_for([cls.network]),
            "networks": (cls.network,),
            "use_pkce": cls.default_use_pkce,
            "auth_method": cls.default_auth_method,
        }
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        now += timedelta(seconds=self.passed)
        return cls(AppData(**values | app), self.transport, now)

    def walk(self, provider, verifier=None, account="cafeaurora", **answers):
        """Walk the consent pages; return the parameters of the redirect."""
        url = provider.authorization_url(
            redirect_uri=REDIRECT_URI, state="s", verifier=verifier
        )
        account_id = self.there.account(account)["id"]
        answers.setdefault("account", {"account": account_id})
        target = self.there.visitor.walk(url, "ana", **answers)
        return dict(parse_qsl(urlsplit(target).query))

    def grant(self, provider=None, **answers):
        """Let an account consent and return what the provider makes of it."""
        provider = provider or self.provider()
        verifier = provider.make_verifier()
        code = self.walk(provider, verifier, **answers)["code"]
        return provider.grant(code=code, redirect_uri=REDIRECT_URI, verifier=verifier)

    def exchange(self, provider=None, **answers):
        provider = provider or self.provider()
        verifier = provider.make_verifier()
        code = self.walk(provider, verifier, **answers)["code"]
        return provider.exchange_code(
            code=code, redirect_uri=REDIRECT_URI, verifier=verifier
        )

    def reach(self, grant):
        return Reach(7, self.provider_class.network, grant.person.external_id)

    # === THE SANDBOX === #

    def of_account(self, **members):
        """Return members of the account as the answer about it holds them."""
        return {f"{self.account_at}.{name}": value for name, value in members.items()}


class Capabilities:
    def test_the_engine_is_known_by_its_code(self):
        cls = self.provider_class
        self.assertIs(get_provider(cls.code), cls)

    def test_a_token_renews_silently_only_with_a_refresh_token_which_rotates(self):
        cls = self.provider_class
        self.assertTrue(cls.can_renew_silently(has_refresh_token=True))
        self.assertFalse(cls.can_renew_silently(has_refresh_token=False))
        self.assertTrue(cls.rotates_refresh_token)
        self.assertTrue(cls.can_be_revoked)
        self.assertFalse(cls.can_be_introspected)
        self.assertFalse(cls.lists_people)


class Grants:
    def test_a_consent_walked_in_a_browser_becomes_a_grant(self):
        provider = self.provider()
        grant = self.grant(provider)
        self.assertTrue(grant.person.external_id)
        self.assertEqual(grant.person.name, "Café Aurora")
        self.assertEqual(set(grant.token.scopes), set(provider.app.scopes))
        self.assertEqual(grant.token.issued_at, provider.now)
        self.assertTrue(grant.token.refresh_token)
        self.assertFalse(grant.token.never_expires)

    def test_lifetimes_come_from_the_answer(self):
        for seconds in (60, 7200, DAY):
            with self.subTest(seconds=seconds):
                self.control("settings", access_seconds=seconds)
                token = self.exchange()
                life = token.access_expires_at - token.issued_at
                self.assertEqual(life, timedelta(seconds=seconds))

    def test_a_lifetime_that_makes_no_sense_is_unknown(self):
        for value in NONSENSE:
            with self.subTest(value=str(value)[:20]):
                self.answer(self.token_path, expires_in=value)
                self.assertIsNone(self.exchange().access_expires_at)
                self.clear_faults()
        for value in NOT_EVEN_JSON:
            with self.subTest(value=value):
                body = f'{{"access_token": "token", "expires_in": {value}}}'
                self.fault(self.token_path, "body", body=body)
                self.assertIsNone(self.exchange().access_expires_at)
        self.fault(self.token_path, "json", remove=["expires_in"])
        self.assertIsNone(self.exchange().access_expires_at)
        for value, seconds in (("3600", 3600), (3599.5, 3599)):
            with self.subTest(value=value):
                self.answer(self.token_path, expires_in=value)
                token = self.exchange()
                life = token.access_expires_at - token.issued_at
                self.assertEqual(life, timedelta(seconds=seconds))
                self.clear_faults()

    def test_an_answer_without_a_usable_token_is_nonsense(self):
        for value in ODD_SECRETS:
            with self.subTest(value=value):
                self.answer(self.token_path, access_token=value)
                self.assert_fails(Unreachable, self.exchange)
                self.clear_faults()

    def test_a_blank_refresh_token_is_none(self):
        for value in (None, "", 5, [], {}, False, "a\nb"):
            with self.subTest(value=value):
                self.answer(self.token_path, refresh_token=value)
                self.assertIsNone(self.exchange().refresh_token)
                self.clear_faults()

    def test_scopes_that_were_not_told_are_unknown_and_nothing_is_missing(self):
        self.fault(self.token_path, "json", times=0, remove=["scope"])
        grant = self.grant()
        self.assertIsNone(grant.token.scopes)
        (profile,) = self.provider().list_profiles(grant)
        self.assertEqual(profile.missing_scopes, ())

    def test_a_code_that_is_not_accepted_is_refused(self):
        provider = self.provider()
        verifier = provider.make_verifier()
        code = self.walk(provider, verifier)["code"]

        def use(code, uri=REDIRECT_URI):
            return provider.exchange_code(
                code=code, redirect_uri=uri, verifier=verifier
            )

        self.assert_fails(GrantRefused, use, code, REDIRECT_URI + "/")
        self.assertTrue(use(code).access_token)
        for refused in (code, "nonsense", "a\0b", "é&client_secret=x", "x" * 5000):
            with self.subTest(code=refused[:20]):
                self.assert_fails(GrantRefused, use, refused)

    def test_an_app_that_is_not_accepted_is_the_app_s_fault(self):
        for app in (
            {"client_secret": "wrong"},
            {"client_secret": ""},
            {"client_secret": "wröng\n€"},
            {"client_id": "42"},
        ):
            with self.subTest(app=app):
                verifier = "v" * 64
                code = self.walk(self.provider(), verifier)["code"]
                self.assert_fails(
                    AppFault,
                    self.provider(**app).exchange_code,
                    code=code,
                    redirect_uri=REDIRECT_URI,
                    verifier=verifier,
                )

    def test_an_account_without_a_stable_id_is_refused(self):
        for value in (None, "", True, {}, [], 1.5, "a b", "x" * 200):
            with self.subTest(value=value):
                self.answer(self.me_path, **self.of_account(**{self.id_name: value}))
                self.assert_fails(Unreachable, self.grant)
                self.clear_faults()

    def test_trouble_during_a_grant_is_unreachable(self):
        for path in (self.token_path, self.me_path):
            for kind, values in (*TROUBLE, *ANSWERS_LOST):
                with (
                    self.subTest(path=path, kind=kind, **values),
                    self.spoilt(path, kind, **values),
                ):
                    self.assert_fails(Unreachable, self.grant)

    def test_tokens_travel_in_headers_and_bodies(self):
        provider = self.provider()
        self.calls()
        grant = self.grant(provider)
        stored = self.stored(grant)
        provider.verify(stored, [self.reach(grant)])
        token = provider.refresh(stored)
        provider.revoke(self.stored(grant, token))
        calls = [one for one in self.calls() if "/dialog/" not in one["path"]]
        self.assertGreater(len(calls), 5)
        for call in calls:
            with self.subTest(path=call["path"]):
                self.assertNotIn("access_token", call["parameters"])
                secret = {"code", "client_secret", "refresh_token", "token"}
                if secret & set(call["parameters"]):
                    self.assertEqual(call["method"], "POST")


class Listings:
    def test_the_account_that_logged_in_is_the_one_profile(self):
        grant = self.grant()
        (profile,) = self.provider().list_profiles(grant)
        self.assertEqual(profile.network, self.provider_class.network)
        self.assertEqual(profile.external_id, grant.person.external_id)
        self.assertEqual((profile.name, profile.handle), ("Café Aurora", "cafeaurora"))
        self.assertTrue(profile.image_url.startswith(self.base_url))
        self.assertEqual((profile.can_renew, profile.reason), ("yes", None))
        self.assertEqual(profile.missing_scopes, ())
        self.assertIsNone(profile.page_token)
        self.assertTrue(profile.usable)

    def test_only_a_network_of_the_app_is_listed(self):
        grant = self.grant()
        self.assertEqual(self.provider(networks=()).list_profiles(grant), ())

    def test_another_account_is_another_grant(self):
        first, second = self.grant(), self.grant(account="padariadoporto")
        self.assertNotEqual(first.person.external_id, second.person.external_id)
        for grant in (first, second):
            (profile,) = self.provider().list_profiles(grant)
            self.assertEqual(profile.external_id, grant.person.external_id)

    def test_a_stored_token_is_listed_anew(self):
        grant = self.grant()
        provider = self.provider()
        recalled = provider.recall(self.stored(grant))
        self.assertEqual(recalled.person.external_id, grant.person.external_id)
        (profile,) = provider.list_profiles(recalled)
        self.assertEqual(profile.missing_scopes, ())

    def test_names_are_cleaned_and_odd_members_survived(self):
        grant = self.grant()
        names = (self.name_name, self.handle_name, self.picture_name)
        for value in (None, 5, True, [], {}, ["x"], "x" * 9999):
            with self.subTest(value=str(value)[:20]):
                members = self.of_account(**dict.fromkeys(names, value))
                self.answer(self.me_path, **members)
                (profile,) = self.provider().list_profiles(grant)
                self.assertLessEqual(len(profile.name), 200)
                self.assertLessEqual(len(profile.image_url), 2000)
                self.clear_faults()
        odd = {self.name_name: "\u202eCafé\0\nAurora\u200b"}
        self.answer(self.me_path, **self.of_account(**odd))
        (profile,) = self.provider().list_profiles(grant)
        self.assertEqual(profile.name, "Café Aurora")

    def test_an_account_without_a_name_goes_by_its_handle(self):
        grant = self.grant()
        self.answer(self.me_path, **self.of_account(**{self.name_name: None}))
        (profile,) = self.provider().list_profiles(grant)
        self.assertEqual(profile.name, "cafeaurora")

    def test_status_429_is_a_rate_limit_and_may_say_until_when(self):
        grant = self.grant()
        for told, expected in (("30", 30), ("soon", None), ("-5", None), (None, None)):
            with self.subTest(told=told):
                headers = {"Retry-After": told} if told else {}
                self.fault(self.me_path, "status", status=429, headers=headers)
                failure = self.assert_fails(
                    RateLimited, self.provider().list_profiles, grant
                )
                self.assertEqual(failure.retry_after, expected)


class Refreshes:
    def test_each_refresh_brings_the_refresh_token_of_the_next(self):
        grant = self.grant()
        stored, seen = self.stored(grant), {grant.token.refresh_token}
        for number in range(1, 6):
            token = self.provider().refresh(stored)
            self.assertNotEqual(token.access_token, stored.access_token)
            seen.add(token.refresh_token)
            self.assertEqual(len(seen), number + 1)
            stored = self.stored(grant, token)
        verdict = self.provider().verify(stored, [self.reach(grant)])
        self.assertTrue(verdict.token.active)

    def test_a_refresh_token_is_good_for_one_use(self):
        grant = self.grant()
        stored = self.stored(grant)
        self.provider().refresh(stored)
        failure = self.assert_fails(GrantRefused, self.provider().refresh, stored)
        self.assertEqual(failure.reason, self.provider_class.refused_reason)
        self.assertIn(failure.reason, reasons.BY_CODE)

    def test_where_reuse_ends_the_family_the_newest_token_is_lost_too(self):
        self.control("settings", reuse_ends_grant=True)
        grant = self.grant()
        stored = self.stored(grant)
        newest = self.stored(grant, self.provider().refresh(stored))
        self.assert_fails(GrantRefused, self.provider().refresh, stored)
        self.assert_fails(GrantRefused, self.provider().refresh, newest)

    def test_a_blank_refresh_token_in_the_answer_is_none(self):
        for value in (None, "", 5, [], {}, False):
            with self.subTest(value=value):
                stored = self.stored()
                self.answer(self.token_path, refresh_token=value)
                self.assertIsNone(self.provider().refresh(stored).refresh_token)
                self.clear_faults()

    def test_what_ends_a_grant_is_a_definite_no(self):
        for name, values in (
            ("revoke", {}),
            ("expire", {"which": "refresh", "seconds": -1}),
        ):
            with self.subTest(name):
                stored = self.stored()
                self.control(name, account="cafeaurora", **values)
                failure = self.assert_fails(
                    GrantRefused, self.provider().refresh, stored
                )
                self.assertIn(failure.reason, reasons.BY_CODE)

    def test_without_a_refresh_token_nothing_is_asked(self):
        stored = self.stored(refresh_token=None)
        self.calls()
        failure = self.assert_fails(GrantRefused, self.provider().refresh, stored)
        self.assertEqual(failure.reason, "expired")
        self.assertEqual(self.calls(), [])

    def test_trouble_of_the_app_is_no_loss_and_spends_nothing(self):
        stored = self.stored()
        for app in ({"client_secret": "rotated"}, {"client_id": "42"}):
            with self.subTest(app=app):
                self.assert_fails(AppFault, self.provider(**app).refresh, stored)
        self.control("apps", blocked=True)
        self.assert_fails(AppFault, self.provider().refresh, stored)
        self.control("apps", blocked=False)
        self.assertTrue(self.provider().refresh(stored).access_token)

    def test_trouble_at_the_network_is_never_a_loss(self):
        stored = self.stored()
        for kind, values in TROUBLE:
            if kind in ("truncated", "cut") or values.get("after"):
                continue
            with (
                self.subTest(kind=kind, **values),
                self.spoilt(self.token_path, kind, **values),
            ):
                self.assert_fails(Unreachable, self.provider().refresh, stored)
        self.assertTrue(self.provider().refresh(stored).access_token)

    def test_an_answer_that_was_lost_is_no_definite_no(self):
        for kind, values in (
            ("truncated", {}), ("cut", {}), ("html", {"after": True}), *ANSWERS_LOST
        ):  # fmt: skip
            with self.subTest(kind=kind, **values):
                stored = self.stored()
                self.fault(self.token_path, kind, **values)
                self.assert_fails(Unreachable, self.provider().refresh, stored)
                self.clear_faults()

    def test_too_many_calls_are_a_rate_limit(self):
        stored = self.stored()
        headers = {"Retry-After": "7"}
        self.fault(self.token_path, "status", status=429, headers=headers)
        failure = self.assert_fails(RateLimited, self.provider().refresh, stored)
        self.assertEqual(failure.retry_after, 7)

    def test_a_slow_network_is_never_a_loss(self):
        stored = self.stored()
        self.fault(self.token_path, "drip", seconds=0.05)
        with patch(
            "odoo.addons.social_token_manager.providers.transport.TOTAL_SECONDS", 0.5
        ):
            self.assert_fails(Unreachable, self.provider().refresh, stored)


class Verdicts:
    def verify(self, grant, reach=None, **stored):
        """Return the token's reason and that of its profile."""
        reach = reach or self.reach(grant)
        found = self.provider().verify(self.stored(grant, **stored), [reach])
        return found.token.reason, found.reasons.get(reach.key)

    def test_a_living_token_is_confirmed_with_its_account(self):
        grant = self.grant()
        self.calls()
        self.assertEqual(self.verify(grant), (None, None))
        self.assertEqual(self.calls(self.token_path), [])

    def test_another_account_than_the_stored_one_is_no_confirmation(self):
        grant = self.grant()
        other = Reach(9, self.provider_class.network, "4711")
        self.assertEqual(self.verify(grant, other), (None, "lost_role"))

    def test_to_ask_never_spends_a_refresh_token(self):
        grant = self.grant()
        self.pass_time(DAY)
        self.calls()
        provider, stored = self.provider(), self.stored(grant)
        self.assert_fails(AccessEnded, provider.verify, stored, [self.reach(grant)])
        self.assert_fails(AccessEnded, provider.recall, stored)
        self.assertEqual(self.calls(), [])
        undated = replace(stored, access_expires_at=None)
        self.assert_fails(AccessEnded, provider.verify, undated, [self.reach(grant)])
        self.assertEqual(len(self.calls(self.me_path)), 1)
        self.assertTrue(provider.refresh(stored).access_token)

    def test_without_a_refresh_token_a_lapsed_access_token_is_the_end(self):
        grant = self.grant()
        self.pass_time(DAY)
        self.assertEqual(self.verify(grant, refresh_token=None)[0], "expired")
        stored = self.stored(grant, refresh_token=None)
        self.assert_fails(TokenLost, self.provider().recall, stored)
        gone = self.verify(grant, refresh_token=None, access_expires_at=None)
        self.assertEqual(gone[0], "expired")

    def test_trouble_at_the_network_is_never_a_loss(self):
        grant = self.grant()
        for kind, values in (*TROUBLE, *ANSWERS_LOST):
            with (
                self.subTest(kind=kind, **values),
                self.spoilt(self.me_path, kind, **values),
            ):
                self.assert_fails(Unreachable, self.verify, grant)
        self.assertEqual(self.verify(grant), (None, None))


class Revocations:
    def test_revoking_ends_the_grant(self):
        grant = self.grant()
        stored = self.stored(grant)
        self.provider().revoke(stored)
        self.assert_fails(GrantRefused, self.provider().refresh, stored)
        bare = replace(stored, refresh_token=None)
        verdict = self.provider().verify(bare, [self.reach(grant)])
        self.assertFalse(verdict.token.active)

    def test_a_grant_can_be_revoked_after_its_access_token_ran_out(self):
        grant = self.grant()
        self.pass_time(DAY)
        self.provider().revoke(self.stored(grant))
        living = [one["living"]["refresh"] for one in self.there.state("grants")]
        self.assertEqual(sum(living), 0)

    def test_what_is_gone_already_is_fine(self):
        stored = self.stored()
        self.provider().revoke(stored)
        self.provider().revoke(stored)
        self.provider().revoke(replace(stored, access_token="", refresh_token=None))

    def test_what_the_network_did_not_confirm_is_not_revoked(self):
        stored = self.stored()
        for kind, values in (
            ("status", {"status": 500}),
            ("status", {"status": 404}),
            ("error", {"type": "something_new"}),
            ("close", {}),
            ("redirect", {"location": "http://127.0.0.1:9/"}),
        ):
            with self.subTest(kind=kind, **values):
                self.fault(self.revoke_path, kind, **values)
                self.assert_fails(Unreachable, self.provider().revoke, stored)
                self.clear_faults()
        wrong = self.provider(client_secret="wrong")
        self.assert_fails(AppFault, wrong.revoke, stored)


class Silence:
    def test_no_result_shows_a_secret(self):
        provider, grant = self.provider(), self.grant()
        stored = self.stored(grant)
        verdict = provider.verify(stored, [self.reach(grant)])
        listed = provider.list_profiles(grant)
        shown = f"{grant!r} {listed!r} {verdict!r} {provider.app!r} {stored!r}"
        self.assertIn("Café Aurora", shown)
        for secret in (
            grant.token.access_token, grant.token.refresh_token, self.there.secret
        ):  # fmt: skip
            self.assertNotIn(secret, shown)

    def test_neither_failures_nor_the_debug_log_hold_a_secret(self):
        grant = self.grant()
        stored, provider = self.stored(grant), self.provider()
        code, verifier = "C0DE-not-for-logs", "v3r1f13r" * 8
        secrets = {
            grant.token.access_token,
            grant.token.refresh_token,
            self.there.secret,
            code,
            verifier,
        }
        calls = (
            (self.token_path, lambda: provider.refresh(stored)),
            (
                self.token_path,
                lambda: provider.exchange_code(
                    code=code, redirect_uri=REDIRECT_URI, verifier=verifier
                ),
            ),
            (self.me_path, lambda: provider.list_profiles(grant)),
            (self.revoke_path, lambda: provider.revoke(stored)),
        )
        secret = self.there.secret
        faults = (
            ("close", {}),
            ("cut", {}),
            ("endless", {}),
            ("status", {"status": 500}),
            ("error", {"type": secret}),
            ("error", {"type": secret, "message": stored.refresh_token, "code": 403}),
            ("redirect", {"location": f"http://127.0.0.1:9/?x={secret}"}),
            ("body", {"body": secret}),
        )
        for path, call in calls:
            for kind, values in faults:
                with (
                    self.subTest(path=path, kind=kind),
                    self.spoilt(path, kind, **values),
                ):
                    self.assert_silent(call, secrets)


class Promises(
    Capabilities, Grants, Listings, Refreshes, Verdicts, Revocations, Silence
):
    """All of them; mixed into one test class a network."""
