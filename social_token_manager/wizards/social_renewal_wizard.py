import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine import persist, see_rights
from ..keyring import SecretDamaged
from ..policy import prerequisites as policy
from ..policy import reasons
from ..providers.errors import ProviderError
from ..wording import result_texts, trouble_sentences
from .social_renewal_line import CONNECTED

_logger = logging.getLogger(__name__)

STEPS = [
    ("permissions", "Change permissions"),
    ("start", "Start"),
    ("login", "Log in with Facebook"),
    ("network", "Reconnect"),
    ("select", "Select accounts"),
    ("finish", "Finish"),
]
ORDER = {"missing": 1, "lacking": 2, "kept": 3, "new": 4, "unusable": 5}


class SocialRenewalWizard(models.TransientModel):
    """The renewal of Instagram, Messenger and Facebook in six steps.

    It has an address of its own: the full-page trip to the network comes back to it,
    and so does somebody who closed the browser. What was granted is stored as soon as
    it comes; the wizard only remembers where the person is.
    """

    _name = "social.renewal.wizard"
    _inherit = ["social.renewal.guard"]
    _description = "Renewal in Six Steps"
    _transient_max_hours = 24 * 7

    name = fields.Char(compute="_compute_name")
    step = fields.Selection(STEPS, default="start", required=True, readonly=True)
    network_id = fields.Many2one(related="profile_id.network_id")
    network_icon = fields.Char(related="profile_id.network_icon", string="Network Icon")
    prerequisites = fields.Html(related="profile_id.prerequisites")
    external_user_name = fields.Char(related="profile_id.external_user_name")
    prerequisite_ids = fields.One2many("social.renewal.prerequisite", "wizard_id")
    has_stories = fields.Boolean(compute="_compute_has_stories")
    is_story_option_off = fields.Boolean(compute="_compute_has_stories")
    unticked = fields.Char(compute="_compute_unticked")
    may_choose = fields.Boolean(compute="_compute_may_choose")
    problem = fields.Text(readonly=True)
    login_id = fields.Many2one(
        "social.renewal.login", readonly=True, ondelete="set null"
    )
    # What the trip gave, which may not be the profile's own yet. Closed to everybody:
    # whoever may write a wizard would otherwise choose somebody else's token.
    granted_token_id = fields.Integer(groups=fields.NO_ACCESS)

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    def _compute_name(self):
        for wizard in self:
            wizard.name = self.env._("Renew the Instagram and Messenger token")

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = wizard.name

    @api.depends("line_ids.receive_story_mentions", "line_ids.receive_story_replies")
    def _compute_has_stories(self):
        for wizard in self:
            stories = wizard._get_story_lines()
            wizard.has_stories = bool(stories)
            wizard.is_story_option_off = not all(
                line.receive_story_mentions and line.receive_story_replies
                for line in stories
            )

    @api.depends("line_ids.is_chosen")
    def _compute_unticked(self):
        for wizard in self:
            wizard.unticked = ", ".join(
                f"{line.network_id.name} {line.name}"
                for line in wizard.line_ids
                if line._is_activity_changed() and not line.is_chosen
            )

    @api.depends_context("uid")
    def _compute_may_choose(self):
        self.may_choose = self.env.user.has_group("social_token_manager.group_manager")

    @api.constrains("profile_id")
    def _check_profile(self):
        """Tell nobody about a profile that is not his to renew."""
        self.profile_id._check_may_renew()

    @api.constrains("login_id")
    def _check_login(self):
        """Let nobody tick off a login in somebody else's queue."""
        # Constraints are checked with all rights.
        self.sudo(False).login_id.check_access("read")

    def _get_story_lines(self):
        return self.line_ids.filtered(
            lambda line: (
                line.network_code == "instagram" and line.kind in (*CONNECTED, "new")
            )
        )

    # === OPENING === #

    @api.model
    def _open_for(self, profile, login=None):
        """Return the action that opens this user's renewal where it stands.

        :param login: the ``social.renewal.login`` that is done by it

        A renewal that was begun and not finished is taken up again. A new one begins
        at the login, with all that must stay ticked in view; whoever connects for the
        first time is told before what it takes.
        """
        wizard = self.search(
            [("create_uid", "=", self.env.uid), ("profile_id", "=", profile.id)],
            order="id desc",
            limit=1,
        )
        if not wizard or wizard.step == "finish":
            is_first = profile.reason == reasons.NOT_CONNECTED
            wizard = self.create(
                {"profile_id": profile.id, "step": "start" if is_first else "login"}
            )
            wizard._add_prerequisites()
        wizard.login_id = login
        return wizard._get_action()

    def _add_prerequisites(self):
        needed = policy.check(self.profile_id._get_prerequisite_facts())
        # People say whether they hold, not which there are.
        self.sudo().prerequisite_ids = [
            fields.Command.create({"code": code}) for code in needed
        ]

    def _get_action(self):
        """Return the action that shows this wizard at its own address."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "social_token_manager.social_renewal_wizard_action"
        )
        return {**action, "res_id": self.id}

    # === ACTION METHODS: FORWARD === #

    def action_start(self):
        """Step 2, *Start*: go on to the login."""
        return self._go_to("start", "login")

    def action_login(self):
        """Step 3, *Log in with Facebook*: leave for the network.

        :raise AccessError: the right to renew was lost meanwhile
        """
        self._check_step("login", "network")
        self.profile_id._check_may_renew()
        self.write({"step": "network", "problem": False})
        return self.profile_id._start_renewal(wizard=self)

    def action_again(self):
        """Step 5, *Go back and tick them*: to the network once more, in one click."""
        self._check_step("select")
        self.step = "login"
        return self.action_login()

    def action_continue(self):
        """Step 5, *Continue*: connect what was chosen, keep the story options.

        :raise AccessError: a right that it takes was lost meanwhile; nothing is stored
        """
        self._check_step("select")
        try:
            self._apply_selection()
        except ProviderError as error:
            self.problem = trouble_sentences(self.env, error)
            return False
        self.write({"step": "finish", "problem": False})
        return False

    def action_finish(self):
        """Step 6, *Finish*: go to the list."""
        self._check_step("finish")
        return self._get_way_out()

    # === ACTION METHODS: BACK === #

    def action_back(self):
        """Go one step back; what was granted stays granted."""
        self.ensure_one()
        back = {"login": "start", "network": "login", "select": "login"}
        self.write({"step": back.get(self.step, self.step), "problem": False})
        return False

    def action_cancel(self):
        """Leave the renewal; what was granted stays granted."""
        way_out = self._get_way_out()
        self.unlink()
        return way_out

    def _get_way_out(self):
        """Return the action that leads to the queue that this is for, else the list."""
        queue = self.login_id.queue_id
        if queue:
            return queue._get_action()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "social_token_manager.social_profile_action"
        )

    def _go_to(self, here, there):
        self._check_step(here)
        self.write({"step": there, "problem": False})
        return False

    def _check_step(self, *allowed):
        """Refuse a button of a step that is over, such as one in an old tab.

        :raise UserError: what to do
        """
        self.ensure_one()
        if self.step not in allowed:
            raise UserError(
                self.env._(
                    "This renewal is at another step by now, perhaps in another "
                    "window. Nothing is lost: reload the page to see where it is."
                )
            )

    # === THE WAY BACK FROM THE NETWORK === #

    def _take_result(self, result, granted=(), offered=(), missing=(), token=None):
        """Take what came of the trip, in the engine's environment.

        :param str result: of the OAuth request
        :param granted: profiles that the grant reaches
        :param offered: :class:`ProfileData` of accounts that are not connected yet
        :param missing: profiles that lived from this person's grant and were left out
        :param token: the ``social.token`` of the grant
        """
        wizard = self.exists()
        if not wizard:
            return
        wizard.login_id._take_result(result)
        if not (granted or offered or missing):
            _title, happened, remedy = result_texts(self.env, result)
            wizard.write({"step": "login", "problem": f"{happened} {remedy}"})
            return
        wizard.line_ids.unlink()
        wizard.line_ids.create(
            [
                *wizard._prepare_known(granted.filtered(_is_lacking), "lacking"),
                *wizard._prepare_known(
                    granted.filtered(lambda one: not _is_lacking(one)), "kept"
                ),
                *wizard._prepare_known(missing, "missing"),
                *wizard._prepare_offered(offered),
            ]
        )
        wizard.write(
            {
                "step": "select",
                "problem": wizard._get_other_login(granted, missing, token),
                "granted_token_id": token.id if token else 0,
            }
        )

    def _get_other_login(self, granted, missing, token):
        """Return what to say when somebody came back who did not give this profile."""
        profile = self.profile_id
        expected = profile.token_id.external_user_name
        if not token or not expected or profile in (granted | missing):
            return False
        return self.env._(
            "The login was that of %(other)s, who did not give %(profile)s. Its "
            "connection is as it was. To renew it, go back and log in as %(expected)s.",
            other=token.external_user_name,
            profile=profile.name,
            expected=expected,
        )

    def _prepare_known(self, profiles, kind):
        return [
            {
                "wizard_id": self.id,
                "kind": kind,
                "sequence": ORDER[kind],
                # Who was put away stays so until somebody takes it back.
                "is_chosen": kind in CONNECTED and profile.active,
                "profile_id": profile.id,
                "network_id": profile.network_id.id,
                "external_id": profile.external_id,
                "name": profile.name,
                "handle": profile.handle,
                "receive_story_mentions": profile.receive_story_mentions,
                "receive_story_replies": profile.receive_story_replies,
            }
            for profile in profiles
        ]

    def _prepare_offered(self, offered):
        networks = {one.code: one.id for one in self.env["social.network"].search([])}
        lines = []
        for data in offered:
            kind = "new" if data.usable else "unusable"
            lines.append(
                {
                    "wizard_id": self.id,
                    "kind": kind,
                    "sequence": ORDER[kind],
                    "network_id": networks[data.network],
                    "external_id": data.external_id,
                    "name": data.name,
                    "handle": data.handle,
                    "receive_story_mentions": True,
                    "receive_story_replies": True,
                }
            )
        return lines

    # === THE SELECTION === #

    def _apply_selection(self):
        """Connect new accounts that were chosen, put away what was unticked.

        :raise ProviderError: the network could not be read again; nothing was changed
        """
        self._check_selection()
        listing = self._read_listing() if self._get_new_lines() else ()
        persist(self.env, lambda env: self.with_env(env)._store_selection(listing))
        self.env.invalidate_all()

    def _get_new_lines(self):
        return self.line_ids.filtered(lambda one: one.kind == "new" and one.is_chosen)

    def _check_selection(self):
        """Refuse a choice that this user may not make, now and not only at the start.

        :raise AccessError: what right it takes
        """
        wizard = self.with_user(self.env.user)
        wizard.profile_id._check_may_renew()
        changed = self.line_ids.filtered(lambda one: one._is_activity_changed())
        if wizard.may_choose or not (changed | self._get_new_lines()):
            return
        raise AccessError(
            self.env._(
                "Connecting new accounts and putting profiles away is for Managers and "
                "Owners of Social Connections. Nothing was changed: leave the ticks as "
                "they were, or ask one of them."
            )
        )

    def _read_listing(self):
        # The engine reads tokens that this user may not.
        try:
            return self.sudo()._get_token()._read_listing()
        except SecretDamaged:
            raise UserError(
                self.env._(
                    "What is stored cannot be used any more. Nothing is lost: go back "
                    "and log in with Facebook again."
                )
            ) from None

    def _get_token(self):
        """Return the ``social.token`` that the selection is about.

        To be called as the superuser.
        """
        granted = self.env["social.token"].browse(self.granted_token_id or [])
        return granted.exists() or self.profile_id.token_id

    def _store_selection(self, listing):
        """Store the choice, in the engine's environment but with this user's rights."""
        # The network was asked meanwhile, and rights may have changed.
        see_rights(self.env)
        self._check_selection()
        user = self.env.user
        for line in self.line_ids.filtered("profile_id"):
            profile = line.profile_id
            # Others' profiles may live from the same grant.
            if not profile.with_user(user).may_renew:
                continue
            profile.write(line._get_story_options())
            if line._is_activity_changed():
                profile.active = line.is_chosen
        if listing:
            self._connect_chosen(listing)

    def _connect_chosen(self, listing):
        new_lines = {
            (line.network_code, line.external_id): line
            for line in self._get_new_lines()
        }
        wanted = [
            data for data in listing if (data.network, data.external_id) in new_lines
        ]
        granted = self.profile_id._store_granted(
            self._get_token(), wanted, listing, may_create=True
        )
        for profile in granted:
            line = new_lines[profile.network_id.code, profile.external_id]
            profile.write(line._get_story_options())
            line.profile_id = profile


def _is_lacking(profile):
    """Whether a profile was granted, but not with all that it needs."""
    return bool(profile.reason or profile.missing_scopes)
