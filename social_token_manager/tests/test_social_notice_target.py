import json
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..clock import now
from ..providers.errors import RateLimited, RequestRefused, Unreachable
from ..providers.posting import Posting
from .common import PLAIN, SIGNING_SECRET, TARGET_ADDRESS, SocialCase

START = "2026-03-02 12:00:00"


@tagged("post_install", "-at_install")
@freeze_time(START)
class TestSocialNoticeTarget(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.silence_others()
        cls.env["social.notice.target"].search([]).active = False
        with freeze_time(START):
            cls.manager = cls.make_user("manager", email="manager@example.com")
            cls.owner = cls.make_user("owner", email="owner@example.com")
            cls.app = cls.make_app()
        cls.Outbox = cls.env["social.notice.outbox"]

    def setUp(self):
        super().setUp()
        context = self.enter_registry_test_mode()
        context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)

    def connect_profile(self, days, external_id="P1", app=None, **values):
        """Return a profile whose connection ends in some days."""
        _token, profile = self.connect(
            app or self.app,
            self.manager,
            [self.page(external_id)],
            person=external_id,
            access_expires_at=now() + timedelta(days=days),
        )
        profile.write(values)
        return profile

    def notify(self):
        """Record and deliver what is due now; return what is queued for the chats."""
        notice = self.env["social.notice"]
        notice._record_due(now())
        self.deliver_notices()
        self.env.flush_all()
        return self.Outbox.search([("state", "=", "waiting")], order="id")

    @contextmanager
    def others_answer(self, *answers):
        """Let the other side answer so, the last answer ever after; gives the calls."""
        calls = []

        def call(posting):
            calls.append(posting)
            answer = answers[min(len(calls), len(answers)) - 1] if answers else None
            if answer:
                raise answer

        with patch.object(Posting, "__call__", call):
            yield calls

    def send(self):
        """Run the scheduled action as the scheduler does."""
        self.env.flush_all()
        with patch.object(self.registry["ir.cron"], "_commit_progress"):
            self.Outbox._cron_send()
        self.env.invalidate_all()

    # === WHO IS TOLD, AND WHAT === #

    def test_each_chat_gets_one_message_for_all_that_is_due(self):
        targets = self.make_target() + self.make_target("discord")
        first = self.connect_profile(2)
        second = self.connect_profile(0.5, "P2")
        queued = self.notify()
        self.assertEqual(queued.target_id, targets)
        self.assertEqual(len(queued), 2)
        to_slack = queued.filtered(lambda one: one.target_id.kind == "slack")
        text = json.loads(to_slack.payload)["text"]
        self.assertIn("2 connections need somebody", text)
        self.assertLess(text.index(second.name), text.index(first.name))
        self.assertIn(f"/social/renew/{first.id}|Renew>", text)
        ledger = self.env["social.notice"].search(
            [("channel", "=", "chat"), ("state", "=", "sent")]
        )
        self.assertEqual(len(ledger), 2)
        self.assertEqual(ledger.person_id, self.company.partner_id)
        self.assertFalse(self.notify() - queued)

    def test_a_signed_webhook_gets_one_event_for_each_connection(self):
        self.make_target("webhook")
        profile = self.connect_profile(2)
        (queued,) = self.notify()
        event = json.loads(queued.payload)
        self.assertEqual(event["type"], "connection.expiring")
        self.assertEqual(event["timestamp"], "2026-03-02T12:00:00Z")
        self.assertEqual(event["data"]["id"], profile.id)
        self.assertEqual(event["data"]["rung"], "d3")
        self.assertEqual(event["data"]["expires_at"], "2026-03-04T12:00:00Z")
        self.assertIn(f"/social/renew/{profile.id}", event["data"]["renew_url"])
        self.assertNotIn(PLAIN, queued.payload)

    def test_a_break_and_its_mending_are_told_in_this_order(self):
        self.make_target("webhook")
        self.make_target("teams")
        profile = self.connect_profile(30)
        profile.token_id._take_loss("revoked")
        profile.token_id._settle()
        with self.others_answer() as calls:
            self.notify()
            self.send()
            self.connect_profile(60)
            self.notify()
            self.send()
        told = [json.loads(one.body) for one in calls]
        events = [one["type"] for one in told if one["type"] != "message"]
        self.assertEqual(events, ["connection.broken", "connection.recovered"])
        cards = [json.dumps(one) for one in told if one["type"] == "message"]
        self.assertIn("broke", cards[0])
        self.assertIn("works again", cards[1])

    def test_who_took_it_on_is_told_as_that(self):
        self.make_target("webhook")
        self.make_target("teams")
        profile = self.connect_profile(30)
        profile.token_id._take_loss("revoked")
        profile.token_id._settle()
        before = self.notify()
        profile.with_user(self.owner)._take(now() + timedelta(days=1))
        events = [json.loads(one.payload) for one in self.notify() - before]
        (event,) = [one for one in events if one["type"] != "message"]
        self.assertEqual(event["type"], "connection.taken")
        self.assertEqual(event["data"]["taken_by"], self.owner.name)
        self.assertEqual(event["data"]["taken_until"], "2026-03-03T12:00:00Z")
        (card,) = [json.dumps(one) for one in events if one["type"] == "message"]
        self.assertIn("Taken on", card)
        self.assertNotIn("Expiring", card)

    def test_no_company_is_told_of_another_one(self):
        other = self.make_target(company_id=self.other_company.id)
        self.connect_profile(2)
        self.assertFalse(self.notify())
        app = self.make_app(name="Theirs", company_id=self.other_company.id)
        self.connect_profile(2, "P2", app)
        queued = self.notify()
        self.assertEqual(queued.target_id, other)
        self.assertNotIn("Page P1", queued.payload)

    def test_what_is_archived_or_has_no_address_is_told_nothing(self):
        self.make_target(active=False)
        self.make_target(address_input=False)
        self.connect_profile(2)
        self.assertFalse(self.notify())
        self.assertFalse(self.env["social.notice"].search([("channel", "=", "chat")]))

    def test_days_off_that_spare_clients_do_not_spare_the_team(self):
        self.make_target()
        self.company.social_quiet_rule = "clients"
        with freeze_time("2026-03-07 12:00:00"):
            self.connect_profile(2)
            self.assertTrue(self.notify())

    def test_days_off_of_everybody_keep_the_chat_quiet_and_no_machine(self):
        self.make_target()
        webhook = self.make_target("webhook")
        self.company.social_quiet_rule = "all"
        with freeze_time("2026-03-07 12:00:00"):
            self.connect_profile(2)
            self.assertEqual(self.notify().target_id, webhook)
        with freeze_time("2026-03-09 12:00:00"):
            self.assertIn("slack", self.notify().target_id.mapped("kind"))

    def test_a_renewal_takes_back_what_no_chat_has_read_yet(self):
        self.make_target()
        self.connect_profile(2)
        queued = self.notify()
        self.connect_profile(60)
        self.assertEqual(queued.state, "cancelled")
        self.assertEqual(queued.notice_ids.mapped("state"), ["cancelled"])
        with self.others_answer() as calls:
            self.send()
        self.assertFalse(calls)

    def test_a_message_that_speaks_of_others_too_is_not_taken_back(self):
        self.make_target()
        self.connect_profile(2)
        self.connect_profile(2, "P2")
        queued = self.notify()
        self.connect_profile(60)
        self.assertEqual(queued.state, "waiting")

    # === SENDING === #

    def test_what_was_taken_is_never_sent_again(self):
        target = self.make_target()
        self.connect_profile(2)
        queued = self.notify()
        with self.others_answer() as calls:
            for _turn in range(5):
                self.send()
        self.assertEqual(len(calls), 1)
        self.assertEqual(calls[0].address, TARGET_ADDRESS)
        self.assertEqual(calls[0].headers, {"Idempotency-Key": queued.key})
        self.assertEqual((queued.state, target.state), ("sent", "works"))
        self.assertEqual(queued.sent_at, now())

    def test_what_was_not_taken_is_tried_again_later_with_the_same_key(self):
        target = self.make_target()
        self.connect_profile(2)
        queued = self.notify()
        with self.others_answer(Unreachable(detail="HTTP 503"), None) as calls:
            self.send()
            self.send()
            self.assertEqual((queued.state, queued.tries), ("waiting", 1))
            self.assertEqual(target.state, "failing")
            self.assertIn("HTTP 503", target.error_text)
            self.assertIn("Nothing is lost", target.error_text)
            with freeze_time("2026-03-02 12:05:00"):
                self.send()
        self.assertEqual(len({one.headers["Idempotency-Key"] for one in calls}), 1)
        self.assertEqual((queued.state, target.state), ("sent", "works"))

    def test_one_that_is_down_is_asked_once_however_much_waits(self):
        target = self.make_target()
        for _number in range(10):
            target._queue_test()
        with self.others_answer(RateLimited("HTTP 429", 300)) as calls:
            self.send()
        self.assertEqual(len(calls), 1)
        self.assertGreaterEqual(
            target.outbox_ids.sorted("id")[0].next_at, now() + timedelta(seconds=300)
        )

    def test_one_that_is_down_does_not_keep_another_waiting(self):
        down = self.make_target()
        up = self.make_target("discord")
        for target in down + up:
            target._queue_test()
            target._queue_test()

        def call(posting):
            if "content" not in json.loads(posting.body):
                raise Unreachable(detail="HTTP 500")

        with patch.object(Posting, "__call__", call):
            self.send()
        self.assertEqual(up.outbox_ids.mapped("state"), ["sent", "sent"])
        self.assertEqual(down.outbox_ids.mapped("state"), ["waiting", "waiting"])

    def test_a_definite_refusal_drops_the_message_and_says_so(self):
        target = self.make_target()
        target._queue_test()
        with self.others_answer(RequestRefused(detail="HTTP 404")) as calls:
            self.send()
            self.send()
        self.assertEqual(len(calls), 1)
        self.assertEqual(target.outbox_ids.state, "failed")
        self.assertIn("hooks.example refused a message (HTTP 404)", target.error_text)

    def test_after_three_days_a_message_is_given_up(self):
        target = self.make_target()
        target._queue_test()
        # The row's own clock is the database's.
        made_at = target.outbox_ids.create_date
        with self.others_answer(Unreachable(detail="HTTP 500")) as calls:
            for hour in range(0, 24 * 5):
                with freeze_time(made_at + timedelta(hours=hour)):
                    self.send()
        self.assertEqual(target.outbox_ids.state, "failed")
        self.assertLess(len(calls), 25)
        self.assertIn("three days", target.error_text)

    def test_two_workers_never_have_the_same_message(self):
        self.make_target()._queue_test()
        self.env.flush_all()
        self.assertEqual(len(self.Outbox._claim(8)), 1)
        self.assertFalse(self.Outbox._claim(8))

    def test_a_message_whose_worker_died_is_sent_again(self):
        target = self.make_target()
        target._queue_test()
        self.env.flush_all()
        self.Outbox._claim(8)
        with self.others_answer() as calls:
            self.send()
            self.assertFalse(calls)
            self.env.cr.execute(
                "UPDATE social_notice_outbox SET lease_until = '2020-01-01'"
            )
            self.send()
        self.assertEqual((len(calls), target.outbox_ids.state), (1, "sent"))

    def test_a_late_answer_of_a_lost_lease_changes_nothing(self):
        target = self.make_target()
        target._queue_test()
        self.env.flush_all()
        message = self.Outbox._claim(8)
        posting = Posting(message.id, "another lease", None, "", b"", {})
        self.Outbox._settle(posting, RequestRefused())
        self.assertEqual(message.state, "waiting")

    def test_a_damaged_secret_is_said_and_does_not_stop_the_others(self):
        damaged, well = self.make_target(), self.make_target("discord")
        damaged.address = well.address
        (damaged + well)[0]._queue_test()
        well._queue_test()
        with self.others_answer() as calls:
            self.send()
        self.assertEqual(len(calls), 1)
        self.assertEqual(damaged.outbox_ids.state, "failed")
        self.assertIn("Paste it again", damaged.error_text)

    def test_a_copy_of_the_database_sends_nothing(self):
        target = self.make_target()
        target._queue_test()
        home = self.registry["social.home"]
        with self.others_answer() as calls:
            with patch.object(home, "_is_here", lambda _self: False):
                self.send()
                with self.assertRaises(UserError):
                    target.action_test()
        self.assertFalse(calls)

    def test_what_waits_is_never_sent_elsewhere_than_it_was_for(self):
        for change in (
            {"active": False},
            {"kind": "discord"},
            {"company_id": self.other_company.id},
        ):
            with self.subTest(change=change):
                target = self.make_target()
                target._queue_test()
                target.write(change)
                self.assertEqual(target.outbox_ids.state, "cancelled")

    def test_a_chat_is_moved_to_no_company_of_others(self):
        target = self.make_target().with_user(self.owner)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            target.write({"company_id": self.other_company.id})
        target.invalidate_recordset()
        self.assertEqual(target.company_id, self.company)

    def test_what_is_to_be_tried_again_is_tried_at_its_moment(self):
        target = self.make_target()
        target._queue_test()
        with self.others_answer(Unreachable()):
            self.send()
        cron = self.env.ref("social_token_manager.ir_cron_send_outbox")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertIn(target.outbox_ids.next_at, triggers.mapped("call_at"))

    def test_what_the_turns_time_did_not_suffice_for_comes_next(self):
        for number in range(2):
            target = self.make_target(name=f"Chat {number}")
            target._queue_test()
            target._queue_test()
        self.env.flush_all()
        self.assertEqual(self.Outbox._count_due(), 2, "one a chat at a time")
        self.Outbox._claim(1)
        self.assertEqual(self.Outbox._count_due(), 1)

    def test_what_is_left_gets_a_turn_of_its_own(self):
        """Odoo would take ten turns in a row, and kill a worker that is at it long."""
        cron = self.env.ref("social_token_manager.ir_cron_send_outbox")
        triggers = self.env["ir.cron.trigger"]
        for made, is_more, count in ((2, 1, 1), (2, 0, 0), (0, 1, 0)):
            triggers.search([("cron_id", "=", cron.id)]).unlink()
            actions = self.env["ir.cron"].with_context(cron_id=cron.id)
            with (
                self.subTest(made=made, is_more=is_more),
                patch.object(self.registry["ir.cron"], "_commit_progress") as told,
            ):
                actions._end_social_turn(made, is_more)
                told.assert_called_once_with(made, remaining=0)
                found = triggers.search([("cron_id", "=", cron.id)])
                self.assertEqual(len(found), count)

    # === SETTING UP === #

    def test_an_owner_pastes_an_address_that_nobody_reads_again(self):
        targets = self.env["social.notice.target"].with_user(self.owner)
        target = targets.create(
            {"name": "Team", "kind": "slack", "address_input": TARGET_ADDRESS}
        )
        self.assertEqual(target.host, "hooks.example")
        self.assertFalse(target.address_input)
        self.assertNotIn(PLAIN, str(target.read()))
        self.assertEqual(target.sudo()._open_secret("address"), TARGET_ADDRESS)
        self.assertTrue(self.journal(kind="target_changed", detail="Team"))
        with self.assertRaises(AccessError):
            target.read(["address"])

    def test_only_owners_of_the_company_see_chats(self):
        target = self.make_target()
        for role in ("member", "settings_admin"):
            user = self.make_user(role)
            with self.subTest(role=role), self.assertRaises(AccessError):
                target.with_user(user).read(["name"])
        with self.assertRaises(AccessError):
            target.with_user(self.manager).read(["name"])
        stranger = self.make_user("owner", "stranger", self.other_company)
        for method in ("action_test", "action_make_secret"):
            with self.assertRaises(AccessError):
                getattr(target.with_user(stranger), method)()

    def test_an_address_inside_or_without_https_is_refused(self):
        for wrong in (
            "http://hooks.example/x",
            "https://user:secret@hooks.example/x",
            "hooks.example/x",
        ):
            with (
                self.subTest(wrong=wrong),
                self.assertRaises(ValidationError) as caught,
            ):
                self.make_target(address_input=wrong)
            self.assertNotIn("secret@", str(caught.exception))

    def test_a_new_signing_secret_is_shown_once(self):
        target = self.make_target("webhook", signing_secret_input=False)
        target = target.with_user(self.owner)
        self.assertEqual(target.state, "incomplete")
        with self.assertRaises(UserError):
            target.action_test()
        action = target.action_make_secret()
        shown = action["context"]["default_signing_secret_shown"]
        self.assertEqual(target.sudo()._open_secret("signing_secret"), shown)
        self.assertEqual(target.state, "idle")
        self.assertNotIn(shown, str(target.read()))

    def test_a_signing_secret_of_the_other_side_is_checked(self):
        target = self.make_target("webhook")
        self.assertEqual(target._open_secret("signing_secret"), SIGNING_SECRET)
        with self.assertRaises(ValidationError) as caught:
            target.signing_secret_input = "S3CR3T"
        self.assertNotIn("S3CR3T", str(caught.exception))

    def test_a_test_message_says_whose_it_is(self):
        for kind in ("slack", "teams", "google_chat", "mattermost", "discord"):
            target = self.make_target(kind).with_user(self.owner)
            target.action_test()
            self.assertIn(self.company.name, target.outbox_ids.payload)
        webhook = self.make_target("webhook").with_user(self.owner)
        webhook.action_test()
        self.assertEqual(json.loads(webhook.outbox_ids.payload)["type"], "test")
