"""``make test``, ``make test-fast`` and ``make smoke``."""

import contextlib
import os
import re
import secrets
import signal
import subprocess

from . import database, layout, logcheck, odoo, postgres, setup, shell, steps
from .processes import free_port
from .trouble import Trouble

INSTALLED_PREFIX = "test_base_"
WARM_PREFIX = "test_warm_"
RUN_PREFIX = "test_run_"
TEMPLATE_VARIABLE = "TEST_TEMPLATE_DATABASE"
RUN_VARIABLE = "TEST_RUN_DATABASE"
# Each has a database, an Odoo and, later, a browser.
MOST_WORKERS = 4
NOT_FAST = "not browser and not processes"


def run(arguments, fast=False):
    """Run the whole suite, or what of it is fast; return pytest's exit code.

    :raise Trouble: when the addon cannot be installed without a complaint
    """
    prepare(with_browser=not fast)
    with postgres.running(), run_database(warm=not fast) as name:
        line = pytest_command(name, [*spread(), *arguments])
        if fast:
            line += ["-m", NOT_FAST]
        return foreground(line, {**odoo.environment(), RUN_VARIABLE: name})


def prepare(with_browser):
    if with_browser:
        setup.ensure_all()
    else:
        setup.ensure()


def pytest_command(name, arguments):
    return [
        layout.PYTHON,
        "-m",
        "pytest",
        f"--odoo-database={name}",
        f"--odoo-config={layout.CONF}",
        "-p",
        "tests.plugin",
        # Lets warnings through to the check at the end (tests/plugin.py).
        "--odoo-log-level=warn",
        "--odoo-http",
        # Odoo would limit the memory of the whole process, and with it the browser's.
        "--odoo-extra=limit-memory-hard=0",
        *arguments,
    ]


def spread():
    """Return the options by which pytest-xdist uses the cores (tests/spreading.py)."""
    workers = min(len(os.sched_getaffinity(0)), MOST_WORKERS)
    return [
        f"--numprocesses={workers}",
        "--dist=loadfile",
        # The order is ours.
        "--no-loadscope-reorder",
        *("-p", "tests.spreading"),
    ]


def foreground(command, env):
    """Run a program that is shown to the person; return its exit code.

    It gets the terminal's Ctrl-C itself and is left the time to clean up; a SIGTERM
    to us reaches it as that.
    """
    with subprocess.Popen(
        [str(part) for part in command], env=shell.merged(env), cwd=layout.ROOT
    ) as process:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: process.send_signal(signal.SIGINT))
        try:
            return process.wait()
        finally:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


# --- databases ----------------------------------------------------------------


@contextlib.contextmanager
def run_database(warm=False):
    """Give the name of a fresh database with the addon; drop it at the end.

    :param warm: with the web client's assets built, which saves each browser test,
        on a database of its own, ten seconds
    """
    drop_forsaken()
    base = ensure_warm() if warm else ensure_installed()
    name = f"{RUN_PREFIX}{os.getpid()}_{secrets.token_hex(3)}"
    os.environ[TEMPLATE_VARIABLE] = base
    database.clone(base, name)
    try:
        yield name
    finally:
        for left in database.names(name):
            database.drop(left)


def drop_forsaken():
    """Drop what runs left behind that were killed."""
    if postgres.external():
        # Another machine's run may be at work there.
        return
    for name in database.names(RUN_PREFIX):
        found = re.match(rf"{RUN_PREFIX}(\d+)_", name)
        if found and not alive(int(found[1])):
            database.drop(name)


def alive(pid):
    return os.path.exists(f"/proc/{pid}")


def ensure_installed():
    """Return the name of a sealed database that has the addon installed.

    It is made anew whenever a file of the addon but its tests has changed.

    :raise Trouble: when the installation logs a warning or an error
    """
    template = database.ensure_template()
    with steps.locked("installed", "Waiting for another command to install the addon"):
        while not database.exists(name := installed_name(template)):
            database.drop_all(INSTALLED_PREFIX)
            install(template, name)
    return name


