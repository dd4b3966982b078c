"""Which installation this is: what a copy of its database does not take along."""

import functools
import uuid
from pathlib import Path
from typing import NamedTuple

from . import files


class Home(NamedTuple):
    """Where a database is at home.

    ``instance`` is the id of the data folder; it is kept in no database.
    """

    database: str
    uuid: str
    instance: str


def instance_id(path):
    """Return the id that a file holds; of several first uses at once one makes it.

    :raise OSError: it can be neither read nor made
    """
    try:
        found = files.signature(path)
    except FileNotFoundError:
        files.create_once(path, uuid.uuid4().hex)
        found = files.signature(path)
    return _read_unchanged(path, found)


@functools.lru_cache(maxsize=4)
def _read_unchanged(path, _found):
    return Path(path).read_text(encoding="ascii", errors="replace").strip()
