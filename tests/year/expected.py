"""What people should be told in a year, worked out a second time and by other means.

No statement, no ledger: one profile and one person at a time, in plain Python.
"""

from dataclasses import dataclass, field
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

DAYS = (7, 3, 1)
# When nobody renews: a Manager, of whom each company has one and nobody else, is asked
# after a day, again two days later, where others would be, and then every three days.
PAUSES = (timedelta(days=1), timedelta(days=2))
PAUSE = timedelta(days=3)


@dataclass(eq=False)
class Person:
    """Who is told; quiet hours are of his own clock.

    :ivar mails: ``{moment: [(profile, rung)]}``
    """

    name: str
    zone: str
    quiet: tuple | None = None
    mails: dict = field(default_factory=dict)

    def may_be_disturbed(self, at):
        if not self.quiet:
            return True
        hour = at.replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone)).hour
        start, end = self.quiet
        return not (hour >= start or hour < end)


@dataclass(eq=False)
class Profile:
    """One connection as the year changes it.

    :ivar told: the rungs of this cycle, told or passed over
    :ivar waiting: the rung that is to be sent, None without
    :ivar knows_end: whether the person was sent that it ended
    :ivar asked: how often the person was asked since it ended
    :ivar ask_at: when that is to be done next, None while it works
    """

    name: str
    person: Person
    ends_at: object
    is_broken: bool = False
    told: set = field(default_factory=set)
    waiting: str | None = None
    knows_end: bool = False
    asked: int = 0
    ask_at: object = None

    def grant(self, ends_at):
        """Somebody else grants anew: a new ladder, and good news for who knew."""
        knew = self.knows_end or self.waiting == "recovered"
        self.knows_end = False
        self.ends_at, self.is_broken = ends_at, False
        self.told = set()
        self.waiting = "recovered" if knew else None
        self.asked, self.ask_at = 0, None

    def lose(self):
        self.is_broken = True

    def take_turn(self, at):
        """Find what is due at an instant; only the most urgent of it waits."""
        self.climb_ladder(at)
        if self.is_broken or self.ends_at <= at:
            self.ask(at)

    def ask(self, at):
        """Ask the person to renew, each time counted from the one before."""
        if self.ask_at is None:
            self.ask_at = at + PAUSES[0]
        elif self.ask_at <= at:
            self.waiting = f"repeated{self.asked}" if self.asked else "escalated3"
            self.asked += 1
            self.ask_at = at + (PAUSES[self.asked] if self.asked == 1 else PAUSE)

    def climb_ladder(self, at):
        if self.is_broken:
            if not self.told & {"expired", "broken"}:
                self.told.add("broken")
                self.waiting = "broken"
            return
        due = [f"d{days}" for days in DAYS if self.ends_at - at <= timedelta(days=days)]
        due += ["expired"] if self.ends_at <= at else []
        if due and due[-1] not in self.told:
            self.waiting = due[-1]
        self.told.update(due)

    def deliver(self, at):
        """Send what waits when the person may be disturbed."""
        if self.waiting and self.person.may_be_disturbed(at):
            rung, self.waiting = self.waiting, None
            self.person.mails.setdefault(at, []).append((self.name, rung))
            self.knows_end |= rung[0] != "d" and rung != "recovered"
