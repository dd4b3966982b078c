"""Who may do what, asked over RPC: all models, fields and public methods of the addon.

The expectation is the table in ``tests/rights/expected.py``.
"""

import itertools
import json
import re
from types import SimpleNamespace

import pytest
import requests

from dev import layout, odoo, shell
from tests import servers
from tests.people import app_values
from tests.rights import expected
from tests.rights.callers import Answer, Anybody, Caller

pytestmark = pytest.mark.processes

LETTERS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
OURS, THEIRS = "MARK-ours", "MARK-theirs"
# All secrets of the scene begin with one of these.
SECRETS = ("PLAIN-9f3e", "stm1.")
NUMBERS = itertools.count()
# What a call gets for a parameter that it needs, by the parameter's name.
GIVEN = {
    "domain": [],
    "data": [["x"]],
    "field_name": "display_name",
    "field_names": ["display_name"],
    "fields": ["display_name"],
    "fields_spec": {"display_name": {}},
    "fields_to_export": ["display_name"],
    "full_name": "display_name",
    "group_by": "create_uid",
    "groupby": ["create_uid"],
    "grouping_sets": [["create_uid"]],
    "operation": "read",
    "progress_bar": {"field": "create_uid", "colors": {}},
    "specification": {"display_name": {}},
    "values": {},
    "vals": {},
    "vals_list": [{}],
    "view_id": False,
    "view_type": "form",
    "views": [[False, "form"]],
}


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """Two companies on one server, and somebody of each role."""
    path = tmp_path_factory.mktemp("rights") / "scene.json"
    with servers.running_sandbox() as sandbox, servers.running_odoo() as start:
        # All that it would log of refusals takes longer than the calls.
        server = start(arguments=["--log-handler=:WARNING", "--max-cron-threads=0"])
        # Refusals are what this is about.
        server.expect_log("")
        values = app_values(sandbox)
        shell.run(
            odoo.command(["shell", "-d", server.db, "--no-http"]),
            log="rights",
            what="Making the scene",
            env=odoo.environment(),
            cwd=layout.ROOT,
            typed="from tests.rights.scene import make\n"
            f"make(env, {values!r}, {str(path)!r})\n",
        )
        found = SimpleNamespace(server=server, **json.loads(path.read_text()))
        found.callers = {
            role: Caller(server, login, found.password)
            for role, login in found.roles.items()
        }
        yield found


class Findings(list):
    """What went against the table; the test tells all of it at once."""

    def expect(self, is_right, *where):
        if not is_right:
            self.append(" ".join(map(str, where)))

    def expect_silence(self, answer, *where, marks=(*SECRETS, THEIRS)):
        """Expect that an answer, errors included, tells nothing that is hidden."""
        for word in marks:
            self.expect(word not in answer.text, *where, "told", word)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            assert not self, f"{len(self)} against the table:\n" + "\n".join(self)


def concrete(scene):
    return {
        name: model for name, model in scene.models.items() if not model["abstract"]
    }


def closed_fields():
    return [
        (model, name, readers)
        for model, fields in expected.CLOSED.items()
        for name, readers in fields.items()
    ]


def rows_of(scene, marks=None):
    """Return a fingerprint of each table of ours: of all rows, or of some ids."""
    found = {}
    with scene.server.cursor() as cr:
        for model in concrete(scene):
            table = model.replace(".", "_")
            ids = scene.records["theirs"][model] if marks else None
            cr.execute(
                f"SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM {table} t"
                " WHERE %s::int[] IS NULL OR id = ANY(%s)",
                [ids, ids],
            )
            found[model] = cr.fetchone()
        for table, column in (
            ("mail_message", "model"),
            ("mail_followers", "res_model"),
            ("mail_activity", "res_model"),
            ("ir_attachment", "res_model"),
        ):
            ids = scene.records["theirs"]["social.profile"] if marks else None
            cr.execute(
                f"SELECT count(*) FROM {table} WHERE {column} LIKE 'social.%%'"
                " AND (%s::int[] IS NULL OR res_id = ANY(%s))",
                [ids, ids],
            )
            found[table] = cr.fetchone()
    return found


# === THE TABLE IS COMPLETE === #


