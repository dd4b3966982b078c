"""What team chats are sent: the shape each takes, harmless and never too long."""

import json

from odoo.tests import BaseCase, tagged

from ..providers import chat
from ..providers.chat import Line, Message, payload


def message(*lines, title="3 connections need somebody"):
    return Message(
        title,
        lines,
        lambda count: f"And {count} more.",
        Line("", "See all", "https://odoo.example/odoo/social-profiles"),
    )


def text_of(kind, document):
    """Return all that is to be read in a message."""
    if kind == chat.TEAMS:
        (card,) = document["attachments"]
        return "\n".join(block["text"] for block in card["content"]["body"])
    return document["content" if kind == chat.DISCORD else "text"]


@tagged("post_install", "-at_install")
class TestChat(BaseCase):
    def test_each_chat_gets_its_link_as_it_writes_links(self):
        line = Line("Café ends", "Renew", "https://odoo.example/social/renew/1")
        links = {
            chat.SLACK: "<https://odoo.example/social/renew/1|Renew>",
            chat.GOOGLE_CHAT: "<https://odoo.example/social/renew/1|Renew>",
            chat.MATTERMOST: "[Renew](https://odoo.example/social/renew/1)",
            chat.DISCORD: "[Renew](https://odoo.example/social/renew/1)",
            chat.TEAMS: "[Renew](https://odoo.example/social/renew/1)",
        }
        self.assertEqual(set(links), set(chat.BUILDERS))
        for kind, link in links.items():
            with self.subTest(kind=kind):
                text = text_of(kind, payload(kind, message(line)))
                self.assertIn(f"Café ends {link}", text)
                self.assertIn("3 connections need somebody", text)
                self.assertIn("social-profiles", text)

    def test_the_shapes_are_those_that_the_chats_document(self):
        built = {kind: payload(kind, message()) for kind in chat.BUILDERS}
        self.assertEqual(set(built[chat.GOOGLE_CHAT]), {"text"})
        self.assertEqual(set(built[chat.MATTERMOST]), {"text"})
        self.assertFalse(built[chat.SLACK]["unfurl_links"])
        self.assertEqual(built[chat.DISCORD]["allowed_mentions"], {"parse": []})
        teams = built[chat.TEAMS]
        self.assertEqual(teams["type"], "message")
        (card,) = teams["attachments"]
        self.assertEqual(card["contentType"], "application/vnd.microsoft.card.adaptive")
        self.assertEqual(card["content"]["type"], "AdaptiveCard")

    def test_a_name_neither_calls_a_channel_nor_becomes_a_link(self):
        for name, kind, wrong in (
            ("<!channel>", chat.SLACK, "<!channel>"),
            ("<https://evil.example|x>", chat.SLACK, "<https"),
            ("<users/all>", chat.GOOGLE_CHAT, "<users"),
            ("@all", chat.MATTERMOST, "@all"),
            ("[x](https://evil.example)", chat.DISCORD, "[x]("),
            ("[x](https://evil.example)", chat.TEAMS, "[x]("),
        ):
            with self.subTest(name=name, kind=kind):
                text = text_of(kind, payload(kind, message(Line(name))))
                self.assertNotIn(wrong, text.partition("\n")[2].partition("\n")[0])

    def test_what_does_not_fit_is_counted(self):
        url = "https://odoo.example/social/renew/123456"
        lines = [Line(f"Ünïcödé {one} {'x' * 80}", "Renew", url) for one in range(300)]
        for kind, limit in chat.LIMITS.items():
            with self.subTest(kind=kind):
                text = text_of(kind, payload(kind, message(*lines)))
                shown = text.count("Renew")
                self.assertGreater(shown, 5)
                self.assertIn(f"And {300 - shown} more.", text)
                self.assertLessEqual(len(text), limit)
                document = json.dumps(payload(kind, message(*lines)))
                self.assertLess(len(document), 28_000)

    def test_what_fits_is_not_counted(self):
        text = text_of(chat.SLACK, payload(chat.SLACK, message(Line("One"))))
        self.assertNotIn("more", text)
