import { registry } from "@web/core/registry";
import { GraphController } from "@web/views/graph/graph_controller";
import { graphView } from "@web/views/graph/graph_view";
import { PivotController } from "@web/views/pivot/pivot_controller";
import { pivotView } from "@web/views/pivot/pivot_view";
import { withForecastBar } from "../live/social_forecast";
import { useSocialModelChanges } from "../live/social_live";

// Odoo loads graphs and pivots when somebody opens one, and so do these.
const views = registry.category("views");

export class SocialProfileGraphController extends GraphController {
    setup() {
        super.setup();
        useSocialModelChanges(this.model, () => this.model.load(this.model.searchParams));
    }
}

const socialGraphView = { ...graphView, Controller: SocialProfileGraphController };
views.add("social_profile_graph", socialGraphView);
views.add(
    "social_forecast_graph",
    withForecastBar(socialGraphView, "social_token_manager.ForecastGraph")
);

export class SocialProfilePivotController extends PivotController {
    setup() {
        super.setup();
        useSocialModelChanges(this.model, () => this.model.load(this.model.searchParams));
    }
}

const socialPivotView = { ...pivotView, Controller: SocialProfilePivotController };
views.add("social_profile_pivot", socialPivotView);
views.add(
    "social_forecast_pivot",
    withForecastBar(socialPivotView, "social_token_manager.ForecastPivot")
);