def test_every_model_field_method_and_address_has_an_expectation(scene):
    with Findings() as findings:
        findings.expect(
            set(scene.models) == {*expected.RECORDS, *expected.PARTS},
            "models",
            set(scene.models) ^ {*expected.RECORDS, *expected.PARTS},
        )
        for name, model in concrete(scene).items():
            if name not in expected.OPEN:
                continue
            apart = set(model["fields"]) ^ expected.fields_of(name)
            findings.expect(not apart, name, "fields", apart)
            secrets = set(model["secrets"])
            closed = {
                field
                for field, readers in expected.CLOSED.get(name, {}).items()
                if not readers
            }
            findings.expect(secrets <= closed, name, "secrets", secrets - closed)
            own = {
                method
                for method, facts in model["methods"].items()
                if facts["is_ours"] and method not in expected.OVERRIDDEN
            }
            apart = own ^ set(expected.METHODS.get(name, ()))
            findings.expect(not apart, name, "methods", apart)
        elsewhere = {
            f"{model}.{name}"
            for model, names in (
                *expected.ELSEWHERE.items(),
                *(("res.users", names) for names in expected.OF_USERS.values()),
                # Users have what their contacts have.
                *itertools.product(
                    ("res.partner", "res.users"), expected.OF_PARTNERS.values()
                ),
            )
            for name in names.split()
        }
        apart = elsewhere ^ set(scene.fields_elsewhere)
        findings.expect(not apart, "fields of Odoo's models", apart)
        apart = scene.routes.items() ^ expected.ADDRESSES.items()
        findings.expect(not apart, "addresses", apart)


# === RECORDS === #


def test_each_role_does_with_records_what_the_table_says(scene):
    with Findings() as findings:
        for role, caller in scene.callers.items():
            for model in concrete(scene):
                for side in ("ours", "theirs"):
                    letters = expected.RECORDS[model].get(role, "")
                    if side == "theirs" and model not in expected.SHARED:
                        letters = ""
                    for letter in LETTERS:
                        answer = touch(scene, caller, model, side, letter, letters)
                        findings.expect(
                            (letter in letters) == (not answer.error),
                            role,
                            LETTERS[letter],
                            side,
                            model,
                            answer.error or "was allowed",
                        )


def touch(scene, caller, model, side, letter, letters):
    """Try an operation; what is allowed and cannot be undone is only asked about."""
    ids = scene.records[side][model]
    if letter == "r":
        return caller.call(model, "read", ids, ["create_date"])
    if letter == "w":
        values = expected.HARMLESS.get(model, {"write_uid": 1})
        return caller.call(model, "write", ids, values)
    if letter == "c":
        return caller.call(model, "create", [prepare_like(scene, model, side)])
    if letter in letters:
        answer = caller.call(model, "has_access", ids, "unlink")
        return answer if answer.value else Answer("refused", None, "")
    return caller.call(model, "unlink", ids)


def prepare_like(scene, model, side):
    """Return values for a record like that of a side, in the same company."""
    company = {"name": "x", "company_id": scene.companies[side]}
    network_id = scene.records[side]["social.network"][0]
    about = {"profile_id": scene.records[side]["social.profile"][0]}
    person = {"person_id": scene.clients["ours"]}
    return {
        "social.app": {**company, "client_id": "1"},
        "social.network": {
            "name": "x",
            "code": f"x{next(NUMBERS)}",
            "providers": "oauth2",
        },
        "social.notice.target": {
            **company,
            "kind": "slack",
            "address_input": "https://hooks.example.com/x",
        },
        "social.profile": {**company, "network_id": network_id},
        "social.renewal.wizard": about,
        "social.connect.wizard": {"app_id": scene.records[side]["social.app"][0]},
        "social.disconnect.wizard": about,
        "social.link.wizard": {**about, **person},
        "social.people.wizard": about,
        "social.report.wizard": {"partner_id": scene.clients[side]},
        "social.take.wizard": about,
        "social.judgement.wizard": {**about, **person, "can_renew": "no"},
        "social.notice.preference": about,
        "social.profile.feed": {**about, "name": "x"},
        "social.settings": {"company_id": scene.companies[side]},
        "social.role.wizard": {"user_id": scene.colleagues[side]},
    }.get(model, {})


