"""The members' pages: an agency, its clients, and the odd cases."""

import hashlib

from ..network import App

CLIENT_ID, SECRET = "400000000000001", "sandbox-linkedin-secret"

ADMIN, APPROVED = "ADMINISTRATOR", "APPROVED"
# number, name, handle, {person: {role: state}}
ORGANIZATIONS = (
    (1, "Café Aurora", "cafe-aurora", {"ana": {ADMIN: APPROVED}}),
    (
        2,
        "Padaria do Porto",
        "padaria-do-porto",
        {"ana": {ADMIN: APPROVED}, "bruno": {"CONTENT_ADMINISTRATOR": APPROVED}},
    ),
    (
        3,
        "Clínica Vida Leve",
        "clinica-vida-leve",
        {"carla": {ADMIN: APPROVED}, "ana": {"ANALYST": APPROVED}},
    ),
    (4, "Livraria Horizonte", "livraria-horizonte", {"ana": {ADMIN: "REQUESTED"}}),
    (5, "Escola Girassol", "escola-girassol", {"bruno": {ADMIN: "REVOKED"}}),
)


def organization_id(number):
    return str(70000000 + number)


def member_id(person_key):
    """Return an id like LinkedIn's, the same for the same person."""
    return "m" + hashlib.sha256(person_key.encode()).hexdigest()[:9]


def seed(network, organization):
    """Fill the network with its pages and the ready-made app."""
    for number, name, handle, roles in ORGANIZATIONS:
        copied = {person: dict(held) for person, held in roles.items()}
        page = organization(organization_id(number), name, handle, copied)
        network.organizations[page.id] = page
    name = "Social Token Manager demo"
    network.apps[CLIENT_ID] = App(CLIENT_ID, SECRET, name, developers=["ana"])
