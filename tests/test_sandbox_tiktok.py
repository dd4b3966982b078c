"""TikTok's stand-in: its strictness, its clocks and its envelopes."""

import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from sandbox.rotating.testing import TikTokApp
from sandbox.testing import REDIRECT_URI

DAY = 86400
BASIC, PROFILE = "user.info.basic", "user.info.profile"


@pytest.fixture
def tiktok(server):
    return TikTokApp(server.base_url)


def error_of(response):
    """Return status and error of the token endpoint, whose answers are flat."""
    body = response.json()
    assert set(body) == {"error", "error_description", "log_id"}
    return response.status_code, body["error"]


def code_of(response):
    """Return status and code of the API's envelope."""
    return response.status_code, response.json()["error"]["code"]


def consent(tiktok, person="ana", parameters=None, **answers):
    url = tiktok.auth_url(**(parameters or {}))
    target = tiktok.visitor.walk(url, person, **answers)
    assert isinstance(target, str), target.text
    return {key: one[0] for key, one in parse_qs(urlsplit(target).query).items()}


# --- the consent pages


def test_a_person_clicks_through_to_a_code(tiktok):
    answer = consent(tiktok)
    assert answer["state"] == "state-1"
    assert answer["scopes"] == f"{BASIC},{PROFILE}"
    assert tiktok.visitor.steps == ["login", "account", "review"]
    assert tiktok.exchange(answer["code"]).json()["access_token"]


def test_a_code_needs_decoding(tiktok):
    url = tiktok.visitor.walk(tiktok.auth_url())
    raw = urlsplit(url).query
    assert "%2A2%215700" in raw
    assert tiktok.exchange(parse_qs(raw)["code"][0]).status_code == 200


def test_single_scopes_can_be_left_out(tiktok):
    answer = consent(tiktok, review={"action": "continue", "accept": [BASIC]})
    assert answer["scopes"] == BASIC
    assert tiktok.exchange(answer["code"]).json()["scope"] == BASIC


def test_cancel_is_access_denied(tiktok):
    answer = consent(tiktok, review={"action": "cancel"})
    assert answer == {"error": "access_denied", "state": "state-1"}


def test_pages_speak_portuguese(tiktok):
    tiktok.visitor.walk(tiktok.auth_url(lang="pt-BR"))
    assert "Escolha a conta" in tiktok.visitor.pages["account"]


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"client_key": "42"}, "client_key"),
        ({"client_key": None, "client_id": TikTokApp.client_id}, "client_key"),
        ({"redirect_uri": REDIRECT_URI + "/"}, "redirect_uri"),
        ({"redirect_uri": None}, "redirect_uri"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": f"{BASIC} {PROFILE}"}, "invalid_scope"),
        ({"scope": "user.everything"}, "invalid_scope"),
        ({"state": None}, "state"),
        ({"state": ["a", "b"]}, "comes twice"),
    ],
)
def test_a_wrong_request_opens_no_dialog(tiktok, parameters, said):
    response = tiktok.visitor.walk(tiktok.auth_url(**parameters))
    assert response.status_code == 400
    assert said in response.text


@pytest.mark.parametrize("ending", ["?a=b", "/" + "x" * 500])
def test_a_redirect_uri_has_no_query_and_is_short(tiktok, ending):
    uri = REDIRECT_URI + ending
    tiktok.control("apps", redirect_uris=[uri])
    assert tiktok.visitor.walk(tiktok.auth_url(redirect_uri=uri)).status_code == 400


def test_a_web_app_has_no_pkce(tiktok):
    asked = {"code_challenge": "nonsense", "code_challenge_method": "S256"}
    code = consent(tiktok, parameters=asked)["code"]
    assert tiktok.exchange(code).status_code == 200


def test_a_desktop_app_has_pkce_with_a_challenge_in_hexadecimal(tiktok):
    tiktok.control("apps", kind="desktop")
    digest = hashlib.sha256(b"v" * 43).hexdigest()
    for challenge in (None, "v" * 43, digest.upper()):
        asked = {"code_challenge": challenge, "code_challenge_method": "S256"}
        assert tiktok.visitor.walk(tiktok.auth_url(**asked)).status_code == 400
    asked = {"code_challenge": digest, "code_challenge_method": "plain"}
    assert tiktok.visitor.walk(tiktok.auth_url(**asked)).status_code == 400
    asked = {"code_challenge": digest, "code_challenge_method": "S256"}
    code = consent(tiktok, parameters=asked)["code"]
    assert error_of(tiktok.exchange(code)) == (400, "invalid_grant")
    assert tiktok.exchange(code, code_verifier="v" * 43).status_code == 200


# --- the token endpoint


def test_the_client_is_known_by_key_and_secret_in_the_body(tiktok):
    code = tiktok.code_for()
    for parameters, expected in (
        ({"client_key": "42"}, (401, "invalid_client")),
        ({"client_secret": "wrong"}, (401, "invalid_client")),
        ({"client_secret": None}, (400, "invalid_request")),
        (
            {"client_key": None, "client_id": tiktok.client_id},
            (400, "invalid_request"),
        ),
        ({"grant_type": "password"}, (400, "unsupported_grant_type")),
    ):
        assert error_of(tiktok.exchange(code, **parameters)) == expected
    assert requests.get(tiktok.root + tiktok.token_path).status_code == 405
    assert requests.post(tiktok.root + tiktok.token_path.rstrip("/")).status_code == 404
    assert tiktok.exchange(code).status_code == 200


