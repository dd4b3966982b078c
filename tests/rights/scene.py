"""Makes two companies with the same things in each, and lists what can be called.

Runs inside Odoo, typed into its shell. Whatever is hidden in it has a mark, so that a
test sees at once when somebody is told of it.
"""

import inspect
import json
from datetime import timedelta

from odoo import api
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.models import BaseModel
from odoo.service.model import get_public_method

from odoo.addons.social_token_manager.clock import now
from odoo.addons.social_token_manager.fields import Encrypted
from odoo.addons.social_token_manager.tests.common import (
    MODULE,
    REFRESH_TOKEN,
    SocialFactories,
    encrypted_fields,
    plain_text,
)

# role: the group it has
ROLES = {
    "portal": "portal",
    "nobody": "internal",
    "settings_admin": "settings_admin",
    "member": "member",
    "member_recipient": "member",
    "member_admin": "member",
    "manager": "manager",
    "owner": "owner",
}
SIDES = ("ours", "theirs")
PASSWORD = "a-password-for-rights"
PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


def mark(side):
    """Return the word that is in all texts of one company."""
    return f"MARK-{side}"


class Scene(SocialFactories):
    """The records, made as the superuser or in the name of who would make them."""

    def __init__(self, env, app_values):
        type(self).env = env
        type(self).company = env.company
        self.app_values = app_values
        self.companies = {
            "ours": env.company,
            "theirs": env["res.company"].create({"name": "Other Company"}),
        }
        self.users = {
            role: self.make_user(group, f"rights_{role}", password=PASSWORD)
            for role, group in ROLES.items()
        }
        # Exports are a right of their own in Odoo.
        exporting = env.ref("base.group_allow_export")
        exporting.user_ids += self.users["manager"] + self.users["owner"]
        self.link_tokens = {}
        self.records = {side: self._make_side(side) for side in SIDES}

    def _make_side(self, side):
        word, company = mark(side), self.companies[side]
        granter = self.make_user("manager", f"granter_{side}", company)
        app = self.make_app(
            **{**self.app_values, "name": f"{word} App", "company_id": company.id}
        )
        page = self.page(f"P-{side}", name=f"{word} Page", handle=f"@{word}")
        token, profile = self.connect(
            app,
            granter,
            [page],
            person=f"person-{side}",
            name=f"{word} Person",
            refresh_token=REFRESH_TOKEN,
        )
        everybody = self.env["res.users"].union(*self.users.values())
        recipients = everybody - self.users["member"] - self.users["member_admin"]
        profile.write(
            {
                # Even where a person of ours, or without a role, is named.
                "admin_user_ids": [
                    Command.set((recipients + self.users["member_admin"]).ids)
                ],
                "recipient_user_ids": [Command.set(recipients.ids)],
                "image": PICTURE,
            }
        )
        profile.admin_user_ids -= self.users["member_recipient"]
        own = api.Environment(self.env.cr, granter.id, {})
        target = self.make_target(
            kind="webhook", name=f"{word} Chat", company_id=company.id
        )
        target._queue_event("test", {"text": word})
        own["social.calendar.feed"]._make()
        wizard = own["social.renewal.wizard"].create({"profile_id": profile.id})
        named = {"profile_id": profile.id}
        records = {
            "social.app": app,
            "social.token": token,
            "social.access": profile.access_ids,
            "social.profile": profile,
            "social.oauth.request": self.make_request(
                app, granter, profile_ids=[Command.set(profile.ids)]
            ),
            "social.event": self.journal(profile_id=profile.id)[:1],
            "social.signal": self.make_signal(app, event_key=word, detail=word),
            "social.notice": self._make_notice(profile, granter),
            "social.notice.target": target,
            "social.notice.outbox": target.outbox_ids,
            "social.calendar.feed": own["social.calendar.feed"]._get_own(),
            "social.calendar.wizard": own["social.calendar.wizard"].create({}),
            "social.escalation": self.env["social.escalation"].create(
                {**named, "company_id": company.id, "cycle": profile.cycle}
            ),
            "social.cycle": self.env["social.cycle"].search(
                [("profile_id", "=", profile.id)], limit=1
            ),
            "social.health": self.env["social.health"].create(
                {**named, "week": "2026-01-05", "score": 90}
            ),
            "social.report": self.env["social.report"].create(
                {
                    "partner_id": granter.partner_id.id,
                    "company_id": company.id,
                    "month": "2026-01-01",
                }
            ),
            "social.report.wizard": own["social.report.wizard"].create(
                {"partner_id": granter.partner_id.id}
            ),
            "social.notice.snooze": self.env["social.notice.snooze"].create(
                {**named, "user_id": granter.id, "cycle": profile.cycle}
            ),
            "social.renewal.prerequisite": self._make_prerequisite(wizard),
            "social.take.wizard": own["social.take.wizard"].create(named),
            "social.renewal.wizard": wizard,
            "social.renewal.line": self.env["social.renewal.line"].create(
                {**named, "wizard_id": wizard.id, "kind": "kept", "name": word}
            ),
            "social.profile.feed": own["social.profile.feed"].create(
                {**named, "name": f"{word} Team"}
            ),
            "social.key.wizard": own["social.key.wizard"].sudo().create({}),
            "social.forecast.wizard": own["social.forecast.wizard"].create({}),
            "social.connect.wizard": own["social.connect.wizard"].create(
                {"app_id": app.id}
            ),
            **self._make_of_owner(side, company),
            "social.disconnect.wizard": own["social.disconnect.wizard"].create(named),
            "social.notice.preference": own["social.notice.preference"].create(named),
            **self._make_queue(own, app, token, profile),
            **self._make_people(own, profile, granter),
            **self._make_link(own, app, token, profile),
            "social.connect.guess": self.env["social.connect.guess"].create(
                {"source": word, "window_at": now(), "count": 1}
            ),
            **self._make_help(granter),
            # These and the networks belong to no company.
            "social.key": self.env["social.key"].search([], limit=1),
            "social.home": self.env["social.home"]._record(),
            "social.network": self.network("facebook"),
        }
        for field in encrypted_fields(self.env):
            record = records[field.model_name]
            record[field.name] = record._seal_secret(field.name, plain_text(field))
        self._talk(profile, granter, word)
        return records

    def _make_of_owner(self, side, company):
        owner = self.make_user("owner", f"owner_{side}", company)
        own = api.Environment(self.env.cr, owner.id, {})
        return {
            "social.settings": own["social.settings"].create({}),
            "social.role.wizard": own["social.role.wizard"].create(
                {"user_id": owner.id}
            ),
        }

    def _make_help(self, user):
        topic = self.env.ref(f"{MODULE}.help_rights")
        vote = self.env["social.help.vote"].create(
            {
                "topic_id": topic.id,
                "user_id": user.id,
                "revised_on": topic.revised_on,
                "is_helpful": True,
            }
        )
        return {"social.help.topic": topic, "social.help.vote": vote}

    def _make_prerequisite(self, wizard):
        return self.env["social.renewal.prerequisite"].create(
            {"wizard_id": wizard.id, "code": "account"}
        )

    @staticmethod
    def _make_queue(own, app, token, profile):
        # As the superuser in somebody's name, as it is when somebody starts one.
        queue = own["social.renewal.queue"].sudo().create({})
        queue._add_login(app, token, profile)
        return {
            "social.renewal.queue": queue,
            "social.renewal.login": queue.login_ids,
            "social.renewal.outcome": queue.outcome_ids,
            "social.renewal.choice": own["social.renewal.choice"].create({}),
        }

    @staticmethod
    def _make_people(own, profile, person):
        wizard = own["social.people.wizard"].create({"profile_id": profile.id})
        wizard._fill()
        judgement = {
            "profile_id": profile.id,
            "person_id": person.partner_id.id,
            "can_renew": "yes",
        }
        return {
            "social.people.wizard": wizard,
            "social.people.line": wizard.line_ids[:1],
            "social.judgement.wizard": own["social.judgement.wizard"].create(judgement),
        }

    def _make_link(self, own, app, token, profile):
        """Make a link that came back with another account than expected."""
        word = profile.name
        # Contacts of a company are for all who work there to see, with a role or not.
        client = self.env["res.partner"].create(
            {
                "name": f"Client of {profile.company_id.name}",
                "email": f"{word.split()[0]}@example.com",
                "company_id": profile.company_id.id,
            }
        )
        link = self.make_connect_link(
            app,
            own.user,
            person_id=client.id,
            profile_id=profile.id,
            network_id=profile.network_id.id,
            connected_ids=[Command.set(profile.ids)],
        )
        self.link_tokens[link.id] = link._mint()
        link.write({"wrong_at": now()})
        account = self.env["social.connect.account"].create(
            {
                "link_id": link.id,
                "token_id": token.id,
                "network_id": profile.network_id.id,
                "external_id": "other",
                "name": f"{word} Other",
                "handle": f"@{word} Other",
            }
        )
        wizard = own["social.link.wizard"].create(
            {
                "profile_id": profile.id,
                "person_id": client.id,
                "replaced_id": link.id,
            }
        )
        return {
            "social.connect.link": link,
            "social.connect.account": account,
            "social.link.wizard": wizard,
        }

    def _make_notice(self, profile, person):
        return self.env["social.notice"].create(
            {
                "profile_id": profile.id,
                "company_id": profile.company_id.id,
                "cycle": 1,
                "rung": "d7",
                "person_id": person.partner_id.id,
                "channel": "email",
                "state": "sent",
            }
        )

    def _talk(self, profile, person, word):
        profile.message_post(body=f"{word} Message")
        profile.activity_schedule(
            "mail.mail_activity_data_todo",
            now().date() + timedelta(days=1),
            summary=f"{word} Activity",
            user_id=person.id,
        )
        self.env["ir.attachment"].create(
            {
                "name": f"{word} File",
                "raw": word.encode(),
                "res_model": profile._name,
                "res_id": profile.id,
            }
        )


