import { Component, onWillUnmount, useEffect, xml } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const PAUSE = 3000; // ms

/** Looks again while something of a queue is renewed by itself. */
export class QueueWatch extends Component {
    static template = xml`<t/>`;
    static props = { ...standardWidgetProps };

    setup() {
        useEffect(
            (isRunning) => {
                this.stop();
                if (isRunning) {
                    this.timer = setInterval(() => this.props.record.load(), PAUSE);
                }
            },
            () => [this.props.record.data.is_running]
        );
        onWillUnmount(() => this.stop());
    }

    stop() {
        clearInterval(this.timer);
    }
}

registry.category("view_widgets").add("social_queue_watch", {
    component: QueueWatch,
    fieldDependencies: [{ name: "is_running", type: "boolean" }],
});
