"""The stand-ins' own server: who may call, controls, delays, faults, the log."""

import json
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests

from sandbox import control
from sandbox.faults import KINDS
from sandbox.server import NETWORKS, NotLoopback, create_server
from sandbox.testing import REDIRECT_URI, MetaApp, error_of

ROOT = Path(__file__).parent.parent
ACCOUNTS = "/meta/*/me/accounts"
TOKEN = "*/oauth/access_token"


@pytest.fixture
def meta(server):
    return MetaApp(server.base_url)


def post(meta, path, values=None, **options):
    return requests.post(f"{meta.base_url}{path}", json=values, **options)


# --- the command


def run(*arguments, **options):
    command = [sys.executable, "-m", "sandbox", *arguments]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


@pytest.mark.processes
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_command_serves_until_a_signal_and_exits_zero(ending):
    process = run("--port", "0", "--verbose")
    ready = process.stdout.readline()
    url = ready.split()[-1]
    assert ready.startswith("Sandbox ready")
    requests.get(f"{url}/meta/v26.0/me", params={"access_token": "secret-value"})
    process.send_signal(ending)
    out, err = process.communicate(timeout=10)
    assert process.returncode == 0
    assert out == "GET /meta/v26.0/me 400\n"
    assert err == ""


@pytest.mark.processes
def test_command_refuses_other_hosts():
    process = run("--host", "0.0.0.0")
    _out, err = process.communicate(timeout=10)
    assert process.returncode == 2
    assert "loopback addresses only" in err


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.com"])
def test_only_loopback_is_served(host):
    with pytest.raises(NotLoopback):
        create_server(host)


# --- every answer


def test_every_answer_says_it_is_a_stand_in(meta):
    dialog = meta.dialog_url()[len(meta.base_url) :]
    for path in ("/", "/meta/apps", "/_control", dialog):
        response = requests.get(meta.base_url + path)
        assert response.headers["X-Sandbox"] == "stand-in"
        assert 'class="banner"' in response.text
        assert "Not" in response.text.split('class="banner"')[1][:120]
        assert response.headers["X-Frame-Options"] == "DENY"
    for path in ("/meta/v26.0/me", "/nothing", "/_control/nothing", "/sandbox.css"):
        response = requests.get(meta.base_url + path)
        assert response.headers["X-Sandbox"] == "stand-in"


def test_foreign_names_and_sites_are_refused(meta):
    url = f"{meta.base_url}/_control/reset"
    foreign_host = requests.post(url, json={}, headers={"Host": "evil.example"})
    assert foreign_host.status_code == 421
    foreign_site = requests.post(
        url, json={}, headers={"Origin": "https://evil.example"}
    )
    assert foreign_site.status_code == 403
    nowhere = requests.post(url, data={}, headers={"Origin": "null"})
    assert nowhere.status_code == 403


def test_body_too_long(meta):
    url = f"{meta.api}/oauth/access_token"
    response = requests.post(url, data={"code": "x" * 2_000_000})
    assert response.status_code == 413


# --- controls


def test_reset_gives_back_the_seed(meta):
    before = requests.get(f"{meta.base_url}/_control/meta").json()
    meta.long_token()
    meta.control("clock", advance=1000)
    meta.control("meta/roles", person="ana", page="cafeaurora", tasks=[])
    meta.control("faults", path="*", kind="close", times=0)
    meta.control("reset")
    meta.control("meta/apps", redirect_uris=before["apps"][0]["redirect_uris"])
    assert requests.get(f"{meta.base_url}/_control/meta").json() == before
    assert meta.state("clock")["offset"] == 0
    assert meta.state("faults") == []


def test_clock(meta):
    real = time.time()
    assert abs(meta.state("clock")["now"] - real) < 5
    assert meta.control("clock", advance=3600)["offset"] == 3600
    assert meta.control("clock", offset=60)["offset"] == 60
    moved = meta.control("clock", at="2030-01-01T00:00:00Z")
    assert moved["utc"].startswith("2030-01-01 00:00:0")
    assert meta.control("clock", at=1_900_000_000)["now"] in range(
        1_900_000_000, 1_900_000_003
    )


