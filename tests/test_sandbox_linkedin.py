"""LinkedIn's stand-in: its strictness, and how its tokens age and die."""

import pytest
import requests

from sandbox.linkedin.seed import member_id, organization_id
from sandbox.testing import REDIRECT_URI
from sandbox.testing_grants import LinkedInApp

DAY = 86400


@pytest.fixture
def linkedin(server):
    return LinkedInApp(server.base_url)


def error_of(response):
    body = response.json()
    return response.status_code, body["error"]


def refusal_of(response):
    body = response.json()
    assert body["status"] == response.status_code
    return body["status"], body.get("serviceErrorCode"), body.get("code")


# --- the consent pages


def test_a_person_clicks_through_to_a_code(linkedin):
    answer = linkedin.consent()
    assert answer["state"] == "state-1"
    assert linkedin.visitor.steps == ["login", "review"]
    assert linkedin.exchange(answer["code"]).json()["access_token"]


def test_permissions_cannot_be_left_out(linkedin):
    answer = linkedin.consent(review={"action": "continue", "accept": ["openid"]})
    scope = linkedin.exchange(answer["code"]).json()["scope"]
    assert scope.split() == list(linkedin.scopes)


def test_nothing_is_asked_again_while_a_token_of_the_same_scopes_lives(linkedin):
    linkedin.exchange(linkedin.consent()["code"])
    linkedin.consent()
    assert linkedin.visitor.steps == []
    linkedin.consent(parameters={"scope": "openid profile"})
    assert linkedin.visitor.steps == ["review"]
    linkedin.exchange(linkedin.code_of())
    linkedin.control("/clock", advance=61 * DAY)
    linkedin.consent()
    assert linkedin.visitor.steps == ["review"]


def test_cancel_says_where(linkedin):
    cancel = {"action": "cancel"}
    assert linkedin.consent(login=cancel)["error"] == "user_cancelled_login"
    answer = linkedin.consent(review=cancel)
    assert answer["error"] == "user_cancelled_authorize"
    assert answer["state"] == "state-1"


def test_pages_speak_portuguese(linkedin):
    linkedin.visitor.walk(linkedin.authorize(lang="pt-BR"))
    assert "Gerenciar suas páginas" in linkedin.visitor.pages["review"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "42"},
        {"redirect_uri": REDIRECT_URI + "/"},
        {"redirect_uri": REDIRECT_URI + "?a=b"},
        {"response_type": "token"},
        {"scope": None},
        {"scope": "openid,profile"},
        {"scope": "openid invented"},
    ],
)
def test_a_wrong_request_never_comes_back_to_the_app(linkedin, wrong):
    response = requests.get(linkedin.authorize(**wrong), allow_redirects=False)
    assert response.status_code == 401


def test_a_scope_the_app_was_not_given_fails_the_whole(linkedin):
    linkedin.control("apps", unapproved=["rw_organization_admin"])
    response = requests.get(linkedin.authorize(), allow_redirects=False)
    assert response.status_code == 401
    assert "rw_organization_admin" in response.text


# --- the token endpoint


def test_a_code_works_once_in_time_for_its_uri_and_its_client(linkedin):
    code = linkedin.code_of()
    wrong = linkedin.exchange(code, redirect_uri=REDIRECT_URI + "/")
    assert error_of(wrong) == (400, "invalid_request")
    assert linkedin.exchange(code).status_code == 200
    assert error_of(linkedin.exchange(code)) == (400, "invalid_request")
    late = linkedin.code_of()
    linkedin.control("/clock", advance=1801)
    assert error_of(linkedin.exchange(late)) == (400, "invalid_request")


def test_the_client_is_known_by_the_body_and_not_by_basic(linkedin):
    code = linkedin.code_of()
    wrong = linkedin.exchange(code, client_secret="wrong")
    assert error_of(wrong) == (401, "invalid_client")
    values = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT_URI,
    }
    url = linkedin.root + linkedin.token_path
    basic = requests.post(url, data=values, auth=(linkedin.client_id, linkedin.secret))
    assert error_of(basic) == (400, "invalid_request")
    assert requests.get(url, params=values).status_code == 405


def test_a_refresh_does_not_move_the_end_and_rotates_nothing(linkedin):
    first = linkedin.tokens()
    assert first["refresh_token_expires_in"] == 365 * DAY
    linkedin.control("/clock", advance=59 * DAY)
    again = linkedin.refresh(first["refresh_token"]).json()
    assert again["refresh_token"] == first["refresh_token"]
    assert 305 * DAY < again["refresh_token_expires_in"] <= 306 * DAY
    linkedin.control("/clock", advance=304 * DAY)
    last = linkedin.refresh(first["refresh_token"]).json()
    assert last["expires_in"] <= last["refresh_token_expires_in"] <= 2 * DAY
    linkedin.control("/clock", advance=2 * DAY)
    dead = linkedin.refresh(first["refresh_token"])
    assert error_of(dead) == (400, "invalid_request")


def test_refresh_tokens_are_for_apps_that_were_granted_them(linkedin):
    linkedin.control("settings", gives_refresh_token=False)
    answer = linkedin.tokens()
    assert not {"refresh_token", "refresh_token_expires_in"} & set(answer)


