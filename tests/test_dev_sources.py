"""Where Odoo and PostgreSQL come from, and what is said when they cannot be had."""

import os
import sys

import pytest

from dev import debian, layout, odoo_source, postgres, python_env, shell, system
from dev.trouble import Trouble

MAIN = "mirror://a/debian/|Debian|bookworm|main"
UPDATES = "mirror://a/debian/|Debian|bookworm-updates|main"
SECURITY = "mirror://a/debian-security/|Debian-Security|bookworm-security|main"
FOREIGN = "mirror://vendor/|vendor|bookworm|main"


def test_the_main_archive_is_chosen_among_what_apt_knows():
    listing = "\n".join([SECURITY, FOREIGN, UPDATES, MAIN])
    assert debian.pick_mirror(listing) == "mirror://a/debian/"
    assert debian.pick_mirror("\n".join([SECURITY, FOREIGN])) is None
    assert debian.pick_mirror("") is None


def test_without_a_mirror_the_remedy_is_said(monkeypatch):
    monkeypatch.setattr(debian, "listed_mirror", lambda: None)
    monkeypatch.setattr(debian, "may_install", lambda: False)
    with pytest.raises(Trouble, match=r"apt-get update.*ODOO_SOURCE"):
        debian.mirror()


@pytest.mark.parametrize(
    "release, sentence",
    [
        (None, "no odoo/release.py"),
        ("version_info = (18, 0, 0, FINAL, 0, '')", "is Odoo 18.0: 19.0 is needed"),
    ],
)
def test_an_unfit_odoo_source_is_refused(tmp_path, monkeypatch, release, sentence):
    monkeypatch.setenv("ODOO_SOURCE", str(tmp_path))
    if release:
        (tmp_path / "odoo").mkdir()
        (tmp_path / "odoo" / "release.py").write_text(release)
    with pytest.raises(Trouble, match=sentence):
        odoo_source.ensure()


def test_a_checkout_and_an_unpacked_package_are_both_understood(tmp_path, monkeypatch):
    monkeypatch.setenv("ODOO_SOURCE", str(tmp_path))
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text("version_info = (19, 0, 0, FINAL)")
    odoo_source.ensure()
    inside, beside = tmp_path / "odoo" / "addons", tmp_path / "addons"
    assert odoo_source.addons_paths() == [inside, beside]
    (inside / "web").mkdir(parents=True)
    assert odoo_source.addons_paths() == [inside]


def test_a_link_that_leads_nowhere_is_named(tmp_path):
    lib = tmp_path / odoo_source.TREE / "odoo/addons/web/static/lib"
    lib.mkdir(parents=True)
    (lib / "here").touch()
    (lib / "good.js").symlink_to("here")
    odoo_source.check_links(tmp_path)
    (lib / "jquery.js").symlink_to("../nowhere.js")
    with pytest.raises(Trouble, match=r"lib/jquery.js -> ../nowhere.js"):
        odoo_source.check_links(tmp_path)


def test_a_deep_folder_does_not_cut_the_socket(monkeypatch, tmp_path):
    deep = tmp_path / ("x" * 60) / ("y" * 60)
    monkeypatch.setattr(layout, "RUN", deep / "run")
    monkeypatch.setattr(layout, "LOCAL", deep)
    socket = postgres.socket_dir() / f".s.PGSQL.{postgres.PORT}"
    assert len(os.fsencode(socket)) <= postgres.LONGEST_SOCKET
    monkeypatch.setattr(layout, "LOCAL", deep / "other")
    assert postgres.socket_dir() != socket.parent


def test_a_server_that_the_environment_names_wins(monkeypatch):
    monkeypatch.setenv("PGHOST", "db.example")
    assert postgres.external()
    assert "PGHOST" not in postgres.environment()
    monkeypatch.delenv("PGHOST")
    assert not postgres.external()
    assert postgres.environment()["PGHOST"] == str(postgres.socket_dir())


def test_an_old_python_is_refused_with_the_remedy(monkeypatch):
    monkeypatch.setattr(python_env.sys, "version_info", (3, 9, 0))
    with pytest.raises(Trouble, match=r"3\.11 or newer.*this is 3\.9.*PYTHON="):
        python_env.check_version()


def test_a_missing_venv_module_is_installed_or_asked_for(monkeypatch):
    asked = []
    monkeypatch.setattr(shell, "output_of", lambda command: None)
    monkeypatch.setattr(debian, "install", asked.extend)
    monkeypatch.setattr(debian, "may_install", lambda: False)
    with pytest.raises(Trouble, match=r"install python3\.\d+-venv as root"):
        python_env.ensure_venv_module()
    monkeypatch.setattr(debian, "may_install", lambda: True)
    python_env.ensure_venv_module()
    assert asked == ["python{}.{}-venv".format(*sys.version_info)]


@pytest.mark.parametrize(
    "looked_for, ensure, what",
    [
        ("browser", system.ensure_browser, "Chromium"),
        ("has_printer", system.ensure_printer, "wkhtmltopdf"),
    ],
)
def test_a_missing_program_is_an_error_in_ci_only(
    monkeypatch, capsys, looked_for, ensure, what
):
    monkeypatch.setattr(system, looked_for, lambda: None)
    monkeypatch.setattr(debian, "is_debian", lambda: False)
    monkeypatch.setattr(debian, "may_install", lambda: False)
    monkeypatch.setenv("CI", "")
    ensure()
    assert f"{what} is missing" in capsys.readouterr().out
    monkeypatch.setenv("CI", "true")
    with pytest.raises(Trouble, match=f"{what} is missing"):
        ensure()


def test_every_requirement_is_pinned():
    lines = layout.REQUIREMENTS.read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert len(pins) > 50
    assert [line for line in pins if "==" not in line] == []


def test_every_direct_requirement_is_among_the_pins():
    pins = layout.REQUIREMENTS.read_text().lower().replace("_", "-")
    names = [
        line.partition("==")[0].lower()
        for line in python_env.DIRECT_REQUIREMENTS.read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert [name for name in names if f"{name}==" not in pins] == []
