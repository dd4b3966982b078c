"""``make lint``: the linters of the Odoo world, one line of result a check."""

import ast
import os
import time

from . import (
    layout,
    logcheck,
    node,
    odoo,
    odoo_source,
    postgres,
    python_env,
    setup,
    shell,
    testing,
)
from .trouble import Trouble

# What Odoo itself enables (odoo/addons/test_lint/tests/test_pylint.py).
ODOO_PYLINT = (
    "sql-injection,missing-gettext,gettext-variable,gettext-placeholders,"
    "gettext-repr,raise-unlink-override,used-before-assignment,undefined-variable,"
    "eval-used,unreachable,function-redefined"
)
ODOO_PYLINT_PLUGINS = (
    "_pylint_path_setup,pylint.extensions.bad_builtin,_odoo_checker_sql_injection,"
    "_odoo_checker_gettext,_odoo_checker_unlink_override"
)
# Left out: what checks the whole of Odoo's own source for minutes, what tests Odoo's
# checkers, eslint, which has a check of its own here, and what reads every file below
# the addons' folder, for that is the whole repository with ``.local``.
ODOO_LINT_TESTS = "/test_lint," + ",".join(
    f"-/test_lint:{name}"
    for name in (
        "TestPyLint",
        "TestESLint",
        "TestConflictMarkers",
        "TestI18nChecks",
        "TestSqlLint",
        "TestGetTextLint",
    )
)
ODOO_CONTRACT_TESTS = {
    "every model": "/base:TestEveryModel",
    "overrides": "/base:TestOverrides",
    "model deprecations": "/base:TestModelDeprecations",
    "neutralize": "/base:TestNeutralize",
    "invisible fields": "/base:TestInvisibleField",
    "all views": "migration/base:TestAllViews",
    "render all views": "render_all_views",
}


def run(chosen):
    """Run all checks, or those whose names contain a given word; return an exit code.

    :raise Trouble: when no check has such a name
    """
    checks = {name: check for name, check in CHECKS.items() if fits(name, chosen)}
    if not checks:
        raise Trouble(f"No such check; there are: {', '.join(CHECKS)}.")
    setup.ensure()
    with postgres.running():
        failed = [name for name, check in checks.items() if not passes(name, check)]
    if failed:
        shell.say(f"{len(failed)} of {len(checks)} checks failed: {', '.join(failed)}")
    return int(bool(failed))


def fits(name, chosen):
    return not chosen or any(word in name for word in chosen)


def passes(name, check):
    """Run one check, say how it went, and why it failed."""
    start = time.monotonic()
    try:
        check()
        problem = None
    except Trouble as error:
        problem = str(error)
    seconds = time.monotonic() - start
    verdict = "FAILED" if problem else "ok"
    shell.say(f"{name + ' ':.<32} {verdict} ({seconds:.1f} s)")
    if problem:
        shell.say(problem + "\n")
    return not problem


def check_output(command, env=None, cwd=layout.ROOT):
    """Run a linter.

    :raise Trouble: with all it says when it finds something
    """
    path = layout.LOGS / "lint-tool.log"
    with path.open("wb") as output:
        code = shell.call(command, stdout=output, stderr=output, env=env, cwd=cwd)
    if code:
        raise Trouble(path.read_text(errors="replace").strip())


# --- checks of files ------------------------------------------------------------


def ruff():
    check_output([python_env.program("ruff"), "check", "--quiet", "."])


def pylint_odoo():
    options = ["--disable=all,unknown-option-value", "--enable=odoolint"]
    options += ["--valid-odoo-versions=19.0"]
    check_output(
        [layout.PYTHON, "-m", "pylint", "--rcfile=/dev/null", "--score=no"]
        + ["--load-plugins=pylint_odoo", *options, *author(), layout.ADDON]
    )


def author():
    """Who wrote the addon is for its manifest to say, not for a linter."""
    return ["--manifest-required-authors=" + addon_manifest().get("author", "")]


def addon_manifest():
    return ast.literal_eval(
        (layout.ROOT / layout.ADDON / "__manifest__.py").read_text()
    )


def oca_checks():
    check_output([python_env.program("oca-checks-odoo-module"), layout.ADDON])


def odoo_pylint():
    plugins = lint_sources()
    # A comment that hushes the one pylint is unknown to the other.
    hushed = "useless-option-value,unknown-option-value"
    options = [f"--disable=all,{hushed}", f"--enable={ODOO_PYLINT}"]
    check_output(
        [layout.PYTHON, "-m", "pylint", "--rcfile=/dev/null", "--score=no"]
        + [f"--load-plugins={ODOO_PYLINT_PLUGINS}", *options, layout.ADDON],
        env={
            "PYTHONPATH": os.pathsep.join([str(plugins), str(odoo_source.home())]),
            "ADDONS_PATH": str(layout.ROOT),
        },
    )


def lint_sources():
    """Return the folder of Odoo's own linters."""
    for folder in odoo_source.addons_paths():
        if (folder / "test_lint").is_dir():
            return folder / "test_lint" / "tests"
    raise Trouble("This Odoo lacks the addon test_lint: use a complete checkout.")


def eslint():
    """Run Odoo's rules for JavaScript."""
    scripts = layout.ROOT / layout.ADDON / "static"
    if not any(scripts.rglob("*.js")) or not node.ensure():
        return
    rules = ["--no-ignore", "--no-eslintrc", "-c", lint_sources() / "eslintrc"]
    check_output([node.path(".bin", "eslint"), *rules, scripts])


# --- checks of the installed addon ------------------------------------------------


def odoo_lint():
    """Run the tests of Odoo's test_lint that look at every addon in the path."""
    with testing.run_database() as name:
        odoo.run(["-d", name, "-i", "test_lint"], log="lint-install", what="test_lint")
        testing.run_tags(name, ODOO_LINT_TESTS, log="lint-test_lint")


def contract_check(title, tags):
    def check():
        with testing.run_database() as name:
            testing.run_tags(name, tags, log=f"lint-{title.replace(' ', '-')}")

    return check


def reinstall():
    """Install, uninstall and install again."""
    with testing.run_database() as name:
        for verb in ("uninstall", "install"):
            log = layout.LOGS / f"lint-{verb}.log"
            log.unlink(missing_ok=True)
            shell.run(
                odoo.command(["module", verb, "-d", name, layout.ADDON]),
                log=log.stem,
                what=f"Odoo's `module {verb}`",
                env=odoo.environment(),
                cwd=layout.ROOT,
            )
            testing.fail_on(logcheck.bad_records(log), f"`module {verb}`", log)
            if testing.has_addon(name) != (verb == "install"):
                raise Trouble(f"`module {verb}` did nothing; see {log}.")
            if verb == "uninstall":
                check_nothing_left(name)


def check_nothing_left(name):
    """:raise Trouble: with the tables that uninstalling has left behind"""
    rows = postgres.sql(
        "SELECT tablename FROM pg_tables WHERE tablename LIKE 'social\\_%'", name
    )
    if rows:
        tables = ", ".join(table for (table,) in rows)
        raise Trouble(f"Uninstalling leaves tables behind: {tables}.")


CHECKS = {
    "ruff": ruff,
    "pylint-odoo": pylint_odoo,
    "oca-checks-odoo-module": oca_checks,
    "Odoo's pylint checkers": odoo_pylint,
    "Odoo's eslint rules": eslint,
    "Odoo's test_lint": odoo_lint,
    **{
        f"Odoo's {title}": contract_check(title, tags)
        for title, tags in ODOO_CONTRACT_TESTS.items()
    },
    "uninstall and reinstall": reinstall,
}
