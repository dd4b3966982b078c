import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

from odoo.tests import BaseCase, tagged

from ..policy import reasons
from ..providers import get_provider, oauth2_errors, values
from ..providers.errors import (
    AccessEnded,
    AppFault,
    GrantRefused,
    RateLimited,
    RequestRefused,
    TokenLost,
    Unreachable,
)
from ..providers.oauth2 import GenericProvider
from ..providers.results import AppData, Grant, Person, Reach, StoredToken, TokenSet
from . import provider_common
from .provider_common import (
    NONSENSE,
    REDIRECT_URI,
    OutsideCase,
    StandInCase,
    http,
    kinds_of,
    needs_sandbox,
)

try:
    from sandbox.oauth2.clients import BASIC, METHODS, NONE, POST
    from sandbox.oauth2.testing import GenericApp
except ImportError:  # the addon alone, without its repository
    GenericApp, METHODS = None, ()
    BASIC = POST = NONE = ""

SCOPES = ("openid", "profile", "offline_access")
NETWORK = "mastodon_like"
TROUBLE = (
    *(
        one
        for one in provider_common.TROUBLE
        # These tell something of an app that names its own addresses.
        if one[1].get("status") not in (401, 404)
    ),
    ("error", {"type": "invalid_grant", "status": 500}),
    ("error", {"type": "temporarily_unavailable"}),
    ("error", {"type": "server_error"}),
    ("error", {"type": "something_new"}),
    *(
        ("body", {"body": body})
        for body in (
            '{"error": []}', '{"error": 5}', '{"error": true}', '{"error": "text"}',
        )
    ),
)  # fmt: skip
NOW = datetime(2027, 1, 2, 3, 4, 5)
# The codes of RFC 6749 section 5.2 and their neighbours: code, HTTP status, class.
CLIENT_ROWS = (
    ("invalid_grant", 400, GrantRefused),
    ("invalid_grant", 401, GrantRefused),
    ("invalid_grant", 200, GrantRefused),
    ("invalid_client", 401, AppFault),
    ("invalid_client", 400, AppFault),
    ("unauthorized_client", 400, AppFault),
    ("unsupported_grant_type", 400, AppFault),
    ("invalid_scope", 400, AppFault),
    ("invalid_request", 400, AppFault),
    ("unsupported_token_type", 400, RequestRefused),
    ("temporarily_unavailable", 400, Unreachable),
    ("server_error", 400, Unreachable),
    ("invalid_grant", 500, Unreachable),
    ("invalid_client", 503, Unreachable),
    ("something_new", 400, Unreachable),
    ("something_new", 401, AppFault),
    (None, 400, Unreachable),
    (None, 401, AppFault),
    (None, 403, Unreachable),
    ({"code": 5}, 400, Unreachable),
)
# The codes of RFC 6750 section 3.1: code, HTTP status, class, reason.
RESOURCE_ROWS = (
    ("invalid_token", 401, TokenLost, reasons.EXPIRED),
    ("invalid_token", 200, TokenLost, reasons.EXPIRED),
    ("", 401, TokenLost, reasons.EXPIRED),
    ("something_new", 401, TokenLost, reasons.EXPIRED),
    ("insufficient_scope", 403, TokenLost, reasons.MISSING_SCOPE),
    ("invalid_request", 400, RequestRefused, None),
    ("", 400, RequestRefused, None),
    ("", 403, RequestRefused, None),
    ("something_new", 403, RequestRefused, None),
    ("", 404, AppFault, None),
    ("", 405, AppFault, None),
    ("", 410, AppFault, None),
    ("", 418, Unreachable, None),
    ("", 429, RateLimited, None),
    ("invalid_token", 429, RateLimited, None),
    ("invalid_token", 500, Unreachable, None),
    ("", 503, Unreachable, None),
)


