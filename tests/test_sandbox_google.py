"""Google's stand-in: its strictness, and each way in which a refresh token dies."""

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from sandbox.google.permissions import MANAGES_BUSINESS, PREFIX
from sandbox.google.seed import account_id, channel_id, location_id
from sandbox.google.testing import SCOPES, GoogleApp
from sandbox.testing import REDIRECT_URI

DAY = 86400
READONLY = PREFIX + "youtube.readonly"
CAFE = channel_id("@cafeaurora")
AGENCY = account_id(2)
ACCOUNTS = "mybusinessaccountmanagement/v1/accounts"
LOCATIONS = "mybusinessbusinessinformation/v1/accounts"


@pytest.fixture
def google(server):
    return GoogleApp(server.base_url)


def error_of(response):
    """Return status, error and description of a refusal of the OAuth endpoints."""
    body = response.json()
    return response.status_code, body["error"], body.get("error_description")


def reason_of(response):
    """Return status, the older reason and the newer one of an API's refusal."""
    error = response.json()["error"]
    assert error["code"] == response.status_code
    older = [one["reason"] for one in error.get("errors", ())]
    newer = [one["reason"] for one in error.get("details", ())]
    return response.status_code, *(older or [None]), *(newer or [None])


def consent(google, person="ana", parameters=None, **answers):
    """Walk the pages; return the parameters of the redirect."""
    target = google.visitor.walk(
        google.auth_url(**(parameters or {})), person, **answers
    )
    assert isinstance(target, str), target.text
    return {key: one[0] for key, one in parse_qs(urlsplit(target).query).items()}


# --- the consent pages


def test_a_person_clicks_through_to_a_code(google):
    answer = consent(google)
    assert answer["state"] == "state-1"
    assert google.visitor.steps == ["login", "channel", "review"]
    assert google.exchange(answer["code"]).json()["access_token"]


def test_who_has_no_brand_account_is_not_asked_for_a_channel(google):
    consent(google, "elisa")
    assert google.visitor.steps == ["login", "code", "review"]


def test_no_channel_is_asked_for_where_none_is_needed(google):
    consent(google, parameters={"scope": f"openid {MANAGES_BUSINESS}"})
    assert "channel" not in google.visitor.steps


def test_pages_speak_portuguese(google):
    google.visitor.walk(google.auth_url(hl="pt-BR"))
    assert "Escolha um canal" in google.visitor.pages["channel"]


def test_cancel_is_access_denied(google):
    answer = consent(google, review={"action": "cancel"})
    assert answer == {"error": "access_denied", "state": "state-1"}


def test_scopes_can_be_left_out_but_not_who_one_is(google):
    answer = consent(google, review={"action": "continue", "accept": [READONLY]})
    scopes = google.exchange(answer["code"]).json()["scope"].split()
    assert set(scopes) == {"openid", PREFIX + "userinfo.email", READONLY}


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"client_id": "42"}, "invalid_client"),
        ({"redirect_uri": REDIRECT_URI + "/"}, "redirect_uri_mismatch"),
        ({"redirect_uri": REDIRECT_URI.upper()}, "redirect_uri_mismatch"),
        ({"redirect_uri": None}, "redirect_uri_mismatch"),
        ({"response_type": "token"}, "invalid_request"),
        ({"response_type": None}, "invalid_request"),
        ({"scope": None}, "Missing required parameter: scope"),
        ({"scope": "openid youtube"}, "invalid_scope"),
        ({"scope": ",".join(SCOPES)}, "invalid_scope"),
        ({"access_type": "Offline"}, "access_type"),
        ({"prompt": "always"}, "prompt"),
        ({"prompt": "none consent"}, "prompt"),
        ({"include_granted_scopes": "yes"}, "include_granted_scopes"),
        ({"code_challenge": "x", "code_challenge_method": "S512"}, "code_challenge"),
        ({"state": ["a", "b"]}, "single value"),
    ],
)
def test_what_is_wrong_with_a_request_is_shown_and_not_sent_back(
    google, parameters, said
):
    response = google.visitor.walk(google.auth_url(**parameters))
    assert response.status_code == 400
    assert said in response.text


