"""What ``--state FILE`` keeps, and what it refuses."""

import smtplib

import pytest
import requests

from sandbox import memory
from sandbox.server import running
from sandbox.testing import MetaApp


def test_a_token_is_known_after_a_restart(tmp_path):
    path = tmp_path / "world"
    with running(state_file=path) as server:
        meta = MetaApp(server.base_url)
        token = meta.long_token()
        meta.control("clock", advance=86400)
    assert path.stat().st_mode & 0o777 == 0o600
    with running(state_file=path) as server:
        api = f"{server.base_url}/meta/v26.0/me"
        answer = requests.get(api, params={"access_token": token}).json()
        assert answer["name"] == "Ana Souza"
        state = requests.get(f"{server.base_url}/_control/clock").json()
        assert state["offset"] == 86400
        password = f"{server.base_url}/_control/meta/password"
        requests.post(password, json={"person": "ana"})
        answer = requests.get(api, params={"access_token": token}).json()
        assert answer["error"]["error_subcode"] == 460
    assert [file.name for file in tmp_path.iterdir()] == ["world"]


def test_it_is_kept_at_once_and_not_only_at_the_end(tmp_path):
    path = tmp_path / "world"
    with running(state_file=path) as server:
        token = MetaApp(server.base_url).long_token()
        assert token in memory.load(path).networks["meta"].tokens


def test_mail_is_kept(tmp_path):
    path = tmp_path / "world"
    with running(smtp_port=0, state_file=path) as server:
        with smtplib.SMTP("127.0.0.1", server.sink.port) as client:
            message = "Subject: =?utf-8?q?Ol=C3=A1?=\r\n\r\nOi"
            client.sendmail("a@b.example", ["ana@people.example"], message)
        requests.get(f"{server.base_url}/mail/1")
    with running(state_file=path) as server:
        (mail,) = requests.get(f"{server.base_url}/_control/mail").json()
        assert (mail["subject"], mail["text"].strip()) == ("Olá", "Oi")
        settings = requests.get(f"{server.base_url}/_control/mail/settings").json()
        assert settings["smtp_port"] is None


def test_without_a_file_everything_ends_with_the_server(tmp_path):
    with running() as server:
        MetaApp(server.base_url).long_token()
    assert not memory.fits(tmp_path / "world")
    assert memory.load(tmp_path / "world") is None


@pytest.mark.parametrize("content", [b"", b"nonsense", b"0" * 64 + b"\ncos\n"])
def test_a_file_of_other_code_is_refused_unread(tmp_path, content):
    path = tmp_path / "world"
    path.write_bytes(content)
    assert not memory.fits(path)
    with pytest.raises(memory.NoMemory, match="remove it"):
        memory.load(path)
    assert path.read_bytes() == content
