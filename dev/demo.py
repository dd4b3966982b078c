"""``make demo``: the addon with demonstration data, and the stand-in networks."""

import os
import signal

from sandbox import memory

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

# Another name, for `make pictures`, leaves the person's own demo alone.
NAME = os.environ.get("DEMO_DATABASE") or "demo"
BUILDING = f"{NAME}_building"
WORLD = layout.LOCAL / f"{NAME}-world"
INSTALL_LOG = layout.LOGS / f"{NAME}-install.log"
# As during an installation: a registry that is ready makes Odoo ask a service outside
# about each new company.
LOAD_DEMO_DATA = """\
from odoo.modules.loading import force_demo
env.registry.ready = False
force_demo(env)
# Odoo's own greeting would cover a telephone's screen.
if "odoobot_state" in env["res.users"]:
    env["res.users"].search([]).odoobot_state = "disabled"
env.cr.commit()
"""
REHEARSED = "social_token_manager.demo_rehearsed"
ANOTHER = "Another `make demo` runs from this folder: stop it first."


class Stopped(Exception):
    """Somebody asked us to stop."""


def run():
    """Serve the demo until somebody interrupts.

    :raise Trouble: when a port is taken or a part does not start
    """
    port, sandbox_port = port_from("PORT", 8069), port_from("SANDBOX_PORT", 8070)
    smtp_port = port_from("SMTP_PORT", programs.free_port())
    signal.signal(signal.SIGTERM, raise_stopped)
    signal.signal(signal.SIGINT, raise_stopped)
    try:
        check_ports(port, sandbox_port, smtp_port)
        setup.ensure_all()
        with steps.locked(NAME, refusal=ANOTHER), postgres.running():
            ensure_database()
            set_address(f"http://127.0.0.1:{port}")
            hasten_mail()
            serve(port, sandbox_port, smtp_port)
    except Stopped:
        shell.say("\nStopped.")


def check_ports(port, sandbox_port, smtp_port):
    """:raise Trouble: when a port cannot be had"""
    if len({port, sandbox_port, smtp_port}) < 3:
        raise Trouble(
            "Two of PORT, SANDBOX_PORT and SMTP_PORT are the same: choose other ports."
        )
    programs.check_port(port, "Odoo", "PORT")
    programs.check_port(sandbox_port, "the sandbox", "SANDBOX_PORT")
    programs.check_port(smtp_port, "the sandbox's mail", "SMTP_PORT")


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
    fresh = os.environ.get("FRESH", "") not in ("", "0")
    if fresh or not database.exists(NAME) or other_odoo() or forgotten():
        create()
    elif not addon_stamp().fresh():
        update()


def forgotten():
    """Tell whether the stand-in networks do not know what the database holds.

    Its tokens would be nobody's. So would those of a rehearsal that was interrupted.
    """
    return not memory.fits(WORLD) or not rehearsed()


def rehearsed():
    statement = f"SELECT 1 FROM ir_config_parameter WHERE key = '{REHEARSED}'"
    return bool(postgres.sql(statement, NAME))


def other_odoo():
    return not odoo_stamp().fresh()


def odoo_stamp():
    value = steps.digest(odoo_source.identity())
    return steps.Stamp(layout.LOCAL / f"{NAME}-odoo", value)


def addon_stamp():
    value = steps.digest(layout.ROOT / layout.ADDON)
    return steps.Stamp(layout.LOCAL / f"{NAME}-addon", value)


def create():
    shell.say(f"Creating the database `{NAME}` with demo data (half a minute) ...")
    now = addon_stamp()
    database.drop(BUILDING)
    database.clone(database.ensure_template(), BUILDING)
    change(["-d", BUILDING, "-i", layout.ADDON], "Creating the demo")
    load_demo_data()
    WORLD.unlink(missing_ok=True)
    database.rename(BUILDING, NAME)
    now.write()
    odoo_stamp().write()


def load_demo_data():
    """Load the demo data of Odoo and of the addon into the database that is built.

    An installation ``--with-demo`` could not begin with the template, which has none.
    """
    shell.run(
        odoo.command(["shell", "-d", BUILDING, "--no-http"]),
        log=INSTALL_LOG.stem,
        what="Loading the demo data",
        env=odoo.environment(),
        cwd=layout.ROOT,
        typed=LOAD_DEMO_DATA,
    )
    report_complaints()


