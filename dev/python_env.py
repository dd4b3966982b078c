"""The Python environment in ``.local/venv``."""

import shutil
import sys
import tempfile
from pathlib import Path

from . import debian, layout, odoo_source, shell, steps
from .trouble import Trouble

OLDEST = (3, 11)
DIRECT_REQUIREMENTS = layout.REQUIREMENTS.with_suffix(".in")
PINS_HEADER = (
    "# Written by `make pins` from requirements.in. Change that file, not this one."
)


def ensure():
    """Make sure that the environment has exactly the pinned packages.

    :raise Trouble: when this Python is too old or pip fails
    """
    check_version()
    if not stamp().fresh():
        install()
    point_to_odoo()


def ready():
    return stamp().fresh() and pointer().exists()


def stamp():
    value = steps.digest(sys.version, str(layout.VENV), layout.REQUIREMENTS)
    return steps.Stamp(layout.VENV / "stamp", value)


def check_version():
    if sys.version_info < OLDEST:
        raise Trouble(
            "Python {}.{} or newer is needed, this is {}.{}: install it and run "
            "`make PYTHON=python3.11 ...`.".format(*OLDEST, *sys.version_info)
        )


def install():
    """Install the pinned packages.

    An environment that an interruption left half done, or that another Python made,
    is made anew: pip takes half-installed packages for installed ones.
    """
    unfinished = layout.VENV / "unfinished"
    if unfinished.exists() or not made_by_this_python():
        create()
    unfinished.touch()
    shell.say("Installing the Python packages ...")
    pip("install", "--requirement", layout.REQUIREMENTS)
    stamp().write()
    unfinished.unlink()


def made_by_this_python():
    version = layout.VENV / "made-by"
    return version.exists() and version.read_text() == sys.version


def create():
    ensure_venv_module()
    shell.say("Creating the Python environment ...")
    shutil.rmtree(layout.VENV, ignore_errors=True)
    shell.run(
        [sys.executable, "-m", "venv", layout.VENV],
        log="pip",
        what="Creating the Python environment",
    )
    (layout.VENV / "made-by").write_text(sys.version)


def ensure_venv_module():
    """Debian keeps the parts that ``venv`` needs in a package of their own."""
    if shell.output_of([sys.executable, "-c", "import ensurepip, venv"]) is not None:
        return
    package = "python{}.{}-venv".format(*sys.version_info)
    if not debian.may_install():
        raise Trouble(f"Python's venv module is missing: install {package} as root.")
    debian.install([package])


def pip(*arguments):
    shell.run(
        [layout.PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input"]
        + [*arguments],
        log="pip",
        what="Installing the Python packages (check the network and try again)",
        env={"PYTHONWARNINGS": "ignore"},
    )


def pin():
    """Write requirements.txt anew from requirements.in, in a throw-away environment.

    :raise Trouble: when the packages do not agree with each other
    """
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder, "bin", "python")
        for what in (
            [sys.executable, "-m", "venv", folder],
            [python, "-m", "pip", "install", "--requirement", DIRECT_REQUIREMENTS],
            [python, "-m", "pip", "check"],
        ):
            shell.run(what, log="pip", what="Choosing the packages' versions")
        frozen = shell.output_of([python, "-m", "pip", "freeze", "--all"])
    pins = [line for line in frozen.splitlines() if not line.startswith("pip==")]
    pins.sort(key=str.lower)
    steps.write_whole(layout.REQUIREMENTS, "\n".join([PINS_HEADER, *pins, ""]))


def pointer():
    (site,) = layout.VENV.glob("lib/python3.*/site-packages")
    return site / "odoo-source.pth"


def point_to_odoo():
    """Let the environment's Python import the Odoo in use."""
    steps.write_if_changed(pointer(), f"{odoo_source.home()}\n")


def program(name):
    return layout.VENV / "bin" / name
