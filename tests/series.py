"""How long the series of tests are: short each time, whole for ``make prove``."""

import os

VARIABLE = "SOCIAL_LONG_SERIES"
IS_LONG = bool(os.environ.get(VARIABLE))


def series(*, short, long):
    """Return how often something is to be repeated."""
    return long if IS_LONG else short
