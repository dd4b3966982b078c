"""Two Owners at once: what one of them does is seen by the other."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import servers

pytestmark = pytest.mark.processes

OWNER = "social_token_manager.group_owner"
PASSWORD = "a-password-for-owners"


@pytest.fixture
def server(odoo_server):
    server = odoo_server(arguments=["--max-cron-threads=0"])
    # That one of two is tried again, and refused then, is what this is about.
    server.expect_log("could not serialize access|You are not allowed to access")
    return server


def test_two_owners_who_demote_each_other_at_once_leave_one(server):
    admin = server.rpc("admin", "admin")
    group = admin.id_of(OWNER)
    ids = {}
    for login in ("one", "two"):
        values = {
            "name": login,
            "login": login,
            "password": PASSWORD,
            "group_ids": [[4, group]],
        }
        (ids[login],) = admin.call("res.users", "create", [values])
    admin.call("res.users", "write", [admin.uid], {"group_ids": [[3, group]]})

    def demote(by, whom):
        owner = server.rpc(by, PASSWORD)
        values = {"user_id": ids[whom], "role": "manager"}
        wizards = owner.call("social.role.wizard", "create", [values])
        try:
            owner.call("social.role.wizard", "action_save", wizards)
        except servers.RpcError as error:
            return error.name
        return "done"

    with ThreadPoolExecutor() as pool, server.cursor() as cr:
        # Until both have looked, neither can go on.
        cr.execute(
            "SELECT id FROM res_users WHERE id IN %s FOR NO KEY UPDATE",
            [tuple(ids.values())],
        )
        pairs = [("one", "two"), ("two", "one")]
        outcomes = [pool.submit(demote, *pair) for pair in pairs]
        servers.wait_for(lambda: count_waiting(server) == 2)
        cr.connection.rollback()
        said = {outcome.result() for outcome in outcomes}
    # Who was first made the other a Manager, who changes no roles.
    assert said == {"done", "AccessError"}
    left = admin.call("res.users", "search", [("all_group_ids", "in", [group])])
    assert len(set(ids.values()) & set(left)) == 1


def count_waiting(server):
    with server.cursor() as cr:
        cr.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cr.fetchone()[0]
