"""The id of an installation is made once, in a file of its own."""

import stat
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from odoo.tests import BaseCase, tagged

from ..home import instance_id


@tagged("post_install", "-at_install")
class TestHome(BaseCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "ours" / "instance"

    def test_it_is_made_once_and_kept(self):
        made = instance_id(self.path)
        self.assertRegex(made, "^[0-9a-f]{32}$")
        self.assertEqual(instance_id(self.path), made)

    def test_of_many_first_uses_at_once_all_have_the_same(self):
        with ThreadPoolExecutor(16) as pool:
            made = set(pool.map(instance_id, [self.path] * 32))
        self.assertEqual(len(made), 1)

    def test_nobody_else_may_read_it(self):
        instance_id(self.path)
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)
        self.assertEqual(list(self.path.parent.iterdir()), [self.path])

    def test_another_folder_is_another_installation(self):
        self.assertNotEqual(
            instance_id(self.path), instance_id(self.path.with_name("other"))
        )
