"""What the networks send of their own accord: signed, resent, or wrong on request.

A delivery is put together while the world is locked and sent afterwards, by a thread of
its own, to loopback addresses only. Whoever does not answer it well gets it again, the
same bytes, later and later.
"""

import ipaddress
import threading
import time
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass, field
from urllib.parse import urlsplit

from .problems import ControlError

SIGNATURES = ("right", "none", "wrong", "damaged")
KEPT = 500
ANSWER_SECONDS = 10


@dataclass
class Delivery:
    """One POST to an app, and what became of it.

    :param status: the last HTTP status, 0 for no answer, None before the first try
    :param due: when it is sent next, seconds of the machine's own clock; 0 for never
    """

    number: int
    network: str
    name: str
    url: str
    body: bytes = b""
    headers: dict = field(default_factory=dict)
    tries: int = 0
    status: int | None = None
    due: float = 0

    def state(self):
        """Return what a control tells: neither the body nor its signature."""
        told = asdict(self)
        for hidden in ("body", "headers", "due"):
            del told[hidden]
        return told | {"pending": bool(self.due)}


class Courier:
    """The deliveries of all networks. Settings are for all of them.

    ``sign`` is one of :data:`SIGNATURES`, ``age`` dates what is told back by so many
    seconds; a delivery is tried ``tries`` times, first after ``retry_seconds``, which
    double each time.
    """

    def __init__(self):
        self.deliveries = []
        self.count = 0
        self.settings = {"sign": "right", "age": 0, "tries": 12, "retry_seconds": 1}

    def post(self, network, name, url, body, headers):
        """Have something sent; an app without an address is told nothing."""
        if not url:
            return None
        self.count += 1
        delivery = Delivery(
            self.count, network, name, url, body, headers, due=time.time()
        )
        self.deliveries = [*self.deliveries[-KEPT + 1 :], delivery]
        return delivery

    def find(self, number):
        """Return the delivery with this number.

        :raise ControlError: there is none
        """
        for delivery in self.deliveries:
            if delivery.number == number:
                return delivery
        raise ControlError("No such delivery.")

    def due(self):
        """Return what is to be sent now."""
        at = time.time()
        return [one for one in self.deliveries if one.due and one.due <= at]

    def note(self, delivery, status):
        """Store an answer; a bad one is followed by another try."""
        delivery.tries += 1
        delivery.status = status
        is_over = 200 <= status < 300 or delivery.tries >= int(self.settings["tries"])
        wait = self.settings["retry_seconds"] * 2 ** (delivery.tries - 1)
        delivery.due = 0 if is_over else time.time() + wait


def is_loopback(url):
    """Return whether an address never leaves this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args, **_options):
        return None


# No proxy of the environment either: nothing leaves this machine.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)


def send(url, body=None, headers=None):
    """Send one request to this machine; return ``(status, text)``, 0 for no answer."""
    if not is_loopback(url):
        return 0, "not a loopback address"
    request = urllib.request.Request(url, body, headers or {})
    try:
        with _opener.open(request, timeout=ANSWER_SECONDS) as answer:
            return answer.status, answer.read(10_000).decode(errors="replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(10_000).decode(errors="replace")
    except (OSError, ValueError):
        return 0, ""


class Sender(threading.Thread):
    """Sends what is due, while a server runs."""

    def __init__(self, world):
        super().__init__(name="courier", daemon=True)
        self.world = world
        self.over = threading.Event()

    def run(self):
        while not self.over.wait(0.05):
            with self.world.lock:
                courier = self.world.courier
                found = courier.due()
                for delivery in found:
                    # Taken: tried by this thread alone until there is an answer.
                    delivery.due = time.time() + 2 * ANSWER_SECONDS
            for delivery in found:
                threading.Thread(
                    target=self.deliver, args=(courier, delivery), daemon=True
                ).start()

    def deliver(self, courier, delivery):
        status, _text = send(delivery.url, delivery.body, delivery.headers)
        with self.world.lock:
            courier.note(delivery, status)

    def stop(self):
        self.over.set()


# --- controls, for all networks


def listing(world, data):
    """Return what was sent, oldest first."""
    return [one.state() for one in world.courier.deliveries]


def again(world, data):
    """Send a delivery once more, byte for byte, ``times`` times at once.

    Without a number the last one; before there is any, nothing is sent.
    """
    number, times = data.number("number", world.courier.count), data.number("times", 1)
    data.finish()
    if not number:
        return {"sent": []}
    original = world.courier.find(number)
    sent = [
        world.courier.post(
            original.network,
            original.name,
            original.url,
            original.body,
            original.headers,
        )
        for _time in range(int(times))
    ]
    return {"sent": [one.number for one in sent]}


def change_settings(world, data):
    """Change how everything is signed, dated and resent."""
    settings = world.courier.settings
    sign = data.take("sign", settings["sign"])
    if sign not in SIGNATURES:
        raise ControlError(f"'sign' is one of: {', '.join(SIGNATURES)}.")
    changed = {"sign": sign}
    for name in ("age", "tries", "retry_seconds"):
        changed[name] = data.number(name, settings[name])
    data.finish()
    settings.update(changed)
    return settings


def clear(world, data):
    """Forget all deliveries, those under way as well."""
    data.finish()
    world.courier.deliveries = []
    return {"cleared": True}
