"""A plugin of pytest to run what needs no database, in seconds and without one.

python -m pytest -p no:odoo -p tests.without_database social_token_manager
"""

import warnings

import pytest_odoo

from odoo.modules.module import initialize_sys_path
from odoo.tests.common import TransactionCase
from odoo.tools import config

from dev import layout


def pytest_configure():
    with warnings.catch_warnings(action="ignore"):
        config.parse_config([f"--addons-path={layout.ROOT}", "--log-level=critical"])
    initialize_sys_path()
    pytest_odoo.support_subtest()
    pytest_odoo.disable_odoo_test_retry()
    pytest_odoo.monkey_patch_resolve_pkg_root_and_module_name()


def pytest_collection_modifyitems(config, items):
    needing = [one for one in items if issubclass(one.cls or object, TransactionCase)]
    config.hook.pytest_deselected(items=needing)
    items[:] = [one for one in items if one not in needing]
