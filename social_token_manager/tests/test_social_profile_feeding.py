"""What lives from a profile is known, and what of it is at risk is told worst first."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..exceptions import NoWorkingToken
from ..models.social_profile_feeding import Feed
from ..policy import reasons
from .common import NOW, SocialClockCase

DAY = timedelta(days=1)
SHOWN = {
    name: {}
    for name in """
        name status outage_text messages_per_day missed_messages loss_at loss_text
        feeds_text days_left expires_at reason may_renew network_icon
    """.split()
}


@tagged("post_install", "-at_install")
class TestSocialProfileFeeding(SocialClockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.make_user("owner")
        cls.manager = cls.make_user("manager")
        cls.member = cls.make_user("member")
        cls.nobody = cls.make_user("internal")
        cls.env["social.profile"].search([]).active = False
        cls.network("facebook").history_limit_days = 30

    def setUp(self):
        super().setUp()
        self.app = self.make_app()
        pages = [self.page(f"P{number}") for number in range(4)]
        _token, profiles = self.connect(self.app, self.owner, pages)
        self.works, self.ends, self.gone, self.long_gone = profiles
        self.works.expires_at = NOW + 80 * DAY
        self.ends.write({"expires_at": NOW + 3 * DAY, "messages_per_day": 4})
        self.gone.write(
            {
                "expires_at": NOW - 2 * DAY,
                "reason": reasons.REVOKED,
                "messages_per_day": 12.4,
            }
        )
        self.long_gone.write({"expires_at": NOW - 40 * DAY, "reason": reasons.REVOKED})
        self.never = self.make_profile()
        self.Profiles = self.env["social.profile"].with_user(self.manager)

    def at_risk(self, order="loss_at, expires_at, id"):
        return self.Profiles.search([("has_messages_at_risk", "=", True)], order=order)

    def add_feed(self, profile, **values):
        values = {"name": "Support", "profile_id": profile.id, **values}
        return self.env["social.profile.feed"].create(values)

    # === AT RISK === #

    def test_what_people_write_to_is_at_risk_from_the_warning_on(self):
        self.assertEqual(self.at_risk(), self.long_gone + self.gone + self.ends)
        flags = [one.has_messages_at_risk for one in self.ends + self.works]
        self.assertEqual(flags, [True, False])

    def test_a_profile_without_messages_counts_once_something_lives_from_it(self):
        self.network("facebook").carries_messages = False
        self.gone.messages_per_day = 0
        self.assertNotIn(self.gone, self.at_risk())
        self.add_feed(self.gone, kind="report")
        self.assertIn(self.gone, self.at_risk())

    def test_the_estimate_is_the_same_in_python_and_in_sql(self):
        self.assertEqual(self.gone.missed_messages, 25)
        groups = self.Profiles._read_group(
            [("id", "in", self.at_risk().ids)], ["name"], ["missed_messages:sum"]
        )
        self.assertEqual(
            dict(groups), {one.name: one.missed_messages for one in self.at_risk()}
        )
        self.assertEqual(self.at_risk("missed_messages desc")[0], self.gone)

    def test_the_moment_of_loss_is_the_same_in_python_and_in_sql(self):
        by_sql = self.at_risk("loss_at, id")
        by_python = self.at_risk().sorted(lambda one: (one.loss_at, one.id))
        self.assertEqual(by_sql, by_python)
        self.assertEqual(self.ends.loss_at, NOW + 33 * DAY)
        self.network("facebook").purge_after_days = 7
        self.assertEqual(self.gone.loss_at, NOW + 5 * DAY, "the seventh day counts")
        self.assertIn("deleting is switched off", self.gone.loss_text)
        self.company.social_purge = True
        self.gone.invalidate_recordset(["loss_text"])
        self.assertIn("data held here goes after 7 days", self.gone.loss_text)
        self.network("facebook").write({"history_limit_days": 0, "purge_after_days": 0})
        self.assertFalse(self.ends.loss_at, "nothing is promised that is not known")
        self.assertEqual(len(self.at_risk("loss_at, id")), 3)

    def test_the_countdown_is_told_in_words(self):
        for profile, words in (
            (self.long_gone, "✕ Since Mar 5, 2026: messages older than 30 days"),
            (self.gone, "! In 28 days, on Apr 12, 2026: messages older than 30 days"),
        ):
            self.assertIn(words, profile.with_user(self.manager).loss_text)
        self.assertEqual(self.gone.outage_text, "Gone for 2 days, since Mar 13, 2026")
        self.assertEqual(self.ends.outage_text, "Ends in 3 days")
        self.network("facebook").history_limit_days = 0
        self.assertIn("is not known", self.gone.loss_text)

    def test_the_screen_takes_as_many_queries_for_few_as_for_many(self):
        def read():
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            found = self.Profiles.web_search_read(
                [("has_messages_at_risk", "=", True)], SHOWN, order="loss_at"
            )
            return self.cr.sql_log_count - before, len(found["records"])

        self.add_feed(self.gone)
        read()
        few, _count = read()
        pages = [self.page(f"Q{number}") for number in range(30)]
        _token, more = self.connect(self.app, self.owner, pages, person="2")
        more.write({"expires_at": NOW - DAY, "reason": reasons.REVOKED})
        for profile in more:
            self.add_feed(profile)
        self.env.flush_all()
        many, count = read()
        self.assertEqual(count, 33)
        self.assertLessEqual(many, few)

    # === WHAT IT FEEDS === #

    def test_what_it_feeds_is_told_with_its_kind(self):
        self.add_feed(self.gone, kind="campaign", reference=f"res.partner,{1}")
        self.add_feed(self.gone, name="Spring", kind="report")
        seen = self.gone.with_user(self.manager)
        self.assertEqual(seen.feeds_text, "Support (Campaign), Spring (Report)")
        feeds = (seen + self.ends)._get_feeds()
        self.assertEqual(feeds.get(self.ends), None)
        self.assertEqual(
            feeds[seen][0],
            Feed("Support", "Campaign", self.env["res.partner"].browse(1)),
        )

    def test_members_keep_the_feeds_of_their_own_profiles_alone(self):
        self.gone.admin_user_ids = self.member
        self.ends.recipient_user_ids = self.member
        Feeds = self.env["social.profile.feed"].with_user(self.member)
        own = Feeds.create({"name": "Mine", "profile_id": self.gone.id})
        own.name = "Still mine"
        told = self.add_feed(self.ends).with_user(self.member)
        self.assertEqual(told.name, "Support")
        hidden = self.add_feed(self.works).with_user(self.member)
        with self.assertRaises(AccessError):
            told.name = "Not mine"
        with self.assertRaises(AccessError):
            hidden.read(["name"])
        with self.assertRaises(AccessError):
            own.profile_id = self.works

    # === GUARDS === #

    def test_nothing_is_sent_through_what_does_not_work(self):
        self.works._check_can_send()
        self.ends._check_can_send()
        with self.assertRaises(NoWorkingToken) as caught:
            self.gone.with_user(self.manager)._check_can_send()
        self.assertEqual(caught.exception.reason, reasons.REVOKED)
        sentence = str(caught.exception)
        for words in ("Nothing was sent", "Page P2", "still here", "connect again"):
            self.assertIn(words, sentence)
        with self.assertRaises(NoWorkingToken):
            (self.works + self.never)._check_can_send()

    def test_the_guard_looks_at_the_clock(self):
        self.ends._check_can_send()
        self.move_clock(NOW + 3 * DAY)
        with self.assertRaises(NoWorkingToken) as caught:
            self.ends._check_can_send()
        self.assertEqual(caught.exception.reason, reasons.EXPIRED)

    def test_the_banner_says_what_stands_still_and_is_empty_otherwise(self):
        self.assertEqual(self.works._get_banner(), "")
        banner = self.gone.with_user(self.manager)._get_banner()
        self.assertIn("Facebook Page: Page P2 has not worked since", banner)
        self.assertIn(
            "About 25 messages are waiting at the network (an estimate)", banner
        )
        self.assertIn("ends on March 18, 2026", self.ends._get_banner())

    def test_a_banner_names_no_profile_to_whoever_may_not_see_it(self):
        banner = self.gone.with_user(self.nobody)._get_banner()
        self.assertIn("The connection to Facebook Page has not worked", banner)
        self.assertNotIn("Page P2", banner)
        with self.assertRaises(NoWorkingToken) as caught:
            self.gone.with_user(self.nobody)._check_can_send()
        self.assertNotIn("Page P2", str(caught.exception))
