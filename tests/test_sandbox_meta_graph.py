"""The Graph API of Meta's stand-in: who may see and do what."""

import json

import pytest
import requests

from sandbox.testing import SCOPES, MetaApp, error_of

CAFE, BAKERY, CLINIC = "100000000000101", "100000000000102", "100000000000103"
BOOKSHOP, GARAGE, INN = "100000000000104", "100000000000105", "100000000000106"
CAFE_INSTAGRAM = "17841400000000101"
AGENCY = "300000000000001"


@pytest.fixture
def meta(server):
    return MetaApp(server.base_url)


def without(*scopes):
    return [scope for scope in SCOPES.split(",") if scope not in scopes]


# --- who asks


def test_no_token_and_no_such_token(meta):
    assert error_of(requests.get(f"{meta.api}/me"))[0] == 2500
    assert meta.error("me", "EAASBXinvented")[0] == 190
    assert meta.error("me", f"{meta.client_id}|wrong")[0] == 190


def test_bearer_header(meta):
    headers = {"Authorization": f"Bearer {meta.long_token()}"}
    answer = requests.get(f"{meta.api}/me", headers=headers).json()
    assert answer["name"] == "Ana Souza"


def test_unknown_version(meta):
    token = meta.long_token()
    for version in ("v20.0", "v99.0", "me"):
        response = requests.get(
            f"{meta.base_url}/meta/{version}/me", params={"access_token": token}
        )
        assert error_of(response)[0] == 2500


def test_every_answer_names_version_and_usage(meta):
    response = meta.call("me", meta.long_token())
    assert response.headers["facebook-api-version"] == "v26.0"
    usage = json.loads(response.headers["X-App-Usage"])
    assert set(usage) == {"call_count", "total_time", "total_cputime"}


def test_spent_budget(meta):
    token = meta.long_token()
    meta.control("meta/apps", usage={"call_count": 100})
    response = meta.call("me", token)
    assert error_of(response)[0] == 4
    assert json.loads(response.headers["X-App-Usage"])["call_count"] == 100


# --- appsecret_proof


def test_proof_is_checked_whenever_it_comes(meta):
    token = meta.long_token()
    assert meta.get("me", token, appsecret_proof=meta.proof(token))["id"]
    wrong = meta.proof(token)[:-1] + "x"
    code, _subcode, message = meta.error("me", token, appsecret_proof=wrong)
    assert (code, "Invalid appsecret_proof" in message) == (100, True)
    other = meta.proof(meta.long_token("carla"))
    assert meta.error("me", token, appsecret_proof=other)[0] == 100


def test_proof_is_compulsory_when_the_app_says_so(meta):
    token = meta.long_token()
    meta.control("meta/apps", require_proof=True)
    code, _subcode, message = meta.error("me", token)
    assert (code, "require an appsecret_proof" in message) == (100, True)
    assert meta.get("me", token, appsecret_proof=meta.proof(token))["id"]
    assert meta.inspect(token)["is_valid"] is True


# --- fields


def test_nested_fields(meta):
    fields = (
        "id,name,picture.type(large){url},"
        "instagram_business_account{id,username,profile_picture_url}"
    )
    rows = meta.get("me/accounts", meta.long_token(), fields=fields)["data"]
    assert set(rows[0]) == {"id", "name", "picture", "instagram_business_account"}
    assert set(rows[0]["picture"]["data"]) == {"url"}
    account = rows[0]["instagram_business_account"]
    assert account["username"] == "cafeaurora"
    picture = requests.get(account["profile_picture_url"])
    assert picture.content.startswith(b"\x89PNG")


def test_unknown_and_broken_fields(meta):
    token = meta.long_token()
    code, _subcode, message = meta.error("me", token, fields="id,shoe_size")
    assert (code, "nonexisting field (shoe_size)" in message) == (100, True)
    for broken in ("id,name{", "id}", "a;b"):
        assert meta.error("me", token, fields=broken)[0] in (100, 2500)


# --- me/accounts and its odd pages


def test_default_fields_of_accounts(meta):
    row = meta.get("me/accounts", meta.long_token())["data"][0]
    expected = {"access_token", "category", "category_list", "name", "id", "tasks"}
    assert set(row) == expected


def test_page_token_stays_the_same_for_the_same_user_token(meta):
    token = meta.long_token()
    assert meta.page_token(token) == meta.page_token(token)
    by_node = meta.get(CAFE, token, fields="access_token")["access_token"]
    assert by_node == meta.page_token(token)
    assert meta.page_token(meta.long_token()) != by_node


