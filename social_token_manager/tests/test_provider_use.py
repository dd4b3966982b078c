"""What providers do for other addons' calls, and how they heed a network's limits."""

import json
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import requests
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..providers import PROVIDERS, get_provider
from ..providers.errors import AddressRefused
from ..providers.results import AppData

NOW = datetime(2026, 3, 1, 12)
TOKEN = "PLAIN-token"
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["call_count", "total_time", "x"]), inner)
    ),
    max_leaves=8,
)


def make(code):
    provider_class = get_provider(code)
    address = provider_class.default_api_url or "https://api.example/v1"
    return provider_class(
        AppData(code, "id", "secret", "", "", address.format(api_version="v1")),
        None,
        NOW,
    )


def request_to(url):
    return requests.Request("GET", url).prepare()


@tagged("post_install", "-at_install")
class TestSigning(BaseCase):
    def test_a_token_goes_to_its_own_network_alone(self):
        for code in PROVIDERS:
            provider = make(code)
            own = urlsplit(provider.app.api_url).hostname
            for host in (
                "evil.example",
                f"{own}.evil.example",
                f"{own.replace('.', '-')}.evil.example",
                f"{own}@evil.example",
            ):
                with self.subTest(code, host=host):
                    request = request_to(f"https://{host}/me")
                    with self.assertRaises(AddressRefused) as caught:
                        provider.sign(request, TOKEN)
                    self.assertNotIn(TOKEN, str(caught.exception))
                    self.assertNotIn("Authorization", request.headers)

    def test_a_token_travels_in_a_header_where_the_network_takes_one(self):
        for code in set(PROVIDERS) - {"threads"}:
            with self.subTest(code):
                provider = make(code)
                request = request_to(f"{provider.app.api_url}/me?a=b")
                provider.sign(request, TOKEN)
                self.assertEqual(request.headers["Authorization"], f"Bearer {TOKEN}")
                self.assertNotIn(TOKEN, request.url)

    def test_threads_documents_no_header(self):
        request = request_to("https://graph.threads.net/v1.0/me?fields=id")
        make("threads").sign(request, TOKEN)
        query = parse_qs(urlsplit(request.url).query)
        self.assertEqual(query, {"fields": ["id"], "access_token": [TOKEN]})

    def test_meta_gets_the_proof_that_we_hold_the_secret(self):
        request = request_to("https://graph.facebook.com/v1/me?fields=id")
        make("meta").sign(request, TOKEN)
        query = parse_qs(urlsplit(request.url).query)
        self.assertEqual(
            query["appsecret_proof"],
            ["2d6c7dd13ab60c22a24cf0bbe8c380a78fef617fee67f53f027ca7a432fe90df"],
        )

    def test_google_has_one_host_an_api(self):
        for host in ("www.googleapis.com", "mybusiness.googleapis.com"):
            request = request_to(f"https://{host}/v1/accounts")
            make("google").sign(request, TOKEN)
            self.assertIn(TOKEN, request.headers["Authorization"])


@tagged("post_install", "-at_install")
class TestCountdown(BaseCase):
    """What a network counts down in three headers of every answer."""

    prefixes = {"x": "x-rate-limit", "pinterest": "x-ratelimit"}

    def rest(self, code, **told):
        provider = make(code)
        provider._note_usage(
            {f"{self.prefixes[code]}-{name}": told[name] for name in told}
        )
        return provider.rest_seconds

    def at(self, seconds):
        return str(int((NOW - datetime(1970, 1, 1)).total_seconds()) + seconds)

    def test_below_four_fifths_calls_go_on(self):
        for code in self.prefixes:
            told = {"limit": "75", "remaining": "16", "reset": self.at(600)}
            self.assertIsNone(self.rest(code, **told))
            self.assertIsNone(self.rest(code))

    def test_from_four_fifths_on_calls_rest_until_the_limit_starts_anew(self):
        for code in self.prefixes:
            for left in ("15", "1", "0"):
                with self.subTest(code, left=left):
                    told = {"limit": "75", "remaining": left, "reset": self.at(600)}
                    self.assertEqual(self.rest(code, **told), 600)

    def test_what_has_started_anew_meanwhile_is_waited_for_a_second(self):
        told = {"limit": "75", "remaining": "0", "reset": self.at(-5)}
        self.assertEqual(self.rest("x", **told), 1)

    def test_a_rest_without_an_end_is_an_hour_and_none_is_longer_than_a_day(self):
        told = {"limit": "75", "remaining": "0"}
        self.assertEqual(self.rest("x", **told), 3600)
        self.assertEqual(self.rest("x", **told, reset=self.at(10**7)), 24 * 3600)

    def test_pinterest_may_mean_seconds_and_list_its_limits(self):
        told = {"limit": "1000, 1000;w=60", "remaining": "12", "reset": "42"}
        self.assertEqual(self.rest("pinterest", **told), 42)

    @given(*[st.text(max_size=12) | st.integers().map(str)] * 3)
    def test_nonsense_never_fails_and_never_rests_for_ever(self, limit, left, reset):
        for code in self.prefixes:
            found = self.rest(code, limit=limit, remaining=left, reset=reset)
            self.assertTrue(found is None or 0 < found <= 24 * 3600)


@tagged("post_install", "-at_install")
class TestUsage(BaseCase):
    def rest(self, **headers):
        provider = make("meta")
        provider._note_usage(
            {name.replace("_", "-"): headers[name] for name in headers}
        )
        return provider.rest_seconds

    def test_below_four_fifths_calls_go_on(self):
        self.assertIsNone(self.rest(X_App_Usage='{"call_count": 79, "total_time": 5}'))
        self.assertIsNone(self.rest())

    def test_from_four_fifths_of_any_limit_on_the_app_rests_an_hour(self):
        for name in ("call_count", "total_time", "total_cputime"):
            self.assertEqual(self.rest(X_App_Usage=json.dumps({name: 80})), 3600)

    def test_the_network_says_in_minutes_when_there_is_room_again(self):
        usage = {
            "1": [{"call_count": 20}],
            "2": [{"call_count": 95, "estimated_time_to_regain_access": 12}],
        }
        self.assertEqual(
            self.rest(X_Business_Use_Case_Usage=json.dumps(usage)), 12 * 60
        )

    def test_a_rest_is_never_longer_than_a_day(self):
        usage = {"2": [{"call_count": 95, "estimated_time_to_regain_access": 1e300}]}
        self.assertEqual(
            self.rest(X_Business_Use_Case_Usage=json.dumps(usage)), 24 * 3600
        )

    @given(anything)
    def test_nonsense_never_fails_and_never_rests_for_ever(self, value):
        text = json.dumps(value)
        for found in (
            self.rest(X_App_Usage=text),
            self.rest(X_Business_Use_Case_Usage=json.dumps({"1": [value]})),
            self.rest(X_App_Usage=text[:-1]),
        ):
            self.assertTrue(found is None or 0 < found <= 24 * 3600)
