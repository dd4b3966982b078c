"""The HTTP server: routing, who may call, delays and faults, the log of calls."""

import contextlib
import ipaddress
import threading
import time
from pathlib import Path

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from . import control, courier, dashboard, inbox, memory
from .google import GoogleNetwork
from .instagram import InstagramNetwork
from .linkedin import LinkedInNetwork
from .meta import MetaNetwork
from .oauth2 import GenericNetwork
from .pinterest import PinterestNetwork
from .problems import ControlError, Refusal, report_defect
from .threads import ThreadsNetwork
from .tiktok import TikTokNetwork
from .web import avatar_png, choose_language, page
from .world import World
from .x import XNetwork

NETWORKS = [
    MetaNetwork,
    InstagramNetwork,
    ThreadsNetwork,
    GoogleNetwork,
    TikTokNetwork,
    XNetwork,
    LinkedInNetwork,
    PinterestNetwork,
    GenericNetwork,
]
LONGEST_BODY = 1024 * 1024
STYLE = Path(__file__).parent / "static" / "sandbox.css"
PAGE_HEADERS = {
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    # Networks cut a pop-up loose from the page that opened it.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
}


class NotLoopback(ValueError):
    """Somebody asked to serve an address other machines can reach."""


def is_loopback(host):
    """Return whether the host name or address never leaves this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Sandbox:
    """The WSGI application around one :class:`World`."""

    def __init__(self, verbose=False, state_file=None):
        self.state_file = state_file
        self.world = (state_file and memory.load(state_file)) or World(NETWORKS)
        self.verbose = verbose
        self.own_routes = Map(
            [
                Rule("/", endpoint=self.index, methods=["GET"]),
                Rule("/sandbox.css", endpoint=self.style, methods=["GET"]),
                Rule("/picture/<key>.png", endpoint=self.picture, methods=["GET"]),
                Rule(
                    "/<network>/apps",
                    endpoint=dashboard.dashboard,
                    methods=["GET", "POST"],
                ),
                *inbox.rules(),
                *control.rules(),
            ]
        )
        self.network_routes = {cls.code: Map(cls.rules()) for cls in NETWORKS}

    def __call__(self, environ, start_response):
        request = Request(environ)
        request.max_content_length = LONGEST_BODY
        answer = lambda: self.refuse_strangers(request) or self.respond(request)  # noqa: E731
        response = self.guarded(request, answer)
        self.remember()
        self.mark(response)
        return response(environ, start_response)

    def remember(self):
        """Keep the world as it is now, if it is kept at all."""
        if self.state_file:
            memory.save(self.world, self.state_file)

    def mark(self, response):
        """Say on every answer that it is a stand-in; keep its pages out of frames."""
        response.headers["X-Sandbox"] = "stand-in"
        response.headers.setdefault("Cache-Control", "no-store")
        if response.mimetype == "text/html":
            for name, value in PAGE_HEADERS.items():
                response.headers.setdefault(name, value)

    def refuse_strangers(self, request):
        """Refuse a foreign host name or web page that reaches this loopback server."""
        host = request.host.rsplit(":", 1)[0]
        origin = request.headers.get("Origin", "")
        origin_host = origin.partition("://")[2].rsplit(":", 1)[0]
        if not is_loopback(host):
            return Response(
                "This stand-in answers only to a loopback host name.\n", status=421
            )
        if request.method != "GET" and origin and not is_loopback(origin_host):
            return Response(
                "This stand-in takes no posts from other sites.\n", status=403
            )
        return None

    def respond(self, request):
        """Return the answer of the sandbox's own pages or of a network."""
        try:
            endpoint, arguments = self.own_routes.bind_to_environ(
                request.environ
            ).match()
        except NotFound:
            return self.respond_as_network(request)
        with self.world.lock:
            return endpoint(self.world, request, **arguments)

    def respond_as_network(self, request):
        """Answer as the network the path names, with the delays and faults in force."""
        code = request.path.split("/")[1]
        if code not in self.world.networks:
            raise NotFound()
        entry = self.note_call(code, request)
        with self.world.lock:
            delay = self.world.trouble.delay_for(request)
        time.sleep(delay)
        with self.world.lock:
            network = self.world.networks[code]
            fault = self.world.trouble.fault_for(request)
        entry["fault"] = fault and fault.kind
        real = lambda: self.real_answer(code, request)  # noqa: E731
        response = fault.answer(network, real) if fault else real()
        entry["status"] = response.status_code
        self.print_call(entry)
        return response

    def real_answer(self, code, request):
        with self.world.lock:
            network = self.world.networks[code]
            try:
                matcher = self.network_routes[code].bind_to_environ(request.environ)
                endpoint, arguments = matcher.match()
            except MethodNotAllowed:
                return network.method_not_allowed(request)
            except HTTPException:
                return network.not_found(request)
            return self.guarded(
                request, lambda: endpoint(network, request, **arguments)
            )

    def guarded(self, request, call):
        """Run the call; turn refusals into their answers and defects into a 599."""
        try:
            return call()
        except Refusal as refusal:
            return refusal.response()
        except ControlError as problem:
            return control.refused(request, problem)
        except HTTPException as problem:
            return problem.get_response(request.environ)
        except ConnectionError:
            raise
        except Exception as defect:
            report_defect(defect)
            return Response("Defect in the sandbox; see its log.\n", status=599)

    def note_call(self, code, request):
        """Add the call to the log: names of parameters, never their values."""
        body = request.get_json(silent=True) if request.is_json else None
        names = {
            *request.args,
            *request.form,
            *(body if isinstance(body, dict) else ()),
        }
        entry = {
            "at": self.world.clock.now(),
            "method": request.method,
            "path": self.world.networks[code].path_for_log(request.path),
            "parameters": sorted(names),
            "bearer": request.headers.get("Authorization", "").startswith("Bearer "),
            "status": None,
            "fault": None,
        }
        with self.world.lock:
            self.world.requests.append(entry)
        return entry

    def print_call(self, entry):
        if self.verbose:
            print("{method} {path} {status}".format(**entry), flush=True)

    # --- own pages

    def index(self, world, request):
        networks = world.networks.values()
        return page(
            "index.html", lang=choose_language(request), networks=networks, world=world
        )

    def style(self, world, request):
        return Response(STYLE.read_bytes(), content_type="text/css; charset=utf-8")

    def picture(self, world, request, key):
        return Response(avatar_png(key), content_type="image/png")


