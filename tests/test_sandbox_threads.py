"""What only Threads' stand-in does."""

import json

import pytest
import requests

from sandbox.testing import AccountApp, error_of

DAY = 86400


@pytest.fixture
def app(server):
    return AccountApp(server.base_url, "threads")


def test_the_code_s_answer_has_two_members_and_a_number_no_float_holds(app):
    answer = app.exchange(app.code()).json()
    assert set(answer) == {"access_token", "user_id"}
    assert answer["user_id"] == int(app.account()["id"])
    as_float = json.loads(json.dumps(answer), parse_int=float)["user_id"]
    assert as_float != answer["user_id"]


@pytest.mark.parametrize(
    "client_id, code",
    [("100000000000001", 4476002), ("200000000000001", 4476002), ("1", 1349026)],
)
def test_the_id_of_another_app_has_a_number_of_its_own(app, client_id, code):
    answer = requests.get(app.authorize(client_id=client_id), allow_redirects=False)
    assert answer.status_code == 400
    assert set(answer.json()) == {"error_message", "error_code"}
    assert answer.json()["error_code"] == code
    assert app.exchange(app.code(), client_id=client_id).json()["error_code"] == code


def test_consent_without_the_basic_right_is_not_opened(app):
    url = app.authorize(scope="threads_read_replies")
    response = requests.get(url, allow_redirects=False)
    assert response.status_code == 400 and "threads_basic" in response.text


def test_a_header_does_not_carry_the_token(app):
    headers = {"Authorization": f"Bearer {app.long_token()}"}
    response = requests.get(f"{app.api}/{app.version}/me", headers=headers)
    assert error_of(response)[0] == 2500


def test_what_a_private_account_gave_ends_after_ninety_days(app):
    token = app.long_token("diego.rocha")
    public = app.long_token()
    for _month in range(3):
        app.control("/clock", advance=29 * DAY)
        token = app.refresh(token).json()["access_token"]
        public = app.refresh(public).json()["access_token"]
    app.control("/clock", advance=4 * DAY)
    assert error_of(app.refresh(token))[:2] == (190, 458)
    assert app.refresh(public).status_code == 200
