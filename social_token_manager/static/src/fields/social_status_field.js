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
        switch (this.status) {
            case "expired":
                return _t("Expired");
            case "expiring":
                return this.daysLeftText;
            case "valid":
                return _t("Valid");
            default:
                return _t("No expiry");
        }
    }

    get daysLeftText() {
        const { days_left: days, expires_at: moment } = this.props.record.data;
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
    static props = { ...standardFieldProps };

    /** Without expiry there are no days to count, and after it none are left. */
    get text() {
        const { status, [this.props.name]: days } = this.props.record.data;
        return status === "expiring" || status === "valid" ? String(days) : "–";
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
    fieldDependencies: [
        { name: "status", type: "selection", selection: [] },
        { name: "expires_at", type: "datetime" },
    ],
});
