"""The one way out: every call to a network goes through :class:`Transport`.

Promises (reference/security, promise 8): connect within 5 s, the whole call within
20 s, no body over 1 MiB, no redirect followed, certificates verified, netrc and proxy
variables ignored, https and public addresses only, and the address that was checked
is the address connected to. Failures carry neither query nor body.
"""

import ipaddress
import logging
import socket
import threading
import time
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from .errors import AddressRefused, Unreachable

CONNECT_SECONDS = 5
TOTAL_SECONDS = 20
BODY_BYTES = 1024 * 1024
CONNECTIONS = 32
CHUNK = 64 * 1024

_current = threading.local()


class HideQuery(logging.Filter):
    """Drop the query from what urllib3 logs at debug level about each call."""

    def filter(self, record):
        """Rewrite the record in place and always let it pass."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                arg.partition("?")[0] if isinstance(arg, str) else arg
                for arg in record.args
            )
        return True


logging.getLogger("urllib3.connectionpool").addFilter(HideQuery())


class AddressRule:
    """Which addresses may be reached.

    :param development_hosts: host names that may be reached by plain http and on
        private addresses; they come from the server's configuration only
    """

    def __init__(self, development_hosts=()):
        self.development_hosts = frozenset(development_hosts)

    def check(self, url):
        """Refuse a URL that is neither https nor of a development host.

        :raise AddressRefused: with the host as detail
        """
        parts = urlsplit(url)
        if parts.hostname in self.development_hosts and parts.scheme in ("http", "https"):
            return
        if parts.scheme != "https" or not parts.hostname or parts.username:
            raise AddressRefused(detail=parts.hostname or "")

    def resolve(self, host, port):
        """Return the socket addresses of a host, all of which may be reached.

        :raise AddressRefused: when one of them is not public
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        if host not in self.development_hosts:
            for *_head, address in found:
                if not _is_public(address[0]):
                    raise AddressRefused(detail=host)
        return found


def _is_public(address):
    ip = ipaddress.ip_address(address.partition("%")[0])
    carried = (
        getattr(ip, "ipv4_mapped", None)
        or getattr(ip, "sixtofour", None)
        or (getattr(ip, "teredo", None) or (None, None))[1]
    )
    if carried and not _is_public(str(carried)):
        return False
    return ip.is_global and not ip.is_multicast


class _Guarded:
    """A connection that goes to a checked address and can be ended by a watchdog."""

    rule = None

    def _new_conn(self):
        error = None
        for family, kind, protocol, _name, address in self._resolve():
            connection = socket.socket(family, kind, protocol)
            try:
                connection.settimeout(CONNECT_SECONDS)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.connect(address)
                return connection
            except OSError as failure:
                connection.close()
                error = failure
        raise error or OSError("no address")

    def _resolve(self):
        return self.rule.resolve(self._dns_host, self.port)

    def putrequest(self, *args, **kwargs):
        if getattr(_current, "call", None):
            _current.call.connection = self
        return super().putrequest(*args, **kwargs)


def _pool_classes(rule):
    """Return urllib3's pool classes with connections bound to an address rule."""
    plain = type("PlainConnection", (_Guarded, HTTPConnection), {"rule": rule})
    secure = type("SecureConnection", (_Guarded, HTTPSConnection), {"rule": rule})
    return {
        "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }


class BoundedAdapter(HTTPAdapter):
    """An adapter of ``requests`` that keeps the promises of this module."""

    def __init__(self, rule):
        self.rule = rule
        super().__init__(pool_connections=CONNECTIONS, pool_maxsize=CONNECTIONS)

    def init_poolmanager(self, *args, **kwargs):
        """Override of ``requests`` to connect to checked addresses only."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pool_classes(self.rule)

    def send(self, request, **_options):
        """Override of ``requests``: bounded in time and size, never redirected.

        The caller's options are ignored: nobody weakens them by a keyword.

        :raise AddressRefused: the address may not be reached
        :raise Unreachable: anything else that kept the answer from us
        """
        self.rule.check(request.url)
        host = urlsplit(request.url).hostname
        try:
            with _watchdog() as deadline:
                response = super().send(
                    request,
                    stream=True,
                    timeout=(CONNECT_SECONDS, TOTAL_SECONDS),
                    verify=True,
                    proxies={},
                )
                self._read(response, deadline)
        except AddressRefused:
            raise
        except (requests.RequestException, OSError, ValueError) as error:
            # The text of these errors holds the query, and with it secrets.
            raise Unreachable(detail=f"{host} {type(error).__name__}") from None
        if response.is_redirect:
            raise Unreachable(detail=f"{host} redirects")
        return response

    def _read(self, response, deadline):
        body = bytearray()
        for chunk in response.iter_content(CHUNK):
            body += chunk
            if len(body) > BODY_BYTES:
                response.close()
                raise requests.RequestException("body too large")
            if time.monotonic() > deadline:
                response.close()
                raise requests.Timeout("call too long")
        response._content = bytes(body)  # pylint: disable=protected-access


class _Call:
    """One call under way, so that a watchdog in another thread can end it."""

    def __init__(self):
        self.deadline = time.monotonic() + TOTAL_SECONDS
        self.connection = None

    def abort(self):
        """Cut the connection; the thread that reads from it gets an OSError."""
        sock = getattr(self.connection, "sock", None)
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


@contextmanager
def _watchdog():
    """Yield the deadline of this thread's call and end the call when it is over.

    A read time-out alone starts anew with every byte that a slow server drips.
    """
    call = _current.call = _Call()
    timer = threading.Timer(TOTAL_SECONDS, call.abort)
    timer.daemon = True
    timer.start()
    try:
        yield call.deadline
    finally:
        timer.cancel()
        call.connection = _current.call = None


class Transport:
    """Sessions that share one pool of connections and one address rule."""

    def __init__(self, development_hosts=()):
        self._adapter = BoundedAdapter(AddressRule(development_hosts))

    def session(self):
        """Return a new ``requests.Session``; cookies live no longer than it."""
        return self.equip(requests.Session())

    def equip(self, session):
        """Make any ``requests.Session`` use this transport, and return it."""
        session.trust_env = False
        session.mount("https://", self._adapter)
        session.mount("http://", self._adapter)
        return session