def test_a_search_finds_what_may_be_read_and_nothing_else(scene):
    with Findings() as findings:
        for role, caller in scene.callers.items():
            for model in concrete(scene):
                for side in ("ours", "theirs"):
                    if side == "theirs" and model in expected.SHARED:
                        continue
                    ids = scene.records[side][model]
                    may = side == "ours" and "r" in expected.RECORDS[model].get(
                        role, ""
                    )
                    found = caller.call(model, "search", [("id", "in", ids)])
                    counted = caller.call(model, "search_count", [("id", "in", ids)])
                    findings.expect(
                        bool(found.value) == bool(counted.value) == may,
                        *(role, "search", side, model, found.error, found.value),
                    )


def test_who_has_no_role_reaches_no_model_at_all(scene):
    with Findings() as findings:
        for role in expected.NO_ROLE:
            for model in concrete(scene):
                for method, args in (("search", [[]]), ("create", [[{}]])):
                    answer = scene.callers[role].call(model, method, *args)
                    findings.expect(
                        answer.error == "AccessError", role, method, model, answer
                    )


# === FIELDS === #


def test_each_role_reads_all_fields_but_those_that_are_closed(scene):
    with Findings() as findings:
        for role, caller in scene.callers.items():
            for model, letters in expected.RECORDS.items():
                if "r" not in letters.get(role, ""):
                    continue
                ids = scene.records["ours"][model]
                names = expected.OPEN[model].split()
                answer = caller.call(model, "read", ids, names)
                findings.expect(not answer.error, role, "read", model, answer.text)
                every = caller.call(model, "read", ids)
                findings.expect_silence(every, role, "read all", model)
                shown = set((every.value or [{}])[0])
                for name, readers in expected.CLOSED.get(model, {}).items():
                    answer = caller.call(model, "read", ids, [name])
                    findings.expect(
                        answer.is_refused == (role not in readers),
                        *(role, "read", model, name),
                    )
                    findings.expect(
                        (name in shown) == (role in readers), role, "all", model, name
                    )


# The ways that ask whether a field is empty.
EMPTY = ("is set", "count")


def test_closed_fields_are_told_in_no_way_at_all(scene):
    """Neither read, exported, tried out nor written, by whoever may read the record."""
    with Findings() as findings:
        for model, name, readers in closed_fields():
            ids = scene.records["ours"][model]
            spec = {name: {}}
            # Whoever may not read the model at all is refused by the records.
            others = [
                role
                for role, letters in expected.RECORDS[model].items()
                if "r" in letters and role not in readers
            ]
            for role in (*others, "settings_admin"):
                call = scene.callers[role].call
                for way, answer in {
                    "web_read": call(model, "web_read", ids, spec),
                    "web_search_read": call(model, "web_search_read", [], spec),
                    "search_read": call(model, "search_read", [], [name]),
                    "export_data": call(model, "export_data", ids, [name]),
                    "order": call(model, "search", [], order=f"{name} desc"),
                    "domain": call(model, "search", [(name, "=like", "s%")]),
                    "is set": call(model, "search", [(name, "!=", False)]),
                    "count": call(model, "search_count", [(name, "=", False)]),
                    "group": call(model, "formatted_read_group", [], [name]),
                    "sum": call(model, "formatted_read_group", [], [], [f"{name}:max"]),
                    "web group": call(model, "web_read_group", [], [name]),
                    "old group": call(model, "read_group", [], [name], [name]),
                    "write": call(model, "write", ids, {name: False}),
                    "web_save": call(model, "web_save", ids, {name: "x"}, {}),
                    "create": call(model, "create", [{name: "x"}]),
                }.items():
                    where = (role, way, model, name)
                    if (model, name) not in expected.NEVER_EMPTY or way not in EMPTY:
                        findings.expect(answer.error, *where, "was allowed")
                    findings.expect_silence(answer, *where)
                for way, answer in {
                    "onchange": call(model, "onchange", ids, {}, [], spec),
                    "default_get": call(
                        model, "default_get", [name], context={f"default_{name}": "x"}
                    ),
                    "copy": call(model, "copy", ids, {name: "x"}),
                    "copy_data": call(model, "copy_data", ids),
                    "load": call(model, "load", ["id", name], [["x", "y"]]),
                    "fields_get": call(model, "fields_get", [name]),
                    "name_search": call(
                        model, "name_search", "", [(name, "=like", "s%")]
                    ),
                    "metadata": call(model, "get_metadata", ids),
                }.items():
                    findings.expect_silence(answer, role, way, model, name)
                    if way == "fields_get":
                        findings.expect(not answer.value, role, way, model, name)


