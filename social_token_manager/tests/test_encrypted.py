"""A secret is only ever seen sealed, and by nobody."""

import json
from collections import defaultdict

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import SQL, mute_logger

from ..fields import Encrypted
from ..keyring import SecretDamaged
from ..providers.results import TokenSet
from .common import (
    APP_SECRET,
    GROUPS,
    PLAIN,
    SocialCase,
    SocialHttpCase,
    encrypted_fields,
    plain_text,
)

EXPORT = "base.group_allow_export"
ENVELOPE = "stm1.kid.AAAA"
KNOWN = {
    "social.access.page_token",
    "social.app.client_secret",
    "social.oauth.request.verifier",
    "social.token.access_token",
    "social.token.refresh_token",
}
# Every way to a field's value, or to knowing something about it.
WAYS = {
    "read": lambda records, name: records.read([name]),
    "attribute": lambda records, name: records[name],
    "mapped": lambda records, name: records.mapped(name),
    "sorted": lambda records, name: (records + records).sorted(name),
    "filtered_domain": lambda records, name: records.filtered_domain([(name, "=", 1)]),
    "search =": lambda records, name: records.search([(name, "=", ENVELOPE)]),
    "search != False": lambda records, name: records.search([(name, "!=", False)]),
    "search =like": lambda records, name: records.search([(name, "=like", "stm1.a%")]),
    "search_count": lambda records, name: records.search_count([(name, "<", "b")]),
    "order": lambda records, name: records.search([], order=f"{name} desc"),
    "search_read": lambda records, name: records.search_read([], [name]),
    "group": lambda records, name: records.formatted_read_group([], [name]),
    "aggregate": lambda records, name: records.formatted_read_group(
        [], [], [f"{name}:count_distinct"]
    ),
    "having": lambda records, name: records.formatted_read_group(
        [], ["id"], ["__count"], having=[(f"{name}:count", ">", 0)]
    ),
    "_read_group": lambda records, name: records._read_group(
        [], [], [f"{name}:array_agg"]
    ),
    "web_read_group": lambda records, name: records.web_read_group([], [name]),
    "web_read": lambda records, name: records.web_read({name: {}}),
    "web_search_read": lambda records, name: records.web_search_read([], {name: {}}),
    "write": lambda records, name: records.write({name: ENVELOPE}),
    "write blank": lambda records, name: records.write({name: False}),
    "web_save": lambda records, name: records.web_save({name: ENVELOPE}, {}),
    "web_save answer": lambda records, name: records.web_save({}, {name: {}}),
    "create": lambda records, name: records.create({name: ENVELOPE}),
    "create by context": lambda records, name: records.with_context(
        **{f"default_{name}": ENVELOPE}
    ).create({}),
    "copy": lambda records, name: records.copy({name: ENVELOPE}),
    "export_data": lambda records, name: records.export_data([name]),
    "onchange": lambda records, name: records.onchange(
        {name: ENVELOPE}, [name], {name: {}}
    ),
}
WAYS_ALONG_A_LINK = {
    "search": lambda records, link, name: records.search(
        [(f"{link}.{name}", "=like", "stm1.%")]
    ),
    "any": lambda records, link, name: records.search(
        [(link, "any", [(name, "!=", False)])]
    ),
    "export": lambda records, link, name: records.export_data([f"{link}/{name}"]),
    "web_read": lambda records, link, name: records.web_read(
        {link: {"fields": {name: {}}}}
    ),
    "mapped": lambda records, link, name: records.mapped(f"{link}.{name}"),
}
WAYS_OF_PLAIN_TEXT = {
    "create": lambda record, field, plain: record.create(
        {**record.copy_data()[0], field.name: plain}
    ),
    "write": lambda record, field, plain: record.write({field.name: plain}),
    "assign": lambda record, field, plain: field.__set__(record, plain),
    "new": lambda record, field, plain: record.new({field.name: plain})[field.name],
    "cache": lambda record, field, plain: field.convert_to_cache(plain, record),
    "column": lambda record, field, plain: field.convert_to_column(plain, record),
    "insert": lambda record, field, plain: field.convert_to_column_insert(
        plain, record
    ),
    "bytes": lambda record, field, plain: field.convert_to_cache(
        plain.encode(), record
    ),
}


