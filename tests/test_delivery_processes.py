"""Notices all the way: each channel is received, and read, as its program would."""

import re

import pytest
import requests
from icalendar import Calendar
from standardwebhooks import Webhook, WebhookVerificationError

from tests.people import HttpPerson, register_app
from tests.receivers import Device

pytestmark = pytest.mark.processes

NOTICES = "social_token_manager.ir_cron_send_notices"
OUTBOX = "social_token_manager.ir_cron_send_outbox"
MAILS = "mail.ir_cron_mail_scheduler_action"
PUSHES = "mail.ir_cron_web_push_notification"
ADDRESS = "anna@agency.example"
CHATS = ("slack", "teams", "google_chat", "mattermost", "discord")
HIDDEN = "S3CR3T"


@pytest.fixture
def server(odoo_server, sandbox):
    # Without threads of its own, so that nothing is sent unless the test says so.
    return odoo_server(mail=sandbox, arguments=["--max-cron-threads=0"])


@pytest.fixture
def person(server, sandbox):
    """An administrator and Owner with connections that end in more than a day."""
    person = HttpPerson(server, sandbox)
    uid = person.call("res.users", "search", [("login", "=", "admin")])
    person.call("res.users", "write", uid, {"email": ADDRESS})
    person.connect(register_app(person, sandbox))
    end_in(server, "47 hours")
    return person


def end_in(server, interval):
    with server.cursor() as cr:
        cr.execute(
            "UPDATE social_profile SET reason = NULL,"
            " expires_at = now() AT TIME ZONE 'UTC' + %s::interval"
            " WHERE access_id IS NOT NULL",
            [interval],
        )


def make_target(person, receiver, kind, **values):
    """Paste a webhook's address, as an Owner does."""
    values = {
        "name": kind,
        "kind": kind,
        "address_input": f"{receiver.url}/{kind}/{HIDDEN}",
        **values,
    }
    (target_id,) = person.call("social.notice.target", "create", [values])
    return target_id


def states(person):
    found = person.call("social.notice.outbox", "search_read", [], fields=["state"])
    return [one["state"] for one in found]


def release(server):
    """Let what is to be tried again be due; the addon's clock has whole seconds."""
    with server.cursor() as cr:
        cr.execute(
            "UPDATE social_notice_outbox SET next_at ="
            " date_trunc('second', now() AT TIME ZONE 'UTC') WHERE state = 'waiting'"
        )


def lease(server, interval):
    """Let somebody who died have taken all messages, until then."""
    with server.cursor() as cr:
        cr.execute(
            "UPDATE social_notice_outbox SET tries = 1, lease_owner = 'the dead',"
            " lease_until = now() AT TIME ZONE 'UTC' + %s::interval",
            [interval],
        )


def test_mail_and_push_arrive_and_can_be_read(server, sandbox, receiver, person):
    device = Device()
    key = person.call("mail.push.device", "get_web_push_vapid_public_key")
    server.rpc("admin", "admin").call(
        "mail.push.device",
        "register_devices",
        endpoint=f"{receiver.url}/push",
        keys=device.keys,
        vapid_public_key=key,
    )
    receiver.usual = 201
    server.run_cron(NOTICES)
    server.run_cron(MAILS)
    server.run_cron(PUSHES)
    mail = sandbox.wait_for_mail(ADDRESS, "need somebody", seconds=5)
    assert "/social/renew/" in "".join(mail["links"])
    (pushed,) = receiver.at("/push")
    message = device.decrypt(pushed)
    assert message["title"] == mail["subject"]
    assert "the connection ends in 1 day" in message["options"]["body"]
    assert pushed.headers["Authorization"].startswith("vapid t=")
    with pytest.raises(Exception, match="[Dd]ecrypt|InvalidTag"):
        Device().decrypt(pushed)
    for action in (NOTICES, MAILS, PUSHES):
        server.run_cron(action)
    assert len(receiver.taken) == 1
    assert len(sandbox.mails(ADDRESS)) == 1


