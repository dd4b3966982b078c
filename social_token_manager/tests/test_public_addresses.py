"""Addresses that need no login: whatever stands in them, they are answered."""

from lxml import html

from odoo.tests import tagged

from ..const import (
    ASK_SUFFIX,
    CALENDAR_PATH,
    CALLBACK_PATH,
    CONNECTION_PATH,
    DELETION_PATH,
    LINK_PATH,
    WEBHOOK_PATH,
)
from .common import SocialHttpCase

# No text to the database, too long for a token, no ASCII, no UTF-8, a lone surrogate.
ODD = ("%00", "a%00b", "a" * 4000, "%C3%A9", "%F0%9F%98%80", "%FF", "%ED%A0%80", "%25")


@tagged("post_install", "-at_install")
class TestPublicAddresses(SocialHttpCase):
    def setUp(self):
        super().setUp()
        self.app = self.make_app()

    def assert_answered(self, path, codes, **options):
        """Assert that an address is answered, and nothing failed meanwhile."""
        with self.subTest(path=path[:60]), self.assertNoLogs(level="ERROR"):
            answer = self.url_open(path, allow_redirects=False, **options)
            self.assertIn(answer.status_code, codes)

    def test_pages_without_a_login_take_any_address(self):
        for path in (
            LINK_PATH.format(token="{odd}"),
            CONNECTION_PATH.format(reference="{odd}"),
            CALENDAR_PATH.format(token="{odd}"),
            DELETION_PATH.format(code="{odd}"),
        ):
            for odd in ODD:
                self.assert_answered(path.format(odd=odd), {404})

    def test_buttons_without_a_login_take_any_address(self):
        page = html.fromstring(self.url_open(LINK_PATH.format(token="unknown")).text)
        form = dict(page.forms[0].form_values())
        for path in (
            LINK_PATH.format(token="{odd}"),
            CONNECTION_PATH.format(reference="{odd}"),
        ):
            for odd in ODD:
                address = path.format(odd=odd)
                self.assert_answered(address, {404}, data=form)
                self.assert_answered(address + ASK_SUFFIX, {200}, data=form)

    def test_a_callback_takes_any_address_and_answer(self):
        for odd in ODD:
            answer = f"?state={odd}&code={odd}&iss={odd}&error={odd}"
            for key in (odd, self.app.callback_key):
                path = CALLBACK_PATH.format(callback_key=key) + answer
                # An endless query is turned away before it is looked at.
                self.assert_answered(path, {403, 414})

    def test_a_webhook_takes_any_address_question_and_body(self):
        for odd in ODD:
            asked = f"?hub.mode=subscribe&hub.verify_token={odd}&hub.challenge={odd}"
            for key in (odd, self.app.callback_key):
                path = WEBHOOK_PATH.format(callback_key=key)
                self.assert_answered(path + asked, {403})
                self.assert_answered(path, {403}, data=odd.encode())
                self.assert_answered(f"{path}/deletion", {403}, data={"x": odd})

    def test_a_login_is_no_way_around_either(self):
        user = self.make_user("member")
        self.authenticate(user.login, user.login)
        for number in (0, 2**31, 10**40):
            self.assert_answered(f"/social/authorize/{number}", {403})
            self.assert_answered(f"/social/renew/{number}", {303})
