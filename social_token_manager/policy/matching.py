"""Which profile made by hand is the one that a network lists. Nothing is guessed.

A pair is made where exactly one fits on each side: by the network ID where one was
given, else by the handle, else by the name. Whoever was told an ID or a handle that
says otherwise is never paired by something weaker.
"""

from collections import Counter
from dataclasses import dataclass
from urllib.parse import unquote

EXTERNAL_ID, HANDLE, NAME = "external_id", "handle", "name"

# First part of an address's path -> whether a handle follows it.
FOLDERS = {
    "c": True,
    "company": True,
    "in": True,
    "school": True,
    "showcase": True,
    "user": True,
    "channel": False,
    "pages": False,
    "people": False,
    "profile.php": False,
}


@dataclass(frozen=True)
class Named:
    """A profile as far as matching knows it; ``key`` is the caller's own."""

    key: object
    network: str
    external_id: str = ""
    handle: str = ""
    name: str = ""

    def by_handle(self):
        """Return what the handles of equal profiles have in common, '' without one."""
        return normal_handle(self.handle)

    def by_name(self):
        """Return what the names of equal profiles have in common, '' without one."""
        return " ".join((self.name or "").split()).casefold()


def normal_handle(text):
    """Return a handle as it is compared: no case, no ``@``, no address around it.

    ``https://www.instagram.com/Acme/`` and ``@acme`` are both ``acme``. An address
    that holds no handle gives ''.
    """
    text = (text or "").strip()
    if "/" in text:
        text = _handle_in(text)
    return unquote(text).strip().removeprefix("@").casefold()


def match(made, listed):
    """Return ``{key of the listed: (key of the made, by what)}``.

    :param made: :class:`Named` profiles made by hand and never connected
    :param listed: :class:`Named` profiles, all that the network listed
    """
    without_id = [one for one in made if not one.external_id]
    steps = (
        (EXTERNAL_ID, _pairs(made, listed, lambda one: one.external_id)),
        (HANDLE, _pairs(without_id, listed, Named.by_handle)),
        (NAME, _by_name(without_id, listed)),
    )
    matched, taken = {}, set()
    for by_what, pairs in steps:
        for one, other in pairs:
            if other.key not in matched and one.key not in taken:
                matched[other.key] = (one.key, by_what)
                taken.add(one.key)
    return matched


def _by_name(made, listed):
    """Return the pairs by name; two handles that differ are two profiles."""
    return [
        (one, other)
        for one, other in _pairs(made, listed, Named.by_name)
        if not (one.by_handle() and other.by_handle())
    ]


def _pairs(made, listed, feature):
    """Return the pairs that share a feature with each other and with nobody else."""

    def place(one):
        return (one.network, feature(one))

    counts = [Counter(map(place, side)) for side in (made, listed)]
    by_place = {place(one): one for one in made}
    return [
        (by_place[place(other)], other)
        for other in listed
        if feature(other) and all(count[place(other)] == 1 for count in counts)
    ]


def _handle_in(address):
    """Return the handle that an address of a profile holds, '' where it holds none."""
    _scheme, _colon, rest = address.rpartition("://")
    path = rest.partition("?")[0].partition("#")[0]
    _host, *parts = [part for part in path.split("/") if part] or [""]
    if parts and parts[0].lower() in FOLDERS:
        parts = parts[1:] if FOLDERS[parts[0].lower()] else []
    return parts[0] if parts else ""