def test_an_app_in_testing_is_for_its_testers(google):
    google.control("apps", live=False)
    response = google.visitor.walk(google.auth_url(), "bruno")
    assert response.url.endswith("/inactive")
    assert "code" in consent(GoogleVisit(google), "ana")


def GoogleVisit(google):
    """Return the same app with a new browser."""
    google.visitor.browser = requests.Session()
    return google


def test_an_administrator_keeps_a_person_from_the_app(google):
    google.control("policy", person="ana", blocked=True)
    response = google.visitor.walk(google.auth_url())
    assert response.url.endswith("/blocked")


# --- exchange


def test_a_code_becomes_tokens(google):
    answer = google.tokens()
    assert set(answer) == {
        "access_token",
        "expires_in",
        "refresh_token",
        "scope",
        "token_type",
    }
    assert answer["expires_in"] == 3599
    assert PREFIX + "userinfo.email" in answer["scope"].split()


def test_a_refresh_token_comes_at_first_and_then_only_when_asked_for(google):
    def asked(**parameters):
        answer = consent(google, parameters={"prompt": None, **parameters})
        return "refresh_token" in google.exchange(answer["code"]).json()

    assert not asked(access_type="online")
    assert asked()
    assert not asked()
    assert asked(prompt="consent")
    assert not asked(access_type=None, prompt="consent")


def test_a_second_consent_asks_nothing_unless_told_to(google):
    consent(google, parameters={"prompt": None})
    consent(google, parameters={"prompt": None})
    assert google.visitor.steps == ["channel"]


def test_granted_scopes_are_joined_when_asked_for(google):
    consent(google, parameters={"scope": f"openid {MANAGES_BUSINESS}"})
    alone = {"scope": f"openid {READONLY}"}
    answer = consent(google, parameters=alone)
    assert MANAGES_BUSINESS not in google.exchange(answer["code"]).json()["scope"]
    joined = alone | {"include_granted_scopes": "true"}
    answer = consent(google, parameters=joined)
    assert MANAGES_BUSINESS in google.exchange(answer["code"]).json()["scope"]


def test_a_code_works_once_in_time_for_its_uri_and_its_client(google):
    code = google.code()
    wrong = google.exchange(code, redirect_uri=REDIRECT_URI + "/")
    assert error_of(wrong)[:2] == (400, "redirect_uri_mismatch")
    google.control("apps", client_id="2", client_secret="s", redirect_uris=[])
    foreign = google.exchange(code, client_id="2", client_secret="s")
    assert error_of(foreign)[:2] == (401, "unauthorized_client")
    assert google.exchange(code).status_code == 200
    assert error_of(google.exchange(code))[:2] == (400, "invalid_grant")
    late = google.code()
    google.control("/clock", advance=601)
    assert error_of(google.exchange(late))[:2] == (400, "invalid_grant")
    assert error_of(google.exchange("4/0Ainvented"))[1] == "invalid_grant"


def test_pkce(google):
    verifier = "v" * 43
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    asked = {"code_challenge": challenge, "code_challenge_method": "S256"}
    code = consent(google, parameters=asked)["code"]
    assert error_of(google.exchange(code))[1] == "invalid_grant"
    assert error_of(google.exchange(code, code_verifier="w" * 43))[1] == "invalid_grant"
    assert google.exchange(code, code_verifier=verifier).status_code == 200


