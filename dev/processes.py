"""Long-running programs of ours: started, waited for, and stopped without a rest."""

import contextlib
import ctypes
import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from . import shell
from .trouble import Trouble

# Loaded before any fork: the child of a program with threads must not load things.
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
PATIENCE = 10.0
PORTS = range(15000, 32000)


def free_port():
    """Return a port of this machine that nobody listens on.

    Not one of those that the system itself gives away: it is bound only later, and two
    who ask at once should not be given the same.
    """
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def check_port(port, purpose, variable):
    """Make sure that a port can be had.

    :raise Trouble: when somebody listens on it, with the variable that moves ours
    """
    with socket.socket() as probe:
        # Otherwise a connection of the last run that lingers looks like a listener.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Trouble(
                f"Port {port}, wanted for {purpose}, cannot be had ({error.strerror}): "
                f"stop the program that uses it, or choose another with "
                f"{variable}=<port>."
            ) from error


def die_with_parent():
    """Let the kernel end this process when the one that started it is gone."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Process:
    """A program in a process group of its own, with its output in a file."""

    def __init__(self, name, command, *, log_path, env=None, cwd=None):
        self.name = name
        self.log_path = log_path
        with open(log_path, "wb") as log:
            self.popen = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=shell.merged(env),
                cwd=cwd,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    @property
    def pid(self):
        return self.popen.pid

    def ended(self):
        return self.popen.poll() is not None

    def check(self):
        """:raise Trouble: when it has ended, with the end of its output"""
        if self.ended():
            raise Trouble(
                f"{self.name} ended (exit code {self.popen.returncode}); the last "
                f"lines of {self.log_path} are:\n{shell.tail(self.log_path)}"
            )

    def wait_for(self, url, seconds):
        """Wait until ``url`` answers.

        :raise Trouble: when the program ends or does not answer in time
        """
        deadline = time.monotonic() + seconds
        while not answers(url):
            self.check()
            if time.monotonic() > deadline:
                raise Trouble(
                    f"{self.name} does not answer at {url} after {seconds:.0f} s; the "
                    f"last lines of {self.log_path} are:\n{shell.tail(self.log_path)}"
                )
            time.sleep(0.1)

    def stop(self):
        """End it and all it started: politely, then by force."""
        self.signal(signal.SIGTERM)
        try:
            self.popen.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            pass
        self.kill()

    def kill(self):
        """End it and all it started at once, without a chance to clean up."""
        self.signal(signal.SIGKILL)
        self.popen.wait()

    def signal(self, number):
        try:
            os.killpg(self.popen.pid, number)
        except ProcessLookupError:
            pass


def answers(url):
    """Tell whether an HTTP server answers at ``url``, with whatever status."""
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        return False