def make(env, app_values, path):
    """Make the scene, commit it, and write down what there is."""
    scene = Scene(env, app_values)
    env.cr.commit()
    with open(path, "w") as file:
        json.dump(
            {
                "password": PASSWORD,
                "companies": {
                    side: company.id for side, company in scene.companies.items()
                },
                "roles": {role: user.login for role, user in scene.users.items()},
                "keys": {
                    role: env(user=user)["res.users.apikeys"]._generate(
                        "rpc", "rights", now() + timedelta(days=1)
                    )
                    for role, user in scene.users.items()
                    if user._is_internal()
                },
                "records": {
                    side: {name: record.ids for name, record in records.items()}
                    for side, records in scene.records.items()
                },
                "colleagues": {
                    side: records["social.role.wizard"].user_id.id
                    for side, records in scene.records.items()
                },
                "clients": {
                    side: records["social.connect.link"].person_id.id
                    for side, records in scene.records.items()
                },
                "link_tokens": {
                    side: scene.link_tokens[records["social.connect.link"].id]
                    for side, records in scene.records.items()
                },
                "models": list_models(env),
                "relations": list_relations(env),
                "fields_elsewhere": list_fields_elsewhere(env),
                "routes": list_routes(env),
            },
            file,
        )
    env.cr.commit()


