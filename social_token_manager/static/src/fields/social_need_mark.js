import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Component } from "@odoo/owl";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { needsPerson } from "./social_status_field";

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
