"""What a person granted is stored once, whole, and whoever comes at the same time."""

import threading
import time
from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError
from psycopg2.errors import LockNotAvailable

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .. import engine
from ..engine import own_environment, persist
from ..models.social_token_check import Check
from ..providers.results import TokenSet
from .common import (
    ACCESS_TOKEN,
    APP_SECRET,
    NOW,
    PAGE_TOKEN,
    SocialClockCase,
    SocialFactories,
)

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestSocialTokenStore(SocialClockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("manager")
        cls.app = cls.make_app()

    def test_a_grant_is_stored_whole(self):
        token = self.store_grant(
            self.app,
            self.manager,
            self.make_grant(
                refresh_token="refresh",
                scopes=("a", "b"),
                access_expires_at=NOW + 60 * DAY,
                refresh_expires_at=NOW + 365 * DAY,
                data_access_expires_at=NOW + 90 * DAY,
            ),
        )
        self.assertRecordValues(
            token,
            [
                {
                    "app_id": self.app.id,
                    "company_id": self.company.id,
                    "person_id": self.manager.partner_id.id,
                    "external_user_id": "1001",
                    "external_user_name": "Anna at the network",
                    "generation": 1,
                    "scopes": "a,b",
                    "issued_at": NOW,
                    "access_expires_at": NOW + 60 * DAY,
                    "refresh_expires_at": NOW + 365 * DAY,
                    "data_access_expires_at": NOW + 90 * DAY,
                    "expires_at": NOW + 90 * DAY,
                    "never_expires": False,
                    "reason": False,
                    "reason_at": False,
                    "failure_count": 0,
                    "last_refreshed_at": NOW,
                    "last_verified_at": NOW,
                }
            ],
        )
        self.assertEqual(token._open_secret("access_token"), ACCESS_TOKEN)
        self.assertEqual(token._open_secret("refresh_token"), "refresh")

    def test_the_company_is_that_of_the_app(self):
        app = self.make_app(company_id=self.other_company.id)
        token = self.store_grant(app, self.manager)
        self.assertEqual(token.company_id, self.other_company)

    def test_a_second_grant_of_one_person_is_the_next_generation(self):
        token = self.store_grant(self.app, self.manager)
        token.write({"reason": "revoked", "reason_at": NOW, "failure_count": 4})
        self.clock.move_to(NOW + DAY)
        again = self.store_grant(
            self.app,
            self.make_user("owner"),
            self.make_grant(name="Anna Renamed", access_token="second"),
        )
        self.assertEqual(again, token)
        self.assertEqual(token.generation, 2)
        self.assertEqual(token._open_secret("access_token"), "second")
        self.assertFalse(token.reason or token.reason_at or token.failure_count)
        self.assertEqual(token.external_user_name, "Anna Renamed")
        self.assertEqual(token.issued_at, NOW + DAY)

    def test_another_person_or_app_is_another_token(self):
        token = self.store_grant(self.app, self.manager)
        other_person = self.store_grant(
            self.app, self.manager, self.make_grant(person="1002")
        )
        other_app = self.store_grant(self.make_app(), self.manager)
        self.assertEqual(len(token + other_person + other_app), 3)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            other_person.external_user_id = "1001"
            other_person.flush_recordset()

    def test_what_the_network_leaves_out_is_kept(self):
        token = self.store_grant(
            self.app,
            self.manager,
            self.make_grant(
                refresh_token="kept",
                scopes=("a",),
                refresh_expires_at=NOW + 365 * DAY,
            ),
        )
        token._store_token_set(TokenSet("next", scopes=None, issued_at=NOW))
        self.assertEqual(token.scopes, "a")
        self.assertEqual(token.refresh_expires_at, NOW + 365 * DAY)
        self.assertEqual(token._open_secret("refresh_token"), "kept")
        token._store_token_set(TokenSet("next", refresh_token="new", issued_at=NOW))
        self.assertFalse(token.refresh_expires_at, "that was the old one's")

    def test_a_grant_without_a_moment_is_of_now(self):
        token = self.store_grant(
            self.app, self.manager, self.make_grant(issued_at=None)
        )
        self.assertEqual(token.issued_at, NOW)
        self.assertEqual(token.expires_at, NOW + 60 * DAY)

    def test_expires_at_follows_the_one_formula(self):
        """The network's clocks win; the published validity is for when it is silent."""
        never = {"never_expires": True}
        access = {"access_expires_at": NOW + 5 * DAY}
        data = {"data_access_expires_at": NOW + 3 * DAY}
        refresh = {"refresh_token": "r", "refresh_expires_at": NOW + 9 * DAY}
        shortest_published = NOW + 60 * DAY  # Messenger's, of the app's networks
        for number, (clocks, expected) in enumerate(
            (
                ({}, shortest_published),
                (never, False),
                (access, NOW + 5 * DAY),
                (data, NOW + 3 * DAY),
                (access | data, NOW + 3 * DAY),
                (never | data, NOW + 3 * DAY),
                (access | refresh, NOW + 9 * DAY),
                (access | refresh | data, NOW + 3 * DAY),
                (access | {"refresh_token": "r"}, shortest_published),
            )
        ):
            with self.subTest(clocks=clocks):
                token = self.store_grant(
                    self.app,
                    self.manager,
                    self.make_grant(person=f"20{number}", **clocks),
                )
                self.assertEqual(token.expires_at, expected)

    def test_an_own_environment_writes_in_the_name_of_who_acts(self):
        self.assertEqual(
            self.store_grant(self.app, self.manager).create_uid, self.manager
        )


@tagged("post_install", "-at_install")
class TestAtTheSameTime(TransactionCase):
    """With real cursors on committed rows: a test's own cursor hides all this."""

    def setUp(self):
        super().setUp()
        # Odoo's own test runner holds it all the time; our threads need it, too.
        self.startPatcher(patch.object(Registry, "_lock", DummyRLock()))
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.app_id = (
                env["social.app"]
                .create(
                    {
                        "name": "Race",
                        "client_id": "1",
                        "client_secret_input": APP_SECRET,
                    }
                )
                .id
            )
            self.addCleanup(self.forget)

    def forget(self):
        with self.registry.cursor() as cr:
            for statement in (
                "DELETE FROM social_event WHERE company_id IS NOT NULL AND"
                " (app_id = %(app)s OR token_id IN"
                " (SELECT id FROM social_token WHERE app_id = %(app)s)"
                " OR profile_id IN (SELECT id FROM social_profile"
                " WHERE external_id LIKE 'RACE%%'))",
                "UPDATE social_profile SET access_id = NULL"
                " WHERE external_id LIKE 'RACE%%'",
                "DELETE FROM social_profile WHERE external_id LIKE 'RACE%%'",
                "DELETE FROM social_token WHERE app_id = %(app)s",
                "DELETE FROM social_app WHERE id = %(app)s",
            ):
                cr.execute(statement, {"app": self.app_id})

    def store(self, env, access_token, **values):
        app = env["social.app"].browse(self.app_id)
        grant = SocialFactories.make_grant(access_token=access_token, **values)
        return env["social.token"]._store_grant(app, grant, env.user.partner_id)

    def tokens(self, env):
        return env["social.token"].search([("app_id", "=", self.app_id)])

    def wait_for_a_lock(self):
        """Wait until some statement of this database waits for another one."""
        deadline = time.monotonic() + 10
        with self.registry.cursor() as cr:
            while time.monotonic() < deadline:
                cr.execute(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE wait_event_type = 'Lock' AND datname = current_database()"
                )
                if cr.fetchone()[0]:
                    return
                cr.rollback()
                time.sleep(0.01)
        self.fail("Nobody waited.")

    def test_two_grants_of_one_person_at_once_end_in_one_row(self):
        def second():
            with own_environment(self.env) as env:
                self.store(env, "second", refresh_token=None)

        rival = threading.Thread(target=second)
        with own_environment(self.env) as env:
            self.store(env, "first", refresh_token="refresh of the first")
            env.flush_all()
            rival.start()
            self.wait_for_a_lock()
        rival.join(10)
        self.assertFalse(rival.is_alive())
        with own_environment(self.env) as env:
            token = self.tokens(env)
            self.assertEqual(len(token), 1)
            self.assertEqual(token.generation, 2)
            self.assertEqual(token._open_secret("access_token"), "second")
            self.assertEqual(
                token._open_secret("refresh_token"),
                "refresh of the first",
                "what is kept was read after the wait, and sealed anew",
            )

    def test_many_grants_of_one_person_at_once_end_in_one_row(self):
        barrier = threading.Barrier(4)
        failures = []

        def grant(number):
            try:
                barrier.wait(10)
                persist(self.env, lambda env: self.store(env, f"token {number}").id)
            except Exception as error:  # noqa: BLE001 - told below
                failures.append(error)

        threads = [threading.Thread(target=grant, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        self.assertFalse(failures)
        with own_environment(self.env) as env:
            token = self.tokens(env)
            self.assertEqual((len(token), token.generation), (1, 4))
            self.assertIn(
                token._open_secret("access_token"), {f"token {n}" for n in range(4)}
            )

    def test_a_grant_lasts_whatever_becomes_of_the_caller(self):
        with self.assertRaises(ZeroDivisionError), self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            persist(env, lambda own: self.store(own, "lasting").id)
            raise ZeroDivisionError
        with own_environment(self.env) as env:
            self.assertEqual(self.tokens(env)._open_secret("access_token"), "lasting")

    def test_nothing_is_left_of_a_grant_that_failed_half_way(self):
        with self.assertRaises(ZeroDivisionError), own_environment(self.env) as env:
            self.store(env, "half")
            env.flush_all()
            raise ZeroDivisionError
        with own_environment(self.env) as env:
            self.assertFalse(self.tokens(env))

    def test_a_held_profile_does_not_keep_a_lost_token_from_being_stored(self):
        with own_environment(self.env) as env:
            token = self.store(env, "access")
            (profile, *_more), *_rest = env["social.profile"]._store_listing(
                token, [SocialFactories.page("RACE1", page_token=PAGE_TOKEN)], True
            )
            token_id, profile_id = token.id, profile.id
        holder = self.registry.cursor()
        self.addCleanup(holder.close)
        holder.execute(
            "SELECT id FROM social_profile WHERE id = %s FOR UPDATE", [profile_id]
        )
        with (
            patch.object(engine, "LOCK_TIMEOUT", "50ms"),
            patch.object(engine, "PERSIST_SECONDS", 0),
            mute_logger("odoo.sql_db"),
            self.assertRaises(LockNotAvailable),
        ):
            with self.registry.cursor() as cr:
                found = api.Environment(cr, SUPERUSER_ID, {})["social.token"].browse(
                    token_id
                )
                found._store_verdict(
                    Check(found.id, found.app_id.id, 1), SocialFactories.dead("revoked")
                )
        with own_environment(self.env) as env:
            self.assertEqual(env["social.token"].browse(token_id).reason, "revoked")
            self.assertFalse(env["social.profile"].browse(profile_id).reason)
