"""``python3 -m dev module dev.guide``: brings ``docs/guide.md`` in line with the help.

The articles of the guide are the help topics of the addon, and its tables what the
addon knows of each network; only what stands before the first mark is written by hand.
No database is needed.
"""

import re
from pathlib import Path

from lxml import etree

from . import layout, shell

DATA = layout.ROOT / layout.ADDON / "data"
TOPICS = DATA / "social_help_data.xml"
NETWORKS = DATA / "social_network_data.xml"
GUIDE = layout.ROOT / "docs" / "guide.md"
BEGIN = "<!-- Made of the help topics by `python3 -m dev module dev.guide`. -->"
CATEGORIES = {
    "tokens": "Access tokens",
    "renewing": "Renewing",
    "rights": "Rights",
    "connecting": "Connecting",
    "care": "Notices and care",
}
LINK = re.compile(r"^/odoo/social-help\?topic=([\w-]+)$")


def read_records(path):
    """Return the records of a data file, each as ``{field: text or element}``."""
    tree = etree.parse(str(path))
    return [
        {field.get("name"): value_of(field) for field in record.iter("field")}
        for record in tree.iter("record")
    ]


def value_of(field):
    if field.get("type") == "html":
        return field
    return field.get("eval") or field.get("ref") or (field.text or "").strip()


# --- articles -------------------------------------------------------------------------


def articles(topics, networks):
    """Return the Markdown of all articles, with a table of contents."""
    groups = {
        category: sorted(
            (topic for topic in topics if topic["category"] == category),
            key=lambda topic: int(topic["sequence"]),
        )
        for category in CATEGORIES
    }
    lines = ["## Articles", ""]
    for category, members in groups.items():
        links = [f"[{one['name']}](#{one['code']})" for one in members]
        lines.append(f"- {CATEGORIES[category]}: {' · '.join(links)}")
    for category, members in groups.items():
        lines += ["", f"## {CATEGORIES[category]}"]
        for topic in members:
            lines += ["", *article(topic, networks, topics)]
    return "\n".join(lines) + "\n"


def article(topic, networks, topics):
    """Return the lines of one article."""
    lines = [
        f'<a id="{topic["code"]}"></a>',
        "",
        f"### {topic['name']}",
        "",
        f"*{topic['summary']}* (last revised on {topic['revised_on']})",
        "",
        *body_lines(topic["body"]),
    ]
    if topic.get("table"):
        lines += [*table_lines(*TABLES[topic["table"]](networks)), ""]
    names = {one["code"]: one["name"] for one in topics}
    related = [code.strip() for code in topic.get("related_codes", "").split(",")]
    links = [f"[{names[code]}](#{code})" for code in related if code]
    return [*lines, f"Related: {' · '.join(links)}"]


def body_lines(field):
    """Return the paragraphs, headings and lists of an article as Markdown."""
    lines = []
    for block in field:
        if block.tag in ("ul", "ol"):
            lines += list_lines(block)
        elif block.tag == "h3":
            lines.append(f"#### {inline(block)}")
        else:
            lines.append(inline(block))
        lines.append("")
    return lines


def list_lines(block):
    numbered = block.tag == "ol"
    return [
        f"{f'{number}.' if numbered else '-'} {inline(item)}"
        for number, item in enumerate(block, 1)
    ]


def inline(element):
    """Return the text of an element, with its links and bold words."""
    parts = [element.text or ""]
    for child in element:
        text = inline(child)
        if child.tag == "a":
            text = f"[{text}]({address(child.get('href'))})"
        elif child.tag == "b":
            text = f"**{text}**"
        parts += [text, child.tail or ""]
    text = re.sub(r"\s+", " ", "".join(parts))
    # Spaces beside a bold word or a link belong to the sentence around it.
    return text if element.tag in ("a", "b") else text.strip()


def address(href):
    found = LINK.match(href)
    return f"#{found[1]}" if found else href


# --- tables ---------------------------------------------------------------------------


def validity(networks):
    rows = [(one["name"], lifespan(one), who_renews(one)) for one in networks]
    return ("Network", "Published lifespan", "Who renews"), rows


def lifespan(network):
    number, unit = int(network["validity_number"]), network["validity_unit"]
    text = f"{number} {unit[:-1] if number == 1 else unit}"
    note = network.get("validity_note")
    words = [text if number else "No automatic expiry", f"({note})" if note else ""]
    return " ".join(filter(None, words))


def who_renews(network):
    if network["renewal"] == "none":
        return "A person logs in"
    return "By itself, where the app may"


def rights(networks):
    rows = [(one["name"], one["native_role"]) for one in networks]
    return ("Network", "Right at the network"), rows


def loss(networks):
    rows = [
        (
            one["name"],
            days("the last %s days", one.get("history_limit_days"), "not known"),
            days("after %s days", one.get("purge_after_days"), "no"),
            f"[Limits of {one['name']}]({one['limits_url']})"
            if one.get("limits_url")
            else "",
        )
        for one in networks
    ]
    columns = "Network", "Can be fetched afterwards", "Held data is deleted", "More"
    return columns, rows


def days(text, number, otherwise):
    return text % number if int(number or 0) else otherwise


TABLES = {"validity": validity, "rights": rights, "loss": loss}


def table_lines(columns, rows):
    cells = [columns, ["---"] * len(columns), *rows]
    return [f"| {' | '.join(row)} |" for row in cells]


# --- the file -------------------------------------------------------------------------


def build(text):
    """Return the guide with its articles made anew; what is before the mark stays."""
    by_hand = text.partition(BEGIN)[0]
    topics, networks = read_records(TOPICS), read_records(NETWORKS)
    return f"{by_hand}{BEGIN}\n\n{articles(topics, networks)}"


def main():
    GUIDE.write_text(build(GUIDE.read_text()))
    shell.say(f"{Path(GUIDE).relative_to(layout.ROOT)} is up to date.")


if __name__ == "__main__":
    main()
