from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..policy import gap

NOW = datetime(2026, 3, 1, 12)
DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestGap(BaseCase):
    def test_a_gap_is_as_long_as_the_connection_was_gone(self):
        self.assertEqual(gap.Gap(NOW - 12 * DAY, NOW).length, 12 * DAY)

    def test_missed_messages_are_estimated_from_a_typical_day(self):
        self.assertEqual(gap.missed_messages(12.4, NOW - 3 * DAY, NOW), 37)
        self.assertEqual(gap.missed_messages(0.0, NOW - 3 * DAY, NOW), 0)
        self.assertEqual(gap.missed_messages(5, NOW + DAY, NOW), 0, "not gone yet")

    def test_nothing_is_said_to_be_lost_where_no_limit_is_known(self):
        self.assertIsNone(gap.Gap(NOW - 900 * DAY, NOW).lost_before)

    def test_what_is_older_than_the_limit_is_lost(self):
        found = gap.Gap(NOW - 12 * DAY, NOW, history_limit_days=7)
        self.assertEqual(found.lost_before, NOW - 7 * DAY)

    def test_a_gap_of_exactly_the_limit_loses_nothing(self):
        self.assertIsNone(gap.Gap(NOW - 7 * DAY, NOW, 7).lost_before)
        just_over = gap.Gap(NOW - 7 * DAY - timedelta(seconds=1), NOW, 7)
        self.assertTrue(just_over.lost_before)

    def test_a_connection_is_gone_from_the_very_instant_of_its_end(self):
        self.assertEqual(gap.begin(NOW, NOW), NOW)
        self.assertIsNone(gap.begin(NOW + timedelta(seconds=1), NOW))
        self.assertIsNone(gap.begin(None, NOW))

    def test_data_goes_so_many_days_after_the_connection(self):
        self.assertEqual(gap.purge_at(NOW, 7), NOW + 7 * DAY)
        self.assertIsNone(gap.purge_at(NOW, 0))
        self.assertIsNone(gap.purge_at(None, 7))

    def test_a_purge_is_due_once_for_each_loss(self):
        gone = NOW - 7 * DAY
        self.assertTrue(gap.is_purge_due(gone, 7, NOW))
        self.assertFalse(gap.is_purge_due(gone, 7, NOW - timedelta(seconds=1)))
        self.assertFalse(gap.is_purge_due(gone, 7, NOW + DAY, purged_at=NOW))
        # It came back, and was lost again.
        later = NOW + DAY
        self.assertTrue(gap.is_purge_due(later, 7, later + 7 * DAY, purged_at=NOW))
        self.assertFalse(gap.is_purge_due(gone, 0, NOW))

    def test_what_is_lost_first_counts(self):
        self.assertIsNone(gap.loss_at(NOW, 0, 0), "no limit is known")
        self.assertIsNone(gap.loss_at(None, 7, 7), "not gone")
        self.assertEqual(gap.loss_at(NOW, 30, 7), NOW + 7 * DAY)
        self.assertEqual(gap.loss_at(NOW, 3, 7), NOW + 3 * DAY)
        self.assertEqual(gap.loss_at(NOW, 3, 0), NOW + 3 * DAY)
