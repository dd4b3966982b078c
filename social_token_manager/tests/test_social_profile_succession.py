"""Nobody's profiles are forgotten when somebody leaves (B-9, S3-14)."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..clock import now
from ..hooks import uninstall_hook
from ..models.social_connect_link import ACTIVITY as CONNECT_LINK_TYPE
from ..models.social_profile_succession import SUCCESSION_TYPE
from ..policy import reasons
from .common import GROUPS, SocialClockCase

MEMBER = "social_token_manager.group_member"


@tagged("post_install", "-at_install")
class TestSuccession(SocialClockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.make_user("owner", name="Olga Owner")
        cls.ana = cls.make_user("member", "ana", name="Ana Leaves")
        cls.bia = cls.make_user("member", "bia", name="Bia Stays")
        # May manage users, and has no role here.
        cls.office = cls.make_user("settings_admin")
        cls.app = cls.make_app()

    def setUp(self):
        super().setUp()
        group = self.env.ref("social_token_manager.group_manager")
        roles = [self.env.ref(GROUPS[name]).id for name in ("manager", "owner")]
        (group.all_user_ids - self.owner).write(
            {"group_ids": [Command.unlink(role) for role in roles]}
        )
        _token, self.profile = self.grant(self.ana, "1001")
        self.profile.admin_user_ids = self.ana

    def grant(self, user, person, page="P1"):
        return self.connect(self.app, user, [self.page(page)], person=person)

    def hanging(self, user=None):
        found = self.env["social.profile"]._get_hanging_on(user or self.ana)
        return found.get(self.profile.sudo())

    def activities(self):
        return self.profile.activity_ids.filtered(
            lambda one: one.activity_type_id == self.env.ref(SUCCESSION_TYPE)
        )

    def archive(self):
        self.ana.with_user(self.office).action_archive()

    def test_what_hangs_on_one_person(self):
        self.assertEqual(self.hanging(), {"admin", "granter", "renewer"})
        self.assertFalse(self.hanging(self.bia))
        self.profile.admin_user_ids += self.bia
        self.assertEqual(self.hanging(), {"granter", "renewer"})
        token, _profile = self.grant(self.bia, "1002")
        self.assertFalse(self.hanging())
        token._take_loss(reasons.REVOKED)
        token._settle()
        self.assertEqual(self.hanging(), {"granter"})
        self.bia.active = False
        self.assertEqual(self.hanging(), {"admin", "granter", "renewer"})

    def test_who_has_no_role_does_not_count_as_admin(self):
        self.profile.admin_user_ids += self.office
        self.assertIn("admin", self.hanging())

    def test_an_owner_is_to_find_somebody_when_a_user_is_archived(self):
        self.archive()
        activity = self.activities()
        self.assertEqual(activity.user_id, self.owner)
        self.assertEqual(activity.summary, "Find somebody in place of Ana Leaves")
        for words in ("Nobody else is Admin", "granted access", "able to renew"):
            self.assertIn(words, activity.note)

    def test_it_takes_one_activity_and_not_one_a_day(self):
        self.archive()
        self.ana.active = True
        self.ana.with_user(self.office).write({"active": False})
        self.assertEqual(len(self.activities()), 1)

    def test_whose_last_role_is_taken_has_left_too(self):
        self.ana.with_user(self.office).write(
            {"group_ids": [Command.unlink(self.env.ref(MEMBER).id)]}
        )
        self.assertEqual(len(self.activities()), 1)

    def test_taking_it_in_the_group_is_the_same(self):
        self.env.ref(MEMBER).with_user(self.office).write(
            {"user_ids": [Command.unlink(self.ana.id)]}
        )
        self.assertEqual(len(self.activities()), 1)

    def test_uninstalling_is_not_held_up_by_what_people_were_asked(self):
        self.archive()
        uninstall_hook(self.env)
        self.assertFalse(self.activities())
        self.env.ref(SUCCESSION_TYPE).unlink()

    def test_uninstalling_is_not_held_up_by_what_became_of_connect_links(self):
        links = self.env["social.connect.link"].with_user(self.owner)
        link, _token = links._make(
            self.office.partner_id,
            now() + timedelta(days=1),
            profile=self.profile.with_user(self.owner),
        )
        link.sudo()._tell_inviter(lambda _env: "Decide")
        # What is done is archived, and still of its kind.
        link.sudo().activity_ids.action_archive()
        uninstall_hook(self.env)
        self.env.ref(CONNECT_LINK_TYPE).unlink()

    def test_who_is_deleted_has_left_too(self):
        self.env["res.users"].browse(self.ana.id).unlink()
        self.assertEqual(len(self.activities()), 1)

    def test_any_other_change_of_a_user_finds_nobody(self):
        self.ana.with_user(self.office).write({"name": "Ana"})
        self.ana.with_user(self.office).write(
            {"group_ids": [Command.link(self.env.ref("base.group_partner_manager").id)]}
        )
        self.bia.with_user(self.office).action_archive()
        self.assertFalse(self.activities())

    def test_what_others_look_after_too_needs_nobody(self):
        self.profile.admin_user_ids += self.bia
        self.grant(self.bia, "1002")
        self.archive()
        self.assertFalse(self.activities())

    def test_it_is_for_an_owner_of_that_company(self):
        theirs = self.make_user("owner", "theirs", self.other_company)
        self.archive()
        self.assertNotIn(theirs, self.activities().user_id)

    def test_where_nobody_is_left_archiving_works_all_the_same(self):
        self.owner.active = False
        self.archive()
        self.assertFalse(self.ana.active)
        self.assertFalse(self.activities())

    def test_the_form_of_a_user_names_what_hangs_on_him_before(self):
        text = self.ana.with_user(self.owner).social_succession_text
        self.assertIn("Facebook Page Page P1", text)
        self.assertFalse(self.bia.with_user(self.owner).social_succession_text)

    def test_exactly_these_profiles_are_listed(self):
        _token, other = self.connect(
            self.app, self.bia, [self.page("P2")], person="1002"
        )
        other.admin_user_ids = self.bia
        self.assertEqual(self.listed(self.ana), self.profile)
        self.assertEqual(self.listed(self.bia), other)
        self.assertEqual(self.profile.hangs_on_ids, self.ana)
        self.profile.admin_user_ids += self.bia
        self.assertEqual(self.listed(self.bia), other)
        self.archive()
        self.assertEqual(self.listed(self.ana), self.profile)
        # Bia is the only Admin left, and Ana still the only one who granted it.
        everybody = self.profile.with_context(active_test=False)
        self.assertEqual(everybody.hangs_on_ids, self.ana + self.bia)

    def test_the_list_shows_what_its_reader_may_see(self):
        stranger = self.make_user("owner", "stranger", self.other_company)
        self.assertFalse(self.listed(self.ana, stranger))
        self.assertEqual(self.listed(self.ana, self.ana), self.profile)
        self.assertFalse(self.listed(self.ana, self.bia))

    def test_the_warning_and_the_activity_lead_to_them(self):
        action = self.env.ref("social_token_manager.social_handover_action")
        for user, may in ((self.owner, True), (self.office, False)):
            users = self.env["res.users"].with_user(user)
            arch = users.get_view(
                self.env.ref("base.view_users_form").id, view_type="form"
            )["arch"]
            self.assertEqual(f'name="{action.id}"' in arch, may)
        self.archive()
        self.assertIn(
            f'href="/odoo/res.users/{self.ana.id}/{action.path}"',
            self.activities().note,
        )

    def listed(self, user, reader=None):
        """Return the profiles that the button on a user opens."""
        action = self.env.ref("social_token_manager.social_handover_action")
        domain = safe_eval(action.domain, {"active_id": user.id})
        profiles = self.env["social.profile"].with_user(reader or self.owner)
        return profiles.search(domain)

    def test_who_may_not_see_a_profile_reads_no_name_there(self):
        text = self.ana.with_user(self.office).social_succession_text
        self.assertIn("1 that you may not see", text)
        self.assertNotIn("Page P1", text)
