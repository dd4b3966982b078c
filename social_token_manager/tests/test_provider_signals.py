"""Only what the network signed is a signal, and nonsense is never more than refused.

Signatures are made here with the standard library, apart from the code that checks
them.
"""

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from odoo.tests import BaseCase, tagged

from ..providers import PROVIDERS, google_signals
from ..providers.errors import Unreachable
from ..providers.results import AppData, StoredToken
from ..providers.signals import Delivery, SignalRefused, fresh
from ..providers.values import EPOCH

NOW = datetime(2026, 11, 22, 12, 0, 0)
SECONDS = int((NOW - EPOCH).total_seconds())
SECRET = "app-secret"
CLIENT = "4711"
PERSON = "1001"
ISSUER = "https://accounts.google.com/"
RISC = "https://schemas.openid.net/secevent/risc/event-type/"
OAUTH = "https://schemas.openid.net/secevent/oauth/event-type/"
REFRESH_TOKEN = "1//0" + "abcdefghijklmnopqrstuvwxyz" * 2


def digest(content, secret=SECRET):
    return hmac.new(secret.encode(), content, hashlib.sha256).digest()


def unpadded(content):
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def compact(data):
    return json.dumps(data).encode()


class SignalCase(BaseCase):
    code = None

    def provider(self, **app):
        values = {"client_secret": SECRET} | app
        data = AppData(
            provider=self.code,
            client_id=CLIENT,
            authorize_url="",
            token_url="",
            api_url="",
            **values,
        )
        return PROVIDERS[self.code](data, None, NOW)

    def take(self, delivery, **app):
        return self.provider(**app).read_signals(delivery)

    def assert_refused(self, detail, delivery, **app):
        with self.assertRaises(SignalRefused) as caught:
            self.take(delivery, **app)
        self.assertEqual(caught.exception.detail, detail)


class HmacPromises:
    """What holds for all networks that sign with a secret of the app."""

    body = None  # of a signal that would have an effect

    def delivery(self, raw=None, secret=SECRET, at=SECONDS):
        """Return a delivery signed as the network does; each test case has its own."""
        raise NotImplementedError

    def test_what_is_signed_with_the_secret_of_the_app_is_read(self):
        (signal,) = self.take(self.delivery())
        self.assertEqual(signal.subject, PERSON)
        self.assertEqual(signal.kind, "revoked")

    def test_what_is_signed_with_the_second_secret_of_the_app_is_read(self):
        delivery = self.delivery(secret="other")
        self.assertTrue(self.take(delivery, webhook_secret="other"))

    def test_another_secret_is_refused(self):
        self.assert_refused("signature", self.delivery(secret="another"))

    def test_an_empty_secret_refuses_everything(self):
        for secret in ("", SECRET):
            delivery = self.delivery(secret=secret)
            self.assert_refused("signature", delivery, client_secret="")

    def test_the_same_signal_has_the_same_key_and_another_one_another(self):
        (first,) = self.take(self.delivery())
        (again,) = self.take(self.delivery())
        (other,) = self.take(self.delivery(at=SECONDS - 60))
        self.assertEqual(first.key, again.key)
        self.assertNotEqual(first.key, other.key)

    def test_a_key_tells_nothing_about_the_person(self):
        (signal,) = self.take(self.delivery())
        self.assertNotIn(PERSON, signal.key)

    def test_what_happened_long_ago_is_refused(self):
        self.assert_refused("stale", self.delivery(at=SECONDS - 8 * 86400))

    def test_what_is_not_signed_is_refused(self):
        delivery = self.delivery()
        self.assert_refused(
            self.unsigned, Delivery(delivery.purpose, delivery.raw, {}, {})
        )

    unsigned = "unsigned"


