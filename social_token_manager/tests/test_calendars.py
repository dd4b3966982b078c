from datetime import UTC, datetime, timedelta

from icalendar import Calendar

from odoo.tests import BaseCase, tagged

from ..calendars import Entry, build

AT = datetime(2026, 3, 29, 0, 30)


def entry(**values):
    return Entry(
        **{
            "uid": "profile-1-1@database",
            "title": "! Instagram: Café; ends",
            "text": "Client: Ana, Souza\nRenew it here: https://odoo.example/renew",
            "url": "https://odoo.example/social/renew/1",
            "at": AT,
            "changed_at": AT - timedelta(days=1),
            **values,
        }
    )


@tagged("post_install", "-at_install")
class TestCalendars(BaseCase):
    def test_an_end_is_an_instant_in_utc_with_an_alarm_a_day_before(self):
        calendar = Calendar.from_ical(build("Social connections", [entry()]))
        (event,) = calendar.walk("VEVENT")
        self.assertEqual(event.decoded("dtstart"), AT.replace(tzinfo=UTC))
        self.assertEqual(str(event["summary"]), "! Instagram: Café; ends")
        self.assertIn("Ana, Souza\nRenew", str(event["description"]))
        self.assertEqual(str(event["url"]), "https://odoo.example/social/renew/1")
        (alarm,) = event.walk("VALARM")
        self.assertEqual(alarm.decoded("trigger"), timedelta(days=-1))

    def test_what_is_over_does_not_ring(self):
        calendar = Calendar.from_ical(build("x", [entry(is_alarming=False)]))
        self.assertFalse(calendar.walk("VALARM"))

    def test_the_same_entries_give_the_same_bytes(self):
        self.assertEqual(build("x", [entry()]), build("x", [entry()]))
        self.assertNotEqual(build("x", [entry()]), build("x", [entry(title="y")]))

    def test_no_text_can_add_a_line_of_its_own(self):
        evil = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil"
        found = Calendar.from_ical(build("x", [entry(title=evil, text=evil)]))
        self.assertEqual(len(found.walk("VEVENT")), 1)

    def test_an_empty_calendar_is_one(self):
        self.assertFalse(Calendar.from_ical(build("x", [])).walk("VEVENT"))
