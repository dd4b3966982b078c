"""Where ``expires_at`` comes from: the one formula for tokens and profiles.

Instants are naive UTC datetimes. What the network reports always wins over what it
publishes; a published validity is used only where the network reported no clock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta

UNITS = ("days", "months", "years")
LATER = timedelta(days=1)


@dataclass(frozen=True)
class Validity:
    """A published validity: a number of calendar units; 0 means none is published.

    It counts from the grant, or ``from_last_use``.
    """

    number: int
    unit: str
    from_last_use: bool = False

    def after(self, start):
        """Return ``start`` plus the validity: 31 January plus a month is 28 February.

        :return: an instant, or None when nothing is published
        :rtype: datetime | None
        """
        if not self.number or not start:
            return None
        try:
            return start + relativedelta(**{self.unit: self.number})
        except (ValueError, OverflowError):
            # Beyond the calendar: what is stored must not fail for what was typed.
            return None


@dataclass(frozen=True)
class Clocks:
    """What the network reported about one token.

    ``never`` says that the network itself declared that the token has no expiry,
    which is different from not having said anything.
    """

    access: datetime | None = None
    refresh: datetime | None = None
    data_access: datetime | None = None
    renews_silently: bool = False
    never: bool = False

    def driving(self):
        """Return the clocks at which a person must act, as ``{name: instant}``.

        The access clock counts only when nothing can renew the token silently.
        """
        clocks = {"refresh": self.refresh, "data_access": self.data_access}
        if not self.renews_silently:
            clocks["access"] = self.access
        return {name: at for name, at in clocks.items() if at}

    @property
    def first(self):
        """The name of the clock that ends first, None when none drives."""
        driving = self.driving()
        return min(driving, key=driving.get, default=None)

    @property
    def reported(self):
        """Whether the network said until when a person need not act.

        An hour's access clock of a token that is renewed silently says nothing of it.
        """
        return bool(self.never or self.driving())


def token_expires_at(clocks, granted_at, validities=(), used_at=None):
    """Return the earliest moment at which a person must act for a token.

    :param Clocks clocks: what the network reported
    :param datetime granted_at: when the person granted
    :param datetime used_at: when the grant was last used, None for not since
    :param validities: the published :class:`Validity` of the networks it serves
    :rtype: datetime | None
    """
    if clocks.reported:
        return min(clocks.driving().values(), default=None)
    published = (
        validity.after((validity.from_last_use and used_at) or granted_at)
        for validity in validities
    )
    return min((at for at in published if at), default=None)


def access_expires_at(clocks, granted_at, validity, used_at=None):
    """Return the moment for one profile that lives from the token.

    Like :func:`token_expires_at`, with the published validity of its own network.
    """
    return token_expires_at(clocks, granted_at, (validity,), used_at)


def profile_expires_at(
    *, created_at, access_moment=None, connected=False, lost_at=None
):
    """Return a profile's ``expires_at``.

    :param created_at: when the profile was created, used while it has no access
    :param access_moment: what :func:`access_expires_at` gave for the access in use
    :param connected: whether the profile has an access at all
    :param lost_at: when something definite broke the access in use
    """
    if not connected:
        return created_at
    if lost_at:
        return min(lost_at, access_moment) if access_moment else lost_at
    return access_moment


def starts_new_cycle(old, new, *, granted_anew=False, recovered=False):
    """Tell whether a profile's cycle rises (design, part 2, *cycle*).

    :param old: ``expires_at`` before, :param new: after; None means no expiry
    """
    if granted_anew or recovered:
        return True
    if not old:
        return False
    return not new or new - old > LATER
