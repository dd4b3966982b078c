"""Pinterest's stand-in: its strictness, and how its tokens roll on and die."""

import pytest
import requests

from sandbox.testing import REDIRECT_URI
from sandbox.testing_grants import PinterestApp

DAY = 86400


@pytest.fixture
def pinterest(server):
    return PinterestApp(server.base_url)


def error_of(response):
    """Return status and code; that is the shape everywhere."""
    body = response.json()
    assert set(body) == {"code", "message"}
    return response.status_code, body["code"]


def account_of(pinterest, token):
    return pinterest.get("v5/user_account", token)


def test_a_person_clicks_through_to_a_code(pinterest):
    answer = pinterest.consent()
    assert answer["state"] == "state-1"
    assert pinterest.visitor.steps == ["login", "review"]
    assert pinterest.exchange(answer["code"]).json()["access_token"]


def test_pages_speak_portuguese(pinterest):
    pinterest.visitor.walk(pinterest.authorize(locale="pt-BR"))
    assert "Ver suas pastas" in pinterest.visitor.pages["review"]


def test_cancel_is_access_denied(pinterest):
    answer = pinterest.consent(review={"action": "cancel"})
    assert answer == {"error": "access_denied", "state": "state-1"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "42"},
        {"redirect_uri": REDIRECT_URI + "/"},
        {"response_type": "token"},
        {"scope": None},
        {"scope": "user_accounts:read pins:read"},
        {"scope": "invented"},
    ],
)
def test_a_wrong_request_never_comes_back_to_the_app(pinterest, wrong):
    response = requests.get(pinterest.authorize(**wrong), allow_redirects=False)
    assert response.status_code == 400


def test_the_client_is_known_by_basic_alone(pinterest):
    values = {
        "grant_type": "authorization_code",
        "code": pinterest.code_of(),
        "redirect_uri": REDIRECT_URI,
    }
    keys = {"client_id": pinterest.client_id, "client_secret": pinterest.secret}
    url = pinterest.root + pinterest.token_path
    assert error_of(requests.post(url, data=values | keys)) == (401, 2)
    wrong = requests.post(url, data=values, auth=(pinterest.client_id, "wrong"))
    assert error_of(wrong) == (401, 2)
    assert requests.get(url, params=values).status_code == 405
    assert pinterest.exchange(values["code"]).status_code == 200


def test_a_code_works_once_in_time_for_its_uri(pinterest):
    code = pinterest.code_of()
    wrong = pinterest.exchange(code, redirect_uri=REDIRECT_URI + "/")
    assert error_of(wrong) == (400, 283)
    assert pinterest.exchange(code).status_code == 200
    assert error_of(pinterest.exchange(code)) == (400, 283)
    late = pinterest.code_of()
    pinterest.control("/clock", advance=601)
    assert error_of(pinterest.exchange(late)) == (400, 283)


def test_both_clocks_are_told_twice(pinterest):
    answer = pinterest.tokens()
    assert answer["expires_in"] == 30 * DAY
    assert answer["refresh_token_expires_in"] == 60 * DAY
    now = pinterest.state("/clock")["now"]
    assert abs(answer["refresh_token_expires_at"] - now - 60 * DAY) < 10


def test_a_refresh_rolls_on_and_the_replaced_token_dies(pinterest):
    first = pinterest.tokens()["refresh_token"]
    pinterest.control("/clock", advance=50 * DAY)
    second = pinterest.refresh(first).json()
    assert second["refresh_token"] != first
    assert second["refresh_token_expires_in"] == 60 * DAY
    assert error_of(pinterest.refresh(first)) == (400, 283)
    assert pinterest.refresh(second["refresh_token"]).status_code == 200


def test_what_a_replaced_token_does_is_a_setting(pinterest):
    pinterest.control("settings", reuse="kills")
    first = pinterest.tokens()["refresh_token"]
    second = pinterest.refresh(first).json()
    assert error_of(pinterest.refresh(first)) == (400, 283)
    assert error_of(pinterest.refresh(second["refresh_token"])) == (400, 283)
    assert error_of(account_of(pinterest, second["access_token"])) == (401, 2)
    pinterest.control("settings", reuse="lives")
    first = pinterest.tokens()["refresh_token"]
    for _turn in range(2):
        assert pinterest.refresh(first).status_code == 200


def test_a_token_not_refreshed_for_60_days_dies(pinterest):
    token = pinterest.tokens()["refresh_token"]
    pinterest.control("/clock", advance=60 * DAY)
    assert error_of(pinterest.refresh(token)) == (400, 283)


def test_an_older_app_that_does_not_ask_gets_a_hard_stop(pinterest):
    pinterest.control("settings", must_ask_for_continuous=True)
    asked = pinterest.exchange(pinterest.code_of(), continuous_refresh="true").json()
    assert asked["refresh_token_expires_in"] == 60 * DAY
    legacy = pinterest.tokens()
    assert legacy["refresh_token_expires_in"] == 365 * DAY
    pinterest.control("/clock", advance=300 * DAY)
    again = pinterest.refresh(legacy["refresh_token"]).json()
    assert again["refresh_token_expires_in"] <= 65 * DAY


def test_the_account(pinterest):
    found = account_of(pinterest, pinterest.tokens()["access_token"]).json()
    assert found["account_type"] == "BUSINESS"
    assert found["business_name"] == "Agência Maré"
    assert requests.get(found["profile_image"]).content.startswith(b"\x89PNG")
    other = account_of(pinterest, pinterest.tokens("bruno")["access_token"]).json()
    assert (other["account_type"], other["business_name"]) == ("PINNER", None)


def test_refusals_of_the_api(pinterest):
    token = pinterest.tokens(scopes=["pins:read"])["access_token"]
    assert error_of(account_of(pinterest, token)) == (403, 29)
    assert error_of(account_of(pinterest, "pina_invented")) == (401, 2)
    assert error_of(pinterest.get("v5/nothing", token))[0] == 404


@pytest.mark.parametrize("event", ["revoke", "password", "expire"])
def test_what_ends_an_access_token(pinterest, event):
    token = pinterest.tokens()["access_token"]
    pinterest.control(event, person="ana")
    assert error_of(account_of(pinterest, token)) == (401, 2)


def test_a_limit_is_counted_down_for_the_app(pinterest):
    pinterest.control("settings", calls=2, window_seconds=600)
    tokens = [pinterest.tokens(one)["access_token"] for one in ("ana", "bruno", "ana")]
    answers = [account_of(pinterest, token) for token in tokens]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert [one.headers["x-ratelimit-remaining"] for one in answers] == ["1", "0", "0"]
    assert 0 < int(answers[2].headers["x-ratelimit-reset"]) <= 600
    assert error_of(answers[2]) == (429, 8)


def test_reading_the_state_shows_no_secret(pinterest):
    tokens = pinterest.tokens()
    said = requests.get(f"{pinterest.base_url}/_control/pinterest").text
    for secret in (pinterest.secret, tokens["access_token"], tokens["refresh_token"]):
        assert secret not in said


def test_the_control_page_shows_pinterest(pinterest):
    pinterest.tokens()
    page = requests.get(f"{pinterest.base_url}/_control").text
    assert "Pinterest: what people gave" in page