@tagged("post_install", "-at_install")
class TestSignedRequest(HmacPromises, SignalCase):
    """Meta's deauthorise and data deletion callbacks."""

    code = "meta"
    unsigned = "no signed request"

    def delivery(self, raw=None, secret=SECRET, at=SECONDS, **payload):
        data = {"algorithm": "HMAC-SHA256", "user_id": PERSON, "issued_at": at}
        encoded = unpadded(compact(data | payload))
        signed = f"{unpadded(digest(encoded.encode(), secret))}.{encoded}"
        return Delivery("deauthorize", b"", {}, {"signed_request": [signed]})

    def test_another_algorithm_is_refused(self):
        for name in ("none", "HMAC-SHA1", None, "hmac-sha256"):
            self.assert_refused("algorithm", self.delivery(algorithm=name))

    def test_a_day_is_the_longest_way(self):
        self.assertTrue(self.take(self.delivery(at=SECONDS - 86400)))
        self.assert_refused("stale", self.delivery(at=SECONDS - 86401))

    def test_two_signed_requests_are_refused(self):
        (one,) = self.delivery().form["signed_request"]
        form = {"signed_request": [one, one]}
        self.assert_refused("no signed request", Delivery("deletion", b"", {}, form))

    def test_a_page_that_puts_the_app_out_is_no_person(self):
        (signal,) = self.take(self.delivery(user_id=0, profile_id="P1"))
        self.assertEqual(
            (signal.kind, signal.external_id, signal.subject), ("detached", "P1", "")
        )

    def test_the_address_decides_what_is_asked(self):
        form = self.delivery().form
        (signal,) = self.take(Delivery("deletion", b"", {}, form))
        self.assertEqual(signal.kind, "deletion")

    def test_a_signed_request_at_the_address_of_webhooks_is_refused(self):
        self.assert_refused("unsigned", Delivery("", b"", {}, self.delivery().form))


