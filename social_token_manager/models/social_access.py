from dataclasses import replace

from odoo import api, fields, models

from ..clock import now
from ..fields import Encrypted
from ..keyring import SecretDamaged
from ..policy import choice, expiry, people, reasons
from ..policy import status as status_policy
from ..providers import get_provider
from ..providers.results import HandOut, Reach
from ..wording import proof_text, reason_label

CAN_RENEW = [
    (people.YES, "Can renew"),
    (people.NO, "Cannot renew"),
    (people.UNKNOWN, "Unknown"),
]
PROOFS = [
    (people.GRANT, "Granted access"),
    (people.LISTED, "Listed by the network"),
    (people.UNLISTED, "No longer listed by the network"),
    (people.LOST, "Lost the role"),
    (people.RETURNED, "Has a role again"),
    (people.HAND, "Set by hand"),
    (people.HELD, "Held a token before"),
]
# What somebody is asked to renew by now.
ENDING = (status_policy.EXPIRED, status_policy.EXPIRING)


class SocialAccess(models.Model):
    """One token (or one person without a token) and one profile.

    It says in which role the person reaches the profile, whether that person can renew
    it, and why the profile no longer works through this token.
    """

    _name = "social.access"
    _inherit = ["social.secret.mixin"]
    _description = "Access to a Social Profile"
    _order = "profile_id, id"
    _rec_name = "person_id"

    profile_id = fields.Many2one(
        "social.profile", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="profile_id.company_id")
    token_id = fields.Many2one(
        "social.token", index="btree_not_null", ondelete="cascade"
    )
    person_id = fields.Many2one("res.partner", index="btree_not_null")
    page_token = Encrypted()
    native_tasks = fields.Char("Role at the Network")
    can_renew = fields.Selection(
        CAN_RENEW,
        default=people.UNKNOWN,
        required=True,
        string="Can Renew Tokens",
    )
    proven_at = fields.Datetime("Last Proven")
    proof = fields.Selection(PROOFS, "Proven By")
    listed_since = fields.Datetime()
    judge_id = fields.Many2one("res.users", "Set By")
    note = fields.Char()
    held_until = fields.Datetime("Held a Token Until")
    # Of people whom the network lists and nobody here knows.
    network_user_id = fields.Char("Network User ID")
    network_user_name = fields.Char("Network User")
    proof_text = fields.Text("Why", compute="_compute_proof_text")
    has_held = fields.Boolean("Held a Token", compute="_compute_standing")
    standing = fields.Selection(
        [
            ("in_use", "In use"),
            ("reserve", "In reserve"),
            ("broken", "Broken"),
            ("before", "Held before"),
        ],
        compute="_compute_standing",
    )
    trouble = fields.Char("What Is Wrong", compute="_compute_standing")
    granted = fields.Boolean(help="Ticked when this person last granted access.")
    missing_scopes = fields.Char("Lacks")
    reason = fields.Char()
    reason_at = fields.Datetime()

    _profile_token_unique = models.UniqueIndex(
        "(profile_id, token_id)", "A token reaches a profile once."
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "proof", "proven_at", "listed_since", "native_tasks", "judge_id", "note"
    )
    @api.depends_context("lang", "tz")
    def _compute_proof_text(self):
        for access in self:
            access.proof_text = proof_text(self.env, access)

    @api.depends("profile_id.access_id", "token_id", "reason", "held_until")
    @api.depends_context("lang")
    def _compute_standing(self):
        at = now()
        # Members see what stands behind their profiles, not the tokens themselves.
        for access in self.sudo():
            candidate = access._get_candidate(at) if access.token_id else None
            reason, _when = access._get_reason() if candidate else (None, None)
            access.standing = access._get_standing(candidate)
            access.has_held = bool(candidate or access.held_until)
            access.trouble = (
                access.standing == "broken"
                or (access.standing == "in_use" and not candidate.healthy)
            ) and reason_label(self.env, reason or reasons.EXPIRED)

    def _get_standing(self, candidate):
        """Return the standing of an access.

        :param candidate: the :class:`choice.Candidate` it is, None without a token
        """
        if not candidate:
            return "before" if self.held_until else False
        if self.profile_id.access_id == self:
            return "in_use"
        return "reserve" if candidate.healthy else "broken"

    @api.depends("person_id", "network_user_name", "network_user_id")
    def _compute_display_name(self):
        # Members see who it is there, too, and not the token that tells.
        for access in self.sudo():
            access.display_name = access._get_full_name()

    def _get_person_name(self):
        """Return who this is, by what is known."""
        return self.person_id.name or self.network_user_name or self.network_user_id

    def _get_full_name(self):
        """Return the name here and, where it is another one, that at the network."""
        name = self._get_person_name()
        there = self.token_id.external_user_name or self.network_user_name
        return f"{name} ({there})" if there and there != name else name

    def _has_left(self):
        """Whether this person was a user here and is none any more."""
        users = self.person_id.with_context(active_test=False).user_ids
        return bool(users) and not any(users.mapped("active"))

    # === STORING === #

    def _store_listing(self, profile_data):
        """Store what the network just said about this access."""
        self.ensure_one()
        kept = self._get_kept_judgement() if profile_data.can_renew == "unknown" else {}
        self.write(
            {
                "page_token": profile_data.page_token
                and self._seal_secret("page_token", profile_data.page_token),
                "native_tasks": ", ".join(profile_data.native_tasks),
                "can_renew": profile_data.can_renew,
                "missing_scopes": ", ".join(profile_data.missing_scopes),
                "person_id": self.token_id.person_id.id,
                "proven_at": now(),
                "proof": people.GRANT,
                "judge_id": False,
                "note": False,
                "granted": True,
                **kept,
            }
        )
        self._note_reason(profile_data.reason)
        self._get_rows_without_token().unlink()

    def _note_reason(self, reason):
        """Set or clear the reason; the moment of the first loss is kept."""
        self.ensure_one()
        if not reason:
            self.write({"reason": False, "reason_at": False})
        elif self.reason != reason:
            self.write({"reason": reason, "reason_at": self.reason_at or now()})

    def _note_roles(self):
        """Let what is known of lost roles show in who can renew."""
        for access in self.filtered("token_id"):
            reason, lost_at = access._get_reason()
            noted = people.after_loss(
                access.can_renew,
                access.proof or None,
                access.proven_at or None,
                lost_at if reason == reasons.LOST_ROLE else None,
            )
            if noted:
                access._write_proof(*noted, lost_at or now())

    def _write_proof(self, can_renew, proof, at=None, **values):
        """Store whether people can renew, and how that is known."""
        self.write(
            {
                "can_renew": can_renew,
                "proof": proof,
                "proven_at": at or now(),
                "judge_id": False,
                "note": False,
                **values,
            }
        )

    def _get_known(self):
        """Return the :class:`people.Known` that the person of this access is."""
        token = self.token_id
        return people.Known(
            self.id,
            token.external_user_id or self.network_user_id or "",
            token.external_user_name or self.network_user_name or "",
        )

    def _store_person(self, data):
        """Store in which role the network lists this person."""
        self.ensure_one()
        self.listed_since = self.listed_since or now()
        self.native_tasks = ", ".join(data.roles) or self.native_tasks
        if not self.token_id:
            self.network_user_id = data.external_id
            self.network_user_name = data.name or self.network_user_name
        # What a Manager knows counts until the network says otherwise.
        if data.can_renew != people.UNKNOWN or self.proof != people.HAND:
            self._write_proof(data.can_renew, people.LISTED)

    def _note_unlisted(self):
        """Note that the network lists these people no more."""
        for access in self:
            access._write_proof(people.NO, people.UNLISTED, listed_since=False)

    @api.model
    def _forget_network_user(self, token):
        """Forget what lists of people told of whoever granted a token."""
        wanted = people.Known(None, token.external_user_id).by_id()
        listed = self.search(
            [
                ("company_id", "=", token.company_id.id),
                ("network_user_id", "=like", f"%{wanted}"),
            ]
        ).filtered(lambda one: one._get_known().by_id() == wanted)
        listed.filtered(lambda one: not one.person_id).unlink()
        listed.exists().write({"network_user_id": False, "network_user_name": False})

    def _get_rows_without_token(self):
        """Return the other rows of this one's person on its profile."""
        self.ensure_one()
        person = self.token_id.person_id or self.person_id
        return (self.profile_id.access_ids - self).filtered(
            lambda one: not one.token_id and person and one.person_id == person
        )

    def _get_kept_judgement(self):
        """Return what a Manager said of this person, while nobody knows better."""
        judged = (self | self._get_rows_without_token()).filtered(
            lambda one: one.proof == people.HAND
        )[:1]
        names = ("can_renew", "proof", "proven_at", "note")
        kept = {name: judged[name] for name in names}
        return {**kept, "judge_id": judged.judge_id.id} if judged else {}

    def _merge(self):
        """Leave one row of a person of whom several say the same."""
        spare = self.filtered(lambda one: not one.token_id and not one.network_user_id)
        kept = self - spare or spare[:1]
        held_until = max(filter(None, spare.mapped("held_until")), default=False)
        if held_until:
            kept.filtered(lambda one: not one.token_id).held_until = held_until
        (spare - kept).unlink()

    def _retire(self):
        """Keep who held a token of a profile, and nothing of the token itself."""
        for access in self:
            others = access._get_rows_without_token()
            if others or not access.person_id:
                others.held_until = now()
                access.unlink()
                continue
            values = {
                "token_id": False,
                "page_token": False,
                "native_tasks": False,
                "missing_scopes": False,
                "granted": False,
                "reason": False,
                "reason_at": False,
                "listed_since": False,
                "held_until": now(),
            }
            if access.proof not in (people.HAND, people.LOST):
                values |= {
                    "can_renew": people.UNKNOWN,
                    "proof": people.HELD,
                    "proven_at": now(),
                }
            access.write(values)

    def _note_deselected(self):
        """Note that these profiles are not granted any more.

        Where nothing is ticked at the network, whoever granted has lost the role.
        """
        for access in self:
            provider = get_provider(access.token_id.app_id.provider)
            has_ticks = provider.profiles_can_be_left_out
            access._note_reason(reasons.DESELECTED if has_ticks else reasons.LOST_ROLE)
            access.granted = False

    def _forget_secret(self, field_name):
        """Override of the mixin: without its own token a Page is not reached.

        The envelope stays where the grant does, or a check would find nothing wrong;
        granting again replaces it.
        """
        for access in self.filtered(lambda one: not one._get_reason()[0]):
            access._note_reason(reasons.DAMAGED_SECRET)

    def _settle_forgotten(self):
        """Override of the mixin."""
        self.profile_id._update_state()

    # === READING === #

    def _get_reaches(self):
        """Return the :class:`Reach` of each, and the ids whose secret is damaged."""
        reaches, damaged = [], []
        for access in self:
            try:
                reaches.append(access._get_reach())
            except SecretDamaged:
                damaged.append(access.id)
        return reaches, damaged

    def _get_reach(self):
        profile = self.profile_id
        return Reach(
            key=self.id,
            network=profile.network_id.code,
            external_id=profile.external_id,
            page_token=self._open_secret("page_token"),
        )

    def _get_subscriber(self, provider):
        """Return the :class:`Reach` with the secret that messages are asked for with.

        :raise SecretDamaged: it does not open
        """
        reach = self._get_reach()
        if not provider.subscribes_with_grant:
            return reach
        return replace(reach, page_token=self.token_id._open_secret("access_token"))

    def _make_hand_out(self):
        """Return the :class:`HandOut` of this access, with its secret opened.

        A Page's own token lives as long as the grant that it came from is watched.

        :raise SecretDamaged: it does not open
        """
        self.ensure_one()
        token = self.token_id
        page_token = self._open_secret("page_token")
        ends_at = not page_token and token.access_expires_at
        life = token._get_life()
        return HandOut(
            token_id=token.id,
            secret=page_token or token._open_secret("access_token") or "",
            generation=token.generation,
            seconds_left=(ends_at - now()).total_seconds() if ends_at else None,
            is_renewable=life.has_refresh_token or life.is_old_enough(now()),
        )

    def _get_reason(self):
        """Return ``(reason, when)``: the access's own, else the token's."""
        self.ensure_one()
        source = self if self.reason else self.token_id
        return source.reason or None, source.reason_at or None

    def _get_end_reason(self, at):
        """Return why this access does not serve at an instant, None where it does."""
        reason, _when = self._get_reason()
        moment = self._get_moment()
        is_over = moment is not None and moment <= at
        return reason or (reasons.EXPIRED if is_over else None)

    def _get_moment(self):
        """Return when a person must act for this profile, None for never."""
        self.ensure_one()
        return expiry.access_expires_at(
            self.token_id._get_clocks(),
            self.token_id.granted_at or self.token_id.issued_at,
            self.profile_id.network_id._get_validity(),
            self.token_id.last_refreshed_at or None,
        )

    def _get_candidate(self, at):
        """Return the :class:`choice.Candidate` that this access is."""
        self.ensure_one()
        moment = self._get_moment()
        return choice.Candidate(
            id=self.id,
            healthy=not self._get_end_reason(at),
            moment=moment,
            granted_at=self.token_id.granted_at
            or self.token_id.issued_at
            or self.create_date,
            lasting=status_policy.status_of(moment, at) not in ENDING,
        )
