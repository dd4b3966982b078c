"""A demo of its own, as ``make demo`` starts it, for a test or for pictures."""

import time

from dev import database, layout, processes
from dev.trouble import Trouble

PATIENCE = 300
READY = "Ctrl-C stops"


class Demo:
    """``make demo`` with a database, ports and logs of its own.

    ``url`` is Odoo's address and ``sandbox_url`` the stand-in networks', anew with
    each start.

    :param name: of the database
    :param arguments: of Odoo's command line, in one string
    """

    def __init__(self, name, arguments=""):
        self.name = name
        self.arguments = arguments
        self.log_path = layout.LOGS / f"{name}-demo.log"
        self.odoo_log_path = layout.LOGS / f"{name}-odoo.log"
        self._process = None

    def start(self):
        """Start it and wait until it says that all is there.

        :raise Trouble: when it ends, is not there in time, or lacks profiles
        """
        ports = [str(processes.free_port()) for _purpose in ("Odoo", "sandbox")]
        self.url, self.sandbox_url = [f"http://127.0.0.1:{port}" for port in ports]
        self._process = processes.Process(
            "The demo",
            [layout.PYTHON, "-m", "dev", "demo"],
            log_path=self.log_path,
            env={
                "DEMO_DATABASE": self.name,
                "PORT": ports[0],
                "SANDBOX_PORT": ports[1],
                "FRESH": "",
                "DEMO_ARGUMENTS": self.arguments,
            },
            cwd=layout.ROOT,
        )
        said = self._wait()
        if "lacks" in said:
            raise Trouble(said)
        return self

    def _wait(self):
        deadline = time.monotonic() + PATIENCE
        while READY not in (said := self.log_path.read_text()):
            self._process.check()
            if time.monotonic() > deadline:
                raise Trouble(f"The demo is not ready after {PATIENCE} s:\n{said}")
            time.sleep(0.2)
        return said

    def stop(self):
        if self._process:
            self._process.stop()

    def clear(self):
        """Stop it and remove what it kept."""
        self.stop()
        database.drop(self.name)
        for path in layout.LOCAL.glob(f"{self.name}-*"):
            path.unlink()
        (layout.LOCKS / self.name).unlink(missing_ok=True)
