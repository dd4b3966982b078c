from odoo import api, models
from odoo.tools import SQL

from ..policy import gap


class SocialNotice(models.Model):
    """The notice before held data of a profile is deleted (``social.profile.gap``)."""

    _inherit = "social.notice"

    @api.model
    def _record_purges(self, at):
        """Record that held data goes soon, where the company deletes it.

        A network may have less time than that between the end and the deletion; then
        it is told at once.
        """
        self.env.flush_all()
        return self._insert(
            SQL(
                """
                due AS MATERIALIZED (
                    SELECT profile.id, profile.company_id, profile.cycle,
                           profile.user_id
                      FROM social_profile profile
                      JOIN social_network network ON network.id = profile.network_id
                      JOIN res_company company ON company.id = profile.company_id
                     WHERE profile.active AND company.social_purge
                       AND network.purge_after_days > 0
                       AND (profile.access_id IS NOT NULL
                            OR profile.disconnected_at IS NOT NULL)
                       AND profile.expires_at <= %(at)s
                       AND (profile.purged_at IS NULL
                            OR profile.purged_at < profile.expires_at)
                       AND profile.expires_at + network.purge_after_days
                           * INTERVAL '1 day' > %(at)s
                       AND profile.expires_at + (network.purge_after_days - %(before)s)
                           * INTERVAL '1 day' <= %(at)s
                       AND NOT EXISTS (
                           SELECT FROM social_notice told
                            WHERE told.profile_id = profile.id
                              AND told.cycle = profile.cycle AND told.rung = %(rung)s)),
                entitled AS (%(entitled)s)
                """,
                at=at,
                before=gap.TOLD_BEFORE_DAYS,
                rung=gap.PURGE,
                entitled=self._get_entitled_sql(),
            ),
            SQL(
                "SELECT due.id, due.company_id, due.cycle, %s, entitled.partner_id,"
                " entitled.channel, 'waiting'"
                " FROM due JOIN entitled ON entitled.profile_id = due.id",
                gap.PURGE,
            ),
        )
