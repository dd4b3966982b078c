from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..clock import now
from ..dispatch import outcome_of
from ..engine import lock_rows, own_environment, persist
from ..keyring import SecretDamaged
from ..policy import people
from ..providers import get_provider
from ..providers.errors import ProviderError, RateLimited
from ..wording import day_text

ASK_TYPE = "social_token_manager.mail_activity_type_renew"
OWNERS = "social_token_manager.group_owner"
MANAGERS = "social_token_manager.group_manager"
MEMBERS = "social_token_manager.group_member"


@dataclass(frozen=True)
class Question:
    """Who holds a role on a profile, asked of its network, with plain data only."""

    token_id: int
    provider: object = field(repr=False)
    stored: object = field(repr=False)
    reach: object = field(repr=False)

    def __call__(self):
        """Return the :class:`PersonData` objects.

        :raise ProviderError: the list could not be read to its end
        """
        return self.provider.list_people(self.stored, self.reach)


@dataclass
class Manager:
    """Somebody who renews a profile, or might.

    :ivar person: the contact, empty where the network alone knows him
    :ivar user: the user with the right to renew it here, empty without one
    :ivar accesses: what is known of him on this profile
    """

    person: object
    user: object
    role: str
    accesses: object

    @property
    def access(self):
        """The access that decides what is known of him, empty where nothing is."""
        proof = people.strongest(
            people.Proof(one.id, one.can_renew, one.proven_at or None)
            for one in self.accesses
        )
        return self.accesses.browse(proof.key if proof else [])


