"""The one way out: every call to a network goes through :class:`Transport`.

Promises (reference/security, promise 8): connect within 5 s, the whole call within
20 s, no body over 1 MiB, no redirect followed, certificates verified, netrc and proxy
variables ignored, https and public addresses only, and the address that was checked
is the address connected to. Failures carry neither query nor body nor header.
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
from urllib3.exceptions import NewConnectionError

from .errors import AddressRefused, AppFault, OutcomeUnknown, Unreachable

CONNECT_SECONDS = 5
TOTAL_SECONDS = 20
SHORTEST_WAIT = 0.05
BODY_BYTES = 1024 * 1024
CONNECTIONS = 32
CHUNK = 64 * 1024
REDIRECTS = "redirects"
HIDDEN_PATH = "/[hidden]"

# All that IANA has ever given out for public use, and what carries an IPv4 address.
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Older Pythons take most of it for public; a cloud has its metadata there.
PROTOCOL_ASSIGNMENTS = ipaddress.ip_network("192.0.0.0/24")

_current = threading.local()


@contextmanager
def hidden_paths():
    """Keep the paths of this thread's calls out of the log, for they are secrets."""
    _current.hides_paths = True
    try:
        yield
    finally:
        _current.hides_paths = False


class HideCall(logging.Filter):
    """Drop queries and what a server sent from what urllib3 logs about each call."""

    def filter(self, record):
        """Rewrite the record in place and always let it pass."""
        if isinstance(record.args, tuple):
            record.args = tuple(map(self._hide, record.args))
        record.exc_info = record.exc_text = None
        return True

    @staticmethod
    def _hide(arg):
        if isinstance(arg, Exception):
            return type(arg).__name__
        if not isinstance(arg, str):
            return arg
        if arg.startswith("/") and getattr(_current, "hides_paths", False):
            return HIDDEN_PATH
        return arg.partition("?")[0]


for _name in ("connection", "connectionpool", "util.retry"):
    logging.getLogger(f"urllib3.{_name}").addFilter(HideCall())


class AddressRule:
    """Which addresses may be reached.

    :param development_hosts: host names that may be reached by plain http and on
        private addresses; they come from the server's configuration only
    """

    def __init__(self, development_hosts=()):
        self.development_hosts = frozenset(map(str.lower, development_hosts))

    def check(self, url):
        """Refuse a URL that is neither https nor of a development host.

        :raise AddressRefused: with the host as detail
        """
        try:
            requests.PreparedRequest().prepare_url(url, None)
            parts = urlsplit(url)
        except (requests.RequestException, ValueError):
            raise AddressRefused(detail="no address") from None
        allowed = {"https"}
        if parts.hostname in self.development_hosts:
            allowed.add("http")
        if parts.scheme not in allowed or not parts.hostname or "@" in parts.netloc:
            raise AddressRefused(detail=parts.hostname or "")

    def resolve(self, host, port):
        """Return the socket addresses of a host, all of which may be reached.

        :raise AddressRefused: when one of them is not public
        """
        found = _look_up(host, port)
        if host.lower() not in self.development_hosts:
            for *_head, address in found:
                if not is_public(address[0]):
                    raise AddressRefused(detail=host)
        return found


def _look_up(host, port):
    """Return what ``getaddrinfo`` answers, in time.

    The system's own time-outs add up to half a minute, and nothing can end them.

    :raise OSError: there is no such host, or no answer
    """
    answers = []

    def ask():
        try:
            answers.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, ValueError) as error:
            answers.append(error)

    thread = threading.Thread(target=ask, name="social-look-up", daemon=True)
    thread.start()
    thread.join(CONNECT_SECONDS)
    answer = answers[0] if answers else TimeoutError("no answer about the host")
    if isinstance(answer, Exception):
        raise answer
    return answer


