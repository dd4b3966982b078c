"""What the tests of LinkedIn and Pinterest share. None of them needs a database."""

from datetime import UTC, datetime, timedelta

from ..providers import get_provider
from ..providers.errors import AppFault, Unreachable
from ..providers.results import AppData, Reach
from .provider_common import (
    NONSENSE,
    NOT_EVEN_JSON,
    ODD_SECRETS,
    REDIRECT_URI,
    TROUBLE,
    StandInCase,
)


class GrantCase(StandInCase):
    """A test of a provider against the stand-in of the same code.

    :cvar code: of the provider
    :cvar addresses: fields of the app, as paths below the stand-in's
    """

    code = ""
    networks = ()
    addresses = {}

    # === ACTORS === #

    def provider(self, later=0, **app):
        """Return our provider for the sandbox's ready-made app."""
        kind = get_provider(self.code)
        root = f"{self.base_url}/{self.code}"
        values = {
            "provider": self.code,
            "client_id": self.app_class.client_id,
            "client_secret": f"sandbox-{self.code}-secret",
            "scopes": self.app_class.scopes,
            "networks": self.networks,
            "auth_method": kind.default_auth_method,
            "use_pkce": kind.default_use_pkce,
            "api_version": kind.default_version,
            **{name: root + path for name, path in self.addresses.items()},
        }
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        now += timedelta(seconds=later)
        return kind(AppData(**values | app), self.transport, now)

    def exchange(self, provider=None, code=None, redirect_uri=REDIRECT_URI, **more):
        return (provider or self.provider()).exchange_code(
            code=code or self.there.code_of(), redirect_uri=redirect_uri, **more
        )

    def grant(self, provider=None, person="ana", **consent):
        """Let a person consent and return what the provider makes of it."""
        provider = provider or self.provider()
        consent.setdefault("scopes", list(provider.app.scopes))
        code = self.there.code_of(person, **consent)
        return provider.grant(code=code, redirect_uri=REDIRECT_URI)

    def listing(self, provider=None, person="ana", **consent):
        provider = provider or self.provider()
        listed = provider.list_profiles(self.grant(provider, person, **consent))
        return {(one.network, one.external_id): one for one in listed}

    def reaches(self, grant, provider=None):
        listed = (provider or self.provider()).list_profiles(grant)
        usable = [one for one in listed if one.usable]
        return [
            Reach(number, one.network, one.external_id)
            for number, one in enumerate(usable, start=1)
        ]

    # === PROMISES === #

    def assert_lifetime(self, moment, provider, **span):
        """Whether a moment lies so far from the provider's, give or take seconds."""
        self.assertLess(
            abs(moment - provider.now - timedelta(**span)), timedelta(seconds=10)
        )

    def assert_odd_lifetimes_are_none(self, path, member, attribute, alone=()):
        """Whatever comes as a lifetime, there is no exception and no false date.

        :param alone: other members that would tell the same
        """
        gone = dict.fromkeys(alone)
        for value in NONSENSE:
            with self.subTest(member=member, value=str(value)[:20]):
                self.answer(path, **gone, **{member: value})
                self.assertIsNone(getattr(self.exchange(), attribute))
                self.clear_faults()
        for value in NOT_EVEN_JSON:
            with self.subTest(member=member, value=value):
                tokens = '"access_token": "a", "refresh_token": "r"'
                body = f'{{{tokens}, "{member}": {value}}}'
                self.fault(path, "body", body=body)
                self.assertIsNone(getattr(self.exchange(), attribute))
        self.fault(path, "json", remove=[member, *alone])
        self.assertIsNone(getattr(self.exchange(), attribute))


class GrantPromises:
    """What every provider keeps at a grant. Mixed into a :class:`GrantCase`.

    :cvar token_path: of the token endpoint, :cvar person_path: of who it is
    :cvar id_field: of the latter's answer
    """

    token_path = person_path = id_field = ""

    def test_an_app_that_is_not_accepted_is_the_app_s_fault(self):
        for app in ({"client_secret": "wrong"}, {"client_id": "42"}):
            with self.subTest(app=app):
                self.assert_fails(AppFault, self.exchange, self.provider(**app))

    def test_an_answer_without_a_usable_token_is_nonsense(self):
        for value in ODD_SECRETS:
            with self.subTest(value=value):
                self.answer(self.token_path, access_token=value)
                self.assert_fails(Unreachable, self.exchange)
                self.clear_faults()

    def test_who_has_no_usable_id_is_nobody(self):
        for value in (None, "", True, {}, 1.5, "a b", "x" * 200):
            with self.subTest(value=value):
                self.answer(self.person_path, **{self.id_field: value})
                self.assert_fails(Unreachable, self.grant)
                self.clear_faults()

    def test_trouble_during_a_grant_is_unreachable(self):
        for path in (self.token_path, self.person_path):
            for kind, values in TROUBLE:
                with (
                    self.subTest(path=path, kind=kind, **values),
                    self.spoilt(path, kind, **values),
                ):
                    self.assert_fails(Unreachable, self.grant)
