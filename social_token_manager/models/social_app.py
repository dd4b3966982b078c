import os
import random
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ..clock import now
from ..const import (
    CALL_LIMIT,
    CALLBACK_PATH,
    CHECK_BUDGET,
    DEV_HOSTS_OPTION,
    DEV_HOSTS_VARIABLE,
    WEBHOOK_PATH,
)
from ..engine import lock_rows
from ..fields import Encrypted
from ..keyring import SecretDamaged
from ..policy import reasons, renewal
from ..providers import PROVIDERS, get_provider
from ..providers.errors import (
    AddressRefused,
    AppFault,
    GrantRefused,
    ProviderError,
    RequestRefused,
    TokenLost,
    Unreachable,
)
from ..providers.results import AppData
from ..providers.signals import DEAUTHORIZE, DELETE
from ..providers.transport import AddressRule, Transport
from ..wording import reason_sentences

DEFAULT_ADDRESSES = (
    "authorize_url",
    "token_url",
    "api_url",
    "revoke_url",
    "introspect_url",
    "signal_keys_url",
)
ADDRESSES = (*DEFAULT_ADDRESSES, "profile_url")
PROFILE_PATHS = (
    "profile_id_path",
    "profile_name_path",
    "profile_handle_path",
    "profile_image_path",
)
JOURNALLED = {
    "client_id",
    "provider",
    "scopes",
    "api_version",
    "auth_method",
    "use_pkce",
    "issuer",
    *ADDRESSES,
    *PROFILE_PATHS,
}

_transports = {}


def development_hosts():
    """Return the hosts that may be reached by plain http or on private addresses.

    They come from the environment or the server's configuration, never from the
    database: whoever may write there must not open the way inside.
    """
    named = os.environ.get(DEV_HOSTS_VARIABLE) or tools.config.get(DEV_HOSTS_OPTION)
    return frozenset(host.strip() for host in (named or "").split(",") if host.strip())


def shared_transport():
    """Return this process's :class:`Transport`, so that connections are used again.

    To be had from ``social.home._get_transport``, which a copied database is refused.
    """
    hosts = development_hosts()
    if hosts not in _transports:
        _transports[hosts] = Transport(hosts)
    return _transports[hosts]


