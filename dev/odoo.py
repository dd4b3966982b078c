"""Running Odoo: its configuration file, its environment, its command line."""

import os

from . import layout, odoo_source, postgres, shell, steps

HOSTS_VARIABLE = "SOCIAL_TOKEN_MANAGER_DEV_HOSTS"
DEV_HOSTS = "127.0.0.1,localhost"
EMAIL_FROM = "odoo@odoo.example"


def write_conf():
    """Bring ``.local/odoo.conf`` in line with the Odoo and the server in use."""
    options = {
        "addons_path": ",".join(map(str, [*odoo_source.addons_paths(), layout.ROOT])),
        "data_dir": layout.DATA,
        "http_interface": "127.0.0.1",
        "http_port": "8069",
        "gevent_port": "8072",
        "admin_passwd": "admin",
    }
    if not postgres.external():
        options |= {
            "db_host": postgres.socket_dir(),
            "db_port": postgres.PORT,
            "db_user": postgres.ROLE,
            "pg_path": postgres.programs(),
        }
    lines = [f"{name} = {value}\n" for name, value in options.items()]
    # The master password stands in it.
    steps.write_if_changed(layout.CONF, "[options]\n" + "".join(lines), mode=0o600)


def environment():
    """Return the variables that Odoo, and what tests it, runs with.

    The configuration file is named here, for each subcommand wants the option in
    another place. Plain http to the sandbox is allowed in development, nowhere else.
    """
    postgres_variables = postgres.environment()
    npm = layout.NODE / "node_modules" / ".bin"
    path = os.pathsep.join(
        [str(layout.VENV / "bin"), postgres_variables["PATH"], str(npm)]
    )
    return {
        **postgres_variables,
        "PATH": path,
        "PYTHONUNBUFFERED": "1",
        "ODOO_RC": str(layout.CONF),
        # Debian's wkhtmltopdf looks for a display unless it is told that there is none.
        "QT_QPA_PLATFORM": "offscreen",
        HOSTS_VARIABLE: os.environ.get(HOSTS_VARIABLE, DEV_HOSTS),
    }


def mail_arguments(port):
    """Return the arguments with which Odoo sends its mail to a port of this machine."""
    return ["--smtp=127.0.0.1", f"--smtp-port={port}", f"--email-from={EMAIL_FROM}"]


def command(arguments):
    return [layout.PYTHON, "-m", "odoo", *arguments]


def run(arguments, *, log, what):
    """Run Odoo to its end without HTTP, its output in ``.local/log/<log>.log``."""
    shell.run(
        command([*arguments, "--stop-after-init", "--no-http"]),
        log=log,
        what=what,
        env=environment(),
        cwd=layout.ROOT,
    )
