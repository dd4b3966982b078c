import itertools
from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from ..clock import now
from ..policy import people
from ..wording import left_text
from .social_profile_people import MANAGERS, MEMBERS, OWNERS

SUCCESSION_TYPE = "social_token_manager.mail_activity_type_succession"


class SocialProfileSuccession(models.AbstractModel):
    """Who comes after somebody who leaves: nobody's profiles are forgotten.

    A part of ``social.profile``.
    """

    _name = "social.profile.succession"
    _description = "Succession on Social Profiles"

    hangs_on_ids = fields.Many2many(
        "res.users",
        string="Hangs Only On",
        compute="_compute_hangs_on_ids",
        search="_search_hangs_on_ids",
    )

    @api.depends("admin_user_ids", "access_ids.person_id")
    def _compute_hangs_on_ids(self):
        # Who granted it, and who is Admin, is told to all who see a profile.
        profiles = self.sudo().with_context(active_test=False)
        users = profiles.admin_user_ids | profiles.access_ids.person_id.user_ids
        hanging = {user: self._get_hanging_on(user) for user in users}
        for profile in self:
            profile.hangs_on_ids = users.filtered(
                lambda user, profile=profile: profile._origin in hanging[user]
            )

    def _search_hangs_on_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        users = self.env["res.users"].browse(filter(None, value)).exists()
        hanging = (self._get_hanging_on(user) for user in users)
        return Domain("id", "in", self.union(*itertools.chain(*hanging)).ids)

    @api.model
    def _get_hanging_on(self, users):
        """Return ``{profile: causes}`` of what hangs on some users alone.

        Causes are ``admin`` (no other Admin with a role is named on it), ``granter``
        (no token of anybody else works) and ``renewer`` (nobody else is known to be
        able to renew it).

        :param users: who leaves; whether they are archived yet makes no difference
        """
        # Who archives a user need not have a role here, and still is to be warned.
        # Nor does it matter whether the caller lists what is archived.
        profiles = self.env["social.profile"].sudo().with_context(active_test=True)
        found = defaultdict(set)
        for cause, hanging in (
            ("admin", profiles._find_alone_admin(users)),
            ("granter", profiles._find_alone_granter(users.sudo().partner_id)),
            ("renewer", profiles._find_alone_renewer(users.sudo().partner_id)),
        ):
            for profile in hanging:
                found[profile].add(cause)
        return found

    def _find_alone_admin(self, users):
        staff = self.env.ref(MEMBERS).sudo().all_user_ids - users
        # Who has left is still named, and does not count.
        named = self.search([("admin_user_ids", "in", users.ids)])
        return named.filtered(lambda one: not one.admin_user_ids & staff)

    def _find_alone_granter(self, persons):
        """Return profiles whose token in use is of these people, and no other works."""
        granted = self.search([("access_id.person_id", "in", persons.ids)])
        at = now()
        others = self.env["social.access"].search(
            [
                ("profile_id", "in", granted.ids),
                ("person_id", "not in", persons.ids),
                ("reason", "=", False),
                ("token_id.reason", "=", False),
            ]
        )
        return granted - others.filtered(
            lambda one: one.token_id and one._get_candidate(at).healthy
        ).mapped("profile_id")

    def _find_alone_renewer(self, persons):
        able = Domain(
            [("can_renew", "=", people.YES), ("profile_id.active", "=", True)]
        )
        Access = self.env["social.access"]
        theirs = Access.search(able & Domain("person_id", "in", persons.ids)).profile_id
        others = Access.search(able & Domain("profile_id", "in", theirs.ids)).filtered(
            lambda one: one.person_id not in persons
        )
        return theirs - others.filtered(lambda one: not one._has_left()).profile_id

    @api.model
    def _find_successors_of(self, users):
        """Have an Owner or a Manager find somebody in place of users who left.

        One activity on each profile, so that it can be done one by one, seen there by
        all, and tells nobody of other profiles.
        """
        looking = self.env.ref(SUCCESSION_TYPE)
        batches = defaultdict(lambda: self.env["social.profile"].sudo())
        for user in users:
            for profile, causes in self._get_hanging_on(user).items():
                if profile.activity_ids.filtered(
                    lambda one: one.activity_type_id == looking
                ):
                    continue
                batches[user, profile._get_warden(users), frozenset(causes)] |= profile
        for (user, warden, causes), profiles in batches.items():
            if warden:
                profiles._schedule_succession(user, warden, causes)

    def _get_warden(self, users):
        """Return who is to find somebody: who does this, else an Owner, a Manager."""
        for xml_id in (OWNERS, MANAGERS):
            wardens = self._get_group_users(xml_id) - users
            if wardens:
                return self.env.user if self.env.user in wardens else wardens[:1]
        return self.env["res.users"]

    def _schedule_succession(self, user, warden, causes):
        # Of many profiles, many mails would come; the list of activities tells all.
        told = self.with_context(
            lang=warden.lang or self.env.lang, mail_activity_quick_update=True
        )
        name = user.sudo().name
        # What the link lists is what its reader may see.
        note = Markup('{} <a href="/odoo/res.users/{}/social-handover">{}</a>').format(
            left_text(told.env, name, causes),
            user.id,
            told.env._("Show all profiles that hang on %s alone", name),
        )
        told.activity_schedule(
            SUCCESSION_TYPE,
            user_id=warden.id,
            date_deadline=people.ask_until(now(), None),
            summary=told.env._("Find somebody in place of %s", name),
            note=note,
        )
