"""The pages of somebody outside: what they show, what consumes a link, who is first."""

from datetime import timedelta
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from freezegun import freeze_time
from lxml import html

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..clock import now
from ..const import GUESS_WINDOW, GUESSES_IN_ALL, GUESSES_PER_SOURCE, LINK_COOKIE
from ..hashing import digest
from ..providers.errors import Unreachable
from ..providers.results import Grant, Person, ProfileData, TokenSet
from .common import APP_SECRET, SocialHttpCase

OVER = "This link cannot be used"
BLANK_BEFORE_STOP = r"\s[.,;](\s|$)"


class Network:
    """A network at the provider's boundary."""

    listing_is_proof = True

    def __init__(self):
        self.exchanged = []
        self.failure = None
        self.during_exchange = None
        self.listing = (ProfileData("facebook", "P1", "Corner Café", page_token="pt"),)

    @staticmethod
    def make_verifier():
        return "v" * 64

    def authorization_url(self, *, redirect_uri, state, verifier=None, prompt=None):
        return f"https://network.example/consent?state={state}"

    def grant(self, *, code, redirect_uri, verifier=None):
        self.exchanged.append(code)
        if self.during_exchange:
            self.during_exchange()
        if self.failure:
            raise self.failure
        return Grant(Person("55", "Carla"), TokenSet("user-secret"))

    def list_profiles(self, grant):
        return self.listing

    def verify(self, stored, reaches):
        raise self.failure_of_checks


