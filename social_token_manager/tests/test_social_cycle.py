"""How long connections worked is counted truthfully, whatever ended or crossed what."""

from datetime import datetime, timedelta

from odoo.tests import tagged

from ..policy import outages as policy
from ..policy import reasons
from .common import NOW, SocialClockCase

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
START = datetime(2026, 2, 1)
END = datetime(2026, 3, 1)
MONTH = 28 * 24 * 3600


@tagged("post_install", "-at_install")
class TestSocialCycleWritten(SocialClockCase):
    """The engine writes cycles down as it changes profiles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.make_user("owner")
        cls.app = cls.make_app()

    def connect_page(self, days=20):
        self.token, self.profile = self.connect(
            self.app,
            self.owner,
            [self.page()],
            access_expires_at=datetime.now() + days * DAY,
        )

    def setUp(self):
        super().setUp()
        self.connect_page()
        self.profile.active = True

    def rows(self):
        self.env.invalidate_all()
        return [
            (row.since, row.stopped_at, row.until, row.ended_by)
            for row in self.env["social.cycle"].search(
                [("profile_id", "=", self.profile.id)], order="id"
            )
        ]

    def lose(self, reason=reasons.REVOKED):
        self.token._take_loss(reason)
        self.token._settle()

    def test_a_connection_begins_its_cycle(self):
        self.assertEqual(self.rows(), [(NOW, False, False, False)])

    def test_a_renewal_in_time_ends_one_cycle_and_begins_another(self):
        self.move_clock(NOW + 5 * DAY)
        self.connect_page()
        self.assertEqual(
            self.rows(),
            [
                (NOW, False, NOW + 5 * DAY, "person"),
                (NOW + 5 * DAY, False, False, False),
            ],
        )
        first = self.env["social.cycle"].search(
            [("profile_id", "=", self.profile.id), ("until", "!=", False)]
        )
        self.assertEqual(first.user_id, self.owner)

    def test_a_loss_has_its_moment_and_since_when_it_may_have_been(self):
        self.move_clock(NOW + 2 * DAY)
        self.lose()
        row = self.env["social.cycle"].search([("profile_id", "=", self.profile.id)])
        self.assertEqual(row.stopped_at, NOW + 2 * DAY)
        self.assertEqual(row.reason, reasons.REVOKED)
        self.assertEqual(row.known_at, NOW)
        self.move_clock(NOW + 4 * DAY)
        self.connect_page()
        self.assertEqual(self.rows()[0], (NOW, NOW + 2 * DAY, NOW + 4 * DAY, "person"))

    def test_what_ran_out_by_the_clock_stopped_then_and_not_when_it_was_noticed(self):
        self.move_clock(NOW + 23 * DAY)
        self.lose(reasons.EXPIRED)
        row = self.env["social.cycle"].search([("profile_id", "=", self.profile.id)])
        self.assertEqual(row.stopped_at, NOW + 20 * DAY)
        self.assertFalse(row.known_at, "the moment was known before")
        self.connect_page()
        self.assertEqual(
            self.rows()[0], (NOW, NOW + 20 * DAY, NOW + 23 * DAY, "person")
        )

    def test_what_ran_out_and_nothing_noticed_stopped_all_the_same(self):
        self.move_clock(NOW + 23 * DAY)
        self.connect_page()
        self.assertEqual(
            self.rows()[0], (NOW, NOW + 20 * DAY, NOW + 23 * DAY, "person")
        )

    def test_what_comes_by_itself_is_of_no_person(self):
        self.move_clock(NOW + DAY)
        self.token.write({"access_expires_at": NOW + 60 * DAY})
        self.token._update_expires_at()
        self.profile._update_state()
        self.assertEqual(self.rows()[0], (NOW, False, NOW + DAY, "itself"))

    def test_a_disconnected_or_archived_profile_is_not_counted_on(self):
        self.move_clock(NOW + DAY)
        self.profile.with_user(self.owner).active = False
        self.assertEqual(self.rows()[0][2:], (NOW + DAY, "archived"))
        self.move_clock(NOW + 2 * DAY)
        self.profile.with_user(self.owner).active = True
        self.assertEqual(self.rows()[1], (NOW + 2 * DAY, False, False, False))
        self.move_clock(NOW + 3 * DAY)
        self.profile._forget_accesses(with_others=False)
        self.assertEqual(self.rows()[1][2:], (NOW + 3 * DAY, "disconnected"))
        self.assertEqual(len(self.rows()), 2)

    def test_what_comes_out_of_the_archive_broken_stands_still_from_then_on(self):
        self.lose()
        self.profile.active = False
        self.move_clock(NOW + 2 * DAY)
        self.profile.active = True
        self.assertEqual(
            self.rows(),
            [
                (NOW, NOW, NOW, "archived"),
                (NOW + 2 * DAY, NOW + 2 * DAY, False, False),
            ],
        )

    def test_who_archives_twice_ends_nothing_twice(self):
        self.profile.write({"active": True})
        self.assertEqual(len(self.rows()), 1)


@tagged("post_install", "-at_install")
class TestSocialCycleCounted(SocialClockCase):
    """Invented histories, with results that were counted by hand, in February."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.silence_others()
        cls.owner = cls.make_user("owner")

    def live(self, *cycles, now_expires_at=None, **values):
        """Make a profile with cycles of ``(since, stopped, until, by)``."""
        profile = self.make_profile(**values)
        access = self.env["social.access"].create({"profile_id": profile.id})
        profile.write({"access_id": access.id, "expires_at": now_expires_at})
        for number, (since, stopped_at, until, ended_by, *known) in enumerate(cycles):
            self.env["social.cycle"].create(
                {
                    "profile_id": profile.id,
                    "cycle": number + 1,
                    "since": since,
                    "stopped_at": stopped_at,
                    "until": until,
                    "ended_by": ended_by,
                    "known_at": known and known[0],
                }
            )
        return profile

    def measure(self, start=START, end=END, user=None, by=None):
        profiles = self.env["social.profile"].with_user(user or self.owner)
        found = profiles._measure([], start, end, by)
        return found if by else found.get(None, policy.Metrics())

    def test_a_connection_that_always_works_was_never_down(self):
        self.live((START - 40 * DAY, False, False, False))
        found = self.measure()
        self.assertEqual((found.connections, found.observed), (1, MONTH))
        self.assertEqual((found.down, found.outages, found.uptime), (0, 0, 100.0))
        self.assertIsNone(found.in_time_rate, "nothing had to be renewed")

    def test_an_outage_that_crosses_both_borders_is_down_all_the_period(self):
        self.live(
            (START - 40 * DAY, START - 2 * DAY, END + 3 * DAY, "person"),
            (END + 3 * DAY, False, False, False),
        )
        found = self.measure()
        self.assertEqual((found.observed, found.down), (MONTH, MONTH))
        self.assertEqual((found.outages, found.still_down), (1, 1))
        self.assertEqual((found.stopped, found.late), (0, 0), "in no other month")
        self.assertEqual(found.uptime, 0.0)
        before = self.measure(START - 28 * DAY, START)
        self.assertEqual((before.down, before.stopped), (2 * 24 * 3600, 1))
        after = self.measure(END, NOW)
        self.assertEqual(after.down, 3 * 24 * 3600)
        self.assertEqual((after.late, after.hours_to_renew), (1, 33 * 24.0))

    def test_outages_at_a_border_are_cut_there(self):
        self.live(
            (START - 9 * DAY, START - DAY, START + 2 * DAY, "person"),
            (START + 2 * DAY, END - 3 * DAY, END + DAY, "person"),
            (END + DAY, False, False, False),
        )
        found = self.measure()
        self.assertEqual(found.down_hours, (2 + 3) * 24.0)
        self.assertEqual((found.outages, found.still_down, found.stopped), (2, 1, 1))
        self.assertEqual((found.late, found.hours_to_renew), (1, 3 * 24.0))

    def test_outages_at_the_same_time_count_for_each_connection(self):
        for _one in range(2):
            self.live(
                (START - DAY, START + DAY, START + 3 * DAY, "person"),
                (START + 3 * DAY, False, False, False),
            )
        found = self.measure()
        self.assertEqual((found.connections, found.observed), (2, 2 * MONTH))
        self.assertEqual((found.outages, found.down_hours), (2, 96.0))
        self.assertEqual(found.uptime, round(100 * 52 / 56, 1))

    def test_what_runs_out_by_the_clock_counts_though_nothing_ran_then(self):
        self.live((START, False, False, False), now_expires_at=END - 7 * DAY)
        found = self.measure()
        self.assertEqual((found.outages, found.still_down, found.stopped), (1, 1, 1))
        self.assertEqual(found.down_hours, 7 * 24.0)
        now_on = self.measure(END, NOW + 10 * DAY)
        self.assertEqual(now_on.down, (NOW - END).total_seconds(), "not what is ahead")

    def test_an_archived_profile_counts_until_it_was_archived(self):
        profile = self.live((START, START + 4 * DAY, START + 6 * DAY, "archived"))
        profile.active = False
        found = self.measure()
        self.assertEqual(found.observed, 6 * 24 * 3600)
        self.assertEqual(found.down_hours, 48.0)
        self.assertEqual((found.still_down, found.late, found.stopped), (0, 0, 1))
        self.assertEqual(self.measure(END, NOW).connections, 0)

    def test_what_was_never_connected_is_not_counted(self):
        self.make_profile()
        found = self.measure()
        self.assertEqual((found.connections, found.outages), (0, 0))
        self.assertIsNone(found.uptime)

    def test_renewed_before_the_end_counts_each_cycle_once(self):
        self.live(
            (START - 9 * DAY, False, START + DAY, "person"),
            (START + DAY, False, START + 2 * DAY, "itself"),
            (START + 2 * DAY, False, START + 3 * DAY, "itself"),
            (START + 3 * DAY, START + 4 * DAY, START + 4 * DAY + 6 * HOUR, "itself"),
            (START + 5 * DAY, False, START + 6 * DAY, "disconnected"),
        )
        found = self.measure()
        self.assertEqual((found.in_time, found.stopped), (3, 1))
        self.assertEqual(found.in_time_rate, 75.0)
        self.assertEqual((found.itself, found.by_person), (3, 1))
        self.assertEqual(found.hours_to_renew, 6.0)

    def test_how_long_a_loss_went_unnoticed_at_most(self):
        lost = START + 4 * DAY
        self.live((START, lost, False, False, lost - 5 * HOUR), now_expires_at=lost)
        self.live((START, lost, False, False), now_expires_at=lost)
        found = self.measure()
        self.assertEqual((found.found, found.hours_to_detect), (1, 5.0))

    def test_reminders_are_counted_by_rung_not_by_reader(self):
        profile = self.live(
            (START, False, START + 9 * DAY, "person"),
            (START + 9 * DAY, False, START + 10 * DAY, "person"),
            (START + 10 * DAY, False, False, False),
        )
        readers = self.owner.partner_id + self.make_user("manager").partner_id
        for rung in ("d7", "d3", "recovered"):
            for person in readers:
                self.env["social.notice"].create(
                    {
                        "profile_id": profile.id,
                        "company_id": self.company.id,
                        "cycle": 1,
                        "rung": rung,
                        "person_id": person.id,
                        "channel": "email",
                        "state": "sent",
                        "sent_at": START + DAY,
                    }
                )
        found = self.measure()
        self.assertEqual((found.by_person, found.reminders), (2, 2))
        self.assertEqual(found.reminders_per_renewal, 1.0)

    def test_each_network_and_client_can_be_counted_apart(self):
        client = self.env["res.partner"].create({"name": "Bakery"})
        bakery = self.live((START, False, False, False), partner_id=client.id)
        other = self.live(
            (START, START + DAY, False, False),
            now_expires_at=START + DAY,
            network="youtube",
        )
        by_client = self.measure(by="partner_id")
        self.assertEqual(by_client[client.id].uptime, 100.0)
        by_network = self.measure(by="network_id")
        self.assertEqual(by_network[bakery.network_id.id].outages, 0)
        self.assertEqual(by_network[other.network_id.id].outages, 1)

    def test_a_person_counts_what_that_person_may_see(self):
        self.live((START, False, False, False))
        self.live((START, False, False, False), company_id=self.other_company.id)
        member = self.make_user("member")
        self.live((START, False, False, False), admin_user_ids=member.ids)
        self.assertEqual(self.measure(user=self.owner).connections, 2)
        self.assertEqual(self.measure(user=member).connections, 1)

    def test_many_profiles_take_as_many_statements_as_one(self):
        for count in (1, 20):
            for _one in range(count):
                self.live((START, START + DAY, START + 2 * DAY, "person"))
            self.env.flush_all()
            self.env.invalidate_all()
            self.measure()
            with self.subTest(count=count), self.assertQueryCount(1):
                self.measure()
