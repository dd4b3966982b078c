"""Tools that npm gives: a linter for JavaScript, a tester of accessibility, and what
turns Odoo's styles round for who reads from right to left."""

from . import layout, shell, steps, system

ESLINT = "eslint@8.57.1"
AXE = "axe-core@4.14.1"
RTL = "rtlcss@4.3.0"
PACKAGES = [ESLINT, AXE, RTL]


def ensure():
    """Return whether the tools are there, installing them where possible.

    :raise Trouble: when they cannot be had in CI
    """
    if not system.ensure_node():
        return False
    with steps.locked("node"):
        if not stamp(layout.NODE).fresh():
            install()
    return True


def stamp(folder):
    return steps.Stamp(folder / "stamp", " ".join(PACKAGES))


def install():
    with steps.replacing(layout.NODE) as folder:
        shell.run(
            ["npm", "install", "--no-audit", "--no-fund", "--prefix", folder]
            + PACKAGES,
            log="npm",
            what="Installing the packages of npm (check the network and try again)",
        )
        stamp(folder).write()


def path(*parts):
    """Return the path of a file of an installed package."""
    return layout.NODE.joinpath("node_modules", *parts)
