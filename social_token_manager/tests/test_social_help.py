"""Help in place: every question of the origin pages has an answer a reader can find."""

import re
from datetime import date, datetime

from freezegun import freeze_time
from lxml import html

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..policy.help import linked_codes
from .common import MODULE, SocialCase
from .help_rows import H_ROWS, ROWS


def words_of(topic):
    """Return all words that a reader of an article sees, in one line."""
    body = html.fromstring(f"<div>{topic.body}</div>").text_content()
    text = " ".join([topic.name, topic.summary, body])
    return re.sub(r"\s+", " ", text)


@tagged("post_install", "-at_install")
class TestHelpTopics(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.topics = cls.env["social.help.topic"].search([])
        cls.by_code = {topic.code: topic for topic in cls.topics}
        cls.member = cls.make_user("member")
        cls.manager = cls.make_user("manager")

    def test_every_row_of_the_table_has_an_answer_in_a_topic(self):
        self.assertEqual(set(ROWS), set(H_ROWS))
        for row, (code, phrase) in ROWS.items():
            with self.subTest(row=row):
                self.assertIn(phrase, words_of(self.by_code[code]))

    def test_every_topic_answers_something(self):
        used = {code for code, _phrase in ROWS.values()}
        reached = {
            other.code for topic in self.topics for other in topic.related_ids
        } | {code for topic in self.topics for code in linked_codes(topic.body)}
        self.assertLessEqual(set(self.by_code), used | reached | {"first-steps"})

    def test_every_link_between_topics_leads_somewhere(self):
        for topic in self.topics:
            with self.subTest(topic=topic.code):
                named = (topic.related_codes or "").split(",")
                self.assertEqual(len(topic.related_ids), len(named))
                self.assertNotIn(topic, topic.related_ids)
                self.assertLessEqual(set(linked_codes(topic.body)), set(self.by_code))

    def test_the_guide_is_linked_in_its_middle_and_at_its_end(self):
        """S2-10: from *when to renew*, and again at the end of the guide itself."""
        self.assertIn("how-to-renew", linked_codes(self.by_code["when-to-renew"].body))
        self.assertEqual(
            linked_codes(self.by_code["how-to-renew"].body)[-1], "how-to-renew"
        )

    def test_tables_say_what_the_networks_say(self):
        youtube = self.network("youtube")
        youtube.write({"purge_after_days": 9, "history_limit_days": 30})
        row = self._row("if-nobody-renews", youtube.name)
        self.assertEqual(
            [cell["text"] for cell in row],
            [youtube.name, "the last 30 days", "after 9 days", "Limits of YouTube"],
        )
        self.assertEqual(row[3]["url"], youtube.limits_url)
        self.assertEqual(
            self._row("rights", youtube.name)[1]["text"], youtube.native_role
        )
        threads = self._row("why-tokens-end", "Threads")
        self.assertEqual(threads[1]["text"], "2 months")

    def _row(self, code, network):
        table = self._read(code)["table"]
        (row,) = [row for row in table["rows"] if row[0]["text"] == network]
        self.assertEqual(len(row), len(table["columns"]))
        return row

    def _read(self, code, user=None):
        topics = self.env["social.help.topic"].with_user(user or self.member)
        (topic,) = topics.get_help(code)["topics"]
        return topic

    def test_a_topic_tells_its_dates_its_category_and_its_relations(self):
        shown = self._read("rights")
        self.assertEqual(shown["category"], "Rights")
        self.assertRegex(shown["created_on"], r"^\d{4}-\d\d-\d\d$")
        self.assertGreaterEqual(shown["revised_on"], shown["created_on"])
        self.assertIn("who-can-renew", [one["code"] for one in shown["related"]])

    def test_a_code_that_is_none_gives_no_article(self):
        topics = self.env["social.help.topic"].with_user(self.member)
        self.assertEqual(topics.get_help("no-such-article")["topics"], [])

    def test_reading_all_articles_costs_few_statements(self):
        topics = self.env["social.help.topic"].with_user(self.member)
        topics.get_help()
        self.env.invalidate_all()
        with self.assertQueryCount(16):
            self.assertEqual(len(topics.get_help()["topics"]), len(self.topics))

    # === VOTES === #

    def _vote(self, is_helpful, user=None, code="rights"):
        topic = self.by_code[code].with_user(user or self.member)
        return topic.vote(is_helpful)

    def test_a_vote_counts_once_and_may_be_changed(self):
        self.assertEqual(self._vote(True), {"own": True})
        self._vote(True)
        self._vote(False)
        self.assertEqual(self._read("rights")["votes"], {"own": False})
        seen = self._read("rights", self.manager)["votes"]
        self.assertEqual(seen, {"own": None, "yes": 0, "no": 1})
        self.assertEqual(
            self._vote(True, self.manager), {"own": True, "yes": 1, "no": 1}
        )

    def test_a_revision_begins_to_count_anew(self):
        self._vote(False)
        topic = self.by_code["rights"]
        topic.revised_on = date(2030, 1, 1)
        seen = self._read("rights", self.manager)["votes"]
        self.assertEqual((seen["yes"], seen["no"]), (0, 0))
        self.assertIsNone(self._read("rights")["votes"]["own"])
        self._vote(True)
        self.assertEqual(self._read("rights", self.manager)["votes"]["yes"], 1)

    def test_members_read_no_counts_and_nobody_who_voted(self):
        self._vote(True)
        self.assertNotIn("yes", self._read("rights")["votes"])
        with self.assertRaises(AccessError):
            self.by_code["rights"].with_user(self.member).read(["helpful_count"])
        for user in (self.member, self.manager, self.make_user("owner")):
            with self.assertRaises(AccessError):
                self.env["social.help.vote"].with_user(user).search([])

    def test_who_has_no_role_reads_and_votes_nothing(self):
        stranger = self.make_user("internal")
        with self.assertRaises(AccessError):
            self.env["social.help.topic"].with_user(stranger).get_help()
        with self.assertRaises(AccessError):
            self._vote(True, stranger)


@tagged("post_install", "-at_install")
class TestSupport(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = cls.make_user("member", tz="Europe/Berlin")
        cls.company.write({"email": False, "phone": False})

    def read_support(self, moment, user=None):
        topics = self.env["social.help.topic"].with_user(user or self.reader)
        with freeze_time(moment):
            return topics.get_help("getting-help")["support"]

    def test_hours_are_shown_with_their_zone_and_by_the_readers_clock(self):
        """Monday, 16 March 2026: São Paulo is at UTC-03:00, Berlin at UTC+01:00."""
        support = self.read_support(datetime(2026, 3, 16, 12))
        self.assertEqual(
            re.sub(r"\s", " ", support["hours"]),
            "Monday to Friday, 8:30 AM to 6:00 PM (America/Sao_Paulo, UTC-03:00)",
        )
        self.assertEqual(
            re.sub(r"\s", " ", support["own_hours"]),
            "By your clock: Monday to Friday, 12:30 PM to 10:00 PM "
            "(Europe/Berlin, UTC+01:00)",
        )

    def test_open_now_is_true_when_it_is(self):
        for moment, is_open, state in (
            (datetime(2026, 3, 16, 11, 29), False, "Opens Monday 12:30 PM"),
            (datetime(2026, 3, 16, 11, 30), True, "until Monday 10:00 PM"),
            (datetime(2026, 3, 16, 20, 59), True, "until Monday 10:00 PM"),
            (datetime(2026, 3, 16, 21), False, "Opens Tuesday 12:30 PM"),
            (datetime(2026, 3, 20, 22), False, "Opens Monday 12:30 PM"),
        ):
            with self.subTest(moment=moment):
                support = self.read_support(moment)
                self.assertEqual(support["is_open"], is_open)
                self.assertIn(state, re.sub(r"\s", " ", support["state"]))

    def test_a_reader_there_is_told_the_hours_once(self):
        local = self.make_user("member", "reader_there", tz="America/Sao_Paulo")
        support = self.read_support(datetime(2026, 3, 16, 12), local)
        self.assertEqual(support["own_hours"], "")

    def test_hours_over_midnight_name_the_next_day(self):
        self.company.social_support_tz = "Asia/Tokyo"
        self.company.write({"social_support_start": 22.0, "social_support_end": 6.0})
        support = self.read_support(datetime(2026, 3, 16, 12))
        self.assertIn("of the next day", support["hours"])
        self.assertNotIn("of the next day", support["own_hours"])

    def test_what_owners_name_comes_first_then_the_companys_own(self):
        now = datetime(2026, 3, 16, 12)
        self.assertEqual(self.read_support(now)["channels"], [])
        self.company.write({"email": "us@example.com", "phone": "+55 (11) 5550-1234"})
        channels = self.read_support(now)["channels"]
        self.assertEqual(
            [one["url"] for one in channels],
            ["mailto:us@example.com", "tel:+551155501234"],
        )
        self.company.social_support_url = "https://chat.example.com"
        channels = self.read_support(now)["channels"]
        self.assertEqual([one["kind"] for one in channels], ["chat"])

    def test_a_chat_that_is_no_address_and_hours_that_are_none_are_refused(self):
        for values in (
            {"social_support_url": "javascript:alert(1)"},
            {"social_support_start": -1.0},
            {"social_support_end": 24.5},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.company.write(values)

    def test_owners_set_it_in_the_settings(self):
        owner = self.make_user("owner")
        owner.group_ids += self.env.ref("base.group_system")
        settings = self.env["res.config.settings"].with_user(owner)
        settings.create({"social_support_phone": "+49 30 1234"}).execute()
        self.assertEqual(self.company.social_support_phone, "+49 30 1234")


@tagged("post_install", "-at_install")
class TestOnboarding(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: cls.make_user(role) for role in ("member", "manager", "owner")
        }
        cls.env["social.profile"].search([]).active = False
        cls.env["social.app"].search([]).active = False

    def steps(self, role="owner"):
        """Return ``{code: step}`` as somebody is shown them."""
        onboarding = self.env["social.onboarding"].with_user(self.users[role])
        found = onboarding.get_steps()
        self.assertEqual(
            found["is_complete"], all(step["is_done"] for step in found["steps"])
        )
        return {step["code"]: step for step in found["steps"]}

    def done(self, role="owner"):
        return [code for code, step in self.steps(role).items() if step["is_done"]]

    def test_each_step_is_done_when_the_data_says_so(self):
        self.assertEqual(self.done(), [])
        app = self.make_app()
        self.assertEqual(self.done(), ["app"])
        self.assertEqual(self.steps()["profile"]["button"]["app_id"], app.id)
        _token, profile = self.connect(app, self.users["owner"], [self.page()])
        self.assertEqual(self.done(), ["app", "profile"])
        profile.recipient_user_ids = self.users["member"]
        self.assertEqual(self.done(), ["app", "profile", "team"])
        profile.recipient_user_ids = False
        self.assertEqual(self.done(), ["app", "profile"], "it is undone again")

    def test_a_profile_that_is_only_listed_is_not_connected(self):
        self.make_profile()
        self.assertEqual(self.done(), [])

    def test_buttons_are_for_those_who_may(self):
        self.make_app()
        self.make_profile()
        offered = {
            role: [code for code, step in self.steps(role).items() if step["button"]]
            for role in self.users
        }
        self.assertEqual(offered["owner"], ["profile", "team"])
        self.assertEqual(offered["manager"], ["profile", "team"])
        self.assertEqual(offered["member"], [])

    def test_the_first_button_is_the_owners(self):
        self.assertTrue(self.steps("owner")["app"]["button"])
        self.assertFalse(self.steps("manager")["app"]["button"])

    def test_several_apps_are_chosen_from(self):
        for _number in range(2):
            self.make_app()
        self.assertEqual(
            self.steps()["profile"]["button"]["action"], f"{MODULE}.social_app_action"
        )

    def test_apps_of_another_company_are_not_counted(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.make_app(company_id=company.id)
        self.assertEqual(self.done(), [])

    def test_who_has_no_role_is_told_nothing(self):
        stranger = self.make_user("internal")
        with self.assertRaises(AccessError):
            self.env["social.onboarding"].with_user(stranger).get_steps()
