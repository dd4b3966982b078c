"""What makes set-up repeatable and safe to interrupt."""

import threading

import pytest

from dev import layout, steps
from dev.trouble import Trouble


def test_a_stamp_is_fresh_only_for_the_same_inputs(tmp_path):
    path = tmp_path / "stamp"
    assert not steps.Stamp(path, "one").fresh()
    steps.Stamp(path, "one").write()
    assert steps.Stamp(path, "one").fresh()
    assert not steps.Stamp(path, "two").fresh()


def test_a_digest_sees_a_changed_a_renamed_and_a_new_file(tmp_path):
    (tmp_path / "a").write_text("1")
    seen = {steps.digest(tmp_path)}
    (tmp_path / "a").write_text("2")
    seen.add(steps.digest(tmp_path))
    (tmp_path / "a").rename(tmp_path / "b")
    seen.add(steps.digest(tmp_path))
    (tmp_path / "c").write_text("")
    seen.add(steps.digest(tmp_path))
    assert len(seen) == 4
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("x")
    assert steps.digest(tmp_path) in seen


def test_an_interruption_leaves_the_old_folder_whole(tmp_path):
    target = tmp_path / "odoo"
    target.mkdir()
    (target / "old").touch()
    with pytest.raises(KeyboardInterrupt), steps.replacing(target) as fresh:
        (fresh / "half").touch()
        raise KeyboardInterrupt
    assert [path.name for path in target.iterdir()] == ["old"]
    with steps.replacing(target) as fresh:
        (fresh / "new").touch()
    assert [path.name for path in target.iterdir()] == ["new"]
    assert [path.name for path in tmp_path.iterdir()] == ["odoo"]


def test_a_file_is_written_whole_with_its_mode(tmp_path):
    path = tmp_path / "odoo.conf"
    steps.write_if_changed(path, "secret", mode=0o600)
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.stat().st_mtime_ns
    steps.write_if_changed(path, "secret", mode=0o600)
    assert path.stat().st_mtime_ns == before
    assert list(tmp_path.iterdir()) == [path]


def test_two_set_ups_take_turns(tmp_path, monkeypatch):
    point_local_to(tmp_path, monkeypatch)
    order = []
    inside, go_on = threading.Event(), threading.Event()

    def first():
        with steps.locked("setup"):
            inside.set()
            go_on.wait(10)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(10)
    with (
        pytest.raises(Trouble, match="stop it"),
        steps.locked("setup", refusal="stop it"),
    ):
        pass
    go_on.set()
    with steps.locked("setup"):
        order.append("second")
    thread.join()
    assert order == ["first", "second"]


def point_local_to(folder, monkeypatch):
    names = {"LOCAL": "", "DATA": "data", "LOGS": "log", "CACHE": "cache"}
    for name, part in {**names, "LOCKS": "lock"}.items():
        monkeypatch.setattr(layout, name, folder / part)
