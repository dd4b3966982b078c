from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from .social_profile_people import MANAGERS, MEMBERS, OWNERS

NONE, MEMBER, MANAGER, OWNER = "none", "member", "manager", "owner"
ROLES = [
    (NONE, "No role"),
    (MEMBER, "Member"),
    (MANAGER, "Manager"),
    (OWNER, "Owner"),
]
# The highest first; each has those after it.
GROUPS = {OWNER: OWNERS, MANAGER: MANAGERS, MEMBER: MEMBERS}
INTERNAL = "base.group_user"


class SocialRole(models.AbstractModel):
    """Which role somebody has here, and how an Owner gives and takes it.

    A part of ``res.users``. Odoo lets administrators alone change users; of a user,
    this is the one thing that an Owner changes.
    """

    _name = "social.role"
    _description = "Role in Social Connections"

    social_role = fields.Selection(
        ROLES,
        "Role Here",
        compute="_compute_social_role",
        search="_search_social_role",
        groups=OWNERS,
    )

    @api.depends("all_group_ids", "company_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_social_role(self):
        for user in self:
            is_near = user.sudo().company_ids & self.env.companies
            user.social_role = user._get_social_role() if is_near else False

    def _search_social_role(self, operator, value):
        if operator != "in":
            return NotImplemented
        near = self.sudo().search(
            [("share", "=", False), ("company_ids", "in", self.env.companies.ids)]
        )
        found = near.filtered(lambda one: one._get_social_role() in value)
        return Domain("id", "in", found.ids)

    def _get_social_role(self):
        """Return the code of this user's role, which holds in all his companies."""
        self.ensure_one()
        return next((role for role in GROUPS if self.has_group(GROUPS[role])), NONE)

    def _set_social_role(self, role):
        """Give this user a role, or take the one he has; nothing else of him changes.

        :param role: a code of ``ROLES``
        :raise AccessError: who may, and whose role
        :raise UserError: a company would be without an Owner, or the role comes from
            elsewhere
        """
        self.ensure_one()
        self._check_may_set_social_role()
        # Users are the administrators' to write; whose role it is was checked.
        user = self.sudo()
        before = user._get_social_role()
        if role == before:
            return
        if before == OWNER:
            user._check_other_owner()
        user.write({"group_ids": user._prepare_social_groups(role)})
        if user._get_social_role() != role:
            raise UserError(
                self.env._(
                    "%(person)s has this role by another group of Odoo. Nothing was "
                    "changed; an administrator of Odoo takes that group away.",
                    person=user.name,
                )
            )
        self.env["social.event"]._record(
            "role_changed",
            user.company_ids,
            person_id=user.partner_id.id,
            detail=f"{before} > {role}",
        )

    def _prepare_social_groups(self, role):
        # Who was an internal user by his role alone stays one.
        given = [INTERNAL] + [xml_id for code, xml_id in GROUPS.items() if code == role]
        return [
            *(Command.unlink(self.env.ref(xml_id).id) for xml_id in GROUPS.values()),
            *(Command.link(self.env.ref(xml_id).id) for xml_id in given),
        ]

    def _check_may_set_social_role(self):
        """Refuse whoever may not change this user's role.

        :raise AccessError: who may, and whose role
        """
        if not self.env.user.has_group(OWNERS):
            raise AccessError(
                self.env._(
                    "Roles are for Owners of Social Connections to give and take. "
                    "Nothing was changed; ask one of them."
                )
            )
        user = self.sudo()
        is_near = user.company_ids & self.env.companies
        if not (is_near and user.active and user._is_internal()):
            raise AccessError(
                self.env._(
                    "Roles are for internal users who are active and work in your "
                    "company. Nothing was changed; choose one of the list."
                )
            )
        if user.company_ids - self.env.user.company_ids:
            raise AccessError(
                self.env._(
                    "%(person)s works in a company in which you do not, and a role "
                    "holds in all of them. Nothing was changed; ask an Owner who works "
                    "in all of them, or an administrator of Odoo.",
                    person=user.name,
                )
            )

    def _check_other_owner(self):
        """Refuse to leave a company of this user without an Owner."""
        owners = self.env.ref(OWNERS)
        # Two Owners who take it from each other at once would leave none: the second
        # one fails here, is tried again by Odoo, and then sees what the first did.
        self.env.cr.execute(
            SQL(
                "UPDATE res_groups SET write_date = write_date WHERE id = %s", owners.id
            )
        )
        others = owners.all_user_ids.filtered("active") - self
        alone = self.company_ids - others.company_ids
        if alone:
            raise UserError(
                self.env._(
                    "%(person)s is the last Owner in %(companies)s. Nothing was "
                    "changed; make somebody else Owner there first.",
                    person=self.name,
                    companies=", ".join(alone.mapped("name")),
                )
            )
