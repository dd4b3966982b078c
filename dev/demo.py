"""``make demo``: the addon with demonstration data, and the stand-in networks."""

import os
import signal

from . import (
    database,
    layout,
    logcheck,
    odoo,
    odoo_source,
    postgres,
    setup,
    shell,
    steps,
)
from . import processes as programs
from .trouble import Trouble

NAME = "demo"
BUILDING = "demo_building"


class Stopped(Exception):
    """Somebody asked us to stop."""


def run():
    """Serve the demo until somebody interrupts.

    :raise Trouble: when a port is taken or a part does not start
    """
    port, sandbox_port = port_from("PORT", 8069), port_from("SANDBOX_PORT", 8070)
    signal.signal(signal.SIGTERM, raise_stopped)
    signal.signal(signal.SIGINT, raise_stopped)
    try:
        programs.check_port(port, "Odoo", "PORT")
        programs.check_port(sandbox_port, "the sandbox", "SANDBOX_PORT")
        setup.ensure_all()
        with postgres.running():
            with steps.locked("demo", "Waiting for another `make demo` ..."):
                ensure_database()
                set_address(f"http://127.0.0.1:{port}")
                serve(port, sandbox_port)
    except Stopped:
        shell.say("\nStopped.")


def raise_stopped(number, frame):
    # Asked twice, we still stop in order.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise Stopped


def port_from(variable, default):
    value = os.environ.get(variable) or str(default)
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise Trouble(f"{variable}={value} is no port: give a number below 65536.")
    return int(value)


# --- the database -------------------------------------------------------------


def ensure_database():
    """Create the database, or bring it up to the addon's files as they are now."""
    if os.environ.get("FRESH") or not database.exists(NAME) or other_odoo():
        create()
    elif not addon_stamp().fresh():
        update()


def other_odoo():
    return not odoo_stamp().fresh()


def odoo_stamp():
    return steps.Stamp(layout.LOCAL / "demo-odoo", steps.digest(odoo_source.identity()))


def addon_stamp():
    value = steps.digest(layout.ROOT / layout.ADDON)
    return steps.Stamp(layout.LOCAL / "demo-addon", value)


def create():
    shell.say("Creating the database `demo` with demo data (about a minute) ...")
    now = addon_stamp()
    database.drop(BUILDING)
    database.create_empty(BUILDING)
    change(["-d", BUILDING, "--with-demo", "-i", layout.ADDON], "Creating the demo")
    database.rename(BUILDING, NAME)
    now.write()
    odoo_stamp().write()


def update():
    shell.say("The addon's files have changed: updating the database `demo` ...")
    now = addon_stamp()
    change(["-d", NAME, "-u", layout.ADDON], "Updating the demo")
    now.write()


def change(arguments, what):
    log = layout.LOGS / "demo-install.log"
    log.unlink(missing_ok=True)
    odoo.run(arguments, log=log.stem, what=what)
    # Odoo goes on when demo data fails, and the demo would lack them silently.
    for record in logcheck.bad_records(log, only_ours=True):
        shell.say(record.text)


def set_address(url):
    """Fix the address under which Odoo hands out links."""
    for key, value in (("web.base.url", url), ("web.base.url.freeze", "True")):
        database.set_parameter(NAME, key, value)


# --- serving ------------------------------------------------------------------


def serve(port, sandbox_port):
    started = []
    try:
        started.append(start_sandbox(sandbox_port))
        started.append(start_odoo(port))
        started[0].wait_for(f"http://127.0.0.1:{sandbox_port}/", 30)
        started[1].wait_for(f"http://127.0.0.1:{port}/web/login", 120)
        announce(port, sandbox_port)
        watch(started)
    finally:
        for process in reversed(started):
            process.stop()


def start_sandbox(port):
    return programs.Process(
        "The sandbox",
        [layout.PYTHON, "-m", "sandbox", "--port", port],
        log_path=layout.LOGS / "demo-sandbox.log",
        env=odoo.environment(),
        cwd=layout.ROOT,
    )


def start_odoo(port):
    arguments = ["-d", NAME, f"--db-filter=^{NAME}$", "-p", port, "--workers=0"]
    return programs.Process(
        "Odoo",
        odoo.command(arguments),
        log_path=layout.LOGS / "demo-odoo.log",
        env=odoo.environment(),
        cwd=layout.ROOT,
    )


def announce(port, sandbox_port):
    shell.say(f"\nOdoo:    http://127.0.0.1:{port}/odoo")
    shell.say(f"Sandbox: http://127.0.0.1:{sandbox_port}/")
    for login, password in log_ins():
        shell.say(f"Log-in:  {login}, password {password}")
    shell.say(f"Logs:    {layout.LOGS}/demo-*.log\nCtrl-C stops everything.")


def log_ins():
    """Return log-ins and passwords: Odoo's own, and those of our demo data.

    Demo data gives everybody the log-in as password.
    """
    rows = postgres.sql(
        "SELECT u.login FROM res_users u LEFT JOIN ir_model_data d ON "
        "d.model = 'res.users' AND d.res_id = u.id "
        f"WHERE u.active AND (u.login IN ('admin', 'demo') "
        f"OR d.module = '{layout.ADDON}') GROUP BY u.id ORDER BY u.id",
        NAME,
    )
    return [(login, login) for (login,) in rows]


def watch(started):
    """Wait until somebody interrupts.

    :raise Trouble: when a part ends by itself
    """
    while True:
        for process in started:
            process.check()
        signal.sigtimedwait([], 1)
