import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Component } from "@odoo/owl";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** A table of what a simulation says, one row a line of the field's value. */
class SocialForecastField extends Component {
    static props = { ...standardFieldProps };

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }
}

/** How many connections end in each week, before and after. */
export class SocialForecastWeeks extends SocialForecastField {
    static template = "social_token_manager.SocialForecastWeeks";

    bar(share) {
        return `width: ${share}%`;
    }
}

/** What day each profile would be renewed, and end next. */
export class SocialForecastPlan extends SocialForecastField {
    static template = "social_token_manager.SocialForecastPlan";
}

registry.category("fields").add("social_forecast_weeks", {
    component: SocialForecastWeeks,
    displayName: _t("Weeks of a simulation"),
    supportedTypes: ["json"],
});
registry.category("fields").add("social_forecast_plan", {
    component: SocialForecastPlan,
    displayName: _t("Profiles of a simulation"),
    supportedTypes: ["json"],
});
