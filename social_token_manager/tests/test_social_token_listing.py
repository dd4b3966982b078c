"""What a stored token reaches, asked of its network anew."""

from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged, test_cursor

from ..policy import reasons
from ..providers.errors import AccessEnded, GrantRefused, TokenLost, Unreachable
from ..providers.results import TokenSet
from .common import NOW, PLAIN, REFRESH_TOKEN, SocialClockCase

OVER = AccessEnded(detail="access token over")
LATER = timedelta(hours=3)


@tagged("post_install", "-at_install")
class TestSocialTokenListing(SocialClockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("manager")
        cls.app = cls.make_app(provider="x")
        cls.listing = (cls.page("X1", "x", page_token=None, usable=True),)

    def setUp(self):
        super().setUp()
        self.token, _profiles = self.connect(
            self.app,
            self.manager,
            self.listing,
            refresh_token=REFRESH_TOKEN,
            access_expires_at=NOW + timedelta(hours=2),
        )
        # The caller's transaction is the test's.
        self.commits = self.startPatcher(patch.object(self.env.cr, "commit"))

    def list(self, *answers, refreshed=None):
        """Return what is listed by a network that answers so, one after another."""
        said = iter(answers)

        def answer():
            one = next(said)
            return one() if callable(one) else one

        with (
            self.enter_registry_test_mode(),
            self.network_answers(refreshed=refreshed) as network,
        ):
            network.listing = answer
            try:
                return self.token._read_listing(), network
            finally:
                self.env.invalidate_all()

    def test_an_access_token_that_has_run_out_is_renewed_first(self):
        self.move_clock(NOW + LATER)
        new = TokenSet(f"{PLAIN}-next", f"{PLAIN}-rest")
        listed, network = self.list(OVER, self.listing, refreshed=new)
        self.assertEqual(listed, self.listing)
        self.assertEqual(network.presented, [REFRESH_TOKEN])
        self.assertEqual(network.questions[-1][0], f"{PLAIN}-next")
        self.assertEqual(self.token.generation, 2)

    def test_one_that_works_is_not_renewed(self):
        listed, network = self.list(self.listing)
        self.assertEqual((listed, network.presented), (self.listing, []))

    def test_no_transaction_of_ours_is_open_while_the_network_is_asked(self):
        seen = []

        def look():
            open_cursors = len(test_cursor.TestCursor._cursors_stack)
            seen.append((self.commits.called, open_cursors))
            return self.listing

        self.list(look)
        self.assertEqual(seen, [(True, 0)])

    def test_a_grant_that_turns_out_to_be_over_says_why(self):
        self.move_clock(NOW + LATER)
        with self.assertRaises(TokenLost) as caught:
            self.list(OVER, refreshed=GrantRefused(reasons.REVOKED))
        self.assertEqual(caught.exception.reason, reasons.REVOKED)

    def test_trouble_says_nothing_of_the_token(self):
        with self.assertRaises(Unreachable):
            self.list(Unreachable())
        self.assertFalse(self.token.reason)

    def test_an_answer_without_sense_is_trouble_too(self):
        with (
            self.assertLogs("odoo.addons.social_token_manager", "ERROR"),
            self.assertRaises(Unreachable),
        ):
            self.list(lambda: {}["nonsense"])
