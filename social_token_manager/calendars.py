"""Calendar feeds (RFC 5545), with the library ``icalendar``."""

from datetime import UTC, timedelta
from typing import NamedTuple

from icalendar import Alarm, Calendar, Event

PRODUCT = "-//Social Token Manager//EN"
WARN_BEFORE = timedelta(days=1)
READ_EVERY = timedelta(hours=1)


class Entry(NamedTuple):
    """One end of a connection; instants are naive UTC.

    :ivar uid: stays the same for as long as it is about the same end
    :ivar changed_at: when anything of it changed last
    """

    uid: str
    title: str
    text: str
    url: str
    at: object
    changed_at: object
    is_alarming: bool = True


def build(name, entries):
    """Return a calendar as bytes; the same entries always give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    # RFC 7986 section 5.7, and what programs knew before.
    calendar.add("refresh-interval", READ_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar.to_ical()


def _event(entry):
    event = Event()
    event.add("uid", entry.uid)
    event.add("summary", entry.title)
    event.add("description", entry.text)
    event.add("url", entry.url)
    # An instant without a length: it takes up nobody's time.
    event.add("dtstart", entry.at.replace(tzinfo=UTC))
    event.add("dtstamp", entry.changed_at.replace(tzinfo=UTC, microsecond=0))
    event.add("transp", "TRANSPARENT")
    # Who is his client is nobody else's business where a calendar is shared.
    event.add("class", "PRIVATE")
    if entry.is_alarming:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.title)
        alarm.add("trigger", -WARN_BEFORE)
        event.add_component(alarm)
    return event