def update():
    shell.say(f"The addon's files have changed: updating the database `{NAME}` ...")
    now = addon_stamp()
    change(["-d", NAME, "-u", layout.ADDON], "Updating the demo")
    now.write()


def change(arguments, what):
    INSTALL_LOG.unlink(missing_ok=True)
    odoo.run(arguments, log=INSTALL_LOG.stem, what=what)
    report_complaints()


def report_complaints():
    # Odoo goes on when demo data fails, and the demo would lack them silently.
    for record in logcheck.bad_records(INSTALL_LOG, only_ours=True):
        shell.say(record.text)


def set_address(url):
    """Fix the address under which Odoo hands out links."""
    for key, value in (("web.base.url", url), ("web.base.url.freeze", "True")):
        database.set_parameter(NAME, key, value)


def hasten_mail():
    """Let Odoo look every minute for queued mail that it was not told to send at once.

    By itself it looks once an hour: nobody waits that long in front of an inbox.
    """
    postgres.sql(
        "UPDATE ir_cron SET interval_type = 'minutes', interval_number = 1, "
        "nextcall = now() AT TIME ZONE 'UTC' WHERE id = (SELECT res_id "
        "FROM ir_model_data WHERE module = 'mail' "
        "AND name = 'ir_cron_mail_scheduler_action')",
        NAME,
    )


# --- serving ------------------------------------------------------------------


def serve(port, sandbox_port, smtp_port):
    started = []
    try:
        started.append(start_sandbox(sandbox_port, smtp_port))
        started.append(start_odoo(port, smtp_port))
        started[0].wait_for(f"http://127.0.0.1:{sandbox_port}/", 30)
        started[1].wait_for(f"http://127.0.0.1:{port}/web/login", 120)
        rehearse(port, sandbox_port)
        announce(port, sandbox_port)
        watch(started)
    finally:
        for process in reversed(started):
            process.stop()


def start_sandbox(port, smtp_port):
    return programs.Process(
        "The sandbox",
        [
            *(layout.PYTHON, "-m", "sandbox", "--state", WORLD),
            *("--port", port, "--smtp-port", smtp_port),
        ],
        log_path=layout.LOGS / f"{NAME}-sandbox.log",
        env=odoo.environment(),
        cwd=layout.ROOT,
    )


def start_odoo(port, smtp_port):
    arguments = ["-d", NAME, f"--db-filter=^{NAME}$", "-p", port, "--workers=0"]
    arguments += odoo.mail_arguments(smtp_port)
    arguments += os.environ.get("DEMO_ARGUMENTS", "").split()
    return programs.Process(
        "Odoo",
        odoo.command(arguments),
        log_path=layout.LOGS / f"{NAME}-odoo.log",
        env=odoo.environment(),
        cwd=layout.ROOT,
    )


def rehearse(port, sandbox_port):
    """Let the people of the demo connect, once in the life of a database."""
    if not rehearsed():
        shell.say("Letting people connect profiles, and lose some ...")
    addresses = [f"http://127.0.0.1:{number}" for number in (port, sandbox_port)]
    try:
        shell.run(
            [layout.PYTHON, "-m", "dev.rehearse", *addresses, NAME],
            log=f"{NAME}-rehearse",
            what="The rehearsal",
            env=odoo.environment(),
            cwd=layout.ROOT,
        )
    except Trouble as error:
        # The rest of the demo works all the same; the next start makes it anew.
        shell.say(f"The demo lacks connected profiles. {error}")


def announce(port, sandbox_port):
    shell.say(f"\nOdoo:    http://127.0.0.1:{port}/odoo")
    shell.say(f"Sandbox: http://127.0.0.1:{sandbox_port}/")
    shell.say(f"Inbox:   http://127.0.0.1:{sandbox_port}/mail")
    for login, password in log_ins():
        shell.say(f"Log-in:  {login}, password {password}")
    shell.say(f"Logs:    {layout.LOGS}/{NAME}-*.log\nCtrl-C stops everything.")


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
