from odoo.tests import HttpCase, tagged

from odoo.addons.web.tests import test_js

from .common import MODULE


@tagged("post_install", "-at_install", "browser")
class TestHoot(HttpCase):
    """The unit tests of the web client's parts, in a browser."""

    def test_the_parts_of_the_web_client(self):
        suite = test_js.HOOTCommon._generate_hash(self, f"@{MODULE}")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=240,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )
