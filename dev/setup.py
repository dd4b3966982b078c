"""The steps of ``make setup``, each of them repeatable."""

from . import (
    database,
    layout,
    node,
    odoo,
    odoo_source,
    postgres,
    python_env,
    steps,
    system,
)


def ensure():
    """Make sure that all programs are there, and the cluster.

    :raise Trouble: when something is missing that cannot be had
    """
    layout.make_folders()
    with steps.locked("setup", "Waiting for another set-up to finish ..."):
        python_env.check_version()
        odoo_source.ensure()
        python_env.ensure()
        postgres.ensure_cluster()
        odoo.write_conf()


def ensure_all():
    """Make sure of what ``ensure`` does, of the tests' programs and the template."""
    ensure()
    with steps.locked("system", "Waiting for another set-up to finish ..."):
        system.ensure_browser()
        system.ensure_printer()
    node.ensure()
    with postgres.running():
        database.ensure_template()
