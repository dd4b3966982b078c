"""Two people grant one page; when the token in use is lost, the other takes over."""

import pytest

from tests.people import HttpPerson, register_app
from tests.test_example_addon import fetch, read

pytestmark = pytest.mark.processes

MODULE = "social_token_manager"
PAGE = "Padaria do Porto"
PAGE_ID = "100000000000102"
FIELDS = ["status", "reason", "coverage", "access_id", "person_id"]


@pytest.fixture
def server(example_server):
    """The server with the addon that works with profiles."""
    return example_server


@pytest.fixture
def admin(server):
    return server.rpc("admin", "admin")


@pytest.fixture
def both(server, sandbox, admin):
    """Ana's token of a page is in use, Bruno's is in reserve."""
    group = admin.id_of(f"{MODULE}.group_manager")
    values = {"name": "Bia Backup", "login": "backup", "password": "backup"}
    admin.call("res.users", "create", [{**values, "group_ids": [(4, group)]}])
    first = HttpPerson(server, sandbox)
    second = HttpPerson(server, sandbox, "backup", "backup")
    app_id = register_app(first, sandbox)

    def only_page(form):
        chosen = [one for one in form.offered("chosen") if one == PAGE_ID]
        return {"action": "continue", "chosen": chosen}

    for one, person in ((first, "ana"), (second, "bruno")):
        answer = one.connect(app_id, person=person, pages=only_page)
        assert answer.status_code == 303
    return admin


def profile_of(rpc, network="facebook"):
    domain = [("network_id.code", "=", network), ("name", "=", PAGE)]
    (found,) = rpc.call("social.profile", "search_read", domain, FIELDS)
    return found


def test_the_profile_stays_green_when_the_token_in_use_is_revoked(both, sandbox):
    before = profile_of(both)
    assert before["coverage"] == "2 people, 1 in reserve"
    sandbox.control("meta/revoke", {"person": "ana"})
    both.call("social.profile", "action_verify", [before["id"]])
    after = profile_of(both)
    assert (after["status"], after["reason"]) == ("valid", False)
    assert after["access_id"] != before["access_id"]
    assert after["person_id"][1] == "Bia Backup"
    assert after["coverage"] == "1 person, no reserve"
    domain = [("kind", "=", "switched"), ("profile_id", "=", before["id"])]
    names = ["reason", "person_id", "former_person_id"]
    (event,) = both.call("social.event", "search_read", domain, names)
    assert event["reason"] == "revoked"
    assert event["person_id"] == after["person_id"]
    assert event["former_person_id"] == before["person_id"]
    lost = [("kind", "=", "lost"), ("profile_id", "=", before["id"])]
    assert not both.call("social.event", "search_count", lost)


def test_work_goes_on_with_the_reserve_when_the_token_is_lost_on_use(both, sandbox):
    """Nobody has verified: the network's answer to the work itself tells."""
    before = profile_of(both, "messenger")
    sandbox.control("meta/revoke", {"person": "ana"})
    assert read(both, fetch(both, before["id"])) == ("done", False)
    after = profile_of(both, "messenger")
    assert after["access_id"] != before["access_id"]
    assert after["status"] == "valid"
