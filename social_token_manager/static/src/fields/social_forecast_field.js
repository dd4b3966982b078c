import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Component } from "@odoo/owl";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** How many connections end in each week, before and after. */
export class SocialForecastWeeks extends Component {
    static template = "social_token_manager.SocialForecastWeeks";
    static props = { ...standardFieldProps };

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    bar(share) {
        return `width: ${share}%`;
    }
}

/** What day each profile would be renewed, and end next. */
export class SocialForecastPlan extends Component {
    static template = "social_token_manager.SocialForecastPlan";
    static props = { ...standardFieldProps };

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }
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
