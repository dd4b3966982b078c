"""Status and days left are true at any instant, in Python and in SQL alike."""

import random
from collections import Counter
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from ..models.social_profile import STATUSES
from .common import NOW, SocialClockCase

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
WORST_FIRST = ["expired", "expiring", "no_expiry", "valid"]
# Each edge from both sides: what it is to be.
EDGES = (
    (NOW - 400 * DAY, "expired", 0),
    (NOW - SECOND, "expired", 0),
    (NOW, "expired", 0),
    (NOW + SECOND, "expiring", 0),
    (NOW + DAY - SECOND, "expiring", 0),
    (NOW + DAY, "expiring", 1),
    (NOW + 7 * DAY - SECOND, "expiring", 6),
    (NOW + 7 * DAY, "expiring", 7),
    (NOW + 7 * DAY + SECOND, "valid", 7),
    (NOW + 8 * DAY - SECOND, "valid", 7),
    (NOW + 8 * DAY, "valid", 8),
    (NOW + 5000 * DAY, "valid", 5000),
    (None, "no_expiry", 0),
)
LIST = {
    "name": {},
    "handle": {},
    "network_id": {"fields": {"display_name": {}}},
    "partner_id": {"fields": {"display_name": {}}},
    "status": {},
    "days_left": {},
    "expires_at": {},
    "reason": {},
    "reason_text": {},
    "may_renew": {},
    "person_id": {"fields": {"display_name": {}}},
    "health": {},
    "health_text": {},
    "last_verified_at": {},
}
CARD = (
    "network_icon",
    "handle",
    "has_image",
    "status",
    "days_left",
    "reason",
    "reason_text",
    "may_renew",
    "expires_at",
    "health",
    "health_text",
)


