"""Token, revocation and introspection endpoint, and the protected resource."""

from ..oauth import OAuthError, bearer_token, json_answer, verifier_fits
from .consent import issuer_of
from .permissions import PROFILE
from .seed import subject_of

HINTS = ("access_token", "refresh_token")


def token(network, request):
    """Serve the two grants (RFC 6749 sections 4.1.3 and 6)."""
    app = network.authenticate(request)
    grant_type = request.form.get("grant_type")
    if not grant_type:
        raise OAuthError("invalid_request", "grant_type is missing.")
    if grant_type not in GRANTS:
        raise OAuthError("unsupported_grant_type")
    return json_answer(GRANTS[grant_type](network, app, request.form))


def exchange_code(network, app, form):
    """Return the tokens of a code; one that comes twice ends what it gave before."""
    code = network.codes.get(need(form, "code"))
    if code is None or code.app_id != app.client_id:
        raise OAuthError("invalid_grant", "No such code.")
    family = code.given["family"]
    if code.used:
        family.ended = True
        raise OAuthError("invalid_grant", "This code was used before.")
    if code.expires_at <= network.now or not network.is_current(family):
        raise OAuthError("invalid_grant", "This code is over.")
    if need(form, "redirect_uri") != code.redirect_uri:
        raise OAuthError("invalid_grant", "Another redirect_uri.")
    if not verifier_fits(code.challenge, "S256", form.get("code_verifier", "")):
        raise OAuthError("invalid_grant", "The code_verifier does not fit.")
    code.used = True
    return network.issue_answer(family, family.scopes)


def refresh(network, app, form):
    """Return the next tokens; a scope may be narrowed, never widened."""
    found = network.judge_refresh_token(app, need(form, "refresh_token"))
    scopes = form.get("scope", "").split() or found.family.scopes
    if set(scopes) - set(found.family.scopes):
        raise OAuthError("invalid_scope", "More than was granted.")
    return network.issue_answer(found.family, scopes, found)


GRANTS = {"authorization_code": exchange_code, "refresh_token": refresh}


def revoke(network, request):
    """End a token (RFC 7009): a refresh token with its family, an access token only."""
    app = network.authenticate(request)
    found = network.tokens.get(need(request.form, "token"))
    if request.form.get("token_type_hint", HINTS[0]) not in HINTS:
        raise OAuthError("unsupported_token_type")
    if found and found.family.app_id != app.client_id:
        raise OAuthError("unauthorized_client", "A token of another client.")
    if found and found.kind == "refresh":
        found.family.ended = True
    elif found:
        found.revoked = True
    return json_answer({})


def introspect(network, request):
    """Tell a confidential client of its own tokens (RFC 7662)."""
    app = network.authenticate(request, public=False)
    kinds = ["access"]
    if network.settings["introspects_refresh_tokens"]:
        kinds.append("refresh")
    found = network.living(need(request.form, "token"), *kinds)
    if not found or found.family.app_id != app.client_id:
        return json_answer({"active": False})
    return json_answer(
        {
            "active": True,
            "client_id": app.client_id,
            "scope": " ".join(found.scopes),
            "sub": subject_of(found.family.person),
            "exp": found.expires_at,
            "iat": found.issued_at,
            "iss": issuer_of(request),
        }
    )


def userinfo(network, request):
    """Return the profile behind an access token, which travels in the header."""
    value = bearer_token(request)
    if not value:
        return challenge(401)
    found = network.living(value, "access")
    if not found:
        return challenge(401, "invalid_token")
    if PROFILE not in found.scopes:
        return challenge(403, "insufficient_scope", scope=PROFILE)
    return json_answer(network.profile_of(found.family.person, request.host_url))


def challenge(status, error="", **more):
    """Return RFC 6750's refusal, whose code is in the header alone."""
    named = {"realm": "oauth2"} | ({"error": error} if error else {}) | more
    response = json_answer({}, status)
    text = ", ".join(f'{name}="{value}"' for name, value in named.items())
    response.headers["WWW-Authenticate"] = f"Bearer {text}"
    return response


def need(form, name):
    """Return a parameter.

    :raise OAuthError: it is missing
    """
    if not form.get(name):
        raise OAuthError("invalid_request", f"{name} is missing.")
    return form[name]
