import { _t } from "@web/core/l10n/translation";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { CalendarCommonPopover } from "@web/views/calendar/calendar_common/calendar_common_popover";
import { CalendarCommonRenderer } from "@web/views/calendar/calendar_common/calendar_common_renderer";
import { CalendarController } from "@web/views/calendar/calendar_controller";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { CalendarRenderer } from "@web/views/calendar/calendar_renderer";
import { calendarView } from "@web/views/calendar/calendar_view";
import { GraphController } from "@web/views/graph/graph_controller";
import { graphView } from "@web/views/graph/graph_view";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { PivotController } from "@web/views/pivot/pivot_controller";
import { pivotView } from "@web/views/pivot/pivot_view";
import { Component } from "@odoo/owl";
import { statusShape, statusWord } from "../fields/social_status_field";
import { useSocialChanges } from "./social_live";

const views = registry.category("views");
const SIMULATION = "social_token_manager.social_forecast_wizard_action";
/** Odoo's numbers of colours; each stands beside a shape and a word. */
const COLOURS = { expired: 1, expiring: 3, valid: 10, no_expiry: 4 };

// === KANBAN === //

/** The cards of profiles: they turn green by themselves. */
export class SocialProfileKanbanController extends KanbanController {
    setup() {
        super.setup();
        useSocialChanges((ids) => this.onSocialChanges(ids));
    }

    async onSocialChanges(ids) {
        const list = this.model.root;
        const isShown = list.isGrouped || list.records.some(({ resId }) => ids.includes(resId));
        if (isShown && !list.selection.length) {
            await list.load();
        }
    }
}

views.add("social_profile_kanban", {
    ...kanbanView,
    Controller: SocialProfileKanbanController,
});

// === CALENDAR === //

/** Ends of connections: an instant each, named by shape, word, network and profile. */
export class SocialProfileCalendarModel extends CalendarModel {
    normalizeRecord(rawRecord) {
        const { status, network_id: network, name, days_left } = rawRecord;
        const expires_at = deserializeDateTime(rawRecord.expires_at);
        const word = statusWord({ status, days_left, expires_at });
        return {
            ...super.normalizeRecord(rawRecord),
            title: `${statusShape(status)} ${word} · ${network[1]}: ${name}`,
            colorIndex: COLOURS[status],
        };
    }
}

/** What a click on an end tells; an instant has no length. */
export class SocialProfileCalendarPopover extends CalendarCommonPopover {
    computeDateTimeAndDuration() {
        super.computeDateTimeAndDuration();
        const { start } = this.props.record;
        this.time = start.toLocaleString(luxon.DateTime.TIME_SIMPLE);
        this.timeDuration = null;
    }
}

class SocialProfileCalendarCommonRenderer extends CalendarCommonRenderer {
    static components = {
        ...CalendarCommonRenderer.components,
        Popover: SocialProfileCalendarPopover,
    };
}

class SocialProfileCalendarRenderer extends CalendarRenderer {
    static components = {
        ...CalendarRenderer.components,
        day: SocialProfileCalendarCommonRenderer,
        week: SocialProfileCalendarCommonRenderer,
        month: SocialProfileCalendarCommonRenderer,
    };
}

export class SocialProfileCalendarController extends CalendarController {
    setup() {
        super.setup();
        useSocialChanges(() => this.model.load());
    }
}

const socialCalendarView = {
    ...calendarView,
    Controller: SocialProfileCalendarController,
    Model: SocialProfileCalendarModel,
    Renderer: SocialProfileCalendarRenderer,
};
views.add("social_profile_calendar", socialCalendarView);

// === GRAPH AND PIVOT === //

export class SocialProfileGraphController extends GraphController {
    setup() {
        super.setup();
        useSocialChanges(() => this.model.load(this.model.searchParams));
    }
}

const socialGraphView = { ...graphView, Controller: SocialProfileGraphController };
views.add("social_profile_graph", socialGraphView);

export class SocialProfilePivotController extends PivotController {
    setup() {
        super.setup();
        useSocialChanges(() => this.model.load(this.model.searchParams));
    }
}

const socialPivotView = { ...pivotView, Controller: SocialProfilePivotController };
views.add("social_profile_pivot", socialPivotView);

// === FORECAST === //

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

/** Return a view whose controller has the bar of a forecast on top. */
function withBar(view, template) {
    return {
        ...view,
        Controller: class extends view.Controller {
            static template = template;
            static components = { ...view.Controller.components, SocialForecastBar };
        },
    };
}

views.add(
    "social_forecast_calendar",
    withBar(socialCalendarView, "social_token_manager.ForecastCalendar")
);
views.add(
    "social_forecast_graph",
    withBar(socialGraphView, "social_token_manager.ForecastGraph")
);
views.add(
    "social_forecast_pivot",
    withBar(socialPivotView, "social_token_manager.ForecastPivot")
);
