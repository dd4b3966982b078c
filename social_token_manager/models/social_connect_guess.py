from ipaddress import ip_address

from odoo import api, fields, models
from odoo.tools import SQL, hmac

from ..clock import now
from ..const import GUESS_WINDOW, GUESSES_IN_ALL, GUESSES_PER_SOURCE
from ..engine import own_environment

SCOPE = "social.connect.guess"
# Who has one address of a provider's for IPv6 has all of a network of this size.
NETWORK_BITS = 64


class SocialConnectGuess(models.Model):
    """How many tokens that no link has came from where, in ten minutes.

    In the database, since several processes answer. Where they came from is stored as
    a keyed hash: counting needs no more.
    """

    _name = "social.connect.guess"
    _description = "Guesses at Connect Links"

    source = fields.Char(required=True, readonly=True)
    window_at = fields.Datetime(required=True, readonly=True)
    count = fields.Integer(required=True, readonly=True)

    _source_unique = models.UniqueIndex("(window_at, source)")

    @api.model
    def _is_stopped(self, address):
        """Whether nobody from an address is listened to now.

        When too many guesses come from everywhere, all who have made one are stopped;
        who comes with a link of ours is not.
        """
        self.env.cr.execute(
            SQL(
                "SELECT COALESCE(sum(count), 0),"
                " COALESCE(sum(count) FILTER (WHERE source = %s), 0)"
                " FROM social_connect_guess WHERE window_at = %s",
                self._get_source(address),
                self._get_window(),
            )
        )
        in_all, from_here = self.env.cr.fetchone()
        limit = 1 if in_all >= GUESSES_IN_ALL else GUESSES_PER_SOURCE
        return from_here >= limit

    @api.model
    def _count(self, address):
        """Count one guess, whatever becomes of the caller's transaction."""
        with own_environment(self.env) as env:
            env.cr.execute(
                SQL(
                    "INSERT INTO social_connect_guess (source, window_at, count)"
                    " VALUES (%s, %s, 1) ON CONFLICT (window_at, source)"
                    " DO UPDATE SET count = social_connect_guess.count + 1",
                    self._get_source(address),
                    self._get_window(),
                )
            )

    @api.model
    def _get_source(self, address):
        try:
            found = ip_address(address or "")
        except ValueError:
            text = address or ""
        else:
            bits = found.max_prefixlen
            shift = bits - NETWORK_BITS if bits > NETWORK_BITS else 0
            text = f"{found.version}:{int(found) >> shift}"
        # The hash is keyed with the database's own secret.
        return hmac(self.sudo().env, SCOPE, text)

    @api.model
    def _get_window(self):
        at = now()
        midnight = at.replace(hour=0, minute=0, second=0)
        return midnight + (at - midnight) // GUESS_WINDOW * GUESS_WINDOW

    @api.autovacuum
    def _gc_guesses(self):
        self.sudo().search(
            [("window_at", "<", now() - GUESS_WINDOW)], limit=10_000
        ).unlink()
