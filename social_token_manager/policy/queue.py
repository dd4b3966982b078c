"""What it takes to renew a profile now: a person, a silent call, or nothing."""

from . import status as status_policy

LOGIN, SILENT, NOTHING = "login", "silent", "nothing"
# What only a person moves, however often the token is renewed silently.
PERSONS_CLOCKS = ("refresh", "data_access")


def moves_end(first_clock, validity, *, restarts_refresh):
    """Whether a silent renewal moves the moment at which a person must act.

    :param validity: the published :class:`policy.expiry.Validity`; it counts where no
        clock drives
    :param bool restarts_refresh: whether the network gives the refresh token a new
        life each time
    """
    if first_clock:
        return first_clock == "refresh" and restarts_refresh
    return validity.from_last_use


def way(*, reason, status, first_clock, renews_silently, is_old_enough):
    """Return ``LOGIN``, ``SILENT`` or ``NOTHING`` for one profile.

    A silent renewal is of use only where it moves the moment at which a person must
    act, or where that is far away.

    :param str reason: why the profile does not work, None for it does
    :param str status: of ``policy.status``
    :param str first_clock: which clock ends first, None for none that drives
    :param bool renews_silently: whether the token can be renewed without a person
    :param bool is_old_enough: whether the network would do it at this moment
    """
    if reason or status == status_policy.EXPIRED:
        return LOGIN
    if status == status_policy.EXPIRING and first_clock in PERSONS_CLOCKS:
        return LOGIN
    if renews_silently:
        return SILENT if is_old_enough else NOTHING
    return NOTHING if status == status_policy.NO_EXPIRY else LOGIN
