"""What people should be told in a year, worked out a second time and by other means.

No statement, no ledger: one profile and one person at a time, in plain Python.
"""

from dataclasses import dataclass, field
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

DAYS = (7, 3, 1)


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
    """

    name: str
    person: Person
    ends_at: object
    is_broken: bool = False
    told: set = field(default_factory=set)
    waiting: str | None = None
    knows_end: bool = False

    def grant(self, ends_at):
        """Somebody else grants anew: a new ladder, and good news for who knew."""
        knew, self.knows_end = self.knows_end, False
        self.ends_at, self.is_broken = ends_at, False
        self.told = set()
        self.waiting = "recovered" if knew else None

    def lose(self):
        self.is_broken = True

    def take_turn(self, at):
        """Find what is due at an instant; only the most urgent of it waits."""
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
            self.knows_end |= rung in ("expired", "broken")
