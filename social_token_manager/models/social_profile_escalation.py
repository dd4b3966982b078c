from odoo import api, fields, models
from odoo.exceptions import UserError

from ..clock import now
from ..policy import escalation as policy
from ..policy import gap, people
from ..wording import day_text, moment_text
from .social_profile_people import ASK_TYPE, MANAGERS


class SocialProfileEscalation(models.AbstractModel):
    """A profile that nobody renews: who has it, and who is asked next.

    A part of ``social.profile``.
    """

    _name = "social.profile.escalation"
    _description = "Escalation of Social Profiles"

    outsider_id = fields.Many2one(
        "res.partner",
        "Asked Outside",
        check_company=True,
        index="btree_not_null",
        help="Who is to get a connect link when nobody here renews.",
    )
    escalation_ids = fields.One2many("social.escalation", "profile_id", readonly=True)
    escalation_text = fields.Text("Who Has It", compute="_compute_escalation_text")
    is_gone = fields.Boolean(compute="_compute_is_gone")

    @api.depends("expires_at", "access_id")
    def _compute_is_gone(self):
        at = now()
        for profile in self:
            profile.is_gone = bool(
                profile.access_id and gap.begin(profile.expires_at, at)
            )

    @api.depends("cycle", "is_gone", "escalation_ids.taken_until")
    @api.depends_context("lang", "tz")
    def _compute_escalation_text(self):
        at = now()
        for profile in self:
            profile.escalation_text = profile._get_escalation()._get_text(at)

    def _get_escalation(self):
        """Return the ``social.escalation`` of this cycle, empty without one."""
        return self.escalation_ids.filtered(
            lambda one: self.is_gone and one.cycle == self.cycle
        )

    def _get_taken_text(self):
        """Return who has it and until when; '' while nobody has."""
        is_taken = self.sudo()._get_escalation()._is_taken(now())
        return self.escalation_text if is_taken else ""

    # === TAKING IT === #

    def action_take(self):
        """Return the dialog in which somebody takes this renewal until some day.

        :raise AccessError: this user may not renew it
        :raise UserError: it works
        """
        self.ensure_one()
        self._check_may_take()
        return self.env["social.take.wizard"]._open_for(self)

    def _check_may_take(self):
        """Refuse to take what this user may not renew, or what works.

        :raise AccessError: what right it takes, :raise UserError: it works
        """
        self._check_may_renew()
        if not self.is_gone:
            raise UserError(
                self.env._(
                    "This connection works, so there is nothing to take. Nothing was "
                    "changed."
                )
            )

    def _take(self, until):
        """Let the current user take this renewal until an instant.

        Nobody else is asked before; the others are told who has it.

        :return: the sentence to tell
        :raise AccessError: this user may not renew it
        :raise UserError: it works, or that is not the time for it
        """
        self.ensure_one()
        self._check_may_take()
        if not policy.may_take_until(until, now()):
            raise UserError(
                self.env._(
                    "Choose a moment to come, at most %(days)s days from now. Nothing "
                    "was changed.",
                    days=policy.TAKEN_DAYS_MOST,
                )
            )
        # Users write no escalations; who may is checked above.
        profile = self.sudo()
        profile.escalation_ids._begin(profile)._take(self.env.user, until)
        profile.invalidate_recordset(["escalation_ids"])
        profile._hand_asking_to(self.env.user, until)
        self.env["social.event"]._record(
            "taken",
            self,
            person_id=self.env.user.partner_id.id,
            detail=fields.Datetime.to_string(until),
        )
        self.invalidate_recordset(["escalation_text"])
        return self.env._(
            "You have it until %(moment)s. Nobody else is asked before.",
            moment=moment_text(self.env, until),
        )

    # === THE ACTIVITY === #

    def _assign_renewal(self):
        """Ask one person who can renew, by an activity; nobody twice."""
        roles = self._get_roles()
        if self._get_asked().filtered(lambda one: one.user_id in roles):
            return
        able = [
            manager.user
            for manager in self._get_managers()
            if manager.user in roles and manager.access.can_renew == people.YES
        ]
        if able:
            self._schedule_renewal(
                able[0], people.ask_until(now(), self.expires_at or None)
            )

    def _get_asked(self):
        asking = self.env.ref(ASK_TYPE)
        return self.activity_ids.filtered(lambda one: one.activity_type_id == asking)

    def _hand_asking_to(self, user, until):
        """Let whoever takes it have the activity, and nobody else."""
        day = fields.Datetime.context_timestamp(user, until).date()
        asked = self._get_asked()
        if asked:
            asked[1:].unlink()
            # Nobody writes to people what they just did.
            asked[:1].with_context(mail_activity_quick_update=True).write(
                {"user_id": user.id, "date_deadline": day}
            )
        else:
            self._schedule_renewal(user, day)

    def _schedule_renewal(self, user, until):
        # The ledger tells people; a mail of the activity would tell them twice.
        read = self._as_read_by(user).with_context(mail_activity_quick_update=True)
        read._schedule_asking(
            user,
            until,
            read.env._(
                "The connection ended on %(day)s. Open the profile and press Renew; "
                "the network asks you to log in and to confirm.",
                day=day_text(read.env, read.expires_at),
            ),
        )

    # === SOMEBODY OUTSIDE === #

    def _get_inviter(self):
        """Return in whose name a link is sent by itself: the responsible where he
        may, else a Manager or an Owner; empty where there is none."""
        managers = self._get_group_users(MANAGERS)
        if self.user_id in self._get_roles():
            return self.user_id
        return managers[:1]
