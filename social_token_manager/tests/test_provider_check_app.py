"""What a question about the app itself proves at each network, and what it does not."""

import requests

from odoo.tests import BaseCase, tagged

from ..providers import PROVIDERS
from ..providers.errors import AddressRefused, AppFault, RateLimited, Unreachable
from ..providers.instagram import InstagramProvider
from ..providers.threads import ThreadsProvider
from ..providers.tiktok import TikTokProvider
from ..providers.transport import Transport
from ..providers.x import XProvider
from .provider_common import needs_sandbox
from .provider_extending import REDIRECT_URI, ExtendingCase
from .provider_rotating import RotatingCase
from .test_provider_google import GoogleCase
from .test_provider_linkedin import LinkedInCase
from .test_provider_meta import MetaCase
from .test_provider_oauth2 import NONE, POST, GenericCase
from .test_provider_pinterest import PinterestCase

try:
    from sandbox.rotating.testing import TikTokApp, XApp
except ImportError:  # the addon alone, without its repository
    TikTokApp = XApp = None


class Checks:
    """Mixed into the case of a network.

    :cvar proves: whether its answer proves that the app was accepted
    """

    proves = True

    def check(self, provider=None, **app):
        provider = provider or self.provider(**app)
        return provider.check_app(redirect_uri=REDIRECT_URI)

    def assert_refused(self, kind, **app):
        with self.assertRaises(kind):
            self.check(**app)

    def test_no_more_is_said_than_is_proven(self):
        self.assertEqual(self.check().proven, self.proves)

    def test_a_wrong_id_or_secret_is_the_app_s_fault(self):
        for app in ({"client_secret": "wrong"}, {"client_id": "42"}):
            with self.subTest(app=app):
                self.assert_refused(AppFault, **app)

    def test_no_answer_and_nonsense_are_neither(self):
        for kind, values in (
            ("status", {"status": 503}),
            ("status", {"status": 404}),
            ("html", {}),
            ("close", {}),
            ("redirect", {"location": "http://127.0.0.1:9/"}),
        ):
            with self.subTest(kind=kind, **values):
                path = f"/{self.provider().code}/*"
                self.control("/faults", path=path, kind=kind, times=0, **values)
                self.assert_refused(Unreachable)
                self.control("/faults/clear")

    def test_too_many_calls_are_told_as_such(self):
        path = f"/{self.provider().code}/*"
        self.control("/faults", path=path, kind="status", times=0, status=429)
        self.assert_refused(RateLimited)
        self.control("/faults/clear")

    def test_an_address_inside_is_not_asked(self):
        self.transport = Transport()
        self.assert_refused(AddressRefused)

    def test_the_secret_travels_in_a_body_or_a_header(self):
        provider = self.provider()
        self.control("/requests/clear")
        self.assert_silent(lambda: self.check(provider), [provider.app.client_secret])
        log = requests.get(f"{self.base_url}/_control/requests", timeout=10).json()
        self.assertEqual({call["method"] for call in log}, {"POST"})


@needs_sandbox
@tagged("post_install", "-at_install")
class TestGoogleApp(Checks, GoogleCase):
    pass


@needs_sandbox
@tagged("post_install", "-at_install")
class TestTikTokApp(Checks, RotatingCase):
    app_class, provider_class = TikTokApp, TikTokProvider


@needs_sandbox
@tagged("post_install", "-at_install")
class TestXApp(Checks, RotatingCase):
    """``invalid_request`` is said of a code that is none, and of much else."""

    app_class, provider_class = XApp, XProvider
    proves = False

    def test_the_standard_s_word_for_a_dead_code_proves(self):
        self.control("settings", dead_token_error="invalid_grant")
        self.assertTrue(self.check().proven)


@needs_sandbox
@tagged("post_install", "-at_install")
class TestInstagramApp(Checks, ExtendingCase):
    provider_class = InstagramProvider
    proves = False


@needs_sandbox
@tagged("post_install", "-at_install")
class TestThreadsApp(Checks, ExtendingCase):
    provider_class = ThreadsProvider
    proves = False


@needs_sandbox
@tagged("post_install", "-at_install")
class TestPinterestApp(Checks, PinterestCase):
    """283 is said of a dead code and of a wrong app ID alike."""

    proves = False


@needs_sandbox
@tagged("post_install", "-at_install")
class TestLinkedInApp(Checks, LinkedInCase):
    def test_without_introspection_nothing_is_proven(self):
        self.assertFalse(self.check(introspect_url="").proven)

    def test_a_call_that_was_wrong_proves_nothing(self):
        self.fault("www/*", "error", times=0, type="invalid_request", status=400)
        self.assertFalse(self.check().proven)


@needs_sandbox
@tagged("post_install", "-at_install")
class TestMetaApp(Checks, MetaCase):
    def test_a_blocked_app_is_a_fault(self):
        self.control("meta/apps", client_id=self.meta.client_id, blocked=True)
        self.assert_refused(AppFault)


@needs_sandbox
@tagged("post_install", "-at_install")
class TestGenericApp(Checks, GenericCase):
    def test_a_public_client_is_accepted_by_its_id_alone(self):
        self.assertTrue(self.check(method=NONE).proven)
        self.assert_refused(AppFault, method=NONE, client_id="42")

    def test_the_wrong_way_to_say_who_one_is_is_a_fault(self):
        self.assert_refused(AppFault, auth_method=POST)

    def test_a_call_that_was_wrong_proves_nothing(self):
        self.fault("token", "error", type="invalid_request", status=400)
        self.assertFalse(self.check().proven)


@tagged("post_install", "-at_install")
class TestMissingScopes(BaseCase):
    def test_what_is_asked_for_by_default_is_enough(self):
        for kind in PROVIDERS.values():
            for network in kind.required_scopes:
                with self.subTest(provider=kind.code, network=network):
                    asked = kind.scopes_for([network])
                    self.assertEqual(kind.missing_scopes_for(network, asked), ())
                    self.assertEqual(
                        kind.missing_scopes_for(network, ()),
                        kind.required_scopes[network],
                    )

    def test_either_scope_that_lists_pages_is_enough(self):
        kind = PROVIDERS["linkedin"]
        asked = ("r_basicprofile", "r_organization_admin")
        self.assertEqual(kind.missing_scopes_for("linkedin_company", asked), ())

    def test_a_network_of_one_s_own_lacks_nothing(self):
        self.assertEqual(PROVIDERS["oauth2"].missing_scopes_for("forum", ()), ())
