from odoo.tests import tagged

from ..providers.errors import AppFault, RateLimited, Unreachable
from ..providers.instagram import InstagramProvider
from ..providers.results import Reach, StoredToken
from .provider_common import needs_sandbox
from .provider_extending import REDIRECT_URI, ExtendingCase, Promises

BASIC, MESSAGES = "instagram_business_basic", "instagram_business_manage_messages"
COMMENTS = "instagram_business_manage_comments"
WANTED = ("messages", "messaging_postbacks", "message_reactions")


class InstagramCase(ExtendingCase):
    provider_class = InstagramProvider


@needs_sandbox
@tagged("post_install", "-at_install")
class TestInstagramPromises(Promises, InstagramCase):
    """What Instagram Login shares with Threads."""


@needs_sandbox
@tagged("post_install", "-at_install")
class TestInstagram(InstagramCase):
    def test_consent_exchange_and_graph_are_three_hosts(self):
        hosts = {
            InstagramProvider.default_authorize_url.split("/")[2],
            InstagramProvider.default_token_url.split("/")[2],
            InstagramProvider.default_api_url.split("/")[2],
        }
        self.assertEqual(
            hosts, {"www.instagram.com", "api.instagram.com", "graph.instagram.com"}
        )

    def test_the_code_s_answer_is_read_wrapped_or_bare(self):
        for wrapped in (["code"], [], ["code", "me"], ["me"]):
            for permissions_as in ("text", "list"):
                with self.subTest(wrapped=wrapped, permissions_as=permissions_as):
                    self.control(
                        "settings", wrapped=wrapped, permissions_as=permissions_as
                    )
                    grant = self.grant()
                    self.assertEqual(grant.token.scopes, (BASIC, MESSAGES))
                    self.assertEqual(grant.person.external_id, self.account_id)
                    self.assertEqual(
                        self.listing(grant)[0].external_id, self.account_id
                    )

    def test_permissions_not_told_are_unknown_and_none_is_missed(self):
        for value in (None, "", [], 5, {}, [None]):
            with self.subTest(value=value):
                self.answer(self.code_path, **{"data.0.permissions": value})
                grant = self.grant()
                self.assertIsNone(grant.token.scopes)
                (profile,) = self.listing(grant)
                self.assertEqual((profile.reason, profile.missing_scopes), (None, ()))
                self.clear_faults()

    def test_the_account_is_known_by_user_id_and_never_by_id(self):
        """Webhooks call the account by ``user_id``; ``id`` differs for each app."""
        scoped = self.there.account()["scoped_ids"][self.there.client_id]
        grant = self.grant()
        self.assertEqual(grant.person.external_id, self.account_id)
        self.assertNotEqual(scoped, self.account_id)
        me = f"{InstagramProvider.default_version}/me"
        self.fault(me, "json", remove=["user_id"], set={"id": scoped})
        self.assert_fails(Unreachable, self.listing, grant)

    def test_the_user_id_beside_the_code_is_not_taken(self):
        self.answer(self.code_path, **{"data.0.user_id": 4711})
        self.assertEqual(self.grant().person.external_id, self.account_id)

    def test_a_declined_right_is_named_and_the_basic_one_ends_it(self):
        (profile,) = self.listing(self.grant(scopes=[BASIC]))
        self.assertEqual((profile.reason, profile.missing_scopes), (None, (MESSAGES,)))
        self.answer(self.code_path, **{"data.0.permissions": MESSAGES})
        grant = self.grant()
        (profile,) = self.listing(grant)
        self.assertEqual(profile.reason, "missing_scope")
        self.assertEqual(profile.missing_scopes, (BASIC,))

    def test_scopes_once_granted_decide_about_the_account_later(self):
        stored = StoredToken(self.grant().token.access_token, scopes=(MESSAGES,))
        found = self.provider().verify(stored, [Reach(1, "instagram", self.account_id)])
        self.assertEqual(found.reasons, {1: "missing_scope"})
        self.assertTrue(found.token.active)

    def test_the_account_is_read_with_the_token_in_a_header(self):
        grant = self.grant()
        self.calls()
        self.listing(grant)
        ((_path, call),) = self.calls()
        self.assertTrue(call["bearer"])
        self.assertEqual(call["parameters"], ["fields"])

    def test_the_id_of_another_engine_s_app_is_the_app_s_fault(self):
        for client_id in ("100000000000001", "300000000000001"):
            provider = self.provider(client_id=client_id)
            self.assert_fails(
                AppFault,
                provider.grant,
                code=self.there.code(),
                redirect_uri=REDIRECT_URI,
            )

    def test_only_names_that_are_still_served_are_asked_for(self):
        asked = InstagramProvider.scopes_for(["instagram"])
        self.assertTrue(all(one.startswith("instagram_business_") for one in asked))
        self.assertEqual(InstagramProvider.scopes_for(["threads"]), ())


