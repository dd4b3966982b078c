"""An Owner is told how to set an app up, and in words what keeps it from working."""

import os
from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import config

from ..const import DEV_HOSTS_OPTION, DEV_HOSTS_VARIABLE
from ..findings import BAD, FINDINGS, GOOD, NOTE
from ..models import social_app_guide
from ..providers import PROVIDERS
from ..providers.errors import AddressRefused, AppFault, RateLimited, Unreachable
from ..providers.results import AppCheck
from ..setup_help import HELP, SCOPES
from ..signal_help import HELP as SIGNAL_HELP
from .common import APP_SECRET, SocialCase

BASE_URL = "https://odoo.example.com"
ACCEPTED = AppCheck(proven=True)


@tagged("post_install", "-at_install")
class TestSetupHelp(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.make_user("owner")
        cls.env["social.network"].create(
            {"name": "Our Forum", "code": "our_forum", "providers": "oauth2"}
        )

    def test_every_provider_has_its_help_and_each_scope_its_sentence(self):
        self.assertEqual(set(HELP), set(PROVIDERS))
        for code, kind in PROVIDERS.items():
            networks = [*kind.required_scopes, *kind.wanted_scopes]
            self.assertLessEqual(set(kind.scopes_for(networks)), set(SCOPES), code)

    def test_it_says_where_what_and_for_what(self):
        for code in PROVIDERS:
            with self.subTest(provider=code):
                app = self.make_app(provider=code).with_user(self.owner)
                text = str(app.setup_help)
                self.assertIn("redirect URI", text)
                console = HELP[code].console
                self.assertEqual(text.count("href"), bool(console))
                self.assertIn(console, text)
                for scope in filter(None, (app.scopes or "").split(",")):
                    self.assertIn(f">{scope}<", text)
                for network in app.network_ids if code != "oauth2" else ():
                    self.assertIn(network.name, text)

    def test_who_tells_of_its_own_accord_has_steps_and_others_have_none(
        self,
    ):
        tellers = {code for code, kind in PROVIDERS.items() if kind.sends_signals}
        self.assertEqual(set(SIGNAL_HELP), tellers)
        for code in PROVIDERS:
            app = self.make_app(provider=code).with_user(self.owner)
            self.assertEqual(bool(app.signal_help), code in tellers, code)
            self.assertEqual("Open Webhooks" in app.setup_help, code in tellers, code)
        for text, provider in (
            ("Verify Token", "meta"),
            ("object Permissions", "meta"),
            ("message_reactions", "instagram"),
            ("not confirmed", "threads"),
            ("stream:update", "google"),
            ("/2/activity/subscriptions", "x"),
            ("authorization.removed", "tiktok"),
        ):
            app = self.make_app(provider=provider)
            self.assertIn(text, app.signal_help)

    def test_what_is_registered_by_a_call_is_not_to_be_pasted(self):
        for code in SIGNAL_HELP:
            with self.subTest(provider=code):
                text = str(self.make_app(provider=code).signal_help)
                self.assertEqual("pasted nowhere" in text, code in ("google", "x"))

    def test_only_who_asks_with_a_verify_token_is_given_one(self):
        for code in SIGNAL_HELP:
            app = self.make_app(provider=code)
            with self.subTest(provider=code):
                named = "Verify Token" in app.signal_help
                self.assertEqual(named, app.has_deauthorize_url)
                self.assertEqual("Deauthorize URL" in app.signal_help, named)

    def test_every_field_that_is_asked_for_is_to_be_chosen_for_the_app_too(self):
        for code, kind in PROVIDERS.items():
            if not kind.needs_subscription:
                continue
            app = self.make_app(provider=code)
            if code == "instagram":
                app.scopes += ",instagram_business_manage_comments"
            provider = app._get_provider()
            for name in provider.fields_for(app.network_ids.mapped("code")):
                self.assertIn(name, app.signal_help)

    def test_it_follows_the_form_before_it_is_saved(self):
        with Form(self.env["social.app"].with_user(self.owner)) as form:
            form.name, form.client_id = "New", "42"
            self.assertIn("developers.facebook.com", form.setup_help)
            form.provider = "linkedin"
            self.assertIn("Community Management API", form.setup_help)

    def test_a_scope_that_somebody_typed_is_shown_as_text(self):
        app = self.make_app(provider="oauth2", scopes="<b>x</b>,openid")
        self.assertIn("&lt;b&gt;x&lt;/b&gt;", app.setup_help)
        self.assertNotIn("<b>x", app.setup_help)


@tagged("post_install", "-at_install")
class TestAppTest(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.make_user("owner")
        cls.env["ir.config_parameter"].set_param("web.base.url", BASE_URL)
        cls.app = cls.make_app()

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.dict(os.environ, {DEV_HOSTS_VARIABLE: ""}))
        self.startPatcher(patch.dict(config.options, {DEV_HOSTS_OPTION: None}))

    @contextmanager
    def outside(self, answer, failures=None):
        """Let a network answer so about an app, and some addresses be silent."""

        def check_app(provider, *, redirect_uri):
            self.asked.append(redirect_uri)
            if isinstance(answer, Exception):
                raise answer
            return answer

        self.asked = []
        kind = PROVIDERS[self.app.provider]
        with (
            patch.object(kind, "check_app", check_app),
            patch.object(
                social_app_guide,
                "find_unreachable",
                lambda _transport, addresses: {
                    one: failure
                    for one, failure in (failures or {}).items()
                    if one in addresses
                },
            ),
            self.enter_registry_test_mode(),
        ):
            yield

    def press_test(self, answer=ACCEPTED, app=None, **outside):
        """Press the button; return the codes of what was found."""
        app = (app or self.app).with_user(self.owner)
        with self.outside(answer, **outside):
            app.action_test()
        return [code for code, _parameters in app.findings]

    # === WHAT IS FOUND === #

    def test_an_app_that_works_has_nothing_wrong(self):
        found = self.press_test()
        self.assertEqual(found, ["settings_complete", "addresses_answer", "accepted"])
        self.assertEqual({FINDINGS[code][0] for code in found}, {GOOD})
        self.assertNotIn("Wrong", self.app.findings_text)
        self.assertEqual(self.asked, [self.app.redirect_uri])
        self.assertTrue(self.app.tested_at)

    def test_what_the_network_says_of_id_and_secret(self):
        for answer, code, kind in (
            (AppFault(detail="1"), "client_refused", BAD),
            (AppFault(detail="redirect_uri_mismatch"), "redirect_refused", BAD),
            (AppCheck(False, "400/283"), "unproven", NOTE),
            (Unreachable(detail="HTTP 503"), "no_sense", NOTE),
            (RateLimited("HTTP 429"), "rate_limited", NOTE),
        ):
            with self.subTest(code=code):
                self.assertEqual(self.press_test(answer)[-1], code)
                self.assertEqual(FINDINGS[code][0], kind)
                self.assertNotIn("accepted the app", self.app.findings_text)

    def test_without_a_good_secret_the_network_is_not_asked(self):
        without = self.make_app(client_secret_input=False)
        damaged = self.make_app()
        damaged.client_secret = self.app.client_secret
        for app, code in ((without, "no_secret"), (damaged, "damaged_secret")):
            with self.subTest(code=code):
                self.assertEqual(self.press_test(app=app)[-1], code)
                self.assertFalse(self.asked)

    def test_a_public_client_needs_no_secret(self):
        app = self.make_app(client_secret_input=False, auth_method="none")
        self.assertEqual(self.press_test(app=app)[-1], "public_accepted")

    def test_an_address_that_is_silent_refused_or_absent_is_named(self):
        token_url = self.app._get_address("token_url")
        for failure, code in (
            (Unreachable(detail="x"), "address_silent"),
            (AddressRefused(detail="x"), "address_refused"),
        ):
            with self.subTest(code=code):
                self.assertIn(code, self.press_test(failures={token_url: failure}))
                self.assertFalse(self.asked)
                self.assertIn("Token Endpoint", self.app.findings_text)
        self.app.authorize_url = False
        self.assertIn("no_address", self.press_test())
        self.assertIn("Consent Page is empty", self.app.findings_text)

    def test_an_address_of_a_former_development_host_is_refused(self):
        os.environ[DEV_HOSTS_VARIABLE] = "127.0.0.1"
        self.app.api_url = "http://127.0.0.1:9/x"
        os.environ[DEV_HOSTS_VARIABLE] = ""
        self.assertIn("address_refused", self.press_test())

    def test_our_own_address_must_be_public_and_https(self):
        for url, code in (
            ("http://odoo.example.com", "own_not_https"),
            ("http://localhost:8069", "own_not_public"),
            ("https://192.168.1.5", "own_not_public"),
        ):
            with self.subTest(url=url):
                self.env["ir.config_parameter"].set_param("web.base.url", url)
                self.app.invalidate_recordset()
                self.assertIn(code, self.press_test())
                self.assertIn("web.base.url", self.app.findings_text)

    def test_networks_and_their_permissions_must_be_complete(self):
        self.app.scopes = "pages_show_list, pages_messaging"
        self.assertIn("missing_scopes", self.press_test())
        text = self.app.findings_text
        self.assertIn("Instagram", text)
        self.assertIn("instagram_basic", text)
        self.assertNotIn("Messenger", text)
        self.app.network_ids = [Command.clear()]
        self.assertIn("no_network", self.press_test())

    # === WHAT COMES OF IT === #

    def test_a_refusal_is_a_fault_and_acceptance_ends_it(self):
        self.press_test(AppFault(detail="1"))
        self.assertEqual(self.app.fault, "1")
        for answer in (AppCheck(False, "x"), Unreachable(detail="HTTP 503")):
            self.press_test(answer)
            self.assertEqual(self.app.fault, "1")
        self.press_test()
        self.assertFalse(self.app.fault)

    def test_every_finding_reads_well(self):
        parameters = {
            "field": "token_url",
            "network": "instagram",
            "scopes": "a, b",
            "address": "https://x.example",
            "detail": "100%",
        }
        for code in FINDINGS:
            with self.subTest(code=code):
                line = self.app._get_finding_line(code, parameters)
                self.assertRegex(line["text"], r"^[A-Z].*\.$")
                self.assertNotIn("%(", line["text"])

    def test_a_test_speaks_of_the_app_as_it_was(self):
        for values in (
            {"client_id": "43"},
            {"client_secret_input": "another"},
            {"network_ids": [Command.clear()]},
            {"token_url": "https://graph.example/x"},
        ):
            with self.subTest(values=values):
                self.press_test()
                self.app.with_user(self.owner).name = "Renamed"
                self.assertTrue(self.app.findings)
                self.app.with_user(self.owner).write(values)
                self.assertFalse(self.app.findings or self.app.tested_at)

    def test_it_is_journalled_without_a_secret(self):
        self.press_test(AppFault(detail="1"))
        (line,) = self.journal(app_id=self.app.id, kind="app_tested")
        self.assertEqual(line.user_id, self.owner)
        self.assertIn("client_refused", line.detail)
        self.assertNotIn(APP_SECRET, f"{line.detail}{self.app.findings}")

    def test_only_owners_test_apps(self):
        for role in ("member", "manager"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.app.with_user(self.make_user(role)).action_test()
