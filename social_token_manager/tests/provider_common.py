"""What the tests of the outside world share. None of them needs a database."""

import logging
import socket
import ssl
import threading
import time
import traceback
import unittest
from contextlib import contextmanager, suppress
from datetime import timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from odoo.tests import BaseCase
from odoo.tests.common import _super_send

from ..providers.errors import OutcomeUnknown, ProviderError, Unreachable
from ..providers.results import StoredToken
from ..providers.transport import Transport
from ..providers.values import utc

try:
    from sandbox.server import running as running_sandbox
    from sandbox.testing import AccountApp, MetaApp
except ImportError:  # the addon alone, without its repository
    running_sandbox = AccountApp = MetaApp = None

REDIRECT_URI = "http://127.0.0.1:9/social/callback/key"
DAY = 86400
NONSENSE = (None, "soon", "", -1, 0, 1e-9, 10**300, True, [], {}, "nan", "9" * 5000)
NOT_EVEN_JSON = ("NaN", "Infinity", "-Infinity", "1e999", "-1e999")
ODD_SECRETS = (None, "", " ", 5, True, ["x"], {}, "a b", "a\nX: y", "é", "a\0")
# What is no definite answer at any network: a kind of fault, and what it takes.
TROUBLE = (
    ("status", {"status": 500}),
    ("status", {"status": 503, "headers": {"Retry-After": "30"}}),
    ("status", {"status": 404}),
    ("status", {"status": 401}),
    ("html", {}),
    ("html", {"after": True}),
    ("empty", {}),
    ("truncated", {}),
    ("cut", {}),
    ("close", {}),
    ("endless", {}),
    ("redirect", {"location": "http://127.0.0.1:9/"}),
    *(
        ("body", {"body": body})
        for body in ("null", "true", "5", '"text"', "[]", "NaN", "[" * 100_000)
    ),
)
LOOPBACK = "127.0.0.1"
CLOSING = "Connection: close"
OUTSIDE_LOGGERS = ("urllib3", "requests", "authlib", "http", "odoo.addons")

needs_sandbox = unittest.skipUnless(running_sandbox, "the stand-in networks are absent")


def kinds_of(kind):
    """Return the exact classes that count as a kind: also whose effect is unknown."""
    return (kind, OutcomeUnknown) if kind is Unreachable else (kind,)


class OutsideCase(BaseCase):
    """A test whose calls the transport guards, instead of Odoo's guard of tests."""

    @classmethod
    def _request_handler(cls, session, request, /, **options):
        return _super_send(session, request, **options)

    def serve(self, answer, **options):
        """Return a :class:`RawServer` that runs until the end of the test."""
        server = RawServer(answer, **options)
        self.addCleanup(server.stop)
        return server

    @contextmanager
    def everything_logged(self):
        """Give a list that fills with all lines logged meanwhile, at debug level."""
        lines = _Lines()
        loggers = [logging.getLogger(name) for name in OUTSIDE_LOGGERS]
        before = [(logger.level, logger.propagate) for logger in loggers]
        for logger in loggers:
            logger.setLevel(logging.DEBUG)
            logger.addHandler(lines)
            logger.propagate = logger.name == "odoo.addons"
        try:
            yield lines.texts
        finally:
            for logger, (level, propagate) in zip(loggers, before, strict=True):
                logger.setLevel(level)
                logger.propagate = propagate
                logger.removeHandler(lines)

    def assert_silent(self, call, secrets):
        """Make a call; neither what comes of it nor the debug log has a secret."""
        with self.everything_logged() as lines:
            try:
                said = repr(call())
            except ProviderError as failure:
                said = "".join(traceback.format_exception(failure))
                said += repr(failure) + repr(vars(failure))
        self.assertTrue(lines)
        for secret in secrets:
            self.assertNotIn(secret, said)
            self.assertNotIn(secret, "\n".join(lines))


