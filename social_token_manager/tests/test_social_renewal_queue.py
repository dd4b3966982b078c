from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..clock import now
from ..const import QUEUE_PATH
from .common import REFRESH_TOKEN, SocialCase


@tagged("post_install", "-at_install")
class TestSocialRenewalQueue(SocialCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("manager")
        cls.meta = cls.make_app()
        cls.x = cls.make_app(name="Our X", provider="x", client_id="x1")
        # Two people at Meta, one of them with two pages; one account at X.
        cls.ana, cls.of_ana = cls.connect(
            cls.meta, cls.manager, [cls.page("P1"), cls.page("P2")], name="Ana"
        )
        cls.bea, cls.of_bea = cls.connect(
            cls.meta, cls.manager, [cls.page("P3")], person="1002", name="Bea"
        )
        cls.tweet, cls.of_x = cls.connect(
            cls.x,
            cls.manager,
            [cls.page("X1", network="x")],
            person="x1",
            name="@x",
            refresh_token=REFRESH_TOKEN,
        )
        cls.all = cls.of_ana + cls.of_bea + cls.of_x

    def start(self, profiles=None, user=None):
        with self.enter_registry_test_mode():
            action = (profiles or self.all).with_user(user or self.manager)
            action = action.action_renew_all()
        self.env.invalidate_all()
        return (
            self.env["social.renewal.queue"]
            .with_user(user or self.manager)
            .browse(action["res_id"])
        )

    def states(self, queue):
        self.env.invalidate_all()
        return {one.profile_id.external_id: one.state for one in queue.outcome_ids}

    def lose(self, token, reason="revoked"):
        token._take_loss(reason)
        token._settle()

    # === PLANNING === #

    def test_one_login_a_person_and_app(self):
        queue = self.start()
        self.assertEqual(queue.name, "2 logins will fix 3 profiles")
        self.assertEqual(
            {login.who: login.profile_count for login in queue.login_ids},
            {"Ana": 2, "Bea": 1},
        )

    def test_what_renews_itself_is_left_to_the_engine_without_a_login(self):
        queue = self.start(self.of_x)
        self.assertEqual(queue.name, "No login is needed")
        self.assertEqual(self.states(queue), {"X1": "waiting"})
        self.assertTrue(queue.is_running)
        self.assertLessEqual(self.tweet.renew_at, now())
        self.tweet._store_token_set(self.make_grant().token)
        self.tweet._settle()
        self.assertEqual(self.states(queue), {"X1": "renewed"})
        self.assertFalse(queue.is_running)
        self.assertEqual(queue.progress, 100)

    def test_a_silent_renewal_without_an_answer_says_so_and_is_not_red(self):
        queue = self.start(self.of_x)
        self.tweet.failure_count += 1
        self.assertEqual(self.states(queue), {"X1": "unchanged"})
        self.assertIn("tried again", queue.outcome_ids.why)

    def test_what_was_lost_needs_a_login_even_if_it_renews_itself(self):
        self.lose(self.tweet)
        queue = self.start(self.of_x)
        self.assertEqual(queue.login_ids.who, "@x")

    def test_what_nobody_connected_yet_is_a_login_of_its_own(self):
        made = self.make_profile(name="New one")
        queue = self.start(self.of_bea + made)
        self.assertEqual(len(queue.login_ids), 2)
        self.assertIn("Somebody who manages", "".join(queue.login_ids.mapped("who")))

    def test_a_network_without_an_app_says_so(self):
        self.meta.network_ids -= self.network("facebook")
        self.meta.network_ids -= self.network("messenger")
        made = self.make_profile() + self.make_profile("messenger")
        queue = self.start(made)
        for profile, login in zip(made, queue.login_ids, strict=True):
            sentence = f"There is no app for {profile.network_id.name} yet."
            self.assertIn(sentence, login.problem)
        self.assertFalse(queue.has_next)

    # === WORKING OFF === #

    def test_the_next_login_leads_to_the_six_steps_and_back_to_the_queue(self):
        queue = self.start()
        action = queue.action_next()
        self.assertEqual(action["res_model"], "social.renewal.wizard")
        wizard = (
            self.env["social.renewal.wizard"]
            .with_user(self.manager)
            .browse(action["res_id"])
        )
        self.assertEqual(wizard.step, "login")
        self.assertEqual(wizard.action_cancel()["res_id"], queue.id)

    def test_the_next_login_of_others_leads_straight_there_and_back(self):
        self.lose(self.tweet)
        queue = self.start(self.of_x)
        action = queue.action_next()
        self.assertIn("/social/authorize/", action["url"])
        last = self.env["social.oauth.request"].search([], limit=1)
        self.assertEqual(last.profile_ids, self.of_x)
        self.assertEqual(last._get_address(), QUEUE_PATH.format(queue_id=queue.id))

    def test_each_profile_shows_what_became_of_it(self):
        queue = self.start()
        ana = queue.login_ids[0]
        # She ticks one page only.
        self.connect(self.meta, self.manager, [self.page("P1")], name="Ana")
        ana.sudo()._take_result("partly")
        self.assertEqual(
            self.states(queue),
            {"P1": "renewed", "P2": "failed", "P3": "waiting", "X1": "waiting"},
        )
        why = {one.profile_id.external_id: one.why for one in queue.outcome_ids}
        self.assertEqual(why["P2"], "Not selected")
        self.assertEqual(ana.state, "partly")
        self.assertTrue(ana.problem)
        self.assertEqual(queue.action_next()["res_model"], "social.renewal.wizard")

    def test_a_login_that_changed_nothing_says_so(self):
        queue = self.start(self.of_bea)
        queue.login_ids.sudo()._take_result("declined")
        self.assertEqual(self.states(queue), {"P3": "unchanged"})
        with self.assertRaises(UserError):
            queue.action_next()

    def test_an_unfinished_queue_is_found_again(self):
        queue = self.start()
        choice = self.env["social.renewal.choice"].with_user(self.manager).create({})
        self.assertEqual(choice.open_queue_id, queue)
        self.assertEqual(choice.action_go_on()["res_id"], queue.id)

    def test_all_of_one_network(self):
        choice = self.env["social.renewal.choice"].with_user(self.manager)
        action = self.env["social.profile"].with_user(self.manager).action_renew_all()
        self.assertEqual(action["res_model"], choice._name)
        choice = choice.create({"network_id": self.network("facebook").id})
        self.assertIn(self.network("x"), choice.available_network_ids)
        with self.enter_registry_test_mode():
            action = choice.action_renew_all()
        queue = self.env["social.renewal.queue"].browse(action["res_id"])
        self.assertEqual(queue.outcome_ids.profile_id, self.of_ana + self.of_bea)

    # === RIGHTS === #

    def test_what_the_user_may_not_renew_is_left_out_and_counted(self):
        member = self.make_user("member")
        self.of_bea.admin_user_ids = member
        self.of_ana.recipient_user_ids = member
        queue = self.start(self.of_ana + self.of_bea, member)
        self.assertEqual(queue.outcome_ids.profile_id, self.of_bea)
        self.assertIn("2 of those", queue.left_out_text)

    def test_who_may_renew_none_is_told(self):
        member = self.make_user("member")
        self.of_bea.recipient_user_ids = member
        with self.assertRaises(AccessError):
            self.start(self.of_bea, member)

    def test_another_users_queue_is_not_seen(self):
        queue = self.start()
        other = self.make_user("owner")
        for records in (queue, queue.login_ids, queue.outcome_ids):
            self.assertFalse(records.with_user(other).search([]))
            with self.assertRaises(AccessError):
                records.with_user(other).check_access("read")

    def test_what_was_hidden_meanwhile_is_told_no_more_and_holds_up_nothing(self):
        member = self.make_user("member")
        self.all.admin_user_ids += member
        queue = self.start(user=member)
        self.of_bea.admin_user_ids -= member
        self.assertEqual(set(self.states(queue)), {"P1", "P2", "X1"})
        self.assertEqual(queue.name, "1 login will fix 2 profiles")
        hidden = queue.login_ids.filtered(lambda one: one.who == "Bea")
        self.assertFalse(hidden.profile_names)
        self.assertEqual(queue._get_next().who, "Ana")
        with self.assertRaises(AccessError):
            hidden.action_login()

    def test_a_login_for_what_is_deleted_says_so(self):
        by_hand = self.make_profile()
        queue = self.start(by_hand)
        by_hand.unlink()
        self.env.invalidate_all()
        self.assertFalse(queue.has_next)
        with self.assertRaisesRegex(UserError, "not there any more"):
            queue.login_ids.action_login()

    def test_who_lost_the_right_meanwhile_does_not_leave(self):
        member = self.make_user("member")
        self.of_bea.admin_user_ids = member
        queue = self.start(self.of_bea, member)
        self.of_bea.admin_user_ids = False
        self.of_bea.recipient_user_ids = member
        with self.assertRaises(AccessError):
            queue.action_next()
