"""Tokens are renewed silently, and only a definite answer ends one."""

from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import LockNotAvailable

from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..exceptions import NoWorkingToken
from ..models import social_token_renewal
from ..policy import reasons
from ..providers.errors import (
    AccessEnded,
    AppFault,
    GrantRefused,
    OutcomeUnknown,
    RateLimited,
    TokenLost,
    Unreachable,
)
from ..providers.results import TokenSet
from .common import ACCESS_TOKEN, NOW, REFRESH_TOKEN, FakeProvider, SocialClockCase

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TROUBLE = (
    Unreachable(detail="HTTP 503"),
    RateLimited("HTTP 429", 900),
    AppFault(detail="invalid_client"),
)
DEFINITE = (TokenLost("revoked", "1"), GrantRefused("revoked", "1"))


class RenewalCase(SocialClockCase):
    """A token that is due, of a network whose refresh tokens are for one use."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("manager")
        cls.owner = cls.make_user("owner")
        cls.app = cls.make_app(provider="x", api_version=False)

    def setUp(self):
        super().setUp()
        self.token, self.profile = self.make_token()

    def make_token(self, person="1001", app=None, **clocks):
        """Return a token and its profile, connected just now."""
        app = app or self.app
        network = app.network_ids.code
        return self.connect(
            app,
            self.manager,
            [self.page(f"X{person}", network, page_token=None, usable=True)],
            person=person,
            **{
                "refresh_token": REFRESH_TOKEN,
                "access_expires_at": self.clock() + 2 * HOUR,
                **clocks,
            },
        )

    def next_set(self, number=1, **values):
        """Return what the network gives next."""
        return TokenSet(
            f"access-{number}",
            f"refresh-{number}",
            issued_at=self.clock(),
            access_expires_at=self.clock() + 2 * HOUR,
            **values,
        )

    def wait(self, **span):
        """Let time go by."""
        self.clock.tick(timedelta(**span))
        self.env.invalidate_all()

    def turn(self, refreshed=None, answer=None, **values):
        """Run the scheduled action once; return what the network was presented."""
        return self.run_action("_cron_renew", answer, refreshed, **values).presented

    def run_action(self, name, answer=None, refreshed=None, **values):
        """Run a scheduled action in a cursor that it may commit; give the network."""
        self.env.flush_all()
        with (
            self.enter_registry_test_mode(),
            self.network_answers(answer, refreshed) as provider,
            self.registry.cursor() as cr,
        ):
            vars(provider).update(values)
            getattr(self.env(cr=cr)["social.token"], name)()
        self.env.invalidate_all()
        return provider

    def secrets(self, token=None):
        token = token or self.token
        return token._open_secret("access_token"), token._open_secret("refresh_token")

    def free_leases(self):
        """Let all leases end, as they do by themselves after a crash."""
        self.env.cr.execute("UPDATE social_token SET lease_until = '2000-01-01'")
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestSilentRenewal(RenewalCase):
    def test_what_is_due_is_renewed_and_nothing_else(self):
        self.assertFalse(self.turn(self.next_set))
        self.wait(hours=21)
        late, _profile = self.make_token("1002")
        self.assertEqual(self.turn(self.next_set), [REFRESH_TOKEN])
        self.assertEqual(self.secrets(), ("access-1", "refresh-1"))
        self.assertEqual(self.secrets(late), (ACCESS_TOKEN, REFRESH_TOKEN))

    def test_a_renewal_leaves_nothing_under_way_and_its_next_turn_set(self):
        self.wait(hours=21)
        self.turn(self.next_set)
        self.assertRecordValues(
            self.token,
            [
                {
                    "generation": 2,
                    "lease_owner": False,
                    "lease_until": False,
                    "intent_at": False,
                    "intent_count": 0,
                    "failure_count": 0,
                    "last_refreshed_at": self.clock(),
                    "access_expires_at": self.clock() + 2 * HOUR,
                    "unsettled_at": False,
                    "settled_generation": 2,
                }
            ],
        )
        self.assertGreater(self.token.renew_at, self.clock())
        line = self.journal(token_id=self.token.id)[0]
        self.assertEqual((line.kind, line.generation), ("refreshed", 2))
        self.assertFalse(self.turn(self.next_set), "it is not due again")

    def test_a_silent_renewal_is_not_a_new_grant(self):
        before = self.profile.read(["cycle", "expires_at", "status", "person_id"])
        self.wait(hours=21)
        self.turn(self.next_set)
        after = self.profile.read(["cycle", "expires_at", "status", "person_id"])
        self.assertEqual(after, before)
        self.assertEqual(self.token.granted_at, NOW)

    def test_a_refresh_token_left_out_is_kept(self):
        self.wait(hours=21)
        self.turn(TokenSet("access-1", issued_at=self.clock()))
        self.assertEqual(self.secrets(), ("access-1", REFRESH_TOKEN))

    def test_trouble_leaves_a_valid_token_in_service(self):
        for number, trouble in enumerate(TROUBLE, start=1):
            with self.subTest(trouble=type(trouble).__name__):
                self.wait(days=2)
                self.app._clear_trouble()
                self.assertEqual(self.turn(trouble), [REFRESH_TOKEN])
                self.assertFalse(self.token.reason or self.profile.reason)
                self.assertEqual(self.profile.status, "no_expiry")
                self.assertEqual(self.token.failure_count, number)
                self.assertEqual(self.token.intent_count, 0, "nothing was spent")
                self.assertFalse(self.token.lease_owner)
                self.assertEqual(self.secrets(), (ACCESS_TOKEN, REFRESH_TOKEN))
                line = self.journal(token_id=self.token.id)[0]
                self.assertEqual(
                    (line.kind, line.reason), ("unrefreshed", trouble.reason)
                )

    def test_a_definite_answer_ends_it_at_once_with_reason_and_remedy(self):
        for answer in DEFINITE:
            with self.subTest(answer=type(answer).__name__):
                token, profile = self.make_token("1002")
                self.wait(hours=21)
                self.turn(lambda answer=answer: answer)
                self.assertEqual((token.reason, profile.reason), ("revoked", "revoked"))
                self.assertEqual(profile.status, "expired")
                self.assertTrue(profile.remedy)
                self.assertFalse(token.renew_at)
                token.unlink()

    def test_what_is_lost_is_not_presented_again(self):
        self.wait(hours=21)
        self.turn(TokenLost("revoked"))
        self.wait(days=30)
        self.assertFalse(self.turn(self.next_set))

    def test_a_network_without_a_known_reason_means_expired(self):
        self.wait(hours=21)
        self.turn(GrantRefused(detail="invalid_grant"))
        self.assertEqual(self.token.reason, reasons.EXPIRED)

    def test_a_damaged_secret_is_never_presented_and_stops_nobody(self):
        other, _profile = self.make_token("1002")
        self.token.refresh_token = other.refresh_token
        self.wait(hours=21)
        self.assertEqual(self.turn(self.next_set), [REFRESH_TOKEN])
        self.assertEqual(self.token.reason, reasons.DAMAGED_SECRET)
        self.assertEqual(other.generation, 2)

    def test_an_answer_that_cannot_be_stored_does_not_stop_the_others(self):
        other, _profile = self.make_token("1002")
        self.wait(hours=21)
        store = type(self.token)._store_outcome

        def fail_for_one(token, *args):
            if token.id == self.token.id:
                raise ValueError("PLAIN")
            return store(token, *args)

        with (
            patch.object(self.registry["social.token"], "_store_outcome", fail_for_one),
            mute_logger(social_token_renewal.__name__),
        ):
            self.turn(self.next_set)
        self.assertEqual(other.generation, 2)
        self.assertEqual((self.token.generation, self.token.intent_count), (1, 1))


@tagged("post_install", "-at_install")
class TestBackOff(RenewalCase):
    def test_calls_stay_within_the_back_off_through_a_day_of_trouble(self):
        """Every five minutes a turn, as the scheduled action comes."""
        for trouble in (
            Unreachable(detail="HTTP 503"),
            RateLimited("HTTP 429"),
            AppFault(detail="invalid_client"),
        ):
            with self.subTest(trouble=type(trouble).__name__):
                self.app._clear_trouble()
                self.token.write({"failure_count": 0})
                self.wait(hours=24)
                calls = 0
                for _turn in range(24 * 12):
                    calls += len(self.turn(trouble))
                    self.wait(minutes=5)
                self.assertLessEqual(calls, 40)
                self.assertGreaterEqual(calls, 20, "it goes on trying")
                self.assertFalse(self.token.reason or self.profile.reason)

    def test_retry_after_is_obeyed_by_the_whole_app(self):
        other, _profile = self.make_token("1002", refresh_token="other")
        self.wait(hours=21)
        with patch.object(social_token_renewal, "IN_FLIGHT", 1):
            presented = self.turn(RateLimited("HTTP 429", 3600))
        self.assertEqual(len(presented), 1)
        self.wait(minutes=59)
        self.assertFalse(self.turn(self.next_set))
        self.wait(minutes=2)
        self.assertEqual(len(self.turn(self.next_set)), 2)
        self.assertEqual((self.token + other).mapped("generation"), [2, 2])

    def test_what_the_network_asked_for_is_not_cut_short_by_other_trouble(self):
        self.app._note_outcome(RateLimited("HTTP 429", 3600))
        self.app._note_outcome(Unreachable(detail="HTTP 503"))
        self.assertEqual(self.app.paused_until, self.clock() + HOUR)

    def test_an_app_without_a_sensible_limit_makes_one_call_at_a_time(self):
        for limit in (0, -1):
            with self.subTest(limit=limit):
                self.app.call_limit = limit
                self.wait(hours=21)
                self.assertEqual(len(self.turn(self.next_set)), 1)

    def test_a_troubled_app_is_tried_by_one_call_and_others_go_on(self):
        other_app = self.make_app(provider="x", api_version=False)
        for number in range(4):
            self.make_token(f"20{number}")
            self.make_token(f"30{number}", app=other_app)
        self.wait(hours=21)
        self.app.write({"failure_count": 3})
        presented = self.turn(Unreachable(detail="HTTP 503"))
        tried = self.app.token_ids.filtered("failure_count")
        self.assertEqual(len(tried), 1)
        self.assertEqual(len(presented), 1 + 4)

    def test_a_broken_app_is_the_apps_trouble_and_its_owners_are_told_once(self):
        for number in range(5):
            self.make_token(f"20{number}")
        self.wait(hours=21)
        for _turn in range(6):
            self.turn(AppFault(detail="invalid_client"))
            self.wait(hours=2)
        self.assertEqual(self.app.fault, "invalid_client")
        self.assertFalse(any(self.app.token_ids.mapped("reason")))
        told = self.env["mail.message"].search(
            [("model", "=", "social.app"), ("res_id", "=", self.app.id)]
        )
        owners = self.env.ref("social_token_manager.group_owner").all_user_ids
        self.assertIn(self.owner, owners)
        self.assertEqual(
            sorted(told.mapped("notified_partner_ids.id")),
            sorted(owners.partner_id.ids),
        )
        self.assertEqual(len(told), len(owners))
        self.assertIn("does not accept our app", told[0].body)
        self.turn(self.next_set)
        self.assertFalse(self.app.fault)

    def test_many_losses_at_once_speak_of_the_app(self):
        for number in range(10):
            self.make_token(f"20{number}")
        self.wait(hours=21)
        for _turn in range(4):
            self.turn(GrantRefused("revoked"))
        lost = self.app.token_ids.filtered("reason")
        self.assertEqual(len(lost), 5)
        self.assertEqual(self.app.fault, "many tokens at once")

    def test_who_is_refused_still_after_the_pause_is_lost_indeed(self):
        for number in range(10):
            self.make_token(f"20{number}")
        self.wait(hours=21)
        for _turn in range(60):
            self.turn(GrantRefused("revoked"))
            self.wait(hours=2)
        self.assertEqual(set(self.app.token_ids.mapped("reason")), {"revoked"})

    def test_an_apps_trouble_is_noted_also_where_a_profile_is_held(self):
        def fail(_tokens):
            raise LockNotAvailable

        self.patch(self.registry["social.token"], "_settle", fail)
        self.wait(hours=21)
        self.turn(RateLimited("HTTP 429", 3600))
        self.assertEqual(self.app.paused_until, self.clock() + HOUR)

    def test_a_rest_that_cannot_be_noted_keeps_nobody_from_the_token(self):
        def fail(_token, _seconds):
            raise LockNotAvailable

        self.patch(self.registry["social.token"], "_rest", fail)
        with (
            self.enter_registry_test_mode(),
            self.network_answers(None, self.next_set) as provider,
        ):
            provider.rest_seconds = 600
            self.token._refresh_now(1)
        self.env.invalidate_all()
        self.assertEqual(self.token.generation, 2)

    def test_an_app_rests_when_its_limit_is_nearly_used_up(self):
        app = self.make_app(provider="pinterest", api_version=False)
        token, _profile = self.make_token("1002", app=app)
        self.wait(hours=21)
        self.turn(self.next_set, rest_seconds=600)
        self.assertEqual(app.paused_until, self.clock() + timedelta(minutes=10))
        self.assertEqual(token.generation, 2, "what was done is kept")


@tagged("post_install", "-at_install")
class TestUnknownOutcome(RenewalCase):
    """An answer that got lost: the network may have spent the refresh token."""

    def setUp(self):
        super().setUp()
        self.wait(hours=21)
        self.assertEqual(
            self.turn(OutcomeUnknown(detail="cut")), [REFRESH_TOKEN], "the first time"
        )

    def test_it_is_written_down_and_says_nothing_of_the_token(self):
        self.assertEqual(self.token.intent_count, 1)
        self.assertTrue(self.token.intent_at)
        self.assertFalse(self.token.reason)

    def test_the_refresh_token_is_tried_exactly_once_more(self):
        self.wait(hours=2)
        self.assertEqual(self.turn(OutcomeUnknown(detail="cut")), [REFRESH_TOKEN])
        self.assertEqual(self.token.reason, reasons.UNKNOWN_OUTCOME)
        self.wait(days=9)
        self.assertFalse(self.turn(self.next_set))

    def test_a_network_that_is_patient_heals_it(self):
        self.wait(hours=2)
        self.turn(self.next_set)
        self.assertEqual((self.token.generation, self.token.intent_count), (2, 0))
        self.assertFalse(self.token.reason)

    def test_a_strict_network_means_that_a_person_is_needed_and_says_why(self):
        self.wait(hours=2)
        self.turn(GrantRefused("expired", "invalid_grant"))
        self.assertEqual(self.profile.reason, reasons.UNKNOWN_OUTCOME)

    def test_trouble_before_the_try_does_not_use_it_up(self):
        for _turn in range(5):
            self.wait(hours=2)
            self.app._clear_trouble()
            self.turn(Unreachable(detail="HTTP 503"))
            self.assertEqual(self.token.intent_count, 1)
        self.assertFalse(self.token.reason)

    def test_an_access_token_that_works_serves_to_its_end(self):
        self.token.access_expires_at = self.clock() + 3 * HOUR
        self.wait(hours=2)
        self.assertFalse(self.turn(self.next_set, self.alive()))
        self.assertFalse(self.token.reason)
        self.wait(hours=1)
        self.assertEqual(self.turn(self.next_set, self.alive()), [REFRESH_TOKEN])
        self.assertEqual(self.token.generation, 2)

    def test_an_access_token_that_is_dead_does_not_delay_the_try(self):
        self.token.access_expires_at = self.clock() + 3 * HOUR
        self.wait(hours=2)
        self.assertEqual(
            self.turn(self.next_set, TokenLost("expired")), [REFRESH_TOKEN]
        )

    def test_a_crash_is_an_unknown_outcome_too(self):
        token, _profile = self.make_token("1002", refresh_token="crashed")
        self.app._clear_trouble()
        self.wait(hours=21)
        with self.enter_registry_test_mode(), self.network_answers():
            self.env["social.token"]._take_renewals(16)
        self.env.invalidate_all()
        self.assertEqual(token.intent_count, 1)
        self.assertTrue(token.lease_owner)
        self.assertFalse(self.turn(self.next_set), "somebody may be at it")
        self.free_leases()
        self.wait(hours=2)
        self.assertIn("crashed", self.turn(self.next_set))
        self.assertEqual((token.generation, token.intent_count), (2, 0))

    def test_a_crash_of_whoever_asked_is_found_by_the_next_turn(self):
        token, _profile = self.make_token("1002", refresh_token="crashed")
        self.app._clear_trouble()
        with self.enter_registry_test_mode(), self.network_answers():
            self.env["social.token"]._begin([token._claim_one(1)])
        self.free_leases()
        self.assertIn("crashed", self.turn(self.next_set, TokenLost("expired")))

    def test_the_last_try_is_made_to_a_network_that_answers(self):
        provider = self.run_action("_cron_renew", None, self.next_set)
        self.assertFalse(provider.knocked, "it is not due")
        self.wait(hours=2)
        self.assertEqual(self.run_action("_cron_renew", None, self.next_set).knocked, 1)
        self.assertEqual(self.token.generation, 2)

    def test_nobody_at_home_does_not_use_the_last_try_up(self):
        def nobody(_provider, *, redirect_uri):
            raise OutcomeUnknown(detail="cut")

        with patch.object(FakeProvider, "check_app", nobody):
            for _turn in range(3):
                self.wait(hours=2)
                self.app._clear_trouble()
                self.assertFalse(self.turn(self.next_set))
        self.assertEqual(self.token.intent_count, 1)
        self.assertFalse(self.token.reason)

    def test_where_a_refresh_spends_nothing_it_is_simply_repeated(self):
        with (
            patch(
                "odoo.addons.social_token_manager.tests.common.FakeProvider"
                ".refresh_may_spend",
                False,
            ),
            patch(
                "odoo.addons.social_token_manager.providers.x.XProvider.refresh_may_spend",
                False,
            ),
        ):
            token, _profile = self.make_token("1002", refresh_token="harmless")
            for _turn in range(5):
                self.wait(hours=26)
                self.app._clear_trouble()
                self.assertIn("harmless", self.turn(OutcomeUnknown(detail="cut")))
                self.assertEqual(token.intent_count, 0)
        self.assertFalse(token.reason)


@tagged("post_install", "-at_install")
class TestLateAnswers(RenewalCase):
    def setUp(self):
        super().setUp()
        self.wait(hours=21)

    def test_a_revocation_during_a_slow_refresh_wins(self):
        def revoke_meanwhile():
            self.token._take_loss("revoked")
            self.env.flush_all()
            return self.next_set()

        self.turn(revoke_meanwhile)
        self.assertEqual((self.token.reason, self.token.generation), ("revoked", 1))
        self.assertEqual(self.journal(token_id=self.token.id)[0].kind, "dropped")

    def test_a_refresh_dropped_for_a_held_account_is_not_forgotten(self):
        """It may have spent what is needed again when the account is let go."""

        def hold_meanwhile():
            self.token._take_loss(reasons.CHECKPOINT)
            self.env.flush_all()
            return self.next_set()

        self.turn(hold_meanwhile)
        self.assertEqual(self.token.reason, reasons.CHECKPOINT)
        self.assertEqual(self.token.intent_count, 1)

    def test_a_reconnect_during_a_slow_refresh_wins(self):
        for late in (self.next_set(), TokenLost("revoked"), Unreachable()):
            with self.subTest(late=type(late).__name__):
                generation = self.token.generation
                self.wait(days=2)

                def reconnect_meanwhile(late=late):
                    self.make_token(access_token="reconnected", refresh_token="anew")
                    return late

                self.turn(reconnect_meanwhile)
                self.assertEqual(self.token.generation, generation + 1)
                self.assertEqual(self.secrets(), ("reconnected", "anew"))
                self.assertFalse(self.token.reason or self.token.failure_count)

    def test_a_lease_that_ended_does_not_begin_a_call(self):
        with self.enter_registry_test_mode(), self.network_answers() as provider:
            claims = self.env["social.token"]._claim_due(16)
            self.free_leases()
            self.assertEqual(len(claims), 1)
            self.assertFalse(self.env["social.token"]._begin(claims))
        self.assertFalse(provider.presented)

    def test_a_loss_before_the_present_grant_says_nothing_of_it(self):
        self.make_token()
        self.assertFalse(self.token._take_loss("revoked", NOW))
        self.assertFalse(self.token.reason)
        self.assertTrue(self.token._take_loss("revoked", self.clock()))
        self.assertFalse(
            self.token._take_loss("revoked", self.clock()), "known already"
        )


@tagged("post_install", "-at_install")
class TestSettling(RenewalCase):
    def hooks(self):
        """Let an addon listen; return the list that fills."""
        heard = []
        profile_class = self.registry["social.profile"]
        for name in ("_on_token_renewed", "_on_token_lost"):
            self.patch(
                profile_class,
                name,
                lambda profiles, name=name: heard.append((name, profiles.ids)),
            )
        return heard

    def test_addons_are_told_of_a_renewal_and_of_a_loss(self):
        heard = self.hooks()
        self.wait(hours=21)
        self.turn(self.next_set)
        self.assertEqual(heard, [("_on_token_renewed", self.profile.ids)])
        heard.clear()
        self.wait(hours=21)
        self.turn(TokenLost("revoked"))
        self.assertEqual(heard, [("_on_token_lost", self.profile.ids)])

    def test_what_an_addon_does_wrong_is_its_own(self):
        def fail(profiles):
            profiles.name = "half done"
            raise ValueError("a bug")

        self.patch(self.registry["social.profile"], "_on_token_renewed", fail)
        self.wait(hours=21)
        with mute_logger(
            "odoo.addons.social_token_manager.models.social_profile_consumer"
        ):
            self.turn(self.next_set)
        self.assertEqual(self.token.generation, 2)
        self.assertFalse(self.token.unsettled_at)
        self.assertNotEqual(self.profile.name, "half done")

    def fail_for(self, token, name):
        """Let a verb fail for one token, also among others."""
        verb = getattr(type(token), name)

        def fail_for_one(tokens):
            if token.id in tokens.ids:
                raise ValueError("PLAIN")
            return verb(tokens)

        self.patch(self.registry["social.token"], name, fail_for_one)

    @mute_logger(social_token_renewal.__name__)
    def test_what_cannot_be_made_up_for_does_not_stop_the_renewals(self):
        other, _profile = self.make_token("1002")
        self.token.write({"unsettled_at": self.clock(), "renew_at": False})
        self.fail_for(self.token, "_make_up")
        self.wait(hours=21)
        self.turn(self.next_set)
        self.assertEqual(other.generation, 2)

    @mute_logger(social_token_renewal.__name__)
    def test_what_cannot_be_settled_does_not_keep_others_from_it(self):
        other, _profile = self.make_token("1002")
        self.fail_for(self.token, "_settle")
        self.wait(hours=21)
        self.turn(self.next_set)
        self.assertEqual((self.token + other).mapped("generation"), [2, 2])
        self.assertTrue(self.token.unsettled_at)
        self.assertFalse(other.unsettled_at)

    def test_a_sweep_leaves_a_held_account_to_its_checks(self):
        self.token._take_loss(reasons.CHECKPOINT)
        self.wait(minutes=3)
        self.turn()
        self.assertFalse(self.token.unsettled_at)
        self.assertTrue(self.token.verify_at)

    def test_a_sweep_makes_up_for_a_crash_between_the_two_steps_once(self):
        heard = self.hooks()
        self.wait(hours=21)
        with patch.object(self.registry["social.token"], "_settle"):
            self.turn(TokenLost("revoked"))
        self.assertEqual(self.token.reason, "revoked")
        self.assertFalse(self.profile.reason)
        self.wait(minutes=3)
        self.turn()
        self.turn()
        self.assertEqual(self.profile.reason, "revoked")
        self.assertEqual(heard, [("_on_token_lost", self.profile.ids)])


@tagged("post_install", "-at_install")
class TestChecksInTurn(RenewalCase):
    def check_turn(self, answer, **values):
        return len(self.run_action("_cron_verify", answer, **values).questions)

    def test_every_token_is_checked_within_a_day_and_once(self):
        for number in range(30):
            self.make_token(f"20{number}")
        asked = 0
        for _turn in range(24 * 6 + 1):
            asked += self.check_turn(self.alive())
            self.wait(minutes=10)
        self.assertGreaterEqual(asked, 31)
        self.assertLessEqual(asked, 2 * 31)
        for token in self.app.token_ids:
            self.assertLess(self.clock() - token.last_verified_at, DAY)

    def test_checks_stay_within_the_apps_budget(self):
        for number in range(30):
            self.make_token(f"20{number}")
        self.wait(days=2)
        self.app.check_budget = 10
        self.assertEqual(self.check_turn(self.alive()), 10)
        self.assertEqual(self.check_turn(self.alive()), 0)
        self.wait(minutes=61)
        self.assertEqual(self.check_turn(self.alive()), 10)

    def test_renewals_do_not_use_up_the_budget_of_checks(self):
        self.app.check_budget = 1
        self.wait(days=2)
        self.turn(self.next_set)
        self.assertEqual(self.check_turn(self.alive()), 1)

    def test_a_held_account_is_asked_about_once_a_day(self):
        self.token._take_loss(reasons.CHECKPOINT)
        self.wait(days=1)
        self.assertEqual(self.check_turn(self.dead(reasons.CHECKPOINT)), 1)
        self.wait(hours=1)
        self.assertEqual(self.check_turn(self.dead(reasons.CHECKPOINT)), 0)

    def test_a_held_account_is_renewed_where_only_that_can_tell(self):
        self.token._take_loss(reasons.CHECKPOINT)
        self.wait(days=1)
        self.assertFalse(self.turn(self.next_set), "a check comes first")
        self.check_turn(AccessEnded(detail="over"))
        self.assertEqual(self.turn(self.next_set), [REFRESH_TOKEN])
        self.assertFalse(self.token.reason)

    def test_an_access_token_that_ended_is_renewed_and_checked_again(self):
        self.wait(days=2)
        self.token.renew_at = False
        self.check_turn(AccessEnded(detail="over"))
        self.assertEqual(self.token.failure_count, 0, "nothing failed")
        self.assertEqual(self.turn(self.next_set), [REFRESH_TOKEN])
        self.wait(minutes=16)
        self.assertEqual(self.check_turn(self.alive()), 1)

    def test_an_app_that_rests_is_not_asked(self):
        self.wait(days=2)
        self.app.paused_until = self.clock() + HOUR
        self.assertEqual(self.check_turn(self.alive()), 0)

    def test_checks_rest_where_most_of_an_apps_limit_is_used(self):
        app = self.make_app(provider="pinterest", api_version=False)
        self.make_token("1002", app=app)
        self.token.verify_at = False
        self.wait(days=2)
        self.assertEqual(self.check_turn(self.alive(), rest_seconds=600), 1)
        self.assertEqual(app.paused_until, self.clock() + timedelta(minutes=10))
        app.token_ids.verify_at = self.clock()
        self.assertEqual(self.check_turn(self.alive()), 0)
        self.wait(minutes=11)
        self.assertEqual(self.check_turn(self.alive()), 1)

    def test_a_persons_checks_rest_where_most_of_that_persons_limit_is_used(self):
        other, _profile = self.make_token("1002")
        other.verify_at = False
        self.wait(days=2)
        self.assertEqual(self.check_turn(self.alive(), rest_seconds=600), 1)
        self.assertEqual(self.token.paused_until, self.clock() + timedelta(minutes=10))
        self.assertFalse(self.app.paused_until, "the others go on")
        (self.token + other).verify_at = self.clock()
        self.assertEqual(self.check_turn(self.alive()), 1, "of the other one alone")
        self.assertFalse(other.paused_until)
        self.assertEqual(len(self.turn(self.next_set)), 2, "renewals go on")
        self.token.verify_at = self.clock()
        self.wait(minutes=11)
        self.assertEqual(self.check_turn(self.alive()), 1)

    def test_one_persons_limit_does_not_stop_the_app(self):
        self.wait(days=2)
        self.check_turn(RateLimited("HTTP 429", 900))
        self.assertFalse(self.app.paused_until)
        self.assertGreater(self.token.verify_at, self.clock())
        meta = self.make_app()
        token, _page = self.connect(meta, self.manager, [self.page("P1")])
        self.wait(days=2)
        self.check_turn(RateLimited("4", 900))
        self.assertTrue(meta.paused_until, "Meta counts for the app")
        self.assertFalse(token.reason)

    def test_the_button_renews_first_where_only_that_can_tell(self):
        self.wait(hours=3)
        answers = iter([AccessEnded(detail="over"), self.alive()])
        with (
            self.enter_registry_test_mode(),
            self.network_answers(lambda: next(answers), self.next_set) as provider,
        ):
            result = self.token._verify()
        self.assertEqual(result, {self.token.id: None})
        self.assertEqual(provider.presented, [REFRESH_TOKEN])
        self.assertEqual(self.token.generation, 2)

    def test_the_button_does_not_doubt_what_the_renewal_told(self):
        """Asked again, a token that is lost would only say that it is over."""
        self.wait(hours=3)
        for lost in DEFINITE:
            with (
                self.subTest(lost=type(lost).__name__),
                self.enter_registry_test_mode(),
                self.network_answers(AccessEnded(detail="over"), lost) as provider,
            ):
                result = self.token._verify()
                self.assertEqual(result, {self.token.id: None})
                self.assertEqual(len(provider.presented), 1)
            self.env.invalidate_all()
            self.assertEqual(self.token.reason, "revoked")
            self.assertFalse(self.token.renew_at)
            self.token.write({"reason": False, "reason_at": False})


@tagged("post_install", "-at_install")
class TestConsumers(RenewalCase):
    """Other addons get a token that works, or a sentence."""

    def ask(self, refreshed=None, seconds=60):
        with (
            self.enter_registry_test_mode(),
            self.network_answers(self.alive(), refreshed) as provider,
        ):
            try:
                return self.profile._access_token(seconds), provider.presented
            finally:
                self.env.invalidate_all()

    def test_a_token_that_lives_is_handed_out_as_it_is(self):
        self.assertEqual(self.ask(), (ACCESS_TOKEN, []))

    def test_one_that_ends_too_soon_is_renewed_first(self):
        self.wait(minutes=119, seconds=30)
        self.assertEqual(self.ask(self.next_set), ("access-1", [REFRESH_TOKEN]))
        self.assertEqual(self.ask(self.next_set), ("access-1", []))
        self.assertEqual(self.ask(lambda: self.next_set(2), 3 * 3600)[0], "access-2")

    def test_each_hand_out_is_journalled_without_the_value(self):
        self.ask()
        (line,) = self.journal(kind="handed_out")
        self.assertEqual(
            (line.token_id, line.profile_id, line.generation),
            (self.token, self.profile, 1),
        )
        self.assertNotIn(ACCESS_TOKEN, str(line.read()))

    def test_a_token_in_use_is_renewed_before_it_ends(self):
        self.wait(hours=21)
        self.ask(self.next_set)
        self.assertEqual(self.token.last_used_at, self.clock())
        self.wait(hours=3)
        self.ask(lambda: self.next_set(2))
        self.assertLess(self.token.renew_at, self.clock() + 2 * HOUR)

    def test_without_a_token_the_reason_is_said(self):
        cases = {
            "revoked": lambda: self.token._take_loss("revoked"),
            # X lets nobody tick, so it was a role.
            "lost_role": lambda: self.profile.access_id._note_deselected(),
        }
        for reason, lose in cases.items():
            with self.subTest(reason=reason):
                self.make_token()
                lose()
                self.profile._update_state()
                with self.assertRaises(NoWorkingToken) as caught:
                    self.ask()
                self.assertEqual(caught.exception.reason, reason)
                self.assertTrue(str(caught.exception))

    def test_a_profile_that_nobody_connected_has_none(self):
        with self.enter_registry_test_mode():
            with self.assertRaises(NoWorkingToken) as caught:
                self.make_profile("x")._access_token()
        self.assertEqual(caught.exception.reason, "not_connected")

    def test_trouble_at_the_network_is_told_and_ends_nothing(self):
        self.wait(hours=3)
        for trouble in TROUBLE:
            with self.subTest(trouble=type(trouble).__name__):
                self.app._clear_trouble()
                with self.assertRaises(NoWorkingToken) as caught:
                    self.ask(trouble)
                self.assertEqual(caught.exception.reason, trouble.reason)
                self.assertFalse(self.token.reason)

    def test_an_app_that_rests_is_told_at_once_and_not_waited_for(self):
        self.wait(hours=3)
        for fault, reason in (("101", "app_fault"), (False, "unreachable")):
            with self.subTest(reason=reason):
                self.app.write({"paused_until": self.clock() + HOUR, "fault": fault})
                with (
                    patch.object(social_token_renewal.time, "sleep") as sleep,
                    self.assertRaises(NoWorkingToken) as caught,
                ):
                    self.ask(self.next_set)
                self.assertEqual(caught.exception.reason, reason)
                sleep.assert_not_called()

    def test_a_definite_no_is_told_with_its_reason(self):
        self.wait(hours=3)
        with self.assertRaises(NoWorkingToken) as caught:
            self.ask(GrantRefused("revoked"))
        self.assertEqual(caught.exception.reason, "revoked")

    def test_who_waits_for_another_gets_what_that_one_stored(self):
        self.wait(hours=3)
        with self.enter_registry_test_mode(), self.network_answers() as provider:
            claims = [self.token._claim_one(self.token.generation)]

            def sleep(_seconds):
                # The other one finishes while this one waits.
                while claims:
                    self.env["social.token"]._conclude(claims.pop(), self.next_set())

            with patch.object(social_token_renewal.time, "sleep", sleep):
                self.assertEqual(self.profile._access_token(), "access-1")
        self.assertFalse(provider.presented)

    def test_a_pages_own_token_is_handed_out(self):
        app = self.make_app()
        _token, page = self.connect(app, self.manager, [self.page("P1")])
        with self.enter_registry_test_mode():
            self.assertEqual(page._access_token(), "PLAIN-9f3e-page-token-P1")


@tagged("post_install", "-at_install")
class TestStatements(RenewalCase):
    """How many statements the hot paths take, savepoints of the tests left out."""

    def count(self, do):
        statements = []
        execute = Cursor.execute

        def counted(cursor, query, *args, **kwargs):
            text = query.code if isinstance(query, SQL) else str(query)
            if "SAVEPOINT" not in text.upper():
                statements.append(text)
            return execute(cursor, query, *args, **kwargs)

        self.env.flush_all()
        with patch.object(Cursor, "execute", counted):
            do()
        return len(statements)

    def test_handing_out_a_token(self):
        self.turn(self.next_set)
        with self.enter_registry_test_mode():
            self.profile._access_token()
            self.assertLessEqual(self.count(self.profile._access_token), 16)

    def test_renewing_many(self):
        """Each further token costs its own row and line, not another turn."""
        self.app.call_limit = 8
        self.wait(hours=21)
        one = self.count(lambda: self.turn(self.next_set))
        for number in range(19):
            self.make_token(f"20{number:02}")
        self.wait(hours=21)
        twenty = self.count(lambda: self.turn(self.next_set))
        self.assertEqual(set(self.app.token_ids.mapped("generation")), {2, 3})
        self.assertLessEqual((twenty - one) / 19, 16)
