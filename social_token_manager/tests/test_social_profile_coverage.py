"""Backup tokens: who takes over, what is in reserve, and what it costs to show."""

from datetime import timedelta
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tests import tagged

from ..exceptions import NoWorkingToken
from ..policy import reasons
from ..providers.errors import GrantRefused
from .common import NOW, PAGE_TOKEN, PLAIN, REFRESH_TOKEN, SocialClockCase

DAY = timedelta(days=1)


class CoverageCase(SocialClockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.make_user("manager", "first", name="Ana First")
        cls.second = cls.make_user("manager", "second", name="Bia Second")
        cls.member = cls.make_user("member")
        cls.app = cls.make_app()

    def grant(self, user, person, days, *pages, **values):
        token, profiles = self.connect(
            self.app,
            user,
            pages or [self.page(page_token=f"{PAGE_TOKEN}-{person}")],
            person=person,
            **{"access_expires_at": NOW + days * DAY, **values},
        )
        return token, profiles

    def pair(self, first_days=60, second_days=90):
        """Return two tokens of one profile, the first of them in use."""
        one, profile = self.grant(self.first, "1001", first_days)
        other, _profile = self.grant(self.second, "1002", second_days)
        self.assertEqual(profile.token_id, one)
        return one, other, profile

    def lose(self, token, reason=reasons.REVOKED):
        token._take_loss(reason)
        token._settle()

    def switches(self):
        return self.journal(kind="switched")


@tagged("post_install", "-at_install")
class TestFailover(CoverageCase):
    def test_the_reserve_takes_over_and_the_switch_is_journalled(self):
        one, other, profile = self.pair()
        cycle = profile.cycle
        self.move_clock(NOW + DAY)
        self.lose(one)
        self.assertEqual((profile.token_id, profile.status), (other, "valid"))
        self.assertEqual(profile.cycle, cycle + 1)
        self.assertRecordValues(
            self.switches(),
            [
                {
                    "profile_id": profile.id,
                    "token_id": other.id,
                    "former_token_id": one.id,
                    "person_id": self.second.partner_id.id,
                    "former_person_id": self.first.partner_id.id,
                    "reason": "revoked",
                }
            ],
        )
        self.assertFalse(self.journal(profile_id=profile.id, kind="lost"))

    def test_the_way_back_is_journalled_too(self):
        one, other, profile = self.pair()
        self.lose(one)
        self.grant(self.first, "1001", 60)
        self.assertEqual(profile.token_id, other, "no change without need")
        self.lose(other, reasons.PASSWORD_CHANGED)
        self.assertEqual(profile.token_id, one)
        self.assertEqual(
            self.switches().mapped("reason"), ["password_changed", "revoked"]
        )
        self.assertEqual(self.switches()[0].person_id, self.first.partner_id)

    def test_every_loss_makes_room_for_the_reserve(self):
        for reason in reasons.TOKEN_REASONS:
            if reason.code == reasons.NOT_CONNECTED:
                continue
            for way in ("token", "access"):
                with self.subTest(reason=reason.code, way=way):
                    one, other, profile = self.pair()
                    answer = (
                        self.dead(reason.code)
                        if way == "token"
                        else self.alive({profile.access_id.id: reason.code})
                    )
                    self.verify(one, answer)
                    self.assertEqual(profile.token_id, other)
                    self.assertEqual(profile.status, "valid")
                    profile.access_ids.token_id.unlink()
                    profile.unlink()

    def verify(self, token, answer):
        with self.enter_registry_test_mode(), self.network_answers(answer):
            token._verify()
        self.env.invalidate_all()

    def test_left_unticked_by_one_the_other_takes_over(self):
        one, other, profile = self.pair()
        self.grant(self.first, "1001", 60, self.page("P2"))
        self.assertEqual((profile.token_id, profile.status), (other, "valid"))
        self.assertEqual(self.switches().reason, "deselected")

    def test_one_that_runs_out_by_the_clock_gives_way_within_a_turn(self):
        one, other, profile = self.pair(first_days=10)
        self.move_clock(NOW + 11 * DAY)
        self.assertEqual(profile.status, "expired")
        with self.enter_registry_test_mode():
            self.env["social.profile"]._take_over_ended()
        self.env.invalidate_all()
        self.assertEqual((profile.token_id, profile.status), (other, "valid"))
        self.assertEqual(self.switches().reason, "expired")

    def test_that_turn_leaves_alone_what_has_no_better(self):
        _one, _other, profile = self.pair(10, 9)
        _token, alone = self.grant(self.first, "1003", 5, self.page("P3"))
        self.move_clock(NOW + 11 * DAY)
        before = (profile + alone).mapped("write_date")
        with self.enter_registry_test_mode():
            self.env["social.profile"]._take_over_ended()
        self.env.invalidate_all()
        self.assertEqual((profile + alone).mapped("write_date"), before)
        self.assertFalse(self.switches())

    def test_the_scheduled_renewal_does_it(self):
        cron = self.env.ref("social_token_manager.ir_cron_renew_tokens")
        _one, other, profile = self.pair(first_days=10)
        self.move_clock(NOW + 11 * DAY)
        with self.enter_registry_test_mode(), self.network_answers(self.alive()):
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(profile.token_id, other)

    def test_somebody_elses_renewal_renews_what_is_about_to_end(self):
        one, profile = self.grant(self.first, "1001", 60)
        self.move_clock(NOW + 58 * DAY)
        self.assertEqual(profile.status, "expiring")
        cycle = profile.cycle
        other, _profile = self.grant(self.second, "1002", 118)
        self.assertEqual((profile.token_id, profile.status), (other, "valid"))
        self.assertEqual(profile.expires_at, NOW + 118 * DAY)
        self.assertEqual(profile.cycle, cycle + 1)
        self.assertEqual(self.switches().former_token_id, one)

    def test_somebody_elses_grant_that_ends_as_soon_changes_nothing(self):
        one, profile = self.grant(self.first, "1001", 60)
        self.move_clock(NOW + 58 * DAY)
        self.grant(self.second, "1002", 64)
        self.assertEqual((profile.token_id, profile.status), (one, "expiring"))

    def test_other_addons_hear_of_a_new_token_and_not_of_a_loss(self):
        one, _other, profile = self.pair()
        cls = type(profile)
        lost = self.startPatcher(patch.object(cls, "_on_token_lost"))
        renewed = self.startPatcher(patch.object(cls, "_on_token_renewed"))
        self.lose(one)
        self.assertFalse(lost.called)
        self.assertTrue(renewed.called)


@tagged("post_install", "-at_install")
class TestConsumersFailOver(CoverageCase):
    def ask(self, profile, answer=None, refreshed=None):
        with (
            self.enter_registry_test_mode(),
            self.network_answers(answer or self.alive(), refreshed) as network,
        ):
            try:
                return profile._access_token(), network
            finally:
                self.env.invalidate_all()

    def test_a_token_that_is_lost_gives_way_when_it_is_asked_for(self):
        one, other, profile = self.pair()
        # Stored by somebody who crashed before the second step.
        one._take_loss(reasons.REVOKED)
        self.assertEqual(profile.token_id, one)
        self.assertEqual(self.ask(profile)[0], f"{PAGE_TOKEN}-1002")
        self.assertEqual(profile.token_id, other)
        handed = self.journal(kind="handed_out")
        self.assertEqual(handed.token_id, other)

    def test_one_that_ran_out_gives_way_when_it_is_asked_for(self):
        _one, other, profile = self.pair(first_days=10)
        self.move_clock(NOW + 11 * DAY)
        self.assertEqual(self.ask(profile)[0], f"{PAGE_TOKEN}-1002")
        self.assertEqual((profile.token_id, profile.status), (other, "valid"))

    def test_a_damaged_secret_gives_way_when_it_is_asked_for(self):
        one, other, profile = self.pair()
        access = profile.access_ids.filtered(lambda row: row.token_id == one)
        access.page_token = (profile.access_ids - access).page_token
        self.env.flush_all()
        self.assertEqual(self.ask(profile)[0], f"{PAGE_TOKEN}-1002")
        self.assertEqual(access.reason, reasons.DAMAGED_SECRET)
        self.assertEqual(profile.token_id, other)

    def test_a_refused_refresh_gives_way_when_a_token_is_asked_for(self):
        self.app = self.make_app(provider="x")
        page = self.page("X1", "x", page_token=None, usable=True)
        hours = {
            "access_expires_at": NOW + DAY / 12,
            "refresh_token": REFRESH_TOKEN,
        }
        self.grant(self.first, "1", 0, page, **hours)
        other, profile = self.grant(
            self.second,
            "2",
            0,
            page,
            access_token=f"{PLAIN}-second",
            refresh_token=f"{PLAIN}-rest",
            access_expires_at=NOW + 2 * DAY,
        )
        self.move_clock(NOW + DAY)
        token, network = self.ask(profile, refreshed=GrantRefused("revoked"))
        self.assertEqual(token, f"{PLAIN}-second")
        self.assertEqual(network.presented, [REFRESH_TOKEN])
        self.assertEqual((profile.token_id, profile.reason), (other, False))

    def test_where_nothing_is_in_reserve_the_reason_is_said(self):
        one, other, profile = self.pair()
        self.lose(other)
        self.lose(one, reasons.PASSWORD_CHANGED)
        with self.assertRaises(NoWorkingToken) as caught:
            self.ask(profile)
        self.assertEqual(caught.exception.reason, "password_changed")


@tagged("post_install", "-at_install")
class TestCoverage(CoverageCase):
    def shown(self, profile, user=None):
        mine = profile.with_user(user or self.first)
        return mine.coverage, mine.holder_count, mine.reserve_count

    def test_what_stands_behind_a_profile_is_said(self):
        _token, profile = self.grant(self.first, "1001", 60)
        self.assertEqual(self.shown(profile), ("1 person, no reserve", 1, 0))
        other, _profile = self.grant(self.second, "1002", 90)
        self.assertEqual(self.shown(profile), ("2 people, 1 in reserve", 2, 1))
        self.grant(self.second, "1003", 90)
        self.assertEqual(self.shown(profile), ("2 people, 2 in reserve", 2, 2))
        self.lose(other)
        self.assertEqual(self.shown(profile), ("2 people, 1 in reserve", 2, 1))

    def test_a_broken_profile_has_nobody(self):
        token, profile = self.grant(self.first, "1001", 60)
        self.lose(token)
        self.assertEqual(self.shown(profile), ("Nobody", 0, 0))
        self.assertFalse(self.make_profile().coverage)

    def test_a_member_sees_it_of_his_own_profiles(self):
        _one, _other, profile = self.pair()
        profile.admin_user_ids = self.member
        self.assertEqual(self.shown(profile, self.member)[0], "2 people, 1 in reserve")
        rows = profile.with_user(self.member).access_ids
        self.assertEqual(set(rows.mapped("standing")), {"in_use", "reserve"})

    def test_the_tab_says_which_is_in_use_in_reserve_or_broken_and_why(self):
        one, other, profile = self.pair()
        self.grant(self.second, "1003", 90)
        self.lose(other, reasons.PASSWORD_CHANGED)
        rows = {row.token_id.external_user_id: row for row in profile.access_ids}
        self.assertEqual(
            {key: (row.standing, row.trouble) for key, row in rows.items()},
            {
                "1001": ("in_use", False),
                "1002": ("broken", "Password changed"),
                "1003": ("reserve", False),
            },
        )

    def test_profiles_are_found_by_it(self):
        _one, _other, covered = self.pair()
        _token, alone = self.grant(self.first, "1003", 60, self.page("P3"))
        fresh = self.make_profile()
        Profile = self.env["social.profile"].with_user(self.first)
        mine = covered + alone + fresh

        def found(*domain):
            return Profile.search([("id", "in", mine.ids), *domain])

        connected = ("access_id", "!=", False)
        self.assertEqual(found(connected, ("reserve_count", "=", 0)), alone)
        self.assertEqual(found(("reserve_count", ">", 0)), covered)
        self.assertEqual(found(("holder_count", ">=", 2)), covered)
        self.assertEqual(found(("reserve_count", "!=", 0)), covered)
        self.assertEqual(found(("holder_count", "in", [0, 1])), alone + fresh)
        self.assertEqual(found(("has_one_renewer", "=", True)), alone)
        self.assertEqual(
            found(("has_one_renewer", "=", False)).sorted("id"),
            (covered + fresh).sorted("id"),
        )
        self.assertEqual(found(("renewer_count", "<", 1)), fresh)

    def test_what_is_shown_and_what_is_found_agree(self):
        self.pair()
        token, _profile = self.grant(self.first, "1003", 60, self.page("P3"))
        self.lose(token)
        Profile = self.env["social.profile"]
        for name in ("holder_count", "reserve_count", "renewer_count"):
            for number in range(3):
                with self.subTest(field=name, number=number):
                    self.assertEqual(
                        Profile.search([(name, "=", number)]),
                        Profile.search([]).filtered(
                            lambda one, name=name, n=number: one[name] == n
                        ),
                    )

    def test_only_one_person_can_renew(self):
        _token, profile = self.grant(self.first, "1001", 60)
        self.assertTrue(profile.has_one_renewer)
        self.assertIn("Only Ana First", profile.succession)
        other, _profile = self.grant(self.second, "1002", 90)
        self.assertFalse(profile.has_one_renewer or profile.succession)
        self.second.active = False
        self.env.invalidate_all()
        self.assertTrue(profile.has_one_renewer, "who left renews nothing")
        other.access_ids.can_renew = "no"
        self.first.active = False
        self.env.invalidate_all()
        self.assertEqual(profile.renewer_count, 0)
        self.assertIn("Nobody is known", profile.succession)

    def test_granted_by_somebody_who_left(self):
        _one, _other, profile = self.pair()
        Profile = self.env["social.profile"]
        domain = [("granter_left", "=", True)]
        self.assertFalse(profile.granter_left or profile in Profile.search(domain))
        self.first.active = False
        self.env.invalidate_all()
        self.assertTrue(profile.granter_left and profile in Profile.search(domain))
        self.assertNotIn(profile, Profile.search([("granter_left", "=", False)]))


@tagged("post_install", "-at_install")
class TestStatements(CoverageCase):
    """What the columns of the list cost: the same for two and for forty profiles."""

    def count(self, limit):
        Profile = self.env["social.profile"].with_user(self.first)
        spec = dict.fromkeys(("name", "coverage", "has_one_renewer", "renewers"), {})
        self.env.flush_all()
        self.env.invalidate_all()
        statements = []
        execute = Cursor.execute

        def counted(cursor, query, *args, **kwargs):
            statements.append(query)
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", counted):
            found = Profile.web_search_read([], spec, limit=limit)
        self.assertEqual(len(found["records"]), limit)
        return len(statements)

    def test_showing_many(self):
        pages = [self.page(f"P{number}") for number in range(40)]
        self.grant(self.first, "1001", 60, *pages)
        self.grant(self.second, "1002", 60, *pages)
        self.count(2)
        self.assertLessEqual(self.count(40), self.count(2))
