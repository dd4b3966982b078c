"""The stand-in mail server: what it takes, shows, forgets and refuses."""

import smtplib
import socket
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from email.policy import SMTPUTF8

import pytest
import requests

from sandbox import mailbox
from sandbox.server import running

ANA = "ana@people.example"
BRUNO = "bruno@people.example"
HTML = """<!DOCTYPE html>
<html lang="pt-BR"><head><title>Aviso</title></head><body style="color: #333">
<p>Olá, <a href="http://127.0.0.1:9/renovar?a=1&amp;b=2">Renovar</a></p>
<p><a href="http://127.0.0.1:9/renovar?a=1&amp;b=2">de novo</a> <a>nada</a>
<a href="mailto:x@y.example">escreva</a></p>
<script>alert("never")</script>
</body></html>
"""
TEXT = "Olá, renove em http://127.0.0.1:9/renovar.\n<b>não é HTML</b>\n"


class Post:
    """The sandbox and its mail server, from outside."""

    def __init__(self, server):
        self.url, self.port = server.base_url, server.sink.port

    def send(self, *letters):
        with smtplib.SMTP("127.0.0.1", self.port, timeout=10) as smtp:
            for each in letters:
                smtp.send_message(each)

    def mails(self, **asked):
        return self.get("_control/mail", **asked).json()

    def get(self, path, **asked):
        return requests.get(f"{self.url}/{path}", params=asked)

    def control(self, name, **values):
        return requests.post(f"{self.url}/_control/{name}", json=values)


@pytest.fixture(scope="module")
def server():
    with running(smtp_port=0) as found:
        yield found


@pytest.fixture
def post(server):
    found = Post(server)
    found.control("reset")
    return found


def letter(to=ANA, subject="Aviso: conexão", text=TEXT, html=HTML, **headers):
    message = EmailMessage()
    message["From"] = "Agência Aurora <notices@odoo.example>"
    message["To"] = to
    message["Subject"] = subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    if text:
        message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


# --- what comes in


def test_a_message_is_kept_with_both_parts_links_language_and_headers(post):
    post.send(letter(to=f"Ana Souza <{ANA}>", Auto_Submitted="auto-generated"))
    (mail,) = post.mails()
    assert mail["from"] == "Agência Aurora <notices@odoo.example>"
    assert mail["envelope_from"] == "notices@odoo.example"
    assert mail["to"] == [ANA]
    assert mail["subject"] == "Aviso: conexão"
    assert mail["text"] == TEXT
    assert mail["html"] == HTML
    assert mail["links"] == ["http://127.0.0.1:9/renovar?a=1&b=2", "mailto:x@y.example"]
    assert mail["language"] == "pt-BR"
    assert mail["headers"]["Auto-Submitted"] == "auto-generated"
    assert mail["headers"]["To"] == f"Ana Souza <{ANA}>"
    assert mail["attachments"] == []


def test_a_message_with_text_alone(post):
    message = letter(html=None)
    message["Content-Language"] = "en"
    post.send(message)
    (mail,) = post.mails()
    assert (mail["html"], mail["language"]) == ("", "en")
    assert mail["links"] == ["http://127.0.0.1:9/renovar"]


def test_a_blind_copy_is_found_by_the_envelope(post):
    message = letter()
    message["Bcc"] = BRUNO
    post.send(message)
    (mail,) = post.mails(to=BRUNO)
    assert mail["to"] == [ANA, BRUNO]
    assert "Bcc" not in mail["headers"]


def test_attachments_are_listed(post):
    message = letter()
    message.add_attachment(
        b"12345", maintype="application", subtype="pdf", filename="a.pdf"
    )
    post.send(message)
    (mail,) = post.mails()
    attachment = {"name": "a.pdf", "type": "application/pdf", "size": 5}
    assert mail["attachments"] == [attachment]
    assert mail["html"] == HTML
    assert "a.pdf" in post.get(f"mail/{mail['number']}").text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no header at all",
        b"Subject: \xff\r\nContent-Type: text/plain; charset=no-such\r\n\r\n\xff\r\n",
        b"Subject: =?utf-8?q?=FF?=\r\nContent-Type: text/html\r\n\r\n\xe9<p lang>",
        b"Content-Type: multipart/alternative\r\n\r\nno boundary\r\n",
    ],
)
def test_nonsense_is_kept_and_shown_all_the_same(post, content):
    with smtplib.SMTP("127.0.0.1", post.port, timeout=10) as smtp:
        smtp.sendmail("x@y.example", [ANA], content)
    (mail,) = post.mails()
    assert mail["to"] == [ANA]
    for path in ("mail", f"mail/{mail['number']}"):
        assert post.get(path).status_code == 200


def test_an_address_that_is_not_ascii(post):
    message = letter(to="josé@people.example")
    with smtplib.SMTP("127.0.0.1", post.port, timeout=10) as smtp:
        smtp.sendmail(
            "x@y.example",
            ["josé@people.example"],
            message.as_bytes(policy=SMTPUTF8),
            mail_options=["SMTPUTF8"],
        )
    assert post.mails(to="José@people.example")[0]["subject"] == "Aviso: conexão"


def test_only_the_latest_messages_are_kept(post, monkeypatch):
    monkeypatch.setattr(mailbox, "MAILS_REMEMBERED", 3)
    post.control("reset")
    post.send(*[letter(subject=f"Number {number}") for number in range(5)])
    assert [mail["subject"][-1] for mail in post.mails()] == ["2", "3", "4"]
    assert [mail["number"] for mail in post.mails()] == [3, 4, 5]


