"""Whether what was just granted works, before anybody is told that it does."""

from dataclasses import replace

from .errors import AppFault, ProviderError, TokenLost
from .results import Reach, StoredToken

# Calls of one answer, while a person waits for the page.
PROVEN_AT_ONCE = 25


def prove(provider, grant, listing):
    """Ask the network about all that a new grant reaches.

    :param listing: :class:`ProfileData` objects, as the network listed them
    :return: the listing with the reason of each that does not work, and whether all of
        it was asked about
    :raise TokenLost: the grant is gone already
    :raise AppFault: our app is not accepted any more
    """
    if provider.listing_is_proof:
        return listing, True
    asked = [at for at, data in enumerate(listing) if data.usable]
    reaches = [
        Reach(at, listing[at].network, listing[at].external_id, listing[at].page_token)
        for at in asked[:PROVEN_AT_ONCE]
    ]
    stored = StoredToken(
        grant.token.access_token,
        subject=grant.person.external_id,
        scopes=grant.token.scopes or (),
    )
    try:
        verdict = provider.verify(stored, reaches)
    except (TokenLost, AppFault):
        raise
    except ProviderError:
        return listing, False
    if not verdict.token.active:
        raise TokenLost(verdict.token.reason, verdict.token.detail)
    proven = [
        replace(data, reason=data.reason or verdict.reasons.get(at))
        for at, data in enumerate(listing)
    ]
    return proven, len(asked) <= PROVEN_AT_ONCE