@tagged("post_install", "-at_install")
class TestSocialProfileStatus(SocialClockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("manager")
        cls.env["social.profile"].search([]).active = False
        cls.Profiles = cls.env["social.profile"].with_user(cls.manager)
        cls.facebook = cls.network("facebook")
        cls.x = cls.network("x")

    def insert(self, moments, network=None):
        """Insert a profile for each moment, past the engine; return them in order."""
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO social_profile"
                " (name, active, cycle, network_id, company_id, expires_at)"
                " SELECT 'P', true, 0, %s, %s, moment"
                " FROM unnest(%s::timestamp[]) AS moment RETURNING id",
                (network or self.facebook).id,
                self.company.id,
                list(moments),
            )
        )
        return self.Profiles.browse([row[0] for row in rows])

    def insert_edges(self):
        return self.insert([moment for moment, _status, _days in EDGES])

    def with_status(self, profiles, *statuses):
        """Return those of the edges' profiles that are to have one of the statuses."""
        return self.Profiles.browse(
            [
                profile.id
                for profile, edge in zip(profiles, EDGES, strict=True)
                if edge[1] in statuses
            ]
        )

    # === VALUE === #

    def test_each_edge_belongs_to_the_more_urgent_side(self):
        for profile, edge in zip(self.insert_edges(), EDGES, strict=True):
            with self.subTest(edge=edge):
                self.assertEqual((profile.status, profile.days_left), edge[1:])

    def test_python_and_sql_agree_at_random_moments(self):
        chance = random.Random(4)
        moments = [moment for moment, _status, _days in EDGES] + [
            NOW + timedelta(seconds=chance.randint(-40 * 86400, 40 * 86400))
            for _time in range(200)
        ]
        profiles = self.insert(moments)
        for _time in range(4):
            found = self.env.execute_query(
                SQL(
                    "SELECT id, %s, %s FROM social_profile WHERE id IN %s",
                    profiles._field_to_sql("social_profile", "status"),
                    profiles._field_to_sql("social_profile", "days_left"),
                    tuple(profiles.ids),
                )
            )
            in_sql = {row[0]: row[1:] for row in found}
            by_search = {
                profile.id: status
                for status, _label in STATUSES
                for profile in self.Profiles.search([("status", "=", status)])
            }
            for profile in profiles:
                in_python = (profile.status, profile.days_left)
                self.assertEqual(
                    in_python, (in_sql[profile.id][0], in_sql[profile.id][1] or 0)
                )
                self.assertEqual(profile.status, by_search[profile.id])
            self.assertEqual(len(set(by_search.values())), 4)
            # Another instant, at which some profile is exactly on an edge.
            at = chance.choice([moment for moment in moments if moment])
            self.move_clock(at - chance.choice([0, 7]) * DAY)

    def test_the_clock_alone_moves_the_status(self):
        profile = self.insert([NOW + 10 * DAY])
        for at, status, days in (
            (NOW, "valid", 10),
            (NOW + 3 * DAY - SECOND, "valid", 7),
            (NOW + 3 * DAY, "expiring", 7),
            (NOW + 10 * DAY - SECOND, "expiring", 0),
            (NOW + 10 * DAY, "expired", 0),
            (NOW, "valid", 10),
        ):
            self.move_clock(at)
            with self.subTest(at=at):
                self.assertEqual((profile.status, profile.days_left), (status, days))
                self.assertEqual(
                    self.Profiles.search([("status", "=", status)]), profile
                )
                (group,) = self.Profiles._read_group([], ["status"], ["days_left:min"])
                self.assertEqual(group, (status, days))

    # === SEARCH === #

    def test_search_by_each_operator(self):
        profiles = self.insert_edges()
        every = {status for status, _label in STATUSES}
        for status in every:
            others = every - {status}
            for domain, expected in (
                ([("status", "=", status)], {status}),
                ([("status", "!=", status)], others),
                ([("status", "in", [status])], {status}),
                ([("status", "in", [status, False])], {status}),
                ([("status", "in", [status, "no such"])], {status}),
                ([("status", "not in", [status])], others),
                (["!", ("status", "=", status)], others),
                ([("status", "in", sorted(others))], others),
                ([("status", "not in", sorted(others))], {status}),
            ):
                self.check_search(
                    profiles, domain, self.with_status(profiles, *expected)
                )
        for domain, expected in (
            ([("status", "=", False)], ()),
            ([("status", "!=", False)], every),
            ([("status", "in", [])], ()),
            ([("status", "not in", [])], every),
            ([("status", "=", "no such")], ()),
        ):
            self.check_search(profiles, domain, self.with_status(profiles, *expected))

    def check_search(self, profiles, domain, expected):
        with self.subTest(domain=domain):
            self.assertEqual(set(self.Profiles.search(domain)), set(expected))
            self.assertEqual(self.Profiles.search_count(domain), len(expected))
            self.assertEqual(profiles.filtered_domain(domain), expected)

    def test_search_by_days_left(self):
        profiles = self.insert_edges()
        expiring = [
            (profile, days)
            for profile, (moment, _status, days) in zip(profiles, EDGES, strict=True)
            if moment
        ]
        matches = {
            "<": lambda days, asked: days < asked,
            "<=": lambda days, asked: days <= asked,
            ">": lambda days, asked: days > asked,
            ">=": lambda days, asked: days >= asked,
            "=": lambda days, asked: days == asked,
            "!=": lambda days, asked: days != asked,
        }
        with_moment = [("expires_at", "!=", False)]
        for operator, match in matches.items():
            for asked in (-1, 0, 1, 6.5, 7, 8, 5000, 10**12):
                with self.subTest(operator=operator, asked=asked):
                    found = self.Profiles.search(
                        [*with_moment, ("days_left", operator, asked)]
                    )
                    expected = {one for one, days in expiring if match(days, asked)}
                    self.assertEqual(set(found), expected)

    def test_no_expiry_is_never_among_the_days_left(self):
        profile = self.insert([None])
        for operator, asked in (("<", 8), ("<=", 0), (">", 0), (">=", 0), ("=", 0)):
            with self.subTest(operator=operator):
                found = self.Profiles.search([("days_left", operator, asked)])
                self.assertNotIn(profile, found)
        for operator, asked in (("=", False), ("!=", 3), ("not in", [0, 3])):
            with self.subTest(operator=operator):
                found = self.Profiles.search([("days_left", operator, asked)])
                self.assertIn(profile, found)

    def test_free_text_on_the_status_is_refused_in_words(self):
        with self.assertRaises(UserError):
            self.Profiles.search([("status", "ilike", "exp")])

    def test_a_status_of_a_linked_profile_can_be_searched(self):
        profile = self.insert([NOW + DAY])
        access = self.env["social.access"].create({"profile_id": profile.id})
        Accesses = access.browse().with_user(self.manager)
        domain = [("profile_id.status", "=", "expiring")]
        self.assertEqual(Accesses.search(domain), access)
        self.assertFalse(Accesses.search([("profile_id.status", "=", "valid")]))

    # === ORDER AND GROUPS === #

    def test_sort_both_ways(self):
        profiles = self.insert_edges()
        for order, expected in (
            ("status, id", sorted(profiles, key=lambda one: (one.status, one.id))),
            (
                "status desc, id",
                sorted(
                    profiles, key=lambda one: (-WORST_FIRST.index(one.status), one.id)
                ),
            ),
        ):
            with self.subTest(order=order):
                self.assertEqual(list(self.Profiles.search([], order=order)), expected)
        by_days = self.Profiles.search([("expires_at", "!=", False)], order="days_left")
        self.assertEqual(
            by_days.mapped("days_left"), sorted(by_days.mapped("days_left"))
        )
        by_days = self.Profiles.search(
            [("expires_at", "!=", False)], order="days_left desc"
        )
        self.assertEqual(by_days[0].days_left, 5000)

    def test_the_list_is_worst_first_by_default(self):
        profiles = self.insert([None, NOW + 9 * DAY, NOW - DAY, NOW + DAY])
        self.assertEqual(
            self.Profiles.search([]).ids, [profiles.ids[i] for i in (2, 3, 1, 0)]
        )

    def test_group_by_status(self):
        profiles = self.insert_edges()
        counts = Counter(edge[1] for edge in EDGES)
        for group in self.Profiles.formatted_read_group([], ["status"], ["__count"]):
            with self.subTest(status=group["status"]):
                self.assertEqual(group["__count"], counts.pop(group["status"]))
                # What the web client asks for when somebody opens the group.
                self.assertEqual(
                    set(self.Profiles.search(group["__extra_domain"])),
                    set(self.with_status(profiles, group["status"])),
                )
        self.assertFalse(counts)

    def test_groups_come_worst_first_and_backwards(self):
        self.insert_edges()
        for order, expected in (
            ("status", WORST_FIRST),
            ("status desc", WORST_FIRST[::-1]),
        ):
            groups = self.Profiles._read_group([], ["status"], ["__count"], order=order)
            self.assertEqual([status for status, _count in groups], expected)

    def test_the_list_view_groups_and_opens_groups(self):
        profiles = self.insert_edges()
        answer = self.Profiles.web_read_group(
            [],
            ["status"],
            ["days_left:min"],
            auto_unfold=True,
            unfold_read_specification={"status": {}},
        )
        self.assertEqual([group["status"] for group in answer["groups"]], WORST_FIRST)
        for group in answer["groups"]:
            with self.subTest(status=group["status"]):
                self.assertEqual(
                    {line["id"] for line in group["__records"]},
                    set(self.with_status(profiles, group["status"]).ids),
                )
                self.assertEqual(
                    {line["status"] for line in group["__records"]}, {group["status"]}
                )

    def test_groups_of_two_levels(self):
        self.insert([NOW - DAY, NOW + DAY], self.facebook)
        self.insert([NOW - DAY, None], self.x)
        self.assertEqual(
            self.Profiles._read_group([], ["network_id", "status"], ["__count"]),
            [
                (self.facebook, "expired", 1),
                (self.facebook, "expiring", 1),
                (self.x, "expired", 1),
                (self.x, "no_expiry", 1),
            ],
        )

    def test_the_least_days_left_of_a_group(self):
        self.insert([NOW + 3 * DAY, NOW + 9 * DAY, None], self.facebook)
        self.insert([None], self.x)
        groups = self.Profiles._read_group([], ["network_id"], ["days_left:min"])
        self.assertEqual(groups, [(self.facebook, 3), (self.x, False)])

    def test_the_search_panel_counts(self):
        self.insert_edges()
        counts = Counter(edge[1] for edge in EDGES)
        panel = self.Profiles.search_panel_select_range(
            "status", enable_counters=True, expand=True
        )
        self.assertEqual(
            [(line["id"], line["__count"]) for line in panel["values"]],
            [(status, counts[status]) for status, _label in STATUSES],
        )

    # === COST === #

    def explain(self, query):
        plan = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        return "\n".join(line for (line,) in plan)

    def test_the_default_list_and_its_filters_use_the_index(self):
        self.insert(
            [NOW + timedelta(minutes=7 * number - 20160) for number in range(20_000)]
        )
        self.env.cr.execute("ANALYZE social_profile")
        index = "social_profile_worst_first"
        for domain in (
            [],
            [("status", "=", "expired")],
            [("status", "=", "expiring")],
            [("status", "in", ["expired", "expiring"])],
            [("status", "=", "no_expiry")],
            [("days_left", "<=", 3)],
        ):
            with self.subTest(domain=domain):
                query = self.Profiles._search(
                    domain, limit=80, order=self.Profiles._order
                )
                plan = self.explain(query)
                self.assertIn(index, plan)
                self.assertNotIn("Seq Scan", plan)
                self.assertNotIn("CASE", plan)

    def test_list_and_cards_cost_the_same_whatever_their_length(self):
        app = self.make_app()
        _token, profiles = self.connect(
            app, self.manager, [self.page(f"P{number}") for number in range(80)]
        )
        self.assertEqual(len(profiles), 80)
        cards = {name: LIST.get(name, {}) for name in ("name", "network_id", *CARD)}
        # The health of all takes two: what is wrong, and what it was last week.
        for shown, count in ((LIST, 10), (cards, 10)):
            for limit in (5, 80):
                self.Profiles.web_search_read([], shown, limit=limit)
                self.env.invalidate_all()
                self.env.flush_all()
                with self.subTest(limit=limit), self.assertQueryCount(count):
                    answer = self.Profiles.web_search_read([], shown, limit=limit)
                self.assertEqual(len(answer["records"]), limit)
