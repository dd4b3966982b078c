"""See all managers: who can renew, how that is known, whom to ask (S4-40 to S4-46)."""

from datetime import timedelta
from unittest.mock import patch

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..models.social_profile_people import ASK_TYPE
from ..policy import people, reasons
from ..providers.errors import RateLimited, RequestRefused, Unreachable
from ..providers.results import PersonData
from .common import GROUPS, NOW, PLAIN, SocialCase, SocialClockCase

DAY = timedelta(days=1)
BRUNO = PersonData("2002", "Bruno Lima", ("MODERATE",), "no")
CARLA = PersonData("2003", "Carla Dias", ("MANAGE",), "yes")


class PeopleCase(SocialClockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.make_user("owner", name="Olga Owner")
        cls.manager = cls.make_user("manager", name="Mario Manager")
        cls.member = cls.make_user("member", name="Mia Member")
        cls.stranger = cls.make_user("member", "stranger", name="Stan Stranger")
        cls.app = cls.make_app()

    def setUp(self):
        super().setUp()
        self.roles = [
            self.env.ref(GROUPS[name]).id for name in ("member", "manager", "owner")
        ]
        # The demonstration's people and those of other addons are none of ours.
        group = self.env.ref("social_token_manager.group_manager")
        others = group.all_user_ids - self.owner - self.manager
        others.write({"group_ids": [Command.unlink(one) for one in self.roles]})
        self.token, self.profile = self.connect(
            self.app, self.manager, [self.page()], access_expires_at=NOW + 60 * DAY
        )
        self.profile.admin_user_ids = [Command.set([self.member.id, self.manager.id])]

    def managers(self, user=None, profile=None):
        """Return the lines of the dialog by the person's name."""
        mine = (profile or self.profile).with_user(user or self.member)
        action = mine.action_see_managers()
        wizard = self.env[action["res_model"]].with_user(user or self.member)
        lines = wizard.browse(action["res_id"]).line_ids
        return {line.name: line for line in lines}

    def ability(self, name, **kwargs):
        line = self.managers(**kwargs)[name]
        return line.can_renew, line.has_held, line.why

    def lose_role(self):
        with (
            self.enter_registry_test_mode(),
            self.network_answers(
                self.alive({self.profile.access_id.id: reasons.LOST_ROLE})
            ),
        ):
            self.token._verify()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestSeeAllManagers(PeopleCase):
    def test_everybody_with_the_right_here_is_listed_with_his_role(self):
        lines = self.managers()
        self.assertEqual(
            {name: line.role for name, line in lines.items()},
            {
                "Olga Owner": "Owner",
                "Mario Manager": "Manager",
                "Mia Member": "Admin of this profile",
            },
        )

    def test_who_granted_can_renew_and_comes_first(self):
        lines = self.managers()
        self.assertEqual(list(lines)[0], "Mario Manager")
        granter = lines["Mario Manager"]
        self.assertEqual((granter.can_renew, granter.token), ("yes", "In use"))
        self.assertIn("Granted access on Mar 15, 2026", granter.why)
        self.assertEqual(granter.native_tasks, "MANAGE")
        self.assertEqual(granter.proven_at, NOW)

    def test_who_never_held_a_token_is_unknown(self):
        can_renew, has_held, why = self.ability("Mia Member")
        self.assertEqual((can_renew, has_held), ("unknown", False))
        self.assertIn("Nothing is known", why)

    def test_who_held_a_token_before_is_unknown_and_said_to_have_held_it(self):
        with self.enter_registry_test_mode(), patch.object(self.env.cr, "commit"):
            with self.network_answers():
                self.profile.with_user(self.owner)._disconnect()
            self.env.invalidate_all()
        self.assertFalse(self.profile.access_ids.token_id)
        self.assertEqual(self.profile.reason, reasons.NOT_CONNECTED)
        can_renew, has_held, why = self.ability("Mario Manager")
        self.assertEqual((can_renew, has_held), ("unknown", True))
        self.assertEqual(why, "Held a token until Mar 15, 2026.")
        row = self.profile.access_ids
        self.assertFalse(row.page_token or row.native_tasks)

    def test_who_grants_again_is_one_person(self):
        self.test_who_held_a_token_before_is_unknown_and_said_to_have_held_it()
        self.connect(self.app, self.manager, [self.page()])
        self.assertEqual(len(self.profile.access_ids), 1)
        self.assertEqual(self.ability("Mario Manager")[0], "yes")

    def test_a_role_known_to_be_lost_is_a_cross_at_once(self):
        self.assertIn("Mario Manager", self.profile.renewers)
        self.clock.move_to(NOW + DAY)
        self.lose_role()
        can_renew, _held, why = self.ability("Mario Manager")
        self.assertEqual((can_renew, why), ("no", "Lost the role on Mar 16, 2026."))
        # The form and the mails named him as proven able.
        self.assertFalse(self.profile.renewers)

    def test_a_role_that_is_back_promises_nothing(self):
        self.lose_role()
        with (
            self.enter_registry_test_mode(),
            self.network_answers(self.alive({self.profile.access_id.id: None})),
        ):
            self.token._verify()
        self.env.invalidate_all()
        self.assertFalse(self.profile.reason)
        self.assertEqual(self.ability("Mario Manager")[0], "unknown")

    def test_a_token_that_is_lost_as_a_whole_takes_the_role_along(self):
        self.token._take_loss(reasons.LOST_ROLE)
        self.token._settle()
        self.assertEqual(self.profile.access_ids.can_renew, "no")

    def test_a_changed_password_is_no_lost_role(self):
        self.token._take_loss(reasons.PASSWORD_CHANGED)
        self.token._settle()
        self.assertEqual(self.ability("Mario Manager")[0], "yes")

    def test_who_left_is_named_and_said_to_have_left(self):
        self.manager.active = False
        line = self.managers()["Mario Manager"]
        self.assertEqual((line.role, line.user_id.id), ("Left", False))

    def test_in_the_strict_reading_members_are_not_asked(self):
        self.company.social_strict_renewal = True
        self.assertNotIn("Mia Member", self.managers())

    def test_a_member_sees_those_of_his_own_profiles_alone(self):
        with self.assertRaises(AccessError):
            self.profile.with_user(self.stranger).action_see_managers()
        wizards = self.env["social.people.wizard"].with_user(self.stranger)
        with self.assertRaises(AccessError):
            wizards.create({"profile_id": self.profile.id})
        mine = self.managers(self.owner)["Mario Manager"].wizard_id
        for theirs in (mine, mine.line_ids):
            with self.assertRaises(AccessError):
                theirs.with_user(self.stranger).read()
        with self.assertRaises(AccessError):
            mine.with_user(self.owner).line_ids.create({"wizard_id": mine.id})

    def test_the_dialog_of_one_user_is_closed_to_others(self):
        self.managers(self.owner)
        for model in ("social.people.wizard", "social.people.line"):
            theirs = self.env[model].search([])
            self.assertTrue(theirs)
            self.assertFalse(theirs.with_user(self.member).search([]))

    def test_another_company_is_never_named(self):
        theirs = self.make_user(
            "manager", "theirs", self.other_company, name="Other Manager"
        )
        self.assertTrue(theirs)
        self.assertNotIn("Other Manager", self.managers())

    def test_an_outsider_is_named_as_one(self):
        client = self.env["res.partner"].create({"name": "Carl Client"})
        self.env["social.access"].create(
            {"profile_id": self.profile.id, "person_id": client.id}
        )
        line = self.managers()["Carl Client"]
        self.assertEqual((line.role, line.user_id.id), ("No role here", False))


@tagged("post_install", "-at_install")
class TestAskThisPerson(PeopleCase):
    def asked(self):
        return self.profile.activity_ids.filtered(
            lambda one: one.activity_type_id == self.env.ref(ASK_TYPE)
        )

    def test_whoever_sees_the_profile_asks_by_an_activity_with_a_deadline(self):
        line = self.managers()["Mario Manager"]
        action = line.action_ask()
        self.assertIn("Mario Manager was asked", action["params"]["message"])
        activity = self.asked()
        self.assertEqual(activity.user_id, self.manager)
        self.assertEqual(activity.create_uid, self.member)
        self.assertEqual(activity.date_deadline, (NOW + 3 * DAY).date())
        self.assertEqual(activity.summary, "Renew Facebook Page: Page P1")
        self.assertIn("Mia Member asks you", activity.note)
        (event,) = self.journal(kind="person_asked")
        self.assertEqual(event.person_id, self.manager.partner_id)

    def test_nobody_is_asked_twice(self):
        self.managers()["Mario Manager"].action_ask()
        action = self.managers()["Mario Manager"].action_ask()
        self.assertIn("asked already", action["params"]["message"])
        self.assertEqual(len(self.asked()), 1)

    def test_who_has_no_right_here_is_not_asked(self):
        with self.assertRaises(UserError) as caught:
            self.profile.with_user(self.member)._ask_person(self.stranger)
        self.assertIn("connect link", str(caught.exception))
        self.assertFalse(self.asked())

    def test_a_stranger_asks_nobody(self):
        with self.assertRaises(AccessError):
            self.profile.with_user(self.stranger)._ask_person(self.manager)

    def test_it_is_done_when_somebody_renews(self):
        self.managers()["Mario Manager"].action_ask()
        self.connect(self.app, self.manager, [self.page()])
        self.assertFalse(self.profile.activity_ids)


@tagged("post_install", "-at_install")
class TestSetByHand(PeopleCase):
    def judge(self, name, can_renew, user=None, **values):
        user = user or self.manager
        action = self.managers(user)[name].action_judge()
        wizard = self.env["social.judgement.wizard"].with_user(user)
        wizard = wizard.with_context(**action["context"])
        return wizard.create({"can_renew": can_renew, **values}).action_save()

    def test_a_manager_sets_it_with_a_note_that_shows_as_evidence(self):
        self.judge("Mia Member", "yes", note="Seen in the portfolio")
        can_renew, has_held, why = self.ability("Mia Member")
        self.assertEqual((can_renew, has_held), ("yes", False))
        self.assertEqual(
            why, "Set by hand by Mario Manager on Mar 15, 2026: Seen in the portfolio"
        )
        self.assertIn("Mia Member", self.profile.renewers)
        (event,) = self.journal(kind="judged")
        self.assertEqual(
            (event.user_id, event.person_id, event.detail),
            (self.manager, self.member.partner_id, "yes"),
        )

    def test_it_is_for_managers(self):
        line = self.managers()["Mario Manager"]
        with self.assertRaises(AccessError):
            line.action_judge()
        with self.assertRaises(AccessError):
            self.profile.with_user(self.member)._judge(
                "no", "", person=self.manager.partner_id
            )
        self.assertEqual(self.profile.access_ids.can_renew, "yes")

    def test_it_is_for_managers_of_that_company(self):
        theirs = self.make_user("manager", "theirs", self.other_company)
        with self.assertRaises(AccessError):
            self.profile.with_user(theirs)._judge(
                "no", "", person=self.manager.partner_id
            )

    def test_it_never_touches_a_token(self):
        self.judge("Mario Manager", "no")
        self.assertEqual(self.ability("Mario Manager")[0], "no")
        self.assertEqual(self.profile.status, "valid")
        self.assertTrue(self.profile.access_id.token_id)

    def test_a_grant_that_proves_more_wins(self):
        self.judge("Mario Manager", "no")
        self.connect(self.app, self.manager, [self.page()])
        self.assertEqual(self.ability("Mario Manager")[0], "yes")

    def test_a_grant_that_proves_nothing_leaves_it(self):
        self.judge("Mario Manager", "yes", note="told")
        self.connect(self.app, self.manager, [self.page(can_renew="unknown")])
        self.assertEqual(self.ability("Mario Manager")[0], "yes")
        self.judge("Mia Member", "yes")
        self.connect(
            self.app, self.member, [self.page(can_renew="unknown")], person="1002"
        )
        self.assertEqual(self.ability("Mia Member")[0], "yes")
        self.assertEqual(len(self.profile.access_ids), 2)

    def test_nobody_named_is_said(self):
        wizard = self.env["social.judgement.wizard"].with_user(self.manager)
        wizard = wizard.create({"profile_id": self.profile.id, "can_renew": "yes"})
        with self.assertRaises(UserError):
            wizard.action_save()

    def test_the_access_of_another_profile_is_never_written(self):
        other = self.make_profile(external_id="P9")
        wizard = self.env["social.judgement.wizard"].with_user(self.manager)
        forged = wizard.create(
            {
                "profile_id": other.id,
                "access_id": self.profile.access_id.id,
                "person_id": self.member.partner_id.id,
                "can_renew": "no",
            }
        )
        forged.action_save()
        self.assertEqual(self.profile.access_id.can_renew, "yes")
        self.assertEqual(other.access_ids.person_id, self.member.partner_id)


@tagged("post_install", "-at_install")
class TestAskTheNetwork(PeopleCase):
    def setUp(self):
        super().setUp()
        context = self.enter_registry_test_mode()
        context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        # The caller's transaction is the test's.
        self.commits = self.startPatcher(patch.object(self.env.cr, "commit"))

    def ask(self, *listed, answer=None, user=None):
        """Ask as the dialog does; return what is told, and the stand-in network."""
        user = user or self.member
        profile = self.profile.with_user(user)
        wizards = self.env["social.people.wizard"].with_user(user)
        wizard = wizards.create({"profile_id": profile.id})
        with self.network_answers() as network:
            network.people = answer or listed
            action = wizard.action_ask_network()
        self.env.invalidate_all()
        return action["params"]["message"], network

    def me(self, **values):
        return PersonData(
            **{
                "external_id": self.token.external_user_id,
                "name": self.token.external_user_name,
                "roles": ("MANAGE",),
                "can_renew": "yes",
                **values,
            }
        )

    def test_who_is_known_is_found_by_his_id_and_others_keep_their_name(self):
        told, _network = self.ask(self.me(), BRUNO, CARLA)
        self.assertEqual(told, "The network named 3 people.")
        self.assertEqual(len(self.profile.access_ids), 3)
        self.assertEqual(self.profile.access_id.proof, people.LISTED)
        lines = self.managers()
        self.assertEqual(lines["Carla Dias"].can_renew, "yes")
        self.assertEqual(lines["Carla Dias"].role, "No role here")
        self.assertEqual(lines["Bruno Lima"].can_renew, "no")
        self.assertIn("as MODERATE since Mar 15, 2026", lines["Bruno Lima"].why)
        (event,) = self.journal(kind="people_asked")
        self.assertEqual((event.profile_id, event.detail), (self.profile, "3"))

    def test_our_transaction_is_over_before_the_network_is_asked(self):
        def look():
            self.assertTrue(self.commits.called)
            return (CARLA,)

        self.ask(answer=look)
        self.assertIn("Carla Dias", self.managers())

    def test_tokens_are_locked_before_the_profile(self):
        with self.watched_locks() as locked:
            self.ask(CARLA)
        self.assert_tokens_first(locked, self.token)

    def test_who_has_a_token_of_this_app_is_a_contact(self):
        self.connect(self.app, self.owner, [self.page("P2")], person="2003")
        self.ask(self.me(), CARLA)
        self.assertIn("Olga Owner", self.profile.access_ids.person_id.mapped("name"))
        self.assertEqual(self.ability("Olga Owner")[0], "yes")

    def test_one_person_under_two_ids_is_not_counted_twice(self):
        """The network's business knows people by other ids than our app."""
        self.ask(self.me(external_id="77001"))
        self.assertEqual(len(self.profile.access_ids), 1)
        self.assertEqual(self.profile.renewer_count, 1)

    def test_asked_again_nobody_is_there_twice(self):
        self.ask(self.me(), BRUNO)
        self.clock.move_to(NOW + DAY)
        self.ask(self.me(), BRUNO)
        self.assertEqual(len(self.profile.access_ids), 2)
        self.assertIn("since Mar 15, 2026", self.ability("Bruno Lima")[2])

    def test_who_is_listed_no_more_cannot_renew(self):
        self.ask(self.me(), CARLA)
        self.clock.move_to(NOW + DAY)
        self.ask(self.me())
        can_renew, _held, why = self.ability("Carla Dias")
        self.assertEqual(can_renew, "no")
        self.assertIn("no longer lists", why)
        self.ask(CARLA)
        self.assertEqual(self.ability("Carla Dias")[0], "yes")
        self.assertEqual(self.ability("Mario Manager")[0], "no")
        self.assertEqual(self.profile.status, "valid", "his token works all the same")

    def test_what_a_manager_set_counts_until_the_network_says_otherwise(self):
        unsure = PersonData("2002", "Bruno Lima", ("CONTENT",), "unknown")
        self.ask(unsure)
        row = self.profile.access_ids.filtered("network_user_id")
        self.profile.with_user(self.manager)._judge("yes", "he told me", access=row)
        self.ask(unsure)
        self.assertEqual(self.ability("Bruno Lima")[0], "yes")
        self.ask(BRUNO)
        self.assertEqual(self.ability("Bruno Lima")[0], "no")

    def test_a_manager_says_who_it_is(self):
        self.ask(CARLA)
        row = self.profile.access_ids.filtered("network_user_id")
        partner = self.owner.partner_id
        self.profile.with_user(self.manager)._judge(
            "yes", "", person=partner, access=row
        )
        self.assertEqual(self.ability("Olga Owner")[0], "yes")
        self.ask(CARLA)
        self.assertEqual(len(self.profile.access_ids), 2)
        self.assertNotIn("Carla Dias", self.managers())

    def test_the_next_token_is_tried_where_only_full_control_may_ask(self):
        self.connect(
            self.app,
            self.owner,
            [self.page()],
            person="1002",
            access_token=f"{PLAIN}-second",
        )
        answers = iter([RequestRefused("403"), (CARLA,)])
        told, network = self.ask(answer=lambda: next(answers))
        self.assertEqual(told, "The network named 1 person.")
        self.assertEqual(len(network.questions), 2)

    def test_trouble_is_told_and_changes_nothing(self):
        before = self.profile.access_ids.read()
        for trouble, words in (
            (Unreachable(detail="HTTP 503"), "did not answer"),
            (RateLimited("4", 900), "did not name anybody"),
            (RequestRefused("403"), "full control"),
        ):
            with self.subTest(trouble=type(trouble).__name__):
                self.app._clear_trouble()
                told, _network = self.ask(answer=trouble)
                self.assertIn(words, told)
                self.assertEqual(self.profile.access_ids.read(), before)

    def test_an_app_that_rests_is_not_asked(self):
        self.app.paused_until = NOW + DAY
        told, network = self.ask(CARLA)
        self.assertIn("did not name anybody", told)
        self.assertFalse(network.questions)

    def test_without_a_token_that_works_nobody_is_asked(self):
        self.token._take_loss(reasons.REVOKED)
        self.token._settle()
        told, network = self.ask(CARLA)
        self.assertIn("No token works", told)
        self.assertFalse(network.questions)

    def test_a_network_that_tells_nobody_says_so(self):
        _token, self.profile = self.connect(
            self.make_app(provider="x"), self.manager, [self.page("X1", "x")]
        )
        with self.assertRaises(UserError):
            self.ask(user=self.manager)

    def test_who_may_not_renew_may_not_ask(self):
        self.profile.admin_user_ids = False
        self.profile.recipient_user_ids = self.member
        with self.assertRaises(AccessError):
            self.ask(CARLA)

    def test_whoever_has_his_data_deleted_is_forgotten(self):
        self.connect(self.app, self.owner, [self.page("P2")], person="2003")
        self.ask(self.me(), CARLA)
        self.env["social.token"].search(
            [("external_user_id", "=", "2003")]
        )._forget_person()
        row = self.profile.access_ids.filtered(
            lambda one: one.person_id == self.owner.partner_id
        )
        self.assertFalse(row.network_user_id or row.network_user_name)


@tagged("post_install", "-at_install")
class TestWaysToTheRight(SocialCase):
    def test_the_three_common_ways_are_told_before_somebody_renews(self):
        """S2's three scenarios exist as pictures only; these words are ours (G-5)."""
        profiles = self.env["social.profile"].with_user(self.make_user("member"))
        arch = etree.fromstring(profiles.get_view(view_type="form")["arch"])
        ways = arch.xpath("//page[@name='prerequisites']//ol/li")
        self.assertEqual(
            [way.findtext("b") for way in ways],
            [
                "Direct control of the Page.",
                "Access through a business portfolio.",
                "Be an Account Admin/Owner.",
            ],
        )
        told = " ".join(
            " ".join(arch.xpath("//page[@name='prerequisites']/p/text()")).split()
        )
        self.assertIn("in our own words", told)
