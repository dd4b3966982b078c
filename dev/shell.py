"""Running other programs, quietly, with the output kept in a log file."""

import os
import subprocess

from . import layout
from .trouble import Trouble


def say(text):
    """Print one line of progress at once, also through a pipe."""
    print(text, flush=True)


def run(command, *, log, what, env=None, cwd=None, typed=None):
    """Run ``command`` with its output appended to ``.local/log/<log>.log``.

    :param what: the purpose in words, the beginning of the error sentence
    :param typed: what the program reads from its standard input
    :raise Trouble: when the program is absent or ends with an error
    """
    path = layout.LOGS / f"{log}.log"
    with path.open("ab") as output:
        output.write(f"$ {' '.join(map(str, command))}\n".encode())
        output.flush()
        start = output.tell()
        code = call(
            command, stdout=output, stderr=output, env=env, cwd=cwd, typed=typed
        )
    if code:
        raise Trouble(
            f"{what} failed (exit code {code}); the last lines of {path} are:\n"
            + tail(path, start)
        )


def call(command, *, env=None, typed=None, **options):
    """Run ``command`` with ``typed`` as its input and return its exit code.

    :raise Trouble: when the program is absent
    """
    try:
        return subprocess.run(
            [str(part) for part in command],
            input=(typed or "").encode(),
            env=merged(env),
            check=False,
            **options,
        ).returncode
    except FileNotFoundError as error:
        raise Trouble(f"The program {command[0]} is missing: install it.") from error


def output_of(command, *, env=None, cwd=None):
    """Return what ``command`` prints, or None when it fails or is absent."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=merged(env),
            cwd=cwd,
            check=False,
        )
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None


def merged(env):
    """Return the environment of this process with ``env`` laid over it."""
    return {**os.environ, **env} if env else None


def tail(path, start=0, lines=15):
    """Return the last ``lines`` of the file, of what lies behind ``start``."""
    with open(path, "rb") as source:
        source.seek(start)
        text = source.read().decode(errors="replace")
    return "\n".join("    " + line for line in text.splitlines()[-lines:])
