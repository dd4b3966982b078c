from datetime import timedelta
from urllib.parse import urlsplit

from icalendar import Calendar

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..clock import now
from ..hashing import digest
from .common import SocialHttpCase


@tagged("post_install", "-at_install")
class TestSocialCalendarFeed(SocialHttpCase):
    def setUp(self):
        super().setUp()
        self.manager = self.make_user("manager", lang="en_US", tz="Asia/Tokyo")
        self.member = self.make_user("member")
        self.app = self.make_app()
        self.profile = self.connect_profile("P1")

    def connect_profile(self, external_id, app=None):
        app = app or self.app
        _token, profile = self.connect(
            app,
            self.manager,
            [self.page(external_id)],
            person=external_id,
            access_expires_at=now() + timedelta(days=20),
        )
        return profile

    def make_address(self, user):
        """Return the path that a user's dialog shows."""
        wizard = self.env["social.calendar.wizard"].with_user(user).create({})
        address = wizard.action_make()["context"]["default_feed_address"]
        return urlsplit(address).path

    def fetch(self, path, **headers):
        self.env.flush_all()
        return self.url_open(path, headers=headers)

    def entries(self, path):
        answer = self.fetch(path)
        self.assertEqual(answer.status_code, 200, answer.text)
        return Calendar.from_ical(answer.content).walk("VEVENT")

    def titles(self, path):
        return " ".join(str(one["summary"]) for one in self.entries(path))

    def test_a_calendar_program_reads_when_connections_end(self):
        path = self.make_address(self.manager)
        event = next(
            one for one in self.entries(path) if "Page P1" in str(one["summary"])
        )
        moment = event.decoded("dtstart").replace(tzinfo=None)
        self.assertEqual(moment, self.profile.expires_at)
        self.assertIn(f"/social/renew/{self.profile.id}", str(event["url"]))
        self.assertIn(f"/social/renew/{self.profile.id}", str(event["description"]))
        answer = self.fetch(path)
        self.assertIn("text/calendar", answer.headers["Content-Type"])
        self.assertIn("private", answer.headers["Cache-Control"])
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")

    def test_it_holds_exactly_what_its_user_may_see(self):
        hidden = self.connect_profile("P2")
        other_app = self.make_app(name="Theirs", company_id=self.other_company.id)
        self.connect_profile("P3", other_app)
        self.profile.recipient_user_ids = self.member
        titles = self.titles(self.make_address(self.member))
        self.assertIn("Page P1", titles)
        self.assertNotIn("Page P2", titles)
        self.assertNotIn("Page P3", titles)
        manager = self.titles(self.make_address(self.manager))
        self.assertIn(hidden.name, manager)
        self.assertNotIn("Page P3", manager)

    def test_what_is_taken_from_a_user_is_taken_from_his_calendar(self):
        self.profile.recipient_user_ids = self.member
        path = self.make_address(self.member)
        self.assertIn("Page P1", self.titles(path))
        self.profile.recipient_user_ids = False
        self.assertNotIn("Page P1", self.titles(path))

    def test_unknown_revoked_replaced_and_archived_get_one_answer(self):
        archived = self.make_address(self.member)
        replaced = self.make_address(self.manager)
        revoked = self.make_address(self.manager)
        wizard = self.env["social.calendar.wizard"].with_user(self.manager).create({})
        self.assertTrue(wizard.made_at)
        wizard.action_revoke()
        self.member.active = False
        answers = [
            self.fetch(path)
            for path in (
                archived,
                replaced,
                revoked,
                "/social/calendar/unknown.ics",
                f"/social/calendar/{'x' * 43}.ics",
            )
        ]
        self.assertEqual({one.status_code for one in answers}, {404})
        self.assertEqual(len({one.content for one in answers}), 1)
        names = [
            {name for name in one.headers if name not in ("Date", "Set-Cookie")}
            for one in answers
        ]
        self.assertEqual(names, [names[0]] * len(names))

    def test_who_has_no_role_any_more_reads_nothing(self):
        path = self.make_address(self.member)
        self.member.group_ids = self.env.ref("base.group_user")
        self.assertEqual(self.fetch(path).status_code, 404)
        with self.assertRaises(AccessError):
            self.env["social.calendar.feed"].with_user(self.member)._make()

    def test_what_has_not_changed_is_not_sent_again(self):
        path = self.make_address(self.manager)
        tag = self.fetch(path).headers["ETag"]
        again = self.fetch(path, **{"If-None-Match": tag})
        self.assertEqual((again.status_code, again.content), (304, b""))
        self.profile.name = "Renamed"
        self.assertEqual(self.fetch(path, **{"If-None-Match": tag}).status_code, 200)

    def test_the_database_holds_no_address(self):
        path = self.make_address(self.manager)
        token = path.rpartition("/")[2].removesuffix(".ics")
        self.assertGreaterEqual(len(token), 43)
        self.env.flush_all()
        self.env.cr.execute("SELECT row_to_json(f)::text FROM social_calendar_feed f")
        rows = str(self.env.cr.fetchall())
        self.assertNotIn(token, rows)
        self.assertIn(digest(token), rows)

    def test_nobody_meets_another_ones_feed(self):
        self.make_address(self.manager)
        feeds = self.env["social.calendar.feed"].with_user(self.member)
        self.assertFalse(feeds.search([]))
        wizard = self.env["social.calendar.wizard"].with_user(self.manager).create({})
        with self.assertRaises(AccessError):
            wizard.with_user(self.member).read(["made_at"])
