"""The world in a file: what people granted yesterday is still known today.

The file holds every token. It is written for the owner alone and read only when this
very code wrote it, since it holds Python objects.
"""

import hashlib
import os
import pickle
import tempfile
from pathlib import Path


class NoMemory(ValueError):
    """The file was written by other code, or is none of ours."""


def fingerprint():
    """Return what stands for the code whose objects are in the file."""
    found = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest().encode()


def fits(path):
    """Tell whether there is a file that this code has written."""
    try:
        with open(path, "rb") as source:
            return source.readline().strip() == fingerprint()
    except OSError:
        return False


def load(path):
    """Return the world in the file, None when there is no file.

    :raise NoMemory: when it cannot be used
    """
    path = Path(path)
    if not path.exists():
        return None
    if not fits(path):
        raise NoMemory(f"{path} is of another version of the sandbox: remove it.")
    with path.open("rb") as source:
        source.readline()
        return pickle.load(source)


def save(world, path):
    """Write the world so that a reader finds the old one or the new one."""
    path = Path(path)
    with world.lock:
        content = fingerprint() + b"\n" + pickle.dumps(world)
    handle, name = tempfile.mkstemp(prefix=path.name + ".", dir=path.parent)
    with os.fdopen(handle, "wb") as target:
        target.write(content)
    os.replace(name, path)
