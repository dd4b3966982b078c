"""Posting to chats and other systems: signed, classified, and out of the log."""

import logging
import threading

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

from odoo.tests import BaseCase, tagged

from ..providers.errors import RateLimited, RequestRefused, Unreachable
from ..providers.posting import Posting, key_of, new_secret
from ..providers.transport import Transport

SECRET_PATH = "/services/S3CR3T/x"


class QuietHandler(WSGIRequestHandler):
    """Writes no line a request, which would name the address the test looks for."""

    def log_request(self, code="-", size="-"):
        pass


@tagged("post_install", "-at_install")
class TestSigning(BaseCase):
    def test_what_is_no_secret_is_refused(self):
        self.assertEqual(len(key_of(new_secret())), 24)
        for wrong in ("", "whsec_", "whsec_AAAA", "AAAA" * 8, "whsec_ä" + "A" * 32):
            with self.subTest(wrong=wrong), self.assertRaises(ValueError):
                key_of(wrong)


@tagged("post_install", "-at_install")
class TestPosting(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = make_server(
            "127.0.0.1", 0, cls.answer, request_handler=QuietHandler
        )
        thread = threading.Thread(target=cls.server.serve_forever, args=(0.02,))
        thread.start()
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(thread.join)
        cls.addClassCleanup(cls.server.shutdown)
        cls.status, cls.headers = 200, {}

    @classmethod
    def answer(cls, environ, start):
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        return Response(SECRET_PATH, cls.status, cls.headers)(environ, start)

    def post(self, status=200, **headers):
        type(self).status = status
        type(self).headers = headers
        address = f"http://127.0.0.1:{self.server.server_port}{SECRET_PATH}"
        transport = Transport({"127.0.0.1"})
        return Posting(1, "lease", transport, address, b"{}", {})()

    def test_each_answer_says_whether_to_try_again(self):
        self.assertIsNone(self.post(204))
        for status, kind in (
            (400, RequestRefused),
            (404, RequestRefused),
            (410, RequestRefused),
            (408, Unreachable),
            (409, Unreachable),
            (500, Unreachable),
            (503, Unreachable),
            (302, Unreachable),
        ):
            with self.subTest(status=status), self.assertRaises(kind) as caught:
                self.post(status, Location="https://elsewhere.example")
            self.assertNotIn("S3CR3T", f"{caught.exception!r} {caught.exception}")
        with self.assertRaises(RateLimited) as caught:
            self.post(429, **{"Retry-After": "120"})
        self.assertEqual(caught.exception.retry_after, 120)

    def test_the_address_stays_out_of_the_log_and_of_what_is_printed(self):
        with self.assertLogs(level=logging.DEBUG) as logs:
            logging.getLogger("urllib3.connectionpool").debug("at least one")
            self.post()
        text = "\n".join(record.getMessage() for record in logs.records)
        self.assertIn("/[hidden]", text)
        self.assertNotIn("S3CR3T", text)
        posting = Posting(1, "lease", None, SECRET_PATH, b"S3CR3T", {"x": "S3CR3T"})
        self.assertNotIn("S3CR3T", repr(posting))
