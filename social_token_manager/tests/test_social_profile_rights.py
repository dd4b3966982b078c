"""Who may see, change and renew what (design, part 7; requirements S4-18 to S4-38)."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..clock import now
from ..models.social_profile import ENGINE_FIELDS, MANAGER_FIELDS
from .common import SocialCase

OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
NO_ROLE = ("portal", "internal", "settings_admin")
MEMBERS = ("member", "member_admin", "member_recipient", "member_responsible")
# record: what each role may do with it; who is not named may do nothing
MATRIX = {
    "network": {**dict.fromkeys((*MEMBERS, "manager"), "r"), "owner": "rwcu"},
    "app": {**dict.fromkeys((*MEMBERS, "manager"), "r"), "owner": "rwcu"},
    "token": {"manager": "r", "owner": "r"},
    "profile": {
        "member_admin": "rw",
        "member_recipient": "r",
        "member_responsible": "r",
        "manager": "rwcu",
        "owner": "rwcu",
    },
    "access": dict.fromkeys((*MEMBERS[1:], "manager", "owner"), "r"),
    "event of the profile": dict.fromkeys((*MEMBERS[1:], "manager", "owner"), "r"),
    "event of the app": {"manager": "r", "owner": "r"},
    "request of another": {},
    "key": {},
}
MAY_RENEW = {
    # role: (as decided in G-6, in the strict reading)
    "member": (False, False),
    "member_admin": (True, False),
    "member_recipient": (False, False),
    "member_responsible": (False, False),
    "manager": (True, True),
    "owner": (True, True),
}
NEW = {"name": "New", "network_id": 1}
WAYS_TO_WRITE = {
    "write": lambda profile, name, value: profile.write({name: value}),
    "web_save": lambda profile, name, value: profile.web_save({name: value}, {}),
    "copy": lambda profile, name, value: profile.copy({name: value}),
    "create": lambda profile, name, value: profile.create({**NEW, name: value}),
    "create by context": lambda profile, name, value: profile.with_context(
        **{f"default_{name}": value}
    ).create(NEW),
}


@tagged("post_install", "-at_install")
class TestSocialProfileRights(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {role: cls.make_user(role) for role in NO_ROLE}
        for role in MEMBERS:
            cls.users[role] = cls.make_user("member", f"social_{role}")
        for role in ("manager", "owner"):
            cls.users[role] = cls.make_user(role)
        granter = cls.make_user("manager", "social_granter")
        cls.app = cls.make_app()
        cls.token, cls.profile = cls.connect(cls.app, granter, [cls.page()])
        cls.profile.write(
            {
                "admin_user_ids": [Command.set(cls.users["member_admin"].ids)],
                "recipient_user_ids": [Command.set(cls.users["member_recipient"].ids)],
                "user_id": cls.users["member_responsible"].id,
            }
        )
        cls.records = {
            "network": cls.network("tiktok"),
            "app": cls.make_app(name="Without tokens"),
            "token": cls.token,
            "profile": cls.profile,
            "access": cls.profile.access_ids,
            "event of the profile": cls.journal(profile_id=cls.profile.id)[:1],
            "event of the app": cls.journal(app_id=cls.app.id, profile_id=False)[:1],
            "request of another": cls.make_request(cls.app, granter),
            "key": cls.env["social.key"].search([], limit=1),
        }

    # === THE MATRIX === #

    def test_each_role_may_do_with_each_record_what_the_matrix_says(self):
        for name, allowed in MATRIX.items():
            record = self.records[name]
            self.assertEqual(len(record), 1, name)
            for role, user in self.users.items():
                mine = record.with_user(user)
                may = "".join(
                    letter
                    for letter, operation in OPERATIONS.items()
                    if mine.has_access(operation)
                )
                with self.subTest(record=name, role=role):
                    self.assertEqual(may, allowed.get(role, ""))
                    can_find = "r" in allowed.get(role, "")
                    self.assertEqual(self.finds(mine), can_find)

    def finds(self, record):
        try:
            return bool(record.search([("id", "=", record.id)]))
        except AccessError:
            return False

    def test_who_has_no_role_gets_at_no_model_of_ours(self):
        models = [name for name in self.env.registry if name.startswith("social.")]
        self.assertGreater(len(models), 6)
        for role in NO_ROLE:
            for name in models:
                Model = self.env[name].with_user(self.users[role])
                for operation in OPERATIONS.values():
                    with self.subTest(role=role, model=name, operation=operation):
                        self.assertFalse(Model.has_access(operation))

    def test_who_has_no_role_is_not_let_in_by_being_named_on_a_profile(self):
        for role in NO_ROLE:
            user = self.users[role]
            self.profile.write(
                {
                    "admin_user_ids": [Command.link(user.id)],
                    "recipient_user_ids": [Command.link(user.id)],
                    "user_id": user.id,
                }
            )
            with self.subTest(role=role):
                mine = self.profile.with_user(user)
                for attempt in (
                    lambda mine=mine: mine.read(["name"]),
                    lambda mine=mine: mine.search([]),
                    lambda mine=mine: mine.action_renew(),
                    lambda mine=mine: mine.action_verify(),
                    lambda mine=mine: mine.write({"name": "x"}),
                ):
                    with self.assertRaises(AccessError):
                        attempt()

    def test_the_menu_is_for_those_who_have_a_role(self):
        root = self.env.ref("social_token_manager.social_menu_root")
        for role, user in self.users.items():
            if role == "portal":
                continue  # has no menus at all
            with self.subTest(role=role):
                shown = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
                self.assertEqual(root.id in shown, role not in NO_ROLE)

    def test_roles_are_a_ladder(self):
        groups = [
            self.env.ref(f"social_token_manager.group_{role}")
            for role in ("owner", "manager", "member")
        ]
        for higher, lower in zip(groups, groups[1:], strict=False):
            self.assertIn(lower, higher.all_implied_ids)
            self.assertNotIn(higher, lower.all_implied_ids)
        self.assertEqual(len({group.privilege_id for group in groups}), 1)

    # === WHAT MEMBERS DO === #

    def test_a_member_changes_a_profile_where_he_is_admin_only(self):
        for role in MEMBERS:
            mine = self.profile.with_user(self.users[role])
            with self.subTest(role=role):
                if role == "member_admin":
                    mine.write({"name": "Renamed", "receive_story_replies": False})
                    self.assertEqual(self.profile.name, "Renamed")
                else:
                    with self.assertRaises(AccessError):
                        mine.write({"name": "Stolen"})
                    with self.assertRaises(AccessError):
                        mine.write({"admin_user_ids": [Command.link(mine.env.uid)]})

    def test_a_member_who_is_admin_says_neither_who_is_admin_nor_what_a_profile_is(
        self,
    ):
        free = self.make_profile(
            admin_user_ids=[Command.link(self.users["member_admin"].id)]
        )
        values = {
            "admin_user_ids": [Command.link(self.users["member"].id)],
            "company_id": self.other_company.id,
            "network_id": self.network("messenger").id,
            "external_id": "P7",
            "active": False,
        }
        self.assertEqual(set(values), MANAGER_FIELDS)
        mine = free.with_user(self.users["member_admin"])
        for name, value in values.items():
            before = free[name]
            for way, attempt in (
                ("write", lambda name=name, value=value: mine.write({name: value})),
                (
                    "web_save",
                    lambda name=name, value=value: mine.web_save({name: value}, {}),
                ),
            ):
                with self.subTest(field=name, way=way):
                    with self.assertRaises(AccessError) as caught:
                        attempt()
                    self.assertIn("ask one of them", str(caught.exception))
                    self.assertEqual(free[name], before)
            readonly = mine.fields_get([name])[name]["readonly"]
            self.assertTrue(readonly, name)
        with self.assertRaises(AccessError) as caught:
            mine.action_archive()
        self.assertIn("archiving it", str(caught.exception))

    def test_managers_and_owners_say_who_is_admin(self):
        for role in ("manager", "owner"):
            mine = self.profile.with_user(self.users[role])
            mine.write({"admin_user_ids": [Command.link(self.users["member"].id)]})
            self.assertIn(self.users["member"], self.profile.admin_user_ids)
            self.profile.admin_user_ids -= self.users["member"]
            readonly = mine.fields_get(["admin_user_ids"])["admin_user_ids"]["readonly"]
            self.assertFalse(readonly)

    def test_a_member_neither_adds_nor_deletes_profiles(self):
        for role in MEMBERS:
            Profiles = self.env["social.profile"].with_user(self.users[role])
            with self.subTest(role=role):
                with self.assertRaises(AccessError):
                    Profiles.create({"name": "New", "network_id": self.network("x").id})
                with self.assertRaises(AccessError):
                    Profiles.browse(self.profile.id).copy()
                with self.assertRaises(AccessError):
                    Profiles.browse(self.profile.id).unlink()

    def test_a_member_who_is_told_reads_all_that_the_screen_shows(self):
        mine = self.profile.with_user(self.users["member_recipient"])
        values = mine.read()[0]
        self.assertEqual(values["external_user_name"], "Anna at the network")
        self.assertTrue(values["last_verified_at"])
        self.assertEqual(values["status"], "valid")
        arch = mine.get_view(view_type="form")["models"]
        names = set(arch["social.profile"])
        # Notices are for Managers; their button is not in a Member's view.
        for_managers = names - set(mine.fields_get(names))
        self.assertEqual(for_managers, {"notice_count"})
        self.assertNotIn("notice_count", mine.get_view(view_type="form")["arch"])
        names -= for_managers
        self.assertTrue(mine.web_read({name: {} for name in names}))

    # === RENEWING === #

    def test_who_may_renew(self):
        for column, strict in enumerate((False, True)):
            self.company.social_strict_renewal = strict
            for role, answers in MAY_RENEW.items():
                mine = self.profile.with_user(self.users[role])
                with self.subTest(role=role, strict=strict):
                    if answers[column]:
                        self.assertTrue(mine.may_renew)
                        mine._check_may_renew()
                        self.assertIn("type", mine.action_renew())
                    else:
                        with self.assertRaises(AccessError):
                            mine._check_may_renew()
                        with self.assertRaises(AccessError):
                            mine.action_renew()

    def test_the_list_shows_renew_to_those_who_may(self):
        for role in MEMBERS[1:]:
            mine = self.profile.with_user(self.users[role])
            self.assertEqual(mine.may_renew, role == "member_admin", role)

    def test_whoever_loses_sight_of_a_profile_may_not_renew_it(self):
        """Asked by code that holds the profile already, and not only by a search."""
        stranger = self.make_user("owner", "social_stranger", self.other_company)
        self.assertFalse(self.profile.with_user(stranger).sudo().may_renew)
        for role in ("manager", "owner"):
            user = self.users[role]
            user.write(
                {
                    "company_id": self.other_company.id,
                    "company_ids": [Command.set(self.other_company.ids)],
                }
            )
            mine = self.profile.with_user(user)
            with self.subTest(role=role), self.assertRaises(AccessError) as caught:
                mine._check_may_renew()
            self.assertIn("Nothing was changed", str(caught.exception))

    def test_the_strictness_of_another_company_changes_nothing(self):
        self.other_company.social_strict_renewal = True
        self.assertTrue(self.profile.with_user(self.users["member_admin"]).may_renew)

    def test_all_of_several_profiles_must_be_renewable(self):
        own = self.make_profile(
            admin_user_ids=[Command.link(self.users["member_admin"].id)]
        )
        told = self.make_profile(
            recipient_user_ids=[Command.link(self.users["member_admin"].id)]
        )
        mine = (own + self.profile).with_user(self.users["member_admin"])
        mine._check_may_renew()
        with self.assertRaises(AccessError):
            (mine + told)._check_may_renew()

    def test_a_refused_renewal_starts_nothing(self):
        Requests = self.env["social.oauth.request"]
        before = Requests.search_count([])
        with self.assertRaises(AccessError) as caught:
            self.profile.with_user(self.users["member_recipient"]).action_renew()
        self.assertIn("Admin on the profile", str(caught.exception))
        self.assertEqual(Requests.search_count([]), before)

    def test_the_strict_reading_is_not_a_members_or_managers_to_change(self):
        names = ("social_strict_renewal", "social_purge", "social_journal_days")
        # A settings admin may write companies, and yet has no role here.
        for role in (*MEMBERS, "manager", "settings_admin"):
            company = self.company.with_user(self.users[role])
            for name in names:
                with self.subTest(role=role, field=name):
                    with self.assertRaises(AccessError):
                        company.write({name: 1})
                    with self.assertRaises(AccessError):
                        company.read([name])
        admin = self.users["settings_admin"]
        self.assertFalse(set(names) & set(company.fields_get()))
        Settings = self.env["res.config.settings"].with_user(admin)
        with self.assertRaises(AccessError):
            Settings.create({"social_strict_renewal": True})

    def test_a_settings_admin_saves_the_settings_of_others_only(self):
        Settings = self.env["res.config.settings"]
        admin = self.users["settings_admin"]
        arch = Settings.with_user(admin).get_view(view_type="form")["arch"]
        self.assertNotIn("social_strict_renewal", arch)
        workers = Settings._get_worker_count()
        Settings.with_user(admin).create({}).execute()
        self.assertEqual(Settings._get_worker_count(), workers)

    def test_an_owner_among_the_settings_admins_switches_the_strict_reading(self):
        owner = self.make_user("owner", "social_admin", groups=["base.group_system"])
        Settings = self.env["res.config.settings"].with_user(owner)
        self.assertIn("social_strict_renewal", Settings.get_view()["arch"])
        Settings.create({"social_strict_renewal": True}).execute()
        self.assertTrue(self.company.social_strict_renewal)

    # === ENGINE COLUMNS === #

    def test_nobody_writes_what_the_engine_decides(self):
        self.assertLessEqual(
            {"access_id", "expires_at", "cycle", "reason"}, ENGINE_FIELDS
        )
        values = {
            "access_id": self.profile.access_ids.id,
            "expires_at": now(),
            "cycle": 7,
            "reason": False,
            "disconnected_at": now(),
            "gap_since": now(),
            "gap_until": now(),
            "purged_at": now(),
            "last_message_at": now(),
            "messages_per_day": 100.0,
            "subscribe_at": False,
            "subscribed_fields": "messages",
            "missing_fields": False,
            "subscription_checked_at": now(),
        }
        for role in ("member_admin", "manager", "owner"):
            Profiles = self.env["social.profile"].with_user(self.users[role])
            mine = Profiles.browse(self.profile.id)
            for name in ENGINE_FIELDS:
                value = values[name]
                with self.subTest(role=role, field=name):
                    for way, attempt in WAYS_TO_WRITE.items():
                        with self.subTest(way=way), self.assertRaises(AccessError):
                            attempt(mine, name, value)
                    self.assertTrue(Profiles.fields_get([name])[name]["readonly"])

    def test_nobody_gives_a_profile_an_access_by_hand(self):
        stolen = self.profile.access_ids
        other = self.make_profile(
            "messenger",
            admin_user_ids=[Command.link(self.users["member_admin"].id)],
        )
        for role in ("member_admin", "manager", "owner"):
            mine = other.with_user(self.users[role])
            for command in (
                Command.create({"token_id": self.token.id}),
                Command.link(stolen.id),
                Command.set(stolen.ids),
                Command.update(stolen.id, {"reason": False}),
            ):
                with self.subTest(role=role, command=command):
                    with self.assertRaises(AccessError):
                        mine.write({"access_ids": [command]})
        self.assertEqual(stolen.profile_id, self.profile)

    def test_a_manager_adds_a_profile_by_hand_that_is_not_connected(self):
        Profiles = self.env["social.profile"].with_user(self.users["manager"])
        with Form(Profiles) as form:
            form.name = "By hand"
            form.network_id = self.network("facebook")
        profile = form.record
        self.assertEqual(profile.reason, "not_connected")
        self.assertEqual(profile.status, "expired")
        self.assertEqual(profile.expires_at, profile.create_date.replace(microsecond=0))
        with Form(profile) as form:
            form.handle = "@byhand"
        self.assertEqual(profile.handle, "@byhand")

    def test_a_copy_is_not_connected(self):
        copy = self.profile.with_user(self.users["manager"]).copy()
        self.assertEqual(copy.reason, "not_connected")
        self.assertFalse(copy.access_ids or copy.access_id or copy.external_id)
        self.assertEqual(copy.cycle, 0)
        self.assertNotEqual(copy.expires_at, self.profile.expires_at)

    def test_a_connected_profile_stays_what_it_is_connected_to(self):
        """Its token must not come to serve another page, network or company."""
        for role in ("manager", "owner"):
            user = self.users[role]
            user.company_ids += self.other_company
            mine = self.profile.with_user(user)
            for values in (
                {"external_id": "P2"},
                {"external_id": False},
                {"network_id": self.network("messenger").id},
                {"company_id": self.other_company.id},
            ):
                with self.subTest(role=role, values=values):
                    with self.assertRaises(UserError) as caught:
                        mine.write(values)
                    self.assertNotIsInstance(caught.exception, AccessError)
        mine.write({"external_id": "P1", "company_id": self.company.id, "name": "Same"})
        free = self.make_profile(external_id="P2").with_user(self.users["manager"])
        free.write({"external_id": "P3", "network_id": self.network("messenger").id})

    # === ATTEMPTS AND JOURNAL === #

    def test_an_attempt_is_seen_by_who_started_it_alone(self):
        attempts = {
            role: self.make_request(self.app, self.users[role])
            for role in (*MEMBERS, "manager", "owner")
        }
        for role, attempt in attempts.items():
            Requests = self.env["social.oauth.request"].with_user(self.users[role])
            with self.subTest(role=role):
                self.assertEqual(Requests.search([]), attempt)
                others = Requests.browse(self.records["request of another"].id)
                for forbidden in (
                    lambda others=others: others.read(["result"]),
                    lambda others=others: others.action_again(),
                    lambda attempt=attempt, Requests=Requests: Requests.browse(
                        attempt.id
                    ).write({"result": "connected"}),
                    lambda attempt=attempt, Requests=Requests: Requests.browse(
                        attempt.id
                    ).unlink(),
                    lambda Requests=Requests: Requests.create({"purpose": "connect"}),
                ):
                    with self.assertRaises(AccessError):
                        forbidden()

    def test_nobody_begins_the_attempt_of_another(self):
        attempt = self.records["request of another"]
        for role in ("member_admin", "manager", "owner"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                attempt.with_user(self.users[role])._begin()
        self.assertFalse(attempt.state_hash)

    def test_closed_columns_of_an_attempt_are_closed_to_its_owner_too(self):
        attempt = self.make_request(self.app, self.users["owner"])
        mine = attempt.with_user(self.users["owner"])
        for name in ("state_hash", "binding_hash", "redirect_uri", "verifier"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                mine.read([name])

    def test_the_journal_is_only_ever_added_to(self):
        line = self.records["event of the profile"]
        for role in (*self.users, "superuser"):
            mine = (
                line.sudo() if role == "superuser" else line.with_user(self.users[role])
            )
            with self.subTest(role=role):
                with self.assertRaises(UserError):
                    mine.write({"reason": "harmless"})
                with self.assertRaises(UserError):
                    mine.unlink()
                if role != "superuser":
                    with self.assertRaises(AccessError):
                        mine.create({"kind": "granted", "company_id": self.company.id})
        self.assertTrue(line.exists())

    def test_a_deed_is_journalled_in_the_name_of_who_did_it(self):
        member = self.users["member_admin"]
        self.env["social.event"].with_user(member)._record("sent", self.profile)
        self.assertEqual(self.journal(profile_id=self.profile.id)[0].user_id, member)