@pytest.mark.parametrize(
    ("path", "values", "words"),
    [
        ("clock", {"at": "tomorrow"}, "tomorrow"),
        ("clock", {"advance": "much"}, "advance"),
        ("clock", {"forward": 5}, "Unknown: forward"),
        ("faults", {"kind": "weird"}, "weird"),
        ("nonsense", {}, "nonsense"),
        ("meta/nonsense", {}, "nonsense"),
        ("meta/password", {}, "person"),
        ("meta/password", {"person": "zoe"}, "zoe"),
        ("meta/roles", {"person": "ana", "page": "no-such"}, "no-such"),
        ("meta/revoke", {"person": "ana"}, "granted nothing"),
        ("meta/apps", {"client_id": "9"}, "client_secret"),
        (
            "meta/apps",
            {"client_id": "1", "redirect_uris": ["http://x.example"]},
            "https",
        ),
        ("meta/apps", {"client_id": "1", "redirect_uris": ["https://x/#f"]}, "exact"),
    ],
)
def test_controls_refuse_what_they_do_not_understand(meta, path, values, words):
    response = post(meta, f"/_control/{path}", values)
    assert response.status_code == 400
    assert words in response.json()["error"]


def test_controls_want_an_object(meta):
    assert post(meta, "/_control/clock", [1]).status_code == 400


def test_people_are_named_by_key_name_or_scoped_id(meta):
    scoped = meta.state("meta/people")[0]["ids"][meta.client_id]
    for reference in ("ana", "Ana Souza", scoped):
        assert meta.control("meta/password", person=reference) == {"changed": "ana"}


def test_forms_of_the_control_page(meta):
    form = {"person": "ana", "back": "/_control"}
    url = f"{meta.base_url}/_control/meta/password"
    answer = requests.post(url, data=form, allow_redirects=False)
    assert answer.status_code == 303
    target = urljoin(url, answer.headers["Location"])
    assert "Done." in requests.get(target).text
    form["person"] = "zoe"
    answer = requests.post(url, data=form)
    assert "No person" in answer.text
    form["back"] = "//elsewhere.example"
    answer = requests.post(url, data=form, allow_redirects=False)
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_control_page_shows_what_there_is(meta):
    meta.long_token()
    meta.control("faults", path=ACCOUNTS, kind="html")
    meta.control("latency", path="/nowhere", seconds=1)
    text = requests.get(f"{meta.base_url}/_control").text
    for words in ("Ana Souza", "Café Aurora", "@cafeaurora", "access_token", ACCOUNTS):
        assert words in text


def test_readme_documents_every_control_and_fault(meta):
    text = (ROOT / "sandbox" / "README.md").read_text()
    for parts in control.WRITE:
        assert f"$S/{'/'.join(parts)} -d" in text
    # One section is about both of each pair.
    twins = {"threads": "instagram", "tiktok": "x", "pinterest": "linkedin"}
    documented = text
    for one, other in twins.items():
        documented = documented.replace(f"$S/{one}/", f"$S/{other}/")
    for network in NETWORKS:
        code = twins.get(network.code, network.code)
        for name in network.controls:
            assert f"$S/{code}/{name} -d" in documented
    for kind in KINDS:
        assert f"| `{kind}` |" in text


def readme_examples():
    text = (ROOT / "sandbox" / "README.md").read_text()
    return re.findall(r"post \$S/(\S+) -d '(\{.*?\})'", text.replace("…", REDIRECT_URI))


EXAMPLES = readme_examples()
CONSENTS = {path: body for path, body in EXAMPLES if path.endswith("/consent")}


@pytest.mark.parametrize(("path", "body"), EXAMPLES)
def test_examples_of_the_readme_work(meta, path, body):
    for consent, given in CONSENTS.items():
        post(meta, f"/_control/{consent}", json.loads(given))
    response = post(meta, f"/_control/{path}", json.loads(body))
    # At X and TikTok a grant begins with the exchange of the code, not with consent.
    assert response.status_code == 200 or "has granted nothing" in response.text


# --- the app dashboard


