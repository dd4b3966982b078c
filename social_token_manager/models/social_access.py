from odoo import fields, models

from ..clock import now
from ..fields import Encrypted
from ..keyring import SecretDamaged
from ..policy import choice, expiry, reasons
from ..providers.results import HandOut, Reach


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
        [("yes", "Yes"), ("no", "No"), ("unknown", "Unknown")],
        default="unknown",
        required=True,
        string="Can Renew Tokens",
    )
    proven_at = fields.Datetime("Last Proven")
    granted = fields.Boolean(help="Ticked when this person last granted access.")
    missing_scopes = fields.Char("Lacks")
    reason = fields.Char()
    reason_at = fields.Datetime()

    _profile_token_unique = models.UniqueIndex(
        "(profile_id, token_id)", "A token reaches a profile once."
    )

    # === STORING === #

    def _store_listing(self, profile_data):
        """Store what the network just said about this access."""
        self.ensure_one()
        self.write(
            {
                "page_token": profile_data.page_token
                and self._seal_secret("page_token", profile_data.page_token),
                "native_tasks": ", ".join(profile_data.native_tasks),
                "can_renew": profile_data.can_renew,
                "missing_scopes": ", ".join(profile_data.missing_scopes),
                "person_id": self.token_id.person_id.id,
                "proven_at": now(),
                "granted": True,
            }
        )
        self._note_reason(profile_data.reason)

    def _note_reason(self, reason):
        """Set or clear the reason; the moment of the first loss is kept."""
        self.ensure_one()
        if not reason:
            self.write({"reason": False, "reason_at": False})
        elif self.reason != reason:
            self.write({"reason": reason, "reason_at": self.reason_at or now()})

    def _note_deselected(self):
        """Note that the person left these profiles unticked."""
        for access in self:
            access._note_reason(reasons.DESELECTED)
            access.granted = False

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
        reason, _when = self._get_reason()
        return choice.Candidate(
            id=self.id,
            healthy=not reason and (moment is None or moment > at),
            moment=moment,
            granted_at=self.token_id.granted_at
            or self.token_id.issued_at
            or self.create_date,
        )
