"""Files of ours in the data folder: made once, whole, and readable by nobody else."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def create_once(path, text):
    """Create a file with a text, unless somebody else just did.

    It appears with its whole content or not at all, mode 0600; of several processes
    that try at once one wins.

    :return: whether it was us
    :raise OSError: it cannot be written
    """
    path = Path(path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    won = False
    try:
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
            won = True
    finally:
        draft.unlink()
    _settle(path.parent)
    return won


def signature(path):
    """Return what changes with a file's content.

    :raise FileNotFoundError: there is no file
    """
    found = os.stat(path)
    return found.st_ino, found.st_mtime_ns, found.st_size


def _settle(folder):
    """Have a folder's entries on the disk before anything relies on them."""
    with suppress(OSError):  # some systems cannot
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
