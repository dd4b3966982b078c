"""``make year``: the whole simulated year; returns 0 when it came out as expected."""

import sys

from dev import odoo, testing
from tests import series


def main():
    with testing.run_database() as name:
        line = testing.pytest_command(name, ["tests/test_year.py", "-q", "-s"])
        settings = {testing.RUN_VARIABLE: name, series.VARIABLE: "1"}
        return testing.foreground(line, {**odoo.environment(), **settings})


if __name__ == "__main__":
    sys.exit(main())
