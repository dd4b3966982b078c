"""What only Instagram's stand-in does."""

import pytest
import requests

from sandbox.testing import AccountApp, error_of


@pytest.fixture
def app(server):
    return AccountApp(server.base_url, "instagram")


def test_the_three_addresses_do_not_stand_in_for_each_other(app):
    places = {"www": "oauth/authorize", "api": "oauth/access_token"}
    places |= {"graph": "access_token"}
    for place, path in places.items():
        for other in {"www", "api", "graph"} - {place}:
            url = f"{app.base_url}/instagram/{other}/{path}"
            assert error_of(requests.get(url))[0] in (100, 2500)
            assert requests.post(url).status_code == 400


def test_the_code_s_answer_comes_wrapped_or_bare_with_scopes_as_text_or_list(app):
    (answer,) = app.exchange(app.code(scopes=app.scopes)).json()["data"]
    assert set(answer) == {"access_token", "user_id", "permissions"}
    assert answer["permissions"] == ",".join(app.scopes)
    app.control("settings", wrapped=[], permissions_as="list")
    answer = app.exchange(app.code(scopes=app.scopes)).json()
    assert answer["permissions"] == app.scopes


def test_the_account_has_one_id_for_each_app_and_one_for_all(app):
    answer = app.me(app.long_token(), fields="id,user_id").json()
    account = app.account()
    assert answer["user_id"] == account["id"] == "17841400000000101"
    assert answer["id"] == account["scoped_ids"][app.client_id] != account["id"]
    app.control("settings", wrapped=["me"])
    assert app.me(app.long_token(), fields="user_id").json()["data"][0]["user_id"]


def test_the_account_is_the_one_that_facebook_login_shows(app):
    pages = requests.get(f"{app.base_url}/_control/meta/instagram").json()
    names = {one["id"]: one["username"] for one in pages}
    for account in app.state("accounts"):
        if account["professional"]:
            assert names[account["id"]] == account["username"]


def test_a_header_may_carry_the_token(app):
    headers = {"Authorization": f"Bearer {app.long_token()}"}
    response = requests.get(f"{app.api}/{app.version}/me", headers=headers)
    assert response.status_code == 200


def test_a_personal_account_is_shown_but_cannot_be_chosen(app):
    page = app.visitor.walk(app.authorize(), "diego", account={"account": ""})
    assert "only professional ones" in page.text
    personal = app.account("diego.rocha")["id"]
    app.visitor.browser.cookies.clear()
    page = app.visitor.walk(app.authorize(), "diego", account={"account": personal})
    assert "cannot be connected" in page.text


@pytest.mark.parametrize("client_id", ["100000000000001", "300000000000001", "1", ""])
def test_the_id_of_another_app_is_no_platform_app(app, client_id):
    answer = requests.get(app.authorize(client_id=client_id), allow_redirects=False)
    assert answer.json()["error_message"] == "Invalid platform app"
    answer = app.exchange(app.code(), client_id=client_id)
    assert answer.json()["error_message"] == "Invalid platform app"


def test_consent_opens_without_the_basic_right_that_nothing_works_without(app):
    code = app.code(scopes=["instagram_business_manage_messages"])
    token = next(iter(app.exchange(code).json()["data"]))["access_token"]
    assert error_of(app.me(token))[0] == 10