def test_the_client_is_known_by_id_and_secret_in_the_body(google):
    code = google.code()
    for parameters, expected in (
        ({"client_id": "42"}, (401, "invalid_client")),
        ({"client_secret": "wrong"}, (401, "invalid_client")),
        ({"client_secret": None}, (400, "invalid_request")),
        ({"grant_type": "password"}, (400, "unsupported_grant_type")),
    ):
        assert error_of(google.exchange(code, **parameters))[:2] == expected
    url = f"{google.root}/token"
    values = {"grant_type": "authorization_code", "code": code}
    basic = requests.post(url, data=values, auth=(google.client_id, google.secret))
    assert basic.status_code == 401
    assert requests.get(url, params=values).status_code == 405
    assert google.exchange(code).status_code == 200


def test_a_deleted_or_disabled_client_is_told_apart(google):
    refresh_token = google.tokens()["refresh_token"]
    google.control("apps", deleted=True)
    assert error_of(google.refresh(refresh_token))[:2] == (401, "deleted_client")
    google.control("apps", deleted=False, blocked=True)
    assert error_of(google.refresh(refresh_token))[:2] == (401, "disabled_client")


# --- refresh, and its end


def test_a_refresh_gives_an_access_token_and_no_refresh_token(google):
    first = google.tokens()
    again = google.refresh(first["refresh_token"]).json()
    assert "refresh_token" not in again
    assert again["access_token"] != first["access_token"]
    assert google.refresh(first["refresh_token"]).status_code == 200


def test_a_refresh_token_unused_for_six_months_dies(google):
    token = google.tokens()["refresh_token"]
    for _month in range(3):
        google.control("/clock", advance=100 * DAY)
        assert google.refresh(token).status_code == 200
    google.control("/clock", advance=183 * DAY)
    assert error_of(google.refresh(token))[:2] == (400, "invalid_grant")


def test_a_refresh_token_of_an_app_in_testing_dies_after_seven_days(google):
    google.control("apps", live=False)
    token = google.tokens()["refresh_token"]
    who = google.tokens(scopes=["openid", "email"])["refresh_token"]
    # Publishing the app does not save what was issued before.
    google.control("apps", live=True)
    google.control("/clock", advance=7 * DAY - 60)
    assert google.refresh(token).status_code == 200
    google.control("/clock", advance=61)
    assert error_of(google.refresh(token)) == (
        400,
        "invalid_grant",
        "Token has been expired or revoked.",
    )
    assert google.refresh(who).status_code == 200


def test_only_tokens_that_read_mail_die_with_a_password(google):
    token = google.tokens()["refresh_token"]
    mail = google.tokens(scopes=["openid", PREFIX + "gmail.readonly"])["refresh_token"]
    google.control("password", person="ana")
    assert google.refresh(token).status_code == 200
    assert error_of(google.refresh(mail))[1] == "invalid_grant"


def test_beyond_the_limit_the_oldest_dies_in_silence(google):
    google.control("settings", max_refresh_tokens=3)
    tokens = [google.tokens()["refresh_token"] for _number in range(4)]
    others = google.tokens("carla")["refresh_token"]
    assert error_of(google.refresh(tokens[0]))[1] == "invalid_grant"
    for token in (*tokens[1:], others):
        assert google.refresh(token).status_code == 200


def test_access_for_a_limited_time_is_told_and_ends(google):
    google.control("settings", time_limited_seconds=2 * DAY)
    answer = google.tokens()
    assert answer["refresh_token_expires_in"] == 2 * DAY
    google.control("/clock", advance=DAY)
    left = google.refresh(answer["refresh_token"]).json()["refresh_token_expires_in"]
    assert left <= DAY
    google.control("/clock", advance=DAY)
    assert error_of(google.refresh(answer["refresh_token"]))[1] == "invalid_grant"


def test_an_employer_s_rules_stop_a_refresh(google):
    token = google.tokens()["refresh_token"]
    google.control("policy", person="ana", blocked=True)
    assert error_of(google.refresh(token))[:2] == (403, "admin_policy_enforced")
    google.control("policy", person="ana", blocked=False, session_over=True)
    response = google.refresh(token)
    assert error_of(response)[:2] == (400, "invalid_grant")
    assert response.json()["error_subtype"] == "invalid_rapt"
    google.control("policy", person="ana", session_over=False)
    assert google.refresh(token).status_code == 200