def test_page_without_a_token_of_its_own(meta):
    token = meta.long_token()
    rows = {row["id"]: row for row in meta.get("me/accounts", token)["data"]}
    assert "access_token" not in rows[INN]
    assert "access_token" not in meta.get(INN, token, fields="id,access_token")


def test_page_without_instagram(meta):
    fields = "id,instagram_business_account"
    rows = meta.get("me/accounts", meta.long_token(), fields=fields)["data"]
    found = {row["id"]: row.get("instagram_business_account") for row in rows}
    assert found[GARAGE] is None
    assert found[CAFE] == {"id": CAFE_INSTAGRAM}


def test_instagram_needs_its_scope_and_its_own_tick(meta):
    fields = "id,instagram_business_account"
    unticked = meta.long_token(instagram=[])
    row = meta.get("me/accounts", unticked, fields=fields)["data"][0]
    assert "instagram_business_account" not in row
    scoped = meta.long_token(scopes=without("instagram_basic"))
    row = meta.get("me/accounts", scoped, fields=fields)["data"][0]
    assert "instagram_business_account" not in row


def test_portfolio_page_hides_without_business_management(meta):
    names = "Studio Lume"
    token = meta.long_token(scopes=without("business_management"))
    assert names not in json.dumps(meta.get("me/accounts", token))
    assert names in json.dumps(meta.get("me/accounts", meta.long_token()))


def test_accounts_are_empty_without_pages_show_list(meta):
    token = meta.long_token(scopes=["instagram_basic"])
    assert meta.get("me/accounts", token) == {"data": []}


def test_new_style_tasks(meta):
    row = meta.get("me/accounts", meta.long_token("carla"))["data"][0]
    assert "PROFILE_PLUS_FULL_CONTROL" in row["tasks"]


# --- paging


def test_paging_follows_next_until_absent(meta):
    meta.control("meta/pages", create=60, person="diego")
    answer = meta.get("me/accounts", meta.long_token("diego"), fields="id")
    sizes, ids = [len(answer["data"])], [row["id"] for row in answer["data"]]
    while "next" in answer["paging"]:
        answer = requests.get(answer["paging"]["next"]).json()
        sizes.append(len(answer["data"]))
        ids += [row["id"] for row in answer["data"]]
    assert sizes == [25, 25, 10]
    assert len(set(ids)) == 60


def test_cursors_and_limit(meta):
    meta.control("meta/pages", create=130, person="diego")
    token = meta.long_token("diego")
    first = meta.get("me/accounts", token, limit=500)
    assert len(first["data"]) == 100
    rest = meta.get(
        "me/accounts", token, limit=100, after=first["paging"]["cursors"]["after"]
    )
    assert len(rest["data"]) == 30
    assert "next" not in rest["paging"]
    back = meta.get(
        "me/accounts", token, limit=5, before=rest["paging"]["cursors"]["before"]
    )
    assert back["data"] == first["data"][95:]
    assert meta.error("me/accounts", token, limit="many")[0] == 100
    assert meta.error("me/accounts", token, after="%%%")[0] == 100


def test_next_carries_no_proof(meta):
    meta.control("meta/apps", require_proof=True)
    meta.control("meta/pages", create=30, person="diego")
    token = meta.long_token("diego")
    proof = meta.proof(token)
    answer = meta.get("me/accounts", token, appsecret_proof=proof)
    following = answer["paging"]["next"]
    assert error_of(requests.get(following))[0] == 100
    assert requests.get(following, params={"appsecret_proof": proof}).ok


# --- nodes


def test_nodes_out_of_reach(meta):
    token = meta.long_token(pages=["cafeaurora"])
    page_token = meta.page_token(token)
    assert meta.error(BAKERY, token)[:2] == (100, 33)
    assert meta.error(BAKERY, page_token)[:2] == (100, 33)
    assert meta.error("424242", token)[:2] == (100, 33)
    assert meta.error(CAFE, token, method="POST")[:2] == (100, 33)
    assert meta.error("me/secrets", token)[0] == 2500
    assert meta.error("me/accounts/7", token)[0] == 100
    assert meta.error("me", meta.app_token)[0] == 2500


def test_page_details_need_their_scope(meta):
    scopes = without("pages_read_engagement", "pages_manage_metadata")
    token = meta.page_token(meta.long_token(scopes=scopes))
    assert meta.get("me", token, fields="id,name")["name"] == "Café Aurora"
    assert meta.error("me", token, fields="is_published")[0] == 10


