from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tests import HttpCase, new_test_user, tagged, test_cursor
from odoo.tools import mute_logger

from ..const import ATTEMPT_PATH
from ..controllers.oauth import SocialOauthController
from ..providers import get_provider
from ..providers.errors import (
    AppFault,
    GrantRefused,
    RateLimited,
    RequestRefused,
    Unreachable,
)
from ..providers.results import (
    Grant,
    Introspection,
    Person,
    ProfileData,
    TokenSet,
    Verdict,
)

REFUSED = "This connection attempt cannot be used"
CODE = "SECRET-code-of-the-network"
BAKERY, HOTEL, CAFE = (
    ProfileData("facebook", external_id, name, page_token="page-secret")
    for external_id, name in (("101", "Bakery"), ("102", "Hotel"), ("103", "Cafe"))
)


class FakeProvider:
    """A network at the provider's boundary: it remembers what it was asked."""

    listing_is_proof = True

    def __init__(self):
        self.failure = None
        self.during_exchange = None
        self.listing_failure = None
        self.exchanged = []
        self.person = Person("p1", "Ana")
        self.listing = (BAKERY,)

    @staticmethod
    def make_verifier():
        return "v" * 64

    def authorization_url(self, *, redirect_uri, state, verifier=None, prompt=None):
        return f"https://network.example/consent?state={state}"

    def grant(self, *, code, redirect_uri, verifier=None):
        self.exchanged.append((code, redirect_uri, verifier))
        if self.during_exchange:
            self.during_exchange()
        if self.failure:
            raise self.failure
        return Grant(self.person, TokenSet("user-secret", scopes=("a",)))

    def list_profiles(self, grant):
        if self.listing_failure:
            raise self.listing_failure
        return self.listing