# --- revocation and tokeninfo


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoking_ends_all_that_was_given_to_the_project(google, which):
    google.control("apps", project="shop")
    other = {"client_id": "2", "client_secret": "s"}
    google.control("apps", **other, project="shop", redirect_uris=[REDIRECT_URI])
    google.control(
        "apps", client_id="3", client_secret="s", redirect_uris=[REDIRECT_URI]
    )
    first = google.tokens(scopes=["openid", READONLY])
    code = google.code(client_id="2", scopes=["openid", MANAGES_BUSINESS])
    sibling = google.exchange(code, **other).json()
    code = google.code(client_id="3")
    stranger = google.exchange(code, client_id="3", client_secret="s").json()
    assert google.revoke(first[which]).status_code == 200
    assert error_of(google.refresh(first["refresh_token"]))[1] == "invalid_grant"
    assert error_of(google.refresh(sibling["refresh_token"], **other))[1] == (
        "invalid_grant"
    )
    assert google.tokeninfo(first["access_token"]).status_code == 400
    third = {"client_id": "3", "client_secret": "s"}
    assert google.refresh(stranger["refresh_token"], **third).status_code == 200
    assert error_of(google.revoke(first[which]))[:2] == (400, "invalid_token")


def test_tokeninfo_tells_of_access_tokens_only(google):
    tokens = google.tokens()
    info = google.tokeninfo(tokens["access_token"]).json()
    assert info["aud"] == google.client_id
    assert info["sub"].isdecimal()
    assert info["email"] == "ana@people.example"
    assert isinstance(info["expires_in"], str)
    assert info["access_type"] == "offline"
    assert error_of(google.tokeninfo(tokens["refresh_token"]))[:2] == (
        400,
        "invalid_token",
    )
    google.control("/clock", advance=3600)
    assert error_of(google.tokeninfo(tokens["access_token"]))[1] == "invalid_token"


# --- YouTube


def mine(google, token, **parameters):
    values = {"part": "id,snippet", "mine": "true"} | parameters
    values = {key: value for key, value in values.items() if value is not None}
    return google.get("youtube/v3/channels", token, **values)


def test_a_token_lists_the_one_channel_that_was_chosen(google):
    for channel in (CAFE, channel_id("@anasouza")):
        token = google.tokens(channel=channel)["access_token"]
        (found,) = mine(google, token).json()["items"]
        assert found["id"] == channel
        picture = requests.get(found["snippet"]["thumbnails"]["default"]["url"])
        assert picture.content.startswith(b"\x89PNG")


def test_without_a_channel_there_are_no_items(google):
    token = google.tokens("diego")["access_token"]
    answer = mine(google, token).json()
    assert "items" not in answer
    assert answer["pageInfo"]["totalResults"] == 0
    google.control("settings", no_channel="signup")
    assert reason_of(mine(google, token)) == (401, "youtubeSignupRequired", None)


def test_channels_come_in_pages(google):
    google.control("settings", one_channel=False)
    token, seen, page = google.tokens()["access_token"], [], None
    while True:
        answer = mine(google, token, maxResults=2, pageToken=page).json()
        seen += [one["id"] for one in answer["items"]]
        page = answer.get("nextPageToken")
        if not page:
            break
    assert len(seen) == len(set(seen)) == 3


