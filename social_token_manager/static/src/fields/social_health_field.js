import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Component } from "@odoo/owl";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The health of a connection, and what takes points off it. */
export class SocialHealthField extends Component {
    static template = "social_token_manager.SocialHealthField";
    static props = { ...standardFieldProps, hasWords: { type: Boolean, optional: true } };

    get isMeasured() {
        return this.props.record.data.reason !== "not_connected";
    }

    get score() {
        return this.props.record.data[this.props.name];
    }

    /** The score in words, which way it goes, and what takes points off it. */
    get explanation() {
        return this.props.record.data.health_text || "";
    }

    get title() {
        return _t("Health: %s", this.explanation.split("\n")[0]);
    }

    get reasons() {
        return this.explanation.split("\n").slice(1);
    }
}

registry.category("fields").add("social_health", {
    component: SocialHealthField,
    displayName: _t("Health of a connection"),
    supportedTypes: ["integer"],
    extractProps: ({ options }) => ({ hasWords: Boolean(options.words) }),
    fieldDependencies: [
        { name: "health_text", type: "text" },
        { name: "reason", type: "char" },
    ],
});
