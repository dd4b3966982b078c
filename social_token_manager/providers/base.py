"""What the OAuth standard defines, in one place. A network overrides small hooks.

Grants are RFC 6749, PKCE is RFC 7636 (S256 only), revocation is RFC 7009. Authlib
builds and parses the messages; :mod:`.transport` carries them.
"""

import hmac
import json
import re
import secrets
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from authlib.integrations.requests_client import OAuth2Session

from . import values
from .errors import (
    AddressRefused,
    AppFault,
    GrantRefused,
    OutcomeUnknown,
    RateLimited,
    RequestRefused,
    TokenLost,
    Unreachable,
)
from .oauth2_errors import client_failure
from .results import AppCheck, Grant, Introspection, Person, TokenSet, Verdict
from .signals import SignalRefused, fresh
from .transport import QuietPreparation

# Calls rest when a network says that so many percent of a limit are used: for so many
# seconds where it does not say until when, and never for longer than a day.
USED_UP = 80
REST = 3600
LONGEST_REST = 24 * 3600
# Some write ``1000, 1000;w=60`` (a draft of RateLimit fields): the first one counts.
FIRST_NUMBER = re.compile(r"\s*(\d{1,12})\b")
# A code or a token that nobody has given: all it can show is who asks.
NOTHING = "none"
INVALID_REQUEST = "invalid_request"
# What a person is sent for who was logged in there as somebody else.
OTHER_ACCOUNT = "other_account"


