"""Networks where an account itself logs in and each refresh token is good for one use.

Nothing here spends a refresh token but :meth:`RotatingProvider.refresh` and the end of
a grant: the next one has to be stored before anything else, which only the caller of a
refresh does. RFC 9700 section 4.14.2; RFC 6749 section 6.
"""

from dataclasses import replace
from datetime import timedelta

from ..policy import reasons
from .base import OAuth2Provider
from .errors import AccessEnded, GrantRefused, TokenLost
from .results import Grant, Introspection, Person, ProfileData, TokenSet, Verdict

# An access token that ends within this is not asked with any more.
MARGIN = timedelta(seconds=60)
NO_REFRESH_TOKEN = "no refresh_token"


class RotatingProvider(OAuth2Provider):
    """One account a grant; a network says how it is read and what its errors mean."""

    network = None
    # What must be granted for a refresh token to come, where that is a permission.
    offline_scope = ""
    # What a refused refresh means to people, where the network does not say.
    refused_reason = reasons.EXPIRED

    rotates_refresh_token = True
    can_be_revoked = True
    # A grant is one person's to one app; its end is that of all its tokens.
    revokes_whole_grant = True

    def recall(self, stored):
        """Override of the base: only a living access token is of use.

        :raise AccessEnded: to be tried again after a refresh
        """
        self._check_living(stored)
        token = TokenSet(stored.access_token, stored.refresh_token, stored.scopes)
        return Grant(Person(stored.subject), token)

    def list_profiles(self, grant):
        """Override of the base: the account that logged in, and no other."""
        if self.network not in self.app.networks:
            return ()
        profile = self._read_profile(grant.token.access_token, grant.token.scopes)
        return (replace(profile, missing_scopes=self._missing(grant.token)),)

    def refresh(self, stored):
        """Override of the base: the answer brings the refresh token of the next time.

        An answer without one means that the old one stays (RFC 6749 section 6).
        """
        if not stored.refresh_token:
            raise GrantRefused(reasons.EXPIRED, NO_REFRESH_TOKEN)
        try:
            return super().refresh(stored)
        except GrantRefused as refused:
            if refused.reason in reasons.BY_CODE:
                raise
            raise GrantRefused(self.refused_reason, refused.detail) from None

    def verify(self, stored, reaches):
        """Override of the base: who can say who he is has a living token.

        :raise AccessEnded: the access token is over, and there is a refresh token
        """
        try:
            self._check_living(stored)
            found = self._read_profile(stored.access_token, stored.scopes)
        except TokenLost as lost:
            return self._judge_loss(lost, stored, reaches)
        alive = Introspection(active=True, scopes=tuple(stored.scopes or ()))
        return Verdict(
            alive,
            {
                reach.key: None
                if reach.external_id == found.external_id
                else reasons.LOST_ROLE
                for reach in reaches
            },
        )

    # === HOOKS === #

    def _read_profile(self, access_token, scopes=None):
        """Return the :class:`ProfileData` of the account whose token it is.

        Every network says so in its own way.

        :raise TokenLost: the token is over, or lacks the permission
        :raise Unreachable: it has no stable id
        """
        raise NotImplementedError

    def _read_person(self, access_token):
        """Override of the base: the account is who granted."""
        profile = self._read_profile(access_token)
        return Person(profile.external_id, profile.name)

    # === REQUEST HELPERS === #

    def _post_revocation(self, token, **hint):
        """Return the raw answer to the end of one token (RFC 7009 section 2.1)."""
        client = self._client()
        # Authlib would choose an authentication of its own for this endpoint.
        auth = client.client_auth(self.app.auth_method)
        return client.revoke_token(self.app.revoke_url, token=token, auth=auth, **hint)

    # === JUDGING === #

    def _check_living(self, stored):
        """Pass an access token that is not known to be over.

        :raise AccessEnded: a refresh may bring another one
        :raise TokenLost: nothing can
        """
        ends_at = stored.access_expires_at
        if stored.access_token and not (ends_at and ends_at <= self.now + MARGIN):
            return
        if stored.refresh_token:
            raise AccessEnded(detail="access token over")
        raise TokenLost(reasons.EXPIRED, NO_REFRESH_TOKEN)

    def _judge_loss(self, lost, stored, reaches):
        """Return what the loss of an access token says of the grant.

        :raise AccessEnded: nothing yet
        """
        if lost.reason == reasons.EXPIRED and stored.refresh_token:
            raise AccessEnded(detail=lost.detail)
        if lost.reason == reasons.MISSING_SCOPE:
            alive = Introspection(active=True, scopes=tuple(stored.scopes or ()))
            return Verdict(alive, {reach.key: lost.reason for reach in reaches})
        return Verdict(
            Introspection(active=False, reason=lost.reason, detail=lost.detail)
        )

    def _missing(self, token):
        """Return what was asked for and not given; unknown is not missing."""
        given = self.app.scopes if token.scopes is None else token.scopes
        missing = [scope for scope in self.app.scopes if scope not in given]
        if self.offline_scope and not token.refresh_token:
            missing.append(self.offline_scope)
        return tuple(dict.fromkeys(missing))

    def _profile(self, **values):
        """Return a :class:`ProfileData` that whoever logged in can renew."""
        return ProfileData(network=self.network, can_renew="yes", **values)
