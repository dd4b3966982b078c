from datetime import datetime

from requests import Response

from odoo.tests import BaseCase, tagged

from ..providers import PROVIDERS
from ..providers.base import OAuth2Provider
from ..providers.errors import AppFault, GrantRefused, ProviderError, Unreachable
from ..providers.results import AppData

NOW = datetime(2026, 3, 1, 12)


def response(status):
    answer = Response()
    answer.status_code = status
    return answer


@tagged("post_install", "-at_install")
class TestStandardErrors(BaseCase):
    def judge(self, provider_class, status, **answer):
        """Return the kind of failure that an answer is, None for a good one."""
        app = AppData("any", "id", "secret", "", "", "")
        provider = provider_class(app, None, NOW)
        try:
            provider._raise_for_answer(response(status), answer)
        except ProviderError as failure:
            return type(failure)
        return None

    def test_a_server_in_trouble_is_asked_again_whatever_its_status(self):
        """RFC 6749 section 4.1.2.1 names the two, section 5.2 gives the status 400."""
        # Pinterest's errors are numbers, and these names none of them.
        named = set(PROVIDERS.values()) - {PROVIDERS["pinterest"]}
        for provider_class in (OAuth2Provider, *named):
            for error in ("temporarily_unavailable", "server_error"):
                for status in (200, 400, 500, 503):
                    with self.subTest(provider_class.code, error=error, status=status):
                        kind = self.judge(provider_class, status, error=error)
                        self.assertIs(kind, Unreachable)

    def test_a_refused_grant_needs_a_person_and_a_refused_client_an_owner(self):
        for error, kind in (
            ("invalid_grant", GrantRefused),
            ("invalid_client", AppFault),
            ("unauthorized_client", AppFault),
            ("invalid_scope", AppFault),
            ("invalid_request", AppFault),
            ("unsupported_grant_type", AppFault),
        ):
            for status in (200, 400, 401):
                with self.subTest(error=error, status=status):
                    found = self.judge(OAuth2Provider, status, error=error)
                    self.assertIs(found, kind)

    def test_an_error_that_is_no_name_of_the_standard_makes_no_sense(self):
        for error in ("something_new", 5, True, [], {}, {"code": 1}):
            with self.subTest(error=error):
                self.assertIs(self.judge(OAuth2Provider, 400, error=error), Unreachable)
                self.assertIs(self.judge(OAuth2Provider, 200, error=error), Unreachable)

    def test_a_good_answer_passes(self):
        for answer in ({}, {"error": None}, {"error": ""}, {"access_token": "token"}):
            with self.subTest(answer=answer):
                self.assertIsNone(self.judge(OAuth2Provider, 200, **answer))
