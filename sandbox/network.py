"""What every stand-in network has: apps, log-ins, settings, controls."""

import secrets
from dataclasses import dataclass, field

from .problems import ControlError


@dataclass
class App:
    """A client registration (RFC 6749, section 2).

    :param require_proof: calls must carry ``appsecret_proof`` (networks that have it).
    :param live: when not, only ``developers`` may grant.
    :param blocked: the network has switched off API access for the whole app.
    :param usage: share of the rate budget already used, in percent; 100 throttles.
    :param webhook_url: where what happens is told; ``deauthorize_url`` and
        ``deletion_url`` where a network has addresses of their own for that.
    :param api_secret: signs what is told, where that is another than the secret.
    """

    client_id: str
    client_secret: str
    name: str = "Unnamed app"
    redirect_uris: list = field(default_factory=list)
    require_proof: bool = False
    live: bool = True
    blocked: bool = False
    developers: list = field(default_factory=list)
    unapproved: list = field(default_factory=list)
    usage: dict = field(default_factory=dict)
    webhooks: dict = field(default_factory=dict)
    webhook_url: str = ""
    deauthorize_url: str = ""
    deletion_url: str = ""
    verify_token: str = ""
    api_secret: str = ""


@dataclass
class Login:
    """One browser in which a person is logged in at one network."""

    person: str
    age_of_password: int
    second_factor: bool = False


class Network:
    """Base of a stand-in network.

    A network class gives ``code``, ``name``, ``about``, ``permissions``, the routes
    (``rules``), the shape of its errors (``fault_response``) and its ``controls``.
    """

    code = name = about = ""
    defaults = {}
    first_app_id = 100000000000001

    def __init__(self, world):
        self.world = world
        self.apps = {}
        self.logins = {}
        self.passwords_changed = dict.fromkeys(world.people, 0)
        self.settings = dict(self.defaults)

    @property
    def now(self):
        return self.world.clock.now()

    @property
    def cookie_name(self):
        return f"sandbox_{self.code}_login"

    def person_keys(self):
        return list(self.world.people)

    def path_for_log(self, path):
        """Return the path without what only its visitor may know."""
        dialogs = f"/{self.code}/dialog/"
        if not path.startswith(dialogs):
            return path
        return f"{dialogs}-/" + path.rsplit("/", 1)[-1]

    # --- client registrations

    def app(self, client_id):
        """Return the app.

        :raise ControlError: when no such app is registered here.
        """
        try:
            return self.apps[str(client_id)]
        except KeyError:
            raise ControlError(f"No app {client_id!r} at {self.name}.") from None

    def register_app(self, name):
        number = self.first_app_id + len(self.apps)
        while str(number) in self.apps:
            number += 1
        app = App(str(number), secrets.token_hex(16), name=name)
        self.apps[app.client_id] = app
        return app

    # --- what is told

    @property
    def courier(self):
        return self.world.courier

    @property
    def told_at(self):
        """When what is told now has happened, in seconds."""
        return self.now - int(self.courier.settings["age"])

    def tell(self, app, name, sign, data, url=None, *more):
        """Have an app told something.

        :param sign: function of :mod:`.signing`, of how, the secret and the data
        :param url: where to, the app's webhook by default
        """
        how, secret = self.courier.settings["sign"], app.api_secret or app.client_secret
        target = app.webhook_url if url is None else url
        return self.courier.post(
            self.code, name, target, *sign(how, secret, data, *more)
        )

    # --- log-ins

    def log_in(self, person):
        """Log the person in and return the value of the cookie."""
        value = secrets.token_urlsafe(24)
        self.logins[value] = Login(
            person.key, self.passwords_changed.get(person.key, 0)
        )
        return value

    def login_of(self, request):
        """Return the browser's log-in, or None; a change of password ends them all."""
        login = self.logins.get(request.cookies.get(self.cookie_name, ""))
        if login and login.age_of_password == self.passwords_changed.get(
            login.person, 0
        ):
            return login
        return None

    def change_password(self, person, password=None):
        self.passwords_changed[person.key] = (
            self.passwords_changed.get(person.key, 0) + 1
        )
        if password:
            person.password = password
