"""Odoo 19 itself: unpacked from Debian's package, or the tree ODOO_SOURCE names."""

import os
import re
import shutil
from pathlib import Path

from . import debian, layout, shell, steps
from .trouble import Trouble

SERIES = "19.0"
# The suite that has Odoo 19, and the one whose Font Awesome is still 4.7: Odoo's
# links name files that later ones no longer have.
SUITES = ("sid", "bookworm")
PACKAGES = (
    "odoo-19=19.0*",
    # Web libraries and fonts that Debian split off; Odoo's tree links to them.
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-font-awesome/bookworm",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "fonts-glyphicons-halflings",
)
TREE = "usr/lib/python3/dist-packages"
VERSION_FILE = "odoo-version"
# Debian removed this non-free file; without it the backend's assets report an error.
MISSING_SCRIPT = (
    "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
)


def given():
    """Return the folder ODOO_SOURCE names, or None."""
    value = os.environ.get("ODOO_SOURCE")
    return Path(value).expanduser().resolve() if value else None


def home():
    """Return the folder that has the package ``odoo`` in it."""
    return given() or layout.ODOO_PREFIX / TREE


def addons_paths():
    """Return the folders of Odoo's own addons.

    A checkout keeps most of them in ``addons``. Debian's package has all of them
    inside ``odoo``; its folder ``addons`` is a torso.
    """
    inside, beside = home() / "odoo" / "addons", home() / "addons"
    return [inside] if (inside / "web").is_dir() else [inside, beside]


def identity():
    """Return a text that changes when the Odoo in use is another one."""
    tree = given()
    if not tree:
        return (layout.ODOO_PREFIX / VERSION_FILE).read_text().strip()
    commit = shell.output_of(["git", "rev-parse", "HEAD"], cwd=tree)
    return f"{tree} {commit or steps.digest(tree / 'odoo' / 'release.py')}".strip()


def ready():
    """Tell whether an Odoo 19 is there to be run."""
    if given():
        return series_of(given()) == SERIES
    return stamp().fresh()


def ensure():
    """Make sure that Odoo 19 is there.

    :raise Trouble: when it is not and cannot be fetched
    """
    if given():
        check_given(given())
    elif not stamp().fresh():
        fetch()


def stamp():
    value = steps.digest(*PACKAGES, *SUITES, MISSING_SCRIPT)
    return steps.Stamp(layout.ODOO_PREFIX / "stamp", value)


def series_of(tree):
    """Return the series such as ``19.0`` of an Odoo tree, or None."""
    try:
        text = (tree / "odoo" / "release.py").read_text()
    except OSError:
        return None
    found = re.search(r"^version_info = \((\d+), (\d+)", text, re.MULTILINE)
    return ".".join(found.groups()) if found else None


def check_given(tree):
    series = series_of(tree)
    if not series:
        raise Trouble(
            f"ODOO_SOURCE names {tree}, where there is no odoo/release.py: let it name "
            f"a checkout of Odoo {SERIES}, or unset it."
        )
    if series != SERIES:
        raise Trouble(
            f"ODOO_SOURCE names {tree}, which is Odoo {series}: {SERIES} is needed."
        )
    if (tree / MISSING_SCRIPT).parent.parent.is_dir() and not (
        tree / MISSING_SCRIPT
    ).exists():
        shell.say(
            f"Note: browser tests will fail, for {tree} lacks {MISSING_SCRIPT} (Debian "
            "left it out): create that file with one comment in it."
        )


def fetch():
    """Fetch Odoo from the machine's Debian mirror and unpack it, all or nothing."""
    if not debian.is_debian():
        raise Trouble(
            "This is not a Debian machine, so Odoo cannot be fetched here: set "
            f"ODOO_SOURCE to a checkout of Odoo {SERIES}."
        )
    shell.say("Fetching Odoo 19 (130 MB) ...")
    fetcher = debian.Fetcher(layout.CACHE / "apt", SUITES)
    fetcher.prepare()
    folder = layout.CACHE / "debs"
    debs = fetcher.download(PACKAGES, folder)
    with steps.replacing(layout.ODOO_PREFIX) as prefix:
        debian.unpack(debs, prefix)
        add_missing_script(prefix / TREE)
        check_links(prefix)
        (prefix / VERSION_FILE).write_text(odoo_version(debs) + "\n")
        (prefix / "stamp").write_text(stamp().value + "\n")
    shutil.rmtree(folder)


def odoo_version(debs):
    (package,) = [deb for deb in debs if deb.name.startswith("odoo-19_")]
    version = debian.version_of(package)
    if not version.startswith(SERIES):
        raise Trouble(
            f"Debian's odoo-19 is now version {version!r}, which this set-up does not "
            f"know: set ODOO_SOURCE to a checkout of Odoo {SERIES}."
        )
    return f"odoo-19 {version}"


def add_missing_script(tree):
    script = tree / MISSING_SCRIPT
    if not script.exists():
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text("// Left out by Debian (not free); nothing here uses it.\n")


def check_links(prefix):
    """Make sure that every link of Odoo's web addon leads to a file.

    :raise Trouble: with the links that lead nowhere
    """
    static = prefix / TREE / "odoo" / "addons" / "web" / "static"
    broken = sorted(
        f"{path.relative_to(static)} -> {os.readlink(path)}"
        for path in static.rglob("*")
        if path.is_symlink() and not path.exists()
    )
    if broken:
        raise Trouble(
            "The unpacked Odoo misses files of Debian packages that are not in our "
            "list (dev/odoo_source.py, PACKAGES):\n    " + "\n    ".join(broken)
        )
