import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { imageUrl } from "@web/core/utils/urls";
import { Component } from "@odoo/owl";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Picture, name and handle of a profile as one card; the same wherever it is listed. */
export class SocialProfileField extends Component {
    static template = "social_token_manager.SocialProfileField";
    static props = { ...standardFieldProps };

    get name() {
        return this.props.record.data[this.props.name];
    }

    get handle() {
        const handle = this.props.record.data.handle || "";
        // Before it is connected, the address of a profile may stand here.
        return handle.includes("/") ? handle : handle.replace(/^@?(?=.)/, "@");
    }

    get imageUrl() {
        const { resId, data } = this.props.record;
        return data.has_image
            ? imageUrl("social.profile", resId, "image", { unique: data.write_date })
            : false;
    }

    get initial() {
        return (this.name || "?").trim().charAt(0).toUpperCase();
    }
}

registry.category("fields").add("social_profile", {
    component: SocialProfileField,
    displayName: _t("Social profile"),
    supportedTypes: ["char"],
    fieldDependencies: [
        { name: "handle", type: "char" },
        { name: "has_image", type: "boolean" },
        { name: "write_date", type: "datetime" },
    ],
});
