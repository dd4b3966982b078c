"""The Graph API's calls: who asks, with which proof, for which node and edge.

Sources: "Pages API", references of ``user/accounts``, ``user/permissions``,
``page/subscribed_apps``, ``page/roles``, ``page/assigned_users``, "Rate limits".
"""

import hashlib
import hmac
import json

from . import edges, errors, nodes
from .errors import GraphError, graph_json
from .fields import parse_fields
from .paging import paginate


class Call:
    """One call to the Graph API: parameters, token, and that token's app."""

    def __init__(self, network, request, version, path=""):
        self.network, self.request, self.version, self.path = (
            network,
            request,
            version,
            path,
        )
        self.params = request.values.to_dict()
        body = request.get_json(silent=True) if request.is_json else None
        if isinstance(body, dict):
            self.params |= {key: str(value) for key, value in body.items()}
        self.token = self.app = None

    def authenticate(self):
        """Establish token, app and proof.

        :raise GraphError: no token, a dead one, a missing or wrong proof, a spent
            budget.
        """
        scheme, _space, bearer = self.request.headers.get(
            "Authorization", ""
        ).partition(" ")
        value = self.params.get("access_token") or (
            bearer if scheme.lower() in ("bearer", "oauth") else ""
        )
        if not value:
            raise errors.token_required()
        self.token = self.network.find_token(value)
        self.app = self.network.apps.get(self.token.app_id)
        self.network.judge(self.token)
        self._check_proof()
        if any(share >= 100 for share in self.app.usage.values()):
            raise errors.throttled()

    def _check_proof(self):
        """Verify ``appsecret_proof`` when it came; insist on it when the app does."""
        proof = self.params.get("appsecret_proof")
        if proof is None:
            if self.app.require_proof and self.token.kind != "APP":
                raise errors.proof_required()
            return
        expected = hmac.new(
            self.app.client_secret.encode(), self.token.value.encode(), hashlib.sha256
        )
        if not hmac.compare_digest(proof.encode(), expected.hexdigest().encode()):
            raise errors.proof_wrong()

    @property
    def grant(self):
        return self.token.grant

    @property
    def data_withheld(self):
        """Whether the 90 days of data access are over: the token lives on without."""
        grant = self.grant
        return bool(grant) and self.network.data_access_ends(grant) <= self.network.now

    def need(self, *scopes):
        """Refuse unless one of the scopes is granted (an app token needs none)."""
        if self.grant and not self.grant.has(*scopes):
            raise errors.scope_missing(*scopes)

    def fields(self, default):
        return parse_fields(self.params.get("fields") or default)

    def picture_url(self, key):
        return f"{self.request.host_url}meta/picture/{key}.png"

    def finish(self, work):
        """Run the work; give its answer, or the refusal, a Graph answer's headers."""
        try:
            self.network.check_version(self.version, self.path and f"/{self.path}")
            response = work()
        except GraphError as refusal:
            response = refusal.response()
        response.headers["facebook-api-version"] = self.version
        if self.app:
            response.headers["X-App-Usage"] = json.dumps(usage(self.app))
        return response


def usage(app):
    return {"call_count": 0, "total_cputime": 0, "total_time": 0, **app.usage}


def usage_headers_of_throttling(code):
    """Return the header that goes with a rate-limit code ("Rate limits")."""
    if code in (4, 17, 32):
        return {
            "X-App-Usage": json.dumps(
                {"call_count": 100, "total_cputime": 25, "total_time": 25}
            )
        }
    if 80000 <= code <= 80014:
        entry = {
            "type": "pages",
            "call_count": 100,
            "total_cputime": 25,
            "total_time": 25,
        }
        entry["estimated_time_to_regain_access"] = 19
        return {"X-Business-Use-Case-Usage": json.dumps({"300000000000001": [entry]})}
    return {}


class GraphAnswers:
    """How a network of Meta refuses what it does not know. Mixed into the network."""

    def not_found(self, request):
        path = request.path.removeprefix(f"/{self.code}")
        return errors.unknown_path(path).response()

    def method_not_allowed(self, request):
        node = request.path.rsplit("/", 1)[-1]
        return errors.no_such_object(node, request.method).response()

    def fault_response(self, fault):
        return refusal_of(fault)


def refusal_of(fault):
    """Return a Graph error for an ``error`` fault, with its usage headers."""
    message = fault.message or f"(#{fault.code}) Stand-in trouble"
    more = {} if fault.is_transient is None else {"is_transient": fault.is_transient}
    error = GraphError(
        fault.code or 1,
        message,
        fault.subcode,
        fault.type,
        fault.status or None,
        **more,
    )
    response = error.response()
    response.headers.update(usage_headers_of_throttling(fault.code))
    return response


def serve(network, request, version, path):
    """Answer any node or edge below a version."""
    call = Call(network, request, version, path)
    return call.finish(lambda: graph_json(dispatch(call)))


def dispatch(call):
    call.authenticate()
    node_id, *rest = call.path.strip("/").split("/")
    kind, node = find_node(call, node_id)
    method = call.request.method
    if not rest:
        if method != "GET":
            raise errors.no_such_object(node_id, method)
        return nodes.select(call, kind, node, call.fields(nodes.DEFAULT_FIELDS[kind]))
    edge = edges.EDGES.get((kind, rest[0]))
    if edge is None:
        raise errors.unknown_path(f"/{rest[0]}")
    deeper_allowed = (rest[0], method) == ("permissions", "DELETE")
    if method not in edge or len(rest) > (2 if deeper_allowed else 1):
        raise errors.no_such_object(node_id, method)
    result = edge[method](call, node, *rest[1:])
    if isinstance(result, edges.Listing):
        fields = call.fields(result.default_fields)
        return paginate(
            call,
            result.items,
            lambda item: nodes.select(call, result.kind, item, fields),
        )
    return result


def find_node(call, node_id):
    """Return (kind, object) for an id as this token sees it.

    :raise GraphError: 100/33 for what does not exist or is not this token's to see.
    """
    network, token = call.network, call.token
    if node_id == "me":
        if token.kind == "APP":
            raise errors.token_required()
        if token.kind == "PAGE":
            return "Page", network.pages[token.page]
        return "User", token.person
    if node_id == token.app_id:
        return "Application", call.app
    for person in network.person_keys():
        if node_id == network.scoped_id(token.app_id, person) and nodes.sees_person(
            call, person
        ):
            return "User", person
    if node_id in network.pages and nodes.sees_page(call, network.pages[node_id]):
        return "Page", network.pages[node_id]
    if node_id in network.instagram and nodes.sees_instagram(call, node_id):
        return "IGUser", network.instagram[node_id]
    if node_id in network.businesses and nodes.sees_business(
        call, network.businesses[node_id]
    ):
        return "Business", network.businesses[node_id]
    raise errors.no_such_object(node_id, call.request.method)
