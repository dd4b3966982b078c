"""Hashes of secrets that are recognised when they come back, and never read again."""

import hashlib


def digest(text):
    """Return the hash of a random text of 256 bits; no salt is needed for those."""
    return hashlib.sha256(text.encode()).hexdigest()
