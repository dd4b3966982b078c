from odoo.tests import tagged

from ..providers import PROVIDERS
from ..providers.errors import AppFault, TokenLost
from ..providers.results import StoredToken
from ..providers.threads import ThreadsProvider
from .provider_common import needs_sandbox
from .provider_extending import REDIRECT_URI, ExtendingCase, Promises


class ThreadsCase(ExtendingCase):
    provider_class = ThreadsProvider


@needs_sandbox
@tagged("post_install", "-at_install")
class TestThreadsPromises(Promises, ThreadsCase):
    """What Threads shares with Instagram Login."""


@needs_sandbox
@tagged("post_install", "-at_install")
class TestThreads(ThreadsCase):
    def test_the_answer_to_a_code_tells_neither_end_nor_scopes(self):
        token = self.exchange()
        self.assertIsNone(token.access_expires_at)
        self.assertIsNone(token.scopes)
        (profile,) = self.listing(self.grant())
        self.assertEqual((profile.reason, profile.missing_scopes), (None, ()))

    def test_the_id_of_a_facebook_app_is_the_app_s_fault_by_its_number(self):
        for client_id in ("100000000000001", "200000000000001"):
            provider = self.provider(client_id=client_id)
            failure = self.assert_fails(
                AppFault,
                provider.grant,
                code=self.there.code(),
                redirect_uri=REDIRECT_URI,
            )
            self.assertEqual(failure.detail, "4476002")

    def test_a_token_that_was_granted_nothing_never_heals(self):
        grant = self.grant()
        self.control("untick", account="cafeaurora", scopes=self.provider().app.scopes)
        failure = self.assert_fails(TokenLost, self.listing, grant)
        self.assertEqual((failure.reason, failure.detail), ("missing_scope", "100/10"))

    def test_the_token_goes_where_it_is_documented(self):
        grant = self.grant()
        self.calls()
        self.listing(grant)
        ((_path, call),) = self.calls()
        self.assertFalse(call["bearer"])
        self.assertEqual(call["parameters"], ["access_token", "fields"])

    def test_what_a_private_account_gave_ends_after_ninety_days(self):
        stored = self.stored(self.grant(account="diego.rocha"))
        for _month in range(3):
            self.advance(days=29)
            token = self.provider().refresh(stored)
            stored = StoredToken(token.access_token, issued_at=token.issued_at)
        self.advance(days=4)
        failure = self.assert_fails(TokenLost, self.provider().refresh, stored)
        self.assertEqual(failure.reason, "revoked")

    def test_the_three_engines_of_meta_share_no_address(self):
        places = ("default_authorize_url", "default_token_url", "default_api_url")
        engines = [PROVIDERS[code] for code in ("meta", "instagram", "threads")]
        addresses = [getattr(engine, place) for engine in engines for place in places]
        self.assertEqual(len(set(addresses)), 9)
