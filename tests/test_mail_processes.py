"""Odoo's mail, all the way: queued, sent by the scheduled action, taken by SMTP."""

import pytest

from tests.servers import RpcError

pytestmark = pytest.mark.processes

QUEUE = "mail.ir_cron_mail_scheduler_action"
ANA = "ana@people.example"


@pytest.fixture
def server(odoo_server, sandbox):
    # Without threads of its own, so that nothing is sent unless the test says so.
    return odoo_server(mail=sandbox, arguments=["--max-cron-threads=0"])


@pytest.fixture
def rpc(server):
    return server.rpc("admin", "admin")


def queue(rpc, subject):
    values = {
        "subject": subject,
        "email_to": f"Ana Souza <{ANA}>",
        "body_html": '<p>Olá, <a href="http://127.0.0.1:9/x">renove</a></p>',
        "auto_delete": False,
    }
    return rpc.call("mail.mail", "create", [values])


def test_a_queued_mail_arrives_as_html_and_as_text(server, sandbox, rpc):
    queue(rpc, "Conexão vence em 7 dias")
    assert sandbox.mails() == []
    server.run_cron(QUEUE)
    mail = sandbox.wait_for_mail(ANA, "vence em 7 dias", seconds=5)
    assert mail["to"] == [ANA]
    assert "<p>Olá" in mail["html"]
    assert "Olá, renove" in mail["text"]
    assert mail["links"] == ["http://127.0.0.1:9/x"]
    server.run_cron(QUEUE)
    assert len(sandbox.mails(ANA)) == 1


def test_a_refused_mail_is_marked_and_not_lost(server, sandbox, rpc):
    (mail_id,) = queue(rpc, "Refused")
    sandbox.control("mail/settings", {"refuse": "4xx"})
    server.run_cron(QUEUE)
    (mail,) = rpc.call("mail.mail", "read", [mail_id], ["state", "failure_reason"])
    assert mail["state"] == "exception"
    assert "451" in mail["failure_reason"]
    sandbox.control("mail/settings", {"refuse": "none"})
    rpc.call("mail.mail", "mark_outgoing", [mail_id])
    server.run_cron(QUEUE)
    assert sandbox.wait_for_mail(ANA, "Refused", seconds=5)


def test_the_helpers_say_what_went_wrong(server, sandbox, rpc):
    cron_id = rpc.id_of(QUEUE)
    rpc.call("ir.cron", "write", [cron_id], {"code": "model.no_such_method()"})
    with pytest.raises(RpcError, match="no_such_method"):
        server.run_cron(QUEUE)
    with pytest.raises(AssertionError, match="No mail to ana@people.example"):
        sandbox.wait_for_mail(ANA, "anything", seconds=0)
