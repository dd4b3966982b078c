"""Reading the values that networks send: whatever comes, nothing is raised."""

import math
import re
from datetime import datetime, timedelta

EPOCH = datetime(1970, 1, 1)
TEXT_LENGTH = 200
LONGEST_LIFE = timedelta(days=20 * 366)

IDENTIFIER = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-z0-9_.:-]{1,128}")
# OpenID Connect Core section 2: a ``sub`` is at most 255 ASCII characters.
SUBJECT = re.compile(r"(?=.*[A-Za-z0-9])[\x21-\x7e]{1,255}")
# RFC 6749 appendix A.12 without the space; nothing else fits into a header.
SECRET = re.compile(r"[\x21-\x7e]+")


def utc(timestamp):
    """Return the naive UTC datetime of Unix seconds."""
    return EPOCH + timedelta(seconds=timestamp)


def number(value):
    """Return a finite float, or None for anything that is not a number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def whole(value):
    """Return an int, or None for anything that is not a whole number."""
    found = number(value)
    return int(found) if found is not None and found.is_integer() else None


def lifetime(value):
    """Return the timedelta of an ``expires_in``; None where it makes no sense.

    RFC 6749 section 5.1 wants seconds; what arrives may be text, negative or huge.
    """
    seconds = number(value)
    if seconds is None or not 1 <= seconds <= LONGEST_LIFE.total_seconds():
        return None
    return timedelta(seconds=int(seconds))


def moment(value, now):
    """Return the datetime of a Unix timestamp; None for 0 and for nonsense.

    Nonsense is what lies decades away: a lifetime sent as a timestamp would be a day
    in 1970, milliseconds would be a day in the year 50000.
    """
    seconds = number(value)
    distance = LONGEST_LIFE.total_seconds()
    if seconds is None or abs(seconds - (now - EPOCH).total_seconds()) > distance:
        return None
    return utc(int(seconds))


def text(value, length=TEXT_LENGTH):
    """Return text fit for storing: one line, no control characters, cut, stripped.

    A NUL would be refused by PostgreSQL; bidirectional and zero-width marks could
    make a name look like another one.
    """
    kept = (char for char in _plain(value) if char.isprintable() or char.isspace())
    return " ".join("".join(kept).split())[:length].strip()


def identifier(value):
    """Return an external id as text, or '' for what is none.

    Networks send ids as numbers or as text of letters, digits and ``-_.:``. An id is
    never repaired: cut or cleaned it could be somebody else's.
    """
    found = _plain(value)
    return found if IDENTIFIER.fullmatch(found) else ""


def subject(value):
    """Return the id of any server's user as text, or '' for what is none.

    Wider than :func:`identifier`: it is compared and kept, never put into an address.
    """
    found = _plain(value)
    return found if SUBJECT.fullmatch(found) else ""


def dotted(value, path):
    """Return what lies at a dotted path such as ``data.0.id``, None when nothing does.

    A member whose own name has dots, an address for example, is found as well.
    """
    if isinstance(value, dict) and path in value:
        return value[path]
    step, _dot, rest = path.partition(".")
    if isinstance(value, list):
        found = value[int(step)] if step in map(str, range(len(value))) else None
    else:
        found = mapping(value).get(step)
    return dotted(found, rest) if rest else found


def secret(value):
    """Return a token as the network sent it, or None for what is none."""
    return value if isinstance(value, str) and SECRET.fullmatch(value) else None


def words(value):
    """Return a tuple of words from a list, or from text with commas or spaces."""
    if isinstance(value, str):
        value = value.replace(",", " ").split()
    if not isinstance(value, list | tuple):
        return ()
    return tuple(dict.fromkeys(word for word in map(text, value) if word))


def mapping(value):
    """Return the value when it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value):
    """Return the JSON objects of a JSON array; anything else is dropped."""
    if not isinstance(value, list):
        return []
    return [one for one in value if isinstance(one, dict)]


def _plain(value):
    """Return a text or a whole number as text, anything else as ''."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    try:
        return str(value)
    except ValueError:  # more digits than Python is willing to write
        return ""
