"""Who holds a role, as far as the network tells."""

from dataclasses import replace

from odoo.tests import BaseCase, tagged

from ..policy import reasons
from ..providers import PROVIDERS
from ..providers.errors import RequestRefused, TokenLost, Unreachable
from ..providers.results import Reach, StoredToken
from .provider_common import needs_sandbox
from .test_provider_linkedin import COMPANY, MEMBER, LinkedInCase
from .test_provider_meta import BAKERY, CAFE, CAFE_INSTAGRAM, MetaCase

try:
    from sandbox.linkedin.seed import member_id, organization_id
except ImportError:  # the addon alone, without its repository
    member_id = organization_id = None


@tagged("post_install", "-at_install")
class TestDescription(BaseCase):
    def test_only_what_is_documented_is_promised(self):
        told = {code for code, kind in PROVIDERS.items() if kind.lists_people}
        self.assertEqual(told, {"meta", "linkedin"})


@needs_sandbox
@tagged("post_install", "-at_install")
class TestMetaPeople(MetaCase):
    def people(self, network, external_id, person="ana", **reach):
        grant = self.grant(person=person)
        found = self.reaches(grant)[network, external_id]
        reach = replace(found, **reach)
        stored = StoredToken(grant.token.access_token)
        listed = self.provider().list_people(stored, reach)
        return {one.name: one for one in listed}

    def test_the_people_of_a_page_and_of_its_business_are_told(self):
        people = self.people("facebook", CAFE)
        self.assertEqual(people["Ana Souza"].can_renew, "yes")
        self.assertIn("MANAGE", people["Ana Souza"].roles)
        bruno = next(one for name, one in people.items() if name.startswith("Bruno"))
        self.assertEqual(bruno.can_renew, "no")
        self.assertTrue(bruno.external_id)

    def test_what_suffices_depends_on_the_network(self):
        people = self.people("instagram", CAFE_INSTAGRAM)
        self.assertEqual(people["Ana Souza"].can_renew, "yes")

    def test_a_role_that_is_not_told_is_unknown(self):
        for edge in ("roles", "assigned_users"):
            row = {"id": "1", "name": "Somebody"}
            self.answer(edge, data=[row, {"name": "Nobody"}])
        (somebody,) = set(self.people("facebook", BAKERY).values())
        self.assertEqual((somebody.can_renew, somebody.roles), ("unknown", ()))

    def test_a_page_of_no_business_has_its_own_people_only(self):
        self.answer("me", business=None)
        self.calls()
        self.people("facebook", CAFE)
        self.assertFalse(self.calls("assigned_users"))

    def test_half_a_list_is_no_list(self):
        for edge in ("roles", "assigned_users"):
            for value in (None, {}, "text"):
                with self.subTest(edge=edge, value=value):
                    self.answer(edge, data=value)
                    with self.assertRaises(Unreachable):
                        self.people("facebook", CAFE)
                    self.clear_faults()

    def test_without_a_page_token_nobody_is_asked(self):
        with self.assertRaises(TokenLost) as caught:
            self.people("facebook", CAFE, page_token=None)
        self.assertEqual(caught.exception.reason, reasons.DESELECTED)


@needs_sandbox
@tagged("post_install", "-at_install")
class TestLinkedInPeople(LinkedInCase):
    def people(self, number, network=COMPANY):
        grant = self.grant()
        urn = f"urn:li:organization:{organization_id(number)}"
        listed = self.provider().list_people(self.stored(grant), Reach(1, network, urn))
        return {one.external_id: one for one in listed}

    def test_the_people_of_a_page_are_told_by_their_roles(self):
        people = self.people(2)
        ana, bruno = (
            people[f"urn:li:person:{member_id(key)}"] for key in ("ana", "bruno")
        )
        self.assertEqual((ana.roles, ana.can_renew), (("ADMINISTRATOR",), "yes"))
        self.assertEqual(bruno.roles, ("CONTENT_ADMINISTRATOR",))
        self.assertEqual(bruno.can_renew, "unknown")
        self.assertFalse(ana.name)

    def test_a_role_that_is_not_approved_is_none(self):
        self.control(
            "roles",
            person="bruno",
            page="Padaria do Porto",
            role="ADMINISTRATOR",
            state="REQUESTED",
        )
        self.assertEqual(len(self.people(2)), 1)

    def test_only_an_administrator_may_ask(self):
        with self.assertRaises(RequestRefused):
            self.people(3)

    def test_half_a_list_is_no_list(self):
        grant = self.grant()
        self.answer("api/rest/organizationAcls", elements=None)
        reach = Reach(1, COMPANY, f"urn:li:organization:{organization_id(2)}")
        with self.assertRaises(Unreachable):
            self.provider().list_people(self.stored(grant), reach)

    def test_a_member_has_nobody_but_himself(self):
        self.assertEqual(self.people(2, network=MEMBER), {})
