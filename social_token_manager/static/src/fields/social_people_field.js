import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Component } from "@odoo/owl";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const LOOKS = {
    yes: { shape: "✓", badge: "o_social_good" },
    no: { shape: "✗", badge: "text-bg-danger" },
    unknown: { shape: "?", badge: "text-bg-secondary" },
};

/** Whether somebody can renew: a shape and words, never a colour alone. */
export class SocialCanRenewField extends Component {
    static template = "social_token_manager.SocialCanRenewField";
    static props = { ...standardFieldProps };

    get look() {
        return LOOKS[this.props.record.data[this.props.name]];
    }

    get words() {
        const { [this.props.name]: value, has_held: hasHeld } = this.props.record.data;
        switch (value) {
            case "yes":
                return _t("Can renew");
            case "no":
                return _t("Cannot renew");
            default:
                return hasHeld ? _t("Unknown, held a token before") : _t("Unknown");
        }
    }
}

registry.category("fields").add("social_can_renew", {
    component: SocialCanRenewField,
    displayName: _t("Can renew tokens"),
    supportedTypes: ["selection"],
    fieldDependencies: [{ name: "has_held", type: "boolean" }],
});

/** How many people and tokens stand behind a profile; it says where one is alone. */
export class SocialCoverageField extends Component {
    static template = "social_token_manager.SocialCoverageField";
    static props = { ...standardFieldProps, isShort: { type: Boolean, optional: true } };

    get text() {
        return this.props.record.data[this.props.name];
    }

    get isAlone() {
        return this.props.record.data.has_one_renewer;
    }
}

registry.category("fields").add("social_coverage", {
    component: SocialCoverageField,
    displayName: _t("Coverage"),
    supportedTypes: ["char"],
    extractProps: ({ options }) => ({ isShort: Boolean(options.short) }),
    fieldDependencies: [{ name: "has_one_renewer", type: "boolean" }],
});