def test_each_kind_of_chat_gets_the_digest_once(server, receiver, person):
    for kind in CHATS:
        make_target(person, receiver, kind)
    for _turn in range(2):
        server.run_cron(NOTICES)
        server.run_cron(OUTBOX)
    for kind in CHATS:
        (taken,) = receiver.at(f"/{kind}/{HIDDEN}")
        assert "/social/renew/" in taken.body.decode()
        assert taken.headers["Content-Type"] == "application/json"
    assert len({one.headers["Idempotency-Key"] for one in receiver.taken}) == len(CHATS)
    assert states(person) == ["sent"] * len(CHATS)
    assert HIDDEN not in server.log()


def test_another_system_verifies_what_it_is_told(server, receiver, person):
    target_id = make_target(person, receiver, "webhook")
    action = person.call("social.notice.target", "action_make_secret", [target_id])
    secret = action["context"]["default_signing_secret_shown"]
    server.run_cron(NOTICES)
    server.run_cron(OUTBOX)
    assert receiver.taken
    for taken in receiver.taken:
        event = Webhook(secret).verify(taken.body, taken.headers)
        assert event["type"] == "connection.expiring"
        assert event["data"]["rung"] == "d3"
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(taken.body + b" ", taken.headers)
    assert len({one.headers["Webhook-Id"] for one in receiver.taken}) == len(
        receiver.taken
    )
    assert secret not in server.log()
    assert secret.removeprefix("whsec_") not in server.log()


def test_what_was_cut_off_comes_again_with_the_same_key(server, receiver, person):
    target_id = make_target(person, receiver, "slack")
    receiver.answers.extend([0, 503])
    server.run_cron(NOTICES)
    for _turn in range(3):
        server.run_cron(OUTBOX)
        release(server)
    assert len(receiver.taken) == 3
    assert len({one.headers["Idempotency-Key"] for one in receiver.taken}) == 1
    assert len({one.body for one in receiver.taken}) == 1
    assert states(person) == ["sent"]
    (target,) = person.call("social.notice.target", "read", [target_id], ["state"])
    assert target["state"] == "works"


def test_a_crash_while_it_is_sent_loses_nothing(server, receiver, person):
    make_target(person, receiver, "slack")
    server.run_cron(NOTICES)
    # What a kill -9 between the call and its answer leaves behind.
    lease(server, "2 minutes")
    server.run_cron(OUTBOX)
    assert receiver.taken == []
    lease(server, "-1 second")
    server.run_cron(OUTBOX)
    assert len(receiver.taken) == 1
    assert states(person) == ["sent"]


def test_a_chat_that_hears_of_a_renewal_first_hears_nothing_else(
    server, receiver, sandbox, person
):
    make_target(person, receiver, "slack")
    server.run_cron(NOTICES)
    assert set(states(person)) == {"waiting"}
    apps = person.call("social.app", "search", [])
    person.connect(apps[0])
    server.run_cron(NOTICES)
    server.run_cron(OUTBOX)
    assert receiver.taken == []
    assert set(states(person)) == {"cancelled"}


def test_an_address_inside_is_not_called(server, receiver, person):
    with pytest.raises(AssertionError, match="https"):
        make_target(person, receiver, "slack", address_input="http://192.168.0.1/hook")
    target_id = make_target(
        person, receiver, "slack", address_input="https://192.168.0.1/hook"
    )
    person.call("social.notice.target", "action_test", [target_id])
    server.run_cron(OUTBOX)
    (target,) = person.call(
        "social.notice.target", "read", [target_id], ["state", "error_text"]
    )
    assert target["state"] == "failing"
    assert "may not be called" in target["error_text"]
    assert states(person) == ["failed"]


def test_a_calendar_program_reads_the_ends_without_a_login(server, person):
    (wizard_id,) = person.call("social.calendar.wizard", "create", [{}])
    action = person.call("social.calendar.wizard", "action_make", [wizard_id])
    address = action["context"]["default_feed_address"]
    answer = requests.get(address, timeout=30)
    assert answer.status_code == 200
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert events
    assert all("/social/renew/" in str(one["url"]) for one in events)
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert requests.get(address, headers=tag, timeout=30).status_code == 304
    assert requests.head(address, timeout=30).status_code == 200
    person.call("social.calendar.wizard", "action_revoke", [wizard_id])
    assert requests.get(address, timeout=30).status_code == 404
    token = re.search(r"calendar/([\w-]+)\.ics", address)[1]
    assert token not in server.log()
    assert "/social/calendar/[hidden]" in server.log()
