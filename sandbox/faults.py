"""Trouble on request: delays, refusals and nonsense for calls whose path matches.

A fault takes the place of a real answer (or spoils it) for ``times`` calls. With
``after`` the network does its work first and only the answer is lost: the caller cannot
know the outcome.
"""

import fnmatch
import itertools
import json
import time
from dataclasses import asdict, dataclass, field

from werkzeug.wrappers import Response

from .problems import ControlError

HTML_BODY = "<!DOCTYPE html><title>Sorry</title><h1>Sorry, something went wrong.</h1>"
NEEDS_REAL_ANSWER = {"truncated", "cut", "drip", "json"}


@dataclass
class Fault:
    """One kind of trouble.

    :param path: shell pattern on the path, e.g. ``/meta/*/me/accounts``.
    :param times: how many calls it hits; 0 means until cleared.
    :param skip: how many matching calls pass unharmed first.
    :param after: do the real work, then lose or replace the answer.
    """

    path: str = "*"
    kind: str = "status"
    method: str = ""
    times: int = 1
    skip: int = 0
    after: bool = False
    status: int = 0
    code: int = 0
    subcode: int = 0
    message: str = ""
    type: str = "OAuthException"
    is_transient: bool = None
    body: str = ""
    content_type: str = "text/html; charset=utf-8"
    headers: dict = field(default_factory=dict)
    location: str = ""
    seconds: float = 0.1
    set: dict = field(default_factory=dict)
    remove: list = field(default_factory=list)
    hits: int = 0

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ControlError(
                f"Unknown fault {self.kind!r}. There are: {', '.join(KINDS)}."
            )

    def takes(self, request):
        """Count this call; return whether the fault hits it."""
        if not fnmatch.fnmatchcase(request.path, self.path):
            return False
        if self.method and self.method != request.method:
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times and self.hits >= self.times:
            return False
        self.hits += 1
        return True

    def answer(self, network, make_real):
        """Return the spoiled answer.

        :param network: the network the path belongs to, which shapes ``error`` answers.
        :param make_real: does the real work and returns the real answer.
        """
        needs_real = self.after or self.kind in NEEDS_REAL_ANSWER
        response = KINDS[self.kind](self, network, make_real() if needs_real else None)
        response.headers.update(self.headers)
        return response


@dataclass
class Latency:
    """Seconds every matching call waits before it is looked at."""

    path: str = "*"
    seconds: float = 1.0
    times: int = 0
    hits: int = 0

    def takes(self, request):
        if not fnmatch.fnmatchcase(request.path, self.path):
            return False
        if self.times and self.hits >= self.times:
            return False
        self.hits += 1
        return True


def _status(fault, network, real):
    return Response(
        fault.body or HTML_BODY,
        status=fault.status or 500,
        content_type=fault.content_type,
    )


def _error(fault, network, real):
    return network.fault_response(fault)


def _body(fault, network, real):
    return Response(
        fault.body or HTML_BODY,
        status=fault.status or 200,
        content_type=fault.content_type,
    )


def _empty(fault, network, real):
    return Response(b"", status=fault.status or 200, content_type="application/json")


def _redirect(fault, network, real):
    return Response(
        b"", status=fault.status or 302, headers={"Location": fault.location or "/"}
    )


def _truncated(fault, network, real):
    text = real.get_data()
    return Response(
        text[: len(text) // 2], status=real.status_code, content_type=real.content_type
    )


def _cut(fault, network, real):
    """Announce the whole length, send half of it and close."""
    text = real.get_data()
    response = Response(
        text[: len(text) // 2], status=real.status_code, content_type=real.content_type
    )
    response.automatically_set_content_length = False
    response.headers["Content-Length"] = str(len(text))
    return response


def _drip(fault, network, real):
    def slowly():
        for number in data:
            time.sleep(fault.seconds)
            yield bytes([number])

    data = real.get_data()
    return Response(slowly(), status=real.status_code, content_type=real.content_type)


def _endless(fault, network, real):
    # A JSON array that never ends, so that only a limit on size or time can stop its
    # reader.
    chunks = itertools.chain([b"["], itertools.repeat(b'"stand-in", ' * 500))
    return Response(chunks, status=fault.status or 200, content_type="application/json")


def _close(fault, network, real):
    # The server answers a broken connection by closing it without a word.
    raise ConnectionAbortedError("fault: connection closed")


def _json(fault, network, real):
    data = real.get_json()
    try:
        for path in fault.remove:
            holder, key = _find(data, path)
            holder.pop(key)
        for path, value in fault.set.items():
            holder, key = _find(data, path)
            holder[key] = value
    except (KeyError, IndexError, TypeError):
        raise ControlError(f"The real answer has nothing at {path!r}.") from None
    return Response(
        json.dumps(data),
        status=fault.status or real.status_code,
        content_type=real.content_type,
    )


def _find(data, path):
    """Return the holder and last key of a dotted path such as ``data.0.id``."""
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in steps:
        data = data[step]
    return data, last


KINDS = {
    "status": _status,
    "error": _error,
    "html": _body,
    "body": _body,
    "empty": _empty,
    "truncated": _truncated,
    "cut": _cut,
    "endless": _endless,
    "drip": _drip,
    "json": _json,
    "redirect": _redirect,
    "close": _close,
}


class Trouble:
    """The faults and delays in force."""

    def __init__(self):
        self.faults = []
        self.latencies = []

    def fault_for(self, request):
        return next((fault for fault in self.faults if fault.takes(request)), None)

    def delay_for(self, request):
        return sum(
            latency.seconds for latency in self.latencies if latency.takes(request)
        )

    def state(self):
        return {
            "faults": [asdict(fault) for fault in self.faults],
            "latency": [asdict(latency) for latency in self.latencies],
        }
