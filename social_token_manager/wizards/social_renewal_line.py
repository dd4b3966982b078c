from odoo import api, fields, models

# What is connected, whether in full or not.
CONNECTED = ("kept", "lacking")
# What the person decides; all else is what the network said.
CHOICES = {"is_chosen", "receive_story_mentions", "receive_story_replies"}


class SocialRenewalLine(models.TransientModel):
    """One page or account on the selection page of a renewal.

    It holds no secret: what is new is read from the network again when it is chosen.
    """

    _name = "social.renewal.line"
    _description = "Account in a Renewal"
    _order = "sequence, id"
    _transient_max_hours = 24 * 7

    wizard_id = fields.Many2one(
        "social.renewal.wizard", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    kind = fields.Selection(
        [
            ("missing", "! Not ticked at the network"),
            ("unusable", "! Cannot be used"),
            ("lacking", "! Permission missing"),
            ("kept", "✓ Connected"),
            ("new", "+ New"),
        ],
        string="At Facebook",
        required=True,
        readonly=True,
    )
    is_chosen = fields.Boolean("Keep")
    profile_id = fields.Many2one("social.profile", readonly=True)
    network_id = fields.Many2one("social.network", readonly=True)
    network_code = fields.Char(related="network_id.code")
    network_icon = fields.Char(related="network_id.icon", string="Network Icon")
    external_id = fields.Char(readonly=True)
    name = fields.Char(readonly=True)
    handle = fields.Char(readonly=True)
    partner_id = fields.Many2one("res.partner", "Client", compute="_compute_partner_id")
    status = fields.Selection(related="profile_id.status")
    days_left = fields.Integer(related="profile_id.days_left")
    expires_at = fields.Datetime(related="profile_id.expires_at")
    has_image = fields.Boolean(related="profile_id.has_image")
    reason_text = fields.Char(related="profile_id.reason_text", string="Reason")
    receive_story_mentions = fields.Boolean(
        "Receive a message when this account is mentioned in a story"
    )
    receive_story_replies = fields.Boolean(
        "Receive replies and reactions to your stories"
    )
    missing_scopes = fields.Char(related="profile_id.missing_scopes", string="Lacks")
    # What was lost may be of a client that this user does not see.
    result = fields.Char(compute="_compute_result", compute_sudo=True)

    def _has_field_access(self, field, operation):
        """Override of Odoo's: nobody says for the network what it granted."""
        if operation == "write" and field.name not in CHOICES and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    @api.depends("profile_id.partner_id")
    @api.depends_context("uid")
    def _compute_partner_id(self):
        """Name a page to who granted it, but its client to who sees the profile."""
        for line in self:
            line.partner_id = line.profile_id._filtered_access("read").partner_id

    @api.depends("profile_id.status", "is_chosen", "kind")
    @api.depends_context("lang")
    def _compute_result(self):
        for line in self:
            line.result = line._get_result()

    def _get_result(self):
        """Return what became of this account, in a few words."""
        if not self.profile_id:
            return self.env._("Not connected")
        if not self.profile_id.active:
            return self.env._("Put away; it can be restored from the archive")
        if self.profile_id.reason:
            return self.env._("Failed: %(why)s", why=self.profile_id.reason_text)
        if self.kind == "missing":
            return self.env._("Unchanged")
        return self.env._("Renewed")

    def _is_activity_changed(self):
        """Whether a profile is to be put away, or taken back, by the choice."""
        return self.kind in CONNECTED and self.is_chosen != self.profile_id.active

    def _get_story_options(self):
        """Return the story options that were asked for, as values of a profile."""
        if self.network_code != "instagram":
            return {}
        return {
            "receive_story_mentions": self.receive_story_mentions,
            "receive_story_replies": self.receive_story_replies,
        }