@tagged("post_install", "-at_install")
class TestSocialConnectPage(SocialHttpCase):
    def setUp(self):
        super().setUp()
        self.network_side = Network()
        self.patch(
            self.registry["social.app"], "_get_provider", lambda _app: self.network_side
        )
        self.manager = self.make_user("manager", name="Max Manager")
        self.app = self.make_app()
        self.client = self.env["res.partner"].create(
            {
                "name": "Carla Client",
                "email": "carla@client.example",
                "tz": "Asia/Tokyo",
            }
        )
        self.profile = self.make_profile(external_id="P1", handle="@corner")
        self.link, self.token = self.make_link()

    def make_link(self, days=7):
        links = self.env["social.connect.link"].with_user(self.manager)
        link, token = links._make(
            self.client,
            now() + timedelta(days=days),
            profile=self.profile.with_user(self.manager),
        )
        return link.with_env(self.env), token

    def path(self, token=None):
        return f"/social/link/{token or self.token}"

    def get(self, path=None):
        return self.url_open(path or self.path(), allow_redirects=False)

    def press(self, path=None, page=None):
        """Press the button of a page; return the answer, not followed."""
        path = path or self.path()
        page = page or self.get(path)
        (form,) = html.fromstring(page.text).forms
        target = form.action or path
        return self.url_open(
            target, data=dict(form.form_values()), allow_redirects=False
        )

    def come_back(self, answer, query="code=1"):
        """Come back from the network; return the callback's answer."""
        state = parse_qs(urlsplit(answer.headers["Location"]).query)["state"][0]
        path = f"/social/callback/{self.app.callback_key}?{query}&state={state}"
        return self.get(path)

    def another_browser(self):
        self.opener.cookies.clear()

    def cookie(self):
        """Return what this browser is known by at the link."""
        name = LINK_COOKIE.format(reference=self.link.reference)
        (cookie,) = [one for one in self.opener.cookies if one.name == name]
        return cookie

    def forget_cookie(self):
        cookie = self.cookie()
        self.opener.cookies.clear(cookie.domain, cookie.path, cookie.name)

    def fresh(self):
        self.env.invalidate_all()
        return self.link

    # === LOOKING === #

    def test_a_client_may_read_what_a_connection_is(self):
        page = html.fromstring(self.get().text)
        (details,) = page.iter("details")
        self.assertIsNone(details.get("open"), "it is there for who asks")
        text = " ".join(details.text_content().split())
        self.assertIn("What is a connection, and is it safe?", text)
        self.assertIn("nobody here sees it", text)
        self.assertIn(self.company.name, text)
        self.assertNotIn("token", text.lower())

    def test_the_page_says_who_asks_for_what_until_when_and_how(self):
        page = self.get()
        self.assertEqual(page.status_code, 200)
        text = html.fromstring(page.text).text_content()
        for word in (
            self.company.name,
            "Max Manager",
            "Facebook Page",
            "Corner Café",
            "@corner",
            "Asia/Tokyo",
            "You log in at Facebook Page itself. We never see your password.",
            "Receives and answers messages in Messenger.",
        ):
            self.assertIn(word, text)
        self.assertNotRegex(text, BLANK_BEFORE_STOP)
        for word in (self.manager.login, "carla@client.example"):
            self.assertNotIn(word, page.text)

    def test_the_page_keeps_to_itself(self):
        headers = self.get().headers
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertIn("noindex", headers["X-Robots-Tag"])
        self.assertIn("frame-ancestors 'none'", headers["Content-Security-Policy"])
        self.assertNotIn("script", headers["Content-Security-Policy"])
        self.assertNotIn("<script", self.get().text)

    def test_names_from_outside_are_text(self):
        self.profile.name = "<script>alert(1)</script>"
        self.assertNotIn("<script>alert", self.get().text)

    def test_looking_twenty_times_consumes_nothing(self):
        for _number in range(20):
            self.get()
            self.opener.head(self.base_url() + self.path(), allow_redirects=False)
        self.assertEqual(self.fresh().state, "pending")
        self.assertEqual(self.press().status_code, 303)

    def test_a_press_without_the_token_of_the_form_does_nothing(self):
        with self.assertLogs("odoo.http", "WARNING") as logs:
            self.url_open(self.path(), data={"a": "b"}, allow_redirects=False)
        self.assertFalse(self.fresh().opened_at)
        self.assertNotIn(self.token, str(logs.output))
        self.assertIn("/social/link/[hidden]", str(logs.output))

    def test_the_language_is_the_recipients_else_the_browsers(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        self.env["res.lang"]._activate_lang("es_ES")
        self.opener.headers["Accept-Language"] = "es-MX,es;q=0.9"
        for lang, shown in ((False, "es-ES"), ("pt_BR", "pt-BR"), ("en_US", "en-US")):
            self.client.lang = lang
            page = html.fromstring(self.get().text)
            self.assertEqual(page.get("lang"), shown)
        self.opener.headers["Accept-Language"] = "xx,*;q=0.1"
        self.client.lang = False
        self.assertEqual(html.fromstring(self.get().text).get("lang"), "en-US")

    # === THE BUTTON === #

    def test_a_press_binds_the_browser_and_goes_to_the_network(self):
        answer = self.press()
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(
            answer.headers["Location"].startswith("https://network.example")
        )
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(self.fresh().state, "opened")
        (request,) = self.link.request_ids
        self.assertEqual(request.user_id, self.manager)
        self.assertEqual(request.company_id, self.company)
        self.assertTrue(self.journal(kind="link_opened", profile_id=self.profile.id))
        for cookie in self.opener.cookies:
            if cookie.name.startswith("social_"):
                self.assertTrue(cookie.has_nonstandard_attr("HttpOnly"))

    def test_looking_gives_a_browser_the_cookie_that_a_press_binds(self):
        page = self.get()
        binding = self.cookie().value
        self.assertFalse(self.fresh().binding_hash)
        self.get()
        self.assertEqual(self.cookie().value, binding)
        self.press(page=page)
        self.assertEqual(self.cookie().value, binding)
        self.assertEqual(self.fresh().binding_hash, digest(binding))

    def test_a_press_whose_answer_got_lost_can_be_repeated(self):
        page = self.get()
        cookies = self.opener.cookies.copy()
        self.assertEqual(self.press(page=page).status_code, 303)
        opened_at = self.fresh().opened_at
        with freeze_time(now() + timedelta(minutes=1)):
            self.opener.cookies = cookies
            self.assertEqual(self.press(page=page).status_code, 303)
        self.assertEqual(self.fresh().opened_at, opened_at)
        self.assertEqual(len(self.journal(kind="link_opened")), 1)
        self.another_browser()
        self.assertIn(OVER, self._press_as_another(page).text)

    def test_a_cookie_that_somebody_made_up_binds_nothing(self):
        page = self.get()
        for made_up in ("", "guessable", "a" * 44, "caf\xc3\xa9"):
            self.cookie().value = made_up
            self.get()
            self.assertEqual(len(self.cookie().value), 43)
        self.assertEqual(self.press(page=page).status_code, 303)

    def test_the_browser_that_was_first_goes_on_at_a_clean_address(self):
        self.press()
        answer = self.get()
        self.assertEqual(answer.status_code, 303)
        clean = urlsplit(answer.headers["Location"]).path
        self.assertNotIn(self.token, clean)
        page = self.get(clean)
        self.assertIn("Not connected yet", page.text)
        self.assertEqual(self.press(clean, page).status_code, 303)

    def test_another_browser_gets_the_page_of_links_that_are_over(self):
        page = self.get()
        self.press()
        clean = urlsplit(self.get().headers["Location"]).path
        unknown = self.get(self.path("unknown"))
        self.another_browser()
        self.assertIn(OVER, self.get().text)
        self.assertIn(OVER, self.get(clean).text)
        self.assertEqual(self.get().status_code, unknown.status_code)
        self.assertNotIn("Corner", self.get().text + self.get(clean).text)
        # Nor by the form of a page that was opened before.
        self.assertIn(OVER, self._press_as_another(page).text)

    def _press_as_another(self, _page):
        _other, token = self.make_link()
        (form,) = html.fromstring(self.get(self.path(token)).text).forms
        return self.url_open(self.path(), data=dict(form.form_values()))

    # === ONE ANSWER === #

    def test_unknown_used_expired_and_revoked_links_get_one_answer(self):
        def answer(token):
            page = self.get(self.path(token))
            text = page.text.replace(token, "TOKEN")
            tree = html.fromstring(text)
            for field in tree.xpath("//input[@name='csrf_token']"):
                field.set("value", "")
            return page.status_code, html.tostring(tree)

        unknown = answer("u" * 43)
        self.assertIn(OVER.encode(), unknown[1])
        for values in (
            {"done_at": now()},
            {"revoked_at": now()},
            {"expires_at": now()},
            {"binding_hash": "x"},
        ):
            link, token = self.make_link()
            link.write(values)
            with self.subTest(values=list(values)):
                self.assertEqual(answer(token), unknown)
        self.manager.active = False
        self.assertEqual(answer(self.token), unknown)

    def test_asking_for_a_new_link_is_answered_alike_and_noted_once(self):
        self.link.revoked_at = now()
        pages = set()
        for token in (self.token, self.token, "unknown"):
            pages.add(self.press(self.path(token)).text)
        self.assertEqual(len(pages), 1)
        self.assertIn("Your wish was noted", pages.pop())
        self.assertEqual(len(self.fresh().activity_ids), 1)

    def test_nobody_asks_for_a_new_link_while_the_old_one_lives(self):
        (form,) = html.fromstring(self.get().text).forms
        self.url_open(f"{self.path()}/ask", data=dict(form.form_values()))
        self.assertFalse(self.fresh().asked_at)

    # === GUESSING === #

    def test_who_guesses_too_often_is_not_listened_to_any_more(self):
        at = now()
        # All in one window, which would end at any moment.
        with freeze_time(at):
            for number in range(GUESSES_PER_SOURCE):
                self.assertEqual(self.get().status_code, 200)
                self.get(self.path(f"guess-{number}"))
            self.assertIn(OVER, self.get().text)
        with freeze_time(at + timedelta(minutes=10)):
            self.assertEqual(self.get().status_code, 200)

    def test_guesses_from_everywhere_stop_those_who_guess_alone(self):
        guesses = self.env["social.connect.guess"]
        window = guesses._get_window()
        guesses.create(
            [
                {"source": "all the others", "window_at": at, "count": GUESSES_IN_ALL}
                # The next one may begin at any moment.
                for at in (window, window + GUESS_WINDOW)
            ]
        )
        self.assertEqual(self.get().status_code, 200)
        self.get(self.path("guess"))
        self.assertIn(OVER, self.get().text)

    def test_no_address_is_stored_of_who_guesses_and_nothing_for_long(self):
        guesses = self.env["social.connect.guess"]
        self.get(self.path("guess"))
        stored = guesses.search([])
        self.assertEqual(stored.count, 1)
        self.assertNotIn("127.0.0.1", stored.source)
        same = {
            guesses._get_source(f"2001:db8:0:1::{last}") for last in ("1", "2", "ffff")
        }
        self.assertEqual(len(same), 1)
        self.assertNotIn(guesses._get_source("2001:db8:0:2::1"), same)
        self.assertTrue(guesses._get_source(None))
        with freeze_time(now() + timedelta(minutes=25)):
            guesses._gc_guesses()
        self.assertFalse(guesses.search([]))

    # === COMING BACK === #

    def test_a_grant_makes_the_profile_green_and_says_thank_you(self):
        back = self.come_back(self.press())
        self.assertEqual(back.status_code, 303)
        clean = urlsplit(back.headers["Location"]).path
        self.assertTrue(clean.startswith("/social/connection/"))
        self.assertIn("Thank you", self.get(clean).text)
        self.assertEqual(self.fresh().state, "done")
        self.assertFalse(self.profile.reason)
        self.assertEqual(self.profile.person_id, self.client)
        self.assertEqual(self.profile.token_id.person_id, self.client)
        # Again, and by the link of the mail.
        self.assertIn("Thank you", self.get(clean).text)
        self.assertEqual(self.get().status_code, 303)
        self.another_browser()
        self.assertIn(OVER, self.get().text)

    def test_a_declined_login_can_be_tried_again(self):
        back = self.come_back(self.press(), "error=access_denied")
        clean = urlsplit(back.headers["Location"]).path
        page = self.get(clean)
        self.assertIn("cancelled or not allowed", page.text)
        self.assertEqual(self.fresh().state, "opened")
        self.come_back(self.press(clean, page))
        self.assertEqual(self.fresh().state, "done")

    def test_a_failed_exchange_can_be_tried_again(self):
        self.network_side.failure = Unreachable()
        back = self.come_back(self.press())
        clean = urlsplit(back.headers["Location"]).path
        self.assertIn("Nothing is lost", self.get(clean).text)
        self.network_side.failure = None
        self.come_back(self.press(clean))
        self.assertEqual(self.fresh().state, "done")

    def test_another_account_is_said_and_may_be_put_right(self):
        right = self.network_side.listing
        self.network_side.listing = (
            ProfileData("facebook", "P2", "Another", page_token="pt"),
        )
        back = self.come_back(self.press())
        clean = urlsplit(back.headers["Location"]).path
        page = self.get(clean)
        self.assertIn("This is another account", page.text)
        self.assertIn("Another", page.text)
        for profile in (self.profile, self.profile.browse()):
            self.link.profile_id = profile
            text = html.fromstring(self.get(clean).text).text_content()
            self.assertNotRegex(text, BLANK_BEFORE_STOP)
        self.link.profile_id = self.profile
        self.assertEqual(self.fresh().state, "wrong_account")
        self.assertEqual(self.link.request_ids.result, "wrong_account")
        self.assertFalse(self.profile.access_ids)
        self.network_side.listing = right
        self.come_back(self.press(clean, page))
        self.assertEqual(self.fresh().state, "done")

    def test_what_is_given_up_is_not_asked_about_again(self):
        self.network_side.listing_is_proof = False
        self.network_side.failure_of_checks = Unreachable()
        self.network_side.listing = ()
        self.come_back(self.press())
        token = self.env["social.token"].search([])
        self.assertEqual(self.link.request_ids.result, "nothing")
        self.assertFalse(token.access_token or token.verify_at or token.renew_at)
        self.assertEqual(token.reason, "not_connected")

    def test_another_browser_does_not_finish_what_one_began(self):
        answer = self.press()
        self.another_browser()
        self.assertEqual(self.come_back(answer).status_code, 403)
        self.assertFalse(self.network_side.exchanged)

    def test_the_inviter_does_not_go_on_in_the_clients_name(self):
        self.press()
        self.authenticate(self.manager.login, self.manager.login)
        attempt = self.link.request_ids
        answer = self.get(f"/social/authorize/{attempt.id}")
        self.assertEqual(answer.status_code, 403)

    def test_whoever_is_logged_in_here_finishes_as_the_one_invited(self):
        self.authenticate(self.manager.login, self.manager.login)
        self.come_back(self.press())
        self.assertEqual(self.fresh().state, "done")
        self.assertEqual(self.profile.person_id, self.client)

    def test_dead_links_are_dead_in_the_callback_too(self):
        group = self.env.ref("social_token_manager.group_manager")
        for kill in (
            lambda: self.link.write({"revoked_at": now()}),
            lambda: self.link.write({"expires_at": now()}),
            lambda: self.manager.write({"active": False}),
            lambda: self.manager.write({"group_ids": [Command.unlink(group.id)]}),
            lambda: self.manager.write(
                {
                    "company_id": self.other_company.id,
                    "company_ids": [Command.set(self.other_company.ids)],
                }
            ),
        ):
            answer = self.press()
            kill()
            back = self.come_back(answer)
            page = self.get(urlsplit(back.headers["Location"]).path)
            self.assertIn(OVER, page.text)
            self.assertFalse(self.network_side.exchanged)
            self.assertFalse(self.profile.access_ids)
            self.another_browser()
            self.manager.write(
                {
                    "active": True,
                    "group_ids": [Command.link(group.id)],
                    "company_ids": [Command.set(self.company.ids)],
                    "company_id": self.company.id,
                }
            )
            self.link, self.token = self.make_link()

    def test_revoked_while_the_network_is_asked_stores_nothing(self):
        answer = self.press()

        def revoke():
            self.link._revoke()
            self.env.flush_all()

        self.network_side.during_exchange = revoke
        self.come_back(answer)
        self.env.invalidate_all()
        self.assertFalse(self.profile.access_ids)
        self.assertFalse(self.env["social.token"].search([]).access_token)

    def test_an_app_that_is_not_ready_is_said_without_its_trouble(self):
        page = self.get()
        self.app.client_secret = False
        answer = self.press(page=page)
        self.assertEqual(answer.status_code, 503)
        self.assertIn("Not possible at the moment", answer.text)
        self.assertNotIn("secret", answer.text)

    def test_a_link_stays_as_it_is_while_its_app_is_not_ready(self):
        page = self.get()
        self.forget_cookie()
        self.app.client_secret = False
        self.assertEqual(self.press(page=page).status_code, 503)
        clean = urlsplit(self.get().headers["Location"]).path
        self.app.client_secret_input = APP_SECRET
        self.come_back(self.press(clean))
        self.assertEqual(self.fresh().state, "done")

    def test_a_copied_database_leads_nobody_to_a_network(self):
        page = self.get()
        with patch.object(
            self.registry["social.home"], "_is_here", lambda _home: False
        ):
            self.assertEqual(self.press(page=page).status_code, 503)

    def test_other_methods_are_not_served(self):
        with mute_logger("odoo.http"):
            for method in ("put", "delete", "patch"):
                answer = getattr(self.opener, method)(self.base_url() + self.path())
                self.assertGreaterEqual(answer.status_code, 400)
        self.assertEqual(self.fresh().state, "pending")