@tagged("post_install", "-at_install")
class TestMetaWebhook(SignalCase):
    code = "meta"

    def delivery(self, data, secret=SECRET, header=None):
        raw = compact(data)
        value = header or f"sha256={digest(raw, secret).hex()}"
        return Delivery("", raw, {"X-Hub-Signature-256": value})

    def message(self, mid="m1", at=SECONDS * 1000, **message):
        event = {"sender": {"id": "7"}, "message": {"mid": mid} | message}
        return {"id": "P1", "time": at, "messaging": [event]}

    def test_the_signature_is_over_the_bytes_and_in_one_form_only(self):
        data = {"object": "page", "entry": [self.message()]}
        good = self.delivery(data)
        self.assertTrue(self.take(good))
        given = good.headers["X-Hub-Signature-256"]
        for header in (
            given.upper(),
            given.replace("sha256", "sha1"),
            given[:-2],
            f"{given},{given}",
            f" {given}",
            "sha256=",
            "",
        ):
            bad = Delivery("", good.raw, {"X-Hub-Signature-256": header})
            self.assert_refused("unsigned", bad)
        changed = Delivery("", good.raw + b" ", good.headers)
        self.assert_refused("signature", changed)

    def test_a_message_is_for_the_messenger_of_the_page(self):
        data = {"object": "page", "entry": [self.message(text="Hello")]}
        (signal,) = self.take(self.delivery(data))
        self.assertEqual((signal.kind, signal.networks), ("message", ("messenger",)))
        self.assertEqual((signal.external_id, signal.happened_at), ("P1", NOW))
        self.assertEqual(signal.events[0]["message"]["text"], "Hello")
        self.assertNotIn("Hello", repr(signal))

    def test_a_message_sent_again_in_another_batch_has_the_same_key(self):
        one = {"object": "page", "entry": [self.message("m1")]}
        two = {"object": "page", "entry": [self.message("m2"), self.message("m1")]}
        (first,) = self.take(self.delivery(one))
        _other, again = self.take(self.delivery(two))
        self.assertEqual(first.key, again.key)
        self.assertNotEqual(first.key, _other.key)

    def test_what_has_to_do_with_a_story_is_known(self):
        mention = self.message(attachments=[{"type": "story_mention"}])
        reply = self.message("m2", reply_to={"story": {"id": "1"}})
        entries = [mention, reply, self.message("m3")]
        data = {"object": "instagram", "entry": entries}
        signals = self.take(self.delivery(data))
        self.assertEqual(
            [one.about for one in signals], ["story_mention", "story_reply", ""]
        )
        self.assertEqual({one.networks for one in signals}, {("instagram",)})

    def test_comments_come_in_three_shapes(self):
        change = {"field": "comments", "value": {"id": "c1"}}
        for entry in (
            {"id": "P1", "time": SECONDS, "changes": [change]},
            {"id": "P1", "time": SECONDS, **change},
        ):
            data = {"object": "instagram", "entry": [entry]}
            (signal,) = self.take(self.delivery(data))
            self.assertEqual(signal.events, (change,))
        self.code = "threads"
        data = {"target_id": "P1", "time": SECONDS, "values": change}
        (signal,) = self.take(self.delivery(data))
        self.assertEqual((signal.networks, signal.events), (("threads",), (change,)))

    def test_changed_permissions_are_asked_about_whatever_the_verb(self):
        for verb in ("granted", "revoked", "else"):
            change = {"field": "pages_messaging", "value": {"verb": verb}}
            entry = {"uid": PERSON, "time": SECONDS, "changes": [change]}
            data = {"object": "permissions", "entry": [entry]}
            (signal,) = self.take(self.delivery(data))
            self.assertEqual((signal.kind, signal.subject), ("changed", PERSON))

    def test_old_messages_among_new_ones_are_passed_over(self):
        old = self.message("m0", at=(SECONDS - 3 * 86400) * 1000)
        data = {"object": "page", "entry": [old, self.message()]}
        self.assertEqual(len(self.take(self.delivery(data))), 1)
        self.assert_refused("stale", self.delivery({"object": "page", "entry": [old]}))

    def test_what_is_signed_and_unknown_is_taken_and_means_nothing(self):
        """Refused, it would be sent again until Meta gives the address up."""
        for data in (
            {},
            {"object": "user", "entry": [{"id": "1"}]},
            {"object": "page"},
            {"object": "page", "entry": "none"},
            {"object": "page", "entry": [None, 1, {}, {"id": {}, "time": "x"}]},
            {"object": ["page"], "entry": [self.message()]},
            {"object": "permissions", "entry": [{"uid": PERSON}]},
            [],
            None,
        ):
            self.assertEqual(self.take(self.delivery(data)), [])

    def test_the_handshake_wants_the_verify_token(self):
        query = {
            "hub.mode": "subscribe",
            "hub.challenge": "1158201444",
            "hub.verify_token": "token",
        }
        provider = self.provider()
        found = provider.answer_handshake(query, "token")
        self.assertEqual((found.body, found.content_type), ("1158201444", "text/plain"))
        for changed, token in (
            ({"hub.verify_token": "other"}, "token"),
            ({"hub.verify_token": ""}, ""),
            ({"hub.verify_token": "token"}, ""),
            ({"hub.verify_token": "tok\udcff"}, "token"),
            ({"hub.mode": "unsubscribe"}, "token"),
            ({"hub.challenge": "<script>"}, "token"),
            ({"hub.challenge": ""}, "token"),
        ):
            with self.assertRaises(SignalRefused):
                provider.answer_handshake(query | changed, token)


@tagged("post_install", "-at_install")
class TestTikTokWebhook(HmacPromises, SignalCase):
    code = "tiktok"

    def delivery(self, raw=None, secret=SECRET, at=SECONDS, reason=1, **body):
        data = {
            "client_key": CLIENT,
            "event": "authorization.removed",
            "create_time": at,
            "user_openid": PERSON,
            "content": json.dumps({"reason": reason}),
        }
        raw = raw or compact(data | body)
        signature = digest(f"{at}.".encode() + raw, secret).hex()
        return Delivery("", raw, {"TikTok-Signature": f"t={at},s={signature}"})

    def test_the_timestamp_is_signed_as_well(self):
        good = self.delivery()
        for header in ("t=1,s=", f"t={SECONDS + 1},s=", "s=", "t=,s="):
            signature = good.headers["TikTok-Signature"].partition("s=")[2]
            bad = Delivery("", good.raw, {"TikTok-Signature": header + signature})
            with self.assertRaises(SignalRefused):
                self.take(bad)

    def test_a_signal_of_another_app_is_refused(self):
        self.assert_refused("another app", self.delivery(client_key="4712"))

    def test_a_ban_may_be_taken_back(self):
        (signal,) = self.take(self.delivery(reason=4))
        self.assertEqual(signal.kind, "held")

    def test_other_events_mean_nothing(self):
        for body in (
            {"event": "video.upload.failed"},
            {"user_openid": None},
            {"create_time": "soon"},
        ):
            self.assertEqual(self.take(self.delivery(**body)), [])

    def test_a_reason_that_makes_no_sense_is_a_removal_all_the_same(self):
        for content in ("", "null", "[]", 7, None, '{"reason": {}}'):
            (signal,) = self.take(self.delivery(content=content))
            self.assertEqual(signal.kind, "revoked")


