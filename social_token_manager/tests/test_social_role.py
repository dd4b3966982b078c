"""Owners give and take the roles of their people, and change nothing else of them."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..models.social_role import GROUPS, MANAGER, MEMBER, NONE, OWNER, ROLES
from .common import GROUPS as NAMED
from .common import SocialCase


@tagged("post_install", "-at_install")
class TestSocialRole(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = [cls.env.ref(xml_id).id for xml_id in GROUPS.values()]
        cls.env.ref(GROUPS[OWNER]).all_user_ids.write(
            {"group_ids": [Command.unlink(group) for group in groups]}
        )
        cls.owner = cls.make_user("owner", name="Olga Owner")
        cls.bob = cls.make_user("internal", "bob", name="Bob")

    def role_of(self, user):
        return user.with_user(self.owner).social_role

    def give(self, role, user=None, by=None):
        """Change a role as the dialog does."""
        wizards = self.env["social.role.wizard"].with_user(by or self.owner)
        wizard = wizards.create({"user_id": (user or self.bob).id, "role": role})
        return wizard.action_save()

    def test_an_owner_gives_every_role_and_takes_it(self):
        for role in (MEMBER, OWNER, MANAGER, OWNER, MEMBER, NONE):
            self.give(role)
            self.assertEqual(self.role_of(self.bob), role)
            self.assertTrue(self.bob._is_internal())

    def test_nothing_but_the_role_changes(self):
        before = self.bob.group_ids
        for role, _label in [*ROLES, (NONE, "")]:
            self.give(role)
            ours = self.env["res.groups"].union(
                *(self.env.ref(xml_id) for xml_id in GROUPS.values())
            )
            self.assertEqual(self.bob.group_ids - ours, before)

    def test_who_was_internal_by_the_role_alone_stays_internal(self):
        bia = self.make_user("member", "bia")
        self.assertEqual(bia.group_ids, self.env.ref(NAMED["member"]))
        self.give(NONE, bia)
        self.assertTrue(bia._is_internal())
        self.assertFalse(bia.has_group(NAMED["member"]))

    def test_the_dialog_shows_the_present_role(self):
        self.give(MANAGER)
        wizards = self.env["social.role.wizard"].with_user(self.owner)
        with Form(wizards.with_context(default_user_id=self.bob.id)) as dialog:
            self.assertEqual(dialog.role, MANAGER)
            dialog.role = MEMBER
        dialog.record.action_save()
        self.assertEqual(self.role_of(self.bob), MEMBER)

    def test_the_journal_says_who_changed_whose_role(self):
        self.give(MANAGER)
        (event,) = self.journal(kind="role_changed")
        self.assertEqual(event.user_id, self.owner)
        self.assertEqual(event.person_id, self.bob.partner_id)
        self.assertEqual(event.company_id, self.company)
        self.assertEqual(event.detail, "none > manager")
        self.give(MANAGER)
        self.assertEqual(len(self.journal(kind="role_changed")), 1)

    def test_it_is_refused_to_all_who_are_no_owner(self):
        for role in ("internal", "member", "manager", "settings_admin"):
            user = self.make_user(role)
            with self.subTest(role=role):
                with self.assertRaises(AccessError):
                    self.give(OWNER, user, by=user)
                with self.assertRaises(AccessError) as caught:
                    self.bob.with_user(user)._set_social_role(OWNER)
                self.assertIn("Nothing was changed", str(caught.exception))
                with self.assertRaises(AccessError):
                    self.bob.with_user(user).read(["social_role"])

    def test_a_dialog_is_its_makers_alone(self):
        wizard = self.env["social.role.wizard"].with_user(self.owner)
        wizard = wizard.create({"user_id": self.bob.id, "role": MEMBER})
        other = self.make_user("owner", "second")
        for attempt in (
            lambda: wizard.with_user(other).action_save(),
            lambda: wizard.with_user(other).write({"role": OWNER}),
            lambda: wizard.with_user(other).action_see_profiles(),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_only_active_internal_users_of_ones_own_company_get_one(self):
        stranger = self.make_user("owner", "stranger", self.other_company)
        gone = self.make_user("internal", "gone")
        gone.active = False
        for user in (stranger, gone, self.make_user("portal")):
            before = user.group_ids
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self.give(NONE, user)
                with self.assertRaises(AccessError):
                    user.with_user(self.owner)._set_social_role(MEMBER)
                self.assertEqual(user.group_ids, before)

    def test_a_right_in_another_company_is_not_given_from_here(self):
        both = self.company + self.other_company
        shared = self.make_user("member", "shared", both)
        with self.assertRaises(AccessError) as caught:
            self.give(OWNER, shared)
        self.assertIn("in a company in which you do not", str(caught.exception))
        # It takes somebody who works in both, whichever he is looking at.
        owner = self.make_user("owner", "owner_of_both", both)
        self.give(OWNER, shared, by=owner)
        self.assertTrue(shared.has_group(NAMED["owner"]))

    def test_nobody_is_told_of_roles_in_another_company(self):
        stranger = self.make_user("owner", "stranger", self.other_company)
        Users = self.env["res.users"].with_user(self.owner)
        self.assertFalse(self.role_of(stranger))
        found = Users.search([("social_role", "=", OWNER)])
        self.assertEqual(found, self.owner)
        without = Users.search([("social_role", "=", NONE)])
        self.assertIn(self.bob, without)
        self.assertNotIn(stranger, without)
        # To somebody elsewhere he looks like anybody without a role.
        self.assertIn(stranger, Users.search([("social_role", "!=", OWNER)]))

    def test_the_last_owner_of_a_company_stays_one(self):
        for role in (MANAGER, MEMBER, NONE):
            with self.assertRaises(UserError) as caught:
                self.give(role, self.owner)
            self.assertIn("last Owner in", str(caught.exception))
            self.assertIn("make somebody else Owner", str(caught.exception))
        gone = self.make_user("owner", "gone")
        gone.active = False
        self.make_user("owner", "stranger", self.other_company)
        with self.assertRaises(UserError):
            self.give(NONE, self.owner)
        self.give(OWNER)
        action = self.give(MANAGER, self.owner)
        self.assertEqual(action["url"], "/odoo")
        self.assertFalse(self.owner.has_group(NAMED["owner"]))

    def test_who_is_last_in_one_of_two_companies_stays_owner(self):
        both = self.make_user(
            "owner", "owner_of_both", self.company + self.other_company
        )
        with self.assertRaises(UserError) as caught:
            self.give(MEMBER, both, by=both)
        self.assertIn(self.other_company.name, str(caught.exception))
        self.assertNotIn(f"{self.company.name}.", str(caught.exception))

    def test_a_role_by_another_group_is_not_said_to_be_taken(self):
        wide = self.env["res.groups"].create(
            {
                "name": "Wide",
                "implied_ids": [Command.link(self.env.ref(NAMED["manager"]).id)],
            }
        )
        self.bob.group_ids += wide
        with self.assertRaises(UserError) as caught:
            self.give(NONE)
        self.assertIn("by another group", str(caught.exception))

    def test_who_loses_the_last_role_has_his_profiles_handed_over(self):
        self.give(MEMBER)
        _token, profile = self.connect(self.make_app(), self.bob, [self.page()])
        profile.admin_user_ids = self.bob
        wizards = self.env["social.role.wizard"].with_user(self.owner)
        wizard = wizards.create({"user_id": self.bob.id})
        self.assertIn(profile.name, wizard.succession_text)
        action = wizard.action_see_profiles()
        self.assertEqual(action["context"]["active_id"], self.bob.id)
        wizard.role = NONE
        wizard.action_save()
        self.assertEqual(profile.activity_ids.user_id, self.owner)
