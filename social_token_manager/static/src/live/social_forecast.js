import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { Component } from "@odoo/owl";

const SIMULATION = "social_token_manager.social_forecast_wizard_action";

/** Above a forecast: what would happen if all of it were renewed together? */
export class SocialForecastBar extends Component {
    static template = "social_token_manager.ForecastBar";
    static props = {};

    setup() {
        this.actionService = useService("action");
    }

    get label() {
        return _t("Simulate renewing together");
    }

    async simulate() {
        await this.actionService.doAction(SIMULATION);
    }
}

/** Return a view whose controller has the bar of a forecast, by a template with it. */
export function withForecastBar(view, template) {
    return {
        ...view,
        Controller: class extends view.Controller {
            static template = template;
            static components = { ...view.Controller.components, SocialForecastBar };
        },
    };
}