def test_instagram_node(meta):
    user = meta.long_token()
    token = meta.page_token(user)
    fields = "id,username,name,profile_picture_url,followers_count"
    assert meta.get(CAFE_INSTAGRAM, token, fields=fields)["username"] == "cafeaurora"
    meta.control("meta/pages", page="cafeaurora", instagram=None)
    assert meta.error(CAFE_INSTAGRAM, token)[:2] == (100, 33)


def test_instagram_node_needs_scope(meta):
    token = meta.page_token(meta.long_token())
    meta.control("meta/untick", person="ana", scopes=["instagram_basic"])
    assert meta.error(CAFE_INSTAGRAM, token, fields="username")[0] == 10


# --- permissions of a person


def test_permissions_granted_and_declined(meta):
    meta.consent(review={"accept": ["pages_show_list"]})
    token = meta.exchange(meta.consent()["code"]).json()["access_token"]
    rows = meta.get("me/permissions", token)["data"]
    statuses = {row["permission"]: row["status"] for row in rows}
    assert statuses["pages_show_list"] == "granted"
    assert statuses["pages_messaging"] == "declined"


def test_deleting_one_permission(meta):
    token = meta.long_token()
    answer = meta.call("me/permissions/pages_messaging", token, "DELETE").json()
    assert answer == {"success": True}
    page_token = meta.page_token(token)
    assert meta.error(f"{CAFE}/conversations", page_token)[0] == 10
    gone = meta.error("me/permissions/pages_messaging", token, "DELETE")
    assert gone[0] == 100


@pytest.mark.parametrize("with_app_token", [False, True])
def test_deleting_all_permissions_kills_every_token(meta, with_app_token):
    token = meta.long_token()
    page_token = meta.page_token(token)
    person = meta.get("me", token)["id"]
    asking = meta.app_token if with_app_token else token
    assert meta.call(f"{person}/permissions", asking, "DELETE").json()["success"]
    assert meta.error("me", page_token)[:2] == (190, 458)
    assert meta.error("me", token)[:2] == (190, 458)


# --- subscribed_apps


def test_subscription_is_written_read_replaced_and_removed(meta):
    token = meta.page_token(meta.long_token())
    path = f"{CAFE}/subscribed_apps"
    assert meta.get(path, token) == {"data": []}
    meta.call(path, token, "POST", subscribed_fields="messages,feed")
    meta.call(path, token, "POST", subscribed_fields="messages")
    (row,) = meta.get(path, token)["data"]
    assert (row["id"], row["subscribed_fields"]) == (meta.client_id, ["messages"])
    meta.control("meta/pages", page=CAFE, subscribed_fields=[])
    assert "subscribed_fields" not in meta.get(path, token)["data"][0]
    meta.call(path, token, "DELETE")
    assert meta.get(path, token) == {"data": []}


def test_subscription_refusals(meta):
    user = meta.long_token(scopes=without("pages_messaging"))
    token = meta.page_token(user)
    path = f"{CAFE}/subscribed_apps"
    assert meta.error(path, user, "POST", subscribed_fields="feed")[0] == 210
    assert meta.error(path, token, "POST")[0] == 100
    assert meta.error(path, token, "POST", subscribed_fields="gossip")[0] == 100
    code, _sub, message = meta.error(path, token, "POST", subscribed_fields="messages")
    assert (code, "one of these permissions is needed" in message) == (200, True)
    meta.control("meta/untick", person="ana", scopes=["pages_manage_metadata"])
    assert meta.error(path, token, "POST", subscribed_fields="feed")[0] == 10


def test_subscription_needs_a_task(meta):
    user = meta.long_token("bruno")
    garage = meta.page_token(user, "oficinadoisirmaos")
    path = f"{GARAGE}/subscribed_apps"
    assert meta.error(path, garage, "POST", subscribed_fields="feed")[0] == 200
    cafe = meta.page_token(user)
    answer = meta.call(
        f"{CAFE}/subscribed_apps", cafe, "POST", subscribed_fields="feed"
    )
    assert answer.json() == {"success": True}


# --- conversations


def test_conversations(meta):
    user = meta.long_token()
    cafe, bookshop = meta.page_token(user), meta.page_token(user, "livrariahorizonte")
    asked = {"platform": "messenger", "limit": 1}
    assert len(meta.get(f"{CAFE}/conversations", cafe, **asked)["data"]) == 1
    assert meta.error(f"{BOOKSHOP}/conversations", bookshop, **asked)[0] == 100
    garage = meta.page_token(meta.long_token("bruno"), "oficinadoisirmaos")
    assert meta.error(f"{GARAGE}/conversations", garage, **asked)[0] == 200
    assert meta.error(f"{CAFE}/conversations", user, **asked)[0] == 210


