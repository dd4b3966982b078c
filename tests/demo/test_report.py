"""The monthly report as a client gets it: a PDF file, made for real."""

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from dev import layout, system
from tests.screens import visit

# One demo serves all: whatever else is true of these tests, they stay together.
# The first test waits for the demo to be built.
pytestmark = [
    pytest.mark.processes,
    pytest.mark.browser,
    pytest.mark.timeout(1200),
]

# Their places among the months that are offered.
LAST_MONTH, THIS_MONTH = 0, -1


@pytest.fixture
def manager(chromium, demo):
    # As with the browser: only where it cannot be installed, and in CI that is a fault.
    if not system.has_printer():
        pytest.skip(f"{system.PRINTER} is missing")
    with visit(chromium, demo, "marina") as visitor:
        yield visitor


def client_of(manager):
    """Return the id and the name of a client with profiles."""
    (profile,) = manager.rpc.call(
        "social.profile",
        "search_read",
        [("partner_id", "!=", False), ("status", "=", "valid")],
        ["partner_id"],
        limit=1,
    )
    return profile["partner_id"]


def download(dialog, page, month):
    """Have a PDF file made, with the month of this number; return how much is drawn.

    Its words cannot be read: a wkhtmltopdf as Debian has it draws their outlines.
    """
    dialog.locator("div[name=month] input").click()
    page.locator(".o_select_menu_item").nth(month).click()
    with page.expect_download() as downloading:
        dialog.get_by_role("button", name="Download PDF").click()
    path = layout.SHOTS / f"month{month}.pdf"
    downloading.value.save_as(path)
    (drawn,) = PdfReader(path).pages
    return len(drawn.get_contents().get_data())


def test_a_manager_downloads_the_month_of_a_client_as_a_pdf_file(manager, demo):
    client_id, client = client_of(manager)
    page = manager.page
    page.goto(f"{demo.url}/odoo/res.partner/{client_id}")
    page.get_by_role("tab", name="Social Connections").click()
    page.get_by_role("button", name="Monthly Report").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("div[name=partner_id] input")).to_have_value(client)
    # The demo's connections were made today.
    empty = download(dialog, page, LAST_MONTH)
    assert empty > 10_000, "words"
    assert download(dialog, page, THIS_MONTH) > 1.5 * empty, "and a table"
