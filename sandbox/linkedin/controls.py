"""LinkedIn's own controls below ``/_control/linkedin/``; the README has each."""

from dataclasses import asdict, replace

from .. import grant_controls
from ..problems import ControlError
from . import seed


def page_named(network, data):
    named = str(data.need("page"))
    for page in network.organizations.values():
        if named in (page.id, page.name, page.handle):
            return page
    raise ControlError(f"No page {named!r}.")


def roles(network, data):
    """Set a person's role on a page and its state; without ``role``: none is left."""
    page, person = page_named(network, data), grant_controls.person_named(network, data)
    role, state = data.take("role"), data.take("state", "APPROVED")
    data.finish()
    page.roles[person.key] = {role: state} if role else {}
    return asdict(page)


def pages(network, data):
    """Change a page, or create ``create`` of them administered by ``person``."""
    if "create" not in data:
        page = page_named(network, data)
        page.name = data.take("name", page.name)
        page.handle = data.take("handle", page.handle)
        data.finish()
        return asdict(page)
    person = grant_controls.person_named(network, data)
    count = int(data.number("create"))
    data.finish()
    model = next(iter(network.organizations.values()))
    created = []
    for _number in range(count):
        number = 101 + len(network.organizations)
        held = {person.key: {"ADMINISTRATOR": "APPROVED"}}
        page = replace(
            model,
            id=seed.organization_id(number),
            name=f"Empresa {number}",
            handle=f"empresa-{number}",
            roles=held,
        )
        network.organizations[page.id] = page
        created.append(page.id)
    return {"created": created}


CONTROLS = grant_controls.CONTROLS | {"roles": roles, "pages": pages}


def state(network):
    people = network.world.people.values()
    return {
        "people": [
            {"key": one.key, "name": one.name, "id": seed.member_id(one.key)}
            for one in people
        ],
        "pages": [asdict(page) for page in network.organizations.values()],
    }
