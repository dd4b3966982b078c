"""What a network tells over HTTP: its effect, once, and none of what is not its own."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import urlencode

import psycopg2
from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from ..clock import now
from ..const import DELETION_KEPT, SIGNAL_KEPT, WEBHOOK_BYTES
from ..providers import PROVIDERS
from ..providers.errors import Unreachable
from ..providers.signals import Signal
from ..providers.values import EPOCH
from .common import APP_SECRET, MODULE, PERSON, REFRESH_TOKEN, SocialHttpCase

LOGGER = f"odoo.addons.{MODULE}.models.social_signal"
HOUR = timedelta(hours=1)


def seconds(moment):
    return int((moment - EPOCH).total_seconds())


@tagged("post_install", "-at_install")
class TestSocialSignal(SocialHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("manager")
        cls.app = cls.make_app()
        with freeze_time(now() - HOUR):
            cls.token, cls.profiles = cls.connect(
                cls.app,
                cls.manager,
                [cls.page("P1"), cls.page("P1", "messenger"), cls.page("P2")],
                refresh_token=REFRESH_TOKEN,
            )
        cls.env["social.signal"].search([]).unlink()

    # === SENDING === #

    def address(self, purpose="", key=None):
        path = f"/social/webhook/{key or self.app.callback_key}"
        return f"{path}/{purpose}" if purpose else path

    def post(self, body, headers=None, purpose="", key=None):
        response = self.url_open(
            self.address(purpose, key), body, headers=headers or {}, method="POST"
        )
        self.env.invalidate_all()
        return response

    def request_body(self, secret=APP_SECRET, at=None, **payload):
        """Return the form of one of Meta's signed requests."""
        data = {"algorithm": "HMAC-SHA256", "user_id": PERSON}
        data |= {"issued_at": seconds(at or now())} | payload
        encoded = base64.urlsafe_b64encode(json.dumps(data).encode()).decode()
        signature = hmac.new(secret.encode(), encoded.encode(), hashlib.sha256)
        signed = base64.urlsafe_b64encode(signature.digest()).decode()
        return {"signed_request": f"{signed}.{encoded}"}

    def deauthorize(self, purpose="deauthorize", key=None, **request):
        body = urlencode(self.request_body(**request))
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.post(body, headers, purpose, key)

    def hub(self, data, secret=APP_SECRET, key=None):
        """Send one of Meta's webhooks."""
        raw = json.dumps(data).encode()
        digest = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Hub-Signature-256": f"sha256={digest}",
        }
        return self.post(raw, headers, key=key)

    def message(self, mid="m1", page="P1", about="page", at=None, **message):
        told_at = seconds(at or now()) * 1000
        event = {"message": {"mid": mid, "text": "Hello"} | message}
        entry = {"id": page, "time": told_at, "messaging": [event]}
        return {"object": about, "entry": [entry]}

    def signals(self):
        return self.env["social.signal"].search([])

    def assert_nothing_happened(self):
        self.assertFalse(self.token.reason)
        self.assertEqual(set(self.profiles.mapped("reason")), {False})
        self.assertFalse(self.signals())

    # === WITHDRAWN ACCESS === #

    def test_a_withdrawn_access_shows_at_once_with_its_reason(self):
        response = self.deauthorize()
        self.assertEqual(response.status_code, 200)
        self.assertEqual(self.token.reason, "revoked")
        self.assertEqual(set(self.profiles.mapped("reason")), {"revoked"})
        self.assertEqual(set(self.profiles.mapped("status")), {"expired"})
        self.assertFalse(self.token.unsettled_at)
        self.assertEqual(self.signals().effect, "lost")
        self.assertEqual(len(self.journal(kind="signal")), 1)
        (line,) = self.journal(kind="lost", token_id=self.token.id, profile_id=False)
        self.assertEqual(line.detail, "deauthorize")
        self.assertEqual(line.user_id, self.env.ref("base.user_root"))

    def test_the_same_signal_again_has_no_effect_and_the_same_answer(self):
        at = now()
        answers = {self.deauthorize(at=at).status_code for _time in range(3)}
        self.assertEqual(answers, {200})
        self.assertEqual(len(self.signals()), 1)
        self.assertEqual(len(self.journal(kind="signal")), 1)
        self.assertEqual(self.profiles[:1].cycle, 1)

    def test_a_signal_from_before_a_reconnect_has_no_effect(self):
        at = now() - timedelta(minutes=5)
        self.deauthorize(at=at)
        self.assertEqual(self.token.reason, "revoked")
        self.connect(self.app, self.manager, [self.page("P1")])
        self.assertFalse(self.token.reason)
        for told_at in (at, at - timedelta(seconds=1)):
            self.assertEqual(self.deauthorize(at=told_at).status_code, 200)
            self.assertFalse(self.token.reason)
            self.assertFalse(self.profiles[:1].reason)

    def test_a_person_nobody_knows_gets_the_same_answer(self):
        known, unknown = self.deauthorize(), self.deauthorize(user_id="2002")
        self.assertEqual(
            (known.status_code, known.content, set(known.headers)),
            (unknown.status_code, unknown.content, set(unknown.headers)),
        )
        self.assertEqual(self.signals()[:1].effect, "none")

    def test_one_app_does_not_speak_for_another(self):
        theirs = self.make_app(
            name="Theirs",
            company_id=self.other_company.id,
            client_secret_input="PLAIN-9f3e-theirs",
        )
        self.assertEqual(self.deauthorize(key=theirs.callback_key).status_code, 403)
        response = self.deauthorize(key=theirs.callback_key, secret="PLAIN-9f3e-theirs")
        self.assertEqual(response.status_code, 200)
        self.assertFalse(self.token.reason)
        self.assertEqual(self.signals().company_id, self.other_company)

    def test_a_page_that_puts_the_app_out_loses_itself_alone(self):
        self.deauthorize(user_id=0, profile_id="P1")
        self.assertFalse(self.token.reason)
        lost = self.profiles.filtered("reason")
        self.assertEqual(set(lost.mapped("external_id")), {"P1"})
        self.assertEqual(len(lost), 2)

    def test_an_archived_app_is_told_as_well(self):
        self.app.flush_recordset()
        # As it was put away before that was refused.
        self.env.cr.execute(
            "UPDATE social_app SET active = FALSE WHERE id = %s", [self.app.id]
        )
        self.app.invalidate_recordset()
        self.assertEqual(self.deauthorize().status_code, 200)
        self.assertEqual(self.token.reason, "revoked")

    # === REFUSALS === #

    def test_what_is_not_signed_by_the_network_has_no_effect(self):
        """Promise 5; and everything that is refused is refused alike."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        signed = self.request_body()["signed_request"]
        answers = [
            self.deauthorize(secret="another"),
            self.deauthorize(secret=""),
            self.deauthorize(at=now() - timedelta(days=2)),
            self.deauthorize(algorithm="none"),
            self.deauthorize(key="unknown"),
            self.deauthorize(purpose=""),
            self.post("", form, "deauthorize"),
            self.post("signed_request=", form, "deauthorize"),
            self.post("signed_request=.", form, "deauthorize"),
            self.post("signed_request=%00.%ff", form, "deauthorize"),
            self.post(urlencode({"signed_request": signed[1:]}), form, "deletion"),
            self.post(f"{'x=1&' * 500}", form, "deauthorize"),
            self.hub(self.message(), secret="another"),
            self.hub(self.message(), key="unknown"),
            self.post(b"{}", {"Content-Type": "application/json"}),
            self.post(b"\x00\xff", {"X-Hub-Signature-256": "sha256=" + "0" * 64}),
        ]
        self.assertEqual({answer.status_code for answer in answers}, {403})
        self.assertEqual(len({answer.content for answer in answers}), 1)
        self.assert_nothing_happened()

    def test_an_address_that_no_database_takes_is_unknown(self):
        self.assertEqual(self.deauthorize(key="%00").status_code, 403)
        self.assertEqual(self.url_open(self.address(key="%00")).status_code, 403)
        self.assertEqual(self.url_open("/social/deletion/%00").status_code, 404)

    def test_an_empty_or_damaged_secret_refuses_everything(self):
        for envelope in (False, self.token.sudo().access_token):
            self.app.client_secret = envelope
            self.env.flush_all()
            for secret in ("", APP_SECRET):
                self.assertEqual(self.deauthorize(secret=secret).status_code, 403)
        self.assert_nothing_happened()

    def test_what_is_too_large_is_cut_before_it_is_hashed(self):
        body = b"{" + b" " * WEBHOOK_BYTES + b"}"
        with patch.object(PROVIDERS["meta"], "read_signals") as reads:
            for kind in ("application/json", "application/x-www-form-urlencoded"):
                response = self.post(body, {"Content-Type": kind})
                self.assertEqual(response.status_code, 413)
        reads.assert_not_called()

    def test_other_methods_are_refused(self):
        for method in ("PUT", "DELETE", "HEAD"):
            response = self.opener.request(method, self.base_url() + self.address())
            self.assertIn(response.status_code, (403, 405))
        response = self.opener.get(self.base_url() + self.address("deletion"))
        self.assertEqual(response.status_code, 405)

    @mute_logger(LOGGER)
    def test_what_cannot_be_stored_now_is_asked_for_again(self):
        for trouble in (psycopg2.errors.LockNotAvailable, psycopg2.OperationalError):
            with patch.object(
                self.registry["social.signal"], "_insert", side_effect=trouble
            ):
                self.assertEqual(self.deauthorize().status_code, 503)
        with patch.object(
            PROVIDERS["meta"], "read_signals", side_effect=Unreachable("x")
        ):
            self.assertEqual(self.deauthorize().status_code, 503)
        self.assert_nothing_happened()

    @mute_logger(LOGGER)
    def test_what_is_stored_and_not_settled_is_answered_all_the_same(self):
        with patch.object(
            self.registry["social.token"],
            "_settle",
            side_effect=psycopg2.errors.LockNotAvailable,
        ):
            self.assertEqual(self.deauthorize().status_code, 200)
        self.assertTrue(self.token.unsettled_at)
        self.assertEqual(self.token.reason, "revoked")

    # === THE HANDSHAKE === #

    def test_the_handshake_answers_who_knows_the_verify_token(self):
        query = {"hub.mode": "subscribe", "hub.challenge": "42"}
        good = urlencode(query | {"hub.verify_token": self.app.webhook_token})
        response = self.url_open(f"{self.address()}?{good}")
        self.assertEqual((response.status_code, response.text), (200, "42"))
        self.assertIn("text/plain", response.headers["Content-Type"])
        bad = urlencode(query | {"hub.verify_token": "x"})
        for address in (
            f"{self.address()}?{bad}",
            self.address(),
            f"{self.address(key='unknown')}?{good}",
        ):
            response = self.url_open(address)
            self.assertEqual((response.status_code, response.text), (403, ""))

    def test_the_verify_token_is_for_owners_and_not_copied(self):
        owner, member = self.make_user("owner"), self.make_user("member")
        self.assertTrue(self.app.with_user(owner).webhook_token)
        for user in (member, self.manager):
            with self.assertRaises(AccessError):
                self.app.with_user(user).read(["webhook_token"])
        self.assertNotEqual(self.app.copy().webhook_token, self.app.webhook_token)

    def test_x_is_answered_with_the_secret_of_the_api_key(self):
        app = self.make_app(provider="x", webhook_secret_input="PLAIN-9f3e-key")
        self.assertTrue(app.is_webhook_secret_set)
        self.assertFalse(app.webhook_secret_input)
        response = self.url_open(f"{self.address(key=app.callback_key)}?crc_token=abc")
        digest = hmac.new(b"PLAIN-9f3e-key", b"abc", hashlib.sha256).digest()
        expected = f"sha256={base64.b64encode(digest).decode()}"
        self.assertEqual(response.json(), {"response_token": expected})

    # === DATA DELETION === #

    def test_a_request_to_delete_is_confirmed_and_carried_out(self):
        response = self.deauthorize("deletion")
        self.assertEqual(response.status_code, 200)
        answer = response.json()
        self.assertEqual(set(answer), {"url", "confirmation_code"})
        self.assertTrue(answer["url"].endswith(answer["confirmation_code"]))
        self.assertEqual(self.token.reason, "revoked")
        token = self.token.sudo()
        self.assertFalse(token.access_token or token.refresh_token)
        self.assertFalse(any(token.access_ids.mapped("page_token")))
        self.assertNotIn(PERSON, token.external_user_id)
        self.assertFalse(token.external_user_name)
        # Business records stay, and whoever may can connect them again.
        self.assertEqual(self.profiles.exists(), self.profiles)
        again, _profiles = self.connect(self.app, self.manager, [self.page("P1")])
        self.assertNotEqual(again, self.token)
        self.assertFalse(self.profiles[:1].reason)

    def test_a_deletion_after_the_deauthorisation_still_forgets(self):
        self.deauthorize()
        self.deauthorize("deletion")
        self.assertFalse(self.token.sudo().access_token)

    def test_a_deletion_from_before_a_reconnect_forgets_nothing(self):
        self.connect(self.app, self.manager, [self.page("P1")])
        response = self.deauthorize("deletion", at=now() - timedelta(minutes=5))
        self.assertEqual(response.status_code, 200)
        self.assertTrue(self.token.sudo().access_token)

    def test_the_code_is_the_same_for_the_same_request_and_for_strangers_too(self):
        at = now()
        first, again = (
            self.deauthorize("deletion", at=at, user_id="2002").json()
            for _time in range(2)
        )
        self.assertEqual(first, again)
        self.assertEqual(set(first), {"url", "confirmation_code"})
        other = self.deauthorize("deletion", at=at, user_id="3003").json()
        self.assertNotEqual(first["confirmation_code"], other["confirmation_code"])

    def test_the_status_page_opens_without_a_login_and_tells_a_date_only(self):
        code = self.deauthorize("deletion").json()["confirmation_code"]
        page = self.url_open(f"/social/deletion/{code}")
        self.assertEqual(page.status_code, 200)
        self.assertIn("carried out on", page.text)
        self.assertEqual(page.headers["X-Frame-Options"], "DENY")
        for hidden in (PERSON, "Page P1", self.app.name, self.company.name):
            self.assertNotIn(hidden, page.text)
        missing = self.url_open("/social/deletion/unknown")
        self.assertEqual(missing.status_code, 404)
        self.assertIn("no request with this code", missing.text)

    def test_the_status_page_speaks_the_language_of_the_browser(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        self.env["ir.module.module"]._load_module_terms([MODULE], ["pt_BR"])
        headers = {"Accept-Language": "pt-BR"}
        page = self.url_open("/social/deletion/unknown", headers=headers)
        self.assertIn('lang="pt-BR"', page.text)
        self.assertIn("Não há", page.text)

    # === PERMISSIONS === #

    def test_changed_permissions_have_the_token_checked_at_once(self):
        cron = self.env.ref(f"{MODULE}.ir_cron_verify_tokens")
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.token.verify_at = now() + timedelta(hours=20)
        change = {"field": "pages_messaging", "value": {"verb": "revoked"}}
        entry = {"uid": PERSON, "time": seconds(now()), "changes": [change]}
        response = self.hub({"object": "permissions", "entry": [entry]})
        self.assertEqual(response.status_code, 200)
        self.assertLessEqual(self.token.verify_at, now())
        after = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.assertEqual(after, before + 1)
        self.assertFalse(self.token.reason)
        self.assertEqual(self.signals().effect, "check")

    # === MESSAGES === #

    def hook(self):
        """Let an addon listen; gives the list of what it hears."""
        heard = []
        self.patch(
            self.registry["social.profile"],
            "_on_message_event",
            lambda profiles, events: heard.append((profiles, events)),
        )
        return heard

    def test_a_message_is_noted_and_handed_on_once(self):
        heard = self.hook()
        at = now() - timedelta(minutes=2)
        for _time in range(3):
            self.assertEqual(self.hub(self.message(at=at)).status_code, 200)
        messenger = self.profiles.filtered(lambda one: one.network_code == "messenger")
        ((profile, events),) = heard
        self.assertEqual(profile.id, messenger.id)
        self.assertEqual([one["message"]["text"] for one in events], ["Hello"])
        self.assertEqual(messenger.last_message_at, at)
        self.assertFalse((self.profiles - messenger).filtered("last_message_at"))
        self.assertEqual(self.signals().effect, "message")

    def test_the_text_of_a_message_is_stored_nowhere(self):
        self.hub(self.message(text="TOP-SECRET"))
        rows = self.env["social.signal"].search_read([], [])
        self.assertNotIn("TOP-SECRET", str(rows))
        self.assertFalse(self.journal(kind="signal"))

    def test_a_late_message_does_not_turn_the_clock_back(self):
        new, old = now(), now() - timedelta(hours=3)
        self.hub(self.message("m1", at=new))
        self.hub(self.message("m2", at=old))
        self.hub(self.message("m3", at=now() + timedelta(days=9)))
        (found,) = self.profiles.filtered("last_message_at").mapped("last_message_at")
        self.assertLess(abs(found - new), timedelta(minutes=1))

    def test_a_typical_day_is_a_running_mean_of_the_last_week(self):
        """Ten a day for weeks are about ten; after the end the estimate counts on."""
        start = now()
        with freeze_time(start) as clock:
            for day in range(28):
                clock.move_to(start + timedelta(days=day))
                for number in range(10):
                    self.hub(self.message(f"m{day}-{number}", at=clock()))
            profile = self.profiles.filtered("last_message_at")
            self.assertAlmostEqual(profile.messages_per_day, 10, delta=1.5)
            self.assertFalse(profile.missed_messages)
            profile.access_id.token_id._take_loss("revoked")
            profile._update_state()
            clock.tick(timedelta(days=3))
            profile.invalidate_recordset()
            self.assertAlmostEqual(profile.missed_messages, 30, delta=5)

    @mute_logger(f"odoo.addons.{MODULE}.models.social_profile_consumer")
    def test_a_failing_addon_does_not_make_the_network_send_again(self):
        def fail(profiles, events):
            raise ValueError("a bug of another addon")

        self.patch(self.registry["social.profile"], "_on_message_event", fail)
        self.assertEqual(self.hub(self.message()).status_code, 200)
        self.assertTrue(self.profiles.filtered("last_message_at"))

    def test_a_message_to_a_page_of_another_company_stays_there(self):
        heard = self.hook()
        stranger = self.make_user("manager", "stranger", self.other_company)
        theirs = self.make_app(name="Theirs", company_id=self.other_company.id)
        _token, profile = self.connect(
            theirs, stranger, [self.page("P1", "messenger")], person="3"
        )
        self.hub(self.message())
        self.assertFalse(profile.last_message_at)
        self.assertEqual(len(heard), 1)

    def test_a_message_to_nobody_is_taken(self):
        heard = self.hook()
        self.assertEqual(self.hub(self.message(page="P77")).status_code, 200)
        self.assertFalse(heard)

    def test_story_options_decide_what_is_handed_on_and_survive_a_renewal(self):
        """S1-28, S1-29."""
        _token, account = self.connect(
            self.app, self.manager, [self.page("I1", "instagram")]
        )
        mention = {"attachments": [{"type": "story_mention"}]}
        reply = {"reply_to": {"story": {"id": "1"}}}
        heard = self.hook()

        def send(number):
            for name, more in (("a", mention), ("b", reply), ("c", {})):
                data = self.message(f"{name}{number}", "I1", "instagram", **more)
                self.hub(data)
            found = [events[0]["message"]["mid"][0] for _profile, events in heard]
            heard.clear()
            return "".join(found)

        self.assertEqual(send(1), "abc")
        account.receive_story_mentions = False
        self.assertEqual(send(2), "bc")
        account.receive_story_replies = False
        self.assertEqual(send(3), "c")
        self.connect(self.app, self.manager, [self.page("I1", "instagram")])
        self.env.invalidate_all()
        self.assertFalse(account.receive_story_mentions)
        self.assertFalse(account.receive_story_replies)
        account.write({"receive_story_mentions": True, "receive_story_replies": True})
        self.connect(self.app, self.manager, [self.page("I1", "instagram")])
        self.assertTrue(account.receive_story_mentions)

    # === OTHER NETWORKS === #

    def store(self, app, *signals):
        """Store signals as they come from a provider."""
        with patch.object(
            PROVIDERS[app.provider], "read_signals", return_value=list(signals)
        ):
            return self.post(b"{}", key=app.callback_key)

    def signal(self, kind, **values):
        values = {"key": f"{kind}{values}", "happened_at": now()} | values
        return Signal(kind, **values)

    def test_google_names_the_account_whatever_its_channels(self):
        app = self.make_app(provider="google")
        tokens = [
            self.connect(app, self.manager, [self.page(f"C{n}", "youtube")], person=p)[
                0
            ]
            for n, p in enumerate(("77:C1", "77:C2", "770", "77"))
        ]
        response = self.store(app, self.signal("revoked", subject="77"))
        self.assertEqual(response.status_code, 202)
        found = [token.reason for token in tokens]
        self.assertEqual(found, ["revoked", "revoked", False, "revoked"])

    def test_a_held_account_is_looked_at_again(self):
        self.store(self.app, self.signal("held", subject=PERSON))
        self.assertEqual(self.token.reason, "checkpoint")
        self.assertTrue(self.token.verify_at)
        self.store(self.app, self.signal("changed", subject=PERSON))
        self.assertLessEqual(self.token.verify_at, now())

    def test_one_named_refresh_token_ends_one_token(self):
        app = self.make_app(provider="google")
        one, two = (
            self.connect(
                app,
                self.manager,
                [self.page(f"C{person}", "youtube")],
                person=person,
                refresh_token=f"{person * 16}-{REFRESH_TOKEN}",
            )[0]
            for person in ("7", "8")
        )
        self.store(app, self.signal("revoked", fingerprint=f"prefix:{'8' * 16}"))
        self.assertEqual((one.reason, two.reason), (False, "revoked"))

    def test_a_trial_of_the_network_means_nothing(self):
        self.assertEqual(self.store(self.app, self.signal("probe")).status_code, 200)
        self.assertEqual(self.signals().effect, "none")
        self.assertFalse(self.token.reason)

    # === KEEPING === #

    def test_rows_are_kept_for_longer_than_a_signal_is_believed(self):
        longest = max(kind.oldest_signal for kind in PROVIDERS.values())
        self.assertGreater(SIGNAL_KEPT, 2 * longest)
        self.assertGreater(DELETION_KEPT, SIGNAL_KEPT)

    def test_old_rows_are_dropped_and_confirmations_kept_for_a_year(self):
        signals = [
            self.signal("probe"),
            self.signal("deletion", subject="2002"),
            self.signal("revoked", happened_at=now() + DELETION_KEPT, subject="9"),
        ]
        self.store(self.app, *signals)
        for days, kinds in ((29, 3), (31, 2), (360, 2), (367, 1), (800, 0)):
            with freeze_time(now() + timedelta(days=days)):
                self.env["social.signal"]._gc_signals()
            self.assertEqual(len(self.signals()), kinds, days)

    def test_managers_read_signals_of_their_companies_and_nobody_writes_them(self):
        self.deauthorize()
        row = self.signals()
        owner = self.make_user("owner")
        stranger = self.make_user("owner", "stranger", self.other_company)
        self.assertEqual(row.with_user(self.manager).kind, "revoked")
        self.assertFalse(self.env["social.signal"].with_user(stranger).search([]))
        for user in (owner, self.make_user("settings_admin")):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(row.with_user(user).has_access(operation))
        self.assertFalse(row.with_user(self.make_user("member")).has_access("read"))
        with self.assertRaises(AccessError):
            row.with_user(owner).read(["confirmation_code"])

    def test_a_neutralised_copy_knows_no_signal_and_no_webhook_secret(self):
        self.app.webhook_secret_input = "PLAIN-9f3e-key"
        self.deauthorize()
        with file_open(f"{MODULE}/data/neutralize.sql") as source:
            self.env.cr.execute(source.read())
        self.env.invalidate_all()
        self.assertFalse(self.signals())
        self.assertFalse(self.app.sudo().webhook_secret)
        self.assertEqual(self.deauthorize().status_code, 403)
