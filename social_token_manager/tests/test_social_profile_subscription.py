"""The networks keep sending messages, or people are told that they do not."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from ..clock import now
from ..providers import PROVIDERS
from ..providers.errors import RequestRefused, TokenLost, Unreachable
from ..providers.results import AppData, Reach
from .common import ACCESS_TOKEN, MODULE, SocialCase

MESSAGES = ["feed", "messages", "messaging_postbacks"]
SCOPES = ("pages_show_list", "pages_messaging")


class FakePage:
    """A page at Meta: what it sends, and what it refuses."""

    def __init__(self, *fields, refusal=None, forgets=False):
        self.fields = list(fields)
        self.changed = {}
        self.refusal = refusal
        self.forgets = forgets
        self.posts = []

    def tell(self, reach):
        if isinstance(self.refusal, Unreachable):
            raise self.refusal
        return tuple(self.changed.get(reach.page_token, self.fields))

    def subscribe(self, reach, names):
        self.posts.append((reach.page_token, names))
        if self.refusal:
            raise self.refusal
        if not self.forgets:
            self.changed[reach.page_token] = names


@tagged("post_install", "-at_install")
class TestSocialProfileSubscription(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("manager")
        cls.app = cls.make_app()
        cls.token, profiles = cls.connect(
            cls.app,
            cls.manager,
            [
                cls.page("P1", page_token="token-1"),
                cls.page("P1", "messenger", page_token="token-1"),
                cls.page("I1", "instagram", page_token="token-1"),
                cls.page("P2", page_token="token-2"),
            ],
        )
        cls.page_one = profiles.filtered(lambda one: one.external_id != "P2")
        cls.page_two = profiles - cls.page_one

    def look_after(self, page, provider="meta"):
        asked = PROVIDERS[provider]
        with (
            self.enter_registry_test_mode(),
            patch.object(asked, "_read_fields", lambda _self, reach: page.tell(reach)),
            patch.object(
                asked, "_subscribe", lambda _self, *given: page.subscribe(*given)
            ),
        ):
            with self.registry.cursor() as cr:
                self.env(cr=cr)["social.profile"]._cron_subscribe()
        self.env.invalidate_all()

    def test_a_copy_looks_after_nothing(self):
        page = FakePage()
        self.page_one._look_after()
        self.patch(self.registry["social.home"], "_is_here", lambda _home: False)
        self.look_after(page)
        self.assertFalse(page.posts)

    def test_a_damaged_page_token_keeps_no_other_page_from_being_looked_after(self):
        page = FakePage()
        self.page_one.access_ids.page_token = self.page_two.access_ids.page_token
        self.page_one._look_after()
        self.page_two._look_after()
        self.look_after(page)
        self.assertEqual({token for token, _names in page.posts}, {"token-2"})

    def test_a_new_grant_is_looked_after_at_once_and_then_once_a_day(self):
        self.assertTrue(all(one.subscribe_at <= now() for one in self.page_one))
        page = FakePage(*MESSAGES, "message_reactions")
        self.look_after(page)
        self.assertFalse(page.posts)
        due = self.page_one.mapped("subscribe_at")
        self.assertTrue(all(moment > now() + timedelta(hours=20) for moment in due))
        self.assertEqual(set(self.page_one.mapped("missing_fields")), {""})
        with freeze_time(now() + timedelta(days=1, hours=1)):
            page.fields.remove("messages")
            self.look_after(page)
        self.assertIn("messages", page.changed["token-1"])

    def test_what_is_missing_is_repaired_and_what_is_there_is_kept(self):
        page = FakePage("feed", "name")
        self.look_after(page)
        wanted = ("feed", "name", "messages", "messaging_postbacks")
        self.assertEqual(dict(page.posts)["token-1"], (*wanted, "message_reactions"))
        for profile in self.page_one:
            self.assertIn("messages", profile.subscribed_fields)
            self.assertFalse(profile.missing_fields)
            self.assertTrue(profile.subscription_checked_at)
        self.assertTrue(self.journal(kind="subscribed"))

    def test_a_page_is_asked_about_once_for_all_its_profiles(self):
        page = FakePage()
        self.look_after(page)
        tokens = [token for token, _names in page.posts]
        self.assertEqual(sorted(tokens), ["token-1", "token-2"])

    def test_what_cannot_be_repaired_is_shown(self):
        for refusal in (
            TokenLost("missing_scope", "200"),
            RequestRefused(detail="100"),
        ):
            self.page_one.write({"subscribe_at": now(), "missing_fields": False})
            self.look_after(FakePage("feed", refusal=refusal))
            self.assertTrue(all(self.page_one.mapped("missing_fields")))
            line = self.journal(kind="unsubscribed")[:1]
            self.assertEqual(line.detail, refusal.detail)
            self.assertFalse(self.token.reason)

    def test_only_what_is_read_afterwards_is_believed(self):
        self.look_after(FakePage("feed", forgets=True))
        self.assertEqual(
            set(self.page_one.mapped("missing_fields")),
            {"messages, messaging_postbacks, message_reactions"},
        )

    def test_no_answer_changes_nothing_and_is_asked_for_again_soon(self):
        self.look_after(FakePage(refusal=Unreachable(detail="HTTP 503")))
        for profile in self.page_one:
            self.assertFalse(profile.missing_fields)
            self.assertFalse(profile.subscription_checked_at)
            self.assertLess(profile.subscribe_at, now() + timedelta(hours=1))

    def test_a_profile_that_is_lost_is_left_alone(self):
        self.token._take_loss("revoked")
        self.token._settle()
        self.env.flush_all()
        page = FakePage()
        self.look_after(page)
        self.assertFalse(page.posts)

    def test_a_changed_story_option_is_minded_soon(self):
        self.look_after(FakePage(*MESSAGES, "message_reactions"))
        account = self.page_one.filtered(lambda one: one.network_code == "instagram")
        account.with_user(self.manager).receive_story_replies = False
        self.assertLessEqual(account.subscribe_at, now())

    def test_the_cron_is_woken_by_a_grant(self):
        cron = self.env.ref(f"{MODULE}.ir_cron_check_subscriptions")
        count = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.assertTrue(count)

    def test_networks_without_subscriptions_are_not_asked(self):
        app = self.make_app(provider="x")
        _token, profile = self.connect(
            app, self.manager, [self.page("X1", "x")], person="5"
        )
        self.assertFalse(profile.subscribe_at)

    # === INSTAGRAM LOGIN === #

    def connect_account(self):
        self.env["social.profile"].search([]).subscribe_at = False
        app = self.make_app(provider="instagram")
        token, account = self.connect(
            app,
            self.manager,
            [self.page("I9", "instagram", page_token=None, usable=True)],
            person="9",
        )
        return token, account

    def test_an_account_that_logged_in_itself_is_subscribed_with_its_own_token(self):
        token, account = self.connect_account()
        self.assertLessEqual(account.subscribe_at, now())
        page = FakePage("comments")
        self.look_after(page, "instagram")
        wanted = ("comments", *MESSAGES[1:], "message_reactions")
        self.assertEqual(page.posts, [(ACCESS_TOKEN, wanted)])
        self.assertIn("messages", account.subscribed_fields)
        self.assertFalse(account.missing_fields)
        self.assertFalse(token.reason)
        self.assertGreater(account.subscribe_at, now() + timedelta(hours=20))

    def test_an_account_s_missing_fields_are_repaired_once_a_day(self):
        _token, account = self.connect_account()
        page = FakePage(*MESSAGES[1:], "message_reactions")
        self.look_after(page, "instagram")
        self.assertFalse(page.posts)
        page.fields.remove("messages")
        with freeze_time(now() + timedelta(days=1, hours=1)):
            self.look_after(page, "instagram")
        self.assertIn("messages", page.changed[ACCESS_TOKEN])
        self.assertTrue(self.journal(kind="subscribed", profile_id=account.id))

    def test_an_account_s_story_option_decides_what_is_asked_for(self):
        _token, account = self.connect_account()
        page = FakePage(*MESSAGES[1:])
        account.with_user(self.manager).receive_story_replies = False
        self.look_after(page, "instagram")
        self.assertFalse(page.posts)
        account.with_user(self.manager).receive_story_replies = True
        self.assertLessEqual(account.subscribe_at, now())
        self.look_after(page, "instagram")
        self.assertIn("message_reactions", page.changed[ACCESS_TOKEN])

    def test_what_an_account_does_not_send_is_shown(self):
        _token, account = self.connect_account()
        self.look_after(FakePage(refusal=TokenLost("missing_scope", "10")), "instagram")
        self.assertIn("messages", account.missing_fields)

    # === WHAT IS WANTED === #

    def fields_for(self, *networks, scopes=SCOPES, **options):
        app = AppData("meta", "1", "s", "", "", "", scopes=scopes)
        provider = PROVIDERS["meta"](app, None, now())
        return provider.fields_for(networks, **options)

    def test_messages_are_wanted_where_they_are_allowed(self):
        self.assertEqual(self.fields_for("facebook"), ("feed",))
        self.assertEqual(list(self.fields_for("facebook", "messenger")), MESSAGES)
        self.assertEqual(self.fields_for("messenger", scopes=SCOPES[:1]), ("feed",))

    def test_reactions_to_stories_are_wanted_unless_switched_off(self):
        self.assertIn("message_reactions", self.fields_for("instagram"))
        fields = self.fields_for("instagram", with_story_replies=False)
        self.assertNotIn("message_reactions", fields)

    def test_no_secret_is_in_the_text_of_a_check(self):
        reach = Reach(1, "facebook", "P1", "token-1")
        self.assertNotIn("token-1", repr(reach))
