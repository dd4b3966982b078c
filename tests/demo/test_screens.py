"""Every screen works for everybody: with a screen reader, on a telephone."""

import itertools

import pytest

from dev import system
from tests.axe import Axe
from tests.screens import DESK, PHONE, SCREENS, visit

# One demo serves all: whatever else is true of these tests, they stay together.
# The first test waits for the demo to be built.
pytestmark = [
    pytest.mark.processes,
    pytest.mark.browser,
    pytest.mark.timeout(1200),
]

SMALL = {"width": 390, "height": 844}
MODES = {
    DESK: {},
    PHONE: {"viewport": SMALL, "has_touch": True, "is_mobile": True},
}
# A dialog makes the page behind it unreachable.
OURS = [
    ".o_social_systray",
    ".o_social_systray_content",
    ".o_action_manager",
    # Without the web client: pages for people outside, and reports.
    "body > main",
    "main .page",
]
DIALOG = ".o_dialog .modal-content"
# Parts of Odoo's own web client, which its makers have to mend.
ODOO = [
    ".o_control_panel",
    ".o_search_panel",
    ".o-mail-Chatter",
    ".o-mail-Avatar",
    ".o_field_widget .o_tag",
    ".o_field_widget input.o-autocomplete--input",
    ".o_field_widget input.o_select_menu_input",
    ".o_field_widget .o_dropdown_button",
    ".o_field_widget .o-dropdown",
    ".o_notebook_headers",
    ".o_list_record_selector",
    ".o_optional_columns_dropdown",
    ".o_data_cell .o_boolean_toggle, .o_data_cell .o-checkbox",
    ".o_progress",
    ".o_clipboard_button",
    ".o_calendar_view",
    ".o_pivot_measure_row",
    ".o_list_record_open_form_view",
    ".o_datetime_picker",
    ".o_time_picker_input",
    ".o_form_label",
    ".o_form_uri",
    # The name in one's preferences.
    ".modal-content #name_0",
    ".settings_tab",
    ".o_setting_right_pane > .text-muted",
    ".modal-header .btn",
]
TOO_WIDE = """
() => {
    const wide = [...document.querySelectorAll(".modal-content, .o_action")];
    const most = Math.max(...wide.map((one) => one.getBoundingClientRect().right), 0);
    return Math.max(most, document.documentElement.scrollWidth) - window.innerWidth;
}
"""


@pytest.fixture(scope="module")
def axe():
    # As with the browser: only in CI is it a fault that npm could not give it.
    if not Axe.is_there() and not system.in_ci():
        pytest.skip("axe-core is missing")
    return Axe(ODOO)


# The first of them waits for the demo, too.
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mode", MODES)
def test_nobody_is_kept_out_of_a_screen(chromium, demo, axe, mode):
    """By WCAG 2.2 AA, as far as axe-core can tell, and by what does not fit."""
    found = []
    wanted = [one for one in SCREENS if one.mode in ("", mode)]
    for login, screens in itertools.groupby(wanted, lambda one: one.login):
        with visit(chromium, demo, login, **MODES[mode]) as visitor:
            for screen in screens:
                visitor.show(screen)
                ours = OURS if not visitor.page.query_selector(DIALOG) else [DIALOG]
                found += axe.look(visitor.page, f"{screen.name} ({mode})", ours)
                if (excess := visitor.page.evaluate(TOO_WIDE)) > 0:
                    found.append(f"{screen.name} ({mode}): {excess} px too wide")
            found += visitor.page.console.unexpected()
    assert not found, f"{len(found)} faults:\n" + "\n".join(found)