@tagged("post_install", "-at_install")
class TestErrorTables(BaseCase):
    def assert_row(self, failure, kind, reason=None):
        self.assertIn(type(failure), kinds_of(kind))
        self.assertEqual(failure.reason, reason or kind.reason)

    def test_each_code_of_a_client_s_endpoint_has_its_meaning(self):
        for code, status, kind in CLIENT_ROWS:
            with self.subTest(code=code, status=status):
                self.assert_row(oauth2_errors.client_failure(code, status), kind)
        self.assertLessEqual(
            set(oauth2_errors.CLIENT_ERRORS), {row[0] for row in CLIENT_ROWS[:-1]}
        )

    def test_each_code_of_a_resource_has_its_meaning(self):
        for code, status, kind, reason in RESOURCE_ROWS:
            with self.subTest(code=code, status=status):
                failure = oauth2_errors.resource_failure(code, status)
                self.assert_row(failure, kind, reason)
        told = {row[0] for row in RESOURCE_ROWS}
        self.assertLessEqual(set(oauth2_errors.RESOURCE_ERRORS), told)
        statuses = {row[1] for row in RESOURCE_ROWS}
        self.assertLessEqual(set(oauth2_errors.RESOURCE_STATUSES), statuses)

    def test_a_detail_never_has_what_a_server_made_up(self):
        for failure in (oauth2_errors.client_failure, oauth2_errors.resource_failure):
            found = failure("SECRET-made-up", 400)
            self.assertEqual(found.detail, "HTTP 400")

    def test_the_code_is_found_in_a_challenge(self):
        for challenge, expected in (
            ('Bearer realm="x", error="invalid_token"', "invalid_token"),
            ("Bearer error=invalid_token, scope=a", "invalid_token"),
            ('bearer error = "insufficient_scope"', "insufficient_scope"),
            ('Bearer error_description="error=\\"no\\", error=no", error="yes"', "yes"),
            ('DPoP algs="ES256", Bearer error="invalid_token"', "invalid_token"),
            ('Bearer realm="error"', ""),
            ("Bearer", ""),
            ("", ""),
            (None, ""),
            ("=" * 9, ""),
            ("a" * 60_000, ""),
            ("a=" * 30_000, ""),
        ):
            with self.subTest(challenge=(challenge or "")[:40]):
                self.assertEqual(oauth2_errors.bearer_error(challenge), expected)


@tagged("post_install", "-at_install")
class TestReadingProfiles(BaseCase):
    def test_a_dotted_path_finds_what_is_there_and_nothing_else(self):
        data = {
            "id": 5,
            "data": {"user": {"id": "u"}, "list": [{"id": "a"}, {"id": "b"}]},
            "https://claims.example/id": "claim",
            "a.b": "whole",
            "a": {"b": "nested"},
        }
        for path, expected in (
            ("id", 5),
            ("data.user.id", "u"),
            ("data.list.1.id", "b"),
            ("https://claims.example/id", "claim"),
            ("a.b", "whole"),
            ("data.list.2.id", None),
            ("data.list.-1.id", None),
            ("data.list.x", None),
            ("data.user.id.deeper", None),
            ("data..user", None),
            ("", None),
            (".", None),
        ):
            with self.subTest(path=path):
                self.assertEqual(values.dotted(data, path), expected)

    def test_a_path_is_followed_in_anything(self):
        for data in (None, 5, "text", [], True, [[]]):
            self.assertIsNone(values.dotted(data, "a.0.b"))
        self.assertIsNone(values.dotted({}, "a" + ".a" * 200))

    def test_an_id_is_text_and_never_repaired(self):
        for value, expected in (
            ("user|0a", "user|0a"),
            ("ana@server.example", "ana@server.example"),
            ("https://server.example/users/1", "https://server.example/users/1"),
            (10**20, "1" + "0" * 20),
            ("x" * 255, "x" * 255),
            ("x" * 256, ""),
            ("a b", ""),
            ("a\0", ""),
            ("é", ""),
            ("", ""),
            ("--", ""),
            (None, ""),
            (True, ""),
            (1.5, ""),
            ([], ""),
            ({}, ""),
        ):
            with self.subTest(value=str(value)[:20]):
                self.assertEqual(values.subject(value), expected)


@tagged("post_install", "-at_install")
class TestDescription(BaseCase):
    def test_the_engine_is_known_by_its_code(self):
        self.assertIs(get_provider("oauth2"), GenericProvider)

    def test_capabilities(self):
        self.assertTrue(GenericProvider.can_renew_silently(has_refresh_token=True))
        self.assertFalse(GenericProvider.can_renew_silently(has_refresh_token=False))
        self.assertTrue(GenericProvider.rotates_refresh_token)
        self.assertFalse(GenericProvider.profiles_can_be_left_out)
        self.assertFalse(GenericProvider.revokes_whole_grant)

    def test_a_provider_can_do_what_its_app_has_addresses_for(self):
        app = AppData("oauth2", "id", "secret", "", "", "")
        self.assertFalse(GenericProvider(app, None, NOW).can_be_introspected)
        self.assertFalse(GenericProvider(app, None, NOW).can_be_revoked)
        app = replace(
            app, introspect_url="https://a.example", revoke_url="https://b.example"
        )
        self.assertTrue(GenericProvider(app, None, NOW).can_be_introspected)
        self.assertTrue(GenericProvider(app, None, NOW).can_be_revoked)

    def test_nothing_is_preset_but_what_every_server_supports(self):
        for name in ("authorize_url", "token_url", "api_url", "revoke_url", "version"):
            self.assertEqual(getattr(GenericProvider, f"default_{name}"), "")
        self.assertEqual(GenericProvider.default_auth_method, "client_secret_basic")
        self.assertTrue(GenericProvider.default_use_pkce)
        self.assertEqual(GenericProvider.scopes_for([NETWORK]), ())

    def test_an_app_without_a_network_or_an_address_of_profiles_is_at_fault(self):
        app = AppData("oauth2", "id", "s", "", "", "", networks=(NETWORK,))
        elsewhere = replace(app, networks=(), profile_url="https://a.example")
        for one in (app, elsewhere):
            provider = GenericProvider(one, None, NOW)
            grant = Grant(Person("1"), TokenSet("token"))
            with self.assertRaises(AppFault):
                provider._read_person(grant.token.access_token)


