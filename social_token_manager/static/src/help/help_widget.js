import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Component } from "@odoo/owl";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** A question at the step where it comes up; it opens an article over the page. */
export class HelpWidget extends Component {
    static template = "social_token_manager.HelpWidget";
    static props = {
        ...standardWidgetProps,
        record: { type: Object, optional: true },
        topic: String,
        text: { type: String, optional: true },
    };

    setup() {
        this.help = useService("social_help");
    }

    get text() {
        return this.props.text || _t("Help");
    }

    open() {
        this.help.open(this.props.topic);
    }
}

registry.category("view_widgets").add("social_help", {
    component: HelpWidget,
    extractProps: ({ attrs }) => ({ topic: attrs.topic, text: attrs.string }),
    additionalClasses: ["d-inline-block"],
});