PATHS = (
    ("social.profile", "access_ids.page_token"),
    ("social.profile", "access_id.page_token"),
    ("social.profile", "token_id.access_token"),
    ("social.profile", "access_id.token_id.app_id.client_secret"),
    ("social.app", "token_ids.refresh_token"),
    ("social.app", "token_ids.access_ids.page_token"),
    ("social.access", "token_id.access_token"),
    ("social.event", "token_id.refresh_token"),
    ("social.notice", "profile_id.access_id.page_token"),
    ("social.signal", "app_id.webhook_secret"),
)


def test_closed_fields_are_not_reached_through_other_records(scene):
    with Findings() as findings:
        for model, path in PATHS:
            ids = scene.records["ours"][model]
            spec = {}
            for name in reversed(path.split(".")):
                spec = {name: {"fields": spec} if spec else {}}
            for role, caller in scene.callers.items():
                for way, answer in {
                    "domain": caller.call(model, "search", [(path, "=like", "s%")]),
                    "is set": caller.call(model, "search", [(path, "!=", False)]),
                    "order": caller.call(model, "search", [], order=path),
                    "group": caller.call(model, "formatted_read_group", [], [path]),
                    "web_read": caller.call(model, "web_read", ids, spec),
                    "export": caller.call(
                        model, "export_data", ids, [path.replace(".", "/")]
                    ),
                }.items():
                    where = (role, way, model, path)
                    findings.expect_silence(answer, *where)
                    findings.expect(answer.error, *where, "was allowed", answer.value)


def test_who_writes_which_field_of_a_profile(scene):
    written = {
        name: roles
        for roles, names in expected.WRITTEN.items()
        for name in names.split()
    }
    ids = scene.records["ours"]["social.profile"]
    names = expected.OPEN["social.profile"].split()
    owner = scene.callers["owner"]
    facts = owner.call("social.profile", "fields_get", names, ["type", "store"]).value
    (row,) = owner.call("social.profile", "read", ids, names).value
    with Findings() as findings:
        for role in (*expected.MEMBERS, *expected.MANAGERS):
            for name in names:
                if not facts[name]["store"] and name not in written:
                    continue  # computed at each reading
                value = as_written(row[name], facts[name]["type"])
                if name not in written and value == [[6, 0, []]]:
                    continue  # writes nothing at all
                answer = scene.callers[role].call(
                    "social.profile", "write", ids, {name: value}
                )
                may = role in written.get(name, ())
                findings.expect(
                    may == (not answer.error),
                    *(role, "write", name, answer.error or "was allowed"),
                )


def as_written(value, kind):
    """Return what was read in the form in which it is written."""
    if kind == "many2one":
        return value and value[0]
    return [[6, 0, value]] if kind.endswith("2many") else value


def test_the_settings_are_for_owners(scene):
    with Findings() as findings:
        for model, names in expected.ELSEWHERE.items():
            for role, caller in scene.callers.items():
                if model == "res.config.settings" and role != "settings_admin":
                    continue  # Odoo's own settings are closed to all others
                for name in names.split():
                    may = role in expected.OWNER
                    found = caller.call(model, "fields_get", [name])
                    findings.expect(bool(found.value) == may, role, model, name)
                    for answer in (
                        caller.call(model, "search_read", [], [name]),
                        caller.call(model, "search", [(name, "=", True)]),
                        caller.call(model, "web_search_read", [], {name: {}}),
                    ):
                        findings.expect(
                            bool(answer.error) != may, role, model, name, answer.text
                        )


# === METHODS === #


