from unittest.mock import patch

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..guard_wording import _names_by_client
from ..providers.errors import RequestRefused, Unreachable
from .common import SocialCase


@tagged("post_install", "-at_install")
class TestSocialRenewalWizard(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("manager")
        cls.app = cls.make_app()
        cls.token, cls.profile = cls.connect(cls.app, cls.manager, [cls.page("P1")])

    def open_wizard(self, user=None, profile=None):
        action = (
            (profile or self.profile).with_user(user or self.manager).action_renew()
        )
        self.assertEqual(action["res_model"], "social.renewal.wizard")
        self.assertEqual(action["path"], "social-renewal")
        return (
            self.env["social.renewal.wizard"]
            .with_user(user or self.manager)
            .browse(action["res_id"])
        )

    def at_selection(self, listing, user=None, profile=None):
        """Return a wizard that came back from the network with a listing."""
        wizard = self.open_wizard(user, profile)
        if wizard.step == "start":
            wizard.action_start()
        wizard.action_login()
        env = self.env(user=user or self.manager, su=True)
        found = env["social.profile"]._store_listing(
            self.token.with_env(env), listing, may_create=False
        )
        wizard.sudo()._take_result("connected", *found, token=self.token)
        return wizard

    def lines(self, wizard):
        return {line.external_id: line.kind for line in wizard.line_ids}

    # === THE STEPS === #

    def test_the_last_step_warns_of_what_keeps_the_token_alive(self):
        arch = self.env["social.renewal.wizard"].get_view(view_type="form")["arch"]
        end = etree.fromstring(arch).xpath("//section[@name='finish']")[0]
        (warning,) = end.xpath(".//div[contains(@class, 'alert-warning')][h4]")
        self.assertEqual(warning.get("role"), "status")
        self.assertEqual(warning.findtext("h4"), "Important remarks")

    def test_a_renewal_begins_at_the_login_with_the_guard_in_view(self):
        wizard = self.open_wizard()
        self.assertEqual(wizard.step, "login")
        self.assertTrue(wizard.guard_text)

    def test_the_steps_follow_each_other(self):
        wizard = self.open_wizard(profile=self.make_profile(name="Never connected"))
        self.assertEqual(wizard.step, "start")
        wizard.action_start()
        self.assertEqual(wizard.step, "login")
        action = wizard.action_login()
        self.assertEqual(wizard.step, "network")
        self.assertIn("/social/authorize/", action["url"])

    def test_a_renewal_that_was_not_finished_is_taken_up_where_it_was(self):
        wizard = self.open_wizard()
        wizard.action_login()
        self.assertEqual(self.open_wizard(), wizard)
        self.assertEqual(self.open_wizard().step, "network")

    def test_a_finished_renewal_is_not_taken_up(self):
        wizard = self.at_selection([self.page("P1")])
        with self.enter_registry_test_mode():
            wizard.action_continue()
        self.assertEqual(wizard.step, "finish")
        self.assertNotEqual(self.open_wizard(), wizard)

    def test_back_leads_one_step_back_and_cancel_out(self):
        wizard = self.open_wizard()
        wizard.action_login()
        wizard.action_back()
        self.assertEqual(wizard.step, "login")
        wizard.action_back()
        self.assertEqual(wizard.step, "start")
        wizard.action_cancel()
        self.assertFalse(wizard.exists())

    def test_a_button_of_an_earlier_step_in_an_old_tab_says_so(self):
        wizard = self.at_selection([self.page("P1")])
        with self.assertRaises(UserError):
            wizard.action_start()

    def test_a_failed_trip_comes_back_to_the_login_with_the_reason(self):
        wizard = self.open_wizard()
        wizard.action_login()
        wizard.sudo()._take_result("declined")
        self.assertEqual(wizard.step, "login")
        self.assertIn("unchanged", wizard.problem)

    # === PREREQUISITES === #

    def test_what_is_needed_is_checked_where_it_can_be_and_ticked_otherwise(self):
        made = self.make_profile("messenger", name="Never connected")
        wizard = self.open_wizard(profile=made)
        found = {line.code: line.found for line in wizard.prerequisite_ids}
        self.assertEqual(
            found,
            {
                "account": "unknown",
                "administrator": "yes",
                "business": "unknown",
                "messenger": "unknown",
            },
        )
        wizard.prerequisite_ids[0].is_ticked = True
        with self.assertRaises(AccessError):
            wizard.prerequisite_ids[0].code = "linked"
        known = self.open_wizard().prerequisite_ids
        self.assertEqual(set(known.mapped("found")), {"yes"})

    # === THE SELECTION === #

    def test_connected_is_ticked_new_is_offered_missing_is_named(self):
        self.connect(self.app, self.manager, [self.page("P1"), self.page("P2")])
        wizard = self.at_selection(
            [self.page("P1"), self.page("P3"), self.page("P4", page_token=None)]
        )
        self.assertEqual(
            self.lines(wizard),
            {"P1": "kept", "P2": "missing", "P3": "new", "P4": "unusable"},
        )
        chosen = wizard.line_ids.filtered("is_chosen").mapped("external_id")
        self.assertEqual(chosen, ["P1"])

    def test_a_permission_that_was_left_out_is_named_not_called_connected(self):
        wizard = self.at_selection(
            [self.page("P1", reason="missing_scope", missing_scopes=("messaging",))]
        )
        self.assertEqual(self.lines(wizard), {"P1": "lacking"})
        self.assertEqual(wizard.line_ids.missing_scopes, "messaging")
        self.assertTrue(wizard.line_ids.is_chosen)

    def test_another_login_that_does_not_give_the_profile_is_named(self):
        wizard = self.open_wizard()
        wizard.action_login()
        other, _profiles = self.connect(
            self.app, self.manager, [self.page("P9")], person="2002", name="Bruno"
        )
        env = self.env(user=self.manager, su=True)
        found = env["social.profile"]._store_listing(
            other.with_env(env), [self.page("P9")], may_create=False
        )
        wizard.sudo()._take_result("partly", *found, token=other)
        for name in ("Bruno", "Anna", self.profile.name):
            self.assertIn(name, wizard.problem)
        self.assertFalse(self.profile.reason)

    def test_what_was_left_out_is_red_at_once_and_never_deleted(self):
        self.connect(self.app, self.manager, [self.page("P1"), self.page("P2")])
        self.at_selection([self.page("P1")])
        left_out = self.env["social.profile"].search([("external_id", "=", "P2")])
        self.assertEqual((left_out.reason, left_out.status), ("deselected", "expired"))

    def test_a_new_account_is_connected_only_when_chosen(self):
        wizard = self.at_selection([self.page("P1"), self.page("P2"), self.page("P3")])
        self.assertFalse(
            self.env["social.profile"].search([("external_id", "in", ("P2", "P3"))])
        )
        wizard.line_ids.filtered(lambda one: one.external_id == "P2").is_chosen = True
        self.continue_with(wizard, [self.page("P1"), self.page("P2"), self.page("P3")])
        created = self.env["social.profile"].search(
            [("external_id", "in", ("P2", "P3"))]
        )
        self.assertEqual(created.mapped("external_id"), ["P2"])
        self.assertEqual(created.status, "valid")

    def test_a_profile_made_by_hand_is_connected_at_once(self):
        made = self.make_profile(handle="corner")
        wizard = self.at_selection([self.page("P3", handle="corner")], profile=made)
        self.assertEqual(self.lines(wizard), {"P1": "missing", "P3": "kept"})
        self.assertFalse(made.reason)

    def test_choosing_begins_before_the_profile_is_connected(self):
        made = self.make_profile(name="Called otherwise")
        listing = [self.page("P1"), self.page("P3")]
        wizard = self.at_selection(listing, profile=made)
        wizard.line_ids.filtered(lambda one: one.kind == "new").is_chosen = True
        with (
            self.enter_registry_test_mode(),
            patch.object(
                self.registry["social.token"], "_read_listing", lambda _token: listing
            ),
        ):
            wizard.action_continue()
        self.assertEqual(wizard.step, "finish")
        chosen = self.env["social.profile"].search([("external_id", "=", "P3")])
        self.assertFalse(chosen.reason)
        self.assertEqual(made.reason, "not_connected")

    def test_an_unticked_profile_is_put_away_not_deleted(self):
        wizard = self.at_selection([self.page("P1")])
        wizard.line_ids.is_chosen = False
        self.continue_with(wizard, [])
        self.assertFalse(self.profile.active)
        self.assertTrue(self.profile.access_id)

    def test_what_was_put_away_stays_so_until_somebody_takes_it_back(self):
        token, both = self.connect(
            self.app, self.manager, [self.page("P1"), self.page("P2")]
        )
        other = both - self.profile
        other.active = False
        member = self.make_user("member")
        both.admin_user_ids += member
        listing = [self.page("P1"), self.page("P2")]
        for user in (member, self.manager):
            wizard = self.at_selection(listing, user=user)
            line = wizard.line_ids.filtered(lambda one: one.profile_id == other)
            self.assertFalse(line.is_chosen)
            if user == self.manager:
                line.is_chosen = True
            self.continue_with(wizard, listing)
            self.assertEqual(wizard.step, "finish")
            self.assertEqual(other.active, user == self.manager)

    def test_a_member_adds_and_puts_away_nothing(self):
        member = self.make_user("member")
        self.profile.admin_user_ids += member
        wizard = self.at_selection([self.page("P1"), self.page("P2")], user=member)
        self.assertFalse(wizard.may_choose)
        kept = wizard.line_ids.filtered("profile_id")
        new = wizard.line_ids - kept
        for line, is_chosen in ((kept, False), (new, True)):
            line.is_chosen = is_chosen
            with self.assertRaises(AccessError) as caught:
                self.continue_with(wizard, [self.page("P1"), self.page("P2")])
            self.assertIn("Nothing was changed", str(caught.exception))
            line.is_chosen = not is_chosen
        self.assertTrue(self.profile.active)
        self.assertFalse(
            self.env["social.profile"].search([("external_id", "=", "P2")])
        )
        self.continue_with(wizard, [self.page("P1"), self.page("P2")])
        self.assertEqual(wizard.step, "finish")

    def test_a_right_that_is_taken_away_before_the_end_stores_nothing(self):
        """Before the button is pressed, and while the network is asked."""
        pages = [self.page("P1"), self.page("P2")]
        manager = self.make_user("member", "demoted")
        group = self.env.ref("social_token_manager.group_manager")
        for moment in ("before", "meanwhile"):
            group.user_ids += manager
            wizard = self.at_selection(pages, user=manager)
            wizard.line_ids.write({"is_chosen": True, "receive_story_replies": False})

            def demote(_token=None):
                group.user_ids -= manager
                return tuple(pages)

            if moment == "before":
                demote()
            with (
                self.subTest(moment=moment),
                patch.object(self.registry["social.token"], "_read_listing", demote),
                self.enter_registry_test_mode(),
                self.assertRaises(AccessError) as caught,
            ):
                wizard.action_continue()
            self.assertIn("Nothing was changed", str(caught.exception))
            self.assertEqual(wizard.sudo().step, "select")
            self.assertTrue(self.profile.receive_story_replies)
            self.assertFalse(
                self.env["social.profile"].search([("external_id", "=", "P2")])
            )
            wizard.sudo().unlink()

    def test_nobody_says_for_the_network_what_it_granted(self):
        wizard = self.at_selection([self.page("P1"), self.page("P2")])
        line = wizard.line_ids[:1]
        other = self.make_profile()
        for values in (
            {"profile_id": other.id},
            {"kind": "kept"},
            {"external_id": "P7"},
            {"name": "Renamed"},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                line.write(values)
        with self.assertRaises(AccessError):
            line.create({"wizard_id": wizard.id, "kind": "kept", "name": "Mine"})

    def test_no_renewal_is_about_a_profile_that_one_may_not_renew(self):
        hidden = self.make_profile(company_id=self.other_company.id)
        wizard = self.open_wizard()
        for attempt in (
            lambda: wizard.create({"profile_id": hidden.id}),
            lambda: wizard.write({"profile_id": hidden.id}),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_a_form_that_is_tried_out_tells_nothing_of_a_hidden_profile(self):
        """In whichever way Odoo takes it that a form points to a record."""
        hidden = self.make_profile(company_id=self.other_company.id)
        wizards = self.env["social.renewal.wizard"].with_user(self.manager)
        spec = {"profile_id": {"fields": {"display_name": {}}}, "network_id": {}}
        for said in (hidden.id, {"id": hidden.id}, {"id": [hidden.id]}):
            tried = (
                lambda said=said: wizards.onchange(
                    {"profile_id": said}, ["profile_id"], spec
                ),
                lambda said=said: wizards.onchange({"profile_id": said}, [], spec),
                lambda said=said: wizards.with_context(
                    default_profile_id=said
                ).onchange({}, [], spec),
            )
            for number, attempt in enumerate(tried):
                with (
                    self.subTest(said=said, number=number),
                    self.assertRaises(AccessError),
                ):
                    attempt()
        mine = wizards.onchange(
            {"profile_id": {"id": self.profile.id}}, ["profile_id"], spec
        )
        self.assertEqual(mine["value"]["network_id"], self.profile.network_id.id)
        named = (self.profile.id, self.profile.name)
        wizards.with_context(default_profile_id=named).onchange({}, [], spec)

    def test_a_form_that_is_tried_out_tells_nothing_of_hidden_lines(self):
        hidden = self.make_profile(company_id=self.other_company.id)
        stranger = self.make_user("manager", "stranger", self.other_company)
        line = self.env["social.renewal.line"].create(
            {
                "wizard_id": self.env["social.renewal.wizard"]
                .with_user(stranger)
                .create({"profile_id": hidden.id})
                .id,
                "kind": "kept",
                "name": "Hidden",
            }
        )
        wizards = self.env["social.renewal.wizard"].with_user(self.manager)
        spec = {"line_ids": {"fields": {"name": {}}}, "unticked": {}}
        for command in (
            [4, line.id],
            [4, str(line.id)],
            [6, 0, [line.id]],
            [1, line.id, {"is_chosen": False}],
            [0, 0, {"profile_id": {"id": hidden.id}}],
            {"profile_id": {"id": hidden.id}},
            line.id,
        ):
            tried = (
                lambda said=command: wizards.onchange(
                    {"line_ids": [said]}, ["line_ids"], spec
                ),
                lambda said=command: wizards.with_context(
                    default_line_ids=[said]
                ).onchange({}, [], spec),
            )
            for number, attempt in enumerate(tried):
                with (
                    self.subTest(command=command, number=number),
                    self.assertRaises(AccessError),
                ):
                    attempt()

    def test_a_network_that_does_not_answer_keeps_the_selection(self):
        wizard = self.at_selection([self.page("P1"), self.page("P2")])
        wizard.line_ids.is_chosen = True
        for trouble in (Unreachable(), RequestRefused(detail="400")):
            wizard.problem = False
            with (
                self.subTest(trouble=type(trouble).__name__),
                patch.object(
                    self.registry["social.token"], "_read_listing", side_effect=trouble
                ),
            ):
                wizard.action_continue()
            self.assertEqual(wizard.step, "select")
            self.assertIn("did not answer", wizard.problem)

    # === THE GUARD === #

    def connect_two_clients(self):
        """Let the grant of the profile also serve a page of another client."""
        self.connect(self.app, self.manager, [self.page("P1"), self.page("P2")])
        other = self.env["social.profile"].search([("external_id", "=", "P2")])
        self.profile.partner_id = self.env["res.partner"].create({"name": "Aurora"})
        other.write(
            {
                "name": "Hidden Page",
                "partner_id": self.env["res.partner"].create({"name": "Baker"}).id,
            }
        )
        return other

    def test_all_that_live_from_the_grant_are_named_before_leaving(self):
        other = self.connect_two_clients()
        wizard = self.open_wizard()
        self.assertEqual(wizard.profile_ids, self.profile + other)
        self.assertIn("2 profiles", wizard.guard_text)
        self.assertFalse(wizard.hidden_text)

    def test_who_may_not_see_a_client_is_told_the_number_alone(self):
        other = self.connect_two_clients()
        member = self.make_user("member")
        self.profile.admin_user_ids += member
        wizard = self.open_wizard(member)
        self.assertEqual(wizard.profile_ids, self.profile)
        self.assertIn("2 profiles", wizard.guard_text)
        self.assertIn("1 of them", wizard.hidden_text)
        self.assertNotIn(other.name, wizard.hidden_text)

    def test_who_granted_is_told_the_names_all_the_same(self):
        other = self.connect_two_clients()
        member = self.make_user("member")
        self.profile.admin_user_ids += member
        self.token.person_id = member.partner_id
        wizard = self.open_wizard(member)
        self.assertIn(f"\nFacebook Page {other.name}", wizard.hidden_text)
        self.assertNotIn("Baker", wizard.hidden_text)

    def test_what_was_lost_is_named_by_client_and_a_decision_asked_for(self):
        other = self.connect_two_clients()
        wizard = self.at_selection([self.page("P1")])
        self.assertTrue(wizard.has_missing)
        self.assertIn(f"Baker: Facebook Page {other.name}", wizard.lost_text)
        self.assertEqual(other.reason, "deselected")
        action = wizard.action_again()
        self.assertEqual(wizard.step, "network")
        self.assertIn("/social/authorize/", action["url"])

    def test_a_member_sees_what_became_of_pages_that_he_left_out(self):
        self.connect_two_clients()
        member = self.make_user("member")
        self.profile.admin_user_ids += member
        wizard = self.at_selection([self.page("P1")], user=member)
        self.env.invalidate_all()
        lost = wizard.line_ids.filtered(lambda one: one.kind == "missing")
        self.assertIn("Not selected", lost.result)
        self.assertIn("\nFacebook Page Hidden Page", wizard.lost_text)
        self.assertNotIn("Baker", wizard.lost_text)

    def test_clients_are_named_to_who_sees_them_beside_one_that_he_does_not(self):
        other = self.connect_two_clients()
        member = self.make_user("member")
        self.profile.admin_user_ids += member
        wizard = self.open_wizard(member)
        names = _names_by_client(wizard.env, (self.profile + other).sudo())
        self.assertEqual(
            names.splitlines(),
            [f"Aurora: Facebook Page {self.profile.name}", "Facebook Page Hidden Page"],
        )

    def continue_with(self, wizard, listing):
        token = self.registry["social.token"]
        with (
            patch.object(token, "_read_listing", return_value=tuple(listing)),
            self.enter_registry_test_mode(),
        ):
            wizard.action_continue()
        self.env.invalidate_all()
        self.assertEqual(wizard.step, "finish")

    # === STORIES === #

    def test_story_options_are_asked_kept_and_warned_about(self):
        page = self.page("I1", network="instagram")
        self.connect(self.app, self.manager, [self.page("P1"), page])
        profile = self.env["social.profile"].search([("external_id", "=", "I1")])
        profile.receive_story_replies = False
        wizard = self.at_selection([self.page("P1"), page])
        self.assertTrue(wizard.has_stories)
        self.assertTrue(wizard.is_story_option_off)
        line = wizard.line_ids.filtered(lambda one: one.profile_id == profile)
        line.receive_story_replies = True
        self.continue_with(wizard, [])
        self.assertTrue(profile.receive_story_mentions)
        self.assertTrue(profile.receive_story_replies)
        self.assertFalse(wizard.is_story_option_off)

    # === RIGHTS === #

    def test_another_users_renewal_cannot_be_read_or_pressed(self):
        wizard = self.open_wizard()
        stranger = self.make_user("owner")
        self.assertFalse(
            self.env["social.renewal.wizard"].with_user(stranger).search([])
        )
        with self.assertRaises(AccessError):
            wizard.with_user(stranger).action_start()
        with self.assertRaises(AccessError):
            wizard.line_ids.with_user(stranger).create(
                {"wizard_id": wizard.id, "kind": "new"}
            )

    def test_who_lost_the_right_is_stopped_before_leaving(self):
        member = self.make_user("member")
        self.profile.admin_user_ids += member
        wizard = self.open_wizard(member)
        self.profile.admin_user_ids -= member
        with self.assertRaises(AccessError):
            wizard.action_login()