def test_a_message_is_sent_to_somebody_and_says_something(meta):
    user = meta.long_token()
    cafe, bookshop = meta.page_token(user), meta.page_token(user, "livrariahorizonte")
    said = {"recipient": '{"id": "77"}', "message": '{"text": "Hello"}'}
    sent = meta.call(f"{CAFE}/messages", cafe, "POST", **said).json()
    assert sent["recipient_id"] == "77" and sent["message_id"].startswith("m_")
    for wrong in ({"recipient": "{}"}, {"message": '{"text": ""}'}, {"message": "x"}):
        assert (
            meta.error(f"{CAFE}/messages", cafe, "POST", **{**said, **wrong})[0] == 100
        )
    assert meta.error(f"{BOOKSHOP}/messages", bookshop, "POST", **said)[0] == 100
    assert meta.error(f"{CAFE}/messages", user, "POST", **said)[0] == 210


def test_instagram_conversations_and_the_owners_switch(meta):
    token = meta.page_token(meta.long_token())
    path, asked = f"{CAFE}/conversations", {"platform": "instagram"}
    assert meta.get(path, token, **asked)["data"]
    meta.control("meta/instagram", account="cafeaurora", message_access=False)
    assert meta.error(path, token, **asked)[:2] == (200, 2534041)


# --- businesses and managers


def test_businesses_and_their_pages(meta):
    token = meta.long_token(pages=["cafeaurora"])
    (business,) = meta.get("me/businesses", token)["data"]
    assert business["id"] == AGENCY
    owned = meta.get(f"{AGENCY}/owned_pages", token, limit=100)["data"]
    with_token = {row["id"] for row in owned if "access_token" in row}
    assert with_token == {CAFE}
    clients = meta.get(f"{AGENCY}/client_pages", token)["data"]
    assert [row["id"] for row in clients] == [INN]
    fields = "verification_status"
    assert meta.get(AGENCY, token, fields=fields)["verification_status"] == "verified"


def test_businesses_need_their_scope(meta):
    token = meta.long_token(scopes=without("business_management"))
    assert meta.error("me/businesses", token)[0] == 10
    assert meta.error("300000000000002", token)[:2] == (100, 33)


def test_roles_list_people_outside_the_business(meta):
    token = meta.page_token(meta.long_token(), "clinicavidaleve")
    rows = meta.get(f"{CLINIC}/roles", token)["data"]
    assert [row["name"] for row in rows] == ["Carla Dias"]
    assert rows[0]["id"] == meta.get("me", meta.long_token("carla"))["id"]


def test_assigned_users(meta):
    token = meta.page_token(meta.long_token())
    path = f"{CAFE}/assigned_users"
    assert meta.error(path, token)[0] == 100
    rows = meta.get(path, token, business=AGENCY, fields="id,name,tasks")["data"]
    assert {row["name"] for row in rows} == {"Ana Souza", "Bruno Lima"}
    assert rows[0]["tasks"]
    mine = meta.get("me/business_users", meta.long_token())["data"]
    assert mine[0]["id"] in {row["id"] for row in rows}
    weak = meta.page_token(meta.long_token("bruno"))
    assert meta.error(path, weak, business=AGENCY)[0] == 200


# --- the app itself


def test_app_permissions_and_subscriptions(meta):
    meta.control("meta/apps", unapproved=["instagram_manage_messages"])
    path = f"{meta.client_id}/permissions"
    rows = meta.get(path, meta.app_token)["data"]
    statuses = {row["permission"]: row["status"] for row in rows}
    assert statuses["instagram_manage_messages"] == "unapproved"
    assert statuses["pages_messaging"] == "live"
    assert meta.error(path, meta.long_token())[0] == 15
    path = f"{meta.client_id}/subscriptions"
    wanted = {"object": "page", "callback_url": "https://x.example/", "fields": "feed"}
    assert meta.error(path, meta.app_token, "POST", **wanted)[0] == 100
    meta.call(path, meta.app_token, "POST", verify_token="v", **wanted)
    (row,) = meta.get(path, meta.app_token)["data"]
    assert (row["object"], row["active"]) == ("page", True)
    meta.call(path, meta.app_token, "DELETE", object="page")
    assert meta.get(path, meta.app_token)["data"] == []
