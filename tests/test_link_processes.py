"""Connect links with real processes: who is first, previews, kills, logs and dumps."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest

from tests.people import Guest, HttpPerson, make_link, register_app
from tests.test_callback_processes import dump, query

pytestmark = pytest.mark.processes

HANDLE = "cafeaurora"


@pytest.fixture
def server(odoo_server, sandbox):
    return odoo_server(mail=sandbox, arguments=["--max-cron-threads=0"])


@pytest.fixture
def manager(server, sandbox):
    """A Manager with an app of X's, a profile made by hand and its client."""
    manager = HttpPerson(server, sandbox)
    manager.app_id = register_app(manager, sandbox, "x")
    (network_id,) = manager.call("social.network", "search", [("code", "=", "x")])
    (manager.client_id,) = manager.call(
        "res.partner",
        "create",
        [{"name": "Carla Client", "email": "carla@client.example"}],
    )
    (manager.profile_id,) = manager.call(
        "social.profile",
        "create",
        [
            {
                "name": "Café Aurora",
                "handle": f"@{HANDLE}",
                "network_id": network_id,
                "partner_id": manager.client_id,
            }
        ],
    )
    return manager


def invite(manager, **values):
    return make_link(
        manager,
        profile_id=manager.profile_id,
        person_id=manager.client_id,
        **values,
    )


def state_of(manager):
    (link,) = manager.call(
        "social.connect.link", "search_read", [], ["state"], limit=1, order="id desc"
    )
    return link["state"]


def own_account(sandbox):
    """Choose the account that the profile stands for."""
    accounts = sandbox.read("x/accounts")
    (found,) = [one["id"] for one in accounts if one["username"] == HANDLE]
    return {"account": {"account": found, "action": "continue"}}


def at(server, address):
    """Return an address of one server as another one has it."""
    return urljoin(server.url, urlsplit(address).path)


def test_of_browsers_at_two_servers_at_once_exactly_one_is_first(
    odoo_server, server, sandbox, manager
):
    other = odoo_server(db=server.db)
    address = invite(manager)
    places = [at(one, address) for one in (server, other)] * 5
    guests = [Guest(sandbox) for _place in places]
    with ThreadPoolExecutor(len(places)) as pool:
        pages = list(pool.map(Guest.look, guests, places))
        assert {page.status_code for page in pages} == {200}
        answers = list(pool.map(Guest.press, guests, places, pages))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [303] + [404] * (len(places) - 1)
    assert query(server, "SELECT count(*) FROM social_oauth_request") == [(1,)]
    assert len({answer.text for answer in answers if answer.status_code == 404}) <= 9
    winner = next(
        guest
        for guest, answer in zip(guests, answers, strict=True)
        if answer.status_code == 303
    )
    (answer,) = [one for one in answers if one.status_code == 303]
    back = winner.consent(answer, **own_account(sandbox))
    assert "Thank you" in winner.browser.get(back).text
    assert state_of(manager) == "done"


def test_twenty_previews_consume_nothing(server, sandbox, manager):
    address = invite(manager)

    def preview(number):
        guest = Guest(sandbox)
        ask = guest.browser.head if number % 2 else guest.browser.get
        return ask(address, headers={"User-Agent": "LinkPreview/1.0"}).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(preview, range(40))) == {200}
    assert state_of(manager) == "pending"
    assert query(server, "SELECT binding_hash, opened_at FROM social_connect_link") == [
        (None, None)
    ]
    assert Guest(sandbox).press(address).status_code == 303


def test_two_presses_of_one_browser_at_once_both_go_on(server, sandbox, manager):
    guest = Guest(sandbox)
    address = invite(manager)
    page = guest.look(address)
    with ThreadPoolExecutor(2) as pool:
        presses = [pool.submit(guest.press, address, page) for _click in range(2)]
        answers = [press.result() for press in presses]
    assert {answer.status_code for answer in answers} == {303}
    kinds = query(
        server, "SELECT count(*) FROM social_event WHERE kind = 'link_opened'"
    )
    assert kinds == [(1,)]
    back = guest.consent(answers[0], **own_account(sandbox))
    assert "Thank you" in guest.browser.get(back).text