def ensure_warm():
    """Return the name of a sealed database with the addon and with built assets."""
    base = ensure_installed()
    name = base.replace(INSTALLED_PREFIX, WARM_PREFIX)
    with steps.locked("warm", "Waiting for another command to build the assets"):
        if not database.exists(name):
            database.drop_all(WARM_PREFIX)
            build_assets(base, name)
    return name


def build_assets(base, name):
    shell.say("Building the web client's assets ...")
    building = f"{name}_building"
    database.clone(base, building)
    shell.run(
        odoo.command(["shell", "-d", building, "--no-http"]),
        log="assets",
        what="Building the web client's assets",
        env=odoo.environment(),
        cwd=layout.ROOT,
        typed='env["ir.qweb"]._pregenerate_assets_bundles()\nenv.cr.commit()\n',
    )
    database.seal(building, name)


def installed_name(template):
    """Return the name that goes with the addon's files as they are now."""
    addon = layout.ROOT / layout.ADDON
    parts = [template]
    for path in sorted(addon.iterdir()):
        if path.name != "tests":
            parts += [path.name, path]
    return INSTALLED_PREFIX + steps.digest(*parts)


def install(template, name):
    shell.say("Installing the addon ...")
    building = f"{name}_building"
    log = layout.LOGS / "install.log"
    log.unlink(missing_ok=True)
    database.clone(template, building)
    odoo.run(["-d", building, "-i", layout.ADDON], log=log.stem, what="Installing")
    fail_on(logcheck.bad_records(log), "Installing the addon", log)
    if not has_addon(building):
        raise Trouble(f"Odoo did not install the addon; see {log}.")
    database.seal(building, name)


def has_addon(name):
    return bool(
        postgres.sql(
            f"SELECT 1 FROM ir_module_module WHERE name = '{layout.ADDON}' "
            "AND state = 'installed'",
            name,
        )
    )


def fail_on(records, what, log):
    """:raise Trouble: with the given log records, if there are any"""
    if records:
        texts = "\n".join(record.text for record in records)
        raise Trouble(f"{what} logged warnings or errors ({log}):\n{texts}")


# --- Odoo's own runner ----------------------------------------------------------


def smoke():
    """Run the addon's tests with Odoo's own runner.

    :raise Trouble: when one fails, when none ran, or when the addon logs a warning
    """
    setup.ensure_all()
    with postgres.running(), run_database(warm=True) as name:
        count = run_tags(name, f"/{layout.ADDON}", log="smoke")
        shell.say(f"Odoo's own runner: {count} tests, none failed.")


def run_tags(name, tags, log, only_ours=True):
    """Run tests by Odoo's tags in a database; return how many ran.

    :raise Trouble: when one fails, when none ran, or when warnings were logged
    """
    path = layout.LOGS / f"{log}.log"
    path.unlink(missing_ok=True)
    line = ["-d", name, f"--test-tags={tags}", "--stop-after-init", "-p", free_port()]
    try:
        shell.run(
            odoo.command(line),
            log=log,
            what=f"Odoo's own runner (--test-tags={tags})",
            env=odoo.environment(),
            cwd=layout.ROOT,
        )
    except Trouble:
        # What failed stands far above the log's end.
        fail_on(logcheck.bad_records(path), f"The tests {tags}", path)
        raise
    count = tests_counted(path.read_text(errors="replace"))
    if not count:
        raise Trouble(f"Odoo's own runner ran no test of {tags}; see {path}.")
    fail_on(logcheck.bad_records(path, only_ours), f"The tests {tags}", path)
    return count


def tests_counted(text):
    """Return the number of tests that Odoo says it ran."""
    found = re.findall(r"\d+ failed, \d+ error\(s\) of (\d+) tests", text)
    return int(found[-1]) if found else 0
