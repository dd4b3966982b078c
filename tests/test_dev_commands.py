"""The commands: what they say, what they check, what they leave behind."""

import os
import socket
import subprocess
import sys
import time

import pytest

from dev import database, layout, logcheck, odoo, postgres, processes, shell, testing
from dev.trouble import Trouble

LOG = """\
Running as user 'root' is a security risk.
2026-01-02 03:04:05,678 99 INFO db odoo.registry: Registry loaded in 1s
2026-01-02 03:04:05,678 99 WARNING db odoo.models: Field social.profile.x is odd
2026-01-02 03:04:05,678 99 ERROR db odoo.sql_db: bad query: SELECT
ERROR: relation "res_partner" does not exist
2026-01-02 03:04:05,678 99 ERROR ? odoo.http: Exception
Traceback (most recent call last):
  File "/srv/social_token_manager/models/x.py", line 1, in x
2026-01-02 03:04:05,678 99 INFO db odoo.modules: social_token_manager is loaded
"""


def command(*arguments, **variables):
    """Run a command of ours as the Makefile does; return code and output."""
    done = subprocess.run(
        [sys.executable, "-m", "dev", *arguments],
        cwd=layout.ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


# --- logs -------------------------------------------------------------------------


def test_warnings_and_errors_are_found_with_their_tracebacks(tmp_path):
    path = tmp_path / "log"
    path.write_text(LOG)
    assert [record.logger for record in logcheck.bad_records(path)] == [
        "odoo.models",
        "odoo.sql_db",
        "odoo.http",
    ]
    ours = logcheck.bad_records(path, only_ours=True)
    assert [record.logger for record in ours] == ["odoo.models", "odoo.http"]
    assert "line 1, in x" in ours[1].text


def test_the_name_of_the_clone_says_nothing():
    assert not logcheck.names_addon(f"File {layout.ROOT}/.local/odoo/http.py")
    assert logcheck.names_addon(f"File {layout.ROOT}/{layout.ADDON}/__init__.py")


@pytest.mark.parametrize(
    "line, count",
    [
        ("0 failed, 0 error(s) of 12 tests when loading database 'x'", 12),
        ("0 failed, 0 error(s) of 0 tests when loading database 'x'", 0),
        ("nothing of the kind", 0),
    ],
)
def test_the_number_of_tests_is_read_from_odoo(line, count):
    assert testing.tests_counted(line) == count


# --- ports ------------------------------------------------------------------------


def test_a_taken_port_is_reported_with_the_remedy():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        taken = str(listener.getsockname()[1])
        code, said = command("demo", PORT=taken)
        assert code == 1
        assert f"Port {taken}" in said and "PORT=<port>" in said
        free = str(processes.free_port())
        code, said = command("demo", PORT=free, SANDBOX_PORT=taken)
        assert code == 1
        assert f"Port {taken}" in said and "SANDBOX_PORT=<port>" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused(port):
    code, said = command("demo", PORT=port)
    assert code == 1
    assert said == f"PORT={port} is no port: give a number below 65536.\n"


# --- programs ---------------------------------------------------------------------


def test_a_program_that_ends_early_shows_its_last_words(tmp_path):
    program = [sys.executable, "-c", "print('no licence'); raise SystemExit(3)"]
    process = processes.Process("It", program, log_path=tmp_path / "log")
    with pytest.raises(Trouble, match=r"(?s)It ended \(exit code 3\).*no licence"):
        process.wait_for("http://127.0.0.1:9/", 30)


def test_stopping_a_program_stops_what_it_started(tmp_path):
    child = "import time; time.sleep(60)"
    parent = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', {child!r}])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    log = tmp_path / "log"
    process = processes.Process("It", [sys.executable, "-c", parent], log_path=log)
    while not log.read_text().strip():
        process.check()
    pid = int(log.read_text())
    assert testing.alive(pid)
    process.stop()
    deadline = time.monotonic() + 10
    while running(pid):
        assert time.monotonic() < deadline


def running(pid):
    """A process that has ended may wait to be reaped by who adopted it."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_missing_program_is_named():
    with pytest.raises(Trouble, match="program no-such-program is missing"):
        shell.call(["no-such-program"])


# --- databases --------------------------------------------------------------------


@pytest.mark.parametrize(
    "line, name",
    [
        (["-d", "x", "-i", "base"], "x"),
        (["-dx"], "x"),
        (["--database=x"], "x"),
        (["--database", "x"], "x"),
        (["--db-filter=y", "-u", "base"], None),
    ],
)
def test_the_database_of_a_command_line_is_understood(line, name):
    assert database._option(line, "-d", "--database") == name


def test_a_clone_has_rows_and_files_and_is_not_replaced_unasked():
    template = os.environ[testing.TEMPLATE_VARIABLE]
    name = os.environ[testing.RUN_VARIABLE] + "_clone"
    database.clone(template, name)
    try:
        assert testing.has_addon(name)
        stored = sorted(path.name for path in (layout.FILESTORE / template).iterdir())
        copied = sorted(path.name for path in (layout.FILESTORE / name).iterdir())
        assert stored == copied
        with pytest.raises(Trouble, match="already"):
            database.clone(template, name, replace=False)
        database.clone(template, name)
    finally:
        database.drop(name)
    assert not database.exists(name)
    assert not (layout.FILESTORE / name).exists()


def test_a_strange_name_never_reaches_a_statement():
    with pytest.raises(Trouble, match="no name for a database"):
        database.drop('x"; DROP DATABASE demo; --')


@pytest.mark.processes
def test_odoos_own_database_commands_find_postgresql(tmp_path):
    name = os.environ[testing.RUN_VARIABLE] + "_dump"
    database.clone(os.environ[testing.TEMPLATE_VARIABLE], name)
    dump = tmp_path / "dump.zip"
    try:
        odoo_command("db", "dump", name, str(dump))
        database.drop(name)
        odoo_command("db", "load", name, str(dump))
        assert testing.has_addon(name)
    finally:
        database.drop(name)


def odoo_command(*arguments):
    """Run ``bin/odoo`` from another folder, as a person would."""
    subprocess.run(
        [layout.ROOT / "bin" / "odoo", *arguments],
        cwd="/",
        check=True,
        capture_output=True,
        timeout=120,
    )


@pytest.mark.processes
def test_a_second_set_up_takes_seconds_and_changes_nothing():
    before = layout.CONF.stat().st_mtime_ns
    code, said = command("setup")
    assert code == 0
    assert said.splitlines()[-1].startswith("Set-up is complete")
    assert "Installing" not in said and "Building" not in said
    assert layout.CONF.stat().st_mtime_ns == before


def test_the_server_is_shared_with_who_uses_it_already():
    """``make test`` itself holds the server, so nobody else may stop it."""
    assert postgres.external() or postgres.in_use_by_others()
    with postgres.running():
        pass
    assert postgres.sql("SELECT 1") == [["1"]]


def test_plain_http_is_let_through_to_this_machine_only(monkeypatch):
    monkeypatch.delenv(odoo.HOSTS_VARIABLE, raising=False)
    assert odoo.environment()[odoo.HOSTS_VARIABLE] == "127.0.0.1,localhost"
    monkeypatch.setenv(odoo.HOSTS_VARIABLE, "")
    assert odoo.environment()[odoo.HOSTS_VARIABLE] == ""
