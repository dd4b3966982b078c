"""The user guide says what the help says, and the store page stands on its own."""

import re
from pathlib import Path

from lxml import html

from dev import guide, layout

STORE = layout.ROOT / layout.ADDON / "static" / "description"


def test_the_guide_is_up_to_date():
    text = guide.GUIDE.read_text()
    assert guide.build(text) == text, "run: python3 -m dev module dev.guide"


def test_every_help_topic_is_in_the_guide_once():
    text = guide.GUIDE.read_text()
    topics = guide.read_records(guide.TOPICS)
    assert len(topics) > 15
    for topic in topics:
        assert text.count(f'<a id="{topic["code"]}"></a>') == 1
        assert text.count(f"### {topic['name']}\n") == 1


def test_a_changed_topic_would_be_noticed():
    topic = {
        "code": "one",
        "name": "One?",
        "summary": "Of two.",
        "revised_on": "2026-01-02",
        "body": html.fragment_fromstring(
            "<p>A <b>bold</b> word, <a href='/odoo/social-help?topic=two'>two</a>.</p>"
            "<ol><li>First</li><li>Second</li></ol>",
            create_parent="field",
        ),
    }
    lines = guide.article(topic, [], [])
    assert "A **bold** word, [two](#two)." in lines
    assert lines[lines.index("1. First") + 1] == "2. Second"


def test_links_and_pictures_of_the_guide_lead_somewhere():
    text = guide.GUIDE.read_text()
    anchors = set(re.findall(r'<a id="([\w-]+)">', text)) | {
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
        for title in re.findall(r"^#+ (.+)$", text, re.M)
    }
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        elif not target.startswith("https://"):
            assert (guide.GUIDE.parent / target).exists(), target


def test_the_store_page_is_self_contained():
    page = html.fromstring((STORE / "index.html").read_text())
    pictures = [one.get("src") for one in page.iter("img")]
    assert pictures
    for name in pictures:
        assert name == Path(name).name, f"{name} is not beside the page"
        assert (STORE / name).exists(), name
    assert all(one.get("alt") for one in page.iter("img"))
    assert not list(page.iter("script", "link", "iframe", "style"))
    for link in page.iter("a"):
        assert link.get("href").startswith("#")