@needs_sandbox
@tagged("post_install", "-at_install")
class TestSubscription(InstagramCase):
    """The stand-in's account sends to our app, as the edge is documented."""

    def setUp(self):
        super().setUp()
        self.given = self.grant()

    def keep(self, wanted=WANTED, provider=None, grant=None):
        token = (grant or self.given).token.access_token
        reach = Reach(1, "instagram", self.account_id, token)
        return (provider or self.provider()).keep_subscribed(reach, wanted)

    def sent(self):
        found = self.there.state("subscriptions")
        return [name for row in found for name in row["subscribed_fields"]]

    def test_an_account_that_sends_nothing_is_subscribed_and_read_again(self):
        found = self.keep()
        self.assertEqual((found.fields, found.missing), (WANTED, ()))
        self.assertTrue(found.is_repaired)
        self.assertEqual(tuple(self.sent()), WANTED)
        again = self.keep()
        self.assertFalse(again.is_repaired, "nothing was left to repair")

    def test_what_is_there_is_kept(self):
        there = ["messaging_seen", "messages"]
        self.control("subscriptions", account="cafeaurora", subscribed_fields=there)
        self.keep()
        self.assertEqual(set(self.sent()), {"messaging_seen", *WANTED})

    def test_the_row_of_our_app_counts_under_the_id_of_its_meta_app_too(self):
        self.control("settings", subscriber_id="4711")
        self.assertEqual(self.keep().missing, ())
        answer = f"{InstagramProvider.default_version}/me/subscribed_apps"
        other = {"app_id": "99", "subscribed_fields": list(WANTED)}
        ours = {"app_id": self.there.client_id, "subscribed_fields": ["comments"]}
        self.answer(answer, data=[other, ours])
        self.assertEqual(self.keep(()).fields, ("comments",))
        self.clear_faults()
        self.answer(answer, data=[other, other | {"app_id": "98"}])
        self.assertEqual(self.keep(()).fields, (), "of two strangers neither is ours")

    def test_a_permission_that_was_declined_is_missing_and_no_loss(self):
        grant = self.grant(scopes=[BASIC])
        found = self.keep(grant=grant)
        self.assertEqual((found.missing, found.detail), (WANTED, "10"))

    def test_no_definite_answer_is_no_verdict(self):
        self.fault("*subscribed_apps", "status", status=503)
        self.assert_fails(Unreachable, self.keep)
        self.fault("*subscribed_apps", "status", status=429)
        self.assert_fails(RateLimited, self.keep)

    def test_the_token_is_in_a_header_and_no_proof_of_the_secret_is_sent(self):
        self.calls()
        self.keep()
        calls = [call for _path, call in self.calls()]
        self.assertEqual([call["method"] for call in calls], ["GET", "POST", "GET"])
        for call in calls:
            self.assertTrue(call["bearer"])
            self.assertLessEqual(set(call["parameters"]), {"subscribed_fields"})

    def test_messages_and_comments_are_wanted_where_they_are_allowed(self):
        for scopes, wanted in (
            ((BASIC,), ()),
            ((BASIC, MESSAGES), WANTED),
            ((BASIC, COMMENTS), ("comments",)),
            ((BASIC, MESSAGES, COMMENTS), ("comments", *WANTED)),
        ):
            provider = self.provider(scopes=scopes)
            self.assertEqual(provider.fields_for(["instagram"]), wanted)

    def test_reactions_to_stories_are_wanted_unless_switched_off(self):
        fields = self.provider().fields_for(["instagram"], with_story_replies=False)
        self.assertEqual(fields, ("messages", "messaging_postbacks"))
