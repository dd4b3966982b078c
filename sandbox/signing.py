"""How each network signs what it sends; every signature can be spoilt on request."""

import base64
import functools
import hashlib
import hmac
import json
import secrets
from urllib.parse import urlencode

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def digest(secret, content):
    return hmac.new(secret.encode(), content, hashlib.sha256).digest()


def encode(data):
    return json.dumps(data, separators=(",", ":")).encode()


def unpadded(content):
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def spoil(how, secret, content):
    """Return the digest of a content, right or wrong as asked, None for unsigned."""
    if how == "none":
        return None
    if how == "wrong":
        return digest(secrets.token_hex(16), content)
    found = digest(secret, content)
    return found[:-1] + bytes([found[-1] ^ 1]) if how == "damaged" else found


def hub_signed(how, secret, data):
    """Return body and headers of one of Meta's webhooks.

    Meta signs the form with escaped characters, which is what is sent.
    """
    body = encode(data)
    found = spoil(how, secret, body)
    signed = {"X-Hub-Signature-256": f"sha256={found.hex()}"} if found else {}
    return body, {"Content-Type": JSON} | signed


def signed_request(how, secret, data):
    """Return body and headers of one of Meta's signed requests."""
    payload = unpadded(encode({"algorithm": "HMAC-SHA256"} | data))
    found = spoil(how, secret, payload.encode())
    value = f"{unpadded(found) if found else ''}.{payload}"
    body = urlencode({"signed_request": value}).encode()
    return body, {"Content-Type": FORM}


def tiktok_signed(how, secret, data, at):
    """Return body and headers of one of TikTok's webhooks."""
    body = encode(data)
    found = spoil(how, secret, str(at).encode() + b"." + body)
    signed = {"TikTok-Signature": f"t={at},s={found.hex()}"} if found else {}
    return body, {"Content-Type": JSON} | signed


def x_signed(how, secret, data):
    """Return body and headers of one of X's webhooks."""
    body = encode(data)
    found = spoil(how, secret, body)
    told = f"sha256={base64.b64encode(found).decode()}" if found else None
    signed = {"x-twitter-webhooks-signature": told} if told else {}
    return body, {"Content-Type": JSON} | signed


# --- security event tokens (RFC 8417); only these need the package cryptography


@functools.lru_cache(maxsize=2)
def rsa_key(which):
    """Return a key of this process; a wrong one is in no list."""
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(65537, 2048)


def key_name():
    numbers = rsa_key("right").public_key().public_numbers()
    return hashlib.sha256(str(numbers.n).encode()).hexdigest()[:16]


def key_list():
    """Return the keys as RFC 7517 writes them."""
    numbers = rsa_key("right").public_key().public_numbers()
    return {
        "keys": [
            {
                "kty": "RSA",
                "use": "sig",
                "alg": "RS256",
                "kid": key_name(),
                "n": unpadded(numbers.n.to_bytes(256, "big")),
                "e": unpadded(numbers.e.to_bytes(3, "big")),
            }
        ]
    }


def event_token(how, claims):
    """Return body and headers of a security event token."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    header = {"alg": "RS256", "typ": "secevent+jwt", "kid": key_name()}
    if how == "none":
        header["alg"] = "none"
    signed = f"{unpadded(encode(header))}.{unpadded(encode(claims))}".encode()
    signature = b""
    if how != "none":
        key = rsa_key("wrong" if how == "wrong" else "right")
        signature = key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    if how == "damaged":
        signature = signature[:-1] + bytes([signature[-1] ^ 1])
    body = signed + b"." + unpadded(signature).encode()
    return body, {"Content-Type": "application/secevent+jwt"}
