"""Every screen of the product, and how a person of the demo gets there.

For pictures (``dev/screens.py``) and for tests of every screen at once.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from tests import browser, scenes
from tests.servers import ADDONS_PATH, Rpc

# A demo that gets these arguments can be turned dark.
WITH_DARK = ADDONS_PATH
PRESS = """
async ([resModel, name, resIds]) => {
    const { action } = odoo.__WOWL_DEBUG__.root.env.services;
    const record = { resModel, resIds, resId: resIds[0] };
    await action.doActionButton({ type: "object", name, ...record });
}
"""
STILL = """
() => !document.querySelector(".o_loading_indicator, .o_blockUI") &&
    [...document.images].every((one) => one.complete || one.loading === "lazy")
"""
# The last two are pages without the web client.
SETTLED = ".o_action, .o_technical_modal .modal-content, body > main, main .page"
BROKEN = [("reason", "=", "revoked")]
HEALTHY = [("status", "=", "valid")]
CLIENT = [("name", "=", scenes.TROUBLED)]
FACEBOOK = [("network_id.code", "=", "facebook"), ("reason", "!=", False)]


@dataclass(frozen=True)
class Screen:
    """One screen.

    :ivar login: of the person who looks at it
    :ivar path: of the web client, after ``/odoo/``
    :ivar model: of the record that is opened there, the first one of the domain
    :ivar method: a method of it that returns the action to open
    :ivar tab: name of the page of the form's notebook to open
    :ivar scene: what has to happen first, see :mod:`tests.scenes`; instead of a path
    :ivar press: selector of what is pressed at last
    :ivar mode: in which alone the tests look at it, for the sake of time; all without
    """

    name: str
    login: str = "marina"
    path: str = ""
    model: str = ""
    domain: list = field(default_factory=list)
    method: str = ""
    view: str = ""
    tab: str = ""
    scene: Callable | None = None
    press: str = ""
    mode: str = ""


DESK, PHONE = "desk", "phone"
PROFILE = {"path": "social-profiles", "model": "social.profile"}
SCREENS = [
    Screen("login-alert"),
    Screen("overview", path="social-overview"),
    Screen("profiles", path="social-profiles"),
    Screen("cards", path="social-profiles", view="kanban"),
    Screen("calendar", path="social-profiles", view="calendar"),
    Screen("graph", path="social-profiles", view="graph"),
    Screen("pivot", path="social-profiles", view="pivot"),
    Screen("at-risk", path="social-messages-at-risk"),
    Screen("forecast", path="social-forecast"),
    Screen("forecast-wizard", **PROFILE, domain=HEALTHY, method="action_simulate"),
    Screen("profiles-of-a-member", "bruno", path="social-profiles"),
    Screen("profile-broken", **PROFILE, domain=BROKEN),
    Screen("profile-healthy", **PROFILE, domain=HEALTHY),
    Screen("profile-prerequisites", **PROFILE, domain=BROKEN, tab="prerequisites"),
    Screen("renewal", **PROFILE, domain=FACEBOOK, method="action_renew"),
    Screen("renewal-start", scene=scenes.at_the_start, mode=DESK),
    Screen("renewal-network", scene=scenes.at_the_network, mode=PHONE),
    Screen("renewal-selection", scene=scenes.at_the_selection, mode=PHONE),
    Screen("renewal-end", scene=scenes.at_the_end, mode=DESK),
    Screen("people", **PROFILE, domain=BROKEN, method="action_see_managers"),
    Screen(
        "judgement",
        **PROFILE,
        domain=BROKEN,
        method="action_see_managers",
        press="button[name=action_judge]:visible",
        mode=PHONE,
    ),
    Screen("disconnect", **PROFILE, domain=HEALTHY, method="action_disconnect"),
    Screen("link-wizard", **PROFILE, domain=BROKEN, method="action_invite"),
    Screen("take", **PROFILE, domain=BROKEN, method="action_take"),
    Screen("queue", **PROFILE, domain=BROKEN, method="action_renew_all"),
    Screen("link-invitation", scene=scenes.invitation, mode=PHONE),
    Screen("link-over", scene=scenes.invitation_that_is_over, mode=PHONE),
    Screen("link-cancelled", scene=scenes.invitation_cancelled, mode=PHONE),
    Screen(
        "link-other-account", scene=scenes.invitation_of_another_account, mode=PHONE
    ),
    Screen("link-form", scene=scenes.made_link, mode=DESK),
    Screen("link-thanks", scene=scenes.invitation_followed, mode=PHONE),
    Screen("links", path="social-links"),
    Screen("deletion", scene=scenes.deletion, mode=PHONE),
    Screen("help", path="social-help"),
    Screen("help-topic", path="social-help?topic=why-tokens-end"),
    Screen("journal", path="social-journal"),
    Screen("signals", path="social-signals"),
    Screen("notices", path="social-notices"),
    Screen("notifications", path="social-notifications"),
    Screen(
        "preferences",
        **PROFILE,
        domain=HEALTHY,
        method="action_manage_notifications",
        mode=PHONE,
    ),
    Screen(
        "systray",
        path="social-profiles",
        press=".o_social_systray button",
        mode=DESK,
    ),
    Screen(
        "contact",
        path="m-res.partner",
        model="res.partner",
        domain=CLIENT,
        tab="social_connections",
        mode=DESK,
    ),
    Screen("month", scene=scenes.month_of_a_client, mode=DESK),
    Screen("apps", "admin", path="social-apps"),
    Screen("app", "admin", path="social-apps", model="social.app"),
    Screen("networks", "admin", path="social-networks"),
    Screen("network", "admin", path="social-networks", model="social.network"),
    Screen("chats", "admin", path="social-chats"),
    Screen("settings", "admin", path="settings#social_token_manager"),
    Screen("settings-of-a-company", "ana", path="social-settings"),
    Screen("roles", "ana", path="social-roles"),
    Screen("empty", "admin", scene=scenes.empty_overview, mode=PHONE),
    Screen("empty-list", "admin", scene=scenes.empty_list, mode=DESK),
    Screen("copied", "admin", scene=scenes.copied, mode=PHONE),
]


class Visitor:
    """A person of the demo in a browser, who goes from screen to screen.

    :param page: who has logged in on it
    :ivar undo: what is to be called before the next screen
    """

    def __init__(self, page, demo, login):
        self.page = page
        self.demo = demo
        self.login = login
        self.undo = []
        self.rpc = Rpc(demo.url, demo.name, login, login)

    def show(self, screen):
        """Open a screen and wait until it stands still."""
        self.leave()
        if screen.scene:
            self.page.goto(self.demo.url + screen.scene(self))
        if screen.path:
            self._open(screen)
        if screen.tab:
            self.page.locator(f".o_notebook .nav-link[name={screen.tab}]").click()
        self._settle()
        if screen.press:
            self.page.locator(screen.press).first.click()
            self._settle()

    def leave(self):
        """Undo what there was for the sake of a screen."""
        while self.undo:
            self.undo.pop()()

    def _settle(self):
        self.page.wait_for_selector(SETTLED)
        self.page.wait_for_function(STILL)
        self.page.wait_for_timeout(400)

    def _open(self, screen):
        path = f"{self.demo.url}/odoo/{screen.path}"
        if screen.view:
            path += f"?view_type={screen.view}"
        found = screen.model and self.rpc.call(
            screen.model, "search", screen.domain, limit=1
        )
        if found == []:
            raise AssertionError(f"The demo has nothing to show for {screen.name}")
        is_form = found and not screen.method
        self.page.goto(f"{path}/{found[0]}" if is_form else path)
        self.page.wait_for_selector(SETTLED)
        if screen.method:
            self.page.evaluate(PRESS, [screen.model, screen.method, found])


def add_dark_scheme(demo):
    """Let the demo be dark to whoever has the cookie; Odoo's community edition has no
    scheme of its own."""
    rpc = Rpc(demo.url, demo.name, "admin", "admin")
    rpc.call("ir.module.module", "update_list")
    found = rpc.call(
        "ir.module.module", "search", [("name", "=", "social_dark_scheme")]
    )
    rpc.call("ir.module.module", "button_immediate_install", found)


@contextlib.contextmanager
def visit(chromium, demo, login, dark=False, **context):
    """Give a :class:`Visitor`; the alert at log-in is still open.

    :param context: of the browser, such as its viewport
    """
    opened = chromium.new_context(**{"viewport": browser.VIEWPORT, **context})
    opened.set_default_timeout(60_000)
    if dark:
        cookie = {"name": "color_scheme", "value": "dark", "url": demo.url}
        opened.add_cookies([cookie])
    page = opened.new_page()
    page.console = browser.Console(page)
    # A browser looks for the icon that pages without the web client do not name.
    page.console.expect(r"404.*/favicon\.ico")
    try:
        browser.login(page, demo.url, login, login)
        visitor = Visitor(page, demo, login)
        try:
            yield visitor
        finally:
            visitor.leave()
    finally:
        opened.close()
