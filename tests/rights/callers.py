"""Somebody of each role who calls Odoo remotely, and what he is told."""

import json
from dataclasses import dataclass

import requests

from tests.servers import RpcError

# What Odoo says to who may not, and to who has no session.
REFUSALS = {"AccessError", "SessionExpiredException"}


@dataclass(frozen=True)
class Answer:
    """What came of a call: the class of the error, '' for none, and all it said."""

    error: str
    value: object
    text: str

    @property
    def is_refused(self):
        return self.error in REFUSALS


class Caller:
    """One user with a session, calling as the web client does."""

    def __init__(self, server, login, password):
        self.rpc = server.rpc(login, password)

    def call(self, model, method, *args, **kwargs):
        """Call a method; whatever comes back is an :class:`Answer`."""
        return self._ask(lambda: self.rpc.call(model, method, *args, **kwargs))

    def post(self, path, **params):
        """Send a JSON-RPC request to any address."""
        return self._ask(lambda: self.rpc.request(path, **params))

    def get(self, path):
        """Return the bytes of an address."""
        return self.rpc.read(path)

    @staticmethod
    def _ask(send):
        try:
            value = send()
        except RpcError as error:
            return Answer(error.name, None, f"{error} {error.debug}")
        return Answer("", value, json.dumps(value))


class Anybody:
    """Somebody without a session."""

    def __init__(self, server):
        self.url = server.url

    def call(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        found = requests.post(
            f"{self.url}/web/dataset/call_kw",
            json={"jsonrpc": "2.0", "params": params},
        )
        error = found.json().get("error") or {}
        name = (error.get("data") or {}).get("name", "")
        return Answer(name.rpartition(".")[2], found.json().get("result"), found.text)

    def get(self, path):
        return requests.get(self.url + path, allow_redirects=False)
