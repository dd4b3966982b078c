import gzip
import os
import socket
import tempfile
import threading
import time
import traceback
from pathlib import Path
from unittest.mock import patch

import requests

from odoo.tests import tagged

from ..providers import transport
from ..providers.errors import AddressRefused, AppFault, ProviderError, Unreachable
from ..providers.transport import AddressRule, Transport
from .provider_common import (
    LOOPBACK,
    OutsideCase,
    http,
    keep,
    self_signed,
    unannounced,
)

SECRET = "S3CR3T-input-token"
QUERY = f"/debug_token?input_token={SECRET}"
PUBLIC = "93.184.216.34"
MIB = 1024 * 1024


def socket_address(address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    rest = (0, 0) if family == socket.AF_INET6 else ()
    return (family, socket.SOCK_STREAM, 6, "", (address, port, *rest))


class TransportCase(OutsideCase):
    def setUp(self):
        super().setUp()
        self.transport = Transport({LOOPBACK, "network.example", "::1"})

    def get(self, url, **options):
        return self.transport.session().get(url, **options)

    def answers(self, *names):
        """Let the system answer look-ups with these addresses, one answer a time.

        :return: the list of hosts asked for
        """
        asked = []

        def getaddrinfo(host, port, *_args, **_options):
            asked.append(host)
            found = names[min(len(asked), len(names)) - 1]
            return [socket_address(address, port) for address in found]

        self.startPatcher(patch.object(socket, "getaddrinfo", getaddrinfo))
        return asked

    def connects(self, failure=ConnectionRefusedError):
        """Let every attempt to connect fail; return the list of them."""
        tried = []

        def connect(_self, address):
            tried.append(address[:2])
            raise failure("not in a test")

        self.startPatcher(patch.object(socket.socket, "connect", connect))
        return tried

    def limits(self, **seconds):
        for name, value in seconds.items():
            self.startPatcher(patch.object(transport, name, value))

    def assert_unreachable(self, url, **options):
        """Return the error and how many seconds it took."""
        start = time.monotonic()
        with self.assertRaises(Unreachable) as caught:
            self.get(url, **options)
        return caught.exception, time.monotonic() - start


@tagged("post_install", "-at_install")
class TestAnswers(TransportCase):
    def test_an_answer_comes_as_it_was_sent(self):
        server = self.serve(http(b'{"a": 1}', headers=["X-A: b"]))
        response = self.get(f"{server.url}/x", params={"q": "1"}, headers={"X-C": "d"})
        self.assertEqual(response.json(), {"a": 1})
        self.assertEqual(response.headers["X-A"], "b")
        self.assertIn(b"GET /x?q=1 HTTP/1.1", server.requests[0])
        self.assertIn(b"X-C: d", server.requests[0])

    def test_errors_of_http_are_answers(self):
        for status in ("400 Bad", "401 No", "404 Gone", "429 Slow", "500 Oh", "503 No"):
            server = self.serve(http(status=status))
            self.assertEqual(self.get(server.url).status_code, int(status[:3]))

    def test_a_refused_connection_is_unreachable(self):
        with socket.create_server((LOOPBACK, 0)) as listener:
            port = listener.getsockname()[1]
        error, seconds = self.assert_unreachable(f"http://{LOOPBACK}:{port}/")
        self.assertEqual(error.detail, f"{LOOPBACK} ConnectionError")
        self.assertLess(seconds, 2)

    def test_a_connection_that_is_reset_before_it_is_there_sent_nothing(self):
        for failure in (ConnectionResetError(104, "x"), BrokenPipeError(32, "x")):
            with (
                self.subTest(failure=type(failure).__name__),
                patch.object(socket.socket, "connect", side_effect=failure),
            ):
                error, _seconds = self.assert_unreachable(f"http://{LOOPBACK}:9/")
                self.assertIs(type(error), Unreachable, "and not of unknown outcome")

    def test_a_host_that_does_not_exist_is_unreachable(self):
        with patch.object(socket, "getaddrinfo", side_effect=socket.gaierror(-2, "x")):
            self.assert_unreachable("https://nowhere.example/")

    def test_a_redirect_is_refused_and_not_followed(self):
        elsewhere = self.serve(http())
        for status in ("301 A", "302 B", "303 C", "307 D", "308 E"):
            location = [f"Location: {elsewhere.url}/stolen"]
            server = self.serve(http(status=status, headers=location))
            for method in ("get", "post"):
                with self.subTest(status=status, method=method):
                    with self.assertRaises(Unreachable) as caught:
                        getattr(self.transport.session(), method)(
                            server.url, allow_redirects=True
                        )
                    self.assertEqual(caught.exception.detail, f"{LOOPBACK} redirects")
        self.assertEqual(elsewhere.connections, 0)

    def test_a_body_of_a_mebibyte_passes_and_one_byte_more_does_not(self):
        for length in (True, False):
            with self.subTest(length=length):
                server = self.serve(http(b"x" * MIB, length=length))
                self.assertEqual(len(self.get(server.url).content), MIB)
                server = self.serve(http(b"x" * (MIB + 1), length=length))
                self.assert_unreachable(server.url)

    def test_a_small_body_that_unpacks_to_a_large_one_is_refused(self):
        packed = gzip.compress(b"x" * (64 * MIB))
        self.assertLess(len(packed), MIB)
        server = self.serve(http(packed, headers=["Content-Encoding: gzip"]))
        _error, seconds = self.assert_unreachable(server.url)
        self.assertLess(seconds, 3)

    def test_an_endless_body_is_refused(self):
        def endless(line, _request):
            line.sendall(http(length=False) + b"[")
            while True:
                line.sendall(b'"stand-in",' * 1000)

        def endless_chunks(line, _request):
            line.sendall(
                http(b"", length=False, headers=["Transfer-Encoding: chunked"])
            )
            while True:
                line.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")

        for answer in (endless, endless_chunks):
            with self.subTest(answer=answer.__name__):
                server = self.serve(answer)
                _error, seconds = self.assert_unreachable(server.url)
                self.assertLess(seconds, 3)

    def test_nonsense_on_the_wire_is_unreachable(self):
        for answer in (
            b"",
            b"\r\n\r\n",
            b"hello",
            b"HTTP/1.1\r\n\r\n",
            b"HTTP/9.9 OK OK\r\n\r\n",
            b"HTTP/1.1 99999 A\r\n\r\n",
            b"\x16\x03\x01\x00\x00",
            os.urandom(500),
            http(b"{}", headers=["Content-Length: 5", "Content-Length: 6"]),
            http(b'{"half": ', headers=["Content-Length: 500"], length=False),
            http(b"5\r\nab", headers=["Transfer-Encoding: chunked"], length=False),
            http(b"zz\r\nab", headers=["Transfer-Encoding: chunked"], length=False),
            http(b"no gzip", headers=["Content-Encoding: gzip"]),
            http(headers=["X: y"] * 200),
            http(headers=["X: " + "y" * 100_000]),
        ):
            with self.subTest(answer=answer[:40]):
                server = self.serve(answer)
                with self.everything_logged():
                    self.assert_unreachable(f"{server.url}{QUERY}")


@tagged("post_install", "-at_install")
class TestTime(TransportCase):
    def drip(self, first):
        """Return a server whose answer comes a byte at a time, and never all of it."""

        def send(line, _request):
            line.sendall(first)
            while True:
                server.sleep(0.05)
                line.sendall(b"x")

        server = self.serve(send)
        return server

    def test_a_dripping_answer_is_ended_within_the_total_limit(self):
        self.limits(TOTAL_SECONDS=0.3)
        for name, first in (
            ("status line", b""),
            ("headers", b"HTTP/1.1 200 OK\r\n"),
            ("body", http(b"[", length=False)),
            (
                "body of a known length",
                http(b"[", headers=["Content-Length: 99"], length=False),
            ),
        ):
            with self.subTest(where=name):
                _error, seconds = self.assert_unreachable(self.drip(first).url)
                self.assertGreater(seconds, 0.2)
                self.assertLess(seconds, 2)

    def test_a_dripping_answer_on_a_used_connection_is_ended_too(self):
        self.limits(TOTAL_SECONDS=0.6)

        def first_well_then_slowly(line, _request):
            if len(server.requests) == 1:
                line.sendall(unannounced(http()))
                return "keep"
            while True:
                server.sleep(0.05)
                line.sendall(b"x")

        server = self.serve(first_well_then_slowly)
        self.assertTrue(self.get(server.url).ok)
        _error, seconds = self.assert_unreachable(server.url)
        self.assertLess(seconds, 2)
        self.assertEqual(server.connections, 1)

    def test_a_body_that_is_cut_in_the_middle_is_not_taken_for_the_whole(self):
        self.limits(TOTAL_SECONDS=0.3)

        def stall(line, _request):
            line.sendall(http(b'{"data": []}', length=False))
            server.sleep(30)

        server = self.serve(stall)
        self.assert_unreachable(server.url)

    def test_a_silent_server_is_left_within_the_total_limit(self):
        self.limits(TOTAL_SECONDS=0.3)
        server = self.serve(lambda _line, _request: server.sleep(30))
        _error, seconds = self.assert_unreachable(server.url)
        self.assertLess(seconds, 2)

    def test_a_dripping_tls_handshake_is_ended_within_the_total_limit(self):
        self.limits(TOTAL_SECONDS=0.3)
        with socket.create_server((LOOPBACK, 0)) as listener:
            over = threading.Event()

            def drip():
                line, _address = listener.accept()
                with line:
                    line.recv(4096)
                    # A record of 16 KiB, of which hardly anything ever comes.
                    line.sendall(b"\x16\x03\x03\x40\x00")
                    while not over.wait(0.05):
                        try:
                            line.sendall(b"\x02")
                        except OSError:
                            return

            thread = threading.Thread(target=drip, daemon=True)
            thread.start()
            self.addCleanup(thread.join, 5)
            self.addCleanup(over.set)
            port = listener.getsockname()[1]
            _error, seconds = self.assert_unreachable(f"https://{LOOPBACK}:{port}/")
        self.assertLess(seconds, 2)

    def test_a_look_up_without_answer_ends_within_the_time_to_connect(self):
        self.limits(CONNECT_SECONDS=0.3)
        over = threading.Event()
        self.addCleanup(over.set)
        with patch.object(socket, "getaddrinfo", lambda *_args, **_more: over.wait(30)):
            _error, seconds = self.assert_unreachable("https://slow.example/")
        self.assertLess(seconds, 2)

    def test_dead_addresses_share_the_time_to_connect(self):
        self.limits(CONNECT_SECONDS=0.5)
        timeouts = []

        def connect(self, _address):
            timeouts.append(self.gettimeout())
            time.sleep(self.gettimeout())
            raise TimeoutError("nobody there")

        self.answers([f"93.184.216.{number}" for number in range(1, 6)])
        self.startPatcher(patch.object(socket.socket, "connect", connect))
        _error, seconds = self.assert_unreachable("https://network.org/")
        self.assertEqual(len(timeouts), 5)
        self.assertLess(seconds, 3)

    def test_a_dead_address_does_not_keep_from_the_next_one(self):
        server = self.serve(http(b'{"here": true}'))
        self.answers(["127.0.0.9", LOOPBACK])
        response = self.get(f"http://network.example:{server.port}/")
        self.assertEqual(response.json(), {"here": True})

    def test_the_limits_are_the_promised_ones(self):
        self.assertLessEqual(transport.CONNECT_SECONDS, 5)
        self.assertLessEqual(transport.TOTAL_SECONDS, 20)
        self.assertLessEqual(transport.BODY_BYTES, MIB)

    def test_callers_cannot_loosen_the_limits(self):
        self.limits(TOTAL_SECONDS=0.3)
        server = self.serve(lambda _line, _request: server.sleep(30))
        _error, seconds = self.assert_unreachable(server.url, timeout=600, stream=True)
        self.assertLess(seconds, 2)

    def test_a_watchdog_does_not_bite_the_calls_after_its_own(self):
        self.limits(TOTAL_SECONDS=0.8)
        server = self.serve(keep(http()))
        for _call in range(3):
            self.assertTrue(self.get(server.url).ok)
            time.sleep(0.45)
        self.assertEqual(server.connections, 1)


@tagged("post_install", "-at_install")
class TestAddresses(TransportCase):
    def test_http_is_for_development_hosts_only(self):
        rule = AddressRule({"dev.example", "Upper.Example"})
        for url in (
            "https://network.org/x",
            "https://network.org:8443/x",
            "http://dev.example:8070/x",
            "https://dev.example/x",
            "HTTP://DEV.example/x",
            "http://upper.example/",
        ):
            with self.subTest(url=url):
                rule.check(url)
        for url in (
            "http://network.org/x",
            "http://127.0.0.1/",
            "http://dev.example.org/",
            "http://x.dev.example/",
            "http://dev.example./",
            "ftp://network.org/",
            "ftp://dev.example/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "//network.org/",
            "network.org",
            "https:///x",
            "https://",
            "",
        ):
            with self.subTest(url=url), self.assertRaises(AddressRefused):
                rule.check(url)

    def test_the_rule_is_asked_before_every_call(self):
        asked, tried = self.answers([PUBLIC]), self.connects()
        for url in (
            "http://network.org/",
            f"https://{SECRET}@network.org/",
            f"http://user:{SECRET}@network.example/",
        ):
            with self.subTest(url=url), self.assertRaises(AddressRefused):
                self.get(url)
        self.assertEqual((asked, tried), ([], []))

    def test_without_configuration_no_host_is_a_development_host(self):
        server = self.serve(http())
        with self.assertRaises(AddressRefused):
            Transport().session().get(server.url)
        self.assertEqual(server.connections, 0)

    def test_user_and_password_in_an_address_are_refused(self):
        for host in ("network.org", "network.example", LOOPBACK):
            for user in ("user:pass", "user", ":pass", ":", ""):
                url = f"https://{user}@{host}/"
                with self.subTest(url=url), self.assertRaises(AddressRefused) as caught:
                    self.transport._adapter.rule.check(url)
                self.assertNotIn("pass", str(caught.exception))

    def test_a_malformed_address_is_refused_and_not_quoted(self):
        for url in (
            f"https://[::1/{SECRET}",
            f"https://net work.org/{SECRET}",
            f"https://network.org:99999999/{SECRET}",
            f"https://network.org:port/{SECRET}",
            f"https://*/{SECRET}",
        ):
            with self.subTest(url=url), self.assertRaises(AddressRefused) as caught:
                self.transport._adapter.rule.check(url)
            self.assertNotIn(SECRET, str(caught.exception))
            with self.subTest(url=url), self.assertRaises(AppFault) as caught:
                self.get(url)
            self.assertNotIn(
                SECRET, "".join(traceback.format_exception(caught.exception))
            )

    def test_a_host_that_cannot_be_looked_up_is_unreachable(self):
        for host in ("a..b", "a" * 64 + ".org"):
            with self.subTest(host=host):
                self.assert_unreachable(f"https://{host}/")

    def test_addresses_inside_are_refused(self):
        for address in (
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "169.254.169.254",
            "169.254.170.2",
            "192.0.0.192",
            "192.0.2.1",
            "198.18.0.1",
            "203.0.113.5",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "fe80::1",
            "fe80::1%lo",
            "fec0::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001:db8::1",
            "100::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
            "2002:c0a8:101::1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::8.8.8.8",
            "2001:0:7f00:1:0:0:80ff:fffe",
            "4000::1",
        ):
            with self.subTest(address=address):
                self.answers([address])
                tried = self.connects()
                with self.assertRaises(AddressRefused) as caught:
                    self.get("https://inside.org/")
                self.assertEqual(caught.exception.detail, "inside.org")
                self.assertEqual(tried, [])

    def test_addresses_written_as_numbers_are_refused_too(self):
        tried = self.connects()
        for host in (
            "127.0.0.1",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "169.254.169.254",
            "2130706433",
            "0x7f000001",
            "017700000001",
            "127.1",
            "localhost",
        ):
            with self.subTest(host=host):
                with self.assertRaises(ProviderError):
                    Transport().session().get(f"https://{host}/")
        self.assertEqual(tried, [])

    def test_public_addresses_are_reached(self):
        for address in (
            PUBLIC,
            "8.8.8.8",
            "2606:2800:220:1::1",
            "64:ff9b::8.8.8.8",
            "2a00:1450:4001::1",
        ):
            with self.subTest(address=address):
                self.answers([address])
                tried = self.connects()
                self.assert_unreachable("https://network.org/")
                self.assertEqual(tried, [(address, 443)])

    def test_one_private_address_in_the_answer_refuses_the_host(self):
        tried = self.connects()
        for found in ([PUBLIC, "10.0.0.1"], ["10.0.0.1", PUBLIC], [PUBLIC, "::1"]):
            with self.subTest(found=found):
                self.answers(found)
                with self.assertRaises(AddressRefused):
                    self.get("https://network.org/")
        self.assertEqual(tried, [])

    def test_the_address_that_was_checked_is_the_one_connected_to(self):
        asked = self.answers([PUBLIC], [LOOPBACK])
        tried = self.connects()
        self.assert_unreachable("https://rebinding.org/")
        self.assertEqual(asked, ["rebinding.org"])
        self.assertEqual(tried, [(PUBLIC, 443)])

    def test_a_new_connection_is_checked_anew(self):
        asked = self.answers([PUBLIC], [LOOPBACK])
        tried = self.connects()
        self.assert_unreachable("https://rebinding.org/")
        with self.assertRaises(AddressRefused):
            self.get("https://rebinding.org/")
        self.assertEqual(len(asked), 2)
        self.assertEqual(tried, [(PUBLIC, 443)])

    def test_a_development_host_may_be_named_by_its_ipv6_address(self):
        try:
            server = self.serve(http(b'{"six": 6}'), host="::1")
        except OSError:
            self.skipTest("no IPv6 here")
        self.assertEqual(self.get(f"{server.url}/x").json(), {"six": 6})


@tagged("post_install", "-at_install")
class TestSurroundings(TransportCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_proxy_variables_are_ignored(self):
        proxy, server = self.serve(http(b'{"proxy": 1}')), self.serve(http(b"{}"))
        names = ("http_proxy", "https_proxy", "all_proxy")
        variables = {name: proxy.url for name in names}
        variables |= {name.upper(): proxy.url for name in names}
        with patch.dict(os.environ, variables):
            os.environ.pop("no_proxy", None)
            os.environ.pop("NO_PROXY", None)
            self.assertEqual(requests.get(server.url, timeout=5).json(), {"proxy": 1})
            self.assertEqual(self.get(server.url).json(), {})
            response = self.get(server.url, proxies={"http": proxy.url})
            self.assertEqual(response.json(), {})
        self.assertEqual(proxy.connections, 1)

    def test_netrc_is_ignored(self):
        netrc = self.folder / "netrc"
        netrc.write_text(f"machine {LOOPBACK} login a password {SECRET}\n")
        netrc.chmod(0o600)
        server = self.serve(http())
        with patch.dict(os.environ, {"NETRC": str(netrc)}):
            requests.get(server.url, timeout=5)
            self.get(server.url)
        by_requests, by_us = server.requests
        self.assertIn(b"Authorization: Basic", by_requests)
        self.assertNotIn(b"Authorization", by_us)

    def test_certificates_are_verified_whatever_a_caller_says(self):
        tls, certificate = self_signed(self.folder, LOOPBACK)
        server = self.serve(http(), tls=tls)
        self.assertTrue(requests.get(server.url, verify=str(certificate), timeout=5).ok)
        server.requests.clear()
        for options in ({}, {"verify": False}, {"verify": str(certificate)}):
            with self.subTest(options=options):
                error, _seconds = self.assert_unreachable(server.url, **options)
                self.assertEqual(error.detail, f"{LOOPBACK} SSLError")
        names = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
        with patch.dict(os.environ, dict.fromkeys(names, str(certificate))):
            self.assert_unreachable(server.url)
        session = self.transport.session()
        session.verify = False
        with self.assertRaises(Unreachable):
            session.get(server.url)
        self.assertEqual(server.requests, [])

    def test_a_connection_is_used_again_by_later_calls(self):
        server = self.serve(keep(http()))
        for _call in range(3):
            self.assertTrue(self.get(server.url).ok)
            with self.transport.session() as session:
                self.assertTrue(session.post(server.url, data={"a": "b"}).ok)
        self.assertEqual(len(server.requests), 6)
        self.assertEqual(server.connections, 1)

    def test_a_connection_that_the_server_closed_is_made_anew(self):
        for answer in (http(), unannounced(http())):
            server = self.serve(answer)
            for _call in range(3):
                self.assertTrue(self.get(server.url).ok)
                time.sleep(0.5)
            self.assertEqual(server.connections, 3)

    def test_cookies_of_one_call_are_not_sent_with_the_next(self):
        server = self.serve(keep(http(headers=["Set-Cookie: session=1; Path=/"])))
        self.get(server.url)
        self.get(server.url)
        self.assertNotIn(b"Cookie", server.requests[1])

    def test_many_threads_get_each_its_own_answer(self):
        def echo(line, request):
            number = request.split(b"n=")[1].split(b" ")[0]
            server.sleep(0.01)
            line.sendall(unannounced(http(b'{"n": %s}' % number)))
            return "keep"

        server = self.serve(echo)
        found = {}

        def ask(number):
            found[number] = self.get(f"{server.url}/?n={number}").json()["n"]

        threads = [threading.Thread(target=ask, args=(one,)) for one in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(found, {number: number for number in range(40)})
        self.assertLessEqual(server.connections, 40)

    def test_no_thread_outlives_its_call(self):
        before = set(threading.enumerate())
        server = self.serve(http())
        self.assertTrue(self.get(server.url).ok)
        with self.assertRaises(AddressRefused):
            self.get("http://10.0.0.1/")
        server.stop()
        self.assertEqual(
            [one for one in threading.enumerate() if one not in before], []
        )


@tagged("post_install", "-at_install")
class TestSilence(TransportCase):
    def urls(self):
        """Return addresses whose calls fail in all sorts of ways."""
        location = ["Location: http://127.0.0.1:9/?" + SECRET]
        answers = {
            "good": http(),
            "error": http(status="400 Bad"),
            "redirect": http(status="302 A", headers=location),
            "closed": b"",
            "malformed header": http(headers=["no colon", f'{{"token": "{SECRET}"}}']),
            "malformed length": http(headers=["Content-Length: 7"]),
            "cut": http(b"{", headers=["Content-Length: 9"], length=False),
            "too large": http(b"x" * (MIB + 1)),
        }
        served = {name: self.serve(answer).url for name, answer in answers.items()}
        with socket.create_server((LOOPBACK, 0)) as listener:
            served["refused"] = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        with tempfile.TemporaryDirectory() as folder:
            tls, _certificate = self_signed(Path(folder), LOOPBACK)
        served["no trusted certificate"] = self.serve(http(), tls=tls).url
        served["inside"] = "https://10.0.0.1"
        served["not allowed"] = "http://10.0.0.1"
        return served

    def test_neither_error_nor_debug_log_holds_a_query_or_a_header(self):
        headers = {"Authorization": f"Bearer {SECRET}"}
        for name, url in self.urls().items():
            with self.subTest(case=name), self.everything_logged() as lines:
                try:
                    self.get(f"{url}{QUERY}", headers=headers)
                    said = ""
                except ProviderError as error:
                    said = "".join(traceback.format_exception(error))
                self.assertNotIn(SECRET, said)
                self.assertNotIn(SECRET, "\n".join(lines))
                if name == "good":
                    self.assertIn("GET /debug_token HTTP/1.1", "\n".join(lines))

    def test_what_cannot_be_sent_is_not_quoted(self):
        server = self.serve(http())
        for header in (f"{SECRET}\nX: y", f"{SECRET}\r\n", f" {SECRET}"):
            with (
                self.subTest(header=header),
                self.assertRaises(ProviderError) as caught,
            ):
                self.get(server.url, headers={"Authorization": header})
            said = "".join(traceback.format_exception(caught.exception))
            self.assertNotIn(SECRET, said)
        self.assertEqual(server.requests, [])
