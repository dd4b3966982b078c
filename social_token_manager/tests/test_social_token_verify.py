"""Only a definite answer changes what is shown; all other trouble is counted."""

from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged, test_cursor

from ..engine import persist
from ..models import social_token_check
from ..providers.errors import (
    AddressRefused,
    AppFault,
    GrantRefused,
    RateLimited,
    RequestRefused,
    TokenLost,
    Unreachable,
)
from .common import ACCESS_TOKEN, NOW, PAGE_TOKEN, SocialClockCase

DAY = timedelta(days=1)
# error: the reason code that is told, whether it is the app's trouble
INDEFINITE = (
    (Unreachable(detail="HTTP 503"), "unreachable", False),
    (RateLimited(detail="4", retry_after=60), "rate_limited", False),
    (RequestRefused(detail="100"), "unreachable", False),
    (GrantRefused(detail="invalid_grant"), "unreachable", False),
    (AppFault(detail="101"), "app_fault", True),
    (AddressRefused(detail="graph.example"), "app_fault", True),
)


@tagged("post_install", "-at_install")
class TestSocialTokenVerify(SocialClockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("manager")
        cls.member = cls.make_user("member")
        cls.app = cls.make_app()
        with freeze_time(NOW - DAY):
            cls.token, profiles = cls.connect(
                cls.app,
                cls.manager,
                [cls.page("P1"), cls.page("P2")],
                access_expires_at=NOW + 59 * DAY,
            )
        cls.first, cls.second = profiles.sorted("external_id")

    def verify(self, answer, tokens=None):
        """Verify with a network that answers so; return what came and its provider."""
        tokens = tokens or self.token
        with self.enter_registry_test_mode(), self.network_answers(answer) as provider:
            return tokens._verify(), provider

    def look(self):
        """Return all that a person could see of this token and its profiles."""
        return (self.first + self.second).read(
            ["status", "expires_at", "reason", "cycle", "access_id", "last_verified_at"]
        )

    # === DEFINITE === #

    def test_the_network_is_asked_with_what_is_stored(self):
        _result, provider = self.verify(self.alive())
        ((access_token, reaches),) = provider.questions
        self.assertEqual(access_token, ACCESS_TOKEN)
        self.assertEqual(
            {
                (one.key, one.network, one.external_id, one.page_token)
                for one in reaches
            },
            {
                (one.access_ids.id, "facebook", page, f"{PAGE_TOKEN}-{page}")
                for one, page in ((self.first, "P1"), (self.second, "P2"))
            },
        )
        self.assertNotIn(PAGE_TOKEN, repr(reaches))

    def test_no_transaction_of_the_engine_is_open_while_the_network_is_asked(self):
        open_cursors = []

        def answer():
            open_cursors.append(len(test_cursor.TestCursor._cursors_stack))
            return self.alive()

        self.verify(answer)
        self.assertEqual(open_cursors, [0])

    def test_a_lost_token_is_red_with_its_reason(self):
        for answer in (
            TokenLost("password_changed", "190/460"),
            self.dead("password_changed", "190/460"),
        ):
            with self.subTest(answer=answer):
                self.token.write({"reason": False, "reason_at": False})
                result, _provider = self.verify(answer)
                self.assertEqual(result, {self.token.id: None})
                self.assertEqual(self.token.reason, "password_changed")
                self.assertEqual(self.token.reason_at, NOW)
                self.assertEqual(self.token.last_verified_at, NOW)
                for profile in (self.first, self.second):
                    self.assertEqual(profile.status, "expired")
                    self.assertEqual(profile.reason, "password_changed")
                line = self.journal(token_id=self.token.id, kind="lost")[:1]
                self.assertEqual(line.detail, "190/460")
                self.assertEqual(line.generation, 1)

    def test_a_living_token_is_noted_with_what_the_network_knows_better(self):
        self.token.write({"failure_count": 3})
        self.app._note_fault("101")
        result, _provider = self.verify(
            self.alive(
                scopes=("a", "b"),
                access_expires_at=NOW + 30 * DAY,
                data_access_expires_at=NOW + 20 * DAY,
            )
        )
        self.assertEqual(result, {self.token.id: None})
        self.assertRecordValues(
            self.token,
            [
                {
                    "scopes": "a,b",
                    "access_expires_at": NOW + 30 * DAY,
                    "data_access_expires_at": NOW + 20 * DAY,
                    "expires_at": NOW + 20 * DAY,
                    "failure_count": 0,
                    "last_verified_at": NOW,
                    "generation": 1,
                }
            ],
        )
        self.assertFalse(self.app.fault)
        self.assertEqual(self.first.expires_at, NOW + 20 * DAY)
        self.assertEqual(self.first.cycle, 1)
        self.assertFalse(self.journal(token_id=self.token.id, kind="verified"))

    def test_a_verdict_that_changes_is_journalled(self):
        self.verify(self.dead("checkpoint"))
        self.assertEqual(len(self.journal(token_id=self.token.id, kind="lost")), 1)
        self.verify(self.dead("checkpoint"))
        self.assertEqual(len(self.journal(token_id=self.token.id, kind="lost")), 1)
        self.verify(self.alive())
        self.assertEqual(len(self.journal(token_id=self.token.id, kind="verified")), 1)

    def test_what_the_network_does_not_say_is_kept(self):
        before = self.token.read(["scopes", "access_expires_at", "expires_at"])
        self.verify(self.alive())
        self.assertEqual(
            self.token.read(["scopes", "access_expires_at", "expires_at"]), before
        )

    def test_one_lost_profile_leaves_the_others_alone(self):
        self.verify(self.alive({self.first.access_ids.id: "lost_role"}))
        self.assertEqual(
            (self.first.reason, self.first.status), ("lost_role", "expired")
        )
        self.assertEqual(self.first.expires_at, NOW)
        self.assertEqual((self.second.reason, self.second.status), (False, "valid"))
        self.assertFalse(self.token.reason)
        self.verify(self.alive())
        self.assertEqual((self.first.reason, self.first.status), (False, "valid"))

    # === INDEFINITE === #

    def test_trouble_changes_no_status_and_is_counted(self):
        for number, (error, told, is_apps) in enumerate(INDEFINITE, start=1):
            with self.subTest(error=type(error).__name__):
                self.app._clear_trouble()
                before = self.look()
                result, _provider = self.verify(error)
                self.assertEqual(result, {self.token.id: told})
                self.assertEqual(self.look(), before)
                self.assertFalse(self.token.reason)
                self.assertEqual(self.token.failure_count, number)
                self.assertEqual(bool(self.app.fault), is_apps)
                line = self.journal(token_id=self.token.id)[0]
                self.assertEqual(line.kind, "unverified")
                self.assertEqual(
                    (line.reason, line.detail), (error.reason, error.detail)
                )

    def test_trouble_leaves_a_known_loss_as_it_is(self):
        self.verify(self.dead("revoked"))
        before = self.look()
        self.verify(Unreachable())
        self.assertEqual(self.look(), before)
        self.assertEqual(self.token.reason, "revoked")

    def test_one_token_in_trouble_does_not_keep_others_from_being_checked(self):
        other, _profile = self.connect(
            self.app, self.manager, [self.page("P3")], person="1002"
        )
        third, _profile = self.connect(
            self.app, self.manager, [self.page("P4")], person="1003"
        )
        answers = iter([Unreachable(), self.dead("revoked"), self.alive()])
        result, provider = self.verify(
            lambda: next(answers), self.token + other + third
        )
        self.assertEqual(
            result, {self.token.id: "unreachable", other.id: None, third.id: None}
        )
        self.assertEqual(len(provider.questions), 3)
        self.assertEqual(
            (self.token + other + third).mapped("reason"), [False, "revoked", False]
        )

    # === LATE ANSWERS === #

    def test_a_reconnect_meanwhile_wins_over_a_late_verdict(self):
        for answer in (self.dead("revoked"), Unreachable(), AppFault(detail="101")):
            with self.subTest(answer=answer):
                generation = self.token.generation

                def reconnect(answer=answer):
                    self.connect(
                        self.app,
                        self.manager,
                        [self.page("P1"), self.page("P2")],
                        access_token="reconnected",
                        access_expires_at=NOW + 60 * DAY,
                    )
                    return answer

                self.verify(reconnect)
                self.assertEqual(self.token.generation, generation + 1)
                self.assertFalse(self.token.reason or self.token.failure_count)
                self.assertEqual(self.token._open_secret("access_token"), "reconnected")
                for profile in (self.first, self.second):
                    self.assertEqual((profile.status, profile.reason), ("valid", False))

    def test_a_loss_meanwhile_wins_over_a_late_verdict(self):
        for answer in (self.alive(), self.dead("expired")):
            with self.subTest(answer=answer):
                self.token.write({"reason": False, "reason_at": False})

                def lose(answer=answer):
                    self.token._take_loss("revoked")
                    self.env.flush_all()
                    return answer

                self.verify(lose)
                self.assertEqual(self.token.reason, "revoked")
                self.assertFalse(self.token.verify_at)

    def test_a_page_that_was_put_out_meanwhile_stays_so(self):
        access = self.first.access_ids

        def lose():
            access._note_reason("revoked")
            self.env.flush_all()
            return self.alive()

        self.verify(lose)
        self.assertEqual(access.reason, "revoked")

    def test_what_is_being_renewed_is_left_to_the_renewal(self):
        """The renewal may have ended the very token that was asked about."""

        def begin():
            self.token._claim_one(1)
            return self.dead("revoked")

        self.verify(begin)
        self.assertFalse(self.token.reason)
        self.assertTrue(self.token.lease_owner)

    def test_while_nobody_knows_what_became_of_a_renewal_its_next_try_tells(self):
        self.token.intent_count = 1
        self.verify(self.dead("revoked"))
        self.assertFalse(self.token.reason)
        self.assertEqual(self.token.intent_count, 1)

    def test_a_grant_that_was_wiped_with_its_loss_keeps_its_reason(self):
        self.token._forget("revoked")
        lost = self.journal(token_id=self.token.id, kind="lost")
        self.verify(self.alive())
        self.assertEqual(self.token.reason, "revoked")
        self.assertFalse(self.token.verify_at, "nothing is left to ask about")
        self.assertEqual(self.journal(token_id=self.token.id, kind="lost"), lost)

    def test_what_there_was_no_time_to_ask_about_stays_as_it_was(self):
        access = self.second.access_ids
        access._note_reason("lost_role")
        verdict = replace(self.alive(), unasked=frozenset(access.ids))
        self.verify(verdict)
        self.assertEqual(access.reason, "lost_role")
        self.verify(self.alive())
        self.assertFalse(access.reason)

    def test_an_access_that_came_after_the_question_keeps_its_reason(self):
        def arrive():
            self.connect(self.app, self.manager, [self.page("P3")], person="other")
            late = self.env["social.access"].search([], order="id desc", limit=1)
            late.token_id = self.token
            late._note_reason("missing_scope")
            self.late = late
            return self.alive()

        self.verify(arrive)
        self.assertEqual(self.late.reason, "missing_scope")

    def test_a_reconnect_between_the_two_steps_of_storing_wins(self):
        def persist_and_be_overtaken(env, store):
            stored = persist(env, store)
            if self.token.generation == 1:
                self.connect(self.app, self.manager, [self.page("P1"), self.page("P2")])
            return stored

        with patch.object(social_token_check, "persist", persist_and_be_overtaken):
            self.verify(self.alive({self.first.access_ids.id: "lost_role"}))
        self.assertEqual(self.token.generation, 2)
        self.assertEqual((self.first.reason, self.first.status), (False, "valid"))

    # === DAMAGED SECRETS === #

    def test_a_damaged_page_token_quarantines_that_access_only(self):
        access = self.first.access_ids
        access.page_token = self.second.access_ids.page_token
        _result, provider = self.verify(self.alive())
        ((_token, reaches),) = provider.questions
        self.assertEqual([one.external_id for one in reaches], ["P2"])
        self.assertEqual(access.reason, "damaged_secret")
        self.assertEqual(
            (self.first.reason, self.first.status), ("damaged_secret", "expired")
        )
        self.assertEqual((self.second.reason, self.second.status), (False, "valid"))

    def test_a_damaged_access_token_is_never_presented(self):
        self.app._note_fault("101")
        self.token.access_token = self.token._seal_secret("access_token", "old", 99)
        result, provider = self.verify(self.alive())
        self.assertFalse(provider.questions)
        self.assertEqual(result, {self.token.id: None})
        self.assertEqual(self.token.reason, "damaged_secret")
        self.assertEqual(self.first.reason, "damaged_secret")
        self.assertEqual(self.token.last_verified_at, NOW - DAY, "nobody was asked")
        self.assertEqual(self.app.fault, "101", "nobody was asked")

    def test_a_token_without_its_secret_is_never_presented(self):
        """As in a neutralised copy."""
        self.token.access_token = False
        _result, provider = self.verify(self.alive())
        self.assertFalse(provider.questions)
        self.assertEqual(self.first.status, "expired")

    def test_a_damaged_app_secret_is_the_apps_trouble(self):
        self.app.client_secret = self.make_app().client_secret
        before = self.look()
        with self.enter_registry_test_mode():
            result = self.token._verify()
        self.assertEqual(result, {self.token.id: "app_fault"})
        self.assertEqual(self.look(), before)
        self.assertTrue(self.app.fault)

    def test_a_reconnect_heals_a_quarantine(self):
        self.first.access_ids.page_token = self.second.access_ids.page_token
        self.verify(self.alive())
        self.connect(self.app, self.manager, [self.page("P1"), self.page("P2")])
        self.assertEqual((self.first.reason, self.first.status), (False, "valid"))

    # === THE BUTTON === #

    def press(self, user, answer):
        with (
            self.enter_registry_test_mode(),
            self.network_answers(answer),
            patch.object(self.env.cr, "commit", lambda: None),
        ):
            return self.first.with_user(user).action_verify()["params"]

    def test_whoever_sees_a_profile_may_have_it_checked(self):
        self.first.recipient_user_ids = self.member
        params = self.press(self.member, self.dead("revoked"))
        self.assertEqual(params["type"], "info")
        self.assertEqual(self.first.reason, "revoked")

    def test_the_button_tells_what_kept_the_network_from_answering(self):
        for error, words in (
            (Unreachable(), "did not answer"),
            (RateLimited(), "asks us to wait"),
            (AppFault(), "An Owner checks the app"),
            (RequestRefused(), ""),
            (GrantRefused(), ""),
        ):
            with self.subTest(error=type(error).__name__):
                params = self.press(self.manager, error)
                self.assertEqual(params["type"], "warning")
                self.assertTrue(params["message"])
                self.assertIn(words, params["message"])

    def test_many_are_asked_in_the_background(self):
        for number in range(10, 16):
            self.connect(
                self.app, self.manager, [self.page(f"P{number}")], person=f"{number}"
            )
        profiles = self.env["social.profile"].search([("access_id", "!=", False)])
        profiles.token_id.verify_at = False
        with self.network_answers(self.alive()) as provider:
            params = profiles.with_user(self.manager).action_verify()["params"]
        self.assertFalse(provider.questions)
        self.assertIn("in the background", params["message"])
        self.assertEqual(set(profiles.token_id.mapped("verify_at")), {NOW})

    def test_what_nobody_connected_cannot_be_checked(self):
        profile = self.make_profile().with_user(self.manager)
        with self.assertRaises(UserError) as caught:
            profile.action_verify()
        self.assertIn("Nobody has connected this yet", str(caught.exception))