def test_dashboard_creates_an_app_that_works(meta):
    url = f"{meta.base_url}/meta/apps"
    text = requests.post(url, data={"action": "create", "name": "Second"}).text
    assert "Second has the app id 100000000000002." in text
    app = {"client_id": "100000000000002"}
    uri = "https://odoo.example/social/callback/x"
    add = app | {"action": "add_redirect_uri", "redirect_uri": uri}
    assert "Redirect URI added." in requests.post(url, data=add).text
    asked = meta.dialog_url(redirect_uri=uri, client_id=app["client_id"])
    assert requests.get(asked, allow_redirects=False).status_code == 302
    requests.post(url, data=app | {"action": "switches", "require_proof": "1"})
    state = meta.state("meta/apps")[1]
    assert (state["require_proof"], state["live"]) == (True, False)
    requests.post(url, data=add | {"action": "remove_redirect_uri"})
    assert meta.state("meta/apps")[1]["redirect_uris"] == []


def test_dashboard_refuses_unsafe_redirect_uris(meta):
    url = f"{meta.base_url}/meta/apps"
    for uri in ("http://odoo.example/", "ftp://x", "https://x/#a", "https://*.x/"):
        form = {"action": "add_redirect_uri", "redirect_uri": uri}
        form |= {"client_id": meta.client_id, "back": "/meta/apps"}
        assert "A redirect URI" in requests.post(url, data=form).text
        assert uri not in meta.state("meta/apps")[0]["redirect_uris"]


# --- the log of calls


def test_log_holds_names_and_never_values(meta):
    token = meta.long_token()
    meta.control("requests/clear")
    meta.get("me", token, fields="name")
    requests.get(f"{meta.api}/me", headers={"Authorization": f"Bearer {token}"})
    requests.post(f"{meta.api}/oauth/access_token", data={"client_secret": "abc"})
    first, second, third = meta.state("requests")
    assert first["path"] == "/meta/v26.0/me"
    assert first["parameters"] == ["access_token", "fields"]
    assert (first["status"], first["bearer"]) == (200, False)
    assert second["bearer"] is True
    assert (third["method"], third["parameters"]) == ("POST", ["client_secret"])
    assert token not in json.dumps(meta.state("requests"))


# --- delays and faults


def test_latency(meta):
    token = meta.long_token()
    meta.control("latency", path=ACCOUNTS, seconds=2, times=1)
    started = time.monotonic()
    meta.get("me", token)
    assert time.monotonic() - started < 1.5
    started = time.monotonic()
    meta.get("me/accounts", token)
    assert time.monotonic() - started >= 2


def test_a_slow_call_does_not_hold_up_others(meta):
    meta.control("latency", path=TOKEN, seconds=6)
    url = f"{meta.api}/oauth/access_token"
    with pytest.raises(requests.Timeout):
        requests.get(url, timeout=0.2)
    started = time.monotonic()
    requests.get(f"{meta.api}/me")
    assert time.monotonic() - started < 4


def test_fault_counts_skips_and_clears(meta):
    token = meta.long_token()
    meta.control("faults", path=ACCOUNTS, kind="status", status=503, times=2, skip=1)
    found = [meta.call("me/accounts", token).status_code for _number in range(5)]
    assert found == [200, 503, 503, 200, 200]
    meta.control("faults", path=ACCOUNTS, kind="status", times=0)
    assert meta.call("me/accounts", token).status_code == 500
    meta.control("faults/clear")
    assert meta.call("me/accounts", token).status_code == 200


def test_fault_for_one_method(meta):
    meta.control("faults", path="*", method="DELETE", kind="empty")
    assert meta.get("me", meta.long_token())["id"]


@pytest.mark.parametrize("code", [1, 2, 4, 17, 32, 613, 80001])
def test_error_faults_have_the_networks_shape(meta, code):
    token = meta.long_token()
    meta.control("faults", path="/meta/*/me", kind="error", code=code)
    response = meta.call("me", token)
    assert error_of(response)[0] == code
    assert response.status_code == (500 if code < 3 else 400)
    if code in (4, 17, 32):
        assert json.loads(response.headers["X-App-Usage"])["call_count"] == 100
    if code == 80001:
        usage = json.loads(response.headers["X-Business-Use-Case-Usage"])
        ((entry,),) = usage.values()
        assert entry["estimated_time_to_regain_access"] == 19


