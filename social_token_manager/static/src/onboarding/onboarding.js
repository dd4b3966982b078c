import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { Component, onWillStart, useState } from "@odoo/owl";

/** The first steps of a company, until all of them are done. */
export class SocialOnboarding extends Component {
    static template = "social_token_manager.Onboarding";
    static props = {};

    setup() {
        this.action = useService("action");
        this.help = useService("social_help");
        this.orm = useService("orm");
        this.state = useState({ is_complete: true, steps: [] });
        onWillStart(async () => {
            Object.assign(this.state, await this.orm.call("social.onboarding", "get_steps", []));
        });
    }

    get progress() {
        const done = this.state.steps.filter((step) => step.is_done).length;
        return _t("%(done)s of %(all)s steps are done", {
            done,
            all: this.state.steps.length,
        });
    }

    /** The step that comes next; its button stands out. */
    get next() {
        return this.state.steps.find((step) => !step.is_done)?.code;
    }

    async take({ app_id: appId, action }) {
        if (appId) {
            action = await this.orm.call("social.app", "action_connect", [appId]);
        }
        await this.action.doAction(action);
    }
}
