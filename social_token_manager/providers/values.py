"""Reading the values that networks send: whatever comes, nothing is raised."""

import math
from datetime import datetime, timedelta, timezone

TEXT_LENGTH = 200
LONGEST_LIFE = timedelta(days=20 * 366)


def utc(timestamp):
    """Return the naive UTC datetime of Unix seconds."""
    return datetime.fromtimestamp(timestamp, timezone.utc).replace(tzinfo=None)


def number(value):
    """Return a finite float, or None for anything that is not a number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def lifetime(value):
    """Return the timedelta of an ``expires_in``; None where it makes no sense.

    RFC 6749 section 5.1 wants seconds; what arrives may be text, negative or huge.
    """
    seconds = number(value)
    if not seconds or not 0 < seconds <= LONGEST_LIFE.total_seconds():
        return None
    return timedelta(seconds=seconds)


def moment(value, now):
    """Return the datetime of a Unix timestamp; None for 0, nonsense or far future."""
    seconds = number(value)
    if not seconds or not 0 < seconds < (now + LONGEST_LIFE).timestamp():
        return None
    return utc(seconds)


def text(value, length=TEXT_LENGTH):
    """Return text fit for storing: no control characters, cut, stripped.

    A NUL would be refused by PostgreSQL; bidirectional and zero-width marks could
    make a name look like another one.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    kept = (char for char in str(value) if char.isprintable())
    return "".join(kept).strip()[:length]


def identifier(value):
    """Return an external id as text: digits, letters, ``-``, ``_``, ``.``; else ''.

    Networks send ids as numbers or as text; a boolean, null or object is none.
    """
    found = text(value, 128)
    return found if found and all(c.isalnum() or c in "-_.:" for c in found) else ""


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
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
