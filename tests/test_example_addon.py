"""Another addon works with a profile, waits without a token, goes on (S4-80..82)."""

import re
import time

import pytest

from dev import layout
from tests import servers
from tests.conftest import EXAMPLE as ADDON
from tests.people import HttpPerson, register_app

pytestmark = pytest.mark.processes

FOLDER = layout.ROOT / "tests" / "addons"
MODEL = "social.example.fetch"


@pytest.fixture
def server(example_server):
    return example_server


def fetch(rpc, profile_id):
    """Ask for the profile's conversations; return the id of the piece of work."""
    (fetch_id,) = rpc.call(MODEL, "create", [{"profile_id": profile_id}])
    rpc.call(MODEL, "action_fetch", [fetch_id])
    return fetch_id


def read(rpc, fetch_id):
    (found,) = rpc.call(MODEL, "read", [fetch_id], ["state", "obstacle"])
    return found["state"], found["obstacle"]


def test_work_waits_for_a_token_says_why_and_goes_on(server, sandbox):
    person = HttpPerson(server, sandbox)
    app_id = register_app(person, sandbox)
    person.connect(app_id)
    rpc = server.rpc("admin", "admin")
    domain = [("network_id.code", "=", "messenger"), ("reason", "=", False)]
    profile_id = rpc.call("social.profile", "search", domain)[0]
    fetched = fetch(rpc, profile_id)
    assert read(rpc, fetched) == ("done", False)
    sent = rpc.call(MODEL, "action_reply", [fetched], "77", "Hello")
    assert sent.startswith("m_")

    server.put_off_cron(f"{ADDON}.ir_cron_fetch")
    sandbox.control("meta/revoke", {"person": "ana"})
    rpc.call("social.profile", "action_verify", [profile_id])
    before = len(sandbox.read("requests"))
    waiting = fetch(rpc, profile_id)
    state, obstacle = read(rpc, waiting)
    assert state == "waiting"
    assert "withdrawn at the network" in obstacle
    with pytest.raises(servers.RpcError, match="Nothing was sent"):
        rpc.call(MODEL, "action_reply", [waiting], "77", "Hello")
    assert len(sandbox.read("requests")) == before
    (shown,) = rpc.call(MODEL, "read", [waiting], ["banner"])
    assert "has not worked since" in shown["banner"]
    (at_risk,) = rpc.call(
        "social.profile",
        "search_read",
        [("has_messages_at_risk", "=", True), ("id", "=", profile_id)],
        ["feeds_text"],
    )
    assert "Example (Fetch of Conversations)" in at_risk["feeds_text"]

    person.connect(app_id)
    # Nobody runs it: the hook has triggered it.
    deadline = time.monotonic() + 60
    while read(rpc, waiting)[0] == "waiting" and time.monotonic() < deadline:
        time.sleep(0.5)
    assert read(rpc, waiting) == ("done", False)
    assert rpc.call(MODEL, "action_reply", [waiting], "77", "Hello again")


def test_the_code_in_the_guide_is_the_code_that_runs():
    guide = (layout.ROOT / "docs" / "for-developers.md").read_text()
    blocks = re.findall(r"```python\n# (\S+)\n(.*?)```", guide, re.S)
    assert blocks
    for path, code in blocks:
        source = (FOLDER / ADDON / path).read_text()
        for part in code.strip().split("\n\n"):
            assert part in source, path
