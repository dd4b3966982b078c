import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { computeM2OProps, Many2One } from "@web/views/fields/many2one/many2one";
import {
    buildM2OFieldDescription,
    extractM2OFieldProps,
    Many2OneField,
} from "@web/views/fields/many2one/many2one_field";
import { Component } from "@odoo/owl";

/** A network with its icon in front; the name is always there as well. */
export class SocialNetworkField extends Component {
    static template = "social_token_manager.SocialNetworkField";
    static components = { Many2One };
    static props = { ...Many2OneField.props };

    get m2oProps() {
        return computeM2OProps(this.props);
    }

    get icon() {
        return this.props.record.data.network_icon;
    }
}

registry.category("fields").add("social_network", {
    ...buildM2OFieldDescription(SocialNetworkField),
    displayName: _t("Social network"),
    extractProps: (staticInfo, dynamicInfo) => ({
        ...extractM2OFieldProps(staticInfo, dynamicInfo),
        canOpen: false,
        canCreate: false,
        canQuickCreate: false,
        canCreateEdit: false,
    }),
    fieldDependencies: [{ name: "network_icon", type: "char" }],
});
