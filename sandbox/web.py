"""HTML, language and pictures of the stand-in's own pages."""

import hashlib
import struct
import zlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.wrappers import Response

from .texts import LANGUAGES, translate

HERE = Path(__file__).parent
_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template, status=200, lang="en", **values):
    """Return an HTML answer; ``t`` translates inside the template."""

    def t(key, **names):
        return translate(lang, key, **names)

    html = _templates.get_template(template).render(lang=lang, t=t, **values)
    return Response(html, status=status, content_type="text/html; charset=utf-8")


def choose_language(request, locale=None):
    """Return the language: ``locale`` parameter, else the browser's, else English."""
    if locale:
        return "pt_BR" if locale.lower().startswith("pt") else "en"
    best = request.accept_languages.best_match(["en", "en-US", "pt-BR", "pt"], "en")
    return LANGUAGES[1] if best.startswith("pt") else LANGUAGES[0]


def avatar_png(key, size=96):
    """Return a small PNG whose colour and symmetric pattern depend on ``key`` only."""
    digest = hashlib.sha256(str(key).encode()).digest()
    ink = bytes(64 + digest[channel] // 2 for channel in range(3))
    paper = bytes(255 - (255 - value) // 5 for value in ink)
    cell = size // 6
    margin = (size - 5 * cell) // 2

    def pixel(x, y):
        column, row = (x - margin) // cell, (y - margin) // cell
        if not (0 <= column < 5 and 0 <= row < 5):
            return paper
        # Mirrored columns: the right half repeats the left one.
        return ink if digest[3 + row * 3 + min(column, 4 - column)] & 1 else paper

    rows = b"".join(
        b"\0" + b"".join(pixel(x, y) for x in range(size)) for y in range(size)
    )
    return _png(size, rows)


def _png(size, rows):
    """Return an 8-bit RGB PNG file (W3C PNG specification, sections 5 and 11)."""

    def chunk(kind, data):
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
