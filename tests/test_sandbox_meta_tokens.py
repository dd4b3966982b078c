"""Tokens of Meta's stand-in: how they come about, and each way in which they die."""

import base64
import hashlib
import json

import pytest
import requests

from sandbox.testing import REDIRECT_URI, MetaApp, error_of

CAFE, BAKERY = "100000000000101", "100000000000102"
DAY = 86400


@pytest.fixture
def meta(server):
    return MetaApp(server.base_url)


@pytest.fixture
def living(meta):
    """A long user token and the café's page token of the same grant."""
    user = meta.long_token()
    return user, meta.page_token(user)


# --- code exchange


def test_code_becomes_a_short_token(meta):
    answer = meta.exchange(meta.code()).json()
    assert set(answer) == {"access_token", "token_type", "expires_in"}
    assert answer["token_type"] == "bearer"
    assert 3600 <= answer["expires_in"] <= 7200


def test_exchange_by_post(meta):
    values = {"client_id": meta.client_id, "client_secret": meta.secret}
    values |= {"code": meta.code(), "redirect_uri": REDIRECT_URI}
    values["grant_type"] = "authorization_code"
    response = requests.post(f"{meta.api}/oauth/access_token", data=values)
    assert response.json()["access_token"]


def test_code_works_once(meta):
    code = meta.code()
    assert meta.exchange(code).status_code == 200
    response = meta.exchange(code)
    assert response.status_code == 400
    assert error_of(response)[:2] == (100, 36009)


def test_code_expires(meta):
    code = meta.code()
    meta.control("clock", advance=601)
    assert error_of(meta.exchange(code))[:2] == (100, 36007)


def test_invented_code(meta):
    response = meta.exchange("AQinvented")
    assert error_of(response) == (100, None, "Invalid verification code format.")


def test_wrong_client_secret(meta):
    response = meta.exchange(meta.code(), client_secret="wrong")
    assert response.status_code == 400
    assert error_of(response) == (1, None, "Error validating client secret.")


def test_a_refused_client_does_not_use_up_the_code(meta):
    code = meta.code()
    meta.exchange(code, client_secret="wrong")
    assert meta.exchange(code).status_code == 200


def test_unknown_client(meta):
    assert error_of(meta.exchange(meta.code(), client_id="42"))[0] == 101
    assert error_of(meta.exchange(meta.code(), client_id=""))[0] == 101


def test_other_redirect_uri(meta):
    response = meta.exchange(meta.code(), redirect_uri=REDIRECT_URI + "/")
    assert error_of(response)[:2] == (100, 36008)
    response = meta.token_call(code=meta.code())
    assert error_of(response)[0] == 191


def test_code_of_another_app(meta):
    meta.control("meta/apps", client_id="2", client_secret="s", redirect_uris=[])
    code = meta.code(client_id=meta.client_id)
    response = meta.exchange(code, client_id="2", client_secret="s")
    assert error_of(response)[0] == 100


def test_pkce(meta):
    verifier = "v" * 43
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    asked = {"code_challenge": challenge, "code_challenge_method": "S256"}
    code = meta.consent(parameters=asked)["code"]
    assert error_of(meta.exchange(code))[0] == 100
    assert error_of(meta.exchange(code, code_verifier="w" * 43))[0] == 100
    assert meta.exchange(code, code_verifier=verifier).status_code == 200


def test_unknown_version(meta):
    url = f"{meta.base_url}/meta/v1.0/oauth/access_token"
    assert error_of(requests.get(url))[0] == 2500


# --- short to long, and the app's own token


def test_short_becomes_long(meta):
    answer = meta.lengthen(meta.short_token()).json()
    assert answer["expires_in"] == 5183944


def test_a_long_token_comes_back_with_its_old_date(meta):
    token = meta.long_token()
    meta.control("clock", advance=10 * DAY)
    answer = meta.lengthen(token).json()
    assert answer["access_token"] == token
    assert answer["expires_in"] <= 5183944 - 10 * DAY


def test_expired_tokens_cannot_be_exchanged(meta):
    token = meta.short_token()
    meta.control("clock", advance=7201)
    assert error_of(meta.lengthen(token))[:2] == (190, 463)


def test_only_user_tokens_of_this_app_are_exchanged(meta, living):
    assert error_of(meta.lengthen(living[1]))[0] == 100
    assert error_of(meta.lengthen("EAASBXinvented"))[0] == 190
    assert error_of(meta.lengthen(""))[0] == 100


