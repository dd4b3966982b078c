"""What the stand-in mail server has taken, and when it refuses to take more."""

import email
import email.policy
import re
from collections import Counter, deque
from dataclasses import dataclass, fields
from functools import cached_property
from html.parser import HTMLParser

from .problems import ControlError

MAILS_REMEMBERED = 500
REFUSALS = {
    "none": None,
    "4xx": "451 4.3.0 Stand-in mail server: told to refuse, try again later",
    "5xx": "550 5.7.1 Stand-in mail server: told to refuse",
}
URL = re.compile(r"https?://[^\s<>\"']+")


class Anatomy(HTMLParser):
    """The links of an HTML text in their order, and its language."""

    def __init__(self, html):
        super().__init__()
        self.links, self.language = {}, None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.language = self.language or values.get("lang")
        if tag == "a" and values.get("href"):
            self.links[values["href"]] = True


@dataclass
class Mail:
    """One message as it came.

    :param at: when, in the sandbox's time.
    :param to: the addresses of the envelope; the headers may name others.
    """

    number: int
    at: int
    envelope_from: str
    to: list
    content: bytes

    def __getstate__(self):
        """Return what came; what is found out about it is found out anew."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    @cached_property
    def message(self):
        return email.message_from_bytes(self.content, policy=email.policy.default)

    @cached_property
    def headers(self):
        """The headers with their values decoded; of a repeated one, a line each."""
        found = {}
        for name, value in self.message.items():
            found.setdefault(name, []).append(encodable(str(value)))
        return {name: "\n".join(values) for name, values in found.items()}

    @property
    def sender(self):
        return encodable(str(self.message.get("From", ""))) or self.envelope_from

    @property
    def subject(self):
        return encodable(str(self.message.get("Subject", "")))

    @cached_property
    def html(self):
        return text_of(self.message.get_body(("html",)))

    @cached_property
    def text(self):
        return text_of(self.message.get_body(("plain",)))

    @cached_property
    def anatomy(self):
        return Anatomy(self.html)

    @property
    def links(self):
        """The addresses that the HTML part links to, else those in the text."""
        return list(self.anatomy.links if self.html else dict.fromkeys(urls(self.text)))

    @property
    def language(self):
        """The first ``lang`` of the HTML part, else what a header says, else None."""
        return self.anatomy.language or self.headers.get("Content-Language")

    @property
    def attachments(self):
        return [
            {
                "name": encodable(part.get_filename() or "unnamed"),
                "type": part.get_content_type(),
                "size": len(part.get_payload(decode=True) or b""),
            }
            for part in self.message.iter_attachments()
        ]

    def state(self):
        return {
            "number": self.number,
            "at": self.at,
            "from": self.sender,
            "envelope_from": self.envelope_from,
            "to": self.to,
            "subject": self.subject,
            "language": self.language,
            "text": self.text,
            "html": self.html,
            "links": self.links,
            "attachments": self.attachments,
            "headers": self.headers,
        }


class Mailbox:
    """The latest messages, for whomever they are."""

    def __init__(self, clock):
        self.clock = clock
        self.mails = deque(maxlen=MAILS_REMEMBERED)
        self.taken = 0
        self.refuse, self.refuse_to = "none", None

    def refusal(self, recipient):
        """Return what SMTP answers to a recipient who is refused, else None."""
        if self.refuse_to and not same_address(recipient, self.refuse_to):
            return None
        return REFUSALS[self.refuse]

    def keep(self, sender, recipients, content):
        """Take a message, given as bytes."""
        self.taken += 1
        to = [encodable(recipient) for recipient in recipients]
        self.mails.append(
            Mail(self.taken, self.clock.now(), encodable(sender), to, content)
        )

    def received(self, to=None):
        """Return the messages, oldest first: all, or those to one address."""
        return [
            mail
            for mail in self.mails
            if not to or any(same_address(address, to) for address in mail.to)
        ]

    def find(self, number):
        """Return the message with this number, or None."""
        return next((mail for mail in self.mails if mail.number == number), None)

    def recipients(self):
        """Return how many messages there are to each address."""
        return Counter(address.lower() for mail in self.mails for address in mail.to)


def text_of(part):
    """Return a part's text, or nothing when there is no such part."""
    if part is None:
        return ""
    try:
        text = part.get_content()
    except LookupError:
        # A character set that nobody knows.
        text = part.get_payload(decode=True).decode("utf-8", "replace")
    return encodable(text).replace("\r\n", "\n")


def encodable(text):
    """Return the text without the lone surrogates that stand for undecodable bytes."""
    return text.encode("utf-8", "replace").decode()


def urls(text):
    return [url.rstrip(".,;:)") for url in URL.findall(text)]


def same_address(one, other):
    return one.strip().lower() == other.strip().lower()


# --- controls


def clear(world, data):
    data.finish()
    world.mailbox.mails.clear()
    return {"cleared": True}


def change_settings(world, data):
    """Refuse what comes from now on, for everybody or for one recipient."""
    refuse, to = data.need("refuse"), data.take("to")
    data.finish()
    if refuse not in REFUSALS:
        raise ControlError(f"'refuse' is one of {', '.join(REFUSALS)}.")
    world.mailbox.refuse, world.mailbox.refuse_to = refuse, to
    return settings(world)


def received(world, data):
    """Return the messages, oldest first; ``to`` leaves those to one address."""
    return [mail.state() for mail in world.mailbox.received(data.take("to"))]


def settings(world):
    mailbox = world.mailbox
    return {
        "refuse": mailbox.refuse,
        "to": mailbox.refuse_to,
        "smtp_port": world.smtp_port,
    }