# === WHAT THERE IS === #


def list_models(env):
    """Return ``{model: {abstract, fields, methods}}`` of all models of the addon."""
    return {
        name: {
            "abstract": bool(model._abstract),
            "fields": sorted(
                field.name for field in model._fields.values() if is_ours(field)
            ),
            "secrets": sorted(
                field.name
                for field in model._fields.values()
                if isinstance(field, Encrypted)
            ),
            "methods": dict(list_methods(env[name])),
        }
        for name, model in sorted(env.registry.items())
        if model._original_module == MODULE
    }


def list_relations(env):
    """Return ``[[model, field, model it points to]]`` of all that may tell of ours."""
    return sorted(
        [name, field.name, field.comodel_name]
        for name, model in env.registry.items()
        if not model._abstract
        for field in model._fields.values()
        if (field.comodel_name or "").startswith("social.")
        and not env.registry[field.comodel_name]._abstract
    )


def list_methods(model):
    """Yield the name of each public method, and what there is to know to call it."""
    for name in dir(type(model)):
        if name.startswith("_") or isinstance(
            inspect.getattr_static(type(model), name), property
        ):
            continue
        try:
            method = get_public_method(model, name)
        except (AccessError, AttributeError):
            continue
        if not inspect.isfunction(method):
            continue
        modules = [
            vars(parent)[name].__module__
            for parent in type(model).mro()
            if inspect.isfunction(vars(parent).get(name))
        ]
        parameters = list(inspect.signature(method).parameters.values())[1:]
        yield (
            name,
            {
                "is_ours": any(f".{MODULE}." in module for module in modules),
                "is_everywhere": hasattr(BaseModel, name),
                "on_model": bool(getattr(method, "_api_model", False)),
                "needs": [
                    one.name
                    for one in parameters
                    if one.default is one.empty
                    and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
                ],
            },
        )


def is_ours(field):
    return MODULE in field._modules


def list_fields_elsewhere(env):
    """Return the fields that the addon adds to models of Odoo."""
    return sorted(
        f"{name}.{field.name}"
        for name, model in env.registry.items()
        if model._original_module != MODULE and not model._abstract
        for field in model._fields.values()
        # What a part of ours only needs by name is defined by Odoo last of all; what
        # users have of their contacts is defined by nobody.
        if is_ours(field) and field._module in (MODULE, None)
    )


def list_routes(env):
    """Return ``{address: who is let in}`` of the addon's controllers."""
    return {
        rule.rule: rule.endpoint.routing["auth"]
        for rule in env["ir.http"].routing_map().iter_rules()
        if f".{MODULE}." in inspect.unwrap(rule.endpoint).__module__
        or f".{MODULE}." in getattr(rule.endpoint.func, "__module__", "")
    }
