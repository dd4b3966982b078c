import logging
import socket
import threading
from urllib.parse import quote

from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from odoo.service.model import Params
from odoo.tests import BaseCase, tagged

from .. import redaction

SECRET = "S3CR3T"
SPACES = "\t \xa0\u2003\u3000\u2028"


@tagged("post_install", "-at_install")
class TestHideAddress(BaseCase):
    def logged(self, message, *args):
        """Return what the access log's own logger makes of a line."""
        with self.assertLogs("werkzeug", logging.INFO) as logs:
            logging.getLogger("werkzeug").info(message, *args)
        return logs.records[0].getMessage()

    def test_the_query_of_our_addresses_is_hidden(self):
        for path in ("callback", "webhook", "authorize"):
            line = f"GET /social/{path}/Key-_1?code={SECRET}&state={SECRET} HTTP/1.1"
            with self.subTest(path=path):
                expected = f"GET /social/{path}/Key-_1?[hidden] HTTP/1.1"
                self.assertEqual(self.logged(line), expected)
                formatted = self.logged('"%s" %s %s', line, 200, "-")
                self.assertEqual(formatted, f'"{expected}" 200 -')

    def test_the_token_of_a_link_is_hidden_with_its_query(self):
        for rest in ("", "/", "/done", "?a=b", f"?{SECRET}=1"):
            line = f'"POST /social/link/{SECRET}{rest} HTTP/1.1" 303 -'
            with self.subTest(rest=rest):
                expected = '"POST /social/link/[hidden] HTTP/1.1" 303 -'
                self.assertEqual(self.logged(line), expected)

    def test_odd_spaces_and_question_marks_hide_nothing_less(self):
        for odd in (*SPACES.replace("\u2028", ""), "?", "??", '"', "#", "%0A", "\\"):
            for line in (
                f"GET /social/callback/k?x={odd}&code={SECRET} HTTP/1.1",
                f"GET /social/callback/k{odd}?code={SECRET} HTTP/1.1",
                f"GET /social/link/{SECRET}{odd}{SECRET} HTTP/1.1",
                f"GET /x/social/callback/k?x={odd}&code={SECRET}",
            ):
                with self.subTest(line=line):
                    self.assertNotIn(SECRET, self.logged(line))
                    self.assertNotIn(SECRET, self.logged("%s %s", line, 404))

    def test_each_line_of_a_longer_text_is_hidden(self):
        line = f"/social/callback/k?code={SECRET}"
        text = self.logged(f"Error on request {line}\nagain {line}\nTraceback: end")
        self.assertNotIn(SECRET, text)
        self.assertIn("\nTraceback: end", text)

    def test_everything_else_stays_as_it_is(self):
        for line in (
            "GET /web?debug=1 HTTP/1.1",
            "GET /social/callback/k HTTP/1.1",
            "GET /social/authorize/12 HTTP/1.1",
            "GET /antisocial/callback?x=1 HTTP/1.1",
            "POST /web/dataset/call_kw/social.app/web_save HTTP/1.1",
        ):
            with self.subTest(line=line):
                self.assertEqual(self.logged(line), line)
                self.assertEqual(self.logged("%s", line), line)
        self.assertEqual(self.logged("%d of %s", 1, None), "1 of None")
        self.assertEqual(self.logged("%(a)s", {"a": 1}), "1")

    def test_the_access_log_of_a_real_server_holds_no_code_and_no_link(self):
        server = make_server("127.0.0.1", 0, lambda *call: Response("ok")(*call))
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        targets = [
            f"/social/callback/k?x={quote(SPACES)}&code={SECRET}",
            f"/social/callback/k?code={SECRET}&state={SECRET}",
            f"/social/link/{SECRET}?{quote(SPACES)}{SECRET}",
            f"//social/callback/k?code={SECRET}",
            f"http://elsewhere.example/social/callback/k?code={SECRET}",
        ]
        try:
            with self.assertLogs("werkzeug", logging.INFO) as logs:
                for target in targets:
                    self.get(server.server_port, target)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
        lines = [record.getMessage() for record in logs.records]
        self.assertEqual(len(lines), len(targets))
        for line in lines:
            self.assertNotIn(SECRET, line)
            self.assertIn("[hidden]", line)
            self.assertIn(" 200 ", line)

    @staticmethod
    def get(port, target):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            while connection.recv(4096):
                pass


@tagged("post_install", "-at_install")
class TestHideArguments(BaseCase):
    def logged(self, *args, **kwargs):
        """Return the line with which Odoo logs a remote call at debug level."""
        with self.assertLogs("odoo.service.model", "DEBUG") as logs:
            logging.getLogger("odoo.service.model").debug(
                "call %s.%s(%s)", "social.app(1,)", "web_save", Params(args, kwargs)
            )
        return logs.records[0].getMessage()

    def test_the_arguments_of_a_call_with_a_typed_secret_are_hidden(self):
        typed = {"client_secret_input": SECRET}
        for args, kwargs in (
            (([1], typed), {}),
            ((), {"vals": typed, "specification": {}}),
            (([{"name": "App", **typed}],), {"context": {"lang": "en_US"}}),
            (([[0, 0, {"app_ids": [[1, 2, typed]]}]],), {}),
        ):
            with self.subTest(args=args, kwargs=kwargs):
                line = self.logged(*args, **kwargs)
                self.assertEqual(line, "call social.app(1,).web_save([hidden])")

    def test_other_arguments_are_still_logged(self):
        self.assertIn("'name': 'Our App'", self.logged([1], {"name": "Our App"}))

    def test_lines_of_other_shapes_pass(self):
        logger = logging.getLogger("odoo.service.model")
        with self.assertLogs(logger, "DEBUG") as logs:
            logger.debug("plain")
            logger.debug("%s tries left", 3)
            logger.debug("%(a)s", {"a": 1})
        lines = [record.getMessage() for record in logs.records]
        self.assertEqual(lines, ["plain", "3 tries left", "1"])


@tagged("post_install", "-at_install")
class TestInstall(BaseCase):
    def test_the_filters_are_there_once_however_often_they_are_installed(self):
        redaction.install()
        redaction.install()
        for name, kind in (
            ("werkzeug", "HideAddress"),
            ("odoo.http", "HideAddress"),
            ("odoo.service.model", "HideArguments"),
        ):
            filters = [type(one).__name__ for one in logging.getLogger(name).filters]
            self.assertEqual(filters.count(kind), 1, name)
