"""Messages as team chats take them by an incoming webhook.

A message is a title, lines that each lead somewhere, and where to see everything. What
does not fit is counted, never cut in the middle: a chat refuses what is too long.

Sources: Slack, "Sending messages using incoming webhooks" and "Formatting text";
Mattermost, "Incoming webhooks"; Google Chat, "Format messages"; Discord, "Execute
Webhook"; Microsoft Teams, "Create and send messages" (adaptive cards, which its
workflows take as well as its older connectors).
"""

import re
from typing import NamedTuple

SLACK, MATTERMOST, TEAMS = "slack", "mattermost", "teams"
GOOGLE_CHAT, DISCORD = "google_chat", "discord"
# Characters, with room for what the envelope adds. Slack and Discord name theirs;
# Teams takes 28 KB, and a character may be four bytes or six of JSON.
LIMITS = {SLACK: 3800, MATTERMOST: 3800, GOOGLE_CHAT: 3800, DISCORD: 1900, TEAMS: 4500}
MARKDOWN = re.compile(r"([\\`*_\[\]()~#|<>])")
SUPPRESS_EMBEDS = 1 << 2


class Line(NamedTuple):
    """One line of a message: what is said, and a link with its words, if any."""

    text: str
    label: str = ""
    url: str = ""


class Message(NamedTuple):
    """What a chat is told.

    :ivar lines: :class:`Line` objects, the most urgent first
    :ivar rest: function of a number; returns the words for what did not fit
    :ivar footer: a :class:`Line` that leads to everything
    """

    title: str
    lines: tuple
    rest: object
    footer: Line


def payload(kind, message):
    """Return the JSON document that a kind of chat takes.

    :param Message message: its texts are plain; they are made harmless here, so that
        no name of a page becomes a link or calls a whole channel
    """
    return BUILDERS[kind](fit(message, LIMITS[kind], WRITERS[kind]))


def fit(message, limit, write):
    """Return the written lines of a message that fit, with the count of the others.

    :param write: function of a :class:`Line`
    :return: title, lines and footer, each written
    """
    title, footer = write(Line(message.title)), write(message.footer)
    rest = [write(Line(message.rest(len(message.lines))))]
    room = limit - sum(map(len, (title, footer, *rest)))
    lines = []
    for line in message.lines:
        written = write(line)
        room -= len(written) + 1
        if room < 0:
            break
        lines.append(written)
    left = len(message.lines) - len(lines)
    return [title, *lines, *([write(Line(message.rest(left)))] if left else []), footer]


def _write_slack(line):
    text = line.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"{text} <{line.url}|{_slack_label(line)}>" if line.url else text


def _slack_label(line):
    return re.sub(r"[<>|&]", " ", line.label)


def _write_google(line):
    # It knows no escape: what opens a link or a mention gives way to a look-alike.
    text = line.text.replace("<", "‹").replace(">", "›")
    return f"{text} <{line.url}|{_slack_label(line)}>" if line.url else text


def _write_markdown(line):
    text = _harmless(line.text)
    return f"{text} [{_harmless(line.label)}]({line.url})" if line.url else text


def _harmless(text):
    # Mattermost calls a channel by its mere name after an at sign, escaped or not.
    return MARKDOWN.sub(r"\\\1", text).replace("@", "@\u200b")


def _build_text(written):
    return {"text": "\n".join(written)}


def _build_slack(written):
    return {**_build_text(written), "unfurl_links": False, "unfurl_media": False}


def _build_discord(written):
    return {
        "content": "\n".join(written),
        "allowed_mentions": {"parse": []},
        "flags": SUPPRESS_EMBEDS,
    }


def _build_teams(written):
    title, *others = written
    blocks = [{"type": "TextBlock", "text": title, "weight": "Bolder", "wrap": True}]
    blocks += [{"type": "TextBlock", "text": text, "wrap": True} for text in others]
    return {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": None,
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    "body": blocks,
                },
            }
        ],
    }


WRITERS = {
    SLACK: _write_slack,
    GOOGLE_CHAT: _write_google,
    MATTERMOST: _write_markdown,
    DISCORD: _write_markdown,
    TEAMS: _write_markdown,
}
BUILDERS = {
    SLACK: _build_slack,
    GOOGLE_CHAT: _build_text,
    MATTERMOST: _build_text,
    DISCORD: _build_discord,
    TEAMS: _build_teams,
}
