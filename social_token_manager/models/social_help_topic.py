from odoo import api, fields, models

from .. import help_wording
from ..policy import help as policy

MANAGERS = "social_token_manager.group_manager"


class SocialHelpTopic(models.Model):
    """An article that answers one question, in the reader's language.

    Articles are data of the addon and arrive with its updates. Links from one to
    another are addresses of the Help page; the web client keeps them in place.
    """

    _name = "social.help.topic"
    _description = "Help Topic"
    _order = "category_rank, sequence, id"

    name = fields.Char("Question", required=True, readonly=True, translate=True)
    code = fields.Char(required=True, readonly=True)
    summary = fields.Char(readonly=True, translate=True)
    category = fields.Selection(
        [
            ("tokens", "Access tokens"),
            ("renewing", "Renewing"),
            ("rights", "Rights"),
            ("connecting", "Connecting"),
            ("care", "Notices and care"),
        ],
        required=True,
        readonly=True,
    )
    category_rank = fields.Integer(compute="_compute_category_rank", store=True)
    sequence = fields.Integer(default=10, readonly=True)
    body = fields.Html(readonly=True, translate=True)
    table = fields.Selection(
        [
            ("validity", "How long tokens live"),
            ("rights", "Rights at the network"),
            ("loss", "What is lost, and when"),
        ],
        readonly=True,
        help="Made of what is known of each network when somebody reads the article.",
    )
    network_id = fields.Many2one(
        "social.network", readonly=True, index=True, ondelete="set null"
    )
    related_codes = fields.Char(readonly=True, help="Codes of other articles.")
    related_ids = fields.Many2many("social.help.topic", compute="_compute_related_ids")
    created_on = fields.Date(required=True, readonly=True)
    revised_on = fields.Date("Last Revised On", required=True, readonly=True)
    helpful_count = fields.Integer(compute="_compute_votes", groups=MANAGERS)
    unhelpful_count = fields.Integer(compute="_compute_votes", groups=MANAGERS)

    _code_unique = models.UniqueIndex("(code)", "The code of a topic is used once.")

    @api.depends("category")
    def _compute_category_rank(self):
        codes = [code for code, _label in self._fields["category"].selection]
        for topic in self:
            topic.category_rank = (
                codes.index(topic.category) if topic.category else len(codes)
            )

    @api.depends("related_codes")
    def _compute_related_ids(self):
        wanted = {topic: policy.split_codes(topic.related_codes) for topic in self}
        found = self._by_codes({code for codes in wanted.values() for code in codes})
        for topic, codes in wanted.items():
            # In the order in which they are named.
            topic.related_ids = self.browse(
                [found[code].id for code in codes if code in found]
            )

    @api.model
    def _by_codes(self, codes):
        topics = self.search([("code", "in", list(codes))]) if codes else self
        return {topic.code: topic for topic in topics}

    def _compute_votes(self):
        counts = self.env["social.help.vote"]._count(self)
        for topic in self:
            topic.helpful_count = counts.get((topic.id, True), 0)
            topic.unhelpful_count = counts.get((topic.id, False), 0)

    # === WHAT A READER ASKS FOR === #

    @api.model
    @api.readonly
    def get_help(self, code=False):
        """Return articles for a reader, and where to ask people.

        :param code: of the article to show; without, all are returned
        :return: ``{topics: [values], support: values}``; no topics when there is none
            of that code
        :raise AccessError: the user has no role here
        """
        self.check_access("read")
        topics = self.search([("code", "=", code)] if code else [])
        votes = self.env["social.help.vote"]._get_own(topics)
        return {
            "topics": [topic._prepare_article(votes) for topic in topics],
            "support": self.env.company._get_support(),
        }

    def vote(self, is_helpful):
        """Say whether this revision of the article helped; the latest vote counts.

        :return: what :meth:`get_help` tells of votes
        :raise AccessError: the user has no role here
        """
        self.ensure_one()
        self.check_access("read")
        self.env["social.help.vote"]._cast(self, bool(is_helpful))
        self.invalidate_recordset(["helpful_count", "unhelpful_count"], flush=False)
        return self._prepare_votes({self.id: bool(is_helpful)})

    def _prepare_article(self, votes):
        """Return the values that the web client shows.

        :param dict votes: ``{topic id: is helpful}`` of the reader
        """
        self.ensure_one()
        labels = dict(self._fields["category"]._description_selection(self.env))
        return {
            "id": self.id,
            "code": self.code,
            "name": self.name,
            "summary": self.summary or "",
            "category": labels[self.category],
            "network": self.network_id.name or "",
            "body": self.body or "",
            "table": self._get_table(),
            "created_on": fields.Date.to_string(self.created_on),
            "revised_on": fields.Date.to_string(self.revised_on),
            "related": [
                {"code": topic.code, "name": topic.name} for topic in self.related_ids
            ],
            "votes": self._prepare_votes(votes),
        }

    def _prepare_votes(self, votes):
        """Return the reader's own vote, and how many there are where he may know."""
        found = {"own": votes.get(self.id)}
        if self.env.user.has_group(MANAGERS):
            found["yes"] = self.helpful_count
            found["no"] = self.unhelpful_count
        return found

    def _get_table(self):
        """Return ``{title, columns, rows}`` of all networks, False without a table."""
        if not self.table:
            return False
        labels = dict(self._fields["table"]._description_selection(self.env))
        networks = self.env["social.network"].search([("active", "=", True)])
        columns, rows = help_wording.TABLES[self.table](self.env, networks)
        return {"title": labels[self.table], "columns": columns, "rows": rows}
