import time
from unittest.mock import patch

from odoo.tests import tagged

from ..providers import pictures
from ..providers.pictures import fetch_pictures
from ..providers.transport import BODY_BYTES, Transport
from .provider_common import LOOPBACK, OutsideCase, http

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 40
WEBP = b"RIFF\x24\n\0\0WEBPVP8 " + b"\0" * 40
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
# Nothing listens there.
DISCARD = f"http://{LOOPBACK}:9/picture.png"


@tagged("post_install", "-at_install")
class TestPictures(OutsideCase):
    def setUp(self):
        super().setUp()
        self.transport = Transport({LOOPBACK})

    def fetch(self, *addresses):
        """Return what came, by the place of its address."""
        return fetch_pictures(self.transport, dict(enumerate(addresses)))

    def fetched(self, body, **answer):
        """Return what comes of one address that answers so, None for nothing."""
        return self.fetch(self.serve(http(body, **answer)).url).get(0)

    # === WHAT IS A PICTURE === #

    def test_a_picture_is_known_by_what_it_begins_with(self):
        for body in (PNG, JPEG, WEBP, b"GIF87a" + PNG, b"GIF89a" + PNG):
            with self.subTest(body=body[:8]):
                self.assertEqual(self.fetched(body), body)

    def test_what_the_header_says_makes_no_picture(self):
        for body in (
            SVG,
            b"\xef\xbb\xbf" + SVG,
            b"<?xml version='1.0'?>" + SVG,
            b"<html>" + PNG,
            b"\n" + PNG,
            b"\x89PNG",
            b"\xff\xd8",
            b"GIF88a" + PNG,
            b"RIFF\0\0WEBP" + PNG,
            b"RIFF\0\0\0\0WAVE" + PNG,
            b"%PDF-1.7",
            b"{}",
            b"",
        ):
            with self.subTest(body=body[:8]):
                headers = ["Content-Type: image/png"]
                self.assertIsNone(self.fetched(body, headers=headers))

    def test_an_answer_that_is_no_good_one_is_no_picture(self):
        for status in ("404 Not Found", "403 Forbidden", "500 Trouble", "429 Wait"):
            with self.subTest(status=status):
                self.assertIsNone(self.fetched(PNG, status=status))

    def test_no_redirect_is_followed(self):
        target = self.serve(http(PNG))
        where = [f"Location: {target.url}"]
        self.assertIsNone(self.fetched(PNG, status="302 Found", headers=where))
        self.assertEqual(target.connections, 0)

    # === BOUNDS === #

    def test_what_is_larger_than_a_body_may_be_is_left_out(self):
        largest = PNG.ljust(BODY_BYTES, b"\0")
        self.assertEqual(self.fetched(largest), largest)
        self.assertIsNone(self.fetched(largest + b"\0"))
        self.assertIsNone(self.fetched(largest + b"\0", length=False))

    def test_what_takes_too_long_is_not_waited_for(self):
        def dawdle(line, _request):
            slow.sleep(20)
            line.sendall(http(PNG))

        slow, quick = self.serve(dawdle), self.serve(http(PNG))
        with patch.object(pictures, "SECONDS", 3):
            started = time.monotonic()
            found = self.fetch(slow.url, quick.url)
        self.assertLess(time.monotonic() - started, 15)
        self.assertEqual(found, {1: PNG})

    def test_an_address_that_several_want_is_asked_once(self):
        server = self.serve(http(PNG))
        self.assertEqual(self.fetch(*[server.url] * 5), dict.fromkeys(range(5), PNG))
        self.assertEqual(server.connections, 1)

    def test_nothing_wanted_is_nothing_asked(self):
        self.assertEqual(self.fetch(), {})

    # === ADDRESSES === #

    def test_a_refused_address_takes_no_other_picture_along(self):
        good = self.serve(http(PNG)).url
        for refused in (
            DISCARD,
            "http://localhost/picture.png",
            "http://192.0.2.1/picture.png",
            "https://127.0.0.2/picture.png",
            "https://169.254.169.254/latest/meta-data",
            f"http://user@{LOOPBACK}/",
            "file:///etc/passwd",
            "data:image/png;base64,iVBORw0KGgo=",
            "javascript:alert(1)",
            "//cdn.example/picture.png",
            "picture.png",
            "http://[",
            "https://",
            "https://exa mple/\r\nX: y",
            "https://" + "a" * 3000,
            "\0",
        ):
            with self.subTest(refused=refused[:40]):
                self.assertEqual(self.fetch(refused, good), {1: PNG})
