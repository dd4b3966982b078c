"""Those who take our messages: a chat, another system, a service that pushes."""

import base64
import json
import threading
from collections import deque
from typing import NamedTuple

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from tests.servers import LOCALHOST


class Taken(NamedTuple):
    """One message as it arrived."""

    path: str
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class Receiver:
    """A server that keeps what it is sent.

    :ivar answers: statuses of the next answers; 0 breaks the connection off after the
        message came, and when there are none left it is ``usual``
    """

    def __init__(self):
        self.taken = []
        self.answers = deque()
        self.usual = 200
        self._server = make_server(LOCALHOST, 0, self._take, threaded=True)
        self.url = f"http://{LOCALHOST}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def at(self, path):
        """Return what came to one path."""
        return [one for one in self.taken if one.path == path]

    def stop(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _take(self, environ, start_response):
        request = Request(environ)
        body = request.get_data()
        self.taken.append(Taken(request.path, dict(request.headers), body))
        status = self.answers.popleft() if self.answers else self.usual
        if not status:
            environ["werkzeug.socket"].close()
        return Response("ok", status or 500)(environ, start_response)


class Device:
    """A browser that has allowed messages: the receiving end of RFC 8291."""

    def __init__(self):
        self._private_key = ec.generate_private_key(ec.SECP256R1())
        self._secret = b"0123456789abcdef"

    @property
    def keys(self):
        """Return what the browser tells the server."""
        public = self._private_key.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        return {"p256dh": _encode(public), "auth": _encode(self._secret)}

    def decrypt(self, taken):
        """Return the message that a server encrypted for this device alone."""
        assert taken.headers["Content-Encoding"] == "aes128gcm"
        plain = http_ece.decrypt(
            taken.body, private_key=self._private_key, auth_secret=self._secret
        )
        return json.loads(plain)


def _encode(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
