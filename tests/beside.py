"""Tests that need no database of the run go beside the others, in another process.

Most machines have a second core, and most of our tests need no Odoo, or start one of
their own. The other process writes each of its reports as a line of JSON; they are told
here as if the tests had run here, so there is one summary and one exit code.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from odoo.tests.common import TransactionCase

from dev import testing

REPORTS_VARIABLE = "SOCIAL_BESIDE_REPORTS"
ADDON_TESTS = "social_token_manager/tests/"
# Of the tests from outside, those that start everything they need themselves.
OUTSIDE = ("tests/test_sandbox_", "tests/test_provider_", "tests/test_signals_")
# Of those with a browser, enough for both processes to end at about the same time.
WITH_BROWSER = (
    "tests/test_link_browser",
    "tests/test_managers_browser",
    "tests/test_many_browser",
    "tests/test_personal_browser",
    "tests/test_sandbox_browser",
)
# $0 is the folder; the other process leads a group of its own.
SCRIPT = 'echo $$ > "$0/pid"; "$@" > "$0/output" 2>&1; echo $? > "$0/code"'
PATIENCE = 1800
FEW = 50


def goes_beside(item):
    """Whether a test needs no database of the run, and is not to stay for balance."""
    if item.nodeid.startswith(ADDON_TESTS):
        return item.cls and not issubclass(item.cls, TransactionCase)
    if item.get_closest_marker("browser"):
        return item.nodeid.startswith(WITH_BROWSER)
    return item.nodeid.startswith(OUTSIDE) or item.get_closest_marker("processes")


class Beside:
    """Moves tests to another process, and its reports back to here."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="social-beside-"))
        self.is_started = False
        self.count = 0

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, session, items):
        moved = [item for item in items if goes_beside(item)]
        self.count = len(moved)
        # Few, or all, are quicker here than with a second start of Python.
        is_worth_it = FEW < self.count < len(items)
        if not is_worth_it or session.config.option.collectonly:
            return
        items[:] = [item for item in items if not goes_beside(item)]
        self.start(moved)
        self.is_started = True

    def start(self, items):
        """Start the other process, as nobody's child: Odoo's tests end all children."""
        listed = self.folder / "tests"
        listed.write_text("\n".join(item.nodeid for item in items))
        pytest_line = [sys.executable, "-m", "pytest", "-p", "no:odoo"]
        for plugin in ("without_database", "plugin", "reporting"):
            pytest_line += ["-p", f"tests.{plugin}"]
        subprocess.run(
            ["setsid", "--fork", "sh", "-c", SCRIPT, self.folder, *pytest_line]
            + [f"@{listed}"],
            env={
                **os.environ,
                REPORTS_VARIABLE: str(self.folder / "reports"),
                # Two processes that name databases must not choose the same names.
                testing.RUN_VARIABLE: f"{os.environ[testing.RUN_VARIABLE]}_beside",
            },
            check=True,
        )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session):
        try:
            result = yield
        except BaseException:
            self.end()
            raise
        if self.is_started:
            self.take_reports(session)
        return result

    def end(self):
        """End the other process; it is the leader of a group of its own."""
        if self.is_started and not self.read("code"):
            os.killpg(int(self.read("pid")), signal.SIGTERM)

    def read(self, name):
        """Return what the other process wrote, nothing when it has not yet."""
        path = self.folder / name
        return path.read_text(errors="replace") if path.exists() else ""

    def take_reports(self, session):
        """Wait for the other process and tell what it reported.

        :raise UsageError: it did not come to its end
        """
        deadline = time.monotonic() + PATIENCE
        while not self.read("code").endswith("\n") and time.monotonic() < deadline:
            time.sleep(0.1)
        hook = session.config.hook
        called = set()
        for line in self.read("reports").splitlines():
            report = hook.pytest_report_from_serializable(
                config=session.config, data=json.loads(line)
            )
            called.add(report.nodeid)
            hook.pytest_runtest_logreport(report=report)
        code = self.read("code").strip()
        if code not in ("0", "1") or len(called) != self.count:
            self.end()
            raise pytest.UsageError(
                f"The tests beside ended early ({code}):\n{self.read('output')[-4000:]}"
            )
        shutil.rmtree(self.folder)


def pytest_configure(config):
    config.pluginmanager.register(Beside(), "beside")