def test_public_methods_are_refused_to_whom_the_table_does_not_name(scene):
    """On what others made in one's company, and on anything of another company."""
    before = rows_of(scene)
    with Findings() as findings:
        for model, methods in expected.METHODS.items():
            for method, roles in methods.items():
                facts = scene.models[model]["methods"][method]
                sides = ["ours"] if facts["on_model"] else ["ours", "theirs"]
                for role, caller in scene.callers.items():
                    for side in sides:
                        if role in roles and (
                            side == "ours" or model in expected.SHARED
                        ):
                            continue
                        answer = use(scene, caller, model, method, side)
                        findings.expect(
                            answer.is_refused, role, method, side, model, answer.text
                        )
                        findings.expect_silence(answer, role, method, side, model)
        for model in expected.PARTS:
            methods = scene.models[model]["methods"]
            for method in filter(lambda name: methods[name]["is_ours"], methods):
                for role, caller in scene.callers.items():
                    answer = caller.call(model, method, [1])
                    findings.expect_silence(answer, role, method, model)
        for model in concrete(scene):
            for method in (*expected.METHODS.get(model, ()), "read", "create"):
                answer = Anybody(scene.server).call(model, method, [1])
                findings.expect(answer.is_refused, "anybody", method, model)
    assert rows_of(scene) == before


def use(scene, caller, model, method, side):
    """Call a method with what it needs."""
    facts = scene.models[model]["methods"][method]
    args = [] if facts["on_model"] else [scene.records[side][model]]
    args += [GIVEN.get(name, "x") for name in facts["needs"]]
    return caller.call(model, method, *args)


# What two forms show of whatever they point to.
READ_ON = "external_user_name"
STRANGERS = {
    # role: what is hidden from it
    "settings_admin": (*SECRETS, OURS, THEIRS),
    "member_admin": (*SECRETS, THEIRS),
    "manager": (*SECRETS, THEIRS),
}


@pytest.mark.parametrize("role", STRANGERS)
def test_no_public_method_of_odoo_tells_or_changes_what_is_hidden(scene, role):
    """Inherited methods, too: mail, activities, exports, views, all of them."""
    is_outside = role in expected.NO_ROLE
    before = rows_of(scene, marks=not is_outside)
    sides = ("ours", "theirs") if is_outside else ("theirs",)
    caller = scene.callers[role]
    with Findings() as findings:
        for model, facts in concrete(scene).items():
            for method in facts["methods"]:
                for side in sides:
                    if model in expected.SHARED and not is_outside:
                        continue
                    if facts["methods"][method]["on_model"] and side == "theirs":
                        continue
                    answer = use(scene, caller, model, method, side)
                    findings.expect_silence(
                        answer, role, method, side, model, marks=STRANGERS[role]
                    )
        after = rows_of(scene, marks=not is_outside)
        for table, rows in after.items():
            findings.expect(rows == before[table], role, "changed", table)


# === WHAT ELSE TELLS OF RECORDS === #


