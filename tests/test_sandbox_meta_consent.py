"""The dialog of Meta's stand-in refuses what the documented one refuses."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from sandbox.testing import REDIRECT_URI, Form, MetaApp, Visitor

CAFE, BAKERY, CLINIC = "100000000000101", "100000000000102", "100000000000103"
CAFE_INSTAGRAM = "17841400000000101"


@pytest.fixture
def meta(server):
    return MetaApp(server.base_url)


def refused(meta, **parameters):
    """Open a dialog that must not open; return the text of its error page."""
    url = meta.dialog_url(**parameters)
    response = requests.get(url, allow_redirects=False)
    assert response.status_code == 400
    assert "Location" not in response.headers
    assert "Stand-in" in response.text
    return response.text


def grant(meta):
    (found,) = meta.state("meta/grants")
    return found


# --- what cannot be opened: an error page, never a redirect (RFC 6749, 4.1.2.1)


def test_unknown_app(meta):
    assert "Invalid App ID" in refused(meta, client_id="42")
    assert "Invalid App ID" in refused(meta, client_id=None)


def test_unregistered_redirect_uri(meta):
    for uri in (
        REDIRECT_URI + "/",
        REDIRECT_URI + "?a=1",
        "https://elsewhere.example/",
    ):
        assert "URL blocked" in refused(meta, redirect_uri=uri)
    assert "redirect_uri is required" in refused(meta, redirect_uri=None)


def test_insecure_redirect_uri(meta):
    text = refused(meta, redirect_uri="http://elsewhere.example/")
    assert "Insecure login" in text


@pytest.mark.parametrize("version", ["v20.0", "v99.0", "v26", "26.0"])
def test_unknown_version(meta, version):
    assert "Unknown path components" in refused(meta, version=version)


def test_unknown_scope(meta):
    text = refused(meta, scope="pages_show_list,pages_rule_the_world")
    assert "Invalid Scopes: pages_rule_the_world." in text


def test_response_type_and_challenge_method(meta):
    assert "response_type" in refused(meta, response_type="token")
    text = refused(meta, code_challenge="x" * 43, code_challenge_method="plain")
    assert "code_challenge_method" in text


def test_blocked_app(meta):
    meta.control("meta/apps", blocked=True)
    assert "App not active" in refused(meta)


# --- the first time


def test_pages_follow_each_other_and_end_at_the_app(meta):
    target = meta.visitor.walk(meta.dialog_url())
    assert meta.visitor.steps == ["login", "pages", "instagram", "review"]
    assert target.startswith(REDIRECT_URI + "?code=")
    assert target.endswith("&state=state-1#_=_")


def test_missing_state_stays_missing(meta):
    assert set(meta.consent(parameters={"state": None})) == {"code"}


def test_state_comes_back_unchanged(meta):
    state = "a b&c=d#é/+%"
    assert meta.consent(parameters={"state": state})["state"] == state


def test_redirect_uri_with_a_query_keeps_it(meta):
    uri = REDIRECT_URI + "?db=demo"
    meta.control("meta/apps", redirect_uris=[uri])
    answer = meta.consent(parameters={"redirect_uri": uri})
    assert answer["db"] == "demo"
    assert answer["code"]


def test_first_time_nothing_is_ticked(meta):
    meta.consent()
    assert Form(meta.visitor.pages["pages"]).ticked == []


def test_person_without_pages(meta):
    assert meta.consent("diego")["code"]
    assert "You have no Pages." in meta.visitor.pages["pages"]
    assert grant(meta)["pages"] == []


def test_single_permissions_can_be_declined(meta):
    answer = meta.consent(
        parameters={"response_type": "code,granted_scopes"},
        review={"accept": ["pages_show_list", "instagram_basic"]},
    )
    assert "pages_messaging" in grant(meta)["declined"]
    assert answer["granted_scopes"] == "public_profile,pages_show_list,instagram_basic"
    assert "pages_messaging" in answer["denied_scopes"]


def test_pages_and_accounts_are_chosen_apart(meta):
    meta.consent(pages={"chosen": [BAKERY]}, instagram={"chosen": [CAFE_INSTAGRAM]})
    assert grant(meta)["pages"] == [BAKERY]
    assert grant(meta)["instagram"] == [CAFE_INSTAGRAM]


def test_somebody_elses_page_cannot_be_chosen(meta):
    meta.consent(pages={"chosen": [CAFE, "100000000000110"]})
    assert grant(meta)["pages"] == [CAFE]


def test_all_current_and_future_pages(meta):
    meta.consent(pages={"everything": "1"})
    token = meta.exchange(meta.consent()["code"]).json()["access_token"]
    new = meta.control("meta/pages", create=1, person="ana")["created"][0]
    assert new in {row["id"] for row in meta.get("me/accounts", token)["data"]}
    entry = meta.inspect(token)["granular_scopes"][0]
    assert entry == {"scope": "pages_show_list"}


def test_portfolio_page_needs_business_management(meta):
    meta.consent(parameters={"scope": "pages_show_list"})
    assert "Studio Lume" not in meta.visitor.pages["pages"]
    meta.control("meta/revoke", person="ana")
    meta.consent()
    assert "Studio Lume" in meta.visitor.pages["pages"]


# --- Cancel


@pytest.mark.parametrize("step", ["login", "pages", "instagram", "review"])
def test_cancel_on_every_page(meta, step):
    answer = meta.consent(**{step: {"action": "cancel"}})
    assert answer == {
        "error": "access_denied",
        "error_code": "200",
        "error_description": "Permissions error",
        "error_reason": "user_denied",
        "state": "state-1",
    }
    assert meta.visitor.steps[-1] == step
    assert meta.state("meta/grants") == []


def test_cancel_of_a_renewal_changes_nothing(meta):
    meta.consent()
    before = grant(meta)
    answer = meta.consent(
        parameters={"auth_type": "rerequest"},
        pages={"chosen": [CAFE]},
        review={"action": "cancel"},
    )
    assert answer["error"] == "access_denied"
    assert grant(meta) == before


def test_a_finished_dialog_cannot_be_used_again(meta):
    meta.consent()
    url = meta.dialog_url()
    opened = meta.visitor.browser.get(url)
    path = urlsplit(opened.url).path
    meta.visitor.browser.post(
        opened.url, data={"action": "cancel"}, allow_redirects=False
    )
    again = meta.visitor.browser.post(meta.base_url + path, data={"action": "continue"})
    assert again.status_code == 400
    assert "This dialog is over" in again.text


# --- coming back


def test_who_comes_back_reconnects_and_keeps_the_old_choice(meta):
    meta.consent(pages={"chosen": [CAFE]})
    assert meta.consent()["code"]
    assert meta.visitor.steps == ["reconnect"]
    assert ">Reconnect<" in meta.visitor.pages["reconnect"]
    assert grant(meta)["pages"] == [CAFE]


def test_rerequest_opens_the_choice_with_the_old_one_ticked(meta):
    meta.consent(pages={"chosen": [CAFE]})
    meta.consent(parameters={"auth_type": "rerequest"})
    assert meta.visitor.steps == ["reconnect", "pages", "instagram", "review"]
    assert Form(meta.visitor.pages["pages"]).ticked == [("chosen", CAFE)]


def test_edit_settings_opens_the_choice_too(meta):
    meta.consent()
    meta.consent(reconnect={"action": "edit"}, pages={"chosen": [CLINIC]})
    assert meta.visitor.steps == ["reconnect", "pages", "instagram", "review"]
    assert grant(meta)["pages"] == [CLINIC]


def test_declined_permissions_are_asked_again_only_on_rerequest(meta):
    meta.consent(review={"accept": ["pages_show_list"]})
    meta.consent()
    assert "review" not in meta.visitor.steps
    meta.consent(parameters={"auth_type": "rerequest"})
    assert Form(meta.visitor.pages["review"]).offered("accept")
    assert grant(meta)["declined"] == []


def test_new_permissions_alone_are_reviewed(meta):
    meta.consent(parameters={"scope": "pages_show_list"})
    meta.consent(parameters={"scope": "pages_show_list,pages_messaging"})
    assert meta.visitor.steps == ["reconnect", "review"]
    offered = Form(meta.visitor.pages["review"]).offered("accept")
    assert offered == ["pages_messaging"]


def test_reauthorize_confirms_data_access_anew(meta):
    meta.consent()
    first = grant(meta)["data_access_expires_at"]
    meta.control("clock", advance=80 * 86400)
    meta.consent(parameters={"auth_type": "reauthorize"})
    assert meta.visitor.steps == ["reconnect"]
    assert grant(meta)["data_access_expires_at"] >= first + 80 * 86400


def test_going_back_shows_the_page_with_its_answer(meta):
    browser = meta.visitor.browser
    login = browser.get(meta.dialog_url())
    pages = browser.post(login.url, data={"person": "ana"})
    following = browser.post(pages.url, data={"chosen": [CAFE]})
    assert following.url.endswith("/instagram")
    back = browser.get(pages.url)
    assert Form(back.text).ticked == [("chosen", CAFE)]
    ahead = browser.get(pages.url.replace("/pages", "/review"))
    assert ahead.url.endswith("/instagram")


# --- logging in


def test_a_person_stays_logged_in(meta):
    meta.consent()
    meta.control("meta/revoke", person="ana")
    meta.consent()
    assert "login" not in meta.visitor.steps


def test_not_you(meta):
    browser = meta.visitor.browser
    pages = browser.post(browser.get(meta.dialog_url()).url, data={"person": "ana"})
    assert "Not you?" in pages.text
    login = browser.get(pages.url.replace("/pages", "/login"))
    other = browser.post(login.url, data={"person": "carla"})
    assert "Logged in as Carla Dias." in other.text


def test_a_changed_password_logs_out(meta):
    meta.consent()
    meta.control("meta/password", person="ana")
    meta.consent()
    assert meta.visitor.steps == ["login", "reconnect"]


def test_reauthenticate_asks_the_password_each_time(meta):
    meta.consent()
    meta.control("meta/password", person="ana", password="new")
    wrong = meta.visitor.walk(meta.dialog_url(auth_type="reauthenticate"))
    assert "That is not the password." in wrong.text
    answer = meta.consent(
        parameters={"auth_type": "reauthenticate", "auth_nonce": "n-1"},
        password={"password": "new"},
    )
    token = meta.exchange(answer["code"]).json()["access_token"]
    metadata = meta.inspect(token)["metadata"]
    assert metadata == {"auth_type": "reauthenticate", "auth_nonce": "n-1"}


def test_second_factor(meta):
    wrong = meta.visitor.walk(meta.dialog_url(), "elisa", code={"code": "000000"})
    assert "That is not the code." in wrong.text
    visitor = Visitor(meta.base_url)
    visitor.walk(meta.dialog_url(), "elisa")
    assert visitor.steps == ["login", "code", "pages", "instagram", "review"]


def test_security_check_stands_in_the_way_until_confirmed(meta):
    meta.consent("felipe")
    assert meta.visitor.steps[:2] == ["login", "checkpoint"]
    people = {person["key"]: person for person in meta.state("meta/people")}
    assert not people["felipe"]["held_at_checkpoint"]


def test_app_in_development_lets_developers_in_alone(meta):
    meta.control("meta/apps", live=False)
    answer = meta.consent("carla", inactive={"action": "cancel"})
    assert answer["error_reason"] == "user_denied"
    meta.visitor = Visitor(meta.base_url)
    assert meta.consent("ana")["code"]


# --- languages


def test_pages_follow_the_locale(meta):
    meta.consent()
    meta.consent(parameters={"locale": "pt_BR", "auth_type": "rerequest"})
    assert ">Reconectar<" in meta.visitor.pages["reconnect"]
    assert ">Continuar<" in meta.visitor.pages["pages"]
    assert 'lang="pt-BR"' in meta.visitor.pages["review"]
    assert "Não é a rede real" in meta.visitor.pages["review"]


def test_pages_follow_the_browser_without_a_locale(meta):
    headers = {"Accept-Language": "pt-BR,pt;q=0.9,en;q=0.5"}
    assert "Entrar" in requests.get(meta.dialog_url(), headers=headers).text


def test_names_from_the_app_are_shown_as_text(meta):
    meta.control("meta/apps", name="<script>alert(1)</script>")
    text = requests.get(meta.dialog_url()).text
    assert "<script>" not in text
    query = parse_qs(urlsplit(meta.dialog_url(state="<b>")).query)
    assert query["state"] == ["<b>"]
