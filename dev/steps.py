"""What makes set-up repeatable: stamps, locks, and folders that appear at once."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from . import layout
from .shell import say
from .trouble import Trouble


def digest(*parts):
    """Return a short hash of strings, of files' contents and of whole folders."""
    found = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            _digest_path(found, part)
        else:
            found.update(str(part).encode())
        found.update(b"\0")
    return found.hexdigest()[:12]


def _digest_path(found, path):
    if not path.is_dir():
        found.update(path.read_bytes() if path.exists() else b"-")
        return
    for file in sorted(path.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            found.update(str(file.relative_to(path)).encode() + b"\0")
            found.update(hashlib.sha256(file.read_bytes()).digest())


class Stamp:
    """A file that says for which inputs a step was finished."""

    def __init__(self, path, value):
        self.path = Path(path)
        self.value = value

    def fresh(self):
        try:
            return self.path.read_text().strip() == self.value
        except OSError:
            return False

    def write(self):
        write_whole(self.path, self.value + "\n")


def write_whole(path, text, mode=0o644):
    """Write a file so that a reader finds the old or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=path.name + ".", dir=path.parent)
    try:
        with os.fdopen(handle, "w") as target:
            target.write(text)
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def write_if_changed(path, text, mode=0o644):
    """Write the file only when it would differ, so that its time tells something."""
    if not path.exists() or path.read_text() != text:
        write_whole(path, text, mode)


def remove(path):
    """Remove a folder, if it is there.

    It is first moved aside, so that an interruption leaves no half of it behind.
    """
    if path.exists():
        doomed = Path(tempfile.mkdtemp(prefix=f"{path.name}.new-", dir=path.parent))
        path.rename(doomed / path.name)
        shutil.rmtree(doomed, ignore_errors=True)


@contextlib.contextmanager
def replacing(path):
    """Give an empty folder to fill; it takes the place of ``path`` at the end.

    An interruption leaves ``path`` as it was. What an earlier interruption left
    beside it is cleared away. The caller holds the lock.
    """
    path = Path(path)
    for left_over in path.parent.glob(f"{path.name}.new-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    fresh = Path(tempfile.mkdtemp(prefix=f"{path.name}.new-", dir=path.parent))
    fresh.chmod(0o755)
    yield fresh
    remove(path)
    fresh.rename(path)


@contextlib.contextmanager
def locked(name, waiting=None, refusal=None):
    """Hold the lock ``name``; wait for who has it, saying ``waiting`` meanwhile.

    The system frees it when the process ends, however it ends.

    :raise Trouble: with the text ``refusal``, if given, instead of waiting
    """
    layout.make_folders()
    with (layout.LOCKS / name).open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if refusal:
                raise Trouble(refusal) from None
            if waiting:
                say(waiting)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
