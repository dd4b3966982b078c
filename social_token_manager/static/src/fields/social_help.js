import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Component } from "@odoo/owl";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { needsPerson } from "./social_status_field";

/** Where the help is; all links to a topic of it are made here. */
const HELP = "/odoo/social-help";

export function helpUrl(topic) {
    return `${HELP}?topic=${encodeURIComponent(topic)}`;
}

/** The orange "!": shown only where a connection needs a person, and said in words. */
export class SocialNeedMark extends Component {
    static template = "social_token_manager.SocialNeedMark";
    static props = { ...standardWidgetProps };

    get isShown() {
        return needsPerson(this.props.record.data);
    }

    get words() {
        return this.props.record.data.reason === "not_connected"
            ? _t("Needs somebody: not connected yet")
            : _t("Needs somebody: refresh the connection so that data keeps coming");
    }
}

registry.category("view_widgets").add("social_need_mark", {
    component: SocialNeedMark,
    fieldDependencies: [
        { name: "status", type: "selection", selection: [] },
        { name: "reason", type: "char" },
    ],
});

/** Beside a connection that needs somebody: why such a thing happens at all. */
export class SocialWhyExpire extends Component {
    static template = "social_token_manager.SocialWhyExpire";
    static props = { ...standardWidgetProps };

    get isShown() {
        return needsPerson(this.props.record.data);
    }

    get url() {
        return helpUrl("why-expire");
    }
}

registry.category("view_widgets").add("social_why_expire", {
    component: SocialWhyExpire,
    fieldDependencies: [{ name: "status", type: "selection", selection: [] }],
});