class GenericCase(StandInCase):
    app_class = GenericApp

    def provider(self, later=0, method=BASIC, **app):
        """Return our provider for one of the sandbox's ready-made clients."""
        self.there = self.there if method == self.there.method else self._client(method)
        root = self.there.root
        fields = {
            "provider": "oauth2",
            "client_id": self.there.client_id,
            "client_secret": "" if method == NONE else self.there.secret,
            "authorize_url": f"{root}/authorize",
            "token_url": f"{root}/token",
            "api_url": "",
            "profile_url": f"{root}/userinfo",
            "revoke_url": f"{root}/revoke",
            "scopes": SCOPES,
            "networks": (NETWORK,),
            "use_pkce": True,
            "auth_method": method,
            "profile_id_path": "sub",
            "profile_name_path": "name",
            "profile_handle_path": "preferred_username",
            "profile_image_path": "picture",
        }
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        return GenericProvider(
            AppData(**fields | app), self.transport, now + timedelta(seconds=later)
        )

    def introspecting(self, **app):
        return self.provider(introspect_url=f"{self.there.root}/introspect", **app)

    def _client(self, method):
        there = GenericApp(self.base_url, method)
        self.control = there.control
        return there

    def walk(self, provider, verifier, person="ana", **answers):
        """Walk the consent pages; return the parameters of the redirect."""
        url = provider.authorization_url(
            redirect_uri=REDIRECT_URI, state="s", verifier=verifier
        )
        target = self.there.visitor.walk(url, person, **answers)
        return dict(parse_qsl(urlsplit(target).query))

    def grant(self, provider=None, person="ana", **answers):
        """Let a person consent and return what the provider makes of it."""
        provider = provider or self.provider()
        verifier = provider.make_verifier()
        code = self.walk(provider, verifier, person, **answers)["code"]
        return provider.grant(code=code, redirect_uri=REDIRECT_URI, verifier=verifier)

    def exchange(self, provider=None):
        provider = provider or self.provider()
        verifier = provider.make_verifier()
        code = self.walk(provider, verifier)["code"]
        return provider.exchange_code(
            code=code, redirect_uri=REDIRECT_URI, verifier=verifier
        )

    @staticmethod
    def reach(grant):
        return [Reach(1, NETWORK, grant.person.external_id)]

    def assert_lost(self, verdict, reason):
        self.assertFalse(verdict.token.active)
        self.assertEqual(verdict.token.reason, reason)


@needs_sandbox
@tagged("post_install", "-at_install")
class TestAuthorizationUrl(GenericCase):
    def asked(self, **app):
        provider = self.provider(**app)
        url = provider.authorization_url(
            redirect_uri=REDIRECT_URI, state="a b&c", verifier="v" * 64
        )
        pairs = parse_qs(urlsplit(url).query, strict_parsing=True)
        self.assertEqual({len(found) for found in pairs.values()}, {1})
        return {name: found[0] for name, found in pairs.items()}

    def test_what_is_asked_for_is_the_standard_s_and_no_more(self):
        asked = self.asked(scopes=("openid", "profile"))
        self.assertEqual(asked.pop("code_challenge_method"), "S256")
        self.assertEqual(len(asked.pop("code_challenge")), 43)
        self.assertEqual(
            asked,
            {
                "client_id": self.there.client_id,
                "redirect_uri": REDIRECT_URI,
                "response_type": "code",
                "scope": "openid profile",
                "state": "a b&c",
            },
        )

    def test_without_scopes_and_pkce_none_are_sent(self):
        asked = self.asked(scopes=(), use_pkce=False)
        for name in ("scope", "code_challenge", "code_challenge_method", "prompt"):
            self.assertNotIn(name, asked)

    def test_access_for_later_is_asked_for_with_a_consent(self):
        self.assertEqual(self.asked()["prompt"], "consent")

    def test_scopes_may_be_typed_with_spaces(self):
        self.assertEqual(self.asked(scopes=("a b", "c"))["scope"], "a b c")