def test_youtube_s_refusals(google):
    token = google.tokens()["access_token"]
    assert reason_of(mine(google, "ya29.x")) == (401, "authError", None)
    assert reason_of(mine(google, token, part=None))[1] == "missingRequiredParameter"
    assert reason_of(mine(google, token, mine=None))[1] == "missingRequiredParameter"
    assert reason_of(mine(google, token, maxResults="51"))[0] == 400
    other = google.tokens(scopes=["openid", MANAGES_BUSINESS])["access_token"]
    assert reason_of(mine(google, other)) == (
        403,
        "insufficientPermissions",
        "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    )
    google.control("apps", apis=[])
    assert reason_of(mine(google, token)) == (
        403,
        "accessNotConfigured",
        "SERVICE_DISABLED",
    )


def test_the_quota_of_a_day_is_a_403_and_starts_anew(google):
    token = google.tokens()["access_token"]
    google.control("quota", used=9999)
    assert mine(google, token).status_code == 200
    assert reason_of(mine(google, token)) == (403, "quotaExceeded", None)
    google.control("settings", access_seconds=10 * DAY)
    token = google.tokens()["access_token"]
    google.control("/clock", advance=DAY)
    assert mine(google, token).status_code == 200


# --- Business Profile


def test_accounts_and_their_locations(google):
    token = google.tokens()["access_token"]
    accounts = google.get(ACCOUNTS, token).json()["accounts"]
    assert [one["role"] for one in accounts] == ["PRIMARY_OWNER", "OWNER", "MANAGER"]
    answer = google.get(f"{LOCATIONS}/{AGENCY}/locations", token, readMask="name,title")
    found = answer.json()["locations"]
    assert [one["name"] for one in found] == [
        f"locations/{location_id(number)}" for number in (2, 3, 4)
    ]
    assert set(found[0]) == {"name", "title"}


def test_locations_come_in_pages_of_ten_unless_asked_otherwise(google):
    google.control("locations", create=30, account=AGENCY)
    token, sizes, page = google.tokens()["access_token"], [], {}
    while page is not None:
        answer = google.get(
            f"{LOCATIONS}/{AGENCY}/locations", token, readMask="name", **page
        ).json()
        sizes.append(len(answer["locations"]))
        following = answer.get("nextPageToken")
        page = {"pageToken": following} if following else None
    assert sizes == [10, 10, 10, 3]


def test_an_empty_list_is_absent(google):
    token = google.tokens("carla")["access_token"]
    google.control("roles", person="carla", account="Grupo Vida Leve")
    assert google.get(ACCOUNTS, token).json() == {}


def test_business_s_refusals(google):
    token = google.tokens()["access_token"]
    path = f"{LOCATIONS}/{AGENCY}/locations"
    for mask in ({}, {"readMask": ""}, {"readMask": "name,nonsense"}):
        assert reason_of(google.get(path, token, **mask))[0] == 400
    assert reason_of(google.get(ACCOUNTS, token, pageSize="1"))[0] == 400
    assert reason_of(google.get(ACCOUNTS, "ya29.x"))[0] == 401
    google.control("roles", person="ana", account=AGENCY)
    assert reason_of(google.get(path, token, readMask="name")) == (403, None, None)
    youtube = google.tokens(scopes=["openid", READONLY])["access_token"]
    assert reason_of(google.get(ACCOUNTS, youtube)) == (
        403,
        None,
        "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    )


def test_a_project_that_is_not_approved_has_a_quota_of_nothing(google):
    token = google.tokens()["access_token"]
    google.control("apps", approved=False)
    response = google.get(ACCOUNTS, token)
    assert reason_of(response) == (429, None, "RATE_LIMIT_EXCEEDED")
    (detail,) = response.json()["error"]["details"]
    assert detail["metadata"]["quota_limit_value"] == "0"


# --- controls


def test_reading_the_state_shows_no_secret(google):
    tokens = google.tokens()
    said = requests.get(f"{google.base_url}/_control/google").text
    for secret in (google.secret, tokens["access_token"], tokens["refresh_token"]):
        assert secret not in said


def test_the_control_page_shows_google(google):
    google.tokens()
    page = requests.get(f"{google.base_url}/_control").text
    assert "Google: what people gave" in page