class SandboxCase(OutsideCase):
    """A test with the stand-in networks running at ``base_url``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        running = running_sandbox()
        cls.base_url = running.__enter__().base_url
        cls.addClassCleanup(running.__exit__, None, None, None)


class StandInCase(SandboxCase):
    """A test of a provider against its stand-in.

    :cvar app_class: of ``sandbox.testing``, the ready-made client
    :ivar passed: seconds that went by at the stand-in
    """

    app_class = None

    def setUp(self):
        super().setUp()
        self.start_over()
        self.transport = Transport({LOOPBACK})

    def start_over(self):
        self.there = self.app_class(self.base_url)
        self.control = self.there.control
        self.passed = 0

    def stored(self, grant=None, token=None, **values):
        """Return what the database would hold of a grant.

        :param token: what a refresh gave since
        """
        grant = grant or self.grant()
        token = token or grant.token
        kept = {
            "access_token": token.access_token,
            "refresh_token": token.refresh_token or grant.token.refresh_token,
            "subject": grant.person.external_id,
            "scopes": token.scopes or grant.token.scopes,
            "issued_at": token.issued_at,
            "access_expires_at": token.access_expires_at,
        }
        return StoredToken(**kept | values)

    # === THE SANDBOX === #

    def fault(self, path, kind, **values):
        path = f"/{self.there.network}/{path.lstrip('/')}"
        self.control("/faults", path=path, kind=kind, **values)

    def answer(self, path, **members):
        """Let the real answer have these members instead of its own."""
        self.fault(path, "json", times=0, set=members)

    @contextmanager
    def spoilt(self, path, kind, **values):
        """Let all calls of a path meet a fault meanwhile."""
        self.fault(path, kind, times=0, **values)
        try:
            yield
        finally:
            self.clear_faults()

    def clear_faults(self):
        self.control("/faults/clear")

    def calls(self, path=""):
        """Return the logged calls whose path ends so, and forget all."""
        found = self.there.state("/requests")
        self.control("/requests/clear")
        return [call for call in found if call["path"].endswith(path)]

    def pass_time(self, seconds):
        """Move the stand-in's clock, and remember it for ours."""
        self.control("/clock", advance=seconds)
        self.passed += seconds

    # === PROMISES === #

    def assert_fails(self, kind, call, *args, **kwargs):
        with self.assertRaises(ProviderError) as caught:
            call(*args, **kwargs)
        self.assertIn(type(caught.exception), kinds_of(kind))
        return caught.exception


class _Lines(logging.Handler):
    def __init__(self):
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))
        self.texts = []

    def emit(self, record):
        self.texts.append(self.format(record))


class RawServer:
    """A server on loopback that answers with whatever bytes a test wants.

    :param answer: bytes to send, or a function that gets each accepted connection
        and the request's bytes
    :param tls: an ``ssl.SSLContext``
    """

    def __init__(self, answer, tls=None, host=LOOPBACK):
        self.answer = (
            answer if callable(answer) else lambda line, _: line.sendall(answer)
        )
        self.tls = tls
        self.host = host
        self.connections = 0
        self.requests = []
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family)
        self._lines = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def port(self):
        return self._listener.getsockname()[1]

    @property
    def url(self):
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http{'s' if self.tls else ''}://{host}:{self.port}"

    def sleep(self, seconds):
        """Wait, but no longer than the test."""
        self._over.wait(seconds)
        if self._over.is_set():
            raise ConnectionError("the test is over")

    def stop(self):
        self._over.set()
        # Shutting down wakes the thread that waits for a connection; closing does not.
        for line in (self._listener, *self._lines):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self):
        while not self._over.is_set():
            try:
                line, _address = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._lines.append(line)
            thread = threading.Thread(target=self._talk, args=(line,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _talk(self, line):
        with suppress(OSError), line:
            if self.tls:
                line = self.tls.wrap_socket(line, server_side=True)
                self._lines.append(line)
            while request := self._read(line):
                self.requests.append(request)
                if self.answer(line, request) != "keep":
                    return

    @staticmethod
    def _read(line):
        """Return one request, its body included."""
        request = b""
        while b"\r\n\r\n" not in request:
            more = line.recv(65536)
            if not more:
                return b""
            request += more
        head, _blank, body = request.partition(b"\r\n\r\n")
        for name, _colon, value in (row.partition(b":") for row in head.split(b"\r\n")):
            if name.lower() == b"content-length":
                while len(body) < int(value):
                    body += line.recv(65536)
        return head + b"\r\n\r\n" + body


def http(body=b"{}", status="200 OK", headers=(), length=True):
    """Return the bytes of an HTTP answer."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", *headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, CLOSING]).encode() + b"\r\n\r\n" + body


def keep(answer):
    """Return an answer function that leaves the connection open for the next call."""

    def send(line, _request):
        line.sendall(unannounced(answer))
        return "keep"

    return send


def unannounced(answer):
    """Return an answer without the word that the connection closes after it."""
    return answer.replace(f"\r\n{CLOSING}".encode(), b"")


def self_signed(folder, *names):
    """Return a server's TLS context and the file of the certificate it shows."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stand-in")])
    now = utc(time.time())
    alternatives = [
        x509.IPAddress(ip_address(one)) if one[0].isdigit() else x509.DNSName(one)
        for one in names
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    public = folder / "certificate.pem"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = folder / "key.pem"
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, public