@needs_sandbox
@tagged("post_install", "-at_install")
class TestGrant(GenericCase):
    def test_a_consent_walked_in_a_browser_becomes_a_grant_and_one_profile(self):
        provider = self.provider()
        grant = self.grant(provider)
        people = {one["key"]: one for one in self.there.state("people")}
        self.assertEqual(grant.person.external_id, people["ana"]["sub"])
        self.assertEqual(grant.person.name, "Ana Souza")
        self.assertEqual(set(grant.token.scopes), set(SCOPES))
        self.assertTrue(grant.token.refresh_token)
        life = grant.token.access_expires_at - grant.token.issued_at
        self.assertEqual(life, timedelta(seconds=600))
        self.assertIsNone(grant.token.refresh_expires_at)
        (profile,) = provider.list_profiles(grant)
        self.assertEqual(profile.network, NETWORK)
        self.assertEqual(profile.external_id, grant.person.external_id)
        self.assertEqual((profile.name, profile.handle), ("Ana Souza", "ana.social"))
        self.assertEqual(profile.image_url, f"{self.there.root}/picture/ana.png")
        self.assertEqual((profile.can_renew, profile.missing_scopes), ("yes", ()))

    def test_each_way_of_saying_who_the_client_is_works(self):
        for method in METHODS:
            with self.subTest(method=method):
                provider = self.provider(method=method)
                self.calls()
                grant = self.grant(provider)
                renewed = provider.refresh(self.stored(grant))
                provider.revoke(self.stored(grant, refresh_token=renewed.refresh_token))
                ours = ("/oauth2/token", "/oauth2/revoke")
                sent = [call for call in self.calls() if call["path"] in ours]
                self.assertEqual(len(sent), 4)
                for call in sent:
                    names = call["parameters"]
                    self.assertEqual("client_id" in names, method != BASIC)
                    self.assertEqual("client_secret" in names, method == POST)

    def test_a_public_client_sends_no_secret_even_when_one_is_stored(self):
        provider = self.provider(method=NONE, client_secret="stored-before")
        self.calls()
        self.grant(provider)
        (call,) = self.calls("/token")
        self.assertIn("client_id", call["parameters"])
        self.assertNotIn("client_secret", call["parameters"])

    def test_id_and_secret_are_encoded_before_they_go_into_the_header(self):
        for secret in ("a:b%2B+c é/€", "%", ":", "+", " "):
            with self.subTest(secret=secret):
                self.control(
                    "apps", client_id=self.there.client_id, client_secret=secret
                )
                token = self.exchange(self.provider(client_secret=secret))
                self.assertTrue(token.access_token)

    def test_dotted_paths_find_the_profile_anywhere(self):
        self.control("settings", nested_profile=True)
        provider = self.provider(
            profile_url="",
            api_url=f"{self.there.root}/userinfo",
            profile_id_path="data.account.id",
            profile_name_path="data.account.title",
            profile_handle_path="data.links.0.handle",
            profile_image_path="data.image",
        )
        (profile,) = provider.list_profiles(self.grant(provider))
        self.assertTrue(profile.external_id.startswith("user|"))
        self.assertEqual((profile.name, profile.handle), ("Ana Souza", "ana.social"))

    def test_a_number_as_id_is_text_for_us(self):
        self.control("profiles", person="ana", sub=17841400000000777123)
        self.assertEqual(self.grant().person.external_id, "17841400000000777123")

    def test_a_profile_without_an_id_is_never_stored(self):
        for value in (None, "", [], {}, True, 1.5, "a b", "--", "x" * 256):
            with self.subTest(value=value):
                self.control("profiles", person="ana", sub=value)
                self.assert_fails(Unreachable, self.grant)
        self.assert_fails(Unreachable, self.grant, self.provider(profile_id_path="x.y"))
        self.assert_fails(Unreachable, self.grant, self.provider(profile_id_path=""))

    def test_a_name_that_is_missing_gives_way_to_the_handle_then_to_the_id(self):
        self.control("profiles", person="ana", name=None)
        self.assertEqual(self.grant().person.name, "ana.social")
        grant = self.grant(self.provider(profile_handle_path=""))
        self.assertEqual(grant.person.name, grant.person.external_id)

    def test_names_from_outside_are_cleaned(self):
        self.control("profiles", person="ana", name="A\u202ena\0 " + "x" * 500)
        name = self.grant().person.name
        self.assertTrue(name.startswith("Ana x"))
        self.assertLessEqual(len(name), 200)

    def test_what_was_left_out_is_told(self):
        left = {"action": "continue", "accept": ["profile"]}
        provider = self.provider()
        (profile,) = provider.list_profiles(self.grant(provider, review=left))
        # The refresh token came, so access for later was given.
        self.assertEqual(profile.missing_scopes, ("openid",))
        self.control("settings", gives_refresh_token=False)
        (profile,) = provider.list_profiles(self.grant(provider, review=left))
        self.assertEqual(profile.missing_scopes, ("openid", "offline_access"))

    def test_silence_about_scopes_means_as_asked(self):
        self.control("settings", tells_scope=False)
        provider = self.provider()
        grant = self.grant(provider)
        self.assertEqual(grant.token.scopes, SCOPES)
        (profile,) = provider.list_profiles(grant)
        self.assertEqual(profile.missing_scopes, ())
        self.assertIsNone(provider.refresh(self.stored(grant)).scopes)

    def test_too_small_a_scope_for_the_profile_is_told_as_such(self):
        left = {"action": "continue", "accept": ["openid"]}
        lost = self.assert_fails(TokenLost, self.grant, review=left)
        self.assertEqual(lost.reason, reasons.MISSING_SCOPE)

    def test_a_code_that_is_not_accepted_is_refused(self):
        provider = self.provider()
        verifier = provider.make_verifier()
        code = self.walk(provider, verifier)["code"]

        def exchange(**changes):
            given = {"code": code, "redirect_uri": REDIRECT_URI, "verifier": verifier}
            return provider.exchange_code(**given | changes)

        for changes in (
            {"code": "nonsense"},
            {"code": "a\0b"},
            {"code": "é&client_secret=x"},
            {"verifier": None},
            {"verifier": provider.make_verifier()},
            {"redirect_uri": REDIRECT_URI + "/"},
        ):
            with self.subTest(**changes):
                self.assert_fails(GrantRefused, exchange, **changes)
        exchange()
        self.assert_fails(GrantRefused, exchange)

    def test_an_app_that_is_not_accepted_is_the_app_s_fault(self):
        for app in (
            {"client_secret": "wrong"},
            {"client_secret": ""},
            {"client_id": "42"},
            {"auth_method": POST},
            {"auth_method": NONE},
        ):
            with self.subTest(app=app):
                url_of = self.provider()
                verifier = url_of.make_verifier()
                code = self.walk(url_of, verifier)["code"]
                self.assert_fails(
                    AppFault,
                    self.provider(**app).exchange_code,
                    code=code,
                    redirect_uri=REDIRECT_URI,
                    verifier=verifier,
                )

    def test_trouble_during_a_grant_is_unreachable(self):
        for path in ("token", "userinfo"):
            for kind, changes in TROUBLE:
                if path == "userinfo" and kind == "error":
                    continue
                with self.subTest(path=path, kind=kind, **changes):
                    self.fault(path, kind, times=0, **changes)
                    self.assert_fails(Unreachable, self.grant)
                    self.clear_faults()

    def test_a_rate_limit_tells_how_long(self):
        for path in ("token", "userinfo"):
            with self.subTest(path=path):
                wait = {"Retry-After": "30"}
                self.fault(path, "status", status=429, headers=wait)
                failure = self.assert_fails(RateLimited, self.grant)
                self.assertEqual(failure.retry_after, 30)
                self.clear_faults()

    def test_a_wrong_address_of_the_profile_is_the_app_s_fault(self):
        provider = self.provider(profile_url=f"{self.there.root}/nowhere")
        self.assert_fails(AppFault, self.grant, provider)

    def test_an_error_inside_an_answer_of_200_is_an_error(self):
        for error, kind in (
            ("invalid_grant", GrantRefused),
            ("invalid_client", AppFault),
            ("temporarily_unavailable", Unreachable),
        ):
            with self.subTest(error=error):
                self.fault("token", "error", type=error, status=200)
                self.assert_fails(kind, self.exchange)
        body = '{"error": "invalid_token", "sub": "1"}'
        self.fault("userinfo", "body", body=body)
        self.assert_fails(TokenLost, self.grant)

    def test_a_lifetime_that_makes_no_sense_is_no_lifetime(self):
        for value in NONSENSE:
            with self.subTest(value=str(value)[:20]):
                self.answer("token", expires_in=value, refresh_token_expires_in=value)
                token = self.exchange()
                self.assertIsNone(token.access_expires_at)
                self.assertIsNone(token.refresh_expires_at)
                self.clear_faults()
        self.control("settings", tells_lifetime=False)
        self.assertIsNone(self.exchange().access_expires_at)

    def test_the_life_of_a_refresh_token_is_read_where_it_is_told(self):
        for name in ("refresh_token_expires_in", "refresh_expires_in"):
            self.answer("token", **{name: 86400})
            token = self.exchange()
            life = token.refresh_expires_at - token.issued_at
            self.assertEqual(life, timedelta(days=1))
            self.clear_faults()

    def test_an_answer_without_a_usable_token_is_nonsense(self):
        for value in (None, "", " ", 5, True, ["x"], {}, "a b", "a\nX: y", "é", "a\0"):
            with self.subTest(value=value):
                self.answer("token", access_token=value)
                self.assert_fails(Unreachable, self.exchange)
                self.clear_faults()

    def test_only_bearer_tokens_are_understood(self):
        for kind, is_right in (
            ("bearer", True),
            ("BEARER", True),
            (None, True),
            ("mac", False),
            ("DPoP", False),
        ):
            with self.subTest(kind=kind):
                self.answer("token", token_type=kind)
                if is_right:
                    self.assertTrue(self.exchange().access_token)
                else:
                    self.assert_fails(AppFault, self.exchange)
                self.clear_faults()


