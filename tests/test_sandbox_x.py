"""X's stand-in: its strictness, and each way in which a token dies."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from sandbox.rotating.testing import VERIFIER, XApp
from sandbox.testing import REDIRECT_URI

ALL_FIELDS = "name,username,profile_image_url,verified,verified_type,protected"


@pytest.fixture
def x(server):
    return XApp(server.base_url)


def error_of(response):
    body = response.json()
    return response.status_code, body["error"]


def problem_of(response):
    body = response.json()
    assert body["status"] == response.status_code
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.status_code, body["type"].rpartition("/")[2]


def consent(x, person="ana", parameters=None, **answers):
    target = x.visitor.walk(x.auth_url(**(parameters or {})), person, **answers)
    assert isinstance(target, str), target.text
    return {key: one[0] for key, one in parse_qs(urlsplit(target).query).items()}


# --- the consent pages


def test_a_person_clicks_through_to_a_code(x):
    answer = consent(x)
    assert answer["state"] == "state-1"
    assert x.visitor.steps == ["login", "account", "review"]
    assert x.exchange(answer["code"]).json()["access_token"]


def test_consent_is_all_or_nothing(x):
    answer = consent(x, review={"action": "continue", "accept": ["tweet.read"]})
    assert "checkbox" not in x.visitor.pages["review"]
    scopes = x.exchange(answer["code"]).json()["scope"].split()
    assert set(scopes) == set(x.scopes)


def test_cancel_is_access_denied(x):
    answer = consent(x, review={"action": "cancel"})
    assert answer == {"error": "access_denied", "state": "state-1"}


def test_pages_speak_portuguese(x):
    x.visitor.walk(x.auth_url(lang="pt-BR"))
    assert "Escolha a conta" in x.visitor.pages["account"]


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"client_id": "42"}, "unauthorized_client"),
        ({"redirect_uri": REDIRECT_URI + "/"}, "redirect_uri"),
        ({"redirect_uri": None}, "redirect_uri"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "tweet.read,users.read"}, "invalid_scope"),
        ({"scope": "tweet.read likes.everything"}, "invalid_scope"),
        ({"code_challenge": None}, "code_challenge"),
        ({"code_challenge_method": None}, "code_challenge_method"),
        ({"code_challenge_method": "S512"}, "code_challenge_method"),
        ({"state": None}, "state"),
        ({"state": "s" * 501}, "state"),
        ({"state": ["a", "b"]}, "comes twice"),
    ],
)
def test_a_wrong_request_opens_no_dialog(x, parameters, said):
    response = x.visitor.walk(x.auth_url(**parameters))
    assert response.status_code == 400
    assert said in response.text


# --- the token endpoint


def test_a_confidential_client_is_known_by_basic_alone(x):
    code = x.code_for()
    body = {"client_id": x.client_id, "client_secret": x.secret}
    refused = x.exchange(code, basic=(), **body)
    assert error_of(refused) == (401, "unauthorized_client")
    for basic in ((x.client_id, "wrong"), ("42", x.secret)):
        assert error_of(x.exchange(code, basic=basic))[0] == 401
    assert x.exchange(code).status_code == 200


def test_a_public_client_names_itself_in_the_body(x):
    x.control("apps", kind="public")
    named = {"basic": (), "client_id": x.client_id}
    first = x.exchange(x.code_for(), **named).json()
    assert x.refresh(first["refresh_token"], **named).status_code == 200
    assert error_of(x.exchange(x.code_for()))[0] == 401


def test_pkce_is_compulsory(x):
    code = x.code_for()
    assert error_of(x.exchange(code, code_verifier=None)) == (400, "invalid_request")
    assert error_of(x.exchange(code, code_verifier="w" * 64))[0] == 400
    assert x.exchange(code, code_verifier=VERIFIER).status_code == 200


def test_a_code_works_once_within_thirty_seconds(x):
    code = x.code_for()
    assert error_of(x.exchange(code, redirect_uri=REDIRECT_URI + "/"))[0] == 400
    assert x.exchange(code).status_code == 200
    assert error_of(x.exchange(code)) == (400, "invalid_request")
    late = x.code_for()
    x.control("/clock", advance=31)
    assert error_of(x.exchange(late))[0] == 400


def test_a_refresh_token_comes_only_with_its_scope(x):
    assert "refresh_token" not in x.tokens(scopes=["tweet.read", "users.read"])
    answer = x.tokens(scopes=list(x.scopes))
    assert answer["expires_in"] == 7200
    assert set(answer) == {
        "token_type", "expires_in", "access_token", "scope", "refresh_token"
    }  # fmt: skip


def test_a_refresh_token_works_once_and_its_reuse_ends_the_family(x):
    first = x.tokens()["refresh_token"]
    second = x.refresh(first).json()
    assert second["refresh_token"] != first
    assert error_of(x.refresh(first)) == (400, "invalid_request")
    assert error_of(x.refresh(second["refresh_token"]))[0] == 400
    assert x.me(second["access_token"]).status_code == 401


def test_whether_reuse_ends_the_family_is_a_setting(x):
    x.control("settings", reuse_ends_grant=False, dead_token_error="invalid_grant")
    first = x.tokens()["refresh_token"]
    second = x.refresh(first).json()["refresh_token"]
    assert error_of(x.refresh(first)) == (400, "invalid_grant")
    assert x.refresh(second).status_code == 200


def test_a_second_log_in_of_the_account_ends_the_first(x):
    first, other = x.tokens(), x.tokens("padariadoporto")
    second = x.tokens()
    assert x.me(first["access_token"]).status_code == 401
    assert error_of(x.refresh(first["refresh_token"]))[0] == 400
    for answer in (other, second):
        assert x.me(answer["access_token"]).status_code == 200


def test_an_app_refreshes_only_its_own_tokens(x):
    token = x.tokens()["refresh_token"]
    x.control("apps", client_id="2", client_secret="s")
    assert error_of(x.refresh(token, basic=("2", "s")))[0] == 400
    assert x.refresh(token).status_code == 200


def test_a_blocked_app_is_not_enrolled(x):
    tokens = x.tokens()
    x.control("apps", blocked=True)
    for response in (
        x.refresh(tokens["refresh_token"]),
        x.me(tokens["access_token"]),
    ):
        assert problem_of(response) == (403, "client-forbidden")
        assert response.json()["reason"] == "client-not-enrolled"


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoking_one_token_ends_both_or_one(x, which):
    for both in (True, False):
        x.control("settings", revokes_both=both)
        tokens = x.tokens()
        assert x.revoke(tokens[which]).json() == {"revoked": True}
        ended = {
            "access_token": x.me(tokens["access_token"]).status_code != 200,
            "refresh_token": x.refresh(tokens["refresh_token"]).status_code != 200,
        }
        assert ended[which]
        assert all(ended.values()) is both
    assert error_of(x.revoke("token", basic=()))[0] == 401
    assert x.revoke("unknown").status_code == 200


def test_a_password_ends_tokens_only_where_the_setting_says_so(x):
    tokens = x.tokens()
    x.control("password", account="cafeaurora")
    assert x.me(tokens["access_token"]).status_code == 200
    x.control("settings", password_ends_grant=True)
    x.control("password", account="cafeaurora")
    assert x.me(tokens["access_token"]).status_code == 401


# --- the API


def test_users_me(x):
    token = x.tokens()["access_token"]
    assert set(x.me(token).json()["data"]) == {"id", "name", "username"}
    found = x.me(token, **{"user.fields": ALL_FIELDS}).json()["data"]
    assert found["id"] == x.account()["id"]
    picture = requests.get(found["profile_image_url"])
    assert picture.content.startswith(b"\x89PNG")
    wrong = x.me(token, **{"user.fields": "name,shoe_size"})
    assert problem_of(wrong) == (400, "invalid-request")


def test_users_me_needs_both_scopes_and_a_living_token(x):
    token = x.tokens(scopes=["users.read"])["access_token"]
    assert problem_of(x.me(token)) == (403, "about:blank")
    token = x.tokens()["access_token"]
    x.control("/clock", advance=7200)
    for dead in (token, "unknown", x.tokens()["refresh_token"]):
        assert problem_of(x.me(dead)) == (401, "about:blank")


def test_a_limit_says_when_it_starts_anew(x):
    x.control("settings", calls=2)
    token = x.tokens()["access_token"]
    assert x.me(token).headers["x-rate-limit-remaining"] == "1"
    x.me(token)
    limited = x.me(token)
    assert problem_of(limited) == (429, "about:blank")
    now = x.state("/clock")["now"]
    assert 0 < int(limited.headers["x-rate-limit-reset"]) - now <= 900
    x.control("/clock", advance=900)
    assert x.me(token).status_code == 200


def test_used_up_credits_are_a_402(x):
    x.control("settings", credits=1)
    token = x.tokens()["access_token"]
    assert x.me(token).status_code == 200
    assert problem_of(x.me(token)) == (402, "credits")


def test_a_suspended_account_is_told(x):
    token = x.tokens()["access_token"]
    x.control("accounts", account="cafeaurora", held=True)
    assert "suspended" in x.me(token).json()["detail"]


# --- controls


def test_reading_the_state_shows_no_secret(x):
    tokens = x.tokens()
    said = requests.get(f"{x.base_url}/_control/x").text
    for secret in (x.secret, tokens["access_token"], tokens["refresh_token"]):
        assert secret not in said


def test_the_control_page_shows_the_accounts(x):
    x.tokens()
    page = requests.get(f"{x.base_url}/_control").text
    assert "X: what accounts gave" in page
