"""X's challenge-response check of a webhook ("Webhooks")."""

import base64
import json
import secrets

from ..apps import app_named
from ..courier import send
from ..signing import digest


def handshake(network, data):
    """Ask the app's webhook to sign a text, as X does every hour."""
    app = app_named(network, data)
    data.finish()
    token = secrets.token_urlsafe(24)
    status, text = send(f"{app.webhook_url}?crc_token={token}")
    found = base64.b64encode(digest(app.api_secret, token.encode())).decode()
    return {"status": status, "verified": is_answer(text, f"sha256={found}")}


def is_answer(text, expected):
    try:
        return json.loads(text)["response_token"] == expected
    except (ValueError, LookupError, TypeError):
        return False
