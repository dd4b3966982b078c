from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..clock import now
from ..policy import queue as policy


class SocialRenewalQueue(models.TransientModel):
    """Many profiles to renew with few logins; it is there until it is worked off.

    What can be renewed silently is left to the engine. The rest is grouped by app and
    person, since one login heals all that live from one grant. Nothing is remembered of
    what came of it: the results are read off the profiles, so they are true.
    """

    _name = "social.renewal.queue"
    _description = "Renewal of Many Profiles"
    _order = "id desc"
    _transient_max_hours = 24 * 7

    name = fields.Char(compute="_compute_name")
    started_at = fields.Datetime(default=lambda self: now(), readonly=True)
    login_ids = fields.One2many("social.renewal.login", "queue_id", "Logins")
    outcome_ids = fields.One2many("social.renewal.outcome", "queue_id", "Results")
    left_out_count = fields.Integer(readonly=True)
    left_out_text = fields.Char(compute="_compute_name")
    done_count = fields.Integer(compute="_compute_progress")
    progress = fields.Float(compute="_compute_progress")
    progress_text = fields.Char(compute="_compute_progress")
    is_running = fields.Boolean(compute="_compute_progress")
    has_next = fields.Boolean(compute="_compute_progress")

    # === COMPUTE METHODS === #

    @api.depends("login_ids.state", "outcome_ids.state", "left_out_count")
    @api.depends_context("lang")
    def _compute_name(self):
        for queue in self:
            queue.name = queue._get_headline()
            queue.left_out_text = queue.left_out_count and self.env._(
                "%(count)s of those chosen are left out, since you may not renew them. "
                "Ask an Owner or a Manager.",
                count=queue.left_out_count,
            )

    def _get_headline(self):
        """Return what is still to be done by people, or what became of it all."""
        waiting = self.login_ids.filtered(lambda one: one.state == "waiting")
        count = len(waiting.outcome_ids)
        if len(waiting) == 1:
            return self.env._("1 login will fix %(count)s profiles", count=count)
        if waiting:
            return self.env._(
                "%(logins)s logins will fix %(count)s profiles",
                logins=len(waiting),
                count=count,
            )
        if not self.login_ids:
            return self.env._("No login is needed")
        renewed = self.outcome_ids.filtered(lambda one: one.state == "renewed")
        return self.env._(
            "%(renewed)s of %(all)s profiles renewed",
            renewed=len(renewed),
            all=len(self.outcome_ids),
        )

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for queue in self:
            queue.display_name = queue.name

    @api.depends("outcome_ids.state", "login_ids.tried_at")
    @api.depends_context("lang")
    def _compute_progress(self):
        for queue in self:
            outcomes = queue.outcome_ids
            done = outcomes.filtered(lambda one: one.state != "waiting")
            queue.done_count = len(done)
            queue.progress = 100 * len(done) / len(outcomes) if outcomes else 100
            queue.progress_text = self.env._(
                "%(done)s of %(all)s done", done=len(done), all=len(outcomes)
            )
            queue.is_running = any(not one.login_id for one in outcomes - done)
            queue.has_next = bool(queue._get_next())

    # === STARTING === #

    @api.model
    def _start(self, profiles, in_person=()):
        """Make a queue for some profiles and return the action that shows it.

        :param in_person: those for which a silent renewal will not do
        :raise AccessError: none of them may be renewed by this user
        """
        profiles.check_access("read")
        allowed = profiles.filtered("may_renew")
        if not allowed:
            profiles._check_may_renew()
        self.env["social.home"]._check()
        # Nobody writes one, so that it tells nobody of profiles that are not his.
        queue = self.sudo().create({"left_out_count": len(profiles - allowed)})
        queue._fill(allowed, in_person)
        return queue._get_action()

    def _fill(self, profiles, in_person):
        """Plan the renewal of each profile, and let the engine begin with its part."""
        ways = {
            profile: policy.LOGIN if profile in in_person else profile._get_way()
            for profile in profiles
        }
        silent = profiles.filtered(lambda one: ways[one] == policy.SILENT)
        # The engine reads tokens that this user may not.
        silent.sudo().token_id._renew_soon()
        without = profiles.filtered(lambda one: ways[one] != policy.LOGIN)
        self.write(
            {
                "outcome_ids": [
                    Command.create(one._prepare_outcome(ways[one])) for one in without
                ]
            }
        )
        places = (profiles - without).grouped(lambda one: one._get_login_place())
        for (app, token, problem), grouped in places.items():
            self._add_login(app, token, grouped, problem)

    def _add_login(self, app, token, profiles, problem=False):
        self.env["social.renewal.login"].create(
            {
                "queue_id": self.id,
                "app_id": app.id,
                "person_name": token.external_user_name,
                "problem": problem,
                "tried_at": bool(problem) and now(),
                "outcome_ids": [
                    Command.create(
                        {"queue_id": self.id, **one._prepare_outcome(policy.LOGIN)}
                    )
                    for one in profiles
                ],
            }
        )

    def _get_action(self):
        """Return the action that shows this queue at its own address."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "social_token_manager.social_renewal_queue_action"
        )
        return {**action, "res_id": self.id}

    @api.model
    def _get_open(self):
        """Return this user's latest queue that still needs a login, empty if none."""
        latest = self.search([("create_uid", "=", self.env.uid)], limit=1)
        return latest if latest._get_next() else self.browse()

    # === ACTION METHODS === #

    def _get_next(self):
        """Return the first login that nobody has tried yet."""
        return self.login_ids.filtered(lambda one: one.state == "waiting")[:1]

    def action_next(self):
        """Leave for the next login.

        :raise UserError: all have been tried
        """
        self.ensure_one()
        following = self._get_next()
        if not following:
            raise UserError(
                self.env._(
                    "All logins of this queue were tried. What is still open can be "
                    "tried again below."
                )
            )
        return following.action_login()

    def action_close(self):
        """Go to the list; what was renewed stays renewed."""
        self.check_access("read")
        return self.env["ir.actions.act_window"]._for_xml_id(
            "social_token_manager.social_profile_action"
        )
