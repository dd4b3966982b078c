"""A copied database calls no network until an Owner says what it is (promise 7)."""

import pytest

from tests.people import HttpPerson, register_app
from tests.servers import RpcError

pytestmark = pytest.mark.processes

MODULE = "social_token_manager"
CRONS = [
    f"{MODULE}.{name}"
    for name in (
        "ir_cron_renew_tokens",
        "ir_cron_verify_tokens",
        "ir_cron_send_notices",
    )
]
CIPHERTEXTS = """
    SELECT access_token FROM social_token WHERE access_token IS NOT NULL
     UNION ALL
    SELECT refresh_token FROM social_token WHERE refresh_token IS NOT NULL
     UNION ALL
    SELECT page_token FROM social_access WHERE page_token IS NOT NULL
     UNION ALL
    SELECT client_secret FROM social_app WHERE client_secret IS NOT NULL
     UNION ALL
    SELECT verifier FROM social_oauth_request WHERE verifier IS NOT NULL
"""


def query(server, statement):
    with server.cursor() as cr:
        cr.execute(statement)
        return cr.fetchall()


def calls(sandbox):
    return len(sandbox.read("requests"))


@pytest.fixture
def copy(odoo_server, sandbox):
    """An Odoo on a copy of a live database whose tokens are all due."""
    original = odoo_server()
    person = HttpPerson(original, sandbox)
    person.connect(register_app(person, sandbox))
    original.stop()
    with original.cursor() as cr:
        cr.execute("UPDATE social_token SET renew_at = now() - interval '1 day'")
        cr.execute("UPDATE social_token SET verify_at = renew_at")
        # The next turns would come by themselves as well.
        cr.execute("UPDATE ir_cron SET nextcall = now() - interval '1 day'")
        cr.execute("UPDATE social_profile SET expires_at = now() + interval '2 days'")
    server = odoo_server(db=odoo_server.copy(original.db), mail=sandbox)
    return server


def run_everything(server):
    for cron in CRONS:
        server.run_cron(cron)


def sentence_of(rpc, model, method, ids):
    with pytest.raises(RpcError) as refused:
        rpc.call(model, method, ids)
    return str(refused.value)


def test_a_copy_makes_no_request_and_changes_nothing(copy, sandbox):
    state = "SELECT id, status_of.* FROM social_profile, LATERAL (SELECT expires_at,"
    state += " reason, cycle) AS status_of ORDER BY id"
    before, known = calls(sandbox), query(copy, state)
    assert known
    run_everything(copy)
    rpc = copy.rpc("admin", "admin")
    profile_ids = rpc.call("social.profile", "search", [])
    app_ids = rpc.call("social.app", "search", [])
    for model, method, ids in (
        ("social.profile", "action_verify", profile_ids),
        ("social.profile", "action_renew", profile_ids[:1]),
        ("social.app", "action_connect", app_ids),
    ):
        assert "Home of This Database" in sentence_of(rpc, model, method, ids)
    assert calls(sandbox) == before
    assert query(copy, state) == known
    assert query(copy, "SELECT count(*) FROM social_notice") == [(0,)]
    assert rpc.session["social_copied"]["may_decide"]


def test_the_new_home_works(copy, sandbox):
    rpc = copy.rpc("admin", "admin")
    action = rpc.call("social.home", "action_open")
    before = calls(sandbox)
    rpc.call("social.home", "action_move_here", [action["res_id"]])
    run_everything(copy)
    assert calls(sandbox) > before
    assert not copy.rpc("admin", "admin").session["social_copied"]
    assert query(copy, "SELECT count(*) FROM social_event WHERE kind = 'moved'") == [
        (1,)
    ]


def test_a_copy_that_is_one_holds_no_ciphertext(copy, sandbox):
    rpc = copy.rpc("admin", "admin")
    action = rpc.call("social.home", "action_open")
    before = calls(sandbox)
    assert query(copy, CIPHERTEXTS)
    rpc.call("social.home", "action_wipe", [action["res_id"]])
    run_everything(copy)
    assert calls(sandbox) == before
    assert not query(copy, CIPHERTEXTS)
    # It may be given another app, and connect with that.
    assert not copy.rpc("admin", "admin").session["social_copied"]
    person = HttpPerson(copy, sandbox)
    (app_id,) = rpc.call("social.app", "search", [])
    rpc.call(
        "social.app",
        "write",
        [app_id],
        {"client_secret_input": "sandbox-meta-secret"},
    )
    assert person.call("social.app", "action_connect", [app_id])["url"]