@tagged("post_install", "-at_install")
class TestXWebhook(HmacPromises, SignalCase):
    code = "x"

    def delivery(self, raw=None, secret=SECRET, at=SECONDS):
        told_at = (EPOCH + timedelta(seconds=at)).isoformat() + "+00:00"
        payload = {"date_time": told_at, "user_id": PERSON, "app_id": "29820954"}
        data = {"data": {"event_type": "oauth.revoke", "payload": payload}}
        return self.signed(data, secret)

    def signed(self, data, secret=SECRET):
        raw = compact(data)
        signature = base64.b64encode(digest(raw, secret)).decode()
        return Delivery(
            "", raw, {"x-twitter-webhooks-signature": f"sha256={signature}"}
        )

    def test_both_products_tell_the_same_signal(self):
        (newer,) = self.take(self.delivery())
        revoke = {"date_time": "2026-11-22T12:00:00+00:00"}
        revoke |= {"source": {"user_id": PERSON}, "target": {"app_id": "1"}}
        (older,) = self.take(self.signed({"user_event": {"revoke": revoke}}))
        self.assertEqual(newer, older)

    def test_other_events_and_nonsense_mean_nothing(self):
        for data in (
            {"data": {"event_type": "post.create"}},
            {"data": {"event_type": "oauth.revoke", "payload": []}},
            {"user_event": {"revoke": {"date_time": 7, "source": "x"}}},
            {"user_event": "revoke"},
            {"data": None},
        ):
            self.assertEqual(self.take(self.signed(data)), [])

    def test_the_check_is_answered_with_the_secret_that_signs(self):
        found = self.provider(webhook_secret="key").answer_handshake(
            {"crc_token": "abc123"}, ""
        )
        expected = base64.b64encode(digest(b"abc123", "key")).decode()
        self.assertEqual(
            json.loads(found.body), {"response_token": f"sha256={expected}"}
        )
        self.assertEqual(found.content_type, "application/json")

    def test_the_check_signs_nothing_that_could_be_a_delivery(self):
        """Whoever knows the address could have a delivery of his own signed."""
        forged = self.delivery().raw.decode()
        for token in (forged, "{}", "", "a b", "ä", "x" * 257):
            with self.assertRaises(SignalRefused):
                self.provider().answer_handshake({"crc_token": token}, "")

    def test_without_a_secret_no_check_is_answered(self):
        with self.assertRaises(SignalRefused):
            self.provider(client_secret="").answer_handshake({"crc_token": "a"}, "")


