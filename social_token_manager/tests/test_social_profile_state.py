"""What a profile shows is derived from its accesses, and never flatters (S4-35)."""

from datetime import datetime, timedelta

from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..clock import now
from ..policy import reasons
from ..providers.results import TokenSet
from .common import NOW, PAGE_TOKEN, SocialClockCase

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@tagged("post_install", "-at_install")
class TestSocialProfileState(SocialClockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("manager")
        cls.member = cls.make_user("member")
        cls.app = cls.make_app()

    def grant(self, *pages, user=None, may_create=True, **values):
        """Grant access to some pages, each with 60 days unless told otherwise."""
        return self.connect(
            self.app,
            user or self.manager,
            pages,
            may_create,
            **{"access_expires_at": NOW + 60 * DAY, **values},
        )

    def conclude(self, token, verdict):
        """Store a verdict of the network, as verifying does."""
        with self.enter_registry_test_mode(), self.network_answers(verdict):
            token._verify()

    # === WHICH CLOCK === #

    def test_the_form_says_which_clock_drives_the_date(self):
        clocks = {
            "access": {"access_expires_at": NOW + 20 * DAY},
            "data_access": {"data_access_expires_at": NOW + 20 * DAY},
            "refresh": {
                "refresh_token": "refresh",
                "refresh_expires_at": NOW + 20 * DAY,
            },
            "published": {"access_expires_at": None},
        }
        for clock, values in clocks.items():
            with self.subTest(clock=clock):
                _token, profile = self.grant(self.page(), person=clock, **values)
                self.assertEqual(profile.with_user(self.manager).driving_clock, clock)
                profile.access_ids.token_id.unlink()
                profile.unlink()

    def test_what_is_broken_or_never_ends_has_no_clock(self):
        _token, profile = self.grant(self.page(), never_expires=True)
        token = profile.token_id
        token.access_expires_at = False
        token._update_expires_at()
        profile._update_state()
        self.assertFalse(profile.expires_at or profile.driving_clock)
        token._take_loss(reasons.REVOKED)
        profile._update_state()
        self.assertTrue(profile.expires_at)
        self.assertFalse(profile.driving_clock)

    def test_a_network_that_cannot_be_asked_is_told_from_the_third_time_on(self):
        arch = self.env["social.profile"].get_view(view_type="form")["arch"]
        (alert,) = etree.fromstring(arch).xpath(
            "//div[@role='alert'][.//field[@name='failure_count']]"
        )
        hidden = [
            safe_eval(
                alert.get("invisible"), {"failure_count": number, "reason": False}
            )
            for number in range(5)
        ]
        self.assertEqual(hidden, [True, True, True, False, False])

    # === NOT CONNECTED, CONNECTED === #

    def test_a_new_profile_is_not_connected_since_it_was_made(self):
        profile = self.make_profile()
        self.assertEqual(profile.reason, "not_connected")
        self.assertEqual(profile.expires_at, profile.create_date.replace(microsecond=0))
        self.assertEqual(profile.cycle, 0)
        self.assertFalse(profile.access_id or profile.token_id)
        self.assertEqual(profile.reason_text, "Not connected")
        created = profile.expires_at
        self.move_clock(created + DAY)
        profile._update_state()
        self.assertEqual(profile.expires_at, created)
        self.assertEqual(profile.status, "expired")
        self.assertFalse(self.journal(profile_id=profile.id, kind="lost"))

    def test_a_granted_profile_is_connected(self):
        token, profile = self.grant(self.page(handle="page_p1"))
        self.assertRecordValues(
            profile,
            [
                {
                    "name": "Page P1",
                    "handle": "page_p1",
                    "network_code": "facebook",
                    "external_id": "P1",
                    "company_id": self.company.id,
                    "user_id": self.manager.id,
                    "admin_user_ids": self.manager.ids,
                    "access_id": profile.access_ids.id,
                    "token_id": token.id,
                    "person_id": self.manager.partner_id.id,
                    "expires_at": NOW + 60 * DAY,
                    "status": "valid",
                    "days_left": 60,
                    "reason": False,
                    "reason_text": "",
                    "cycle": 1,
                    "last_verified_at": NOW,
                }
            ],
        )
        self.assertRecordValues(
            profile.access_ids,
            [
                {
                    "native_tasks": "MANAGE",
                    "can_renew": "yes",
                    "granted": True,
                    "proven_at": NOW,
                    "reason": False,
                    "person_id": self.manager.partner_id.id,
                }
            ],
        )
        self.assertEqual(
            profile.access_ids._open_secret("page_token"), f"{PAGE_TOKEN}-P1"
        )
        kinds = self.journal(profile_id=profile.id).mapped("kind")
        self.assertEqual(set(kinds), {"connected", "renewed"})
        self.assertEqual(self.journal(token_id=token.id, kind="granted").generation, 1)

    def test_a_profile_made_by_hand_is_connected_in_place(self):
        made = self.make_profile(external_id="P1", name="By hand")
        _token, profile = self.grant(self.page())
        self.assertEqual(profile, made)
        self.assertEqual((profile.reason, profile.cycle), (False, 1))
        self.assertFalse(self.journal(profile_id=profile.id, kind="recovered"))

    def test_a_renewal_is_the_same_row_with_its_history(self):
        _token, profile = self.grant(self.page(handle="old"))
        client = self.env["res.partner"].create({"name": "Client"})
        profile.write({"partner_id": client.id, "receive_story_replies": False})
        self.move_clock(NOW + 50 * DAY)
        _token, again = self.grant(
            self.page(name="New name", handle="new", page_token="next"),
            access_expires_at=NOW + 110 * DAY,
        )
        self.assertEqual(again, profile)
        self.assertEqual((profile.name, profile.handle), ("New name", "new"))
        self.assertEqual(profile.partner_id, client)
        self.assertFalse(profile.receive_story_replies)
        self.assertEqual(profile.access_ids._open_secret("page_token"), "next")
        self.assertEqual(profile.expires_at, NOW + 110 * DAY)
        self.assertEqual(profile.cycle, 2)

    def test_a_blank_name_does_not_overwrite_one(self):
        _token, profile = self.grant(self.page())
        self.grant(self.page(name=""))
        self.assertEqual(profile.name, "Page P1")
        _token, nameless = self.grant(self.page("P2", name=""), self.page())
        self.assertIn("P2", nameless.mapped("name"))

    def test_an_archived_profile_is_renewed_and_not_made_again(self):
        _token, profile = self.grant(self.page())
        profile.active = False
        _token, again = self.grant(self.page())
        self.assertEqual(again, profile)

    def test_one_page_is_several_profiles_of_several_networks(self):
        _token, profiles = self.grant(
            *(self.page("P1", network) for network in ("facebook", "messenger"))
        )
        self.assertEqual(
            sorted(profiles.mapped("network_code")), ["facebook", "messenger"]
        )

    def test_another_company_with_the_same_page_is_never_touched(self):
        theirs_app = self.make_app(company_id=self.other_company.id)
        stranger = self.make_user("manager", "stranger", self.other_company)
        _token, theirs = self.connect(theirs_app, stranger, [self.page()], person="77")
        before = theirs.read()
        token, ours = self.grant(self.page(name="Ours now"))
        self.assertNotEqual(ours, theirs)
        self.assertEqual(ours.company_id, self.company)
        self.grant(self.page("P2"))
        self.conclude(token, self.dead("revoked"))
        self.assertEqual(theirs.read(), before)

    # === WHERE THE MOMENT COMES FROM === #

    def published(self, network, **clocks):
        """Return the moment of a profile of a network that a grant just reached."""
        profile = self.make_profile(network, external_id=f"{network}-{len(clocks)}")
        self.grant(
            self.page(profile.external_id, network),
            **{"access_expires_at": None, "person": profile.external_id, **clocks},
        )
        return profile.expires_at

    def test_the_published_validity_is_used_where_nothing_is_reported(self):
        for network, expected in (
            ("facebook", datetime(2026, 6, 15, 12)),
            ("instagram", datetime(2026, 6, 15, 12)),
            ("messenger", NOW + 60 * DAY),
            ("threads", datetime(2026, 5, 15, 12)),
            ("youtube", NOW + 30 * DAY),
            ("google_business", datetime(2026, 9, 15, 12)),
            ("linkedin_company", datetime(2027, 3, 15, 12)),
            ("x", False),
        ):
            with self.subTest(network=network):
                self.assertEqual(self.published(network), expected)

    def test_what_renews_itself_ends_only_where_it_could_not_for_long(self):
        """Requirement B-4: people are bothered only when one is truly needed."""
        for provider, network, life, refresh_token in (
            ("google", "youtube", HOUR, "refresh"),
            ("google", "google_business", HOUR, "refresh"),
            ("threads", "threads", 60 * DAY, None),
            ("instagram", "instagram", 60 * DAY, None),
        ):
            with self.subTest(network=network):
                self.move_clock(NOW)
                token, profile = self.connect(
                    self.make_app(provider=provider, client_id=network),
                    self.manager,
                    [self.page(network, network, page_token=None, usable=True)],
                    person=network,
                    access_expires_at=NOW + life,
                    refresh_token=refresh_token,
                )
                for day in range(10, 400, 10):
                    self.move_clock(NOW + day * DAY)
                    token._store_token_set(
                        TokenSet(
                            "again", issued_at=now(), access_expires_at=now() + life
                        )
                    )
                    token._settle()
                    self.assertEqual(profile.status, "valid")
                self.move_clock(profile.expires_at)
                self.assertEqual(profile.status, "expired")

    def test_what_the_network_reports_always_wins(self):
        for network in ("facebook", "messenger", "x"):
            for clocks, expected in (
                ({"access_expires_at": NOW + 5 * DAY}, NOW + 5 * DAY),
                (
                    {
                        "access_expires_at": NOW + 900 * DAY,
                        "data_access_expires_at": NOW + 800 * DAY,
                    },
                    NOW + 800 * DAY,
                ),
                (
                    {
                        "never_expires": True,
                        "access_expires_at": None,
                        "refresh_expires_at": None,
                    },
                    False,
                ),
            ):
                with self.subTest(network=network, clocks=clocks):
                    self.assertEqual(self.published(network, **clocks), expected)

    def test_a_profile_of_no_expiry_says_so(self):
        _token, profile = self.grant(
            self.page(), never_expires=True, access_expires_at=None
        )
        self.assertEqual((profile.status, profile.expires_at), ("no_expiry", False))

    # === LOST AND RECOVERED === #

    def test_a_lost_token_turns_its_profiles_red_at_that_moment(self):
        token, profiles = self.grant(self.page("P1"), self.page("P2"))
        self.move_clock(NOW + DAY)
        self.conclude(token, self.dead("password_changed", "190/460"))
        for profile in profiles:
            self.assertEqual(profile.reason, "password_changed")
            self.assertEqual(profile.expires_at, NOW + DAY)
            self.assertEqual(profile.status, "expired")
            self.assertEqual(profile.reason_text, "Password changed")
            self.assertTrue(profile.story and profile.remedy)
            self.assertEqual(profile.cycle, 1)
            line = self.journal(profile_id=profile.id, kind="lost")
            self.assertEqual(line.reason, "password_changed")

    def test_the_first_moment_of_a_loss_is_kept(self):
        token, profile = self.grant(self.page())
        for day, reason in (
            (1, "password_changed"),
            (2, "password_changed"),
            (3, "revoked"),
        ):
            self.move_clock(NOW + day * DAY)
            self.conclude(token, self.dead(reason))
            with self.subTest(day=day):
                self.assertEqual(profile.reason, reason)
                self.assertEqual(profile.expires_at, NOW + DAY)
                self.assertEqual(token.reason_at, NOW + DAY)

    def test_the_first_moment_of_a_loss_of_one_profile_is_kept(self):
        token, profile = self.grant(self.page())
        for day, reason in ((1, "lost_role"), (2, "lost_role"), (3, "missing_scope")):
            self.move_clock(NOW + day * DAY)
            self.conclude(token, self.alive({profile.access_id.id: reason}))
            with self.subTest(day=day):
                self.assertEqual(profile.reason, reason)
                self.assertEqual(profile.expires_at, NOW + DAY)
        self.conclude(token, self.alive())
        self.conclude(token, self.alive({profile.access_id.id: "lost_role"}))
        self.assertEqual(profile.expires_at, NOW + 3 * DAY, "another loss")

    def test_a_token_that_ran_out_was_not_lost_later(self):
        token, profile = self.grant(self.page())
        self.move_clock(NOW + 70 * DAY)
        self.assertEqual((profile.status, profile.reason), ("expired", False))
        self.assertEqual(profile.reason_text, "Expired")
        self.conclude(token, self.dead("expired"))
        self.assertEqual(profile.reason, "expired")
        self.assertEqual(profile.expires_at, NOW + 60 * DAY)

    def test_a_recovered_token_turns_its_profiles_green(self):
        token, profile = self.grant(self.page())
        self.conclude(token, self.dead("checkpoint"))
        self.move_clock(NOW + DAY)
        self.conclude(token, self.alive())
        self.assertFalse(profile.reason or token.reason or token.reason_at)
        self.assertEqual(profile.expires_at, NOW + 60 * DAY)
        self.assertEqual((profile.status, profile.cycle), ("valid", 2))
        line = self.journal(profile_id=profile.id, kind="recovered")
        self.assertEqual(line.reason, "checkpoint")
        self.conclude(token, self.alive())
        self.assertEqual(profile.cycle, 2)
        self.assertEqual(self.journal(profile_id=profile.id, kind="recovered"), line)

    def test_a_reconnect_heals_a_lost_profile(self):
        token, profile = self.grant(self.page())
        self.conclude(token, self.dead("revoked"))
        self.assertEqual(profile.status, "expired")
        self.move_clock(NOW + DAY)
        again, _profile = self.grant(self.page())
        self.assertEqual(again, token)
        self.assertEqual((profile.status, profile.reason), ("valid", False))
        self.assertEqual(profile.cycle, 2)
        self.assertEqual(len(self.journal(profile_id=profile.id, kind="recovered")), 1)

    def test_every_reason_reads_well(self):
        token, profile = self.grant(self.page())
        for reason in reasons.TOKEN_REASONS:
            if reason.code == reasons.NOT_CONNECTED:
                continue
            with self.subTest(reason=reason.code):
                token.reason = False
                self.conclude(token, self.dead(reason.code))
                self.assertEqual(profile.reason, reason.code)
                self.assertTrue(profile.reason_text)
                self.assertTrue(profile.story)
                self.assertTrue(profile.remedy)

    # === CYCLE === #

    def test_when_a_cycle_begins(self):
        for old, new, rises in (
            (10 * DAY, 10 * DAY, 0),
            (10 * DAY, 11 * DAY, 0),
            (10 * DAY, 11 * DAY + HOUR, 1),
            (10 * DAY, 5 * DAY, 0),
            (10 * DAY, 300 * DAY, 1),
            (10 * DAY, None, 1),
            (None, 10 * DAY, 0),
        ):
            with self.subTest(old=old, new=new):
                token, profile = self.grant(
                    self.page(),
                    access_expires_at=NOW + old if old else None,
                    never_expires=not old,
                )
                cycle = profile.cycle
                token.write(
                    {
                        "access_expires_at": NOW + new if new else False,
                        "never_expires": not new,
                    }
                )
                profile._update_state()
                self.assertEqual(profile.cycle, cycle + rises)
                self.assertEqual(profile.expires_at, NOW + new if new else False)

    def test_granting_anew_always_begins_a_cycle(self):
        _token, profile = self.grant(self.page())
        for cycle in (2, 3):
            self.grant(self.page())
            self.assertEqual(profile.cycle, cycle)

    def test_a_loss_alone_begins_none(self):
        token, profile = self.grant(self.page())
        self.conclude(token, self.dead("revoked"))
        self.assertEqual(profile.cycle, 1)

    # === LEFT OUT === #

    def test_a_deselected_profile_is_marked_and_never_deleted(self):
        token, profiles = self.grant(self.page("P1"), self.page("P2"))
        kept, dropped = profiles.sorted("external_id")
        self.move_clock(NOW + DAY)
        _token, granted = self.grant(self.page("P1"))
        self.assertEqual(granted, kept)
        self.assertFalse(kept.reason)
        self.assertEqual((dropped.reason, dropped.status), ("deselected", "expired"))
        self.assertEqual(dropped.expires_at, NOW + DAY)
        self.assertEqual(dropped.access_ids.token_id, token)
        self.assertFalse(dropped.access_ids.granted)
        self.assertTrue(dropped.active)
        self.assertEqual(dropped.cycle, 1)
        self.move_clock(NOW + 2 * DAY)
        self.grant(self.page("P1"), self.page("P2"))
        self.assertFalse(dropped.reason)
        self.assertTrue(dropped.access_ids.granted)
        self.assertEqual((dropped.status, dropped.cycle), ("valid", 2))

    def test_nothing_granted_marks_all(self):
        _token, profiles = self.grant(self.page("P1"), self.page("P2"))
        self.grant()
        self.assertEqual(profiles.mapped("reason"), ["deselected"] * 2)

    def test_a_page_without_its_own_token_is_not_stored_as_if_it_could_be_used(self):
        unusable = {"page_token": None, "reason": "deselected"}
        _token, granted = self.grant(self.page("P1", **unusable))
        self.assertFalse(granted)
        self.assertFalse(
            self.env["social.profile"].search([("external_id", "=", "P1")])
        )
        _token, profile = self.grant(self.page("P2"))
        self.grant(self.page("P2", **unusable))
        self.assertEqual((profile.reason, profile.status), ("deselected", "expired"))

    def test_a_missing_permission_is_shown(self):
        """Requirement S0-4: a partial grant is not treated as a full success."""
        _token, profiles = self.grant(
            self.page(
                "P1", reason="missing_scope", missing_scopes=("pages_messaging",)
            ),
            self.page("P2", missing_scopes=("business_management",)),
        )
        broken, partial = profiles.sorted("external_id")
        self.assertEqual((broken.reason, broken.status), ("missing_scope", "expired"))
        self.assertEqual(broken.expires_at, NOW)
        self.assertEqual(broken.missing_scopes, "pages_messaging")
        self.assertEqual((partial.reason, partial.status), (False, "valid"))
        self.assertEqual(partial.missing_scopes, "business_management")

    def test_a_grant_of_another_person_does_not_mark_what_it_lacks(self):
        _token, profiles = self.grant(self.page("P1"), self.page("P2"))
        self.grant(self.page("P1"), person="1002")
        self.assertFalse(any(profiles.mapped("reason")))

    # === MEMBERS === #

    def test_a_members_grant_touches_only_where_he_is_admin(self):
        """Requirement S4-38; a page that he reaches natively is not enough."""
        _token, profiles = self.grant(self.page("P1"), self.page("P2"))
        own, other = profiles.sorted("external_id")
        own.admin_user_ids += self.member
        before = other.read()
        listing = [self.page("P1"), self.page("P2"), self.page("P3")]
        token, granted = self.grant(
            *listing, user=self.member, may_create=False, person="1002"
        )
        self.assertEqual(granted, own)
        self.assertEqual(token.access_ids.profile_id, own)
        self.assertEqual(other.read(), before)
        self.assertFalse(
            self.env["social.profile"].search([("external_id", "=", "P3")])
        )

    def test_a_members_grant_does_not_call_deselected_what_was_ticked(self):
        """He renews the grant of one account at the network, which serves more."""
        _token, profiles = self.grant(self.page("P1"), self.page("P2"))
        own, other = profiles.sorted("external_id")
        own.admin_user_ids += self.member
        self.grant(self.page("P1"), self.page("P2"), user=self.member, may_create=False)
        self.assertFalse(own.reason)
        self.assertFalse(other.reason)

    # === SEVERAL ACCESSES === #

    def test_a_second_healthy_access_changes_nothing(self):
        _token, profile = self.grant(self.page())
        first = profile.access_id
        self.grant(self.page(), person="1002", access_expires_at=NOW + 90 * DAY)
        self.assertEqual(len(profile.access_ids), 2)
        self.assertEqual(profile.access_id, first)
        self.assertEqual(profile.expires_at, NOW + 60 * DAY)

    def test_a_healthy_access_takes_over_from_a_lost_one(self):
        first, profile = self.grant(self.page())
        second, _profile = self.grant(
            self.page(), person="1002", access_expires_at=NOW + 90 * DAY
        )
        self.conclude(first, self.dead("revoked"))
        self.assertEqual(profile.access_id.token_id, second)
        self.assertEqual((profile.reason, profile.status), (False, "valid"))
        self.assertEqual(profile.expires_at, NOW + 90 * DAY)
        self.assertFalse(self.journal(profile_id=profile.id, kind="lost"))
        self.conclude(first, self.alive())
        self.assertEqual(profile.access_id.token_id, second, "no change without need")

    def test_without_a_healthy_access_the_last_one_tells_its_story(self):
        first, profile = self.grant(self.page())
        second, _profile = self.grant(self.page(), person="1002")
        self.conclude(second, self.dead("checkpoint"))
        self.assertFalse(profile.reason)
        self.conclude(first, self.dead("revoked"))
        self.assertEqual((profile.reason, profile.token_id), ("revoked", first))

    def test_a_person_without_a_token_is_not_chosen(self):
        profile = self.make_profile(external_id="P1")
        self.env["social.access"].create(
            {"profile_id": profile.id, "person_id": self.manager.partner_id.id}
        )
        profile._update_state()
        self.assertEqual(profile.reason, "not_connected")
        self.grant(self.page())
        self.assertEqual(len(profile.access_ids), 1, "it is the same person")
        self.assertTrue(profile.access_id.token_id)
        self.assertFalse(profile.reason)
