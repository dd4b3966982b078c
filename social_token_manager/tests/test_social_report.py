"""A client reads how the connections did, in his language; a mail of it comes once."""

from contextlib import contextmanager
from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .. import wording
from ..policy import outages, reasons
from .common import NOW, SocialClockCase

DAY = timedelta(days=1)
START = datetime(2026, 2, 1)
# The day after is no Sunday.
MONDAY = NOW + DAY
REPORT = "social_token_manager.report_social_month"


@tagged("post_install", "-at_install")
class TestSocialReport(SocialClockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.silence_others()
        cls.manager = cls.make_user("manager")
        cls.app = cls.make_app()
        cls.client = cls.env["res.partner"].create(
            {"name": "Corner Bakery", "email": "bakery@example.com", "tz": "UTC"}
        )

    def setUp(self):
        super().setUp()
        self.move_clock(START - 10 * DAY)
        self.profile = self.connect_page("P1")
        self.move_clock(START + 9 * DAY)
        self.profile.token_id._take_loss(reasons.PASSWORD_CHANGED)
        self.profile.token_id._settle()
        self.move_clock(START + 16 * DAY)
        self.connect_page("P1")
        self.move_clock(NOW)

    def connect_page(self, page):
        _token, profile = self.connect(
            self.app,
            self.manager,
            [self.page(page)],
            person=f"person of {page}",
            access_expires_at=datetime.now() + 60 * DAY,
        )
        profile.partner_id = self.client
        return profile

    def render(self, user=None, **data):
        self.env.flush_all()
        reports = self.env["ir.actions.report"].with_user(user or self.manager)
        html, _kind = reports._render_qweb_html(REPORT, self.client.ids, data)
        return " ".join(html.decode().split())

    def get(self, month=date(2026, 2, 1)):
        self.env.flush_all()
        model = self.env[f"report.{REPORT}"].with_user(self.manager)
        return model._get_report(self.client.with_user(self.manager), month)

    # === WHAT IT SAYS === #

    def test_last_month_is_told_by_connection(self):
        report = self.get()
        self.assertEqual(report["total"].uptime, 75.0)
        (line,) = report["lines"]
        self.assertEqual((line["network"], line["name"]), ("Facebook Page", "Page P1"))
        self.assertEqual(line["renewed"], "by a person: 1")
        (outage,) = line["outages"]
        self.assertIn("From February 10, 2026", outage)
        self.assertIn("to February 17, 2026", outage)
        self.assertIn("Password changed", outage)
        html = self.render()
        self.assertIn("Your Connections in February 2026", html)
        self.assertIn("75%", html)
        self.assertIn("<strong>168 hours</strong>", html)
        self.assertNotIn("token", html.lower().split("<main")[-1].split("</main")[0])

    def test_hours_and_figures_are_told_in_words(self):
        report = self.get()
        self.assertEqual(report["lines"][0]["down"], "168 hours")
        self.assertEqual(
            report["figures"],
            [
                "The only renewal that was due did not come before the connection "
                "stopped.",
                "The connection that had stopped worked again after 7 days.",
                "One stop was not announced by the network; it was noticed within "
                "19 days.",
                "No reminder was needed before somebody renewed.",
            ],
        )
        html = self.render()
        for figure in report["figures"]:
            self.assertIn(figure, html)
        self.assertIn("Stood Still", html)

    def test_many_are_told_by_their_number_and_nothing_where_nothing_was(self):
        many = outages.Metrics(
            in_time=3,
            stopped=1,
            late=2,
            late_seconds=7 * 3600,
            found=2,
            found_seconds=2 * 3600,
            by_person=2,
            reminders=3,
        )
        self.assertEqual(
            wording.month_sentences(self.env, many),
            [
                "Renewed before the connection stopped: 3 of 4 times (75%).",
                "A connection that had stopped worked again after 3.5 hours, on "
                "average.",
                "2 stops were not announced by the networks; they were noticed within "
                "1 hour, on average.",
                "Reminders before somebody renewed: 1.5, on average.",
            ],
        )
        self.assertEqual(wording.month_sentences(self.env, outages.Metrics()), [])

    def test_another_month_is_chosen_and_one_without_connections_says_so(self):
        self.assertIn("January 2026", self.render(month="2026-01-01"))
        self.assertIn("No connection was looked after", self.render(month="2025-03-01"))

    def test_what_comes_next_is_what_somebody_has_to_renew(self):
        self.assertEqual(self.get()["ahead"], [])
        self.profile.expires_at = NOW + 20 * DAY
        (line,) = self.get()["ahead"]
        self.assertEqual(line["name"], "Page P1")
        self.assertIn("Is to be renewed before Apr 4, 2026", self.render())
        self.profile.expires_at = NOW - DAY
        self.assertIn("Has not worked since", self.render())

    def test_until_the_end_of_the_next_month_all_comes_next_in_any_zone(self):
        self.client.tz = "Europe/Berlin"
        self.profile.expires_at = datetime(2026, 5, 31, 20)
        (line,) = self.get(date(2026, 4, 1))["ahead"]
        self.assertIn("May 31, 2026", line["text"])

    def test_numbers_are_written_as_the_client_writes_them(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.client.lang = "fr_FR"
        report = self.get()
        (line,) = report["lines"]
        self.assertEqual(line["uptime"], "75\N{NO-BREAK SPACE}%")
        self.assertIn(line["uptime"], report["worked"])
        env = self.env(context={"lang": "fr_FR"})
        self.assertEqual(wording.number_text(env, 12.5), "12,5")

    def test_it_is_in_the_clients_language_and_by_the_clients_clock(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        self.client.write({"lang": "pt_BR", "tz": "America/Sao_Paulo"})
        report = self.get()
        self.assertEqual((report["lang"], report["month"]), ("pt_BR", "fevereiro 2026"))
        self.assertIn("America/Sao_Paulo", report["lines"][0]["outages"][0])
        self.assertIn('lang="pt-BR"', self.mail_of()["body_html"])

    def test_only_the_active_company_reports_and_only_to_managers(self):
        model = self.env[f"report.{REPORT}"].with_company(self.other_company)
        self.assertEqual(model._get_report(self.client)["lines"], [])
        for role in ("member", "settings_admin"):
            user = self.make_user(role)
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.render(user=user)

    # === THE DIALOG === #

    def test_the_dialog_offers_last_month_first_and_leads_to_the_report(self):
        wizard = (
            self.env["social.report.wizard"]
            .with_user(self.manager)
            .create({"partner_id": self.client.id})
        )
        self.assertEqual(wizard.month, "2026-02-01")
        self.assertEqual(wizard.client_ids, self.client)
        months = [label for _code, label in wizard._get_months()]
        self.assertEqual(months[:2], ["February 2026", "January 2026"])
        shown, made = wizard.action_show(), wizard.action_download()
        self.assertEqual(shown["report_type"], "qweb-html")
        self.assertEqual(made["report_type"], "qweb-pdf")
        self.assertEqual(shown["data"]["month"], "2026-02-01")
        self.assertEqual(shown["data"]["partner_ids"], self.client.ids)

    # === THE MAIL === #

    @contextmanager
    def can_make(self, state, content=b"%PDF-1.4 report"):
        reports = self.registry["ir.actions.report"]

        def render(*_args, **_kwargs):
            if isinstance(content, Exception):
                raise content
            return content, "pdf"

        with (
            patch.object(reports, "get_wkhtmltopdf_state", lambda _self: state),
            patch.object(reports, "_render_qweb_pdf", render),
        ):
            yield

    def send(self, at=MONDAY):
        self.move_clock(at)
        self.env.flush_all()
        with (
            self.enter_registry_test_mode(),
            patch.object(self.registry["ir.cron"], "_commit_progress"),
        ):
            self.env["social.report"]._cron_send()
        self.env.invalidate_all()
        return self.sent()

    def sent(self):
        return self.env["social.report"].search([("partner_id", "=", self.client.id)])

    def mail_of(self, state="install", content=b"%PDF-1.4 report"):
        self.client.social_monthly_report = True
        with self.can_make(state, content):
            (sent,) = self.send()
        mail = sent.mail_id
        return {
            "subject": mail.subject,
            "body_html": " ".join(mail.body_html.split()),
            "files": mail.attachment_ids.mapped("name"),
            "to": mail.recipient_ids,
        }

    def test_nobody_gets_a_mail_who_is_not_to(self):
        self.assertFalse(self.send())

    def test_a_month_goes_out_once_and_the_next_one_after_it(self):
        self.client.social_monthly_report = True
        self.assertEqual(self.send().mapped("month"), [date(2026, 2, 1)])
        self.assertEqual(len(self.send(NOW + 3 * DAY)), 1)
        self.assertEqual(
            self.send(datetime(2026, 4, 1, 9)).mapped("month"),
            [date(2026, 3, 1), date(2026, 2, 1)],
        )
        self.assertFalse(
            self.env["social.report"]._mark(self.client, self.company, date(2026, 2, 1))
        )

    def test_the_mail_has_the_report_and_a_file_where_one_can_be_made(self):
        mail = self.mail_of("ok")
        self.assertIn("your connections in February 2026", mail["subject"])
        self.assertEqual(mail["to"], self.client)
        self.assertEqual(mail["files"], ["February 2026.pdf"])
        self.assertIn("attached as a PDF file", mail["body_html"])
        self.assertIn("Page P1", mail["body_html"])
        log = self.client.message_ids[:1].body
        self.assertIn("was sent to bakery@example.com", log)

    def test_without_the_program_the_mail_says_so_and_has_the_report(self):
        mail = self.mail_of("install")
        self.assertEqual(mail["files"], [])
        self.assertIn("No PDF file is attached", mail["body_html"])
        self.assertIn("Page P1", mail["body_html"])

    def test_a_file_that_cannot_be_made_holds_nothing_up(self):
        mail = self.mail_of("ok", ValueError("no memory"))
        self.assertEqual(mail["files"], [])
        self.assertIn("No PDF file is attached", mail["body_html"])

    def test_a_copy_of_the_database_writes_to_nobody(self):
        self.client.social_monthly_report = True
        home = self.registry["social.home"]
        with patch.object(home, "_is_here", lambda _self: False):
            self.assertFalse(self.send())

    def test_on_a_day_off_the_report_waits(self):
        self.client.social_monthly_report = True
        self.assertFalse(self.send(NOW), "a Sunday")
        self.assertTrue(self.send(MONDAY))

    def test_whoever_had_no_connection_gets_no_mail(self):
        other = self.client.copy({"name": "New", "email": "new@example.com"})
        other.social_monthly_report = True
        self.make_profile(partner_id=other.id)
        self.client.social_monthly_report = False
        self.send()
        self.assertFalse(self.env["social.report"].search([]))

    def test_who_may_not_manage_does_not_see_the_switch(self):
        for role, may in (("member", False), ("settings_admin", False)):
            user = self.make_user(role)
            with self.subTest(role=role):
                seen = (
                    "social_monthly_report" in self.client.with_user(user).fields_get()
                )
                self.assertEqual(seen, may)
        self.assertIn(
            "social_monthly_report", self.client.with_user(self.manager).fields_get()
        )
