"""``make screens``: a picture of every screen, light, dark, on a phone, in Portuguese,
and from right to left.

They go to ``.local/screens``, those of a screen side by side on one sheet, to be looked
at by a person. The list of screens is :data:`tests.screens.SCREENS`, which the tests go
through as well. ``ARGS="profiles queue"`` takes only these.
"""

import itertools
import shutil
import sys

from PIL import Image
from playwright.sync_api import sync_playwright

from tests import browser
from tests.demos import Demo
from tests.people import install_language
from tests.screens import SCREENS, WITH_DARK, add_dark_scheme, visit
from tests.servers import Rpc

from . import layout, shell, system
from .trouble import Trouble

NAME = "screens"
FOLDER = layout.LOCAL / "screens"
TALL = {"width": 1440, "height": 1100}
PHONE = {"width": 390, "height": 844}
# Reads from right to left; we have no words in it, which shows what is ours.
ARABIC = "ar_001"
# name: how a browser is opened, and the language of the person
MODES = {
    "light": ({"viewport": TALL}, "en_US"),
    "dark": ({"viewport": TALL, "dark": True}, "en_US"),
    "pt_BR": ({"viewport": TALL}, "pt_BR"),
    "phone": ({"viewport": PHONE, "has_touch": True, "is_mobile": True}, "en_US"),
    "rtl": ({"viewport": TALL}, ARABIC),
}


def take_all(chromium, demo, screens):
    for mode, (options, lang) in MODES.items():
        for login, theirs in itertools.groupby(screens, lambda one: one.login):
            set_language(demo, login, lang)
            with visit(chromium, demo, login, **options) as visitor:
                take(visitor, mode, list(theirs))


def set_language(demo, login, lang):
    """Have a person of the demo read another language, as a preference of theirs."""
    rpc = Rpc(demo.url, demo.name, "admin", "admin")
    install_language(rpc, lang)
    found = rpc.call("res.users", "search", [("login", "=", login)])
    rpc.call("res.users", "write", found, {"lang": lang})


def take(visitor, mode, screens):
    for screen in screens:
        visitor.show(screen)
        visitor.page.screenshot(path=FOLDER / f"{screen.name}.{mode}.png")
        shell.say(f"{screen.name}, {mode}")


def make_sheet(name):
    """Put the pictures of one screen side by side."""
    pictures = [Image.open(FOLDER / f"{name}.{mode}.png") for mode in MODES]
    height = max(picture.height for picture in pictures)
    sheet = Image.new("RGB", (sum(one.width for one in pictures), height), "white")
    left = 0
    for picture in pictures:
        sheet.paste(picture, (left, 0))
        left += picture.width
    sheet.save(FOLDER / f"{name}.png")


def main():
    path = system.browser()
    if not path:
        raise Trouble("Chromium is missing: install it.")
    wanted = [one for one in SCREENS if one.name in sys.argv[1:]] or SCREENS
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    demo = Demo(NAME, WITH_DARK)
    demo.clear()
    try:
        add_dark_scheme(demo.start())
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path=path, args=browser.ARGUMENTS
            )
            take_all(chromium, demo, wanted)
            chromium.close()
    finally:
        demo.clear()
    for screen in wanted:
        make_sheet(screen.name)


if __name__ == "__main__":
    main()