@tagged("post_install", "-at_install")
class TestEncrypted(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.make_user("owner", groups=[EXPORT])
        cls.records = cls.make_sealed_records(cls.owner)
        cls.env["social.event"]._record("sent", cls.records["social.oauth.request"])
        cls.secrets = encrypted_fields(cls.env)

    # === THE FIELD TYPE === #

    def test_all_secrets_are_of_the_closed_type(self):
        self.assertLessEqual(KNOWN, set(map(str, self.secrets)))
        for field in self.secrets:
            with self.subTest(field=field):
                self.assertEqual(field.groups, fields.NO_ACCESS)
                self.assertFalse(field.copy)
                self.assertFalse(field.prefetch)
                self.assertFalse(getattr(field, "tracking", None))
                self.assertFalse(field._description_exportable)
                self.assertTrue(field.store)
                self.assertFalse(field.compute or field.related)
                self.assertFalse(field.translate or field.company_dependent)
                self.assertIsInstance(
                    self.env[field.model_name], self.registry["social.secret.mixin"]
                )

    def test_no_field_of_the_registry_is_derived_from_a_secret(self):
        """Neither related nor computed fields may have a path that meets a secret."""
        for model in self.env.registry.values():
            for field in model._fields.values():
                paths = {
                    *self.env.registry.field_depends[field],
                    *([field.related] if field.related else ()),
                }
                for path in paths:
                    self.assertFalse(
                        any(
                            isinstance(step, Encrypted)
                            for step in self.steps_of(model._name, path)
                        ),
                        f"{field} reads {path}",
                    )

    def steps_of(self, model_name, path):
        for name in path.split("."):
            field = self.env[model_name]._fields.get(name)
            if field is None:
                return
            yield field
            model_name = field.comodel_name or model_name

    def test_plain_text_is_refused_everywhere_and_not_repeated(self):
        for field in self.secrets:
            record, plain = self.records[field.model_name], plain_text(field)
            for way, attempt in WAYS_OF_PLAIN_TEXT.items():
                with (
                    self.subTest(field=field, way=way),
                    self.assertRaises(TypeError) as caught,
                ):
                    attempt(record, field, plain)
                self.assertNotIn(plain, str(caught.exception))

    def test_cache_and_column_hold_the_envelope_only(self):
        for field in self.secrets:
            record = self.records[field.model_name]
            self.env.invalidate_all()
            for value in (
                record.sudo()[field.name],
                record._cache[field.name],
                self.column(record, field.name),
            ):
                self.assertRegex(value, r"^stm1\.\w+\.[\w-]+$")
            self.assertEqual(record._open_secret(field.name), plain_text(field))

    def column(self, record, name):
        record.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM %s WHERE id = %s",
                SQL.identifier(name),
                SQL.identifier(record._table),
                record.id,
            )
        )
        return rows[0][0]

    # === NO ACCESS === #

    def test_nobody_gets_at_a_secret_by_any_way(self):
        for role in GROUPS:
            may_export = [EXPORT] if role != "portal" else []
            user = self.make_user(role, f"spy_{role}", groups=may_export)
            self.records["social.oauth.request"].user_id = user
            for field in self.secrets:
                record = self.records[field.model_name].with_user(user)
                for way, attempt in WAYS.items():
                    if way == "export_data" and not may_export:
                        continue  # nothing at all
                    with (
                        self.subTest(role=role, field=field, way=way),
                        self.assertRaises(AccessError),
                    ):
                        attempt(record, field.name)

    def test_it_is_the_field_that_is_closed(self):
        """The ways above lead to everything else for who has the rights."""
        for model, record in self.records.items():
            mine = record.with_user(self.owner)
            for way in (
                "read",
                "attribute",
                "search != False",
                "order",
                "search_read",
                "web_read",
                "web_save answer",
                "export_data",
            ):
                with self.subTest(model=model, way=way):
                    may_write = model == "social.app"
                    if may_write or way != "web_save answer":
                        self.assertTrue(WAYS[way](mine, "create_date"))

    def test_templates_cannot_print_a_secret(self):
        self.owner.group_ids += self.env.ref("mail.group_mail_template_editor")
        for field in self.secrets:
            record = self.records[field.model_name].with_user(self.owner)
            Renderer = record.env["mail.render.mixin"]
            for engine, template in (
                ("inline_template", "{{ object.%s }}"),
                ("qweb", '<p t-out="object.%s"/>'),
            ):
                with (
                    self.subTest(field=field, engine=engine),
                    mute_logger("odoo.addons.mail.models.mail_render_mixin"),
                    self.assertRaises(UserError),
                ):
                    Renderer._render_template(
                        template % field.name, record._name, record.ids, engine=engine
                    )
                shown = Renderer._render_template(
                    template % "display_name", record._name, record.ids, engine=engine
                )
                self.assertTrue(shown[record.id])

    def test_no_path_from_another_model_ends_in_a_secret(self):
        names = defaultdict(list)
        for field in self.secrets:
            names[field.model_name].append(field.name)
        paths = [
            (model._name, field.name, name)
            for model in self.env.registry.values()
            for field in model._fields.values()
            for name in names.get(field.comodel_name, ())
            if model._name.startswith("social.")
            and not model._abstract
            # A link that nobody may read leads nowhere.
            and field.groups != fields.NO_ACCESS
        ]
        self.assertIn(("social.profile", "access_id", "page_token"), paths)
        self.make_signal(self.records["social.app"])
        self._make_connect_link()
        self.make_links()
        wizards = self.env["social.connect.wizard"].with_user(self.owner)
        wizards.create({"app_id": self.records["social.app"].id})
        self.records["social.notice.target"]._queue_test()
        for model_name, link, name in paths:
            model = self.env[model_name].with_user(self.owner)
            records = model.search([(link, "!=", False)], limit=1)
            for way, attempt in WAYS_ALONG_A_LINK.items():
                with (
                    self.subTest(model=model_name, path=f"{link}.{name}", way=way),
                    self.assertRaises(AccessError),
                ):
                    attempt(records, link, name)

    def _make_connect_link(self):
        """Make a link from which a path leads to each model with a secret."""
        link = self.make_connect_link(self.records["social.app"], self.owner)
        self.records["social.oauth.request"].link_id = link
        self.env["social.connect.account"].create(
            {
                "link_id": link.id,
                "token_id": self.records["social.token"].id,
                "network_id": link.network_id.id,
                "external_id": "P9",
            }
        )

    def make_links(self):
        """Make what leads to a token or an access and that no renewal makes."""
        access = self.records["social.access"]
        profile = access.profile_id
        self.env["social.event"]._record(
            "switched", profile, former_token_id=access.token_id.id
        )
        profile.with_user(self.owner).action_see_managers()
        queue = self.env["social.renewal.queue"].with_user(self.owner).sudo().create({})
        queue._add_login(self.records["social.app"], access.token_id, profile)
        self.env["social.judgement.wizard"].with_user(self.owner).create(
            {"profile_id": profile.id, "access_id": access.id, "can_renew": "no"}
        )

    def test_secrets_are_not_even_named(self):
        for role in ("owner", "settings_admin"):
            user = self.owner if role == "owner" else self.make_user(role)
            for field in self.secrets:
                with self.subTest(role=role, field=field):
                    model = self.env[field.model_name].with_user(user)
                    self.assertNotIn(field.name, model.fields_get())
                    self.assertNotIn(field.name, model.default_get([field.name]))
        for field in self.secrets:
            mine = self.records[field.model_name].with_user(self.owner)
            self.assertNotIn(field.name, mine.read()[0])

    def test_import_cannot_reach_a_secret(self):
        columns = ["name", "client_id", "client_secret"]
        for role in ("owner", "settings_admin"):
            user = self.owner if role == "owner" else self.make_user(role)
            Apps = self.env["social.app"].with_user(user)
            with self.subTest(role=role):
                for value in (ENVELOPE, "plain"):
                    try:
                        answer = Apps.load(columns, [["Imported", "1", value]])
                    except AccessError:
                        continue
                    self.assertFalse(answer["ids"])
                    self.assertTrue(answer["messages"])
        self.assertFalse(self.env["social.app"].search([("name", "=", "Imported")]))

    def test_a_copy_starts_without_secrets(self):
        for field in self.secrets:
            copied = self.records[field.model_name].copy_data()[0]
            self.assertNotIn(field.name, copied)
            self.assertNotIn("generation", copied)
        copy = self.records["social.app"].with_user(self.owner).copy()
        self.assertFalse(copy.is_secret_set)
        self.assertFalse(copy.sudo().client_secret)

    # === BINDING === #

    def test_an_envelope_opens_in_its_own_place_only(self):
        twins = self.make_sealed_records(self.make_user("owner", "second_owner"))
        for field in self.secrets:
            record, twin = self.records[field.model_name], twins[field.model_name]
            if record == twin:
                continue
            with self.subTest(field=field, moved="to another row"):
                record[field.name] = twin.sudo()[field.name]
                with self.assertRaises(SecretDamaged):
                    record._open_secret(field.name)

    def test_an_envelope_does_not_open_in_the_other_field(self):
        token = self.records["social.token"]
        token.access_token, token.refresh_token = (
            token.refresh_token,
            token.access_token,
        )
        for name in ("access_token", "refresh_token"):
            with self.assertRaises(SecretDamaged):
                token._open_secret(name)

    def test_an_envelope_of_an_older_generation_does_not_open(self):
        token = self.records["social.token"]
        older = token.access_token
        token._store_token_set(TokenSet(access_token="newer"))
        token.access_token = older
        with self.assertRaises(SecretDamaged):
            token._open_secret("access_token")

    def test_a_changed_envelope_does_not_open(self):
        token = self.records["social.token"]
        version, kid, body = token.access_token.split(".")
        other = "B" if body[20] == "A" else "A"
        for changed in (
            f"{version}.{kid}.{body[:20]}{other}{body[21:]}",
            f"{version}.{kid}.{body[:-4]}",
            f"{version}.{kid}.",
            f"{version}.{kid}.???",
            "stm1.",
            "stm1..",
        ):
            with self.subTest(changed=changed), self.assertRaises(SecretDamaged):
                token.access_token = changed
                token._open_secret("access_token")

    # === WHAT IS KEPT === #

    def test_a_kept_refresh_token_is_sealed_anew(self):
        token = self.records["social.token"]
        kept = token._open_secret("refresh_token")
        for blank in (None, ""):
            with self.subTest(blank=blank):
                before, generation = token.refresh_token, token.generation
                token._store_token_set(
                    TokenSet(access_token="next", refresh_token=blank)
                )
                self.assertEqual(token.generation, generation + 1)
                self.assertNotEqual(token.refresh_token, before)
                self.assertEqual(token._open_secret("refresh_token"), kept)
                self.assertEqual(token._open_secret("access_token"), "next")

    def test_a_new_refresh_token_replaces_the_old_one(self):
        token = self.records["social.token"]
        token._store_token_set(TokenSet(access_token="a", refresh_token="rotated"))
        self.assertEqual(token._open_secret("refresh_token"), "rotated")

    def test_a_damaged_refresh_token_does_not_keep_a_new_grant_out(self):
        token = self.records["social.token"]
        token.refresh_token = token.access_token
        token._store_token_set(TokenSet(access_token="new"))
        self.assertEqual(token._open_secret("access_token"), "new")
        self.assertIsNone(token._open_secret("refresh_token"))

    def test_equal_secrets_have_different_envelopes(self):
        token = self.records["social.token"]
        sealed = {token._seal_secret("access_token", "same") for _time in range(20)}
        self.assertEqual(len(sealed), 20)

    # === THE TYPED APP SECRET === #

    def test_a_typed_app_secret_is_answered_with_nothing(self):
        Apps = self.env["social.app"].with_user(self.owner)
        typed = "  TYPED-secret-31415  "
        specification = {"client_secret_input": {}, "is_secret_set": {}, "name": {}}
        answers = [
            Apps.web_save(
                {"name": "Typed", "client_id": "1", "client_secret_input": typed},
                specification,
            )
        ]
        app = Apps.browse(answers[0][0]["id"])
        answers.append(app.web_save({"client_secret_input": typed}, specification))
        answers.append(app.web_read(specification))
        answers.append(app.read())
        for (answer,) in answers:
            self.assertIs(answer["client_secret_input"], False)
            self.assertIs(answer["is_secret_set"], True)
            self.assertNotIn(typed.strip(), str(answer))
        self.assertNotIn(
            typed.strip(),
            str(
                app.onchange(
                    {"client_secret_input": typed},
                    ["client_secret_input"],
                    specification,
                )
            ),
        )
        self.assertEqual(app._open_secret("client_secret"), typed.strip())
        self.assertFalse(app.fault)

    def test_a_typed_app_secret_is_journalled_without_its_value(self):
        app = (
            self.env["social.app"]
            .with_user(self.owner)
            .browse(self.records["social.app"].id)
        )
        before = self.journal(kind="secret_changed", app_id=app.id)
        app.write({"client_secret_input": "TYPED-secret-27182"})
        line = self.journal(kind="secret_changed", app_id=app.id) - before
        self.assertEqual(line.user_id, self.owner)
        self.assertNotIn("TYPED", str(line.read()))

    def test_a_blank_input_never_overwrites_the_app_secret(self):
        app = self.make_app()
        envelope = app.client_secret
        for blank in (False, None, "", "   ", "\t\n"):
            with self.subTest(blank=blank):
                app.with_user(self.owner).web_save({"client_secret_input": blank}, {})
                self.assertEqual(app.client_secret, envelope)
        self.assertEqual(app._open_secret("client_secret"), APP_SECRET)

    def test_no_row_of_the_database_holds_a_plain_secret(self):
        """Neither chatter nor tracking, queue, attachment, log or our own tables."""
        self.records["social.app"].with_user(self.owner).web_save(
            {"client_secret_input": f"{PLAIN}-typed-once-more"}, {}
        )
        self.env.cr.flush()  # writes what chatter tracked, too
        tables = self.env.execute_query(
            SQL(
                "SELECT table_name FROM information_schema.tables"
                " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            )
        )
        self.assertGreater(len(tables), 100)
        found = {
            table
            for (table,) in tables
            if self.env.execute_query(
                SQL(
                    "SELECT 1 FROM %s AS t WHERE t::text LIKE %s LIMIT 1",
                    SQL.identifier(table),
                    f"%{PLAIN}%",
                )
            )
        }
        self.assertFalse(found)


@tagged("post_install", "-at_install")
class TestEncryptedRemotely(SocialHttpCase):
    """The same over the wire: what the answers hold, not what Python returns."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.make_user("owner", groups=[EXPORT])
        cls.settings_admin = cls.make_user("settings_admin")
        cls.records = cls.make_sealed_records(cls.owner)
        cls.secrets = encrypted_fields(cls.env)

    def call(self, model, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def test_every_remote_way_to_a_secret_is_refused(self):
        for user in (self.owner, self.settings_admin):
            self.authenticate(user.login, user.login)
            for field in self.secrets:
                ids, name = self.records[field.model_name].ids, field.name
                calls = {
                    "read": (ids, [name]),
                    "search_read": ([], [name]),
                    "search": ([(name, "=like", "stm1.%")],),
                    "search_count": ([(name, "!=", False)],),
                    "formatted_read_group": ([], [name]),
                    "web_read": (ids, {name: {}}),
                    "web_search_read": ([], {name: {}}),
                    "web_save": (ids, {name: ENVELOPE}, {}),
                    "write": (ids, {name: False}),
                    "export_data": (ids, [name]),
                    "onchange": (ids, {name: ENVELOPE}, [name], {name: {}}),
                }
                for method, args in calls.items():
                    with (
                        self.subTest(user=user.login, field=field, method=method),
                        mute_logger("odoo.http"),
                        self.assertRaises(JsonRpcException) as caught,
                    ):
                        self.call(field.model_name, method, *args)
                    self.assertEqual(
                        str(caught.exception), "odoo.exceptions.AccessError"
                    )

    def test_private_verbs_are_not_for_remote_callers(self):
        app = self.records["social.app"]
        self.authenticate(self.owner.login, self.owner.login)
        for model, method in (
            ("social.app", "_open_secret"),
            ("social.app", "_get_app_data"),
            ("social.key", "_get_keyring"),
        ):
            with (
                self.subTest(method=method),
                mute_logger("odoo.http"),
                self.assertRaises(JsonRpcException) as caught,
            ):
                self.call(model, method, app.ids, "client_secret")
            self.assertEqual(str(caught.exception), "odoo.exceptions.AccessError")

    def test_no_answer_holds_a_secret_or_an_envelope(self):
        """All that an Owner or settings admin may ask for, searched for secrets."""
        self.authenticate(self.owner.login, self.owner.login)
        answers = [self.make_jsonrpc_request("/web/session/get_session_info")]
        for model, record in self.records.items():
            names = list(self.call(model, "fields_get"))
            answers += [
                names,
                self.call(model, "read", record.ids),
                self.call(model, "search_read", []),
                self.call(model, "export_data", record.ids, names),
                self.call(model, "web_read", record.ids, {n: {} for n in names}),
                self.call(model, "get_views", [[False, "form"], [False, "list"]]),
            ]
        answers.append(
            self.call(
                "social.app",
                "web_save",
                self.records["social.app"].ids,
                {"client_secret_input": plain_text(self.secrets[0])},
                {"client_secret_input": {}, "is_secret_set": {}},
            )
        )
        text = json.dumps(answers)
        self.assertIn("Anna at the network", text)
        self.assertNotIn(PLAIN, text)
        self.assertNotIn("stm1.", text)
        for field in self.secrets:
            self.assertNotIn(f'"{field.name}"', text)
