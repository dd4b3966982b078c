"""What every stand-in network shares: the clock, the people and one lock."""

import threading
import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime

from .courier import Courier
from .faults import Trouble
from .mailbox import Mailbox
from .problems import ControlError

CALLS_REMEMBERED = 5000


class Clock:
    """The sandbox's whole sense of time: the machine's clock plus a movable offset."""

    def __init__(self):
        self.offset = 0

    def now(self):
        """Return the sandbox's time in whole seconds since the epoch."""
        return int(time.time() + self.offset)

    def set_to(self, moment):
        """Continue from ``moment``: epoch seconds or ISO 8601 text (UTC when bare)."""
        self.offset = parse_moment(moment) - time.time()

    def state(self):
        return {
            "now": self.now(),
            "utc": utc_text(self.now()),
            "offset": round(self.offset),
        }


def parse_moment(moment):
    """Return epoch seconds for a number or an ISO 8601 text.

    :raise ControlError: when it is neither.
    """
    try:
        return float(moment)
    except (TypeError, ValueError):
        pass
    try:
        parsed = datetime.fromisoformat(str(moment).replace("Z", "+00:00"))
    except ValueError:
        raise ControlError(
            f"{moment!r} is neither epoch seconds nor an ISO 8601 date."
        ) from None
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=UTC)
    return parsed.timestamp()


def utc_text(moment):
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


@dataclass
class Person:
    """Somebody who logs in at the networks. ``key`` is how controls name them."""

    key: str
    name: str
    password: str = "sandbox"
    two_factor: bool = False

    @property
    def email(self):
        return f"{self.key}@people.example"


def seed_people():
    """Return who there is; what is special about each is in :mod:`.texts`."""
    people = [
        Person("ana", "Ana Souza"),
        Person("bruno", "Bruno Lima"),
        Person("carla", "Carla Dias"),
        Person("diego", "Diego Rocha"),
        Person("elisa", "Elisa Martins", two_factor=True),
        Person("felipe", "Felipe Nunes"),
    ]
    return {person.key: person for person in people}


class World:
    """People, clock, trouble, mail, log of calls and networks under one lock.

    ``smtp_port`` is where mail is taken, None when it is not; no reset changes that.
    """

    def __init__(self, network_classes):
        self.lock = threading.RLock()
        self.network_classes = network_classes
        self.smtp_port = None
        self.reset()

    def __getstate__(self):
        """Return what :mod:`.memory` keeps: all but what belongs to this process."""
        return {
            name: value
            for name, value in vars(self).items()
            if name not in ("lock", "smtp_port")
        }

    def __setstate__(self, state):
        vars(self).update(state, lock=threading.RLock(), smtp_port=None)

    def reset(self):
        with self.lock:
            self.clock = Clock()
            self.people = seed_people()
            self.trouble = Trouble()
            self.mailbox = Mailbox(self.clock)
            self.courier = Courier()
            self.requests = deque(maxlen=CALLS_REMEMBERED)
            self.networks = {cls.code: cls(self) for cls in self.network_classes}

    def person(self, reference):
        """Return the person with this key or name.

        :raise ControlError: when there is none.
        """
        for person in self.people.values():
            if reference in (person.key, person.name):
                return person
        raise ControlError(
            f"No person {reference!r}. There are: {', '.join(self.people)}."
        )

    def network(self, code):
        try:
            return self.networks[code]
        except KeyError:
            raise ControlError(
                f"No network {code!r}. There are: {', '.join(self.networks)}."
            ) from None