class SocialProfilePeople(models.AbstractModel):
    """Who can renew a profile: found here, asked of the network, set by hand.

    A part of ``social.profile``.
    """

    _name = "social.profile.people"
    _description = "People of Social Profiles"

    lists_people = fields.Boolean(compute="_compute_lists_people")

    @api.depends("access_id")
    def _compute_lists_people(self):
        for profile in self:
            # Which provider it is is no secret; Members may not read tokens.
            apps = profile.sudo().access_ids.token_id.app_id
            profile.lists_people = any(
                get_provider(app.provider).lists_people for app in apps
            )

    # === ACTION METHODS === #

    def action_see_managers(self):
        """Return the dialog that lists who can renew this profile.

        :raise AccessError: this user may not see it
        """
        self.ensure_one()
        self.check_access("read")
        return self.env["social.people.wizard"]._open_for(self)

    def _show_people(self, kind, message):
        """Return the action that tells something and shows all managers anew."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "title": self.name,
                "message": message,
                "next": self.action_see_managers(),
            },
        }

    # === WHO IT IS === #

    def _get_managers(self):
        """Return the :class:`Manager` objects of a profile, the best to ask first.

        Everybody with the right to renew it here, and whoever the network or the
        journal of its tokens knows. To be called by whoever may see the profile.
        """
        self.ensure_one()
        # Names and roles are told to all who look for somebody to renew.
        profile = self.sudo()
        roles = profile._get_roles()
        by_person = {user.partner_id: user for user in roles}
        found = {
            user.partner_id: Manager(
                user.partner_id, user, role, self.env["social.access"].sudo()
            )
            for user, role in roles.items()
        }
        for access in profile.access_ids:
            key = access.person_id or access
            manager = found.setdefault(
                key,
                Manager(
                    access.person_id,
                    by_person.get(access.person_id, self.env["res.users"]),
                    profile._get_outside_role(access),
                    access.browse(),
                ),
            )
            manager.accesses |= access
        return sorted(found.values(), key=_by_use)

    def _get_roles(self):
        """Return ``{user: role}`` of all who may renew this profile here."""
        everybody = self._get_group_users(MANAGERS)
        owners = self._get_group_users(OWNERS)
        roles = {
            user: self.env._("Owner") if user in owners else self.env._("Manager")
            for user in everybody
        }
        if not self.company_id.social_strict_renewal:
            members = self.admin_user_ids & self._get_group_users(MEMBERS)
            for user in members - everybody:
                roles[user] = self.env._("Admin of this profile")
        return roles

    def _get_group_users(self, xml_id):
        """Return the users of a group who work in this profile's company."""
        users = self.env.ref(xml_id).sudo().all_user_ids
        return users.filtered(
            lambda one: one.active and self.company_id in one.company_ids
        )

    def _get_outside_role(self, access):
        """Return what somebody is called here who may not renew it here."""
        return self.env._("Left") if access._has_left() else self.env._("No role here")

    # === ASKING A PERSON === #

    def _ask_person(self, user):
        """Ask a user to renew this profile, by an activity with a deadline.

        :return: the sentence to tell
        :raise UserError: that user may not renew it
        """
        self.ensure_one()
        self.check_access("read")
        profile = self.sudo()
        if user not in profile._get_roles():
            raise UserError(
                self.env._(
                    "%(person)s has no right to renew this profile here, so nobody "
                    "was asked. An Owner gives the right, or a connect link goes "
                    "to people without one.",
                    person=user.sudo().name,
                )
            )
        asked = profile.activity_ids.filtered(
            lambda one: (
                one.user_id == user and one.activity_type_id == self.env.ref(ASK_TYPE)
            )
        )[:1]
        until = asked.date_deadline or people.ask_until(
            now(), profile.expires_at or None
        )
        if not asked:
            # Whoever sees the profile may ask.
            read = profile._as_read_by(user)
            read._schedule_asking(
                user,
                until,
                read.env._(
                    "%(asker)s asks you to renew this connection. Open the profile and "
                    "press Renew; the network asks you to log in and to confirm.",
                    asker=self.env.user.sudo().name,
                ),
            )
            self.env["social.event"]._record(
                "person_asked", self, person_id=user.sudo().partner_id.id
            )
        day = day_text(self.env, fields.Datetime.to_datetime(until))
        values = {"person": user.sudo().name, "day": day}
        if asked:
            return self.env._(
                "%(person)s was asked already, with time until %(day)s.", **values
            )
        return self.env._("%(person)s was asked to renew it by %(day)s.", **values)

    def _as_read_by(self, user):
        """Return these profiles in the language of whoever is asked."""
        return self.with_context(lang=user.sudo().lang or self.env.lang)

    def _schedule_asking(self, user, until, note):
        """Ask a user by an activity to renew this profile; in the words of its env."""
        self.activity_schedule(
            ASK_TYPE,
            date_deadline=until,
            user_id=user.id,
            summary=self.env._(
                "Renew %(network)s: %(profile)s",
                network=self.network_id.name,
                profile=self.name,
            ),
            note=note,
        )

    def _conclude_asking(self):
        """Mark as done what was asked about profiles that somebody just renewed."""
        healthy = self.filtered(lambda one: not one.reason)
        if healthy.activity_ids:
            healthy.activity_feedback([ASK_TYPE])

    # === SETTING BY HAND === #

    def _check_may_judge(self):
        """Refuse whoever may not say who can renew.

        :raise AccessError: who may
        """
        self.check_access("read")
        if self.env.user.has_group(MANAGERS):
            return
        raise AccessError(
            self.env._(
                "Who can renew is for Managers of Social Connections to set by hand. "
                "Nothing was changed; tell one of them what you know."
            )
        )

    def _judge(self, can_renew, note, person=None, access=None):
        """Store what a Manager knows of somebody's right at the network.

        :param person: the contact it is about
        :param access: of somebody whom the network alone knows
        """
        self.ensure_one()
        self._check_may_judge()
        # What the network says is written by the engine; this is the one way beside it.
        profile = self.sudo()
        rows = profile.access_ids.filtered(
            lambda one: one == access or (person and one.person_id == person)
        )
        if not rows:
            rows = rows.create({"profile_id": profile.id, "person_id": person.id})
        rows._write_proof(
            can_renew, people.HAND, judge_id=self.env.uid, note=(note or "").strip()
        )
        if person:
            rows.person_id = person.id
            rows._merge()
        self.env["social.event"]._record(
            "judged", self, person_id=person.id if person else False, detail=can_renew
        )

    # === ASKING THE NETWORK === #

    def _ask_people(self):
        """Ask the network who holds a role on this profile, and store the answer.

        The token in use is tried first, then those in reserve: only who has full
        control may ask.

        :return: the :class:`PersonData` objects, or the :class:`ProviderError` where
            nobody was told
        :raise UserError: the network tells nobody
        """
        self.ensure_one()
        self._check_may_renew()
        self.env["social.home"]._check()
        if not self.lists_people:
            raise UserError(
                self.env._(
                    "This network does not tell who holds a role. Nothing was "
                    "changed; set by hand what you know."
                )
            )
        # No transaction of ours is open while the network is asked; this one has read.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        self.env.invalidate_all()
        outcome = None
        with own_environment(self.env) as env:
            questions, outcome = self.with_env(env)._prepare_questions()
        for question in questions:
            outcome = outcome_of(question)
            self._store_answer(question, outcome)
            if not isinstance(outcome, ProviderError) or isinstance(
                outcome, RateLimited
            ):
                break
        return outcome

    def _prepare_questions(self):
        """Return the :class:`Question` objects, and what keeps others from being asked.

        :return: the questions, and the last :class:`ProviderError` of an app that rests
        """
        questions, obstacle = [], None
        at = now()
        tokens = self.access_ids.filtered(
            lambda one: one.token_id and one._get_candidate(at).healthy
        )
        for access in tokens.sorted(lambda one: one != self.access_id):
            token = access.token_id
            if not get_provider(token.app_id.provider).lists_people:
                continue
            rest = token.app_id._get_rest()
            if rest:
                obstacle = rest
                continue
            try:
                questions.append(
                    Question(
                        token.id,
                        token.app_id._get_provider(),
                        token._get_stored(),
                        access._get_reach(),
                    )
                )
            except SecretDamaged:
                continue
        return questions, obstacle

    def _store_answer(self, question, outcome):
        """Store who was named, or what the trouble says of the app."""

        def store(env):
            token = env["social.token"].browse(question.token_id)
            if isinstance(outcome, ProviderError):
                token.app_id._note_outcome(outcome)
            else:
                self.with_env(env)._store_people(token, outcome)

        persist(self.env, store)
        token = self.env["social.token"].sudo().browse(question.token_id)
        token._note_rest(question.provider)

    def _store_people(self, token, listed):
        """Store whom the network lists, in the engine's environment.

        Who is known by a token is found by the id at the network; who matches nobody
        keeps the name that he has there. Whoever was listed and is no more, cannot
        renew.

        :param token: the one that the network was asked with
        :param listed: :class:`PersonData` objects, all of them
        """
        self.ensure_one()
        # As everywhere: the tokens, then the profile.
        lock_rows(self.access_ids.token_id)
        lock_rows(self)
        rows = self.access_ids
        matched = people.match(
            [
                people.Known(number, one.external_id, one.name)
                for number, one in enumerate(listed)
            ],
            [row._get_known() for row in rows],
        )
        persons = self._find_persons(token, listed)
        seen = rows.browse()
        for number, data in enumerate(listed):
            row = rows.browse(matched.get(number, []))
            if not row:
                row = self._create_listed_person(data, persons)
            row._store_person(data)
            seen |= row
        (rows - seen).filtered("listed_since")._note_unlisted()
        self.env["social.event"]._record(
            "people_asked", self, token_id=token.id, detail=str(len(listed))
        )

    @api.model
    def _find_persons(self, token, listed):
        """Return ``{id at the network: contact}`` of who has a token of this app."""
        ids = [people.Known(None, one.external_id).by_id() for one in listed]
        known = self.env["social.token"].search(
            [("app_id", "=", token.app_id.id), ("external_user_id", "in", ids)]
        )
        return {one.external_user_id: one.person_id for one in known}

    def _create_listed_person(self, data, persons):
        known = people.Known(None, data.external_id)
        person = persons.get(known.by_id(), self.env["res.partner"])
        row = self.access_ids.filtered(
            lambda one: person and one.person_id == person and not one.token_id
        )[:1]
        values = {
            "network_user_id": data.external_id,
            "network_user_name": data.name,
            "person_id": person.id,
        }
        if not row:
            return row.create({"profile_id": self.id, **values})
        row.write(values)
        return row


def _by_use(manager):
    """Sort key: who can renew, who could until lately, who is unknown, who cannot."""
    access = manager.access
    ability = access.can_renew or people.UNKNOWN
    rank = {people.YES: 0, people.UNKNOWN: 1, people.NO: 2}[ability]
    name = manager.person.name or access.network_user_name or ""
    return (rank, not manager.user, not access.has_held, name.casefold())