@pytest.mark.parametrize("role", STRANGERS)
def test_no_way_around_the_records_tells_what_is_hidden(scene, role):
    caller, hidden = scene.callers[role], STRANGERS[role]
    named = {"fields": {"display_name": {}}}
    with Findings() as findings:
        for side in ("ours", "theirs") if OURS in hidden else ("theirs",):
            records = scene.records[side]
            (profile_id,) = records["social.profile"]
            thread = {"thread_model": "social.profile", "thread_id": profile_id}
            of_thread = [("model", "=", "social.profile"), ("res_id", "=", profile_id)]
            of_record = [
                ("res_model", "=", "social.profile"),
                ("res_id", "=", profile_id),
            ]
            tried = {
                f"{model} tries {name}": caller.call(
                    model,
                    "onchange",
                    [],
                    {name: records[target][0]},
                    [name],
                    {
                        name: named,
                        **({field: {}} if field else {}),
                    },
                )
                for model, name, target, field in (
                    ("social.profile", "access_id", "social.access", READ_ON),
                    ("social.profile", "token_id", "social.token", None),
                    ("social.app", "token_ids", "social.token", None),
                    ("social.renewal.wizard", "profile_id", "social.profile", READ_ON),
                    ("social.renewal.line", "profile_id", "social.profile", None),
                    ("social.renewal.line", "wizard_id", "social.renewal.wizard", None),
                    ("social.disconnect.wizard", "profile_id", "social.profile", None),
                )
            }
            lines = caller.call(
                "social.renewal.wizard",
                "onchange",
                [],
                {"line_ids": [[0, "virtual", {"profile_id": profile_id}]]},
                ["line_ids"],
                {"line_ids": {"fields": {"profile_id": named, "status": {}}}},
            )
            answers = {
                **tried,
                "lines": lines,
                "alert": caller.call("social.profile", "get_login_alert"),
                "name_search": caller.call("social.profile", "name_search", "MARK"),
                "person": caller.call(
                    "social.profile", "search_read", [("person_id", "!=", False)]
                ),
                "default": caller.call(
                    "social.disconnect.wizard",
                    "onchange",
                    [],
                    {},
                    [],
                    {"profile_id": named, "others": {}, "removal": {}},
                    context={"default_profile_id": profile_id},
                ),
                "messages": caller.call(
                    "mail.message", "search_read", of_thread, ["body", "record_name"]
                ),
                "activities": caller.call(
                    "mail.activity", "search_read", of_record, ["summary", "res_name"]
                ),
                "attachments": caller.call(
                    "ir.attachment", "search_read", of_record, ["name", "raw"]
                ),
                "picture": caller.call(
                    "ir.attachment",
                    "search_read",
                    [*of_record, ("res_field", "=", "image")],
                    ["raw"],
                ),
                "thread": caller.post("/mail/thread/messages", **thread),
                "post": caller.post(
                    "/mail/message/post", **thread, post_data={"body": "x"}
                ),
                "data": caller.post(
                    "/mail/data",
                    fetch_params=[
                        ["mail.thread", {**thread, "request_list": ["followers"]}]
                    ],
                ),
                "notify": caller.call(
                    "social.profile",
                    "message_notify",
                    [profile_id],
                    body="x",
                    partner_ids=[caller.rpc.session["partner_id"]],
                ),
                "notified": caller.call(
                    "mail.message",
                    "search_read",
                    [("author_id", "=", caller.rpc.session["partner_id"])],
                    ["body", "record_name", "subject"],
                ),
                "follow": caller.call(
                    "mail.followers",
                    "create",
                    [
                        {
                            "res_model": "social.profile",
                            "res_id": profile_id,
                            "partner_id": caller.rpc.session["partner_id"],
                        }
                    ],
                ),
                "schedule": caller.call(
                    "mail.activity",
                    "create",
                    [
                        {
                            "res_model_id": model_id(scene, "social.profile"),
                            "res_id": profile_id,
                            "summary": "x",
                        }
                    ],
                ),
            }
            for way, answer in answers.items():
                findings.expect_silence(answer, role, side, way, marks=hidden)
            # Odoo lets settings admins make anybody a follower, or an Owner.
            follow = () if role == "settings_admin" else ("follow",)
            for way in ("post", *follow, "schedule"):
                findings.expect(answers[way].error, role, side, way, "was allowed")
            for way in ("messages", "activities", "attachments", "picture"):
                findings.expect(
                    not answers[way].value, role, side, way, answers[way].value
                )


def model_id(scene, name):
    with scene.server.cursor() as cr:
        cr.execute("SELECT id FROM ir_model WHERE model = %s", [name])
        return cr.fetchone()[0]


def test_who_is_only_told_of_a_profile_says_nothing_in_its_name(scene):
    (profile_id,) = scene.records["ours"]["social.profile"]
    before = rows_of(scene)
    for role in ("member", "member_recipient"):
        call = scene.callers[role].call
        others = scene.callers["owner"].rpc.session["partner_id"]
        for answer in (
            call("social.profile", "message_post", [profile_id], body="x"),
            call("social.profile", "message_subscribe", [profile_id], [others]),
            call("social.profile", "activity_schedule", [profile_id]),
            call("social.profile", "action_archive", [profile_id]),
            call(
                "ir.attachment",
                "create",
                [{"name": "x", "res_model": "social.profile", "res_id": profile_id}],
            ),
        ):
            assert answer.is_refused, (role, answer.text)
    assert rows_of(scene) == before


def test_no_form_that_is_tried_out_tells_of_what_is_hidden(scene):
    """Whatever points to a record of ours, in any model: it is named to its readers."""
    kinds = {
        role: scene.callers[role].rpc.session["is_internal_user"]
        for role in scene.callers
    }
    with Findings() as findings:
        for model, name, target in scene.relations:
            spec = {one: {} for one in expected.OPEN.get(model, "").split()}
            spec[name] = {"fields": {"display_name": {}}}
            for role, caller in scene.callers.items():
                if not kinds[role]:
                    continue  # portal users have no forms
                for side in ("ours", "theirs"):
                    (record_id,) = scene.records[side][target]
                    for value in (record_id, [[4, record_id]], [[6, 0, [record_id]]]):
                        answer = caller.call(
                            model, "onchange", [], {name: value}, [name], spec
                        )
                        marks = [*SECRETS, THEIRS]
                        if role in expected.NO_ROLE:
                            marks.append(OURS)
                        findings.expect_silence(
                            answer, role, side, model, name, marks=marks
                        )


