"""What the stand-ins for Instagram Login and Threads have in common."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from sandbox.testing import AccountApp, error_of

HOUR, DAY = 3600, 86400


@pytest.fixture(params=["instagram", "threads"])
def app(request, server):
    return AccountApp(server.base_url, request.param)


def advance(app, seconds):
    app.control("/clock", advance=seconds)


def flat_error(response):
    """Return the text of a token endpoint's refusal."""
    assert response.status_code == 400
    body = response.json()
    assert set(body) == {"error_type", "code", "error_message"}
    assert (body["error_type"], body["code"]) == ("OAuthException", 400)
    return body["error_message"]


# --- the consent pages


def walk(app, person="ana", parameters=None, **answers):
    target = app.visitor.walk(app.authorize(**parameters or {}), person, **answers)
    assert isinstance(target, str), target.text
    address = urlsplit(target)
    return {key: found[0] for key, found in parse_qs(address.query).items()}, address


def test_a_person_logs_in_chooses_one_account_and_comes_back_with_a_code(app):
    answer, address = walk(app)
    assert app.visitor.steps == ["login", "account", "review"]
    assert set(answer) == {"code", "state"} and answer["state"] == "state-1"
    assert address.fragment == "_"
    assert app.exchange(answer["code"]).status_code == 200


def test_cancel_comes_back_as_documented(app):
    answer, address = walk(app, account={"action": "cancel"})
    assert answer == {
        "error": "access_denied",
        "error_reason": "user_denied",
        "error_description": "The user denied your request",
        "state": "state-1",
    }
    assert address.fragment == "_"


def test_a_second_factor_is_asked_for_and_checked(app):
    url = app.authorize()
    page = app.visitor.walk(url, "elisa", code={"code": "000000"})
    assert "not the code" in page.text
    app.visitor.browser.cookies.clear()
    walk(app, "elisa")
    assert app.visitor.steps[:2] == ["login", "code"]


def test_somebody_else_s_account_cannot_be_chosen(app):
    other = app.account("escolagirassol")["id"]
    page = app.visitor.walk(app.authorize(), "ana", account={"account": other})
    assert "cannot be connected" in page.text


def test_a_person_without_an_account_is_told_so(app):
    app.control("accounts", account="floriculturairis", holders=[])
    page = app.visitor.walk(app.authorize(), "felipe")
    assert "cannot log in to any" in page.text


def test_a_right_can_be_declined_but_not_the_basic_one(app):
    walk(app, review={"action": "continue", "accept": []})
    assert app.state("grants")[0]["scopes"] == app.scopes[:1]


def test_the_pages_speak_portuguese(app):
    app.visitor.walk(app.authorize(locale="pt_BR"))
    assert "Escolha a conta para" in app.visitor.pages["account"]
    assert "Revise o que" in app.visitor.pages["review"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"redirect_uri": "http://127.0.0.1:9/social/callback/key/"},
        {"redirect_uri": "http://example.com/"},
        {"redirect_uri": None},
        {"response_type": None},
        {"response_type": "token"},
        {"scope": None},
        {"scope": "pages_show_list"},
        {"scope": "business_basic"},
        {"client_id": "1"},
        {"client_id": None},
    ],
)
def test_a_wrong_request_never_opens_a_page_nor_redirects(app, parameters):
    response = requests.get(app.authorize(**parameters), allow_redirects=False)
    assert response.status_code == 400


def test_an_app_in_development_is_for_its_developers(app):
    app.control("apps", client_id=app.client_id, live=False)
    assert walk(app, "ana")[0]["code"]
    app.visitor.browser.cookies.clear()
    page = app.visitor.walk(app.authorize(), "bruno", inactive={"action": "continue"})
    assert "in development" in page.text


def test_a_held_account_is_cleared_by_its_holder(app):
    app.control("accounts", account="cafeaurora", held=True)
    walk(app)
    assert "checkpoint" in app.visitor.steps
    assert not app.account()["held"]


def test_the_log_of_calls_hides_the_address_of_a_dialog(app):
    walk(app)
    paths = [call["path"] for call in app.calls()]
    assert f"/{app.network}/dialog/-/review" in paths


# --- the code


def test_a_code_works_once(app):
    code = app.code()
    assert app.exchange(code).status_code == 200
    assert "already used" in flat_error(app.exchange(code))


def test_a_code_lives_an_hour(app):
    late, in_time = app.code(), app.code()
    advance(app, HOUR - 5)
    assert app.exchange(in_time).status_code == 200
    advance(app, 10)
    assert "expired" in flat_error(app.exchange(late))


