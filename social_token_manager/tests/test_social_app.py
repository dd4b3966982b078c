"""An app is ready to use, reaches only what it may, and stays with its company."""

import os
from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import config, mute_logger

from ..const import DEV_HOSTS_OPTION, DEV_HOSTS_VARIABLE
from ..models.social_app import ADDRESSES
from ..providers.errors import AppFault
from ..providers.meta import MetaProvider
from .common import APP_SECRET, SocialCase

BASE_URL = "https://odoo.example"


@tagged("post_install", "-at_install")
class TestSocialApp(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.make_user("owner")
        cls.manager = cls.make_user("manager")
        cls.env["ir.config_parameter"].set_param("web.base.url", BASE_URL)
        cls.app = cls.make_app()

    def setUp(self):
        super().setUp()
        self.name_development_hosts("")

    def name_development_hosts(self, hosts, option=None):
        self.startPatcher(patch.dict(os.environ, {DEV_HOSTS_VARIABLE: hosts}))
        self.startPatcher(patch.dict(config.options, {DEV_HOSTS_OPTION: option}))

    # === DEFAULTS === #

    def test_the_defaults_come_from_the_provider(self):
        self.assertEqual(self.app.api_version, MetaProvider.default_version)
        for name in ADDRESSES:
            with self.subTest(name=name):
                self.assertEqual(
                    self.app[name] or "", getattr(MetaProvider, f"default_{name}", "")
                )
        self.assertEqual(
            self.app.network_ids.mapped("code"), ["facebook", "messenger", "instagram"]
        )
        self.assertEqual(
            self.app.scopes.split(","),
            list(MetaProvider.scopes_for(["facebook", "messenger", "instagram"])),
        )

    def test_a_form_needs_nothing_but_name_id_and_secret(self):
        with Form(self.env["social.app"].with_user(self.owner)) as form:
            form.name = "By hand"
            form.client_id = "42"
            form.client_secret_input = APP_SECRET
        app = form.record
        self.assertEqual(app.company_id, self.company)
        self.assertTrue(app.is_secret_set)
        self.assertTrue(app.authorize_url.startswith("https://www.facebook.com/"))
        app._check_ready()

    def test_what_an_owner_edits_is_kept(self):
        app = self.make_app(
            api_version="v99.0",
            api_url="https://graph.example/{api_version}",
            scopes="pages_show_list",
            network_ids=[Command.set(self.network("facebook").ids)],
        )
        self.assertEqual(app._get_address("api_url"), "https://graph.example/v99.0")
        data = app._get_app_data()
        self.assertEqual(data.api_url, "https://graph.example/v99.0")
        self.assertEqual(data.scopes, ("pages_show_list",))
        self.assertEqual(data.networks, ("facebook",))

    def test_fewer_networks_ask_for_fewer_permissions(self):
        self.app.network_ids = self.network("facebook")
        self.assertNotIn("instagram_basic", self.app.scopes)
        self.assertIn("pages_show_list", self.app.scopes)

    def test_the_version_stands_in_the_addresses(self):
        self.app.api_version = "v31.0"
        data = self.app._get_app_data()
        self.assertEqual(
            data.authorize_url, "https://www.facebook.com/v31.0/dialog/oauth"
        )
        self.assertEqual(data.api_url, "https://graph.facebook.com/v31.0")
        self.assertNotIn(
            "{", "".join((data.authorize_url, data.token_url, data.api_url))
        )

    def test_the_provider_gets_the_opened_secret_and_never_shows_it(self):
        data = self.app.with_user(self.make_user("member"))._get_app_data()
        self.assertEqual(data.client_secret, APP_SECRET)
        self.assertNotIn(APP_SECRET, repr(data))

    # === ADDRESSES === #

    def test_an_address_that_may_not_be_reached_is_refused(self):
        for address in (
            "http://graph.facebook.com/{api_version}",
            "http://127.0.0.1:8070",
            "http://localhost",
            "ftp://graph.facebook.com",
            "//graph.facebook.com",
            "graph.facebook.com",
            "https://",
            "https://user@graph.facebook.com",
            "https://user:password@graph.facebook.com",
            "https://[::1",
            "https://graph.facebook.com/{version}",
            "https://graph.facebook.com/{0}",
            "https://graph.facebook.com/{api_version",
            "https://graph.facebook.com/{api_version.upper}",
            "https://graph.facebook.com/{api_version.nothing}",
            "https://graph.facebook.com/{api_version[0]}",
            "javascript:alert(1)",
        ):
            for name in ADDRESSES:
                with self.subTest(name=name, address=address):
                    with self.assertRaises(ValidationError) as caught:
                        self.app.with_user(self.owner)[name] = address
                    self.assertIn("https", str(caught.exception))

    def test_a_version_cannot_turn_an_address_into_another_host(self):
        self.app.api_url = "https://graph.example{api_version}"
        for version in ("@evil.example", ":x@evil.example", "{", "{api_version}"):
            with self.subTest(version=version), self.assertRaises(ValidationError):
                self.app.with_user(self.owner).api_version = version

    def test_plain_http_is_for_development_hosts_of_the_server_only(self):
        sandbox = "http://127.0.0.1:8070/meta/{api_version}"
        for hosts, option in (("127.0.0.1,localhost", None), ("", " 127.0.0.1 ,x")):
            with self.subTest(hosts=hosts, option=option):
                self.name_development_hosts(hosts, option)
                self.app.with_user(self.owner).api_url = sandbox
                for other in ("http://127.0.0.2/", "http://127.0.0.1.example/"):
                    with self.assertRaises(ValidationError):
                        self.app.with_user(self.owner).api_url = other
        self.env["ir.config_parameter"].set_param(DEV_HOSTS_OPTION, "127.0.0.2")
        with self.assertRaises(ValidationError):
            self.app.with_user(self.owner).api_url = "http://127.0.0.2/"

    def test_a_stored_address_of_a_former_development_host_is_not_reached(self):
        self.name_development_hosts("127.0.0.1")
        self.app.api_url = "http://127.0.0.1:9/{api_version}"
        self.name_development_hosts("")
        provider = self.app._get_provider()
        with self.assertRaises(AppFault):
            provider.introspect("token")

    # === NETWORKS AND COMPANY === #

    def test_networks_must_be_served_by_the_provider(self):
        for code in ("threads", "youtube", "x"):
            with (
                self.subTest(network=code),
                self.assertRaises(ValidationError) as caught,
            ):
                self.app.with_user(self.owner).network_ids += self.network(code)
            self.assertIn("does not serve", str(caught.exception))

    def test_the_company_cannot_change_once_there_are_tokens(self):
        self.owner.company_ids += self.other_company
        app = self.app.with_user(self.owner)
        app.company_id = self.other_company
        app.company_id = self.company
        self.store_grant(self.app, self.owner)
        with self.assertRaises(ValidationError) as caught:
            app.company_id = self.other_company
        self.assertIn(self.company.name, str(caught.exception))

    # === OUR OWN ADDRESSES === #

    def test_our_addresses_come_from_the_stored_base_url(self):
        for user in (self.owner, self.manager):
            app = self.app.with_user(user)
            self.assertEqual(
                app.redirect_uri, f"{BASE_URL}/social/callback/{app.callback_key}"
            )
            self.assertEqual(
                app.webhook_url, f"{BASE_URL}/social/webhook/{app.callback_key}"
            )

    def test_the_callback_key_is_random_and_not_copied(self):
        apps = self.make_app() + self.make_app() + self.app.with_user(self.owner).copy()
        keys = (apps + self.app).mapped("callback_key")
        self.assertEqual(len(set(keys)), 4)
        for key in keys:
            self.assertRegex(key, r"^[\w-]{32,}$")

    def test_a_callback_key_is_used_once(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.make_app(callback_key=self.app.callback_key)

    # === READY === #

    def test_nothing_is_started_with_an_app_that_cannot_finish_it(self):
        without_secret = self.make_app(name="No secret", client_secret_input=False)
        damaged = self.make_app(name="Damaged")
        damaged.client_secret = self.app.client_secret
        for app, words in (
            (without_secret, "has no secret yet"),
            (damaged, "secret"),
            (self.make_app(name="Archived", active=False), "archived"),
            (self.make_app(name="Idle", network_ids=[Command.clear()]), "no network"),
        ):
            with self.subTest(app=app.name):
                with self.assertRaises(UserError) as caught:
                    app.with_user(self.manager).action_connect()
                self.assertIn(words, str(caught.exception))
                self.assertFalse(
                    self.env["social.oauth.request"].search([("app_id", "=", app.id)])
                )

    # === A SERVER OF ONE'S OWN === #

    def make_generic_app(self, **values):
        own = self.env["social.network"].create(
            {"name": "Our Forum", "code": "our_forum", "providers": "oauth2"}
        )
        values = {
            "provider": "oauth2",
            "authorize_url": "https://forum.example/authorize",
            "token_url": "https://forum.example/token",
            "profile_url": "https://forum.example/me",
            **values,
        }
        return self.make_app(**values), own

    def test_a_network_of_one_s_own_is_served_by_data_alone(self):
        app, own = self.make_generic_app(scopes="openid,profile")
        self.assertEqual(app.network_ids, own)
        data = app._get_app_data()
        self.assertEqual(data.networks, ("our_forum",))
        self.assertEqual(data.scopes, ("openid", "profile"))
        self.assertEqual(data.auth_method, "client_secret_basic")
        self.assertTrue(data.use_pkce)
        self.assertEqual(data.profile_url, "https://forum.example/me")
        self.assertEqual(
            [data.profile_id_path, data.profile_name_path], ["sub", "name"]
        )
        self.assertTrue(app.with_user(self.manager).action_connect()["url"])

    def test_typed_scopes_stay_when_the_networks_change(self):
        app, own = self.make_generic_app(scopes="openid,profile")
        app.network_ids = own.copy({"name": "Second", "code": "second"})
        self.assertEqual(app.scopes, "openid,profile")

    def test_a_public_client_is_ready_without_a_secret(self):
        app, _own = self.make_generic_app(client_secret_input=False, auth_method="none")
        self.assertFalse(app.is_secret_set)
        self.assertEqual(app._get_app_data().client_secret, "")
        self.assertTrue(app.with_user(self.manager).action_connect()["url"])
        app.auth_method = "client_secret_post"
        with self.assertRaises(UserError):
            app.with_user(self.manager).action_connect()

    def test_how_a_client_says_who_it_is_is_journalled(self):
        app, _own = self.make_generic_app()
        app.with_user(self.owner).write({"auth_method": "none", "issuer": "https://a"})
        (line,) = self.journal(app_id=app.id, kind="app_changed")
        self.assertEqual(line.detail, "auth_method, issuer")

    def test_the_form_asks_for_paths_only_where_they_are_used(self):
        with Form(self.env["social.app"].with_user(self.owner)) as form:
            form.name = "Forum"
            form.client_id = "42"
            with self.assertRaises(AssertionError):
                form.profile_id_path = "data.id"
            form.provider = "oauth2"
            form.profile_id_path = "data.id"
            form.auth_method = "none"
            form.issuer = "https://forum.example"
        self.assertEqual(form.record.profile_id_path, "data.id")
        self.assertEqual(form.record.auth_method, "none")

    def test_connecting_leads_to_our_own_address_first(self):
        action = self.app.with_user(self.manager).action_connect()
        request = self.env["social.oauth.request"].search(
            [("app_id", "=", self.app.id)]
        )
        self.assertEqual(
            action,
            {
                "type": "ir.actions.act_url",
                "target": "self",
                "url": f"/social/authorize/{request.id}",
            },
        )
        self.assertEqual(request.user_id, self.manager)
        self.assertEqual(request.company_id, self.company)
        self.assertEqual(request.redirect_uri, self.app.redirect_uri)
        self.assertEqual(request.purpose, "connect")

    def test_connecting_is_for_managers_and_owners(self):
        for role in ("member", "manager", "owner"):
            user = {"manager": self.manager, "owner": self.owner}.get(
                role
            ) or self.make_user(role)
            with self.subTest(role=role):
                if role == "member":
                    with self.assertRaises(AccessError):
                        self.app.with_user(user).action_connect()
                else:
                    self.assertTrue(self.app.with_user(user).action_connect()["url"])

    # === JOURNAL AND FAULTS === #

    def test_changes_are_journalled_by_the_names_of_the_fields(self):
        app = self.make_app().with_user(self.owner)
        self.assertEqual(
            self.journal(app_id=app.id, kind="app_created").company_id, self.company
        )
        app.write({"client_id": "SECRETLIKE-815", "name": "New", "scopes": "a"})
        (line,) = self.journal(app_id=app.id, kind="app_changed")
        self.assertEqual(line.detail, "client_id, scopes")
        self.assertEqual(line.user_id, self.owner)
        app.name = "Newer"
        self.assertEqual(self.journal(app_id=app.id, kind="app_changed"), line)

    def test_a_fault_is_remembered_until_the_network_accepts_the_app(self):
        self.app._note_fault("1/0")
        self.assertEqual(self.app.fault, "1/0")
        self.assertTrue(self.app.fault_at)
        self.app._clear_trouble()
        self.assertFalse(self.app.fault or self.app.fault_at)

    def test_a_new_secret_ends_a_fault(self):
        self.app._note_fault("101")
        self.app.with_user(self.owner).client_secret_input = "another"
        self.assertFalse(self.app.fault)

    def test_the_provider_gets_the_one_clock(self):
        with freeze_time(datetime(2027, 1, 2, 3, 4, 5)):
            self.assertEqual(
                self.app._get_provider().now, datetime(2027, 1, 2, 3, 4, 5)
            )