def test_app_token(meta):
    answer = meta.token_call(grant_type="client_credentials").json()
    assert answer["access_token"] == meta.app_token
    wrong = meta.token_call(grant_type="client_credentials", client_secret="x")
    assert error_of(wrong)[0] == 1


# --- debug_token


def test_debug_token_of_a_page_token(meta, living):
    data = meta.inspect(living[1])
    now = meta.state("clock")["now"]
    assert data["app_id"] == meta.client_id
    assert data["type"] == "PAGE"
    assert data["is_valid"] is True
    assert data["expires_at"] == 0
    assert abs(data["data_access_expires_at"] - now - 90 * DAY) < 60
    assert data["profile_id"] == CAFE
    assert data["user_id"] == meta.get("me", living[0])["id"]
    entry = next(
        row for row in data["granular_scopes"] if row["scope"] == "pages_messaging"
    )
    assert CAFE in entry["target_ids"]


def test_debug_token_of_user_and_app_tokens(meta, living):
    data = meta.inspect(living[0])
    assert data["type"] == "USER"
    assert data["expires_at"] - data["issued_at"] == 5183944
    assert meta.inspect(meta.app_token)["type"] == "APP"


def test_debug_token_says_why_a_token_is_dead(meta, living):
    meta.control("meta/password", person="ana")
    data = meta.inspect(living[1])
    assert data["is_valid"] is False
    assert (data["error"]["code"], data["error"]["subcode"]) == (190, 460)


def test_debug_token_of_an_invented_token(meta):
    data = meta.inspect("EAASBXinvented")
    assert data["is_valid"] is False
    assert data["error"]["code"] == 190
    assert data["scopes"] == []


def test_debug_token_is_for_the_app_and_its_developers(meta, living):
    data = meta.get("debug_token", living[0], input_token=living[1])["data"]
    assert data["is_valid"] is True
    other = meta.long_token("carla")
    assert meta.error("debug_token", other, input_token=other)[0] == 100
    assert meta.error("debug_token", "", input_token=other)[0] == 2500
    assert meta.error("debug_token", meta.app_token)[0] == 100


def test_debug_token_of_another_apps_token(meta, living):
    meta.control("meta/apps", client_id="2", client_secret="s")
    code, _subcode, message = meta.error("debug_token", "2|s", input_token=living[0])
    assert code == 100
    assert "did not match the Viewing App" in message


def test_a_person_has_another_id_at_another_app(meta):
    meta.control("meta/apps", client_id="2", client_secret="s")
    (ana,) = [row for row in meta.state("meta/people") if row["key"] == "ana"]
    assert len(set(ana["ids"].values())) == 2


# --- expiry by the clock


def test_short_token_expires(meta):
    token = meta.short_token()
    meta.control("clock", advance=5401)
    code, subcode, message = meta.error("me", token)
    assert (code, subcode) == (190, 463)
    assert "Session has expired on" in message


def test_page_token_of_a_long_token_outlives_it(meta, living):
    meta.control("clock", advance=61 * DAY)
    assert meta.error("me", living[0])[:2] == (190, 463)
    assert meta.get("me", living[1])["id"] == CAFE


def test_page_token_of_a_short_token_inherits_the_hours(meta):
    token = meta.short_token()
    page_token = meta.page_token(token)
    assert meta.inspect(page_token)["expires_at"] == meta.inspect(token)["expires_at"]
    meta.control("clock", advance=5401)
    assert meta.error("me", page_token)[:2] == (190, 463)


def test_data_access_ends_after_ninety_days(meta):
    meta.control("meta/settings", long_seconds=200 * DAY)
    token = meta.long_token()
    meta.control("clock", advance=91 * DAY)
    assert meta.get("me", token)["name"] == "Ana Souza"
    assert meta.get("me/accounts", token)["data"] == []
    statuses = {row["status"] for row in meta.get("me/permissions", token)["data"]}
    assert statuses == {"expired"}
    meta.consent(parameters={"auth_type": "reauthorize"})
    assert meta.get("me/accounts", token)["data"]


def test_lifetimes_can_be_set(meta):
    meta.control("meta/settings", short_seconds=60, data_access_seconds=120)
    assert meta.exchange(meta.code()).json()["expires_in"] == 60


def test_expiry_can_be_moved(meta, living):
    meta.control("meta/expire", person="ana", seconds=5 * DAY, which="data_access")
    left = meta.inspect(living[1])["data_access_expires_at"]
    assert left - meta.state("clock")["now"] <= 5 * DAY
    meta.control("meta/expire", person="ana", seconds=-1)
    assert meta.error("me", living[1])[:2] == (190, 463)


# --- death by events


