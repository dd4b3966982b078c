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


def subscribed_apps(app, token, method="GET", **data):
    url = f"{app.api}/{app.version}/me/subscribed_apps"
    headers = {"Authorization": f"Bearer {token}"}
    return requests.request(method, url, data=data, headers=headers)


def test_an_account_sends_to_an_app_what_was_asked_for_last(app):
    token = app.long_token()
    assert subscribed_apps(app, token).json() == {"data": []}
    for fields in ("comments,messages", "messages"):
        answer = subscribed_apps(app, token, "POST", subscribed_fields=fields)
        assert answer.json() == {"success": True}
    row = {"app_id": app.client_id, "subscribed_fields": ["messages"]}
    assert subscribed_apps(app, token).json() == {"data": [row]}
    app.control("settings", subscriber_id="4711")
    (row,) = subscribed_apps(app, token).json()["data"]
    assert row["app_id"] == "4711"
    subscribed_apps(app, token, "DELETE")
    assert subscribed_apps(app, token).json() == {"data": []}


def test_a_field_is_known_and_its_permission_granted(app):
    basic = app.long_token(scopes=["instagram_business_basic"])
    for fields, code in (("", 100), ("gossip", 100), ("messages", 10)):
        refused = subscribed_apps(app, basic, "POST", subscribed_fields=fields)
        assert error_of(refused)[0] == code
    assert error_of(subscribed_apps(app, "unknown"))[0] == 190


def test_a_control_changes_what_an_account_sends(app):
    app.control("subscriptions", account="cafeaurora", subscribed_fields=["comments"])
    (row,) = subscribed_apps(app, app.long_token()).json()["data"]
    assert row["subscribed_fields"] == ["comments"]
    app.control("subscriptions", account="cafeaurora")
    assert app.state("subscriptions") == []