@pytest.mark.parametrize(
    "parameters, said",
    [
        ({"client_secret": "wrong"}, "client secret"),
        ({"client_secret": None}, "client secret"),
        ({"grant_type": "refresh_token"}, "grant_type"),
        ({"grant_type": None}, "grant_type"),
        ({"redirect_uri": "http://127.0.0.1:9/"}, "redirect_uri"),
        ({"redirect_uri": None}, "redirect_uri"),
        ({"code": "invented"}, "Matching code was not found"),
    ],
)
def test_a_wrong_exchange_is_refused_and_uses_up_nothing(app, parameters, said):
    code = app.code()
    assert said in flat_error(app.exchange(code, **parameters))
    assert app.exchange(code).status_code == 200


def test_the_code_exchange_takes_a_posted_form_only(app):
    values = {"client_id": app.client_id, "client_secret": app.secret}
    values |= {"grant_type": "authorization_code", "code": app.code()}
    values |= {"redirect_uri": app.redirect_uri}
    assert requests.get(app.token_url, params=values).status_code == 400
    assert requests.post(app.token_url, params=values).status_code == 400
    assert requests.post(app.token_url, json=values).status_code == 400


def test_another_app_s_code_is_unknown(app):
    app.control("apps", client_id="9", client_secret="s", redirect_uris=["https://x/"])
    code = app.code(client_id="9", redirect_uri=app.redirect_uri)
    assert "Matching code" in flat_error(app.exchange(code))


# --- the exchanges


def test_an_hour_becomes_sixty_days(app):
    short = app.short_token()
    answer = app.lengthen(short).json()
    assert set(answer) == {"access_token", "token_type", "expires_in"}
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 5183944)
    assert answer["access_token"] != short
    advance(app, HOUR + 1)
    assert error_of(app.me(short))[:2] == (190, 463)
    assert app.me(answer["access_token"]).status_code == 200


@pytest.mark.parametrize(
    "parameters, code",
    [
        ({"client_secret": "wrong"}, 1),
        ({"client_secret": None}, 1),
        ({"grant_type": "fb_exchange_token"}, 100),
        ({"access_token": None}, 2500),
        ({"access_token": "invented"}, 190),
    ],
)
def test_a_wrong_lengthening_is_refused(app, parameters, code):
    assert error_of(app.lengthen(app.short_token(), **parameters))[0] == code


def test_the_exchanges_take_get_and_the_query_only(app):
    short, long = app.short_token(), app.long_token()
    advance(app, DAY)
    assert error_of(app.lengthen(short, "POST"))[0] == 100
    assert error_of(app.refresh(long, "POST"))[0] == 100
    response = requests.get(
        f"{app.api}/refresh_access_token",
        params={"grant_type": f"{app.prefix}_refresh_token"},
        headers={"Authorization": f"Bearer {long}"},
    )
    assert error_of(response)[0] == 2500


def test_a_long_token_is_not_lengthened_but_refreshed(app):
    token = app.control("dashboard_token", account="cafeaurora")["access_token"]
    code, _subcode, message = error_of(app.lengthen(token))
    assert code == 452 and message.startswith("Session key invalid")
    advance(app, DAY)
    assert app.refresh(token).json()["expires_in"] == 5183944


def test_a_token_is_refreshed_a_day_after_its_birth_and_not_earlier(app):
    token = app.long_token()
    advance(app, DAY - 5)
    assert error_of(app.refresh(token))[0] == 100
    assert app.me(token).status_code == 200
    advance(app, 10)
    fresh = app.refresh(token).json()["access_token"]
    assert error_of(app.refresh(fresh))[0] == 100
    advance(app, DAY)
    assert app.refresh(fresh).status_code == 200


def test_sixty_days_count_from_the_refresh(app):
    token = app.long_token()
    advance(app, 59 * DAY)
    fresh = app.refresh(token).json()["access_token"]
    advance(app, 58 * DAY)
    assert app.me(fresh).status_code == 200
    assert error_of(app.me(token))[:2] == (190, 463)


def test_after_its_end_only_a_new_login_helps(app):
    token = app.long_token()
    advance(app, 60 * DAY)
    assert error_of(app.refresh(token))[:2] == (190, 463)
    assert app.me(app.long_token()).status_code == 200


def test_a_short_token_is_not_refreshed_however_old(app):
    app.control("settings", short_seconds=10 * DAY)
    token = app.short_token()
    advance(app, 2 * DAY)
    assert error_of(app.refresh(token))[0] == 100


def test_a_refresh_takes_no_secret_and_only_its_own_grant_type(app):
    token = app.long_token()
    advance(app, DAY)
    assert error_of(app.refresh(token, client_secret=app.secret))[0] == 100
    assert error_of(app.refresh(token, grant_type="refresh_token"))[0] == 100
    assert app.refresh(token).status_code == 200


def test_a_refresh_can_keep_the_token_s_text(app):
    app.control("settings", refresh_keeps_value=True)
    token = app.long_token()
    advance(app, DAY)
    assert app.refresh(token).json()["access_token"] == token
    assert error_of(app.refresh(token))[0] == 100


# --- how tokens end


