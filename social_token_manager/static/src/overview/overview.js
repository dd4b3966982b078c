import { _t } from "@web/core/l10n/translation";
import { browser } from "@web/core/browser/browser";
import {
    deserializeDateTime,
    toLocaleDateString,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillDestroy, onWillStart, useState } from "@odoo/owl";
import { riskBadge } from "../fields/social_risk_badge";
import { quietly, useSocialChanges } from "../live/social_live";
import { SocialOnboarding } from "../onboarding/onboarding";
import { OverviewCompared } from "./overview_compared";
import { durationText, numberText } from "./overview_numbers";
import { OverviewStart } from "./overview_start";

const PROFILES = "social_token_manager.social_profile_action";
const REPORT = "social_token_manager.social_report_wizard_action";
const PAUSE = 300; // ms
const LOOK_AGAIN = 300000; // ms
const CONNECTED = { search_default_connected: 1 };
const NOT_CONNECTED = { search_default_not_connected: 1 };

/** What needs somebody now, each network, how healthy all is and what happened lately. */
export class SocialOverview extends Component {
    static template = "social_token_manager.Overview";
    static components = { Layout, OverviewCompared, OverviewStart, SocialOnboarding };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.live = useService("social_live");
        this.risk = useState(this.live.risk);
        this.state = useState({ data: null });
        this.asked = 0;
        this.shown = 0;
        this.display = { controlPanel: {} };
        onWillStart(() => this.load());
        const loadSoon = useDebounced(() => this.loadQuietly(), PAUSE);
        useSocialChanges(loadSoon);
        // Nobody tells that a moment has passed.
        const timer = browser.setInterval(() => {
            if (document.visibilityState === "visible") {
                this.loadQuietly();
            }
        }, LOOK_AGAIN);
        onWillDestroy(() => browser.clearInterval(timer));
    }

    async load() {
        const asked = ++this.asked;
        const data = await this.orm.silent.call("social.profile", "get_overview", []);
        // Answers may overtake each other.
        if (asked > this.shown) {
            this.shown = asked;
            this.state.data = data;
        }
    }

    loadQuietly() {
        return quietly(this.load());
    }

    // --- what needs somebody ---

    /** The headline, which screen readers say again whenever it changes. */
    get headline() {
        const count = this.state.data.needy.count;
        if (!count) {
            return _t("No connection needs a person now");
        }
        return count === 1
            ? _t("1 connection needs a person now")
            : _t("%s connections need a person now", count);
    }

    get moreText() {
        return _t("Show all %s", this.state.data.needy.count);
    }

    badge(profile) {
        return riskBadge(profile);
    }

    renewWord(profile) {
        return profile.is_broken ? _t("Reconnect") : _t("Renew");
    }

    renew(profile) {
        return this.live.renew(profile.id);
    }

    openProfile(profile) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "social.profile",
            res_id: profile.id,
            views: [[false, "form"]],
        });
    }

    // --- networks ---

    /** The counts of a network that are not zero, with shape, word and where they lead. */
    countsOf(network) {
        const counts = network.counts;
        const lines = [
            {
                name: "expired",
                shape: "✕",
                look: "text-bg-danger",
                word: _t("Expired"),
                context: { ...CONNECTED, search_default_expired: 1 },
            },
            {
                name: "expiring",
                shape: "!",
                look: "text-bg-warning",
                word: _t("Expiring within 7 days"),
                context: { ...CONNECTED, search_default_expiring: 1 },
            },
            {
                name: "valid",
                shape: "✓",
                look: "o_social_good",
                word: _t("Valid"),
                context: { ...CONNECTED, search_default_valid: 1 },
            },
            {
                name: "no_expiry",
                shape: "∞",
                look: "text-bg-info",
                word: _t("No expiration date"),
                context: { ...CONNECTED, search_default_no_expiry: 1 },
            },
            {
                name: "not_connected",
                shape: "?",
                look: "text-bg-secondary",
                word: _t("Not connected"),
                context: NOT_CONNECTED,
            },
        ];
        return lines
            .filter(({ name }) => counts[name])
            .map((line) => ({ ...line, count: counts[line.name] }));
    }

    nextText(network) {
        if (!network.next_at) {
            return "";
        }
        const moment = deserializeDateTime(network.next_at);
        const days = Math.floor(moment.diffNow("days").days);
        const day = toLocaleDateString(moment);
        if (days < 1) {
            return _t("Next to end: %s, within 24 hours", day);
        }
        return days === 1
            ? _t("Next to end: %s, in 1 day", day)
            : _t("Next to end: %(day)s, in %(days)s days", { day, days });
    }

    momentText(moment) {
        return toLocaleDateTimeString(deserializeDateTime(moment));
    }

    openProfiles(context = {}) {
        return this.action.doAction(PROFILES, { additionalContext: context });
    }

    openNeedy() {
        return this.openProfiles({
            ...CONNECTED,
            search_default_expired: 1,
            search_default_expiring: 1,
        });
    }

    openNetwork(network, line) {
        return this.openProfiles({ ...line.context, search_default_network_id: network.id });
    }

    async renewNetwork(network) {
        const next = await this.orm.call("social.network", "action_renew_all", [network.id]);
        return this.action.doAction(next);
    }

    // --- health ---

    get healthWord() {
        return { good: _t("good"), fair: _t("fair"), poor: _t("poor") }[
            this.state.data.health.word
        ];
    }

    get healthShape() {
        return { good: "✓", fair: "!", poor: "✕" }[this.state.data.health.word];
    }

    get healthLook() {
        return { good: "o_social_good", fair: "text-bg-warning", poor: "text-bg-danger" }[
            this.state.data.health.word
        ];
    }

    get changeText() {
        const change = this.state.data.health.change;
        if (change === null) {
            return _t("What it was last week is not known yet.");
        }
        if (!change) {
            return _t("As it was last week");
        }
        return change > 0
            ? _t("▲ +%s since last week", change)
            : _t("▼ −%s since last week", -change);
    }

    // --- what happened lately ---

    /** The metrics as `{label, value, help}`; what nothing is known of is left out. */
    get figures() {
        const found = this.state.data.metrics;
        const figures = [
            {
                name: "uptime",
                label: _t("Worked"),
                value: found.uptime !== null && _t("%s%% of the time", numberText(found.uptime)),
                help: _t("Of the time that connections were meant to work."),
            },
            {
                name: "in_time_rate",
                label: _t("Renewed before the end"),
                value: found.in_time_rate !== null && _t("%s%%", numberText(found.in_time_rate)),
                help: _t("Of all that was renewed in time or stopped first."),
            },
            {
                name: "outages",
                label: _t("Outages"),
                value: found.outages
                    ? _t("%(count)s, %(open)s of them not over", {
                          count: found.outages,
                          open: found.still_down,
                      })
                    : _t("None"),
                help: _t("Each time that one connection stood still."),
            },
            {
                name: "down_hours",
                label: _t("Without a connection"),
                value: found.outages && durationText(found.down_hours),
                help: _t("Of all connections together."),
            },
            {
                name: "hours_to_renew",
                label: _t("Until renewed"),
                value: found.hours_to_renew !== null && durationText(found.hours_to_renew),
                help: _t("From the end of a connection to its renewal, on average."),
            },
            {
                name: "hours_to_detect",
                label: _t("Until noticed"),
                value:
                    found.hours_to_detect !== null &&
                    _t("%s at most", durationText(found.hours_to_detect)),
                help: _t(
                    "From the last time that it was known to work to the loss that nobody announced, on average."
                ),
            },
            {
                name: "reminders_per_renewal",
                label: _t("Reminders for one renewal"),
                value:
                    found.reminders_per_renewal !== null &&
                    numberText(found.reminders_per_renewal),
                help: _t("Of those that a person made, on average."),
            },
        ];
        return figures.filter(({ value }) => value);
    }

    get latelyTitle() {
        return _t("The last %s days", this.state.data.metrics_days);
    }

    get renewedText() {
        const count = this.state.data.renewed.count;
        if (!count) {
            return _t("No connection within the last 7 days");
        }
        return count === 1
            ? _t("1 connection within the last 7 days")
            : _t("%s connections within the last 7 days", count);
    }

    /** What is compared, with where a line of it leads. */
    get comparisons() {
        const { by_network, by_client } = this.state.data;
        const comparisons = [
            { by: "network_id", found: by_network },
            { by: "partner_id", found: by_client },
        ];
        return comparisons.filter(({ found }) => found.rows.length);
    }

    openCompared(by, row) {
        return this.openProfiles({ [`search_default_${by}`]: row.id });
    }

    openReport() {
        return this.action.doAction(REPORT);
    }
}

registry.category("actions").add("social_token_manager.overview", SocialOverview);
