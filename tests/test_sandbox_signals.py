"""What the stand-ins tell: signed as documented, resent, and wrong on request."""

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
import requests
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet

from sandbox.server import running
from tests.servers import wait_for

SECRETS = {
    "meta": "sandbox-meta-secret",
    "tiktok": "sandbox-tiktok-secret",
    "x": "sandbox-x-api-secret",
}
ACCOUNT = {"account": "cafeaurora"}
SIGNALS = {
    "meta": {"name": "deauthorize", "person": "ana"},
    "tiktok": ACCOUNT,
    "x": ACCOUNT,
    "google": {"name": "account-enabled", "person": "ana"},
}


class Ear(ThreadingHTTPServer):
    """A server that hears everything and answers what it is told to."""

    def __init__(self):
        ear = self
        self.heard, self.status = [], 200

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                ear.heard.append((self.path, self.headers, body))
                self.send_response(ear.status)
                self.end_headers()

            def log_message(self, *_args):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def wait(self, count=1, seconds=5):
        deadline = time.monotonic() + seconds
        while len(self.heard) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(self.heard) == count, len(self.heard)
        return self.heard[-1]


@pytest.fixture(scope="module")
def base():
    with running() as server:
        yield server.base_url


@pytest.fixture
def control(base):
    def post(path, **values):
        answer = requests.post(f"{base}/_control/{path}", json=values)
        assert answer.status_code == 200, answer.text
        return answer.json()

    post("reset")
    return post


@pytest.fixture
def ear(base, control):
    found = Ear()
    for network in SIGNALS:
        apps = requests.get(f"{base}/_control/{network}/apps").json()
        addresses = {"webhook_url": f"{found.url}/hook"}
        if network == "meta":
            addresses["deauthorize_url"] = f"{found.url}/deauthorize"
        control(f"{network}/apps", client_id=apps[0]["client_id"], **addresses)
    yield found
    found.shutdown()
    found.server_close()


def digest(network, content):
    return hmac.new(SECRETS[network].encode(), content, hashlib.sha256).digest()


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def is_signed(network, headers, body):
    """Whether a delivery is signed as the network's documentation says."""
    if network == "meta":
        ((value,),) = parse_qs(body.decode()).values()
        signature, encoded = value.split(".")
        return unpadded(signature) == digest(network, encoded.encode())
    if network == "tiktok":
        parts = dict(part.split("=") for part in headers["TikTok-Signature"].split(","))
        content = parts["t"].encode() + b"." + body
        return bytes.fromhex(parts["s"]) == digest(network, content)
    given = headers["x-twitter-webhooks-signature"].removeprefix("sha256=")
    return base64.b64decode(given) == digest(network, body)


@pytest.mark.parametrize("network", SECRETS)
def test_what_is_told_is_signed_and_wrong_only_on_request(control, ear, network):
    for number, sign in enumerate(("right", "wrong", "damaged"), start=1):
        control("deliveries/settings", sign=sign)
        control(f"{network}/signal", **SIGNALS[network])
        _path, headers, body = ear.wait(number)
        assert is_signed(network, headers, body) == (sign == "right")


def test_hub_signatures_are_over_the_body(control, ear):
    control("meta/signal", name="message", page="cafeaurora", text="Olá")
    _path, headers, body = ear.wait()
    signature = headers["X-Hub-Signature-256"].removeprefix("sha256=")
    assert bytes.fromhex(signature) == digest("meta", body)
    assert b"Ol\\u00e1" in body
    control("deliveries/settings", sign="none")
    control("meta/signal", name="message", page="cafeaurora")
    assert "X-Hub-Signature-256" not in ear.wait(2)[1]


def test_security_event_tokens_are_signed_with_a_published_key(base, control, ear):
    requests.post(f"{base}/_control/google/consent", json={"person": "ana"})
    control("google/apps", client_id=google_app(base), redirect_uris=[])
    keys = KeySet.import_key_set(requests.get(f"{base}/google/oauth2/v3/certs").json())
    for number, sign in enumerate(("right", "wrong", "damaged"), start=1):
        control("deliveries/settings", sign=sign)
        control("google/signal", **SIGNALS["google"])
        _path, headers, body = ear.wait(number)
        assert headers["Content-Type"] == "application/secevent+jwt"
        if sign == "right":
            token = jws.deserialize_compact(body, keys, algorithms=["RS256"])
            assert json.loads(token.payload)["aud"] == google_app(base)
        else:
            with pytest.raises(BadSignatureError):
                jws.deserialize_compact(body, keys, algorithms=["RS256"])


def google_app(base):
    return requests.get(f"{base}/_control/google/apps").json()[0]["client_id"]


def settled(base):
    """Return the one delivery, as soon as nothing of it is to come any more."""
    found = []

    def is_over():
        found[:] = requests.get(f"{base}/_control/deliveries").json()
        return not found[0]["pending"]

    wait_for(is_over)
    return found[0]


def test_what_is_not_answered_well_is_sent_again_byte_for_byte(base, control, ear):
    control("deliveries/settings", retry_seconds=0.05, tries=3)
    ear.status = 500
    control("meta/signal", **SIGNALS["meta"])
    ear.wait(3)
    assert len({(path, body) for path, _headers, body in ear.heard}) == 1
    delivery = settled(base)
    assert (delivery["tries"], delivery["status"]) == (3, 500)
    assert not {"body", "headers"} & set(delivery)


def test_a_replay_has_the_same_bytes(control, ear):
    control("meta/signal", **SIGNALS["meta"])
    original = ear.wait()[2]
    control("deliveries/again", times=4)
    ear.wait(5)
    assert {body for _path, _headers, body in ear.heard} == {original}


def test_what_is_told_can_be_dated_back(control, ear):
    control("deliveries/settings", age=86400)
    control("tiktok/signal", **ACCOUNT)
    body = json.loads(ear.wait()[2])
    assert abs(body["create_time"] - (time.time() - 86400)) < 10


def test_nothing_leaves_this_machine(base, control):
    apps = requests.get(f"{base}/_control/tiktok/apps").json()
    control(
        "tiktok/apps",
        client_id=apps[0]["client_id"],
        webhook_url="http://192.0.2.1/hook",
    )
    control("deliveries/settings", tries=1)
    control("tiktok/signal", **ACCOUNT)
    delivery = settled(base)
    assert (delivery["tries"], delivery["status"]) == (1, 0)


def test_no_control_tells_a_secret(base, control, ear):
    for network in SIGNALS:
        for path in (network, f"{network}/apps", "deliveries"):
            text = requests.get(f"{base}/_control/{path}").text
            for secret in SECRETS.values():
                assert secret not in text
