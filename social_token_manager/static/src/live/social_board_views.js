import { deserializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { CalendarCommonPopover } from "@web/views/calendar/calendar_common/calendar_common_popover";
import { CalendarCommonRenderer } from "@web/views/calendar/calendar_common/calendar_common_renderer";
import { CalendarController } from "@web/views/calendar/calendar_controller";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { CalendarRenderer } from "@web/views/calendar/calendar_renderer";
import { calendarView } from "@web/views/calendar/calendar_view";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { useEffect } from "@odoo/owl";
import { statusShape, statusWord } from "../fields/social_status_field";
import { loadHoldingFocus } from "./social_focus";
import { withForecastBar } from "./social_forecast";
import { useSocialModelChanges } from "./social_live";

const views = registry.category("views");
/** Odoo's numbers of colours; each stands beside a shape and a word. */
const COLOURS = { expired: 1, expiring: 3, valid: 10, no_expiry: 4 };

// === KANBAN === //

const PRESSING = ["Enter", " "];

/** The cards of profiles: they turn green by themselves. */
export class SocialProfileKanbanController extends KanbanController {
    setup() {
        super.setup();
        useSocialModelChanges(this.model, (ids) => this.onSocialChanges(ids));
        useEffect(
            (root) => {
                root?.addEventListener("keydown", this.onKeydown);
                return () => root?.removeEventListener("keydown", this.onKeydown);
            },
            () => [this.rootRef.el]
        );
    }

    /** Odoo takes these keys for the card, even where a button of it has the focus. */
    onKeydown(ev) {
        if (PRESSING.includes(ev.key) && ev.target.closest(".o_kanban_record :is(a, button, summary)")) {
            ev.stopPropagation();
        }
    }

    async onSocialChanges(ids) {
        const list = this.model.root;
        const isShown = list.isGrouped || list.records.some(({ resId }) => ids.includes(resId));
        if (isShown && !list.selection.length) {
            await loadHoldingFocus(list, this.rootRef.el);
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
        useSocialModelChanges(this.model, () => this.model.load());
    }

    get className() {
        return `${super.className || ""} o_social_calendar`;
    }
}

const socialCalendarView = {
    ...calendarView,
    Controller: SocialProfileCalendarController,
    Model: SocialProfileCalendarModel,
    Renderer: SocialProfileCalendarRenderer,
};
views.add("social_profile_calendar", socialCalendarView);
views.add(
    "social_forecast_calendar",
    withForecastBar(socialCalendarView, "social_token_manager.ForecastCalendar")
);
