"""Factories for the tests of this addon.

What is made here is made as the superuser; a test then takes the lowest rights that
suffice, with ``with_user``.
"""

from base64 import b64encode
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.fields import Command
from odoo.sql_db import Cursor
from odoo.tests import HttpCase, TransactionCase, new_test_user

from ..clock import now
from ..fields import Encrypted
from ..providers.results import (
    Grant,
    Introspection,
    Person,
    ProfileData,
    TokenSet,
    Verdict,
)

MODULE = "social_token_manager"
GROUPS = {
    "portal": "base.group_portal",
    "internal": "base.group_user",
    "member": f"{MODULE}.group_member",
    "manager": f"{MODULE}.group_manager",
    "owner": f"{MODULE}.group_owner",
    # May do everything with Odoo, and has no role here.
    "settings_admin": "base.group_system",
}
# All secrets of these tests begin so: whoever searches for it finds them all.
PLAIN = "PLAIN-9f3e"
APP_SECRET = f"{PLAIN}-app-secret"
ACCESS_TOKEN = f"{PLAIN}-access-token"
REFRESH_TOKEN = f"{PLAIN}-refresh-token"
PAGE_TOKEN = f"{PLAIN}-page-token"
TARGET_ADDRESS = f"https://hooks.example/services/{PLAIN}-address"
SIGNING_SECRET = f"whsec_{b64encode(f'{PLAIN}-signing-secret-'.encode()).decode()}"
PERSON = "1001"
NOW = datetime(2026, 3, 15, 12)
QUIET = {
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "no_reset_password": True,
    "tracking_disable": True,
}


def encrypted_fields(env):
    """Return all secrets of the registry, those of other addons included, as fields."""
    return [
        field
        for model in env.registry.values()
        if not model._abstract
        for field in model._fields.values()
        if isinstance(field, Encrypted)
    ]


def plain_text(field):
    """Return what :meth:`SocialFactories.make_sealed_records` seals in a field."""
    return f"{PLAIN}-{field.model_name}-{field.name}"


class FakeProvider:
    """A network that answers what a test tells it to, and remembers the questions.

    :param answer: a :class:`Verdict`, an exception to raise, or a function to call
        in the middle of the question, which returns one of these
    """

    rest_seconds = None
    refresh_may_spend = True

    def __init__(self, answer=None, refreshed=None):
        self.answer = answer
        self.refreshed = refreshed
        self.questions = []
        self.presented = []
        self.knocked = 0

    can_be_revoked = True
    people = ()
    listing = ()

    def recall(self, stored):
        """Stand in for :meth:`OAuth2Provider.recall`."""
        return stored

    def list_profiles(self, grant):
        """Stand in for :meth:`OAuth2Provider.list_profiles`; answers ``listing``."""
        self.questions.append((grant.access_token, ()))
        return self._say(self.listing)

    def list_people(self, stored, reach):
        """Stand in for :meth:`OAuth2Provider.list_people`; ``people`` is the answer."""
        self.questions.append((stored.access_token, reach))
        return self._say(self.people)

    def revoke(self, stored):
        """Stand in for :meth:`OAuth2Provider.revoke`."""
        self.verify(stored, ())

    def verify(self, stored, reaches):
        """Stand in for :meth:`OAuth2Provider.verify`."""
        self.questions.append((stored.access_token, reaches))
        return self._say(self.answer)

    def refresh(self, stored):
        """Stand in for :meth:`OAuth2Provider.refresh`."""
        self.presented.append(stored.refresh_token or stored.access_token)
        return self._say(self.refreshed)

    def check_app(self, *, redirect_uri):
        """Stand in for :meth:`OAuth2Provider.check_app`: somebody answers."""
        self.knocked += 1

    def sign(self, request, access_token):
        """Stand in for :meth:`OAuth2Provider.sign`."""
        request.headers["Authorization"] = f"Bearer {access_token}"

    @staticmethod
    def _say(answer):
        said = answer() if callable(answer) else answer
        if isinstance(said, Exception):
            raise said
        return said