def is_public(address):
    """Whether an IP address is one of the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip.version == 6:
        carried = _carried(ip)
        if carried:
            return is_public(str(carried))
        if ip not in GLOBAL_UNICAST:
            return False
    return ip.is_global and not ip.is_multicast and ip not in PROTOCOL_ASSIGNMENTS


def _carried(ip):
    """Return the IPv4 address that an IPv6 address leads to, if it does."""
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


class _Guarded:
    """A connection that goes to a checked address and can be ended by a watchdog."""

    rule = None

    def _new_conn(self):
        limit = time.monotonic() + CONNECT_SECONDS
        found = self.rule.resolve(self._dns_host, self.port)
        error = None
        for number, (family, kind, protocol, _name, address) in enumerate(found):
            # Every address gets its share, so that a dead one does not use up all.
            share = (limit - time.monotonic()) / (len(found) - number)
            connection = socket.socket(family, kind, protocol)
            try:
                connection.settimeout(max(share, SHORTEST_WAIT))
                connection.connect(address)
                connection.settimeout(CONNECT_SECONDS)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                _hold(connection)
                return connection
            except OSError as failure:
                connection.close()
                error = failure
        # A plain OSError is passed over by urllib3 where it stands for "reset": then it
        # would read an answer from a connection that there never was.
        raise NewConnectionError(self, type(error or found).__name__)

    def putrequest(self, *args, **kwargs):
        if self.sock is not None:
            _hold(self.sock)
        return super().putrequest(*args, **kwargs)

    def send(self, data):
        if self.sock is None:
            # Until there is a connection nothing can have reached the network.
            self.connect()
        if getattr(_current, "call", None):
            _current.call.is_sent = True
        return super().send(data)


def _hold(sock):
    if getattr(_current, "call", None):
        _current.call.hold(sock)


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
        made = super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pool_classes(self.rule)
        return made

    def send(self, request, **_options):
        """Override of ``requests``: bounded in time and size, never redirected.

        The caller's options are ignored: nobody weakens them by a keyword.

        :raise AddressRefused: the address may not be reached
        :raise OutcomeUnknown: the request was sent and its answer did not come whole
        :raise Unreachable: anything else that kept the answer from us
        """
        self.rule.check(request.url)
        host = urlsplit(request.url).hostname
        call = None
        try:
            with _watchdog() as call:
                response = super().send(
                    request,
                    stream=True,
                    timeout=(CONNECT_SECONDS, TOTAL_SECONDS),
                    verify=True,
                    proxies={},
                )
                self._read(response, call)
        except AddressRefused:
            raise
        except (requests.RequestException, OSError, ValueError) as error:
            failure = OutcomeUnknown if call and call.is_sent else Unreachable
            # The text of these errors holds the query, and with it secrets.
            raise failure(detail=f"{host} {type(error).__name__}") from None
        if response.is_redirect:
            raise Unreachable(detail=f"{host} {REDIRECTS}")
        return response

    def close(self):
        """Override of ``requests``: sessions end, the shared connections stay."""

    def _read(self, response, call):
        body = bytearray()
        for chunk in response.iter_content(CHUNK):
            body += chunk
            if len(body) > BODY_BYTES:
                response.close()
                raise requests.RequestException("body too large")
        if call.is_cut:
            # A body without a length looks complete when its connection is cut.
            response.close()
            raise requests.Timeout("call too long")
        response._content = bytes(body)  # pylint: disable=protected-access


class _Call:
    """One call under way, so that a watchdog in another thread can end it.

    It has a handle of its own on the connection: TLS takes the first one over, and
    the connection may serve somebody else as soon as the call is over.
    """

    def __init__(self):
        self.is_cut = False
        self.is_sent = False
        self._handle = None
        self._lock = threading.Lock()

    def hold(self, sock):
        """Note the connection that the call uses from now on."""
        with self._lock:
            self._drop()
            self._handle = socket.fromfd(sock.fileno(), sock.family, sock.type)
            if self.is_cut:
                self._shut()

    def cut(self):
        """End the connection; the thread that reads from it finds its end."""
        with self._lock:
            self.is_cut = True
            self._shut()

    def release(self):
        """Let go of the connection, which others may use from now on."""
        with self._lock:
            self._drop()

    def _shut(self):
        if self._handle:
            with suppress(OSError):
                self._handle.shutdown(socket.SHUT_RDWR)

    def _drop(self):
        if self._handle:
            self._handle.close()
            self._handle = None


@contextmanager
def _watchdog():
    """Yield this thread's :class:`_Call`, which is cut when its time is over.

    A read time-out alone starts anew with every byte that a slow server drips.
    """
    call = _current.call = _Call()
    timer = threading.Timer(TOTAL_SECONDS, call.cut)
    timer.daemon = True
    timer.start()
    try:
        yield call
    finally:
        timer.cancel()
        call.release()
        _current.call = None


class QuietPreparation:
    """Mixed into ``requests.Session``: what cannot be sent is not quoted."""

    def prepare_request(self, request):
        """Override of ``requests``, whose errors hold the address or the header.

        :raise AppFault: an address, an id or a secret of the app is malformed
        """
        try:
            return super().prepare_request(request)
        except (requests.RequestException, ValueError):
            raise AppFault(detail="cannot be sent") from None


class _Session(QuietPreparation, requests.Session):
    """A session of :class:`Transport`."""


class Transport:
    """Sessions that share one pool of connections and one address rule."""

    def __init__(self, development_hosts=()):
        self._adapter = BoundedAdapter(AddressRule(development_hosts))

    def session(self):
        """Return a new ``requests.Session``; cookies live no longer than it."""
        return self.equip(_Session())

    def equip(self, session):
        """Make any ``requests.Session`` use this transport, and return it."""
        session.trust_env = False
        # For every scheme: what the rule refuses is refused by the rule, which does not
        # quote the address as ``requests`` would.
        session.adapters.clear()
        session.mount("", self._adapter)
        return session