class QuietHandler(WSGIRequestHandler):
    """Writes no access log: a query string may hold codes, tokens and secrets."""

    server_version = "sandbox"
    sys_version = ""

    def log(self, type, message, *args):
        pass

    def connection_dropped(self, error, environ=None):
        """Close for good: the fault ``close`` answers nothing at all."""
        self.close_connection = True


def create_server(
    host="127.0.0.1", port=0, verbose=False, smtp_port=None, state_file=None
):
    """Return a threaded server bound to a loopback address; ``base_url`` says where.

    :param smtp_port: where to take mail, 0 for a free port; without, no mail is taken.
    :param state_file: where to keep the world; without, it ends with the server.
    :raise NotLoopback: for any address other machines can reach.
    :raise NoMemory: when the file is of another version.
    :raise OSError: when the port for mail cannot be had.
    """
    if not is_loopback(host):
        raise NotLoopback(
            f"The sandbox serves loopback addresses only, and {host} is not one: "
            "its people have public passwords and its controls have none."
        )
    application = Sandbox(verbose, state_file)
    server = make_server(
        host, port, application, threaded=True, request_handler=QuietHandler
    )
    server.sandbox = application
    server.base_url = (
        f"http://{f'[{host}]' if ':' in host else host}:{server.server_port}"
    )
    server.sender = courier.Sender(application.world)
    server.sender.start()
    server.sink = None
    if smtp_port is not None:
        start_sink(server, host, smtp_port)
    return server


def start_sink(server, host, port):
    """Take mail on a port, or on a free one for 0."""
    # Only this needs the package aiosmtpd.
    from .smtp import Sink

    world = server.sandbox.world
    server.sink = Sink(world, host, port)
    world.smtp_port = server.sink.port


def close(server):
    """Free the ports of a server that serves no more, and send nothing any more."""
    server.sender.stop()
    if server.sink:
        server.sink.stop()
    server.server_close()
    server.sandbox.remember()


@contextlib.contextmanager
def running(host="127.0.0.1", port=0, smtp_port=None, state_file=None):
    """Serve in a thread while the block runs; gives the server."""
    server = create_server(host, port, smtp_port=smtp_port, state_file=state_file)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        close(server)