def test_other_scopes_end_the_earlier_tokens_and_the_same_do_not(linkedin):
    first = linkedin.tokens()["access_token"]
    second = linkedin.tokens()["access_token"]
    assert linkedin.get("api/v2/userinfo", first).status_code == 200
    linkedin.tokens(scopes=["openid"])
    for token in (first, second):
        response = linkedin.get("api/v2/userinfo", token)
        assert refusal_of(response)[:2] == (401, 65601)


def test_introspection(linkedin):
    token = linkedin.tokens()["access_token"]
    told = linkedin.introspect(token).json()
    assert (told["active"], told["status"]) == (True, "active")
    assert told["scope"] == ",".join(linkedin.scopes)
    assert told["expires_at"] - told["created_at"] == 60 * DAY
    wrong = linkedin.introspect(token, client_secret="wrong")
    assert error_of(wrong) == (401, "invalid_client")
    assert linkedin.introspect("invented").json() == {"active": False}
    linkedin.control("expire", person="ana")
    assert linkedin.introspect(token).json()["status"] == "expired"
    linkedin.control("expire", person="ana", seconds=DAY)
    linkedin.control("revoke", person="ana")
    assert linkedin.introspect(token).json()["status"] == "revoked"


def test_the_three_ways_in_which_a_token_is_none(linkedin):
    token = linkedin.tokens()["access_token"]
    ask = lambda value: refusal_of(linkedin.get("api/v2/userinfo", value))[1]  # noqa: E731
    assert ask("invented") == 65600
    linkedin.control("expire", person="ana")
    assert ask(token) == 65602
    linkedin.control("settings", settling_calls=1)
    fresh = linkedin.tokens()["access_token"]
    assert ask(fresh) == 65601
    assert linkedin.get("api/v2/userinfo", fresh).status_code == 200


def test_a_password_ends_grants_only_where_it_is_said_to(linkedin):
    token = linkedin.tokens()["access_token"]
    linkedin.control("password", person="ana")
    assert linkedin.introspect(token).json()["active"]
    linkedin.control("settings", password_ends_grants=True)
    assert not linkedin.introspect(token).json()["active"]


# --- the APIs


def test_the_version_has_no_default(linkedin):
    token = linkedin.tokens()["access_token"]
    protocol = {"X-Restli-Protocol-Version": "2.0.0"}
    ask = lambda headers: refusal_of(  # noqa: E731
        linkedin.rest("organizationAcls", token, headers, q="roleAssignee")
    )
    assert ask(protocol)[::2] == (400, "VERSION_MISSING")
    old = protocol | {"LinkedIn-Version": "202401"}
    assert ask(old)[::2] == (426, "NONEXISTENT_VERSION")
    assert ask({"LinkedIn-Version": "202610"})[0] == 400


def test_roles_of_the_caller_in_pages_and_by_state(linkedin):
    token = linkedin.tokens()["access_token"]
    ask = lambda **more: linkedin.rest(  # noqa: E731
        "organizationAcls", token, q="roleAssignee", **more
    ).json()
    assert len(ask()["elements"]) == 4
    assert len(ask(state="APPROVED")["elements"]) == 3
    assert len(ask(state="APPROVED", role="ADMINISTRATOR")["elements"]) == 2
    page = ask(start=2, count=1)
    assert page["elements"][0]["organization"].endswith(organization_id(3))
    assert page["elements"][0]["roleAssignee"].endswith(member_id("ana"))
    assert page["paging"]["total"] == 4


def test_only_an_administrator_sees_who_else_has_a_role(linkedin):
    ask = lambda person: linkedin.rest(  # noqa: E731
        "organizationAcls",
        linkedin.tokens(person)["access_token"],
        q="organization",
        organization=f"urn:li:organization:{organization_id(2)}",
    )
    assert len(ask("ana").json()["elements"]) == 2
    assert refusal_of(ask("bruno"))[0] == 403


def test_names_come_in_a_batch_that_is_not_encoded(linkedin):
    token = linkedin.tokens()["access_token"]
    ids = f"{organization_id(1)},42"
    answer = linkedin.rest(f"organizationsLookup?ids=List({ids})", token).json()
    assert answer["results"][organization_id(1)]["localizedName"] == "Café Aurora"
    assert answer["statuses"] == {organization_id(1): 200, "42": 404}
    encoded = f"organizationsLookup?ids=List%28{organization_id(1)}%29"
    assert linkedin.rest(encoded, token).status_code == 400


def test_each_call_needs_its_scope(linkedin):
    token = linkedin.tokens(scopes=["openid"])["access_token"]
    assert "name" not in linkedin.get("api/v2/userinfo", token).json()
    assert refusal_of(linkedin.get("api/v2/me", token)) == (403, 100, "ACCESS_DENIED")
    response = linkedin.rest("organizationAcls", token, q="roleAssignee")
    assert refusal_of(response)[0] == 403


# --- controls


def test_reading_the_state_shows_no_secret(linkedin):
    tokens = linkedin.tokens()
    said = requests.get(f"{linkedin.base_url}/_control/linkedin").text
    for secret in (linkedin.secret, tokens["access_token"], tokens["refresh_token"]):
        assert secret not in said


def test_the_control_page_shows_linkedin(linkedin):
    linkedin.tokens()
    page = requests.get(f"{linkedin.base_url}/_control").text
    assert "LinkedIn: what people gave" in page