@needs_sandbox
@tagged("post_install", "-at_install")
class TestRefresh(GenericCase):
    def test_a_refresh_brings_the_next_pair(self):
        provider = self.provider()
        grant = self.grant(provider)
        renewed = provider.refresh(self.stored(grant))
        self.assertNotEqual(renewed.access_token, grant.token.access_token)
        self.assertNotEqual(renewed.refresh_token, grant.token.refresh_token)
        again = provider.refresh(
            self.stored(grant, refresh_token=renewed.refresh_token)
        )
        self.assertTrue(again.refresh_token)

    def test_a_refresh_token_used_twice_ends_them_all(self):
        provider = self.provider()
        grant = self.grant(provider)
        renewed = provider.refresh(self.stored(grant))
        newer = self.stored(grant, refresh_token=renewed.refresh_token)
        for stored in (self.stored(grant), newer):
            refused = self.assert_fails(GrantRefused, provider.refresh, stored)
            self.assertEqual(refused.reason, reasons.EXPIRED)
            self.assertEqual(refused.detail, "invalid_grant")

    def test_without_rotation_the_old_one_stays(self):
        self.control("settings", rotates=False)
        grant = self.grant()
        for _time in range(2):
            renewed = self.provider().refresh(self.stored(grant))
            self.assertIsNone(renewed.refresh_token)

    def test_a_blank_refresh_token_is_none(self):
        self.control("settings", rotates=False)
        grant = self.grant()
        for value in (None, "", 5, [], {}, False, "a\nb"):
            with self.subTest(value=value):
                self.answer("token", refresh_token=value)
                renewed = self.provider().refresh(self.stored(grant))
                self.assertIsNone(renewed.refresh_token)
                self.clear_faults()

    def test_without_a_refresh_token_nobody_is_asked(self):
        self.control("settings", gives_refresh_token=False)
        grant = self.grant()
        self.assertIsNone(grant.token.refresh_token)
        self.calls()
        refused = self.assert_fails(
            GrantRefused, self.provider().refresh, self.stored(grant)
        )
        self.assertEqual(refused.reason, reasons.EXPIRED)
        self.assertEqual(self.calls(), [])

    def test_trouble_during_a_refresh_is_never_a_no(self):
        grant = self.grant()
        for kind, changes in TROUBLE:
            if changes.get("after") or kind in ("truncated", "cut"):
                continue
            with self.subTest(kind=kind, **changes):
                self.fault("token", kind, times=0, **changes)
                self.assert_fails(
                    Unreachable, self.provider().refresh, self.stored(grant)
                )
                self.clear_faults()
        self.assertTrue(self.provider().refresh(self.stored(grant)).access_token)

    def test_trouble_of_the_app_is_never_a_no(self):
        grant = self.grant()
        provider = self.provider(client_secret="changed")
        self.assert_fails(AppFault, provider.refresh, self.stored(grant))


