"""Debian's packages: installed when we are root, else only fetched and unpacked."""

import os
import shutil
from pathlib import Path

from . import shell, steps
from .trouble import Trouble

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
WAIT_FOR_LOCK = "DPkg::Lock::Timeout=300"
TARGET_FORMAT = "$(REPO_URI)|$(LABEL)|$(CODENAME)|$(COMPONENT)"


def is_root():
    return os.geteuid() == 0


def is_debian():
    return Path("/etc/debian_version").exists() and bool(shutil.which("apt-get"))


def may_install():
    return is_root() and is_debian()


def installed(package):
    """Tell whether the system's package database has ``package`` installed."""
    status = shell.output_of(["dpkg-query", "-W", "-f=${db:Status-Status}", package])
    return status == "installed"


def install(packages):
    """Install packages on the system; wait for another apt at work.

    :raise Trouble: when apt fails
    """
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    options = ["-o", WAIT_FOR_LOCK, "-o", "Acquire::Retries=3"]
    shell.say(f"Installing Debian packages: {' '.join(packages)}")
    refresh_index()
    shell.run(
        ["apt-get", *options, "install", "-y", "--no-install-recommends", *packages],
        log="apt",
        what=f"Installing {' '.join(packages)}",
        env=env,
    )


def refresh_index():
    shell.run(
        ["apt-get", "-o", WAIT_FOR_LOCK, "-o", "Acquire::Retries=3", "update"],
        log="apt",
        what="Reading the package lists (apt-get update)",
    )


# --- the machine's mirror -----------------------------------------------------


def mirror():
    """Return the address of the Debian archive that this machine's apt uses.

    :raise Trouble: when apt knows none
    """
    found = listed_mirror()
    if not found and may_install():
        refresh_index()
        found = listed_mirror()
    if not found:
        raise Trouble(
            "No Debian mirror is known to apt here, so Odoo cannot be fetched: run "
            "`apt-get update` as root, and if that does not help, check the network "
            "and apt's sources, or set ODOO_SOURCE to a checkout of Odoo 19.0."
        )
    return found


def listed_mirror():
    listing = shell.output_of(
        ["apt-get", "indextargets", "--format", TARGET_FORMAT, "Created-By: Packages"]
    )
    return pick_mirror(listing or "")


def pick_mirror(listing):
    """Return the main archive among apt's index targets, or None.

    :param str listing: lines of address, label, code name and component
    """
    rows = [line.split("|") for line in listing.splitlines() if line.count("|") == 3]
    for address, label, codename, component in rows:
        # The security archive has a label of its own, the "-updates" suite has not.
        if label == "Debian" and component == "main" and "-" not in codename:
            return address
    return None


# --- fetching without installing ----------------------------------------------


class Fetcher:
    """An apt of our own: own lists, own cache, no trace on the system."""

    def __init__(self, folder, suites):
        self.folder = Path(folder)
        self.suites = suites
        self.conf = self.folder / "apt.conf"

    def prepare(self):
        """Write the configuration and read the package lists.

        :raise Trouble: when no mirror is known or it does not answer
        """
        self._write_conf(mirror())
        self._apt("update", what="Reading Debian's package lists")

    def _write_conf(self, address):
        for name in ("lists/partial", "cache/archives/partial", "none"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").touch()
        steps.write_whole(
            self.folder / "sources.list",
            "".join(
                f"deb [signed-by={KEYRING}] {address} {suite} main\n"
                for suite in self.suites
            ),
        )
        steps.write_whole(self.conf, self._settings())

    def _settings(self):
        here = self.folder
        settings = {
            "Dir::State": here,
            "Dir::State::lists": here / "lists",
            "Dir::State::status": here / "status",
            "Dir::Cache": here / "cache",
            "Dir::Etc::sourcelist": here / "sources.list",
            "Dir::Etc::sourceparts": here / "none",
            "Dir::Etc::preferences": here / "no-preferences",
            "Dir::Etc::preferencesparts": here / "none",
            # apt would download as a user of its own, who may not write here.
            "APT::Sandbox::User": "root",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            # Otherwise a mirror that does not answer is only a warning.
            "APT::Update::Error-Mode": "any",
        }
        return "".join(f'{key} "{value}";\n' for key, value in settings.items())

    def download(self, packages, folder):
        """Fetch packages (``name``, ``name=version`` or ``name/suite``) into a folder.

        The folder is emptied first: apt checks the signed hashes of what it fetches,
        but takes a file of the right size that is there already as it is.
        """
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._apt("download", *packages, what="Fetching Odoo", cwd=folder)
        return sorted(folder.glob("*.deb"))

    def _apt(self, *arguments, what, cwd=None):
        try:
            shell.run(
                ["apt-get", "-c", self.conf, *arguments],
                log="apt",
                what=what,
                cwd=cwd,
            )
        except Trouble as error:
            raise Trouble(
                f"{error}\nCheck the network and try again, or set ODOO_SOURCE to a "
                "checkout of Odoo 19.0."
            ) from error


def unpack(debs, folder):
    for deb in debs:
        shell.run(["dpkg", "-x", deb, folder], log="apt", what=f"Unpacking {deb.name}")


def version_of(deb):
    """Return the version that a package file carries."""
    return (shell.output_of(["dpkg-deb", "-f", deb, "Version"]) or "").strip()
