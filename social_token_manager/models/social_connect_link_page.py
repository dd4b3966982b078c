import re

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL, consteq

from ..clock import now
from ..const import OPEN_REQUESTS_PER_LINK
from ..engine import lock_rows, own_environment, see_rights
from ..hashing import digest
from ..policy import links as policy
from ..policy import reasons
from ..setup_help import SCOPES
from ..wording import link_result_sentence, moment_text
from .social_connect_link import ACTIVITY, MANAGER

# As links are given them; the database does not take everything an address may hold.
REFERENCE = re.compile(r"[\w-]{16}", re.ASCII)


class SocialConnectLink(models.Model):
    """What the person outside does with a link, and what comes of it."""

    _inherit = "social.connect.link"

    # === FINDING === #

    @api.model
    def _find(self, token, address):
        """Return the link of a token, empty for none; who guesses is slowed down.

        :param str address: where the request came from
        """
        guesses = self.env["social.connect.guess"].sudo()
        # Whoever has the token may see the link; what is shown of it is chosen.
        links = self.sudo()
        if guesses._is_stopped(address):
            return links.browse()
        link = links.search([("token_hash", "=", digest(token))])
        if not link:
            guesses._count(address)
        return link

    @api.model
    def _recall(self, reference, binding):
        """Return the link that a browser has opened before, empty for none.

        :param str binding: the value of the cookie
        """
        if not binding or not REFERENCE.fullmatch(reference):
            return self.browse()
        link = self.sudo().search([("reference", "=", reference)])
        return link if link._is_bound_to(binding) else link.browse()

    def _is_bound_to(self, binding):
        """Whether a browser is the one that opened this link first."""
        return bool(self.binding_hash and binding) and consteq(
            self.binding_hash, digest(binding)
        )

    # === OPENING === #

    def _bind(self, binding):
        """Bind this link to the browser that opens it first, by one statement.

        That browser may come again: by a second press, or by a repeated request.

        :param str binding: the random value of its cookie
        :return: whether it is this browser's now
        """
        with own_environment(self.env) as env:
            env.cr.execute(
                SQL(
                    "UPDATE social_connect_link"
                    " SET binding_hash = %(binding)s, opened_at = %(now)s"
                    " WHERE id = %(id)s AND token_hash = %(token)s"
                    " AND binding_hash IS NULL AND done_at IS NULL"
                    " AND revoked_at IS NULL AND expires_at > %(now)s RETURNING id",
                    binding=digest(binding),
                    now=now(),
                    id=self.id,
                    token=self.token_hash,
                )
            )
            link = self.with_env(env)
            if env.cr.fetchone():
                link._journal("link_opened")
            # Read in this cursor: the caller's does not see what others just did.
            return link._is_bound_to(binding)

    def _start(self):
        """Start an attempt at the network in the inviter's name.

        :return: the id of the OAuth request, the address of the consent page and the
            value of the request's cookie
        :raise UserError: nothing can be started now
        """
        with own_environment(self.env, uid=self.user_id.id) as env:
            return env["social.oauth.request"]._start_for_link(self.with_env(env))

    def _drop_surplus(self):
        """End the oldest open attempts, so that nobody piles them up."""
        still_open = self.request_ids.filtered(
            lambda one: not one.consumed_at and one.expires_at > now()
        )
        still_open.sorted("id", reverse=True)[OPEN_REQUESTS_PER_LINK - 1 :].write(
            {"expires_at": now()}
        )

    # === WHAT THE PAGES SHOW === #

    def _get_page(self):
        """Return what the page says, in the language of its reader.

        Names and sentences only: no ids, no users but the inviter, no other accounts.
        """
        link = self._localized(self.person_id)
        logo = link.company_id.logo_web
        return {
            **link._get_invitation(),
            "logo": logo and f"data:image/png;base64,{logo.decode()}",
            "permissions": link._get_permissions(),
        }

    def _get_permissions(self):
        """Return in plain words what the network will be asked to allow."""
        known = [
            SCOPES[scope][0]
            for scope in self.app_id._get_asked_scopes()
            if scope in SCOPES
        ]
        said = (self.env._(text) for text in known)  # pylint: disable=gettext-variable
        return list(dict.fromkeys(said))

    def _get_outcome(self):
        """Return what came of it so far: ``{kind, ...}`` for the clean page.

        Kinds: ``done``, ``wrong``, ``again`` (with the sentence why), ``over``.
        """
        link = self._localized(self.person_id)
        if self.done_at and not self.revoked_at:
            return {"kind": "done", "connected": link._get_connected_lines()}
        is_alive = self._is_alive()
        if self.state == policy.WRONG_ACCOUNT:
            names = self.account_ids.mapped(lambda one: one.handle or one.name)
            return {"kind": "wrong", "names": names, "may_retry": is_alive}
        if not is_alive:
            return {"kind": "over"}
        last = self.request_ids.sorted("id")[-1:]
        return {
            "kind": "again",
            "sentence": link_result_sentence(link.env, last.result),
        }

    def _get_connected_lines(self):
        return [
            {
                "network": profile.network_id.name,
                "name": profile.name,
                "until": profile.expires_at
                and moment_text(self.env, profile.expires_at),
            }
            for profile in self.connected_ids
        ]

    # === WHAT COMES BACK === #

    def _take_listing(self, token, listing):
        """Store of what a grant reaches only what this link is for.

        In the engine's environment, in the inviter's name. What lives from this very
        token already is served, too: it would keep the secret of a grant that is over.

        :return: as ``social.profile._store_listing`` does
        """
        Profile = self.env["social.profile"]
        see_rights(self.env)
        lock_rows(self)
        # As everywhere: the tokens, all at once, then the profiles.
        lock_rows(self.account_ids.token_id | token)
        is_alive = self._is_alive()
        meant = self._choose_meant(token, listing) if is_alive else []
        served = {
            (one.network_id.code, one.external_id)
            for one in token.access_ids.profile_id
        }
        wanted = [
            data
            for data in listing
            if data in meant or (data.network, data.external_id) in served
        ]
        granted = Profile._store_granted(
            token, wanted, listing, may_create=not self.profile_id
        )
        missing = Profile._mark_missing(token, listing)
        self.env["social.event"]._record(
            "granted", token, generation=token.generation, app_id=token.app_id.id
        )
        places = {(data.network, data.external_id) for data in meant}
        reached = granted.filtered(
            lambda one: (one.network_id.code, one.external_id) in places
        )
        if is_alive:
            self._conclude(token, reached, meant, listing)
        # What connects nothing, and waits for nobody's decision, is not kept.
        token._forget_unused(reasons.NOT_CONNECTED if is_alive else reasons.REVOKED)
        return reached, [data for data in meant if not data.usable], missing

    def _choose_meant(self, token, listing):
        """Return the :class:`ProfileData` that this link may connect."""
        here = [data for data in listing if data.network == self.network_id.code]
        if self.profile_id.external_id:
            return [
                data for data in here if data.external_id == self.profile_id.external_id
            ]
        found = self._find_profiles(token, listing)
        profiles = [
            (data, found.get((data.network, data.external_id))) for data in here
        ]
        if self.profile_id:
            return [data for data, profile in profiles if profile == self.profile_id]
        return [data for data, profile in profiles if self._is_free(profile)]

    def _find_profiles(self, token, listing):
        """Return ``{(network code, external id): profile}`` of what a listing is about.

        Profiles made by hand are among them: whatever would be connected with it.
        """
        Profile = self.env["social.profile"]
        known = Profile._find_listed(token.company_id, listing)
        made = Profile._find_made(token, listing, known)
        return {place: profile for place, (profile, _by_what) in made.items()} | known

    def _is_free(self, profile):
        """Whether a first connection may take a profile: none, or nobody else's."""
        return not profile or profile.partner_id in (
            self.partner_id,
            self.env["res.partner"],
        )

    def _conclude(self, token, reached, meant, listing):
        """Note what came of a grant: used, another account, or neither."""
        works = reached.filtered(
            lambda one: (
                not any(
                    access._get_reason()[0]
                    for access in one.access_ids
                    if access.token_id == token
                )
            )
        )
        if works:
            self._become_done(works)
            return
        others = [
            data
            for data in listing
            if data.usable and data.network == self.network_id.code
        ]
        if others and not meant:
            self._hold(token, others)

    def _become_done(self, profiles):
        """Use the link up, and tell the inviter."""
        self.write(
            {
                "done_at": now(),
                "wrong_at": False,
                "connected_ids": [fields.Command.set(profiles.ids)],
            }
        )
        self._release_held()._forget(reasons.NOT_CONNECTED)
        profiles.filtered(lambda one: not one.partner_id).partner_id = self.partner_id
        self._journal("link_used")
        self.activity_unlink([ACTIVITY])
        told = self.with_context(lang=self.user_id.lang, tz=self.user_id.tz or "UTC")
        # Not in the inviter's name: nobody is told of what he posts himself.
        for profile in profiles.with_env(told.env).with_user(SUPERUSER_ID):
            profile.message_post(
                body=told._get_note(profile),
                author_id=self.person_id.id,
                partner_ids=self.user_id.partner_id.ids,
                subtype_xmlid="mail.mt_note",
                force_send=False,
            )

    def _get_note(self, profile):
        if not profile.expires_at:
            return self.env._("Connected by a connect link; it has no end.")
        return self.env._(
            "Connected by a connect link, until %(moment)s.",
            moment=moment_text(self.env, profile.expires_at),
        )

    def _hold(self, token, accounts):
        """Hold another account for the inviter's decision; nothing is connected."""
        self.account_ids.filtered(lambda one: one.token_id == token).unlink()
        self.write(
            {
                "wrong_at": now(),
                "account_ids": [
                    fields.Command.create(
                        {
                            "token_id": token.id,
                            "network_id": self.network_id.id,
                            "external_id": data.external_id,
                            "name": data.name,
                            "handle": data.handle,
                        }
                    )
                    for data in accounts
                ],
            }
        )
        self._journal("link_wrong")
        self._tell_inviter(
            lambda env: env._(
                "%(person)s logged in with another account: decide",
                person=self.person_id.name,
            )
        )

    def _ask(self):
        """Note once that somebody asks for a new link; what it was for stays."""
        with own_environment(self.env, uid=self.user_id.id) as env:
            env.cr.execute(
                SQL(
                    "UPDATE social_connect_link SET asked_at = %s"
                    " WHERE id = %s AND asked_at IS NULL RETURNING id",
                    now(),
                    self.id,
                )
            )
            if not env.cr.fetchone():
                return
            link = self.with_env(env)
            link._journal("link_asked")
            link._tell_inviter(
                lambda env: env._(
                    "%(person)s asks for a new connect link",
                    person=link.person_id.name,
                )
            )

    def _tell_inviter(self, get_summary):
        """Give whoever answers for this link something to do.

        :param get_summary: function from an environment to what there is to do
        """
        user = self._get_answering_user()
        env = self.with_context(lang=user.lang).env
        self.with_user(user).sudo().activity_schedule(
            ACTIVITY, summary=get_summary(env), user_id=user.id
        )

    def _get_answering_user(self):
        """Return the inviter, or a Manager of the company when he is gone."""
        managers = self.env.ref(MANAGER).sudo().all_user_ids
        here = (self.user_id | managers).filtered(
            lambda one: one.active and self.company_id in one.company_ids
        )
        allowed = here.filtered(
            lambda one: one != self.user_id or self._is_inviter_allowed()
        )
        return (allowed or here)[:1] or self.user_id