class SocialApp(models.Model):
    """Our client registration at a provider. One app serves one company."""

    _name = "social.app"
    _inherit = ["social.secret.mixin", "social.app.budget", "social.app.keeping"]
    _description = "Social App"
    _order = "company_id, name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    provider = fields.Selection(
        selection=lambda self: [(code, one.label) for code, one in PROVIDERS.items()],
        required=True,
        default="meta",
    )
    network_ids = fields.Many2many(
        "social.network",
        string="Networks",
        compute="_compute_network_ids",
        store=True,
        readonly=False,
        precompute=True,
    )
    client_id = fields.Char("App ID", required=True)
    client_secret = Encrypted("Sealed App Secret")
    client_secret_input = fields.Char(
        "App Secret",
        compute="_compute_client_secret_input",
        inverse="_inverse_client_secret_input",
        help="Typed here once and then sealed; it is never shown again.",
    )
    is_secret_set = fields.Boolean("Secret Is Set", compute="_compute_is_secret_set")
    api_version = fields.Char(
        "API Version",
        compute="_compute_defaults",
        store=True,
        readonly=False,
        precompute=True,
    )
    authorize_url = fields.Char(
        "Consent Page",
        compute="_compute_defaults",
        store=True,
        readonly=False,
        precompute=True,
    )
    token_url = fields.Char(
        "Token Endpoint",
        compute="_compute_defaults",
        store=True,
        readonly=False,
        precompute=True,
    )
    api_url = fields.Char(
        "API",
        compute="_compute_defaults",
        store=True,
        readonly=False,
        precompute=True,
    )
    revoke_url = fields.Char(
        "Revocation Endpoint",
        compute="_compute_defaults",
        store=True,
        readonly=False,
        precompute=True,
    )
    introspect_url = fields.Char(
        "Introspection Endpoint",
        compute="_compute_defaults",
        store=True,
        readonly=False,
        precompute=True,
    )
    signal_keys_url = fields.Char(
        "Keys of Signals",
        compute="_compute_defaults",
        store=True,
        readonly=False,
        precompute=True,
        help="Where the network says with which keys it signs what it tells of its "
        "own accord; for networks that do not sign with a secret of the app.",
    )
    scopes = fields.Char(
        compute="_compute_scopes",
        store=True,
        readonly=False,
        precompute=True,
        help="What the consent page asks for, separated by commas.",
    )
    auth_method = fields.Selection(
        [
            ("client_secret_basic", "HTTP Basic"),
            ("client_secret_post", "In the body"),
            ("none", "None: a public client"),
        ],
        string="Client Authentication",
        compute="_compute_defaults",
        store=True,
        readonly=False,
        precompute=True,
    )
    use_pkce = fields.Boolean(
        "Use PKCE",
        compute="_compute_defaults",
        store=True,
        readonly=False,
        precompute=True,
    )
    issuer = fields.Char(
        help="When set, the answer must come with exactly this issuer (RFC 9207)."
    )
    profile_url = fields.Char(
        "Profile Address", help="Where a generic server says whose token it is."
    )
    profile_id_path = fields.Char(
        "ID Found At", default="sub", help="Dotted path in that answer: data.user.id"
    )
    profile_name_path = fields.Char("Name Found At", default="name")
    profile_handle_path = fields.Char("Handle Found At", default="preferred_username")
    profile_image_path = fields.Char("Picture Found At", default="picture")
    callback_key = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(24),
    )
    redirect_uri = fields.Char("Redirect URI", compute="_compute_addresses")
    webhook_url = fields.Char("Webhook URL", compute="_compute_addresses")
    deauthorize_url = fields.Char("Deauthorize URL", compute="_compute_addresses")
    deletion_url = fields.Char("Data Deletion URL", compute="_compute_addresses")
    webhook_token = fields.Char(
        "Verify Token",
        groups="social_token_manager.group_owner",
        readonly=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(24),
        help="The network sends it once, to find out whether the address is ours.",
    )
    webhook_secret = Encrypted("Sealed Webhook Secret")
    webhook_secret_input = fields.Char(
        "Webhook Secret",
        compute="_compute_webhook_secret_input",
        inverse="_inverse_webhook_secret_input",
        help="Where the network signs what it tells with another secret than the app's "
        "own: at X that of the API key, at Instagram and Threads perhaps that of the "
        "Meta app. Typed here once and then sealed; it is never shown again.",
    )
    is_webhook_secret_set = fields.Boolean(
        "Webhook Secret Is Set", compute="_compute_is_webhook_secret_set"
    )
    sends_signals = fields.Boolean(compute="_compute_signal_purposes")
    has_deauthorize_url = fields.Boolean(compute="_compute_signal_purposes")
    host = fields.Char(compute="_compute_host", store=True)
    call_limit = fields.Integer(
        "Calls at Once",
        default=CALL_LIMIT,
        help="How many calls are made at once in this app's name, at least one. Of "
        "all apps at one host together there are never more than 8.",
    )
    check_budget = fields.Integer(
        "Checks an Hour",
        default=CHECK_BUDGET,
        help="How many tokens the daily checks may ask about in an hour. What is over "
        "waits for the next hour.",
    )
    fault = fields.Char(readonly=True, copy=False, help="The network's own numbers.")
    fault_at = fields.Datetime(readonly=True, copy=False)
    failure_count = fields.Integer("Failures in a Row", readonly=True, copy=False)
    paused_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="Until then no call is made, as the network asked or after failures.",
    )
    token_ids = fields.One2many(
        "social.token",
        "app_id",
        "Tokens",
        groups="social_token_manager.group_manager",
    )

    _callback_key_unique = models.UniqueIndex("(callback_key)")

    # === COMPUTE METHODS === #

    @api.depends("provider")
    def _compute_network_ids(self):
        networks = self.env["social.network"].search([("providers", "!=", False)])
        for app in self:
            app.network_ids = networks.filtered(
                lambda network, app=app: app.provider in network._get_provider_codes()
            )

    @api.depends("provider")
    def _compute_defaults(self):
        for app in self:
            provider = get_provider(app.provider)
            app.api_version = provider.default_version
            app.auth_method = provider.default_auth_method
            app.use_pkce = provider.default_use_pkce
            for name in DEFAULT_ADDRESSES:
                app[name] = getattr(provider, f"default_{name}")

    @api.depends("provider", "network_ids")
    def _compute_scopes(self):
        for app in self:
            provider = get_provider(app.provider)
            scopes = provider.scopes_for(app.network_ids.mapped("code"))
            # A generic server's scopes are known to nobody but who typed them.
            app.scopes = ",".join(scopes) or app.scopes

    @api.depends("token_url", "api_version")
    def _compute_host(self):
        for app in self:
            app.host = urlsplit(app._get_address("token_url")).hostname

    @api.depends("callback_key")
    def _compute_addresses(self):
        base_url = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        for app in self:
            app.redirect_uri = base_url + CALLBACK_PATH.format(
                callback_key=app.callback_key
            )
            app.webhook_url = base_url + WEBHOOK_PATH.format(
                callback_key=app.callback_key
            )
            app.deauthorize_url = f"{app.webhook_url}/{DEAUTHORIZE}"
            app.deletion_url = f"{app.webhook_url}/{DELETE}"

    @api.depends("provider")
    def _compute_signal_purposes(self):
        for app in self:
            provider = get_provider(app.provider)
            app.sends_signals = provider.sends_signals
            app.has_deauthorize_url = DEAUTHORIZE in provider.signal_purposes

    def _compute_client_secret_input(self):
        self.client_secret_input = False

    def _inverse_client_secret_input(self):
        # Owners write apps; what the engine found out is closed to everybody.
        self._seal_typed("client_secret").sudo()._clear_trouble()

    def _compute_webhook_secret_input(self):
        self.webhook_secret_input = False

    def _inverse_webhook_secret_input(self):
        self._seal_typed("webhook_secret")

    def _seal_typed(self, name):
        """Seal what was typed for a secret, and empty the input.

        :return: the apps for which something was typed
        """
        changed = self.filtered(lambda app: (app[f"{name}_input"] or "").strip())
        for app in changed:
            # Owners write apps; the sealed column is closed to everybody.
            app.sudo()[name] = app._seal_secret(name, app[f"{name}_input"].strip())
        self.env["social.event"]._record("secret_changed", changed)
        self[f"{name}_input"] = False
        return changed

    @api.depends("client_secret_input")
    def _compute_is_secret_set(self):
        for app in self:
            app.is_secret_set = bool(app.sudo().client_secret)

    @api.depends("webhook_secret_input")
    def _compute_is_webhook_secret_set(self):
        for app in self:
            app.is_webhook_secret_set = bool(app.sudo().webhook_secret)

    # === CONSTRAINT METHODS === #

    @api.constrains("api_version", *ADDRESSES)
    def _check_addresses(self):
        rule = AddressRule(development_hosts())
        for app in self:
            for name in ADDRESSES:
                address = app._get_address(name)
                try:
                    if address:
                        rule.check(address)
                    if set(address) & set("{}"):
                        raise ValueError("another placeholder")
                except (AddressRefused, ValueError):
                    raise ValidationError(
                        self.env._(
                            "%(field)s must be an https address without user or "
                            "password. Plain http is for development hosts that the "
                            "server's configuration names.",
                            field=self._fields[name]._description_string(self.env),
                        )
                    ) from None

    @api.constrains("provider", "network_ids")
    def _check_networks(self):
        for app in self:
            for network in app.network_ids:
                if app.provider not in network._get_provider_codes():
                    raise ValidationError(
                        self.env._(
                            "%(provider)s does not serve %(network)s.",
                            provider=get_provider(app.provider).label,
                            network=network.name,
                        )
                    )

    @api.constrains("company_id")
    def _check_company_kept(self):
        # Tokens of every company must be found, whatever the user may see.
        for app in self.sudo():
            if app.token_ids.company_id - app.company_id:
                raise ValidationError(
                    self.env._(
                        "This app has tokens of %(company)s. One app serves one "
                        "company: create another app for the other company.",
                        company=app.token_ids.company_id[:1].name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of Odoo's to write the journal."""
        apps = super().create(vals_list)
        self.env["social.event"]._record("app_created", apps)
        return apps

    def write(self, vals):
        """Override of Odoo's to write the journal, without values."""
        result = super().write(vals)
        changed = JOURNALLED & set(vals)
        if changed:
            self.env["social.event"]._record(
                "app_changed", self, detail=", ".join(sorted(changed))
            )
        return result

    # === ACTION METHODS === #

    def action_connect(self):
        """Return the action that leads to the network's consent page.

        Where something can be left unticked there, this user is told before what must
        stay.

        :raise AccessError: only Managers and Owners connect new profiles
        :raise UserError: the app is not ready
        """
        self.ensure_one()
        self._check_may_connect()
        can_lose = get_provider(self.provider).profiles_can_be_left_out
        if can_lose and self._get_own_profiles():
            self._check_ready()
            return self.env["social.connect.wizard"]._open_for(self)
        return self.env["social.oauth.request"]._start(self)

    # === BUSINESS METHODS === #

    def _check_may_connect(self):
        """Refuse whoever may not connect new profiles.

        :raise AccessError: only Managers and Owners may
        """
        if not self.env.user.has_group("social_token_manager.group_manager"):
            raise AccessError(
                self.env._(
                    "Connecting new profiles is for Managers and Owners of Social "
                    "Connections. Nothing was changed; ask one of them."
                )
            )

    def _get_own_profiles(self):
        """Return the profiles that work by what this user granted to this app.

        As the superuser: he has seen them all at the network.
        """
        return (
            self.env["social.profile"]
            .sudo()
            .search(
                [
                    ("access_id.token_id.app_id", "=", self.id),
                    ("access_id.token_id.person_id", "=", self.env.user.partner_id.id),
                    ("reason", "=", False),
                ]
            )
        )

    @api.model
    def _find_for(self, network, company):
        """Return the app by which a company connects a network.

        :raise UserError: there is none, and who makes one
        """
        # Which app serves a network is no secret; Members may not read all of them.
        app = self.sudo().search(
            [("company_id", "=", company.id), ("network_ids", "in", network.ids)],
            limit=1,
        )
        if not app:
            raise UserError(
                self.env._(
                    "There is no app for %(network)s yet. An Owner creates one under "
                    "Configuration > Apps.",
                    network=network.name,
                )
            )
        return app.with_env(self.env)

    def _check_ready(self):
        """Refuse to start anything while the app cannot finish it.

        :raise UserError: what is missing, and who can add it
        """
        self.ensure_one()
        self.env["social.home"]._check()
        # A public client has none (RFC 6749 section 2.1).
        has_secret = self.is_secret_set or self.auth_method == "none"
        if not self.active or not has_secret:
            raise UserError(
                self.env._(
                    "The app %(app)s has no secret yet, or is archived. An Owner opens "
                    "it under Configuration > Apps and completes it.",
                    app=self.name,
                )
            )
        try:
            self._open_secret("client_secret")
        except SecretDamaged:
            raise UserError(
                self.env._(
                    "The stored secret of the app %(app)s is damaged. An Owner opens "
                    "it under Configuration > Apps and types the secret again.",
                    app=self.name,
                )
            ) from None
        if not self.network_ids:
            raise UserError(
                self.env._("The app %(app)s connects no network.", app=self.name)
            )

    def _get_provider(self):
        """Return the provider for calls in this app's name; it holds the secret."""
        self.ensure_one()
        transport = self.env["social.home"]._get_transport()
        return get_provider(self.provider)(self._get_app_data(), transport, now())

    def _get_app_data(self):
        """Return the :class:`AppData` of this app, with its secret opened."""
        # Members start renewals through apps that they may not write.
        app_sudo = self.sudo()
        return AppData(
            provider=app_sudo.provider,
            client_id=app_sudo.client_id,
            client_secret=app_sudo._open_secret("client_secret") or "",
            webhook_secret=app_sudo._open_secret("webhook_secret") or "",
            scopes=tuple(
                scope.strip()
                for scope in (app_sudo.scopes or "").split(",")
                if scope.strip()
            ),
            networks=tuple(app_sudo.network_ids.mapped("code")),
            use_pkce=app_sudo.use_pkce,
            auth_method=app_sudo.auth_method or "client_secret_post",
            issuer=app_sudo.issuer or "",
            api_version=app_sudo.api_version or "",
            **{name: app_sudo[name] or "" for name in PROFILE_PATHS},
            **{name: app_sudo._get_address(name) for name in ADDRESSES},
        )

    def _get_address(self, name):
        address = (self[name] or "").strip()
        return address.replace("{api_version}", self.api_version or "")

    # === TROUBLE === #

    def _note_outcome(self, outcome):
        """Remember what a call in this app's name says of the app itself.

        Trouble of the app is kept here and not on its tokens. While it lasts the app
        rests, longer with each failure; then one call shows whether it is over.

        :param outcome: what the call came to, an answer or a :class:`ProviderError`
        """
        self.ensure_one()
        if isinstance(outcome, TokenLost | GrantRefused | RequestRefused):
            return
        if not isinstance(outcome, ProviderError):
            self._note_success()
            return
        lock_rows(self)
        failures = self.failure_count + 1
        rest = renewal.app_wait(
            failures, random.random(), getattr(outcome, "retry_after", None)
        )
        self.failure_count = failures
        if rest:
            # What the network asked for meanwhile is kept.
            self.paused_until = max(now() + rest, self.paused_until or now())
        if isinstance(outcome, AppFault):
            self._note_fault(outcome.detail)

    def _note_fault(self, detail):
        """Remember that the network does not accept this app; tokens stay so.

        The Owners are told once, when it begins.
        """
        is_news = not self.fault
        self.write({"fault": detail or self.env._("unknown"), "fault_at": now()})
        if is_news:
            self._tell_owners()

    def _rest(self, seconds):
        """Make no call for so long: the network said how much of its limit is used."""
        lock_rows(self)
        until = now() + timedelta(seconds=seconds)
        self.paused_until = max(until, self.paused_until or until)

    def _note_success(self):
        """Forget a fault: the network just accepted this app.

        A rest that was asked for meanwhile is kept.
        """
        if self.fault or self.failure_count:
            self.write({"fault": False, "fault_at": False, "failure_count": 0})

    def _clear_trouble(self):
        """Forget all trouble: a person has seen to it, or granted through this app."""
        troubled = self.filtered(
            lambda app: app.fault or app.failure_count or app.paused_until
        )
        troubled.write(
            {
                "fault": False,
                "fault_at": False,
                "failure_count": 0,
                "paused_until": False,
            }
        )

    def _get_rest(self):
        """Return why no call is made in this app's name now, None while they are.

        :rtype: ProviderError | None
        """
        if not self.active:
            return AppFault(detail="archived")
        if not self.paused_until or self.paused_until <= now():
            return None
        return (
            AppFault(detail=self.fault) if self.fault else Unreachable(detail="resting")
        )

    def _is_suspected(self):
        """Whether one more loss would be one of too many at once."""
        self.env.cr.execute(
            SQL(
                "SELECT count(*) FILTER (WHERE reason_at > %s AND reason NOT IN %s),"
                " count(*) FROM social_token WHERE app_id = %s",
                now() - renewal.MANY_WITHIN,
                # What ended here says nothing of how the network takes the app.
                (reasons.NOT_CONNECTED, reasons.DAMAGED_SECRET),
                self.id,
            )
        )
        lost, total = self.env.cr.fetchone()
        return renewal.is_suspicious(lost + 1, total)

    def _tell_owners(self):
        """Tell the Owners of the app's company that the network does not accept it."""
        owners = self.env.ref("social_token_manager.group_owner").sudo().all_user_ids
        told = owners.filtered(lambda user: self.company_id in user.company_ids)
        for user in told:
            localized = self.with_context(lang=user.lang or self.env.lang)
            happened, remedy = reason_sentences(localized.env, reasons.APP_FAULT)
            localized.env["mail.thread"].message_notify(
                model=self._name,
                res_id=self.id,
                partner_ids=user.partner_id.ids,
                subject=localized.env._("App not accepted: %s", self.name),
                body=f"{happened} {remedy}",
                force_send=False,
            )
