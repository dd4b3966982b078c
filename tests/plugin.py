"""What makes a run of pytest strict; ``make test`` loads it for every test.

A test fails when something of ours logs a warning or an error that the test did not
expect (``assertLogs`` and Odoo's ``mute_logger`` say so). In CI a skipped test fails,
too. A run in which no test ran is no success.
"""

import logging

import pytest

from dev import layout, logcheck, system

KINDS = ("processes", "browser")
LEFT_OVER = "social_left_over"


class LogWatch(logging.Handler):
    """Collects the warnings and errors that our code causes."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        self.texts = []

    def emit(self, record):
        text = self.format(record)
        if logcheck.is_harmless(text):
            return
        ours = record.name.startswith(f"odoo.addons.{layout.ADDON}")
        if ours or logcheck.names_addon(text):
            self.texts.append(text)

    def take(self):
        """Return what has been collected since the last call."""
        taken, self.texts = self.texts, []
        return taken


class Strictness:
    def __init__(self):
        self.watch = LogWatch()
        self.ran = 0
        self.left_over = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items):
        """Mark Odoo's tests by their tags; run what is slow and intrusive last.

        The browser's driver keeps an event loop in the main thread once it is started.
        A file goes by its slowest test, for one worker runs it (tests/spreading.py).
        """
        for item in items:
            tags = getattr(getattr(item, "cls", None), "test_tags", ())
            for kind in KINDS:
                if kind in tags:
                    item.add_marker(kind)
            # The stand-ins' own tests serve over HTTP hundreds of times.
            if item.path.name.startswith("test_sandbox_"):
                item.add_marker("processes")
        ranks = {}
        for item in items:
            ranks[item.path] = max(rank(item), ranks.get(item.path, -1))
        items.sort(key=lambda item: ranks[item.path])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = yield
        setattr(item, f"report_{report.when}", report)
        logged = self.watch.take()
        if logged and report.passed:
            fail(
                report, "logged, and the test did not expect it:\n" + "\n".join(logged)
            )
        if report.skipped and system.in_ci() and not hasattr(report, "wasxfail"):
            fail(report, f"skipped in CI, which proves nothing: {report.longrepr}")
        return report

    def pytest_runtest_logreport(self, report):
        self.ran += report.when == "call" and not report.skipped

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node):
        """Take over what a worker of pytest-xdist was left with."""
        self.left_over += getattr(node, "workeroutput", {}).get(LEFT_OVER, [])

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session, exitstatus):
        self.left_over += self.watch.take()
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput[LEFT_OVER] = self.left_over
            return
        only_collected = session.config.option.collectonly
        if exitstatus == 0 and not only_collected and (self.left_over or not self.ran):
            session.exitstatus = 1

    def pytest_terminal_summary(self, terminalreporter):
        if self.left_over:
            terminalreporter.section("warnings and errors logged between the tests")
            terminalreporter.write_line("\n".join(self.left_over))
        if not self.ran:
            terminalreporter.write_line("No test ran.")


def rank(item):
    found = [KINDS.index(kind) for kind in KINDS if item.get_closest_marker(kind)]
    return max(found, default=-1)


def fail(report, reason):
    report.outcome = "failed"
    report.longrepr = reason


def pytest_configure(config):
    strictness = Strictness()
    config.pluginmanager.register(strictness, "strictness")
    logging.getLogger().addHandler(strictness.watch)