def test_two_answers_of_one_browser_at_once_connect_once(server, sandbox, manager):
    guest = Guest(sandbox)
    address = invite(manager)
    backs = []
    for _tab in range(2):
        clean = address if not backs else guest.look(address).headers["Location"]
        backs.append(
            guest.consent(guest.press(urljoin(address, clean)), **own_account(sandbox))
        )
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(guest.look, backs))
    assert {answer.status_code for answer in answers} == {303}
    assert state_of(manager) == "done"
    kinds = query(server, "SELECT count(*) FROM social_event WHERE kind = 'link_used'")
    assert kinds == [(1,)]
    assert query(server, "SELECT count(*) FROM social_access") == [(1,)]


@pytest.mark.parametrize("slow", ["*/oauth2/token", "*/users/me"])
@pytest.mark.parametrize("moment", [0.3, 2.5, 4.5])
def test_a_kill_around_the_callback_leaves_the_link_usable_or_done(
    server, sandbox, manager, slow, moment
):
    guest = Guest(sandbox)
    address = invite(manager)
    back = guest.consent(guest.press(address), **own_account(sandbox))
    sandbox.control("latency", {"path": slow, "seconds": 2})
    callback = threading.Thread(target=lambda: _ignoring_errors(guest, back))
    callback.start()
    time.sleep(moment)
    server.kill()
    callback.join()
    sandbox.control("latency/clear")
    server.start()
    clean = urljoin(address, guest.look(address).headers["Location"])
    page = guest.look(clean)
    assert page.status_code == 200
    if "Thank you" not in page.text:
        assert state_of(HttpPerson(server, sandbox)) == "opened"
        again = guest.consent(guest.press(clean, page), **own_account(sandbox))
        assert "Thank you" in guest.browser.get(again).text
    assert state_of(HttpPerson(server, sandbox)) == "done"
    assert query(
        server,
        "SELECT reason, (SELECT count(*) FROM social_token) FROM social_profile",
    ) == [(None, 1)]


def _ignoring_errors(guest, back):
    try:
        guest.look(back)
    except OSError:
        pass


def test_no_token_is_in_the_log_at_debug_level_nor_in_a_dump(server, sandbox, manager):
    """Promise 1: shown, sent, looked at, pressed, used, asked for anew, guessed."""
    guest = Guest(sandbox)
    addresses = [invite(manager, sends_mail=True)]
    mail = sandbox.wait_for_mail("carla@client.example", "Café Aurora")
    assert addresses == [one for one in mail["links"] if "/social/link/" in one]
    (link_id,) = manager.call("social.connect.link", "search", [])
    manager.call("social.connect.link", "action_resend", [link_id])
    for number in range(50):
        addresses = list(
            {
                one
                for sent in sandbox.mails("carla@client.example")
                for one in sent["links"]
                if "/social/link/" in one
            }
        )
        if len(addresses) == 2:
            break
        time.sleep(0.1 * bool(number))
    assert len(addresses) == 2
    dead, alive = sorted(addresses, key=lambda one: guest.look(one).status_code == 200)
    assert guest.press(dead).status_code == 200
    # A form without its own token, which Odoo's HTTP log speaks of.
    assert guest.browser.post(alive, data={"a": "b"}).status_code == 400
    back = guest.consent(guest.press(alive), **own_account(sandbox))
    guest.look(back)
    assert state_of(manager) == "done"
    shown = [invite(manager), f"{server.url}/social/link/{'g' * 43}"]
    guest.look(shown[1] + "?a=b")

    secrets = [one.rpartition("/")[2] for one in (*addresses, *shown)]
    secrets += [
        cookie.value for cookie in guest.browser.cookies if "social_" in cookie.name
    ]
    secrets += [value for (value,) in parse_qs(urlsplit(back).query).values()]
    assert len(secrets) >= 7
    log, text = server.log(), dump(server.db)
    assert "/social/link/[hidden]" in log
    assert "social_connect_link" in text
    for secret in secrets:
        assert secret not in log
        assert secret not in text
