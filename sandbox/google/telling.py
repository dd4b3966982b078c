"""What Google tells an app: Cross-Account Protection, by security event tokens.

The keys change with each start of the sandbox.
"""

import base64
import hashlib
import secrets

from ..oauth import json_answer
from ..signing import event_token, key_list

RISC = "https://schemas.openid.net/secevent/risc/event-type/"
OAUTH = "https://schemas.openid.net/secevent/oauth/event-type/"
TYPES = {
    "tokens-revoked": OAUTH,
    "token-revoked": OAUTH,
    "sessions-revoked": RISC,
    "account-disabled": RISC,
    "account-enabled": RISC,
    "account-purged": RISC,
    "account-credential-change-required": RISC,
    "verification": RISC,
}
TOLD_SCOPES = {"openid", "email", "profile"}
# The issuer as Google's documents write it most of the time.
ISSUER = "https://accounts.google.com/"


def configuration(network, request):
    """Serve ``.well-known/risc-configuration``."""
    base = request.host_url.rstrip("/")
    return json_answer({"issuer": ISSUER, "jwks_uri": f"{base}/google/oauth2/v3/certs"})


def certificates(network, request):
    return json_answer(key_list())


def post_event(network, app, name, subject, **more):
    about = {"subject": subject} if subject else {}
    claims = {
        "iss": ISSUER,
        "aud": app.client_id,
        "iat": network.told_at,
        "jti": secrets.token_hex(16),
        "events": {TYPES[name] + name: about | more},
    }
    return network.tell(
        app, name, lambda how, _secret, data: event_token(how, data), claims
    )


def person_subject(sub):
    return {"subject_type": "iss-sub", "iss": ISSUER, "sub": sub}


def told_about(network, app, person_key, name, by="prefix", reason=None):
    """Tell one event about a person, or about his latest refresh token."""
    more = {"reason": reason} if reason else {}
    if name == "verification":
        return post_event(network, app, name, None, state="sandbox")
    if name != "token-revoked":
        subject = person_subject(network.subject_of(person_key))
        return post_event(network, app, name, subject, **more)
    values = [
        one.value
        for one in network.refresh_tokens.values()
        if one.grant.person == person_key
    ]
    subject = token_subject(values[-1] if values else secrets.token_hex(30), by)
    return post_event(network, app, name, subject)


def token_subject(value, by):
    algorithm, told = "prefix", value[:16]
    if by == "hash":
        once = hashlib.sha512(value.encode()).digest()
        algorithm = "hash_base64_sha512_sha512"
        told = base64.b64encode(hashlib.sha512(once).digest()).decode()
    return {
        "subject_type": "oauth_token",
        "token_type": "refresh_token",
        "token_identifier_alg": algorithm,
        "token": told,
    }


def tokens_revoked(network, grant):
    """Tell all clients of a project, if the person gave more than an API."""
    if TOLD_SCOPES & set(grant.scopes):
        for app in network.apps.values():
            if network.project_of(app.client_id).id == grant.project:
                subject = person_subject(grant.subject)
                post_event(network, app, "tokens-revoked", subject)


def account_switched(network, person_key, is_disabled):
    """Tell all clients that the account of a person was disabled, or is back."""
    name = "account-disabled" if is_disabled else "account-enabled"
    more = {"reason": "hijacking"} if is_disabled else {}
    for grant in list(network.grants.values()):
        for app in network.apps.values():
            is_mine = network.project_of(app.client_id).id == grant.project
            if is_mine and grant.person == person_key:
                post_event(network, app, name, person_subject(grant.subject), **more)
