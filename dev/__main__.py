"""``python3 -m dev COMMAND``: what the Makefile and ``bin/odoo`` call."""

import os
import sys

from . import (
    database,
    demo,
    layout,
    lint,
    odoo,
    postgres,
    python_env,
    setup,
    steps,
    testing,
)
from .shell import say
from .trouble import Trouble


def setup_command(arguments):
    setup.ensure_all()
    say(f"Set-up is complete; everything is in {layout.LOCAL}.")


def odoo_command(arguments):
    """Become Odoo. Our PostgreSQL is started when needed and left running."""
    setup.ensure()
    mark = postgres.hold()
    postgres.start()
    database.prepare_for(arguments)
    os.set_inheritable(mark.fileno(), True)
    line = odoo.command(arguments)
    os.execve(line[0], line, {**os.environ, **odoo.environment()})


def demo_command(arguments):
    demo.run()


def pins_command(arguments):
    layout.make_folders()
    python_env.check_version()
    python_env.pin()


def stop_command(arguments):
    stopped = postgres.stop()
    say("PostgreSQL is stopped." if stopped else "PostgreSQL was not running.")


def test_command(arguments):
    return testing.run(arguments)


def test_fast_command(arguments):
    return testing.run(arguments, fast=True)


def smoke_command(arguments):
    testing.smoke()


def lint_command(arguments):
    return lint.run(arguments)


def database_command(arguments):
    """Make an empty database with base, web and mail (and drop the one before)."""
    if len(arguments) != 1:
        raise Trouble("Which database? Say `make database NAME=...`.")
    setup.ensure()
    with postgres.running():
        database.clone(database.ensure_template(), arguments[0])


def module_command(arguments):
    """Run a module of this repository with the environment's Python."""
    setup.ensure_all()
    line = [layout.PYTHON, "-m", *arguments]
    with postgres.running():
        return testing.foreground(line, odoo.environment())


def clean_data_command(arguments):
    """Throw away the cluster, Odoo's files and what was derived from them."""
    postgres.stop()
    for path in (layout.PG_DATA, layout.DATA, layout.LOGS, layout.SHOTS):
        steps.remove(path)
    say("All databases are gone; `make setup` begins anew.")


def clean_command(arguments):
    postgres.stop()
    steps.remove(layout.LOCAL)
    say(f"{layout.LOCAL} is gone.")


COMMANDS = {
    "setup": setup_command,
    "odoo": odoo_command,
    "demo": demo_command,
    "test": test_command,
    "test-fast": test_fast_command,
    "smoke": smoke_command,
    "lint": lint_command,
    "database": database_command,
    "module": module_command,
    "pins": pins_command,
    "stop": stop_command,
    "clean-data": clean_data_command,
    "clean": clean_command,
}


def main(arguments):
    if not arguments or arguments[0] not in COMMANDS:
        say(f"usage: python3 -m dev {'|'.join(sorted(COMMANDS))}")
        return 2
    try:
        return COMMANDS[arguments[0]](arguments[1:]) or 0
    except Trouble as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
