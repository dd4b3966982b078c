"""Tests that run side by side keep out of each other's way."""

from pathlib import Path

from odoo.tests.common import get_db_name
from odoo.tools import config

from dev import layout


def test_each_worker_has_files_of_its_own():
    name = get_db_name()
    assert Path(config.filestore(name)) == layout.FILESTORE / name
    assert (layout.FILESTORE / name).is_dir()
