"""Real servers for tests: Odoo and the sandbox as processes of their own."""

import itertools
import json
import os
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing, contextmanager
from functools import cached_property
from http.cookiejar import CookieJar

import psycopg2
from passlib.hash import pbkdf2_sha512

from dev import database, layout, logcheck, odoo, odoo_source, processes, testing

LOCALHOST = "127.0.0.1"
# With the addons that only tests and pictures need.
ADDONS_PATH = "--addons-path=" + ",".join(
    map(str, [*odoo_source.addons_paths(), layout.ROOT, layout.ROOT / "tests/addons"])
)
QUICK_HASHES = "--load=base,rpc,web,social_quick_hashes"


def send(opener, url, payload):
    """POST a JSON document, return the JSON answer."""
    request = urllib.request.Request(
        url, json.dumps(payload).encode(), {"Content-Type": "application/json"}
    )
    with opener.open(request, timeout=60) as answer:
        return json.load(answer)


def wait_for(check, seconds=60):
    """Return how long it took until a check held.

    :raise AssertionError: it never did
    """
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        if check():
            return time.monotonic() - start
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")


class Sandbox:
    """The stand-in networks."""

    def __init__(self):
        self.port = processes.free_port()
        self.smtp_port = processes.free_port()
        self.url = f"http://{LOCALHOST}:{self.port}"
        self.log_path = layout.LOGS / f"test-sandbox-{self.port}.log"
        self._process = processes.Process(
            "The sandbox",
            [layout.PYTHON, "-m", "sandbox", "--port", self.port]
            + ["--smtp-port", self.smtp_port],
            log_path=self.log_path,
            env=odoo.environment(),
            cwd=layout.ROOT,
        )

    def wait(self):
        self._process.wait_for(f"{self.url}/", 30)

    def control(self, path, payload=None):
        """Change the sandbox's behaviour: POST to ``/_control/<path>``."""
        opener = urllib.request.build_opener()
        url = f"{self.url}/_control/{path.lstrip('/')}"
        return send(opener, url, payload or {})

    def read(self, path):
        """Read the sandbox's state: GET ``/_control/<path>``."""
        url = f"{self.url}/_control/{path}"
        with urllib.request.urlopen(url, timeout=60) as answer:
            return json.load(answer)

    def mails(self, to=None):
        """Return the mail that was sent, oldest first: all, or that to one address."""
        return self.read("mail?" + urllib.parse.urlencode({"to": to or ""}))

    def wait_for_mail(self, to, subject_part, seconds=30):
        """Return the latest mail to an address with these words in its subject.

        :raise AssertionError: when none comes in time, with the subjects that came
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            mails = self.mails(to)
            found = [mail for mail in mails if subject_part in mail["subject"]]
            if found:
                return found[-1]
            time.sleep(0.2)
        subjects = [mail["subject"] for mail in self.mails(to)]
        raise AssertionError(
            f"No mail to {to} about {subject_part!r} in {seconds} s, only {subjects}"
        )

    def stop(self):
        self._process.stop()


@contextmanager
def running_sandbox():
    """Give a :class:`Sandbox`, running."""
    found = Sandbox()
    try:
        found.wait()
        yield found
    finally:
        found.stop()


class OdooServer:
    """An Odoo process on a database.

    :param db: the database; it exists and has the addon
    :param workers: 0 for threads, more for that many HTTP processes
    :param arguments: further arguments of the command line
    :param env: further environment variables
    :param mail: the :class:`Sandbox` that gets the mail; without, sending fails
    """

    def __init__(self, db, workers=0, arguments=(), env=None, mail=None):
        self.db = db
        self.workers = workers
        # Never the machine's own mail server: nothing listens on the port 9.
        smtp_port = mail.smtp_port if mail else 9
        self.arguments = [*odoo.mail_arguments(smtp_port), *arguments]
        self.env = env or {}
        self.port = processes.free_port()
        self.url = f"http://{LOCALHOST}:{self.port}"
        self.log_path = layout.LOGS / f"test-odoo-{db}-{self.port}.log"
        self._expected = []
        self._process = None
        self._stopped_at = None

    @property
    def pid(self):
        return self._process.pid

    def start(self):
        """Start the process and wait until it answers; also after ``kill``."""
        self._stopped_at = None
        self._process = processes.Process(
            "Odoo",
            odoo.command(self._arguments()),
            log_path=self.log_path,
            env={**odoo.environment(), **self.env},
            cwd=layout.ROOT,
        )
        self._process.wait_for(f"{self.url}/web/health", 120)
        return self

    def _arguments(self):
        return [
            *("-d", self.db, f"--db-filter=^{self.db}$", "-p", self.port),
            f"--gevent-port={processes.free_port()}",
            f"--workers={self.workers}",
            *(ADDONS_PATH, QUICK_HASHES),
            # Everything at debug level, but not each SQL statement.
            *("--log-handler=:DEBUG", "--log-handler=odoo.sql_db:INFO"),
            *self.arguments,
        ]

    def forget_messages(self):
        """Let no page that opens now hear of what was told in the last minute."""
        with self.cursor() as cr:
            cr.execute("DELETE FROM bus_bus")

    def kill(self):
        """SIGKILL, for the process and its workers."""
        self._process.kill()

    def stop(self):
        """Stop the process; what Odoo says of work cut off by that does not count."""
        self._end(processes.Process.stop)

    def discard(self):
        """End the process at once: nobody needs it or its database any more."""
        self._end(processes.Process.kill)

    def _end(self, how):
        if self._process:
            self._stopped_at = self.log_path.stat().st_size
            how(self._process)
            # Stopping twice must not move the moment.
            self._process = None

    def log(self):
        return self.log_path.read_text(errors="replace")

    def expect_log(self, pattern):
        """Say that a warning or an error that matches the pattern is all right."""
        self._expected.append(re.compile(pattern))

    def complaints(self):
        """Return the warnings and errors of ours in the log that nobody expected."""
        return [
            record.text
            for record in logcheck.bad_records(
                self.log_path, only_ours=True, until=self._stopped_at
            )
            if not any(pattern.search(record.text) for pattern in self._expected)
        ]

    def cursor(self):
        """Return :func:`connect` to the database."""
        return connect(self.db)

    def rpc(self, login, password):
        return Rpc(self.url, self.db, login, password)

    @cached_property
    def _administrator(self):
        # Logging in takes as long as most of what is then called.
        return self.rpc("admin", "admin")

    def run_cron(self, xml_id, seconds=60):
        """Run a scheduled action now, to its end, as the administrator.

        Odoo's own threads may be at it: then it is run once more when they are done.

        :raise RpcError: when it fails, or when others are still at it after ``seconds``
        """
        answer = self.when_free(xml_id, "method_direct_trigger", seconds=seconds)
        if answer is not True:
            # The action itself has failed; this is what the web client would show.
            trace = answer["params"]["data"]["debug"]
            raise RpcError({"message": f"{xml_id} failed:\n{trace}"})

    def put_off_cron(self, xml_id):
        """Have a scheduled action run only when something triggers it."""
        self.when_free(xml_id, "write", {"nextcall": "2099-01-01 00:00:00"})

    def when_free(self, xml_id, method, *arguments, seconds=60):
        """Call a method of a scheduled action as soon as it is not being run."""
        rpc = self._administrator
        deadline = time.monotonic() + seconds
        cron_id = rpc.id_of(xml_id)
        while True:
            try:
                return rpc.call("ir.cron", method, [cron_id], *arguments)
            except RpcError as error:
                if error.name != "UserError" or time.monotonic() > deadline:
                    raise
                time.sleep(0.2)


@contextmanager
def connect(db):
    """Give a cursor of a new connection; leaving the block commits and closes."""
    with closing(psycopg2.connect(dbname=db)) as connection:
        with connection, connection.cursor() as cr:
            yield cr


class RpcError(Exception):
    """Odoo answered with an error; ``name`` is its class, such as AccessError."""

    def __init__(self, error):
        data = error.get("data") or {}
        super().__init__(data.get("message") or error.get("message"))
        self.name = (data.get("name") or "").rpartition(".")[2]
        self.debug = data.get("debug")


class Rpc:
    """What the web client sends: a session of one user.

    >>> rpc.call("res.partner", "search_read", [], fields=["name"])
    """

    def __init__(self, url, db, login, password):
        self.url = url
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar())
        )
        self._ids = itertools.count(1)
        self.session = self.request(
            "/web/session/authenticate", db=db, login=login, password=password
        )
        self.uid = self.session["uid"]

    def request(self, path, **params):
        """Send a JSON-RPC request, return its result.

        :raise RpcError: when Odoo answers with an error
        """
        payload = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = send(self._opener, self.url + path, {**payload, "id": next(self._ids)})
        if "error" in answer:
            raise RpcError(answer["error"])
        return answer.get("result")

    def read(self, path):
        """Return what an address answers to the session, as bytes."""
        with self._opener.open(self.url + path, timeout=60) as answer:
            return answer.read()

    def call(self, model, method, *args, **kwargs):
        """Call a method as the web client does."""
        return self.request(
            f"/web/dataset/call_kw/{model}/{method}",
            **{"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def id_of(self, xml_id):
        """Return the id of the record with an external id, as an administrator."""
        module, name = xml_id.split(".")
        domain = [("module", "=", module), ("name", "=", name)]
        (found,) = self.call("ir.model.data", "search_read", domain, ["res_id"])
        return found["res_id"]


class Servers:
    """Starts Odoo processes for one test and clears them away."""

    _numbers = itertools.count(1)

    def __init__(self):
        self._databases = []
        self._servers = []

    def __call__(self, db=None, template=None, **options):
        """Start an Odoo: on a fresh database, or as another process on ``db``.

        :param template: of the fresh database, instead of one with the addon alone
        """
        server = OdooServer(db or self.fresh_database(template), **options)
        self._servers.append(server)
        if not db:
            self.set_address(server)
        return server.start()

    def fresh_database(self, template=None):
        """Clone a database that has the addon installed, return the name."""
        run = os.environ[testing.RUN_VARIABLE]
        name = f"{run}_{next(self._numbers)}"
        self._databases.append(name)
        database.clone(template or os.environ[testing.TEMPLATE_VARIABLE], name)
        with connect(name) as cr:
            quick = pbkdf2_sha512.using(rounds=1).hash("admin")
            cr.execute("UPDATE res_users SET password = %s WHERE id = 2", [quick])
        return name

    def copy(self, db):
        """Copy a database that no Odoo runs on, as ``createdb -T`` does."""
        name = f"{db}_copy"
        self._databases.append(name)
        database.clone(db, name)
        return name

    @staticmethod
    def set_address(server):
        database.set_parameter(server.db, "web.base.url", server.url)
        database.set_parameter(server.db, "web.base.url.freeze", "True")

    def clear(self):
        """Stop all and drop their databases; return what they complained about."""
        for server in self._servers:
            server.discard()
        for name in self._databases:
            database.drop(name)
        return [text for server in self._servers for text in server.complaints()]


@contextmanager
def running_odoo():
    """Give :class:`Servers`; clear away what it started.

    :raise AssertionError: when all went well, but a log has complaints of ours
    """
    factory = Servers()
    complaints = []
    try:
        yield factory
    finally:
        complaints = factory.clear()
    if complaints:
        raise AssertionError("Odoo's log has complaints:\n" + "\n".join(complaints))
