"""Help articles refer to one another by codes."""

import re

PAGE = "/odoo/social-help"
LINK = re.compile(rf'href="{PAGE}\?topic=([\w-]+)"')


def split_codes(text):
    """Return the codes that a text such as ``one, two`` names."""
    return [code.strip() for code in (text or "").split(",") if code.strip()]


def linked_codes(body):
    """Return the codes of the articles that the HTML of an article leads to."""
    return LINK.findall(body or "")