@tagged("post_install", "-at_install")
class TestOauthCallback(HttpCase):
    def setUp(self):
        super().setUp()
        self.provider = FakeProvider()
        self.patch(
            self.registry["social.app"], "_get_provider", lambda app: self.provider
        )
        self.manager = self._new_user("manager")
        self.app = self._new_app("App", self.env.company)

    def _new_user(self, role, **values):
        return new_test_user(
            self.env,
            f"{role}-{len(self.env['res.users'].search([]))}",
            f"social_token_manager.group_{role}",
            **values,
        )

    def _new_app(self, name, company):
        return self.env["social.app"].create(
            {
                "name": name,
                "company_id": company.id,
                "client_id": "1",
                "client_secret_input": "app-secret",
            }
        )

    def _log_in(self, user):
        self.authenticate(user.login, user.login)

    def _begin(self, user=None, profiles=None):
        """Start an attempt and go to the consent page; return the state."""
        user = user or self.manager
        self._log_in(user)
        if profiles:
            action = profiles.with_user(user)._start_renewal()
        else:
            action = self.app.with_user(user).action_connect()
        return self._consent(action)

    def _consent(self, action):
        if action.get("res_model") == "social.connect.wizard":
            wizard = self.env[action["res_model"]].browse(action["res_id"])
            action = wizard.with_user(wizard.create_uid).action_continue()
        response = self.url_open(action["url"], allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        return parse_qs(urlsplit(response.headers["Location"]).query)["state"][0]

    def _call_back(self, query, app=None, **options):
        path = f"/social/callback/{(app or self.app).callback_key}"
        return self.url_open(f"{path}?{query}", allow_redirects=False, **options)

    def _last(self):
        return self.env["social.oauth.request"].search([], limit=1)

    def _assert_refused(self, response):
        self.assertEqual(response.status_code, 403)
        self.assertIn(REFUSED, response.text)
        self.assertFalse(self.env["social.profile"].search([]))
        self.assertFalse(self.env["social.token"].search([]))

    def _assert_result(self, response, result):
        self.assertEqual(response.status_code, 303)
        last = self._last()
        path = urlsplit(response.headers["Location"]).path
        self.assertEqual(path, ATTEMPT_PATH.format(request_id=last.id))
        self.assertEqual(last.result, result)

    # === THE GOOD WAY === #

    def test_a_grant_connects_profiles_and_leads_to_a_clean_address(self):
        state = self._begin()
        response = self._call_back(f"code={CODE}&state={state}")
        self._assert_result(response, "connected")
        self.assertNotIn("code", response.headers["Location"])
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        profile = self.env["social.profile"].search([])
        self.assertEqual(profile.name, "Bakery")
        self.assertFalse(profile.reason)
        self.assertEqual(profile.admin_user_ids, self.manager)
        self.assertEqual(profile.person_id, self.manager.partner_id)

    def test_the_verifier_and_the_stored_redirect_uri_are_sent(self):
        state = self._begin()
        stored = self.app.redirect_uri
        self.env["ir.config_parameter"].set_param(
            "web.base.url", "https://evil.example"
        )
        self._call_back(f"code={CODE}&state={state}")
        self.assertEqual(self.provider.exchanged, [(CODE, stored, "v" * 64)])

    def test_a_renewal_finds_the_same_profile(self):
        self._call_back(f"code={CODE}&state={self._begin()}")
        profile = self.env["social.profile"].search([])
        cycle = profile.cycle
        state = self._begin(profiles=profile)
        self._assert_result(self._call_back(f"code=2&state={state}"), "connected")
        self.assertEqual(self.env["social.profile"].search([]), profile)
        self.assertEqual(profile.token_id.generation, 2)
        self.assertEqual(profile.cycle, cycle + 1)

    # === ANOTHER ACCOUNT THAN EXPECTED === #

    def _come_back_as_other(self, listing=None, user=None):
        """Renew a profile while logged in at the network as somebody else."""
        self._call_back(f"code={CODE}&state={self._begin()}")
        profile = self.env["social.profile"].search([])
        self.provider.listing = listing or (
            ProfileData("facebook", "202", "Other", handle="@other", page_token="o"),
        )
        self.provider.person = Person("p2", "Bruno")
        if user:
            profile.admin_user_ids += user
        state = self._begin(user=user, profiles=profile)
        self._assert_result(self._call_back(f"code=2&state={state}"), "other_account")
        return profile

    def test_another_account_never_overwrites_and_is_named(self):
        profile = self._come_back_as_other()
        self.assertEqual(self.env["social.profile"].search([]), profile)
        self.assertEqual(profile.external_id, "101")
        self.assertEqual(profile.token_id.external_user_name, "Ana")
        last = self._last().with_user(self.manager)
        self.assertEqual(last.expected_text, "Bakery")
        self.assertEqual(last.given_text, "Other (@other)")
        self.assertTrue(last.may_switch)

    def test_trying_again_gives_up_what_was_granted_by_mistake(self):
        self._come_back_as_other()
        last = self._last()
        action = last.with_user(self.manager).action_again()
        self.assertIn("/social/authorize/", action["url"])
        self.assertEqual(self._last().prompt, "other_account")
        self.env.invalidate_all()
        self.assertFalse(last.token_id.access_token)
        self.assertEqual(last.token_id.reason, "not_connected")

    def _switch(self, user=None):
        token = self.registry["social.token"]
        with (
            patch.object(token, "_read_listing", lambda _token: self.provider.listing),
            patch.object(self.env.cr, "commit", lambda: None),
        ):
            self._last().with_user(user or self.manager).action_switch()
        self.env.invalidate_all()

    def test_a_deliberate_switch_keeps_the_record_and_forgets_the_account_before(self):
        profile = self._come_back_as_other()
        before = profile.token_id
        profile.partner_id = self.env["res.partner"].create({"name": "Client"})
        self._switch()
        self.assertEqual((profile.external_id, profile.name), ("202", "Other"))
        self.assertFalse(profile.reason)
        self.assertEqual(profile.partner_id.name, "Client")
        self.assertEqual(profile.token_id.external_user_name, "Bruno")
        self.assertFalse(before.access_token)
        self.assertEqual(self._last().result, "connected")
        (replaced,) = self.env["social.event"].search([("kind", "=", "replaced")])
        self.assertEqual(replaced.detail, "101 → 202")
        self.assertEqual(replaced.user_id, self.manager)

    def test_an_account_that_is_a_profile_already_takes_no_other_place(self):
        profile = self._come_back_as_other()
        self.env["social.profile"].create(
            {
                "name": "Known",
                "network_id": profile.network_id.id,
                "external_id": "202",
                "active": False,
            }
        )
        with self.assertRaisesRegex(UserError, "profile of its own already"):
            self._switch()
        self.assertEqual(profile.external_id, "101")
        self.assertFalse(profile.reason)

    def test_of_several_others_none_is_guessed(self):
        self._come_back_as_other(
            tuple(
                ProfileData("facebook", number, number, page_token="o")
                for number in ("202", "203")
            )
        )
        self.assertFalse(self._last().with_user(self.manager).may_switch)
        with self.assertRaises(UserError):
            self._switch()

    def test_who_lost_the_right_cannot_switch(self):
        manager = self._new_user("manager")
        self._come_back_as_other(user=manager)
        self.assertTrue(self._last().with_user(manager).may_switch)
        manager.group_ids -= self.env.ref("social_token_manager.group_manager")
        with self.assertRaises(AccessError):
            self._switch(manager)

    def test_who_loses_the_right_while_the_network_is_asked_does_not_switch(self):
        manager = self._new_user("manager")
        profile = self._come_back_as_other(user=manager)
        group = self.env.ref("social_token_manager.group_manager")

        def demote(_token):
            group.user_ids -= manager
            self.env.flush_all()
            return self.provider.listing

        with (
            patch.object(self.registry["social.token"], "_read_listing", demote),
            self.assertRaises(AccessError),
        ):
            self._last().with_user(manager).action_switch()
        self.env.invalidate_all()
        self.assertEqual(profile.external_id, "101")
        self.assertEqual(self._last().result, "other_account")

    def test_what_was_decided_in_another_window_meanwhile_is_not_switched(self):
        profile = self._come_back_as_other()

        def decide(_token):
            self._last().token_id._forget_unused()
            self.env.flush_all()
            return self.provider.listing

        with (
            patch.object(self.registry["social.token"], "_read_listing", decide),
            self.assertRaisesRegex(UserError, "nothing to decide here any more"),
        ):
            self._last().with_user(self.manager).action_switch()
        self.env.invalidate_all()
        self.assertEqual(profile.external_id, "101")
        self.assertTrue(profile.token_id.access_token)

    def test_a_network_that_refuses_to_list_is_told_in_words(self):
        self._come_back_as_other()
        with (
            patch.object(
                self.registry["social.token"],
                "_read_listing",
                side_effect=RequestRefused(detail="400"),
            ),
            self.assertRaisesRegex(UserError, "did not answer"),
        ):
            self._last().with_user(self.manager).action_switch()

    def test_a_member_who_is_admin_renews_but_does_not_switch(self):
        member = self._new_user("member")
        profile = self._come_back_as_other(user=member)
        self.assertFalse(self._last().with_user(member).may_switch)
        with self.assertRaisesRegex(AccessError, "Which account a profile is"):
            self._switch(member)
        self.assertEqual(profile.external_id, "101")

    def test_what_nobody_decided_is_given_up_in_the_end(self):
        self._come_back_as_other()
        last = self._last()
        token = last.token_id
        self.env.cr.execute(
            "UPDATE social_oauth_request SET create_date = now() - interval '31 days'"
        )
        self.env.invalidate_all()
        last._gc_requests()
        self.env.invalidate_all()
        self.assertFalse(token.access_token)
        self.assertFalse(last.exists())

    # === PROOF === #

    def _prove(self, verdict):
        """Connect a page whose own token the network is asked about."""
        self.provider.listing_is_proof = False
        self.provider.verify = lambda stored, reaches: verdict(reaches)
        self._call_back(f"code={CODE}&state={self._begin()}")
        return self.env["social.profile"].search([])

    def test_a_page_whose_token_does_not_work_is_not_green(self):
        profile = self._prove(
            lambda reaches: Verdict(
                Introspection(active=True), {one.key: "lost_role" for one in reaches}
            )
        )
        self.assertEqual((profile.reason, profile.status), ("lost_role", "expired"))
        self.assertEqual(self._last().result, "partly")

    def test_a_grant_that_is_gone_already_is_told(self):
        self._prove(
            lambda _reaches: Verdict(Introspection(active=False, reason="checkpoint"))
        )
        self.assertEqual(self._last().result, "lost")

    def test_what_could_not_be_asked_about_is_checked_soon(self):
        def busy(_reaches):
            raise RateLimited()

        profile = self._prove(busy)
        self.assertFalse(profile.reason)
        self.assertLessEqual(profile.token_id.verify_at, fields.Datetime.now())

    # === TABS === #

    def test_two_tabs_each_finish_their_own_attempt(self):
        first = self._begin()
        second = self._consent(self.app.with_user(self.manager).action_connect())
        for state in (first, second):
            response = self._call_back(f"code={CODE}&state={state}")
            self.assertEqual(response.status_code, 303)
        attempts = self.env["social.oauth.request"].search([])
        self.assertEqual(attempts.mapped("result"), ["connected", "connected"])

    # === WHAT IS REFUSED === #

    def test_a_state_that_is_missing_unknown_or_repeated_is_refused(self):
        state = self._begin()
        for query in (
            f"code={CODE}",
            f"code={CODE}&state=unknown",
            f"code={CODE}&state={state}&state={state}",
            f"code={CODE}&code=2&state={state}",
        ):
            with self.subTest(query=query.replace(state, "STATE")):
                self._assert_refused(self._call_back(query))
        self.assertFalse(self.provider.exchanged)

    def test_all_refusals_look_the_same(self):
        state = self._begin()
        unknown = self._call_back("code=1&state=unknown").text
        self.opener.cookies.clear()
        self.assertEqual(self._call_back(f"code=1&state={state}").text, unknown)

    def test_another_browser_of_the_same_user_is_refused(self):
        state = self._begin()
        self.opener.cookies.clear()
        self._log_in(self.manager)
        self._assert_refused(self._call_back(f"code={CODE}&state={state}"))

    def test_a_forged_binding_cookie_is_refused(self):
        state = self._begin()
        name = f"social_binding_{self._last().id}"
        for cookie in list(self.opener.cookies):
            if cookie.name == name:
                cookie.value = "forged"
        self._assert_refused(self._call_back(f"code={CODE}&state={state}"))

    def test_another_user_in_the_same_browser_is_refused_and_the_state_burnt(self):
        state = self._begin()
        self._log_in(self._new_user("manager"))
        self._assert_refused(self._call_back(f"code={CODE}&state={state}"))
        self._log_in(self.manager)
        self._call_back(f"code={CODE}&state={state}")
        self.assertFalse(self.provider.exchanged)
        refusals = self.env["social.event"].search([("kind", "=", "refused")])
        self.assertIn("another user", refusals.mapped("detail"))

    def test_the_answer_of_one_app_does_not_finish_at_another(self):
        state = self._begin()
        other = self._new_app("Other", self.env.company)
        self._assert_refused(self._call_back(f"code={CODE}&state={state}", app=other))
        self.assertFalse(self.provider.exchanged)

    def test_an_address_of_no_app_is_refused_whatever_it_is(self):
        for key in ("caf%C3%A9", "%FF", "%00"):
            path = f"/social/callback/{key}?code={CODE}&state={self._begin()}"
            with self.subTest(key=key), self.assertNoLogs(level="ERROR"):
                self._assert_refused(self.url_open(path, allow_redirects=False))
        self.assertFalse(self.provider.exchanged)

    def test_another_issuer_or_none_is_refused_before_the_code_is_sent(self):
        self.app.issuer = "https://server.example"
        for answer in (
            f"code={CODE}",
            f"code={CODE}&iss=",
            f"code={CODE}&iss=https://server.example/",
            f"code={CODE}&iss=https://SERVER.example",
            f"code={CODE}&iss=https://evil.example",
            "error=access_denied&iss=https://evil.example",
        ):
            with self.subTest(answer=answer):
                state = self._begin()
                self._assert_refused(self._call_back(f"{answer}&state={state}"))
                self.assertTrue(self._last().consumed_at)
                self.assertFalse(self._last().result)
        self.assertFalse(self.provider.exchanged)
        refusals = self.env["social.event"].search([("kind", "=", "refused")])
        self.assertEqual(set(refusals.mapped("detail")), {"another issuer"})

    def test_an_issuer_that_comes_twice_is_refused(self):
        self.app.issuer = "https://server.example"
        issuer = "iss=https://server.example"
        answer = f"code={CODE}&state={self._begin()}&{issuer}"
        self._assert_refused(self._call_back(f"{answer}&{issuer}"))

    def test_the_right_issuer_is_accepted_and_without_a_rule_any_is(self):
        self.app.issuer = "https://server.example"
        answer = f"code={CODE}&state={self._begin()}&iss=https://server.example"
        self._assert_result(self._call_back(answer), "connected")
        self.app.issuer = False
        answer = f"code=2&state={self._begin()}&iss=https://any.example"
        self._assert_result(self._call_back(answer), "connected")

    def test_an_expired_attempt_is_refused(self):
        state = self._begin()
        self._last().sudo().expires_at = "2020-01-01"
        self._assert_refused(self._call_back(f"code={CODE}&state={state}"))
        self.assertFalse(self.provider.exchanged)

    def test_head_consumes_nothing(self):
        state = self._begin()
        path = f"/social/callback/{self.app.callback_key}?code={CODE}&state={state}"
        response = self.opener.head(self.base_url() + path, allow_redirects=False)
        self.assertEqual(response.status_code, 405)
        self.assertFalse(self._last().consumed_at)
        self._assert_result(self._call_back(f"code={CODE}&state={state}"), "connected")

    def test_post_is_not_served(self):
        state = self._begin()
        with mute_logger("odoo.http"):
            response = self._call_back(f"code={CODE}&state={state}", data={"a": "b"})
        self.assertIn(response.status_code, (400, 403, 404, 405))
        self.assertFalse(self.provider.exchanged)

    def test_an_endless_query_is_turned_away(self):
        state = self._begin()
        with mute_logger("odoo.http"):
            response = self._call_back(f"code={'x' * 9000}&state={state}")
        self.assertEqual(response.status_code, 414)
        self.assertFalse(self.provider.exchanged)

    def test_the_refused_page_shows_nothing_that_the_query_brought(self):
        response = self._call_back(
            "state=x&error=%3Cscript%3Ealert(1)%3C/script%3E"
            "&error_description=%3Cb%3Ecall%20us%3C/b%3E"
        )
        self.assertNotIn("script", response.text)
        self.assertNotIn("call us", response.text)
        self.assertIn("default-src 'none'", response.headers["Content-Security-Policy"])
        self.assertEqual(response.headers["X-Frame-Options"], "DENY")

    # === TWICE === #

    def test_going_back_to_the_callback_shows_the_result_again(self):
        state = self._begin()
        first = self._call_back(f"code={CODE}&state={state}")
        second = self._call_back(f"code={CODE}&state={state}")
        self.assertEqual(first.headers["Location"], second.headers["Location"])
        self.assertEqual(len(self.provider.exchanged), 1)

    def test_a_second_run_of_one_request_answers_the_same(self):
        state = self._begin()
        runs = []
        Request = self.registry["social.oauth.request"]
        finish = Request._finish

        def finish_then_conflict(records, *args, **kwargs):
            outcome = finish(records, *args, **kwargs)
            runs.append(outcome)
            return outcome

        self.patch(Request, "_finish", finish_then_conflict)
        self._conflict_once()
        response = self._call_back(f"code={CODE}&state={state}")
        self._assert_result(response, "connected")
        self.assertEqual(self.conflicts, 1)
        self.assertEqual(len(runs), 1)
        self.assertEqual(len(self.provider.exchanged), 1)

    def _conflict_once(self):
        """Make the framework run the endpoint a second time."""
        self.conflicts = 0
        address_of = SocialOauthController._get_address

        def conflict(outcome):
            if not self.conflicts:
                self.conflicts += 1
                raise ConcurrencyError
            return address_of(outcome)

        self.patch(SocialOauthController, "_get_address", staticmethod(conflict))

    # === WHAT THE NETWORK DOES === #

    def test_every_failure_has_its_result_and_leaves_the_old_token_in_service(self):
        self._call_back(f"code={CODE}&state={self._begin()}")
        profile = self.env["social.profile"].search([])
        before = profile.read(["expires_at", "reason", "cycle", "status"])
        for failure, result in (
            (GrantRefused(), "code_refused"),
            (AppFault(), "app_fault"),
            (RateLimited(), "rate_limited"),
            (Unreachable(), "unreachable"),
        ):
            with self.subTest(result=result):
                self.provider.failure = failure
                state = self._begin(profiles=profile)
                self._assert_result(self._call_back(f"code=2&state={state}"), result)
                profile.invalidate_recordset()
                self.assertEqual(
                    profile.read(["expires_at", "reason", "cycle", "status"]), before
                )
                self.assertEqual(profile.token_id.generation, 1)

    def test_an_app_that_is_not_accepted_is_marked_and_cleared(self):
        self.provider.failure = AppFault(detail="101")
        self._call_back(f"code={CODE}&state={self._begin()}")
        self.assertEqual(self.app.fault, "101")
        self.provider.failure = None
        self._call_back(f"code={CODE}&state={self._begin()}")
        self.app.invalidate_recordset()
        self.assertFalse(self.app.fault)

    def test_declined_consent_uses_no_code_even_when_one_comes_along(self):
        state = self._begin()
        response = self._call_back(f"error=access_denied&code={CODE}&state={state}")
        self._assert_result(response, "declined")
        self.assertFalse(self.provider.exchanged)

    def test_a_listing_that_fails_keeps_the_new_token_and_old_profiles(self):
        self._call_back(f"code={CODE}&state={self._begin()}")
        profile = self.env["social.profile"].search([])
        self.provider.listing_failure = Unreachable()
        state = self._begin(profiles=profile)
        self._assert_result(self._call_back(f"code=2&state={state}"), "unreachable")
        profile.invalidate_recordset()
        self.assertFalse(profile.reason)
        self.assertEqual(profile.token_id.generation, 2)

    def test_a_first_grant_whose_listing_fails_is_not_kept(self):
        self.provider.listing_failure = Unreachable()
        self._assert_result(
            self._call_back(f"code={CODE}&state={self._begin()}"), "unreachable"
        )
        token = self.env["social.token"].search([])
        self.assertEqual(set(token.mapped("reason")), {"not_connected"})
        self.assertFalse(any(token.mapped("access_token")))

    def test_a_page_without_its_own_token_is_told_and_not_stored(self):
        self.provider.listing += (
            ProfileData("facebook", "102", "Ghost", usable=False, reason="deselected"),
        )
        state = self._begin()
        self._assert_result(self._call_back(f"code={CODE}&state={state}"), "partly")
        self.assertNotIn("Ghost", self.env["social.profile"].search([]).mapped("name"))
        self.assertIn("Ghost", self._last().left_out_text)

    def _connect_two(self):
        """Connect two pages of two clients; return their profiles."""
        self.provider.listing = (BAKERY, HOTEL)
        self._call_back(f"code={CODE}&state={self._begin()}")
        profiles = self.env["social.profile"].search([], order="external_id")
        for profile, client in zip(profiles, ("Bakery", "Hotel & Co"), strict=True):
            profile.partner_id = self.env["res.partner"].create({"name": client})
        return profiles

    def test_before_more_is_connected_what_must_stay_ticked_is_named(self):
        """Requirements S0-5 and S0-6."""
        self.assertIn("url", self.app.with_user(self.manager).action_connect())
        profiles = self._connect_two()
        action = self.app.with_user(self.manager).action_connect()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.manager)
            .browse(action["res_id"])
        )
        self.assertEqual(wizard.profile_ids, profiles)
        self.assertIn("2 profiles live from the same permission", wizard.guard_text)
        self.assertIn("/social/authorize/", wizard.action_continue()["url"])
        other = self._new_user("manager")
        self.assertIn("url", self.app.with_user(other).action_connect())

    def test_what_was_left_unticked_while_connecting_is_named_by_client(self):
        """Requirements S0-6 and S0-7."""
        _kept, lost = self._connect_two()
        self.provider.listing = (BAKERY, CAFE)
        state = self._begin()
        self._assert_result(self._call_back(f"code={CODE}&state={state}"), "unticked")
        lost.invalidate_recordset()
        self.assertEqual((lost.reason, lost.status), ("deselected", "expired"))
        attempt = self._last().with_user(self.manager)
        self.assertFalse(attempt.is_success)
        self.assertIn("Hotel & Co: Facebook Page Hotel", attempt.lost_text)
        self.assertNotIn("Bakery", attempt.lost_text)
        self.assertIn("/social/authorize/", attempt.action_again()["url"])

    def test_whoever_unticks_everything_is_not_told_that_nothing_changed(self):
        self._connect_two()
        self.provider.listing = ()
        state = self._begin()
        self._assert_result(self._call_back(f"code={CODE}&state={state}"), "unticked")
        self.assertIn("2 connected profiles", self._last().lost_text)

    def test_where_nothing_is_ticked_what_is_gone_was_lost_with_a_role(self):
        _kept, lost = self._connect_two()
        self.patch(get_provider("meta"), "profiles_can_be_left_out", False)
        self.provider.listing = (BAKERY,)
        state = self._begin()
        self._assert_result(self._call_back(f"code={CODE}&state={state}"), "partly")
        lost.invalidate_recordset()
        self.assertEqual(lost.reason, "lost_role")
        self.assertIn("Hotel", self._last().lost_text)

    def test_nothing_granted_is_told(self):
        self.provider.listing = ()
        state = self._begin()
        self._assert_result(self._call_back(f"code={CODE}&state={state}"), "nothing")

    def test_no_cursor_of_ours_is_open_while_the_network_is_asked(self):
        state = self._begin()
        opened, seen = set(), []
        self.provider.during_exchange = lambda: seen.append(len(opened))
        cursor = test_cursor.TestCursor
        enter, close = cursor.__init__, cursor.close

        def counted_init(cr, *args, **kwargs):
            opened.add(cr)
            return enter(cr, *args, **kwargs)

        def counted_close(cr):
            opened.discard(cr)
            return close(cr)

        self.patch(cursor, "__init__", counted_init)
        self.patch(cursor, "close", counted_close)
        self._call_back(f"code={CODE}&state={state}")
        # The framework keeps the request's own cursor; it is committed by then.
        self.assertEqual(seen, [1])

    # === RIGHTS === #

    def test_who_lost_the_right_on_the_way_stores_nothing(self):
        state = self._begin()
        self.manager.group_ids -= self.env.ref("social_token_manager.group_manager")
        self._assert_result(self._call_back(f"code={CODE}&state={state}"), "forbidden")
        self.assertFalse(self.provider.exchanged)

    def test_who_may_not_see_the_profile_any_more_stores_nothing(self):
        self._call_back(f"code={CODE}&state={self._begin()}")
        profile = self.env["social.profile"].search([])
        member = self._new_user("member")
        profile.admin_user_ids += member
        state = self._begin(user=member, profiles=profile)
        profile.admin_user_ids -= member
        self._assert_result(self._call_back(f"code=2&state={state}"), "forbidden")
        self.assertEqual(len(self.provider.exchanged), 1)

    def test_somebody_elses_attempt_cannot_be_started_or_seen(self):
        self._begin()
        attempt = self._last()
        stranger = self._new_user("manager")
        self._log_in(stranger)
        response = self.url_open(f"/social/authorize/{attempt.id}")
        self.assertEqual(response.status_code, 403)
        self.assertFalse(
            self.env["social.oauth.request"].with_user(stranger).search([])
        )

    def test_the_company_is_that_of_the_start(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.manager.company_ids += other
        state = self._begin()
        self.manager.company_id = other
        self._call_back(f"code={CODE}&state={state}")
        profile = self.env["social.profile"].search([])
        self.assertEqual(profile.company_id, self.app.company_id)

    def test_a_member_renews_where_he_is_admin_and_adds_nothing(self):
        self._call_back(f"code={CODE}&state={self._begin()}")
        profile = self.env["social.profile"].search([])
        member = self._new_user("member")
        profile.admin_user_ids += member
        self.provider.listing += (
            ProfileData("facebook", "102", "New", page_token="another"),
        )
        state = self._begin(user=member, profiles=profile)
        self._assert_result(self._call_back(f"code=2&state={state}"), "connected")
        self.assertEqual(self.env["social.profile"].search([]), profile)

    def test_open_attempts_do_not_pile_up(self):
        for _number in range(25):
            self.app.with_user(self.manager).action_connect()
        still_open = self.env["social.oauth.request"].search_count(
            [("user_id", "=", self.manager.id), ("expires_at", ">", "now")]
        )
        self.assertEqual(still_open, 20)

    @freeze_time("2026-11-21 12:00:00")
    def test_an_attempt_lives_ten_minutes(self):
        self.app.with_user(self.manager).action_connect()
        self.assertEqual(str(self._last().expires_at), "2026-11-21 12:10:00")
