"""Spreads the tests over the machine's cores; ``make test`` loads it.

pytest-xdist starts a worker a core, and pytest-odoo gives each worker a copy of the
run's database. A file is never torn apart: its tests share what takes long to start.
"""

import contextlib
import os
import shutil

import pytest
import pytest_odoo
from xdist.scheduler import LoadScopeScheduling

from dev import database, layout, testing

# What begins alike shares a fixture that takes long: a demo, an installed example.
TOGETHER = (
    ("tests/demo/",),
    ("tests/test_example_addon.py", "tests/test_backup_processes.py"),
)


def together(nodeid):
    """Return the name of all that one worker must run, a test's file by default."""
    for beginnings in TOGETHER:
        if nodeid.startswith(beginnings):
            return beginnings[0]
    return nodeid.partition("::")[0]


class FileScheduling(LoadScopeScheduling):
    """Gives the next file to the worker that has least left to do."""

    def _split_scope(self, nodeid):
        return together(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return FileScheduling(config, log)


@contextlib.contextmanager
def own_files(original, copy):
    """Give a worker's copy of the database a copy of the files, too.

    pytest-odoo lets the workers share them. Each class of Odoo's tests ends by deleting
    files that its own database does not know, and another worker's may need them.
    """
    database.copy_files(original, copy)
    try:
        yield
    finally:
        shutil.rmtree(layout.FILESTORE / copy, ignore_errors=True)


def pytest_configure(config):
    if worker := getattr(config, "workerinput", None):
        # Workers that name databases must not choose the same names.
        os.environ[testing.RUN_VARIABLE] += f"_{worker['workerid']}"
        pytest_odoo._shared_filestore = own_files