def test_nobody_tries_out_a_nested_row_or_a_contact_that_is_hidden(scene):
    (profile_id,) = scene.records["theirs"]["social.profile"]
    named = {"fields": {"display_name": {}}}
    row = {"profile_id": profile_id}
    client = scene.clients["theirs"]
    with Findings() as findings:
        for role, caller in scene.callers.items():
            for model, name, value, spec in (
                (
                    "res.users",
                    "social_preference_ids",
                    [[0, "virtual", row]],
                    {"fields": {"profile_id": named}},
                ),
                ("social.link.wizard", "person_id", client, {}),
                ("social.connect.link", "person_id", client, {}),
            ):
                answer = caller.call(
                    model,
                    "onchange",
                    [],
                    {name: value},
                    [name],
                    {name: spec, **({} if model == "res.users" else {"email": {}})},
                )
                findings.expect_silence(answer, role, model, name)
            for model, values in (
                ("social.link.wizard", {"person_id": client}),
                ("social.link.wizard", {**row, "person_id": scene.clients["ours"]}),
                (
                    "social.judgement.wizard",
                    {
                        "profile_id": scene.records["ours"]["social.profile"][0],
                        "person_id": client,
                        "can_renew": "yes",
                    },
                ),
            ):
                answer = caller.call(model, "create", [values])
                findings.expect(answer.is_refused, role, model, answer.text)


def test_nobody_touches_the_settings_of_others_by_his_own(scene):
    """Odoo writes one's own settings as the superuser."""
    (theirs,) = scene.records["theirs"]["social.notice.preference"]
    (ours,) = scene.records["ours"]["social.notice.preference"]
    (profile_id,) = scene.records["theirs"]["social.profile"]
    before = rows_of(scene)["social.notice.preference"]
    with Findings() as findings:
        for role, caller in scene.callers.items():
            for command in (
                *([1, one, {"email": False}] for one in (ours, theirs)),
                *([number, one] for number in (2, 3, 4) for one in (ours, theirs)),
                [6, 0, [ours, theirs]],
                [0, 0, {"profile_id": profile_id}],
            ):
                answer = caller.call(
                    "res.users",
                    "write",
                    [caller.rpc.session["uid"]],
                    {"social_preference_ids": [command]},
                )
                findings.expect(answer.is_refused, role, command, answer.text)
    assert rows_of(scene)["social.notice.preference"] == before


def test_the_settings_of_users_are_for_who_has_a_role(scene):
    other = scene.callers["owner"].rpc.session["uid"]
    with Findings() as findings:
        for roles, names in expected.OF_USERS.items():
            for role, caller in scene.callers.items():
                if role == "owner":
                    continue  # his own
                for name in names.split():
                    answer = caller.call("res.users", "read", [other], [name])
                    findings.expect(
                        answer.is_refused == (role not in roles),
                        *(role, name, answer.text),
                    )


def test_what_a_contact_tells_of_profiles_is_for_who_has_a_role(scene):
    with Findings() as findings:
        for roles, names in expected.OF_PARTNERS.items():
            for role, caller in scene.callers.items():
                own = caller.call("res.partner", "search", [], limit=1).value
                for name in names.split():
                    found = caller.call("res.partner", "fields_get", [name])
                    findings.expect(bool(found.value) == (role in roles), role, name)
                    answer = caller.call("res.partner", "read", own, [name])
                    findings.expect(
                        answer.is_refused == (role not in roles),
                        *(role, name, answer.text),
                    )


def test_a_picture_is_shown_to_who_may_see_the_profile(scene):
    shown = {
        (role, side): caller.get(
            f"/web/image/social.profile/{scene.records[side]['social.profile'][0]}/image"
        )
        for role, caller in scene.callers.items()
        for side in ("ours", "theirs")
    }
    placeholder = shown["nobody", "theirs"]
    for (role, side), content in shown.items():
        may = side == "ours" and role in expected.READERS
        assert (content != placeholder) == may, (role, side)


# === ADDRESSES === #


