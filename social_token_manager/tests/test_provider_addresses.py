from odoo.tests import BaseCase, tagged

from ..providers.addresses import (
    NOT_HTTPS,
    NOT_PUBLIC,
    find_unreachable,
    trouble_of_own,
)
from ..providers.errors import AddressRefused, Unreachable
from ..providers.transport import Transport
from .provider_common import LOOPBACK, OutsideCase, http


@tagged("post_install", "-at_install")
class TestOwnAddress(BaseCase):
    def test_people_can_come_back_to_a_public_address_by_https(self):
        for url in (
            "https://odoo.example.com/x",
            "https://odoo.example.com:8443/x",
            "https://8.8.8.8/x",
            "https://[2a00:1450::1]/x",
        ):
            self.assertIsNone(trouble_of_own(url), url)

    def test_plain_http_is_told(self):
        self.assertEqual(trouble_of_own("http://odoo.example.com"), NOT_HTTPS)

    def test_what_is_inside_is_told(self):
        for host in (
            "localhost",
            "odoo",
            "odoo.localhost",
            "odoo.local.",
            "erp.internal",
            "127.0.0.1",
            "192.168.1.9",
            "10.0.0.1",
            "[::1]",
            "",
        ):
            for scheme in ("http", "https"):
                with self.subTest(host=host, scheme=scheme):
                    url = f"{scheme}://{host}/social/callback/key"
                    self.assertEqual(trouble_of_own(url), NOT_PUBLIC)

    def test_a_development_host_is_meant_to_be_so(self):
        url = "http://127.0.0.1:8069/social/callback/key"
        self.assertIsNone(trouble_of_own(url, {LOOPBACK}))


@tagged("post_install", "-at_install")
class TestUnreachable(OutsideCase):
    def test_any_answer_will_do_and_each_server_is_asked_once(self):
        for answer in (
            http(),
            http(status="404 Not Found"),
            http(status="500 Oops"),
            http(status="302 Found", headers=["Location: https://elsewhere.example"]),
        ):
            with self.subTest(answer=answer):
                server = self.serve(answer)
                addresses = {f"{server.url}/{path}" for path in ("a?b=c", "d", "")}
                transport = Transport({LOOPBACK})
                self.assertEqual(find_unreachable(transport, addresses), {})
                (request,) = server.requests
                self.assertTrue(request.startswith(b"HEAD / HTTP/1.1"))

    def test_a_server_that_does_not_answer_is_told_with_its_addresses(self):
        server = self.serve(b"")
        found = find_unreachable(
            Transport({LOOPBACK}), [f"{server.url}/a", f"{server.url}/b"]
        )
        self.assertEqual(set(found), {f"{server.url}/a", f"{server.url}/b"})
        for failure in found.values():
            self.assertIsInstance(failure, Unreachable)

    def test_an_address_inside_is_refused_and_not_asked(self):
        server = self.serve(http())
        (failure,) = find_unreachable(Transport(), [server.url]).values()
        self.assertIs(type(failure), AddressRefused)
        self.assertFalse(server.requests)
