"""What only the system's package manager can give: browser, fonts, Node, PDF."""

import os
import shutil

from . import debian, shell
from .trouble import Trouble

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_PACKAGES = (
    # The browser of the tests; nothing else can be driven without a download.
    "chromium",
    # What drives it needs this library, which a small Debian has not.
    "libatomic1",
    # Legible text and pictograms in screenshots.
    "fonts-dejavu-core",
    "fonts-noto-color-emoji",
)
# Run Odoo's own rules for JavaScript.
NODE_PACKAGES = ("nodejs", "npm")
# Makes the PDF file of a report.
PRINTER = "wkhtmltopdf"


def in_ci():
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def browser():
    """Return the path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def ensure_browser():
    """Install Chromium where that is possible.

    :raise Trouble: when there is none in CI, where a skipped test proves nothing
    """
    missing = _missing_browser_packages()
    if missing and debian.may_install():
        _try_to_install(missing)
    if not browser():
        _complain("Chromium is missing, so browser tests cannot run: install it.")


def _missing_browser_packages():
    if not debian.is_debian():
        return []
    wanted = BROWSER_PACKAGES[1:] if browser() else BROWSER_PACKAGES
    return [package for package in wanted if not debian.installed(package)]


def _try_to_install(packages):
    try:
        debian.install(packages)
    except Trouble as error:
        _complain(str(error))


def _complain(text):
    if in_ci():
        raise Trouble(text)
    shell.say(f"Note: {text}")


def has_printer():
    return bool(shutil.which(PRINTER))


def ensure_printer():
    """Install what makes PDF files where that is possible.

    :raise Trouble: when it is missing in CI
    """
    if not has_printer() and debian.may_install():
        _try_to_install([PRINTER])
    if not has_printer():
        _complain(f"{PRINTER} is missing, so PDF files cannot be tested: install it.")


def ensure_node():
    """Return whether Node and npm are there, installing them where possible.

    :raise Trouble: when they are not in CI
    """
    if not _has_node() and debian.may_install():
        _try_to_install(NODE_PACKAGES)
    if not _has_node():
        _complain("Node and npm are missing: install the packages nodejs and npm.")
    return _has_node()


def _has_node():
    return bool(shutil.which("node") and shutil.which("npm"))