class SocialFactories:
    """Mixed into Odoo's test cases."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.other_company = cls.env["res.company"].create({"name": "Other Company"})

    # === RECORDS === #

    @classmethod
    def make_user(cls, role, login=None, companies=None, groups=(), **values):
        """Return a user with one role; the first company is the active one."""
        companies = companies or cls.company
        return new_test_user(
            cls.env,
            login or f"social_{role}",
            groups=",".join([GROUPS[role], *groups]),
            context=QUIET,
            company_id=companies[:1].id,
            company_ids=[Command.set(companies.ids)],
            **values,
        )

    @classmethod
    def network(cls, code):
        return cls.env["social.network"].search([("code", "=", code)])

    @classmethod
    def make_app(cls, **values):
        """Return an app of Meta's that is ready to be used."""
        return cls.env["social.app"].create(
            {
                "name": "Our App",
                "client_id": "4711",
                "client_secret_input": APP_SECRET,
                "company_id": cls.company.id,
                **values,
            }
        )

    @classmethod
    def make_profile(cls, network="facebook", **values):
        """Return a profile that nobody has connected, unless told otherwise."""
        engine = {
            name: values.pop(name)
            for name in ("expires_at", "reason", "cycle")
            if name in values
        }
        profile = (
            cls.env["social.profile"]
            .with_context(**QUIET)
            .create(
                {
                    "name": "Corner Café",
                    "network_id": cls.network(network).id,
                    "company_id": cls.company.id,
                    **values,
                }
            )
            .with_env(cls.env)
        )
        if engine:
            profile.write(engine)
        return profile

    @classmethod
    def make_request(cls, app, user, **values):
        """Return an OAuth request that a user has just started."""
        return cls.env["social.oauth.request"].create(
            {
                "user_id": user.id,
                "company_id": app.company_id.id,
                "app_id": app.id,
                "purpose": "connect",
                "redirect_uri": app.redirect_uri,
                "expires_at": now() + timedelta(minutes=10),
                **values,
            }
        )

    @classmethod
    def make_signal(cls, app, **values):
        """Return what a network told an app once."""
        return cls.env["social.signal"].create(
            {
                "app_id": app.id,
                "company_id": app.company_id.id,
                "kind": "probe",
                "event_key": "key",
                "happened_at": now(),
                **values,
            }
        )

    @classmethod
    def make_target(cls, kind="slack", **values):
        """Return a chat or webhook for notices, ready to be told."""
        secret = {"signing_secret_input": SIGNING_SECRET} if kind == "webhook" else {}
        return cls.env["social.notice.target"].create(
            {
                "name": f"Our {kind}",
                "kind": kind,
                "company_id": cls.company.id,
                "address_input": TARGET_ADDRESS,
                **secret,
                **values,
            }
        )

    @classmethod
    def make_connect_link(cls, app, user, **values):
        """Return a connect link that a user made for a first connection."""
        return cls.env["social.connect.link"].create(
            {
                "person_id": user.partner_id.id,
                "user_id": user.id,
                "company_id": app.company_id.id,
                "app_id": app.id,
                "network_id": app.network_ids[:1].id,
                "expires_at": now() + timedelta(days=7),
                **values,
            }
        )

    @classmethod
    def make_sealed_records(cls, user):
        """Return a record of each model that has secrets, all of them sealed.

        :param user: the one who could read them, as far as there are no secrets
        """
        app = cls.make_app(name="App With All Secrets")
        token, _profile = cls.connect(
            app, user, [cls.page("P9")], person="9", refresh_token=REFRESH_TOKEN
        )
        records = {
            "social.app": app,
            "social.token": token,
            "social.access": token.access_ids,
            "social.oauth.request": cls.make_request(app, user),
            "social.notice.target": cls.make_target(kind="webhook"),
        }
        for field in encrypted_fields(cls.env):
            # A new model with a secret asks for its factory here.
            record = records[field.model_name]
            record[field.name] = record._seal_secret(field.name, plain_text(field))
        return records

    # === WHAT A NETWORK SAYS === #

    @staticmethod
    def make_grant(person=PERSON, name="Anna at the network", **clocks):
        """Return what a provider returns for a code."""
        values = {
            "access_token": ACCESS_TOKEN,
            "scopes": ("pages_show_list",),
            "issued_at": now(),
            **clocks,
        }
        return Grant(person=Person(person, name), token=TokenSet(**values))

    @staticmethod
    def page(external_id="P1", network="facebook", **values):
        """Return one line of a network's listing."""
        return ProfileData(
            **{
                "network": network,
                "external_id": external_id,
                "name": f"Page {external_id}",
                "page_token": f"{PAGE_TOKEN}-{external_id}",
                "usable": bool(values.get("page_token", True)),
                "native_tasks": ("MANAGE",),
                "can_renew": "yes",
                **values,
            }
        )

    @staticmethod
    def alive(reasons=None, **clocks):
        """Return the verdict that a token works, for all or but for some accesses."""
        return Verdict(Introspection(active=True, **clocks), dict(reasons or {}))

    @staticmethod
    def dead(reason, detail=""):
        """Return the verdict that a token is gone."""
        return Verdict(Introspection(active=False, reason=reason, detail=detail))

    @contextmanager
    def network_answers(self, answer=None, refreshed=None):
        """Let the networks of all apps answer so; gives the :class:`FakeProvider`.

        :param answer: to a check, :param refreshed: to a refresh
        """
        provider = FakeProvider(answer, refreshed)
        with patch.object(
            self.registry["social.app"], "_get_provider", lambda _app: provider
        ):
            yield provider

    @contextmanager
    def watched_locks(self):
        """Watch which rows are locked; gives a list of ``(table, id)``, each once."""
        locked = []
        execute = Cursor.execute

        def watched(cursor, query, *args, **kwargs):
            words = str(getattr(query, "code", query))
            if "ORDER BY id FOR NO KEY UPDATE" in words:
                table = words.split('"')[1]
                # No row has the id that stands for none.
                rows = [(table, one) for one in query.params[0] if one]
                locked.extend(row for row in rows if row not in locked)
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", watched):
            yield locked

    def assert_tokens_first(self, locked, tokens):
        """Check that rows were locked as everywhere: tokens, then profiles, then apps.

        :param locked: what :meth:`watched_locks` gave
        :param tokens: which ought to be among them
        """
        order = ["social_token", "social_profile", "social_app"]
        tables = [table for table, _id in locked if table in order]
        self.assertEqual(tables, sorted(tables, key=order.index))
        self.assertLessEqual({("social_token", one.id) for one in tokens}, set(locked))
        self.assertIn("social_profile", tables)

    # === WHAT THE ENGINE DOES === #

    @classmethod
    def store_grant(cls, app, user, grant=None):
        """Store a grant in the name of a user, as a callback does; return the token."""
        env = cls.env(user=user, su=True)
        token = env["social.token"]._store_grant(
            app.with_env(env), grant or cls.make_grant(), user.partner_id
        )
        env.flush_all()
        # The row was inserted past the cache, in production by another transaction.
        env.invalidate_all()
        return token.with_env(cls.env)

    @classmethod
    def connect(cls, app, user, pages, may_create=True, **grant):
        """Store a grant and its listing; return the token and the profiles reached."""
        token = cls.store_grant(app, user, cls.make_grant(**grant))
        env = cls.env(user=user, su=True)
        granted, *_rest = env["social.profile"]._store_listing(
            token.with_env(env), pages, may_create
        )
        token.with_env(env)._settle()
        env.flush_all()
        env.invalidate_all()
        return token, granted.with_env(cls.env)

    @classmethod
    def journal(cls, **values):
        """Return the lines of the journal with these values, the latest first."""
        return cls.env["social.event"].search(
            [(name, "=", value) for name, value in values.items()]
        )


class SocialCase(SocialFactories, TransactionCase):
    """A test with its own transaction."""

    @classmethod
    def silence_others(cls):
        """Let nobody be told of anything that other data brings in."""
        everybody = cls.env["res.users"].with_context(active_test=False).search([])
        everybody.partner_id.email = False
        cls.env["social.profile"].search([]).active = False

    def deliver_notices(self):
        """Return what is delivered now, to all, in the test's own transaction."""
        notices = self.env["social.notice"]
        for place in notices._find_waiting():
            notices |= notices._deliver_to(place, now())
        return notices


class SocialClockCase(SocialCase):
    """A test with its own clock, which stands at :data:`NOW` until it is moved."""

    def setUp(self):
        super().setUp()
        self.clock = self.enterContext(freeze_time(NOW))

    def move_clock(self, moment):
        self.clock.move_to(moment)
        self.env.invalidate_all()


class SocialHttpCase(SocialFactories, HttpCase):
    """A test that talks to Odoo over HTTP."""
