"""X's consent: one page, all or nothing; PKCE is compulsory, ``state`` as well."""

from ..dialogs import DialogError
from ..rotating.consent import LoginConsent

METHODS = ("S256", "plain")
LONGEST_STATE = 500


class XConsent(LoginConsent):
    """X's pages."""

    partial = False

    def check(self, network, args, dialog):
        state = args.get("state", "")
        if not 1 <= len(state) <= LONGEST_STATE:
            raise DialogError("invalid_request: state", dialog.lang)
        if not dialog.challenge:
            raise DialogError("invalid_request: code_challenge", dialog.lang)
        if dialog.challenge_method not in METHODS:
            raise DialogError("invalid_request: code_challenge_method", dialog.lang)