@needs_sandbox
@tagged("post_install", "-at_install")
class TestVerify(GenericCase):
    def verify(self, provider, grant, **changes):
        return provider.verify(self.stored(grant, **changes), self.reach(grant))

    def test_a_living_token_is_active(self):
        for provider in (self.provider(), self.introspecting()):
            grant = self.grant(provider)
            verdict = self.verify(provider, grant)
            self.assertTrue(verdict.token.active)
            self.assertFalse(any(verdict.reasons.values()))
            self.assertEqual(set(verdict.token.scopes), set(SCOPES))

    def test_introspection_is_asked_only_where_the_app_has_its_address(self):
        grant = self.grant()
        self.calls()
        self.verify(self.provider(), grant)
        self.assertEqual([call["path"] for call in self.calls()], ["/oauth2/userinfo"])
        self.verify(self.introspecting(), grant)
        paths = [call["path"] for call in self.calls()]
        self.assertEqual(paths, ["/oauth2/introspect"])

    def test_introspection_knows_the_clock(self):
        self.control("settings", tells_lifetime=False)
        provider = self.introspecting()
        grant = self.grant(provider)
        self.assertIsNone(grant.token.access_expires_at)
        ends_at = self.verify(provider, grant).token.access_expires_at
        off = ends_at - provider.now - timedelta(seconds=600)
        self.assertLess(abs(off), timedelta(seconds=10))

    def test_what_ends_before_its_time_was_withdrawn(self):
        for provider in (self.provider(), self.introspecting()):
            for control in ("revoke", "password"):
                with self.subTest(control=control):
                    grant = self.grant(provider)
                    self.control(control, person="ana")
                    self.assert_lost(self.verify(provider, grant), reasons.REVOKED)

    def test_what_ends_in_time_and_cannot_be_renewed_is_expired(self):
        self.control("settings", gives_refresh_token=False)
        for make in (self.provider, self.introspecting):
            grant = self.grant(make())
            verdict = self.verify(make(later=601), grant)
            self.assert_lost(verdict, reasons.EXPIRED)

    def test_an_end_without_a_known_time_is_expired_when_nothing_renews_it(self):
        self.control("settings", gives_refresh_token=False, tells_lifetime=False)
        for make in (self.provider, self.introspecting):
            grant = self.grant(make())
            self.control("expire", person="ana")
            self.assert_lost(self.verify(make(), grant), reasons.EXPIRED)

    def test_a_lapsed_access_token_says_nothing_of_what_can_be_renewed(self):
        grant = self.grant()
        self.assert_fails(AccessEnded, self.verify, self.provider(later=601), grant)
        self.control("expire", person="ana")
        unknown = {"access_expires_at": None}
        self.assert_fails(AccessEnded, self.verify, self.provider(), grant, **unknown)
        # The refresh token was not touched.
        self.assertTrue(self.provider().refresh(self.stored(grant)).access_token)

    def test_introspection_may_know_the_refresh_token(self):
        grant = self.grant()
        self.control("expire", person="ana")
        provider = self.introspecting(later=601)
        verdict = self.verify(provider, grant)
        self.assertTrue(verdict.token.active)
        self.assertIsNone(verdict.token.access_expires_at)
        self.control("settings", introspects_refresh_tokens=False)
        self.assert_fails(AccessEnded, self.verify, provider, grant)

    def test_a_scope_that_was_withdrawn_breaks_the_profile_alone(self):
        provider = self.provider()
        grant = self.grant(provider)
        self.control("untick", person="ana", scopes=["profile"])
        verdict = self.verify(provider, grant)
        self.assertTrue(verdict.token.active)
        self.assertEqual(verdict.reasons, {1: reasons.MISSING_SCOPE})

    def test_trouble_is_no_verdict(self):
        grant = self.grant()
        for path, provider in (
            ("userinfo", self.provider()),
            ("introspect", self.introspecting()),
        ):
            for kind, changes in TROUBLE:
                if path == "userinfo" and kind == "error":
                    continue
                with self.subTest(path=path, kind=kind, **changes):
                    self.fault(path, kind, times=0, **changes)
                    self.assert_fails(Unreachable, self.verify, provider, grant)
                    self.clear_faults()

    def test_an_introspection_that_does_not_say_active_is_none(self):
        grant = self.grant()
        for value in (None, "true", "false", 1, 0, "", [], {}):
            with self.subTest(value=value):
                self.answer("introspect", active=value)
                self.assert_fails(Unreachable, self.verify, self.introspecting(), grant)
                self.clear_faults()
        self.fault("introspect", "body", body="{}")
        self.assert_fails(Unreachable, self.verify, self.introspecting(), grant)

    def test_the_token_of_another_client_is_the_app_s_fault(self):
        grant = self.grant()
        self.answer("introspect", client_id="somebody-else")
        self.assert_fails(AppFault, self.verify, self.introspecting(), grant)

    def test_a_client_that_may_not_introspect_is_the_app_s_fault(self):
        provider = self.introspecting(method=NONE)
        self.assert_fails(AppFault, self.verify, provider, self.grant(provider))

    def test_nonsense_beside_active_is_harmless(self):
        grant = self.grant()
        for value in NONSENSE:
            with self.subTest(value=str(value)[:20]):
                self.answer("introspect", exp=value, scope=value, sub=value)
                token = self.verify(self.introspecting(), grant).token
                self.assertTrue(token.active)
                self.assertIsNone(token.access_expires_at)
                self.clear_faults()

    def test_listing_anew_waits_for_a_renewal(self):
        provider = self.provider(later=601)
        stored = self.stored(self.grant())
        self.assert_fails(AccessEnded, provider.recall, stored)
        now = self.provider()
        (profile,) = now.list_profiles(now.recall(stored))
        self.assertEqual(profile.external_id, stored.subject)


