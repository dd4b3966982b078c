"""The generic stand-in is as strict as the standards."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from sandbox.oauth2.clients import BASIC, METHODS, NONE, POST
from sandbox.oauth2.testing import CLIENTS, GenericApp
from sandbox.testing import REDIRECT_URI

INVALID_GRANT = (400, "invalid_grant")
INVALID_CLIENT = (401, "invalid_client")


@pytest.fixture
def there(server):
    return GenericApp(server.base_url)


def error_of(response):
    return response.status_code, response.json()["error"]


def consent(there, parameters=None, person="ana", **answers):
    target = there.visitor.walk(
        there.authorize_url(**parameters or {}), person, **answers
    )
    assert isinstance(target, str), target.text
    assert target.startswith(there.redirect_uri)
    return {key: values[0] for key, values in parse_qs(urlsplit(target).query).items()}


# --- consent


def test_a_consent_gives_a_code_the_state_and_the_issuer(there):
    answer = consent(there)
    assert answer["state"] == "state-1"
    assert answer["iss"] == there.root
    assert there.exchange(answer["code"]).status_code == 200


def test_errors_carry_the_issuer_too(there):
    refused = {"review": {"action": "cancel"}}
    assert consent(there, **refused)["iss"] == there.root
    assert consent(there, {"scope": "unknown"})["iss"] == there.root
    there.control("settings", tells_issuer=False)
    assert "iss" not in consent(there)


@pytest.mark.parametrize(
    "parameters",
    [
        {"client_id": "42"},
        {"client_id": None},
        {"redirect_uri": REDIRECT_URI + "/"},
        {"redirect_uri": None},
    ],
)
def test_a_wrong_client_or_redirect_uri_never_redirects(there, parameters):
    response = requests.get(there.authorize_url(**parameters), allow_redirects=False)
    assert response.status_code == 400
    assert response.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "profile nonsense"}, "invalid_scope"),
        ({"scope": "profile,openid"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"state": ["a", "b"]}, "invalid_request"),
        ({"appsecret_proof": "x"}, "invalid_request"),
    ],
)
def test_what_is_wrong_otherwise_is_told_to_the_app(there, parameters, error):
    assert consent(there, parameters)["error"] == error


def test_a_person_may_leave_out_scopes(there):
    answer = consent(there, review={"action": "continue", "accept": ["profile"]})
    assert there.exchange(answer["code"]).json()["scope"] == "profile"


# --- clients


@pytest.mark.parametrize("method", METHODS)
def test_each_client_says_who_it_is_by_its_own_method_alone(server, method):
    there = GenericApp(server.base_url, method)
    code = there.code()
    for other in set(METHODS) - {method}:
        there.method = other
        assert error_of(there.exchange(code)) == INVALID_CLIENT
    there.method = method
    assert there.exchange(code).status_code == 200


def test_a_refused_client_is_told_the_scheme(there):
    there.secret = "wrong"
    response = there.exchange(there.code())
    assert error_of(response) == INVALID_CLIENT
    assert response.headers["WWW-Authenticate"].startswith("Basic ")


def test_id_and_secret_are_decoded_from_the_header(there):
    there.secret = "a:b%2B+c é"
    there.control("apps", client_id=there.client_id, client_secret=there.secret)
    assert there.exchange(there.code()).status_code == 200


def test_two_ways_at_once_and_parameters_in_the_address_are_refused(there):
    code = there.code()
    both = there.exchange(code, client_secret=there.secret)
    assert error_of(both) == (400, "invalid_request")
    url = f"{there.root}/token?code={code}"
    auth = (there.client_id, there.secret)
    assert requests.post(url, auth=auth).json()["error"] == "invalid_request"
    assert requests.get(f"{there.root}/token").status_code == 405
    assert there.exchange(code).status_code == 200


# --- codes


def test_a_code_works_once_and_its_second_use_ends_what_it_gave(there):
    code = there.code()
    tokens = there.exchange(code).json()
    assert error_of(there.exchange(code)) == INVALID_GRANT
    assert there.userinfo(tokens["access_token"]).status_code == 401
    assert error_of(there.refresh(tokens["refresh_token"])) == INVALID_GRANT


def test_a_code_is_for_its_client_its_uri_its_verifier_and_a_minute(there):
    code = there.code()
    assert error_of(there.exchange(code, redirect_uri="http://127.0.0.1/x")) == (
        INVALID_GRANT
    )
    for verifier in (None, "w" * 64):
        assert error_of(there.exchange(code, code_verifier=verifier)) == INVALID_GRANT
    foreign = there.code(client_id=CLIENTS[POST])
    assert error_of(there.exchange(foreign)) == INVALID_GRANT
    assert there.exchange(code).status_code == 200
    late = there.code()
    there.control("/clock", advance=61)
    assert error_of(there.exchange(late)) == INVALID_GRANT


def test_grant_types_and_missing_parameters(there):
    post = there.post
    assert error_of(post("token")) == (400, "invalid_request")
    for grant_type in ("password", "client_credentials"):
        refused = post("token", grant_type=grant_type)
        assert error_of(refused) == (400, "unsupported_grant_type")
    missing = post("token", grant_type="refresh_token")
    assert error_of(missing) == (400, "invalid_request")


# --- refresh


def test_refresh_tokens_rotate_and_a_second_use_ends_the_family(there):
    first = there.tokens()
    others = there.tokens()
    second = there.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert there.userinfo(second["access_token"]).status_code == 200
    assert error_of(there.refresh(first["refresh_token"])) == INVALID_GRANT
    assert error_of(there.refresh(second["refresh_token"])) == INVALID_GRANT
    assert there.userinfo(second["access_token"]).status_code == 401
    assert there.refresh(others["refresh_token"]).status_code == 200


def test_without_rotation_the_answer_has_no_refresh_token(there):
    there.control("settings", rotates=False)
    token = there.tokens()["refresh_token"]
    for _time in range(2):
        assert "refresh_token" not in there.refresh(token).json()


def test_a_refresh_narrows_scopes_and_never_widens_them(there):
    token = there.tokens(scopes=["profile", "posts.read"])["refresh_token"]
    wide = there.refresh(token, scope="profile posts.write")
    assert error_of(wide) == (400, "invalid_scope")
    narrow = there.refresh(token, scope="profile").json()
    assert narrow["scope"] == "profile"
    again = there.refresh(narrow["refresh_token"]).json()
    assert again["scope"] == "profile posts.read"


def test_a_refresh_token_is_for_its_client_and_its_time(server, there):
    token = there.tokens()["refresh_token"]
    there.client_id, there.method = CLIENTS[NONE], NONE
    assert error_of(there.refresh(token)) == INVALID_GRANT
    there.client_id, there.method = CLIENTS[BASIC], BASIC
    there.control("/clock", advance=31 * 86400)
    assert error_of(there.refresh(token)) == INVALID_GRANT


# --- the resource, introspection, revocation


def test_userinfo_refuses_as_a_protected_resource_does(there):
    url = f"{there.root}/userinfo"
    bare = requests.get(url)
    assert (bare.status_code, bare.headers["WWW-Authenticate"]) == (
        401,
        'Bearer realm="oauth2"',
    )
    token = there.tokens(scopes=["openid"])["access_token"]
    small = there.userinfo(token)
    assert small.status_code == 403
    assert 'error="insufficient_scope"' in small.headers["WWW-Authenticate"]
    assert requests.get(url, params={"access_token": token}).status_code == 401
    there.control("/clock", advance=601)
    late = there.userinfo(token)
    assert 'error="invalid_token"' in late.headers["WWW-Authenticate"]


def test_introspection_tells_confidential_clients_of_their_own(server, there):
    tokens = there.tokens()
    told = there.introspect(tokens["access_token"]).json()
    assert told["active"] is True
    assert told["client_id"] == there.client_id
    assert there.introspect(tokens["refresh_token"]).json()["active"] is True
    assert there.introspect("nonsense").json() == {"active": False}
    foreign = there.code(client_id=CLIENTS[POST])
    there.client_id, there.method = CLIENTS[POST], POST
    assert there.introspect(tokens["access_token"]).json() == {"active": False}
    assert there.exchange(foreign).status_code == 200
    there.client_id, there.method = CLIENTS[NONE], NONE
    assert error_of(there.introspect(tokens["access_token"])) == INVALID_CLIENT


def test_revoking_a_refresh_token_ends_its_family_and_an_access_token_itself(there):
    tokens = there.tokens()
    assert there.revoke(tokens["access_token"]).status_code == 200
    assert there.userinfo(tokens["access_token"]).status_code == 401
    second = there.refresh(tokens["refresh_token"]).json()
    hint = {"token_type_hint": "refresh_token"}
    assert there.revoke(second["refresh_token"], **hint).status_code == 200
    assert there.userinfo(second["access_token"]).status_code == 401
    assert there.revoke(second["refresh_token"], **hint).status_code == 200
    assert there.revoke("nonsense").status_code == 200
    odd = there.revoke("nonsense", token_type_hint="id_token")
    assert error_of(odd) == (400, "unsupported_token_type")


# --- controls


def test_a_changed_password_and_a_removed_app_end_tokens(there):
    for control in ("password", "revoke"):
        token = there.tokens()["refresh_token"]
        there.control(control, person="ana")
        assert error_of(there.refresh(token)) == INVALID_GRANT


def test_reading_the_state_shows_no_secret(there):
    tokens = there.tokens()
    said = requests.get(f"{there.base_url}/_control/oauth2").text
    assert '"living"' in said
    for secret in (there.secret, tokens["access_token"], tokens["refresh_token"]):
        assert secret not in said


def test_the_control_page_shows_it(there):
    there.tokens()
    page = requests.get(f"{there.base_url}/_control").text
    assert "Generic OAuth 2.0: what people gave" in page


def test_the_pages_speak_portuguese(there):
    there.visitor.browser.headers["Accept-Language"] = "pt-BR"
    consent(there)
    assert "Publicar por você" in there.visitor.pages["review"]