@tagged("post_install", "-at_install")
class TestSecurityEventToken(SignalCase):
    """Google's Cross-Account Protection; the keys are served by the test."""

    code = "google"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key = rsa.generate_private_key(65537, 2048)
        cls.other_key = rsa.generate_private_key(65537, 2048)

    def setUp(self):
        super().setUp()
        google_signals.key_cache.clear()
        self.addCleanup(google_signals.key_cache.clear)
        self.fetched = []
        self.keys = [self.jwk(self.key)]

    def provider(self, **app):
        provider = super().provider(signal_keys_url="https://keys.example", **app)
        provider._get = self.answer
        return provider

    def answer(self, url):
        self.fetched.append(url)
        if url == "https://keys.example":
            return {"issuer": ISSUER, "jwks_uri": "https://certs.example"}
        return {"keys": self.keys}

    @staticmethod
    def jwk(key, kid="k1"):
        numbers = key.public_key().public_numbers()
        return {
            "kty": "RSA",
            "kid": kid,
            "alg": "RS256",
            "use": "sig",
            "n": unpadded(numbers.n.to_bytes(256, "big")),
            "e": "AQAB",
        }

    def delivery(self, key=None, header=None, event=None, **claims):
        header = {"alg": "RS256", "kid": "k1"} | (header or {})
        claims = {
            "iss": ISSUER,
            "aud": CLIENT,
            "iat": SECONDS,
            "jti": "j1",
            "events": event or self.event("tokens-revoked", OAUTH),
        } | claims
        signed = f"{unpadded(compact(header))}.{unpadded(compact(claims))}".encode()
        signature = b""
        if header["alg"] == "HS256":
            signature = digest(signed)
        elif header["alg"] != "none":
            signature = (key or self.key).sign(
                signed, padding.PKCS1v15(), hashes.SHA256()
            )
        return Delivery("", signed + b"." + unpadded(signature).encode())

    @staticmethod
    def event(name, schema=RISC, **subject):
        subject = subject or {"subject_type": "iss-sub", "sub": PERSON}
        return {schema + name: {"subject": subject}}

    def test_what_google_signed_is_read(self):
        (signal,) = self.take(self.delivery())
        self.assertEqual(
            (signal.kind, signal.subject, signal.happened_at, signal.detail),
            ("revoked", PERSON, NOW, "tokens-revoked"),
        )

    def test_one_algorithm_is_taken_whatever_the_token_says(self):
        for name in ("none", "HS256", "RS512", "PS256"):
            self.assert_refused("signature", self.delivery(header={"alg": name}))

    def test_another_key_is_refused(self):
        self.assert_refused("signature", self.delivery(self.other_key))

    def test_a_token_brings_no_key_of_its_own(self):
        header = {"jwk": self.jwk(self.other_key), "jku": "https://evil.example"}
        self.assert_refused("signature", self.delivery(self.other_key, header))
        self.assertNotIn("https://evil.example", self.fetched)

    def test_another_audience_issuer_or_none_is_refused(self):
        for detail, claims in (
            ("another app", {"aud": "4712"}),
            ("another app", {"aud": None}),
            ("another app", {"aud": ["4712"]}),
            ("another issuer", {"iss": "https://evil.example/"}),
            ("another issuer", {"iss": None}),
            ("incomplete", {"jti": ""}),
            ("incomplete", {"iat": "now"}),
        ):
            with self.subTest(**claims):
                self.assert_refused(detail, self.delivery(**claims))

    def test_the_issuer_may_lack_its_slash_and_the_audience_be_a_list(self):
        delivery = self.delivery(iss=ISSUER.rstrip("/"), aud=["4712", CLIENT])
        self.assertTrue(self.take(delivery))

    def test_an_end_that_is_past_is_not_looked_at(self):
        self.assertTrue(self.take(self.delivery(exp=1)))

    def test_what_happened_long_ago_is_refused(self):
        self.assert_refused("stale", self.delivery(iat=SECONDS - 8 * 86400))

    def test_the_keys_are_fetched_once_a_day(self):
        self.take(self.delivery())
        self.take(self.delivery(jti="j2"))
        self.assertEqual(len(self.fetched), 2)
        provider = self.provider()
        provider.now = NOW + timedelta(hours=25)
        provider.read_signals(self.delivery())
        self.assertEqual(len(self.fetched), 4)

    def test_an_unknown_key_has_the_keys_fetched_anew_but_not_at_once(self):
        self.take(self.delivery())
        new = self.delivery(self.other_key, {"kid": "k2"})
        self.keys.append(self.jwk(self.other_key, "k2"))
        self.assert_refused("signature", new)
        self.assertEqual(len(self.fetched), 2)
        provider = self.provider()
        provider.now = NOW + google_signals.KEYS_PAUSE
        self.assertTrue(provider.read_signals(new))

    def test_keys_that_cannot_be_had_are_no_refusal(self):
        """The network has to send it again."""
        for answer in ({}, {"issuer": ISSUER, "jwks_uri": "x", "keys": 7}):
            google_signals.key_cache.clear()
            provider = self.provider()
            provider._get = lambda _url, told=answer: told
            with self.assertRaises(Unreachable):
                provider.read_signals(self.delivery())

    def test_each_event_means_what_google_says(self):
        for name, schema, kind in (
            ("tokens-revoked", OAUTH, "revoked"),
            ("account-purged", RISC, "revoked"),
            ("account-disabled", RISC, "held"),
            ("account-enabled", RISC, "changed"),
            ("sessions-revoked", RISC, "changed"),
            ("account-credential-change-required", RISC, "changed"),
        ):
            (signal,) = self.take(self.delivery(event=self.event(name, schema)))
            self.assertEqual((signal.kind, signal.detail), (kind, name))
        probe = {RISC + "verification": {"state": "x"}}
        (signal,) = self.take(self.delivery(event=probe))
        self.assertEqual((signal.kind, signal.subject), ("probe", ""))
        self.assertEqual(self.take(self.delivery(event={"else": {}})), [])

    def test_a_refresh_token_is_named_by_its_beginning_or_its_hash(self):
        once = hashlib.sha512(REFRESH_TOKEN.encode()).digest()
        twice = base64.b64encode(hashlib.sha512(once).digest()).decode()
        for algorithm, named in (
            ("prefix", REFRESH_TOKEN[:16]),
            ("hash_base64_sha512_sha512", twice),
        ):
            event = self.event(
                "token-revoked",
                OAUTH,
                subject_type="oauth_token",
                token_identifier_alg=algorithm,
                token=named,
            )
            (signal,) = self.take(self.delivery(event=event))
            provider = self.provider()
            mine = StoredToken("", REFRESH_TOKEN)
            self.assertTrue(provider.names_token(signal, mine))
            for other in ("x" + REFRESH_TOKEN, "", None):
                self.assertFalse(provider.names_token(signal, StoredToken("", other)))

    def test_a_beginning_that_fits_many_tokens_names_none(self):
        for token in ("", "1", "1//0", None, 7):
            event = self.event(
                "token-revoked", OAUTH, token_identifier_alg="prefix", token=token
            )
            self.assertEqual(self.take(self.delivery(event=event)), [])

    def test_what_is_no_token_is_refused_without_a_call(self):
        for raw in (b"", b"{}", b"a.b.c", b"\xff.\xff.\xff", b"e30.e30.e30", b"." * 9):
            self.assert_refused("signature", Delivery("", raw))
        self.assertEqual(self.fetched, [])


@tagged("post_install", "-at_install")
class TestSignals(BaseCase):
    def test_no_network_that_is_not_known_to_tell_is_believed(self):
        for code, kind in PROVIDERS.items():
            if kind.sends_signals:
                continue
            app = AppData(code, CLIENT, SECRET, "", "", "")
            for call in (
                lambda one: one.read_signals(Delivery()),
                lambda one: one.answer_handshake({}, "token"),
            ):
                with self.assertRaises(SignalRefused):
                    call(kind(app, None, NOW))

    def test_the_networks_that_tell(self):
        telling = {code for code, kind in PROVIDERS.items() if kind.sends_signals}
        self.assertEqual(
            telling, {"meta", "instagram", "threads", "google", "tiktok", "x"}
        )

    def test_nothing_at_all_is_not_stale(self):
        self.assertEqual(fresh([], NOW, timedelta(hours=1)), [])

    def test_no_delivery_and_no_secret_is_in_a_text(self):
        delivery = Delivery("", b"body", {"h": "header"}, {"f": ["form"]})
        app = AppData("x", CLIENT, SECRET, "", "", "", webhook_secret="second")
        for hidden in ("body", "header", "form", "second", SECRET):
            self.assertNotIn(hidden, repr(delivery) + repr(app))
