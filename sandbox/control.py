"""``/_control``: what changes the stand-ins at run time, as JSON or from a page."""

import json
from dataclasses import fields
from urllib.parse import urlencode

from werkzeug.routing import Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from . import courier, mailbox
from .faults import KINDS, Fault, Latency
from .problems import ControlError
from .texts import translate
from .web import page

TRUE = {"1", "true", "on", "yes"}


class Input:
    """What a control received, JSON or form; names it does not know are refused."""

    def __init__(self, values):
        self.values = {key: value for key, value in values.items() if value != ""}
        self.back = local_page(self.values.pop("back", None))

    @classmethod
    def of(cls, request):
        if request.is_json:
            body = request.get_json(silent=True)
            if not isinstance(body, dict):
                raise ControlError("The body must be a JSON object.")
            return cls(body)
        lists = request.form.to_dict(flat=False)
        return cls(
            {
                key: values if len(values) > 1 else values[0]
                for key, values in lists.items()
            }
        )

    def __contains__(self, name):
        return name in self.values

    def take(self, name, default=None):
        return self.values.pop(name, default)

    def need(self, name):
        """Return the value.

        :raise ControlError: when it is missing.
        """
        if name not in self.values:
            raise ControlError(f"{name!r} is missing.")
        return self.values.pop(name)

    def number(self, name, default=None):
        value = self.values.pop(name, default)
        try:
            return value if value is None else float(value)
        except (TypeError, ValueError):
            raise ControlError(f"{name!r} must be a number.") from None

    def flag(self, name, default=None):
        value = self.values.pop(name, default)
        return (
            value
            if value is None or isinstance(value, bool)
            else str(value).lower() in TRUE
        )

    def names(self, name, default=None):
        """Return the names in a JSON list, a repeated field, or a text with commas."""
        value = self.values.pop(name, default)
        if isinstance(value, str):
            value = value.replace("\n", ",").split(",")
        if value is None:
            return None
        return [str(item).strip() for item in value if str(item).strip()]

    def finish(self):
        """Refuse what no control took: a misspelt name must not pass in silence."""
        if self.values:
            raise ControlError(f"Unknown: {', '.join(sorted(self.values))}.")


# --- controls that belong to no network: each takes (world, data) and returns what is
# told back


def reset(world, data):
    data.finish()
    world.reset()
    return {"reset": True, **world.clock.state()}


def move_clock(world, data):
    offset, advance, at = data.number("offset"), data.number("advance"), data.take("at")
    data.finish()
    if offset is not None:
        world.clock.offset = offset
    if advance is not None:
        world.clock.offset += advance
    if at is not None:
        world.clock.set_to(at)
    return world.clock.state()


def add_fault(world, data):
    world.trouble.faults.append(_build(Fault, data))
    return world.trouble.state()


def add_latency(world, data):
    world.trouble.latencies.append(_build(Latency, data))
    return world.trouble.state()


def change_person(world, data):
    """Change somebody's name or second factor; both are the same at every network."""
    person = world.person(data.need("person"))
    person.name = data.take("name", person.name)
    person.two_factor = data.flag("two_factor", person.two_factor)
    data.finish()
    return _public(person)


def clear_requests(world, data):
    world.requests.clear()
    return {"cleared": True}


def clear_faults(world, data):
    world.trouble.faults.clear()
    return {"cleared": True}


def clear_latency(world, data):
    world.trouble.latencies.clear()
    return {"cleared": True}


def _build(kind, data):
    """Return the dataclass filled from the input, each value of its field's type."""
    values = {}
    for item in fields(kind):
        if item.name not in data or item.name == "hits":
            continue
        if item.type in (int, float):
            values[item.name] = item.type(data.number(item.name))
        else:
            values[item.name] = (
                data.flag(item.name) if item.type is bool else data.take(item.name)
            )
    data.finish()
    return kind(**values)


WRITE = {
    ("reset",): reset,
    ("clock",): move_clock,
    ("faults",): add_fault,
    ("latency",): add_latency,
    ("people",): change_person,
    ("requests", "clear"): clear_requests,
    ("faults", "clear"): clear_faults,
    ("latency", "clear"): clear_latency,
    ("mail", "clear"): mailbox.clear,
    ("mail", "settings"): mailbox.change_settings,
    ("deliveries", "again"): courier.again,
    ("deliveries", "settings"): courier.change_settings,
    ("deliveries", "clear"): courier.clear,
}

# Each takes (world, data), the data being the query.
READ = {
    ("clock",): lambda world, data: world.clock.state(),
    ("deliveries",): courier.listing,
    ("deliveries", "settings"): lambda world, data: world.courier.settings,
    ("faults",): lambda world, data: world.trouble.state()["faults"],
    ("latency",): lambda world, data: world.trouble.state()["latency"],
    ("mail",): mailbox.received,
    ("mail", "settings"): lambda world, data: mailbox.settings(world),
    ("people",): lambda world, data: [
        _public(person) for person in world.people.values()
    ],
    ("requests",): lambda world, data: list(world.requests),
}


def _public(person):
    return {
        "key": person.key,
        "name": person.name,
        "note": translate("en", f"note_{person.key}"),
        "two_factor": person.two_factor,
    }


# --- HTTP


def rules():
    return [
        Rule("/_control", endpoint=human_page, methods=["GET"]),
        Rule("/_control/<name>", endpoint=read, methods=["GET"]),
        Rule("/_control/<name>/<command>", endpoint=read, methods=["GET"]),
        Rule("/_control/<name>", endpoint=write, methods=["POST"]),
        Rule("/_control/<name>/<command>", endpoint=write, methods=["POST"]),
    ]


def human_page(world, request):
    said, wrong = request.args.get("said"), request.args.get("wrong")
    asked = [call for call in world.requests if "/picture/" not in call["path"]]
    values = {"world": world, "kinds": KINDS, "calls": asked[:-16:-1]}
    return page("control.html", said=said, wrong=wrong, **values)


def read(world, request, name, command=None):
    """Answer what all networks share, or a network's state or one part of it."""
    shared = READ.get((name, command) if command else (name,))
    if shared:
        data = Input(request.args.to_dict())
        found = shared(world, data)
        data.finish()
        return json_response(found)
    state = world.network(name).state()
    if command is None:
        return json_response(state)
    if command not in state:
        raise ControlError(
            f"Nothing called {command!r}. There are: {', '.join(state)}."
        )
    return json_response(state[command])


def write(world, request, name, command=None):
    data = Input.of(request)
    shared = WRITE.get((name, command) if command else (name,))
    if shared:
        return told(data, shared(world, data))
    network = world.network(name)
    if command not in network.controls:
        raise ControlError(
            f"No control {command!r}. There are: {', '.join(network.controls)}."
        )
    return told(data, network.controls[command](network, data))


def told(data, result):
    """Return JSON, or send a person back to the page whose form was used."""
    return go_back(data.back, said="Done.") if data.back else json_response(result)


def refused(request, problem):
    """Answer a control's refusal in the form in which it was asked."""
    back = None if request.is_json else local_page(request.form.get("back"))
    return (
        go_back(back, wrong=str(problem))
        if back
        else json_response({"error": str(problem)}, 400)
    )


def local_page(path):
    """Return the path when it is one of the sandbox's own, else None."""
    path = path or ""
    return path if path.startswith("/") and path[1:2] not in ("/", "\\") else None


def go_back(back, **message):
    return redirect(f"{back}?{urlencode(message)}", code=303)


def json_response(data, status=200):
    text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    return Response(text, status=status, content_type="application/json")
