"""In which state a connect link is: by what happened and the clock alone."""

from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..policy.links import Facts, is_open, state_of

NOW = datetime(2026, 11, 22, 12, 0, 0)
LATER, BEFORE = NOW + timedelta(seconds=1), NOW - timedelta(days=1)


@tagged("post_install", "-at_install")
class TestPolicyLinks(BaseCase):
    def test_the_clock_alone_lets_a_link_expire(self):
        for expires_at, state in ((LATER, "pending"), (NOW, "expired")):
            facts = Facts(expires_at)
            self.assertEqual(state_of(facts, NOW), state)
            self.assertEqual(is_open(facts, NOW), state == "pending")

    def test_what_was_decided_stays_whatever_time_it_is(self):
        for expires_at in (LATER, BEFORE):
            for facts, state in (
                (Facts(expires_at, BEFORE, done_at=BEFORE), "done"),
                (Facts(expires_at, BEFORE, revoked_at=BEFORE), "revoked"),
                (Facts(expires_at, wrong_at=BEFORE, revoked_at=BEFORE), "revoked"),
            ):
                with self.subTest(state=state, expires_at=expires_at):
                    self.assertEqual(state_of(facts, NOW), state)
                    self.assertFalse(is_open(facts, NOW))

    def test_a_wrong_account_waits_beyond_the_end_and_may_be_mended_before(self):
        for expires_at in (LATER, BEFORE):
            facts = Facts(expires_at, opened_at=BEFORE, wrong_at=BEFORE)
            self.assertEqual(state_of(facts, NOW), "wrong_account")
            self.assertEqual(is_open(facts, NOW), expires_at == LATER)

    def test_opened_is_told_from_pending(self):
        self.assertEqual(state_of(Facts(LATER, opened_at=BEFORE), NOW), "opened")
        self.assertEqual(state_of(Facts(BEFORE, opened_at=BEFORE), NOW), "expired")
