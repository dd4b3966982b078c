"""Sealing of secrets: AES-256-GCM in an envelope bound to its place.

An envelope is ``stm1.<kid>.<base64url(nonce + ciphertext + tag)>``. The associated data
name the place (model, id, field, generation), so an envelope that is moved to another
row or field, or put back after a newer one, does not open. Whoever rolls back a
ciphertext *and* its generation together goes unnoticed: nothing inside the database
could tell.

A key file has one key a line, ``<kid> <base64url of 32 bytes>``; the first one writes,
all of them read. Blank lines and lines with ``#`` are passed over.
"""

import base64
import binascii
import logging
import os
import re
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from . import files

_logger = logging.getLogger(__name__)

VERSION = "stm1"
SPACE = "social_token_manager"
KEY_BYTES = 32
NONCE_BYTES = 12
ENVELOPE = re.compile(r"(stm[0-9]+)\.([A-Za-z0-9]+)\.([A-Za-z0-9_-]*)")


class KeyringError(Exception):
    """Base of everything that keeps a secret from being sealed or opened."""


class KeyFileInvalid(KeyringError):
    """The key file cannot be used; the text says why, never with its content."""


class KeyFileMissing(KeyringError):
    """There is no key file where one is expected."""


class UnknownKey(KeyringError):
    """The envelope was sealed with a key that is not in the file: wait, not damaged."""


class UnknownVersion(KeyringError):
    """The envelope is of a newer version of this addon: wait, not damaged."""


class SecretDamaged(KeyringError):
    """The envelope does not belong here, or was changed."""


def is_envelope(value):
    """Return whether a value looks like an envelope of ours."""
    return isinstance(value, str) and value.startswith(f"{VERSION}.")


@dataclass(frozen=True)
class Keyring:
    """Keys by id; ``writer`` is the id of the one that seals."""

    writer: str
    keys: dict = field(repr=False)

    def seal(self, plain, place):
        """Return the envelope of a text.

        :param tuple place: what the envelope is bound to, texts
        """
        nonce = os.urandom(NONCE_BYTES)
        box = AESGCM(self.keys[self.writer])
        sealed = nonce + box.encrypt(nonce, plain.encode(), _associated(place))
        return f"{VERSION}.{self.writer}.{_encode(sealed)}"

    def open(self, envelope, place):
        """Return the text in an envelope.

        :raise UnknownKey: its key is not in this ring
        :raise UnknownVersion: it is of another version than ours
        :raise SecretDamaged: it is malformed, changed, or belongs to another place
        """
        kid, sealed = _parse(envelope)
        if kid not in self.keys:
            raise UnknownKey(kid)
        nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            plain = AESGCM(self.keys[kid]).decrypt(nonce, rest, _associated(place))
            return plain.decode()
        except (InvalidTag, ValueError):
            raise SecretDamaged("authentication failed") from None

    def check_value(self, kid):
        """Return a text that tells a wrong key without telling the key."""
        derive = HKDF(algorithm=SHA256(), length=16, salt=None, info=b"stm1 check")
        return derive.derive(self.keys[kid]).hex()


def load(path):
    """Return the :class:`Keyring` of a key file.

    :raise KeyFileMissing: there is no such file
    :raise KeyFileInvalid: it cannot be read or has another format
    """
    try:
        text = Path(path).read_text(encoding="ascii")
    except FileNotFoundError:
        raise KeyFileMissing(str(path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileInvalid(f"{path}: {type(error).__name__}") from None
    _warn_of_readers(path)
    return parse(text, path)


def parse(text, path="key file"):
    """Return the :class:`Keyring` of a key file's text; see :func:`load`."""
    keys = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        kid, _space, value = line.strip().partition(" ")
        if not kid.isalnum() or kid in keys:
            raise KeyFileInvalid(f"{path}, line {number}: key id missing or repeated")
        keys[kid] = _decode_key(value.strip(), f"{path}, line {number}")
    if not keys:
        raise KeyFileInvalid(f"{path}: no key in it")
    return Keyring(writer=next(iter(keys)), keys=keys)


def generate(path):
    """Create a key file with one new key, unless somebody else just did.

    The file appears with its whole content or not at all, mode 0600; of several
    processes that try at once one wins and the others use what it wrote.

    :raise KeyFileInvalid: it cannot be written, or what is there cannot be used
    """
    try:
        _write_new(path)
    except OSError as error:
        raise KeyFileInvalid(f"{path}: {type(error).__name__}") from None
    return load(path)


def _write_new(path):
    line = f"{secrets.token_hex(4)} {_encode(os.urandom(KEY_BYTES))}\n"
    if files.create_once(path, line):
        _logger.info("New encryption key written to %s", path)


def _warn_of_readers(path):
    mode = os.stat(path).st_mode
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        _logger.warning(
            "Key file %s can be read by others: its mode should be 0400 or 0600", path
        )


def _decode_key(value, place):
    try:
        key = base64.b64decode(_padded(value), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise KeyFileInvalid(f"{place}: not base64url") from None
    if len(key) != KEY_BYTES:
        raise KeyFileInvalid(f"{place}: {len(key)} bytes instead of {KEY_BYTES}")
    return key


def _encode(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _padded(text):
    return text + "=" * (-len(text) % 4)


def _parse(envelope):
    """Return key id and sealed bytes; there is exactly one way to write each.

    :raise KeyringError: it is not an envelope, or not one of ours
    """
    found = ENVELOPE.fullmatch(str(envelope))
    if not found:
        raise SecretDamaged("not an envelope")
    version, kid, body = found.groups()
    if version != VERSION:
        raise UnknownVersion(version)
    try:
        sealed = base64.urlsafe_b64decode(_padded(body))
    except (binascii.Error, ValueError):
        raise SecretDamaged("not base64url") from None
    if _encode(sealed) != body:
        raise SecretDamaged("not base64url")
    return kid, sealed


def _associated(place):
    """Return the associated data: length-prefixed, so that no two places look alike."""
    parts = [part.encode() for part in (VERSION, SPACE, *map(str, place))]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