def test_many_senders_at_once(post):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(post.send, [letter() for _number in range(40)]))
    assert len(post.mails()) == 40
    assert len({mail["number"] for mail in post.mails()}) == 40


# --- asking, forgetting


def test_filter_by_recipient(post):
    post.send(letter(), letter(to=f"{BRUNO}, {ANA}"), letter(to=BRUNO))
    assert len(post.mails()) == 3
    assert len(post.mails(to=ANA.upper())) == 2
    assert len(post.mails(to="nobody@people.example")) == 0
    assert len(post.mails(to="")) == 3
    assert post.get("_control/mail", too=ANA).status_code == 400


def test_times_are_those_of_the_sandbox(post):
    post.control("clock", at="2030-01-01T00:00:00Z")
    post.send(letter())
    assert post.mails()[0]["at"] in range(1893456000, 1893456010)
    assert "2030-01-01 00:00" in post.get("mail").text


def test_clear_and_reset(post):
    post.send(letter())
    assert post.control("mail/clear").json() == {"cleared": True}
    assert post.mails() == []
    post.send(letter())
    assert post.mails()[0]["number"] == 2
    post.control("mail/settings", refuse="5xx")
    post.control("reset")
    assert post.mails() == []
    settings = post.get("_control/mail/settings").json()
    assert settings == {"refuse": "none", "to": None, "smtp_port": post.port}
    post.send(letter())


# --- refusals


@pytest.mark.parametrize(("kind", "code"), [("4xx", 451), ("5xx", 550)])
def test_refuses_when_told_to(post, kind, code):
    assert post.control("mail/settings", refuse=kind).json()["refuse"] == kind
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        post.send(letter())
    assert caught.value.recipients[ANA][0] == code
    assert "refused now" in post.get("mail").text
    post.control("mail/settings", refuse="none")
    post.send(letter())
    assert len(post.mails()) == 1


def test_refuses_one_recipient(post):
    post.control("mail/settings", refuse="5xx", to=ANA.upper())
    post.send(letter(to=f"{ANA}, {BRUNO}"))
    assert [mail["to"] for mail in post.mails()] == [[BRUNO]]


@pytest.mark.parametrize("values", [{}, {"refuse": "6xx"}, {"refuse": "none", "of": 1}])
def test_settings_refuse_what_they_do_not_understand(post, values):
    assert post.control("mail/settings", **values).status_code == 400


def test_says_nothing_of_a_message(post, capfd):
    post.send(letter(subject="Confidential"))
    with socket.create_connection(("127.0.0.1", post.port), timeout=10) as connection:
        connection.sendall(b"Confidential words\r\n" * 30)
        while connection.recv(4096):
            pass
    post.get("mail/1")
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")


def test_only_loopback_listens(post, server):
    address = server.sink.server.sockets[0].getsockname()
    assert address == ("127.0.0.1", post.port)


def test_without_a_port_no_mail_is_taken():
    with running() as server:
        assert server.sink is None
        text = requests.get(f"{server.base_url}/mail").text
    assert "--smtp-port" in text


def test_ports_are_free_again_at_the_end():
    with running(smtp_port=0) as server:
        port = server.sink.port
        idle = socket.create_connection(("127.0.0.1", port), timeout=10)
    idle.close()
    with running(smtp_port=port) as server:
        assert server.sink.port == port


# --- the pages


def test_inbox_lists_newest_first_and_filters(post):
    post.send(letter(subject="First"), letter(subject="Second <b>", to=BRUNO))
    text = post.get("mail").text
    assert text.index("Second &lt;b&gt;") < text.index(">First<")
    assert 'href="/mail/1"' in text
    text = post.get("mail", to=ANA).text
    assert ">First<" in text
    assert "Second" not in text
    assert "No message to this address" in post.get("mail", to="x@y.example").text
    assert 'href="/mail"' in post.get("").text


def test_message_page_frames_the_html_and_escapes_the_text(post):
    post.send(letter())
    text = post.get("mail/1").text
    assert 'src="/mail/1/html"' in text
    assert 'sandbox="allow-popups ' in text
    assert "allow-scripts" not in text
    assert "&lt;b&gt;não é HTML&lt;/b&gt;" in text
    assert '<a href="http://127.0.0.1:9/renovar"' in text
    assert "alert(" not in text


def test_html_of_a_message_has_no_rights_of_its_own(post):
    post.send(letter())
    response = post.get("mail/1/html")
    assert HTML in response.text
    assert '<base target="_top">' in response.text
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups ")
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert response.headers["X-Sandbox"] == "stand-in"


@pytest.mark.parametrize("path", ["mail/99", "mail/99/html", "mail/x", "mail/1/html"])
def test_no_such_message(post, path):
    post.send(letter(html=None))
    assert post.get(path).status_code == 404


def test_forms_clear_and_refuse(post):
    post.send(letter())
    form = {"back": "/_control", "refuse": "4xx", "to": ""}
    url = f"{post.url}/_control/mail/settings"
    assert "Done." in requests.post(url, data=form).text
    assert post.get("_control/mail/settings").json()["refuse"] == "4xx"
    url = f"{post.url}/_control/mail/clear"
    assert "No message yet." in requests.post(url, data={"back": "/mail"}).text