def test_anybody_gets_no_further_than_the_log_in(scene):
    anybody = Anybody(scene.server)
    for address in ("/social/authorize/1", "/social/renew/1", "/odoo/social-profiles"):
        answer = anybody.get(address)
        assert answer.status_code == 303, address
        assert "/web/login" in answer.headers["Location"]
    answers = [
        anybody.get(address)
        for address in ("/social/callback/x", "/social/callback/y?code=1&state=2")
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.text for answer in answers}) == 1
    for address in ("/social/webhook/x", "/social/deletion/x"):
        answer = anybody.get(address)
        assert answer.status_code in (403, 404)
        assert "MARK" not in answer.text


def test_a_link_that_opens_nothing_is_answered_as_one_that_never_was(scene):
    """Here they came back with another account, and their end is moved to the past."""
    with scene.server.cursor() as cr:
        cr.execute(
            "UPDATE social_connect_link SET expires_at = now() - interval '1 day'"
        )
        cr.execute("SELECT reference FROM social_connect_link ORDER BY id LIMIT 1")
        (reference,) = cr.fetchone()
    anybody = Anybody(scene.server)
    for path, known in (
        ("/social/link/", scene.link_tokens["ours"]),
        ("/social/connection/", reference),
    ):
        unknown = "x" * len(known)
        answers = [anybody.get(path + one) for one in (known, unknown)]
        assert [one.status_code for one in answers] == [404, 404]
        pages = {
            without_marks(answer.text.replace(one, "…"))
            for answer, one in zip(answers, (known, unknown), strict=True)
        }
        assert len(pages) == 1, pages
        assert "MARK" not in pages.pop()


def without_marks(page):
    """Return a page without what is another one at each request."""
    return re.sub(r'(name="csrf_token"[^>]*value=|csrf_token: )"[^"]*"', "", page)


def test_the_other_remote_interface_knows_the_same_rights(scene):
    """``/json/2`` takes a key instead of a session."""

    def call(role, model, method, **parameters):
        headers = {"Authorization": f"bearer {scene.keys[role]}"} if role else {}
        return requests.post(
            f"{scene.server.url}/json/2/{model}/{method}",
            headers=headers,
            json=parameters,
        )

    ours = scene.records["ours"]
    theirs = scene.records["theirs"]
    assert call(None, "social.profile", "search", domain=[]).status_code == 401
    found = call("manager", "social.profile", "search", domain=[]).json()
    assert set(ours["social.profile"]) <= set(found)
    assert not set(theirs["social.profile"]) & set(found)
    for role, model, method, parameters in (
        ("nobody", "social.profile", "search", {"domain": []}),
        ("settings_admin", "social.app", "search", {"domain": []}),
        (
            "owner",
            "social.token",
            "read",
            {"ids": ours["social.token"], "fields": ["access_token"]},
        ),
        (
            "manager",
            "social.profile",
            "read",
            {"ids": theirs["social.profile"], "fields": ["name"]},
        ),
        (
            "manager",
            "social.profile",
            "action_renew",
            {"ids": theirs["social.profile"]},
        ),
        ("owner", "social.token", "_open_secret", {"ids": ours["social.token"]}),
        ("owner", "social.profile", "_access_token", {"ids": ours["social.profile"]}),
    ):
        answer = call(role, model, method, **parameters)
        assert answer.status_code == 403, (role, model, method, answer.text)
        assert not any(word in answer.text for word in (*SECRETS, THEIRS))


# === WHAT IS ALLOWED === #


def test_public_methods_are_open_to_whom_the_table_names(scene):
    """The last but one: some of this ends what the others look at."""
    with Findings() as findings:
        for model, methods in expected.METHODS.items():
            for method, roles in methods.items():
                if method == "action_wipe":
                    continue
                for role in roles:
                    answer = use(scene, scene.callers[role], model, method, "ours")
                    findings.expect(
                        answer.error in ("", "UserError"),
                        *(role, method, model, answer.text),
                    )
                    findings.expect_silence(answer, role, method, model)


def test_an_owner_wipes_a_copy_and_the_log_has_no_secret(scene):
    answer = use(scene, scene.callers["owner"], "social.home", "action_wipe", "ours")
    assert not answer.error, answer.text
    log = scene.server.log()
    assert not any(secret in log for secret in SECRETS)
