"""``make pictures``: the pictures of the documents, taken in a demo of their own.

The demo is made anew for it, so what they show is what somebody sees who starts the
demo today. Run with the environment's Python: ``python3 -m dev module dev.pictures``.
"""

import contextlib
import shutil
import time

from PIL import Image
from playwright.sync_api import sync_playwright

from tests import browser
from tests.demos import Demo
from tests.people import Backend, MetaConsent, Renewal

from . import layout, shell, system
from .trouble import Trouble

NAME = "pictures"
FOLDER = layout.ROOT / "docs" / "pictures"
# Those that the store page shows; it is to be self-contained.
STORE = layout.ROOT / layout.ADDON / "static" / "description"
IN_STORE = ("overview", "profiles", "kanban", "renewal-3", "mail")
# Pictures of whole pages: name and path.
BOARDS = {
    "overview": "social-overview",
    "kanban": "social-profiles?view_type=kanban",
    "forecast": "social-forecast",
    "at-risk": "social-messages-at-risk",
    "help": "social-help?topic=why-tokens-end",
}
COLOURS = 128
LARGEST = 150 * 1024
LOST = ("Instagram", "Floricultura Íris")
ALL_LOADED = "document.fonts.ready && [...document.images].every(one => one.complete)"
HEALTHY = ("Instagram", "Mercado Bom Dia")
GRANTER = "Felipe Nunes"


class Camera:
    """Takes pictures of a browser's page for ``docs/pictures``."""

    def __init__(self, page):
        self.page = page

    def take(self, name):
        """Take a picture of what the window shows, once it stands still.

        :raise Trouble: when it gets too large for a repository
        """
        # Nothing is hovered or focused, nothing is being faded in.
        self.page.mouse.move(0, 0)
        self.page.evaluate("document.activeElement?.blur()")
        time.sleep(0.5)
        self.page.wait_for_function(ALL_LOADED)
        path = FOLDER / f"{name}.png"
        self.page.screenshot(path=path, animations="disabled", caret="hide")
        shrink(path)
        shell.say(f"{path.relative_to(layout.ROOT)}: {path.stat().st_size // 1024} KB")


def shrink(path):
    """Write a picture with few colours: a screen has not many.

    :raise Trouble: when it is still too large
    """
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        raise Trouble(f"{path} is larger than {LARGEST // 1024} KB.")


# --- the pictures ---------------------------------------------------------------------


def take_all(chromium, odoo_url, sandbox_url):
    FOLDER.mkdir(parents=True, exist_ok=True)
    with person(chromium, odoo_url, "marina") as page:
        take_renewal(page, odoo_url)
    with window(chromium) as page:
        take_mail(page, sandbox_url)
    with person(chromium, odoo_url, "admin") as page:
        take_app(page, odoo_url)


@contextlib.contextmanager
def window(chromium):
    context = chromium.new_context(viewport=browser.VIEWPORT, locale="en-US")
    yield context.new_page()
    context.close()


@contextlib.contextmanager
def person(chromium, odoo_url, login):
    """Give a page of somebody who has logged in to Odoo."""
    with window(chromium) as page:
        # The demo's passwords are the log-ins.
        browser.login(page, odoo_url, login, login)
        yield page


def take_renewal(page, odoo_url):
    """Walk from the alert at log-in through the six steps, as a Manager does."""
    camera = Camera(page)
    page.wait_for_selector(".o_social_login_alert")
    camera.take("renewal-1")
    backend = Backend(page, odoo_url)
    for name, path in BOARDS.items():
        backend.open(path)
        camera.take(name)
    backend.open("social-profiles")
    for network in ("Messenger", "Instagram"):
        page.locator(".o_search_panel").get_by_label(network).check()
    backend.expect_status(*HEALTHY, "Valid")
    camera.take("profiles")
    backend.row(*LOST).locator("td[name=name]").click()
    page.wait_for_selector(".o_form_view .alert-danger")
    camera.take("profile")
    backend.press("Reconnect")
    renewal = Renewal(page).expect_step("Log in with Facebook")
    renewal.press("Back").expect_step("Start")
    camera.take("renewal-2")
    renewal.press("Start").expect_step("Log in with Facebook")
    camera.take("renewal-3")
    renewal.press("Log in with Facebook")
    take_consent(page, camera)
    renewal.expect_step("Select accounts")
    camera.take("renewal-5")
    renewal.press("Continue").expect_step("Finish")
    camera.take("renewal-6")


def take_consent(page, camera):
    """Grant all pages at the network, the one that is new there, too."""
    consent = MetaConsent(page).log_in(GRANTER)
    camera.take("renewal-4")
    consent.reconnect()
    tick_all(page)
    camera.take("consent")
    consent.go_on()
    tick_all(page)
    consent.finish()


def tick_all(page):
    for box in page.locator("label.asset input").all():
        box.check()


def take_mail(page, sandbox_url):
    page.goto(f"{sandbox_url}/mail?to=marina@example.com")
    page.locator("a.mail").first.click()
    page.wait_for_selector("iframe")
    Camera(page).take("mail")


def take_app(page, odoo_url):
    """Show the app of the agency as an Owner sees it."""
    Backend(page, odoo_url).open("social-apps")
    page.locator(".o_data_row").filter(has_text="Horizonte Digital").first.click()
    page.wait_for_selector(".o_form_view")
    Camera(page).take("app")


def fill_store():
    """Copy the pictures of the store page to it, as far as they were taken."""
    for name in IN_STORE:
        taken = FOLDER / f"{name}.png"
        if taken.exists():
            shutil.copyfile(taken, STORE / taken.name)


def main():
    path = system.browser()
    if not path:
        raise Trouble("Chromium is missing: install it.")
    demo = Demo(NAME)
    demo.clear()
    try:
        demo.start()
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path=path, args=browser.ARGUMENTS
            )
            take_all(chromium, demo.url, demo.sandbox_url)
            chromium.close()
        fill_store()
    finally:
        demo.clear()


if __name__ == "__main__":
    main()