class OAuth2Provider:
    """One app at one authorization server.

    A provider is made for a call and thrown away: it holds opened secrets.

    :param AppData app: the client registration
    :param Transport transport: the one way out
    :param now: the instant of the call, naive UTC; the clock is passed in
    """

    code = None
    label = None

    # Defaults of an app's fields; ``{api_version}`` stands for its API version.
    default_version = ""
    default_authorize_url = ""
    default_token_url = ""
    default_api_url = ""
    default_revoke_url = ""
    default_introspect_url = ""
    default_signal_keys_url = ""

    # What a network needs, and what is asked for as well because features use it.
    required_scopes: dict[str, tuple[str, ...]] = {}
    wanted_scopes: dict[str, tuple[str, ...]] = {}
    # Any of these does for a network where the required scope is one of them.
    listing_scopes: dict[str, tuple[str, ...]] = {}

    scope_separator = " "

    # Defaults of an app's fields, for what RFC 6749 section 2.3.1 leaves to the server.
    default_auth_method = "client_secret_post"
    default_use_pkce = False

    def __init__(self, app, transport, now: datetime):
        self.app = app
        self.transport = transport
        self.now = now
        # For how long calls should rest, once an answer says that little is left.
        self.rest_seconds = None

    # === CAPABILITIES === #
    # Questions that callers ask instead of comparing names.

    # A live access token can be exchanged for a later one (no refresh token).
    extends_access_token = False
    # How old an access token must be before it can be extended.
    minimum_age = timedelta(0)
    # Each refresh gives a new refresh token and ends the old one.
    rotates_refresh_token = False
    # Each refresh starts the life of the refresh token anew, by what is published.
    restarts_refresh_token = False
    # A refresh may use its token up, so that one whose answer got lost may not simply
    # be repeated. Whoever is not known to be harmless is taken for strict.
    refresh_may_spend = True
    # A person ticks single pages or accounts of a grant, and may leave some out: a
    # renewal is walked through in steps.
    profiles_can_be_left_out = False
    # Listing profiles uses the very secrets that each of them is reached with.
    listing_is_proof = True
    # The network itself tells whether a token is alive, at no cost.
    can_be_introspected = False
    can_be_revoked = False
    # Revoking one token ends all tokens of the same person and app.
    revokes_whole_grant = False
    # Where people see which apps they allowed, and remove one by hand.
    removal_url = ""
    # How many calls are allowed is counted for each person, not for the app: the checks
    # of that person's token rest, not the work of the whole app.
    limits_count_per_person = False
    # What the three headers begin with that count a limit down, '' where none are sent.
    limit_headers = ""
    # The network tells who else could renew.
    lists_people = False
    # The network tells of its own accord what happens to a grant.
    sends_signals = False
    # What it wants addresses of their own for, below the one for all signals.
    signal_purposes: tuple[str, ...] = ()
    # What a signal is answered that was taken.
    signal_status = HTTPStatus.OK
    # What happened longer ago is not told any more by the network itself.
    oldest_signal = timedelta(days=7)
    # The network sends a profile's messages only while we are subscribed to them.
    needs_subscription = False
    # That is asked for with the person's own token: there is none of the profile's.
    subscribes_with_grant = False

    @classmethod
    def can_renew_silently(cls, *, has_refresh_token):
        """Whether a token can be renewed without a person."""
        return cls.extends_access_token or has_refresh_token

    @classmethod
    def whole_grant_of(cls, subject):
        """Return what is equal for the subjects whose tokens end with one revocation.

        To be asked where ``revokes_whole_grant``.
        """
        return subject

    @classmethod
    def registration_of(cls, client_id):
        """Return what is equal for the client ids whose tokens end together.

        To be asked where ``revokes_whole_grant``.
        """
        return client_id

    @classmethod
    def scopes_for(cls, networks):
        """Return the scopes to ask for, for some network codes, in a stable order."""
        asked = dict.fromkeys(
            scope
            for table in (cls.required_scopes, cls.wanted_scopes)
            for network in networks
            for scope in table.get(network, ())
        )
        return tuple(asked)

    @classmethod
    def missing_scopes_for(cls, network, asked):
        """Return the scopes that a network cannot do without and nobody asks for."""
        enough = set(cls.listing_scopes.get(network, ()))
        given = set(asked) | (enough if enough & set(asked) else set())
        needed = cls.required_scopes.get(network, ())
        return tuple(scope for scope in needed if scope not in given)

    # === THE APP === #

    # Said of a code only by who has accepted the client (RFC 6749 section 5.2).
    proving_refusals = ("invalid_grant",)

    def check_app(self, *, redirect_uri):
        """Return the :class:`AppCheck` of the app, by a code that is none.

        :raise AppFault: the client is not accepted, or the address may not be reached
        :raise ProviderError: there is no answer, or one that makes no sense
        """
        try:
            self.exchange_code(
                code=NOTHING, redirect_uri=redirect_uri, verifier=self.make_verifier()
            )
        except AppFault as fault:
            # The call may have lacked something; that says nothing of the client.
            if fault.detail != INVALID_REQUEST:
                raise
            return AppCheck(proven=False, detail=fault.detail)
        except (GrantRefused, RequestRefused, TokenLost) as refusal:
            proven = refusal.detail in self.proving_refusals
            return AppCheck(proven, refusal.detail)
        raise Unreachable(detail="any code accepted")

    # === THE FLOW === #

    @staticmethod
    def make_verifier():
        """Return a PKCE code verifier of 64 characters (RFC 7636 section 4.1)."""
        return secrets.token_urlsafe(48)

    def authorization_url(self, *, redirect_uri, state, verifier=None, prompt=None):
        """Return the address of the consent page (RFC 6749 section 4.1.1).

        :param str verifier: the PKCE verifier; used when the app uses PKCE
        :param str prompt: why the person is sent: a reason code, ``OTHER_ACCOUNT`` for
            somebody who was logged in there with the wrong one, or None
        """
        client = self._client(
            redirect_uri=redirect_uri, scope=self.scope_separator.join(self.app.scopes)
        )
        url, _state = client.create_authorization_url(
            self.app.authorize_url,
            state=state,
            code_verifier=verifier if self.app.use_pkce else None,
            **self._build_authorization_parameters(prompt),
        )
        return url

    def exchange_code(self, *, code, redirect_uri, verifier=None):
        """Return the :class:`TokenSet` for an authorization code (RFC 6749 4.1.3).

        :raise GrantRefused: the code was not accepted
        :raise AppFault: the client was not accepted
        :raise Unreachable: no answer, or one that makes no sense
        """
        answer = self._fetch_token(
            "authorization_code",
            redirect_uri=redirect_uri,
            code=code,
            code_verifier=verifier if self.app.use_pkce else None,
        )
        return self._parse_token(answer)

    def grant(self, *, code, redirect_uri, verifier=None):
        """Return the :class:`Grant` that an authorization code stands for.

        :raise ProviderError: see :meth:`exchange_code`
        """
        token = self._prolong(
            self.exchange_code(code=code, redirect_uri=redirect_uri, verifier=verifier)
        )
        return Grant(self._read_person(token.access_token), token)

    def recall(self, stored):
        """Return the :class:`Grant` of a stored token, to list its profiles anew.

        :param StoredToken stored: as it was opened
        :raise ProviderError: the token is gone, or there is no definite answer
        """
        token = TokenSet(stored.access_token, scopes=stored.scopes)
        return Grant(Person(stored.subject), token)

    def list_profiles(self, grant):
        """Return the :class:`ProfileData` of all that a grant reaches.

        Every network says so in its own way.

        :raise ProviderError: the list could not be read to its end
        """
        raise NotImplementedError

    def refresh(self, stored):
        """Return the next :class:`TokenSet` without a person (RFC 6749 section 6).

        An answer without a refresh token means that the old one stays.

        :param StoredToken stored: as it was opened
        :raise GrantRefused: a definite no; a person must grant anew
        :raise OutcomeUnknown: it may have been done all the same
        :raise ProviderError: anything else; nothing was spent
        """
        answer = self._fetch_token("refresh_token", refresh_token=stored.refresh_token)
        return self._parse_token(answer)

    def sign(self, request, access_token):
        """Put a token on a caller's own request (RFC 6750 section 2.1).

        :param requests.PreparedRequest request: it is changed
        :raise AddressRefused: its host is not one of this network's
        """
        self._check_own(request.url)
        request.headers["Authorization"] = f"Bearer {access_token}"

    def _check_own(self, url):
        """Refuse to send a token anywhere but to the network it is for."""
        host = urlsplit(url).hostname or ""
        if not self._is_own(host):
            raise AddressRefused(detail=host)

    def _is_own(self, host):
        return host == urlsplit(self.app.api_url).hostname

    def revoke(self, stored):
        """End a token at the network (RFC 7009); one that is gone already is fine.

        To be asked where ``can_be_revoked``.

        :param StoredToken stored: as it was opened
        :raise ProviderError: the network did not confirm it
        """
        raise NotImplementedError

    def verify(self, stored, reaches):
        """Return the :class:`Verdict` on a token and on what lives from it.

        Without a better way: who can say who he is has a living token.

        :param StoredToken stored: as it was opened
        :param reaches: :class:`Reach` objects, one a profile
        :raise ProviderError: there is no definite answer
        """
        try:
            self._read_person(stored.access_token)
        except TokenLost as lost:
            return Verdict(
                Introspection(active=False, reason=lost.reason, detail=lost.detail)
            )
        return Verdict(Introspection(active=True, scopes=stored.scopes))

    def list_people(self, stored, reach):
        """Return the :class:`PersonData` of who holds a role on a profile.

        To be asked where ``lists_people``.

        :param StoredToken stored: as it was opened
        :param Reach reach: the profile
        :raise ProviderError: the list could not be read to its end
        """
        raise NotImplementedError

    # === SIGNALS === #

    def read_signals(self, delivery):
        """Return the :class:`Signal` objects of a delivery that is the network's.

        :param Delivery delivery: as it came
        :raise SignalRefused: it is not, or it comes too late
        :raise ProviderError: that cannot be told now; it has to be sent again
        """
        return fresh(self._read_signals(delivery), self.now, self.oldest_signal)

    def answer_handshake(self, query, verify_token):
        """Return the :class:`Handshake` for a network that asks whose address it is.

        :param dict query: the parameters of its GET
        :param str verify_token: what an Owner typed at the network
        :raise SignalRefused: it is not the network that asks
        """
        raise SignalRefused("no handshake")

    def names_token(self, signal, stored):
        """Whether a signal's ``fingerprint`` is that of a :class:`StoredToken`."""
        return False

    def fields_for(self, networks, *, with_story_replies=True):
        """Return what has to be sent of a page that these networks' profiles are.

        To be asked where ``needs_subscription``.
        """
        return ()

    def keep_subscribed(self, reach, wanted):
        """Return the :class:`Subscription` of a page, repaired where it can be.

        To be asked where ``needs_subscription``.

        :param Reach reach: one of the page's profiles
        :param wanted: what must be sent, see :meth:`fields_for`
        :raise ProviderError: there is no definite answer
        """
        raise NotImplementedError

    # === HOOKS === #

    def _read_signals(self, delivery):
        """Verify and parse a delivery; see :meth:`read_signals`."""
        raise SignalRefused("none are sent")

    @staticmethod
    def _is_same(given, expected):
        """Whether two texts are equal, in constant time; an empty one never is."""
        return bool(expected) and hmac.compare_digest(
            given.encode("utf-8", "surrogatepass"), expected.encode()
        )

    def _prolong(self, token):
        """Return a token that lasts, where the exchange gives one that does not."""
        return token

    def _read_person(self, access_token):
        """Return the :class:`Person` whose token it is.

        Every network says so in its own way.

        :raise TokenLost: the token is gone
        """
        raise NotImplementedError

    def _build_authorization_parameters(self, prompt):
        """Return parameters of the consent page beyond the standard's.

        :param str prompt: see :meth:`authorization_url`
        """
        return {}

    def _parse_token(self, answer):
        """Return the :class:`TokenSet` of a token endpoint's answer.

        :raise OutcomeUnknown: there is no usable access token in it
        """
        access_token = values.secret(answer.get("access_token"))
        if not access_token:
            raise OutcomeUnknown(detail="no access_token")
        life = values.lifetime(answer.get("expires_in"))
        return TokenSet(
            access_token=access_token,
            refresh_token=values.secret(answer.get("refresh_token")),
            scopes=values.words(answer["scope"]) if answer.get("scope") else None,
            issued_at=self.now,
            access_expires_at=self.now + life if life else None,
        )

    def _raise_for_answer(self, response, answer):
        """Raise a :class:`ProviderError` unless the answer is a good one.

        The standard's error shape is RFC 6749 section 5.2, here also inside HTTP 200.

        :param dict answer: the parsed body of the response
        """
        error = answer.get("error")
        if not response.ok or error not in (None, ""):
            raise client_failure(error, response.status_code)

    # === REQUEST HELPERS === #

    def _client(self, **options):
        client = _Client(
            client_id=self.app.client_id,
            client_secret=self.app.client_secret,
            token_endpoint_auth_method=self.app.auth_method,
            code_challenge_method="S256" if self.app.use_pkce else None,
            **options,
        )
        client.read_answer = self._read_answer
        return self.transport.equip(client)

    def _fetch_token(self, grant_type, **parameters):
        """Return the JSON object of the token endpoint.

        :raise ProviderError: classified by :meth:`_raise_for_answer`
        """
        parameters = {key: value for key, value in parameters.items() if value}
        client = self._client(redirect_uri=parameters.pop("redirect_uri", None))
        return client.fetch_token(
            self.app.token_url, grant_type=grant_type, **parameters
        )

    def _get(self, url, *, headers=None, **parameters):
        """Return the JSON object that a resource answers with.

        :raise ProviderError: classified by :meth:`_raise_for_answer`
        """
        session = self.transport.session()
        return self._read_answer(session.get(url, params=parameters, headers=headers))

    def _read_answer(self, response):
        self._note_usage(response.headers)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise RateLimited("HTTP 429", self._read_wait(response))
        answer = self._json(response)
        self._raise_for_answer(response, answer)
        return answer

    def _note_usage(self, headers):
        """Note in ``rest_seconds`` when most of a limit is used up; see USED_UP.

        Where ``limit_headers`` names them, three headers come with every answer: how
        many calls a window has, how many of them are left, and when it starts anew.
        """
        limit, left = (
            self._read_limit(headers, name) for name in ("limit", "remaining")
        )
        if not limit or left is None or limit - left < limit * USED_UP / 100:
            return
        self._rest(self._read_reset(headers) or REST)

    def _read_limit(self, headers, name):
        told = headers.get(f"{self.limit_headers}-{name}") if self.limit_headers else ""
        found = FIRST_NUMBER.match(told or "")
        return int(found[1]) if found else None

    def _read_reset(self, headers):
        """Return in how many seconds a limit starts anew, None where it is not told."""
        resets_at = values.moment(self._read_limit(headers, "reset"), self.now)
        if not resets_at:
            return None
        return max(int((resets_at - self.now) / timedelta(seconds=1)), 1)

    def _rest(self, seconds):
        self.rest_seconds = max(self.rest_seconds or 0, min(seconds, LONGEST_REST))

    def _read_wait(self, response):
        """Return for how many seconds to wait (RFC 9110, 10.2.3), None if not told.

        Where the network counts a limit down it tells when that starts anew.
        """
        wait = values.lifetime(response.headers.get("Retry-After"))
        return int(wait.total_seconds()) if wait else self._read_reset(response.headers)

    @staticmethod
    def _json(response):
        # An error did nothing; what a good answer did that got lost is not known.
        failure = OutcomeUnknown if response.ok else Unreachable
        try:
            answer = json.loads(response.content)
        except (ValueError, RecursionError):
            raise failure(detail=f"HTTP {response.status_code} no JSON") from None
        if not isinstance(answer, dict):
            raise failure(detail=f"HTTP {response.status_code} no object")
        return answer


class _Client(QuietPreparation, OAuth2Session):
    """Authlib's client, with the provider reading the answers.

    Authlib would turn ``expires_in`` into a number at once, and a network that sends
    nonsense there would end in an exception.
    """

    read_answer = None

    def parse_response_token(self, resp):
        return self.read_answer(resp)


def bearer(token):
    """Return the header of RFC 6750 section 2.1: it keeps tokens out of addresses."""
    return {"Authorization": f"Bearer {token}"}
