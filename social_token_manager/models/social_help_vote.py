from odoo import api, fields, models
from odoo.tools import SQL

from ..clock import now


class SocialHelpVote(models.Model):
    """Whether one revision of an article helped one user.

    Nobody reads who said what; Managers see how many.
    """

    _name = "social.help.vote"
    _description = "Vote on a Help Topic"
    _rec_name = "topic_id"

    topic_id = fields.Many2one(
        "social.help.topic", required=True, readonly=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, index=True, ondelete="cascade"
    )
    revised_on = fields.Date(
        required=True, readonly=True, help="The revision that was read."
    )
    is_helpful = fields.Boolean(readonly=True)

    _once = models.UniqueIndex("(topic_id, user_id, revised_on)")

    @api.model
    def _cast(self, topic, is_helpful):
        """Note the vote of this user, in place of an earlier one.

        One statement: two tabs may do it at once.
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO social_help_vote (topic_id, user_id, revised_on, is_helpful,
                       create_uid, create_date, write_uid, write_date)
                VALUES (%(topic)s, %(uid)s, %(revised_on)s, %(is_helpful)s,
                        %(uid)s, %(now)s, %(uid)s, %(now)s)
                ON CONFLICT (topic_id, user_id, revised_on) DO UPDATE
                   SET is_helpful = EXCLUDED.is_helpful,
                       write_date = EXCLUDED.write_date
                """,
                topic=topic.id,
                uid=self.env.uid,
                revised_on=topic.revised_on,
                is_helpful=is_helpful,
                now=now(),
            )
        )
        self.invalidate_model()

    @api.model
    def _get_own(self, topics):
        """Return ``{topic id: is helpful}`` of this user, for the present revisions."""
        # Nobody has the right to read votes; these are one's own.
        votes = self.sudo().search(
            [("user_id", "=", self.env.uid), ("topic_id", "in", topics.ids)]
        )
        return {
            vote.topic_id.id: vote.is_helpful
            for vote in votes
            if vote.revised_on == vote.topic_id.revised_on
        }

    @api.model
    def _count(self, topics):
        """Return ``{(topic id, is helpful): number}`` for the present revisions."""
        if not topics.ids:
            return {}
        self.flush_model()
        topics.flush_model(["revised_on"])
        self.env.cr.execute(
            SQL(
                """
                SELECT topic.id, vote.is_helpful, count(*)
                  FROM social_help_vote vote
                  JOIN social_help_topic topic ON topic.id = vote.topic_id
                   AND topic.revised_on = vote.revised_on
                 WHERE topic.id = ANY(%s)
                 GROUP BY topic.id, vote.is_helpful
                """,
                topics.ids,
            )
        )
        return {
            (topic, bool(helpful)): number
            for topic, helpful, number in self.env.cr.fetchall()
        }
