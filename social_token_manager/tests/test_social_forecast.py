"""The simulation shows what renewing together would do, and starts the queue."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..policy import forecast
from ..providers.meta import MetaProvider
from .common import NOW, SocialClockCase

DAY = timedelta(days=1)
NAME = "social_token_manager.social_forecast_action"


@tagged("post_install", "-at_install")
class TestSocialForecast(SocialClockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.make_user("owner", tz="UTC")
        cls.manager = cls.make_user("manager", tz="UTC")
        cls.member = cls.make_user("member", tz="UTC")
        cls.env["social.profile"].search([]).active = False
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Weekdays", "tz": "UTC"}
        )

    def setUp(self):
        super().setUp()
        self.app = self.make_app()
        _token, self.ana = self.connect(
            self.app, self.owner, [self.page("A1"), self.page("A2")], person="1"
        )
        _token, self.bea = self.connect(
            self.app, self.owner, [self.page("B1")], person="2", name="Bea"
        )
        self.all = self.ana + self.bea
        for profile, days in zip(self.all, (5, 20, 60), strict=True):
            profile.expires_at = NOW + days * DAY

    def open(self, profiles=None, user=None, **values):
        """Return the wizard as a person opens it, saved."""
        seen = (profiles or self.env["social.profile"]).with_user(user or self.manager)
        action = seen.action_simulate()
        form = Form(
            seen.env[action["res_model"]].with_context(**action["context"]),
        )
        for name, value in values.items():
            form[name] = value
        return form.save()

    def rows(self, wizard):
        return {row["name"]: row for row in wizard.plan}

    # === WHAT IT SHOWS === #

    def test_without_a_selection_it_is_about_the_next_90_days(self):
        over = self.make_profile(external_id="X1")
        over.write({"expires_at": NOW - DAY, "reason": False})
        later = self.make_profile(external_id="X2")
        later.write({"expires_at": NOW + 91 * DAY, "reason": False})
        self.assertEqual(self.open().profile_ids, self.all)
        self.assertEqual(self.open(self.ana).profile_ids, self.ana)

    def test_it_says_how_many_logins_and_when_each_would_end_next(self):
        wizard = self.open()
        self.assertEqual(wizard.headline, "2 logins would renew 3 profiles.")
        row = self.rows(wizard)["Page A1"]
        self.assertEqual(row["login"], "Anna at the network")
        self.assertEqual(row["ends"], "03/20/2026")
        self.assertEqual(row["renewed"], "03/15/2026")
        self.assertEqual(row["next"], "06/15/2026", "three months, as published")

    def live_silently(self):
        """Let Bea's connection live from a token that is renewed silently."""
        token = self.bea.token_id
        token.refresh_token = token._seal_secret("refresh_token", "kept")
        token.refresh_expires_at = self.bea.expires_at = NOW + 45 * DAY

    def test_what_only_a_person_moves_takes_a_login(self):
        self.live_silently()
        wizard = self.open(self.bea)
        self.assertEqual(wizard.headline, "1 login would renew 1 profile.")
        queue = self.env["social.renewal.queue"].browse(wizard.action_start()["res_id"])
        self.assertEqual(queue.outcome_ids.mapped("way"), ["login"])

    def test_where_each_renewal_begins_a_new_life_no_login_is_needed(self):
        self.live_silently()
        with patch.object(MetaProvider, "restarts_refresh_token", True):
            wizard = self.open(self.bea)
            self.assertEqual(
                wizard.headline, "Renewed by themselves, or in need of nothing: 1."
            )

    def test_weeks_are_told_before_and_after_with_a_warning(self):
        other = self.make_profile(external_id="X1")
        other.write({"expires_at": NOW + 5 * DAY, "reason": False})
        wizard = self.open(self.all, capacity=2)
        weeks = {row["week"]: row for row in wizard.weeks}
        self.assertEqual(
            [(row["before"], row["after"]) for row in weeks.values()],
            [(2, 1), (1, 0), (1, 0), (0, 3)],
        )
        self.assertEqual(weeks["06/15/2026"]["warning"], "! More than 2 end")
        self.assertEqual(weeks["03/16/2026"]["warning"], "")

    def test_an_end_on_a_holiday_is_warned_of(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": datetime(2026, 6, 15),
                "date_to": datetime(2026, 6, 16),
            }
        )
        wizard = self.open(self.bea)
        self.assertTrue(self.rows(wizard)["Page B1"]["is_on_day_off"])
        self.assertIn("! 1 on a day off", wizard.weeks[-1]["warning"])

    def test_days_off_are_those_of_the_company(self):
        days_off = self.company._get_calendar_days_off()
        self.assertEqual(days_off.weekdays, {5, 6})
        self.company.resource_calendar_id = False
        self.assertEqual(self.company._get_calendar_days_off().weekdays, {5, 6})

    def test_spreading_takes_other_weeks_and_other_logins_at_another_time(self):
        wizard = self.open(self.all, how=forecast.SPREAD, capacity=2)
        rows = self.rows(wizard)
        self.assertEqual(rows["Page A1"]["renewed"], rows["Page A2"]["renewed"])
        self.assertNotEqual(rows["Page A1"]["renewed"], rows["Page B1"]["renewed"])
        self.assertFalse(any("More than" in row["warning"] for row in wizard.weeks))
        # NOW is a Sunday.
        self.assertEqual(rows["Page A1"]["renewed"], "03/16/2026")

    def test_days_are_told_in_the_readers_zone(self):
        self.ana[0].expires_at = datetime(2026, 3, 20, 2)
        self.manager.tz = "America/Sao_Paulo"
        rows = self.rows(self.open(self.ana))
        self.assertEqual(rows["Page A1"]["ends"], "03/19/2026")

    def test_what_ends_is_counted_in_one_query(self):
        profiles = self.ana.with_user(self.manager)
        profiles._get_forecast_load(without=profiles)
        with self.assertQueryCount(1):
            load = profiles._get_forecast_load(without=profiles)
        self.assertEqual(load, {(NOW + 60 * DAY).date(): 1})
        self.assertIsInstance(next(iter(load)), date)

    def test_many_profiles_are_simulated_with_as_many_queries_as_few(self):
        def count(profiles):
            wizard = self.open(profiles)
            self.env.flush_all()
            self.env.invalidate_all()
            wizard.profile_ids.mapped("name")
            before = self.cr.sql_log_count
            self.assertEqual(len(wizard.plan), len(profiles))
            return self.cr.sql_log_count - before

        pages = [self.page(f"C{number}") for number in range(40)]
        _token, many = self.connect(self.app, self.owner, pages, person="3")
        many.expires_at = NOW + 30 * DAY
        count(self.all)
        self.assertLessEqual(count(many), count(self.all) + 2)

    # === RIGHTS === #

    def test_nothing_is_told_of_profiles_that_one_may_not_see(self):
        self.ana.admin_user_ids = self.member
        Wizard = self.env["social.forecast.wizard"].with_user(self.member)
        with self.assertRaises(AccessError):
            Wizard.create({"profile_ids": [Command.set(self.all.ids)]})
        self.assertEqual(self.open(user=self.member).profile_ids, self.ana)
        with self.assertRaises(AccessError):
            self.bea.with_user(self.member).action_simulate()
        wizard = self.open(self.ana, self.member)
        self.assertEqual(set(self.rows(wizard)), {"Page A1", "Page A2"})
        self.ana[0].admin_user_ids = False
        self.env.invalidate_all()
        self.assertEqual(set(self.rows(wizard)), {"Page A2"}, "a right was lost since")

    def test_who_has_no_role_here_simulates_nothing(self):
        nobody = self.make_user("internal")
        with self.assertRaises(AccessError):
            self.env["social.profile"].with_user(nobody).action_simulate()

    # === START === #

    def test_start_leads_to_the_queue_with_all_of_them(self):
        action = self.open(self.all).action_start()
        queue = self.env["social.renewal.queue"].browse(action["res_id"])
        self.assertEqual(queue.outcome_ids.profile_id, self.all)
        self.assertEqual(len(queue.login_ids), 2)

    def test_start_of_a_spread_begins_with_the_first_day(self):
        wizard = self.open(self.all, how=forecast.SPREAD, capacity=2)
        action = wizard.action_start()
        queue = self.env["social.renewal.queue"].browse(action["res_id"])
        self.assertEqual(queue.outcome_ids.profile_id, self.ana)

    def test_start_with_nothing_to_renew_says_so(self):
        self.all.expires_at = NOW + 200 * DAY
        wizard = self.open()
        self.assertIn("Nothing ends", wizard.headline)
        with self.assertRaises(UserError):
            wizard.action_start()

    # === THE VIEWS === #

    def test_the_forecast_is_about_the_next_90_days(self):
        self.bea.expires_at = NOW + 91 * DAY
        action = self.env["ir.actions.act_window"]._for_xml_id(NAME)
        domain = [
            ("expires_at", ">", "now"),
            ("expires_at", "<=", "now +90d"),
        ]
        self.assertIn("now +90d", action["domain"])
        self.assertEqual(self.env["social.profile"].search(domain), self.ana)
