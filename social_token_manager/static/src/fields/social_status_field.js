import { _t } from "@web/core/l10n/translation";
import { formatDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { Component } from "@odoo/owl";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Colour, shape and word say the same thing; none of them stands alone. */
const LOOKS = {
    expired: { shape: "✕", badge: "text-bg-danger" },
    expiring: { shape: "!", badge: "text-bg-warning" },
    valid: { shape: "✓", badge: "o_social_good" },
    no_expiry: { shape: "∞", badge: "text-bg-info" },
};

/** Return whether somebody has to do something about a connection. */
export function needsPerson({ status }) {
    return status === "expired" || status === "expiring";
}

/** Return the shape that stands for a status; it is never alone. */
export function statusShape(status) {
    return LOOKS[status].shape;
}

/** Return the word for how a connection stands, of values of a profile. */
export function statusWord({ status, days_left: days, expires_at: moment }) {
    switch (status) {
        case "expired":
            return _t("Expired");
        case "expiring":
            return daysLeftWord(days, moment);
        case "valid":
            return _t("Valid");
        default:
            return _t("No expiry");
    }
}

function daysLeftWord(days, moment) {
    if (days === 1) {
        return _t("Expires in 1 day");
    }
    if (days > 1) {
        return _t("Expires in %s days", days);
    }
    return moment
        ? _t("Expires within 24 hours, at %s", moment.toFormat("HH:mm"))
        : _t("Expires within 24 hours");
}

export class SocialStatusField extends Component {
    static template = "social_token_manager.SocialStatusField";
    static props = { ...standardFieldProps };

    get status() {
        return this.props.record.data[this.props.name];
    }

    get look() {
        return LOOKS[this.status];
    }

    get word() {
        return statusWord({ ...this.props.record.data, status: this.status });
    }

    /** The exact moment, in the reader's time zone. */
    get moment() {
        const { expires_at: moment } = this.props.record.data;
        return moment ? formatDateTime(moment) : "";
    }
}

registry.category("fields").add("social_status", {
    component: SocialStatusField,
    displayName: _t("Connection status"),
    supportedTypes: ["selection"],
    fieldDependencies: [
        { name: "days_left", type: "integer" },
        { name: "expires_at", type: "datetime" },
    ],
});

export class SocialDaysLeftField extends Component {
    static template = "social_token_manager.SocialDaysLeftField";
    static props = { ...standardFieldProps, hasWords: { type: Boolean, optional: true } };

    /** Without expiry there are no days to count, and after it none are left. */
    get text() {
        const { status, [this.props.name]: days } = this.props.record.data;
        const isCounted = status === "expiring" || status === "valid";
        if (!this.props.hasWords) {
            return isCounted ? String(days) : "–";
        }
        // Of what ends soon the badge says it.
        if (status !== "valid") {
            return "";
        }
        return days === 1 ? _t("1 day left") : _t("%s days left", days);
    }

    /** The exact moment, in the reader's time zone. */
    get moment() {
        const { expires_at: moment } = this.props.record.data;
        return moment ? formatDateTime(moment) : "";
    }
}

registry.category("fields").add("social_days_left", {
    component: SocialDaysLeftField,
    displayName: _t("Days left"),
    supportedTypes: ["integer"],
    extractProps: ({ options }) => ({ hasWords: Boolean(options.words) }),
    fieldDependencies: [
        { name: "status", type: "selection", selection: [] },
        { name: "expires_at", type: "datetime" },
    ],
});
