import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Component } from "@odoo/owl";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The steps of a procedure: which are done, which one the person is at. */
export class SocialStepsField extends Component {
    static template = "social_token_manager.SocialStepsField";
    static props = { ...standardFieldProps };

    get steps() {
        const { fields, data } = this.props.record;
        const selection = fields[this.props.name].selection;
        const current = selection.findIndex(([code]) => code === data[this.props.name]);
        return selection.map(([code, label], index) => ({
            code,
            label,
            number: index + 1,
            isDone: index < current,
            isCurrent: index === current,
        }));
    }
}

registry.category("fields").add("social_steps", {
    component: SocialStepsField,
    displayName: _t("Steps"),
    supportedTypes: ["selection"],
});
