"""Refusals of the sandbox itself (a network's own refusals live with the network)."""

import sys
import traceback


class ControlError(ValueError):
    """A control got something it cannot use; the text tells the caller what and why."""


class Refusal(Exception):
    """A network's refusal that knows the answer it becomes."""

    def response(self):
        """Return the HTTP answer in the documented shape of the network whose it is."""
        raise NotImplementedError


def report_defect(defect):
    """Print where the sandbox went wrong, never what: values may hold secrets."""
    where = traceback.extract_tb(defect.__traceback__)[-1]
    print(
        f"sandbox defect: {type(defect).__name__} at {where.name}:{where.lineno}",
        file=sys.stderr,
    )