@needs_sandbox
@tagged("post_install", "-at_install")
class TestRevoke(GenericCase):
    def test_both_tokens_end_and_the_refresh_token_first(self):
        provider = self.provider()
        grant = self.grant(provider)
        self.calls()
        provider.revoke(self.stored(grant))
        self.assertEqual(len(self.calls("/revoke")), 2)
        for token in (grant.token.access_token, grant.token.refresh_token):
            self.assertFalse(self.there.introspect(token).json()["active"])

    def test_the_refresh_token_goes_first_with_its_hint(self):
        sent = []

        def answer(line, request):
            sent.append(parse_qs(request.partition(b"\r\n\r\n")[2].decode()))
            line.sendall(http())

        server = OutsideCase.serve(self, answer)
        provider = self.provider(revoke_url=server.url)
        provider.revoke(StoredToken("access", "refresh"))
        self.assertEqual(
            [(one["token"], one["token_type_hint"]) for one in sent],
            [(["refresh"], ["refresh_token"]), (["access"], ["access_token"])],
        )

    def test_one_that_is_gone_already_is_fine(self):
        provider = self.provider()
        stored = self.stored(self.grant(provider))
        provider.revoke(stored)
        provider.revoke(stored)
        self.calls()
        provider.revoke(StoredToken("", None))
        self.assertEqual(self.calls(), [])

    def test_a_server_that_revokes_one_kind_only_is_enough(self):
        stored = self.stored(self.grant())
        self.fault("revoke", "error", type="unsupported_token_type", times=1)
        self.provider().revoke(stored)
        self.fault("revoke", "error", type="unsupported_token_type", times=2)
        self.assert_fails(RequestRefused, self.provider().revoke, stored)

    def test_what_was_not_confirmed_is_told(self):
        stored = self.stored(self.grant())
        for kind, changes, failure in (
            ("status", {"status": 503}, Unreachable),
            ("status", {"status": 429}, RateLimited),
            ("close", {}, Unreachable),
            ("error", {"type": "invalid_client", "status": 401}, AppFault),
        ):
            with self.subTest(kind=kind, **changes):
                self.fault("revoke", kind, **changes)
                self.assert_fails(failure, self.provider().revoke, stored)
                self.clear_faults()
        without = self.provider(revoke_url="")
        self.assert_fails(RequestRefused, without.revoke, stored)

    def test_the_body_of_a_good_answer_does_not_matter(self):
        stored = self.stored(self.grant())
        for kind in ("empty", "html"):
            self.fault("revoke", kind, times=2)
            self.provider().revoke(stored)


