"""The three kinds of clients, and what the people are called here."""

import hashlib

from ..network import App
from .clients import BASIC, NONE, POST

SECRET = "sandbox-oauth2-secret"
BASIC_ID, POST_ID, PUBLIC_ID = (
    f"sandbox-{kind}" for kind in ("confidential", "form", "public")
)
READY = (
    (BASIC_ID, "Social Token Manager demo", BASIC),
    (POST_ID, "Social Token Manager demo, secret in the form", POST),
    (PUBLIC_ID, "Social Token Manager demo, public", NONE),
)


def subject_of(key):
    """Return the ``sub`` of a person, the same for the same key."""
    return "user|" + hashlib.sha256(f"oauth2/{key}".encode()).hexdigest()[:16]


def seed(network):
    for client_id, name, method in READY:
        # A public client has a secret here that nobody ever asks for.
        network.apps[client_id] = App(client_id, SECRET, name, developers=["ana"])
        network.methods[client_id] = method