def test_a_code_works_once_in_time_for_its_uri(tiktok):
    code = tiktok.code_for()
    wrong = tiktok.exchange(code, redirect_uri=REDIRECT_URI + "/")
    assert error_of(wrong) == (400, "invalid_grant")
    assert tiktok.exchange(code).status_code == 200
    assert error_of(tiktok.exchange(code)) == (400, "invalid_grant")
    late = tiktok.code_for()
    tiktok.control("/clock", advance=601)
    assert error_of(tiktok.exchange(late)) == (400, "invalid_grant")


def test_both_lives_are_told_and_count_down_unless_they_restart(tiktok):
    first = tiktok.tokens()
    assert (first["expires_in"], first["refresh_expires_in"]) == (7200, 180 * DAY)
    tiktok.control("/clock", advance=100 * DAY)
    second = tiktok.refresh(first["refresh_token"]).json()
    assert abs(second["refresh_expires_in"] - 80 * DAY) < 5
    assert second["refresh_token"] != first["refresh_token"]
    tiktok.control("settings", refresh_restarts=True)
    third = tiktok.refresh(second["refresh_token"]).json()
    assert third["refresh_expires_in"] == 180 * DAY
    tiktok.control("/clock", advance=180 * DAY)
    assert error_of(tiktok.refresh(third["refresh_token"])) == (400, "invalid_grant")


def test_the_older_lives_are_settings(tiktok):
    tiktok.control("settings", access_seconds=DAY, refresh_seconds=365 * DAY)
    answer = tiktok.tokens()
    assert (answer["expires_in"], answer["refresh_expires_in"]) == (DAY, 365 * DAY)


def test_a_used_refresh_token_is_over_and_the_family_lives(tiktok):
    first = tiktok.tokens()["refresh_token"]
    second = tiktok.refresh(first).json()["refresh_token"]
    assert error_of(tiktok.refresh(first)) == (400, "invalid_grant")
    assert tiktok.refresh(second).status_code == 200


def test_a_refresh_may_leave_the_refresh_token_as_it_is(tiktok):
    tiktok.control("settings", refresh_gives_token=False)
    first = tiktok.tokens()["refresh_token"]
    for _time in range(2):
        assert tiktok.refresh(first).json()["refresh_token"] == first


def test_errors_may_come_with_status_200(tiktok):
    tiktok.control("settings", errors_as_200=True)
    assert error_of(tiktok.refresh("unknown")) == (200, "invalid_grant")


def test_an_account_has_another_id_at_each_app(tiktok):
    other = {"client_key": "2", "client_secret": "s"}
    tiktok.control(
        "apps", client_id="2", client_secret="s", redirect_uris=[REDIRECT_URI]
    )
    code = tiktok.code_for(client_id="2")
    assert error_of(tiktok.exchange(code)) == (400, "invalid_grant")
    there, here = tiktok.exchange(code, **other).json(), tiktok.tokens()
    assert there["open_id"] != here["open_id"]
    unions = [
        tiktok.me(one["access_token"], fields="union_id").json()["data"]["user"]
        for one in (there, here)
    ]
    assert unions[0] == unions[1]


def test_revoking_takes_an_access_token_and_ends_the_grant(tiktok):
    tokens = tiktok.tokens()
    refused = tiktok.revoke(tokens["refresh_token"])
    assert error_of(refused) == (400, "invalid_grant")
    assert tiktok.revoke(tokens["access_token"]).json() == {}
    assert error_of(tiktok.refresh(tokens["refresh_token"])) == (400, "invalid_grant")
    assert tiktok.me(tokens["access_token"], fields="open_id").status_code == 401


def test_what_else_ends_a_grant(tiktok):
    for control, values in (
        ("revoke", {}),
        ("accounts", {"held": True}),
        ("expire", {"which": "refresh", "seconds": -1}),
    ):
        token = tiktok.tokens("padariadoporto")["refresh_token"]
        tiktok.control(control, account="padariadoporto", **values)
        assert error_of(tiktok.refresh(token)) == (400, "invalid_grant"), control
        tiktok.control("accounts", account="padariadoporto", held=False)


# --- the API


def test_user_info_in_its_envelope(tiktok):
    token = tiktok.tokens()["access_token"]
    response = tiktok.me(token, fields="open_id,display_name,username,avatar_url")
    assert code_of(response) == (200, "ok")
    user = response.json()["data"]["user"]
    assert user["username"] == "cafeaurora"
    assert requests.get(user["avatar_url"]).content.startswith(b"\x89PNG")


def test_user_info_s_refusals(tiktok):
    token = tiktok.tokens(scopes=[BASIC])["access_token"]
    assert code_of(tiktok.me(token)) == (400, "invalid_params")
    assert code_of(tiktok.me(token, fields="shoe_size")) == (400, "invalid_params")
    assert code_of(tiktok.me(token, fields="open_id,username")) == (
        401,
        "scope_not_authorized",
    )
    assert code_of(tiktok.me("unknown", fields="open_id")) == (
        401,
        "access_token_invalid",
    )
    tiktok.control("settings", calls=1)
    assert code_of(tiktok.me(token, fields="open_id")) == (429, "rate_limit_exceeded")
    tiktok.control("/clock", advance=60)
    assert tiktok.me(token, fields="open_id").status_code == 200
    tiktok.control("/clock", advance=7200)
    assert code_of(tiktok.me(token, fields="open_id"))[0] == 401


# --- controls


def test_reading_the_state_shows_no_secret(tiktok):
    tokens = tiktok.tokens()
    said = requests.get(f"{tiktok.base_url}/_control/tiktok").text
    for secret in (tiktok.secret, tokens["access_token"], tokens["refresh_token"]):
        assert secret not in said


def test_the_control_page_shows_the_accounts(tiktok):
    tiktok.tokens()
    page = requests.get(f"{tiktok.base_url}/_control").text
    assert "TikTok: what accounts gave" in page
