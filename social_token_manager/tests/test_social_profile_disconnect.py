"""Disconnecting ends it here first, and at the network where nobody else needs it."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.social_token_renewal import Claim
from ..policy import reasons
from ..providers.errors import Unreachable
from ..providers.google import OF_CHANNEL
from ..providers.results import TokenSet
from .common import ACCESS_TOKEN, PLAIN, SocialCase


@tagged("post_install", "-at_install")
class TestSocialProfileDisconnect(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.make_user("owner")
        cls.member = cls.make_user("member")
        cls.app = cls.make_app()

    def setUp(self):
        super().setUp()
        context = self.enter_registry_test_mode()
        context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        # The caller's transaction is the test's.
        self.commits = self.startPatcher(patch.object(self.env.cr, "commit"))

    def make(self, *pages, **grant):
        token, profiles = self.connect(
            self.app, self.owner, [self.page(one) for one in pages], **grant
        )
        return token, profiles

    def dialog(self, profile, user=None, **values):
        wizards = self.env["social.disconnect.wizard"].with_user(user or self.owner)
        return wizards.create({"profile_id": profile.id, **values})

    def disconnect(self, profile, answer=None, user=None, **values):
        """Return the stand-in network, and what the person is told."""
        with self.network_answers(answer) as network:
            action = self.dialog(profile, user, **values).action_disconnect()
        self.env.invalidate_all()
        return network, action["params"]["message"]

    def test_the_last_profile_of_a_grant_ends_it_at_the_network(self):
        token, profile = self.make("P1")
        network, text = self.disconnect(profile)
        self.assertEqual([asked for asked, _ in network.questions], [ACCESS_TOKEN])
        self.assertIn("confirmed", text)
        self.assertFalse(token.access_token or token.refresh_token or token.access_ids)
        self.assertEqual(token.reason, reasons.REVOKED)
        self.assertEqual(profile.reason, reasons.NOT_CONNECTED)
        self.assertEqual(profile.expires_at, profile.disconnected_at)
        lines = self.journal(token_id=token.id, kind="withdrawn")
        lines += self.journal(profile_id=profile.id, kind="disconnected")
        self.assertEqual(len(lines), 2)
        self.assertEqual(lines.user_id, self.owner)
        self.assertEqual(len(set(lines.mapped("correlation"))), 1)

    def test_the_loss_is_committed_before_the_network_is_asked(self):
        token, profile = self.make("P1")

        def look():
            self.env.invalidate_all()
            self.assertFalse(token.access_token)
            self.assertFalse(profile.access_ids.token_id)
            self.assertTrue(self.commits.called)

        network, _text = self.disconnect(profile, look)
        self.assertEqual(len(network.questions), 1)

    def test_a_grant_that_others_live_from_is_only_forgotten_here(self):
        token, profiles = self.make("P1", "P2")
        first, second = profiles
        network, text = self.disconnect(first)
        self.assertFalse(network.questions)
        self.assertIn("the permission stays", text)
        # The dialog named it to whoever may see it; here it would be told to all.
        self.assertNotIn(second.name, text)
        self.assertEqual(token.access_ids.profile_id, second)
        self.assertTrue(token.access_token)
        self.assertFalse(token.reason or second.reason)
        self.assertEqual(first.reason, reasons.NOT_CONNECTED)

    def test_all_that_live_from_a_grant_can_be_ended_knowingly(self):
        token, profiles = self.make("P1", "P2")
        wizard = self.dialog(profiles[0])
        self.assertIn(profiles[1].name, wizard.others)
        self.assertNotIn(profiles[0].name, wizard.others)
        network, text = self.disconnect(profiles[0], with_others=True)
        self.assertEqual(len(network.questions), 1)
        self.assertFalse(token.access_token)
        self.assertEqual(profiles[1].reason, reasons.REVOKED)
        self.assertEqual(profiles[0].reason, reasons.NOT_CONNECTED)

    def test_nobody_ends_what_he_may_not_renew(self):
        _token, profiles = self.make("P1", "P2")
        profiles[0].admin_user_ids = self.member
        wizard = self.dialog(profiles[0], self.member, with_others=True)
        self.assertFalse(wizard.others)
        self.assertTrue(wizard.has_hidden_others)
        with self.assertRaises(AccessError):
            wizard.action_disconnect()
        profiles[1].recipient_user_ids = self.member
        with self.assertRaises(AccessError):
            self.dialog(profiles[1].with_user(self.member), self.member).create(
                {"profile_id": profiles[1].id}
            ).action_disconnect()
        self.assertFalse(any(profiles.mapped("disconnected_at")))

    def test_a_network_that_does_not_answer_keeps_nothing_connected_here(self):
        token, profile = self.make("P1")
        _network, text = self.disconnect(profile, Unreachable(detail="HTTP 503"))
        self.assertIn("did not confirm", text)
        self.assertIn("facebook.com/settings", text)
        self.assertFalse(token.access_token or profile.access_ids.token_id)
        (line,) = self.journal(token_id=token.id, kind="unwithdrawn")
        self.assertEqual((line.reason, line.detail), ("unreachable", "HTTP 503"))

    def test_googles_end_of_a_whole_project_is_named_before(self):
        youtube = self.network("youtube")
        self.app = self.make_app(provider="google", client_id="77-web.apps.example")
        twin = self.make_app(provider="google", client_id="77-other.apps.example")
        self.app.network_ids = twin.network_ids = youtube
        (one, first), (two, second) = (
            self.connect(
                app,
                self.owner,
                [self.page(channel, "youtube", page_token=None, usable=True)],
                person=f"1001{OF_CHANNEL}{channel}",
                refresh_token=f"{PLAIN}-{channel}",
            )
            for app, channel in ((self.app, "C1"), (twin, "C2"))
        )
        self.assertIn(second.name, self.dialog(first).others)
        network, text = self.disconnect(first)
        self.assertFalse(network.questions)
        self.assertEqual(one.reason, reasons.NOT_CONNECTED)
        self.assertFalse(one.refresh_token)
        self.assertTrue(two.refresh_token and not second.reason)
        self.assertIn("the permission stays", text)
        # The dialog named it to whoever may see it; here it would be told to all.
        self.assertNotIn(second.name, text)

    def test_a_fresh_token_that_arrives_late_is_withdrawn_and_not_stored(self):
        token, profile = self.make("P1")
        claim = Claim(token.id, "fence", token.generation, 0)
        token.write({"lease_owner": "fence", "lease_until": "2099-01-01"})
        self.env.flush_all()
        self.disconnect(profile)
        late = TokenSet(f"{PLAIN}-late")
        with self.network_answers(None) as network:
            self.assertIsNone(self.env["social.token"]._conclude(claim, late))
        self.assertEqual([asked for asked, _ in network.questions], [f"{PLAIN}-late"])
        self.env.invalidate_all()
        self.assertFalse(token.access_token)

    def test_a_late_token_of_a_grant_that_was_given_anew_is_left_alone(self):
        token, profile = self.make("P1")
        claim = Claim(token.id, "fence", token.generation, 0)
        self.disconnect(profile)
        self.make("P1")
        self.env.invalidate_all()
        with self.network_answers(None) as network:
            self.env["social.token"]._conclude(claim, TokenSet(f"{PLAIN}-late"))
        self.assertFalse(network.questions)
        self.assertFalse(profile.reason)
        self.assertTrue(token.access_token)

    def test_what_is_not_connected_has_nothing_to_end(self):
        profile = self.make_profile()
        with self.assertRaises(UserError):
            profile.with_user(self.owner).action_disconnect()
        _token, connected = self.make("P1")
        action = connected.with_user(self.owner).action_disconnect()
        self.assertEqual(action["res_model"], "social.disconnect.wizard")
        self.disconnect(connected)
        with self.assertRaises(UserError):
            connected.unlink()

    def test_other_addons_are_told_of_the_end(self):
        _token, profile = self.make("P1")
        told = self.startPatcher(patch.object(type(profile), "_on_token_lost"))
        self.disconnect(profile)
        self.assertTrue(told.called)
