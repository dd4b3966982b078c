import logging
import random
from dataclasses import dataclass, field

from odoo import SUPERUSER_ID, api, models
from odoo.tools import SQL

from ..clock import now
from ..const import CALL_LIMIT, CHECK_PAUSE, SUBSCRIPTION_PAUSE
from ..dispatch import run
from ..engine import lock_rows, persist
from ..keyring import SecretDamaged
from ..providers import PROVIDERS
from ..providers.errors import ProviderError

_logger = logging.getLogger(__name__)

TURN_SECONDS = 60


@dataclass(frozen=True)
class Upkeep:
    """Looking after the subscription of one page, with plain data only.

    :ivar profile_ids: of the profiles that are this page
    """

    profile_ids: tuple
    provider: object = field(repr=False)
    reach: object = field(repr=False)
    wanted: tuple = ()

    def __call__(self):
        """Return the :class:`Subscription`.

        :raise ProviderError: there is no definite answer
        """
        return self.provider.keep_subscribed(self.reach, self.wanted)


class SocialProfileSubscription(models.AbstractModel):
    """Whether the networks still send messages, and seeing to it that they do.

    A part of ``social.profile``.
    """

    _name = "social.profile.subscription"
    _description = "Subscription to Messages of Social Profiles"

    # === SCHEDULE === #

    def _look_after(self):
        """Have the subscription of these profiles looked after as soon as possible."""
        served = self.filtered(
            lambda profile: any(
                PROVIDERS[app.provider].needs_subscription
                for app in profile.access_ids.token_id.app_id
            )
        )
        if served:
            served.write({"subscribe_at": now()})
            self.env.ref("social_token_manager.ir_cron_check_subscriptions")._trigger()

    def write(self, vals):
        """Override of Odoo's: what people want to receive decides what is asked for."""
        result = super().write(vals)
        if "receive_story_replies" in vals:
            # Whoever may change the option may not read tokens.
            self.sudo()._look_after()
        return result

    # === SCHEDULED === #

    @api.model
    def _cron_subscribe(self):
        """Ask the networks once a day what they send, and repair what is missing."""
        if not self.env["social.home"]._is_here():
            return
        cron = self.env["ir.cron"]
        seconds = min(cron._commit_progress(), TURN_SECONDS)

        def store(upkeep, outcome):
            try:
                profiles = self.browse(upkeep.profile_ids)
                persist(
                    self.env,
                    lambda env: profiles.with_env(env)._store_subscription(outcome),
                    SUPERUSER_ID,
                )
            except Exception as error:
                # One page must not end the turn of all; it is taken again.
                _logger.error("A check was not stored: %s", type(error).__name__)

        made = run(
            self._take_subscriptions, store, in_flight=CALL_LIMIT, seconds=seconds
        )
        cron._commit_progress(made)

    @api.model
    def _take_subscriptions(self, slots):
        """Take at most ``slots`` pages; return an :class:`Upkeep` for each.

        Taking one moves its next check a little on, so that a crash loses nothing and
        nobody asks twice. Who stores something of the same profiles is waited for.
        """
        return persist(
            self.env, lambda env: env[self._name]._take_pages(slots), SUPERUSER_ID
        )

    @api.model
    def _take_pages(self, slots):
        due = self._get_due(slots)
        pages = {profile: profile._get_page_mates() for profile in due}
        lock_rows(self.union(*pages.values()))
        taken = (profile._take_page(mates) for profile, mates in pages.items())
        return [one for one in taken if one]

    @api.model
    def _get_due(self, slots):
        """Return the profiles that are due, of apps that may call now."""
        self.env.cr.execute(
            SQL(
                """
                SELECT profile.id FROM social_profile profile
                  JOIN social_access access ON access.id = profile.access_id
                  JOIN social_token token ON token.id = access.token_id
                  JOIN social_app app ON app.id = token.app_id
                 WHERE profile.subscribe_at <= %(now)s AND profile.active
                   AND profile.reason IS NULL AND token.reason IS NULL AND app.active
                   AND (app.paused_until IS NULL OR app.paused_until <= %(now)s)
                   AND app.provider = ANY(%(providers)s)
                 ORDER BY profile.subscribe_at, profile.id LIMIT %(slots)s
                """,
                now=now(),
                providers=[
                    code for code, one in PROVIDERS.items() if one.needs_subscription
                ],
                slots=slots,
            )
        )
        return self.browse(profile_id for (profile_id,) in self.env.cr.fetchall())

    def _take_page(self, profiles):
        """Take this profile and the others of its page; return the :class:`Upkeep`.

        None where there is nothing to ask with, or nothing left to ask.

        :param profiles: all that are the same page, locked
        """
        self.ensure_one()
        if not self.subscribe_at or self.subscribe_at > now():
            # Taken a moment ago: by another turn, or with another profile of the page.
            return None
        profiles.write({"subscribe_at": now() + CHECK_PAUSE})
        try:
            provider = self.token_id.app_id._get_provider()
            reach = self.access_id._get_subscriber(provider)
        except SecretDamaged:
            return None
        if not reach.page_token:
            return None
        wanted = provider.fields_for(
            profiles.network_id.mapped("code"),
            with_story_replies=any(profiles.mapped("receive_story_replies")),
        )
        return Upkeep(tuple(profiles.ids), provider, reach, wanted)

    def _get_page_mates(self):
        """Return the profiles that live from the same page, of one subscription."""
        own = _opened(self.access_id)
        mates = self.token_id.access_ids.filtered(
            lambda access: access.profile_id.access_id == access
        )
        return (
            mates.filtered(
                lambda access: own and _opened(access) == own
            ).profile_id.sorted("id")
            or self
        )

    # === STORING === #

    def _store_subscription(self, outcome):
        """Store what came of looking after a page; no answer changes nothing."""
        if isinstance(outcome, ProviderError):
            _logger.info("Subscriptions could not be read: %s", outcome.detail)
            return
        lock_rows(self)
        was_missing = any(self.mapped("missing_fields"))
        self.write(
            {
                "subscribed_fields": ", ".join(outcome.fields),
                "missing_fields": ", ".join(outcome.missing),
                "subscription_checked_at": now(),
                "subscribe_at": now() + SUBSCRIPTION_PAUSE * random.uniform(0.9, 1),
            }
        )
        if outcome.is_repaired:
            self._journal_subscription("subscribed", outcome)
        elif outcome.missing and not was_missing:
            self._journal_subscription("unsubscribed", outcome)

    def _journal_subscription(self, kind, outcome):
        detail = outcome.detail or ", ".join(outcome.missing or outcome.fields)
        self.env["social.event"]._record(kind, self, detail=detail[:200])


def _opened(access):
    try:
        return access._open_secret("page_token")
    except SecretDamaged:
        return None