@needs_sandbox
@tagged("post_install", "-at_install")
class TestSilence(GenericCase):
    def test_no_secret_is_in_a_repr_an_exception_or_the_log(self):
        for method in METHODS:
            provider = self.introspecting(method=method)
            grant = self.grant(provider)
            stored = self.stored(grant)
            secrets = [grant.token.access_token, grant.token.refresh_token]
            secrets += [self.there.secret] if method != NONE else []
            secrets.append(base64.b64encode(self.there.secret.encode()).decode())
            for call in (
                lambda provider=provider, stored=stored: provider.verify(stored, []),
                lambda provider=provider, grant=grant: provider.list_profiles(grant),
                lambda provider=provider, stored=stored: provider.refresh(stored),
                lambda provider=provider, stored=stored: provider.refresh(stored),
                lambda provider=provider, stored=stored: provider.revoke(stored),
            ):
                self.assert_silent(call, secrets)

    def test_tokens_travel_in_headers_and_bodies(self):
        self.calls()
        provider = self.introspecting()
        grant = self.grant(provider)
        provider.list_profiles(grant)
        provider.verify(self.stored(grant), self.reach(grant))
        provider.refresh(self.stored(grant))
        provider.revoke(self.stored(grant))
        calls = [call for call in self.calls() if "/dialog" not in call["path"]]
        self.assertGreater(len(calls), 6)
        for call in calls:
            with self.subTest(path=call["path"]):
                if {"code", "refresh_token", "token"} & set(call["parameters"]):
                    self.assertEqual(call["method"], "POST")
                self.assertNotIn("access_token", call["parameters"])
