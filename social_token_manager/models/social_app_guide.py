from odoo import api, fields, models

from ..clock import now
from ..engine import persist
from ..findings import FINDINGS, URGENCY, finding_text
from ..keyring import SecretDamaged
from ..providers import get_provider
from ..providers.addresses import (
    NOT_HTTPS,
    NOT_PUBLIC,
    find_unreachable,
    trouble_of_own,
)
from ..providers.errors import AddressRefused, AppFault, ProviderError, RateLimited
from ..providers.transport import AddressRule
from ..setup_help import HELP, SCOPES, UNKNOWN_SCOPE
from ..signal_help import HELP as SIGNAL_HELP
from .social_app import ADDRESSES, JOURNALLED, development_hosts

# Whatever of these changes, the last test was of another app.
TESTED = JOURNALLED | {"client_secret", "network_ids"}
OWN_TROUBLE = {NOT_HTTPS: "own_not_https", NOT_PUBLIC: "own_not_public"}
# What an app cannot do without; of the others the networks know defaults.
NEEDED_ADDRESSES = ("authorize_url", "token_url")
REDIRECT_REFUSALS = ("redirect_uri_mismatch", "invalid_redirect_uri")


class SocialApp(models.Model):
    """What leads an Owner to an app that works: help for the set-up, and a test.

    A finding is stored as ``[code, parameters]`` and put into words for each reader.
    """

    _inherit = "social.app"

    setup_help = fields.Html(
        "How to Set It Up", compute="_compute_setup_help", sanitize=False
    )
    signal_help = fields.Html(
        "How to Be Told at Once", compute="_compute_signal_help", sanitize=False
    )
    findings = fields.Json(readonly=True, copy=False)
    findings_text = fields.Html(
        "What the Test Found", compute="_compute_findings_text", sanitize=False
    )
    tested_at = fields.Datetime("Last Tested", readonly=True, copy=False)

    # === COMPUTE METHODS === #

    @api.depends("provider", "network_ids", "scopes")
    @api.depends_context("lang")
    def _compute_setup_help(self):
        for app in self:
            app.setup_help = self.env["ir.qweb"]._render(
                "social_token_manager.app_setup_help",
                {
                    "help": HELP[app.provider],
                    "sends_signals": app.sends_signals,
                    "say": self.env._,
                    "scopes": app._get_scope_lines(),
                },
            )

    @api.depends("provider")
    @api.depends_context("lang")
    def _compute_signal_help(self):
        for app in self:
            found = SIGNAL_HELP.get(app.provider)
            app.signal_help = found and self.env["ir.qweb"]._render(
                "social_token_manager.app_signal_help",
                {"help": found, "say": self.env._},
            )

    def _get_scope_lines(self):
        """Return what each scope that is asked for unlocks, and for which networks."""
        provider = get_provider(self.provider)
        lines = []
        for scope in self._get_asked_scopes():
            text, needs_review = SCOPES.get(scope, UNKNOWN_SCOPE)
            networks = self.network_ids.filtered(
                lambda one, scope=scope: scope in provider.scopes_for([one.code])
            )
            lines.append(
                {
                    "scope": scope,
                    "text": text,
                    "networks": ", ".join(networks.mapped("name")),
                    "needs_review": needs_review,
                }
            )
        return lines

    @api.depends("findings")
    @api.depends_context("lang")
    def _compute_findings_text(self):
        for app in self:
            lines = [app._get_finding_line(*found) for found in app.findings or []]
            lines.sort(key=lambda line: URGENCY.index(line["kind"]))
            app.findings_text = lines and self.env["ir.qweb"]._render(
                "social_token_manager.app_findings", {"lines": lines}
            )

    def _get_finding_line(self, code, parameters):
        parameters = dict(parameters)
        if "field" in parameters:
            field = self._fields[parameters["field"]]
            parameters["field"] = field._description_string(self.env)
        if "network" in parameters:
            networks = self.network_ids.filtered_domain(
                [("code", "=", parameters["network"])]
            )
            parameters["network"] = networks.name or parameters["network"]
        text = finding_text(self.env, code, parameters)
        return {"kind": FINDINGS[code][0], "text": text}

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of Odoo's: a test says nothing of what was changed after it."""
        if TESTED & set(vals):
            vals = {**vals, "findings": False, "tested_at": False}
        return super().write(vals)

    # === ACTION METHODS === #

    def action_test(self):
        """Find out what keeps this app from working; the form shows the findings.

        :raise AccessError: only Owners test apps
        """
        self.ensure_one()
        self.check_access("write")
        findings = [*self._check_settings(), *self._check_outside()]
        persist(self.env, lambda env: self.with_env(env)._store_findings(findings))
        self.env.invalidate_all()

    # === TESTING === #

    def _check_settings(self):
        """Return the findings for which nobody has to be asked."""
        findings = []
        if not self.network_ids:
            findings.append(("no_network", {}))
        own = trouble_of_own(self.redirect_uri, development_hosts())
        if own:
            findings.append((OWN_TROUBLE[own], {}))
        provider = get_provider(self.provider)
        for network in self.network_ids:
            missing = provider.missing_scopes_for(
                network.code, self._get_asked_scopes()
            )
            if missing:
                names = {"network": network.code, "scopes": ", ".join(missing)}
                findings.append(("missing_scopes", names))
        return findings or [("settings_complete", {})]

    def _check_outside(self):
        """Return the findings of the addresses, then of app ID and secret."""
        findings = self._check_answering()
        spoilt = {parameters["field"] for _code, parameters in findings}
        if not findings:
            findings.append(("addresses_answer", {}))
        if not self.is_secret_set and self.auth_method != "none":
            return [*findings, ("no_secret", {})]
        try:
            provider = self._get_provider()
        except SecretDamaged:
            return [*findings, ("damaged_secret", {})]
        if "token_url" in spoilt:
            return findings
        return [*findings, self._check_client(provider)]

    def _check_answering(self):
        """Return the findings about addresses that lack, are refused or silent."""
        addresses = {name: self._get_address(name) for name in ADDRESSES}
        findings = [
            ("no_address", {"field": name})
            for name in self._get_needed_addresses()
            if not addresses[name]
        ]
        rule = AddressRule(development_hosts())
        addresses = {name: one for name, one in addresses.items() if one}
        allowed = {one for one in addresses.values() if _is_allowed(rule, one)}
        failures = find_unreachable(self.env["social.home"]._get_transport(), allowed)
        for name, address in addresses.items():
            refused = address not in allowed or isinstance(
                failures.get(address), AddressRefused
            )
            if refused or address in failures:
                code = "address_refused" if refused else "address_silent"
                findings.append((code, {"field": name, "address": address}))
        return findings

    def _get_needed_addresses(self):
        if self.profile_url:
            return NEEDED_ADDRESSES
        return (*NEEDED_ADDRESSES, "api_url")

    def _check_client(self, provider):
        """Return the finding about app ID and secret: no more than is proven."""
        try:
            check = provider.check_app(redirect_uri=self.redirect_uri)
        except AppFault as fault:
            refused = fault.detail in REDIRECT_REFUSALS
            code = "redirect_refused" if refused else "client_refused"
            return (code, {"detail": fault.detail})
        except RateLimited as error:
            return ("rate_limited", {"detail": error.detail})
        except ProviderError as error:
            return ("no_sense", {"detail": error.detail})
        if not check.proven:
            return ("unproven", {"detail": check.detail})
        is_public = self.auth_method == "none"
        return ("public_accepted" if is_public else "accepted", {})

    def _store_findings(self, findings):
        """Store what was found, in the engine's environment."""
        self.write({"findings": findings, "tested_at": now()})
        codes = dict(findings)
        for refusal in {"client_refused", "redirect_refused"} & set(codes):
            self._note_fault(codes[refusal]["detail"])
        if {"accepted", "public_accepted"} & set(codes):
            self._clear_trouble()
        self.env["social.event"]._record(
            "app_tested", self, detail=", ".join(code for code, _details in findings)
        )

    def _get_asked_scopes(self):
        """Return the scopes that the consent page asks for."""
        return [
            scope for part in (self.scopes or "").split(",") for scope in part.split()
        ]


def _is_allowed(rule, address):
    try:
        rule.check(address)
    except AddressRefused:
        return False
    return True
