from odoo import api, fields, models
from odoo.exceptions import UserError

from ..clock import now
from ..providers import get_provider
from ..wording import result_texts


class SocialRenewalLogin(models.TransientModel):
    """One login of a queue: whose it is, and which profiles it will fix."""

    _name = "social.renewal.login"
    _description = "Login in a Renewal of Many Profiles"
    _order = "id"
    _transient_max_hours = 24 * 7

    queue_id = fields.Many2one(
        "social.renewal.queue", required=True, index=True, ondelete="cascade"
    )
    app_id = fields.Many2one("social.app", readonly=True, ondelete="cascade")
    person_name = fields.Char(readonly=True)
    who = fields.Char("Log In As", compute="_compute_who")
    outcome_ids = fields.One2many("social.renewal.outcome", "login_id", "Profiles")
    profile_count = fields.Integer("Number of Profiles", compute="_compute_who")
    profile_names = fields.Char("What It Fixes", compute="_compute_who")
    tried_at = fields.Datetime("Tried", readonly=True)
    problem = fields.Char(readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("done", "✓ Done"),
            ("partly", "! Not all"),
            ("failed", "✕ Failed"),
        ],
        compute="_compute_state",
    )

    @api.depends("person_name", "outcome_ids")
    @api.depends_context("lang")
    def _compute_who(self):
        for login in self:
            login.who = login.person_name or self.env._(
                "Somebody who manages these profiles"
            )
            profiles = login.outcome_ids.profile_id
            login.profile_count = len(profiles)
            # A page and its Instagram account are often called the same.
            login.profile_names = ", ".join(dict.fromkeys(profiles.mapped("name")))

    @api.depends("tried_at", "outcome_ids.state")
    def _compute_state(self):
        for login in self:
            states = set(login.outcome_ids.mapped("state"))
            if states == {"renewed"}:
                login.state = "done"
            elif states and not login.tried_at:
                login.state = "waiting"
            else:
                # What is gone, or hidden by now, must not hold up the others.
                login.state = "partly" if "renewed" in states else "failed"

    # === ACTION METHODS === #

    def action_login(self):
        """Leave for the network, by the six steps where pages can be left out there.

        :raise AccessError: the right to renew one of the profiles was lost meanwhile
        :raise UserError: none of them is there any more
        """
        self.ensure_one()
        self.check_access("read")
        # Those that are hidden by now must not be left out of the check.
        profiles = self.sudo().outcome_ids.profile_id.with_env(self.env)
        if not profiles:
            raise UserError(
                self.env._(
                    "The profiles that this login was for are not there any more, so "
                    "it would fix nothing. Nothing was changed."
                )
            )
        profiles._check_may_renew()
        self.env["social.home"]._check()
        # Which network an app speaks to is no secret.
        provider = get_provider(self.app_id.sudo().provider)
        if provider.profiles_can_be_left_out:
            return self.env["social.renewal.wizard"]._open_for(profiles[0], self)
        return self.env["social.oauth.request"]._start(
            self.app_id,
            profiles=profiles,
            purpose="renew",
            prompt=profiles[0]._get_prompt(),
            login=self,
        )

    # === THE WAY BACK FROM THE NETWORK === #

    def _take_result(self, result):
        """Note that this login was tried, in the engine's environment.

        :param str result: of the OAuth request
        """
        login = self.exists()
        if login:
            title, *_rest = result_texts(self.env, result)
            is_fine = result == "connected"
            login.write({"tried_at": now(), "problem": not is_fine and title})
