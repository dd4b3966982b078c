"""What we sign is taken by the library that others receive it with."""

import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from odoo.addons.social_token_manager.providers.posting import (
    new_secret,
    signed_headers,
)

BODY = '{"type": "connection.expired", "data": {"name": "Café"}}'.encode()


@pytest.fixture
def secret():
    return new_secret()


@pytest.fixture
def headers(secret):
    return signed_headers(secret, "msg_1", int(time.time()), BODY)


def test_a_message_of_ours_is_taken(secret, headers):
    assert Webhook(secret).verify(BODY, headers)["data"] == {"name": "Café"}


@pytest.mark.parametrize(
    "name, value",
    [
        ("webhook-id", "msg_2"),
        ("webhook-timestamp", str(int(time.time()) + 7)),
        ("webhook-signature", "v1,AAAA"),
    ],
    # Workers must come to the same names.
    ids=["id", "timestamp", "signature"],
)
def test_a_header_that_was_changed_is_found_out(secret, headers, name, value):
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, {**headers, name: value})


def test_a_body_that_was_changed_is_found_out(secret, headers):
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + b" ", headers)


def test_another_secret_does_not_open_it(headers):
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY, headers)


def test_a_message_from_long_ago_is_not_taken(secret):
    old = signed_headers(secret, "msg_1", int(time.time()) - 3600, BODY)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, old)