def both_die(meta, living, code, subcode):
    for token in living:
        response = meta.call("me", token)
        assert response.status_code == 400
        assert error_of(response)[:2] == (code, subcode)
        assert meta.inspect(token)["is_valid"] is False


def test_password_changed(meta, living):
    meta.control("meta/password", person="ana")
    both_die(meta, living, 190, 460)


def test_a_new_login_after_a_password_change_gives_living_tokens(meta, living):
    meta.control("meta/password", person="ana")
    assert meta.get("me", meta.long_token())["name"] == "Ana Souza"
    assert meta.error("me", living[0])[:2] == (190, 460)


def test_app_removed(meta, living):
    meta.control("meta/revoke", person="ana")
    both_die(meta, living, 190, 458)
    assert meta.inspect(living[0])["scopes"] == []


def test_a_new_grant_does_not_revive_old_tokens(meta, living):
    meta.control("meta/revoke", person="ana")
    meta.long_token()
    both_die(meta, living, 190, 467)


def test_code_of_a_removed_grant(meta):
    code = meta.code()
    meta.control("meta/revoke", person="ana")
    assert error_of(meta.exchange(code))[:2] == (190, 458)


def test_security_check(meta, living):
    meta.control("meta/checkpoint", person="ana", on=True)
    both_die(meta, living, 190, 459)
    fresh = meta.exchange(meta.code()).json()["access_token"]
    assert meta.error("me", fresh)[:2] == (190, 459)
    meta.control("meta/checkpoint", person="ana", on=False)
    assert meta.get("me", living[1])["id"] == CAFE


def test_role_lost(meta, living):
    user, page_token = living
    meta.control("meta/roles", person="ana", page="cafeaurora", tasks=[])
    assert meta.error("me", page_token)[:2] == (190, 492)
    assert CAFE not in {row["id"] for row in meta.get("me/accounts", user)["data"]}
    assert meta.error(CAFE, user)[:2] == (100, 33)
    fresh = meta.long_token()
    assert CAFE not in {row["id"] for row in meta.get("me/accounts", fresh)["data"]}


def test_temporary_role_ends(meta):
    now = meta.state("clock")["now"]
    meta.control(
        "meta/roles", person="diego", page=CAFE, tasks=["MANAGE"], until=now + DAY
    )
    user = meta.long_token("diego")
    fields = "id,user_access_expire_time"
    (row,) = meta.get("me/accounts", user, fields=fields)["data"]
    assert row["user_access_expire_time"]
    page_token = meta.page_token(user)
    meta.control("clock", advance=2 * DAY)
    assert meta.error("me", page_token)[:2] == (190, 492)


def test_unticking_a_page_withdraws_it_for_every_token(meta, living):
    user, page_token = living
    bakery_token = meta.page_token(user, "padariadoporto")
    meta.consent(parameters={"auth_type": "rerequest"}, pages={"chosen": [BAKERY]})
    code, subcode, message = meta.error("me", page_token)
    assert (code, subcode) == (190, None)
    assert message.endswith("must be granted before impersonating a user's page.")
    assert [row["id"] for row in meta.get("me/accounts", user)["data"]] == [BAKERY]
    for entry in meta.inspect(user)["granular_scopes"]:
        assert CAFE not in entry.get("target_ids", [])
    assert meta.get("me", bakery_token)["id"] == BAKERY
    assert meta.inspect(page_token)["is_valid"] is False


def test_one_person_unticking_leaves_other_people_alone(meta):
    page_token = meta.page_token(meta.long_token("bruno"))
    meta.long_token("ana")
    meta.control("meta/untick", person="ana", pages=["cafeaurora"])
    assert meta.get("me", page_token)["id"] == CAFE


def test_deleted_page(meta, living):
    meta.control("meta/pages", page="cafeaurora", deleted=True)
    code, subcode, message = meta.error("me", living[1])
    assert (code, subcode) == (190, None)
    assert "has been deleted" in message


def test_app_blocked(meta, living):
    meta.control("meta/apps", blocked=True)
    for token in (*living, meta.app_token):
        assert meta.error("me", token) == (200, None, "API access blocked.")
    assert error_of(meta.lengthen(living[0]))[0] == 200


def test_tokens_of_a_world_before_the_reset_mean_nothing(meta, living):
    meta.control("reset")
    assert meta.error("me", living[0])[:2] == (190, None)


def test_controls_never_tell_a_secret(meta, living):
    told = json.dumps(meta.state("meta")) + json.dumps(meta.state("requests"))
    for secret in (*living, meta.secret):
        assert secret not in told
