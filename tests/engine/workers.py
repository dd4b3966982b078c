"""The other end of :mod:`tests.engine.worker`: starts workers and asks them."""

import json
import os
import signal
import subprocess
import time

from dev import layout, odoo


class Worker:
    """One process with Odoo's registry of a database."""

    def __init__(self, database, number=0):
        self.log_path = layout.LOGS / f"test-worker-{database}-{number}.log"
        with open(self.log_path, "wb") as log:
            self._process = subprocess.Popen(
                [str(layout.PYTHON), "-m", "tests.engine.worker", database],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=layout.ROOT,
                env={**os.environ, **odoo.environment()},
                text=True,
            )

    def wait_until_ready(self):
        assert self.receive() == "ready"
        return self

    def send(self, role, *arguments, way="here"):
        """Ask for something; the answer is to be received."""
        line = " ".join([way, role, *map(str, arguments)])
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def receive(self):
        line = self._process.stdout.readline()
        assert line, self.log_path.read_text()[-3000:]
        return json.loads(line)

    def ask(self, role, *arguments):
        self.send(role, *arguments)
        return self.receive()

    def ask_and_kill(self, role, *arguments, after):
        """Let a child do something, and SIGKILL it after some seconds.

        :return: whether it was still at it
        """
        self.send(role, *arguments, way="fork")
        child = self.receive()["pid"]
        time.sleep(after)
        try:
            # It is the worker's child and not reaped: its id cannot be another's.
            os.kill(child, signal.SIGKILL)
        except ProcessLookupError:
            return False
        finally:
            self.receive()
        return True

    def stop(self):
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