def test_error_fault_in_full(meta):
    fault = {"code": 190, "subcode": 464, "message": "m", "is_transient": True}
    headers = {"Retry-After": "7"}
    meta.control("faults", kind="error", path="/meta/*", headers=headers, **fault)
    response = meta.call("me", "any")
    assert error_of(response) == (190, 464, "m")
    assert response.json()["error"]["is_transient"] is True
    assert response.headers["Retry-After"] == "7"


def test_bodies_that_are_no_answer(meta):
    token = meta.long_token()
    for kind, check in (
        ("html", lambda response: response.text.startswith("<!DOCTYPE html>")),
        ("empty", lambda response: response.content == b""),
        ("truncated", lambda response: response.text.startswith('{"')),
    ):
        meta.control("faults", path="/meta/*/me", kind=kind)
        response = meta.call("me", token)
        assert response.status_code == 200
        assert check(response)
        with pytest.raises(requests.JSONDecodeError):
            response.json()
    meta.control("faults", path="*", kind="body", body="null", content_type="text/x")
    response = meta.call("me", token)
    assert (response.text, response.headers["Content-Type"]) == ("null", "text/x")


@pytest.mark.parametrize("value", ["soon", -5, 10**30, None, True, [1]])
def test_wrong_types(meta, value):
    meta.control("faults", path=TOKEN, kind="json", set={"expires_in": value})
    answer = meta.exchange(meta.code()).json()
    assert answer["expires_in"] == value
    assert answer["access_token"]


def test_missing_members(meta):
    token = meta.long_token()
    meta.control("faults", path=ACCOUNTS, kind="json", remove=["data.0.id"])
    assert "id" not in meta.get("me/accounts", token)["data"][0]
    meta.control("faults", path=ACCOUNTS, kind="json", remove=["data.99.id"])
    assert "data.99.id" in meta.get("me/accounts", token)["error"]


def test_closed_and_cut_connections(meta):
    token = meta.long_token()
    meta.control("faults", path="/meta/*/me", kind="close")
    with pytest.raises(requests.ConnectionError):
        meta.call("me", token)
    meta.control("faults", path="/meta/*/me", kind="cut")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        meta.call("me", token)


def test_lost_answer_after_the_work_is_done(meta):
    code = meta.code()
    meta.control("faults", path=TOKEN, kind="close", after=True)
    with pytest.raises(requests.ConnectionError):
        meta.exchange(code)
    assert error_of(meta.exchange(code))[:2] == (100, 36009)


def test_lost_request_before_the_work_is_done(meta):
    code = meta.code()
    meta.control("faults", path=TOKEN, kind="close")
    with pytest.raises(requests.ConnectionError):
        meta.exchange(code)
    assert meta.exchange(code).status_code == 200


def test_endless_body(meta):
    meta.control("faults", path="/meta/*/me", kind="endless")
    url = f"{meta.api}/me"
    with requests.get(url, stream=True, timeout=5) as response:
        read = 0
        for chunk in response.iter_content(65536):
            read += len(chunk)
            if read > 3_000_000:
                break
    assert read > 3_000_000
    assert requests.get(f"{meta.base_url}/").status_code == 200


def test_drip(meta):
    token = meta.long_token()
    meta.control("faults", path="/meta/*/me", kind="drip", seconds=0.01)
    started = time.monotonic()
    assert meta.get("me", token)["name"] == "Ana Souza"
    assert time.monotonic() - started > 0.3


def test_redirect_fault(meta):
    meta.control("faults", path=TOKEN, kind="redirect", location="http://127.0.0.1:9/x")
    url = f"{meta.api}/oauth/access_token"
    response = requests.get(url, allow_redirects=False)
    assert response.status_code == 302
    assert response.headers["Location"] == "http://127.0.0.1:9/x"


def test_a_code_is_exchanged_once_even_by_many_at_the_same_time(meta):
    code = meta.code()
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _n: meta.exchange(code).status_code, range(16)))
    assert sorted(statuses) == [200] + [400] * 15
