"""Finding the warnings and errors in an Odoo log, and those the addon causes."""

import re

from . import layout

LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) \S+ (?P<logger>\S+): "
)
BAD = ("WARNING", "ERROR", "CRITICAL")
# Odoo's browser harness: what the end of the test cut off in the browser.
HARMLESS = (
    "Error received after termination",
    "Exception received after termination",
    "Killing chrome headless",
)
OURS = re.compile(rf"{layout.ADDON}|\bsocial\.[a-z]")


class Record:
    """One log line with the lines that continue it (a traceback)."""

    def __init__(self, level, logger, text):
        self.level = level
        self.logger = logger
        self.text = text

    def is_bad(self):
        return self.level in BAD and not is_harmless(self.text)

    def is_ours(self):
        return names_addon(self.text)


def is_harmless(text):
    return any(known in text for known in HARMLESS)


def names_addon(text):
    """Tell whether a log text names the addon or one of its models.

    The repository's own folder may be called like the addon, and says nothing.
    """
    return bool(OURS.search(text.replace(str(layout.ROOT), "")))


def records(lines):
    """Yield the records of a log; what is no log line continues the one before."""
    current = None
    for line in lines:
        found = LINE.match(line)
        if found:
            if current:
                yield current
            current = Record(found["level"], found["logger"], line.rstrip())
        elif current:
            current.text += "\n" + line.rstrip()
    if current:
        yield current


def bad_records(path, only_ours=False, until=None):
    """Return the warnings and errors in a log file, or in its first ``until`` bytes."""
    text = path.read_bytes()[:until].decode(errors="replace")
    found = [record for record in records(text.splitlines()) if record.is_bad()]
    return [record for record in found if record.is_ours() or not only_ours]