@pytest.mark.parametrize(
    "control, values, codes",
    [
        ("password", {}, (190, 460)),
        ("revoke", {}, (190, 458)),
        ("expire", {"seconds": -1}, (190, 463)),
        ("accounts", {"held": True}, (190, 459)),
    ],
)
def test_an_event_ends_every_token_of_the_account(app, control, values, codes):
    short, long = app.short_token(), app.long_token()
    other = app.long_token("padariadoporto")
    advance(app, DAY - HOUR)
    app.control("settings", minimum_age_seconds=0)
    app.control(control, account="cafeaurora", **values)
    assert error_of(app.me(long))[:2] == codes
    assert error_of(app.refresh(long))[:2] == codes
    assert app.me(short).status_code == 400
    assert app.me(other).status_code == 200


def test_a_grant_given_anew_does_not_revive_an_old_token(app):
    token = app.long_token()
    app.control("revoke", account="cafeaurora")
    new = app.long_token()
    assert error_of(app.me(token))[:2] == (190, 467)
    assert app.me(new).status_code == 200


def test_without_the_basic_right_nothing_is_read_or_refreshed(app):
    token = app.long_token(scopes=app.scopes)
    advance(app, DAY)
    app.control("untick", account="cafeaurora", scopes=app.scopes[:1])
    assert error_of(app.me(token))[0] == 10
    assert error_of(app.refresh(token))[0] == 10
    app.control("untick", account="cafeaurora", scopes=app.scopes[1:])
    assert error_of(app.me(token))[:2] == (100, 10)


def test_the_trouble_of_an_app_is_told_apart(app):
    token, code = app.long_token(), app.code()
    app.control("apps", client_id=app.client_id, usage={"call_count": 100})
    assert error_of(app.me(token))[0] == 4
    app.control("apps", client_id=app.client_id, usage={}, blocked=True)
    assert error_of(app.me(token))[0] == 200
    assert error_of(app.exchange(code))[0] == 200


# --- the account


def test_the_account_answers_what_is_asked(app):
    token = app.long_token()
    answer = app.me(token, fields="username,name").json()
    assert answer == {"username": "cafeaurora", "name": "Café Aurora"}
    assert set(app.me(token).json()) == {"id"}
    assert error_of(app.me(token, fields="id,email"))[0] == 100


def test_other_versions_paths_and_nodes_are_unknown(app):
    token = app.long_token()
    assert error_of(app.me(token, version="v99.0"))[0] == 2500
    url = f"{app.api}/{app.version}/4711"
    response = requests.get(url, params={"access_token": token})
    assert error_of(response)[:2] == (100, 33)
    for url in (f"{app.api}/me", f"{app.base_url}/{app.network}/nowhere/oauth/x"):
        assert error_of(requests.get(url, params={"access_token": token}))[0] == 2500


def test_a_token_of_another_network_is_not_understood(app, server):
    other = {"instagram": "threads", "threads": "instagram"}[app.network]
    token = app.long_token()
    there = AccountApp.__new__(AccountApp)
    there.api = f"{server.base_url}/{other}/graph"
    there.version = {"instagram": "v26.0", "threads": "v1.0"}[other]
    code, subcode, message = error_of(there.me(token))
    assert (code, subcode) == (190, None) and "Cannot parse" in message
    url = f"{server.base_url}/meta/v26.0/me"
    response = requests.get(url, params={"access_token": token})
    assert "Cannot parse" in error_of(response)[2]


def test_the_picture_of_an_account_can_be_fetched(app):
    names = {"instagram": "profile_picture_url"}
    name = names.get(app.network, "threads_profile_picture_url")
    url = app.me(app.long_token(), fields=name).json()[name]
    assert requests.get(url).headers["Content-Type"] == "image/png"


# --- controls


def test_the_state_holds_no_secret_and_no_token(app):
    token = app.long_token()
    found = requests.get(f"{app.base_url}/_control/{app.network}").text
    assert app.secret not in found and token not in found
    assert app.state("grants")[0]["tokens"] == {"short": 1, "long": 1}


def test_controls_refuse_what_they_do_not_know(app):
    for name, values in (
        ("password", {"account": "nobody"}),
        ("revoke", {"account": "cafeaurora"}),
        ("settings", {"nonsense": 1}),
        ("consent", {}),
    ):
        url = f"{app.base_url}/_control/{app.network}/{name}"
        assert requests.post(url, json=values).status_code == 400


def test_an_account_can_be_created(app):
    values = {"id": "4711", "username": "loja", "holders": ["diego"]}
    app.control("accounts", **values)
    answer = app.me(app.long_token("loja"), fields="username").json()
    assert answer == {"username": "loja"}


def test_the_control_page_has_a_button_for_each_event(app):
    app.long_token()
    page = requests.get(f"{app.base_url}/_control").text
    for control in ("password", "accounts", "untick", "expire", "revoke"):
        assert f'action="/_control/{app.network}/{control}"' in page
