"""A connect link: who may make one, what it stores, when it is dead, who decides."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from lxml import html

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..clock import now
from ..hashing import digest
from ..policy import reasons
from ..providers.errors import AccessEnded
from ..providers.results import TokenSet
from .common import APP_SECRET, PLAIN, SocialCase

SECRETS = ("token_hash", "binding_hash", "reference")


@tagged("post_install", "-at_install")
class TestSocialConnectLink(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("manager", email="max@example.com")
        cls.member = cls.make_user("member", email="mia@example.com")
        cls.stranger = cls.make_user("owner", "stranger", cls.other_company)
        cls.app = cls.make_app()
        cls.client = cls.env["res.partner"].create(
            {"name": "Carla Client", "email": "carla@client.example"}
        )
        cls.profile = cls.make_profile(
            partner_id=cls.client.id,
            external_id="P1",
            admin_user_ids=[Command.link(cls.member.id)],
        )

    def setUp(self):
        super().setUp()
        context = self.enter_registry_test_mode()
        context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        # The caller's transaction is the test's.
        self.commits = self.startPatcher(patch.object(self.env.cr, "commit"))

    def make(self, user=None, days=7, **values):
        """Return a new link, as the superuser, and its token."""
        links = self.env["social.connect.link"].with_user(user or self.manager)
        values.setdefault("profile", self.profile.with_user(links.env.user))
        link, token = links._make(self.client, now() + timedelta(days=days), **values)
        return link.with_env(self.env), token

    def make_first(self, network="facebook", user=None):
        """Return a link for a first connection."""
        empty = self.env["social.profile"]
        return self.make(
            user, profile=empty, network=self.network(network), partner=self.client
        )

    def grant(self, link, *pages, person="55"):
        """Let somebody come back from the network by a link; return the token."""
        env = self.env(user=link.user_id, su=True)
        token = env["social.token"]._store_grant(
            self.app.with_env(env),
            self.make_grant(person, "Carla at the network"),
            link.person_id,
        )
        env.flush_all()
        env.invalidate_all()
        result = link.with_env(env)._take_listing(token.with_env(env), list(pages))
        token.with_env(env)._settle()
        self.env.flush_all()
        self.env.invalidate_all()
        return token.with_env(self.env), result

    # === MAKING === #

    def test_only_the_hash_of_the_token_is_stored(self):
        link, token = self.make()
        self.assertGreaterEqual(len(token), 43)
        self.assertEqual(link.sudo().token_hash, digest(token))
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT * FROM social_connect_link WHERE id = %s", [link.id]
        )
        self.assertNotIn(token, str(self.env.cr.fetchall()))
        self.assertFalse(link.copy().token_hash)

    def test_nobody_reads_or_writes_what_a_link_is_found_by(self):
        link, _token = self.make()
        for user in (self.manager, self.member, self.make_user("settings_admin")):
            mine = link.with_user(user)
            for name in SECRETS:
                with self.subTest(user=user.login, name=name):
                    with self.assertRaises(AccessError):
                        mine.read([name])
                    with self.assertRaises(AccessError):
                        mine.search([(name, "!=", False)])
            with self.assertRaises(AccessError):
                mine.write({"expires_at": now() + timedelta(days=99)})
            with self.assertRaises(AccessError):
                mine.unlink()

    def test_who_may_renew_may_invite_and_nobody_else(self):
        for user in (self.manager, self.member):
            self.assertEqual(self.make(user)[0].user_id, user)
        told = self.make_user("member", "told")
        self.profile.recipient_user_ids += told
        for user in (told, self.stranger, self.make_user("internal")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.make(user)
        self.company.social_strict_renewal = True
        with self.assertRaises(AccessError):
            self.make(self.member)

    def test_a_first_connection_is_for_managers(self):
        self.assertFalse(self.make_first()[0].profile_id)
        with self.assertRaises(AccessError):
            self.make_first(user=self.member)

    def test_without_an_app_the_sentence_says_who_makes_one(self):
        with self.assertRaises(UserError) as caught:
            self.make_first("x")
        self.assertIn("Configuration > Apps", str(caught.exception))

    def test_links_are_seen_where_the_profile_is(self):
        link, _token = self.make()
        first, _token = self.make_first()
        both = link + first
        Links = self.env["social.connect.link"]
        self.assertEqual(Links.with_user(self.manager).search([]), both)
        self.assertEqual(Links.with_user(self.member).search([]), link)
        self.assertFalse(Links.with_user(self.make_user("member", "told")).search([]))
        self.assertFalse(Links.with_user(self.stranger).search([]))
        with self.assertRaises(AccessError):
            Links.with_user(self.make_user("internal")).search([])

    # === THE DIALOG === #

    def dialog(self, user=None, **values):
        action = self.profile.with_user(user or self.manager).action_invite()
        wizards = self.env["social.link.wizard"].with_user(user or self.manager)
        return wizards.with_context(**action["context"]).create(values)

    def test_the_dialog_proposes_the_client_and_the_companys_days(self):
        self.company.social_link_days = 3
        with freeze_time("2026-11-22 12:00:00"):
            wizard = self.dialog()
            self.assertEqual(wizard.expires_at, now() + timedelta(days=3))
        self.assertEqual(wizard.person_id, self.client)
        self.assertEqual(wizard.profile_id, self.profile)

    def test_the_address_is_shown_once_and_stored_nowhere(self):
        action = self.dialog(sends_mail=False).action_make()
        address = action["context"]["default_link_address"]
        token = address.rpartition("/")[2]
        link = self.env["social.connect.link"].search([], limit=1)
        self.assertEqual(link.sudo().token_hash, digest(token))
        self.assertFalse(self.env["social.link.wizard"]._fields["link_address"].store)
        self.assertFalse(link.sent_at)

    def test_the_days_of_the_company_have_bounds(self):
        for days in (0, -1, 91):
            with self.subTest(days=days), self.assertRaises(ValidationError):
                self.company.social_link_days = days

    def test_a_day_that_is_over_or_far_away_is_refused(self):
        for days in (-1, 0, 91):
            wizard = self.dialog(expires_at=now() + timedelta(days=days))
            with self.subTest(days=days), self.assertRaises(UserError):
                wizard.action_make()

    def test_a_dialog_is_its_makers_alone(self):
        wizard = self.dialog()
        with self.assertRaises(AccessError):
            wizard.with_user(self.member).read(["person_id"])

    # === MAIL === #

    def sent(self, make):
        """Return what ``mail.mail`` was given while something was made."""
        mails = []
        kind = self.registry["mail.mail"]
        send = kind.send

        def note(mail, *args, **kwargs):
            mails.append((mail.subject, mail.body_html, mail.email_to, mail.model))
            return send(mail, *args, **kwargs)

        with patch.object(kind, "send", note):
            make()
        return mails

    def test_the_mail_is_in_the_language_of_who_gets_it_and_leaves_no_trace(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        self.client.lang = "pt_BR"
        counts = {
            model: self.env[model].sudo().search_count([])
            for model in ("mail.mail", "mail.message", "mail.notification")
        }
        wizard = self.dialog()
        ((subject, body, to, model),) = self.sent(wizard.action_make)
        self.assertIn("carla@client.example", to)
        self.assertFalse(model)
        self.assertIn(self.company.name, subject)
        self.assertIn('lang="pt-BR"', body)
        link = self.env["social.connect.link"].search([], limit=1)
        self.assertTrue(link.sent_at)
        token = body.partition("/social/link/")[2].partition('"')[0]
        self.assertEqual(link.sudo().token_hash, digest(token))
        for model, count in counts.items():
            found = self.env[model].sudo().search([])
            if model == "mail.message":
                found = found.filtered(lambda one: "/social/link/" in (one.body or ""))
                count = 0
            self.assertEqual(len(found), count, model)

    def test_the_mail_of_a_first_connection_names_the_network_alone(self):
        link, _token = self.make_first()
        ((_subject, body, _to, _model),) = self.sent(
            link.with_user(self.manager).action_resend
        )
        text = html.fromstring(body).text_content()
        self.assertRegex(text, r"connect\s+Facebook Page, so that")
        self.assertIn("You log in at Facebook Page itself.", text)
        self.assertNotRegex(text, r"\s[.,;](\s|$)")

    def test_without_an_address_nothing_is_made(self):
        self.client.email = False
        with self.assertRaises(UserError) as caught:
            self.dialog().action_make()
        self.assertIn("no e-mail address", str(caught.exception))

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_a_mail_that_fails_is_told_without_the_link(self):
        def fail(_mail, *args, **kwargs):
            raise OSError("SECRET text of a mail")

        with patch.object(self.registry["mail.mail"], "send", fail):
            with self.assertRaises(UserError) as caught:
                self.dialog().action_make()
        self.assertIn("could not be sent", str(caught.exception))
        self.assertNotIn("SECRET", str(caught.exception))

    def test_sending_again_makes_a_token_of_its_own(self):
        link, token = self.make()
        ((_subject, body, _to, _model),) = self.sent(
            link.with_user(self.manager).action_resend
        )
        self.assertNotIn(token, body)
        self.assertNotEqual(link.sudo().token_hash, digest(token))
        self.assertEqual(link.state, "pending")

    def test_a_copied_database_sends_nobody_a_link_again(self):
        link, token = self.make()
        copied = patch.object(self.registry["social.home"], "_is_here", return_value=0)

        def send_again():
            with copied, self.assertRaises(UserError):
                link.with_user(self.manager).action_resend()

        self.assertFalse(self.sent(send_again))
        self.assertEqual(link.token_hash, digest(token))

    def test_a_link_whose_app_is_not_ready_is_not_sent_again(self):
        link, _token = self.make()
        self.app.client_secret = False
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            link.with_user(self.member).action_resend()
        self.app.client_secret_input = APP_SECRET
        link.with_user(self.member).action_resend()
        self.assertTrue(link.sent_at)

    def test_a_link_that_opens_nothing_any_more_is_not_sent_again(self):
        link, token = self.make()
        link.user_id.active = False

        def send_again():
            with self.assertRaisesRegex(UserError, "the link is dead. Make a new one"):
                link.with_user(self.manager).action_resend()

        self.assertFalse(self.sent(send_again))
        self.assertEqual(link.token_hash, digest(token))

    def test_all_is_written_before_a_mail_goes_out(self):
        """What the database refuses is tried again, which must not send it twice."""
        link, _token = self.make()
        rows = []

        def look(_mail, *args, **kwargs):
            query = "SELECT token_hash, sent_at FROM social_connect_link WHERE id = %s"
            self.env.cr.execute(query, [link.id])
            rows.extend(self.env.cr.fetchall())
            self.assertTrue(self.journal(kind="link_sent"))

        with patch.object(self.registry["mail.mail"], "send", look):
            link.with_user(self.manager).action_resend()
        self.assertEqual(rows, [(link.token_hash, link.sent_at)])

    # === STATES === #

    def test_a_state_reads_the_same_in_python_in_a_search_and_in_a_group(self):
        Links = self.env["social.connect.link"]
        for state, values in {
            "pending": {},
            "opened": {"opened_at": now()},
            "done": {"done_at": now()},
            "expired": {"expires_at": now()},
            "revoked": {"revoked_at": now(), "wrong_at": now()},
            "wrong_account": {"wrong_at": now(), "expires_at": now()},
        }.items():
            link, _token = self.make()
            link.write(values)
            with self.subTest(state=state):
                self.assertEqual(link.state, state)
                self.assertEqual(Links.search([("state", "=", state)]), link)
        groups = Links._read_group([], ["state"], ["__count"])
        self.assertEqual(
            dict(groups),
            dict.fromkeys(
                ("pending", "opened", "done", "expired", "revoked", "wrong_account"), 1
            ),
        )
        self.assertFalse(Links.search([("state", "=", "nonsense")]))

    def replace(self, link, user=None):
        """Make a new link in place of one."""
        user = user or self.manager
        action = link.with_user(user).action_new()
        wizard = (
            self.env["social.link.wizard"]
            .with_user(user)
            .with_context(**action["context"])
            .create({"sends_mail": False})
        )
        wizard.action_make()
        self.env.flush_all()
        self.env.invalidate_all()

    def test_a_new_link_in_place_of_one_revokes_that(self):
        link, _token = self.make()
        self.replace(link)
        self.assertEqual(link.state, "revoked")
        newest = self.env["social.connect.link"].search([], limit=1)
        self.assertEqual(newest.state, "pending")
        self.assertEqual(newest.profile_id, self.profile)
        self.assertTrue(self.journal(kind="link_revoked", profile_id=self.profile.id))

    def test_revoking_is_for_who_may_renew_and_only_while_there_is_something(self):
        link, _token = self.make()
        for user in (self.stranger, self.make_user("internal")):
            with self.assertRaises(AccessError):
                link.with_user(user).action_revoke()
        link.with_user(self.member).action_revoke()
        self.assertEqual(link.state, "revoked")
        with self.assertRaises(UserError):
            link.with_user(self.member).action_revoke()
        with self.assertRaises(UserError):
            link.with_user(self.member).action_resend()

    # === DEAD AT ONCE === #

    def test_a_link_lives_in_the_name_of_its_inviter(self):
        link, _token = self.make(self.member)
        self.assertTrue(link._is_alive())
        for undo, change in (
            (
                lambda: self.profile.write({"admin_user_ids": [(4, self.member.id)]}),
                lambda: self.profile.write({"admin_user_ids": [(3, self.member.id)]}),
            ),
            (
                lambda: self.company.write({"social_strict_renewal": False}),
                lambda: self.company.write({"social_strict_renewal": True}),
            ),
            (
                lambda: self.member.write({"active": True}),
                lambda: self.member.write({"active": False}),
            ),
            (
                lambda: self.profile.write({"active": True}),
                lambda: self.profile.write({"active": False}),
            ),
            (
                lambda: self.app.write({"active": True}),
                lambda: self.app.write({"active": False}),
            ),
            (lambda: None, lambda: link.write({"expires_at": now()})),
        ):
            change()
            self.env.flush_all()
            self.assertFalse(link._is_alive())
            undo()
            self.env.flush_all()

    def test_a_demoted_manager_cannot_have_anything_connected(self):
        link, _token = self.make_first()
        self.manager.group_ids -= self.env.ref("social_token_manager.group_manager")
        self.assertFalse(link._is_alive())
        self.assertIn("dead", link.hint)
        token, (granted, _offered, _missing) = self.grant(link, self.page("P7"))
        self.assertFalse(granted or token.access_ids)
        self.assertFalse(token.access_token, "what nobody may use is not kept")
        self.assertFalse(link.done_at)

    def test_revoked_on_the_way_stores_nothing(self):
        link, _token = self.make()
        link._revoke()
        token, _result = self.grant(link, self.page("P1"))
        self.assertFalse(self.profile.access_ids)
        self.assertFalse(token.access_token)

    # === THE EXPECTED PROFILE === #

    def test_the_expected_page_is_linked_and_no_other_of_that_person(self):
        link, _token = self.make()
        token, _result = self.grant(
            link,
            self.page("P1"),
            self.page("P2"),
            self.page("P1", network="messenger"),
        )
        self.assertEqual(token.access_ids.profile_id, self.profile)
        self.assertEqual(self.env["social.profile"].search([]), self.profile)
        self.assertFalse(self.profile.reason)
        self.assertEqual(self.profile.person_id, self.client)
        self.assertEqual(token.person_id, self.client)
        self.assertEqual(link.state, "done")
        self.assertEqual(link.connected_ids, self.profile)
        self.assertTrue(self.journal(kind="link_used", profile_id=self.profile.id))

    def test_the_inviter_is_told_in_the_profiles_conversation(self):
        link, _token = self.make()
        self.grant(link, self.page("P1"))
        note = self.profile.message_ids[:1]
        self.assertIn("connect link", note.body)
        self.assertEqual(note.author_id, self.client)
        self.assertIn(self.manager.partner_id, note.notified_partner_ids)

    def test_a_grant_that_lives_already_is_served_and_what_it_lost_is_marked(self):
        _token, others = self.connect(
            self.app, self.manager, [self.page("P2"), self.page("P3")], person="55"
        )
        kept, lost = others.sorted("external_id")
        link, _token = self.make()
        self.grant(link, self.page("P1"), self.page("P2"), self.page("P4"))
        self.assertFalse(kept.reason)
        self.assertEqual(lost.reason, reasons.DESELECTED)
        self.assertEqual(link.state, "done")
        everything = self.env["social.profile"].search([])
        self.assertNotIn("P4", everything.mapped("external_id"))

    def test_a_profile_made_by_hand_is_found_only_where_that_is_sure(self):
        by_hand = self.make_profile("instagram", name="Corner", handle="@corner")
        app_networks = self.app.network_ids
        self.assertIn(by_hand.network_id, app_networks)
        link, _token = self.make(profile=by_hand.with_user(self.manager))
        self.grant(link, self.page("I8", network="instagram", handle="other"))
        self.assertEqual(link.state, "wrong_account")
        self.assertFalse(by_hand.access_ids)
        self.grant(link, self.page("I9", network="instagram", handle="corner"))
        self.assertEqual(link.state, "done")
        self.assertEqual(by_hand.external_id, "I9")

    def test_the_expected_page_without_its_rights_leaves_the_link_open(self):
        link, _token = self.make()
        self.grant(link, self.page("P1", usable=False, reason=reasons.LOST_ROLE))
        self.assertEqual(link.state, "pending")
        self.grant(link, self.page("P1", reason=reasons.MISSING_SCOPE))
        self.assertEqual(link.state, "pending")
        self.grant(link, self.page("P1"))
        self.assertEqual(link.state, "done")

    def test_nothing_granted_leaves_the_link_open(self):
        link, _token = self.make()
        self.grant(link)
        self.grant(link, self.page("P1", network="instagram"))
        self.assertEqual(link.state, "pending")

    def test_a_grant_that_connects_nothing_is_not_kept(self):
        link, _token = self.make()
        for page in (
            self.page("P1", network="instagram"),
            self.page("P1", usable=False, reason=reasons.LOST_ROLE),
        ):
            token, _result = self.grant(link, page)
            with self.subTest(network=page.network):
                self.assertFalse(token.access_token or token.renew_at)
                self.assertEqual(token.reason, reasons.NOT_CONNECTED)
        token, _result = self.grant(link, self.page("P1"))
        self.assertTrue(token.access_token)
        self.assertFalse(token.reason)

    def test_a_first_connection_takes_one_network_and_gives_it_to_the_client(self):
        link, _token = self.make_first("instagram")
        self.grant(link, self.page("I1", network="instagram"), self.page("P5"))
        (profile,) = link.connected_ids
        self.assertEqual(profile.external_id, "I1")
        self.assertEqual(profile.partner_id, self.client)
        self.assertEqual(profile.company_id, self.company)
        self.assertEqual(profile.user_id, self.manager)
        self.assertFalse(
            self.env["social.profile"].search([("external_id", "=", "P5")])
        )

    def test_a_first_connection_does_not_touch_another_clients_profile(self):
        other = self.env["res.partner"].create({"name": "Other Client"})
        theirs = self.make_profile(external_id="P6", partner_id=other.id)
        link, _token = self.make_first()
        self.grant(link, self.page("P6"))
        self.assertFalse(theirs.access_ids)
        self.assertEqual(link.state, "wrong_account")

    def test_nor_one_of_another_client_that_was_made_by_hand(self):
        other = self.env["res.partner"].create({"name": "Other Client"})
        named = self.make_profile(name="Page P6", partner_id=other.id)
        handled = self.make_profile(handle="@theirs", partner_id=other.id)
        for page in (self.page("P6"), self.page("P7", handle="theirs")):
            link, _token = self.make_first()
            self.grant(link, page)
            with self.subTest(page=page.external_id):
                self.assertFalse((named | handled).access_ids)
                self.assertEqual(link.state, "wrong_account")

    def test_a_first_connection_takes_the_clients_own_that_was_made_by_hand(self):
        for number, partner in enumerate((self.client, self.env["res.partner"])):
            made = self.make_profile(name=f"Page P{number + 6}", partner_id=partner.id)
            link, _token = self.make_first()
            self.grant(link, self.page(f"P{number + 6}"), person=f"6{number}")
            with self.subTest(partner=partner.name):
                self.assertEqual(link.connected_ids, made)
                self.assertEqual(made.partner_id, self.client)

    def test_a_used_link_connects_nothing_more(self):
        link, _token = self.make_first()
        self.grant(link, self.page("P1"))
        self.grant(link, self.page("P8"), person="56")
        self.assertFalse(
            self.env["social.profile"].search([("external_id", "=", "P8")])
        )

    # === ANOTHER ACCOUNT === #

    def held(self):
        link, _token = self.make()
        token, _result = self.grant(link, self.page("P2"), self.page("P3"))
        return link, token

    def test_another_account_is_held_and_nothing_overwritten(self):
        self.connect(self.app, self.manager, [self.page("P1")])
        before = self.profile.read(
            ["external_id", "access_id", "expires_at", "cycle", "reason"]
        )
        link, token = self.held()
        self.assertEqual(link.state, "wrong_account")
        self.assertEqual(
            link.account_ids.mapped("external_id"), ["P2", "P3"], "what came is named"
        )
        self.assertFalse(token.access_ids)
        self.assertEqual(
            self.profile.read(
                ["external_id", "access_id", "expires_at", "cycle", "reason"]
            ),
            before,
        )
        (activity,) = link.activity_ids
        self.assertEqual(activity.user_id, self.manager)
        self.assertIn("Carla Client", activity.summary)
        self.assertTrue(self.journal(kind="link_wrong", profile_id=self.profile.id))

    def accept(self, account, listing, user=None):
        with patch.object(
            self.registry["social.token"], "_read_listing", lambda _token: listing
        ):
            account.with_user(user or self.manager).action_accept()
        self.env.invalidate_all()

    def test_accepting_switches_the_profile_and_keeps_all_else(self):
        self.connect(self.app, self.manager, [self.page("P1")])
        old_token = self.profile.token_id
        link, token = self.held()
        account = link.account_ids[0]
        self.accept(account, [self.page("P2"), self.page("P3")])
        self.assertEqual(self.profile.external_id, "P2")
        self.assertEqual(self.profile.token_id, token)
        self.assertEqual(self.profile.partner_id, self.client)
        self.assertFalse(self.profile.reason)
        self.assertFalse(old_token.access_ids or old_token.access_token)
        self.assertEqual(link.state, "done")
        self.assertFalse(link.account_ids or link.activity_ids)
        self.assertTrue(self.journal(kind="replaced", detail="P1 → P2"))

    def test_accepting_what_is_a_profile_already_connects_that_one(self):
        other = self.make_profile(external_id="P2", name="Two")
        link, token = self.held()
        self.accept(link.account_ids[0], [self.page("P2")])
        self.assertEqual(other.token_id, token)
        self.assertEqual(self.profile.external_id, "P1")
        self.assertEqual(link.connected_ids, other)

    def test_accepting_a_page_whose_messenger_is_a_profile_switches_to_the_page(self):
        """A page and its Messenger have one id between them."""
        messenger = self.make_profile("messenger", external_id="P2")
        link, token = self.held()
        self.accept(link.account_ids[0], [self.page("P2")])
        self.assertEqual(self.profile.external_id, "P2")
        self.assertEqual(self.profile.token_id, token)
        self.assertTrue(token.access_token)
        self.assertFalse(messenger.access_ids)
        self.assertEqual(link.connected_ids, self.profile)

    def test_accepting_what_connects_nothing_keeps_the_decision_open(self):
        self.make_profile(external_id="P2", name="Two")
        link, token = self.held()
        profiles = self.registry["social.profile"]
        with (
            patch.object(profiles, "_may_link", lambda _profile, _token: False),
            self.assertRaises(UserError),
        ):
            self.accept(link.account_ids[0], [self.page("P2")])
        self.assertEqual(link.state, "wrong_account")
        self.assertTrue(token.access_token)

    def test_who_loses_the_right_while_the_network_is_asked_accepts_nothing(self):
        link, _token = self.held()
        group = self.env.ref("social_token_manager.group_manager")

        def demote(_token):
            group.user_ids -= self.manager
            self.env.flush_all()
            return [self.page("P2")]

        with (
            patch.object(self.registry["social.token"], "_read_listing", demote),
            self.assertRaises(AccessError),
        ):
            link.account_ids[0].with_user(self.manager).action_accept()
        self.env.invalidate_all()
        self.assertEqual(link.state, "wrong_account")
        self.assertEqual(self.profile.external_id, "P1")

    def test_what_is_held_is_accepted_after_its_access_token_has_run_out(self):
        link, token = self.held()
        answers = iter([AccessEnded(detail="over"), (self.page("P2"),)])
        with self.network_answers(refreshed=TokenSet(f"{PLAIN}-next")) as network:
            network.listing = lambda: next(answers)
            link.account_ids[0].with_user(self.manager).action_accept()
        self.env.invalidate_all()
        self.assertEqual(self.profile.external_id, "P2")
        self.assertEqual((self.profile.token_id, token.generation), (token, 2))

    def test_what_is_accepted_locks_tokens_before_profiles(self):
        link, token = self.held()
        other, _result = self.grant(link, self.page("P2"), person="78")
        self.connect(self.app, self.manager, [self.page("P1")])
        before = self.profile.token_id
        with self.watched_locks() as locked:
            self.accept(link.account_ids[0], [self.page("P2")])
        self.assert_tokens_first(locked, token | other | before)

    def test_what_comes_back_locks_tokens_before_profiles(self):
        link, token = self.held()
        with self.watched_locks() as locked:
            other, _result = self.grant(link, self.page("P1"), person="78")
        self.assertEqual(link.state, "done")
        self.assert_tokens_first(locked, token | other)

    def test_accepting_is_for_managers(self):
        link, _token = self.held()
        for user in (self.member, self.stranger):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.accept(link.account_ids[0], [self.page("P2")], user)
        self.assertEqual(link.state, "wrong_account")

    def test_what_the_network_does_not_give_any_more_is_not_accepted(self):
        link, _token = self.held()
        with self.assertRaises(UserError):
            self.accept(link.account_ids[0], [self.page("P3")])
        self.assertEqual(link.state, "wrong_account")
        self.assertEqual(self.profile.external_id, "P1")

    def test_refusing_forgets_the_grant_and_ends_it_at_the_network(self):
        link, token = self.held()
        with self.network_answers() as network:
            link.with_user(self.member).action_refuse()
        self.env.invalidate_all()
        self.assertEqual(len(network.questions), 1)
        self.assertFalse(token.access_token or link.account_ids or link.activity_ids)
        self.assertEqual(link.state, "revoked")
        self.assertFalse(self.profile.access_ids)
        with self.assertRaises(UserError), self.network_answers():
            link.with_user(self.member).action_refuse()

    def test_refusing_ends_nothing_that_others_live_from(self):
        token, served = self.connect(
            self.app, self.manager, [self.page("P2")], person="55"
        )
        link, _token = self.make()
        self.grant(link, self.page("P2"), self.page("P3"))
        self.assertEqual(link.state, "wrong_account")
        with self.network_answers() as network:
            link.with_user(self.manager).action_refuse()
        self.env.invalidate_all()
        self.assertFalse(network.questions)
        self.assertTrue(token.access_token)
        self.assertFalse(served.reason)

    def test_a_new_link_in_place_of_one_keeps_no_secret_that_was_held(self):
        link, token = self.held()
        self.replace(link, self.member)
        self.assertEqual(link.state, "revoked")
        self.assertFalse(link.account_ids or link.activity_ids)
        self.assertFalse(token.access_token or token.renew_at or token.verify_at)

    def test_a_new_link_in_place_of_one_ends_nothing_that_others_live_from(self):
        token, served = self.connect(
            self.app, self.manager, [self.page("P2")], person="55"
        )
        link, _token = self.make()
        self.grant(link, self.page("P2"), self.page("P3"))
        self.assertEqual(link.state, "wrong_account")
        self.replace(link)
        self.assertTrue(token.access_token)
        self.assertFalse(served.reason or link.account_ids)

    def test_a_mistake_can_be_mended_with_the_right_account(self):
        link, held = self.held()
        self.grant(link, self.page("P1"), person="77")
        self.assertEqual(link.state, "done")
        self.assertEqual(self.profile.external_user_name, "Carla at the network")
        self.assertFalse(link.account_ids or held.access_token)

    def test_what_another_link_holds_is_not_given_up(self):
        """Whatever becomes of the grants that the same person gives elsewhere."""

        def nothing(link):
            self.grant(link, self.page("P1", network="instagram"))

        def dead(link):
            link._revoke()
            self.grant(link, self.page("P1"))

        def mended(link):
            self.grant(link, self.page("P3"))
            self.grant(link, self.page("P1"), person="77")

        def refused(link):
            self.grant(link, self.page("P3"))
            with self.network_answers() as network:
                link.with_user(self.manager).action_refuse()
            self.assertFalse(network.questions)

        for do in (nothing, dead, mended, refused):
            holding, token = self.held()
            other, _token = self.make()
            do(other)
            self.env.invalidate_all()
            with self.subTest(what=do.__name__):
                self.assertTrue(token.access_token)
                self.assertEqual(holding.state, "wrong_account")
                self.assertTrue(holding.account_ids)
            with self.network_answers():
                holding.with_user(self.manager).action_refuse()
            self.env.invalidate_all()
            self.assertFalse(token.access_token)

    def test_what_nobody_decides_on_is_forgotten_in_the_end(self):
        link, token = self.held()
        link._gc_held()
        self.assertTrue(token.access_token)
        with freeze_time(now() + timedelta(days=38)):
            link._gc_held()
        self.assertFalse(token.access_token or link.account_ids)

    # === ASKING FOR A NEW ONE === #

    def test_a_wish_is_noted_once_for_who_can_answer_it(self):
        link, _token = self.make(self.member)
        self.member.active = False
        self.env.flush_all()
        link._ask()
        link._ask()
        self.env.invalidate_all()
        (activity,) = link.activity_ids
        self.assertTrue(activity.user_id.active)
        self.assertIn(self.company, activity.user_id.company_ids)
        self.assertTrue(
            activity.user_id.has_group("social_token_manager.group_manager")
        )
        self.assertEqual(len(self.journal(kind="link_asked")), 1)
        self.assertIn("asks for a new link", link.with_user(self.manager).hint)
