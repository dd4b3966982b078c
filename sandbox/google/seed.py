"""The people's channels and places: an agency, its clients, and the odd cases."""

import base64
import hashlib

from ..network import App
from .model import Account, Channel, Location

CLIENT_ID = "100000000001-sandbox.apps.googleusercontent.com"
SECRET = "sandbox-google-secret"

# title, handle, owner, managers, state
CHANNELS = (
    ("Ana Souza", "@anasouza", "ana", (), ""),
    ("Café Aurora", "@cafeaurora", "", ("ana", "bruno"), ""),
    ("Clínica Vida Leve", "@clinicavidaleve", "", ("carla", "ana"), ""),
    ("Carla Dias", "@carladias", "carla", (), ""),
    ("Elisa Martins", "@elisamartins", "elisa", (), ""),
    ("Felipe Nunes", "@felipenunes", "felipe", (), "suspended"),
)
# name, type, roles
ACCOUNTS = (
    ("Ana Souza", "PERSONAL", {"ana": "PRIMARY_OWNER"}),
    (
        "Agência Maré",
        "LOCATION_GROUP",
        {"ana": "OWNER", "bruno": "MANAGER", "elisa": "SITE_MANAGER"},
    ),
    ("Grupo Vida Leve", "ORGANIZATION", {"carla": "PRIMARY_OWNER", "ana": "MANAGER"}),
    ("Diego Rocha", "PERSONAL", {"diego": "PRIMARY_OWNER"}),
)
# title, account, street, city
LOCATIONS = (
    ("Ana Souza Consultoria", 1, "Rua das Flores 10", "Recife"),
    ("Café Aurora", 2, "Rua do Sol 21", "Recife"),
    ("Padaria do Porto", 2, "Cais do Porto 3", "Olinda"),
    ("Livraria Horizonte", 2, "Avenida Central 400", "Recife"),
    ("Clínica Vida Leve", 3, "Rua da Saúde 77", "Natal"),
    ("Escola Girassol", 3, "Rua do Campo 5", "Natal"),
)


def channel_id(handle):
    """Return an id like YouTube's, the same for the same handle."""
    digest = hashlib.sha256(handle.encode()).digest()
    return "UC" + base64.urlsafe_b64encode(digest).decode()[:22].replace("-", "x")


def account_id(number):
    return str(110000000000000000000 + number)


def location_id(number):
    return str(4000000000000000000 + number)


def seed(network):
    """Fill the network with its people's channels and places and the ready app."""
    for title, handle, owner, managers, state in CHANNELS:
        channel = Channel(
            channel_id(handle), title, handle, owner, list(managers), state
        )
        network.channels[channel.id] = channel
    for number, (name, kind, roles) in enumerate(ACCOUNTS, start=1):
        account = Account(account_id(number), name, kind, dict(roles))
        network.accounts[account.id] = account
    for number, (title, account, street, city) in enumerate(LOCATIONS, start=1):
        location = Location(
            location_id(number), title, account_id(account), street, city
        )
        network.locations[location.id] = location
    app = App(CLIENT_ID, SECRET, "Social Token Manager demo", developers=["ana"])
    network.apps[app.client_id] = app
