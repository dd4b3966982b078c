"""TikTok's consent: single permissions can be left out, all but who one is.

Sources: "Login Kit for Web" (``client_key``, commas, the redirect URI), "Login Kit for
Desktop" (PKCE, whose challenge is the digest in hexadecimal).
"""

import re

from ..dialogs import DialogError
from ..rotating.consent import LoginConsent

LONGEST_URI = 512
CHALLENGE = re.compile(r"[0-9a-f]{64}")


class TikTokConsent(LoginConsent):
    """TikTok's pages."""

    id_name, separator = "client_key", ","

    def check(self, network, args, dialog):
        if "?" in dialog.redirect_uri or len(dialog.redirect_uri) >= LONGEST_URI:
            raise DialogError("invalid_request: redirect_uri", dialog.lang)
        if not args.get("state"):
            raise DialogError("invalid_request: state", dialog.lang)
        if network.kind_of(dialog.app_id) != "desktop":
            # A web app has no PKCE: what it sends is not looked at.
            dialog.challenge = ""
        elif dialog.challenge_method != "S256" or not CHALLENGE.fullmatch(
            dialog.challenge
        ):
            raise DialogError("invalid_request: code_challenge", dialog.lang)

    def finish(self, network, dialog, answer):
        """Tell the granted scopes beside the code, as the address does."""
        code = network.codes.get(answer.get("code", ""))
        told = {"scopes": ",".join(code.given["scopes"])} if code else {}
        return super().finish(network, dialog, answer | told)
