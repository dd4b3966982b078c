"""The people's pages: an agency, its clients, and the odd cases one must meet."""

from ..network import App
from .model import Business, Instagram, Page, Role

MANAGE = ["MANAGE", "CREATE_CONTENT", "MODERATE", "MESSAGING", "ADVERTISE", "ANALYZE"]
FULL = [
    "PROFILE_PLUS_FULL_CONTROL",
    "PROFILE_PLUS_MANAGE",
    "PROFILE_PLUS_CREATE_CONTENT",
]
FULL += [
    "PROFILE_PLUS_MODERATE",
    "PROFILE_PLUS_MESSAGING",
    "PROFILE_PLUS_ADVERTISE",
    "PROFILE_PLUS_ANALYZE",
]
ANSWER = ["MODERATE", "MESSAGING"]
LOOK = ["ANALYZE"]

AGENCY, RESORT = "300000000000001", "300000000000002"


def page_id(number):
    return str(100000000000100 + number)


def instagram_id(number):
    return str(17841400000000100 + number)


# name, username, category, client, has Instagram, roles, further properties
PAGES = [
    (
        "Café Aurora",
        "cafeaurora",
        "Coffee shop",
        "Aurora",
        True,
        {"ana": MANAGE, "bruno": ANSWER},
        {},
    ),
    (
        "Padaria do Porto",
        "padariadoporto",
        "Bakery",
        "Porto",
        True,
        {"ana": MANAGE, "bruno": MANAGE},
        {},
    ),
    (
        "Clínica Vida Leve",
        "clinicavidaleve",
        "Medical clinic",
        "Vida Leve",
        True,
        {"ana": FULL, "carla": FULL},
        {},
    ),
    (
        "Livraria Horizonte",
        "livrariahorizonte",
        "Bookshop",
        "Horizonte",
        True,
        {"ana": MANAGE},
        {"messenger": False},
    ),
    (
        "Oficina Dois Irmãos",
        "oficinadoisirmaos",
        "Car repair",
        "Dois Irmãos",
        False,
        {"ana": MANAGE, "bruno": LOOK},
        {},
    ),
    (
        "Pousada Mar Azul",
        "pousadamarazul",
        "Hotel",
        "Mar Azul",
        True,
        {"ana": MANAGE},
        {"without_token": True},
    ),
    (
        "Studio Lume",
        "studiolume",
        "Photographer",
        "Lume",
        True,
        {"ana": MANAGE},
        {"portfolio_only": True},
    ),
    (
        "Escola Girassol",
        "escolagirassol",
        "School",
        "Vida Leve",
        True,
        {"carla": FULL, "elisa": MANAGE},
        {},
    ),
    (
        "Mercado Bom Dia",
        "mercadobomdia",
        "Grocery",
        "Bom Dia",
        True,
        {"bruno": MANAGE, "elisa": MANAGE},
        {},
    ),
    (
        "Floricultura Íris",
        "floriculturairis",
        "Florist",
        "Íris",
        True,
        {"felipe": MANAGE},
        {},
    ),
]


def seed(network):
    """Fill the network with its people's pages and the ready-made app."""
    for number, row in enumerate(PAGES, start=1):
        name, username, category, client, has_instagram, roles, more = row
        page = Page(
            page_id(number), name, username, category, client, business=AGENCY, **more
        )
        network.pages[page.id] = page
        network.roles[page.id] = {
            person: Role(list(tasks)) for person, tasks in roles.items()
        }
        if has_instagram:
            page.instagram = instagram_id(number)
            network.instagram[page.instagram] = Instagram(
                page.instagram, username, name, 800 * number
            )
    network.pages[page_id(6)].business = RESORT
    network.pages[page_id(10)].business = ""
    agency_people = {"ana": "ADMIN", "bruno": "EMPLOYEE"}
    network.businesses[AGENCY] = Business(
        AGENCY, "Agência Maré", agency_people, [page_id(6)]
    )
    network.businesses[RESORT] = Business(RESORT, "Grupo Mar Azul", {"carla": "ADMIN"})
    network.checkpoints.add("felipe")
    app = App(
        "100000000000001",
        "sandbox-meta-secret",
        "Social Token Manager demo",
        developers=["ana"],
    )
    network.apps[app.client_id] = app
